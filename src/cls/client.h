/* The client's inside, shared by client.c and upload.c. */
#ifndef AGAIN_CLS_CLIENT_H
#define AGAIN_CLS_CLIENT_H

#include "cls/clock.h"
#include "cls/compress.h"
#include "cls/source.h"
#include <again/cls.h>

struct again_cls_topic {
  again_cls *cls;
  again_scope scope;
  char *id;
  char *url;
  again_cls_topic *next;
};

struct again_cls {
  again_http *http;
  again_allocator allocator; /* the scheduler's */
  again_scope account;       /* above all topics: one credential, one endpoint */
  char *base;                /* "https://host[:port]/structuredlog" */
  char *host;                /* as the Host header has it */
  again_cls_credentials credentials;
  again_cls_source source;
  void (*reloaded)(void *data, again_cls *cls, const char *why);
  void (*refresh)(void *data, again_cls *cls);
  void *data;                        /* for both */
  again_cls_compression compression; /* asked for */
  again_scratch scratch;
  unsigned compressions_refused; /* a bit for each kind */
  uint32_t content_splits;
  uint64_t context;  /* of package ids, random */
  uint64_t packages; /* ids given */
  again_cls_clock clock;
  again_cls_topic *topics;
  size_t uploads; /* between send and done */
};

/* Adds the headers of one attempt, signed for `wall_ms` (this machine's clock plus the skew). */
int again_cls_client_headers(const again_cls_topic *topic, const char *compression, int64_t wall_ms,
                             again_http_attempt *attempt);

/* The service does not take this compression. */
void again_cls_client_refused(again_cls *cls, again_cls_compression compression);

/* Reads the credentials file anew, if there is one. True: the credential is another one by now. */
bool again_cls_client_reload(again_cls *cls);

#endif
