#!/bin/sh
# Installs what is missing, builds everything with sanitizers and warnings as errors, runs all tests.
set -u
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
build=$root/build/dev
jobs=$(nproc 2>/dev/null || echo 2)
cd "$root" || exit 1

sh cmake/install-deps.sh --tests || exit 1
mkdir -p "$build" || exit 1

# Shows one line while a step runs, and its output only if it fails.
step() {
  printf '%s ... ' "$1"
  shift
  if "$@" >"$build/step.log" 2>&1 </dev/null; then
    echo done
  else
    echo failed
    grep -E -A 6 'error|FAILED|CMake Error' "$build/step.log" | head -n 60 >&2
    echo "run.sh: the whole output is in $build/step.log" >&2
    exit 1
  fi
}

step "configure" cmake --preset dev
step "build" cmake --build "$build" --parallel "$jobs"
ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS UBSAN_OPTIONS
ctest --test-dir "$build" --output-on-failure --parallel "$jobs" </dev/null || exit 1

# Those with more than one thread once more, with ThreadSanitizer.
threads=$root/build/tsan
mkdir -p "$threads" || exit 1
step "configure for ThreadSanitizer" cmake --preset tsan
step "build the tests with threads" cmake --build "$threads" --parallel "$jobs" --target threads
TSAN_OPTIONS=suppressions=$root/tests/tsan.supp
export TSAN_OPTIONS
exec ctest --test-dir "$threads" --label-regex threads --output-on-failure --parallel "$jobs" </dev/null
