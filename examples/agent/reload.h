/* What may change while the agent runs: the policy and the credential, by their files or by SIGHUP. */
#ifndef AGENT_RELOAD_H
#define AGENT_RELOAD_H

#include "agent.h"

/* Told by the library: an again_reload_fn whose data is the agent, and `reloaded` of its options. */
void reload_policy_told(void *data, const again_policy *policy, const again_diagnostic *wrong);
void reload_credentials_told(void *data, again_cls *cls, const char *why);

/* SIGHUP: reads both files again at once, looks at followed files, and opens the file of the events
 * anew. What is wrong is said once, and nothing changes then. */
void reload_all(agent *self);

#endif
