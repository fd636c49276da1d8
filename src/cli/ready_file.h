/* A file that tells other programs that this one is ready. */
#ifndef AGAIN_CLI_READY_FILE_H
#define AGAIN_CLI_READY_FILE_H

#include <stdbool.h>

typedef struct again_ready_file {
  const char *path; /* NULL: none is wanted */
  int fifo;         /* open if the path is a FIFO; else -1 */
  bool written;
} again_ready_file;

/* Removes what an earlier program left there. False: errno says why that cannot be; EEXIST: it is
 * neither a plain file nor a FIFO, and is left alone. `path` NULL: nothing will be done. */
bool again_ready_file_init(again_ready_file *ready, const char *path);

/* Writes one line: a plain file is there whole or not at all; whoever reads a FIFO gets the line.
 * False: errno says why not. */
bool again_ready_file_write(again_ready_file *ready, const char *line);

/* Removes the file it has written. */
void again_ready_file_fini(again_ready_file *ready);

#endif
