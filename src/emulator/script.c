#include "emulator/script.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void again_script_init(again_script *script, uint64_t seed) {
  *script = (again_script){.random = {seed}};
}

void again_script_fault_free(again_script_fault *fault) {
  free(fault->topic);
  free(fault->contains);
  free(fault->packed);
  free(fault->code);
  free(fault->body);
  free(fault->retry_after);
  free(fault);
}

void again_script_fini(again_script *script) {
  while (script->faults != NULL) {
    again_script_fault *fault = script->faults;
    script->faults = fault->next;
    again_script_fault_free(fault);
  }
}

static bool active(const again_script_fault *fault, again_ms now) {
  return now >= fault->from && now < fault->until;
}

size_t again_script_count(const again_script *script, again_ms now) {
  size_t count = 0;
  for (const again_script_fault *fault = script->faults; fault != NULL; fault = fault->next)
    count += fault->until > now && fault->left > 0;
  return count;
}

/* Is the request of the kind that the fault is for? */
static bool concerns(const again_script_fault *fault, const again_script_request *request) {
  const char *packed = request->compression != NULL ? request->compression : "none";
  if (fault->topic != NULL && strcmp(fault->topic, request->topic) != 0) return false;
  if (fault->packed != NULL && strcasecmp(fault->packed, packed) != 0) return false;
  if (fault->contains == NULL) return true;
  return request->contains != NULL && request->contains(request->data, fault->contains);
}

/* Does the fault hit the request? If so it counts. */
static bool hit(again_script *script, again_script_fault *fault,
                const again_script_request *request) {
  if (!active(fault, request->now) || fault->left == 0 || request->logs < fault->min_logs) {
    return false;
  }
  if (!concerns(fault, request)) return false;
  if (fault->share < 1) {
    double drawn = (double)(again_random_next(&script->random) >> 11) * 0x1p-53;
    if (drawn >= fault->share) return false;
  }
  fault->left--;
  return true;
}

const again_script_fault *again_script_pick(again_script *script,
                                            const again_script_request *request) {
  for (again_script_fault *fault = script->faults; fault != NULL; fault = fault->next) {
    bool answers = fault->kind <= AGAIN_SCRIPT_CLOSE_AFTER;
    if (answers && hit(script, fault, request)) return fault;
  }
  return NULL;
}

again_ms again_script_latency(again_script *script, const again_script_request *request) {
  again_ms latency = 0;
  for (again_script_fault *fault = script->faults; fault != NULL; fault = fault->next) {
    if (fault->kind == AGAIN_SCRIPT_LATENCY && hit(script, fault, request)) {
      latency = again_ms_add(latency, fault->latency);
    }
  }
  return latency;
}

static const again_script_fault *first_active(const again_script *script, again_script_kind kind,
                                              again_ms now) {
  const again_script_fault *fault = script->faults;
  while (fault != NULL && (fault->kind != kind || !active(fault, now)))
    fault = fault->next;
  return fault;
}

int64_t again_script_clock(const again_script *script, again_ms now) {
  const again_script_fault *fault = first_active(script, AGAIN_SCRIPT_CLOCK, now);
  return fault != NULL ? fault->clock_ms : 0;
}

bool again_script_refuses(const again_script *script, again_ms now) {
  return first_active(script, AGAIN_SCRIPT_REFUSE, now) != NULL;
}
