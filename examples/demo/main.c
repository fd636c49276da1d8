/* again-demo: ships a real log through every trouble there is, and shows that nothing is lost.
 *
 * An emulator of the service in this process, the agent in a process of its own, and an account
 * from the server's record. */
#include "audit.h"
#include "child.h"
#include "cut.h"
#include "display.h"
#include "table.h"
#include <again/emulator.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEMO_OK = 0, DEMO_FAILED = 1, DEMO_USAGE = 2, LINES_MIN = 20, TICK_MS = 100 };

#define SECRET_ID  "AKIDDEMO"
#define SECRET_KEY "demo-secret-key"

/* Files of the scratch folder. */
enum { OPEN_LOG, CLOSED_LOG, RECORD, STATE, DEAD_LETTERS, AGENT_LOG, CHECKPOINT, FILE_COUNT };
static const char *const file_names[FILE_COUNT] = {
    "open.log",  "closed.log",           "record.ndjson", "state", "state/dead-letters.ndjson",
    "agent.log", "state/checkpoint.json"};

/* The agent is in a session of its own: what ends the demo must be passed on to it. */
static const int interrupts[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { INTERRUPT_COUNT = sizeof interrupts / sizeof *interrupts };

typedef struct demo {
  const char *log;
  const char *agent;
  const char *policy;
  bool plain;
  bool keep;
  char scratch[256];
  char files[FILE_COUNT][320];
  plan plan;
  again_emulator *emulator;
  uv_loop_t loop;
  uv_timer_t tick;
  uv_signal_t interrupts[INTERRUPT_COUNT];
  child child;
  display display;
  uint64_t started; /* uv_now */
  bool interrupted;
  char why[512];
} demo;

static int fail(const demo *d, int status) {
  fprintf(stderr, "again-demo: %s\n", d->why);
  return status;
}

/* ---- Setting up ------------------------------------------------------------------------------ */

static bool make_scratch(demo *d) {
  const char *base = getenv("TMPDIR");
  snprintf(d->scratch, sizeof d->scratch, "%.200s/again-demo-XXXXXX",
           base != NULL && base[0] != '\0' ? base : "/tmp");
  if (mkdtemp(d->scratch) == NULL) {
    snprintf(d->why, sizeof d->why, "cannot make the folder %s: set TMPDIR to one that exists",
             d->scratch);
    d->scratch[0] = '\0';
    return false;
  }
  for (int i = 0; i < FILE_COUNT; i++)
    snprintf(d->files[i], sizeof d->files[i], "%s/%s", d->scratch, file_names[i]);
  return true;
}

static void remove_scratch(const demo *d) {
  if (d->scratch[0] == '\0') return;
  if (d->keep) {
    printf("  The files are in %s\n", d->scratch);
    return;
  }
  for (int i = FILE_COUNT - 1; i >= 0; i--) {
    if (i != STATE) unlink(d->files[i]);
  }
  rmdir(d->files[STATE]);
  rmdir(d->scratch);
}

static bool start_emulator(demo *d) {
  char *script = plan_script(&d->plan);
  again_emulator_options options = {.secret_id = SECRET_ID,
                                    .secret_key = SECRET_KEY,
                                    .quota = d->plan.quota,
                                    .record = d->files[RECORD],
                                    .script = script,
                                    .seed = 1};
  int error = script != NULL ? again_emulator_start(&options, &d->emulator, d->why, sizeof d->why)
                             : AGAIN_ENOMEM;
  if (script == NULL) snprintf(d->why, sizeof d->why, "out of memory");
  free(script);
  return error == 0;
}

static bool start_agent(demo *d) {
  char endpoint[64];
  snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u",
           (unsigned)again_emulator_port(d->emulator));
  setenv("AGAIN_CLS_SECRET_ID", SECRET_ID, 1);
  setenv("AGAIN_CLS_SECRET_KEY", SECRET_KEY, 1);
  unsetenv("AGAIN_CLS_TOKEN");
  child_options options = {.agent = d->agent,
                           .endpoint = endpoint,
                           .open_file = d->files[OPEN_LOG],
                           .closed_file = d->files[CLOSED_LOG],
                           .state = d->files[STATE],
                           .policy = d->policy,
                           .stderr_file = d->files[AGENT_LOG],
                           .batch_lines = d->plan.batch_lines};
  return child_start(&d->child, &d->loop, &options, d->why, sizeof d->why);
}

/* ---- The run --------------------------------------------------------------------------------- */

static uint64_t elapsed(const demo *d) {
  return uv_now(&d->loop) - d->started;
}

static void on_tick(uv_timer_t *timer) {
  demo *d = timer->data;
  if (!child_over(&d->child)) {
    display_update(&d->display, &d->child.state, elapsed(d));
    return;
  }
  uv_close((uv_handle_t *)&d->tick, NULL);
  for (int i = 0; i < INTERRUPT_COUNT; i++)
    uv_close((uv_handle_t *)&d->interrupts[i], NULL);
}

static void on_interrupt(uv_signal_t *signal, int number) {
  demo *d = signal->data;
  (void)number;
  d->interrupted = true;
  child_stop(&d->child);
}

static void run(demo *d) {
  uv_timer_init(&d->loop, &d->tick);
  d->tick.data = d;
  for (int i = 0; i < INTERRUPT_COUNT; i++) {
    uv_signal_init(&d->loop, &d->interrupts[i]);
    d->interrupts[i].data = d;
    uv_signal_start(&d->interrupts[i], on_interrupt, interrupts[i]);
  }
  uv_timer_start(&d->tick, on_tick, 0, TICK_MS);
  uv_run(&d->loop, UV_RUN_DEFAULT);
  display_end(&d->display, &d->child.state, d->child.state.elapsed_ms);
}

/* ---- The account ----------------------------------------------------------------------------- */

/* How many answers the emulator gave with each trouble's code. */
static void count_met(demo *d, result *r) {
  char *json = again_emulator_stats_json(d->emulator);
  json_object *stats = json != NULL ? json_tokener_parse(json) : NULL;
  json_object *codes = NULL;
  json_object_object_get_ex(stats, "codes", &codes);
  for (int i = 0; i < TROUBLE_COUNT; i++) {
    json_object *count = NULL;
    if (json_object_object_get_ex(codes, d->plan.troubles[i].code, &count)) {
      r->met[i] = json_object_get_uint64(count);
    }
  }
  /* What finds no connection, only the agent can see. */
  r->met[TROUBLE_OUTAGE] = d->child.state.unconnected;
  json_object_put(stats);
  free(json);
}

static int judge(demo *d) {
  audit account = {0};
  result r = {.log = d->log, .plan = &d->plan, .account = &account, .agent = &d->child.state};
  again_emulator_stats stats = again_emulator_stats_get(d->emulator);
  r.batches = stats.batches;
  r.requests = stats.requests;
  count_met(d, &r);
  int stopped = again_emulator_stop(d->emulator);
  d->emulator = NULL;
  bool read = stopped == 0;
  if (!read)
    snprintf(d->why, sizeof d->why, "%s is not complete: is the disk full?", d->files[RECORD]);
  for (int i = OPEN_LOG; i <= CLOSED_LOG; i++)
    read = read && audit_add_file(&account, d->files[i], d->why, sizeof d->why);
  read = read && audit_read_stored(&account, d->files[RECORD], d->why, sizeof d->why) &&
         audit_read_refused(&account, d->files[DEAD_LETTERS], d->why, sizeof d->why);
  audit_close(&account);
  int status = read ? (table_print(&r) ? DEMO_OK : DEMO_FAILED) : fail(d, DEMO_FAILED);
  audit_free(&account);
  return status;
}

static int check_child(demo *d) {
  if (d->interrupted) {
    snprintf(d->why, sizeof d->why, "interrupted: the agent was stopped");
    return DEMO_FAILED;
  }
  const child *c = &d->child;
  if (c->exit_signal == 0 && c->state.final && c->exit_status <= 1) return 0;
  d->keep = true;
  snprintf(d->why, sizeof d->why, "the agent ended with status %d, signal %d: see %s",
           (int)c->exit_status, c->exit_signal, d->files[AGENT_LOG]);
  return DEMO_FAILED;
}

/* ---- From the command line ------------------------------------------------------------------- */

static int usage(void) {
  printf("usage: again-demo --agent PROGRAM [options] LOG\n\n"
         "Ships LOG with the agent to an emulator of the service, through a quota, failures, an\n"
         "outage and a wrong clock, and accounts for every line.\n\n"
         "  --agent PROGRAM  again-agent\n"
         "  --policy FILE    retry policy of the agent; none: the built-in one\n"
         "  --plain          lines instead of the live display\n"
         "  --keep           keep the files: the server's record, the dead letters\n\n"
         "exit status  0  nothing was lost\n"
         "             1  something is wrong; the output says what\n"
         "             2  wrong usage, or LOG cannot be read\n");
  return DEMO_OK;
}

static bool parse(demo *d, int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--plain") == 0) {
      d->plain = true;
    } else if (strcmp(argv[i], "--keep") == 0) {
      d->keep = true;
    } else if (strcmp(argv[i], "--agent") == 0 && i + 1 < argc) {
      d->agent = argv[++i];
    } else if (strcmp(argv[i], "--policy") == 0 && i + 1 < argc) {
      d->policy = argv[++i];
    } else if (argv[i][0] != '-' && d->log == NULL) {
      d->log = argv[i];
    } else {
      snprintf(d->why, sizeof d->why, "%s is not understood; see again-demo --help", argv[i]);
      return false;
    }
  }
  snprintf(d->why, sizeof d->why, "name %s; see again-demo --help",
           d->log == NULL ? "a log file" : "the agent with --agent");
  return d->log != NULL && d->agent != NULL;
}

static int prepare(demo *d) {
  uint64_t lines = 0;
  if (!cut_count(d->log, &lines, d->why, sizeof d->why)) return DEMO_USAGE;
  if (lines < LINES_MIN) {
    snprintf(d->why, sizeof d->why, "%s has %d lines; name a log of at least %d", d->log,
             (int)lines, LINES_MIN);
    return DEMO_USAGE;
  }
  plan_make(&d->plan, lines);
  if (!make_scratch(d)) return DEMO_FAILED;
  if (!cut_file(d->log, lines - d->plan.closed, d->files[OPEN_LOG], d->files[CLOSED_LOG], d->why,
                sizeof d->why)) {
    return DEMO_FAILED;
  }
  return start_emulator(d) ? DEMO_OK : DEMO_FAILED;
}

static int ship(demo *d) {
  uv_loop_init(&d->loop);
  d->started = uv_now(&d->loop);
  display_init(&d->display, &d->plan, d->plain);
  int status = start_agent(d) ? DEMO_OK : DEMO_FAILED;
  if (status == DEMO_OK) {
    run(d);
    status = check_child(d);
  } else {
    uv_run(&d->loop, UV_RUN_DEFAULT);
  }
  uv_loop_close(&d->loop);
  child_free(&d->child);
  return status == DEMO_OK ? judge(d) : fail(d, status);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) return usage();
  }
  demo *d = calloc(1, sizeof *d);
  if (d == NULL) return DEMO_FAILED;
  signal(SIGPIPE, SIG_IGN);
  int status = parse(d, argc, argv) ? prepare(d) : DEMO_USAGE;
  status = status == DEMO_OK ? ship(d) : fail(d, status);
  again_emulator_stop(d->emulator);
  remove_scratch(d);
  free(d);
  return status;
}
