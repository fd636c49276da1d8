#!/bin/sh
# Do the blocks of the pages work that link what is installed? "cmake installed" is a project, "sh installed" are
# commands beside a main.c. Usage: test_docs.sh PROJECT WORK-FOLDER
set -u
root=$1 stage=$2/stage
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
PKG_CONFIG_PATH=$(dirname "$(find "$stage" -name again.pc)")
LD_LIBRARY_PATH=$(dirname "$(find "$stage" -name libagain.so.0)")
CMAKE_PREFIX_PATH=$stage/usr
export PKG_CONFIG_PATH LD_LIBRARY_PATH CMAKE_PREFIX_PATH
failed=0
ran=0
sh "$root/tests/docs/extract.sh" "$scratch/blocks" "$root/README.md" "$root"/docs/*.md || exit 1
for block in "$scratch"/blocks/*_installed; do
  [ -f "$block" ] || continue
  ran=$((ran + 1))
  place=$scratch/$(basename "$block")
  mkdir "$place"
  cp "$root/tests/package/consumer/core.c" "$place/main.c"
  case $block in
    *.cmake_installed)
      cp "$block" "$place/CMakeLists.txt"
      { cmake -S "$place" -B "$place" && cmake --build "$place"; } >"$scratch/said" 2>&1
      ;;
    *) (cd "$place" && sh -e "$block") >"$scratch/said" 2>&1 ;;
  esac && "$place/shipper" | grep -q "429 is throttled" || {
    echo "$(basename "$block"): it does not make a program that runs:"
    cat "$scratch/said"
    failed=1
  }
done
[ $ran -ge 2 ] || { echo "only $ran blocks were found in the pages"; failed=1; }
exit $failed
