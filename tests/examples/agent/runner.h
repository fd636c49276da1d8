/* Runs the built agent against an emulator in this process. */
#ifndef AGAIN_TESTS_EXAMPLES_RUNNER_H
#define AGAIN_TESTS_EXAMPLES_RUNNER_H

#include "folder.h"
#include <again/emulator.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct runner {
  folder folder; /* the agent's working folder: state in "state", stderr in "err" */
  again_emulator *emulator;
  char endpoint[64];
  const char *secret_id; /* in the agent's environment; NULL: not set */
  unsigned file_limit;   /* of the files it writes, in blocks of 512 bytes; 0: none */
  bool no_streams;       /* 0, 1 and 2 are closed when it starts */
} runner;

void runner_init(runner *r, const again_emulator_options *options);
void runner_fini(runner *r);

/* Writes a file of numbered lines. */
void runner_lines(runner *r, const char *name, int lines);

/* Starts the agent with the endpoint, --state and these arguments, a list that ends with NULL. */
pid_t runner_start(runner *r, const char *const *arguments);

/* Waits for it, at most 60 seconds. Returns its exit status, or -1 if a signal ended it. */
int runner_wait(runner *r, pid_t pid);

/* Both. */
int runner_run(runner *r, const char *const *arguments);

/* Wait until the emulator has stored so many distinct logs, so many with duplicates, or has been
 * asked so often, at most 20 seconds. */
void runner_stored(runner *r, unsigned logs);
void runner_stored_in_all(runner *r, unsigned logs);
void runner_asked(runner *r, unsigned requests);

/* Fails unless the agent's standard error holds the text; or waits a little and says whether it does. */
void runner_said(runner *r, const char *text);
bool runner_has_said(runner *r, const char *text);

#endif
