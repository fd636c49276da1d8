# Makes a manual page of a page of docs/: headings, paragraphs, lists, fenced blocks, tables (for tbl), `code`,
# **strong** and links. Usage: awk -f markdown.awk -v name=again-policy -v section=5 -v date=2026-01-31
#   -v version=0.1.0 -v about="what it is" -v also="again(1)" PAGE.md

# What roff would take for its own.
function plain(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  return text
}

# Between two delimiters the text is set in a font.
function fonts(text, delimiter, font,    out, open, at) {
  out = ""
  open = 0
  while ((at = index(text, delimiter)) > 0) {
    out = out substr(text, 1, at - 1) (open ? "\\fR" : font)
    text = substr(text, at + length(delimiter))
    open = !open
  }
  return out text
}

function inline(text,    link, words) {
  while (match(text, /\[[^][]*\]\([^()]*\)/)) {
    link = substr(text, RSTART, RLENGTH)
    words = substr(link, 2, index(link, "](") - 2)
    text = substr(text, 1, RSTART - 1) words substr(text, RSTART + RLENGTH)
  }
  text = fonts(fonts(plain(text), "**", "\\fB"), "`", "\\fB")
  return text
}

# Running text in lines of less than 80 bytes, broken at its spaces.
function run(text,    at) {
  while (length(text) > 78) {
    at = 78
    while (at > 1 && substr(text, at, 1) != " ") at--
    if (at == 1) break
    say(substr(text, 1, at - 1))
    text = substr(text, at + 1)
  }
  say(text)
}

# A line of text; at its beginning a dot or an apostrophe would be a request.
function say(text) {
  if (text ~ /^[.']/) text = "\\&" text
  print text
}

function end_block() {
  if (rows > 0) table()
  rows = 0
}

# "| a | b \| c |" into cells[1..]; returns their number.
function split_row(line, cells,    count, i) {
  gsub(/\\\|/, "\001", line)
  sub(/^\| */, "", line)
  sub(/ *\|$/, "", line)
  count = split(line, cells, / *\| */)
  for (i = 1; i <= count; i++) gsub(/\001/, "|", cells[i])
  return count
}

# A row waits for the end of its table, which says how wide the columns are.
function table_row(line,    cells, i, shown) {
  columns = split_row(line, cells)
  rows++
  for (i = 1; i <= columns; i++) {
    cell[rows, i] = inline(cells[i])
    shown = cell[rows, i]
    gsub(/\\f[BR]|\\/, "", shown)
    if (rows == 1 || length(shown) > width[i]) width[i] = length(shown)
  }
}

# The last column takes what the others leave. Where that is too little for words, the widest of the others is a
# paragraph, too, and the two share it.
function table(    i, j, left, wide, kinds) {
  left = 71
  wide = 1
  for (i = 1; i < columns; i++) {
    left -= width[i] + 3
    if (width[i] > width[wide]) wide = i
  }
  if (left >= 24) wide = columns
  print ".TS"
  kinds = ""
  for (i = 1; i <= columns; i++) kinds = kinds (i > 1 ? " " : "") "lb"
  print kinds
  kinds = ""
  for (i = 1; i <= columns; i++) kinds = kinds (i > 1 ? " " : "") (i == wide || i == columns ? "lx" : "l")
  print kinds "."
  for (j = 1; j <= rows; j++) {
    for (i = 1; i <= columns; i++) {
      if (i == wide || i == columns) {
        print "T{"
        run(cell[j, i])
        printf "T}"
      } else {
        printf "%s", cell[j, i]
      }
      printf "%s", i < columns ? "\t" : "\n"
    }
  }
  print ".TE"
}

BEGIN {
  print "'\\\" t"
  print ".\\\" Made from docs/ by the build; do not edit."
  printf ".TH %s %s %s \"again %s\"\n", toupper(name), section, date, version
  print ".ad l"
  print ".SH NAME"
  print plain(name) " \\- " plain(about)
  print ".SH DESCRIPTION"
  fresh = 1
}

/^```/ {
  end_block()
  print in_code ? ".EE\n.in" : (fresh ? "" : ".PP\n") ".in +4n\n.EX"
  in_code = !in_code
  fresh = 0
  next
}
in_code { say(plain($0)); next }
/^<!--/ { next }
/^# / { next }
/^##+ / {
  end_block()
  level = /^## / ? ".SH" : ".SS"
  sub(/^#+ /, "")
  gsub(/`/, "")
  # A heading in a manual page is in capitals.
  printf "%s \"%s\"\n", level, plain(level == ".SH" ? toupper($0) : $0)
  fresh = 1
  next
}
/^\| *---/ { next }
/^\|/ { table_row($0); fresh = 0; next }
/^ *$/ { end_block(); paragraph = 1; next }
/^- / { print ".IP \\(bu 2"; run(inline(substr($0, 3))); fresh = 0; paragraph = 0; next }
/^[0-9]+\. / {
  print ".IP " $1 " 4"
  sub(/^[0-9]+\. /, "")
  run(inline($0))
  fresh = 0
  paragraph = 0
  next
}
{
  if (paragraph && !fresh) print ".PP"
  paragraph = 0
  fresh = 0
  sub(/^ +/, "")
  run(inline($0))
}

END {
  end_block()
  print ".SH SEE ALSO"
  print also
}
