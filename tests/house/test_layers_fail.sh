#!/bin/sh
# Does test_layers.sh see what it is there to see? Runs it on a small tree with every mistake.
# Usage: test_layers_fail.sh TEST-LAYERS
set -u
test_layers=$1
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
failed=0

plant() { # plant FILE INCLUDE
  mkdir -p "$tree/$(dirname "$1")"
  printf '/* x */\n#include %s\n' "$2" >"$tree/$1"
}

# expect TEXT: a tree with this one mistake is refused with this text; without a text it is good.
expect() {
  said=$(sh "$test_layers" "$tree")
  status=$?
  if [ -z "$1" ]; then
    [ $status -eq 0 ] || { echo "a good tree is refused: $said"; failed=1; }
  elif [ $status -eq 0 ] || ! printf '%s\n' "$said" | grep -qF "$1"; then
    echo "not seen: $1 (it says: $said)"
    failed=1
  fi
  rm -rf "$tree/src" "$tree/include" "$tree/examples" "$tree/tests"
  good
}

good() {
  plant src/core/a.c '<again/core.h>'
  plant src/uv/a.c '"uv/b.h"'
  plant include/again/core.h '<stdint.h>'
  plant examples/x/a.c '<again/uv.h>'
}

good
expect ""
plant src/core/b.c '<again/policy.h>'
expect "src/core/b.c:2: <again/policy.h> is not below this layer"
plant src/core/b.c '<stdlib.h>'
expect "src/core/b.c:2: <stdlib.h> is no library of this layer"
plant src/sched/b.c '<again/uv.h>'
expect "src/sched/b.c:2: <again/uv.h> is not below this layer"
plant src/sched/b.c '<json-c/json.h>'
expect "src/sched/b.c:2: <json-c/json.h> is no library of this layer"
plant src/http/b.c '"uv/b.h"'
expect 'src/http/b.c:2: "uv/b.h" is private to another folder'
plant src/http/b.c '"../uv/b.h"'
expect 'src/http/b.c:2: "../uv/b.h" leaves its folder'
plant include/again/sched.h '<again/uv.h>'
expect "include/again/sched.h:2: <again/uv.h> is not below this layer"
plant include/again/new.h '<stdint.h>'
expect "include/again/new.h: is in no table"
plant src/extra/a.c '<stdint.h>'
expect "src/extra: is in no table"
plant examples/x/b.c '"cls/client.h"'
expect 'examples/x/b.c:2: "cls/client.h" is private to another folder'
plant tests/http/b.c '"cls/client.h"'
expect 'tests/http/b.c:2: "cls/client.h" is private to another folder'
exit $failed
