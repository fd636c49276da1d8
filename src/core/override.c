/* Which policy is a topic's. */
#include <again/core.h>
#include <string.h>

static bool fits(const char *pattern, const char *topic) {
  size_t length = strlen(pattern);
  if (length > 0 && pattern[length - 1] == '*') return strncmp(pattern, topic, length - 1) == 0;
  return strcmp(pattern, topic) == 0;
}

const again_policy *again_policy_for(const again_policy *policy, const char *topic) {
  for (size_t i = 0; topic != NULL && i < policy->override_count; i++) {
    if (fits(policy->overrides[i].topic, topic)) return policy->overrides[i].policy;
  }
  return policy;
}
