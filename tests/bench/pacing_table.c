#include "pacing_table.h"
#include <math.h>
#include <stdio.h>

static const char *const kinds[] = {"backlog", "load", "outage"};

pacing_kind pacing_kind_of(const again_sim_scenario *scenario) {
  if (scenario->backlog > 0) return PACING_BACKLOG;
  return scenario->outage_to > scenario->outage_from ? PACING_OUTAGE : PACING_LOAD;
}

static double seconds(again_ms ms) {
  return (double)ms / 1000;
}

/* ---- The table ------------------------------------------------------------------------------- */

static void print_case(const pacing_case *test, unsigned seeds, unsigned peer_seeds) {
  const again_sim_scenario *s = &test->scenario;
  pacing_kind kind = pacing_kind_of(s);
  printf("\n%s: %u senders, ", test->name, (unsigned)s->agents);
  if (kind == PACING_BACKLOG) printf("%u batches each", (unsigned)s->backlog);
  if (kind != PACING_BACKLOG)
    printf("load %.2f for %.0f s", s->load_pct / 100.0, seconds(s->duration));
  if (s->join > 0) printf(", half of them %.0f s later", seconds(s->join));
  if (kind == PACING_OUTAGE)
    printf(", 503 from %.0f to %.0f s", seconds(s->outage_from), seconds(s->outage_to));
  printf("; quota %.0f/s", s->rate);
  if (s->quota == AGAIN_SIM_QUOTA_BUCKET) printf(", burst %.0f", s->burst);
  if (s->quota == AGAIN_SIM_QUOTA_WINDOW) printf(" by the second");
  if (s->hint_delay > 0) printf(", Retry-After %u ms", (unsigned)s->hint_delay);
  printf("; %u seeds", seeds);
  if (peer_seeds != 0 && peer_seeds < seeds) printf(" (others than again: %u)", peer_seeds);
  printf("\n");
}

static void print_goal(double goal, int digits, int width) {
  if (goal > 0) printf(" %*.*f", width, digits, goal);
  if (goal <= 0) printf(" %*s", width, "-");
}

void pacing_table_head(const pacing_case *test, const pacing_goal *goal, unsigned seeds,
                       unsigned peer_seeds) {
  print_case(test, seeds, peer_seeds);
  if (pacing_kind_of(&test->scenario) == PACING_BACKLOG) {
    printf("  %-13s %10s %7s %6s %7s\n  %-13s", "policy", "completion", "waste", "Jain", "lost %",
           "(goal)");
    print_goal(goal->completion, 2, 10);
    print_goal(goal->waste, 3, 7);
    print_goal(goal->jain, 2, 6);
  } else if (pacing_kind_of(&test->scenario) == PACING_LOAD) {
    printf("  %-13s %9s %9s %8s %7s\n  %-13s %9s", "policy", "p50 ms", "p99 ms", "waste", "lost %",
           "(goal)", "-");
    print_goal(goal->p99, 2, 9); /* times the p99 of full-jitter */
    printf(" %8s", goal->p99 > 0 ? "0.0000" : "-");
  } else {
    printf("  %-13s %10s %7s %7s\n  %-13s", "policy", "recovery s", "waste", "lost %", "(goal)");
    print_goal(goal->recovery_s, 1, 10);
    print_goal(goal->waste, 3, 7);
  }
  printf(" %7s\n", "0");
}

void pacing_table_row(const pacing_case *test, const pacing_policy *policy,
                      const pacing_result *result) {
  printf("  %-13s ", policy->name);
  if (pacing_kind_of(&test->scenario) == PACING_BACKLOG) {
    printf("%10.3f %7.4f %6.3f", result->completion, result->waste, result->jain);
  } else if (pacing_kind_of(&test->scenario) == PACING_LOAD) {
    printf("%9.1f %9.1f %8.4f", result->p50_ms, result->p99_ms, result->waste);
  } else {
    printf("%10.1f %7.3f", result->recovery_s, result->waste);
  }
  printf(" %7.1f\n", result->lost * 100);
  fflush(stdout);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print_number(const char *name, double value, bool known) {
  if (known && isfinite(value)) {
    printf(", \"%s\": %.4f", name, value);
  } else {
    printf(", \"%s\": null", name);
  }
}

void pacing_table_json(const pacing_case *test, const pacing_policy *policy,
                       const pacing_result *result) {
  bool backlog = pacing_kind_of(&test->scenario) == PACING_BACKLOG;
  printf("{\"case\": \"%s\", \"policy\": \"%s\", \"agents\": %u, \"batches\": %u, \"kind\": \"%s\"",
         test->name, policy->name, (unsigned)test->scenario.agents,
         (unsigned)test->scenario.backlog, kinds[pacing_kind_of(&test->scenario)]);
  print_number("completion", result->completion, backlog);
  print_number("waste", result->waste, true);
  print_number("jain", result->jain, backlog);
  print_number("lost", result->lost, true);
  print_number("recovery_s", result->recovery_s, pacing_kind_of(&test->scenario) == PACING_OUTAGE);
  if (!backlog) print_number("p50_ms", result->p50_ms, true);
  if (!backlog) print_number("p99_ms", result->p99_ms, true);
  printf(", \"seeds\": %u}\n", result->seeds);
  fflush(stdout);
}

/* ---- Goals ----------------------------------------------------------------------------------- */

static unsigned missed(const pacing_case *test, const char *what, double value, double goal) {
  fprintf(stderr, "missed: %s: %s %.4f, goal %.4f\n", test->name, what, value, goal);
  return 1;
}

/* Goals are given in so many digits; what rounds to them reaches them. */
static bool above(double value, double goal, double digit) {
  return goal > 0 && value >= goal + digit / 2;
}

unsigned pacing_table_missed(const pacing_case *test, const pacing_goal *goal,
                             const pacing_result *result, double unpaced_p99_ms) {
  unsigned count = 0;
  if (result->lost > 0) count += missed(test, "lost", result->lost, 0);
  if (above(result->completion, goal->completion, 0.01))
    count += missed(test, "completion", result->completion, goal->completion);
  if (above(result->waste, goal->waste, 0.001))
    count += missed(test, "waste", result->waste, goal->waste);
  if (goal->jain > 0 && result->jain < goal->jain - 0.005)
    count += missed(test, "Jain's index", result->jain, goal->jain);
  if (above(result->recovery_s, goal->recovery_s, 0.01))
    count += missed(test, "recovery", result->recovery_s, goal->recovery_s);
  if (goal->p99 > 0 && result->waste > 0) count += missed(test, "waste", result->waste, 0);
  double most = goal->p99 * unpaced_p99_ms;
  if (above(result->p99_ms, most, 0)) count += missed(test, "p99", result->p99_ms, most);
  return count;
}
