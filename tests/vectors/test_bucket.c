/* Token buckets of the AWS SDKs, as budgets. */
#include "vectors.h"

/* Source: aws-c-io standard_retry_test.c: 15 tokens; 10 for a transient error, 5 for one of the
 * server; one back for a success. Its partitions are our scopes. It takes what there is and refuses
 * only at 0; we refuse what is not there in full. No row tells the two apart. */
static void the_bucket_of_aws_c_io_gives_and_takes_alike(void **state) {
  (void)state;
  static const struct {
    int bucket;
    uint32_t cost; /* 0: five successes */
    bool taken;
    uint32_t left;
  } rows[] = {
      {0, 10, true, 5}, {0, 5, true, 0},  {0, 5, false, 0},
      {0, 5, false, 0}, {1, 5, true, 10}, /* another partition */
      {2, 10, true, 5}, {2, 5, true, 0},  {2, 5, false, 0},
      {2, 0, true, 5},  {2, 5, true, 0},  {2, 5, false, 0},
  };
  again_budget_policy policy = {.capacity = 15, .refund = 1};
  again_budget buckets[3] = {{.used = false}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    again_budget *bucket = &buckets[rows[i].bucket];
    for (int success = 0; rows[i].cost == 0 && success < 5; success++) {
      uint32_t before = again_budget_tokens(bucket, &policy, 0);
      again_budget_give(bucket, &policy, policy.refund, 0);
      assert_int_equal(again_budget_tokens(bucket, &policy, 0), before + 1);
    }
    assert_int_equal(again_budget_take(bucket, &policy, rows[i].cost, 0), rows[i].taken);
    assert_int_equal(again_budget_tokens(bucket, &policy, 0), rows[i].left);
    vector_holds(VECTOR_awscio_bucket);
  }
}

/* botocore's bucket starts empty. Ten tokens per second, and at most ten. */
static const again_budget_policy ten = {.capacity = 10, .refill_pct = 1000};

static again_budget empty_at_0(const again_budget_policy *policy) {
  again_budget bucket = {.used = false};
  assert_true(again_budget_take(&bucket, policy, policy->capacity, 0));
  return bucket;
}

/* Source: botocore test_bucket.py. Its bucket is the one of a rate limiter and waits where ours
 * refuses: "must wait 0.05 s" is refused until then, and taken then. */
static void the_bucket_of_botocore_fills_alike(void **state) {
  (void)state;
  again_budget bucket = empty_at_0(&ten);
  for (again_ms now = 1000; now <= 5000; now += 1000)
    assert_true(again_budget_take(&bucket, &ten, 1, now));
  vector_holds(VECTOR_aws_token_bucket);

  bucket = empty_at_0(&ten);
  for (again_ms i = 0; i < 20; i++)
    assert_true(again_budget_take(&bucket, &ten, 1, 1000 + 100 * i));
  vector_holds(VECTOR_aws_token_bucket);

  bucket = empty_at_0(&ten);
  assert_true(again_budget_take(&bucket, &ten, 1, 100));
  assert_int_equal(again_budget_tokens(&bucket, &ten, 100), 0);
  assert_false(again_budget_take(&bucket, &ten, 1, 150));
  assert_false(again_budget_take(&bucket, &ten, 1, 199));
  assert_true(again_budget_take(&bucket, &ten, 1, 200));
  assert_int_equal(again_budget_tokens(&bucket, &ten, 200), 0);
  /* It asks at 0.300001, because 0.1 has no exact double. Ours counts in whole units: at 0.3. */
  assert_true(again_budget_take(&bucket, &ten, 1, 300));
  vector_holds(VECTOR_aws_token_bucket);

  bucket = empty_at_0(&ten);
  assert_false(again_budget_take(&bucket, &ten, 100, 1000));
  vector_holds(VECTOR_aws_token_bucket);
}

static void a_slower_bucket_of_botocore_holds_less(void **state) {
  (void)state;
  /* A rate below 1 has room for one token all the same: a capacity is a whole number of them. */
  static const again_budget_policy half = {.capacity = 1, .refill_pct = 50};
  again_budget bucket = empty_at_0(&half);
  assert_false(again_budget_take(&bucket, &half, 1, 1999));
  assert_true(again_budget_take(&bucket, &half, 1, 2000));
  assert_int_equal(again_budget_tokens(&bucket, &half, 3600000), 1);
  vector_holds(VECTOR_aws_token_bucket);

  /* Lowered while in use. botocore keeps the tokens up to the new capacity, we keep the fraction
     (as gRPC does): 9 of 10 becomes 0.9 of 1. Both have one a second later. */
  static const again_budget_policy one = {.capacity = 1, .refill_pct = 100};
  bucket = empty_at_0(&ten);
  for (again_ms now = 1000; now <= 5000; now += 1000)
    assert_true(again_budget_take(&bucket, &ten, 1, now));
  again_budget_rescale(&bucket, &ten, &one, 5000);
  for (again_ms now = 6000; now <= 10000; now += 1000)
    assert_true(again_budget_take(&bucket, &one, 1, now));
  vector_holds(VECTOR_aws_token_bucket);
}

int vectors_bucket(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_bucket_of_aws_c_io_gives_and_takes_alike),
      cmocka_unit_test(the_bucket_of_botocore_fills_alike),
      cmocka_unit_test(a_slower_bucket_of_botocore_holds_less),
  };
  return cmocka_run_group_tests_name("token buckets", tests, NULL, NULL);
}
