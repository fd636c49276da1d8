/* again plot: the delays, the calls and the budget of a policy, to look at. */
#include "cli/plot.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/save.h"
#include <stdlib.h>
#include <string.h>

void again_plot_fill(again_plot *plot, again_plight only, const uint32_t *failures, int count) {
  bool all = only == AGAIN_PLIGHT_COUNT;
  plot->course_count = plot->drain_count = 0;
  for (int i = 0; i < AGAIN_PLIGHT_COUNT; i++) {
    if (!all && i != (int)only) continue;
    again_course_of(plot->policy, (again_plight)i, &plot->courses[plot->course_count++]);
  }
  again_class of = only == AGAIN_PLIGHT_THROTTLED ? AGAIN_CLASS_THROTTLED : AGAIN_CLASS_RETRYABLE;
  bool spends = all || only == AGAIN_PLIGHT_RETRYABLE || only == AGAIN_PLIGHT_THROTTLED;
  if (plot->policy->budget.capacity == 0 || !spends) return;
  plot->drain_until = 0;
  for (int i = 0; i < count; i++) {
    again_ms until = again_drain_until(plot->policy, of, failures[i]);
    if (until > plot->drain_until) plot->drain_until = until;
  }
  for (int i = 0; i < count; i++) {
    again_drain *drain = &plot->drains[plot->drain_count++];
    *drain = (again_drain){.failures = failures[i], .of = of};
    again_drain_of(plot->policy, plot->drain_until, drain);
  }
}

static bool read_class(const char *command, const char *text, again_plight *only) {
  *only = AGAIN_PLIGHT_COUNT;
  if (text == NULL) return true;
  for (int i = 0; i < AGAIN_PLIGHT_COUNT; i++) {
    if (strcmp(again_plight_name((again_plight)i), text) == 0) {
      *only = (again_plight)i;
      return true;
    }
  }
  again_cli_usage_error(command, "--class %s: say retryable, throttled, auth or hold", text);
  return false;
}

static int compare(const void *a, const void *b) {
  const uint32_t *one = a;
  const uint32_t *other = b;
  return (*one > *other) - (*one < *other);
}

/* "10" or "10/s", each; sorted. None given: 2, 10 and 50. */
static bool read_failures(const char *command, const again_cli_list *list,
                          uint32_t failures[AGAIN_PLOT_DRAINS], int *count) {
  static const uint32_t usual[AGAIN_PLOT_DRAINS] = {2, 10, 50};
  memcpy(failures, usual, sizeof usual);
  *count = AGAIN_PLOT_DRAINS;
  if (list->count == 0) return true;
  if (list->count > AGAIN_PLOT_DRAINS) {
    again_cli_usage_error(command, "--failures may be given %d times at most", AGAIN_PLOT_DRAINS);
    return false;
  }
  for (*count = 0; *count < list->count; ++*count) {
    const char *text = list->values[*count];
    char *end = NULL;
    unsigned long read = strtoul(text, &end, 10);
    bool digits = text[0] >= '0' && text[0] <= '9';
    if (!digits || (*end != '\0' && strcmp(end, "/s") != 0) || read < 1 || read > 1000) {
      again_cli_usage_error(
          command, "--failures %s: write a whole number from 1 to 1000, as 10 or 10/s", text);
      return false;
    }
    failures[*count] = (uint32_t)read;
  }
  qsort(failures, (size_t)*count, sizeof *failures, compare);
  return true;
}

static int show(const char *command, const again_plot *plot, const char *svg, bool json) {
  if (svg != NULL) {
    int status = again_cli_save(command, svg, again_plot_svg(plot));
    if (status != CLI_OK || !json) return status;
  }
  if (json) return again_cli_print_text(command, again_plot_json(plot));
  again_plot_print(plot);
  return again_cli_finish(command, CLI_OK);
}

static int run(int argc, char **argv) {
  const char *svg = NULL;
  const char *class = NULL;
  const char *topic = NULL;
  again_cli_list failures = {.count = 0};
  again_cli_list quotas = {.count = 0};
  bool json = false;
  const again_cli_option options[] = {
      {.name = "--svg", .value = &svg},     {.name = "--class", .value = &class},
      {.name = "--topic", .value = &topic}, {.name = "--failures", .list = &failures},
      {.name = "--quota", .list = &quotas}, {.name = "--json", .flag = &json},
  };
  int rest = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (rest < 0) return CLI_USAGE;
  if (rest != 1) {
    return again_cli_usage_error(argv[0], "name one policy file, or builtin:NAME");
  }
  again_plight only;
  uint32_t rates[AGAIN_PLOT_DRAINS];
  int rate_count;
  if (!read_class(argv[0], class, &only) ||
      !read_failures(argv[0], &failures, rates, &rate_count)) {
    return CLI_USAGE;
  }
  if (json && svg != NULL && strcmp(svg, "-") == 0) {
    return again_cli_usage_error(argv[0],
                                 "--json and --svg - both go to standard output: choose one");
  }
  const again_policy *policy;
  int status = again_cli_load(argv[1], &policy);
  if (status != CLI_OK) return status;
  again_plot plot = {.path = argv[1], .policy = again_policy_for(policy, topic)};
  if (quotas.count > 0) {
    status = again_plot_meet(argv[0], &plot, &quotas, svg, json);
  } else {
    again_plot_fill(&plot, only, rates, rate_count);
    status = show(argv[0], &plot, svg, json);
  }
  again_policy_unref(policy);
  return status;
}

const again_cli_command again_cli_plot = {
    .name = "plot",
    .arguments = "[options] POLICY",
    .sentence = "draw a policy: the delays of its retries, its calls, its budget",
    .help = "Shows what becomes of an operation that keeps failing in one class: the\n"
            "window that the delay before each retry is drawn from, and how many calls are\n"
            "made by when until it is surfaced (of 200 operations: the median, and where 9\n"
            "of 10 are). Then how failures drain the retry budget while nothing succeeds.\n"
            "POLICY is a file, or builtin:NAME.\n"
            "\n"
            "  --svg FILE       as a picture, not as text; - is standard output\n"
            "  --class C        only retryable, throttled, auth or hold (the probes of\n"
            "                   what is held)\n"
            "  --topic T        as the policy's \"topics\" say for this one\n"
            "  --failures N/s   failures a second that drain the budget; up to 3 times\n"
            "                   (2, 10, 50)\n"
            "  --quota N/s      instead: the calls of one sender whose service allows so\n"
            "                   many; given up to 6 times, each is in force for 15 s\n"
            "  --json           the numbers, as one object\n"
            "\n"
            "The text has blocks of Unicode where the locale says UTF-8.\n"
            "\n"
            "example  again plot builtin:default --svg default.svg",
    .run = run,
};
