/* What services write when they ask to be left alone: Retry-After and its relatives. */
#include <again/core.h>
#include <string.h>

/* The largest duration a hint can give: "never" is no answer to "when". */
#define HINT_MAX (AGAIN_NEVER - 1)

static bool parse_number(const char *text, size_t length, uint64_t *number) {
  *number = 0;
  if (length == 0) return false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') return false;
    uint64_t digit = (uint64_t)(text[i] - '0');
    *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
  }
  return true;
}

static again_ms from_seconds(uint64_t seconds) {
  return seconds > HINT_MAX / 1000 ? HINT_MAX : seconds * 1000;
}

static void trim(const char **text, size_t *length) {
  while (*length > 0 && (**text == ' ' || **text == '\t'))
    ++*text, --*length;
  while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
    --*length;
}

/* From `now` to a date, both in seconds; a date in the past gives 0. */
static again_ms until(int64_t date, int64_t now) {
  return date > now ? from_seconds((uint64_t)date - (uint64_t)now) : 0;
}

int again_retry_after_parse(const char *text, size_t length, int64_t now, again_ms *hint) {
  uint64_t seconds;
  int64_t date;
  trim(&text, &length);
  if (parse_number(text, length, &seconds)) {
    *hint = from_seconds(seconds);
    return 0;
  }
  if (again_http_date_parse(text, length, now, &date) != 0) return AGAIN_EFORMAT;
  *hint = until(date, now);
  return 0;
}

static int parse_ms(const char *text, size_t length, again_ms *hint) {
  uint64_t ms;
  trim(&text, &length);
  if (!parse_number(text, length, &ms)) return AGAIN_EFORMAT;
  *hint = ms < HINT_MAX ? ms : HINT_MAX;
  return 0;
}

/* Seconds from now, or a Unix time: no service asks for thirty years. */
static int parse_reset(const char *text, size_t length, int64_t now, again_ms *hint) {
  uint64_t seconds;
  trim(&text, &length);
  if (!parse_number(text, length, &seconds)) return AGAIN_EFORMAT;
  bool unix_time = seconds >= 1000000000 && seconds <= INT64_MAX;
  *hint = unix_time ? until((int64_t)seconds, now) : from_seconds(seconds);
  return 0;
}

/* One item of a structured field (RFC 9651): `"default";r=0;t=30`. Where `;NAME=` stands, its number. */
static bool find_parameter(const char *text, size_t length, char name, uint64_t *number) {
  for (size_t i = 0; i + 2 < length; i++) {
    if (text[i] != ';') continue;
    size_t at = i + 1;
    while (at < length && text[at] == ' ')
      at++;
    if (at + 2 > length || text[at] != name || text[at + 1] != '=') continue;
    size_t begin = at + 2;
    size_t end = begin;
    while (end < length && text[end] >= '0' && text[end] <= '9')
      end++;
    return parse_number(text + begin, end - begin, number);
  }
  return false;
}

static int parse_rate_limit(const char *text, size_t length, again_ms *hint) {
  const char *comma = memchr(text, ',', length);
  if (comma != NULL) length = (size_t)(comma - text); /* of several policies the first */
  uint64_t left;
  uint64_t seconds = 0;
  if (!find_parameter(text, length, 'r', &left)) return AGAIN_EFORMAT;
  if (left == 0 && !find_parameter(text, length, 't', &seconds)) return AGAIN_EFORMAT;
  *hint = from_seconds(seconds);
  return 0;
}

int again_hint_parse(again_hint_kind kind, const char *text, size_t length, int64_t now,
                     again_ms *hint) {
  switch (kind) {
  case AGAIN_HINT_RETRY_AFTER: return again_retry_after_parse(text, length, now, hint);
  case AGAIN_HINT_RETRY_AFTER_MS:
  case AGAIN_HINT_MS_RETRY_AFTER_MS:
  case AGAIN_HINT_AMZ_RETRY_AFTER: return parse_ms(text, length, hint);
  case AGAIN_HINT_RATELIMIT: return parse_rate_limit(text, length, hint);
  case AGAIN_HINT_RATELIMIT_RESET: return parse_reset(text, length, now, hint);
  case AGAIN_HINT_COUNT: break;
  }
  return AGAIN_EFORMAT;
}

bool again_hint_counts(again_hint_kind kind, int status) {
  if (status >= 200 && status <= 299) return false;
  return kind != AGAIN_HINT_RATELIMIT_RESET || status == 429;
}
