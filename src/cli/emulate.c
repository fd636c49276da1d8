/* again emulate: the emulator of the CLS upload endpoint, until a signal. */
#include "cli/command.h"
#include "cli/emulate_table.h"
#include "cli/options.h"
#include "cli/ready_file.h"
#include "draw/terminal.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { SCRIPT_MAX = 1024 * 1024, REDRAW_MS = 1000 };

/* Without a record file: for GET /_emulator/records. */
enum { KEEP = 64 * 1024 * 1024 };

/* What the options ask for. */
typedef struct setup {
  const char *command;
  again_emulator_options emulator;
  again_cli_list faults;
  const char *ready_file;
  again_ms exit_after;
  char *script;
  bool json;
} setup;

typedef struct server {
  const setup *setup;
  again_emulator *emulator;
  char url[40];
  again_ready_file ready;
  again_ms started;
  again_emulate_progress progress;
  again_emulate_screen screen;
  again_emulate_sample samples[2];
  unsigned latest;
} server;

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

/* "5MiB" or "5MiB/s". */
static bool parse_byte_rate(const char *command, const char *text, double *rate) {
  char size[32] = "";
  uint64_t bytes = 0;
  if (text == NULL) return true;
  size_t length = strlen(text);
  if (length > 2 && strcmp(text + length - 2, "/s") == 0) length -= 2;
  if (length < sizeof size) memcpy(size, text, length);
  if (again_size_parse(size, &bytes) == 0 && bytes > 0) {
    *rate = (double)bytes;
    return true;
  }
  again_cli_usage_error(command, "--quota-bytes %s: write a size per second, as 5MiB/s", text);
  return false;
}

static bool parse_exit_after(const char *command, const char *text, again_ms *duration) {
  *duration = AGAIN_NEVER;
  if (text == NULL) return true;
  if (again_duration_parse(text, duration) == 0 && *duration > 0 && *duration < AGAIN_NEVER) {
    return true;
  }
  again_cli_usage_error(command, "--exit-after %s: write a duration, as 30s or 2m", text);
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

static void print_stats(const server *s) {
  if (s->setup->json) {
    char *text = again_emulator_stats_json(s->emulator);
    if (text != NULL) puts(text);
    free(text);
    return;
  }
  again_emulator_stats stats = again_emulator_stats_get(s->emulator);
#define X(name, sentence) printf("%-11s %10" PRIu64 "  %s\n", #name, stats.name, sentence);
  AGAIN_EMULATOR_STATS_MAP(X)
#undef X
}

static again_ms monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (again_ms)now.tv_sec * 1000 + (again_ms)now.tv_nsec / 1000000;
}

/* What a terminal may be sent; into a file goes nothing but the result. */
static again_emulate_progress progress_of(bool json) {
  if (json || !isatty(STDOUT_FILENO)) return AGAIN_EMULATE_SILENT;
  return again_terminal_is_rich(STDOUT_FILENO) ? AGAIN_EMULATE_TABLE : AGAIN_EMULATE_LINES;
}

static void show(server *s, again_ms now) {
  if (s->progress == AGAIN_EMULATE_SILENT) return;
  struct winsize size;
  bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  s->screen.width = known && size.ws_col >= 20 ? size.ws_col : 80;
  s->screen.height = known && size.ws_row >= 5 ? size.ws_row : 24;
  const again_emulate_sample *before = &s->samples[s->latest];
  s->latest = 1 - s->latest;
  again_emulate_sample *sample = &s->samples[s->latest];
  again_emulate_sample_take(s->emulator, now - s->started, sample);
  if (s->progress == AGAIN_EMULATE_TABLE) {
    again_emulate_table_draw(stdout, &s->screen, s->url, before, sample);
  } else {
    again_emulate_line_print(stdout, before, sample);
  }
}

/* Until a signal comes, or the time is over. */
static void serve(server *s, const sigset_t *signals) {
  again_ms end = again_ms_add(s->started, s->setup->exit_after);
  for (;;) {
    again_ms now = monotonic();
    show(s, now);
    if (now >= end) return;
    again_ms wait = end - now;
    again_ms most = s->progress != AGAIN_EMULATE_SILENT ? REDRAW_MS : 3600000;
    if (wait > most) wait = most;
    struct timespec pause = {.tv_sec = (time_t)(wait / 1000),
                             .tv_nsec = (long)(wait % 1000) * 1000000};
    if (sigtimedwait(signals, NULL, &pause) > 0) break;
  }
  show(s, monotonic());
}

/* Tells people and programs where it listens. */
static int announce(server *s) {
  snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u",
           (unsigned)again_emulator_port(s->emulator));
  if (!again_ready_file_write(&s->ready, s->url)) {
    return again_cli_usage_error(s->setup->command, "cannot write the ready file %s: %s",
                                 s->ready.path, strerror(errno));
  }
  fprintf(s->setup->json ? stderr : stdout, "listening on %s\n", s->url);
  fflush(stdout);
  return CLI_OK;
}

static int start(server *s) {
  const char *command = s->setup->command;
  if (!again_ready_file_init(&s->ready, s->setup->ready_file)) {
    return again_cli_usage_error(command, "cannot make the ready file %s: %s", s->setup->ready_file,
                                 errno == EEXIST ? "there is something else" : strerror(errno));
  }
  char why[512];
  if (again_emulator_start(&s->setup->emulator, &s->emulator, why, sizeof why) != 0) {
    return again_cli_usage_error(command, "%s", why);
  }
  s->started = monotonic();
  s->progress = progress_of(s->setup->json);
  return announce(s);
}

/* The signals are blocked already. */
static int run_server(const setup *made, const sigset_t *signals) {
  server *s = calloc(1, sizeof *s);
  if (s == NULL) return again_cli_usage_error(made->command, "out of memory");
  s->setup = made;
  int status = start(s);
  if (status == CLI_OK) {
    serve(s, signals);
    if (s->progress != AGAIN_EMULATE_SILENT) putchar('\n');
    print_stats(s);
    status = again_cli_finish(made->command, CLI_OK);
  }
  again_ready_file_fini(&s->ready);
  if (again_emulator_stop(s->emulator) != 0) {
    const char *record = made->emulator.record;
    status = again_cli_usage_error(made->command, "%s is not complete: is the disk full?",
                                   record != NULL ? record : "the temporary file of records");
  }
  free(s);
  return status;
}

/* Reads the options into *made; CLI_OK, or CLI_USAGE after one line on stderr. */
static int read_options(int argc, char **argv, setup *made) {
  again_emulator_options *emulator = &made->emulator;
  const char *port = NULL, *quota = NULL, *burst = NULL, *bytes = NULL;
  const char *script = NULL, *seed = NULL, *exit_after = NULL;
  const again_cli_option options[] = {
      {.name = "--port", .value = &port},
      {.name = "--quota", .value = &quota},
      {.name = "--burst", .value = &burst},
      {.name = "--quota-bytes", .value = &bytes},
      {.name = "--fault", .list = &made->faults},
      {.name = "--script", .value = &script},
      {.name = "--record", .value = &emulator->record},
      {.name = "--ready-file", .value = &made->ready_file},
      {.name = "--exit-after", .value = &exit_after},
      {.name = "--secret-id", .value = &emulator->secret_id},
      {.name = "--secret-key", .value = &emulator->secret_key},
      {.name = "--seed", .value = &seed},
      {.name = "--json", .flag = &made->json},
  };
  int rest = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0) return again_cli_usage_error(argv[0], "it takes no arguments, only options");
  unsigned long long port_number = 0;
  unsigned long long seed_number = 0;
  if (!again_cli_number(argv[0], "--port", port, 0, 65535, &port_number) ||
      !again_cli_number(argv[0], "--seed", seed, 0, UINT64_MAX, &seed_number) ||
      !parse_rate(argv[0], "--quota", quota, &emulator->quota) ||
      !parse_rate(argv[0], "--burst", burst, &emulator->burst) ||
      !parse_byte_rate(argv[0], bytes, &emulator->quota_bytes) ||
      !parse_exit_after(argv[0], exit_after, &made->exit_after)) {
    return CLI_USAGE;
  }
  emulator->port = (uint16_t)port_number;
  emulator->seed = seed_number;
  emulator->keep = KEEP;
  emulator->faults = made->faults.values;
  emulator->fault_count = (size_t)made->faults.count;
  if (script != NULL) made->script = read_script(argv[0], script);
  emulator->script = made->script;
  return script == NULL || made->script != NULL ? CLI_OK : CLI_USAGE;
}

static int run(int argc, char **argv) {
  setup made = {.command = argv[0]};
  int status = read_options(argc, argv, &made);
  if (status != CLI_OK) return status;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  status = run_server(&made, &signals);
  free(made.script);
  return status;
}

const again_cli_command again_cli_emulate = {
    .name = "emulate",
    .arguments = "[options]",
    .sentence = "serve an emulated CLS upload endpoint on loopback, with faults",
    .help = "  --port N             on 127.0.0.1; 0 or none: any free one\n"
            "  --quota N/s          requests per second and topic; none: no quota\n"
            "  --burst N            requests that may come at once; none: a tenth of the\n"
            "                       quota\n"
            "  --quota-bytes SIZE/s bytes of bodies per second and topic, as sent\n"
            "  --fault TEXT         a fault to play, may be repeated: WHAT and KEY=VALUE\n"
            "                         429, 503, ...     a status, with its error code if\n"
            "                                           it has one\n"
            "                         InternalError     an error code of the service\n"
            "                         reset, refuse     no answer; no connection\n"
            "                         latency=200ms, clock=-10m, close=after, body=TEXT\n"
            "                         at=3s for=5s count=2 share=0.1 topic=ID\n"
            "                         min_logs=100 contains=TEXT compression=lz4\n"
            "                         status=503 retry_after=2\n"
            "  --script FILE        faults as JSON, an array of objects, as\n"
            "                         [{\"status\": 503, \"at\": \"3s\", \"for\": \"5s\"}]\n"
            "                       with the keys of --fault: code, status, body, close,\n"
            "                       refuse, clock, latency, retry_after; at, for; topic,\n"
            "                       share, count, min_logs, contains, compression\n"
            "  --record FILE        write every stored log as a line of JSON\n"
            "  --ready-file FILE    write the address to FILE once it listens, whole\n"
            "                       or not at all; FILE is removed at the start and the\n"
            "                       end. A FIFO is written to\n"
            "  --exit-after DUR     end by itself after so long, as 30s\n"
            "  --secret-id ID       the credential it knows (AKIDEMULATOR)\n"
            "  --secret-key KEY     (emulator-secret-key)\n"
            "  --seed N             of the requests that a fault with a share hits\n"
            "  --json               print the counters as JSON; the address on stderr\n"
            "\n"
            "Prints its address and runs until SIGINT, SIGTERM, SIGHUP or --exit-after;\n"
            "then it prints its counters. On a terminal a table of topics is redrawn every\n"
            "second (with NO_COLOR or TERM=dumb a plain line is added when something came;\n"
            "with --json nothing). While it runs:\n"
            "\n"
            "  GET    /_emulator/stats    the counters as JSON\n"
            "  GET    /_emulator/records  what was stored, a line of JSON each (up to\n"
            "                             64 MiB without --record)\n"
            "  POST   /_emulator/fault    add a fault, the body is TEXT as above\n"
            "  POST   /_emulator/script   add faults, the body is JSON\n"
            "  DELETE /_emulator/script   remove all faults\n"
            "  POST   /_emulator/reset    set the counters to 0, forget what was stored\n"
            "\n"
            "exit status  0  ended by a signal or --exit-after\n"
            "             2  wrong usage, the port is taken, or a file cannot be read\n"
            "                or written\n"
            "\n"
            "example  again emulate --port 8080 --quota 50/s --fault \"500 share=0.1\"",
    .run = run,
};
