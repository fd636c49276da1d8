#!/bin/sh
# Writes every fenced block of Markdown files to a folder, as PAGE-NUMBER.KIND, where the kind is the
# fence's words joined by "_": README-3.c, policy-1.json. Usage: extract.sh OUTPUT-FOLDER PAGE...
set -u
out=$1
shift
mkdir -p "$out" && rm -f "$out"/*-*.*
for page in "$@"; do
  awk -v out="$out" -v page="$(basename "$page" .md)" '
    /^```/ && !inside {
      kind = substr($0, 4)
      gsub(/ /, "_", kind)
      if (kind == "") kind = "none"
      file = sprintf("%s/%s-%d.%s", out, page, ++count, kind)
      printf "" > file
      inside = 1
      next
    }
    /^```/ { inside = 0; close(file); next }
    inside { print > file }
  ' "$page" || exit 1
done
