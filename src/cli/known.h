/* The error codes that can be meant: those of the service, and libcurl's. */
#ifndef AGAIN_CLI_KNOWN_H
#define AGAIN_CLI_KNOWN_H

#include <again/cls.h>

/* Finds a result of libcurl by its name ("CURLE_.."); CURLE_OK: there is none of that name. */
CURLcode again_known_curl(const char *name);

/* The name that was probably meant by one that is not known; NULL: it is known, or nothing is near. A
 * name that begins with "CURLE_" is looked for among libcurl's. */
const char *again_known_near(const char *code);

/* Warns of the codes of a policy's own rules that look like slips: a code that is not known and near one
 * that is, and a result that libcurl does not have. */
void again_known_warn(const char *path, const again_policy *policy, again_diagnostic_fn tell,
                      void *data);

#endif
