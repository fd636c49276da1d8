/* A file of cases from a text. */
#ifndef AGAIN_TESTS_CASES_FIXTURE_H
#define AGAIN_TESTS_CASES_FIXTURE_H

#include "cases/cases.h"
#include "folder.h"

typedef struct fixture {
  folder in;
  char path[128];
  again_case_file file;
} fixture;

static inline void fixture_open(fixture *f, const char *text) {
  again_diagnostic wrong;
  folder_make(&f->in);
  folder_write(&f->in, "cases.json", text);
  folder_path(&f->in, "cases.json", f->path);
  if (again_case_file_load(f->path, &f->file, &wrong) != 0)
    fail_msg("%s\n  gave %u:%u: %s", text, wrong.line, wrong.column, wrong.message);
}

static inline void fixture_close(fixture *f) {
  again_case_file_free(&f->file);
  folder_remove(&f->in);
}

#endif
