/* Words and small pictures for people, on a terminal. */
#ifndef AGAIN_DRAW_SAY_H
#define AGAIN_DRAW_SAY_H

#include <again/core.h>

/* A wait without the fractions that do not matter: "0.5s", "1m30s", "2h05m", "no end". */
void again_say_wait(again_ms wait, char text[24]);

/* Does the locale (LC_ALL, LC_CTYPE, LANG) say that the terminal shows UTF-8? */
bool again_say_utf8(void);

/* A bar from `from` to `to` of `full`, in `cells` characters, at least a stroke; `text` has room for
 * 3 bytes a cell and the NUL. Blocks of Unicode, or # without `utf8`. */
void again_say_bar(double from, double to, double full, int cells, bool utf8, char *text);

/* A height from 0 to `full` in one character, as words of a line that shows a course. */
const char *again_say_height(double value, double full, bool utf8);

#endif
