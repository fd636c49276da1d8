/* One input: a file, or standard input, read in chunks on the loop and split into lines. */
#ifndef AGENT_INPUT_H
#define AGENT_INPUT_H

#include "place.h"
#include "splitter.h"
#include <uv.h>

typedef struct input input;

/* Opens a file, or standard input for "-". NULL: `why` says what is wrong and what to do. */
input *input_open(uv_loop_t *loop, const char *path, char *why, size_t why_size);

const char *input_path(const input *in);     /* as given */
const char *input_realpath(const input *in); /* absolute, without links; "-" for standard input */

/* The file that is open: the one of that name, or one that had it before. */
const char *input_name(const input *in);

/* Can what was read be read again? Not from standard input. */
bool input_rereadable(const input *in);

/* Goes to where reading ended at the last start, before input_start. False: that file is gone or was
 * cut, and what was written after it is read from its beginning. */
bool input_seek(input *in, const place *was);

/* The byte of the open file at which reading begins. */
uint64_t input_begin(const input *in);

/* The place at `offset` of the open file, for input_seek. */
place input_place(const input *in, uint64_t offset);

/* The bytes of the open file behind `offset`. */
uint64_t input_behind(const input *in, uint64_t offset);

/* A file that came between and can no longer be read (to be freed; once); NULL: none. */
char *input_missed(input *in);

/* Begins to read; lines go to `found`. With `follow` the end of a file is not the end: what is
 * appended, and what has the name next, is read as well. */
void input_start(input *in, bool follow, line_fn found, void *data);

/* Reads no further until it is called with false. */
void input_pause(input *in, bool paused);

/* Looks at a followed file at once, instead of a little later. */
void input_look(input *in);

/* Reads no more. An incomplete last line is left for the next start if it can be read again. */
void input_stop(input *in);

/* Ends it though a read does not come back (a device, a network file system). The loop cannot be
 * closed then: true, and the process should end with _exit. */
bool input_abandon(input *in);

/* No line will come any more? And did reading get to the end of what there is? */
bool input_ended(const input *in);
bool input_complete(const input *in);

/* NULL, or why reading failed. */
const char *input_error(const input *in);

/* This file is over: its name has another inode, or it was cut (it is shorter than what was read of
 * it, or begins otherwise), and its lines have been given out to the end. Nothing is read until
 * input_reopen, which goes on with what was written next, at input_begin. 0; or an errno, with the
 * `name` (to be freed, may be NULL) of what cannot be opened: ENOENT if it is not there yet, EAGAIN
 * if the old file has grown after all. */
bool input_replaced(const input *in);
int input_reopen(input *in, char **name);

/* Closes and, from the loop, frees. It must have ended or never been started. */
void input_close(input *in);

#endif
