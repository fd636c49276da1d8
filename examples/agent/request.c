#include "request.h"
#include <stdbool.h>
#include <string.h>

/* Is there an empty line? */
static bool has_end(const request *asked) {
  for (size_t i = 0; i + 1 < asked->length; i++) {
    const char *at = asked->text + i;
    if (at[0] == '\n' &&
        (at[1] == '\n' || (i + 2 < asked->length && at[1] == '\r' && at[2] == '\n')))
      return true;
  }
  return false;
}

static bool is(const char *text, size_t length, const char *what) {
  return length == strlen(what) && memcmp(text, what, length) == 0;
}

/* METHOD SP TARGET SP HTTP/1.x: RFC 9112, section 3. */
static request_state look_at_line(const char *line, size_t length) {
  const char *target = memchr(line, ' ', length);
  if (target == NULL || target == line) return REQUEST_BAD;
  size_t method = (size_t)(target - line);
  target++;
  const char *version = memchr(target, ' ', length - method - 1);
  if (version == NULL || version == target || target[0] != '/') return REQUEST_BAD;
  size_t rest = length - (size_t)(version + 1 - line);
  if (!is(version + 1, rest, "HTTP/1.1") && !is(version + 1, rest, "HTTP/1.0")) return REQUEST_BAD;
  const char *query = memchr(target, '?', (size_t)(version - target));
  size_t path = (size_t)((query != NULL ? query : version) - target);
  if (!is(target, path, "/metrics")) return REQUEST_UNKNOWN;
  return is(line, method, "GET") ? REQUEST_OK : REQUEST_METHOD;
}

request_state request_look(const request *asked) {
  const char *newline = memchr(asked->text, '\n', asked->length);
  if (newline != NULL) {
    size_t length = (size_t)(newline - asked->text);
    if (length > 0 && newline[-1] == '\r') length--;
    request_state state = look_at_line(asked->text, length);
    if (state != REQUEST_OK || has_end(asked)) return state;
  }
  return asked->length == REQUEST_MAX ? REQUEST_LONG : REQUEST_PARTIAL;
}
