/* again emulate: the emulator of the CLS upload endpoint, until a signal. */
#include "cli/command.h"
#include "cli/options.h"
#include <again/emulator.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRIPT_MAX = 1024 * 1024 };

/* "50" or "50/s". */
static bool parse_rate(const char *command, const char *option, const char *text, double *rate) {
  if (text == NULL) return true;
  char *end = NULL;
  *rate = strtod(text, &end);
  bool digits = (text[0] >= '0' && text[0] <= '9') || text[0] == '.';
  if (digits && (*end == '\0' || strcmp(end, "/s") == 0) && *rate <= 1e6) return true;
  again_cli_usage_error(command, "%s %s: write a number from 0 to 1000000, as 50 or 50/s", option,
                        text);
  return false;
}

/* The text of a file, to be freed; NULL after one line on stderr. */
static char *read_script(const char *command, const char *path) {
  FILE *file = fopen(path, "r");
  char *text = file != NULL ? calloc(1, SCRIPT_MAX + 1) : NULL;
  size_t length = text != NULL ? fread(text, 1, SCRIPT_MAX + 1, file) : 0;
  const char *why = NULL;
  if (text == NULL || ferror(file)) why = strerror(errno);
  if (why == NULL && length > SCRIPT_MAX) why = "it is larger than 1 MiB";
  if (file != NULL) fclose(file);
  if (why == NULL) return text;
  again_cli_usage_error(command, "cannot read the script %s: %s", path, why);
  free(text);
  return NULL;
}

static void print_stats(again_emulator *emulator, bool json) {
  if (json) {
    char *text = again_emulator_stats_json(emulator);
    if (text != NULL) puts(text);
    free(text);
    return;
  }
  again_emulator_stats stats = again_emulator_stats_get(emulator);
#define X(name, sentence) printf("%-11s %10" PRIu64 "  %s\n", #name, stats.name, sentence);
  AGAIN_EMULATOR_STATS_MAP(X)
#undef X
}

/* Serves until SIGINT or SIGTERM, which are blocked already. */
static int serve(const char *command, const again_emulator_options *options,
                 const sigset_t *signals, bool json) {
  again_emulator *emulator;
  char why[512];
  if (again_emulator_start(options, &emulator, why, sizeof why) != 0) {
    return again_cli_usage_error(command, "%s", why);
  }
  fprintf(json ? stderr : stdout, "listening on http://127.0.0.1:%u\n",
          (unsigned)again_emulator_port(emulator));
  fflush(stdout);
  int signal;
  while (sigwait(signals, &signal) != 0)
    continue;
  print_stats(emulator, json);
  if (again_emulator_stop(emulator) != 0) {
    return again_cli_usage_error(command, "the record file %s is not complete: is the disk full?",
                                 options->record != NULL ? options->record : "");
  }
  return again_cli_finish(command, CLI_OK);
}

static int run(int argc, char **argv) {
  again_emulator_options emulate = {0};
  const char *port = NULL;
  const char *quota = NULL;
  const char *burst = NULL;
  const char *script = NULL;
  const char *seed = NULL;
  bool json = false;
  const again_cli_option options[] = {
      {.name = "--port", .value = &port},
      {.name = "--quota", .value = &quota},
      {.name = "--burst", .value = &burst},
      {.name = "--script", .value = &script},
      {.name = "--record", .value = &emulate.record},
      {.name = "--secret-id", .value = &emulate.secret_id},
      {.name = "--secret-key", .value = &emulate.secret_key},
      {.name = "--seed", .value = &seed},
      {.name = "--json", .flag = &json},
  };
  int rest = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0) return again_cli_usage_error(argv[0], "it takes no arguments, only options");
  unsigned long long port_number = 0;
  unsigned long long seed_number = 0;
  if (!again_cli_number(argv[0], "--port", port, 65535, &port_number) ||
      !again_cli_number(argv[0], "--seed", seed, UINT64_MAX, &seed_number) ||
      !parse_rate(argv[0], "--quota", quota, &emulate.quota) ||
      !parse_rate(argv[0], "--burst", burst, &emulate.burst)) {
    return CLI_USAGE;
  }
  emulate.port = (uint16_t)port_number;
  emulate.seed = seed_number;
  char *text = script != NULL ? read_script(argv[0], script) : NULL;
  if (script != NULL && text == NULL) return CLI_USAGE;
  emulate.script = text;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  int status = serve(argv[0], &emulate, &signals, json);
  free(text);
  return status;
}

const again_cli_command again_cli_emulate = {
    .name = "emulate",
    .arguments = "[options]",
    .sentence = "serve an emulated CLS upload endpoint on loopback, with scripted faults",
    .help = "  --port N          on 127.0.0.1; 0 or none: any free one\n"
            "  --quota N/s       requests per second and topic; none: no quota\n"
            "  --burst N         requests that may come at once; none: a tenth of the quota\n"
            "  --script FILE     faults to play (JSON; the format is in again/emulator.h)\n"
            "  --record FILE     write every stored log as a line of JSON\n"
            "  --secret-id ID    the credential it knows (AKIDEMULATOR)\n"
            "  --secret-key KEY  (emulator-secret-key)\n"
            "  --seed N          of the requests that a fault with a share hits\n"
            "  --json            print the counters as JSON, and the address on stderr\n\n"
            "Runs until SIGINT or SIGTERM, then prints its counters. They are also at\n"
            "GET /_emulator/stats.\n\n"
            "example  again emulate --port 8080 --quota 50/s",
    .run = run,
};
