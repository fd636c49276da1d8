#include "support.h"
#include <again/kit_service.h>
#include <stdlib.h>

static int status_at(again_kit_service *service, again_ms now) {
  return again_kit_service_answer(service, NULL, now).outcome.status;
}

static void a_zeroed_service_takes_everything_at_once(void **state) {
  (void)state;
  again_kit_service service = {0};
  for (again_ms now = 0; now < 1000; now++) {
    again_kit_step step = again_kit_service_answer(&service, NULL, now / 10);
    assert_int_equal(step.outcome.status, 200);
    assert_int_equal(step.takes, 0);
  }
  assert_int_equal(service.calls, 1000);
  assert_int_equal(service.taken, 1000);
}

static void a_quota_is_a_bucket_of_tokens(void **state) {
  (void)state;
  again_kit_service service = {.quota = 10, .burst = 3};
  for (int i = 0; i < 3; i++)
    assert_int_equal(status_at(&service, 5000), 200);
  assert_int_equal(status_at(&service, 5000), 429);
  assert_int_equal(status_at(&service, 5099), 429); /* a token takes 100 ms */
  assert_int_equal(status_at(&service, 5100), 200);
  assert_int_equal(status_at(&service, 5100), 429);
  for (int i = 0; i < 3; i++)
    assert_int_equal(status_at(&service, 999000), 200); /* full, not more */
  assert_int_equal(status_at(&service, 999000), 429);
  assert_int_equal(service.taken, 7);
  assert_int_equal(service.refused, 4);
}

static void a_token_is_there_when_it_is_whole(void **state) {
  (void)state;
  again_kit_service service = {.quota = 3, .burst = 1};
  assert_int_equal(status_at(&service, 1000), 200);
  assert_int_equal(status_at(&service, 1333), 429); /* 0.999 of it */
  assert_int_equal(status_at(&service, 1334), 200);
}

static void without_a_burst_the_bucket_holds_what_a_period_gives(void **state) {
  (void)state;
  again_kit_service service = {.quota = 4, .period = 60000};
  for (int i = 0; i < 4; i++)
    assert_int_equal(status_at(&service, 1), 200);
  assert_int_equal(status_at(&service, 15000), 429);
  assert_int_equal(status_at(&service, 15001), 200);
}

static void quotas_and_times_without_measure_do_not_overflow(void **state) {
  (void)state;
  again_kit_service service = {.quota = UINT32_MAX, .period = AGAIN_NEVER, .burst = UINT32_MAX};
  assert_int_equal(status_at(&service, AGAIN_NEVER), 200);
  assert_int_equal(status_at(&service, AGAIN_NEVER), 429);
  assert_int_equal(status_at(&service, 0), 429); /* a clock that goes back gives nothing */
}

static void refusals_errors_and_outages_are_as_they_are_set(void **state) {
  (void)state;
  again_kit_service service = {.quota = 1,
                               .outage_from = 2000,
                               .outage_until = 3000,
                               .refusal = {.status = 429, .code = "SpeedQuotaExceed", .hint = 7},
                               .outage = {.fault = AGAIN_FAULT_TIMEOUT}};
  assert_int_equal(status_at(&service, 0), 200);
  again_kit_step refused = again_kit_service_answer(&service, NULL, 10);
  assert_string_equal(refused.outcome.code, "SpeedQuotaExceed");
  assert_int_equal(refused.outcome.hint, 7);
  assert_int_equal(status_at(&service, 1999), 200);
  again_kit_step lost = again_kit_service_answer(&service, NULL, 2000);
  assert_int_equal(lost.outcome.fault, AGAIN_FAULT_TIMEOUT);
  assert_int_equal(lost.outcome.status, 0);
  assert_int_equal(again_kit_service_answer(&service, NULL, 2999).outcome.fault,
                   AGAIN_FAULT_TIMEOUT);
  assert_int_equal(status_at(&service, 3000), 200);
  assert_int_equal(service.lost, 2);
  again_kit_service broken = {.errors = 10000};
  assert_int_equal(status_at(&broken, 0), 500);
  broken.error.status = 503;
  assert_int_equal(status_at(&broken, 0), 503);
  assert_int_equal(broken.failed, 2);
}

static void the_share_of_errors_is_kept(void **state) {
  (void)state;
  again_kit_service service = {.seed = 9, .errors = 500};
  for (again_ms now = 0; now < 100000; now++)
    again_kit_service_answer(&service, NULL, now);
  assert_in_range(service.failed, 4800, 5200); /* deviates by 69 */
}

static int by_size(const void *a, const void *b) {
  const again_ms *left = a;
  const again_ms *right = b;
  return (*left > *right) - (*left < *right);
}

/* Of a lognormal distribution with sigma 0.5: the median is the latency, and 84.1 % are below
 * e^0.5 = 1.649 times it, 15.9 % below 0.607 times. */
static void the_latency_is_lognormal(void **state) {
  (void)state;
  enum { COUNT = 20001 };
  static again_ms takes[COUNT];
  again_kit_service service = {.seed = 4, .latency = 10000, .latency_sigma = 50};
  for (size_t i = 0; i < COUNT; i++)
    takes[i] = again_kit_service_answer(&service, NULL, i).takes;
  qsort(takes, COUNT, sizeof *takes, by_size);
  assert_in_range(takes[COUNT / 2], 9850, 10150);
  assert_in_range(takes[(size_t)(COUNT * 0.8413)], 16100, 16900);
  assert_in_range(takes[(size_t)(COUNT * 0.1587)], 5900, 6230);
}

static void the_latency_is_fixed_or_capped(void **state) {
  (void)state;
  again_kit_service fixed = {.latency = 30};
  again_kit_service wild = {.latency = 30, .latency_sigma = 1000, .latency_cap = 100};
  again_ms longest = 0;
  for (again_ms now = 0; now < 100; now++) {
    assert_int_equal(again_kit_service_answer(&fixed, NULL, now).takes, 30);
    again_ms takes = again_kit_service_answer(&wild, NULL, now).takes;
    if (takes > longest) longest = takes;
  }
  assert_int_equal(longest, 100);
}

static void the_same_seed_gives_the_same_answers(void **state) {
  (void)state;
  again_kit_service services[3];
  for (size_t i = 0; i < COUNT_OF(services); i++)
    services[i] =
        (again_kit_service){.seed = i / 2, .latency = 1000, .latency_sigma = 30, .errors = 100};
  unsigned differ = 0;
  for (again_ms now = 0; now < 1000; now++) {
    again_kit_step steps[3];
    for (size_t i = 0; i < COUNT_OF(services); i++)
      steps[i] = again_kit_service_answer(&services[i], NULL, now);
    assert_int_equal(steps[0].takes, steps[1].takes);
    assert_int_equal(steps[0].outcome.status, steps[1].outcome.status);
    differ += steps[0].takes != steps[2].takes;
  }
  assert_true(differ > 900);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_zeroed_service_takes_everything_at_once),
      cmocka_unit_test(a_quota_is_a_bucket_of_tokens),
      cmocka_unit_test(a_token_is_there_when_it_is_whole),
      cmocka_unit_test(without_a_burst_the_bucket_holds_what_a_period_gives),
      cmocka_unit_test(quotas_and_times_without_measure_do_not_overflow),
      cmocka_unit_test(refusals_errors_and_outages_are_as_they_are_set),
      cmocka_unit_test(the_share_of_errors_is_kept),
      cmocka_unit_test(the_latency_is_lognormal),
      cmocka_unit_test(the_latency_is_fixed_or_capped),
      cmocka_unit_test(the_same_seed_gives_the_same_answers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
