#!/bin/sh
# Has the library no state that could be shared, and do several copies of it in one process keep to themselves?
# Usage: test_copies.sh PROJECT WORK-FOLDER C-COMPILER
set -u
root=$1 stage=$2/stage cc=$3
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

# What may change while a program runs: nothing. A table with pointers is written by the loader and then
# read-only (.data.rel.ro).
for archive in $(find "$stage" -name 'libagain*.a'); do
  objdump -t "$archive" |
    awk '/file format/ {file = $1} / (\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && !/\.data\.rel\.ro/ && $NF !~ /^\./ {
      print "  " file " " $NF}' >"$scratch/state"
  [ ! -s "$scratch/state" ] || {
    echo "$(basename "$archive") has variables that can change:"
    cat "$scratch/state"
    failed=1
  }
done

libdir=$(dirname "$(find "$stage" -name libagain.a)")
flags="-std=gnu11 -Wall -Wextra -Werror -I$stage/usr/include"
for plugin in one two; do
  # shellcheck disable=SC2086
  $cc $flags -DPLUGIN="\"$plugin\"" -fPIC -shared -o "$scratch/$plugin.so" "$root/tests/package/copies/plugin.c" \
    "$libdir/libagain.a" -ljson-c -lm || exit 1
done
cp "$libdir/libagain.so" "$scratch/other.so" || exit 1
# shellcheck disable=SC2086
$cc $flags -o "$scratch/host" "$root/tests/package/copies/host.c" -L"$libdir" -lagain -ldl || exit 1
said=$(LD_LIBRARY_PATH=$libdir "$scratch/host" "$scratch/one.so" "$scratch/two.so" "$scratch/other.so")
[ "$said" = "4 copies" ] || {
  echo "the host says: $said"
  failed=1
}
exit $failed
