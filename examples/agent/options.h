/* The command line of again-agent. */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include <again/again.h>

#define INPUTS_MAX 64

/* One --topic ID FILE. */
typedef struct input_option {
  const char *topic;
  const char *path; /* "-": standard input */
} input_option;

typedef struct options {
  const char *endpoint;
  bool allow_plain_http;
  bool allow_readable_credentials;
  input_option inputs[INPUTS_MAX];
  size_t input_count;
  const char *credentials; /* NULL: the environment */
  const char *policy;      /* NULL: the built-in one */
  const char *state;       /* a folder */
  uint64_t batch_lines;
  uint64_t batch_bytes;
  again_ms linger;
  uint64_t window;
  uint64_t memory;
  bool follow;
  again_ms drain;
  again_ms checkpoint; /* 0: whenever something was settled */
  const char *metrics; /* NULL: none */
  const char *events;  /* NULL: none */
  bool quiet;
  uint64_t seed;
  bool help;
  bool version;
} options;

/* Reads the command line; strings stay those of `argv`. False: `why` says what is wrong. With
 * --help or --version nothing else is required. */
bool options_parse(options *parsed, int argc, char **argv, char *why, size_t why_size);

/* Prints the page of --help to standard output. */
void options_help(void);

#endif
