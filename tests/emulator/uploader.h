/* A client of the emulator that can be as wrong as a test wants: one request by libcurl. */
#ifndef AGAIN_TESTS_EMULATOR_UPLOADER_H
#define AGAIN_TESTS_EMULATOR_UPLOADER_H

#include "support.h"
#include <again/cls.h>
#include <again/emulator.h>

/* What differs from a right request; zeroed: nothing. "" leaves a header out. */
typedef struct upload {
  const char *method; /* NULL: POST */
  const char *path;   /* NULL: /structuredlog?topic_id=TOPIC */
  const char *topic;  /* NULL: "topic" */
  const char *content_type;
  const char *authorization;
  const char *compression;
  const char *secret_id;
  const char *secret_key;
  int64_t skew_s;   /* of the clock it is signed with */
  const void *body; /* NULL: that of a batch of `logs` logs */
  size_t body_length;
  bool plain;       /* that batch is not compressed */
  bool empty;       /* no body at all */
  int logs;         /* 0: 1 */
  const char *text; /* of the logs; NULL: "line" */
} upload;

typedef struct answer {
  int curl; /* CURLcode */
  long status;
  char body[2048];
  char date[64];
  char request_id[64];
  char retry_after[64];
  char content_type[64];
} answer;

/* Sends the request; bounded in time. */
answer upload_send(const again_emulator *emulator, const upload *what);

/* Starts an emulator, failing the test with its sentence if it does not. */
again_emulator *start_emulator(const again_emulator_options *options);

/* Waits until the port is closed (or open), at most some seconds. */
void wait_listening(again_emulator *emulator, bool listening);

#endif
