/* A program that links libagain alone: a policy from a text, and what it makes of a 429. The same file is
 * compiled as C11 and as C++17. */
#include <again/again.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#define LANGUAGE "C++"
#else
#define LANGUAGE "C"
#endif

static const char text[] =
    "{\"again\": 1, \"name\": \"mine\", \"throttled\": {\"max_attempts\": 3}}";

int main(void) {
  const again_policy *policy = NULL;
  if (again_policy_parse("mine", text, strlen(text), &policy, NULL) != 0) return 1;
  again_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.status = 429;
  again_verdict verdict = again_classify(NULL, NULL, &outcome);
  again_policy_unref(policy);
  printf("%s with libagain %s: 429 is %s\n", LANGUAGE, again_version(),
         again_class_name(verdict.error_class));
  return strcmp(again_version(), AGAIN_VERSION) != 0;
}
