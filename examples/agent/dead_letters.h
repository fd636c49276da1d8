/* dead-letters.ndjson: the lines that were refused for good, each with the reason. */
#ifndef AGENT_DEAD_LETTERS_H
#define AGENT_DEAD_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dead_letters dead_letters;

/* One line of the file. Texts may be "". */
typedef struct dead_letter {
  int64_t time_ms; /* when the line was read, since 1970-01-01 UTC */
  const char *topic;
  const char *file;
  uint64_t offset; /* of the line in that file */
  const char *code;
  const char *error_class;
  const char *reason;
  const char *message;
  const char *request_id;
  uint32_t attempts;
  const char *line; /* as "line"; or, if it is not UTF-8, exactly as "line_base64" */
  size_t length;
} dead_letter;

typedef enum dead_letters_state {
  DEAD_LETTERS_OPEN,
  DEAD_LETTERS_IN_USE, /* another agent has it open */
  DEAD_LETTERS_FAILED  /* it cannot be opened or written */
} dead_letters_state;

/* Opens the file in `folder` for appending and locks it. Half a record that a crash left at its end
 * is cut off: its line was not settled and is read again. */
dead_letters_state dead_letters_open(const char *folder, dead_letters **opened, char *why,
                                     size_t why_size);

/* Appends a record, whole or not at all, to the file that has the name: one that was moved away or
 * removed meanwhile is made anew. False: `why` says which file, why, and what to do. */
bool dead_letters_add(dead_letters *letters, const dead_letter *letter, char *why, size_t why_size);

/* Brings to the disk what was added. Only then may a checkpoint move past it. */
bool dead_letters_sync(dead_letters *letters, char *why, size_t why_size);

const char *dead_letters_path(const dead_letters *letters);

void dead_letters_close(dead_letters *letters);

#endif
