#!/bin/sh
# Does what the documentation shows work? Usage:
#   test_blocks.sh PROJECT-FOLDER FOLDER-OF-PROGRAMS AGAIN AGAIN-AGENT
# The programs are the C blocks, built by CMake. Kinds of blocks: c (built and run against the
# emulator), json (a policy), json cases (for again test), json script (for the emulator), json scenario (for
# again simulate), sh (run; what it prints may be in a text output behind it), sh example (commands named in
# the project), cmake (a project that uses this one: configured), text, and text output (what the
# program or the commands before it print; every program must have one).
set -u
root=$1 programs=$2 again=$3 agent=$4
scratch=$(mktemp -d) || exit 1
emulator=
trap '[ -z "$emulator" ] || kill "$emulator"; rm -rf "$scratch"' EXIT
PATH=$(dirname "$again"):$(dirname "$agent"):$PATH
export PATH
failed=0
ran=0

complain() {
  echo "$1"
  [ ! -f "$scratch/said" ] || sed 's/^/  /' "$scratch/said" | head -20
  failed=1
}

# output_of BLOCK: the block of "text output" behind it, whether it is there or not.
output_of() {
  page=${1%-*}
  number=${1##*-}
  echo "$scratch/blocks/$page-$((${number%%.*} + 1)).text_output"
}

cd "$scratch" || exit 1
sh "$root/tests/docs/extract.sh" "$scratch/blocks" "$root/README.md" "$root"/docs/*.md || exit 1

"$again" emulate >"$scratch/address" &
emulator=$!
waited=0
until grep -q listening "$scratch/address" || [ $waited -ge 100 ]; do
  sleep 0.05
  waited=$((waited + 1))
done
CLS_ENDPOINT=$(sed 's/listening on //' "$scratch/address")
CLS_SECRET_ID=AKIDEMULATOR
CLS_SECRET_KEY=emulator-secret-key
export CLS_ENDPOINT CLS_SECRET_ID CLS_SECRET_KEY

for block in "$scratch"/blocks/*; do
  name=$(basename "$block")
  kind=${name#*.}
  rm -f "$scratch/said"
  case $kind in
    c)
      ran=$((ran + 1))
      timeout 30 "$programs/docs_${name%.c}" >"$scratch/said" 2>&1 </dev/null ||
        complain "$name: the program fails"
      output=$(output_of "$name")
      if [ ! -f "$output" ]; then
        complain "$name: no block of \"text output\" behind it says what it prints"
      elif ! cmp -s "$scratch/said" "$output"; then
        complain "$name: it prints something else than the page says:"
      fi
      ;;
    json) "$again" check "$block" >"$scratch/said" 2>&1 || complain "$name: not a valid policy" ;;
    json_cases) "$again" test "$block" >"$scratch/said" 2>&1 || complain "$name: not as expected" ;;
    json_scenario)
      "$again" simulate --scenario "$block" --agents 2 >"$scratch/said" 2>&1 ||
        complain "$name: not a scenario"
      ;;
    json_script)
      timeout -s TERM 1 "$again" emulate --script "$block" >"$scratch/said" 2>&1
      grep -q listening "$scratch/said" || complain "$name: not a script of the emulator"
      ;;
    sh)
      mkdir "$scratch/$name"
      # What it leaves running when it fails is ended.
      { echo 'trap '"'"'[ -z "${emulator-}" ] || kill "$emulator" 2>/dev/null || :'"'"' EXIT'; cat "$block"; } \
        >"$scratch/$name/commands"
      (cd "$scratch/$name" && timeout 60 sh -e commands >"$scratch/said" 2>&1 </dev/null) ||
        complain "$name: the commands fail"
      output=$(output_of "$name")
      if [ -f "$output" ] && ! diff "$output" "$scratch/said" >"$scratch/difference"; then
        mv "$scratch/difference" "$scratch/said"
        complain "$name: it prints something else than the page says:"
      fi
      ;;
    sh_example)
      sed 's/#.*//' "$block" | while read -r shell script _; do
        [ "$shell" = sh ] && [ -f "$root/$script" ] || echo "$name: there is no $script"
      done >"$scratch/said"
      [ ! -s "$scratch/said" ] || complain "$name: it names what is not there"
      ;;
    cmake)
      mkdir "$scratch/$name"
      ln -s "$root" "$scratch/$name/again"
      cp "$block" "$scratch/$name/CMakeLists.txt"
      echo 'int main(void) { return 0; }' >"$scratch/$name/main.c"
      cmake -S "$scratch/$name" -B "$scratch/$name/build" >"$scratch/said" 2>&1 ||
        complain "$name: cmake refuses it"
      ;;
    text | text_output | cmake_installed | sh_installed) ;; # the last two: tests/package/test_docs.sh
    *) complain "$name: a block must say what it is: c, json, json cases, json script, sh, sh example, cmake, text" ;;
  esac
done
[ $ran -ge 3 ] || complain "only $ran programs were found in the pages"
exit $failed
