/* Assertions on one operation. */
#include "kit/fail.h"
#include <inttypes.h>

/* Its number; 0 after it has failed. */
static uint32_t known(const again_kit *kit, const void *op, const char *file, int line) {
  uint32_t operation = again_kit_trace_operation(&kit->trace, op);
  if (operation == 0) again_kit_failed(kit, file, line, NULL, "this operation was not submitted");
  return operation;
}

static again_kit_focus on(uint32_t operation) {
  return (again_kit_focus){operation, SIZE_MAX};
}

bool again_kit_check_attempts(const again_kit *kit, const void *op, uint32_t count,
                              const char *file, int line) {
  uint32_t operation = known(kit, op, file, line);
  uint32_t begun = 0;
  if (operation == 0) return false;
  for (size_t i = 0; i < kit->trace.count; i++) {
    const again_kit_record *record = &kit->trace.records[i];
    begun += record->operation == operation && record->kind == AGAIN_EVENT_ATTEMPT;
  }
  if (begun == count) return true;
  again_kit_focus focus = on(operation);
  return again_kit_failed(kit, file, line, &focus,
                          "operation %" PRIu32 " made %" PRIu32 " attempts, not %" PRIu32,
                          operation, begun, count);
}

/* When attempt n began; AGAIN_NEVER: it did not. */
static again_ms began(const again_kit_trace *trace, uint32_t operation, uint32_t n) {
  for (size_t i = 0; i < trace->count; i++) {
    const again_kit_record *record = &trace->records[i];
    if (record->operation == operation && record->kind == AGAIN_EVENT_ATTEMPT &&
        record->attempt == n)
      return record->now;
  }
  return AGAIN_NEVER;
}

bool again_kit_check_delay(const again_kit *kit, const void *op, uint32_t n, again_ms min,
                           again_ms max, const char *file, int line) {
  uint32_t operation = known(kit, op, file, line);
  if (operation == 0) return false;
  again_kit_focus focus = on(operation);
  for (uint32_t retry = n != 0 ? n : 1; n == 0 || retry == n; retry++) {
    const again_kit_record *failure = again_kit_trace_attempt(&kit->trace, operation, retry);
    again_ms start = began(&kit->trace, operation, retry + 1);
    if (failure == NULL || start == AGAIN_NEVER) {
      if (n == 0 && retry > 1) return true; /* all that there were */
      return again_kit_failed(kit, file, line, &focus,
                              "operation %" PRIu32 ": there was no retry %" PRIu32, operation,
                              retry);
    }
    again_ms delay = start - failure->ended;
    if (delay < min || delay > max) {
      return again_kit_failed(kit, file, line, &focus,
                              "operation %" PRIu32 ": retry %" PRIu32 " came after %" PRIu64
                              " ms, not after %" PRIu64 " to %" PRIu64 " ms",
                              operation, retry, delay, min, max);
    }
  }
  return true;
}

/* The record by which attempt n ended; NULL after it has failed. */
static const again_kit_record *ended(const again_kit *kit, const void *op, uint32_t n,
                                     const char *file, int line) {
  uint32_t operation = known(kit, op, file, line);
  if (operation == 0) return NULL;
  const again_kit_record *record = again_kit_trace_attempt(&kit->trace, operation, n);
  again_kit_focus focus = on(operation);
  if (record == NULL) {
    again_kit_failed(kit, file, line, &focus,
                     "operation %" PRIu32 ": no attempt %" PRIu32 " has ended", operation, n);
  }
  return record;
}

bool again_kit_check_class(const again_kit *kit, const void *op, uint32_t n,
                           again_class error_class, const char *file, int line) {
  const again_kit_record *record = ended(kit, op, n, file, line);
  if (record == NULL || record->verdict.error_class == error_class) return record != NULL;
  again_kit_focus focus = on(record->operation);
  return again_kit_failed(kit, file, line, &focus,
                          "operation %" PRIu32 ": attempt %" PRIu32 " was %s, not %s",
                          record->operation, n, again_class_name(record->verdict.error_class),
                          again_class_name(error_class));
}

bool again_kit_check_decided(const again_kit *kit, const void *op, uint32_t n, again_reason reason,
                             const char *file, int line) {
  const again_kit_record *record = ended(kit, op, n, file, line);
  if (record == NULL || record->reason == reason) return record != NULL;
  again_kit_focus focus = on(record->operation);
  return again_kit_failed(kit, file, line, &focus,
                          "operation %" PRIu32 ": the decision after attempt %" PRIu32
                          " was \"%s\" (%s), not \"%s\" (%s)",
                          record->operation, n, again_reason_name(record->reason),
                          again_reason_text(record->reason), again_reason_name(reason),
                          again_reason_text(reason));
}

bool again_kit_check_ended(const again_kit *kit, const void *op, again_reason reason,
                           const char *file, int line) {
  uint32_t operation = known(kit, op, file, line);
  if (operation == 0) return false;
  again_kit_focus focus = on(operation);
  const again_kit_record *record = again_kit_trace_end(&kit->trace, operation);
  if (record == NULL) {
    return again_kit_failed(kit, file, line, &focus, "operation %" PRIu32 " has not ended",
                            operation);
  }
  if (record->reason == reason) return true;
  return again_kit_failed(
      kit, file, line, &focus, "operation %" PRIu32 " ended with \"%s\" (%s), not \"%s\" (%s)",
      operation, again_reason_name(record->reason), again_reason_text(record->reason),
      again_reason_name(reason), again_reason_text(reason));
}
