/* UTF-8: what is valid, and making it so. Source: Unicode Standard, table 3-7. */
#ifndef AGAIN_CLS_UTF8_H
#define AGAIN_CLS_UTF8_H

#include <stddef.h>

/* Length of the valid character that begins here, 1..4; 0 if none does. `length` > 0. A NUL is none:
 * it would end the text for a reader in C. */
size_t again_utf8_length(const char *text, size_t length);

/* Bytes that the text needs once each byte that is no part of a valid character has become U+FFFD;
 * `length` itself if it is valid already. */
size_t again_utf8_repaired_length(const char *text, size_t length);

/* Writes the repaired text (exactly that many bytes). */
void again_utf8_repair(const char *text, size_t length, char *out);

/* How many bytes of the text fit into `max` bytes once repaired, without cutting a character. */
size_t again_utf8_fit(const char *text, size_t length, size_t max);

#endif
