/* One resolution of a name at a time.
 *
 * libcurl's resolver takes a thread for each transfer that begins while the name is not in its cache, and
 * does not remember a failure: sixty-four requests to a name that does not resolve are sixty-four
 * threads, and as many at each retry. Here the first attempt to a host goes alone; the others wait
 * until it has an address, and then go all at once. If the name does not resolve they share the answer. */
#ifndef AGAIN_HTTP_GATE_H
#define AGAIN_HTTP_GATE_H

#include <again/http.h>

typedef struct again_http_host again_http_host;

typedef struct again_http_gate {
  const again_allocator *allocator;
  again_uv *uv;
  uv_timer_t timer; /* when somebody may go, or has waited too long */
  again_ms armed;   /* for then */
  again_http_host *hosts;
  void (*go)(again_http_attempt *attempt);
  void (*fail)(again_http_attempt *attempt, CURLcode result);
  void (*closed)(void *data);
  void *data;
} again_http_gate;

/* The place of an attempt at the gate. */
typedef struct again_http_place {
  again_http_gate *gate;
  again_http_host *host;    /* NULL: its name needs no resolving */
  again_http_attempt *next; /* waiting behind it */
  again_ms deadline;        /* of the attempt */
  bool waiting;
} again_http_place;

void again_http_gate_init(again_http_gate *gate, const again_allocator *allocator, again_uv *uv,
                          void (*go)(again_http_attempt *),
                          void (*fail)(again_http_attempt *, CURLcode));

/* May the attempt begin at once? Otherwise `go` is called for it, or `fail`, later. `url`: the one whose host
 * is connected to, a proxy's if there is one; "": none has to be resolved. */
bool again_http_gate_enter(again_http_gate *gate, again_http_attempt *attempt, const char *url,
                           again_ms deadline);

/* Sets what tells the gate that a name has its addresses, where it wants to know. */
void again_http_gate_watch(again_http_attempt *attempt);

/* An attempt is over, or cut off. */
void again_http_gate_leave(again_http_attempt *attempt, CURLcode result);

/* Nobody may wait any more; `closed` is called when the loop has let go of it. */
void again_http_gate_close(again_http_gate *gate, void (*closed)(void *data), void *data);

#endif
