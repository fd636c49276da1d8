/* A plugin that carries its own libagain.a. */
#include <again/again.h>
#include <string.h>

int plugin_policy(const void **shipped, char *name, size_t size);

/* The address of its built-in policy, and the name of a policy that it has read. */
int plugin_policy(const void **shipped, char *name, size_t size) {
  static const char text[] = "{\"again\": 1, \"name\": \"" PLUGIN "\"}";
  const again_policy *policy = NULL;
  *shipped = again_policy_default();
  if (again_policy_parse(PLUGIN, text, strlen(text), &policy, NULL) != 0) return 1;
  strncpy(name, policy->name, size - 1);
  again_policy_unref(policy);
  return 0;
}
