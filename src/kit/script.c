/* Steps from a text: "429@2s, reset, 503 x3, 200 +20ms". It is read twice: to count, and to keep. */
#include <again/kit.h>
#include <again/policy.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
  const char *text;
  const char *at;
  again_kit_step *steps; /* NULL: they are only counted */
  size_t count;
  char *names; /* room for the codes */
  char *why;
  size_t why_size;
} reader;

typedef struct word {
  const char *start;
  size_t length;
} word;

/* One step as it is read. */
typedef struct draft {
  again_kit_step step;
  word result; /* the status, the fault or the code: where a step is talked about */
  word code;
  bool hinted;
  bool timed;
  size_t times; /* 0: not said */
} draft;

static int refuse(reader *r, word place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(reader *r, word place, const char *format, ...) {
  char what[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  int shown = place.length < 40 ? (int)place.length : 40;
  if (r->why_size > 0) {
    snprintf(r->why, r->why_size, "character %zu, \"%.*s\": %s",
             (size_t)(place.start - r->text) + 1, shown, place.start, what);
  }
  return AGAIN_EFORMAT;
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* The next word of the step; of no length at its end. '@' and '+' begin a word without a space. */
static word next_word(reader *r) {
  while (is_space(*r->at))
    r->at++;
  word found = {r->at, 0};
  while (*r->at != '\0' && *r->at != ',' && !is_space(*r->at) &&
         (found.length == 0 || (*r->at != '@' && *r->at != '+'))) {
    r->at++;
    found.length++;
  }
  return found;
}

static bool word_is(word w, const char *text) {
  return strlen(text) == w.length && memcmp(w.start, text, w.length) == 0;
}

static int read_duration(reader *r, word w, bool *seen, again_ms *duration) {
  char text[32] = "";
  if (*seen) return refuse(r, w, "\"%c\" stands in this step twice", w.start[0]);
  *seen = true;
  if (w.length - 1 < sizeof text) memcpy(text, w.start + 1, w.length - 1);
  if (again_duration_parse(text, duration) != 0 || *duration == AGAIN_NEVER) {
    return refuse(r, w, "\"%c\" needs a duration with a unit, as in \"%c2s\" or \"%c250ms\"",
                  w.start[0], w.start[0], w.start[0]);
  }
  return 0;
}

static int read_times(reader *r, word w, draft *d) {
  size_t times = 0;
  bool valid = w.length > 1 && d->times == 0;
  for (size_t i = 1; valid && i < w.length; i++) {
    valid = is_digit(w.start[i]) && times <= AGAIN_KIT_STEPS_MAX;
    times = times * 10 + (size_t)(w.start[i] - '0');
  }
  if (!valid || times == 0 || times > AGAIN_KIT_STEPS_MAX) {
    return refuse(r, w, "a repetition is x1 to x%d, once in a step", AGAIN_KIT_STEPS_MAX);
  }
  d->times = times;
  return 0;
}

static int read_status(reader *r, word w, draft *d) {
  int status = 0;
  for (size_t i = 0; i < w.length && i < 4; i++)
    status = is_digit(w.start[i]) ? status * 10 + (w.start[i] - '0') : -10000;
  if (w.length != 3 || status < 200 || status > 599) {
    return refuse(r, w, "a status is a number from 200 to 599");
  }
  d->step.outcome.status = status;
  return 0;
}

static const struct {
  const char *name;
  again_fault fault;
} fault_words[] = {
#define X(name, text, class_, damage, effect, sentence) {text, AGAIN_FAULT_##name},
    AGAIN_FAULT_MAP(X)
#undef X
        {"refused", AGAIN_FAULT_CONNECT},
    {"reset", AGAIN_FAULT_RECEIVE},
};

enum { FAULT_WORDS = sizeof fault_words / sizeof *fault_words };

static int read_fault(reader *r, word w, draft *d) {
  char known[160] = "";
  for (size_t i = 1; i < FAULT_WORDS; i++) { /* 0 is "none" */
    if (word_is(w, fault_words[i].name)) {
      d->step.outcome.fault = fault_words[i].fault;
      return 0;
    }
    size_t length = strlen(known);
    snprintf(known + length, sizeof known - length, "%s%s", i > 1 ? ", " : "", fault_words[i].name);
  }
  return refuse(r, w, "it is no status, no error code and none of the faults %s", known);
}

static int read_code(reader *r, word w, draft *d) {
  if (d->code.length != 0) return refuse(r, w, "a step has one error code");
  for (size_t i = 0; i < w.length; i++) {
    char c = w.start[i];
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter && !is_digit(c) && c != '.' && c != '_' && c != '-') {
      return refuse(r, w, "an error code has letters, digits, \".\", \"_\" and \"-\"");
    }
  }
  d->code = w;
  return 0;
}

static int read_word(reader *r, word w, draft *d) {
  char first = w.start[0];
  bool fresh = d->result.length == 0;
  if (first == '@') return read_duration(r, w, &d->hinted, &d->step.outcome.hint);
  if (first == '+') return read_duration(r, w, &d->timed, &d->step.takes);
  if (first == 'x' && (w.length == 1 || is_digit(w.start[1]))) return read_times(r, w, d);
  if (fresh) d->result = w;
  if (first >= 'A' && first <= 'Z') return read_code(r, w, d);
  if (!fresh) return refuse(r, w, "only one status or fault stands in a step; commas part steps");
  return is_digit(first) ? read_status(r, w, d) : read_fault(r, w, d);
}

static int keep(reader *r, const draft *d) {
  again_kit_step step = d->step;
  size_t times = d->times != 0 ? d->times : 1;
  if (times > AGAIN_KIT_STEPS_MAX - r->count) {
    return refuse(r, d->result, "with it there are more than %d steps", AGAIN_KIT_STEPS_MAX);
  }
  if (r->steps != NULL && d->code.length != 0) {
    memcpy(r->names, d->code.start, d->code.length);
    r->names[d->code.length] = '\0';
    step.outcome.code = r->names;
    r->names += d->code.length + 1;
  }
  for (size_t i = 0; r->steps != NULL && i < times; i++)
    r->steps[r->count + i] = step;
  r->count += times;
  return 0;
}

static int read_step(reader *r) {
  draft d = {0};
  for (;;) {
    word w = next_word(r);
    if (w.length == 0) {
      if (d.result.length == 0) {
        return refuse(r, w, "a status, a fault or an error code is missing here");
      }
      break;
    }
    int error = read_word(r, w, &d);
    if (error != 0) return error;
  }
  if (d.hinted && d.step.outcome.fault != AGAIN_FAULT_NONE) {
    return refuse(r, d.result, "a fault is no answer: \"@\" goes with a status or an error code");
  }
  return keep(r, &d);
}

static int read_all(reader *r) {
  r->at = r->text;
  r->count = 0;
  for (;;) {
    int error = read_step(r);
    if (error != 0) return error;
    if (*r->at == '\0') return 0;
    r->at++; /* the comma */
  }
}

int again_kit_script_parse(const char *text, again_kit_step **steps, size_t *count, char *why,
                           size_t why_size) {
  reader r = {.text = text, .why = why, .why_size = why_size};
  int error = read_all(&r);
  if (error != 0) return error;
  /* A code and its end need no more room than in the text, where a comma or the end is behind it. */
  size_t room = r.count * sizeof *r.steps;
  r.steps = malloc(room + strlen(text) + 1);
  if (r.steps == NULL) {
    if (why_size > 0) snprintf(why, why_size, "out of memory");
    return AGAIN_ENOMEM;
  }
  r.names = (char *)r.steps + room;
  read_all(&r);
  *steps = r.steps;
  *count = r.count;
  return 0;
}

void again_kit_script_complete(again_kit_step *steps, size_t count,
                               const again_catalogue *catalogue) {
  for (size_t i = 0; i < count; i++) {
    again_outcome *outcome = &steps[i].outcome;
    if (outcome->status != 0 || outcome->fault != AGAIN_FAULT_NONE) continue;
    const again_code *known = catalogue != NULL && outcome->code != NULL
                                  ? again_catalogue_find(catalogue, outcome->code, NULL)
                                  : NULL;
    outcome->status = known != NULL && known->status != 0 ? known->status : 400;
  }
}
