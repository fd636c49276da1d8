/* The outcomes of a case: texts as the kit reads them, and objects. */
#include "cases/reader.h"
#include "policy/near.h"
#include <again/cls.h>
#include <stdlib.h>
#include <string.h>

/* Puts `times` copies of a step behind the others. */
static bool append(again_case_reader *reader, const again_json *value, again_case *c,
                   const again_kit_step *step, size_t times) {
  if (times > AGAIN_KIT_STEPS_MAX - c->step_count) {
    return again_json_fail(&reader->json, value->at, "with it there are more than %d outcomes",
                           AGAIN_KIT_STEPS_MAX);
  }
  again_kit_step *steps = realloc(c->steps, (c->step_count + times) * sizeof *steps);
  if (steps == NULL) return again_json_fail_memory(&reader->json);
  c->steps = steps;
  for (size_t i = 0; i < times; i++)
    steps[c->step_count++] = *step;
  return true;
}

static bool read_script(again_case_reader *reader, const again_json *value, again_case *c) {
  char why[256];
  again_kit_step *steps;
  size_t count;
  int error = again_kit_script_parse(value->text, &steps, &count, why, sizeof why);
  if (error == AGAIN_ENOMEM) return again_json_fail_memory(&reader->json);
  if (error != 0) return again_json_fail(&reader->json, value->at, "in \"outcomes\": %s", why);
  /* The codes are in that memory. */
  if (!again_case_keep(reader, steps)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!append(reader, value, c, &steps[i], 1)) return false;
  }
  return true;
}

/* The code in a body, and its shape. */
static bool read_body(again_case_reader *reader, const again_json *body, again_outcome *outcome) {
  const char *text = body->text;
  size_t length = text != NULL ? strlen(text) : body->end - body->at;
  if (text == NULL) text = reader->json.text + body->at;
  again_cls_error *error = malloc(sizeof *error);
  if (!again_case_keep(reader, error)) return false;
  if (!again_cls_error_parse(text, length, error)) return true;
  outcome->code = error->code;
  outcome->shape = error->shape;
  outcome->message = error->message;
  outcome->request_id = error->request_id;
  return true;
}

static bool read_draft(again_case_reader *reader, const again_json *value, again_case *c) {
  again_case_draft d = {.times = 1};
  if (!again_case_read_object(reader, AGAIN_CASE_IN_OUTCOME, "an outcome", value, &d)) return false;
  bool answer = d.status != 0 || d.code != NULL || d.body != NULL;
  bool fault = d.fault != AGAIN_FAULT_NONE;
  if (!answer && !fault)
    return again_json_fail(&reader->json, value->at,
                           "an outcome needs a status, a code or a fault");
  if (fault && (d.status != 0 || d.body != NULL || d.hint != 0)) {
    return again_json_fail(&reader->json, value->at,
                           "a fault is no answer: it has no status, body and retry_after");
  }
  if (d.code != NULL && d.body != NULL)
    return again_json_fail(&reader->json, value->at, "the code is in the body: say one of them");
  again_kit_step step = {.takes = d.takes,
                         .outcome = {.fault = (again_fault)d.fault,
                                     .status = (int)d.status,
                                     .code = d.code,
                                     .effect = (again_effect)d.effect,
                                     .hint = d.hint,
                                     .remedied = d.remedied}};
  if (d.body != NULL && !read_body(reader, d.body, &step.outcome)) return false;
  return append(reader, value, c, &step, (size_t)d.times);
}

static bool read_one(again_case_reader *reader, const again_json *value, again_case *c) {
  if (value->kind == AGAIN_JSON_STRING) return read_script(reader, value, c);
  if (value->kind == AGAIN_JSON_OBJECT) return read_draft(reader, value, c);
  return again_json_fail_kind(&reader->json, "outcomes",
                              again_case_kind_text(AGAIN_CASE_KIND_OUTCOMES), value);
}

/* A code that is not known is another service's, unless it looks like a slip. */
static bool codes_can_be_meant(again_case_reader *reader, const again_json *value,
                               const again_case *c) {
  for (size_t i = 0; i < c->step_count; i++) {
    const again_outcome *outcome = &c->steps[i].outcome;
    bool judged_by_code = outcome->status == 0 && outcome->fault == AGAIN_FAULT_NONE;
    if (outcome->code == NULL || !judged_by_code) continue;
    const char *near = again_near_code(again_cls_catalogue(), outcome->code);
    if (near == NULL) continue;
    return again_json_fail(&reader->json, value->at,
                           "the code \"%.48s\" is not known; did you mean \"%s\"? If not, write it "
                           "with a status: {\"status\": 400, \"code\": \"%.48s\"}",
                           outcome->code, near, outcome->code);
  }
  return true;
}

bool again_case_read_outcomes(again_case_reader *reader, const again_json *value, again_case *c) {
  bool list = value->kind == AGAIN_JSON_ARRAY;
  if (list && value->count == 0)
    return again_json_fail(&reader->json, value->at, "\"outcomes\" needs at least one");
  for (const again_json *at = list ? value->first : value; at != NULL; at = at->next) {
    if (!read_one(reader, at, c)) return false;
    if (!list) break;
  }
  if (!codes_can_be_meant(reader, value, c)) return false;
  again_kit_script_complete(c->steps, c->step_count, again_cls_catalogue());
  return true;
}
