/* Spans in an array: there are no more of them than batches on their way. */
#include "spans.h"

void spans_add(spans *to, uint64_t begin, uint64_t end) {
  if (begin >= end) return;
  span *last = to->count > 0 ? &to->at[to->count - 1] : NULL;
  if (last != NULL && begin <= last->end) {
    if (end > last->end) last->end = end;
  } else if (to->count < SPANS_MAX) {
    to->at[to->count++] = (span){.begin = begin, .end = end};
  }
}

bool spans_hold(const spans *in, uint64_t begin, uint64_t end) {
  for (size_t i = 0; i < in->count; i++) {
    if (begin >= in->at[i].begin && begin < in->at[i].end) return end <= in->at[i].end;
  }
  return false;
}
