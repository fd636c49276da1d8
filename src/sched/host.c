/* What the program lends: memory, and a log of the events. */
#include "sched/state.h"
#include <stdlib.h>
#include <string.h>

void *again_resize(const again_allocator *allocator, void *memory, size_t size) {
  if (allocator != NULL && allocator->resize != NULL)
    return allocator->resize(allocator->data, memory, size);
  if (size > 0) return realloc(memory, size);
  free(memory);
  return NULL;
}

void *again_take_zeroed(const again_allocator *allocator, size_t size) {
  void *memory = again_resize(allocator, NULL, size);
  if (memory != NULL) memset(memory, 0, size);
  return memory;
}

char *again_take_text(const again_allocator *allocator, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = again_resize(allocator, NULL, size);
  if (copy != NULL) memcpy(copy, text, size);
  return copy;
}

void again_log_line(const again_log *log, again_log_level level, const char *line) {
  if (log->write != NULL && level >= log->least) log->write(log->data, level, line);
}

again_log_level again_event_level(const again_event *event) {
  switch (event->kind) {
  case AGAIN_EVENT_SUBMITTED:
  case AGAIN_EVENT_ATTEMPT:
  case AGAIN_EVENT_DELIVERED: return AGAIN_LOG_DEBUG;
  case AGAIN_EVENT_RETRY:
  case AGAIN_EVENT_BACKLOG_LOW:
  case AGAIN_EVENT_PACED:
  case AGAIN_EVENT_UNPACED:
  case AGAIN_EVENT_UP:
  case AGAIN_EVENT_RELOADED:
  case AGAIN_EVENT_RESUMED:
  case AGAIN_EVENT_COUNT: return AGAIN_LOG_INFO;
  case AGAIN_EVENT_BACKLOG_HIGH:
  case AGAIN_EVENT_DOWN: return AGAIN_LOG_WARNING;
  case AGAIN_EVENT_SURFACED:
  case AGAIN_EVENT_HELD: return AGAIN_LOG_ERROR;
  }
  return AGAIN_LOG_INFO;
}

static void log_event(const again_log *log, const again_event *event) {
  enum { LINE_MAX_BYTES = 400 };
  again_log_level level = again_event_level(event);
  char line[LINE_MAX_BYTES + 1];
  if (level >= log->least) again_log_line(log, level, again_explain(event, line, sizeof line));
}

void again_sched_emit(const again_sched *sched, const again_event *event) {
  if (sched->options.event != NULL) sched->options.event(sched->options.data, event);
  if (sched->options.log.write != NULL) log_event(&sched->options.log, event);
}
