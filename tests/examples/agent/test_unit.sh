#!/bin/sh
# Does systemd understand the unit, word for word, and the agent its options? Usage:
#   test_unit.sh UNIT AGENT
# 77: there is no systemd-analyze here, so the unit was not looked at.
set -u
unit=$1 agent=$2
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# The options, with a value for each variable; --help comes last, so all before it are read.
command=$(sed -n '/^ExecStart=/,/[^\\]$/p' "$unit" | sed 's/\\$//; s/^ExecStart=//' | tr '\n' ' ')
arguments=$(echo "$command" | sed -e 's/^[^ ]* //' -e 's|%S|/var/lib|; s|%d|/run/credentials|' \
  -e 's|\${ENDPOINT}|https://example.org|; s|\$INPUTS|--topic id /var/log/syslog|')
case $arguments in
  *'$'* | *%*) echo "the command has a variable that this test does not know: $arguments"; exit 1 ;;
  '') echo "$unit has no ExecStart"; exit 1 ;;
esac
# shellcheck disable=SC2086 # they are words
if ! "$agent" $arguments --help >/dev/null 2>"$scratch/said"; then
  echo "the agent refuses the options of the unit: $(cat "$scratch/said")"
  exit 1
fi

if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: systemd-analyze is not installed, so nothing says whether the unit is right"
  exit 77
fi
sed "s|/usr/bin/again-agent|$agent|" "$unit" >"$scratch/again-agent.service"
# It only warns of words that it does not know.
if ! systemd-analyze verify "$scratch/again-agent.service" >"$scratch/said" 2>&1 || [ -s "$scratch/said" ]; then
  cat "$scratch/said"
  exit 1
fi
# From 0 (safe) to 100; units that are not hardened are above 90.
if systemd-analyze security --help | grep -q -e --offline; then
  systemd-analyze security --offline=true --threshold=20 "$scratch/again-agent.service" >"$scratch/said" 2>&1 || {
    tail -n 1 "$scratch/said"
    exit 1
  }
  tail -n 1 "$scratch/said"
fi
