#!/bin/sh
# Writes what the command `again` makes of the documentation: the pages and the pictures.
# Usage: make-docs.sh PATH-OF-AGAIN FOLDER (docs, of the project)
set -eu
again=$1 docs=$2
mkdir -p "$docs/pictures"

"$again" keys >"$docs/policy.md"
"$again" keys --schema >"$docs/policy.schema.json"
"$again" codes --markdown >"$docs/errors.md"
"$again" simulate --keys >"$docs/scenario.md"
"$again" simulate --schema >"$docs/scenario.schema.json"

plot() { # plot PICTURE arguments of again plot...
  picture=$1
  shift
  "$again" plot "$@" --svg "$docs/pictures/$picture.svg"
}
plot burst builtin:default --quota 50/s
plot quota builtin:default --quota 100/s --quota 40/s --quota 100/s
plot default builtin:default
plot aws-standard builtin:aws-standard --class retryable

simulate() { # simulate PICTURE arguments of again simulate...
  picture=$1
  shift
  "$again" simulate "$@" --svg "$docs/pictures/$picture.svg" >/dev/null
}
jitter=$(dirname "$0")/../examples/policies/full-jitter.json
simulate backlog --agents 1000 --policy builtin:default --policy builtin:aws-standard --policy "$jitter"
simulate slow-recovery --scenario slow-recovery --policy builtin:default --policy builtin:aws-standard --policy "$jitter"
