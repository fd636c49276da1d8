/* again/pacer.h - how fast may a scope send? Learned from its answers alone.
 *
 * A quota that many senders share is seen by each only as refusals (429). A backoff per operation
 * cannot keep to it: each operation relearns what the one before it knew. A pacer keeps what was
 * learned for the whole scope, first attempts and retries alike, in one number: the rate r, the
 * calls per second it takes for its share.
 *
 *            a refusal                       8 quiet runs
 *     FREE -------------> PACED        PACED -------------> FREE
 *     FREE, PACED --- 2 failures in a row, 250 ms without an answer ---> DOWN
 *     DOWN --- the first answer ---> FREE
 *
 * FREE, the start. A queue of at most 16 is sent at once: at normal load nothing is ever delayed. A
 * longer one is a backlog, and so is what waits when such a burst was refused: it is sent at r, which
 * begins at 2/s or at twice what was delivered of late, and grows by half each round trip. The first
 * refusal of a call that kept to r halves it.
 *
 * PACED. Every refusal lowers r by STEP. Every success raises it, so that after an expected run of
 * 1/p successes it is back where it was, and faster the longer the run lasts, as long as there are
 * five seconds of work to send. So r settles where the share of refusals is p, and p falls as r
 * grows: p(r) = P r^-0.6. All who share a quota see the same share of refusals and so come to the
 * same r: that is the fairness. P is the one dial: the share of refusals accepted at 1 call/s; more is
 * faster and wastes more.
 * After a refusal the pacer rests for the share REST / (r + REST) of the expected time to the next,
 * and sends at r + REST in between: r on average. This leaves room to others, and finds
 * out whether there is room again. Then one call goes alone, and the rest wait for its answer: in a
 * quota by the second this saves a round trip's worth of refusals.
 *
 * DOWN. Single probes, their gaps as long as the outage so far, between 1 and 20 normal send
 * intervals and between 250 ms and 20 s. With the first answer it starts over, FREE, from the rate
 * it had before.
 *
 * Sources: rates that fall by a share of themselves and climb by a function of themselves are the
 * binomial congestion control of Bansal and Balakrishnan (INFOCOM 2001); p(r) with an exponent of 2
 * would be TCP (Mathis et al., CCR 1997), with 0 pure multiplicative steps (Kelly's Scalable TCP,
 * CCR 2003), which have no pull to fairness. The breaker's probes are geometric as in any backoff.
 * docs/pacing.md has the constants with their reasons, and what came out in simulation.
 *
 * Values in, values out, as all of the core: `now` is monotonic, `random` is 64 random bits, and
 * all arithmetic is in integers, so the same arguments give the same state on every machine.
 * `sent_at` is the `now` at which the call's again_pacer_sent was. A refusal of a call sent before
 * the last one was heard is old news and does not count.
 */
#ifndef AGAIN_PACER_H
#define AGAIN_PACER_H

#include <again/core.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum again_pacer_state {
  AGAIN_PACER_FREE = 0,
  AGAIN_PACER_PACED,
  AGAIN_PACER_DOWN
} again_pacer_state;

typedef struct again_pacer_policy {
  uint32_t refusals_permille; /* P, the refusals accepted of 1000 calls at 1 call/s: 10..500,
                                 others are cut to that; 70 is a good one; 0: no pacing */
  again_ms rest_max;          /* no rest is longer; 0: no such limit */
} again_pacer_policy;

/* Zeroed: FREE, nothing learned. Plain data: copy it, store it. Its fields are the pacer's. */
typedef struct again_pacer {
  again_ms next;      /* the next start, */
  again_ms cut;       /* refusals of calls sent before this are old */
  again_ms since;     /* FREE: when the rate was raised; DOWN: since when */
  again_ms failing;   /* the first of the failures in a row */
  again_ms answered;  /* the latest answer */
  again_ms begun;     /* where the count of deliveries began, time without answers left out */
  again_ms aged;      /* when it was aged */
  uint64_t delivered; /* deliveries of late, each counting less with age */
  uint32_t next_ns;   /* and so many nanoseconds */
  uint32_t alone_ns;  /* after a refusal: how long the next call is waited for; 0: not */
  int32_t rate;       /* log2(r / (2/s)), in 1/2^24 */
  int32_t run;        /* successes since the refusal, in expected runs, in 1/2^24 */
  uint16_t failures;  /* in a row */
  uint8_t state;
  bool used;
  bool burst;     /* FREE: a call has started before its time by the rate */
  bool probation; /* FREE: a burst was refused: all goes by the rate until nothing waits */
} again_pacer;

/* The earliest time at which the next call may start; `now` if at once. `waiting` counts the
 * operations that are ready to start, this one included. Ask again after every start and answer: the
 * time may move both ways. Several starts may be due in the same millisecond. Never AGAIN_NEVER. */
again_ms again_pacer_next(const again_pacer *pacer, const again_pacer_policy *policy,
                          uint32_t waiting, again_ms now);

/* A call starts, allowed by again_pacer_next or not. Each must be followed by one of the next three,
 * unless it was ended from this side: a call that is never heard of delays nothing. */
void again_pacer_sent(again_pacer *pacer, const again_pacer_policy *policy, again_ms now,
                      uint64_t random);

/* An answer that is neither a refusal nor a sign of trouble: a success, or an error that is about
 * the call and not about the service. `waiting` are the operations that could start now but for
 * the pacer: 0 if the concurrency limit holds them. True: this ended an outage, and operations
 * that wait for their backoff because of it may be made ready; the pacer spreads them. */
bool again_pacer_success(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                         uint32_t waiting, again_ms now);

/* Refused for lack of quota. `hint` is the server's, capped and spread, 0 if it gave none. The
 * refused call must wait for it; the scope only does when it was refused twice in a row, so that a
 * constant hint for one call too many does not stop them all. `waiting` counts the
 * operations that are still to be delivered, this one included; UINT32_MAX: more will follow. One that is
 * alone does not rest for a run of many. Returns as again_pacer_success. */
bool again_pacer_refused(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                         again_ms hint, uint32_t waiting, again_ms now, uint64_t random);

/* No answer (refused connection, timeout), or one that says the service is in trouble (5xx). */
void again_pacer_failed(again_pacer *pacer, const again_pacer_policy *policy, again_ms sent_at,
                        again_ms now, uint64_t random);

/* The machine's network changed: while DOWN, the next probe comes within one normal send interval,
 * at a random time. */
void again_pacer_network_changed(again_pacer *pacer, const again_pacer_policy *policy, again_ms now,
                                 uint64_t random);

/* For gauges. The rate in 1/1000 calls per second, 100..10,000,000: while FREE, the one at which a
 * backlog would be sent; while DOWN, the one before the outage. */
again_pacer_state again_pacer_state_of(const again_pacer *pacer);
uint64_t again_pacer_rate(const again_pacer *pacer, again_ms now);

#ifdef __cplusplus
}
#endif

#endif
