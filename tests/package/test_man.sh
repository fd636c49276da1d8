#!/bin/sh
# Are the manual pages well formed and whole, and does the completion know every command and option?
# Usage: test_man.sh PROJECT WORK-FOLDER
set -u
root=$1 stage=$2/stage
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
man=$stage/usr/share/man
failed=0

complain() {
  echo "$1"
  failed=1
}

again() {
  LD_LIBRARY_PATH=$(dirname "$(find "$stage" -name libagain.so.0)") "$stage/usr/bin/again" "$@"
}

for page in man1/again.1 man3/libagain.3 man5/again-policy.5; do
  [ -s "$man/$page" ] || { complain "$page is not installed"; continue; }
  if command -v mandoc >/dev/null; then
    mandoc -Tlint -W warning "$man/$page" || complain "$page is not well formed"
  else
    echo "mandoc is not installed: $page was not checked"
  fi
  if command -v man >/dev/null && man --version >/dev/null 2>&1; then
    MANWIDTH=100 man --warnings -l "$man/$page" >"$scratch/page" 2>"$scratch/warnings"
    [ ! -s "$scratch/warnings" ] || { cat "$scratch/warnings"; complain "$page: man warns"; }
    # Nothing of Markdown or roff is left in it.
    grep -nE '\]\(|\*\*|^ *```|\\f|^ *\| ' "$scratch/page" && complain "$page: the lines above are not set"
  fi
done

# On a terminal of 80 columns nothing is cut and tbl finds room. The blocks of code in the pages of docs/ are left out:
# code is up to 100 columns wide, and a line of it must not be broken. The lists in again.1 are no code.
without_code() {
  case $1 in
  *.1) cat "$man/$1" ;;
  *) sed '/^\.EX/,/^\.EE/d' "$man/$1" ;;
  esac
}
if command -v man >/dev/null && man --version >/dev/null 2>&1; then
  for page in man1/again.1 man3/libagain.3 man5/again-policy.5; do
    MANWIDTH=80 man --warnings -l "$man/$page" 2>"$scratch/warnings" >/dev/null
    without_code "$page" >"$scratch/narrow"
    LC_ALL=C MANWIDTH=80 man --warnings -l "$scratch/narrow" 2>>"$scratch/warnings" >"$scratch/page"
    [ ! -s "$scratch/warnings" ] || { cat "$scratch/warnings"; complain "$page: man warns at 80 columns"; }
    [ "$(wc -l <"$scratch/page")" -gt 50 ] || complain "$page: there is nothing in it"
    grep -E '.{81}' "$scratch/page" && complain "$page: the lines above are wider than 80 columns"
  done
fi

for section in NAME SYNOPSIS DESCRIPTION COMMANDS ENVIRONMENT "EXIT STATUS" "SEE ALSO"; do
  grep -qx "\.SH $section" "$man/man1/again.1" || complain "again.1 has no section $section"
done

# Whole: every command, every key, every section.
for command in $(again --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
  grep -q "^\.SS again $command" "$man/man1/again.1" || complain "again.1 has no command $command"
done
sed -n 's/^| `\([a-z_]*\)` .*/\1/p' "$root/docs/policy.md" | while read -r key; do
  grep -q "fB$key\\\\fR" "$man/man5/again-policy.5" || echo "again-policy.5 has no key $key"
done >"$scratch/keys"
[ ! -s "$scratch/keys" ] || { cat "$scratch/keys"; failed=1; }
sections=$(grep -c '^## ' "$root/docs/integration.md")
[ "$(grep -c '^\.SH' "$man/man3/libagain.3")" -eq $((sections + 3)) ] || complain "libagain.3 lacks a section"

# The completion, as bash calls it.
completion=$stage/usr/share/bash-completion/completions/again
command -v bash >/dev/null || { echo "bash is not installed: the completion was not tried"; exit $failed; }
completed() { # completed WORD...: what it offers for the last word
  bash -c '. "$0" && COMP_WORDS=(again "$@") COMP_CWORD=$# && _again && printf "%s\n" "${COMPREPLY[@]}"' \
    "$completion" "$@"
}
[ "$(completed ch)" = check ] || complain "ch is not completed to check"
[ "$(completed no-such --)" = "" ] || complain "a command that is not there has options"
for command in $(completed "" | grep -v '^--'); do
  source=$root/src/cli/$command.c
  offered=$(completed "$command" --)
  # Every option of the table in its source is offered, and the command takes every option that is offered.
  for option in $(grep -o '\.name = "--[a-z-]*"' "$source" | sed 's/.*"\(.*\)"/\1/'); do
    echo "$offered" | grep -qx -- "$option" || complain "again $command: $option is not offered"
    again "$command" --help | grep -qE -- "(^| |\[)$option([] ,]|$)" || complain "again $command --help lacks $option"
  done
  for option in $offered; do
    again "$command" "$option" 2>&1 </dev/null --help | grep -q "there is no option" &&
      complain "again $command: $option is offered, but not taken"
    [ "$option" = --help ] || grep -qF "\"$option\"" "$source" "$root"/src/cli/*.c ||
      complain "again $command: $option is offered, but not there"
  done
done
touch "$scratch/a-file"
(cd "$scratch" && [ "$(completed explain --policy a-f)" = a-file ]) || complain "files are not completed"

# Names are offered where they are known, and they are those that the commands take.
offers() { # offers NAMES WORD...: of the last word, all of them and nothing else, in any order
  wanted=$(echo "$1" | tr ' ' '\n' | sort)
  shift
  found=$(cd "$scratch" && completed "$@" | sort)
  [ "$found" = "$wanted" ] || complain "again $*: it offers $(echo $found), not $(echo $wanted)"
}
mkdir "$scratch/empty"
rm -f "$scratch"/*-file
offers "retryable throttled auth hold" plot --class ""
offers "builtin:default builtin:patient builtin:impatient builtin:drop-nothing builtin:aws-standard builtin:aws-2026" check bu
offers "aws-standard aws-2026" plot builtin : aws
offers "default drop-nothing" explain --policy builtin : d
offers "builtin:patient builtin:impatient builtin:default builtin:drop-nothing builtin:aws-standard builtin:aws-2026" \
  simulate --policy bui
offers "$(again simulate --list | sed 's/ .*//' | tr '\n' ' ' | sed 's/ $//')" simulate --print ""
offers "slow-recovery" simulate --scenario s
offers "CURLE_HTTP2 CURLE_HTTP2_STREAM CURLE_HTTP3 CURLE_HTTP_POST_ERROR CURLE_HTTP_RETURNED_ERROR" explain --curl CURLE_HTTP
offers "TopicClosed TopicConflict TopicExceed TopicNotExist" explain --code Topic
offers "" test bu
for policy in $(again --names policy); do again check "$policy" >/dev/null || complain "$policy is no policy"; done
for name in $(again --names scenario); do again simulate --print "$name" >/dev/null || complain "$name is no scenario"; done
for name in $(again --names class); do
  again plot --class "$name" builtin:default >/dev/null || complain "$name is no class"
done
for name in $(again --names curl); do again explain --curl "$name" >/dev/null || complain "$name is no result"; done
touch "$scratch/slow.json"
(cd "$scratch" && [ "$(completed simulate --scenario slow | sort | tr '\n' ' ')" = "slow-recovery slow.json " ]) ||
  complain "a scenario may be a file, too"

# And in a shell of a person: a tab completes the word, with its colon.
cat >"$scratch/tab.py" <<'END'
import os, pty, select, sys, time
pid, terminal = pty.fork()
if pid == 0:
    os.chdir(sys.argv[2])
    os.execvp("bash", ["bash", "--noprofile", "--norc", "-i"])
def send(text):
    os.write(terminal, text.encode())
def until(text):
    seen = ""
    while text not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            sys.exit("no " + text + " in " + repr(seen))
        seen += os.read(terminal, 4096).decode(errors="replace")
send("PS1=; again() { printf '<%s>' \"$@\"; echo; }; . " + sys.argv[1] + "; echo rea''dy\n")
until("ready")
for typed, wanted in (("check builtin:pa\t", "<check><builtin:patient>"), ("check b\tpa\t", "<check><builtin:patient>"),
                      ("plot --class th\t", "<plot><--class><throttled>"),
                      ("simulate --policy full\t", "<simulate><--policy><full name.json>")):
    send("again " + typed + "\n")
    until(wanted)
send("exit\n")
END
touch "$scratch/empty/full name.json"
TERM=dumb python3 "$scratch/tab.py" "$completion" "$scratch/empty" || complain "a tab does not complete"
exit $failed
