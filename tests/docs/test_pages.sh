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
current docs/policy.schema.json keys --schema
current docs/cases.schema.json test --schema
current docs/scenario.schema.json simulate --schema
current docs/scenario.md simulate --keys

# Editors and the library agree: shipped policies are valid by the schema, and mistakes are not.
if python3 -c 'import jsonschema' 2>/dev/null; then
  python3 - "$root" <<'END' || failed=1
import glob, json, sys
import jsonschema
root = sys.argv[1]
schema = json.load(open(root + "/docs/policy.schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
bad = 0
for path in glob.glob(root + "/src/policy/shipped/*.json") + glob.glob(root + "/examples/*/policy.json"):
    for error in validator.iter_errors(json.load(open(path))):
        print(f"{path} is not valid by docs/policy.schema.json: {error.message}")
        bad = 1
wrong = [{}, {"again": 2}, {"again": 1, "retyable": {}}, {"again": 1, "auth": {"base": 500}},
         {"again": 1, "auth": {"base": "none"}}, {"again": 1, "auth": {"jitter": "ful"}},
         {"again": 1, "auth": {"max_attempts": 0}}, {"again": 1, "hint": {"spread": 1.5}},
         {"again": 1, "classify": [{"code": "A"}]}, {"again": 1, "auth": {"delays": []}},
         {"again": 1, "classify": [{"status": 700, "class": "ok"}]},
         {"again": 1, "classify": [{"transport": "tsl", "class": "ok"}]},
         {"again": 1, "operation": {"at_most_once": 1}}, []]
for policy in wrong:
    if validator.is_valid(policy):
        print(f"docs/policy.schema.json takes what the library refuses: {policy}")
        bad = 1
sys.exit(bad)
END
else
  echo "python3-jsonschema is not installed: the schema was not tried"
  failed=1
fi

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
  grep -rqw "$name" include/again src examples || echo "the pages name $name, which is not there"
done >"$scratch/names"
if [ -s "$scratch/names" ]; then
  cat "$scratch/names"
  failed=1
fi
exit $failed
