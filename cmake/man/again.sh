#!/bin/sh
# Prints the manual page again(1), made of what the command says of itself. Usage: again.sh AGAIN DATE
set -eu
again=$1 date=$2
version=$("$again" --version | sed 's/.* //')

# Text as it stands, for roff.
as_it_is() {
  sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
}

# A page of the command: its paragraphs are filled, so that they fit any width; lists, the exit codes and the example
# stand as they are, and a list begins where the text does.
blocks() {
  awk -v RS= '{
    list = /^ /
    if (list || /^exit status/ || /^example /) {
      print ".PP" (list ? "\n.in -2n" : "") "\n.EX\n" $0 "\n.EE" (list ? "\n.in" : "")
    } else {
      print ".PP\n" $0
    }
  }'
}

commands=$("$again" --help | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p')
# The paragraph below the usage line.
about=$("$again" --help | sed -n '3,/^$/p' | tr '\n' ' ' | sed 's/\. *$//' |
  awk '{print tolower(substr($0, 1, 1)) substr($0, 2)}')

echo '.\" Made by the build from "again --help"; do not edit.'
echo ".TH AGAIN 1 $date \"again $version\""
echo ".ad l"
echo ".SH NAME"
echo "again \\- $about" | fold -s -w 78 | sed 's/ *$//'
echo ".SH SYNOPSIS"
echo ".B again"
echo ".I COMMAND"
echo "[arguments]"
echo ".br"
echo ".B again"
echo ".I COMMAND"
echo ".B \\-\\-help"
echo ".br"
echo ".B again \\-\\-version"
echo ".br"
echo ".B again \\-\\-names"
echo ".I KIND"
cat <<'END'
.SH DESCRIPTION
The workbench for retry policies of the library
.BR libagain (3).
Its commands read policies, classify errors and schedule attempts by the functions that programs use, so what they
say is what programs do. None of them sends anything to a service;
.B again emulate
takes connections from this machine only.
.SH COMMANDS
END
for command in $commands; do
  sentence=$("$again" --help | sed -n "s/^  $command  *//p")
  usage=$("$again" "$command" --help | sed -n '1s/^usage: //p' | as_it_is)
  echo ".SS $usage"
  echo "$sentence." | as_it_is | awk '{print toupper(substr($0, 1, 1)) substr($0, 2)}'
  "$again" "$command" --help | sed '1,2d' | as_it_is | blocks
done
echo ".SS again \\-\\-names KIND"
echo "Prints the names that an argument may have, one a line, for completion. KIND is policy, scenario, class, code or curl."
echo ".SH EXIT STATUS"
"$again" --help | sed -n '/^exit status/,$s/^\(exit status\)\{0,1\} *//p' | while read -r status meaning; do
  echo ".TP"
  echo "$status"
  echo "$meaning" | as_it_is
done
cat <<'END'
.SH ENVIRONMENT
.TP
.B NO_COLOR
Set and not empty: no colours, and no text that is redrawn in place. There is neither where the output is no terminal.
.TP
.B TERM
.B dumb
does the same.
.TP
.BR LC_ALL ", " LC_CTYPE ", " LANG
Where the character set is UTF\-8, the pictures of
.B again plot
are drawn with its blocks, otherwise with ASCII.
.SH SEE ALSO
END
echo ".BR again\\-policy (5),"
echo ".BR libagain (3)"
