/* again test: policy tests as data. */
#include "cases/cases.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/save.h"
#include "draw/terminal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct settings {
  const char *command;
  const char *filter;
  const char *junit;
  unsigned long long seeds;
  bool tap;
  bool json;
  bool update;
} settings;

/* All files, and the reports of the cases that were run, in their order. */
typedef struct session {
  again_case_file *files;
  int file_count;
  again_case_report *reports;
  size_t count;
  size_t failed;
} session;

static int load_files(session *s, int count, char **paths) {
  s->files = calloc((size_t)count, sizeof *s->files);
  if (s->files == NULL) return again_cli_usage_error("test", "out of memory");
  for (int i = 0; i < count; i++) {
    again_diagnostic wrong;
    if (again_case_file_load(paths[i], &s->files[i], &wrong) != 0) {
      again_cli_show(paths[i], &wrong);
      return CLI_USAGE;
    }
    s->file_count++;
  }
  return CLI_OK;
}

static bool is_wanted(const settings *set, const again_case *c) {
  return set->filter == NULL || strstr(c->name, set->filter) != NULL;
}

static int judge_file(session *s, const settings *set, const again_case_file *file) {
  size_t room = s->count + file->count;
  again_case_report *reports = realloc(s->reports, room * sizeof *reports);
  if (reports == NULL) return AGAIN_ENOMEM;
  s->reports = reports;
  for (size_t i = 0; i < file->count; i++) {
    if (!is_wanted(set, &file->cases[i])) continue;
    again_case_report *report = &s->reports[s->count++];
    if (again_case_judge(file, &file->cases[i], set->seeds, report) != 0) return AGAIN_ENOMEM;
    s->failed += report->passed ? 0 : 1;
  }
  return 0;
}

static int judge(session *s, const settings *set) {
  for (int i = 0; i < s->file_count; i++) {
    if (judge_file(s, set, &s->files[i]) != 0)
      return again_cli_usage_error(set->command, "out of memory");
  }
  if (s->count > 0) return s->failed > 0 ? CLI_INVALID : CLI_OK;
  return again_cli_usage_error(set->command, "no case has \"%s\" in its name", set->filter);
}

/* ---- Reports ----------------------------------------------------------------------------------- */

/* The explanation, on a terminal with what is wrong in red. */
static void print_explanation(const again_case_report *report, bool colour) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = colour ? open_memstream(&text, &size) : NULL;
  again_case_explain(report, out != NULL ? out : stdout);
  if (out == NULL) return;
  fclose(out);
  for (char *line = text; line != NULL && *line != '\0';) {
    size_t length = strcspn(line, "\n");
    bool wrong = strncmp(line, "    !", 5) == 0;
    printf("%s%.*s%s\n", wrong ? "\033[31m" : "", (int)length, line, wrong ? "\033[0m" : "");
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  free(text);
}

static void print_text(const session *s) {
  bool colour = again_terminal_is_rich(STDOUT_FILENO);
  for (size_t i = 0; i < s->count; i++) {
    const again_case_report *report = &s->reports[i];
    if (report->passed) continue;
    printf("%s:%u:%u: %sfailed%s: %s\n", report->file->path, (unsigned)report->c->line,
           (unsigned)report->c->column, colour ? "\033[1;31m" : "", colour ? "\033[0m" : "",
           report->c->name);
    print_explanation(report, colour);
    putchar('\n');
  }
  for (int i = 0; i < s->file_count; i++) {
    size_t cases = 0;
    size_t failed = 0;
    for (size_t k = 0; k < s->count; k++) {
      if (s->reports[k].file != &s->files[i]) continue;
      cases++;
      failed += s->reports[k].passed ? 0 : 1;
    }
    if (cases == 0) continue;
    printf("%s: %zu case%s, ", s->files[i].path, cases, cases == 1 ? "" : "s");
    if (failed > 0) {
      printf("%zu failed\n", failed);
    } else {
      puts("all as expected");
    }
  }
}

static int write_junit(const session *s, const settings *set) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out != NULL) again_case_write_junit(s->reports, s->count, out);
  bool whole = out != NULL && !ferror(out);
  if (out != NULL && fclose(out) != 0) whole = false;
  if (!whole) {
    free(text);
    text = NULL;
  }
  return again_cli_save(set->command, set->junit, text);
}

static int report(const session *s, const settings *set) {
  int status = set->junit != NULL ? write_junit(s, set) : CLI_OK;
  if (set->tap) {
    again_case_write_tap(s->reports, s->count, stdout);
  } else if (set->json) {
    if (!again_case_write_json(s->reports, s->count, stdout))
      status = again_cli_usage_error(set->command, "out of memory");
  } else {
    print_text(s);
  }
  return status;
}

static int update(const session *s, const settings *set) {
  int status = CLI_OK;
  size_t at = 0;
  for (int i = 0; i < s->file_count; i++) {
    const again_case_file *file = &s->files[i];
    size_t changed = 0;
    size_t end = at;
    for (; end < s->count && s->reports[end].file == file; end++) {
      if (s->reports[end].ran) continue;
      status = again_cli_usage_error(set->command, "%s: %s: %s", file->path,
                                     s->reports[end].c->name, s->reports[end].problem);
    }
    int error = again_case_file_update(file, &s->reports[at], end - at, &changed);
    at = end;
    if (error != 0) {
      const char *why = error == AGAIN_EIO      ? strerror(errno)
                        : error == AGAIN_ESTATE ? "it was changed meanwhile; run this again"
                                                : "out of memory";
      status = again_cli_usage_error(set->command, "cannot rewrite %s: %s", file->path, why);
    } else {
      printf("%s: %zu case%s rewritten\n", file->path, changed, changed == 1 ? "" : "s");
    }
  }
  return status;
}

static void end(session *s) {
  for (size_t i = 0; i < s->count; i++)
    again_case_report_free(&s->reports[i]);
  free(s->reports);
  for (int i = 0; i < s->file_count; i++)
    again_case_file_free(&s->files[i]);
  free(s->files);
}

static int run_files(const settings *set, int count, char **paths) {
  session s = {0};
  int status = load_files(&s, count, paths);
  if (status == CLI_OK) status = judge(&s, set);
  if (status != CLI_USAGE) {
    int wrote = set->update ? update(&s, set) : report(&s, set);
    if (set->update || wrote != CLI_OK) status = wrote;
  }
  end(&s);
  return again_cli_finish(set->command, status);
}

static int run(int argc, char **argv) {
  settings set = {.command = argv[0], .seeds = AGAIN_CASES_SEEDS};
  const char *seeds = NULL;
  bool schema = false;
  const again_cli_option options[] = {
      {.name = "--filter", .value = &set.filter}, {.name = "--junit", .value = &set.junit},
      {.name = "--seeds", .value = &seeds},       {.name = "--tap", .flag = &set.tap},
      {.name = "--json", .flag = &set.json},      {.name = "--update", .flag = &set.update},
      {.name = "--schema", .flag = &schema},
  };
  int files = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (files < 0) return CLI_USAGE;
  if (schema) return again_cli_print_text(argv[0], again_case_schema());
  if (files == 0) return again_cli_usage_error(argv[0], "name the files of cases to run");
  if (!again_cli_number(argv[0], "--seeds", seeds, 1, AGAIN_CASES_SEEDS_MAX, &set.seeds))
    return CLI_USAGE;
  if (set.tap + set.json + set.update > 1)
    return again_cli_usage_error(argv[0], "choose one of --tap, --json and --update");
  if (set.update && set.junit != NULL)
    return again_cli_usage_error(argv[0], "--junit tells of a test: run it without --update");
  return run_files(&set, files, argv + 1);
}

const again_cli_command again_cli_test = {
    .name = "test",
    .arguments = "[options] CASES.json...",
    .sentence = "run files of cases: outcomes, and what a policy must make of them",
    .help = "Runs the cases of each file on the scheduler that programs use, on a virtual\n"
            "clock, with 20 seeds of the jitter, and says what is not as expected, with\n"
            "what happened beside it. docs/cases.md describes the format.\n"
            "\n"
            "  --filter TEXT  only the cases with TEXT in their name\n"
            "  --seeds N      so many seeds, where a case does not say (20)\n"
            "  --update       write down what happens as what is expected, where it is\n"
            "                 not; nothing else of the file changes. Read the difference\n"
            "                 before you keep it\n"
            "  --tap          the results in the Test Anything Protocol, version 13\n"
            "  --junit FILE   the results as JUnit XML, too\n"
            "  --json         one object: passed, failed, cases (file, line, column,\n"
            "                 name, ok, seeds, problem, expectations: where, key,\n"
            "                 expected, got, ok)\n"
            "  --schema       print the JSON Schema of files of cases\n"
            "\n"
            "exit status  0  all is as expected\n"
            "             1  a case is not\n"
            "             2  wrong usage, a file that is not valid, or one that cannot\n"
            "                be read or written\n"
            "\n"
            "example  again test --filter throttled tests/cases/*.json",
    .run = run,
};
