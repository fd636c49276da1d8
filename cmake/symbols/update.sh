#!/bin/sh
# Writes the lists anew: the functions of the public headers that the archives of a build define.
# A difference to what is committed is a change of the interface. Usage: sh cmake/symbols/update.sh BUILD-FOLDER
set -u
build=${1:?name the folder of a build with archives}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
LC_ALL=C
export LC_ALL
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
grep -ohE '\bagain_[a-z0-9_]+\(' "$here"/../../include/again/*.h | tr -d '(' | sort -u >"$scratch/declared"
for list in "$here"/*.list; do
  name=$(basename "$list" .list)
  archive=$(find "$build" -name "lib$name.a" | head -1)
  [ -n "$archive" ] || { echo "update.sh: lib$name.a is not in $build" >&2; exit 1; }
  nm -g --defined-only "$archive" | awk 'NF == 3 {print $3}' | sort -u >"$scratch/defined"
  {
    echo "# What lib$name.so shows: the functions of its public headers, one a line, sorted."
    comm -12 "$scratch/declared" "$scratch/defined"
  } >"$scratch/list"
  cmp -s "$scratch/list" "$list" || { cp "$scratch/list" "$list" && echo "$list has changed"; }
done
