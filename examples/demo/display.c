#include "display.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PLAIN_EVERY_MS = 1000, BAR = 40 };

static const char *const dim = "\033[2m";
static const char *const bold = "\033[1m";
static const char *const red = "\033[31m";
static const char *const green = "\033[32m";
static const char *const normal = "\033[0m";

void display_init(display *shown, const plan *made, bool plain) {
  *shown = (display){.plan = made};
  const char *term = getenv("TERM");
  const char *no_color = getenv("NO_COLOR");
  bool rich = term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0 &&
              (no_color == NULL || no_color[0] == '\0');
  shown->live = !plain && isatty(STDOUT_FILENO) && rich;
}

static int width_of_terminal(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
  return size.ws_col;
}

/* Prints one line of the block: cut to the terminal's width, what was there erased. */
static void block_line(display *shown, const char *colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void block_line(display *shown, const char *colour, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  bool coloured = colour != NULL;
  printf("\033[2K%s%.*s%s\n", coloured ? colour : "", width_of_terminal() - 1, text,
         coloured ? normal : "");
  shown->drawn++;
}

/* At every update, whether it is shown or not: so the ring goes back by the same time always. */
static void take_sample(display *shown, const child_state *state, uint64_t ms) {
  unsigned at = shown->samples++ % DISPLAY_SAMPLES;
  shown->seen_ms[at] = ms;
  shown->seen[at] = state->delivered;
}

/* Delivered lines per second, over the last second or so: since the oldest sample. */
static double rate_of(const display *shown) {
  if (shown->samples == 0) return 0;
  unsigned latest = (shown->samples - 1) % DISPLAY_SAMPLES;
  unsigned oldest = shown->samples < DISPLAY_SAMPLES ? 0 : shown->samples % DISPLAY_SAMPLES;
  uint64_t lines = shown->seen[latest] - shown->seen[oldest];
  uint64_t past = shown->seen_ms[latest] - shown->seen_ms[oldest];
  return past > 0 ? (double)lines * 1000 / (double)past : 0;
}

static void draw_bar(display *shown, const child_state *state) {
  uint64_t settled = state->delivered + state->refused;
  uint64_t lines = shown->plan->lines;
  int filled = (int)(settled * BAR / (lines > 0 ? lines : 1));
  if (filled > BAR) filled = BAR;
  char bar[BAR + 1];
  memset(bar, '#', (size_t)filled);
  memset(bar + filled, '.', (size_t)(BAR - filled));
  bar[BAR] = '\0';
  block_line(shown, green, "  [%s] %3" PRIu64 " %%", bar, settled * 100 / (lines > 0 ? lines : 1));
}

static void draw_troubles(display *shown, uint64_t ms) {
  for (int i = 0; i < TROUBLE_COUNT; i++) {
    const trouble *t = &shown->plan->troubles[i];
    bool on = plan_is_on(shown->plan, (trouble_kind)i, ms);
    bool past = !on && ms >= t->from_ms;
    block_line(shown, on ? red : dim, "  %s %s", on ? "ON  " : past ? "over" : "next", t->text);
  }
}

static void draw_decisions(display *shown, const child_state *state) {
  uint64_t first =
      state->decision_count > CHILD_DECISIONS ? state->decision_count - CHILD_DECISIONS : 0;
  for (uint64_t i = first; i < first + CHILD_DECISIONS; i++) {
    if (i < state->decision_count) {
      const child_decision *d = &state->decisions[i % CHILD_DECISIONS];
      block_line(shown, dim, "  %5.1fs  %s", (double)d->ms / 1000, d->text);
    } else {
      block_line(shown, NULL, "%s", "");
    }
  }
}

static void draw_block(display *shown, const child_state *state, uint64_t ms) {
  if (shown->drawn > 0) printf("\033[%dA", shown->drawn);
  shown->drawn = 0;
  block_line(shown, bold, "again: %" PRIu64 " lines on their way, %4.1f s", shown->plan->lines,
             (double)ms / 1000);
  draw_bar(shown, state);
  block_line(shown, NULL,
             "  delivered %" PRIu64 "   waiting %" PRIu64 "   in flight %" PRIu64
             " requests   %.0f lines/s",
             state->delivered, state->waiting, state->in_flight, rate_of(shown));
  block_line(shown, NULL,
             "  surfaced %" PRIu64 "   calls %" PRIu64 "   retries: throttled %" PRIu64
             ", retryable %" PRIu64 ", auth %" PRIu64,
             state->refused, state->calls, state->throttled, state->retryable, state->auth);
  block_line(shown, bold, "troubles");
  draw_troubles(shown, ms);
  block_line(shown, bold, "the last decisions");
  draw_decisions(shown, state);
  fflush(stdout);
}

static void print_status(display *shown, const child_state *state, uint64_t ms) {
  shown->plain_ms = ms;
  printf("%5.1fs  delivered %" PRIu64 " of %" PRIu64 ", waiting %" PRIu64 ", in flight %" PRIu64
         ", %.0f lines/s, calls %" PRIu64 ", retries %" PRIu64 "\n",
         (double)ms / 1000, state->delivered, shown->plan->lines, state->waiting, state->in_flight,
         rate_of(shown), state->calls, state->throttled + state->retryable + state->auth);
  if (state->decision_count > 0) {
    printf("        %s\n", state->decisions[(state->decision_count - 1) % CHILD_DECISIONS].text);
  }
}

static void print_plain(display *shown, const child_state *state, uint64_t ms) {
  for (int i = 0; i < TROUBLE_COUNT; i++) {
    const trouble *t = &shown->plan->troubles[i];
    bool on = plan_is_on(shown->plan, (trouble_kind)i, ms);
    if (on != shown->on[i]) {
      printf("%5.1fs  %s: %s\n", (double)ms / 1000, on ? "begins" : "ends", t->text);
    }
    shown->on[i] = on;
  }
  if (ms >= shown->plain_ms + PLAIN_EVERY_MS) print_status(shown, state, ms);
  fflush(stdout);
}

void display_update(display *shown, const child_state *state, uint64_t ms) {
  take_sample(shown, state, ms);
  if (shown->live) {
    draw_block(shown, state, ms);
  } else {
    print_plain(shown, state, ms);
  }
}

void display_end(display *shown, const child_state *state, uint64_t ms) {
  if (shown->live) {
    draw_block(shown, state, ms);
  } else {
    print_status(shown, state, ms);
  }
  printf("\n");
}
