/* The files that had a log's name before: found in its folder, in the order in which they were
 * written.
 *
 * As rotated counts a file whose name is the log's with a number or date: "log.1", "log-20260101",
 * "app-2026-01-01.log" of "app.log". Which came first tells the time of its last change. */
#ifndef AGENT_ROTATED_H
#define AGENT_ROTATED_H

#include "place.h"

/* Opens the file that was read up to `was`, whatever its name is now, `path` included. -1: it is
 * not there. The caller closes it and frees `name`. `beside` is where `path` led to, absolute and
 * without links: rotated files have its folder and name. */
int rotated_find(const char *path, const char *beside, const place *was, char **name);

/* Opens a copy of that file, made before it was cut (copytruncate), likewise. */
int rotated_find_copy(const char *beside, const place *was, char **name);

/* Opens what was written after the file of `was` (inode 0: it is gone): the oldest rotated file that was
 * changed since, or what `path` names now. `missed` (to be freed, or NULL) is one that was
 * changed before that and has been compressed. -1: errno says why it cannot be opened, and `name` is
 * what could not be (to be freed, NULL if memory ran out). */
int rotated_next(const char *path, const char *beside, const place *was, char **name,
                 char **missed);

/* Is this the name of a rotated file of a log that is named `base`, both without folder? Its mark is
 * the part with the number or date. */
bool rotated_is_name(const char *base, const char *name, const char **mark, size_t *mark_length,
                     bool *compressed);

#endif
