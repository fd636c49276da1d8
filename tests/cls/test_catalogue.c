#include "support.h"
#include <again/cls.h>
#include <again/policy.h>
#include <stdio.h>
#include <string.h>

/* The service's published list, in its order. */
static const struct {
  int status;
  const char *code;
} published[] = {
    {400, "InvalidAuthorization"},
    {400, "InvalidCompressType"},
    {400, "InvalidContent"},
    {400, "InvalidContentType"},
    {400, "InvalidParam"},
    {400, "MissingAgentIp"},
    {400, "MissingAgentVersion"},
    {400, "MissingAuthorization"},
    {400, "MissingContent"},
    {400, "MissingContentType"},
    {400, "TopicClosed"},
    {400, "IndexRuleEmpty"},
    {400, "LogsetNotEmpty"},
    {400, "SyntaxError"},
    {400, "LogsetEmpty"},
    {401, "AuthFailure.SecretIdNotFound"},
    {401, "AuthFailure.SignatureFailure"},
    {401, "AuthFailure.SignatureExpire"},
    {401, "AuthFailure.MFAFailure"},
    {401, "AuthFailure.UnauthorizedOperation"},
    {401, "AuthFailure.InvalidSecretId"},
    {401, "AuthFailure.TokenFailure"},
    {401, "AuthFailure.Unauthorized"},
    {403, "LogsetExceed"},
    {403, "LogSizeExceed"},
    {403, "MachineGroupExceed"},
    {403, "NotAllowed"},
    {403, "TopicExceed"},
    {403, "ShipperExceed"},
    {403, "TaskReadOnly"},
    {403, "AccountArrears"},
    {403, "ServiceNotActivated"},
    {404, "CursorNotExist"},
    {404, "TaskNotExist"},
    {404, "IndexNotExist"},
    {404, "LogsetNotExist"},
    {404, "MachineGroupNotExist"},
    {404, "ShipperNotExist"},
    {404, "TopicNotExist"},
    {404, "ConsumerNotExist"},
    {405, "NotSupported"},
    {409, "IndexConflict"},
    {409, "LogsetConflict"},
    {409, "MachineGroupConflict"},
    {409, "ShipperConflict"},
    {409, "TopicConflict"},
    {409, "ConsumerConflict"},
    {429, "SpeedQuotaExceed"},
    {500, "InternalError"},
};

static const again_code *find(const char *code) {
  return again_catalogue_find(again_cls_catalogue(), code, NULL);
}

static void all_49_published_codes_are_there_with_their_status(void **state) {
  (void)state;
  assert_int_equal(COUNT_OF(published), 49);
  for (size_t i = 0; i < COUNT_OF(published); i++) {
    again_origin origin;
    const again_code *code =
        again_catalogue_find(again_cls_catalogue(), published[i].code, &origin);
    assert_non_null(code);
    assert_int_equal(origin, AGAIN_ORIGIN_CODE);
    assert_int_equal(code->status, published[i].status);
  }
}

static void the_table_is_sorted_and_every_entry_says_what_to_do(void **state) {
  (void)state;
  const again_catalogue *all = again_cls_catalogue();
  for (size_t i = 0; i < all->count; i++) {
    size_t length = strlen(all->codes[i].advice);
    assert_true(length > 15 && all->codes[i].advice[length - 1] == '.');
    if (i > 0) assert_true(strcmp(all->codes[i - 1].name, all->codes[i].name) < 0);
    assert_true(all->codes[i].error_class != AGAIN_CLASS_OK);
  }
}

static void codes_have_the_class_and_remedy_their_meaning_asks_for(void **state) {
  (void)state;
  static const struct {
    const char *code;
    again_class error_class;
    again_remedy remedy;
    again_damage damage;
  } rows[] = {
      {"SpeedQuotaExceed", AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC},
      {"InternalError", AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT},
      {"InternalError.ServerBusy", AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ENDPOINT},
      {"MissingAuthorization", AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL},
      {"InvalidAuthorization", AGAIN_CLASS_AUTH, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_CREDENTIAL},
      {"AuthFailure.SignatureExpire", AGAIN_CLASS_AUTH, AGAIN_REMEDY_RESYNC,
       AGAIN_DAMAGE_CREDENTIAL},
      {"AuthFailure.Anything.New", AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL},
      {"LogSizeExceed", AGAIN_CLASS_FATAL, AGAIN_REMEDY_SPLIT, AGAIN_DAMAGE_BATCH},
      {"LimitExceeded.LogSize", AGAIN_CLASS_FATAL, AGAIN_REMEDY_SPLIT, AGAIN_DAMAGE_BATCH},
      {"LimitExceeded", AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_TOPIC},
      {"RequestLimitExceeded", AGAIN_CLASS_THROTTLED, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_ACCOUNT},
      {"TopicClosed", AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC},
      {"TopicNotExist", AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_TOPIC},
      {"AccountArrears", AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD, AGAIN_DAMAGE_ACCOUNT},
      {"OperationDenied.AccountIsolate", AGAIN_CLASS_FATAL, AGAIN_REMEDY_HOLD,
       AGAIN_DAMAGE_ACCOUNT},
      {"InvalidContent", AGAIN_CLASS_FATAL, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
      {"Unauthorized", AGAIN_CLASS_AUTH, AGAIN_REMEDY_REFRESH, AGAIN_DAMAGE_CREDENTIAL},
      {"Timeout", AGAIN_CLASS_RETRYABLE, AGAIN_REMEDY_NONE, AGAIN_DAMAGE_BATCH},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    const again_code *code = find(rows[i].code);
    assert_non_null(code);
    assert_int_equal(code->error_class, rows[i].error_class);
    assert_int_equal(code->remedy, rows[i].remedy);
    assert_int_equal(code->damage, rows[i].damage);
  }
  for (size_t i = 0; i < COUNT_OF(published); i++) {
    bool auth = strncmp(published[i].code, "AuthFailure.", 12) == 0;
    if (auth) assert_int_equal(find(published[i].code)->error_class, AGAIN_CLASS_AUTH);
  }
}

/* Both ways give the same entry by the same rule. */
static void compare_ways(const char *code) {
  again_catalogue plain = *again_cls_catalogue();
  plain.index = NULL;
  again_origin slow_origin = AGAIN_ORIGIN_STATUS;
  again_origin fast_origin = AGAIN_ORIGIN_STATUS;
  const again_code *slow = again_catalogue_find(&plain, code, &slow_origin);
  assert_ptr_equal(again_catalogue_find(again_cls_catalogue(), code, &fast_origin), slow);
  assert_int_equal(fast_origin, slow_origin);
}

static void the_index_finds_every_code_itself(void **state) {
  (void)state;
  const again_catalogue *all = again_cls_catalogue();
  assert_non_null(all->index);
  for (size_t i = 0; i < all->count; i++) {
    again_origin origin;
    assert_ptr_equal(again_catalogue_find(all, all->codes[i].name, &origin), &all->codes[i]);
    assert_int_equal(origin, AGAIN_ORIGIN_CODE);
    compare_ways(all->codes[i].name);
  }
}

static void what_is_not_in_the_index_is_found_as_without_it(void **state) {
  (void)state;
  const again_catalogue *all = again_cls_catalogue();
  for (size_t i = 0; i < all->count; i++) {
    char code[80];
    snprintf(code, sizeof code, "%s", all->codes[i].name);
    for (size_t at = 0; at < strlen(all->codes[i].name); at++) {
      char was = code[at];
      for (const char *other = "._*aZ~\xC3"; *other != '\0'; other++) {
        code[at] = *other;
        compare_ways(code);
      }
      code[at] = '\0'; /* a prefix */
      compare_ways(code);
      code[at] = was;
    }
    const char *const tails[] = {".", ".*", "*", ".Unheard", ".Of.This", "x", "..", " "};
    for (size_t tail = 0; tail < COUNT_OF(tails); tail++) {
      snprintf(code, sizeof code, "%s%s", all->codes[i].name, tails[tail]);
      compare_ways(code);
    }
  }
}

static void random_codes_are_found_as_without_the_index(void **state) {
  (void)state;
  again_random random = {9};
  for (int round = 0; round < 100000; round++) {
    char code[48];
    size_t length = (size_t)again_random_scale(again_random_next(&random), sizeof code - 1);
    for (size_t i = 0; i < length; i++)
      code[i] = (char)(1 + again_random_scale(again_random_next(&random), 254));
    code[length] = '\0';
    compare_ways(code);
  }
}

/* The same choices stand in the default policy, where an operator can change them. */
static void the_default_policy_agrees_with_the_catalogue(void **state) {
  (void)state;
  const again_policy *policy = again_policy_default();
  for (size_t i = 0; i < policy->rule_count; i++) {
    const again_code *code = find(policy->rules[i].code);
    assert_non_null(code);
    assert_int_equal(code->error_class, policy->rules[i].error_class);
    assert_int_equal(code->remedy, policy->rules[i].remedy);
    assert_int_equal(code->damage, policy->rules[i].damage);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_49_published_codes_are_there_with_their_status),
      cmocka_unit_test(the_table_is_sorted_and_every_entry_says_what_to_do),
      cmocka_unit_test(codes_have_the_class_and_remedy_their_meaning_asks_for),
      cmocka_unit_test(the_index_finds_every_code_itself),
      cmocka_unit_test(what_is_not_in_the_index_is_found_as_without_it),
      cmocka_unit_test(random_codes_are_found_as_without_the_index),
      cmocka_unit_test(the_default_policy_agrees_with_the_catalogue),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
