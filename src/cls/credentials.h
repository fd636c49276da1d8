/* The credential that requests are signed with: id, key and token, changed together.
 *
 * Each set has a generation. A refusal that concerns an older one is no reason to refresh: the
 * request is simply signed anew. Of the current one, the owner is asked once (single flight), and
 * not more often than REFRESHES_MAX times in REFRESH_WINDOW_MS, so that a service that refuses every
 * credential does not turn the owner's source of credentials into the next victim. */
#ifndef AGAIN_CLS_CREDENTIALS_H
#define AGAIN_CLS_CREDENTIALS_H

#include <again/cls.h>

enum {
  AGAIN_CLS_REFRESHES_MAX = 3,
  AGAIN_CLS_REFRESH_WINDOW_MS = 60000,
  AGAIN_CLS_REFRESH_WAIT_MS = 30000 /* an owner that is silent longer does not stop the uploads */
};

typedef struct again_cls_credentials {
  const again_allocator *allocator; /* set before the first set; NULL: the C library's */
  char *id;
  char *key;
  char *token; /* NULL: none */
  uint64_t generation;
  bool refreshing; /* the owner was asked and has not answered */
  again_ms asked[AGAIN_CLS_REFRESHES_MAX];
  unsigned asked_count;
} again_cls_credentials;

/* Takes a new set, copied and checked; on an error nothing changes and `why` says what is wrong.
 * AGAIN_EINVAL, AGAIN_ENOMEM. */
int again_cls_credentials_set(again_cls_credentials *credentials, const char *id, const char *key,
                              const char *token, char *why, size_t why_size);

/* Wipes and frees the set. */
void again_cls_credentials_clear(again_cls_credentials *credentials);

/* A request signed with `generation` was refused. True: ask the owner for new ones now, which counts
 * as asked. */
bool again_cls_credentials_refused(again_cls_credentials *credentials, uint64_t generation,
                                   again_ms now);

#endif
