/* Circular lists of again_link. A link that is in no list has next == NULL. */
#ifndef AGAIN_SCHED_LIST_H
#define AGAIN_SCHED_LIST_H

#include <again/sched.h>

/* The structure that holds the link. */
#define AGAIN_LIST_ITEM(link, type, member)                                                        \
  ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void again_list_init(again_link *list) {
  list->next = list;
  list->prev = list;
}

static inline bool again_list_empty(const again_link *list) {
  return list->next == list;
}

static inline bool again_list_linked(const again_link *link) {
  return link->next != NULL;
}

static inline void again_list_append(again_link *list, again_link *link) {
  link->prev = list->prev;
  link->next = list;
  list->prev->next = link;
  list->prev = link;
}

static inline void again_list_remove(again_link *link) {
  link->prev->next = link->next;
  link->next->prev = link->prev;
  link->next = NULL;
  link->prev = NULL;
}

/* Moves all of `from` behind what is in `to`. */
static inline void again_list_append_all(again_link *to, again_link *from) {
  if (again_list_empty(from)) return;
  from->next->prev = to->prev;
  to->prev->next = from->next;
  from->prev->next = to;
  to->prev = from->prev;
  again_list_init(from);
}

#endif
