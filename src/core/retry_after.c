/* Retry-After: seconds or a date. */
#include <again/core.h>

/* The largest duration a hint can give: "never" is no answer to "when". */
#define HINT_MAX (AGAIN_NEVER - 1)

static bool parse_seconds(const char *text, size_t length, again_ms *hint) {
  uint64_t seconds = 0;
  if (length == 0) return false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    uint64_t digit = (uint64_t)(text[i] - '0');
    seconds = seconds > (UINT64_MAX - digit) / 10 ? UINT64_MAX : seconds * 10 + digit;
  }
  *hint = seconds > HINT_MAX / 1000 ? HINT_MAX : seconds * 1000;
  return true;
}

int again_retry_after_parse(const char *text, size_t length, int64_t now, again_ms *hint) {
  while (length > 0 && (text[0] == ' ' || text[0] == '\t'))
    text++, length--;
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
    length--;
  if (parse_seconds(text, length, hint)) return 0;
  int64_t date;
  if (again_http_date_parse(text, length, now, &date) != 0) return AGAIN_EFORMAT;
  if (date <= now) {
    *hint = 0;
    return 0;
  }
  uint64_t ahead = (uint64_t)date - (uint64_t)now;
  *hint = ahead > HINT_MAX / 1000 ? HINT_MAX : ahead * 1000;
  return 0;
}
