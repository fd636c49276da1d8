/* Expectations rewritten with what was seen. Only the values that are wrong change; their keys keep their
 * order, and every byte outside of them stays. */
#include "cases/keys.h"
#include "json/replace.h"
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 12 /* attempts that are listed where nothing was expected yet */ };

typedef struct writer {
  const char *text; /* of the file */
  FILE *out;
  const again_case_facts *seen; /* of the case */
} writer;

static void write_copy(writer *w, const again_json *value) {
  fwrite(w->text + value->at, 1, value->end - value->at, w->out);
}

static void write_span(writer *w, const again_span *span, bool durations) {
  char text[60];
  again_span_print(span, durations, text, sizeof text);
  bool quoted = durations || span->min != span->max;
  fprintf(w->out, quoted ? "\"%s\"" : "%s", text);
}

static void write_words(writer *w, again_case_kind kind, again_words words) {
  const char *word;
  bool several = (words & (words - 1)) != 0;
  const char *joint = several ? "[" : "";
  for (size_t i = 0; (word = again_case_word(kind, i)) != NULL; i++) {
    if ((words >> i & 1) == 0) continue;
    fprintf(w->out, "%s\"%s\"", joint, word);
    joint = ", ";
  }
  if (several) fputc(']', w->out);
}

static void write_count(writer *w, const char *joint, const char *word, const again_span *seen) {
  fprintf(w->out, "%s\"%s\": ", joint, word);
  write_span(w, seen, false);
}

/* Those that there were, in their order, or all that are not 0. */
static void write_counts(writer *w, const again_case_key *key, const again_json *old,
                         const again_span *seen) {
  const char *word;
  const char *joint = "";
  const again_json *at = old != NULL ? old->first : NULL;
  bool all = at == NULL;
  fputc('{', w->out);
  for (; at != NULL; at = at->next, joint = ", ") {
    size_t i = 0;
    while (strcmp(again_case_word(key->kind, i), at->key) != 0)
      i++;
    write_count(w, joint, at->key, &seen[i]);
  }
  for (size_t i = 0; all && (word = again_case_word(key->kind, i)) != NULL; i++) {
    if (seen[i].max == 0) continue;
    write_count(w, joint, word, &seen[i]);
    joint = ", ";
  }
  fputc('}', w->out);
}

/* Was anything of this key seen? What was not is left out. */
static bool was_seen(const again_case_key *key, const void *seen) {
  switch ((int)key->kind) {
  case AGAIN_CASE_KIND_SPAN:
  case AGAIN_CASE_KIND_RANGE: return ((const again_span *)seen)->given;
  case AGAIN_CASE_KIND_ATTEMPTS:
  case AGAIN_CASE_KIND_ALL:
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: return true;
  default: return *(const again_words *)seen != 0;
  }
}

static void write_value(writer *w, const again_case_key *key, const again_json *old,
                        const void *expected, const void *seen, int indent);

/* The member of the object with its new value. Returns whether it is there at all. */
static bool write_member(writer *w, again_case_object object, const char *name,
                         const again_json *old, const void *expected, const void *seen,
                         const char *before, int indent) {
  const again_case_key *key = again_case_key_find(object, name);
  const char *at = key != NULL ? (const char *)seen + key->offset : NULL;
  if (key != NULL ? !was_seen(key, at) : old == NULL) return false;
  fprintf(w->out, "%s\"%s\": ", before, name);
  if (key == NULL) { /* a note */
    write_copy(w, old);
  } else {
    if (strcmp(name, "delay") == 0) /* not the few that were drawn, but those that may be */
      at = (const char *)seen + offsetof(again_case_attempt, window);
    write_value(w, key, old, (const char *)expected + key->offset, at, indent);
  }
  return true;
}

/* {"class": "throttled", "reason": "backoff"}, with the keys of `like`, or those that matter most. */
static void write_attempt(writer *w, const again_json *old, const again_json *like,
                          const again_case_attempt *expected, const again_case_attempt *seen) {
  static const char *const usual[] = {"class", "reason", "window"};
  const char *joint = "";
  fputc('{', w->out);
  for (const again_json *at = like != NULL ? like->first : NULL; at != NULL; at = at->next) {
    if (write_member(w, AGAIN_CASE_IN_ATTEMPT, at->key, old != NULL ? at : NULL, expected, seen,
                     joint, 0)) {
      joint = ", ";
    }
  }
  for (size_t i = 0; like == NULL && i < sizeof usual / sizeof *usual; i++) {
    if (write_member(w, AGAIN_CASE_IN_ATTEMPT, usual[i], NULL, expected, seen, joint, 0))
      joint = ", ";
  }
  fputc('}', w->out);
}

static void write_attempts(writer *w, const again_json *old, const again_case_facts *expected,
                           const again_case_facts *seen, int indent) {
  static const again_case_attempt none;
  bool steady = seen->attempts.given && seen->attempts.min == seen->attempts.max &&
                seen->attempts.max == seen->list_count;
  bool listed = old != NULL ? old->kind == AGAIN_JSON_ARRAY : seen->attempts.max <= LIST_MAX;
  if (!steady || !listed) {
    write_span(w, &seen->attempts, false);
    return;
  }
  const again_json *at = old != NULL ? old->first : NULL;
  const again_json *like = at;
  for (size_t i = 0; i < seen->list_count; i++) {
    fprintf(w->out, "%s\n%*s", i == 0 ? "[" : ",", indent + 2, "");
    write_attempt(w, at, like, i < expected->list_count ? &expected->list[i] : &none,
                  &seen->list[i]);
    if (at != NULL && at->next != NULL) like = at->next;
    if (at != NULL) at = at->next;
  }
  fprintf(w->out, seen->list_count == 0 ? "[]" : "\n%*s]", indent, "");
}

/* An object of several lines, with the keys that it had, or those named. */
static void write_object(writer *w, again_case_object object, const again_json *old,
                         const char *const *usual, const void *expected, const void *seen,
                         int indent) {
  char before[64];
  bool any = false;  /* a member is there */
  bool said = false; /* one that expects something */
  snprintf(before, sizeof before, ",\n%*s", indent + 2 < 60 ? indent + 2 : 60, "");
  fputc('{', w->out);
  for (const again_json *at = old != NULL ? old->first : NULL; at != NULL; at = at->next) {
    if (!write_member(w, object, at->key, at, expected, seen, any ? before : before + 1,
                      indent + 2))
      continue;
    any = true;
    said = said || again_case_key_find(object, at->key) != NULL;
  }
  for (; !said && *usual != NULL; usual++) {
    any = write_member(w, object, *usual, NULL, expected, seen, any ? before : before + 1,
                       indent + 2) ||
          any;
  }
  fprintf(w->out, "\n%*s}", indent, "");
}

static void write_value(writer *w, const again_case_key *key, const again_json *old,
                        const void *expected, const void *seen, int indent) {
  static const char *const usual_all[] = {"calls", "reasons", NULL};
  if (old != NULL && again_case_same(key, expected, seen)) {
    write_copy(w, old);
    return;
  }
  switch ((int)key->kind) {
  case AGAIN_CASE_KIND_SPAN:
  case AGAIN_CASE_KIND_RANGE: write_span(w, seen, key->kind == AGAIN_CASE_KIND_SPAN); break;
  case AGAIN_CASE_KIND_ATTEMPTS: write_attempts(w, old, expected, seen, indent); break;
  case AGAIN_CASE_KIND_ALL:
    write_object(w, AGAIN_CASE_IN_ALL, old, usual_all, expected, seen, indent);
    break;
  case AGAIN_CASE_KIND_REASON_COUNTS:
  case AGAIN_CASE_KIND_EVENT_COUNTS: write_counts(w, key, old, seen); break;
  default: write_words(w, key->kind, *(const again_words *)seen); break;
  }
}

/* ---- The file ---------------------------------------------------------------------------------- */

/* How far the line of this byte is indented. */
static int indent_of(const char *text, size_t at) {
  while (at > 0 && text[at - 1] != '\n')
    at--;
  return (int)strspn(text + at, " ");
}

/* Writes the case up to the end of its expectations. Returns where the text goes on. */
static size_t write_case(writer *w, const again_case_report *report, size_t from) {
  static const char *const one[] = {"attempts", "result", "reason", NULL};
  static const char *const many[] = {"attempts", "result", "reason", "all", NULL};
  const again_case *c = report->c;
  const again_json *old = c->expect;
  const again_json *last = c->node->first;
  while (old == NULL && last->next != NULL)
    last = last->next;
  size_t place = old != NULL ? old->at : last->end;
  int indent = indent_of(w->text, old != NULL ? old->key_at : last->key_at);
  fwrite(w->text + from, 1, place - from, w->out);
  if (old == NULL) fprintf(w->out, ",\n%*s\"expect\": ", indent, "");
  write_object(w, AGAIN_CASE_IN_EXPECT, old, c->operations > 1 ? many : one, &c->expected,
               &report->seen, indent);
  return old != NULL ? old->end : place;
}

/* The new text of the file; NULL: out of memory. */
static char *rewrite(const again_case_file *file, const again_case_report *reports, size_t count,
                     size_t *size, size_t *changed) {
  char *text = NULL;
  size_t at = 0;
  writer w = {.text = file->text, .out = open_memstream(&text, size)};
  if (w.out == NULL) return NULL;
  for (size_t i = 0; i < count; i++) {
    if (reports[i].passed || !reports[i].ran) continue;
    at = write_case(&w, &reports[i], at);
    (*changed)++;
  }
  fwrite(file->text + at, 1, file->length - at, w.out);
  bool whole = !ferror(w.out);
  if (fclose(w.out) == 0 && whole) return text;
  free(text);
  return NULL;
}

/* Does the file say what it said when it was read? 0, AGAIN_ESTATE, AGAIN_EIO or AGAIN_ENOMEM. */
static int look_again(const again_case_file *file) {
  FILE *now = fopen(file->path, "rb");
  if (now == NULL) return AGAIN_EIO;
  char *text = malloc(file->length + 1);
  size_t length = text != NULL ? fread(text, 1, file->length + 1, now) : 0;
  bool same = text != NULL && length == file->length && memcmp(text, file->text, length) == 0;
  fclose(now);
  if (text == NULL) return AGAIN_ENOMEM;
  free(text);
  return same ? 0 : AGAIN_ESTATE;
}

int again_case_file_update(const again_case_file *file, const again_case_report *reports,
                           size_t count, size_t *changed) {
  size_t size = 0;
  *changed = 0;
  char *text = rewrite(file, reports, count, &size, changed);
  if (text == NULL) return AGAIN_ENOMEM;
  int error = *changed > 0 ? look_again(file) : 0;
  if (*changed > 0 && error == 0) error = again_file_replace(file->path, text, size);
  free(text);
  return error;
}
