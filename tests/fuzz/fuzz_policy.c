/* Any bytes as a policy: refused with a place, or taken, and then it prints as an equal one. */
#include <again/policy.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const again_policy *policy = NULL;
  again_diagnostic diagnostic = {0};
  if (again_policy_parse("fuzz", (const char *)data, size, &policy, &diagnostic) != 0) {
    if (policy != NULL || diagnostic.message[0] == '\0') abort();
    return 0;
  }
  char *text = again_policy_print(policy);
  const again_policy *printed = NULL;
  if (text == NULL || again_policy_parse("fuzz", text, strlen(text), &printed, &diagnostic) != 0 ||
      !again_policy_equal(policy, printed)) {
    abort();
  }
  free(text);
  again_policy_unref(policy);
  again_policy_unref(printed);
  return 0;
}
