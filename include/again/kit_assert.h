/* again/kit_assert.h - assertions on what a scheduler did, which fail with a picture of it.
 *
 * They look at the trace of a kit (again/kit.h): call them before again_kit_fini. `op` is the address
 * of an again_op, or of what begins with one, as an again_kit_op does. Each returns whether it holds; if
 * not, it has called the kit's `fail` with what was expected, what was seen, and the picture.
 *
 * For cmocka, these lines and `kit.fail.fn = fail;` after again_kit_init:
 *
 *   static void fail(void *data, const char *file, int line, const char *text) {
 *     (void)data;
 *     fputs(text, stderr); // cmocka's own print_error cuts after 1,024 bytes
 *     _fail(file, line);
 *   }
 */
#ifndef AGAIN_KIT_ASSERT_H
#define AGAIN_KIT_ASSERT_H

#include <again/kit_trace.h>

#ifdef __cplusplus
extern "C" {
#endif

struct again_kit;

/* What is done when an assertion fails: `text` is some lines, with an end, valid during the call. It may
 * leave by longjmp. `file` is "" where the kit itself found the fault. `fn` NULL: the text goes to
 * stderr, and abort is called. */
typedef void (*again_kit_fail_fn)(void *data, const char *file, int line, const char *text);

typedef struct again_kit_fail {
  again_kit_fail_fn fn;
  void *data;
} again_kit_fail;

/* Calls it. */
void again_kit_fail_with(const again_kit_fail *fail, const char *file, int line, const char *text);

/* ---- Of one operation ------------------------------------------------------------------------ */

/* So many attempts were begun. */
#define again_kit_assert_attempts(kit, op, count)                                                  \
  again_kit_check_attempts(kit, op, count, __FILE__, __LINE__)

/* Retry n (from 1) began from `min` to `max` ms after the attempt before had ended. */
#define again_kit_assert_delay(kit, op, n, min, max)                                               \
  again_kit_check_delay(kit, op, n, min, max, __FILE__, __LINE__)

/* Each retry did, and there was one. */
#define again_kit_assert_delays_within(kit, op, min, max)                                          \
  again_kit_check_delay(kit, op, 0, min, max, __FILE__, __LINE__)

/* Attempt n (from 1) ended so: an again_class. */
#define again_kit_assert_class(kit, op, n, error_class)                                            \
  again_kit_check_class(kit, op, n, error_class, __FILE__, __LINE__)

/* After attempt n (from 1) it was decided so: an again_reason, to try again or to stop. */
#define again_kit_assert_decided(kit, op, n, reason)                                               \
  again_kit_check_decided(kit, op, n, reason, __FILE__, __LINE__)

/* The operation ended for this again_reason; AGAIN_REASON_OK: it was delivered. */
#define again_kit_assert_ended(kit, op, reason)                                                    \
  again_kit_check_ended(kit, op, reason, __FILE__, __LINE__)

/* ---- Of all ---------------------------------------------------------------------------------- */

/* In no `period` ms did more than `count` attempts begin. */
#define again_kit_assert_rate_never_above(kit, count, period)                                      \
  again_kit_check_rate(kit, NULL, count, period, __FILE__, __LINE__)

/* The same of the operations that were submitted to the scopes of this name (its first 31 bytes), of which
 * there was one; not of those to scopes below them. */
#define again_kit_assert_scope_rate_never_above(kit, scope, count, period)                         \
  again_kit_check_rate(kit, scope, count, period, __FILE__, __LINE__)

/* Never were more than `count` attempts under way. One that ends in the millisecond in which another
 * begins is not under way with it. */
#define again_kit_assert_in_flight_never_above(kit, count)                                         \
  again_kit_check_in_flight(kit, NULL, count, __FILE__, __LINE__)

/* The same of the operations that were submitted to the scopes of this name. */
#define again_kit_assert_scope_in_flight_never_above(kit, scope, count)                            \
  again_kit_check_in_flight(kit, scope, count, __FILE__, __LINE__)

/* Operations were submitted, and every one was delivered. */
#define again_kit_assert_all_delivered(kit) again_kit_check_all_delivered(kit, __FILE__, __LINE__)

/* Operations were submitted, and none ended, or was done, more than once. */
#define again_kit_assert_nothing_twice(kit) again_kit_check_nothing_twice(kit, __FILE__, __LINE__)

/* Operations were submitted, and every one has ended: delivered or surfaced. */
#define again_kit_assert_nothing_lost(kit) again_kit_check_nothing_lost(kit, __FILE__, __LINE__)

/* Nothing was tried again after the service had, or may have, acted on it. */
#define again_kit_assert_at_most_once(kit) again_kit_check_at_most_once(kit, __FILE__, __LINE__)

/* ---- What the macros call, with the place of the assertion ------------------------------------ */

bool again_kit_check_attempts(const struct again_kit *kit, const void *op, uint32_t count,
                              const char *file, int line);
bool again_kit_check_delay(const struct again_kit *kit, const void *op, uint32_t n, again_ms min,
                           again_ms max, const char *file, int line);
bool again_kit_check_class(const struct again_kit *kit, const void *op, uint32_t n,
                           again_class error_class, const char *file, int line);
bool again_kit_check_decided(const struct again_kit *kit, const void *op, uint32_t n,
                             again_reason reason, const char *file, int line);
bool again_kit_check_ended(const struct again_kit *kit, const void *op, again_reason reason,
                           const char *file, int line);
bool again_kit_check_rate(const struct again_kit *kit, const char *scope, uint32_t count,
                          again_ms period, const char *file, int line);
bool again_kit_check_in_flight(const struct again_kit *kit, const char *scope, uint32_t count,
                               const char *file, int line);
bool again_kit_check_all_delivered(const struct again_kit *kit, const char *file, int line);
bool again_kit_check_nothing_twice(const struct again_kit *kit, const char *file, int line);
bool again_kit_check_nothing_lost(const struct again_kit *kit, const char *file, int line);
bool again_kit_check_at_most_once(const struct again_kit *kit, const char *file, int line);

#ifdef __cplusplus
}
#endif

#endif
