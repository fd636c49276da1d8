/* What a policy means at worst: how often and how long is tried what keeps failing, what is held, and what
 * is surfaced. */
#ifndef AGAIN_CLI_REPORT_H
#define AGAIN_CLI_REPORT_H

#include <again/policy.h>
#include <json-c/json.h>

void again_report_print(const again_policy *policy);

/* The same for programs, as members of `root`. */
void again_report_json(json_object *root, const again_policy *policy);

#endif
