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
expect 2 "" "say what to do: check, explain, print,"
lines err 1
expect 2 "" 'there is no command "whatever": say check, explain, print, keys' whatever
expect 0 "usage: again COMMAND" "" --help
expect 0 "again 0." "" --version
# Every page fits a terminal of 80 columns.
narrow() { # narrow [COMMAND]: its --help
  "$again" "$@" --help >page
  [ -s page ] || complain "$* --help says nothing"
  awk 'length($0) > 80 {print; found = 1} END {exit !found}' page && complain "$* --help is wider than 80 columns"
}
narrow
for command in $("$again" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
  narrow "$command"
done
for command in check explain print keys codes emulate plot; do
  expect 0 "usage: again $command" "" "$command" --help
  expect 0 "example  again " "" "$command" --help
  expect 2 "" "again $command: there is no option --no-such; see again $command --help" \
    "$command" --no-such
  lines err 1
done

# The names for completion, one a line.
expect 0 "builtin:default" "" --names policy
lines out 6
expect 0 "CURLE_OPERATION_TIMEDOUT" "" --names curl
grep -q "OBSOLETE\|?" out && complain "a number without a name has one"
expect 0 "TopicClosed" "" --names code
grep -qF "*" out && complain "a family is offered as a code"
expect 0 "slow-recovery" "" --names scenario
expect 0 "hold" "" --names class
expect 2 "" "again: --names x: say policy, scenario, class, code or curl" --names x
expect 2 "" "again: --names needs a kind: say policy" --names

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

expect 0 'good.json: valid policy "default"' "" check good.json
grep -Eq '^  auth +6 +0.0s +15.5s +31.0s  the attempts allowed' out || complain "the report is wrong"
grep -q '^  held: [0-9]* of [0-9]* known codes' out || complain "it does not say what is held"
grep -q 'TopicClosed' out || complain "a closed topic is not held"
grep -q '^  surfaced at once: ' out || complain "it does not say what is surfaced"
grep -q '^  calls: about 244 for each' out || complain "it does not say what it costs"
expect 0 '{"file":"good.json","valid":true,"problems":[],"name":"default"' "" check --json good.json
python3 - <<'END' || complain "check --json lacks something"
import json
report = json.load(open("out"))
assert report["classes"]["auth"]["long"] == {"tries": 6, "wait_ms": 31000, "reason": "attempts"}
assert report["calls_median"] == 244 and report["split"] and report["topics"] == {}
assert "TopicClosed" in report["held"] and "InvalidContent" in report["surfaced"]
END
# The problems of each file are for programs, too; what people read stays as it is.
printf '{"again": 1,\n "retyable": {},\n "hold": {"cap": 5}}\n' >two.json
printf '{"again": 1, "classify": [{"code": "A*", "class": "fatal"},\n {"code": "AB", "class": "ok"}]}\n' >hidden.json
expect 1 '{"file":"typo.json","valid":false,"problems":[{"line":2,"column":2,"severity":"error","message":"unknown key' \
  "typo.json:2:2" check --json typo.json
"$again" check two.json hidden.json no.json >/dev/null 2>plain
expect 2 '{"file":"two.json","valid":false,"problems":[' "two.json:2:2" check --json two.json hidden.json no.json
cmp -s err plain || complain "with --json stderr says something else"
python3 - <<'END' || complain "the problems of check --json are not those on stderr"
import json, re
told = [m.groups() for m in re.finditer(r"^(\S+?):(?:(\d+):(\d+):)? (error|warning): (.*)$", open("err").read(), re.M)]
files = [json.loads(line) for line in open("out")]
found = [(f["file"], *(str(p[k]) if p[k] is not None else None for k in ("line", "column")), p["severity"], p["message"])
         for f in files for p in f["problems"]]
assert found == told, (found, told)
assert [(f["valid"], len(f["problems"])) for f in files] == [(False, 2), (True, 1), (False, 1)], files
assert files[1]["problems"][0]["severity"] == "warning" and files[2]["problems"][0]["line"] is None
END
printf '{"again": 1, "extends": "impatient",\n "topics": {"t*": {"retryable": {"max_attempts": 2}}}}\n' >topics.json
expect 0 "  topic t*: as above, but for" "" check topics.json
grep -q '^  calls: about [0-9]* for each operation' out || complain "it does not say what it costs"
expect 0 "try again 1ms to 100ms" "" explain --policy topics.json --status 500 --attempt 2
expect 0 "stop: the attempts allowed" "" explain --policy topics.json --topic t1 --status 500 --attempt 2
# Of a topic only what differs is said, once.
cat >differ.json <<'END'
{"again": 1, "topics": {
  "tries": {"retryable": {"max_attempts": 2}},
  "hold": {"hold": {"cap": "1m"}},
  "code": {"classify": [{"code": "TopicClosed", "class": "retryable"}, {"code": "InternalError", "class": "fatal"}]},
  "calls": {"retryable": {"max_elapsed": "50m"}, "operation": {"deadline": "50m"}, "budget": {"capacity": 100}},
  "nothing": {"in_flight": {"scope": 2}}}}
END
"$again" check differ.json | sed -n '/^  topic/,$p' >out
cat >expected <<'END'
  topic tries: as above, but for
  retryable         2      0.0s      0.2s      0.5s  the attempts allowed for this class are used up
  topic hold: as above, but for
  what is held is
    probed after 5.0s at first, then up to 1m00s; an operation waits at most 1h00m
  topic code: as above, but for
  tried again, too: 1 of 86 known codes
    TopicClosed
  surfaced at once, too: 1 of 86 known codes
    InternalError
END
head -n 10 out | cmp -s - expected || complain "a topic's differences are not as expected"
sed -n '/topic calls/,/topic nothing/p' out | grep -q "retry budget of each scope: 100 tokens" || complain "the budget of a topic is not told"
sed -n '/topic calls/,/topic nothing/p' out | grep -q "^  auth" && complain "what does not differ is told"
[ "$(tail -n 1 out)" = "  topic nothing: as above" ] || complain "a topic that does not differ here has differences"
for policy in default patient impatient drop-nothing aws-standard aws-2026; do
  expect 0 "valid policy \"$policy\"" "" check "builtin:$policy"
done
expect 2 "" 'builtin:fast: error: there is no such shipped policy; there are "default", "patient"' check builtin:fast

# Codes that look like slips are warned of, at their place; other services' codes are not.
cat >slips.json <<'END'
{"again": 1, "classify": [
 {"code": "TopicNotExists", "class": "fatal"},
 {"transport": "CURLE_COULDNT_CONECT", "class": "fatal"}, {"transport": "CURLE_NONESUCHATALL", "class": "fatal"},
 {"code": "MyOwnCode", "class": "fatal"}, {"code": "TopicNotE*", "class": "fatal"}]}
END
expect 0 "valid policy" 'slips.json:2:11: warning: "TopicNotExists" is not known; did you mean "TopicNotExist"?' check slips.json
grep -qF 'slips.json:3:16: warning: "CURLE_COULDNT_CONECT" is not known; did you mean "CURLE_COULDNT_CONNECT"?' err ||
  complain "a slip in a result of libcurl passes"
grep -qF 'slips.json:3:73: warning: libcurl has no result "CURLE_NONESUCHATALL"' err || complain "a result that is none passes"
[ "$(grep -c warning err)" -eq 3 ] || complain "there are other warnings than three"
expect 0 "code      TopicNotExists is not known; did you mean TopicNotExist?" "" explain --code TopicNotExists
expect 0 "and no --status was given" "" explain --code TopicNotExists
expect 2 "" "--curl CURLE_COULDNT_CONECT: there is no such code of libcurl; did you mean CURLE_COULDNT_CONNECT?" \
  explain --curl CURLE_COULDNT_CONECT
expect 0 "pace      and not before its turn: from the first" "" explain --status 429
expect 0 '"paced":true' "" explain --json --status 429
expect 0 '"paced":false' "" explain --json --status 500
printf '{"again": 1, "pace": {"refusals": 0}}\n' >unpaced.json
expect 0 '"paced":false' "" explain --json --status 429 --policy unpaced.json

# explain: class, rule and decision of an outcome.
expect 0 "rule      catalogue: SpeedQuotaExceed" "" explain --status 429 --code SpeedQuotaExceed
expect 0 "decision  try again 1ms to 4s from now" "" explain --status 429 --attempt 3
expect 0 "decision  try again 20s to 25s from now: waits as long as" "" \
  explain --status 503 --header "retry-AFTER: 20"
expect 0 "decision  try again 7s to" "" explain --status 429 --header "X-RateLimit-Reset: 7"
expect 0 "try again 1ms to 500ms" "" explain --status 500 --header "X-RateLimit-Reset: 7"
expect 0 "rule      builtin:drop-nothing:6 (a rule of the policy file)" "" \
  explain --policy builtin:drop-nothing --code MissingAuthorization
printf '{"again": 1,\n "classify": [\n  {"status": "5xx", "class": "fatal"}]}\n' >strict.json
expect 0 "rule      strict.json:3 (a rule of the policy file)" "" \
  explain --policy strict.json --status 502
expect 0 "decision  stop: the attempts allowed for this class" "" explain --status 401 --attempt 6
expect 0 "the time allowed for this class" "" explain --status 500 --elapsed 31m
echo '{"errorcode":"TopicClosed","errormessage":"x"}' >body.json
expect 0 "class     fatal" "" explain --status 400 --body body.json
printf '{"again": 1,\n "classify": [{"shape": "nested", "class": "throttled"}]}\n' >shape.json
printf '{"Response": {"Error": {"Code": "X", "Message": "m"}, "RequestId": "r"}}' >nested.json
expect 0 "class     throttled" "" explain --policy shape.json --status 400 --body nested.json
expect 0 "class     fatal" "" explain --policy shape.json --status 400 --body body.json
expect 0 "decision  try again 5s to 10s from now: its scope is held" "" \
  explain --status 400 --body body.json
expect 0 '{"class":"retryable","remedy":"none","scope":"batch","effect":"maybe-applied","rule":"transport: timeout","action":"retry","reason":"backoff","delay_min_ms":1,"delay_max_ms":500,"paced":false,"known":true}' \
  "" explain --curl CURLE_OPERATION_TIMEDOUT --json
expect 0 '"action":"stop","reason":"fatal","delay_min_ms":null,"delay_max_ms":null,"paced":false,"known":false' "" \
  explain --status 418 --json
expect 2 "" "name an outcome: --status N" explain
expect 2 "" "--curl CURLE_X: there is no such code" explain --curl CURLE_X
expect 2 "" '--header Retry-After: write "Name: value"' explain --status 429 --header Retry-After
expect 2 "" "--attempt 0: write a whole number from 1 to 4294967295" explain --status 500 --attempt 0
expect 2 "" "--elapsed soon: write a duration" explain --status 500 --elapsed soon
expect 2 "" "cannot read the body no.json" explain --status 400 --body no.json
expect 1 "" "typo.json:2:2: error" explain --status 500 --policy typo.json

# print: what it prints is a policy that prints the same.
expect 0 '"retryable"' "" print
expect 0 '"retryable"' "" print good.json
cmp -s out good.json || complain "printing again differs"
expect 1 "" "typo.json:2:2: error: " print typo.json
expect 2 "" "name one policy file" print a b

# keys and codes.
expect 0 "max_attempts" "" keys
expect 0 '"title": "again policy file"' "" keys --schema
expect 0 "SpeedQuotaExceed" "" codes
head -1 out | grep -q '^code  *http  class  *remedy  *scope  *advice$' || complain "no heading"
expect 0 '"code": "SpeedQuotaExceed"' "" codes --json
expect 0 '| `SpeedQuotaExceed` | 429 | throttled |' "" codes --markdown
expect 2 "" "choose --json or --markdown" codes --json --markdown
"$again" codes >/dev/full 2>err
[ $? -eq 2 ] && grep -q "cannot write standard output" err || complain "a full disk goes unseen"

"$again" codes --json >codes.json
[ "$(grep -c '"code":' codes.json)" -ge 49 ] || complain "fewer than the 49 documented codes"
exit $failed
