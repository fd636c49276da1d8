/* The rest of a file that was rotated while the agent did not run. */
#ifndef AGENT_ROTATED_H
#define AGENT_ROTATED_H

#include <stdint.h>

/* The file with this inode in the folder of `path`, if it is longer than `offset`: it is the one that
 * had that name, under its new one. The caller frees it. NULL: there is none. */
char *rotated_find(const char *path, uint64_t inode, uint64_t offset);

#endif
