/* The live display: a block that is redrawn on a terminal, plain lines elsewhere. */
#ifndef DEMO_DISPLAY_H
#define DEMO_DISPLAY_H

#include "child.h"

enum { DISPLAY_SAMPLES = 12 };

typedef struct display {
  const plan *plan;
  bool live;
  int drawn;         /* lines of the block on the screen */
  uint64_t plain_ms; /* when the last plain line was printed */
  bool on[TROUBLE_COUNT];
  uint64_t seen_ms
      [DISPLAY_SAMPLES]; /* delivered lines lately, for the rate: a ring of samples, one an update */
  uint64_t seen[DISPLAY_SAMPLES];
  unsigned samples;
} display;

/* `plain`: lines even on a terminal. */
void display_init(display *shown, const plan *made, bool plain);

/* About ten times a second. */
void display_update(display *shown, const child_state *state, uint64_t ms);

/* The block is left as it is. */
void display_end(display *shown, const child_state *state, uint64_t ms);

#endif
