/* The table that `again emulate` shows on a terminal. */
#ifndef AGAIN_CLI_EMULATE_TABLE_H
#define AGAIN_CLI_EMULATE_TABLE_H

#include <again/emulator.h>
#include <stdio.h>

/* Topics that are looked at; the others are in the sums. */
enum { AGAIN_EMULATE_TOPICS = 200 };

/* What the counters were at a time. */
typedef struct again_emulate_sample {
  again_ms ms; /* since the start */
  again_emulator_stats stats;
  again_emulator_topic topics[AGAIN_EMULATE_TOPICS];
  size_t topic_count; /* all there are */
} again_emulate_sample;

typedef struct again_emulate_screen {
  int width; /* of the terminal, in characters and lines */
  int height;
  bool colour;
  int drawn; /* lines of the table that are on the screen */
} again_emulate_screen;

void again_emulate_sample_take(again_emulator *emulator, again_ms ms, again_emulate_sample *sample);

/* Draws the table over the one before; the rates are those since the sample before. */
void again_emulate_table_draw(FILE *out, again_emulate_screen *screen, const char *url,
                              const again_emulate_sample *before, const again_emulate_sample *now);

#endif
