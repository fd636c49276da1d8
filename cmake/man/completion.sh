#!/bin/sh
# Prints the completion for bash, made of what the command says of itself. Usage: completion.sh AGAIN
set -eu
again=$1
commands=$("$again" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')

# Options stand in the usage line, and at the beginning of lines; what follows one after a single space is its value.
options() {
  "$again" "$1" --help | sed -n -e '1p' -e '/^  --/p' | sed 's/[][|]/ & /g' |
    awk '{
      for (i = 1; i <= NF; i++) {
        if ($i !~ /^--[a-z]/) continue
        if (NR > 1 && i > 1) break
        at = index($0, $i " ")
        next_char = substr($0, at + length($i) + 1, 1)
        print $i, (at > 0 && next_char ~ /[A-Z\047<]/ ? "value" : "flag")
      }
    }' | sort -u
}

echo "# Completion of again(1) for bash, made by the build from \"again --help\"; do not edit."
cat <<'END'
_again() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local options="" values=""
  COMPREPLY=()
END
echo '  if ((COMP_CWORD == 1)); then'
echo "    mapfile -t COMPREPLY < <(compgen -W \"$(echo $commands) --help --version\" -- \"\$word\")"
echo '    return'
echo '  fi'
echo '  case ${COMP_WORDS[1]} in'
for command in $commands; do
  all=$(options "$command" | cut -d' ' -f1)
  values=$(options "$command" | sed -n 's/ value$//p')
  echo "    $command) options=\"$(echo $all --help)\" values=\"$(echo $values)\" ;;"
done
cat <<'END'
    *) return ;;
  esac
  if [[ $word == -* && " $values " != *" $before "* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _again again
END
