/* The stream of --events: what happens, as lines of JSON for programs. */
#ifndef AGENT_EVENTS_H
#define AGENT_EVENTS_H

#include "report.h"

typedef struct events events;

/* Opens a file, to append to it, or what file descriptor N of /dev/fd/N is. NULL: `why`. */
events *events_open(const char *path, char *why, size_t why_size);

/* Each writes one line. What reads a pipe slowly slows the agent down; for what does not read at all
 * it waits a second, once, and then leaves events out: when reading goes on, an event "dropped" tells
 * how many. After a write has failed nothing more is written. */
void events_status(events *out, again_ms time, const tally *lines, const again_stats *stats,
                   bool final);
void events_decision(events *out, again_ms time, const again_event *event, const char *text);
void events_refused(events *out, again_ms time, const refusal *refused);

/* Events that were left out and not told of in the stream. */
uint64_t events_dropped(const events *out);

/* NULL, or (once) why a write failed. */
const char *events_error(events *out);

/* Opens the file anew: it may have been moved away. What is no plain file stays as it is. False: it stays
 * the old one, and errno says why. */
bool events_reopen(events *out);

void events_close(events *out);

#endif
