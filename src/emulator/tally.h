/* How the emulator has answered so far. */
#ifndef AGAIN_EMULATOR_TALLY_H
#define AGAIN_EMULATOR_TALLY_H

#include "emulator/answer.h"
#include <again/emulator.h>

typedef struct again_tally_code again_tally_code;

typedef struct again_tally {
  again_emulator_stats stats;
  again_tally_code *codes;
} again_tally;

void again_tally_fini(again_tally *tally);

/* Who made an answer. */
typedef enum again_tally_by {
  AGAIN_TALLY_SERVICE,
  AGAIN_TALLY_QUOTA,
  AGAIN_TALLY_SCRIPT
} again_tally_by;

/* Counts a request and its answer. A code that cannot be
 * remembered for want of memory is counted by its status alone. */
void again_tally_answer(again_tally *tally, const again_answer *answer, again_tally_by by);

/* The counters as a JSON object; the caller frees it with free(). NULL: out of memory. */
char *again_tally_json(const again_tally *tally);

#endif
