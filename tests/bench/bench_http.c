/* The HTTP client against bare ones on libcurl, and nginx. */
#include "bench.h"
#include "http_client.h"
#include "http_origin.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY = 1024, ROUNDS = 9, ROUNDS_MAX = 15, CLIENTS = 4 };

static const char what[] =
    "The HTTP client against bare clients on libcurl's multi_socket interface, all with nginx on\n"
    "loopback: requests a second, CPU for each delivered request where some are refused,\n"
    "instructions (callgrind) and system calls (strace) for each attempt, new connections.\n"
    "Ratios are medians of 9 rounds in turn. Skipped, status 77, where nginx is absent.\n"
    "  --json                        an object a line\n"
    "  --quick                       few requests, without valgrind and strace: a smoke test\n"
    "  --client NAME --url URL --concurrency N --requests N\n"
    "                                only this client (again, bare, reused, manual), for tools\n";

static const http_client *const clients[CLIENTS] = {&http_ours, &http_bare, &http_bare_reused,
                                                    &http_manual};
static const char *const short_names[CLIENTS] = {"again", "bare", "reused", "manual"};
static char body[BODY];

typedef struct settings {
  const char *program;
  const char *client;
  const char *url;
  unsigned concurrency;
  unsigned requests;
  bool quick;
  bench_output output;
} settings;

static bool carry(unsigned client, const char *url, unsigned concurrency, unsigned waiting,
                  unsigned requests, http_run *run) {
  http_load load = {.url = url,
                    .body = body,
                    .body_length = sizeof body,
                    .concurrency = concurrency,
                    .waiting = waiting,
                    .requests = requests};
  if (clients[client]->carry(&load, run)) return true;
  fprintf(stderr, "bench_http: %s: not all was delivered\n", clients[client]->name);
  return false;
}

/* ---- Throughput and CPU --------------------------------------------------------------------------- */

/* The name of a row, kept until the next. */
static const char *row(const char *title, const char *against, unsigned concurrency) {
  static char text[80];
  snprintf(text, sizeof text, "%s, %u at once: %s", title, concurrency, against);
  return text;
}

static bool throughput(settings *s, const char *url, unsigned concurrency) {
  unsigned requests = s->quick ? 500 : 8000;
  unsigned rounds = s->quick ? 1 : ROUNDS;
  double ratios[CLIENTS][ROUNDS_MAX];
  double rates[CLIENTS][ROUNDS_MAX];
  for (unsigned round = 0; round < rounds; round++) {
    for (unsigned i = 0; i < CLIENTS; i++) {
      http_run run;
      if (!carry((i + round) % CLIENTS, url, concurrency, 0, requests, &run)) return false;
      rates[(i + round) % CLIENTS][round] = requests * 1e9 / (double)run.wall_ns;
    }
    for (unsigned i = 1; i < CLIENTS; i++)
      ratios[i][round] = rates[0][round] / rates[i][round];
  }
  for (unsigned i = 1; i < CLIENTS; i++) {
    double ratio = bench_median(ratios[i], rounds);
    double ours = bench_median(rates[0], rounds);
    bench_result(&s->output, row("throughput", clients[i]->name, concurrency), "requests/s", ours,
                 ours / ratio);
  }
  return true;
}

/* CPU for each delivered request, against a bare client whose calls cost what they cost unrefused. */
static bool refusals(settings *s, const char *url, unsigned share) {
  enum { CONCURRENCY = 64, WAITING = 1024 /* so that as many are always under way */ };
  unsigned requests = s->quick ? 300 : 5000;
  unsigned rounds = s->quick ? 1 : ROUNDS;
  double ours[ROUNDS_MAX];
  double ratios[ROUNDS_MAX];
  char refusing[96];
  snprintf(refusing, sizeof refusing, "%sr%u", url, share);
  for (unsigned round = 0; round < rounds; round++) {
    http_run plain;
    http_run refused;
    if (!carry(1, url, CONCURRENCY, 0, requests, &plain)) return false;
    if (!carry(0, refusing, CONCURRENCY, WAITING, requests, &refused)) return false;
    double ideal = (double)plain.cpu_ns / requests * (double)refused.calls / requests;
    ours[round] = (double)refused.cpu_ns / requests;
    ratios[round] = ours[round] / ideal;
  }
  double ratio = bench_median(ratios, rounds);
  double us = bench_median(ours, rounds) / 1000;
  char name[64];
  snprintf(name, sizeof name, "CPU of a delivered one, %u %% refused: ideal", share);
  bench_result(&s->output, name, "us", us, us / ratio);
  return true;
}

static bool bursts(settings *s, const char *url) {
  enum { BURST = 256, COUNT = 6 };
  http_load load = {.url = url,
                    .body = body,
                    .body_length = sizeof body,
                    .concurrency = BURST,
                    .requests = BURST * COUNT,
                    .pause_after = BURST};
  http_run run;
  if (!http_ours.carry(&load, &run)) return false;
  bench_result(&s->output, "connections made after the first of 6 bursts of 256", "connections",
               (double)run.connects - BURST, 0);
  return true;
}

/* ---- With tools ------------------------------------------------------------------------------------ */

/* The number behind `mark` in what a command writes; the last one. Negative: it failed. */
static double ask(const char *command, const char *mark) {
  FILE *output = popen(command, "r");
  if (output == NULL) return -1;
  char line[512];
  double number = -1;
  while (fgets(line, sizeof line, output) != NULL) {
    const char *at = strstr(line, mark);
    if (at != NULL) number = strtod(at + strlen(mark), NULL);
  }
  return pclose(output) == 0 ? number : -1;
}

/* What a tool counts for each request: the difference of a long and a short run. */
static double count_each(const settings *s, const char *tool, const char *mark, unsigned client,
                         const char *url, unsigned concurrency) {
  enum { FEW = 1000, MANY = 3000 };
  double counts[2];
  for (int i = 0; i < 2; i++) {
    char command[768];
    snprintf(command, sizeof command,
             "%s '%s' --client %s --url %s --concurrency %u --requests %d 2>&1", tool, s->program,
             short_names[client], url, concurrency, i == 0 ? FEW : MANY);
    counts[i] = ask(command, mark);
    if (counts[i] < 0) return -1;
  }
  return (counts[1] - counts[0]) / (MANY - FEW);
}

static void with_tool(settings *s, const char *title, const char *unit, const char *tool,
                      const char *mark, const char *url, unsigned concurrency) {
  double counts[CLIENTS];
  for (unsigned i = 0; i < CLIENTS; i++) {
    counts[i] = count_each(s, tool, mark, i, url, concurrency);
    if (counts[i] < 0) {
      fprintf(stderr, "%s: the tool is not there, or failed\n", title);
      return;
    }
  }
  for (unsigned i = 1; i < CLIENTS; i++)
    bench_result(&s->output, row(title, clients[i]->name, concurrency), unit, counts[0], counts[i]);
}

/* strace -c writes a table whose last line is "100.00 seconds usecs calls [errors] total". */
static const char strace_tool[] =
    "sh -c 'f=$(mktemp); strace -f -c -o \"$f\" \"$@\" >/dev/null; "
    "awk \"\\$NF == \\\"total\\\" {print \\\"calls: \\\" \\$4}\" \"$f\"; rm -f \"$f\"' -";

static bool measure(settings *s, const char *url) {
  static const unsigned shares[] = {10, 30, 50};
  if (!throughput(s, url, 16) || !throughput(s, url, 256)) return false;
  for (unsigned i = 0; i < 3; i++) {
    if (!refusals(s, url, shares[i])) return false;
  }
  if (!bursts(s, url)) return false;
  if (s->quick) return true;
  with_tool(s, "instructions", "instructions",
            "valgrind --tool=callgrind --callgrind-out-file=/dev/null", "Collected : ", url, 64);
  with_tool(s, "system calls", "calls", strace_tool, "calls: ", url, 16);
  return true;
}

/* ---- The program ------------------------------------------------------------------------------------ */

/* One client alone, for a tool that watches this process. */
static int carry_one(const settings *s) {
  for (unsigned i = 0; i < CLIENTS; i++) {
    http_run run;
    if (strcmp(s->client, short_names[i]) != 0) continue;
    return carry(i, s->url, s->concurrency, 0, s->requests, &run) ? 0 : 1;
  }
  fprintf(stderr, "bench_http: there is no client %s\n", s->client);
  return 2;
}

static int read_options(int argc, char **argv, settings *s) {
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (strcmp(argv[i], "--help") == 0) {
      printf("usage: bench_http [--json] [--quick]\n\n%s", what);
      return 1;
    }
    if (strcmp(argv[i], "--json") == 0) {
      s->output.json = true;
    } else if (strcmp(argv[i], "--quick") == 0) {
      s->quick = true;
    } else if (value != NULL && strcmp(argv[i], "--client") == 0) {
      s->client = argv[++i];
    } else if (value != NULL && strcmp(argv[i], "--url") == 0) {
      s->url = argv[++i];
    } else if (value != NULL && strcmp(argv[i], "--concurrency") == 0) {
      s->concurrency = (unsigned)strtoul(argv[++i], NULL, 10);
    } else if (value != NULL && strcmp(argv[i], "--requests") == 0) {
      s->requests = (unsigned)strtoul(argv[++i], NULL, 10);
    } else {
      fprintf(stderr, "bench_http: %s is not understood; see --help\n", argv[i]);
      return 2;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  settings s = {.program = argv[0], .concurrency = 16, .requests = 1000};
  int stop = read_options(argc, argv, &s);
  if (stop != 0) return stop - 1;
  signal(SIGPIPE, SIG_IGN);
  memset(body, 'x', sizeof body);
  if (s.client != NULL && s.url != NULL) return carry_one(&s);
  http_origin origin;
  if (!http_origin_start(&origin)) return 77;
  char url[64];
  snprintf(url, sizeof url, "http://127.0.0.1:%d/", origin.port);
  bool whole = measure(&s, url);
  http_origin_stop(&origin);
  return whole ? 0 : 1;
}
