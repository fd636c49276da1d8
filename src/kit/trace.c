/* The growing list of what happened, and the numbers of the operations. */
#include <again/kit_trace.h>
#include <stdlib.h>
#include <string.h>

/* An open hash table from the address of an operation to its number: a scheduler's events only have the
 * address, and programs use memory again. Nothing is taken out but with all the rest. */
typedef struct again_kit_name {
  const void *op; /* NULL: free */
  uint32_t number;
  bool open; /* it has not ended */
} again_kit_name;

static size_t hash(const void *op) {
  return (size_t)(((uint64_t)(uintptr_t)op >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20);
}

/* The place of an operation, or the free one for it. There is always a free one. */
static again_kit_name *place_of(again_kit_name *names, size_t room, const void *op) {
  size_t at = hash(op) & (room - 1);
  while (names[at].op != NULL && names[at].op != op)
    at = (at + 1) & (room - 1);
  return &names[at];
}

static bool make_room_for_names(again_kit_trace *trace) {
  if (trace->own.name_count * 2 < trace->own.name_room) return true;
  size_t room = trace->own.name_room == 0 ? 64 : trace->own.name_room * 2;
  again_kit_name *names = calloc(room, sizeof *names);
  if (names == NULL) return false;
  for (size_t i = 0; i < trace->own.name_room; i++) {
    const again_kit_name *name = &trace->own.names[i];
    if (name->op != NULL) *place_of(names, room, name->op) = *name;
  }
  free(trace->own.names);
  trace->own.names = names;
  trace->own.name_room = room;
  return true;
}

/* The name of an operation that something happens to: a new one if it had ended before. NULL: no memory. */
static again_kit_name *name_of(again_kit_trace *trace, const void *op) {
  if (!make_room_for_names(trace)) return NULL;
  again_kit_name *name = place_of(trace->own.names, trace->own.name_room, op);
  if (name->op == NULL) trace->own.name_count++;
  if (!name->open) *name = (again_kit_name){op, ++trace->operations, true};
  return name;
}

uint32_t again_kit_trace_operation(const again_kit_trace *trace, const void *op) {
  if (trace->own.name_room == 0) return 0;
  return place_of(trace->own.names, trace->own.name_room, op)->number;
}

static again_kit_record *append(again_kit_trace *trace) {
  if (trace->count == trace->own.room) {
    size_t room = trace->own.room == 0 ? 64 : trace->own.room * 2;
    again_kit_record *records = realloc(trace->records, room * sizeof *records);
    if (records == NULL) {
      trace->incomplete = true;
      return NULL;
    }
    trace->records = records;
    trace->own.room = room;
  }
  again_kit_record *record = &trace->records[trace->count++];
  *record = (again_kit_record){0};
  return record;
}

/* Copies a text, cut between characters. */
static void copy(char *to, size_t size, const char *from) {
  size_t length = from != NULL ? strlen(from) : 0;
  if (length >= size) {
    length = size - 1;
    while (length > 0 && ((unsigned char)from[length] & 0xC0) == 0x80)
      length--;
  }
  if (length > 0) memcpy(to, from, length);
  to[length] = '\0';
}

static void keep_result(again_kit_record *record, const again_result *result) {
  record->reason = result->reason;
  record->status = result->status;
  record->fault = result->fault;
  record->effect = result->effect;
  copy(record->code, sizeof record->code, result->code);
  if (result->history_count > 0) record->ended = result->history[result->history_count - 1].ended;
}

static void keep_verdict(again_kit_record *record, const again_verdict *verdict) {
  record->judged = true;
  record->verdict = (again_verdict){.error_class = verdict->error_class,
                                    .remedy = verdict->remedy,
                                    .damage = verdict->damage,
                                    .origin = verdict->origin,
                                    .rule = verdict->rule};
}

void again_kit_trace_event(void *data, const again_event *event) {
  again_kit_trace *trace = data;
  if (trace->paused) return;
  again_kit_name *name = NULL;
  if (event->op != NULL && (name = name_of(trace, event->op)) == NULL) trace->incomplete = true;
  again_kit_record *record = append(trace);
  if (record == NULL) return;
  record->kind = event->kind;
  record->final = event->kind == AGAIN_EVENT_DELIVERED || event->kind == AGAIN_EVENT_SURFACED;
  record->now = event->now;
  record->operation = name != NULL ? name->number : 0;
  record->attempt = event->attempt;
  record->at = event->until;
  if (event->scope != NULL) copy(record->scope, sizeof record->scope, event->scope->name);
  if (event->verdict != NULL) keep_verdict(record, event->verdict);
  if (event->result != NULL) keep_result(record, event->result);
  if (event->decision != NULL) {
    record->at = event->decision->at;
    record->delay_min = event->decision->delay_min;
    record->delay_max = event->decision->delay_max;
  }
  if (record->final && name != NULL) name->open = false;
}

void again_kit_trace_done(again_kit_trace *trace, const again_op *op, const again_result *result,
                          again_ms now) {
  if (trace->paused) return;
  again_kit_record *record = append(trace);
  if (record == NULL) return;
  record->kind = AGAIN_KIT_DONE;
  record->final = true;
  record->now = now;
  record->operation = again_kit_trace_operation(trace, op);
  record->attempt = result->attempts;
  if (result->attempts > 0) keep_verdict(record, &result->verdict);
  keep_result(record, result);
}

void again_kit_trace_clear(again_kit_trace *trace) {
  free(trace->records);
  free(trace->own.names);
  *trace = (again_kit_trace){.paused = trace->paused};
}

const again_kit_record *again_kit_trace_attempt(const again_kit_trace *trace, uint32_t operation,
                                                uint32_t attempt) {
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    bool ends = record->judged && (record->kind == AGAIN_EVENT_RETRY || record->final);
    if (ends && record->operation == operation && record->attempt == attempt) return record;
  }
  return NULL;
}

const again_kit_record *again_kit_trace_end(const again_kit_trace *trace, uint32_t operation) {
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    if (record->operation == operation && record->final) return record;
  }
  return NULL;
}

static bool same_verdict(const again_verdict *a, const again_verdict *b) {
  return a->error_class == b->error_class && a->remedy == b->remedy && a->damage == b->damage &&
         a->origin == b->origin && a->rule == b->rule;
}

static bool same_record(const again_kit_record *a, const again_kit_record *b) {
  return a->kind == b->kind && a->final == b->final && a->judged == b->judged && a->now == b->now &&
         a->operation == b->operation && a->attempt == b->attempt && a->reason == b->reason &&
         a->ended == b->ended && a->at == b->at && a->delay_min == b->delay_min &&
         a->delay_max == b->delay_max && a->fault == b->fault && a->status == b->status &&
         a->effect == b->effect && same_verdict(&a->verdict, &b->verdict) &&
         strcmp(a->code, b->code) == 0 && strcmp(a->scope, b->scope) == 0;
}

bool again_kit_trace_equal(const again_kit_trace *a, const again_kit_trace *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++) {
    if (!same_record(&a->records[i], &b->records[i])) return false;
  }
  return true;
}
