#!/bin/sh
# Runs `again emulate` as a test of a user's would. Usage: test_emulate.sh AGAIN AGAIN-AGENT
set -u
again=$1 agent=$2
scratch=$(mktemp -d) || exit 1
emulator=
trap '[ -z "$emulator" ] || kill "$emulator" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0
export AGAIN_CLS_SECRET_ID=AKIDEMULATOR AGAIN_CLS_SECRET_KEY=emulator-secret-key

complain() {
  echo "$1"
  sed 's/^/  out: /' out | head -20
  sed 's/^/  err: /' err | head -5
  failed=1
}

# refused SENTENCE options...: it does not start, and says why in one line.
refused() {
  says=$1
  shift
  timeout 20 "$again" emulate "$@" >out 2>err </dev/null
  got=$?
  [ $got -eq 2 ] || complain "again emulate $*: exit status $got, not 2"
  if [ -s out ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -qF -- "$says" err; then
    complain "again emulate $*: it does not say: $says"
  fi
}

start() { # start options...: until it is ready
  "$again" emulate --ready-file url "$@" >out 2>err &
  emulator=$!
  waited=0
  until grep -qs 127.0.0.1 url || [ $waited -ge 200 ]; do
    sleep 0.05
    waited=$((waited + 1))
  done
  url=$(cat url)
}

stop() { # stop SIGNAL [STATUS]
  kill "-$1" "$emulator"
  wait "$emulator"
  got=$?
  emulator=
  [ $got -eq "${2-0}" ] || complain "after SIG$1 the exit status is $got"
  [ ! -e url ] || complain "the ready file is left behind"
}

ask() { # ask METHOD PATH [BODY]: the status is in $code, the body in the file said
  code=$(curl -s -o said -w '%{http_code}' -X "$1" ${3+--data-binary "$3"} "$url/_emulator/$2")
}

says() { # says STATUS TEXT
  [ "$code" = "$1" ] && grep -qF -- "$2" said || complain "$code $(cat said), not $1 $2"
}

refused "--port 70000: write a whole number from 0 to 65535" --port 70000
refused "--quota lots: write a number from 0 to 1000000, as 50 or 50/s" --quota lots
refused "--quota-bytes 5MiB/h: write a size per second, as 5MiB/s" --quota-bytes 5MiB/h
refused "--quota-bytes 0B: write a size per second, as 5MiB/s" --quota-bytes 0B
refused "--exit-after soon: write a duration, as 30s or 2m" --exit-after soon
refused "--exit-after none: write a duration, as 30s or 2m" --exit-after none
refused "--script needs a value behind it" --script
refused "cannot read the script no.json: No such file" --script no.json
echo '[{"fail": 1}]' >script.json
refused 'fault 1 of the script: there is no key "fail"' --script script.json
refused 'the fault "429 shre=0.1": there is no key "shre"' --fault "429 shre=0.1"
refused 'the fault "TopicClozed": "TopicClozed" is not a code of the catalogue; did you mean "TopicClosed"?' \
  --fault TopicClozed
# The page names every key: who has the command only need not look into a header.
"$again" emulate --help >help
keys=$("$again" emulate --fault "429 shre=0.1" 2>&1 | sed -n 's/.*there are //p' | tr -d ,)
[ "$(echo "$keys" | wc -w)" -ge 16 ] || complain "which keys are there: $keys"
for key in $keys; do
  sed -n '/--script/,/--record/p' help | grep -qwE -- "$key" || complain "emulate --help does not name the key $key"
done
refused 'the fault "nonsense": "nonsense" is no word of a fault' --fault 503 --fault nonsense
refused "cannot write the record file /no/x: No such file" --record /no/x
refused "cannot make the ready file .: there is something else" --ready-file .
refused "cannot write the ready file /no/x: No such file" --ready-file /no/x

# It ends by itself, and its report is JSON.
"$again" emulate --json --exit-after 50ms >out 2>err || complain "--exit-after ends with status $?"
grep -q '^listening on http://127.0.0.1:[0-9]*$' err || complain "--json has no address on stderr"
python3 -c 'import json; assert json.load(open("out"))["requests"] == 0' || complain "no JSON report"

# An old ready file is replaced, and a FIFO is as good as a file.
echo http://old >url
start
grep -qx "listening on $url" out || complain "the ready file says $url"
refused "cannot listen on 127.0.0.1:${url##*:}: Address already in use" --port "${url##*:}"
stop TERM
grep -q '^requests  *0  complete upload requests$' out || complain "emulate prints no counters"
if LC_ALL=C grep -q "$(printf '\033')" out; then complain "it draws where no terminal is"; fi
mkfifo fifo
"$again" emulate --ready-file fifo --exit-after 30s >out 2>err &
emulator=$!
read -r url <fifo
[ "$(curl -s -o said -w '%{http_code}' "$url/_emulator/stats")" = 200 ] || complain "no answer at $url"
stop INT
[ -p fifo ] || complain "the FIFO is removed"

# Faults from the command line and while it runs; what was stored, counted and recorded.
start --fault "503 count=1" --fault "InternalError count=2 topic=numbers" --record stored.ndjson
seq 1 100 >numbers.log
timeout 30 "$agent" --endpoint "$url" --topic numbers numbers.log --batch-lines 10 >agent.out 2>&1 ||
  complain "the agent fails: $(tail -3 agent.out)"
ask GET stats
python3 - <<'END' || complain "the counters are wrong: $(cat said)"
import json
stats = json.load(open("said"))
assert stats["distinct"] == 100 and stats["stored"] == 100, stats
assert stats["failed_5xx"] == 3 and stats["faults"] == 3, stats
assert stats["codes"]["InternalError"] == 2, stats
assert stats["topics"]["numbers"]["stored"] == 100, stats
END
ask GET records
[ "$code" = 200 ] && cmp -s said stored.ndjson || complain "the records are not those of the file"
[ "$(wc -l <stored.ndjson)" -eq 100 ] || complain "stored.ndjson has $(wc -l <stored.ndjson) lines"
ask POST fault "429"
says 200 '{ "faults": 1 }'
ask POST script '[{"latency": "1ms"}]'
says 200 '{ "faults": 2 }'
ask POST script '[{"latency": 1}]'
says 400 'fault 1 of the script: "latency" must be a duration like'
ask DELETE script
says 200 '{ "faults": 0 }'
ask POST reset
says 200 '"requests": 0,'
ask GET records
[ "$code" = 200 ] && [ ! -s said ] || complain "there are records after a reset"
stop HUP

# A quota of bytes: the first body passes, the second is a minute too early.
start --quota-bytes 1B/s --record /dev/full
"$agent" --endpoint "$url" --topic bytes numbers.log --state bytes --batch-lines 50 >agent.out 2>&1 &
sender=$!
waited=0
until [ $waited -ge 200 ]; do
  ask GET stats
  if grep -q '"accepted": 1,' said && ! grep -q '"throttled": 0,' said; then break; fi
  sleep 0.05
  waited=$((waited + 1))
done
kill -KILL $sender
wait $sender 2>/dev/null
says 200 '"codes": { "SpeedQuotaExceed": '
# And a record file that could not be written is no success.
stop TERM 2
grep -q '/dev/full is not complete: is the disk full?' err || complain "a full disk goes unseen"

# On a terminal a table is redrawn in place; never with --json or on a dumb terminal.
cat >onpty.py <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
print(pid, file=sys.stderr, flush=True)
out = b""
while True:
    try:
        part = os.read(fd, 65536)
    except OSError:
        break
    if not part:
        break
    out += part
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(out)
sys.exit(status)
END
esc=$(printf '\033')
table() { # table VARIABLE=VALUE... -- options...: on a terminal
  variables=
  while [ "$1" != -- ]; do
    variables="$variables $1"
    shift
  done
  shift
  # shellcheck disable=SC2086 # words
  env -u NO_COLOR TERM=xterm $variables timeout 20 python3 onpty.py "$again" emulate --exit-after 1100ms \
    "$@" >out 2>err </dev/null || complain "on a terminal it ends with status $?"
}
table --
grep -qF "topic  " out || complain "there is no table on a terminal"
grep -qF "$esc[3A" out || complain "the table is not redrawn in place"
grep -qF "$esc[1m" out || complain "there are no colours on a terminal"
grep -q '^requests  *0  complete' out || complain "there is no report behind the table"
# Nothing but plain lines with NO_COLOR and on a dumb terminal, and those only when something came.
for plain in NO_COLOR=1 TERM=dumb; do
  table $plain --
  if LC_ALL=C grep -q "$esc" out; then complain "with $plain it colours or moves the cursor"; fi
  if grep -q ' requests, [0-9]' out; then complain "with $plain it prints lines though nothing came"; fi
  env -u NO_COLOR TERM=xterm $plain timeout 20 python3 onpty.py "$again" emulate --ready-file there --fault 500 \
    >out 2>err </dev/null &
  terminal=$!
  waited=0
  until grep -qs 127.0.0.1 there || [ $waited -ge 200 ]; do
    sleep 0.05
    waited=$((waited + 1))
  done
  curl -s -X POST -d x "$(cat there)/structuredlog?topic_id=a" >/dev/null
  kill "$(cat err)"
  wait $terminal || complain "with $plain it ends with status $?"
  if LC_ALL=C grep -q "$esc" out; then complain "with $plain it colours or moves the cursor"; fi
  [ "$(grep -cE '^ +[0-9]+ s  1 requests, [0-9.]+/s: 0 accepted, 0 throttled, 1 faults; 0 logs' out)" = 1 ] ||
    complain "with $plain there is no line for what came, or more than one"
done
table NO_COLOR= --
grep -qF "$esc[1m" out || complain "an empty NO_COLOR takes the colours away"
table -- --json
if LC_ALL=C grep -q "$esc" out; then complain "it draws with --json"; fi
exit $failed
