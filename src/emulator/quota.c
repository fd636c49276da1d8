/* The token bucket as a single number per topic and kind: the generic cell rate algorithm (ITU-T I.371,
 * virtual scheduling). `due` is when the next request would come if all came evenly; one may come
 * `slack` before that. A refused request moves nothing, so it costs no quota. */
#include "emulator/quota.h"
#include <stdlib.h>
#include <string.h>

struct again_quota_topic {
  again_quota_topic *next;
  double requests_due;
  double bytes_due;
  char name[];
};

void again_quota_init(again_quota *quota, double rate, double burst, double bytes) {
  /* Services that count by the second let a few through at once, however small the quota. */
  if (burst == 0) burst = rate / 10 > 5 ? rate / 10 : 5;
  if (burst < 1) burst = 1;
  double interval = rate > 0 ? 1000 / rate : 0;
  *quota = (again_quota){.requests = {interval, (burst - 1) * interval}};
  if (bytes > 0) quota->bytes = (again_quota_limit){1000 / bytes, 100};
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

static bool passes(const again_quota_limit *limit, double due, double at) {
  return limit->interval <= 0 || at >= due - limit->slack;
}

static double later(double due, double at, double time) {
  return (at > due ? at : due) + time;
}

again_quota_says again_quota_take(again_quota *quota, const char *name, size_t bytes,
                                  again_ms now) {
  if (quota->requests.interval <= 0 && quota->bytes.interval <= 0) return AGAIN_QUOTA_TAKEN;
  again_quota_topic *topic = find(quota, name);
  if (topic == NULL) return AGAIN_QUOTA_TAKEN;
  double at = (double)now;
  if (!passes(&quota->requests, topic->requests_due, at)) return AGAIN_QUOTA_NO_REQUESTS;
  if (!passes(&quota->bytes, topic->bytes_due, at)) return AGAIN_QUOTA_NO_BYTES;
  topic->requests_due = later(topic->requests_due, at, quota->requests.interval);
  topic->bytes_due = later(topic->bytes_due, at, (double)bytes * quota->bytes.interval);
  return AGAIN_QUOTA_TAKEN;
}
