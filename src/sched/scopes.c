/* Scopes by key: a hash table with chains, and a list from the one asked for longest ago to the latest. */
#include "sched/state.h"
#include <again/scopes.h>
#include <string.h>

enum { KEY_MAX = 1024, SCOPES_MAX = 1 << 20 };

typedef struct entry {
  again_scope scope;
  again_link age;
  struct entry *next; /* in its chain */
  uint64_t hash;
  char key[];
} entry;

struct again_scopes {
  again_sched *sched;
  again_allocator allocator; /* the scheduler may be freed before */
  again_scopes_options options;
  again_link ages;
  uint64_t seed;
  size_t count;
  uint64_t given_up;
  bool full;        /* all were found to be busy, */
  uint64_t full_at; /* when so much had left the scheduler's scopes */
  size_t mask;      /* number of chains - 1 */
  entry *chains[];
};

static entry *entry_at(again_link *age) {
  return AGAIN_LIST_ITEM(age, entry, age);
}

static uint64_t hash_of(const again_scopes *scopes, const char *key) {
  uint64_t hash = UINT64_C(14695981039346656037) ^ scopes->seed;
  for (; *key != '\0'; key++)
    hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
  return hash ^ hash >> 32;
}

int again_scopes_new(again_sched *sched, const again_scopes_options *options,
                     again_scopes **scopes) {
  const again_scope *parent = options->parent;
  if (options->most < 1 || options->most > SCOPES_MAX) return AGAIN_EINVAL;
  if (parent != NULL && (parent->own.sched != sched || parent->ordered)) return AGAIN_EINVAL;
  size_t chains = 1;
  while (chains < options->most)
    chains *= 2;
  again_scopes *made =
      again_resize(&sched->allocator, NULL, sizeof *made + chains * sizeof(entry *));
  if (made == NULL) return AGAIN_ENOMEM;
  memset(made, 0, sizeof *made + chains * sizeof(entry *));
  made->sched = sched;
  made->allocator = sched->allocator;
  made->options = *options;
  made->seed = again_random_next(&sched->random);
  made->mask = chains - 1;
  again_list_init(&made->ages);
  *scopes = made;
  return 0;
}

static bool is_idle(const again_scope *scope) {
  return scope->own.operations == 0 && scope->own.in_flight == 0 && scope->own.below == 0;
}

static bool has_learned(const again_scope *scope) {
  return scope->own.held || again_pacer_state_of(&scope->own.pacer) != AGAIN_PACER_FREE;
}

static void give_up(again_scopes *scopes, entry *old) {
  entry **at = &scopes->chains[old->hash & scopes->mask];
  while (*at != old)
    at = &(*at)->next;
  *at = old->next;
  again_list_remove(&old->age);
  again_scope_fini(
      &old->scope); /* AGAIN_ESTATE where the scheduler, and with it the scope, is gone */
  again_resize(&scopes->allocator, old, 0);
  scopes->count--;
}

/* The oldest idle one, rather one that has learned nothing; NULL: all are busy. Those that are busy are
 * in use, so they count as asked for now, and the next search does not meet them first. */
static entry *oldest_idle(again_scopes *scopes) {
  entry *learned = NULL;
  again_link *at = scopes->ages.next;
  for (size_t left = scopes->count; left > 0; left--) {
    entry *old = entry_at(at);
    at = at->next;
    if (!is_idle(&old->scope)) {
      again_list_remove(&old->age);
      again_list_append(&scopes->ages, &old->age);
    } else if (!has_learned(&old->scope)) {
      return old;
    } else if (learned == NULL) {
      learned = old;
    }
  }
  return learned;
}

/* Makes room for one more. */
static int make_room(again_scopes *scopes) {
  if (scopes->count < scopes->options.most) return 0;
  if (scopes->full && scopes->full_at == scopes->sched->leaves) return AGAIN_EFULL;
  entry *old = oldest_idle(scopes);
  if (old == NULL) {
    scopes->full = true; /* until something leaves a scope there is no need to look again */
    scopes->full_at = scopes->sched->leaves;
    return AGAIN_EFULL;
  }
  give_up(scopes, old);
  scopes->given_up++;
  return 0;
}

static int make(again_scopes *scopes, const char *key, size_t length, uint64_t hash, entry **made) {
  const again_scopes_options *options = &scopes->options;
  entry *fresh = again_resize(&scopes->allocator, NULL, sizeof *fresh + length + 1);
  if (fresh == NULL) return AGAIN_ENOMEM;
  memset(fresh, 0, sizeof *fresh);
  memcpy(fresh->key, key, length + 1);
  fresh->hash = hash;
  fresh->scope.name = fresh->key;
  fresh->scope.kind = options->kind;
  fresh->scope.parent = options->parent;
  fresh->scope.policy = options->policy;
  fresh->scope.in_flight = options->in_flight;
  fresh->scope.ordered = options->ordered;
  int error = again_scope_init(&fresh->scope, scopes->sched);
  if (error != 0) {
    again_resize(&scopes->allocator, fresh, 0);
    return error;
  }
  fresh->next = scopes->chains[hash & scopes->mask];
  scopes->chains[hash & scopes->mask] = fresh;
  again_list_append(&scopes->ages, &fresh->age);
  scopes->count++;
  *made = fresh;
  return 0;
}

int again_scopes_get(again_scopes *scopes, const char *key, again_scope **scope) {
  size_t length = key != NULL ? strnlen(key, KEY_MAX + 1) : 0;
  if (length == 0 || length > KEY_MAX) return AGAIN_EINVAL;
  uint64_t hash = hash_of(scopes, key);
  entry *found = scopes->chains[hash & scopes->mask];
  while (found != NULL && (found->hash != hash || strcmp(found->key, key) != 0))
    found = found->next;
  if (found != NULL) {
    again_list_remove(&found->age);
    again_list_append(&scopes->ages, &found->age);
  } else {
    int error = make_room(scopes);
    if (error == 0) error = make(scopes, key, length, hash, &found);
    if (error != 0) return error;
  }
  *scope = &found->scope;
  return 0;
}

int again_scopes_free(again_scopes *scopes) {
  if (scopes == NULL) return 0;
  for (again_link *at = scopes->ages.next; at != &scopes->ages; at = at->next) {
    if (!is_idle(&entry_at(at)->scope)) return AGAIN_ESTATE;
  }
  while (!again_list_empty(&scopes->ages))
    give_up(scopes, entry_at(scopes->ages.next));
  again_allocator allocator = scopes->allocator;
  again_resize(&allocator, scopes, 0);
  return 0;
}

size_t again_scopes_count(const again_scopes *scopes) {
  return scopes->count;
}

uint64_t again_scopes_given_up(const again_scopes *scopes) {
  return scopes->given_up;
}
