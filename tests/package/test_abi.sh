#!/bin/sh
# How does the binary interface of the shared libraries differ from the committed one? Until the interface is declared
# stable (a version from 1.0 on) this reports, in its output and WORK-FOLDER/abi.txt; from then on it fails for what
# breaks programs. Usage: test_abi.sh PROJECT WORK-FOLDER [--update]
set -u
root=$1 work=$2
stage=$work/stage
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
command -v abidiff >/dev/null || {
  echo "abidiff is not installed (Debian: abigail-tools): the binary interface was not compared"
  exit 77
}
[ "$(uname -m)" = x86_64 ] || {
  echo "the committed interface is of x86_64: nothing was compared"
  exit 77
}
stable=$(sed -n 's/.*AGAIN_VERSION_MAJOR \([0-9]*\).*/\1/p' "$root/include/again/version.h" | head -1)
failed=0

describe() { # describe LIBRARY: the interface, as far as the public headers have it
  abidw --headers-dir "$stage/usr/include/again" --drop-private-types --drop-undefined-syms --no-show-locs \
    --no-comp-dir-path --no-corpus-path --no-write-default-sizes --type-id-style hash "$1"
}

: >"$work/abi.txt"
for list in "$root"/cmake/symbols/*.list; do
  name=$(basename "$list" .list)
  committed=$root/tests/package/abi/$name.abi.gz
  describe "$(find "$stage" -name "lib$name.so")" >"$scratch/now.abi" || exit 1
  if [ "${3-}" = --update ]; then
    gzip -9n <"$scratch/now.abi" >"$committed" || exit 1
    continue
  fi
  gzip -dc "$committed" >"$scratch/then.abi" || exit 1
  abidiff "$scratch/then.abi" "$scratch/now.abi" >"$scratch/report"
  status=$?
  # 1 and 2: abidiff failed; 4: something changed; 8: it breaks programs.
  if [ $((status & 3)) -ne 0 ]; then
    cat "$scratch/report"
    echo "abidiff failed with status $status for lib$name"
    failed=1
  elif [ "$status" -ne 0 ]; then
    { echo "lib$name differs from tests/package/abi:"; cat "$scratch/report"; } | tee -a "$work/abi.txt"
    if [ "$stable" -ge 1 ] && [ $((status & 8)) -ne 0 ]; then failed=1; fi
  else
    echo "lib$name is as in tests/package/abi" | tee -a "$work/abi.txt"
  fi
done
exit $failed
