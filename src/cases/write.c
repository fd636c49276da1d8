/* Reports for other programs: TAP 13, JUnit XML, JSON. */
#include "cases/keys.h"
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* What again_case_explain says, as a text; NULL: out of memory. */
static char *explained(const again_case_report *report) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return NULL;
  again_case_explain(report, out);
  if (fclose(out) == 0) return text;
  free(text);
  return NULL;
}

/* ---- TAP --------------------------------------------------------------------------------------- */

/* One line, in which '#' does not begin a directive. */
static void write_tap_text(const char *text, FILE *out) {
  for (; *text != '\0'; text++) {
    if (*text == '#' || *text == '\\') fputc('\\', out);
    fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
  }
}

/* A YAML block below a case that did not pass. */
static void write_tap_details(const again_case_report *report, FILE *out) {
  char *text = explained(report);
  fprintf(out, "  ---\n  at: \"%s:%" PRIu32 ":%" PRIu32 "\"\n  details: |\n", report->file->path,
          report->c->line, report->c->column);
  for (char *line = text; line != NULL && *line != '\0';) {
    size_t length = strcspn(line, "\n");
    fprintf(out, "%s%.*s\n", length > 0 ? "    " : "", (int)length, line);
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  fprintf(out, "  ...\n");
  free(text);
}

void again_case_write_tap(const again_case_report *reports, size_t count, FILE *out) {
  fprintf(out, "TAP version 13\n1..%zu\n", count);
  for (size_t i = 0; i < count; i++) {
    const again_case_report *report = &reports[i];
    fprintf(out, "%s %zu - ", report->passed ? "ok" : "not ok", i + 1);
    write_tap_text(report->file->path, out);
    fputs(": ", out);
    write_tap_text(report->c->name, out);
    fputc('\n', out);
    if (!report->passed) write_tap_details(report, out);
  }
}

/* ---- JUnit ------------------------------------------------------------------------------------- */

static void write_xml_text(const char *text, FILE *out) {
  for (; *text != '\0'; text++) {
    switch (*text) {
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '&': fputs("&amp;", out); break;
    case '"': fputs("&quot;", out); break;
    default: fputc((unsigned char)*text < ' ' && *text != '\n' ? ' ' : *text, out); break;
    }
  }
}

static void write_junit_case(const again_case_report *report, FILE *out) {
  fputs("    <testcase classname=\"", out);
  write_xml_text(report->file->path, out);
  fputs("\" name=\"", out);
  write_xml_text(report->c->name, out);
  fputs("\" file=\"", out);
  write_xml_text(report->file->path, out);
  fprintf(out, "\" line=\"%" PRIu32 "\"", report->c->line);
  if (report->passed) {
    fputs("/>\n", out);
    return;
  }
  char *text = explained(report);
  fputs(">\n      <failure message=\"not as expected\">", out);
  write_xml_text(text != NULL ? text : "", out);
  fputs("</failure>\n    </testcase>\n", out);
  free(text);
}

static size_t count_failed(const again_case_report *reports, size_t count) {
  size_t failed = 0;
  for (size_t i = 0; i < count; i++)
    failed += reports[i].passed ? 0 : 1;
  return failed;
}

void again_case_write_junit(const again_case_report *reports, size_t count, FILE *out) {
  fprintf(out,
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<testsuites name=\"again test\" tests=\"%zu\" failures=\"%zu\">\n",
          count, count_failed(reports, count));
  for (size_t i = 0; i < count;) {
    size_t end = i;
    while (end < count && reports[end].file == reports[i].file)
      end++;
    fputs("  <testsuite name=\"", out);
    write_xml_text(reports[i].file->path, out);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", end - i,
            count_failed(&reports[i], end - i));
    for (; i < end; i++)
      write_junit_case(&reports[i], out);
    fputs("  </testsuite>\n", out);
  }
  fputs("</testsuites>\n", out);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static bool put(json_object *object, const char *key, json_object *value) {
  if (object != NULL && value != NULL && json_object_object_add(object, key, value) == 0)
    return true;
  json_object_put(value);
  return false;
}

static bool push(json_object *list, json_object *value) {
  if (list != NULL && value != NULL && json_object_array_add(list, value) == 0) return true;
  json_object_put(value);
  return false;
}

/* Everything that was expected, whether it was seen or not. */
static json_object *rows_of(const again_case_report *report, bool *whole) {
  json_object *list = json_object_new_array();
  for (size_t i = 0; i < report->row_count; i++) {
    const again_case_row *row = &report->rows[i];
    json_object *object = json_object_new_object();
    *whole = put(object, "where", json_object_new_string(row->where)) &&
             put(object, "key", json_object_new_string(row->key)) &&
             put(object, "expected", json_object_new_string(row->expected)) &&
             put(object, "got", json_object_new_string(row->got)) &&
             put(object, "ok", json_object_new_boolean(row->same)) && push(list, object) && *whole;
  }
  return list;
}

static json_object *case_of(const again_case_report *report, bool *whole) {
  json_object *object = json_object_new_object();
  *whole = put(object, "file", json_object_new_string(report->file->path)) &&
           put(object, "line", json_object_new_uint64(report->c->line)) &&
           put(object, "column", json_object_new_uint64(report->c->column)) &&
           put(object, "name", json_object_new_string(report->c->name)) &&
           put(object, "ok", json_object_new_boolean(report->passed)) &&
           put(object, "seeds", json_object_new_uint64(report->seeds)) && *whole;
  if (report->problem[0] != '\0')
    *whole = put(object, "problem", json_object_new_string(report->problem)) && *whole;
  *whole = put(object, "expectations", rows_of(report, whole)) && *whole;
  return object;
}

bool again_case_write_json(const again_case_report *reports, size_t count, FILE *out) {
  bool whole = true;
  size_t failed = count_failed(reports, count);
  json_object *root = json_object_new_object();
  json_object *list = json_object_new_array();
  for (size_t i = 0; i < count; i++)
    whole = push(list, case_of(&reports[i], &whole)) && whole;
  whole = put(root, "passed", json_object_new_uint64(count - failed)) &&
          put(root, "failed", json_object_new_uint64(failed)) && put(root, "cases", list) && whole;
  int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
  const char *text = whole ? json_object_to_json_string_ext(root, flags) : NULL;
  if (text != NULL) fprintf(out, "%s\n", text);
  json_object_put(root);
  return text != NULL;
}
