/* One input: a file, or standard input, read in chunks on the loop and split into lines. */
#ifndef AGENT_INPUT_H
#define AGENT_INPUT_H

#include "splitter.h"
#include <uv.h>

typedef struct input input;

/* Opens a file, or standard input for "-". NULL: `why` says what is wrong and what to do. */
input *input_open(uv_loop_t *loop, const char *path, char *why, size_t why_size);

const char *input_path(const input *in);     /* as given */
const char *input_realpath(const input *in); /* absolute, without links; "-" for standard input */
uint64_t input_inode(const input *in);
uint64_t input_size(const input *in); /* when it was opened */

/* Can what was read be read again? Not from standard input. */
bool input_rereadable(const input *in);

/* Begins to read at `offset`; lines go to `found`. With `follow` the end of a file is not the end:
 * what is appended is read as well. */
void input_start(input *in, uint64_t offset, bool follow, line_fn found, void *data);

/* Reads no further until it is called with false. */
void input_pause(input *in, bool paused);

/* Reads no more. An incomplete last line is left for the next start if it can be read again. */
void input_stop(input *in);

/* No line will come any more? And did reading get to the end of what there is? */
bool input_ended(const input *in);
bool input_complete(const input *in);

/* NULL, or why reading failed. */
const char *input_error(const input *in);

/* While following: the file was replaced (its name has another inode) or cut (it is shorter than
 * what was read of it), and its lines have been given out to the end. Nothing is read until
 * input_reopen, which begins with the new file at 0; false: it is not there (yet). */
bool input_replaced(const input *in);
bool input_reopen(input *in);

/* Closes and, from the loop, frees. It must have ended or never been started. */
void input_close(input *in);

#endif
