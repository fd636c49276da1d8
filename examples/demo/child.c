#include "child.h"
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The event stream ------------------------------------------------------------------------ */

static uint64_t number_at(json_object *object, const char *key) {
  json_object *value = NULL;
  return json_object_object_get_ex(object, key, &value) ? json_object_get_uint64(value) : 0;
}

static const char *text_at(json_object *object, const char *key) {
  json_object *value = NULL;
  const char *text =
      json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : NULL;
  return text != NULL ? text : "";
}

static void take_status(child_state *state, json_object *event) {
  json_object *retries = NULL;
  state->read = number_at(event, "read");
  state->delivered = number_at(event, "delivered");
  state->refused = number_at(event, "refused");
  state->waiting = number_at(event, "waiting");
  state->in_flight = number_at(event, "in_flight");
  state->calls = number_at(event, "calls");
  state->batches = number_at(event, "batches");
  state->elapsed_ms = number_at(event, "t_ms");
  state->final = number_at(event, "final") != 0;
  if (json_object_object_get_ex(event, "retries", &retries)) {
    state->retryable = number_at(retries, "retryable");
    state->throttled = number_at(retries, "throttled");
    state->auth = number_at(retries, "auth");
  }
}

static void take_decision(child_state *state, json_object *event) {
  child_decision *latest = &state->decisions[state->decision_count++ % CHILD_DECISIONS];
  latest->ms = number_at(event, "t_ms");
  snprintf(latest->text, sizeof latest->text, "%s: %s", text_at(event, "topic"),
           text_at(event, "text"));
  state->unconnected += strcmp(text_at(event, "code"), "CURLE_COULDNT_CONNECT") == 0;
}

static void take_refusal(child_state *state, json_object *event) {
  child_refusal told = {.lines = number_at(event, "lines")};
  snprintf(told.code, sizeof told.code, "%s", text_at(event, "code"));
  snprintf(told.error_class, sizeof told.error_class, "%s", text_at(event, "class"));
  snprintf(told.reason, sizeof told.reason, "%s", text_at(event, "reason"));
  size_t i = 0;
  while (i < state->refusal_count && (strcmp(state->refusals[i].code, told.code) != 0 ||
                                      strcmp(state->refusals[i].reason, told.reason) != 0))
    i++;
  if (i < state->refusal_count) {
    state->refusals[i].lines += told.lines;
  } else if (state->refusal_count < CHILD_REFUSALS) {
    state->refusals[state->refusal_count++] = told;
  }
}

void child_take(child_state *state, const char *line) {
  json_object *event = json_tokener_parse(line);
  const char *kind = json_object_is_type(event, json_type_object) ? text_at(event, "event") : "";
  if (strcmp(kind, "status") == 0) take_status(state, event);
  if (strcmp(kind, "decision") == 0) take_decision(state, event);
  if (strcmp(kind, "refused") == 0) take_refusal(state, event);
  json_object_put(event);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  child *running = handle->data;
  (void)suggested;
  if (running->room - running->length < 4096) {
    size_t room = running->room * 2 + 65536;
    char *grown = realloc(running->line, room);
    if (grown != NULL) {
      running->line = grown;
      running->room = room;
    }
  }
  *buffer =
      uv_buf_init(running->line + running->length, (unsigned)(running->room - running->length));
}

static void take_lines(child *running) {
  char *begin = running->line;
  char *end = running->line + running->length;
  for (char *newline; (newline = memchr(begin, '\n', (size_t)(end - begin))) != NULL;) {
    *newline = '\0';
    child_take(&running->state, begin);
    begin = newline + 1;
  }
  running->length = (size_t)(end - begin);
  memmove(running->line, begin, running->length);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer) {
  child *running = stream->data;
  (void)buffer;
  if (got < 0) {
    running->ended = true;
    uv_close((uv_handle_t *)stream, NULL);
    return;
  }
  running->length += (size_t)got;
  take_lines(running);
}

/* ---- The process ----------------------------------------------------------------------------- */

static void on_exit(uv_process_t *process, int64_t status, int signal) {
  child *running = process->data;
  running->exited = true;
  running->exit_status = status;
  running->exit_signal = signal;
  uv_close((uv_handle_t *)process, NULL);
}

static int spawn(child *started, uv_loop_t *loop, const child_options *options, int log) {
  char batch_lines[16];
  snprintf(batch_lines, sizeof batch_lines, "%u", options->batch_lines);
  const char *arguments[] = {options->agent,
                             "--endpoint",
                             options->endpoint,
                             "--topic",
                             DEMO_TOPIC,
                             options->open_file,
                             "--topic",
                             DEMO_CLOSED,
                             options->closed_file,
                             "--state",
                             options->state,
                             "--batch-lines",
                             batch_lines,
                             "--linger",
                             "50ms",
                             "--events",
                             "/dev/fd/3",
                             options->policy != NULL ? "--policy" : NULL,
                             options->policy,
                             NULL};
  uv_stdio_container_t stdio[4] = {
      {.flags = UV_IGNORE},
      {.flags = UV_INHERIT_FD, .data.fd = log},
      {.flags = UV_INHERIT_FD, .data.fd = log},
      {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&started->events},
  };
  /* Detached: Ctrl-C goes to all of a session, and the agent would get it twice. */
  uv_process_options_t process = {.exit_cb = on_exit,
                                  .flags = UV_PROCESS_DETACHED,
                                  .file = options->agent,
                                  .args = (char **)(uintptr_t)arguments,
                                  .stdio_count = 4,
                                  .stdio = stdio};
  return uv_spawn(loop, &started->process, &process);
}

bool child_start(child *started, uv_loop_t *loop, const child_options *options, char *why,
                 size_t why_size) {
  *started = (child){0};
  uv_pipe_init(loop, &started->events, 0);
  started->events.data = started;
  started->process.data = started;
  started->line = malloc(65536);
  started->room = started->line != NULL ? 65536 : 0;
  int log = open(options->stderr_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  int error = log < 0 ? uv_translate_sys_error(errno) : started->line == NULL ? UV_ENOMEM : 0;
  if (error == 0) {
    error = spawn(started, loop, options, log);
    started->spawned = true;
  }
  if (log >= 0) close(log);
  if (error == 0) {
    uv_read_start((uv_stream_t *)&started->events, on_alloc, on_read);
    return true;
  }
  snprintf(why, why_size, "cannot start the agent %s: %s", options->agent, uv_strerror(error));
  if (started->spawned) uv_close((uv_handle_t *)&started->process, NULL); /* uv_spawn has seen it */
  uv_close((uv_handle_t *)&started->events, NULL);
  return false;
}

void child_stop(child *running) {
  if (!running->exited) uv_process_kill(&running->process, SIGTERM);
}

bool child_over(const child *running) {
  return running->exited && running->ended;
}

void child_free(child *over) {
  free(over->line);
}
