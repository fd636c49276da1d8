/* What is seen of a case, collected. */
#ifndef AGAIN_CASES_SEEN_H
#define AGAIN_CASES_SEEN_H

#include "cases/keys.h"

/* Gives the facts room for attempts. False: out of memory. */
bool again_case_facts_open(again_case_facts *facts);

/* Collects what an event says about an attempt; `at` is when it began, from the submit on. */
void again_case_see_attempt(again_case_facts *facts, uint32_t attempt, again_ms at);
void again_case_see_end(again_case_facts *facts, const again_event *event);

/* The most of the ascending times that lie within one second. */
uint64_t again_case_rate(const again_ms *times, size_t count);

#endif
