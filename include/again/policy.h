/* again/policy.h - policy files.
 *
 * A policy file is JSON. One table (src/policy/keys.def) knows every key: its type, unit, range,
 * default and sentence; it drives reading, range checks, defaults, printing and the manual page
 * docs/policy.md. What a file does not say has the default of the built-in policy, which is itself
 * the file src/policy/shipped/default.json. A file is taken whole or not at all, but where memory runs out
 * while it is read: json-c (0.16) does not notice all of its own failed allocations, or ends in them.
 *
 * A policy is immutable and reference counted (atomically): share it between threads. The
 * functions that read a file block on it; call them where that is allowed.
 */
#ifndef AGAIN_POLICY_H
#define AGAIN_POLICY_H

#include <again/core.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One thing that is wrong with a policy file. */
typedef struct again_diagnostic {
  uint32_t line;     /* from 1; 0: the file as a whole (it could not be read) */
  uint32_t column;   /* from 1, in bytes */
  bool warning;      /* the file is valid all the same */
  char message[256]; /* what is wrong and what is allowed; one line of UTF-8 */
} again_diagnostic;

typedef void (*again_diagnostic_fn)(void *data, const again_diagnostic *diagnostic);

/* The policy built into the library, for log upload to CLS. Never NULL; lives for ever; counting
 * references on it is allowed and does nothing. */
const again_policy *again_policy_default(void);

/* A policy that comes with the library, as a file one can start from. */
typedef struct again_shipped_policy {
  const char *name;
  const char *text; /* NUL-terminated */
} again_shipped_policy;

/* The shipped policies, from 0 on; the first is the built-in one. NULL behind the last. Static. */
const again_shipped_policy *again_policy_shipped(size_t index);

/* Compiles `length` bytes of JSON. `name` names the text in messages and becomes the policy's name
 * unless the text has one. On success *policy has one reference, to be given back with
 * again_policy_unref. On failure *policy is untouched, `diagnostic` (may be NULL) says where and
 * what. 0, AGAIN_EPOLICY or AGAIN_ENOMEM. */
int again_policy_parse(const char *name, const char *text, size_t length,
                       const again_policy **policy, again_diagnostic *diagnostic);

/* The same from a file of at most 1 MiB, or, for "builtin:NAME", from a shipped policy. Also
 * AGAIN_EIO. */
int again_policy_load(const char *path, const again_policy **policy, again_diagnostic *diagnostic);

/* Reads a file as again_policy_load does and tells all that is wrong with it, in the order of the
 * text as far as possible, up to 100 errors and warnings: of valid files, too, what can hardly be meant.
 * 0, AGAIN_EPOLICY, AGAIN_EIO or AGAIN_ENOMEM. */
int again_policy_examine(const char *path, again_diagnostic_fn tell, void *data);

/* The same policy, and those for its topics, with functions of the program (core.h). `base` is one that
 * this library made; the new one keeps a reference to it. again_uv_watch gives the functions of the
 * policy in force to each one that replaces it. AGAIN_EINVAL, AGAIN_ENOMEM. */
int again_policy_with(const again_policy *base, const again_plugin *plugin,
                      const again_policy **policy);

/* Takes and gives back a reference. The last one frees. A policy that this library did not make
 * (filled in by hand) must not be passed. NULL is allowed in again_policy_unref. */
const again_policy *again_policy_ref(const again_policy *policy);
void again_policy_unref(const again_policy *policy);

/* The same rules, numbers and functions? Names and lines do not count. */
bool again_policy_equal(const again_policy *a, const again_policy *b);

/* Prints the policy with every key, in the table's order: a file that parses to an equal policy.
 * The caller frees it with free(). NULL: out of memory. */
char *again_policy_print(const again_policy *policy);

/* The manual page of all keys as Markdown, from the table. The caller frees it. NULL: out of
 * memory. */
char *again_policy_manual(void);

/* The JSON Schema (draft-07) of policy files, from the table, for editors. The caller frees it. NULL:
 * out of memory. */
char *again_policy_schema(void);

/* Reads a duration: "250ms", "1.5s", "10m", "2h", "1d", or "none" for AGAIN_NEVER. Fractions of a
 * millisecond are refused. 0 or AGAIN_EFORMAT. */
int again_duration_parse(const char *text, again_ms *duration);

/* Writes a duration in its largest exact unit ("90s", "10m", "none"). `size` >= 24. */
void again_duration_print(again_ms duration, char *buffer, size_t size);

/* Reads a size: "500B", "64KiB", "5MiB", "2GiB", also "kB", "MB", "GB" of 1000. Fractions of a byte are
 * refused. 0 or AGAIN_EFORMAT. */
int again_size_parse(const char *text, uint64_t *bytes);

/* Writes a size in its largest exact binary unit ("64KiB"). `size` >= 24. */
void again_size_print(uint64_t bytes, char *buffer, size_t size);

/* Reads a rate, "500/s", "30/m" or "2.5/h", in hundredths per second: other fractions are refused, and
 * so is what is larger than UINT32_MAX. 0 or AGAIN_EFORMAT. */
int again_rate_parse(const char *text, uint32_t *rate_pct);

/* Writes a rate ("500/s", "0.25/s"). `size` >= 24. */
void again_rate_print(uint32_t rate_pct, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif

#endif
