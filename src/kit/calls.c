/* What is to happen later: a binary heap by time, then by order of asking. */
#include "kit/calls.h"
#include <stdlib.h>

typedef struct again_kit_call {
  again_ms at;
  uint64_t order;
  again_kit_fn fn; /* NULL: `data` is an operation whose attempt ends with `outcome` */
  void *data;
  again_outcome outcome;
} again_kit_call;

static bool is_before(const again_kit_call *a, const again_kit_call *b) {
  return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void swap(again_kit_call *a, again_kit_call *b) {
  again_kit_call kept = *a;
  *a = *b;
  *b = kept;
}

static void move_up(again_kit_call *calls, size_t at) {
  for (; at > 0 && is_before(&calls[at], &calls[(at - 1) / 2]); at = (at - 1) / 2)
    swap(&calls[at], &calls[(at - 1) / 2]);
}

static void move_down(again_kit_call *calls, size_t count, size_t at) {
  for (;;) {
    size_t least = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++) {
      if (is_before(&calls[child], &calls[least])) least = child;
    }
    if (least == at) return;
    swap(&calls[at], &calls[least]);
    at = least;
  }
}

static int add(again_kit *kit, again_kit_call call) {
  if (kit->own.call_count == kit->own.call_room) {
    size_t room = kit->own.call_room == 0 ? 16 : kit->own.call_room * 2;
    again_kit_call *calls = realloc(kit->own.calls, room * sizeof *calls);
    if (calls == NULL) return AGAIN_ENOMEM;
    kit->own.calls = calls;
    kit->own.call_room = room;
  }
  call.order = kit->own.order++;
  kit->own.calls[kit->own.call_count] = call;
  move_up(kit->own.calls, kit->own.call_count++);
  return 0;
}

int again_kit_after(again_kit *kit, again_ms delay, again_kit_fn fn, void *data) {
  return add(kit, (again_kit_call){.at = again_ms_add(kit->now, delay), .fn = fn, .data = data});
}

int again_kit_answer(again_kit *kit, again_op *op, const again_kit_step *step) {
  if (step->takes == 0) return again_sched_report(kit->sched, op, &step->outcome, kit->now);
  again_ms at = again_ms_add(kit->now, step->takes);
  return add(kit, (again_kit_call){.at = at, .data = op, .outcome = step->outcome});
}

size_t again_kit_forget(again_kit *kit, const void *data) {
  size_t kept = 0;
  for (size_t i = 0; i < kit->own.call_count; i++) {
    if (kit->own.calls[i].data == data) continue;
    kit->own.calls[kept] = kit->own.calls[i];
    move_up(kit->own.calls, kept++); /* the first ones are a heap, always */
  }
  size_t forgotten = kit->own.call_count - kept;
  kit->own.call_count = kept;
  return forgotten;
}

again_ms again_kit_calls_next(const again_kit *kit) {
  return kit->own.call_count > 0 ? kit->own.calls[0].at : AGAIN_NEVER;
}

void again_kit_calls_run(again_kit *kit) {
  while (again_kit_calls_next(kit) <= kit->now && kit->own.call_count > 0) {
    again_kit_call call = kit->own.calls[0];
    kit->own.calls[0] = kit->own.calls[--kit->own.call_count];
    move_down(kit->own.calls, kit->own.call_count, 0);
    if (call.fn != NULL) {
      call.fn(call.data);
    } else {
      again_sched_report(kit->sched, call.data, &call.outcome, kit->now);
    }
  }
}
