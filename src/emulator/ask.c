/* What other threads may ask and tell while the emulator serves: all behind its lock. */
#include "emulator/clock.h"
#include "emulator/state.h"

again_emulator_stats again_emulator_stats_get(again_emulator *emulator) {
  pthread_mutex_lock(&emulator->lock);
  again_emulator_stats stats = emulator->tally.stats;
  pthread_mutex_unlock(&emulator->lock);
  return stats;
}

char *again_emulator_stats_json(again_emulator *emulator) {
  pthread_mutex_lock(&emulator->lock);
  char *json = again_tally_json(&emulator->tally);
  pthread_mutex_unlock(&emulator->lock);
  return json;
}

int again_emulator_script(again_emulator *emulator, const char *json, char *why, size_t why_size) {
  char unseen[1];
  if (why == NULL) {
    why = unseen;
    why_size = sizeof unseen;
  }
  pthread_mutex_lock(&emulator->lock);
  int error = again_script_read(&emulator->script, json, again_emulator_monotonic(), why, why_size);
  pthread_mutex_unlock(&emulator->lock);
  return error;
}

int again_emulator_fault(again_emulator *emulator, const char *text, char *why, size_t why_size) {
  char unseen[1];
  if (why == NULL) {
    why = unseen;
    why_size = sizeof unseen;
  }
  pthread_mutex_lock(&emulator->lock);
  int error =
      again_script_read_text(&emulator->script, text, again_emulator_monotonic(), why, why_size);
  pthread_mutex_unlock(&emulator->lock);
  return error;
}

void again_emulator_script_clear(again_emulator *emulator) {
  pthread_mutex_lock(&emulator->lock);
  again_script_fini(&emulator->script);
  pthread_mutex_unlock(&emulator->lock);
}

size_t again_emulator_topics_get(again_emulator *emulator, again_emulator_topic *topics,
                                 size_t room) {
  pthread_mutex_lock(&emulator->lock);
  const again_tally_topic *topic = emulator->tally.topics;
  for (size_t i = 0; i < room && topic != NULL; i++, topic = topic->next)
    topics[i] = topic->counted;
  size_t count = emulator->tally.topic_count;
  pthread_mutex_unlock(&emulator->lock);
  return count;
}

void again_emulator_reset(again_emulator *emulator) {
  pthread_mutex_lock(&emulator->lock);
  again_tally_reset(&emulator->tally);
  again_store_reset(&emulator->store);
  pthread_mutex_unlock(&emulator->lock);
}
