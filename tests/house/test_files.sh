#!/bin/sh
# Is the house in order: sizes, mirrored tests, the top level, formatting, no unfinished work?
# Usage: test_files.sh FOLDER-OF-THE-PROJECT
set -u
root=$1
cd "$root" || exit 1
failed=0

complain() {
  echo "$1"
  failed=1
}

# A file knows one thing: 400 lines is where to look for the second.
for file in $(find src include tests examples cmake -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.def' -o -name '*.cmake' \)); do
  lines=$(wc -l <"$file")
  [ "$lines" -le 400 ] || complain "$file has $lines lines; 400 is the limit"
done

# What a program lends is used: memory is its allocator's, in all layers that have one.
grep -rnE '\b(malloc|calloc|realloc|strdup|strndup|free)\(' src/sched src/uv src/http src/cls --include='*.c' |
  grep -v '^src/sched/host.c:' >"${TMPDIR:-/tmp}/again-memory.$$"
while read -r line; do complain "$line: memory is the allocator's: again_resize"; done <"${TMPDIR:-/tmp}/again-memory.$$"
rm -f "${TMPDIR:-/tmp}/again-memory.$$"

# Tests mirror the source. Those without a test of their own, and where they are tested:
tested_elsewhere="
src/emulator/answer.c:tests/emulator/test_verify.c
src/emulator/reply.c:tests/emulator/test_exchange.c
src/emulator/script_fault.c:tests/emulator/test_script_read.c
src/http/advice.c:tests/http/test_tls.c
src/cls/index.c:tests/cls/test_catalogue.c
src/cls/encode.c:tests/cls/test_batch.c
src/policy/reader.c:tests/policy/test_read.c
src/policy/schema.c:tests/docs/test_pages.sh
src/policy/manual.c:tests/docs/test_pages.sh
src/cases/values.c:tests/cases/test_read.c
src/sim/agent.c:tests/sim/test_sim.c
src/scenario/keys.c:tests/scenario/test_read.c
src/scenario/schema.c:tests/cli/test_simulate.sh
src/cases/outcomes.c:tests/cases/test_read.c
src/cases/judge.c:tests/cli/test_test.sh
src/cases/explain.c:tests/cli/test_test.sh
src/cases/write.c:tests/cli/test_test.sh
src/cases/schema.c:tests/cli/test_test.sh
src/cli/test.c:tests/cli/test_test.sh
src/cli/main.c:tests/cli/test_cli.sh
src/cli/names.c:tests/cli/test_cli.sh
src/cli/options.c:tests/cli/test_cli.sh
src/cli/report.c:tests/cli/test_cli.sh
src/cli/check.c:tests/cli/test_cli.sh
src/cli/explain.c:tests/cli/test_cli.sh
src/cli/known.c:tests/cli/test_cli.sh
src/cli/load.c:tests/cli/test_cli.sh
src/cli/print.c:tests/cli/test_cli.sh
src/cli/keys.c:tests/cli/test_cli.sh
src/cli/codes.c:tests/cli/test_cli.sh
src/cli/emulate.c:tests/cli/test_emulate.sh
src/cli/plot.c:tests/cli/test_plot.sh
src/cli/plot_chart.c:tests/cli/test_plot.sh
src/cli/plot_text.c:tests/cli/test_plot.sh
src/cli/plot_json.c:tests/cli/test_plot.sh
src/cli/plot_meet.c:tests/cli/test_plot.sh
src/cli/simulate.c:tests/cli/test_simulate.sh
src/cli/simulate_text.c:tests/cli/test_simulate.sh
src/cli/simulate_json.c:tests/cli/test_simulate.sh
src/cli/simulate_svg.c:tests/cli/test_simulate.sh
src/cli/save.c:tests/cli/test_plot.sh
"
for file in src/*/*.c; do
  room=$(basename "$(dirname "$file")")
  mirror=tests/$room/test_$(basename "$file")
  elsewhere=$(echo "$tested_elsewhere" | sed -n "s|^$file:||p")
  [ -f "${elsewhere:-$mirror}" ] || complain "$file has no test: ${elsewhere:-$mirror} is not there"
done
for line in $tested_elsewhere; do
  [ -f "${line%%:*}" ] || complain "${line%%:*} is in the list of test_files.sh, but is not there"
done

# The top level.
for entry in $(ls -A); do
  case $entry in
    CMakeLists.txt | CMakePresets.json | CHANGELOG.md | LICENSE | README.md | cmake | docs | examples | \
      include | src | tests | .ci | .clang-format | .clang-tidy | .editorconfig | .git | .gitignore | build*) ;;
    *) complain "$entry does not belong to the top level" ;;
  esac
done
for entry in CMakeLists.txt CMakePresets.json CHANGELOG.md LICENSE README.md .clang-format \
  .clang-tidy .editorconfig .ci/run; do
  [ -f "$entry" ] || complain "$entry is missing"
done
[ -x .ci/run ] || complain ".ci/run cannot be executed"

# No unfinished work.
if grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' src include tests examples cmake docs ./*.md |
  grep -v 'tests/house/test_files.sh'; then
  complain "unfinished work is marked above"
fi

# Formatting, where clang-format is there to say so.
if command -v clang-format >/dev/null; then
  find src include tests examples -name '*.[ch]' -exec clang-format --dry-run --Werror {} + ||
    complain "the files above are not formatted: run clang-format -i on them"
else
  echo "clang-format is not installed: formatting was not checked"
fi
exit $failed
