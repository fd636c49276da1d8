/* The token bucket as a single number per topic: the generic cell rate algorithm (ITU-T I.371,
 * virtual scheduling). `due` is when the next request would come if all came evenly; one may come
 * `slack` before that. A refused request moves nothing, so it costs no quota. */
#include "emulator/quota.h"
#include <stdlib.h>
#include <string.h>

struct again_quota_topic {
  again_quota_topic *next;
  double due;
  char name[];
};

void again_quota_init(again_quota *quota, double rate, double burst) {
  /* Services that count by the second let a few through at once, however small the quota. */
  if (burst == 0) burst = rate / 10 > 5 ? rate / 10 : 5;
  if (burst < 1) burst = 1;
  double interval = rate > 0 ? 1000 / rate : 0;
  *quota = (again_quota){.interval = interval, .slack = (burst - 1) * interval};
}

void again_quota_fini(again_quota *quota) {
  while (quota->topics != NULL) {
    again_quota_topic *topic = quota->topics;
    quota->topics = topic->next;
    free(topic);
  }
}

static again_quota_topic *find(again_quota *quota, const char *name) {
  again_quota_topic *topic = quota->topics;
  while (topic != NULL && strcmp(topic->name, name) != 0)
    topic = topic->next;
  if (topic != NULL) return topic;
  size_t size = strlen(name) + 1;
  topic = calloc(1, sizeof *topic + size);
  if (topic == NULL) return NULL;
  memcpy(topic->name, name, size);
  topic->next = quota->topics;
  quota->topics = topic;
  return topic;
}

bool again_quota_take(again_quota *quota, const char *name, again_ms now) {
  if (quota->interval <= 0) return true;
  again_quota_topic *topic = find(quota, name);
  if (topic == NULL) return true;
  double at = (double)now;
  if (at < topic->due - quota->slack) return false;
  topic->due = (at > topic->due ? at : topic->due) + quota->interval;
  return true;
}
