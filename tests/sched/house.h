/* An account with two topics that can be held, on a virtual clock. */
#ifndef AGAIN_TESTS_SCHED_HOUSE_H
#define AGAIN_TESTS_SCHED_HOUSE_H

#include "fixture.h"

#define CLOSED_IN(ms)  TAKES(ms, .status = 400, .code = "TopicClosed")
#define ARREARS_IN(ms) TAKES(ms, .status = 403, .code = "AccountArrears")
#define EXPIRED_IN(ms) TAKES(ms, .status = 401, .code = "TokenFailure")

static const again_code house_codes[] = {
    {"AccountArrears", 403, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_ACCOUNT, ""},
    {"TokenFailure", 401, AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL, ""},
    {"TopicClosed", 400, AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC, ""},
};
static const again_catalogue house_catalogue = {.codes = house_codes,
                                                .count = COUNT_OF(house_codes)};

/* An account with two topics, and what was told of them. */
typedef struct house {
  again_policy policy;
  again_kit kit;
  again_scope account;
  again_scope topic;
  again_scope other;
  unsigned held;
  unsigned resumed;
  char last[160];
} house;

static inline void house_on_event(void *data, const again_event *event) {
  house *h = data;
  h->held += event->kind == AGAIN_EVENT_HELD;
  h->resumed += event->kind == AGAIN_EVENT_RESUMED;
  if (event->kind == AGAIN_EVENT_HELD || event->kind == AGAIN_EVENT_RESUMED) {
    again_explain(event, h->last, sizeof h->last);
  }
}

static inline void house_init(house *h) {
  *h = (house){.policy = steady_policy};
  h->policy.hold = (again_class_policy){
      {.base = 1000, .cap = 4000, .multiplier_pct = 200, .jitter = AGAIN_JITTER_NONE},
      0,
      AGAIN_NEVER};
  again_sched_options options = {.catalogue = &house_catalogue, .event = house_on_event, .data = h};
  assert_int_equal(again_kit_init(&h->kit, &h->policy, &options, 1000), 0);
  h->account = (again_scope){.name = "account", .kind = AGAIN_DAMAGE_ACCOUNT};
  h->topic = (again_scope){.name = "topic", .kind = AGAIN_DAMAGE_TOPIC, .parent = &h->account};
  h->other = (again_scope){.name = "other", .kind = AGAIN_DAMAGE_TOPIC, .parent = &h->account};
  assert_int_equal(again_scope_init(&h->account, h->kit.sched), 0);
  assert_int_equal(again_scope_init(&h->topic, h->kit.sched), 0);
  assert_int_equal(again_scope_init(&h->other, h->kit.sched), 0);
}

static inline void house_submit(house *h, again_kit_op *op, again_scope *scope) {
  assert_int_equal(again_kit_submit(&h->kit, op, scope, AGAIN_NEVER), 0);
}

#endif
