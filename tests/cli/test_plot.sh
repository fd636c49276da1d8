#!/bin/sh
# Runs `again plot` as a person would. Usage: test_plot.sh PATH-OF-AGAIN
set -u
again=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
LC_ALL=C
export LC_ALL
failed=0

complain() {
  echo "again plot: $1"
  sed 's/^/  out: /' out | head -12
  sed 's/^/  err: /' err | head -5
  failed=1
}

plot() { # plot STATUS arguments...
  status=$1
  shift
  "$again" plot "$@" >out 2>err </dev/null
  got=$?
  [ "$got" -eq "$status" ] || complain "$*: exit status $got, not $status"
}

says() { grep -qF -- "$2" "$1" || complain "$1 does not hold: $2"; }

# What is wrong is said in one line.
plot 2
says err "again plot: name one policy file, or builtin:NAME"
plot 2 builtin:default more
plot 2 no.json
says err "no.json: error: cannot be opened"
plot 2 builtin:default --class whatever
says err "--class whatever: say retryable, throttled, auth or hold"
for wrong in 0 1001 2.5 -1 x 5/m; do
  plot 2 builtin:default --failures "$wrong"
  says err "--failures $wrong: write a whole number from 1 to 1000"
done
plot 2 builtin:default --failures 1 --failures 2 --failures 3 --failures 4
says err "--failures may be given 3 times at most"
plot 2 builtin:default --json --svg -
says err "choose one"
plot 2 builtin:default --svg no-such-folder/a.svg
says err "cannot write no-such-folder/a.svg: No such file or directory"
[ "$(wc -l <err)" -eq 1 ] || complain "more than one line says so"
plot 2 builtin:default --svg /dev/full
says err "cannot write /dev/full: No space left on device"
printf '{"again": 1, "auth": {"base": "5"}}\n' >wrong.json
plot 1 wrong.json
says err "wrong.json:1:"

# The text: windows, calls, the budget; in signs that every terminal has, unless the locale is UTF-8.
cat >policy.json <<'END'
{"again": 1, "name": "tried",
 "retryable": {"jitter": "none", "base": "1s", "cap": "4s", "max_attempts": 4},
 "auth": {"max_attempts": 1}, "throttled": {"jitter": "equal", "base": "2s", "cap": "8s"},
 "budget": {"capacity": 100, "retryable": 5, "throttled": 2, "refill": "1/s"},
 "pace": {"refusals": 0},
 "topics": {"slow*": {"retryable": {"base": "3s"}}}}
END
plot 0 policy.json
says out 'policy.json: policy "tried"'
says out '     1         1s        1s  |            #  '
says out '     3         4s        4s  |                                               #|'
says out '  surfaced after 4 calls in 7.0s'
says out '  nothing is tried again: the attempts allowed for this class are used up'
says out '     1         1s        2s  |      ######  '
says out 'retry budget: the 100 tokens of a scope'
says out '    10 /s      2.0s      0.20  |#'
LC_ALL=C grep -q '[^ -~]' out && complain "there is more than ASCII in it"
grep -q ' $' out && complain "lines end in blanks"
if locale -a 2>/dev/null | grep -qix 'C.utf-\?8'; then
  LC_ALL=C.UTF-8 plot 0 policy.json
  says out '█'
fi
plot 0 policy.json --class hold
says out hold
grep -q -e '^retryable' -e '^retry budget' out && complain "--class does not leave out the others"
plot 0 policy.json --class throttled --failures 5/s
says out '     5 /s     11.0s      0.50'
plot 0 policy.json --topic slowest --class retryable
says out '     1         3s        3s'
plot 0 builtin:default
says out 'no retry budget'
says out 'throttled, where no pacer sets the time'

# The numbers.
plot 0 policy.json --json --failures 10
python3 - <<'END' || complain "--json lacks something"
import json
plot = json.load(open("out"))
assert (plot["file"], plot["name"]) == ("policy.json", "tried")
classes = {entry["class"]: entry for entry in plot["classes"]}
assert list(classes) == ["retryable", "throttled", "auth", "hold"]
one = classes["retryable"]
assert one["windows"] == [{"retry": n, "min_ms": t, "max_ms": t} for n, t in ((1, 1000), (2, 2000), (3, 4000))]
assert one["end"]["reason"] == "attempts" and one["end"]["calls"] == {"low": 4, "median": 4, "high": 4}
assert one["end"]["at_ms"]["median"] == one["until_ms"] == 7000
assert [entry["median"] for entry in one["calls_by"]][0::159] == [1, 4]
assert classes["throttled"]["windows"][0] == {"retry": 1, "min_ms": 1000, "max_ms": 2000}
assert classes["throttled"]["settled"] and not classes["throttled"]["paced"]
assert classes["auth"]["windows"] == []
drain, = plot["budget"]["drains"]
assert drain["failures_per_s"] == 10 and drain["empty_ms"] == 2000 and drain["then_per_s"] == 0.2
assert drain["tokens"][0] == 95 and len(drain["tokens"]) == 160
END
plot 0 builtin:default --json
python3 -c 'import json; assert json.load(open("out"))["budget"] is None' || complain "a budget where there is none"

# One sender that meets a quota.
plot 2 builtin:default --quota 0
says err "--quota 0: write a whole number from 1 to 10000"
plot 2 builtin:default --quota 1 --quota 1 --quota 1 --quota 1 --quota 1 --quota 1 --quota 1
says err "--quota may be given 6 times at most"
plot 0 builtin:default --quota 100/s --quota 40
says out 'the service allows 100/s, 40/s, for 15 s each'
says out '  quota     |##############################===='
grep -qE '^  accepted  .* to 1[01][0-9]/s$' out || complain "more is accepted than the quota"
grep -qE '^  [0-9]+ calls: [0-9]+ % of the quota used, [0-9.]+ % of the calls refused; 0 operations' out ||
  complain "it does not say what came out"
plot 0 builtin:aws-standard --quota 100 --json
python3 - <<'END' || complain "--quota --json lacks something"
import json
meet = json.load(open("out"))
assert meet["calls"] == meet["accepted"] + meet["refused"] and meet["allowed"] == 1500
assert meet["accepted"] <= 1510 and meet["surfaced"] > 0
assert len(meet["at_s"]) == len(meet["accepted_per_s"]) == len(meet["rate_per_s"]) == 60
assert round(sum(meet["accepted_per_s"]) / 4) == meet["accepted"]
assert all(rate is None for rate in meet["rate_per_s"])
END
plot 0 builtin:default --quota 100 --svg quota.svg
[ ! -s out ] || complain "it writes to standard output, too"
grep -q "One sender meets a quota of 100/s" quota.svg || complain "the picture has no title"

# The picture: XML that a parser takes, the same each time, nothing from elsewhere, no script.
plot 0 policy.json --svg a.svg
[ ! -s out ] || complain "it writes to standard output, too"
plot 0 policy.json --svg -
cmp -s out a.svg || complain "two pictures of one policy differ"
cat >xml.json <<'END'
{"again": 1, "name": "<b>&\"x\" \u0001 é"}
END
plot 0 xml.json --svg b.svg
for name in default patient impatient drop-nothing aws-standard aws-2026; do
  plot 0 "builtin:$name" --svg "$name.svg"
done
cat >ten.json <<'END'
{"again": 1, "throttled": {"max_attempts": 10}}
END
plot 0 ten.json --svg ten.svg
plot 0 builtin:default --class auth --svg auth.svg
python3 - ./*.svg <<'END' || complain "a picture is not as it should be"
import sys, xml.etree.ElementTree as tree
space = "{http://www.w3.org/2000/svg}"
for path in sys.argv[1:]:
    root = tree.parse(path).getroot()
    assert root.tag == space + "svg" and root.get("role") == "img", path
    assert root[0].tag == space + "title" and root[1].tag == space + "desc", path
    assert len(root[1].text) > 50, path
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    assert open(path, "rb").read().__len__() < 60000, path
    for element in root.iter():
        assert element.tag in (space + tag for tag in "svg title desc style rect text tspan path g".split()), element.tag
        assert not any("href" in key for key in element.keys()), path
        if element.tag == space + "text":
            assert 0 <= float(element.get("x")) <= width and 0 < float(element.get("y")) <= height, path
title = tree.parse("b.svg").getroot()[0].text
assert '<b>&"x" \ufffd é' in title, title
texts = ["".join(element.itertext()) for element in tree.parse("a.svg").getroot().iter(space + "text")]
for wanted in ("retry budget", "10 failures/s: empty after 2.0s", "4 by 7.0s, then surfaced: attempts", "nothing is tried again", "since the first failure", "median"):
    assert any(wanted in text for text in texts), (wanted, texts)

# Where retries go on beyond the last bar the axis says so, and the classes that go on are drawn up to there.
def bars(path, name):
    group = open(path).read().split(">" + name + "<")[1].split('<g class="s0 m"')[1].split("</g>")[0]
    return group.count("<rect")
for name, expected in (("retryable", 10), ("throttled (without a pacer)", 10), ("auth", 5), ("hold", 10)):
    assert bars("default.svg", name) == expected, (name, bars("default.svg", name))
assert bars("ten.svg", "throttled (without a pacer)") == 9
assert ">10+</text>" in open("default.svg").read()
assert ">5</text>" in open("auth.svg").read() and "+</text>" not in open("auth.svg").read()
END
exit $failed
