/* A scratch folder for a test, and small files in it. */
#ifndef AGAIN_TESTS_FOLDER_H
#define AGAIN_TESTS_FOLDER_H

#include "support.h"
#include <stdio.h>

typedef struct folder {
  char path[64];
} folder;

void folder_make(folder *made);
void folder_remove(folder *old); /* with everything in it */

/* The path of a name in it, in a buffer of the caller's. */
char *folder_path(const folder *in, const char *name, char buffer[128]);

void folder_write(const folder *in, const char *name, const char *text);

/* The file's text, to be freed; "" if there is no such file. */
char *folder_read(const folder *in, const char *name);

/* How often a text occurs in another. */
unsigned count_text(const char *text, const char *what);

#endif
