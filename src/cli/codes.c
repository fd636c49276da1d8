/* again codes: the catalogue of error codes, as a table, JSON or a page. */
#include "cli/command.h"
#include "cli/options.h"
#include "json/write.h"
#include <again/cls.h>
#include <stdio.h>
#include <string.h>

static void say_status(const again_code *code, char text[8]) {
  if (code->status == 0) {
    snprintf(text, 8, "any");
  } else {
    snprintf(text, 8, "%u", (unsigned)code->status);
  }
}

static void print_table(const again_catalogue *catalogue) {
  int width = 0;
  for (size_t i = 0; i < catalogue->count; i++) {
    int length = (int)strlen(catalogue->codes[i].name);
    if (length > width) width = length;
  }
  printf("%-*s  http  %-9s  %-19s  %-10s  advice\n", width, "code", "class", "remedy", "scope");
  for (size_t i = 0; i < catalogue->count; i++) {
    const again_code *code = &catalogue->codes[i];
    char status[8];
    say_status(code, status);
    printf("%-*s  %-4s  %-9s  %-19s  %-10s  %s\n", width, code->name, status,
           again_class_name(code->error_class), again_remedy_name(code->remedy),
           again_damage_name(code->damage), code->advice);
  }
}

static bool add_text(json_object *object, const char *key, const char *text) {
  return json_object_object_add(object, key, json_object_new_string(text)) == 0;
}

static char *make_json(const again_catalogue *catalogue) {
  json_object *list = json_object_new_array_ext((int)catalogue->count);
  bool whole = list != NULL;
  for (size_t i = 0; whole && i < catalogue->count; i++) {
    const again_code *code = &catalogue->codes[i];
    json_object *entry = json_object_new_object();
    whole =
        entry != NULL && json_object_array_add(list, entry) == 0 &&
        add_text(entry, "code", code->name) &&
        json_object_object_add(entry, "status",
                               code->status != 0 ? json_object_new_int(code->status) : NULL) == 0 &&
        add_text(entry, "class", again_class_name(code->error_class)) &&
        add_text(entry, "remedy", again_remedy_name(code->remedy)) &&
        add_text(entry, "scope", again_damage_name(code->damage)) &&
        add_text(entry, "advice", code->advice);
  }
  if (whole) return again_json_text(list, true);
  json_object_put(list);
  return NULL;
}

static void print_words(const char *heading, int count, const char *(*name)(int),
                        const char *(*text)(int)) {
  printf("\n| %s | meaning |\n| --- | --- |\n", heading);
  for (int i = 0; i < count; i++)
    printf("| %s | %s |\n", name(i), text(i));
}

static const char *class_name(int i) {
  return again_class_name((again_class)i);
}
static const char *class_text(int i) {
  return again_class_text((again_class)i);
}
static const char *remedy_name(int i) {
  return again_remedy_name((again_remedy)i);
}
static const char *remedy_text(int i) {
  return again_remedy_text((again_remedy)i);
}
static const char *damage_name(int i) {
  return again_damage_name((again_damage)i);
}
static const char *damage_text(int i) {
  return again_damage_text((again_damage)i);
}
static const char *fault_name(int i) {
  return again_fault_name((again_fault)i);
}
static const char *fault_text(int i) {
  return again_fault_text((again_fault)i);
}

static void print_faults(void) {
  printf("\n## Faults of the transport\n\n"
         "When no usable answer came, the kind of fault decides.\n\n"
         "| fault | class | meaning |\n| --- | --- | --- |\n");
  for (int i = AGAIN_FAULT_NONE + 1; i < AGAIN_FAULT_COUNT; i++) {
    again_outcome outcome = {.fault = (again_fault)i};
    again_verdict verdict = again_classify(NULL, NULL, &outcome);
    printf("| %s | %s | %s |\n", fault_name(i), again_class_name(verdict.error_class),
           fault_text(i));
  }
}

static void print_statuses(void) {
  printf("\n## Statuses of codes that are not known\n\n"
         "An answer whose code is not in the catalogue, or that has none, is judged by its HTTP\n"
         "status; but a code that is not known under 200 to 299 is fatal: it is no success.\n\n| "
         "status | class | remedy | scope |\n| --- | --- | --- | --- |\n");
  again_verdict last = {0};
  int from = 0;
  for (int status = 200; status <= 600; status++) {
    again_outcome outcome = {.status = status};
    again_verdict verdict = again_classify(NULL, NULL, &outcome);
    bool same = from != 0 && status < 600 && verdict.error_class == last.error_class &&
                verdict.remedy == last.remedy && verdict.damage == last.damage;
    if (from != 0 && !same) {
      char range[16];
      snprintf(range, sizeof range, from == status - 1 ? "%d" : "%d to %d", from, status - 1);
      printf("| %s | %s | %s | %s |\n", range, again_class_name(last.error_class),
             again_remedy_name(last.remedy), again_damage_name(last.damage));
    }
    if (!same) from = status;
    last = verdict;
  }
}

static void print_markdown(const again_catalogue *catalogue) {
  printf(
      "# Error codes\n\n"
      "<!-- Made by `again codes --markdown`; do not edit. -->\n\n"
      "What each error of Cloud Log Service means to the library, and what to do about it. An\n"
      "outcome is judged in this order: the rules of the policy file, the fault of the "
      "transport, the exact\ncode, the code's family (`AuthFailure.*`), the HTTP status. A known "
      "code beats its status. Every\nrow can be changed by a rule in a [policy file](policy.md); "
      "the words are explained below the table.\n\n"
      "## Codes\n\n"
      "| code | HTTP | class | remedy | scope | what to do |\n"
      "| --- | --- | --- | --- | --- | --- |\n");
  for (size_t i = 0; i < catalogue->count; i++) {
    const again_code *code = &catalogue->codes[i];
    char status[8];
    say_status(code, status);
    printf("| `%s` | %s | %s | %s | %s | %s |\n", code->name, status,
           again_class_name(code->error_class), again_remedy_name(code->remedy),
           again_damage_name(code->damage), code->advice);
  }
  print_faults();
  print_statuses();
  printf("\n## The words\n");
  print_words("class", AGAIN_CLASS_COUNT, class_name, class_text);
  print_words("remedy", AGAIN_REMEDY_COUNT, remedy_name, remedy_text);
  print_words("scope", AGAIN_DAMAGE_COUNT, damage_name, damage_text);
}

static int run(int argc, char **argv) {
  bool json = false;
  bool markdown = false;
  const again_cli_option options[] = {{.name = "--json", .flag = &json},
                                      {.name = "--markdown", .flag = &markdown}};
  int rest = again_cli_options(argc, argv, options, 2);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0) return again_cli_usage_error(argv[0], "it takes no arguments, only options");
  if (json && markdown) return again_cli_usage_error(argv[0], "choose --json or --markdown");
  const again_catalogue *catalogue = again_cls_catalogue();
  if (json) return again_cli_print_text(argv[0], make_json(catalogue));
  if (markdown) {
    print_markdown(catalogue);
  } else {
    print_table(catalogue);
  }
  return again_cli_finish(argv[0], CLI_OK);
}

const again_cli_command again_cli_codes = {
    .name = "codes",
    .arguments = "[--json | --markdown]",
    .sentence = "list the error codes of CLS: class, remedy and advice",
    .help = "Prints the library's catalogue of error codes as an aligned table, as a JSON\n"
            "array (\"status\" is null where a code comes with several) or as the page\n"
            "docs/errors.md.\n"
            "\n"
            "example  again codes | grep throttled",
    .run = run,
};
