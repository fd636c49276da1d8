/* What the thread that serves and the callers of the public functions share, behind one lock. */
#ifndef AGAIN_EMULATOR_STATE_H
#define AGAIN_EMULATOR_STATE_H

#include "emulator/quota.h"
#include "emulator/script.h"
#include "emulator/store.h"
#include "emulator/tally.h"
#include <microhttpd.h>
#include <pthread.h>

typedef struct again_exchange again_exchange;

struct again_emulator {
  /* Set before the thread starts. */
  char *secret_id;
  char *secret_key;
  uint16_t port;
  pthread_t thread;

  /* The thread's own. */
  struct MHD_Daemon *daemon; /* NULL while connections are refused */
  int listener;              /* the daemon's socket, before it has one */
  again_exchange *delayed;   /* suspended until their answer is due */
  size_t held;               /* bytes of bodies that are being received */

  /* Behind the lock. */
  pthread_mutex_t lock;
  bool stopping;
  uint64_t serial; /* of the last upload */
  again_quota quota;
  again_script script;
  again_store store;
  again_tally tally;
};

#endif
