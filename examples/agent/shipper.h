/* One input's way to its topic: lines into batches, batches to the library, and an account of which
 * bytes of the input are settled - delivered, or in the dead letters - in the input's order. */
#ifndef AGENT_SHIPPER_H
#define AGENT_SHIPPER_H

#include "dead_letters.h"
#include "report.h"
#include "spans.h"
#include "splitter.h"

typedef struct shipper shipper;

/* What all shippers share. */
typedef struct shipping {
  uv_loop_t *loop;
  dead_letters *letters;
  report *report;
  const char *source; /* this machine's name */
  uint64_t batch_lines;
  uint64_t batch_bytes;
  again_ms linger;
  uint64_t window;    /* batches of one input with the library at once */
  uint64_t under_way; /* batches of all inputs with the library */
  bool failed;        /* a line could not be taken or sent: `error` says why; stop reading */
  bool state_lost;    /* the same: the dead letters could not be written */
  bool blocked; /* credential, account or endpoint are refused: `error` says why; stop reading */
  char error[512];
} shipping;

/* `begin`: of the first line. `rereadable`: what is not settled at the end may be left for the next
 * start; if not, it goes to the dead letters. NULL: out of memory. */
shipper *shipper_new(shipping *shared, again_cls_topic *topic, const char *file, uint64_t begin,
                     bool rereadable);

/* Takes a line (a line_fn whose data is the shipper). */
void shipper_take(void *to, const line *found);

/* Completes the batch under way without waiting for more lines; it is sent when its turn comes. */
void shipper_flush(shipper *from);

/* Hands everything to the library at once, for a drain. */
void shipper_send_all(shipper *from);

/* Every byte of the input before this one is settled. */
uint64_t shipper_settled(const shipper *from);

/* What is settled behind that although something between is not: for a later shipper_know, of a
 * shipper of the same file, before its first line. */
void shipper_ahead(const shipper *from, spans *settled);
void shipper_know(shipper *to, const spans *settled);

/* Has a batch come back since shipper_noted? */
bool shipper_has_ended(const shipper *from);

/* What has settled is in the checkpoint, if it is to be there at once: sends on. Until this is
 * called what came back counts as under way, so that no more than a window can be stored and not
 * noted. */
void shipper_noted(shipper *from);

/* Bytes of memory taken by lines that are not settled. */
uint64_t shipper_held(const shipper *from);

/* Nothing is gathered or with the library? */
bool shipper_idle(const shipper *from);

/* The input goes on with another file, at byte `begin`. Only while idle. */
void shipper_restart(shipper *from, uint64_t begin);

/* Closes and, from the loop, frees. Only while idle. */
void shipper_close(shipper *from);

#endif
