/* What a hostile origin does, and what must become of the attempt that meets it. */
#ifndef AGAIN_TESTS_HOSTILE_ROWS_H
#define AGAIN_TESTS_HOSTILE_ROWS_H

#include "http/hostile_origin.h"
#include <again/http.h>

typedef struct hostile_row {
  const char *name;
  hostile_port port;
  hostile_step steps[8]; /* of the first connection; all others are good */
  bool warm;             /* a good request went over that connection before */
  bool large;            /* the request has a body of 1 MiB */
  bool once;             /* the policy says at most once */
  bool fresh;            /* with the option fresh_on_retry */
  bool idle;             /* with an idle timeout of a second */
  again_ms timeout;      /* of the first attempt; 0: long */

  /* Of the first attempt: */
  again_fault fault;
  int status;
  again_class error_class;
  again_reason decision;
  again_effect effect;
  again_ms hint;
  bool reused;      /* it went over the warm connection, */
  unsigned resends; /* and libcurl sent it again by itself so often */
  /* And in the end: */
  unsigned attempts;
} hostile_row;

extern const hostile_row hostile_rows[];
extern const size_t hostile_row_count;

#endif
