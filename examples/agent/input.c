/* Reading. A regular file is read by libuv's thread pool, so that a slow disk does not hold up the
 * loop; a pipe or terminal is a stream of the loop. */
#include "input.h"
#include "logfile.h"
#include <again/core.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  CHUNK = 64 * 1024,
  POLL_MS = 250,      /* how often the end of a followed file is looked at */
  REPLACED_POLLS = 4, /* so often silent before a replaced file is left: its writer may not know */
};

struct input {
  uv_loop_t *loop;
  char *path;
  char *realpath;
  logfile log; /* not of standard input */
  bool is_stream;
  bool is_stdin;
  bool follow;
  bool paused;
  bool reading; /* a read of the file is under way, or the stream is being read */
  bool stopping;
  bool ended;
  bool at_end; /* the last read found nothing more */
  bool behind; /* the name was another file's when this one was opened */
  bool replaced;
  bool cut;
  unsigned replaced_polls;
  char error[256];
  uint64_t position; /* of the next read of a file */
  splitter splitter;
  uv_fs_t request;
  uv_timer_t poll;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tty_t tty;
  } from;
  int open_handles;
  char chunk[CHUNK];
};

static void read_file(input *in);
static void leave(input *in);

/* ---- Opening --------------------------------------------------------------------------------- */

static bool look_at_file(input *in, char *why, size_t why_size) {
  uv_fs_t request;
  int error = uv_fs_realpath(NULL, &request, in->path, NULL);
  if (error == 0) in->realpath = strdup(request.ptr);
  uv_fs_req_cleanup(&request);
  if (error == 0)
    error = in->realpath != NULL ? -logfile_open(&in->log, in->path, in->realpath) : UV_ENOMEM;
  if (error == 0) return true;
  if (error == UV_EISDIR) {
    snprintf(why, why_size,
             "cannot read %s: it is no regular file; name one, or - for standard input", in->path);
  } else {
    snprintf(why, why_size, "cannot read %s: %s; %s", in->path, strerror(-error),
             error == UV_ENOENT ? "check the path" : "make it readable for this user");
  }
  return false;
}

static bool look_at_stdin(input *in, char *why, size_t why_size) {
  in->is_stdin = true;
  in->realpath = strdup("-");
  uv_handle_type type = uv_guess_handle(0);
  if (type == UV_FILE) return true;
  int error = UV_EINVAL;
  if (type == UV_TTY) {
    error = uv_tty_init(in->loop, &in->from.tty, 0, 1);
    in->is_stream = error == 0;
  } else if (type == UV_NAMED_PIPE || type == UV_TCP) {
    uv_pipe_init(in->loop, &in->from.pipe, 0);
    in->is_stream = true;
    error = uv_pipe_open(&in->from.pipe, 0);
  }
  if (in->is_stream) {
    in->from.handle.data = in;
    in->open_handles++;
  }
  if (error == 0) return true;
  snprintf(why, why_size, "cannot read standard input: %s; give it a pipe or a file",
           uv_strerror(error));
  return false;
}

input *input_open(uv_loop_t *loop, const char *path, char *why, size_t why_size) {
  input *in = calloc(1, sizeof *in);
  snprintf(why, why_size, "out of memory");
  if (in == NULL) return NULL;
  in->loop = loop;
  in->log.fd = -1;
  in->path = strdup(path);
  uv_timer_init(loop, &in->poll);
  in->poll.data = in;
  in->request.data = in;
  in->open_handles = 1;
  bool ok = in->path != NULL && (strcmp(path, "-") == 0 ? look_at_stdin(in, why, why_size)
                                                        : look_at_file(in, why, why_size));
  if (ok && in->realpath != NULL) return in;
  input_close(in);
  return NULL;
}

bool input_seek(input *in, const place *was) {
  bool same = logfile_seek(&in->log, was);
  in->behind = logfile_look(&in->log, in->log.begin) == LOGFILE_RENAMED;
  return same;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void end(input *in) {
  if (in->ended) return;
  in->ended = true;
  uv_timer_stop(&in->poll);
  if (in->is_stream) uv_read_stop(&in->from.stream);
  if (!in->stopping || in->is_stdin) splitter_end(&in->splitter);
}

static void fail(input *in, const char *reason) {
  snprintf(in->error, sizeof in->error, "cannot read %s: %s; what was read of it is delivered",
           in->path, reason);
  in->stopping = true;
  end(in);
}

static void take(input *in, size_t length) {
  in->at_end = false;
  in->replaced_polls = 0;
  if (!in->is_stdin) logfile_read(&in->log, in->position, in->chunk, length);
  in->position += length;
  if (!splitter_feed(&in->splitter, in->chunk, length)) fail(in, "out of memory");
}

/* Reads on after a while in which the file may have been cut and grown again. */
static void resume(input *in) {
  in->cut = !in->is_stdin && logfile_look(&in->log, in->position) == LOGFILE_CUT;
  if (in->cut) {
    leave(in);
  } else {
    read_file(in);
  }
}

static void on_poll(uv_timer_t *timer) {
  input *in = timer->data;
  if (!in->paused && !in->ended) resume(in);
}

/* Is this file over? The writer of one that was renamed may not know it yet. */
static bool is_over(input *in) {
  switch (logfile_look(&in->log, in->position)) {
  case LOGFILE_WHOLE: return false;
  case LOGFILE_CUT: in->cut = true; return true;
  case LOGFILE_RENAMED: break;
  }
  return in->follow ? ++in->replaced_polls >= REPLACED_POLLS : in->behind;
}

static void leave(input *in) {
  in->replaced = true;
  splitter_end(&in->splitter);
}

static void at_end_of_file(input *in) {
  in->at_end = true;
  if (in->is_stdin) {
    end(in);
  } else if (is_over(in)) {
    leave(in);
  } else if (in->follow) {
    uv_timer_start(&in->poll, on_poll, POLL_MS, 0);
  } else {
    end(in);
  }
}

static void on_file_read(uv_fs_t *request) {
  input *in = request->data;
  ssize_t got = request->result;
  uv_fs_req_cleanup(request);
  in->reading = false;
  if (in->ended) return; /* it was given up */
  if (in->stopping) {
    /* What a file gave is there for the next start. */
    if (in->is_stdin && got > 0) take(in, (size_t)got);
    end(in);
  } else if (got < 0) {
    fail(in, uv_strerror((int)got));
  } else if (got == 0) {
    at_end_of_file(in);
  } else {
    take(in, (size_t)got);
    read_file(in);
  }
}

static void read_file(input *in) {
  if (in->paused || in->reading || in->ended || in->stopping || in->replaced) return;
  uv_buf_t buffer = uv_buf_init(in->chunk, CHUNK);
  int64_t offset = in->is_stdin ? -1 : (int64_t)in->position;
  int fd = in->is_stdin ? 0 : in->log.fd;
  int error = uv_fs_read(in->loop, &in->request, fd, &buffer, 1, offset, on_file_read);
  if (error != 0) {
    fail(in, uv_strerror(error));
    return;
  }
  in->reading = true;
}

static void on_chunk_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  input *in = handle->data;
  *buffer = uv_buf_init(in->chunk, CHUNK);
}

static void on_stream_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer) {
  (void)buffer;
  input *in = stream->data;
  if (got > 0) take(in, (size_t)got);
  if (got >= 0) return;
  in->at_end = got == UV_EOF;
  if (got == UV_EOF) {
    end(in);
  } else {
    fail(in, uv_strerror((int)got));
  }
}

static void read_more(input *in) {
  if (!in->is_stream) {
    read_file(in);
  } else if (!in->paused && !in->ended) {
    int error = uv_read_start(&in->from.stream, on_chunk_wanted, on_stream_read);
    if (error != 0 && error != UV_EALREADY) fail(in, uv_strerror(error));
  }
}

void input_start(input *in, bool follow, line_fn found, void *data) {
  in->follow = follow;
  in->position = in->log.begin;
  splitter_init(&in->splitter, in->position, found, data);
  read_more(in);
}

void input_pause(input *in, bool paused) {
  if (paused == in->paused) return;
  in->paused = paused;
  if (paused) {
    if (in->is_stream) uv_read_stop(&in->from.stream);
  } else if (in->is_stream) {
    read_more(in);
  } else if (!in->reading && !in->ended && !in->replaced &&
             !uv_is_active((uv_handle_t *)&in->poll)) {
    resume(in);
  }
}

void input_look(input *in) {
  if (uv_is_active((uv_handle_t *)&in->poll)) uv_timer_start(&in->poll, on_poll, 0, 0);
}

void input_stop(input *in) {
  in->stopping = true;
  if (!in->reading) end(in);
}

bool input_abandon(input *in) {
  bool stuck = !in->ended;
  in->stopping = true;
  end(in);
  return stuck;
}

int input_reopen(input *in, char **name) {
  *name = NULL;
  logfile_state now = logfile_look(&in->log, in->position);
  in->cut = in->cut || now == LOGFILE_CUT;
  bool grown = !in->cut && logfile_grown(&in->log, in->position);
  int error = grown ? 0 : logfile_next(&in->log, in->position, in->cut, name);
  if (error != 0) return error;
  in->replaced = false;
  in->replaced_polls = 0;
  if (!grown) {
    in->cut = false;
    in->position = in->log.begin;
    in->behind = logfile_look(&in->log, in->position) == LOGFILE_RENAMED;
    free(in->splitter.held);
    splitter_init(&in->splitter, in->position, in->splitter.found, in->splitter.data);
  }
  read_file(in);
  return grown ? EAGAIN : 0;
}

/* ---- Questions, and the end ------------------------------------------------------------------ */

const char *input_path(const input *in) {
  return in->path;
}

const char *input_realpath(const input *in) {
  return in->realpath;
}

const char *input_name(const input *in) {
  return in->log.name;
}

uint64_t input_begin(const input *in) {
  return in->log.begin;
}

place input_place(const input *in, uint64_t offset) {
  return logfile_place(&in->log, offset);
}

uint64_t input_behind(const input *in, uint64_t offset) {
  struct stat here;
  bool more = fstat(in->log.fd, &here) == 0 && (uint64_t)here.st_size > offset;
  return more ? (uint64_t)here.st_size - offset : 0;
}

char *input_missed(input *in) {
  char *missed = in->log.missed;
  in->log.missed = NULL;
  return missed;
}

bool input_rereadable(const input *in) {
  return !in->is_stdin;
}

bool input_ended(const input *in) {
  return in->ended;
}

bool input_complete(const input *in) {
  return in->at_end && !in->replaced;
}

const char *input_error(const input *in) {
  return in->error[0] != '\0' ? in->error : NULL;
}

bool input_replaced(const input *in) {
  return in->replaced && !in->ended;
}

static void on_closed(uv_handle_t *handle) {
  input *in = handle->data;
  if (--in->open_handles > 0) return;
  free(in->splitter.held);
  free(in->path);
  free(in->realpath);
  free(in);
}

void input_close(input *in) {
  if (in == NULL) return;
  logfile_close(&in->log);
  uv_close((uv_handle_t *)&in->poll, on_closed);
  if (in->is_stream) uv_close(&in->from.handle, on_closed);
}
