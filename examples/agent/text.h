/* Bytes of a log line as text. */
#ifndef AGENT_TEXT_H
#define AGENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Is it UTF-8 (RFC 3629: shortest forms only, no surrogates, up to U+10FFFF)? */
bool text_is_utf8(const char *text, size_t length);

/* The bytes in base64 (RFC 4648). The caller frees it. NULL: out of memory. */
char *text_base64(const char *text, size_t length);

#endif
