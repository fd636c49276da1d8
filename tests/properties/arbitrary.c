#include "arbitrary.h"

uint64_t arbitrary_case;

static again_random seeded(void) {
  again_random mixed = {arbitrary_case};
  return (again_random){again_random_next(&mixed)};
}

again_random arbitrary_first(void) {
  arbitrary_case = 0;
  return seeded();
}

again_random arbitrary_next(void) {
  arbitrary_case++;
  return seeded();
}

uint64_t any_up_to(again_random *random, uint64_t limit) {
  return again_random_scale(again_random_next(random), limit);
}

bool any_one_in(again_random *random, uint32_t n) {
  return again_random_next(random) % n == 0;
}

uint64_t any_number(again_random *random) {
  static const uint64_t edges[] = {0,
                                   1,
                                   2,
                                   99,
                                   100,
                                   101,
                                   UINT32_MAX,
                                   AGAIN_NEVER / 2,
                                   AGAIN_NEVER,
                                   INT64_MAX,
                                   AGAIN_NEVER / 100,
                                   AGAIN_NEVER - 1};
  uint64_t choice = again_random_next(random);
  if (choice % 8 == 0) return edges[choice / 8 % COUNT_OF(edges)];
  return again_random_next(random) >> (choice >> 58);
}

uint32_t any_count(again_random *random) {
  uint64_t choice = again_random_next(random);
  if (choice % 8 == 0) return choice & 8 ? UINT32_MAX : UINT32_MAX - 1;
  return (uint32_t)(choice >> 32) >> (choice >> 3 & 31);
}

static void fill(again_random *random, again_backoff *backoff, again_ms *list) {
  uint64_t bits = again_random_next(random);
  backoff->multiplier_pct = 100 + (uint32_t)(bits % 901);
  backoff->jitter = (again_jitter)(bits >> 16 & 3);
  backoff->growth = (again_growth)((bits >> 20 & 0xff) % AGAIN_GROWTH_COUNT);
  backoff->jitter_pct = (uint32_t)((bits >> 32) % 101);
  backoff->list = list;
  backoff->list_count = 1 + (bits >> 60 & 3);
}

again_backoff any_backoff(again_random *random, again_ms *list) {
  again_backoff backoff = {.base = any_number(random), .step = any_number(random)};
  if (backoff.base == 0) backoff.base = 1;
  backoff.cap = again_ms_add(backoff.base, any_number(random));
  for (int i = 0; i < 4; i++)
    list[i] = any_number(random);
  fill(random, &backoff, list);
  return backoff;
}

again_backoff any_common_backoff(again_random *random, again_ms *list) {
  again_backoff backoff = {.base = 1 + any_up_to(random, 1000), .step = any_up_to(random, 500)};
  backoff.cap = backoff.base + any_up_to(random, 60000);
  for (int i = 0; i < 4; i++)
    list[i] = any_up_to(random, 9000);
  fill(random, &backoff, list);
  return backoff;
}

static again_class_policy any_class(again_random *random, again_ms *list) {
  return (again_class_policy){.backoff = any_backoff(random, list),
                              .max_attempts = any_one_in(random, 3) ? 0 : any_count(random),
                              .max_elapsed =
                                  any_one_in(random, 3) ? AGAIN_NEVER : any_number(random)};
}

again_policy any_policy(again_random *random, again_ms *lists) {
  return (again_policy){
      .name = "any",
      .retryable = any_class(random, lists),
      .throttled = any_class(random, lists + 4),
      .auth = any_class(random, lists + 8),
      .max_attempts = any_one_in(random, 2) ? 0 : any_count(random),
      .at_most_once = any_one_in(random, 4),
      .hint_cap = any_number(random),
      .hint_spread_pct = (uint32_t)any_up_to(random, 100),
      .attempt_timeout = 1 + any_up_to(random, 100000),
      .connect_timeout = 1,
      .operation_deadline = AGAIN_NEVER,
      .scope_in_flight = 1 + (uint32_t)any_up_to(random, 20),
      .total_in_flight = 1 + (uint32_t)any_up_to(random, 40),
  };
}

again_budget_policy any_budget(again_random *random) {
  return (again_budget_policy){.capacity = any_one_in(random, 9) ? 0 : any_count(random),
                               .retryable = any_count(random),
                               .throttled = any_count(random),
                               .timeout = any_count(random),
                               .refund = any_count(random),
                               .refill_pct = any_one_in(random, 4) ? 0 : any_count(random)};
}

again_outcome any_outcome(again_random *random) {
  static const char *const codes[] = {NULL, "", "Known", "Family.Member", "Family", "Unknown"};
  static const int statuses[] = {200, 400, 401, 403, 408, 413, 429, 500, 503};
  uint64_t bits = again_random_next(random);
  again_outcome outcome = {.code = codes[(bits & 0xff) % COUNT_OF(codes)],
                           .message = bits >> 8 & 1 ? "message" : NULL,
                           .request_id = bits >> 9 & 1 ? "id" : NULL,
                           .effect = (again_effect)(bits >> 10 & 3),
                           .remedied = (bits >> 12 & 7) == 0};
  outcome.status = statuses[(bits >> 16 & 0xff) % COUNT_OF(statuses)];
  if ((bits >> 24 & 7) == 0) outcome.status = (int)(uint32_t)(bits >> 32) / 2; /* nonsense */
  if ((bits >> 27 & 7) < 3) {
    outcome.fault = (again_fault)((bits >> 32 & 0xff) % AGAIN_FAULT_COUNT);
    outcome.status = outcome.fault == AGAIN_FAULT_NONE ? outcome.status : 0;
  }
  if (any_one_in(random, 2)) outcome.hint = any_number(random);
  return outcome;
}

again_ms model_times(again_ms a, uint64_t b) {
  return a != 0 && b > AGAIN_NEVER / a ? AGAIN_NEVER : a * b;
}

again_ms model_share(again_ms a, uint32_t pct) {
  return a / 100 * pct + a % 100 * pct / 100; /* pct <= 100: never more than a */
}
