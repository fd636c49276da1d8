/* Files that a command writes. */
#ifndef AGAIN_JSON_REPLACE_H
#define AGAIN_JSON_REPLACE_H

#include <stddef.h>

/* Makes the file's contents this text, or leaves it as it was: a new file is written beside it, with its
 * rights, and put in its place; a link stays a link. What is no regular file is written to. AGAIN_EIO
 * (errno says why), AGAIN_ENOMEM. */
int again_file_replace(const char *path, const char *text, size_t size);

#endif
