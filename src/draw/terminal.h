/* What may be written to a terminal. */
#ifndef AGAIN_DRAW_TERMINAL_H
#define AGAIN_DRAW_TERMINAL_H

#include <stdbool.h>

/* May colours, moves of the cursor and what is drawn over be written to this descriptor? Where it
 * is a terminal, TERM says that it is more than "dumb", and NO_COLOR (https://no-color.org) is
 * unset or empty. */
bool again_terminal_is_rich(int descriptor);

#endif
