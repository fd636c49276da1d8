#!/bin/sh
# Does the example's project, copied away from here, find what is installed, and do its ten tests pass?
# Usage: test_example.sh PROJECT WORK-FOLDER C-COMPILER
set -u
root=$1 work=$2 cc=$3
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cp -r "$root/examples/test-a-policy" "$scratch/project" || exit 1
cd "$scratch/project" || exit 1
cmake -B build -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$work/stage/usr" >log 2>&1 &&
  cmake --build build >>log 2>&1 && ctest --test-dir build --output-on-failure >>log 2>&1 && ./build/test_policy >said 2>&1
status=$?
if [ $status -ne 0 ] || ! grep -q 'PASSED *\] 10 test' said; then
  cat log said
  exit 1
fi
