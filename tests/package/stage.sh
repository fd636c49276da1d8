#!/bin/sh
# Builds both kinds of the libraries and the command, and installs them into a folder for the other tests.
# Usage: stage.sh PROJECT WORK-FOLDER C-COMPILER [CMAKE-ARGUMENT...]
set -u
root=$1 work=$2 cc=$3
shift 3
mkdir -p "$work" || exit 1
rm -rf "$work/stage"

# The sanitizers of the build that runs this are not for packages.
unset CFLAGS LDFLAGS
run() {
  "$@" >"$work/stage.log" 2>&1 && return
  tail -n 40 "$work/stage.log"
  echo "stage.sh: failed: $*"
  exit 1
}
run cmake -S "$root" -B "$work/build" -DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_INSTALL_PREFIX=/usr -DAGAIN_SHARED=ON -DAGAIN_STATIC=ON -DAGAIN_EXAMPLES=OFF \
  -DAGAIN_WERROR=ON "$@"
run cmake --build "$work/build" --parallel 2
run env DESTDIR="$work/stage" cmake --install "$work/build"
echo "installed $(find "$work/stage" -type f -o -type l | wc -l) files"
