#!/bin/sh
# Runs `again test` as a person and as a program would. Usage: test_test.sh PATH-OF-AGAIN PROJECT-FOLDER
set -u
again=$1 root=$2
AGAIN=$1
export AGAIN
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

complain() {
  echo "$1"
  sed 's/^/  out: /' out | cut -c1-160 | head -30
  sed 's/^/  err: /' err | head -5
  failed=1
}

# expect STATUS arguments...: runs again test, its output in the files out and err.
expect() {
  status=$1
  shift
  "$again" test "$@" >out 2>err </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "again test $*: exit status $got, not $status"
}

says() { # says FILE TEXT
  grep -qF -- "$2" "$1" || complain "$1 does not say: $2"
}

# ---- Usage
expect 2
says err "again test: name the files of cases to run"
expect 2 --no-such
says err "there is no option --no-such; see again test --help"
expect 0 --help
says out "usage: again test [options] CASES.json..."
says out "example  again test "
expect 2 no.json
says err "no.json: error: cannot be opened: No such file or directory"

# ---- A case that is not as it should be: both sides, and what happened
cat >wrong.json <<'END'
{
  "again": 1,
  "policy": "builtin:aws-standard",
  "cases": [
    {
      "name": "right",
      "outcomes": "200",
      "expect": {"result": "delivered"}
    },
    {
      "name": "wrong",
      "outcomes": "400 SlowDown, 200",
      "seeds": 3,
      "expect": {
        "attempts": [{"class": "retryable", "reason": "backoff", "window": "1ms..1s"}, {"class": "ok"}],
        "result": "surfaced"
      }
    }
  ]
}
END
expect 1 wrong.json
[ -s err ] && complain "what is wrong with a case belongs on standard output"
cat >wanted <<'END'
wrong.json:10:5: failed: wrong
                  expected   got
      attempt 1
    !   class     retryable  throttled
        reason    backoff    backoff
        window    1ms..1s    1ms..1s
      attempt 2
        class     ok         ok
      attempts    2          2
    ! result      surfaced   delivered

    what happened with seed 1:
          0ms  attempt 1
END
head -13 out >got
cmp -s wanted got || { diff wanted got; complain "the explanation is not as it should be"; }
says out "throttled 400 SlowDown (attempt 1): again in"
says out "wrong.json: 2 cases, 1 failed"
expect 0 --filter righ wrong.json
says out "wrong.json: 1 case, all as expected"
expect 2 --filter nothing wrong.json
says err 'again test: no case has "nothing" in its name'
expect 1 --seeds 1 wrong.json
expect 2 --seeds 0 wrong.json
says err "--seeds 0: write a whole number from 1 to 1000"
expect 2 --seeds x wrong.json
says err "--seeds x: write a whole number from 1 to 1000"
expect 2 --seeds 1001 wrong.json
says err "--seeds 1001: write a whole number from 1 to 1000"
expect 2 --tap --json wrong.json
grep -q "$(printf '\033')" out && complain "colours belong on a terminal"

# On a terminal what is wrong is red, unless NO_COLOR says no.
cat >terminal.py <<'END'
import os, pty, sys
seen = b""
def read(fd):
    global seen
    data = os.read(fd, 4096)
    seen += data
    return b"."
pty.spawn(sys.argv[1:], read, lambda fd: b"")
sys.exit(0 if b"\033[31m    ! " in seen and b"\033[0m" in seen else 1)
END
env -u NO_COLOR TERM=xterm python3 terminal.py "$again" test wrong.json >/dev/null </dev/null || complain "no colours on a terminal"
NO_COLOR=1 TERM=xterm python3 terminal.py "$again" test wrong.json >/dev/null </dev/null && complain "colours in spite of NO_COLOR"

# ---- For programs
expect 1 --tap wrong.json
head -3 out >got
printf 'TAP version 13\n1..2\nok 1 - wrong.json: right\n' | cmp -s - got || complain "no TAP"
says out "not ok 2 - wrong.json: wrong"
says out '  at: "wrong.json:10:5"'
expect 1 --junit report.xml --json wrong.json
python3 - <<'END' || complain "the reports lack something"
import json, xml.etree.ElementTree as tree
report = json.load(open("out"))
assert (report["passed"], report["failed"]) == (1, 1)
wrong = report["cases"][1]
assert (wrong["line"], wrong["column"], wrong["ok"], wrong["seeds"]) == (10, 5, False, 3)
assert report["cases"][0]["seeds"] == 20
bad = [row for row in wrong["expectations"] if not row["ok"]]
assert bad[0] == {"where": "attempt 1", "key": "class", "expected": "retryable", "got": "throttled", "ok": False}
assert [row["key"] for row in bad] == ["class", "result"]
root = tree.parse("report.xml").getroot()
assert (root.get("tests"), root.get("failures")) == ("2", "1")
cases = root.findall("testsuite/testcase")
assert [case.get("name") for case in cases] == ["right", "wrong"]
assert cases[0].find("failure") is None and "throttled" in cases[1].find("failure").text
END
expect 2 --junit /no/x.xml wrong.json
says err "cannot write /no/x.xml"

# Names that mean something to a format, and a trace that is too long to be shown whole.
cat >names.json <<'END'
{"again": 1, "cases": [{"name": "<a> & \"b\" # SKIP", "outcomes": "503 x40, 200",
  "seeds": 1, "expect": {"attempts": 1}}]}
END
expect 1 --tap --junit report.xml names.json
says out 'not ok 1 - names.json: <a> & "b" \# SKIP'
grep -qE '  \.\.\.  \([0-9]+ more\)$' out || complain "the trace is not cut"
says out "ok 200 (attempt 41): delivered"
[ "$(wc -l <out)" -lt 50 ] || complain "the trace is too long"
python3 - <<'END' || complain "the names are not in the report"
import xml.etree.ElementTree as tree
case = tree.parse("report.xml").getroot().find("testsuite/testcase")
assert case.get("name") == '<a> & "b" # SKIP', case.get("name")
END

# ---- Mistakes: where, what, and what is allowed
mistake() { # mistake PLACE MESSAGE TEXT
  printf '%s' "$3" >bad.json
  expect 2 bad.json
  says err "bad.json:$1: error: $2"
  [ "$(wc -l <err)" -eq 3 ] || complain "not one line with its place shown: $3"
  grep -q '^ *^$' err || complain "the place is not shown: $3"
}
one() { # one MEMBERS: a file with one case
  printf '{"again": 1, "cases": [\n{"name": "x", %s}]}' "$1"
}
mistake 1:25 'unknown key of a case, "nam": did you mean "name"?' '{"again": 1, "cases": [{"nam": "x"}]}'
mistake 1:2 'unknown key of a file of cases, "polcy": did you mean "policy"?' '{"polcy": 1}'
mistake 1:1 'a file of cases needs "cases": the cases' '{"again": 1}'
mistake 1:24 'there are no cases in it' '{"again": 1,  "cases": []}'
mistake 1:11 '"again" must be 1, not the number 2' '{"again": 2, "cases": []}'
mistake 1:1 'a file of cases must be an object' '[]'
mistake 1:9 'the file ends in the middle of a value' '{"again"'
mistake 1:33 'not valid JSON' '{"again": 1, "cases": [{"name": NaN}]}'
mistake 2:1 'a case needs "outcomes": how the attempts' "$(one '"seeds": 2')"
mistake 2:15 'the key "name" stands here twice' "$(one '"name": "y"')"
mistake 2:27 'in "outcomes": character 4, "@2": "@" needs a duration' "$(one '"outcomes": "429@2"')"
mistake 2:27 'the code "TopicNotExists" is not known; did you mean "TopicNotExist"? If not, write it with a status' \
  "$(one '"outcomes": "TopicNotExists"')"
mistake 2:28 'an outcome needs a status, a code or a fault' "$(one '"outcomes": [{"takes": "1s"}]')"
mistake 2:28 'a fault is no answer' "$(one '"outcomes": [{"fault": "send", "status": 500}]')"
mistake 2:28 'a fault is no answer' "$(one '"outcomes": [{"fault": "send", "retry_after": "1s"}]')"
mistake 2:28 'the code is in the body' "$(one '"outcomes": [{"code": "A", "body": "b"}]')"
mistake 2:39 '"status" must be a whole number from 200 to 599, not the number 100' "$(one '"outcomes": [{"status": 100}]')"
mistake 2:48 'this policy cannot be used: no.json: cannot be opened' "$(one '"outcomes": "200",     "policy": "no.json"')"
mistake 2:55 'unknown result "deliverd": did you mean "delivered"?' "$(one '"outcomes": "200", "expect": {"result": "deliverd"}')"
printf '{"again": 1,\n "retyable": {}}' >typo.json
mistake 2:44 'this policy cannot be used: typo.json:2:2: unknown key "retyable"' "$(one '"outcomes": "200", "policy": "typo.json"')"
mistake 1:21 'this policy cannot be used: typo.json:2:2: unknown key "retyable"' \
  '{"again":1,"policy":"typo.json","cases":[{"name":"x","outcomes":"500"}]}'
mistake 2:71 '"elapsed" must be a duration ("2s") or a window' "$(one '"outcomes": "200", "expect": {"attempts": 1, "elapsed": 5}')"
mistake 2:64 'unknown event "heldd": did you mean "held"?' "$(one '"outcomes": "200", "expect": {"all": {"events": {"heldd": 1}}}')"

# ---- --update writes what happens; the rest of the file stays as it is, byte by byte
cp wrong.json updated.json
chmod 640 updated.json
ln -s updated.json link.json
expect 0 --update link.json
says out "link.json: 1 case rewritten"
[ -L link.json ] || complain "the link was replaced"
[ "$(stat -c %a updated.json)" = 640 ] || complain "the rights changed"
cat >wanted <<'END'
15,16c15,19
<         "attempts": [{"class": "retryable", "reason": "backoff", "window": "1ms..1s"}, {"class": "ok"}],
<         "result": "surfaced"
---
>         "attempts": [
>           {"class": "throttled", "reason": "backoff", "window": "1ms..1s"},
>           {"class": "ok"}
>         ],
>         "result": "delivered"
END
diff wrong.json updated.json >out
cmp -s wanted out || complain "the file is not changed as it should be"
expect 0 updated.json
cp updated.json before.json
expect 0 --update updated.json
says out "updated.json: 0 cases rewritten"
cmp -s before.json updated.json || complain "nothing was wrong, and the file changed"
[ "$(find . -name 'updated.json.*')" = "" ] || complain "a temporary file is left"

# A case without expectations gets them.
printf '{"again": 1, "cases": [\n  {\n    "name": "x",\n    "outcomes": "503, 200"\n  }\n]}\n' >new.json
expect 1 new.json
says out "it expects nothing yet: again test --update writes down what happens"
expect 0 --update new.json
expect 0 new.json
says new.json '      {"class": "retryable", "reason": "backoff", "window": "1ms..500ms"},'
says new.json '"result": "delivered"'

# A case without an end is not written down.
printf '{"again": 1, "name": "hot", "retryable": {"base": "1ms", "cap": "1ms", "jitter": "none", "max_elapsed": "none"}, "operation": {"deadline": "none"}}' >hot.json
one '"outcomes": "500", "policy": "hot.json", "seeds": 1' >endless.json
cp endless.json before.json
expect 2 --update endless.json
says err 'again test: endless.json: x: it makes more than 200,000 calls: give it an end with "until"'
says out "endless.json: 0 cases rewritten"
cmp -s before.json endless.json || complain "a case that could not be run was rewritten"

# ---- The shipped cases are valid by the schema, and what is wrong is not; they cover what there is
expect 0 --json "$root"/examples/cases/*.json
"$again" test --schema >schema.json || complain "no schema"
python3 - "$root" <<'END' || complain "the schema or the coverage of the shipped cases"
import glob, json, os, sys
import jsonschema
root = sys.argv[1]
schema = json.load(open("schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
bad = 0
def complain(text):
    global bad
    print(text)
    bad = 1

words, policies = set(), set()
for path in glob.glob(root + "/examples/cases/*.json"):
    cases = json.load(open(path))
    policies.add(cases.get("policy", "builtin:default"))
    for error in validator.iter_errors(cases):
        complain(f"{path} is not valid by the schema: {error.message}")
for case in json.load(open("out"))["cases"]:
    for row in case["expectations"]:
        words.update((row["key"], word) for word in row["got"].split(" or "))
        if row["key"].startswith("reasons."):
            words.add(("reason", row["key"].split(".")[1]))
for path in glob.glob(root + "/src/policy/shipped/*.json"):
    name = "builtin:" + os.path.basename(path)[:-5]
    if name not in policies:
        complain(f"no shipped case is about {name}")
for word in "ok retryable throttled auth fatal".split():
    if ("class", word) not in words: complain(f"no shipped case has the class {word}")
for word in """backoff server-hint pace remedied hold ok fatal attempts all-attempts elapsed deadline budget
               not-idempotent""".split():
    if ("reason", word) not in words: complain(f"no shipped case has the reason {word}")

def one(**members):
    return {"again": 1, "cases": [{"name": "x", "outcomes": "200", **members}]}
if not validator.is_valid(one()): complain("the schema refuses a plain case")
wrong = [{}, [], {"again": 1, "cases": []}, one(nam="y"), one(operations=0), one(seeds=1001),
         one(outcomes=[]), one(outcomes=[{"status": 100}]), one(outcomes=[{"fault": "reset"}]),
         one(deadline="soon"), one(expect={"elapsed": "1s...2s"}), one(expect={"attempts": "a"}),
         one(expect={"result": "lost"}), one(expect={"result": []}),
         one(expect={"attempts": [{"window": 5}]}), one(expect={"all": {"events": {"heldd": 1}}})]
for cases in wrong:
    if validator.is_valid(cases): complain(f"the schema takes what is refused: {cases}")
    json.dump(cases, open("refused.json", "w"))
    if os.system(f"'{os.environ['AGAIN']}' test refused.json >/dev/null 2>&1") >> 8 != 2:
        complain(f"it is not refused: {cases}")

# The page has every key with its sentence.
page = open(root + "/docs/cases.md").read()
def keys_of(node):
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items():
            if isinstance(value, dict) and "description" in value: yield name, value["description"]
        for value in node.values(): yield from keys_of(value)
    elif isinstance(node, list):
        for value in node: yield from keys_of(value)
for name, sentence in set(keys_of(schema)):
    if f"| `{name}` |" not in page or sentence not in page:
        complain(f"docs/cases.md lacks \"{name}\": {sentence}")
sys.exit(bad)
END
exit $failed
