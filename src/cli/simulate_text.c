/* A simulation for people: what it was, and a table of what came out. */
#include "cli/simulate.h"
#include "draw/say.h"
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...) {
  size_t used = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + used, size - used, format, arguments);
  va_end(arguments);
}

static void add_time(char *text, size_t size, const char *before, again_ms time) {
  char duration[24];
  again_duration_print(time, duration, sizeof duration);
  add(text, size, "%s%s", before, duration);
}

static void describe_quota(const again_sim_scenario *s, char *text, size_t size) {
  char bytes[24];
  add(text, size, "; quota %g/s", s->rate);
  if (s->quota == AGAIN_SIM_QUOTA_BUCKET) add(text, size, ", burst %g", s->burst);
  if (s->quota == AGAIN_SIM_QUOTA_LEAKY) add(text, size, ", a queue of %g", s->burst);
  if (s->quota == AGAIN_SIM_QUOTA_WINDOW) add(text, size, " by the second");
  if (s->bytes_rate == 0) return;
  again_size_print(s->bytes_rate, bytes, sizeof bytes);
  add(text, size, " and %s/s", bytes);
  again_size_print(s->batch_bytes, bytes, sizeof bytes);
  add(text, size, ", batches of about %s", bytes);
}

static void describe_trouble(const again_sim_scenario *s, char *text, size_t size) {
  if (s->hint == AGAIN_SIM_HINT_EXACT) add(text, size, "; Retry-After exact");
  if (s->hint_delay > 0) add_time(text, size, "; Retry-After ", s->hint_delay);
  if (s->hint == AGAIN_SIM_HINT_JITTERED) add(text, size, " and up to half more");
  if (s->error_pct > 0) add(text, size, "; %" PRIu32 " %% %d", s->error_pct, s->error_status);
  if (s->error_pct > 0 && s->error_to != AGAIN_NEVER) {
    add_time(text, size, " from ", s->error_from);
    add_time(text, size, " to ", s->error_to);
  }
  if (s->outage_to > s->outage_from) {
    static const char *const kinds[] = {"503", "no connections", "no answers"};
    add(text, size, "; %s", kinds[s->outage]);
    add_time(text, size, " ", s->outage_from);
    add_time(text, size, " to ", s->outage_to);
  }
  if (s->recovery > 0) {
    add(text, size, ", back at %" PRIu32 " %%, in full", s->recovery_pct);
    add_time(text, size, " after ", s->recovery);
  }
}

void again_simulate_describe(const again_simulation *simulation, char *text, size_t size) {
  const again_sim_scenario *s = &simulation->scenario.sim;
  text[0] = '\0';
  add(text, size, "%" PRIu32 " agent%s, ", s->agents, s->agents == 1 ? "" : "s");
  if (s->backlog > 0)
    add(text, size, "%" PRIu32 " batches%s", s->backlog, s->agents > 1 ? " each" : "");
  if (s->backlog > 0 && s->join > 0) add_time(text, size, ", every second one after ", s->join);
  if (s->backlog == 0) {
    add(text, size, "load %" PRIu32 " %%", s->load_pct);
    add_time(text, size, " for ", s->duration);
  }
  describe_quota(s, text, size);
  add_time(text, size, "; latency ", s->latency);
  describe_trouble(s, text, size);
}

/* ---- The table --------------------------------------------------------------------------------- */

static void print_number(double value, int width, int digits, const char *unit) {
  char text[32];
  if (isnan(value)) {
    snprintf(text, sizeof text, "-");
  } else if (isinf(value)) {
    snprintf(text, sizeof text, "never");
  } else {
    snprintf(text, sizeof text, "%.*f%s", digits, value, unit);
  }
  printf("  %*s", width, text);
}

/* "38ms", "1.24s", "67s", "1m30s". */
static void print_time(double seconds, int width) {
  bool known = isfinite(seconds);
  if (!known || seconds < 1) {
    print_number(known ? seconds * 1000 : seconds, width, 0, "ms");
  } else if (seconds < 100) {
    print_number(seconds, width, seconds < 10 ? 2 : 1, "s");
  } else {
    char text[24];
    again_say_wait((again_ms)(seconds * 1000), text);
    printf("  %*s", width, text);
  }
}

static void print_row(const again_simulation *simulation, const again_simulated *run, int width) {
  const again_sim_result *result = &run->result;
  const again_sim_scenario *s = &simulation->scenario.sim;
  double delivered = (double)result->delivered;
  printf("%-*s", width, run->policy->name);
  if (s->backlog > 0) print_time(result->end_s, 8);
  if (s->backlog > 0) print_number(result->completion, 7, 2, "");
  print_number(delivered > 0 ? (double)result->calls / delivered : (double)NAN, 15, 3, "");
  if (s->backlog > 0 && s->agents > 1) print_number(result->jain, 8, 3, "");
  print_time(result->p50_ms / 1000, 8);
  print_time(result->p99_ms / 1000, 8);
  if (s->outage_to > s->outage_from) print_time(result->recovery_s, 8);
  printf("  %9" PRIu64, result->offered - result->delivered);
  putchar('\n');
}

static void print_head(const again_sim_scenario *s, int width) {
  printf("%-*s", width, "policy");
  if (s->backlog > 0) printf("  %8s  %7s", "done in", "x ideal");
  printf("  %15s", "calls/delivered");
  if (s->backlog > 0 && s->agents > 1) printf("  %8s", "fairness");
  printf("  %8s  %8s", "p50", "p99");
  if (s->outage_to > s->outage_from) printf("  %8s", "recovery");
  printf("  %9s\n", "lost");
}

void again_simulate_print(const again_simulation *simulation) {
  const again_scenario *scenario = &simulation->scenario;
  char text[400];
  int width = 6;
  again_simulate_describe(simulation, text, sizeof text);
  printf("%s: %s\n%s; seed %" PRIu64 "\n\n", scenario->name,
         scenario->title[0] != '\0' ? scenario->title : "a scenario without a title", text,
         simulation->seed);
  for (size_t i = 0; i < simulation->count; i++) {
    int length = (int)strlen(simulation->runs[i].policy->name);
    if (length > width) width = length;
  }
  print_head(&scenario->sim, width);
  for (size_t i = 0; i < simulation->count; i++)
    print_row(simulation, &simulation->runs[i], width);
}
