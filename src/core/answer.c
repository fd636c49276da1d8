#include <again/answer.h>
#include <string.h>

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b) {
  while (*a != '\0' && lower(*a) == lower(*b))
    a++, b++;
  return *a == *b;
}

const char *again_http_answer_header(const again_http_answer *answer, const char *name) {
  for (size_t i = 0; i < answer->header_count; i++) {
    if (same_name(answer->headers[i].name, name)) return answer->headers[i].value;
  }
  return NULL;
}

/* The longest of what all headers of one answer ask for. */
static again_ms hint_of(const again_http_answer *answer, int64_t wall) {
  again_ms longest = 0;
  for (size_t i = 0; i < answer->header_count; i++) {
    const again_header *header = &answer->headers[i];
    for (int kind = 0; kind < AGAIN_HINT_COUNT; kind++) {
      again_ms hint = 0;
      if (!again_hint_counts((again_hint_kind)kind, answer->status) ||
          !same_name(header->name, again_hint_kind_name((again_hint_kind)kind))) {
        continue;
      }
      again_hint_parse((again_hint_kind)kind, header->value, strlen(header->value), wall, &hint);
      if (hint > longest) longest = hint;
    }
  }
  return longest;
}

again_outcome again_http_answer_outcome(const again_http_answer *answer, int64_t wall) {
  if (answer->status < 200 || answer->status > 999) {
    return (again_outcome){.fault = AGAIN_FAULT_PROTOCOL,
                           .message = "the answer has no final status",
                           .effect = AGAIN_EFFECT_MAYBE_APPLIED};
  }
  if (answer->broken && answer->status <= 299) {
    return (again_outcome){.fault = AGAIN_FAULT_RECEIVE,
                           .status = answer->status,
                           .message = "the answer broke off",
                           .effect = AGAIN_EFFECT_MAYBE_APPLIED};
  }
  const char *date = again_http_answer_header(answer, "Date");
  int64_t service = wall;
  if (date != NULL) again_http_date_parse(date, strlen(date), wall, &service);
  return (again_outcome){.status = answer->status,
                         .effect = again_effect_of_status(answer->status),
                         .hint = hint_of(answer, service)};
}
