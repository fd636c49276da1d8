/* again plot --quota: one sender that meets a quota, as text, numbers or a picture. */
#include "cli/command.h"
#include "cli/meet.h"
#include "cli/plot.h"
#include "cli/save.h"
#include "cli/simulate_chart.h"
#include "draw/say.h"
#include "json/write.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 60, QUOTA_MAX = 10000 };

/* "100" or "100/s", each. */
static bool read_quotas(const char *command, const again_cli_list *list, again_meet *meet) {
  if (list->count > AGAIN_MEET_QUOTAS) {
    again_cli_usage_error(command, "--quota may be given %d times at most", AGAIN_MEET_QUOTAS);
    return false;
  }
  for (int i = 0; i < list->count; i++) {
    const char *text = list->values[i];
    char *end = NULL;
    unsigned long read = strtoul(text, &end, 10);
    bool digits = text[0] >= '0' && text[0] <= '9';
    if (!digits || (*end != '\0' && strcmp(end, "/s") != 0) || read < 1 || read > QUOTA_MAX) {
      again_cli_usage_error(command,
                            "--quota %s: write a whole number from 1 to %d, as 100 or 100/s", text,
                            QUOTA_MAX);
      return false;
    }
    meet->quotas[i] = (uint32_t)read;
  }
  meet->quota_count = list->count;
  return true;
}

/* "97 % of the quota used, 3.1 % of the calls refused". */
static void say_result(const again_meet *meet, char text[80]) {
  double calls = meet->calls > 0 ? (double)meet->calls : 1;
  snprintf(text, 80, "%.0f %% of the quota used, %.1f %% of the calls refused",
           100 * (double)meet->taken / meet->allowed,
           100 * (double)(meet->calls - meet->taken) / calls);
}

static void say_quotas(const again_meet *meet, char text[120]) {
  size_t used = 0;
  for (int i = 0; i < meet->quota_count; i++)
    used += (size_t)snprintf(text + used, 120 - used, "%s%" PRIu32 "/s", i > 0 ? ", " : "",
                             meet->quotas[i]);
}

/* The average of `values` in each cell, as heights. */
static void print_row(const char *name, const double *values, size_t count, double full,
                      bool utf8) {
  printf("  %-9s |", name);
  double most = 0;
  for (size_t cell = 0; cell < CELLS; cell++) {
    size_t from = cell * count / CELLS;
    size_t to = (cell + 1) * count / CELLS;
    double sum = 0;
    int known = 0;
    for (size_t i = from; i < to; i++) {
      if (!isnan(values[i])) known++;
      if (!isnan(values[i])) sum += values[i];
    }
    double average = known > 0 ? sum / known : 0;
    most = fmax(most, average);
    fputs(again_say_height(average, full, utf8), stdout);
  }
  printf("| to %.0f/s\n", most);
}

static void print_text(const again_plot *plot, const again_meet *meet) {
  char quotas[120], result[80];
  bool utf8 = again_say_utf8();
  double full = 0;
  say_quotas(meet, quotas);
  say_result(meet, result);
  for (size_t i = 0; i < meet->count; i++)
    full = fmax(full, meet->quota[i]);
  printf("%s: policy \"%s\", one sender that has always more to send\n"
         "the service allows %s, for 15 s%s, and answers after 20 ms\n\n",
         plot->path, plot->policy->name, quotas, meet->quota_count > 1 ? " each" : "");
  print_row("quota", meet->quota, meet->count, full, utf8);
  print_row("accepted", meet->accepted, meet->count, full, utf8);
  print_row("refused", meet->refused, meet->count, full, utf8);
  if (plot->policy->pace_pct != 0) print_row("the rate", meet->rate, meet->count, full, utf8);
  printf("\n  %" PRIu64 " calls: %s; %" PRIu64 " operations surfaced\n", meet->calls, result,
         meet->surfaced);
}

static char *make_json(const again_plot *plot, const again_meet *meet) {
  json_object *root = json_object_new_object();
  json_object_object_add(root, "file", json_object_new_string(plot->path));
  json_object_object_add(root, "name", json_object_new_string(plot->policy->name));
  json_object_object_add(root, "calls", json_object_new_uint64(meet->calls));
  json_object_object_add(root, "accepted", json_object_new_uint64(meet->taken));
  json_object_object_add(root, "refused", json_object_new_uint64((meet->calls - meet->taken)));
  json_object_object_add(root, "surfaced", json_object_new_uint64(meet->surfaced));
  json_object_object_add(root, "allowed", json_object_new_double(meet->allowed));
  const struct {
    const char *key;
    const double *values;
  } lists[] = {{"at_s", meet->at},
               {"quota_per_s", meet->quota},
               {"offered_per_s", meet->offered},
               {"accepted_per_s", meet->accepted},
               {"refused_per_s", meet->refused},
               {"rate_per_s", meet->rate}};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    json_object_object_add(root, lists[i].key, again_json_numbers(lists[i].values, meet->count));
  return again_json_text(root, false);
}

static char *make_svg(const again_plot *plot, const again_meet *meet) {
  char quotas[120], result[80], title[200], subtitle[240];
  say_quotas(meet, quotas);
  say_result(meet, result);
  snprintf(title, sizeof title, "One sender meets a quota of %s", quotas);
  snprintf(subtitle, sizeof subtitle,
           "It has always more to send, for 15 s%s; answers come after 20 ms.",
           meet->quota_count > 1 ? " at each quota" : "");
  again_traffic traffic = {.name = plot->policy->name,
                           .note = result,
                           .count = meet->count,
                           .at = meet->at,
                           .accepted = meet->accepted,
                           .refused = meet->refused,
                           .quota = meet->quota,
                           .rate = plot->policy->pace_pct != 0 ? meet->rate : NULL};
  return again_simulate_chart(title, subtitle, &traffic, 1);
}

int again_plot_meet(const char *command, const again_plot *plot, const again_cli_list *quotas,
                    const char *svg, bool json) {
  again_meet *meet = calloc(1, sizeof *meet);
  if (meet == NULL) return again_cli_usage_error(command, "out of memory");
  int status = read_quotas(command, quotas, meet) ? CLI_OK : CLI_USAGE;
  if (status == CLI_OK && again_meet_run(plot->policy, meet) != 0)
    status = again_cli_usage_error(command, "out of memory");
  if (status == CLI_OK && svg != NULL) status = again_cli_save(command, svg, make_svg(plot, meet));
  if (status == CLI_OK && json) {
    status = again_cli_print_text(command, make_json(plot, meet));
  } else if (status == CLI_OK && svg == NULL) {
    print_text(plot, meet);
    status = again_cli_finish(command, CLI_OK);
  }
  free(meet);
  return status;
}
