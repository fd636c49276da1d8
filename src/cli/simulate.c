/* again simulate: many senders and a service, each policy in turn. */
#include "cli/simulate.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/save.h"
#include "draw/terminal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char default_scenario[] = "backlog";

enum { BACKLOG = 12, LOAD = 2 }; /* times the ideal until what is not done is lost */

typedef struct settings {
  const char *command;
  const char *svg;
  bool json;
} settings;

/* ---- Progress ---------------------------------------------------------------------------------- */

typedef struct bar {
  const char *name;
  bool shown;
} bar;

static void show_progress(void *data, double part) {
  enum { CELLS = 40 };
  bar *b = data;
  char cells[CELLS + 1];
  int full = (int)(part * CELLS);
  for (int i = 0; i < CELLS; i++)
    cells[i] = i < full ? '#' : '.';
  cells[CELLS] = '\0';
  fprintf(stderr, "\r%.30s  [%s] %3.0f %%", b->name, cells, 100 * part);
  fflush(stderr);
  b->shown = true;
}

static void clear_progress(const bar *b) {
  if (b->shown) fprintf(stderr, "\r%90s\r", "");
}

/* ---- The runs ---------------------------------------------------------------------------------- */

static int run_one(const again_simulation *simulation, again_simulated *run) {
  bar b = {.name = run->policy->name};
  bool rich = again_terminal_is_rich(STDERR_FILENO);
  if (!rich && isatty(STDERR_FILENO)) fprintf(stderr, "%s: simulating\n", b.name);
  again_sim_options options = {.scenario = &simulation->scenario.sim,
                               .sender = {.policy = run->policy},
                               .seed = simulation->seed,
                               .patience = simulation->scenario.sim.backlog > 0 ? BACKLOG : LOAD,
                               .progress = rich ? show_progress : NULL,
                               .data = &b};
  int error = again_sim_run(&options, &run->result);
  clear_progress(&b);
  return error;
}

static int run_all(const settings *set, again_simulation *simulation) {
  for (size_t i = 0; i < simulation->count; i++) {
    again_simulated *run = &simulation->runs[i];
    /* What a topic's override says is not asked for: the agents' one topic has none. */
    int error = run_one(simulation, run);
    if (error == AGAIN_ENOMEM) return again_cli_usage_error(set->command, "out of memory");
    if (error != 0)
      return again_cli_usage_error(set->command, "this scenario cannot be: %s",
                                   again_error_text(error));
  }
  return CLI_OK;
}

static int show(const settings *set, const again_simulation *simulation) {
  int status = CLI_OK;
  if (set->svg != NULL) {
    status = again_cli_save(set->command, set->svg, again_simulate_svg(simulation));
    if (status != CLI_OK || strcmp(set->svg, "-") == 0) return status;
  }
  if (set->json) return again_cli_print_text(set->command, again_simulate_json(simulation));
  again_simulate_print(simulation);
  return again_cli_finish(set->command, CLI_OK);
}

/* ---- The command ------------------------------------------------------------------------------- */

static int load_scenario(const char *path, again_scenario *scenario) {
  again_diagnostic wrong;
  int error = again_scenario_load(path, scenario, &wrong);
  if (error == 0) return CLI_OK;
  if (error == AGAIN_EIO && strchr(path, '/') == NULL && strchr(path, '.') == NULL) {
    char names[200] = "";
    const char *name;
    for (size_t i = 0; (name = again_scenario_shipped_name(i)) != NULL; i++) {
      size_t used = strlen(names);
      snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", name);
    }
    return again_cli_usage_error(
        "simulate", "there is no file and no scenario \"%.40s\"; there are %s", path, names);
  }
  again_cli_show(path, &wrong);
  return error == AGAIN_EFORMAT ? CLI_INVALID : CLI_USAGE;
}

static int load_policies(again_simulation *simulation, const again_cli_list *paths) {
  static const char *const usual[] = {"builtin:default"};
  int count = paths->count > 0 ? paths->count : 1;
  for (int i = 0; i < count; i++) {
    again_simulated *run = &simulation->runs[simulation->count];
    run->path = paths->count > 0 ? paths->values[i] : usual[0];
    int status = again_cli_load(run->path, &run->policy);
    if (status != CLI_OK) return status;
    simulation->count++;
  }
  return CLI_OK;
}

static int print_list(const char *command) {
  const char *name;
  for (size_t i = 0; (name = again_scenario_shipped_name(i)) != NULL; i++) {
    again_scenario scenario;
    again_diagnostic wrong;
    if (again_scenario_load(name, &scenario, &wrong) == 0)
      printf("%-14s %s\n", name, scenario.title);
  }
  return again_cli_finish(command, CLI_OK);
}

static int print_scenario(const char *command, const char *path) {
  const char *name;
  for (size_t i = 0; (name = again_scenario_shipped_name(i)) != NULL; i++) {
    if (strcmp(name, path) != 0) continue;
    fputs(again_scenario_shipped_text(i), stdout);
    return again_cli_finish(command, CLI_OK);
  }
  return again_cli_usage_error(command, "--print %s: there is no such scenario; --list lists them",
                               path);
}

static int simulate(const settings *set, const char *path, unsigned long long agents,
                    const again_cli_list *policies, uint64_t seed) {
  again_simulation simulation = {.seed = seed};
  int status = load_scenario(path, &simulation.scenario);
  if (status != CLI_OK) return status;
  again_scenario_scale(&simulation.scenario, (uint32_t)agents);
  simulation.runs = calloc(AGAIN_SIMULATE_POLICIES, sizeof *simulation.runs);
  if (simulation.runs == NULL) return again_cli_usage_error(set->command, "out of memory");
  status = load_policies(&simulation, policies);
  if (status == CLI_OK) status = run_all(set, &simulation);
  if (status == CLI_OK) status = show(set, &simulation);
  for (size_t i = 0; i < simulation.count; i++)
    again_policy_unref(simulation.runs[i].policy);
  free(simulation.runs);
  return status;
}

static int run(int argc, char **argv) {
  settings set = {.command = argv[0]};
  const char *scenario = default_scenario;
  const char *agents_text = NULL;
  const char *seed_text = NULL;
  const char *print = NULL;
  again_cli_list policies = {.count = 0};
  unsigned long long agents = 0;
  unsigned long long seed = 1;
  bool list = false;
  bool schema = false;
  bool keys = false;
  const again_cli_option options[] = {
      {.name = "--policy", .list = &policies},     {.name = "--scenario", .value = &scenario},
      {.name = "--agents", .value = &agents_text}, {.name = "--seed", .value = &seed_text},
      {.name = "--svg", .value = &set.svg},        {.name = "--json", .flag = &set.json},
      {.name = "--list", .flag = &list},           {.name = "--print", .value = &print},
      {.name = "--schema", .flag = &schema},       {.name = "--keys", .flag = &keys},
  };
  int rest = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0)
    return again_cli_usage_error(
        argv[0], "\"%s\" is not understood: policies are given with --policy", argv[1]);
  if (list) return print_list(argv[0]);
  if (print != NULL) return print_scenario(argv[0], print);
  if (schema) return again_cli_print_text(argv[0], again_scenario_schema());
  if (keys) return again_cli_print_text(argv[0], again_scenario_manual());
  if (policies.count > AGAIN_SIMULATE_POLICIES) {
    return again_cli_usage_error(argv[0], "--policy may be given %d times at most",
                                 AGAIN_SIMULATE_POLICIES);
  }
  if (!again_cli_number(argv[0], "--agents", agents_text, 1, AGAIN_SCENARIO_AGENTS_MAX, &agents) ||
      !again_cli_number(argv[0], "--seed", seed_text, 0, UINT64_MAX, &seed)) {
    return CLI_USAGE;
  }
  if (set.json && set.svg != NULL && strcmp(set.svg, "-") == 0) {
    return again_cli_usage_error(argv[0],
                                 "--json and --svg - both go to standard output: choose one");
  }
  return simulate(&set, scenario, agents, &policies, seed);
}

const again_cli_command again_cli_simulate = {
    .name = "simulate",
    .arguments = "[--policy F]... [--scenario S] [--agents N] [--seed N]",
    .sentence = "let many senders share a service, and compare policies",
    .help = "Runs the real scheduler for each of N agents against a modelled service: a\n"
            "quota, latency, errors, an outage and the recovery from it; in virtual time,\n"
            "each policy in turn. The same scenario, policy and seed give the same result.\n"
            "\n"
            "  --policy F      a policy file, or builtin:NAME; up to 6 times\n"
            "                  (builtin:default)\n"
            "  --scenario S    a shipped scenario or a file (backlog)\n"
            "  --agents N      so many agents; the batches of the scenario are shared\n"
            "                  among them\n"
            "  --seed N        of all that is by chance (1)\n"
            "  --json          the numbers, as one object, with what went on in steps of\n"
            "                  time\n"
            "  --svg FILE      besides, a picture of that; - is standard output, and no\n"
            "                  table then\n"
            "  --list          the shipped scenarios\n"
            "  --print NAME    a shipped scenario, as a file to start from\n"
            "  --keys          every key of a scenario, as a page\n"
            "  --schema        the JSON Schema of scenarios\n"
            "\n"
            "\"done in\" and \"x ideal\" are the last delivery, and that over batches / quota.\n"
            "\"fairness\" is Jain's index of the agents' rates: 1 if all are served alike.\n"
            "p50 and p99 are from the coming of a batch to its delivery, \"recovery\" from\n"
            "the end of the outage until 90 % of the load is delivered in 0.1 s, \"lost\"\n"
            "are batches that the policy gave up or that were not done after twelve times\n"
            "the ideal, or twice the duration of a load.\n"
            "\n"
            "example  again simulate --policy builtin:default --policy retry.json",
    .run = run,
};
