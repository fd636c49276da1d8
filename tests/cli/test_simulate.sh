#!/bin/sh
# Runs `again simulate` as a person would. Usage: test_simulate.sh PATH-OF-AGAIN PROJECT-FOLDER
set -u
again=$1 root=$2
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
LC_ALL=C
export LC_ALL
failed=0

complain() {
  echo "again simulate: $1"
  sed 's/^/  out: /' out | head -12
  sed 's/^/  err: /' err | head -5
  failed=1
}

simulate() { # simulate STATUS arguments...
  status=$1
  shift
  "$again" simulate "$@" >out 2>err </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "$*: exit status $got, not $status"
}

says() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

# What is wrong is said in one line.
simulate 2 builtin:default
says err 'again simulate: "builtin:default" is not understood: policies are given with --policy'
simulate 2 --policy no.json
says err "no.json: error: cannot be opened"
simulate 2 --scenario backlogg
says err 'there is no file and no scenario "backlogg"; there are backlog, load,'
simulate 2 --scenario no.json
says err "no.json: error: cannot be opened: No such file or directory"
simulate 2 --agents 0
says err "--agents 0: write a whole number from 1 to 100000"
simulate 2 --agents 100001
says err "--agents 100001: write a whole number from 1 to 100000"
simulate 2 --agents many
says err "--agents"
simulate 2 --seed -1
simulate 2 --json --svg -
says err "choose one"
simulate 2 --agents 1 --svg no-such-folder/a.svg
says err "cannot write no-such-folder/a.svg: No such file or directory"
simulate 2 --print nothing
says err "--print nothing: there is no such scenario"
six="--policy builtin:default --policy builtin:default --policy builtin:default"
# shellcheck disable=SC2086 # words
simulate 2 $six $six --policy builtin:default
says err "--policy may be given 6 times at most"
printf '{"again": 1,\n "work": {"batchs": 5}}\n' >wrong.json
simulate 1 --scenario wrong.json
says err 'wrong.json:2:11: error: unknown key of work, "batchs": did you mean "batches"?'
says err '            ^'
[ "$(wc -l <err)" -eq 3 ] || complain "more than one thing is said"

# A table with what belongs to the scenario, and no progress where there is no terminal.
cat >small.json <<'END'
{"again": 1, "name": "small", "title": "A small one", "agents": 4, "work": {"batches": 400},
 "quota": {"rate": "100/s", "burst": 10}}
END
simulate 0 --scenario small.json --policy builtin:default --policy "$root/examples/policies/full-jitter.json"
says out "small: A small one"
says out "4 agents, 100 batches each; quota 100/s, burst 10; latency 20ms; seed 1"
grep -Eq '^policy +done in +x ideal +calls/delivered +fairness +p50 +p99 +lost$' out || complain "no heading"
grep -Eq '^default +[0-9.]+s +1\.[0-9]+ +1\.[0-9]+ +0\.[0-9]+ +[0-9.]+s +[0-9.]+s +0$' out || complain "no row of default"
grep -Eq '^full-jitter ' out || complain "no row of full-jitter"
[ ! -s err ] || complain "something is said on standard error"
widths=$(awk 'NR >= 4 { print length($0) }' out | sort -u | wc -l)
[ "$widths" -eq 1 ] || complain "the table does not align"
cp out first
simulate 0 --scenario small.json --policy builtin:default --policy "$root/examples/policies/full-jitter.json"
cmp -s out first || complain "the same seed gives something else"
simulate 0 --scenario small.json --policy builtin:default --seed 2
cmp -s out first && complain "another seed gives the same"
simulate 0 --scenario small.json --agents 1
says out "1 agent, 400 batches; quota"
grep -q fairness out && complain "one agent is fair to nobody"

# An outage has its column, a load no completion.
simulate 0 --scenario slow-recovery --agents 5
says out "no connections 30s to 40s, back at 20 %, in full after 15s"
grep -Eq '^policy +calls/delivered +p50 +p99 +recovery +lost$' out || complain "no heading for an outage"

# For programs: what is in the table, and the course of it.
simulate 0 --scenario small.json --json
python3 - out <<'END' || complain "the JSON is not as it should be"
import json, sys
o = json.load(open(sys.argv[1]))
assert (o["scenario"], o["agents"], o["batches_each"], o["seed"]) == ("small", 4, 100, 1)
(run,) = o["runs"]
assert run["policy"] == "default" and run["file"] == "builtin:default"
assert run["delivered"] == run["offered"] == run["accepted"] == 400 and run["lost"] == 0
assert run["calls"] == run["accepted"] + run["refused"]
assert abs(run["calls_per_delivered"] - run["calls"] / 400) < 1e-4
assert run["recovery_s"] is None and run["completion"] > 0.9
s = run["series"]
lengths = {len(s[k]) for k in s if k != "step_s"}
assert len(lengths) == 1 and lengths.pop() <= 240
assert abs(sum(s["accepted_per_s"]) * s["step_s"] - 400) < 0.01
assert s["waiting"][-1] == 0 and s["quota_per_s"][0] == 100
END

# A picture, with all policies and a title; the table is there besides, and not with -.
simulate 0 --scenario small.json --policy builtin:default --policy builtin:aws-standard --svg a.svg
says out "aws-standard"
python3 - a.svg <<'END' || complain "the picture is no SVG, or holds a script"
import sys, xml.dom.minidom
text = open(sys.argv[1]).read()
xml.dom.minidom.parseString(text)
for word in ("A small one", "default", "aws-standard", "accepted", "refused", "quota", "Waiting", "Delay", "calls/s"):
    assert word in text, word
assert "<script" not in text and "http://" not in text.replace("http://www.w3.org/2000/svg", "")
END
# The scenario is told whole, however much there is to tell.
cat >long.json <<'END'
{"again": 1, "title": "Long", "agents": 2, "work": {"load": 50, "for": "1s"},
 "quota": {"rate": "100/s", "burst": 10}, "retry_after": {"kind": "jittered", "delay": "1s"},
 "errors": {"share": 30, "status": 500, "from": "200ms", "to": "400ms"},
 "outage": {"from": "300ms", "to": "400ms"}}
END
simulate 0 --scenario long.json --seed 7 --svg long.svg
says out "; seed 7"
sed -n 2p out >told
python3 - told long.svg <<'END' || complain "the picture does not say all that the table says"
import sys, xml.etree.ElementTree as tree
texts = [element.text for element in tree.parse(sys.argv[2]).getroot().iter("{http://www.w3.org/2000/svg}text")]
assert open(sys.argv[1]).read().strip() == " ".join(texts[1:3]), texts[:4]
END
simulate 0 --scenario small.json --policy builtin:default --policy builtin:aws-standard --svg -
cmp -s out a.svg || complain "--svg - writes something else"

# Every shipped scenario is listed, printed as a file that is valid by the schema, and runs.
simulate 0 --schema
cp out schema.json
simulate 0 --list
cp out list
while read -r name _; do
  simulate 0 --print "$name"
  cp out "$name.json"
  python3 -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open("schema.json")))' "$name.json" 2>err ||
    complain "$name is not valid by the schema"
  simulate 0 --scenario "$name.json" --agents 2
done <list
[ "$(wc -l <list)" -ge 8 ] || complain "few scenarios are listed"
python3 -c 'import json, jsonschema
try:
    jsonschema.validate(json.load(open("wrong.json")), json.load(open("schema.json")))
except jsonschema.ValidationError:
    raise SystemExit(0)
raise SystemExit(1)' || complain "the schema takes what is wrong"

# A bar on a terminal.
env -u NO_COLOR TERM=xterm script -qec "'$again' simulate --agents 20" /dev/null >out 2>err </dev/null
says out "default  ["
for plain in NO_COLOR=1 TERM=dumb; do
  env -u NO_COLOR TERM=xterm $plain script -qec "'$again' simulate --agents 20" /dev/null >out 2>err </dev/null
  grep -qF "default  [" out && complain "a bar with $plain"
  says out "default: simulating"
done
exit $failed
