#include "cli/report.h"
#include "cli/forecast.h"
#include "draw/say.h"
#include <again/cls.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const again_class classes[] = {AGAIN_CLASS_RETRYABLE, AGAIN_CLASS_THROTTLED,
                                      AGAIN_CLASS_AUTH};
enum { CLASSES = sizeof classes / sizeof *classes, LUCKS = 3, WIDTH = 96 };

/* What happens to an operation whose first attempt is answered with a known code. */
typedef enum fate { FATE_RETRIED, FATE_HELD, FATE_SPLIT, FATE_SURFACED } fate;

static fate fate_of(const again_policy *policy, const again_code *code) {
  again_outcome outcome = {.status = code->status != 0 ? code->status : 400, .code = code->name};
  again_verdict verdict = again_classify(policy, again_cls_catalogue(), &outcome);
  again_progress progress = {.attempts = 1, .held = 1, .deadline = policy->operation_deadline};
  progress.class_attempts[verdict.error_class] = 1;
  again_decision decision = again_decide(policy, &verdict, &outcome, &progress, 0, 0);
  if (!decision.retry) return verdict.remedy == AGAIN_REMEDY_SPLIT ? FATE_SPLIT : FATE_SURFACED;
  return decision.reason == AGAIN_REASON_HOLD ? FATE_HELD : FATE_RETRIED;
}

/* The names of the codes with that fate, in lines. A family's name ends in ".*". */
static void print_codes(const again_policy *policy, fate wanted, const char *title) {
  const again_catalogue *known = again_cls_catalogue();
  int column = 0;
  unsigned count = 0;
  for (size_t i = 0; i < known->count; i++)
    count += fate_of(policy, &known->codes[i]) == wanted;
  printf("  %s: %u of %zu known codes\n", title, count, known->count);
  for (size_t i = 0; i < known->count; i++) {
    if (fate_of(policy, &known->codes[i]) != wanted) continue;
    int length = (int)strlen(known->codes[i].name) + 1;
    if (column > 0 && column + length > WIDTH) {
      putchar('\n');
      column = 0;
    }
    if (column == 0) column = printf("   ");
    column += printf(" %s", known->codes[i].name);
  }
  if (column > 0) putchar('\n');
}

static void print_class(const again_policy *policy, again_class error_class) {
  char tries[24] = "no end";
  char waits[LUCKS][24];
  again_forecast forecasts[LUCKS];
  for (int luck = 0; luck < LUCKS; luck++) {
    forecasts[luck] = again_forecast_class(policy, error_class, (again_forecast_luck)luck);
    again_say_wait(forecasts[luck].wait, waits[luck]);
  }
  const again_forecast *median = &forecasts[AGAIN_FORECAST_MEDIAN];
  if (median->tries > 0) snprintf(tries, sizeof tries, "%" PRIu64, median->tries);
  printf("  %-9s  %8s  %8s  %8s  %8s  %s\n", again_class_name(error_class), tries, waits[0],
         waits[1], waits[2], median->tries > 0 ? again_reason_text(median->reason) : "");
}

/* The calls that one operation makes in the class with the most, at median delays; 0: there is no end. */
static uint64_t calls_of(const again_policy *policy) {
  uint64_t most = 1;
  for (int i = 0; i < CLASSES; i++) {
    uint64_t tries = again_forecast_class(policy, classes[i], AGAIN_FORECAST_MEDIAN).tries;
    if (tries == 0) return 0;
    if (tries > most) most = tries;
  }
  return most;
}

static void print_amplification(const again_policy *policy) {
  const again_budget_policy *budget = &policy->budget;
  uint64_t calls = calls_of(policy);
  if (calls == 0) {
    printf("  calls: without an end for an operation that keeps failing\n");
  } else {
    printf("  calls: about %" PRIu64 " for each operation while all fail in one class (median)\n",
           calls);
  }
  if (budget->capacity == 0) {
    printf("  no retry budget: many operations that fail together are all tried so often\n");
    return;
  }
  char refill[24];
  again_rate_print(budget->refill_pct, refill, sizeof refill);
  printf("  retry budget of each scope: %" PRIu32 " tokens, %" PRIu32
         " for a retry, %s back by time: while all fail,\n"
         "    %" PRIu32 " retries at once and then %.2f a second, of all operations together\n",
         budget->capacity, budget->retryable, refill,
         budget->retryable != 0 ? budget->capacity / budget->retryable : 0,
         budget->retryable != 0 ? (double)budget->refill_pct / 100 / budget->retryable : 0.0);
}

static void print_holds(const again_policy *policy) {
  char first[24];
  char last[24];
  char limit[24];
  again_say_wait(again_backoff_window(&policy->hold.backoff, 1, 0).min, first);
  again_say_wait(
      again_backoff_window(&policy->hold.backoff, UINT32_MAX, policy->hold.backoff.cap).max, last);
  again_ms end = policy->hold.max_elapsed < policy->operation_deadline ? policy->hold.max_elapsed
                                                                       : policy->operation_deadline;
  again_say_wait(end, limit);
  print_codes(policy, FATE_HELD, "held");
  printf("    probed after %s at first, then up to %s; an operation waits %s%s\n", first, last,
         end == AGAIN_NEVER ? "" : "at most ", end == AGAIN_NEVER ? "without an end" : limit);
}

static void print_numbers(const again_policy *policy) {
  printf(
      "  an operation that keeps failing in one class: its tries (median), and after how long it\n"
      "  is given up if its random delays are all short, median or long:\n"
      "  %-9s  %8s  %8s  %8s  %8s  %s\n",
      "class", "tries", "short", "median", "long", "and then");
  for (int i = 0; i < CLASSES; i++)
    print_class(policy, classes[i]);
  print_amplification(policy);
  print_holds(policy);
  print_codes(policy, FATE_SPLIT, "sent in halves by the CLS client");
  print_codes(policy, FATE_SURFACED, "surfaced at once");
}

void again_report_print(const again_policy *policy) {
  print_numbers(policy);
  for (size_t i = 0; i < policy->override_count; i++) {
    printf("  topic %s:\n", policy->overrides[i].topic);
    print_numbers(policy->overrides[i].policy);
  }
}

static json_object *forecast_json(const again_forecast *forecast) {
  json_object *object = json_object_new_object();
  bool ends = forecast->tries > 0;
  json_object_object_add(object, "tries", ends ? json_object_new_uint64(forecast->tries) : NULL);
  json_object_object_add(object, "wait_ms",
                         forecast->wait != AGAIN_NEVER ? json_object_new_uint64(forecast->wait)
                                                       : NULL);
  json_object_object_add(object, "reason",
                         ends ? json_object_new_string(again_reason_name(forecast->reason)) : NULL);
  return object;
}

static json_object *codes_json(const again_policy *policy, fate wanted) {
  const again_catalogue *known = again_cls_catalogue();
  json_object *list = json_object_new_array();
  for (size_t i = 0; i < known->count; i++) {
    if (fate_of(policy, &known->codes[i]) != wanted) continue;
    json_object_array_add(list, json_object_new_string(known->codes[i].name));
  }
  return list;
}

void again_report_json(json_object *root, const again_policy *policy) {
  static const char *const lucks[LUCKS] = {"short", "median", "long"};
  json_object *all = json_object_new_object();
  uint64_t calls = calls_of(policy);
  json_object_object_add(root, "name", json_object_new_string(policy->name));
  for (int i = 0; i < CLASSES; i++) {
    json_object *one = json_object_new_object();
    for (int luck = 0; luck < LUCKS; luck++) {
      again_forecast forecast = again_forecast_class(policy, classes[i], (again_forecast_luck)luck);
      json_object_object_add(one, lucks[luck], forecast_json(&forecast));
    }
    json_object_object_add(all, again_class_name(classes[i]), one);
  }
  json_object_object_add(root, "classes", all);
  json_object_object_add(root, "calls_median", calls > 0 ? json_object_new_uint64(calls) : NULL);
  json_object_object_add(root, "held", codes_json(policy, FATE_HELD));
  json_object_object_add(root, "split", codes_json(policy, FATE_SPLIT));
  json_object_object_add(root, "surfaced", codes_json(policy, FATE_SURFACED));
  json_object *topics = json_object_new_object();
  for (size_t i = 0; i < policy->override_count; i++) {
    json_object *topic = json_object_new_object();
    again_report_json(topic, policy->overrides[i].policy);
    json_object_object_add(topics, policy->overrides[i].topic, topic);
  }
  json_object_object_add(root, "topics", topics);
}
