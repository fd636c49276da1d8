#!/bin/sh
# Runs the demo on a short real log. Usage: test_demo.sh AGAIN-DEMO AGAIN-AGENT POLICY
set -u
demo=$1
agent=$2
policy=$3
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
TMPDIR=$scratch
export TMPDIR
failed=0

complain() {
  echo "$1"
  sed 's/^/  /' out | tail -30
  failed=1
}

# expect STATUS TEXT arguments...
expect() {
  status=$1 text=$2
  shift 2
  "$demo" "$@" >out 2>&1 </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "exit status $got, not $status: $*"
  grep -qF -- "$text" out || complain "it does not say \"$text\": $*"
}

expect 0 "usage: again-demo" --help
expect 2 "name a log file" --agent "$agent"
expect 2 "name the agent with --agent" log
expect 2 "--fast is not understood" --fast
expect 2 "cannot read no.log: No such file or directory" --agent "$agent" no.log
printf 'one\ntwo\n' >short.log
expect 2 "short.log has 2 lines; name a log of at least 20" --agent "$agent" short.log
head -60 /etc/services >real.log
[ "$(wc -l <real.log)" -ge 20 ] || seq 60 >real.log
expect 1 "cannot start the agent ./no-agent: no such file or directory" --agent ./no-agent real.log
expect 0 "Nothing was lost." --agent "$agent" --policy "$policy" real.log
grep -Eq '^  lost  +0$' out || complain "no line says that 0 were lost"
grep -Eq '^  lines read  +60   real.log$' out || complain "no line says what was read"
ls -d again-demo-* >/dev/null 2>&1 && complain "the scratch folder is still there"

# Ctrl-C goes to all processes of the terminal: the agent is told to stop once all the same.
setsid "$demo" --keep --plain --agent "$agent" --policy "$policy" real.log >out 2>&1 </dev/null &
pid=$!
until grep -qs "again-agent: " again-demo-*/agent.log || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
kill -INT -$pid
wait $pid
got=$?
[ "$got" -eq 1 ] || complain "exit status $got, not 1, after an interrupt"
grep -q "interrupted: the agent was stopped" out || complain "it does not say that it was interrupted"
grep -q "SIGTERM: delivers what was read" again-demo-*/agent.log || complain "the agent was not told"
grep "a second signal" again-demo-*/agent.log && complain "the agent was told twice"
exit $failed
