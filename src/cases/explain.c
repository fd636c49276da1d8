/* What is wrong with a case, for people. */
#include "cases/keys.h"
#include <inttypes.h>
#include <string.h>

static int width_of(const again_case_report *report, size_t member, int least) {
  int width = least;
  for (size_t i = 0; i < report->row_count; i++) {
    const char *text = (const char *)&report->rows[i] + member;
    int length = (int)strlen(text);
    if (length > width) width = length;
  }
  return width;
}

static void explain_rows(const again_case_report *report, FILE *out) {
  int key = width_of(report, offsetof(again_case_row, key), 8);
  int expected = width_of(report, offsetof(again_case_row, expected), 8);
  const char *where = "";
  fprintf(out, "      %-*s  %-*s  got\n", key + 2, "", expected, "expected");
  for (size_t i = 0; i < report->row_count; i++) {
    const again_case_row *row = &report->rows[i];
    if (strcmp(row->where, where) != 0 && row->where[0] != '\0')
      fprintf(out, "      %s\n", row->where);
    where = row->where;
    fprintf(out, "    %s %s%-*s  %-*s  %s\n", row->same ? " " : "!", where[0] != '\0' ? "  " : "",
            where[0] != '\0' ? key : key + 2, row->key, expected, row->expected, row->got);
  }
}

static void explain_trace(const again_case_trace *trace, FILE *out) {
  size_t shown = AGAIN_CASES_TRACE_HEAD;
  size_t ring = AGAIN_CASES_TRACE_TAIL;
  fprintf(out, "\n    what happened with seed %" PRIu64 ":\n", trace->seed);
  for (size_t i = 0; i < trace->count; i++) {
    bool cut = i >= shown && i + ring < trace->count;
    if (!cut) {
      fprintf(out, "    %s\n", trace->lines[i < shown ? i : shown + (i - shown) % ring]);
    } else if (i == shown) {
      fprintf(out, "    %9s  (%zu more)\n", "...", trace->count - shown - ring);
    }
  }
}

void again_case_explain(const again_case_report *report, FILE *out) {
  if (report->problem[0] != '\0') fprintf(out, "    %s\n", report->problem);
  if (report->row_count > 0 && report->problem[0] == '\0') explain_rows(report, out);
  explain_trace(&report->trace, out);
}
