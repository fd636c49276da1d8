/* A scheduler with random operations on a virtual clock, and a witness that sees only its events. */
#ifndef AGAIN_TESTS_WORLD_H
#define AGAIN_TESTS_WORLD_H

#include "arbitrary.h"
#include <again/kit.h>

enum { WORLD_JOBS = 160, WORLD_SCOPES = 4, WORLD_POLICIES = 2, WORLD_STEPS = 5 };

typedef struct world world;

typedef struct job {
  again_kit_op kit; /* first: an event's operation is a job */
  again_kit_step steps[WORLD_STEPS];
  world *world;
  again_ms submitted;
  again_ms deadline;
  again_ms due;   /* when it may be tried next */
  uint64_t order; /* in which that was set, among all */
  uint32_t attempts;
  uint32_t remedied;
  uint32_t cost; /* of its last retry */
  uint32_t ended;
  bool cancelled;
  again_done_fn kit_done;
  bool flying; /* an attempt that takes time is under way */
} job;

typedef struct lane {
  again_scope scope;
  uint32_t flying;
  again_ms due;   /* of the attempt that began last */
  uint64_t order; /* likewise */
  uint64_t spent;
  uint64_t income;
} lane;

struct world {
  again_kit kit;
  again_random random;
  again_ms lists[WORLD_POLICIES][12];
  again_policy policies[WORLD_POLICIES];
  lane lanes[WORLD_SCOPES];
  size_t lane_count;
  job jobs[WORLD_JOBS];
  size_t job_count; /* submitted so far */
  bool reloaded;
  again_ms until; /* of the drain, or when it was closed */
  again_ms now;   /* of the latest event */
  uint64_t order;
  uint64_t attempts;
  uint64_t reasons[AGAIN_REASON_COUNT]; /* of retries and of ends */
  again_kit_trace trace;                /* of the kit, at the end */
};

/* Makes the world of the case, lets everything happen and checks it on the way and at the end. The
 * trace is the caller's to clear. */
void world_live(world *w);

#endif
