#!/bin/sh
# Do programs in C11 and C++17 find, link and run what is installed: by CMake and by pkg-config, shared and static,
# and with libagain alone where there is no libuv and no libcurl?
# Usage: test_consumers.sh PROJECT WORK-FOLDER C-COMPILER C++-COMPILER
set -u
root=$1 work=$2 cc=$3 cxx=$4
stage=$work/stage
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
version=$(sed -n 's/.*AGAIN_VERSION  *"\(.*\)"/\1/p' "$root/include/again/version.h")
libdir=$(dirname "$(find "$stage" -name 'libagain.so.0')")
failed=0

complain() {
  echo "$1"
  failed=1
}

# says PROGRAM TEXT: runs it; does it say so?
says() {
  said=$(LD_LIBRARY_PATH=$libdir "$1" 2>&1) || complain "$1: status $?"
  [ "$said" = "$2" ] || complain "$1 says \"$said\", not \"$2\""
}

# links PROGRAM KIND: is it linked with the shared libagain, or does it carry its own?
links() {
  needed=$(readelf -d "$1" | grep -c 'NEEDED.*libagain')
  case $2 in
    shared) [ "$needed" -gt 0 ] || complain "$1 does not link the shared library" ;;
    static) [ "$needed" -eq 0 ] || complain "$1 links the shared library" ;;
  esac
}

check() { # check FOLDER KIND NAMES: what was built there
  for name in $3; do
    for language in C CXX; do
      program=$1/$name-$language
      spoken=$(echo $language | sed 's/XX/++/')
      case $name in
        core) says "$program" "$spoken with libagain $version: 429 is throttled" ;;
        ship) says "$program" "$spoken with libagain $version: delivered 1, stored 1" ;;
      esac
      links "$program" "$2"
    done
  done
}

# Where only json-c can be found, as on a machine without the others.
mkdir "$scratch/core-only"
for module in json-c; do
  file=$(pkg-config --variable=pcfiledir $module)/$module.pc
  cp "$file" "$scratch/core-only/" || exit 1
done
core_only() {
  PKG_CONFIG_LIBDIR=$scratch/core-only
  export PKG_CONFIG_LIBDIR
  "$@"
  set -- $?
  unset PKG_CONFIG_LIBDIR
  return "$1"
}

by_cmake() { # by_cmake FOLDER KIND PARTS
  cmake -S "$root/tests/package/consumer" -B "$1" -DCMAKE_PREFIX_PATH="$stage/usr" -DKIND="$2" \
    -DPARTS="$3" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY=OFF >"$scratch/log" 2>&1 &&
    cmake --build "$1" --parallel 2 >>"$scratch/log" 2>&1 && return
  tail -n 30 "$scratch/log"
  complain "CMake: $2 with \"$3\" does not build"
  return 1
}

# pkg-config knows one kind at a time: a copy of the stage without the other.
by_pkg_config() { # by_pkg_config FOLDER KIND NAME MODULES
  mkdir -p "$1"
  tree=$scratch/only-$2
  if [ ! -d "$tree" ]; then
    cp -R "$stage" "$tree" || exit 1
    case $2 in
      shared) find "$tree" -name 'lib*.a' ! -name '*kit*' ! -name '*sim*' ! -name '*emulator*' -exec rm {} + ;;
      static) find "$tree" -name 'lib*.so*' -exec rm {} + ;;
    esac
  fi
  path=$(dirname "$(find "$tree" -name again.pc)")
  # Our archives with the others' shared libraries, as docs/integration.md has it: --static alone would ask for
  # archives of all that libcurl links, too.
  extra=
  if [ "$2" = static ]; then
    names="$4 again"
    case $4 in *again-cls*) names="$names again-http" ;; esac
    # shellcheck disable=SC2086 # words
    private=$(PKG_CONFIG_PATH=$path pkg-config --print-requires-private $names)
    # shellcheck disable=SC2086
    extra="$(pkg-config --libs $private) -lm"
  fi
  # shellcheck disable=SC2086
  flags=$(PKG_CONFIG_PATH=$path pkg-config --cflags --libs $4) ||
    { complain "pkg-config: $4 is not found"; return 1; }
  source=$root/tests/package/consumer/$3.c
  # shellcheck disable=SC2086
  $cc -std=gnu11 -Wall -Wextra -Werror -o "$1/$3-C" "$source" $flags $extra &&
    $cxx -std=c++17 -Wall -Wextra -Werror -x c++ -o "$1/$3-CXX" "$source" -x none $flags $extra ||
    { complain "pkg-config: $2 $3 does not build with $flags"; return 1; }
}

for kind in shared static; do
  by_cmake "$scratch/cmake-$kind" $kind "uv;http;cls;kit;emulator" &&
    check "$scratch/cmake-$kind" $kind "core ship"
  core_only by_cmake "$scratch/cmake-core-$kind" $kind "" && check "$scratch/cmake-core-$kind" $kind core

  by_pkg_config "$scratch/pc-$kind" $kind ship "again-cls again-kit again-emulator" &&
    check "$scratch/pc-$kind" $kind ship
  core_only by_pkg_config "$scratch/pc-core-$kind" $kind core again &&
    check "$scratch/pc-core-$kind" $kind core
done
# Of libagain alone all is there for --static.
path=$(dirname "$(find "$scratch/only-static" -name again.pc)")
# shellcheck disable=SC2046
PKG_CONFIG_PATH=$path $cc -o "$scratch/archive" "$root/tests/package/consumer/core.c" \
  $(PKG_CONFIG_PATH=$path pkg-config --static --cflags --libs again) ||
  complain "pkg-config --static again does not link"
says "$scratch/archive" "C with libagain $version: 429 is throttled"

# What is not there is named, with what to do.
refused() { # refused TEXT command...
  text=$1
  shift
  if "$@" >"$scratch/said" 2>&1; then complain "CMake finds what is not there: $text"; fi
  tr -s ' \n' ' ' <"$scratch/said" | grep -qF "$text" || {
    cat "$scratch/said"
    complain "CMake does not say: $text"
  }
}
find_again() { # find_again ARGUMENTS-OF-find_package
  rm -rf "$scratch/find"
  mkdir "$scratch/find"
  printf 'cmake_minimum_required(VERSION 3.22)\nproject(x C)\nfind_package(again %s)\n' "$1" >"$scratch/find/CMakeLists.txt"
  cmake -S "$scratch/find" -B "$scratch/find/build" -DCMAKE_PREFIX_PATH="$stage/usr" -DCMAKE_C_COMPILER="$cc"
}
refused 'there is no component "vu"; installed are: again' find_again "REQUIRED COMPONENTS vu"
refused "uv needs libuv was not found: install libuv1-dev" core_only find_again "REQUIRED COMPONENTS uv"
refused "0.0.9" find_again "0.0.9 REQUIRED"
find_again "REQUIRED COMPONENTS uv OPTIONAL_COMPONENTS vu" >"$scratch/said" 2>&1 ||
  { cat "$scratch/said"; complain "an optional component that is not there is an error"; }
exit $failed
