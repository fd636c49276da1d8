#!/bin/sh
# Installs the Debian packages that the project needs and that are missing.
set -u

# To build everything, and in addition to run all tests.
build="build-essential cmake pkg-config libuv1-dev libcurl4-openssl-dev libjson-c-dev liblz4-dev
  libprotobuf-c-dev protobuf-c-compiler libmicrohttpd-dev libssl-dev
  libzstd-dev zlib1g-dev"
tests="libcmocka-dev python3-jsonschema openssl curl file"

case ${1-} in
  "") wanted=$build ;;
  --tests) wanted="$build $tests" ;;
  --list)
    printf '%s\n' $build $tests
    exit 0
    ;;
  *)
    echo "usage: sh cmake/install-deps.sh [--tests | --list]" >&2
    exit 2
    ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install-deps.sh: this is no Debian; install what these packages of Debian hold:" >&2
  echo $wanted >&2
  exit 1
fi

missing=
for package in $wanted; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "packages: all are installed"
  exit 0
fi

sudo=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install-deps.sh: to install$missing one must be root: run it as root, or install sudo" >&2
    exit 1
  fi
  sudo=sudo
fi

echo "packages: installing$missing"
log=$(mktemp) || exit 1
install() {
  $sudo apt-get update >>"$log" 2>&1 &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      $missing >>"$log" 2>&1
}
# A mirror may fail for a moment: once more.
if ! install && ! install; then
  tail -n 20 "$log" >&2
  echo "install-deps.sh: apt-get failed; its output is in $log" >&2
  exit 1
fi
rm -f "$log"
