/* A case with all its seeds. */
#include "cases/keys.h"
#include <stdlib.h>

static const char *problem_of(int error) {
  if (error == AGAIN_ELIMIT)
    return "it makes more than 200,000 calls: give it an end with \"until\"";
  return again_error_text(error);
}

/* Runs one seed; *same: is it as expected? */
static int judge_seed(again_case_report *report, uint64_t seed, again_case_trace *trace,
                      bool *same) {
  again_case_facts seen = {0};
  int error = again_case_run(report->c, seed, &seen, trace);
  if (error == 0) again_case_compare(&report->c->expected, &seen, NULL, 0, same);
  if (error == 0) error = again_case_merge(&report->seen, &seen);
  free(seen.list);
  return error;
}

static int make_rows(again_case_report *report) {
  const again_case_facts *expected = &report->c->expected;
  size_t count = again_case_compare(expected, &report->seen, NULL, 0, &report->passed);
  report->rows = calloc(count + 1, sizeof *report->rows);
  if (report->rows == NULL) return AGAIN_ENOMEM;
  report->row_count =
      again_case_compare(expected, &report->seen, report->rows, count, &report->passed);
  if (count == 0 && report->problem[0] == '\0') {
    snprintf(report->problem, sizeof report->problem,
             "it expects nothing yet: again test --update writes down what happens");
  }
  report->passed = report->passed && report->problem[0] == '\0';
  return 0;
}

int again_case_judge(const again_case_file *file, const again_case *c, uint64_t seeds,
                     again_case_report *report) {
  *report = (again_case_report){
      .file = file, .c = c, .passed = true, .seeds = c->seeds != 0 ? c->seeds : seeds};
  again_case_trace *trace = malloc(sizeof *trace);
  int error = trace != NULL ? 0 : AGAIN_ENOMEM;
  bool failed = false;
  for (uint64_t seed = 1; error == 0 && seed <= report->seeds; seed++) {
    bool same = true;
    error = judge_seed(report, seed, trace, &same);
    if (failed || (same && error == 0 && seed > 1)) continue;
    failed = !same || error != 0;
    report->trace = *trace;
  }
  free(trace);
  report->ran = error == 0;
  if (error != 0 && error != AGAIN_ENOMEM) {
    snprintf(report->problem, sizeof report->problem, "%s", problem_of(error));
    error = 0;
  }
  return error == 0 ? make_rows(report) : error;
}

void again_case_report_free(again_case_report *report) {
  free(report->seen.list);
  free(report->rows);
  *report = (again_case_report){0};
}
