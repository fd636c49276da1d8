#!/bin/sh
# Do the arrows between the layers point downward? Reads every #include of the tree.
# Usage: test_layers.sh FOLDER-OF-THE-PROJECT
#
# The table of the layers, from the lowest to the highest: the folder in src, the public headers it
# may include, and the headers of libraries ("libc": any of the C library and POSIX; the core only
# has what needs no memory, clock, file or errno). Private headers are "folder/name.h" and for their
# own folder.
set -u
root=${1:?name the folder of the project}

layers() {
  cat <<'END'
core      answer,core,words,pacer,version                          string.h limits.h
policy    core,policy                                       libc json-c/json.h
sched     core,host,sched,scopes                                   libc
kit       core,host,policy,sched,kit,kit_assert,kit_memory,kit_service,kit_trace                             libc
uv        core,host,policy,sched,uv                            libc uv.h
http      core,host,sched,uv,http,version                        libc uv.h curl/curl.h openssl/*
cls       answer,core,policy,sched,uv,http,cls              libc json-c/json.h lz4.h zstd.h zlib.h openssl/*
emulator  core,policy,cls,emulator                          libc json-c/json.h lz4.h zstd.h zlib.h cls_logs.pb-c.h openssl/* microhttpd.h
draw      core                                              libc
json      core,policy                                       libc json-c/json.h
sim       core,policy,sched,sim                             libc
scenario  core,policy,sim                                   libc json-c/json.h
cases     core,policy,sched,kit,cls                         libc json-c/json.h
cli       core,policy,sched,http,cls,emulator,sim,version       libc json-c/json.h
END
}

# What a public header may include.
headers() {
  cat <<'END'
words     -                                                 -
answer    core                                              -
core      words                                             stdbool.h stddef.h stdint.h
host      words                                             stddef.h
pacer     core                                              -
policy    core                                              -
stats     core                                              -
sched     core,host,pacer,stats                                  -
scopes    sched                                             -
kit       kit_assert,kit_memory,kit_service,kit_trace,policy,sched -
kit_trace sched                                             stdio.h
kit_assert kit_trace                                        -
kit_memory host,kit_assert                                  -
kit_service sched                                           -
uv        policy,sched                                      uv.h
http      uv                                                curl/curl.h
cls       answer,http                                       -
emulator  core                                              -
sim       sched                                             -
version   -                                                 -
again     answer,core,policy,sched,version                  -
END
}

# file:line:include for every #include below a folder.
includes() {
  find "$root/$1" -name '*.[ch]' -exec grep -nE '^[[:space:]]*#[[:space:]]*include' /dev/null {} + |
    sed -E "s|^$root/||; s|[[:space:]]*#[[:space:]]*include[[:space:]]*||"
}

is_libc() {
  case $1 in
    assert.h | ctype.h | dirent.h | errno.h | fcntl.h | inttypes.h | langinfo.h | limits.h | locale.h | malloc.h | math.h | netdb.h | poll.h | pthread.h | \
      setjmp.h | signal.h | std*.h | string.h | strings.h | time.h | unistd.h | arpa/* | netinet/* | \
      sys/*) return 0 ;;
  esac
  return 1
}

# allowed HEADER LIST: is it in the list, which may hold patterns and "libc"?
allowed() {
  set -f
  for pattern in $2; do
    if [ "$pattern" = libc ] && is_libc "$1"; then set +f; return 0; fi
    # A pattern without a folder means files of the same folder.
    case $pattern:$1 in */*:*) ;; *:*/*) continue ;; esac
    # shellcheck disable=SC2254 # the list holds patterns
    case $1 in $pattern) set +f; return 0 ;; esac
  done
  set +f
  return 1
}

# check PLACE INCLUDE PUBLIC LIBRARIES PRIVATE: one include against what its file may include.
check() {
  case $2 in
    '"../'*) echo "$1: $2 leaves its folder" ;;
    '<again/'*)
      name=${2#<again/}
      name=${name%.h>}
      case ,$3, in
        *,"$name",* | *,all,*) ;;
        *) echo "$1: $2 is not below this layer" ;;
      esac
      ;;
    '<'*)
      name=${2#<}
      allowed "${name%>}" "$4" || echo "$1: $2 is no library of this layer"
      ;;
    '"'*)
      name=${2#\"}
      allowed "${name%\"}" "$5" || echo "$1: $2 is private to another folder"
      ;;
    *) echo "$1: $2 is no plain include" ;;
  esac
}

check_folder() { # check_folder FOLDER PUBLIC LIBRARIES PRIVATE
  [ -d "$root/$1" ] || return
  includes "$1" | while IFS=: read -r file line include; do
    check "$file:$line" "$include" "$2" "$3" "$4"
  done
}

violations() {
  layers | while read -r layer public libraries; do
    private="$layer/*"
    # Layers that are no library: the command uses them by their private headers.
    case $layer in
      json) private="$private policy/slip.h policy/suggest.h" ;;
      cases | scenario) private="$private json/* policy/near.h" ;;
      emulator) private="$private policy/near.h" ;;
      cli) private="$private draw/* policy/near.h policy/suggest.h cases/cases.h scenario/scenario.h json/*" ;;
    esac
    check_folder "src/$layer" "$public" "$libraries" "$private"
    check_folder "tests/$layer" all "libc again/* cmocka.h uv.h curl/curl.h json-c/json.h lz4.h zstd.h zlib.h cls_logs.pb-c.h" \
      "$layer/* support.h folder.h origin.h http_fixture.h bad.h fixture.h house.h uploader.h uploads.h packed.h"
  done
  headers | while read -r header public libraries; do
    includes include/again | grep "^include/again/$header\.h:" |
      while IFS=: read -r file line include; do
        check "$file:$line" "$include" "$public" "$libraries" -
      done
  done
  # Every folder of src and every public header is in a table.
  for folder in "$root"/src/*/; do
    name=$(basename "$folder")
    layers | grep -q "^$name " || echo "src/$name: is in no table of test_layers.sh"
  done
  for header in "$root"/include/again/*.h; do
    name=$(basename "$header" .h)
    headers | grep -q "^$name " || echo "include/again/$name.h: is in no table of test_layers.sh"
  done
  # Examples are outside: public headers and their own.
  for folder in "$root"/examples/*/; do
    check_folder "examples/$(basename "$folder")" all "libc uv.h json-c/json.h openssl/evp.h cmocka.h" '[a-z]*.h'
  done
}

found=$(violations)
[ -z "$found" ] && exit 0
echo "$found"
exit 1
