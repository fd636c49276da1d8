/* The header lines of one attempt, in memory that is kept for the next: a list as libcurl reads it, without
 * an allocation for each line. */
#ifndef AGAIN_HTTP_LINES_H
#define AGAIN_HTTP_LINES_H

#include <again/host.h>
#include <curl/curl.h>
#include <stddef.h>

typedef struct again_http_line again_http_line;

/* Zeroed: no lines, no memory. */
typedef struct again_http_lines {
  const again_allocator *allocator; /* NULL: the C library's */
  struct curl_slist *list;          /* what libcurl is given; valid until the next add or clear */
  again_http_line *first;           /* all memory there is */
  again_http_line *last;            /* of those in use; NULL: none */
} again_http_lines;

/* Adds "Name: value", "Name;" (libcurl's way to send a header without a value), or for a `value` that is
 * NULL "Name:" (its way to leave out one of its own). AGAIN_EINVAL: a name that is empty or has a ":", or
 * control characters; AGAIN_ENOMEM. */
int again_http_lines_add(again_http_lines *lines, const char *name, const char *value);

/* Takes all out and wipes them: there may be a token among them. */
void again_http_lines_clear(again_http_lines *lines);

void again_http_lines_free(again_http_lines *lines);

#endif
