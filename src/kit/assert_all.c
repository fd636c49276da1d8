/* Assertions on all operations. */
#include "kit/fail.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* False, and it has failed: there is nothing to look at, or not enough is known of it. */
static bool was_seen(const again_kit *kit, const char *file, int line) {
  if (kit->trace.operations == 0)
    return again_kit_failed(kit, file, line, NULL, "no operation was submitted");
  if (kit->trace.incomplete)
    return again_kit_failed(kit, file, line, NULL, "not everything was recorded");
  return true;
}

static bool is_of(const again_kit_record *record, const char *scope) {
  return scope == NULL || strncmp(record->scope, scope, sizeof record->scope - 1) == 0;
}

static bool is_attempt(const again_kit_record *record, const char *scope) {
  return record->kind == AGAIN_EVENT_ATTEMPT && is_of(record, scope);
}

/* As was_seen, and something was seen of this scope. */
static bool scope_was_seen(const again_kit *kit, const char *scope, const char *file, int line) {
  if (!was_seen(kit, file, line)) return false;
  for (size_t i = 0; i < kit->trace.count; i++) {
    if (kit->trace.records[i].operation != 0 && is_of(&kit->trace.records[i], scope)) return true;
  }
  return again_kit_failed(kit, file, line, NULL, "no operation was submitted to the scope \"%s\"",
                          scope);
}

/* The words that name the scope in a sentence. */
static const char *of_scope(const char *scope, char text[64]) {
  text[0] = '\0';
  if (scope != NULL) snprintf(text, 64, " of \"%.40s\"", scope);
  return text;
}

bool again_kit_check_rate(const again_kit *kit, const char *scope, uint32_t count, again_ms period,
                          const char *file, int line) {
  char of[64];
  const again_kit_trace *trace = &kit->trace;
  size_t first = 0; /* of the attempts that the last one is compared with */
  uint32_t begun = 0;
  if (!scope_was_seen(kit, scope, file, line)) return false;
  if (period == 0) period = 1;
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    if (!is_attempt(record, scope)) continue;
    begun++;
    while (!is_attempt(&trace->records[first], scope) ||
           record->now - trace->records[first].now >= period)
      begun -= is_attempt(&trace->records[first++], scope);
    if (begun <= count) continue;
    again_kit_focus focus = {0, i + 1};
    return again_kit_failed(kit, file, line, &focus,
                            "%" PRIu32 " attempts%s began from %" PRIu64 " ms to %" PRIu64
                            " ms: more than %" PRIu32 " in %" PRIu64 " ms",
                            begun, of_scope(scope, of), trace->records[first].now, record->now,
                            count, period);
  }
  return true;
}

/* What was seen of one operation. */
typedef struct tally {
  bool submitted;
  bool flying;
  size_t began; /* the record of the attempt that is under way */
  bool acted;   /* the service may have acted on it */
  uint32_t ends;
  uint32_t dones;
} tally;

/* Goes on record by record. */
typedef struct walk {
  const again_kit *kit;
  const char *file;
  int line;
  tally *tallies; /* by number */
} walk;

static bool open_walk(walk *w) {
  w->tallies = calloc((size_t)w->kit->trace.operations + 1, sizeof *w->tallies);
  if (w->tallies != NULL) return true;
  return again_kit_failed(w->kit, w->file, w->line, NULL, "out of memory");
}

/* Fails, after what the walk took was freed: `fail` may not come back. */
static bool stop(walk *w, uint32_t operation, size_t end, const char *what) {
  again_kit_focus focus = {operation, end};
  free(w->tallies);
  w->tallies = NULL;
  return again_kit_failed(w->kit, w->file, w->line, &focus, "operation %" PRIu32 " %s", operation,
                          what);
}

static bool ends_attempt(const again_kit_record *record) {
  return record->kind == AGAIN_EVENT_RETRY || (record->final && record->kind != AGAIN_KIT_DONE);
}

/* When the attempt that each record begins had ended: `ends`, by record. An end is told after the fact, in
 * the scheduler's next run, when others may have begun. */
static void find_ends(const walk *w, again_ms *ends) {
  const again_kit_trace *trace = &w->kit->trace;
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    tally *t = &w->tallies[record->operation];
    ends[i] = AGAIN_NEVER;
    if (record->operation == 0) continue;
    if (record->kind == AGAIN_EVENT_ATTEMPT) {
      t->flying = true;
      t->began = i;
    } else if (ends_attempt(record) && t->flying) {
      t->flying = false;
      ends[t->began] = record->ended;
    }
  }
}

bool again_kit_check_in_flight(const again_kit *kit, const char *scope, uint32_t count,
                               const char *file, int line) {
  char of[64];
  walk w = {kit, file, line, NULL};
  if (!scope_was_seen(kit, scope, file, line) || !open_walk(&w)) return false;
  size_t room = kit->trace.count + 1;
  again_ms *ends = calloc(2 * room, sizeof *ends);
  if (ends == NULL) return stop(&w, 0, SIZE_MAX, "cannot be counted: out of memory");
  again_ms *flying = ends + room; /* the ends of what is under way */
  size_t most = 0;
  size_t at = 0;
  find_ends(&w, ends);
  for (; at < kit->trace.count && most <= count; at++) {
    const again_kit_record *record = &kit->trace.records[at];
    if (!is_attempt(record, scope)) continue;
    size_t left = 0;
    for (size_t i = 0; i < most; i++) {
      if (flying[i] > record->now) flying[left++] = flying[i];
    }
    flying[left++] = ends[at];
    most = left;
  }
  free(ends);
  free(w.tallies);
  if (most <= count) return true;
  again_kit_focus focus = {0, at};
  return again_kit_failed(kit, file, line, &focus,
                          "%zu attempts%s were under way at %" PRIu64 " ms: more than %" PRIu32,
                          most, of_scope(scope, of), kit->trace.records[at - 1].now, count);
}

/* Counts how operations ended. False, and it has failed: there are none, or not enough is known. */
static bool count_all(walk *w) {
  const again_kit_trace *trace = &w->kit->trace;
  if (!was_seen(w->kit, w->file, w->line) || !open_walk(w)) return false;
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    tally *t = &w->tallies[record->operation];
    t->submitted |= record->kind == AGAIN_EVENT_SUBMITTED;
    t->ends += record->final && record->kind != AGAIN_KIT_DONE;
    t->dones += record->kind == AGAIN_KIT_DONE;
  }
  return true;
}

bool again_kit_check_nothing_lost(const again_kit *kit, const char *file, int line) {
  walk w = {kit, file, line, NULL};
  if (!count_all(&w)) return false;
  for (uint32_t i = 1; i <= kit->trace.operations; i++) {
    if (w.tallies[i].ends == 0) {
      return stop(&w, i, SIZE_MAX, "was submitted, and has not ended");
    }
  }
  free(w.tallies);
  return true;
}

bool again_kit_check_nothing_twice(const again_kit *kit, const char *file, int line) {
  walk w = {kit, file, line, NULL};
  if (!count_all(&w)) return false;
  for (uint32_t i = 1; i <= kit->trace.operations; i++) {
    if (w.tallies[i].ends > 1 || w.tallies[i].dones > 1) {
      return stop(&w, i, SIZE_MAX, "was done more than once");
    }
  }
  free(w.tallies);
  return true;
}

bool again_kit_check_all_delivered(const again_kit *kit, const char *file, int line) {
  uint32_t missing = 0;
  again_kit_focus focus = {0, SIZE_MAX};
  walk w = {kit, file, line, NULL};
  if (!count_all(&w)) return false;
  for (size_t i = 0; i < kit->trace.count; i++) {
    const again_kit_record *record = &kit->trace.records[i];
    if (record->kind == AGAIN_EVENT_DELIVERED) w.tallies[record->operation].acted = true;
  }
  for (uint32_t i = kit->trace.operations; i > 0; i--) {
    if (w.tallies[i].acted) continue;
    missing++;
    focus.operation = i;
  }
  free(w.tallies);
  if (missing == 0) return true;
  const again_kit_record *end = again_kit_trace_end(&kit->trace, focus.operation);
  return again_kit_failed(kit, file, line, &focus,
                          "%" PRIu32 " of %" PRIu32
                          " operations were not delivered, first operation %" PRIu32 ": %s",
                          missing, kit->trace.operations, focus.operation,
                          end != NULL ? again_reason_text(end->reason) : "it has not ended");
}

bool again_kit_check_at_most_once(const again_kit *kit, const char *file, int line) {
  walk w = {kit, file, line, NULL};
  if (!count_all(&w)) return false;
  for (size_t i = 0; i < kit->trace.count; i++) {
    const again_kit_record *record = &kit->trace.records[i];
    tally *t = &w.tallies[record->operation];
    if (record->kind == AGAIN_EVENT_ATTEMPT && t->acted) {
      return stop(&w, record->operation, i + 1,
                  "was tried again though the service may have acted on it");
    }
    t->acted |= record->operation != 0 && ends_attempt(record) &&
                record->effect >= AGAIN_EFFECT_MAYBE_APPLIED;
  }
  free(w.tallies);
  return true;
}
