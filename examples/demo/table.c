#include "table.h"
#include <again/core.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void row(const char *name, uint64_t count, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void row(const char *name, uint64_t count, const char *format, ...) {
  char note[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(note, sizeof note, format, arguments);
  va_end(arguments);
  printf("  %-24s %8" PRIu64 "%s%s\n", name, count, note[0] != '\0' ? "   " : "", note);
}

static const char *reason_text(const char *name) {
  for (int i = 0; i < AGAIN_REASON_COUNT; i++) {
    if (strcmp(again_reason_name((again_reason)i), name) == 0) {
      return again_reason_text((again_reason)i);
    }
  }
  return name;
}

static void print_lines(const result *shown) {
  const audit *account = shown->account;
  row("lines read", shown->agent->read, "%s", shown->log);
  row("delivered", account->delivered, "counted in the server's record");
  row("duplicates", account->duplicates, "%s", "");
  row("surfaced as permanent", account->refused, "%s",
      account->refused > 0 ? "in the dead letters, by reason:" : "");
  for (size_t i = 0; i < shown->agent->refusal_count; i++) {
    const child_refusal *refused = &shown->agent->refusals[i];
    printf("    %-22s %8" PRIu64 "   %s: %s\n", refused->code, refused->lines, refused->error_class,
           reason_text(refused->reason));
  }
  row("lost", account->lost, "%s", "");
}

static void print_cost(const result *shown) {
  const child_state *agent = shown->agent;
  double per_batch = shown->batches > 0 ? (double)agent->calls / (double)shown->batches : 0;
  double ratio = (double)agent->elapsed_ms / (double)shown->plan->ideal_ms;
  printf("\n");
  row("batches delivered", shown->batches, "%s", "");
  row("calls", agent->calls, "%.2f per delivered batch", per_batch);
  row("retries", agent->throttled + agent->retryable + agent->auth,
      "throttled %" PRIu64 ", retryable %" PRIu64 ", auth %" PRIu64, agent->throttled,
      agent->retryable, agent->auth);
  printf("  %-24s %7.1fs   %.2f times the ideal %.1fs: all batches at the quota, and the outage\n",
         "time", (double)agent->elapsed_ms / 1000, ratio, (double)shown->plan->ideal_ms / 1000);
}

static void print_troubles(const result *shown) {
  printf("\n  %-42s %8s\n", "trouble", "requests");
  for (int i = 0; i < TROUBLE_COUNT; i++)
    printf("  %-42s %8" PRIu64 "\n", shown->plan->troubles[i].text, shown->met[i]);
}

static bool complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("  FAILED: ");
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
  return false;
}

static bool judge(const result *shown) {
  const audit *account = shown->account;
  const child_state *agent = shown->agent;
  bool good = true;
  if (account->lost > 0) good = complain("%" PRIu64 " lines were lost", account->lost);
  if (account->foreign > 0) {
    good = complain("%" PRIu64 " records are no line of the log, or not as it is there",
                    account->foreign);
  }
  if (agent->read != account->lines || agent->delivered != account->delivered ||
      agent->refused != account->refused) {
    good = complain("the agent counts %" PRIu64 " read, %" PRIu64 " delivered, %" PRIu64
                    " surfaced: the server disagrees",
                    agent->read, agent->delivered, agent->refused);
  }
  if (agent->calls < shown->requests) {
    good = complain("the server had %" PRIu64 " requests, more than the agent's calls",
                    shown->requests);
  }
  for (int i = 0; i < TROUBLE_COUNT; i++) {
    if (shown->met[i] == 0) {
      good =
          complain("\"%s\" met no request: nothing is shown by it", shown->plan->troubles[i].text);
    }
  }
  return good;
}

bool table_print(const result *shown) {
  print_lines(shown);
  print_cost(shown);
  print_troubles(shown);
  printf("\n");
  bool good = judge(shown);
  if (good) printf("  Nothing was lost.\n");
  return good;
}
