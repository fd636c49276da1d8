#!/bin/sh
# Does each public header compile alone, as C11 and as C++17?
# Usage: test_headers.sh FOLDER-OF-THE-PROJECT C-COMPILER
set -u
root=$1
cc=${2:-cc}
# libuv's own header needs POSIX, which -std=c11 hides.
flags="-D_POSIX_C_SOURCE=200809L"
without=
for module in libuv libcurl; do
  if pkg-config --exists $module; then
    flags="$flags $(pkg-config --cflags $module)"
  else
    without="$without $module"
  fi
done
# Headers that need what a build of the core alone does without.
needs() {
  case $1 in
    uv.h) echo libuv ;;
    http.h | cls.h) echo libuv libcurl ;;
  esac
}
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
failed=0
for header in "$root"/include/again/*.h; do
  name=again/$(basename "$header")
  for module in $(needs "$(basename "$header")"); do
    case "$without " in *" $module "*)
      echo "$module was not found: $name was not compiled"
      continue 2
      ;;
    esac
  done
  # shellcheck disable=SC2086 # flags are words
  if ! printf '#include <%s>\nextern int unit;\n' "$name" |
    $cc -x c -std=c11 $warnings -I"$root/include" $flags -fsyntax-only -; then
    echo "$name does not compile alone as C11"
    failed=1
  fi
  # shellcheck disable=SC2086
  if ! printf '#include <%s>\nextern int unit;\n' "$name" |
    c++ -x c++ -std=c++17 $warnings -I"$root/include" $flags -fsyntax-only -; then
    echo "$name does not compile alone as C++17"
    failed=1
  fi
done
exit $failed
