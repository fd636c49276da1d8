#!/bin/sh
# Does a build with only the core work, where nothing but json-c can be found, by plain make, and pass its own tests?
# Is what it installs complete? Usage: test_core.sh PROJECT WORK-FOLDER C-COMPILER C-COMPILER-LAUNCHER
set -u
root=$1 work=$2/core cc=$3 launcher=$4
rm -rf "$work/modules" "$work/stage"
mkdir -p "$work/modules" || exit 1
for module in json-c cmocka; do
  cp "$(pkg-config --variable=pcfiledir $module)/$module.pc" "$work/modules/" || exit 1
done
PKG_CONFIG_LIBDIR=$work/modules
export PKG_CONFIG_LIBDIR
unset CFLAGS LDFLAGS

run() {
  "$@" >"$work/log" 2>&1 && return
  tail -n 40 "$work/log"
  echo "test_core.sh: failed: $*"
  exit 1
}
run cmake -S "$root" -B "$work/build" -G "Unix Makefiles" -DCMAKE_C_COMPILER="$cc" \
  -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$work/stage" \
  -DAGAIN_UV=OFF -DAGAIN_HTTP=OFF -DAGAIN_CLS=OFF -DAGAIN_SIM=OFF -DAGAIN_EMULATOR=OFF -DAGAIN_CLI=OFF \
  -DAGAIN_EXAMPLES=OFF -DAGAIN_TESTS=ON -DAGAIN_PACKAGE_TESTS=OFF -DAGAIN_WERROR=ON
run cmake --build "$work/build" --parallel 2
run ctest --test-dir "$work/build" --parallel 2 --output-on-failure
grep -q '100% tests passed' "$work/log" || { echo "ctest found no tests"; exit 1; }
grep '100% tests passed' "$work/log"

# There are only archives: pkg-config needs no --static to say all that they need.
run cmake --install "$work/build"
path=$(dirname "$(find "$work/stage" -name again.pc)")
# shellcheck disable=SC2046
run "$cc" -o "$work/program" "$root/tests/package/consumer/core.c" \
  $(PKG_CONFIG_PATH=$path pkg-config --cflags --libs again)
"$work/program" | grep "429 is throttled"
