/* What is to happen later, by time and then by order of asking. */
#ifndef AGAIN_KIT_CALLS_H
#define AGAIN_KIT_CALLS_H

#include <again/kit.h>

/* When the next call is due, or AGAIN_NEVER. */
again_ms again_kit_calls_next(const again_kit *kit);

/* Makes all calls that are due at kit->now, those that they ask for included. */
void again_kit_calls_run(again_kit *kit);

#endif
