/* "Did you mean": the nearest of the allowed words. */
#ifndef AGAIN_POLICY_SUGGEST_H
#define AGAIN_POLICY_SUGGEST_H

#include <stddef.h>

/* The candidate nearest to `word`, or NULL if none is near: at most a third of its letters wrong,
 * missing, too many or swapped (optimal string alignment distance). */
const char *again_suggest(const char *word, const char *const *candidates, size_t count);

/* Writes `"a", "b" or "c"`. */
void again_suggest_list(const char *const *candidates, size_t count, char *buffer, size_t size);

#endif
