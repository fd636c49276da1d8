#include "figures.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct page {
  again_write_fn write;
  void *to;
} page;

static void put(const page *out, const char *text) {
  out->write(out->to, text, strlen(text));
}

static void head(const page *out, const char *name, const char *type, const char *help) {
  char text[256];
  snprintf(text, sizeof text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
  put(out, text);
}

static void value(const page *out, const char *name, uint64_t number) {
  char text[96];
  snprintf(text, sizeof text, "%s %" PRIu64 "\n", name, number);
  put(out, text);
}

/* A label's value: \, " and newlines are escaped. */
static void put_escaped(const page *out, const char *text) {
  for (; *text != '\0'; text++) {
    if (*text == '\\' || *text == '"') put(out, "\\");
    if (*text == '\n') {
      put(out, "\\n");
    } else {
      out->write(out->to, text, 1);
    }
  }
}

static void feed_value(const page *out, const char *name, const input_option *of, uint64_t number) {
  char text[32];
  put(out, name);
  put(out, "{file=\"");
  put_escaped(out, of->path);
  put(out, "\",topic=\"");
  put_escaped(out, of->topic);
  snprintf(text, sizeof text, "\"} %" PRIu64 "\n", number);
  put(out, text);
}

static void put_tally(const page *out, const tally *lines) {
  const struct {
    const char *name;
    const char *type;
    const char *help;
    uint64_t number;
  } rows[] = {
      {"again_agent_read_lines_total", "counter", "Lines read.", lines->read},
      {"again_agent_read_bytes_total", "counter", "Bytes of the lines read.", lines->read_bytes},
      {"again_agent_delivered_lines_total", "counter", "Lines that the service has taken.",
       lines->delivered},
      {"again_agent_delivered_bytes_total", "counter", "Bytes of these lines.",
       lines->delivered_bytes},
      {"again_agent_dead_letters_total", "counter", "Lines in the dead letters.", lines->refused},
      {"again_agent_lost_lines_total", "counter", "Lines of standard input that are lost.",
       lines->lost},
      {"again_agent_unsettled_lines", "gauge", "Lines read, and neither delivered nor refused.",
       tally_unsettled(lines)},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    head(out, rows[i].name, rows[i].type, rows[i].help);
    value(out, rows[i].name, rows[i].number);
  }
}

static void put_feeds(const page *out, const agent *self) {
  head(out, "again_agent_lag_bytes", "gauge", "Bytes of the open file that are not settled.");
  for (size_t i = 0; i < self->options.input_count; i++) {
    const feed *from = &self->feeds[i];
    if (!input_rereadable(from->in)) continue;
    feed_value(out, "again_agent_lag_bytes", &self->options.inputs[i],
               input_behind(from->in, shipper_settled(from->out)));
  }
  head(out, "again_agent_held_bytes", "gauge", "Memory of lines that are not settled.");
  for (size_t i = 0; i < self->options.input_count; i++)
    feed_value(out, "again_agent_held_bytes", &self->options.inputs[i],
               shipper_held(self->feeds[i].out));
}

void figures_write(void *data, again_write_fn write, void *to) {
  const agent *self = data;
  page out = {.write = write, .to = to};
  put_tally(&out, report_tally(self->report));
  put_feeds(&out, self);
  again_stats_write_prometheus(again_uv_sched(self->uv), write, to);
}
