#!/bin/sh
# Are the generated pages current, do links lead somewhere, and does the README name the packages?
# Usage: test_pages.sh PROJECT-FOLDER AGAIN
set -u
root=$1 again=$2
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$root" || exit 1
failed=0

current() { # current PAGE arguments of again...
  page=$1
  shift
  "$again" "$@" >"$scratch/page" || failed=1
  if ! diff -u "$page" "$scratch/page"; then
    echo "$page is not current: run  again $* > $page"
    failed=1
  fi
}
current docs/errors.md codes --markdown
current docs/policy.md keys

for page in README.md CHANGELOG.md docs/*.md; do
  grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//; s/#.*//' | while read -r link; do
    case $link in
      http://* | https://* | "") ;;
      *) [ -e "$(dirname "$page")/$link" ] || echo "$page: the link $link leads nowhere" ;;
    esac
  done
done >"$scratch/links"
if [ -s "$scratch/links" ]; then
  cat "$scratch/links"
  failed=1
fi
for page in docs/*.md; do
  [ "$page" = docs/index.md ] || grep -q "($(basename "$page"))" docs/index.md || {
    echo "docs/index.md does not lead to $page"
    failed=1
  }
done

sh cmake/install-deps.sh --list | while read -r package; do
  grep -qE "(^| )$package( |$)" README.md || echo "README.md does not name the package $package"
done >"$scratch/packages"
if [ -s "$scratch/packages" ]; then
  cat "$scratch/packages"
  failed=1
fi

# The names of the headers' functions that pages use exist.
grep -ohE '`again_[a-z0-9_]+`' README.md docs/*.md | tr -d '\140' | sort -u | while read -r name; do
  grep -rqw "$name" include/again src || echo "the pages name $name, which is not there"
done >"$scratch/names"
if [ -s "$scratch/names" ]; then
  cat "$scratch/names"
  failed=1
fi
exit $failed
