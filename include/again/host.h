/* again/host.h - what a program may lend the library: its memory and its log.
 *
 * Both are given in options, to each object its own; the library has no global that could be set.
 */
#ifndef AGAIN_HOST_H
#define AGAIN_HOST_H

#include <again/words.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where memory comes from. It is copied; what it refers to must outlive the object it was given to. */
typedef struct again_allocator {
  void *data;
  /* As realloc(memory, size) for `size` > 0: NULL if there is none, and `memory` is as it was. For 0 it
   * frees `memory` (which may be NULL) and returns NULL. Called in the thread of the object. */
  void *(*resize)(void *data, void *memory, size_t size);
} again_allocator;

/* Resizes with it; NULL, or one without `resize`: realloc and free of the C library. */
void *again_resize(const again_allocator *allocator, void *memory, size_t size);

/* Memory of `size` > 0 bytes, all 0; NULL: there is none. */
void *again_take_zeroed(const again_allocator *allocator, size_t size);

/* A copy of a text; NULL: there is no memory. */
char *again_take_text(const again_allocator *allocator, const char *text);

/* Takes one line of at most 400 bytes, without its end, NUL-terminated, valid during the call. It must
 * not call the library. */
typedef void (*again_log_fn)(void *data, again_log_level level, const char *line);

/* Where lines for people go. Zeroed: nowhere, and no line is made. */
typedef struct again_log {
  again_log_fn write;
  void *data;
  again_log_level least; /* lines of this level and above */
} again_log;

/* Writes a line, if there is a log and it wants this level. */
void again_log_line(const again_log *log, again_log_level level, const char *line);

#ifdef __cplusplus
}
#endif

#endif
