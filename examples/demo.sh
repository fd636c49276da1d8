#!/bin/sh
# Ships a real log file to an emulated service through every trouble there is, and accounts for each
# line. Installs what is missing, builds, runs; safe to repeat.
set -u

usage() {
  cat <<'END'
usage: sh examples/demo.sh [--plain] [--keep] [LOG]

  LOG      a log file of at least 20 lines; by default one of this machine, its package log
           first; if there is none, the project's own git log
  --plain  lines instead of the live display
  --keep   keep the files: the server's record, the dead letters

exit status  0  nothing was lost
             1  something is wrong; the output says what
             2  wrong usage, or LOG cannot be read
END
}

fail() {
  echo "demo.sh: $2" >&2
  exit "$1"
}

root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
build=$root/build/demo
log=
options=
for argument in "$@"; do
  case $argument in
    --help) usage; exit 0 ;;
    --plain | --keep) options="$options $argument" ;;
    -*) fail 2 "there is no option $argument; see sh examples/demo.sh --help" ;;
    *) [ -z "$log" ] || fail 2 "name one log file only"; log=$argument ;;
  esac
done
if [ -n "$log" ]; then
  [ -f "$log" ] && [ -r "$log" ] || fail 2 "cannot read $log: name a log file that you may read"
fi

# Shows one line while a step runs, and its output only if it fails.
step() {
  printf '%s ... ' "$1"
  shift
  if "$@" >"$build/step.log" 2>&1 </dev/null; then
    echo done
  else
    echo failed
    tail -n 30 "$build/step.log" >&2
    fail 1 "the whole output is in $build/step.log"
  fi
}

# A real log of this machine: of at least 500 lines if there is one, of 20 otherwise.
choose_log() {
  for least in 500 20; do
    for candidate in /var/log/dpkg.log /var/log/apt/history.log /var/log/syslog /var/log/messages \
      /var/log/*.log; do
      if [ -f "$candidate" ] && [ -r "$candidate" ] && [ "$(wc -l <"$candidate")" -ge $least ]; then
        log=$candidate
        echo "log: $log, a real log of this machine (name another one as an argument)"
        return
      fi
    done
  done
  log=$build/git.log
  git -C "$root" log --stat >"$log" 2>/dev/null
  [ "$(wc -l <"$log")" -ge 20 ] || fail 2 "no log was found on this machine: name one"
  echo "log: the project's git log, as this machine has no log that can be read"
}

sh "$root/cmake/install-deps.sh" || exit 1
mkdir -p "$build" || fail 1 "cannot make the folder $build"
step "configure" cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release
step "build" cmake --build "$build" --parallel
[ -n "$log" ] || choose_log
echo
# shellcheck disable=SC2086 # options are words
"$build/examples/demo/again-demo" --agent "$build/examples/agent/again-agent" \
  --policy "$root/examples/demo/policy.json" $options "$log"
