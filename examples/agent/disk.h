/* Files that survive a crash. What fails leaves its reason in errno. */
#ifndef AGENT_DISK_H
#define AGENT_DISK_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it. */
bool disk_write(int fd, const char *bytes, size_t length);

/* Makes what was created or renamed in a folder last. */
bool disk_sync_folder(const char *folder);

/* Makes a folder unless it is there. Its parent must be. */
bool disk_make_folder(const char *folder);

/* "folder/name". The caller frees it. NULL: out of memory. */
char *disk_path(const char *folder, const char *name);

/* What to do about an errno from writing a file. */
const char *disk_advice(int error);

#endif
