#!/bin/sh
# Are the committed pictures what the commands make now, are all of them used, and are there no others?
# Usage: test_pictures.sh PROJECT-FOLDER AGAIN
set -u
root=$1 again=$2
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$root" || exit 1
failed=0

complain() {
  echo "$1"
  failed=1
}

sh cmake/make-docs.sh "$again" "$scratch" || complain "cmake/make-docs.sh fails"
for made in "$scratch"/pictures/*; do
  name=$(basename "$made")
  cmp -s "$made" "docs/pictures/$name" ||
    complain "docs/pictures/$name is not what again makes now: cmake --build build --target docs, and look at it"
  grep -q "pictures/$name)" README.md docs/*.md || complain "no page shows docs/pictures/$name"
done
for committed in docs/pictures/*; do
  [ -f "$scratch/pictures/$(basename "$committed")" ] ||
    complain "$committed is not made by cmake/make-docs.sh"
done
grep -noE '!\[[^]]*\]\([^)]*\)' README.md docs/*.md >"$scratch/shown"
while IFS= read -r line; do
  case $line in
    *'![]('*) complain "$line has no words for who cannot see it" ;;
    *'(docs/pictures/'*.svg')' | *'(pictures/'*.svg')') ;;
    *) complain "$line is not made by cmake/make-docs.sh" ;;
  esac
done <"$scratch/shown"

# The text that docs/plot.md shows is what the command says, where there is a locale for its blocks.
if locale -a 2>/dev/null | grep -qix 'C.utf-\?8'; then
  awk '/^```text/ { inside = 1; next } /^```/ { inside = 0 } inside' docs/plot.md >"$scratch/shown"
  LC_ALL=C.UTF-8 "$again" plot builtin:default --class retryable >"$scratch/said"
  [ "$(wc -l <"$scratch/shown")" -gt 10 ] || complain "docs/plot.md shows no text"
  tail -n +3 "$scratch/said" | head -n "$(wc -l <"$scratch/shown")" | diff "$scratch/shown" - ||
    complain "docs/plot.md shows something else than again plot says"
fi
exit $failed
