/* What the end of a batch means for its lines. */
#ifndef AGENT_FATE_H
#define AGENT_FATE_H

#include <again/cls.h>

/* "" if there was no attempt that could have had a class. */
const char *fate_class(const again_result *result);

/* Why it was surfaced, in words. Returns `text`. */
const char *fate_explain(const again_result *result, char *text, size_t size);

/* Was this side's end the only reason? Then the lines are not refused. */
bool fate_is_interrupted(again_reason reason);

/* Does the refusal concern all that is sent, whatever is in it? Passing faults (class retryable and
 * throttled) are the policy's business: it says how long they are waited for. */
bool fate_concerns_all(const again_result *result);

#endif
