/* again/again.h - everything of libagain itself: core, policy, sched. */
#ifndef AGAIN_AGAIN_H
#define AGAIN_AGAIN_H

#include <again/answer.h>
#include <again/core.h>
#include <again/policy.h>
#include <again/sched.h>
#include <again/version.h>

#endif
