/* The command line: one table knows every option, reads it and prints it. */
#include "options.h"
#include <again/cls.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIB = 1024, MIB = 1024 * KIB };

typedef enum option_kind {
  KIND_TEXT,
  KIND_NUMBER,
  KIND_SIZE,
  KIND_DURATION,
  KIND_FLAG,
  KIND_INPUT
} option_kind;

typedef struct option_row {
  const char *name;
  const char *argument;
  option_kind kind;
  size_t at;          /* of the member it sets */
  uint64_t least;     /* of a number or size */
  uint64_t most;      /* of a number, size or duration */
  const char *preset; /* as one would write it; NULL: none */
  const char *sentence;
} option_row;

#define AT(member) offsetof(options, member)

static const option_row rows[] = {
    {"--endpoint", "URL", KIND_TEXT, AT(endpoint), 0, 0, NULL,
     "the service, as https://ap-guangzhou.cls.tencentcs.com"},
    {"--topic", "ID FILE", KIND_INPUT, AT(inputs), 0, 0, NULL,
     "ship FILE (- is standard input) to topic ID; may be repeated"},
    {"--allow-plain-http", NULL, KIND_FLAG, AT(allow_plain_http), 0, 0, NULL,
     "permit http:// to another machine: signatures can be read on the way"},
    {"--credentials", "FILE", KIND_TEXT, AT(credentials), 0, 0, NULL,
     "secret_id = .., secret_key = .. in a file, read again when it changes"},
    {"--allow-readable-credentials", NULL, KIND_FLAG, AT(allow_readable_credentials), 0, 0, NULL,
     "take that file though others than its owner can read it"},
    {"--policy", "FILE", KIND_TEXT, AT(policy), 0, 0, NULL,
     "retry policy, read again when it changes; or builtin:NAME"},
    {"--state", "DIR", KIND_TEXT, AT(state), 0, 0, "./again-state",
     "folder of checkpoint.json and dead-letters.ndjson"},
    {"--batch-lines", "N", KIND_NUMBER, AT(batch_lines), 1, AGAIN_CLS_LOGS_MAX, "1000",
     "send a batch at N lines"},
    {"--batch-bytes", "SIZE", KIND_SIZE, AT(batch_bytes), 1, AGAIN_CLS_VALUES_MAX, "1MiB",
     "or at SIZE bytes of values"},
    {"--linger", "DUR", KIND_DURATION, AT(linger), 0, 3600000, "1s",
     "or when its first line has waited DUR"},
    {"--window", "N", KIND_NUMBER, AT(window), 1, 100000, "16",
     "of each file, no more than N batches are on their way"},
    {"--memory", "SIZE", KIND_SIZE, AT(memory), 64 * KIB, UINT64_C(1) << 40, "32MiB",
     "for lines not settled yet, shared evenly by the files: above it reading pauses"},
    {"--follow", NULL, KIND_FLAG, AT(follow), 0, 0, NULL,
     "keep reading what is appended, until a signal"},
    {"--drain", "DUR", KIND_DURATION, AT(drain), 0, 86400000, "10s",
     "after SIGTERM or SIGINT, deliver for so long"},
    {"--checkpoint", "DUR", KIND_DURATION, AT(checkpoint), 0, 3600000, "0ms",
     "write it every DUR; 0ms: at once, so that a kill repeats only what was under way"},
    {"--metrics", "[ADDRESS:]PORT", KIND_TEXT, AT(metrics), 0, 0, NULL,
     "answer GET /metrics on loopback, for Prometheus"},
    {"--events", "FILE", KIND_TEXT, AT(events), 0, 0, NULL,
     "write what happens as lines of JSON; /dev/fd/N works"},
    {"--quiet", NULL, KIND_FLAG, AT(quiet), 0, 0, NULL, "print errors only"},
    {"--seed", "N", KIND_NUMBER, AT(seed), 0, UINT64_MAX, "0",
     "of the jitter; 0: from the system's random numbers"},
    {"--help", NULL, KIND_FLAG, AT(help), 0, 0, NULL, "print this page"},
    {"--version", NULL, KIND_FLAG, AT(version), 0, 0, NULL, "print the version"},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static bool parse_number(const char *text, uint64_t *number, const char **rest) {
  if (*text < '0' || *text > '9') return false;
  char *end = NULL;
  errno = 0;
  *number = strtoull(text, &end, 10);
  *rest = end;
  return errno == 0;
}

/* "4096", "500KiB", "32MiB", "1GiB". */
static bool parse_size(const char *text, uint64_t *size) {
  static const struct {
    const char *name;
    unsigned shift;
  } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
  const char *rest = NULL;
  if (!parse_number(text, size, &rest)) return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(rest, units[i].name) != 0) continue;
    if (*size > UINT64_MAX >> units[i].shift) return false;
    *size <<= units[i].shift;
    return true;
  }
  return false;
}

static bool set_measure(const option_row *row, options *parsed, const char *text, char *why,
                        size_t why_size) {
  static const char *const forms[] = {
      [KIND_NUMBER] = "a whole number",
      [KIND_SIZE] = "a size as 4096, 500KiB or 32MiB",
      [KIND_DURATION] = "a duration as 250ms, 1.5s or 2m",
  };
  uint64_t value = 0;
  const char *rest = "";
  bool ok = row->kind == KIND_NUMBER ? parse_number(text, &value, &rest) && *rest == '\0'
            : row->kind == KIND_SIZE ? parse_size(text, &value)
                                     : again_duration_parse(text, &value) == 0;
  if (!ok) {
    snprintf(why, why_size, "%s %s: write %s", row->name, text, forms[row->kind]);
    return false;
  }
  if (value < row->least || value > row->most) {
    snprintf(why, why_size, "%s %s: allowed is %" PRIu64 " to %" PRIu64 "%s", row->name, text,
             row->least, row->most,
             row->kind == KIND_SIZE       ? " bytes"
             : row->kind == KIND_DURATION ? " ms"
                                          : "");
    return false;
  }
  memcpy((char *)parsed + row->at, &value, sizeof value);
  return true;
}

static bool add_input(options *parsed, const char *topic, const char *path, char *why,
                      size_t why_size) {
  if (parsed->input_count == INPUTS_MAX) {
    snprintf(why, why_size, "--topic %s %s: no more than %d files at once", topic, path,
             INPUTS_MAX);
    return false;
  }
  if (!again_cls_text_valid(topic, strlen(topic)) || !again_cls_text_valid(path, strlen(path))) {
    snprintf(why, why_size, "--topic %s %s: names must be UTF-8, as CLS keeps them so; rename it",
             topic, path);
    return false;
  }
  for (size_t i = 0; i < parsed->input_count; i++) {
    const input_option *other = &parsed->inputs[i];
    bool both_stdin = strcmp(path, "-") == 0 && strcmp(other->path, "-") == 0;
    bool twice = strcmp(path, other->path) == 0 && strcmp(topic, other->topic) == 0;
    if (both_stdin || twice) {
      snprintf(why, why_size, "--topic %s %s: %s; give it once", topic, path,
               both_stdin ? "standard input can be read only once"
                          : "the same file for the same topic");
      return false;
    }
  }
  parsed->inputs[parsed->input_count++] = (input_option){.topic = topic, .path = path};
  return true;
}

/* Sets what a row says from its arguments. */
static bool set_row(const option_row *row, options *parsed, const char *const arguments[2],
                    char *why, size_t why_size) {
  switch (row->kind) {
  case KIND_TEXT: memcpy((char *)parsed + row->at, arguments, sizeof *arguments); return true;
  case KIND_FLAG: *(bool *)((char *)parsed + row->at) = true; return true;
  case KIND_INPUT: return add_input(parsed, arguments[0], arguments[1], why, why_size);
  case KIND_NUMBER:
  case KIND_SIZE:
  case KIND_DURATION: return set_measure(row, parsed, arguments[0], why, why_size);
  }
  return false;
}

static const option_row *find_row(const char *name) {
  for (size_t i = 0; i < ROW_COUNT; i++) {
    if (strcmp(rows[i].name, name) == 0) return &rows[i];
  }
  return NULL;
}

static int argument_count(const option_row *row) {
  if (row->argument == NULL) return 0;
  return row->kind == KIND_INPUT ? 2 : 1;
}

static bool set_presets(options *parsed, char *why, size_t why_size) {
  for (size_t i = 0; i < ROW_COUNT; i++) {
    if (rows[i].preset == NULL) continue;
    const char *arguments[2] = {rows[i].preset, NULL};
    if (!set_row(&rows[i], parsed, arguments, why, why_size)) return false;
  }
  return true;
}

bool options_parse(options *parsed, int argc, char **argv, char *why, size_t why_size) {
  memset(parsed, 0, sizeof *parsed);
  if (!set_presets(parsed, why, why_size)) return false;
  for (int at = 1; at < argc;) {
    const option_row *row = find_row(argv[at]);
    if (row == NULL) {
      snprintf(why, why_size, "%s: there is no such option; see again-agent --help", argv[at]);
      return false;
    }
    int count = argument_count(row);
    if (argc - at - 1 < count) {
      snprintf(why, why_size, "%s needs %s behind it", row->name, row->argument);
      return false;
    }
    const char *arguments[2] = {count > 0 ? argv[at + 1] : NULL, count > 1 ? argv[at + 2] : NULL};
    if (!set_row(row, parsed, arguments, why, why_size)) return false;
    at += 1 + count;
  }
  if (parsed->help || parsed->version) return true;
  const char *missing = parsed->endpoint == NULL   ? "--endpoint URL"
                        : parsed->input_count == 0 ? "--topic ID FILE"
                                                   : NULL;
  if (missing == NULL) return true;
  snprintf(why, why_size, "%s is missing; see again-agent --help", missing);
  return false;
}

void options_help(void) {
  printf("usage: again-agent --endpoint URL --topic ID FILE [--topic ID FILE]... [options]\n\n"
         "Ships lines of log files to topics of Tencent Cloud Log Service.\n\n");
  for (size_t i = 0; i < ROW_COUNT; i++) {
    const option_row *row = &rows[i];
    char left[40];
    int width = snprintf(left, sizeof left, "%s%s%s", row->name, row->argument != NULL ? " " : "",
                         row->argument != NULL ? row->argument : "");
    printf("  %-20s%s%s", left, width > 20 ? "\n                       " : " ", row->sentence);
    if (row->preset != NULL && row->kind != KIND_NUMBER) printf(" (%s)", row->preset);
    if (row->kind == KIND_NUMBER && row->least > 0) {
      printf(" (%s; at most %" PRIu64 ")", row->preset, row->most);
    }
    printf("\n");
  }
  printf(
      "\nThe credential: --credentials, or AGAIN_CLS_SECRET_ID and AGAIN_CLS_SECRET_KEY in the\n"
      "environment, and AGAIN_CLS_TOKEN if it is a temporary one.\n"
      "SIGHUP: the policy and the credential are read again at once, followed files are looked\n"
      "at, and the file of --events is opened anew.\n\n"
      "A line is settled when it was delivered or is in the dead letters. The next start\n"
      "continues behind what is settled; only what was on its way at a kill is sent twice. A file "
      "that was rotated\n"
      "or cut in place (copytruncate) is read on under its new name or in its copy, and then\n"
      "those that came after it, in the order of their last change: in the same folder, with a\n"
      "number or date in the name. One that was compressed or removed before is lost. Standard\n"
      "input cannot be read again: lines of it that are not settled at the end go to the dead\n"
      "letters, and a kill loses those in memory.\n\n"
      "exit status  0  everything was delivered\n"
      "             1  some lines are in the dead letters\n"
      "             2  wrong usage or set-up; nothing was sent\n"
      "             3  stopped before everything was settled: the next start continues\n"
      "             4  the state could not be written: the next start continues\n"
      "             5  the service refuses the credential, the account or this client: put that\n"
      "                right; the lines stay in their files, and the next start continues\n\n"
      "example  again-agent --endpoint http://127.0.0.1:8080 --topic demo /var/log/dpkg.log\n");
}
