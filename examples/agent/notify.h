/* What the service manager is told, by the protocol of sd_notify(3): a datagram to the socket that
 * NOTIFY_SOCKET names. Without one, as when nobody manages the agent, nothing is sent. */
#ifndef AGENT_NOTIFY_H
#define AGENT_NOTIFY_H

#include <again/core.h>

typedef struct notifier {
  again_ms every; /* the manager wants a sign of life so often; 0: it does not */
  again_ms next;
} notifier;

/* Reads how often a sign of life is wanted: twice in WATCHDOG_USEC. */
void notify_init(notifier *self);

/* It is up; it reads again what may have changed, until it is told to be up; it stops. */
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* From the loop, often: gives a sign of life when it is time. */
void notify_alive(notifier *self, again_ms now);

#endif
