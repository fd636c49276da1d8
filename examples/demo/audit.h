/* The account: what became of every line of the log, by the server's record and the dead letters,
 * not by what the agent says. */
#ifndef DEMO_AUDIT_H
#define DEMO_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct audit_file audit_file;

typedef struct audit {
  audit_file *files;
  size_t file_count;
  uint64_t lines;
  uint64_t delivered;  /* lines stored at least once */
  uint64_t duplicates; /* stored once more */
  uint64_t refused;    /* in the dead letters and not stored */
  uint64_t lost;       /* neither */
  uint64_t foreign;    /* records that are no line of the log, or not as it is there */
} audit;

/* Adds a log file under the name that the agent was given; each of its lines will be looked for.
 * False: `why`. */
bool audit_add_file(audit *account, const char *path, char *why, size_t why_size);

/* Reads the emulator's record file, and the agent's dead letters. False: `why`. */
bool audit_read_stored(audit *account, const char *path, char *why, size_t why_size);
bool audit_read_refused(audit *account, const char *path, char *why, size_t why_size);

/* Sums up. */
void audit_close(audit *account);

void audit_free(audit *account);

#endif
