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

/* Has the code that fate, and another one by the policy `unlike` (NULL: whatever)? */
static bool has_fate(const again_policy *policy, const again_policy *unlike, const again_code *code,
                     fate wanted) {
  return fate_of(policy, code) == wanted && (unlike == NULL || fate_of(unlike, code) != wanted);
}

/* The names of the codes with that fate, in lines. A family's name ends in ".*". With `unlike` nothing is
 * said where there are none. */
static void print_codes(const again_policy *policy, const again_policy *unlike, fate wanted,
                        const char *title) {
  const again_catalogue *known = again_cls_catalogue();
  int column = 0;
  unsigned count = 0;
  for (size_t i = 0; i < known->count; i++)
    count += has_fate(policy, unlike, &known->codes[i], wanted);
  if (unlike != NULL && count == 0) return;
  printf("  %s: %u of %zu known codes\n", title, count, known->count);
  for (size_t i = 0; i < known->count; i++) {
    if (!has_fate(policy, unlike, &known->codes[i], wanted)) continue;
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

/* How a hold is probed. */
typedef struct probes {
  again_ms first;
  again_ms last;
  again_ms end;
} probes;

static probes probes_of(const again_policy *policy) {
  const again_backoff *backoff = &policy->hold.backoff;
  again_ms end = policy->hold.max_elapsed;
  return (probes){.first = again_backoff_window(backoff, 1, 0).min,
                  .last = again_backoff_window(backoff, UINT32_MAX, backoff->cap).max,
                  .end = end < policy->operation_deadline ? end : policy->operation_deadline};
}

static void print_probes(const again_policy *policy) {
  char first[24];
  char last[24];
  char limit[24];
  probes of = probes_of(policy);
  again_ms end = of.end;
  again_say_wait(of.first, first);
  again_say_wait(of.last, last);
  again_say_wait(end, limit);
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
  print_codes(policy, NULL, FATE_HELD, "held");
  print_probes(policy);
  print_codes(policy, NULL, FATE_SPLIT, "sent in halves by the CLS client");
  print_codes(policy, NULL, FATE_SURFACED, "surfaced at once");
}

/* ---- Topics: what differs -------------------------------------------------------------------- */

static bool same_class(const again_policy *a, const again_policy *b, again_class error_class) {
  for (int luck = 0; luck < LUCKS; luck++) {
    again_forecast one = again_forecast_class(a, error_class, (again_forecast_luck)luck);
    again_forecast other = again_forecast_class(b, error_class, (again_forecast_luck)luck);
    if (one.tries != other.tries || one.wait != other.wait || one.reason != other.reason)
      return false;
  }
  return true;
}

static bool same_cost(const again_policy *a, const again_policy *b) {
  return calls_of(a) == calls_of(b) && a->budget.capacity == b->budget.capacity &&
         a->budget.retryable == b->budget.retryable && a->budget.refill_pct == b->budget.refill_pct;
}

static bool same_probes(const again_policy *a, const again_policy *b) {
  probes one = probes_of(a);
  probes other = probes_of(b);
  return one.first == other.first && one.last == other.last && one.end == other.end;
}

static bool same_numbers(const again_policy *a, const again_policy *b) {
  const again_catalogue *known = again_cls_catalogue();
  bool same = same_cost(a, b) && same_probes(a, b);
  for (int i = 0; same && i < CLASSES; i++)
    same = same_class(a, b, classes[i]);
  for (size_t i = 0; same && i < known->count; i++)
    same = fate_of(a, &known->codes[i]) == fate_of(b, &known->codes[i]);
  return same;
}

/* In the columns of the table above. */
static void print_differences(const again_policy *policy, const again_policy *above) {
  for (int i = 0; i < CLASSES; i++) {
    if (!same_class(policy, above, classes[i])) print_class(policy, classes[i]);
  }
  if (!same_cost(policy, above)) print_amplification(policy);
  print_codes(policy, above, FATE_RETRIED, "tried again, too");
  print_codes(policy, above, FATE_HELD, "held, too");
  if (!same_probes(policy, above)) {
    puts("  what is held is");
    print_probes(policy);
  }
  print_codes(policy, above, FATE_SPLIT, "sent in halves by the CLS client, too");
  print_codes(policy, above, FATE_SURFACED, "surfaced at once, too");
}

void again_report_print(const again_policy *policy) {
  print_numbers(policy);
  for (size_t i = 0; i < policy->override_count; i++) {
    const again_policy *other = policy->overrides[i].policy;
    bool same = same_numbers(other, policy);
    printf("  topic %s: as above%s\n", policy->overrides[i].topic, same ? "" : ", but for");
    print_differences(other, policy);
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
