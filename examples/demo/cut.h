/* A log is cut in two files: its first lines, and its last. */
#ifndef DEMO_CUT_H
#define DEMO_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts the lines of a file, the last of which may have no newline. False: `why`. */
bool cut_count(const char *path, uint64_t *lines, char *why, size_t why_size);

/* Copies the first `lines` lines to one file and the rest to another. False: `why`. */
bool cut_file(const char *path, uint64_t lines, const char *first, const char *rest, char *why,
              size_t why_size);

#endif
