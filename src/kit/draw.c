/* A trace as a picture of text: a row for each operation on an axis of time, then words. */
#include "kit/draw.h"
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { COLUMNS = 64, TICK = 16, ROWS = 16, WORDS = 12 };

/* Where the text goes: what does not fit is left out. */
typedef struct paper {
  char *buffer;
  size_t size;
  size_t used;
} paper;

static void write(paper *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void write(paper *p, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(p->buffer + p->used, p->size - p->used, format, arguments);
  va_end(arguments);
  if (length > 0) p->used += (size_t)length;
  if (p->used >= p->size) p->used = p->size - 1;
}

typedef struct axis {
  again_ms start;
  again_ms end;
  again_ms step; /* of one column */
} axis;

static axis axis_of(const again_kit_trace *trace) {
  axis a = {trace->records[0].now, trace->records[trace->count - 1].now, 1};
  if (a.end < a.start) a.end = a.start;
  static const again_ms parts[] = {10, 20, 25, 50}; /* tenths; 2.5 only from 25 on */
  again_ms scale = 1;
  for (size_t i = 0; (a.end - a.start) / a.step >= COLUMNS; i++) {
    if (i % 4 == 0 && i > 0) scale *= 10;
    if (i % 4 != 2 || scale > 1) a.step = parts[i % 4] * scale / 10;
  }
  return a;
}

static size_t column_of(const axis *a, again_ms time) {
  if (time <= a->start) return 0;
  return time > a->end ? (size_t)((a->end - a->start) / a->step)
                       : (size_t)((time - a->start) / a->step);
}

static char mark_of(const again_kit_record *record) {
  if (record->kind == AGAIN_EVENT_DELIVERED) return 'S';
  if (record->kind == AGAIN_EVENT_SURFACED) return 'X';
  switch (record->verdict.error_class) {
  case AGAIN_CLASS_THROTTLED: return 'T';
  case AGAIN_CLASS_AUTH: return 'A';
  case AGAIN_CLASS_RETRYABLE: return 'R';
  case AGAIN_CLASS_FATAL: return 'F'; /* it holds its scope */
  case AGAIN_CLASS_OK:
  case AGAIN_CLASS_COUNT: break;
  }
  return '?';
}

static bool is_failure(char c) {
  return strchr("TARF23456789", c) != NULL && c != '\0';
}

/* An end covers failures; several failures in one column are counted. */
static void put_mark(char *row, size_t column, char mark) {
  if (is_failure(mark) && is_failure(row[column])) {
    char there = row[column];
    mark = there >= '2' && there <= '8' ? (char)(there + 1) : there == '9' ? '9' : '2';
  }
  row[column] = mark;
}

static void fill(char *row, const axis *a, again_ms from, again_ms to, char with) {
  for (size_t at = column_of(a, from); at <= column_of(a, to); at++) {
    if (row[at] == ' ' || (row[at] == '.' && with == '=')) row[at] = with;
  }
}

static void draw_row(const again_kit_trace *trace, const axis *a, uint32_t operation, char *row) {
  char doing = '.';
  again_ms since = AGAIN_NEVER;
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    if (record->operation != operation || record->kind == AGAIN_KIT_DONE) continue;
    bool ends = record->final || record->kind == AGAIN_EVENT_RETRY;
    if (!ends && record->kind != AGAIN_EVENT_SUBMITTED && record->kind != AGAIN_EVENT_ATTEMPT)
      continue; /* HELD, RESUMED */
    again_ms now = ends && doing == '=' && record->judged ? record->ended : record->now;
    if (since != AGAIN_NEVER) fill(row, a, since, now, doing);
    if (ends) put_mark(row, column_of(a, now), mark_of(record));
    doing = record->kind == AGAIN_EVENT_ATTEMPT ? '=' : '.';
    since = record->final ? AGAIN_NEVER : now;
  }
  if (since != AGAIN_NEVER) fill(row, a, since, a->end, doing);
}

static const char *scope_of(const again_kit_trace *trace, uint32_t operation) {
  for (size_t i = 0; i < trace->count; i++) {
    if (trace->records[i].operation == operation) return trace->records[i].scope;
  }
  return "";
}

static void draw_axis(paper *p, const axis *a) {
  size_t last = column_of(a, a->end);
  write(p, "  operation        ");
  for (size_t at = 0; at <= last; at += TICK) {
    again_ms time = again_ms_add(a->start, a->step * at);
    char label[32];
    if (time < 100000) {
      snprintf(label, sizeof label, "|%" PRIu64 "ms", time);
    } else {
      snprintf(label, sizeof label, "|%" PRIu64 ".%" PRIu64 "s", time / 1000, time % 1000 / 100);
    }
    write(p, "%-*.15s", at + TICK <= last ? TICK : 0, label);
  }
  write(p, "\n");
}

/* The operations of the records before `end`, the latest ones, in order. */
static size_t pick_latest(const again_kit_trace *trace, size_t end, uint32_t *rows) {
  size_t count = 0;
  for (size_t i = end; i > 0 && count < ROWS; i--) {
    uint32_t operation = trace->records[i - 1].operation;
    size_t at = 0;
    while (at < count && rows[at] < operation)
      at++;
    if (operation == 0 || (at < count && rows[at] == operation)) continue;
    memmove(rows + at + 1, rows + at, (count - at) * sizeof *rows);
    rows[at] = operation;
    count++;
  }
  return count;
}

/* The operations that have a row: all; of many, those in question, or the first ones. */
static size_t pick_rows(const again_kit_trace *trace, uint32_t focus, size_t end, uint32_t *rows) {
  bool many = trace->operations > ROWS;
  if (many && focus == 0 && end < trace->count) return pick_latest(trace, end, rows);
  size_t count = many ? ROWS : trace->operations;
  for (uint32_t i = 0; i < count; i++)
    rows[i] = i + 1;
  if (many && focus > ROWS) rows[ROWS - 1] = focus;
  return count;
}

static void draw_rows(paper *p, const again_kit_trace *trace, const axis *a, uint32_t focus,
                      size_t end) {
  uint32_t rows[ROWS];
  size_t count = pick_rows(trace, focus, end, rows);
  for (size_t i = 0; i < count; i++) {
    char row[COLUMNS + 1];
    memset(row, ' ', COLUMNS);
    row[COLUMNS] = '\0';
    draw_row(trace, a, rows[i], row);
    size_t length = COLUMNS;
    while (length > 0 && row[length - 1] == ' ')
      length--;
    write(p, "%c %5" PRIu32 " %-10.10s %.*s\n", rows[i] == focus ? '>' : ' ', rows[i],
          scope_of(trace, rows[i]), (int)length, row);
  }
  if (trace->operations > count) write(p, "  and %zu more\n", trace->operations - count);
}

static bool is_told(const again_kit_record *record, uint32_t focus) {
  if (focus != 0) return record->operation == focus && record->kind != AGAIN_EVENT_SUBMITTED;
  return record->kind != AGAIN_EVENT_SUBMITTED && record->kind != AGAIN_KIT_DONE;
}

static void tell(paper *p, const again_kit_trace *trace, uint32_t focus, size_t end) {
  size_t first = end;
  for (size_t told = 0; first > 0 && told < WORDS;)
    told += is_told(&trace->records[--first], focus);
  for (size_t i = first; i < end; i++) {
    const again_kit_record *record = &trace->records[i];
    char words[256];
    if (!is_told(record, focus)) continue;
    write(p, "%10" PRIu64 "ms  ", record->now);
    if (record->operation != 0) write(p, "operation %" PRIu32 ": ", record->operation);
    write(p, "%s\n", again_kit_record_explain(record, words, sizeof words));
  }
}

void again_kit_draw_until(const again_kit_trace *trace, uint32_t operation, size_t end,
                          char *buffer, size_t size) {
  paper p = {.buffer = buffer, .size = size};
  if (size == 0) return;
  buffer[0] = '\0';
  if (trace->count == 0) {
    write(&p, "  nothing happened\n");
    return;
  }
  axis a = axis_of(trace);
  draw_axis(&p, &a);
  draw_rows(&p, trace, &a, operation, end);
  write(&p,
        "  = under way  . waiting  R retryable  T throttled  A auth  F fatal, held  2-9 so many "
        "failures\n  S delivered  X surfaced  one column: %" PRIu64 " ms\n",
        a.step);
  tell(&p, trace, operation, end < trace->count ? end : trace->count);
}

char *again_kit_trace_draw(const again_kit_trace *trace, uint32_t operation, char *buffer,
                           size_t size) {
  again_kit_draw_until(trace, operation, trace->count, buffer, size);
  return buffer;
}
