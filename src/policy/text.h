/* A text that grows. After a failure nothing more is added, and `text` is NULL. */
#ifndef AGAIN_POLICY_TEXT_H
#define AGAIN_POLICY_TEXT_H

#include <stddef.h>

typedef struct again_text {
  char *text;
  size_t length;
  size_t size;
} again_text;

again_text again_text_new(void);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void again_text_add(again_text *out, const char *format, ...);

/* A text as a JSON string, by json-c. */
void again_text_string(again_text *out, const char *text);

#endif
