#include "cli/emulate_table.h"
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* Lines besides those of topics: the title, the heading, the sum, what is left out, the cursor's. */
enum { OTHER_LINES = 5, NAME_WIDTH = 28 };

static const char dim[] = "\033[2m";
static const char bold[] = "\033[1m";
static const char red[] = "\033[31m";
static const char yellow[] = "\033[33m";
static const char normal[] = "\033[0m";

typedef struct row {
  const char *name;
  double rate;
  uint64_t requests;
  uint64_t accepted;
  uint64_t throttled;
  uint64_t faults;
  uint64_t stored;
} row;

void again_emulate_sample_take(again_emulator *emulator, again_ms ms,
                               again_emulate_sample *sample) {
  sample->ms = ms;
  sample->stats = again_emulator_stats_get(emulator);
  sample->topic_count = again_emulator_topics_get(emulator, sample->topics, AGAIN_EMULATE_TOPICS);
}

static void draw_line(FILE *out, again_emulate_screen *screen, const char *colour,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* One line, cut to the width, over what was there. */
static void draw_line(FILE *out, again_emulate_screen *screen, const char *colour,
                      const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fprintf(out, "\033[2K%s%.*s%s\n", colour != NULL ? colour : "", screen->width - 1, text,
          colour != NULL ? normal : "");
  screen->drawn++;
}

/* Per second; 0 when the counter was reset. */
static double rate_of(uint64_t before, uint64_t now, again_ms elapsed) {
  if (now < before || elapsed == 0) return 0;
  return (double)(now - before) * 1000 / (double)elapsed;
}

static void draw_row(FILE *out, again_emulate_screen *screen, const row *r) {
  char name[NAME_WIDTH + 1];
  int length = snprintf(name, sizeof name, "%s", r->name);
  if (length > NAME_WIDTH) memcpy(name + NAME_WIDTH - 2, "..", 2);
  const char *colour = r->faults > 0 ? red : r->throttled > 0 ? yellow : NULL;
  draw_line(out, screen, colour,
            "%-*s %7.1f %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %7" PRIu64 " %9" PRIu64, NAME_WIDTH,
            name, r->rate, r->requests, r->accepted, r->throttled, r->faults, r->stored);
}

static void draw_topics(FILE *out, again_emulate_screen *screen, const again_emulate_sample *before,
                        const again_emulate_sample *now) {
  size_t room = screen->height > OTHER_LINES ? (size_t)(screen->height - OTHER_LINES) : 0;
  size_t shown = now->topic_count < room ? now->topic_count : room;
  if (shown > AGAIN_EMULATE_TOPICS) shown = AGAIN_EMULATE_TOPICS;
  for (size_t i = 0; i < shown; i++) {
    const again_emulator_topic *t = &now->topics[i];
    /* A topic keeps its place as long as it is counted. */
    bool known = i < before->topic_count && strcmp(before->topics[i].name, t->name) == 0;
    row r = {t->name,
             rate_of(known ? before->topics[i].requests : 0, t->requests, now->ms - before->ms),
             t->requests,
             t->accepted,
             t->throttled,
             t->faults,
             t->stored};
    draw_row(out, screen, &r);
  }
  if (shown < now->topic_count) {
    draw_line(out, screen, dim, "and %zu topics more", now->topic_count - shown);
  }
}

void again_emulate_table_draw(FILE *out, again_emulate_screen *screen, const char *url,
                              const again_emulate_sample *before, const again_emulate_sample *now) {
  if (screen->drawn > 0) fprintf(out, "\033[%dA", screen->drawn);
  screen->drawn = 0;
  const again_emulator_stats *stats = &now->stats;
  draw_line(out, screen, bold, "%s  %.0f s%s", url, (double)now->ms / 1000,
            stats->listening ? "" : "  refusing connections");
  draw_line(out, screen, dim, "%-*s %7s %9s %9s %9s %7s %9s", NAME_WIDTH, "topic", "req/s",
            "requests", "accepted", "throttled", "faults", "logs");
  row sum = {"all",
             rate_of(before->stats.requests, stats->requests, now->ms - before->ms),
             stats->requests,
             stats->accepted,
             stats->throttled,
             stats->faults,
             stats->stored};
  draw_row(out, screen, &sum);
  draw_topics(out, screen, before, now);
  fputs("\033[J", out); /* what a longer table left */
  fflush(out);
}

void again_emulate_line_print(FILE *out, const again_emulate_sample *before,
                              const again_emulate_sample *now) {
  const again_emulator_stats *stats = &now->stats;
  bool shut = before->stats.listening && !stats->listening;
  if (stats->requests == before->stats.requests && !shut) return;
  fprintf(out,
          "%5.0f s  %" PRIu64 " requests, %.1f/s: %" PRIu64 " accepted, %" PRIu64
          " throttled, %" PRIu64 " faults; %" PRIu64 " logs%s\n",
          (double)now->ms / 1000, stats->requests,
          rate_of(before->stats.requests, stats->requests, now->ms - before->ms), stats->accepted,
          stats->throttled, stats->faults, stats->stored,
          stats->listening ? "" : "; refusing connections");
  fflush(out);
}
