/* Writes what a command makes to a file. */
#ifndef AGAIN_CLI_SAVE_H
#define AGAIN_CLI_SAVE_H

/* Writes a text to a file, whole or not at all, or for "-" to standard output, and frees it; NULL: out of memory. Returns
 * CLI_OK, or CLI_USAGE after one line on stderr. */
int again_cli_save(const char *command, const char *path, char *text);

#endif
