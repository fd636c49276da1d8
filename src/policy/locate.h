/* Where things stand in a JSON text. json-c decides what is valid; it keeps no positions, so for an
 * error message this scanner finds them again in the accepted text. */
#ifndef AGAIN_POLICY_LOCATE_H
#define AGAIN_POLICY_LOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AGAIN_PATH_MAX = 6 };

/* One step into a value: a key of an object, or (key == NULL) an index of an array. */
typedef struct again_path_step {
  const char *key;
  size_t index;
} again_path_step;

typedef struct again_path {
  again_path_step steps[AGAIN_PATH_MAX];
  size_t count;
} again_path;

/* The path one step further. */
again_path again_path_key(again_path path, const char *key);
again_path again_path_index(again_path path, size_t index);

/* Byte offset of the value at `path` or, if `of_key`, of the key that leads to it; `text` is valid
 * JSON and has such a value. Of equal keys the last one is found: the one json-c keeps. */
size_t again_locate(const char *text, again_path path, bool of_key);

/* Finds a key that stands twice in one object: its offset and length (without quotes). False if
 * there is none. */
bool again_locate_duplicate(const char *text, size_t *offset, size_t *length);

/* Finds a character that no JSON text has outside its strings: json-c, strict as it is told to be,
 * takes 'single quotes' and NaN. Any text may be passed. */
bool again_locate_foreign(const char *text, size_t *offset);

/* Line and column, from 1, of a byte offset. */
void again_locate_line(const char *text, size_t offset, uint32_t *line, uint32_t *column);

#endif
