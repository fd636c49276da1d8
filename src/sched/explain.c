/* Events in words. */
#include <again/sched.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const event_names[] = {
#define X(name, text, sentence) text,
    AGAIN_EVENT_MAP(X)
#undef X
};

static const char *const event_texts[] = {
#define X(name, text, sentence) sentence,
    AGAIN_EVENT_MAP(X)
#undef X
};

const char *again_event_name(again_event_kind value) {
  return (size_t)value < AGAIN_EVENT_COUNT ? event_names[value] : "?";
}

const char *again_event_text(again_event_kind value) {
  return (size_t)value < AGAIN_EVENT_COUNT ? event_texts[value] : "?";
}

/* A duration as people say it: "35ms", "1.3s", "2m05s", "3h20m". */
static void say_duration(again_ms ms, char *buffer, size_t size) {
  if (ms < 1000) {
    snprintf(buffer, size, "%" PRIu64 "ms", ms);
  } else if (ms < 60000) {
    snprintf(buffer, size, "%" PRIu64 ".%" PRIu64 "s", ms / 1000, ms % 1000 / 100);
  } else if (ms < 3600000) {
    snprintf(buffer, size, "%" PRIu64 "m%02" PRIu64 "s", ms / 60000, ms % 60000 / 1000);
  } else {
    snprintf(buffer, size, "%" PRIu64 "h%02" PRIu64 "m", ms / 3600000, ms % 3600000 / 60000);
  }
}

/* "throttled 429 SpeedQuotaExceed (attempt 2)": what happened. */
static void say_verdict(const again_event *event, char *buffer, size_t size) {
  const again_result *result = event->result;
  char status[16] = "";
  if (result->status != 0) snprintf(status, sizeof status, " %d", result->status);
  snprintf(buffer, size, "%s%s%s%s (attempt %" PRIu32 ")",
           again_class_name(event->verdict->error_class), status, result->code[0] ? " " : "",
           result->code, event->attempt);
}

/* "topic-7 is held: fatal 400 TopicClosed (attempt 1); probed in 9.3s". */
static void say_hold(const again_event *event, char *buffer, size_t size) {
  const char *name = event->scope->name != NULL ? event->scope->name : "a scope";
  char happened[128] = "by hand";
  char wait[32];
  if (event->kind == AGAIN_EVENT_RESUMED) {
    snprintf(buffer, size, "%s sends again", name);
    return;
  }
  if (event->verdict != NULL) say_verdict(event, happened, sizeof happened);
  if (event->until == AGAIN_NEVER) {
    snprintf(buffer, size, "%s is held: %s", name, happened);
    return;
  }
  say_duration(event->until > event->now ? event->until - event->now : 0, wait, sizeof wait);
  snprintf(buffer, size, "%s is held: %s; probed in %s", name, happened, wait);
}

/* "topic-7: the backlog has passed 80 % of a limit". */
static void say_scope(const again_event *event, char *buffer, size_t size) {
  const char *name = event->scope == NULL         ? "all scopes"
                     : event->scope->name != NULL ? event->scope->name
                                                  : "a scope";
  snprintf(buffer, size, "%s: %s", name, again_event_text(event->kind));
}

static void say_event(const again_event *event, char *buffer, size_t size) {
  if (event->kind == AGAIN_EVENT_HELD || event->kind == AGAIN_EVENT_RESUMED) {
    say_hold(event, buffer, size);
    return;
  }
  if (event->op == NULL && event->result == NULL) {
    say_scope(event, buffer, size);
    return;
  }
  if (event->result == NULL) {
    snprintf(buffer, size, "%s (attempt %" PRIu32 ")", again_event_name(event->kind),
             event->attempt);
    return;
  }
  char happened[128] = "not attempted";
  if (event->verdict != NULL) say_verdict(event, happened, sizeof happened);
  const char *why = again_reason_text(event->result->reason);
  if (event->kind == AGAIN_EVENT_RETRY) {
    again_ms at = event->decision->at;
    char wait[32] = "later";
    if (at != AGAIN_NEVER) {
      memcpy(wait, "in ", 3);
      say_duration(at > event->now ? at - event->now : 0, wait + 3, sizeof wait - 3);
    }
    snprintf(buffer, size, "%s: again %s, %s", happened, wait, why);
  } else if (event->kind == AGAIN_EVENT_DELIVERED) {
    snprintf(buffer, size, "%s: %s", happened, why);
  } else {
    snprintf(buffer, size, "%s: surfaced, %s", happened, why);
  }
}

/* A name may hold anything, and a line is one line. */
char *again_explain(const again_event *event, char *buffer, size_t size) {
  say_event(event, buffer, size);
  for (char *at = buffer; *at != '\0'; at++) {
    if ((unsigned char)*at < ' ' || *at == 127) *at = ' ';
  }
  return buffer;
}
