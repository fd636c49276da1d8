#!/bin/sh
# Do the shared libraries show the names of their committed lists and no others? Are these the functions of the public
# headers, and are all headers installed? Do archives keep to our own names?
# Usage: test_symbols.sh PROJECT WORK-FOLDER C-COMPILER
set -u
root=$1 stage=$2/stage cc=$3
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0
LC_ALL=C
export LC_ALL

# same TITLE ONE OTHER: two sorted lists.
same() {
  diff "$2" "$3" >"$scratch/diff" && return
  echo "$1:"
  sed -n 's/^</  only here:  /p; s/^>/  only there: /p' "$scratch/diff"
  failed=1
}

: >"$scratch/listed"
for list in "$root"/cmake/symbols/*.list; do
  name=$(basename "$list" .list)
  grep '^again_' "$list" >"$scratch/list"
  cat "$scratch/list" >>"$scratch/listed"
  library=$(find "$stage" -name "lib$name.so")
  [ -n "$library" ] || { echo "$list is of no installed library"; failed=1; continue; }
  nm -D --defined-only "$library" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' | sort >"$scratch/shown"
  same "cmake/symbols/$name.list (here) and what lib$name.so shows (there)" "$scratch/list" "$scratch/shown"
done
for library in "$stage"/usr/lib/*/libagain*.so "$stage"/usr/lib/libagain*.so; do
  [ ! -e "$library" ] || [ -f "$root/cmake/symbols/$(basename "$library" .so | sed 's/^lib//').list" ] || {
    echo "$library has no list in cmake/symbols"
    failed=1
  }
done
sort "$scratch/listed" >"$scratch/lists"

# What the installed headers declare: a name before a parenthesis, no macro, no type of a pointer's function.
for header in "$stage"/usr/include/again/*.h; do
  # shellcheck disable=SC2046
  $cc -E -P -std=gnu11 -I"$stage/usr/include" $(pkg-config --cflags libuv libcurl) "$header" || failed=1
done | tr '\n' ' ' | grep -oE '\bagain_[a-z0-9_]+ ?\([^*]' | sed 's/ *(.*//' | sort -u >"$scratch/declared"
# The libraries for tests are archives without a list: what they define is declared by theirs.
for name in kit sim emulator; do
  archive=$(find "$stage" -name "libagain-$name.a")
  [ -z "$archive" ] || nm -g --defined-only "$archive" 2>/dev/null | awk 'NF == 3 {print $3}'
done | sort -u >"$scratch/for-tests"
comm -23 "$scratch/declared" "$scratch/for-tests" >"$scratch/functions"
same "The lists of cmake/symbols (here) and the functions of the public headers (there)" \
  "$scratch/lists" "$scratch/functions"

(cd "$root/include/again" && ls) >"$scratch/headers"
(cd "$stage/usr/include/again" && ls) >"$scratch/installed"
same "include/again (here) and the installed headers (there); name them in HEADERS of again_library" \
  "$scratch/headers" "$scratch/installed"

for archive in $(find "$stage" -name 'libagain*.a'); do
  nm -g --defined-only "$archive" 2>/dev/null | awk 'NF == 3 && $3 !~ /^(again_|cls__log)/ {print $3}' |
    sort -u >"$scratch/foreign"
  [ ! -s "$scratch/foreign" ] || {
    echo "$archive defines names that are not ours:"
    sed 's/^/  /' "$scratch/foreign"
    failed=1
  }
done
exit $failed
