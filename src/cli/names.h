/* The names that arguments may have, for completion. */
#ifndef AGAIN_CLI_NAMES_H
#define AGAIN_CLI_NAMES_H

/* Prints the names of a kind, one a line: "policy" (builtin:NAME), "scenario", "class" (of again plot), "code"
 * (of the catalogue) or "curl" (results of libcurl). NULL or another kind: a line on stderr. Returns an
 * exit code. */
int again_cli_names(const char *kind);

#endif
