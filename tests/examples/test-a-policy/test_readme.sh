#!/bin/sh
# Does the failing test look as the README of the example shows it? Usage:
#   test_readme.sh TESTS-WITH-FIVE-ATTEMPTS README
set -u
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
"$1" >"$scratch/out" 2>"$scratch/said"
status=$?
if [ $status -ne 1 ]; then
  echo "not one test fails with five attempts, but $status"
  exit 1
fi
# The last block of the README; what the test framework adds on stderr is not shown there.
awk '/^```/ { inside = !inside; if (inside) text = ""; next } inside { text = text $0 "\n" } END { printf "%s", text }' \
  "$2" >"$scratch/shown"
grep -vE '^\[|^$| FAILED TEST' "$scratch/said" >"$scratch/picture"
diff -u "$scratch/shown" "$scratch/picture" || {
  echo "$2 shows something else than the failing test"
  exit 1
}
