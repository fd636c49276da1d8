/* again explain: what the library makes of one outcome, and why. */
#include "cli/command.h"
#include "cli/known.h"
#include "cli/options.h"
#include <again/cls.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { BODY_MAX = 64 * 1024 };

/* What was asked. */
typedef struct question {
  const char *path; /* of the policy; NULL: the built-in one */
  const again_policy *policy;
  const char *topic; /* NULL: of no topic's entry in the policy */
  again_outcome outcome;
  again_cls_error body;
  uint32_t attempt;
  again_ms elapsed;
  bool timed; /* --elapsed was given */
} question;

static bool read_curl(const char *command, const char *name, again_outcome *outcome) {
  CURLcode code = again_known_curl(name);
  if (code != CURLE_OK) {
    outcome->fault = again_http_fault(code);
    outcome->code = again_http_result_name(code);
    outcome->effect = again_effect_of_fault(outcome->fault);
    return true;
  }
  const char *near = again_known_near(name);
  again_cli_usage_error(command, "--curl %s: there is no such code of libcurl; %s%s%s", name,
                        near != NULL ? "did you mean " : "see libcurl-errors(3)",
                        near != NULL ? near : "", near != NULL ? "?" : "");
  return false;
}

/* The value behind "Name: ", or NULL if the header has another name. */
static const char *value_of(const char *header, const char *name) {
  size_t length = strlen(name);
  if (strncasecmp(header, name, length) != 0 || header[length] != ':') return NULL;
  return header + length + 1 + strspn(header + length + 1, " \t");
}

static bool read_headers(const char *command, const again_cli_list *headers,
                         again_outcome *outcome) {
  int64_t now = (int64_t)time(NULL);
  for (int i = 0; i < headers->count; i++) {
    const char *date = value_of(headers->values[i], "Date");
    if (strchr(headers->values[i], ':') == NULL) {
      again_cli_usage_error(command, "--header %s: write \"Name: value\"", headers->values[i]);
      return false;
    }
    if (date != NULL) again_http_date_parse(date, strlen(date), now, &now);
  }
  for (int i = 0; i < headers->count; i++) {
    for (int kind = 0; kind < AGAIN_HINT_COUNT; kind++) {
      const char *text = value_of(headers->values[i], again_hint_kind_name((again_hint_kind)kind));
      again_ms hint = 0;
      if (text == NULL || !again_hint_counts((again_hint_kind)kind, outcome->status)) continue;
      again_hint_parse((again_hint_kind)kind, text, strlen(text), now, &hint);
      if (hint > outcome->hint) outcome->hint = hint;
    }
  }
  return true;
}

static bool read_body(const char *command, const char *path, question *q) {
  FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  char *text = malloc(BODY_MAX);
  size_t length = file != NULL && text != NULL ? fread(text, 1, BODY_MAX, file) : 0;
  bool read = file != NULL && text != NULL && !ferror(file);
  if (!read) again_cli_usage_error(command, "cannot read the body %s: %s", path, strerror(errno));
  if (read && again_cls_error_parse(text, length, &q->body)) {
    q->outcome.code = q->body.code;
    q->outcome.shape = q->body.shape;
    q->outcome.message = q->body.message;
  }
  free(text);
  if (file != NULL && file != stdin) fclose(file);
  return read;
}

/* Which rule made the verdict, and where it stands. */
static void say_rule(const question *q, const again_verdict *verdict, char *text, size_t size) {
  const char *path = verdict->file != NULL ? verdict->file : "builtin:default";
  switch (verdict->origin) {
  case AGAIN_ORIGIN_POLICY: snprintf(text, size, "%s:%" PRIu32, path, verdict->rule); break;
  case AGAIN_ORIGIN_CODE:
  case AGAIN_ORIGIN_FAMILY:
    snprintf(text, size, "catalogue: %s", again_cls_catalogue()->codes[verdict->rule].name);
    break;
  case AGAIN_ORIGIN_TRANSPORT:
    snprintf(text, size, "transport: %s", again_fault_name(q->outcome.fault));
    break;
  case AGAIN_ORIGIN_STATUS: snprintf(text, size, "status: %d", q->outcome.status); break;
  case AGAIN_ORIGIN_PLUGIN: /* of programs only */
  case AGAIN_ORIGIN_COUNT: break;
  }
}

static const char *advice_of(const again_verdict *verdict) {
  bool known = verdict->origin == AGAIN_ORIGIN_CODE || verdict->origin == AGAIN_ORIGIN_FAMILY;
  return known ? again_cls_catalogue()->codes[verdict->rule].advice : NULL;
}

/* Is the outcome known as such, and not judged by its status alone? */
static bool is_known(const again_verdict *verdict) {
  return verdict->origin != AGAIN_ORIGIN_STATUS;
}

/* A refusal for lack of quota also sets the pace of its scope. */
static bool is_paced(const again_verdict *verdict, const again_policy *policy) {
  return verdict->error_class == AGAIN_CLASS_THROTTLED && policy->pace_pct != 0;
}

static void print_json(const question *q, const again_policy *policy, const again_verdict *verdict,
                       const again_decision *decision) {
  char rule[256] = "";
  say_rule(q, verdict, rule, sizeof rule);
  json_object *root = json_object_new_object();
  const char *const texts[][2] = {{"class", again_class_name(verdict->error_class)},
                                  {"remedy", again_remedy_name(verdict->remedy)},
                                  {"scope", again_damage_name(verdict->damage)},
                                  {"effect", again_effect_name(q->outcome.effect)},
                                  {"rule", rule},
                                  {"action", decision->retry ? "retry" : "stop"},
                                  {"reason", again_reason_name(decision->reason)}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    json_object_object_add(root, texts[i][0], json_object_new_string(texts[i][1]));
  json_object_object_add(root, "delay_min_ms",
                         decision->retry ? json_object_new_uint64(decision->delay_min) : NULL);
  json_object_object_add(root, "delay_max_ms",
                         decision->retry ? json_object_new_uint64(decision->delay_max) : NULL);
  json_object_object_add(root, "paced",
                         json_object_new_boolean(decision->retry && is_paced(verdict, policy)));
  json_object_object_add(root, "known", json_object_new_boolean(is_known(verdict)));
  puts(json_object_to_json_string_ext(root,
                                      JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(root);
}

/* Was a code asked about that nobody knows? */
static void print_unknown(const question *q, const again_verdict *verdict) {
  const char *code = q->outcome.code;
  if (code == NULL || is_known(verdict)) return;
  const char *near = again_known_near(code);
  printf("code      %s is not known", code);
  if (near != NULL) printf("; did you mean %s?", near);
  puts("");
  if (q->outcome.status == 0) {
    puts("          and no --status was given, so it is judged as an answer that cannot be read");
  }
}

static void print_text(const question *q, const again_policy *policy, const again_verdict *verdict,
                       const again_decision *decision) {
  char rule[256] = "";
  say_rule(q, verdict, rule, sizeof rule);
  printf("class     %s: %s\n", again_class_name(verdict->error_class),
         again_class_text(verdict->error_class));
  printf("remedy    %s: %s\n", again_remedy_name(verdict->remedy),
         again_remedy_text(verdict->remedy));
  printf("scope     %s: %s\n", again_damage_name(verdict->damage),
         again_damage_text(verdict->damage));
  printf("effect    %s: %s\n", again_effect_name(q->outcome.effect),
         again_effect_text(q->outcome.effect));
  printf("rule      %s (%s)\n", rule, again_origin_text(verdict->origin));
  if (advice_of(verdict) != NULL) printf("advice    %s\n", advice_of(verdict));
  print_unknown(q, verdict);
  if (decision->retry) {
    char least[24];
    char most[24];
    again_duration_print(decision->delay_min, least, sizeof least);
    again_duration_print(decision->delay_max, most, sizeof most);
    printf("decision  try again %s to %s from now: %s\n", least, most,
           again_reason_text(decision->reason));
    if (is_paced(verdict, policy))
      puts("pace      and not before its turn: from the first refusal on, all that is sent to the\n"
           "          scope goes at a rate learned from refusals; where many wait, some 10s later\n"
           "          (docs/pacing.md; again test and again simulate show it)");
  } else {
    printf("decision  stop: %s\n", again_reason_text(decision->reason));
  }
}

static void answer(const question *q, bool json) {
  const again_policy *policy = again_policy_for(q->policy, q->topic);
  again_verdict verdict = again_classify(policy, again_cls_catalogue(), &q->outcome);
  again_ms now = q->timed ? q->elapsed : 0;
  again_progress progress = {
      .attempts = q->attempt, .held = q->attempt, .deadline = policy->operation_deadline};
  progress.class_attempts[verdict.error_class] = q->attempt;
  again_decision decision =
      again_decide(policy, &verdict, &q->outcome, &progress, now, UINT64_MAX / 2);
  if (json) {
    print_json(q, policy, &verdict, &decision);
  } else {
    print_text(q, policy, &verdict, &decision);
  }
}

/* The texts of the options into the question; false after one line on stderr. */
static bool read_question(const char *command, question *q, const char *status, const char *code,
                          const char *curl, const char *attempt, const char *elapsed,
                          const char *body, const again_cli_list *headers) {
  unsigned long long number = 0;
  unsigned long long tries = 1;
  if (!again_cli_number(command, "--status", status, 0, 999, &number) ||
      !again_cli_number(command, "--attempt", attempt, 1, UINT32_MAX, &tries)) {
    return false;
  }
  if (status == NULL && curl == NULL && code == NULL && body == NULL) {
    again_cli_usage_error(command, "name an outcome: --status N, --code C, --curl CURLE_X or "
                                   "--body FILE; see again explain --help");
    return false;
  }
  q->timed = elapsed != NULL;
  if (q->timed && (again_duration_parse(elapsed, &q->elapsed) != 0 || q->elapsed == AGAIN_NEVER)) {
    again_cli_usage_error(command, "--elapsed %s: write a duration as 250ms, 1.5s or 10m", elapsed);
    return false;
  }
  q->attempt = (uint32_t)tries;
  q->outcome.status = (int)number;
  q->outcome.effect = again_effect_of_status(q->outcome.status);
  if (body != NULL && !read_body(command, body, q)) return false;
  if (code != NULL) q->outcome.code = code;
  if (curl != NULL && !read_curl(command, curl, &q->outcome)) return false;
  return read_headers(command, headers, &q->outcome);
}

static int run(int argc, char **argv) {
  question q = {0};
  const char *status = NULL;
  const char *code = NULL;
  const char *curl = NULL;
  const char *attempt = NULL;
  const char *elapsed = NULL;
  const char *body = NULL;
  again_cli_list headers = {.count = 0};
  bool json = false;
  const again_cli_option options[] = {
      {.name = "--policy", .value = &q.path},   {.name = "--status", .value = &status},
      {.name = "--code", .value = &code},       {.name = "--curl", .value = &curl},
      {.name = "--attempt", .value = &attempt}, {.name = "--elapsed", .value = &elapsed},
      {.name = "--body", .value = &body},       {.name = "--header", .list = &headers},
      {.name = "--topic", .value = &q.topic},   {.name = "--json", .flag = &json},
  };
  int rest = again_cli_options(argc, argv, options, sizeof options / sizeof *options);
  if (rest < 0) return CLI_USAGE;
  if (rest > 0) return again_cli_usage_error(argv[0], "it takes no arguments, only options");
  if (!read_question(argv[0], &q, status, code, curl, attempt, elapsed, body, &headers)) {
    return CLI_USAGE;
  }
  int loaded = again_cli_load(q.path, &q.policy);
  if (loaded != CLI_OK) return loaded;
  answer(&q, json);
  again_policy_unref(q.policy);
  return again_cli_finish(argv[0], CLI_OK);
}

const again_cli_command again_cli_explain = {
    .name = "explain",
    .arguments = "[options]",
    .sentence = "say what an outcome is taken as, by which rule, and what is done",
    .help = "  --status N           HTTP status of the answer\n"
            "  --code C             error code of the API, as SpeedQuotaExceed\n"
            "  --body FILE          error body to find the code in; - is standard input\n"
            "  --header 'K: V'      a header of the answer; may be repeated\n"
            "  --curl CURLE_X       no answer came: the result of libcurl\n"
            "  --attempt K          it was attempt K, all of this class (1)\n"
            "  --elapsed D          since the first attempt began (0s)\n"
            "  --policy FILE        policy file, or builtin:NAME; none: the built-in one\n"
            "  --topic T            as the policy's \"topics\" say for this one\n"
            "  --json               one object: class, remedy, scope, effect, rule,\n"
            "                       action, reason, delay_min_ms, delay_max_ms, paced,\n"
            "                       known\n\n"
            "example  again explain --status 429 --code SpeedQuotaExceed --attempt 3",
    .run = run,
};
