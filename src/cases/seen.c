#include "cases/seen.h"
#include <stdlib.h>

static again_words bit(int value) {
  return UINT32_C(1) << value;
}

bool again_case_facts_open(again_case_facts *facts) {
  *facts = (again_case_facts){.list = calloc(AGAIN_CASES_ATTEMPTS_MAX, sizeof *facts->list)};
  return facts->list != NULL;
}

/* The place of an attempt; NULL: it is beyond those that are looked at. */
static again_case_attempt *place_of(again_case_facts *facts, uint32_t attempt) {
  if (attempt == 0 || attempt > AGAIN_CASES_ATTEMPTS_MAX) return NULL;
  if (attempt > facts->list_count) facts->list_count = attempt;
  return &facts->list[attempt - 1];
}

void again_case_see_attempt(again_case_facts *facts, uint32_t attempt, again_ms at) {
  again_case_attempt *seen = place_of(facts, attempt);
  if (seen != NULL) again_span_add(&seen->at, at);
}

void again_case_see_end(again_case_facts *facts, const again_event *event) {
  again_case_attempt *seen = place_of(facts, event->attempt);
  if (seen == NULL) return;
  seen->classes |= bit((int)event->verdict->error_class);
  seen->remedies |= bit((int)event->verdict->remedy);
  seen->damages |= bit((int)event->verdict->damage);
  seen->reasons |= bit((int)event->result->reason);
  const again_decision *decision = event->decision;
  if (decision == NULL) return;
  again_span_add(&seen->delay, decision->at > event->now ? decision->at - event->now : 0);
  again_span_join(&seen->window, &(again_span){true, decision->delay_min, decision->delay_max});
}

uint64_t again_case_rate(const again_ms *times, size_t count) {
  size_t most = 0;
  for (size_t first = 0, last = 0; last < count; last++) {
    while (times[last] - times[first] >= 1000)
      first++;
    if (last - first + 1 > most) most = last - first + 1;
  }
  return most;
}

static void merge_attempt(again_case_attempt *into, const again_case_attempt *seen) {
  again_span_join(&into->at, &seen->at);
  again_span_join(&into->delay, &seen->delay);
  again_span_join(&into->window, &seen->window);
  into->classes |= seen->classes;
  into->remedies |= seen->remedies;
  into->damages |= seen->damages;
  into->reasons |= seen->reasons;
}

static void merge_all(again_case_all *into, const again_case_all *seen) {
  again_span_join(&into->delivered, &seen->delivered);
  again_span_join(&into->surfaced, &seen->surfaced);
  again_span_join(&into->waiting, &seen->waiting);
  again_span_join(&into->refused, &seen->refused);
  again_span_join(&into->calls, &seen->calls);
  again_span_join(&into->in_flight, &seen->in_flight);
  again_span_join(&into->rate, &seen->rate);
  again_span_join(&into->elapsed, &seen->elapsed);
  for (size_t i = 0; i < AGAIN_REASON_COUNT; i++)
    again_span_join(&into->reasons[i], &seen->reasons[i]);
  for (size_t i = 0; i < AGAIN_EVENT_COUNT; i++)
    again_span_join(&into->events[i], &seen->events[i]);
}

int again_case_merge(again_case_facts *into, const again_case_facts *seen) {
  if (into->list == NULL && !again_case_facts_open(into)) return AGAIN_ENOMEM;
  if (seen->list_count > into->list_count) into->list_count = seen->list_count;
  for (size_t i = 0; i < seen->list_count; i++)
    merge_attempt(&into->list[i], &seen->list[i]);
  again_span_join(&into->attempts, &seen->attempts);
  again_span_join(&into->elapsed, &seen->elapsed);
  into->results |= seen->results;
  into->reasons |= seen->reasons;
  into->effects |= seen->effects;
  merge_all(&into->all, &seen->all);
  return 0;
}
