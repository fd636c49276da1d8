#!/bin/sh
# Runs gcc -fanalyzer, clang-tidy and cppcheck over the library, the command and the examples, and says how many
# findings there are. Those that were looked at stand in cmake/analysis.list, each with the reason; which checks of
# clang-tidy are asked stands in .clang-tidy. Takes some minutes.
# Usage: sh cmake/analyse.sh [BUILD-FOLDER]; status 1: there are findings without a reason, 2: it could not run.
set -u
root=$(cd "$(dirname "$0")/.." && pwd) || exit 2
build=${1:-$root/build/analyse}
jobs=$(nproc 2>/dev/null || echo 2)

for tool in gcc clang-tidy cppcheck; do
  command -v $tool >/dev/null || {
    echo "analyse.sh: $tool is not installed; install gcc, clang-tidy and cppcheck" >&2
    exit 2
  }
done
mkdir -p "$build" || exit 2
# What the build makes for others to include.
{
  cmake -S "$root" -B "$build" -G "Unix Makefiles" -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DAGAIN_INSTALL=OFF &&
    cmake --build "$build" --parallel "$jobs" --target again_cls_proto again_cls_codes_index
} >"$build/build.log" 2>&1 || {
  tail -n 20 "$build/build.log" >&2
  echo "analyse.sh: the build failed; its output is in $build/build.log" >&2
  exit 2
}
database=$build/compile_commands.json
# Our own files; what is generated is not ours.
sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$database" | grep -E "^$root/(src|examples)/" | sort -u >"$build/files"
total=$(wc -l <"$build/files")
[ "$total" -gt 0 ] || { echo "analyse.sh: $database names no files" >&2; exit 2; }
failed=0

# report TOOL LOG: its findings against the list. Lines end in "[CHECK]".
report() {
  sed -n "s#^$root/\([^:]*\):\([0-9]*\):.*\(warning\|error\|performance\|portability\): \(.*\) \[\([^][]*\)\]\$#\1 \5 \2 \4#p" \
    "$2" | sort -u | awk -v tool="$1" -v total="$total" '
      FNR == NR {
        if ($1 == tool) known[$2 " " $3] = 0
        next
      }
      {
        place = $1 " " $2
        if (place in known) {
          known[place]++
          explained++
        } else {
          open++
          lines = lines "  " $1 ":" $3 ": " substr($0, length($1 $2 $3) + 4) " [" $2 "]\n"
        }
      }
      END {
        for (place in known) {
          if (known[place] == 0) lines = lines "  " place " is in cmake/analysis.list, but is no finding any more\n"
        }
        printf "%s: %d findings in %d files, %d of them explained in cmake/analysis.list\n%s",
          tool, open + explained, total, explained, lines
        exit open > 0
      }' "$root/cmake/analysis.list" - || failed=1
}

# The command of each file, with the analyzer and without an object file.
while read -r file; do
  grep -F "\"command\":" "$database" | grep -F -- "-c $file\"" | head -1 |
    sed 's/^ *"command": "//; s/",\{0,1\}$//; s/\\"/"/g; s/ -o [^ ]*/ -o \/dev\/null/; s/ -c / -fanalyzer -c /'
done <"$build/files" >"$build/commands"
[ "$(wc -l <"$build/commands")" -eq "$total" ] || { echo "analyse.sh: $database has no command for some files" >&2; exit 2; }
# One file each: a definition in quotes must stay as it is.
split -l $(((total + jobs - 1) / jobs)) "$build/commands" "$build/commands."
for part in "$build"/commands.??; do
  (cd "$build" && sh "$part") >"$part.log" 2>&1 &
done
wait
cat "$build"/commands.??.log >"$build/gcc.log"
rm -f "$build"/commands.*
report gcc "$build/gcc.log"

xargs -P "$jobs" -n 4 clang-tidy -p "$build" --quiet <"$build/files" >"$build/clang-tidy.log" 2>"$build/clang-tidy.err"
report clang-tidy "$build/clang-tidy.log"

cppcheck --project="$database" --file-filter="$root/src/*" --file-filter="$root/examples/*" -j "$jobs" \
  --enable=warning,performance,portability --quiet \
  --template='{file}:{line}: {severity}: {message} [{id}]' >"$build/cppcheck.log" 2>&1
report cppcheck "$build/cppcheck.log"
exit $failed
