/* again/scopes.h - scopes that are found by a key, made when they are needed, and given up when idle.
 *
 * For a program that does not know beforehand which topics it will send to. Each scope is an again_scope
 * like any other; what differs is who owns it. Their number is bounded: where one more would be too
 * many, one in which nothing is going on is given up, the one that was asked for longest ago, and one
 * that has learned something (it is held, paced or gets no answers) only if there is no other.
 *
 * Finding costs one hash (FNV-1a, Fowler, Noll, Vo, draft-eastlake-fnv, begun at a random number) and
 * mostly one comparison. At the bound one more looks for the one to be given up: from the one asked for
 * longest ago on, past all that are busy or have learned something, so keep the bound well above what
 * is busy at once. Memory is the scheduler's allocator's. One thread: the scheduler's.
 */
#ifndef AGAIN_SCOPES_H
#define AGAIN_SCOPES_H

#include <again/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_scopes again_scopes;

/* What the scopes have in common, as in again_scope. */
typedef struct again_scopes_options {
  again_damage kind;
  again_scope *parent;        /* must outlast them; may be NULL */
  const again_policy *policy; /* may be NULL: the parent's; a TOPIC has the override for its key */
  uint32_t in_flight;
  bool ordered;
  size_t most; /* scopes at a time, 1..2^20 */
} again_scopes_options;

/* Makes an empty table; memory for it is taken now, for each scope when it is made. AGAIN_EINVAL,
 * AGAIN_ENOMEM. */
int again_scopes_new(again_sched *sched, const again_scopes_options *options,
                     again_scopes **scopes);

/* Ends all of its scopes and frees it. AGAIN_ESTATE, and nothing has happened, where something is going
 * on in one of them. NULL is allowed. It may be freed after its scheduler, which ends all scopes when it
 * is freed: in the `closed` of again_uv_close, for example, when nothing can be going on any more. */
int again_scopes_free(again_scopes *scopes);

/* The scope for a key (1..1,024 bytes), whose name is a copy of it. It stays while an operation or a
 * request of the program's own is in it, or a scope below it; afterwards until another call of
 * this function: submit to it at once, or ask again. Only a scope that cannot be given up (there are
 * never more keys than `most`) may be posted to from another thread (again_uv_post). AGAIN_EFULL:
 * there are `most`, and something is going on in each. AGAIN_EINVAL, AGAIN_ENOMEM. */
int again_scopes_get(again_scopes *scopes, const char *key, again_scope **scope);

/* How many there are, and how many were given up so far. */
size_t again_scopes_count(const again_scopes *scopes);
uint64_t again_scopes_given_up(const again_scopes *scopes);

#ifdef __cplusplus
}
#endif

#endif
