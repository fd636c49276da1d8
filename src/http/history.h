/* What happened in one attempt, noted while it is under way. */
#ifndef AGAIN_HTTP_HISTORY_H
#define AGAIN_HTTP_HISTORY_H

#include <again/http.h>

typedef struct again_http_notes {
  CURL *easy;
  unsigned transfers; /* how often libcurl was about to send the request */
  bool once;          /* it must not send it a second time */
  bool wanted;        /* somebody asks for the record */
  char address[AGAIN_HTTP_ADDRESS_MAX];
  int port;
  const char *tls;
} again_http_notes;

/* Starts the notes of a transfer. `once`: libcurl may not send the request again by itself; `wanted`:
 * a record will be made. They must stay until it is over. */
void again_http_notes_begin(again_http_notes *notes, CURL *easy, bool once, bool wanted);

/* How often libcurl sent the request again by itself, or would have. */
unsigned again_http_notes_resends(const again_http_notes *notes);

/* Fills in the record of a transfer that is over, but for attempt, result, status, effect. `body_length`:
 * of the request; `header_bytes` of the answer were read. */
void again_http_notes_record(const again_http_notes *notes, uint64_t body_length,
                             uint64_t header_bytes, again_http_record *record);

#endif
