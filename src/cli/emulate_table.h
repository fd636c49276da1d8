/* What `again emulate` shows on a terminal while it runs. */
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

typedef enum again_emulate_progress {
  AGAIN_EMULATE_SILENT,
  AGAIN_EMULATE_LINES, /* plain ones, without colours and without moving the cursor */
  AGAIN_EMULATE_TABLE,
} again_emulate_progress;

typedef struct again_emulate_screen {
  int width; /* of the terminal, in characters and lines */
  int height;
  int drawn; /* lines of the table that are on the screen */
} again_emulate_screen;

void again_emulate_sample_take(again_emulator *emulator, again_ms ms, again_emulate_sample *sample);

/* Draws the table over the one before; the rates are those since the sample before. */
void again_emulate_table_draw(FILE *out, again_emulate_screen *screen, const char *url,
                              const again_emulate_sample *before, const again_emulate_sample *now);

/* Prints the sums as one line, if since the sample before a request came or connections began to be
 * refused. */
void again_emulate_line_print(FILE *out, const again_emulate_sample *before,
                              const again_emulate_sample *now);

#endif
