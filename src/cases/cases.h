/* Policy tests as data: files of cases, run on the real scheduler with the kit's virtual clock.
 *
 * What is expected and what is seen have the same type (again_case_facts), and one table (keys.def) knows
 * its members: it drives reading, comparing, printing, rewriting and the schema. What is seen is
 * collected over all operations and seeds: of words the set, of numbers the least and the most. It is as
 * expected if it is within what is expected.
 *
 * One thread. */
#ifndef AGAIN_CASES_H
#define AGAIN_CASES_H

#include "json/json.h"
#include <again/kit.h>
#include <stdio.h>

enum {
  AGAIN_CASES_SIZE_MAX = 4 * 1024 * 1024, /* bytes of a file */
  AGAIN_CASES_SEEDS = 20,                 /* where nothing else is said */
  AGAIN_CASES_SEEDS_MAX = 1000,
  AGAIN_CASES_OPERATIONS_MAX = 10000,
  AGAIN_CASES_ATTEMPTS_MAX = 200, /* of an operation that are looked at one by one */
  AGAIN_CASES_CALLS_MAX = 200000, /* attempts of a case with one seed */
  AGAIN_CASES_TRACE_HEAD = 24,
  AGAIN_CASES_TRACE_TAIL = 8
};

/* How an operation ended, in one word. */
#define AGAIN_CASE_RESULT_MAP(X)                                                                   \
  X(DELIVERED, "delivered")                                                                        \
  X(SURFACED, "surfaced")                                                                          \
  X(WAITING, "waiting")                                                                            \
  X(REFUSED, "refused")

typedef enum again_case_result {
#define X(name, text) AGAIN_CASE_##name,
  AGAIN_CASE_RESULT_MAP(X)
#undef X
      AGAIN_CASE_RESULT_COUNT
} again_case_result;

/* From `min` to `max`, both included; AGAIN_NEVER: no end. */
typedef struct again_span {
  bool given;
  uint64_t min;
  uint64_t max;
} again_span;

/* Of words: 1 << value for each; 0: nothing said or seen. */
typedef uint32_t again_words;

typedef struct again_case_attempt {
  again_span at; /* it began, from the submit on */
  again_words classes;
  again_words remedies;
  again_words damages;
  again_words reasons;
  again_span delay;  /* that was drawn */
  again_span window; /* that it was drawn from */
} again_case_attempt;

typedef struct again_case_all {
  again_span delivered;
  again_span surfaced;
  again_span waiting;
  again_span refused;
  again_span calls;
  again_span in_flight;
  again_span rate;
  again_span elapsed;
  again_span reasons[AGAIN_REASON_COUNT]; /* operations that ended for this reason */
  again_span events[AGAIN_EVENT_COUNT];
} again_case_all;

typedef struct again_case_facts {
  again_span attempts;
  again_case_attempt *list; /* NULL: none is looked at */
  size_t list_count;
  again_words results;
  again_words reasons;
  again_words effects;
  again_span elapsed;
  again_case_all all;
} again_case_facts;

typedef struct again_case {
  const char *name;
  const char *path; /* of its policy; NULL: the file's */
  const again_policy *policy;
  const char *topic;
  uint64_t operations;
  again_ms interval; /* between their submits */
  again_ms deadline; /* AGAIN_NEVER: the policy's */
  again_ms until;    /* how long it is watched */
  uint64_t seeds;    /* 0: not said */
  again_kit_step *steps;
  size_t step_count;
  again_case_facts expected;
  const again_json *node;
  const again_json *expect; /* NULL: the case does not expect anything yet */
  uint32_t line;
  uint32_t column;
} again_case;

typedef struct again_case_file {
  const char *path;
  const char *policy; /* of cases that name none; NULL: the built-in one */
  uint64_t version;
  char *text;
  size_t length;
  again_json *root;
  again_case *cases;
  size_t count;
  struct again_case_memory *memory; /* what the cases point to */
} again_case_file;

/* Reads a file of cases and the policies that they name. On failure `wrong` says where and what, and
 * nothing is to be freed: AGAIN_EFORMAT, AGAIN_EIO, AGAIN_ENOMEM. `path` is borrowed. */
int again_case_file_load(const char *path, again_case_file *file, again_diagnostic *wrong);
void again_case_file_free(again_case_file *file);

/* What happened with one seed, in words: the first lines and the last. */
typedef struct again_case_trace {
  uint64_t seed;
  size_t count; /* of all lines */
  char lines[AGAIN_CASES_TRACE_HEAD + AGAIN_CASES_TRACE_TAIL][220];
} again_case_trace;

/* Runs a case with one seed. `seen` is zeroed first; free its list. 0, AGAIN_ENOMEM, or AGAIN_ELIMIT: it
 * makes more calls than are allowed. */
int again_case_run(const again_case *c, uint64_t seed, again_case_facts *seen,
                   again_case_trace *trace);

/* Adds what was seen with another seed. 0 or AGAIN_ENOMEM. */
int again_case_merge(again_case_facts *into, const again_case_facts *seen);

/* One thing that was expected, and what was seen of it. */
typedef struct again_case_row {
  char where[32]; /* "attempt 2", "all", "": the operation as a whole */
  char key[40];
  char expected[160];
  char got[160];
  bool same;
} again_case_row;

/* Compares; writes rows (if `rows` is not NULL) up to `room` and returns how many there are. *same: is all
 * as expected? */
size_t again_case_compare(const again_case_facts *expected, const again_case_facts *seen,
                          again_case_row *rows, size_t room, bool *same);

/* The outcome of one case. */
typedef struct again_case_report {
  const again_case_file *file;
  const again_case *c;
  bool passed;
  bool ran; /* to its end, with every seed */
  uint64_t seeds;
  char problem[160]; /* why it could not be run to its end; "": it was */
  again_case_facts seen;
  again_case_row *rows;
  size_t row_count;
  again_case_trace trace; /* of the first seed that was not as expected */
} again_case_report;

/* Runs a case with all its seeds, or, where it says nothing, `seeds`. 0 or AGAIN_ENOMEM. */
int again_case_judge(const again_case_file *file, const again_case *c, uint64_t seeds,
                     again_case_report *report);
void again_case_report_free(again_case_report *report);

/* Writes what is wrong with a case: expected and got side by side, then what happened. */
void again_case_explain(const again_case_report *report, FILE *out);

/* Writes the reports in a form that other programs read. */
void again_case_write_tap(const again_case_report *reports, size_t count, FILE *out);
void again_case_write_junit(const again_case_report *reports, size_t count, FILE *out);
/* False: out of memory. */
bool again_case_write_json(const again_case_report *reports, size_t count, FILE *out);

/* Rewrites the expectations of the cases that did not pass with what was seen, and nothing else of the
 * file; `reports` are those of this file, in its order. All or nothing: a file beside it is written and
 * renamed. *changed: how many cases. 0, AGAIN_ENOMEM, AGAIN_EIO (errno says why), or AGAIN_ESTATE: the file was
 * changed since it was read, and stays as it is. */
int again_case_file_update(const again_case_file *file, const again_case_report *reports,
                           size_t count, size_t *changed);

/* The JSON Schema (draft-07) of files of cases. The caller frees it. NULL: out of memory. */
char *again_case_schema(void);

#endif
