#include "policy/slip.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The last byte before `at` that is no blank; `at` itself: there is none. */
static size_t before(const char *text, size_t at) {
  for (size_t i = at; i > 0; i--) {
    if (strchr(" \t\r\n", text[i - 1]) == NULL) return i - 1;
  }
  return at;
}

size_t again_slip_describe(const char *text, size_t at, char *message, size_t size) {
  static const char wrong[] = "not valid JSON";
  unsigned char here = (unsigned char)text[at];
  size_t last = before(text, at);
  char behind = last < at ? text[last] : '\0';
  if ((here == '}' || here == ']') && behind == ',') {
    snprintf(message, size, "%s: remove this comma: nothing follows it but \"%c\"", wrong, here);
    return last;
  }
  if (here == '\'') {
    snprintf(message, size, "%s: names and texts stand in double quotes, \"..\", not in '..'",
             wrong);
  } else if (here == '/' || here == '#') {
    snprintf(message, size, "%s: a comment is a key of its own: \"//\": \"why it is so\"", wrong);
  } else if (here == '"' && behind != '\0' && strchr(",:{[", behind) == NULL) {
    snprintf(message, size, "%s: a \",\" (or, behind a key, a \":\") is missing before this",
             wrong);
  } else if (here == '\n') {
    snprintf(message, size,
             "%s: a closing quote is missing in this line (in a text, an end of line is \\n)",
             wrong);
  } else if (isalpha(here)) {
    snprintf(message, size, "%s: a text stands in double quotes; true, false and null are small",
             wrong);
  } else if (here >= 0x80 || !isprint(here)) {
    snprintf(message, size, "%s: unexpected byte 0x%02X", wrong, here);
  } else {
    snprintf(message, size, "%s: unexpected character '%c'", wrong, here);
  }
  return at;
}
