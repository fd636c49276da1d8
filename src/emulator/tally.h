/* How the emulator has answered so far. */
#ifndef AGAIN_EMULATOR_TALLY_H
#define AGAIN_EMULATOR_TALLY_H

#include "emulator/answer.h"
#include <again/emulator.h>

/* Topics above so many are counted in the sums only. */
enum { AGAIN_TALLY_TOPICS_MAX = 1000 };

typedef struct again_tally_code again_tally_code;

typedef struct again_tally_topic {
  struct again_tally_topic *next;
  again_emulator_topic counted;
} again_tally_topic;

typedef struct again_tally {
  again_emulator_stats stats;
  again_tally_code *codes;
  again_tally_topic *topics; /* in the order of their first requests */
  size_t topic_count;
} again_tally;

void again_tally_fini(again_tally *tally);

/* All counters are 0 again; `listening` stays. */
void again_tally_reset(again_tally *tally);

/* Who made an answer. */
typedef enum again_tally_by {
  AGAIN_TALLY_SERVICE,
  AGAIN_TALLY_QUOTA,
  AGAIN_TALLY_SCRIPT
} again_tally_by;

/* Counts a request to a topic ("": it names none) and its answer. A code that cannot be remembered for
 * want of memory is counted by its status alone, and such a topic in the sums. */
void again_tally_answer(again_tally *tally, const char *topic, const again_answer *answer,
                        again_tally_by by);

/* Counts a request whose connection the script closes. */
void again_tally_broken(again_tally *tally, const char *topic);

/* Counts so many logs as the topic's; the sum is the store's. */
void again_tally_stored(again_tally *tally, const char *topic, uint64_t logs);

/* The counters as a JSON object; the caller frees it with free(). NULL: out of memory. */
char *again_tally_json(const again_tally *tally);

#endif
