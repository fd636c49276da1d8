#!/bin/sh
# Do the Debian packages install, work and go without a trace? In a root of their own, whose status knows only what
# they depend on, in the versions of this machine. Usage: test_deb.sh PROJECT WORK-FOLDER
set -u
work=$2
for tool in dpkg dpkg-deb dpkg-query dpkg-shlibdeps file; do
  command -v $tool >/dev/null || { echo "$tool is not installed: packages were not tried"; exit 77; }
done
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

complain() {
  echo "$1"
  failed=1
}

rm -rf "$work/build/packages"
(cd "$work/build" && cpack -G DEB) >"$scratch/log" 2>&1 || {
  tail -n 20 "$scratch/log"
  exit 1
}
field() { # field PACKAGE NAME
  dpkg-deb -f "$work"/build/packages/"$1"_*.deb "$2"
}

# Are the dependencies right?
depends() { # depends PACKAGE NAME...: does it depend on each?
  package=$1
  shift
  for name in "$@"; do
    field "$package" Depends | tr ',' '\n' | grep -qE "^ *$name( |\$)" ||
      complain "$package does not depend on $name: $(field "$package" Depends)"
  done
}
depends libagain0 libc6 libjson-c5 libuv1 libcurl4 liblz4-1 libzstd1 zlib1g libssl3
depends again-tools libagain0 libc6 libmicrohttpd12
depends libagain-dev libagain0 libjson-c-dev libuv1-dev libcurl4-openssl-dev liblz4-dev \
  libzstd-dev zlib1g-dev libprotobuf-c-dev libssl-dev libmicrohttpd-dev
case $(field libagain0 Depends) in *microhttpd* | *cmocka*) complain "libagain0 depends on what only tests need" ;; esac

# A root in which just these are installed.
root=$scratch/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/triggers"
: >"$root/var/lib/dpkg/available"
for package in libagain0 again-tools libagain-dev; do
  field $package Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//'
done | sort -u | grep -v '^libagain' | while read -r name; do
  version=$(dpkg-query -W -f='${Version}' "$name" 2>/dev/null) || {
    echo "$name is not installed here" >&2
    continue
  }
  printf 'Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: %s\n' "$name" "$version" \
    "$(dpkg --print-architecture)"
  printf 'Maintainer: x <x@localhost>\nDescription: x\n\n'
  : >"$root/var/lib/dpkg/info/$name.list"
done >"$root/var/lib/dpkg/status"
# dpkg wants root's programs, and reads no settings of the user.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
HOME=$scratch
export PATH HOME
dpkg_in_root() {
  dpkg --root="$root" --log="$scratch/dpkg.log" --force-not-root --force-bad-path --force-script-chrootless \
    "$@" >"$scratch/log" 2>&1
}
in_root() {
  dpkg_in_root "$@" && return
  cat "$scratch/log"
  complain "dpkg $* failed"
}
files() {
  (cd "$root" && find . -path ./var -prune -o ! -type d -print | sort)
}

before=$(stat -c %Y%i /etc/ld.so.cache 2>/dev/null)
in_root -i "$work"/build/packages/*.deb
grep -q warning "$scratch/log" && { cat "$scratch/log"; complain "dpkg warns"; }
files >"$scratch/installed"
(cd "$work/stage" && find . ! -type d | sort) >"$scratch/staged"
diff "$scratch/staged" "$scratch/installed" || complain "the packages do not hold what cmake --install installs (<)"

# The command runs, with the library beside it.
libdir=$(dirname "$(find "$root/usr/lib" -name libagain.so.0)")
LD_LIBRARY_PATH=$libdir "$root/usr/bin/again" --version | grep -qx "again $(field libagain0 Version | sed 's/-.*//')" ||
  complain "the installed command does not say its version"
LD_LIBRARY_PATH=$libdir ldd "$root/usr/bin/again" | grep -q "libagain.so.0 => $libdir" ||
  complain "the installed command does not use the installed library"
readelf -d "$root/usr/bin/again" "$libdir"/libagain*.so.0 | grep -E 'R(UN)?PATH' && complain "a path of the build is left"

# The library goes only with what needs it; then nothing stays.
if dpkg_in_root -r libagain0; then
  complain "libagain0 can be removed under again-tools"
fi
in_root --purge again-tools libagain-dev libagain0
files >"$scratch/left"
[ ! -s "$scratch/left" ] || { cat "$scratch/left"; complain "the files above are left"; }
[ ! -d "$root/usr" ] || { find "$root/usr"; complain "folders are left"; }
[ "$before" = "$(stat -c %Y%i /etc/ld.so.cache 2>/dev/null)" ] || complain "the loader's cache of this machine has changed"
dpkg --root="$root" -l 'libagain*' again-tools 2>/dev/null | grep '^.i' && complain "dpkg still knows a package"
exit $failed
