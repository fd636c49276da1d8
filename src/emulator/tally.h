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

/* Counts a request and its answer. `by_quota`: the quota refused it. A code that cannot be
 * remembered for want of memory is counted by its status alone. */
void again_tally_answer(again_tally *tally, const again_answer *answer, bool by_quota);

/* The counters as a JSON object; the caller frees it with free(). NULL: out of memory. */
char *again_tally_json(const again_tally *tally);

#endif
