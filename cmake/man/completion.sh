#!/bin/sh
# Prints the completion for bash, made of what the command says of itself. Usage: completion.sh AGAIN
set -eu
again=$1
commands=$("$again" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
kinds=$("$again" --names 2>&1 | sed -n 's/.*: say //p' | sed 's/,/ /g;s/ or / /')

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

# Which names an argument that is no option's may have: of policies, where the text, and not an option, speaks of them.
arguments() {
  if "$again" "$1" --help | grep -v '^  ' | grep -q 'builtin:NAME'; then echo policy; fi
}

echo "# Completion of again(1) for bash, made by the build from \"again --help\"; do not edit."
cat <<'END'
_again() {
  local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) cut=""
  local options="" values="" arguments="" kind="" names=""
  COMPREPLY=()
  # bash breaks words at colons, and builtin:NAME is one: what stands before the colon is not to be offered again.
  if [[ $word == : ]]; then
    cut=${COMP_WORDS[at]}: word=$cut at=$((at - 1))
  elif ((COMP_CWORD > 2)) && [[ ${COMP_WORDS[at]} == : ]]; then
    cut=${COMP_WORDS[at - 1]}: word=$cut$word at=$((at - 2))
  fi
  local before=${COMP_WORDS[at]}
END
echo '  if ((COMP_CWORD == 1)); then'
echo "    mapfile -t COMPREPLY < <(compgen -W \"$(echo $commands) --help --names --version\" -- \"\$word\")"
echo '    return'
echo '  fi'
echo '  case ${COMP_WORDS[1]} in'
echo "    --names) mapfile -t COMPREPLY < <(compgen -W \"$(echo $kinds)\" -- \"\$word\"); return ;;"
for command in $commands; do
  all=$(options "$command" | cut -d' ' -f1)
  values=$(options "$command" | sed -n 's/ value$//p')
  echo "    $command) options=\"$(echo $all --help)\" values=\"$(echo $values)\" arguments=\"$(arguments "$command")\" ;;"
done
cat <<'END'
    *) return ;;
  esac
  if [[ " $values " == *" $before "* ]]; then
    kind=${before#--}
    [[ ${COMP_WORDS[1]} == simulate && $kind == print ]] && kind=scenario
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    return
  else
    kind=$arguments
  fi
  case $kind in
END
for kind in $kinds; do
  echo "    $kind) names=\"$("$again" --names "$kind" | tr '\n' ' ' | sed 's/ $//')\" ;;"
done
cat <<'END'
  esac
  if [[ $names != "" ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$names" -- "$word")
    COMPREPLY=("${COMPREPLY[@]#"$cut"}")
  fi
  # Policies and scenarios may be files, too, but not what is printed; what has only names has no file.
  if [[ $names == "" || $kind == policy || ($kind == scenario && $before != --print) ]]; then
    local files
    mapfile -t files < <(compgen -f -- "$word")
    ((${#files[@]} > 0)) && compopt -o filenames 2>/dev/null
    COMPREPLY+=("${files[@]#"$cut"}")
  fi
}
complete -F _again again
END
