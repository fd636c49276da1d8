/* again/core.h - values in, values out.
 *
 * This layer turns the outcome of one attempt into a verdict (again_classify) and the verdict into
 * a decision (again_decide). It has no clock, no randomness, no allocation, no errno, no global:
 * time and randomness are arguments, so the same arguments give the same answer, byte for byte.
 * Every function here may be called from any thread at any time.
 *
 * It does not wait, send or read a file: sched.h waits, http.h sends, policy.h reads.
 */
#ifndef AGAIN_CORE_H
#define AGAIN_CORE_H

#include <again/words.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Time ------------------------------------------------------------------------------------ */

/* Milliseconds: a duration, or a point on a monotonic clock whose zero is the caller's. */
typedef uint64_t again_ms;

/* As a duration: without end. As a point in time: never. */
#define AGAIN_NEVER UINT64_MAX

/* a + b, or AGAIN_NEVER where that would overflow. */
again_ms again_ms_add(again_ms a, again_ms b);

/* ---- Outcome: what one attempt gave ---------------------------------------------------------- */

/* Strings are borrowed for the call; what is kept is copied. Zeroed, with a status or a fault: complete. */
typedef struct again_outcome {
  again_fault fault;      /* AGAIN_FAULT_NONE if an answer came */
  int status;             /* HTTP status of the answer; 0 if none came */
  const char *code;       /* "SpeedQuotaExceed" of the API or "CURLE_..." of libcurl, or NULL */
  again_shape shape;      /* of the body that the code was found in */
  const char *message;    /* what the service said, for people, or NULL */
  const char *request_id; /* the service's id of the request, for people, or NULL; never decides */
  again_effect effect;    /* did the service act? Unsaid: as again_outcome_effect tells */
  again_ms hint;          /* the service asks to be left alone for so long; 0: it did not ask */
  bool remedied;          /* the remedy that the verdict will name has been applied already */
} again_outcome;

again_domain again_outcome_domain(const again_outcome *outcome);

/* The effect a status implies: 2xx applied, 5xx and 408 maybe applied, other answers not applied. */
again_effect again_effect_of_status(int status);

/* The effect of a fault where nothing better is known. */
again_effect again_effect_of_fault(again_fault fault);

/* The effect that the outcome says, or that its fault or status implies; never UNSAID. */
again_effect again_outcome_effect(const again_outcome *outcome);

/* ---- Verdict: what the outcome means --------------------------------------------------------- */

typedef struct again_verdict {
  again_class error_class; /* ok included: "class" is a keyword of C++ */
  again_remedy remedy;
  again_damage damage;
  again_origin origin; /* which kind of rule said so, and where it stands: */
  const char *file;    /* POLICY: the file, or NULL; it lives as long as the policy */
  uint32_t rule;       /* POLICY: line in the file; CODE, FAMILY: index in the catalogue; else 0 */
  const struct again_plugin *plugin; /* of the rule that said so, or NULL */
} again_verdict;

/* One entry of a service's catalogue of error codes. */
typedef struct again_code {
  const char *name; /* "TopicClosed"; a family is its prefix and ".*": "AuthFailure.*" */
  uint16_t status;  /* the HTTP status it is documented with; 0: several or none */
  again_class error_class;
  again_remedy remedy;
  again_damage damage;
  const char *advice; /* one sentence on what to do */
} again_code;

/* Codes sorted by name (strcmp order), each once. Constant data: shared by any number of threads.
 * Without an index codes are searched by halves; with one they are hashed. The answers are the same. */
typedef struct again_catalogue {
  const again_code *codes;
  size_t count;
  const uint64_t *index; /* made by again_catalogue_index; NULL: none */
  unsigned index_bits;   /* it has 2^index_bits slots */
} again_catalogue;

/* Gives the catalogue an index in `slots`, an array of 2^bits (bits 1..16) that must live as long as
 * it: more slots than codes and families, of which a family counts twice; four times as many are fast.
 * AGAIN_EINVAL, and the catalogue is as it was: too few slots, or a name of more than 32,767 bytes. */
int again_catalogue_index(again_catalogue *catalogue, uint64_t *slots, unsigned bits);

/* The entry for a code, or NULL: the exact name, then the families "A.B.*", "A.*", then the name
 * without its last parts ("A.B.C" -> "A.B" -> "A"). `origin` (may be NULL) is set to CODE for the
 * exact name, to FAMILY otherwise. */
const again_code *again_catalogue_find(const again_catalogue *catalogue, const char *code,
                                       again_origin *origin);

struct again_backoff;
struct again_progress;

/* The delays that a retry is drawn from, both ends included, each as likely as the others. */
typedef struct again_window {
  again_ms min;
  again_ms max;
} again_window;

/* Classifies an outcome in the program's own way: sets class, remedy and damage of `verdict` (which is
 * zeroed) and returns true, or returns false and leaves it to the rules that follow. */
typedef bool (*again_classify_fn)(void *data, const again_outcome *outcome, again_verdict *verdict);

/* The delays before the next attempt in the program's own way. `numbers` are the policy's for the
 * class. Whatever it says, a retry is at least 1 ms away, the service's hints are kept, and the limits on
 * attempts, time and budget hold. Retries that wait for a pace or a hold do not ask. */
typedef again_window (*again_backoff_fn)(void *data, const again_verdict *verdict,
                                         const struct again_progress *progress,
                                         const struct again_backoff *numbers);

/* Functions of the program in a policy, or in one of its rules. They are called in the thread that
 * classifies and decides, wherever the policy is used, must not call the scheduler, and should depend on
 * nothing but their arguments, or tests that pass once may fail the next time. */
typedef struct again_plugin {
  again_classify_fn classify; /* may be NULL */
  again_backoff_fn backoff;   /* may be NULL */
  void *data;
} again_plugin;

/* One rule of a policy: every given condition must hold. */
typedef struct again_rule {
  const char *code;    /* exact, or a prefix with "*" at its end; NULL: any or none */
  again_shape shape;   /* AGAIN_SHAPE_NONE: any or none */
  again_fault fault;   /* AGAIN_FAULT_NONE: any or none */
  uint16_t status_min; /* 0, 0: any or none; otherwise both ends included */
  uint16_t status_max;
  again_class error_class;
  again_remedy remedy;
  again_damage damage;
  const char *file; /* where it stands: NULL for a text that is no file; */
  uint32_t line;    /* counted from 1 */
  const again_plugin
      *plugin; /* NULL: none. Its `classify` is asked where the conditions hold, and the
                                 rule does not match if it returns false; its `backoff` is asked after
                                 what this rule classified */
} again_rule;

struct again_policy;

/* Sorts an outcome. The order: the policy's plugin, its rules (the first that matches), the transport
 * fault, the exact code, the code's family, the HTTP status. A known code beats its status. Both `policy`
 * and `catalogue` may be NULL. */
again_verdict again_classify(const struct again_policy *policy, const again_catalogue *catalogue,
                             const again_outcome *outcome);

/* ---- Policy: the numbers --------------------------------------------------------------------- */

/* How long to wait before retry n. Zeroed but for base and cap: exponential, which needs a
 * multiplier. */
typedef struct again_backoff {
  again_ms base;           /* before the first retry */
  again_ms cap;            /* never more than this before jitter; cap >= base >= 1 */
  uint32_t multiplier_pct; /* exponential: growth in hundredths, 100..1000: 200 doubles */
  again_jitter jitter;
  uint32_t jitter_pct; /* proportional: the spread in hundredths, 0..100 */
  again_growth growth;
  again_ms step;        /* linear */
  const again_ms *list; /* list: the delays; borrowed */
  size_t list_count;    /* 1.. */
} again_backoff;

typedef struct again_class_policy {
  again_backoff backoff;
  uint32_t max_attempts; /* attempts that may end in this class, the first included; 0: no limit */
  again_ms max_elapsed; /* from the first attempt to the start of the next; AGAIN_NEVER: no limit */
} again_class_policy;

/* The retry budget of a scope: tokens that its operations spend together. What limits each
 * operation does not limit a thousand that fail at once; this does. `refill` is a floor: without it
 * a bucket that only successes fill starves for ever once it is empty. */
typedef struct again_budget_policy {
  uint32_t capacity;   /* tokens, and as many at the start; 0: no budget, retries are free */
  uint32_t retryable;  /* cost of a retry after an error of this class */
  uint32_t throttled;  /* likewise; auth costs nothing */
  uint32_t timeout;    /* cost of a retry after a timeout */
  uint32_t refund;     /* given back by a success that needed no retry; others give back the cost of
                          their last one */
  uint32_t refill_pct; /* tokens per second in hundredths */
} again_budget_policy;

/* Another policy for some topics. */
typedef struct again_override {
  const char *topic; /* the name of one, or the beginning of names and "*" */
  const struct again_policy *policy;
} again_override;

/* A compiled policy. Immutable: share it between threads. Made by policy.h, or filled in by hand. */
typedef struct again_policy {
  const char *name;
  again_plugin plugin; /* zeroed: none */
  const again_rule *rules;
  size_t rule_count;
  again_class_policy retryable;
  again_class_policy throttled;
  again_class_policy auth;
  again_class_policy hold;     /* the probes of a held scope; max_attempts is not looked at. Zeroed:
                                  nothing is held, the class decides */
  uint32_t max_attempts;       /* attempts in all, of whatever class; 0: no limit */
  bool at_most_once;           /* what the service may have acted on is not tried again */
  again_budget_policy budget;  /* of each scope */
  again_ms hint_cap;           /* a longer hint is cut to this */
  uint32_t hint_spread_pct;    /* spread added on top of a hint, in hundredths of it, 0..100 */
  again_ms attempt_timeout;    /* one attempt, from its start to its whole answer */
  again_ms connect_timeout;    /* of that, for making the connection */
  again_ms operation_deadline; /* from submit, where none is given; AGAIN_NEVER: none */
  uint32_t pace_pct; /* refusals that the pacer of a scope accepts at 1 call/s, in hundredths of all
                        calls, 1..50; 0: no pacing */
  again_ms credential_lifetime; /* decides nothing; AGAIN_NEVER: unknown */
  uint32_t scope_in_flight;     /* attempts under way at once in one scope, 1.. */
  uint32_t total_in_flight;     /* and in all scopes together, 1.. */
  uint32_t scope_backlog;       /* operations in one scope, waiting or under way; 0: no limit */
  uint64_t scope_backlog_bytes; /* and the bytes they said they have */
  uint32_t total_backlog;       /* in all scopes together */
  uint64_t total_backlog_bytes;
  const again_override *overrides;
  size_t override_count;
} again_policy;

/* The policy for a topic: that of the first override whose name fits, otherwise `policy` itself. `topic`
 * may be NULL. */
const again_policy *again_policy_for(const again_policy *policy, const char *topic);

/* The numbers for a class; NULL for ok and fatal, which are never retried. */
const again_class_policy *again_policy_class(const again_policy *policy, again_class error_class);

/* The backoff before retry n (n = 1: the first) before jitter, capped, in saturating integers, each
 * product rounded down. Exact for every n up to 2^32-1. Decorrelated: the most it can be. */
again_ms again_backoff_delay(const again_backoff *backoff, uint32_t n);

/* The delays that retry n is drawn from: the
 * capped backoff with its jitter, which so survives the cap. `previous` is the delay drawn before
 * (0: none), for decorrelated. */
again_window again_backoff_window(const again_backoff *backoff, uint32_t n, again_ms previous);

/* ---- Retry budget ---------------------------------------------------------------------------- */

/* Zeroed: full at its first use. */
typedef struct again_budget {
  uint64_t level; /* in 1/100,000 of a token */
  again_ms at;    /* when that was so */
  bool used;
} again_budget;

/* What a retry after this outcome costs, in tokens. */
uint32_t again_budget_cost(const again_budget_policy *policy, const again_verdict *verdict,
                           const again_outcome *outcome);

/* Takes the tokens; false, and nothing is taken, if there are not so many. */
bool again_budget_take(again_budget *budget, const again_budget_policy *policy, uint32_t tokens,
                       again_ms now);

/* Gives tokens back, up to the capacity. */
void again_budget_give(again_budget *budget, const again_budget_policy *policy, uint32_t tokens,
                       again_ms now);

/* Carries the fraction to which the budget is filled over to another policy. */
void again_budget_rescale(again_budget *budget, const again_budget_policy *from,
                          const again_budget_policy *to, again_ms now);

/* Whole tokens there are now. */
uint32_t again_budget_tokens(const again_budget *budget, const again_budget_policy *policy,
                             again_ms now);

/* ---- Decision -------------------------------------------------------------------------------- */

/* What an operation has behind it when an attempt has ended. */
typedef struct again_progress {
  uint32_t attempts;                          /* ended so far, this one included */
  uint32_t class_attempts[AGAIN_CLASS_COUNT]; /* of them, by class, this one included */
  uint32_t remedied;                          /* retries granted so far because of a remedy */
  uint32_t held; /* refusals in a row that held the scope, this one included; 0 or 1: the first */
  again_ms backoff;  /* the one drawn last; 0: none yet */
  again_ms first_at; /* when the first attempt began */
  again_ms pace_at;  /* when the pacer of the scope lets the next one begin; 0: there is no pacer */
  again_ms deadline; /* AGAIN_NEVER: none */
} again_progress;

typedef struct again_decision {
  bool retry;
  again_reason reason;
  again_ms backoff;   /* that was drawn, without a hint; 0 for a remedied retry */
  again_ms at;        /* when to try again, if retry; never before the capped hint's end, unless
                         the cause was put right */
  again_ms delay_min; /* the window from which `at` was drawn, from now */
  again_ms delay_max;
} again_decision;

/* Retries that one operation may be granted at once because its cause was put right. */
#define AGAIN_REMEDIED_MAX 3u

/* Does this verdict hold a scope: refuse whatever is sent there until its owner has acted? The
 * remedy is hold, and the damage goes beyond the batch. */
bool again_verdict_holds(const again_verdict *verdict);

/* Retry at t, or stop, and why. Pure: `random` supplies 64 random bits.
 *
 * What holds its scope waits for the scope's next probe, by the policy for holds, whatever its class.
 * What is throttled in a scope that has a pacer waits for that in place of a backoff of its own, and
 * for the service's hint.
 * ok and fatal stop, and so does what must not be done twice. A remedied outcome is tried again at
 * once, AGAIN_REMEDIED_MAX times at most. Otherwise the limits are checked, the jittered backoff is
 * drawn, a hint (capped) is a floor with spread on top, and a retry that would begin after
 * max_elapsed or at or after the deadline is not made: the operation is surfaced now. The budget is
 * not looked at here: it is of many operations, and again_sched_report spends it. A retry is at
 * least 1 ms away, except a remedied one. Algorithm: full jitter of Brooker 2015, Retry-After of
 * RFC 9110 section 10.2.3. */
again_decision again_decide(const again_policy *policy, const again_verdict *verdict,
                            const again_outcome *outcome, const again_progress *progress,
                            again_ms now, uint64_t random);

/* ---- Server hints ---------------------------------------------------------------------------- */

/* Reads an HTTP date (RFC 9110 section 5.6.7, all three forms) of `length` bytes into seconds since
 * 1970-01-01 UTC. `now` (same unit) resolves a two-digit year. 0 or AGAIN_EFORMAT. */
int again_http_date_parse(const char *text, size_t length, int64_t now, int64_t *seconds);

/* Reads a Retry-After value (RFC 9110 section 10.2.3): seconds, or an HTTP date measured from
 * `now` (seconds since 1970-01-01 UTC, by the service's clock where known). A date in the past
 * gives 0; numbers too large give the largest duration below AGAIN_NEVER. 0 or AGAIN_EFORMAT
 * (garbage, a negative number). */
int again_retry_after_parse(const char *text, size_t length, int64_t now, again_ms *hint);

/* Reads the value of any of the headers in AGAIN_HINT_MAP, likewise. A RateLimit that leaves requests
 * gives 0. Of several hints the longest counts. */
int again_hint_parse(again_hint_kind kind, const char *text, size_t length, int64_t now,
                     again_ms *hint);

/* Does this header say when to come again, in an answer of this status? X-RateLimit-Reset, which
 * some services send with every answer, only does with a 429; none does with a success. */
bool again_hint_counts(again_hint_kind kind, int status);

/* ---- Randomness ------------------------------------------------------------------------------ */

/* A seeded generator: SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014). For jitter, not for secrets. */
typedef struct again_random {
  uint64_t state; /* the seed; any value is a good one */
} again_random;

uint64_t again_random_next(again_random *random);

/* Maps 64 random bits to an integer in 0..limit, both included. Bias at most (limit + 1) / 2^64. */
uint64_t again_random_scale(uint64_t random, uint64_t limit);

#ifdef __cplusplus
}
#endif

#endif
