/* Lines for people. */
#ifndef AGENT_TERMINAL_H
#define AGENT_TERMINAL_H

#include <stddef.h>

/* Writes what a terminal would act on instead of showing it - control characters (C0, C1), marks that
 * turn the direction of text, bytes that are not UTF-8 - as \xNN or \u{NNNN}. Cut where `out` ends.
 * Returns `out`. */
char *terminal_escape(const char *text, char *out, size_t size);

/* "again-agent: " and the text, escaped, as a line of standard error. */
void terminal_say(const char *text);

#endif
