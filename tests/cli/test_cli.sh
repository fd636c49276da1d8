#!/bin/sh
# Runs the command `again` as a person would. Usage: test_cli.sh PATH-OF-AGAIN
set -u
again=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# expect STATUS STDOUT STDERR arguments...: the texts must occur in the outputs; "" means no output.
expect() {
  status=$1 out=$2 err=$3
  shift 3
  "$again" "$@" >out 2>err </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "exit status $got, not $status" "$@"
  holds out "$out" || complain "stdout is not as expected ($out)" "$@"
  holds err "$err" || complain "stderr is not as expected ($err)" "$@"
}

holds() {
  if [ -z "$2" ]; then [ ! -s "$1" ]; else grep -qF -- "$2" "$1"; fi
}

complain() {
  problem=$1
  shift
  echo "again $*: $problem"
  sed 's/^/  out: /' out | head -5
  sed 's/^/  err: /' err | head -5
  failed=1
}

lines() { # lines FILE N: FILE must have N lines
  [ "$(wc -l <"$1")" -eq "$2" ] || complain "$1 has $(wc -l <"$1") lines, not $2"
}

# Usage: one line says what is wrong and what exists.
expect 2 "" "say what to do: check, print, keys, codes or emulate"
lines err 1
expect 2 "" 'there is no command "simulate"; there are check, print, keys, codes' simulate
expect 0 "usage: again COMMAND" "" --help
expect 0 "again 0." "" --version
for command in check print keys codes emulate; do
  expect 0 "usage: again $command" "" "$command" --help
  expect 0 "example  again " "" "$command" --help
  expect 2 "" "again $command: there is no option --no-such; see again $command --help" \
    "$command" --no-such
  lines err 1
done

# check: where, what, and what is allowed.
expect 2 "" "name the policy files to check" check
expect 2 "" "no.json: error: cannot be opened: No such file or directory" check no.json
printf '{"again": 1,\n "retyable": {}}\n' >typo.json
expect 1 "" 'typo.json:2:2: error: unknown key "retyable"' check typo.json
holds err '  "retyable": {}' || complain "the line is not shown"
holds err '   ^' || complain "the place is not shown"
"$again" print >good.json
expect 0 'good.json: valid policy "default"' "" check good.json
expect 1 'good.json: valid policy' "typo.json:2:2" check typo.json good.json

# print: what it prints is a policy that prints the same.
expect 0 '"retryable"' "" print
expect 0 '"retryable"' "" print good.json
cmp -s out good.json || complain "printing again differs"
expect 1 "" "typo.json:2:2: error: " print typo.json
expect 2 "" "name one policy file" print a b

# keys and codes.
expect 0 "max_attempts" "" keys
expect 0 "SpeedQuotaExceed" "" codes
head -1 out | grep -q '^code  *http  class  *remedy  *scope  *advice$' || complain "no heading"
expect 0 '"code": "SpeedQuotaExceed"' "" codes --json
expect 0 '| `SpeedQuotaExceed` | 429 | throttled |' "" codes --markdown
expect 2 "" "choose --json or --markdown" codes --json --markdown
"$again" codes >/dev/full 2>err
[ $? -eq 2 ] && grep -q "cannot write standard output" err || complain "a full disk goes unseen"

# Every documented code is in the catalogue.
"$again" codes --json >codes.json
grep -c '"code":' codes.json | {
  read -r count
  [ "$count" -ge 49 ] || complain "only $count codes"
}

# emulate.
expect 2 "" "--port 70000: write a whole number from 0 to 65535" emulate --port 70000
expect 2 "" "--quota lots: write a number from 0 to 1000000, as 50 or 50/s" emulate --quota lots
expect 2 "" "--script needs a value behind it" emulate --script
expect 2 "" "cannot read the script no.json: No such file" emulate --script no.json
echo '[{"fail": 1}]' >script.json
expect 2 "" 'fault 1 of the script: there is no key "fail"' emulate --script script.json
expect 2 "" "cannot write the record file /no/x: No such file" emulate --record /no/x

"$again" emulate --quota 50/s >out 2>err &
pid=$!
waited=0
until grep -q "listening on http://127.0.0.1:" out || [ $waited -ge 100 ]; do
  sleep 0.05
  waited=$((waited + 1))
done
kill -TERM $pid
wait $pid || complain "emulate ended with status $?"
grep -q '^requests  *0  complete upload requests$' out || complain "emulate prints no counters"
exit $failed
