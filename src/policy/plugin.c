/* A policy of a file with functions of the program. */
#include "policy/reader.h"
#include <stdlib.h>

/* The topics of the base, each with the plugin; their names and rules stay the base's. */
static bool take_topics(again_policy_block *block, const again_policy *base) {
  size_t count = base->override_count;
  if (count == 0) return true;
  block->topics = calloc(count, sizeof *block->topics);
  block->overrides = calloc(count, sizeof *block->overrides);
  if (block->topics == NULL || block->overrides == NULL) return false;
  block->topic_count = count;
  for (size_t i = 0; i < count; i++) {
    block->topics[i].policy = *base->overrides[i].policy;
    block->topics[i].policy.plugin = block->top.policy.plugin;
    block->overrides[i].topic = base->overrides[i].topic;
    block->overrides[i].policy = &block->topics[i].policy;
  }
  block->top.policy.overrides = block->overrides;
  return true;
}

int again_policy_with(const again_policy *base, const again_plugin *plugin,
                      const again_policy **policy) {
  if (base == NULL || plugin == NULL) return AGAIN_EINVAL;
  again_policy_block *block = calloc(1, sizeof *block);
  if (block == NULL) return AGAIN_ENOMEM;
  atomic_init(&block->references, 1);
  block->top.policy = *base;
  block->top.policy.plugin = *plugin;
  block->base = again_policy_ref(base);
  if (!take_topics(block, base)) {
    again_policy_block_free(block);
    return AGAIN_ENOMEM;
  }
  *policy = &block->top.policy;
  return 0;
}
