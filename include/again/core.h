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

/* ---- Errors of the library's own functions --------------------------------------------------- */

/* Whatever can fail returns 0 or one of these. */
#define AGAIN_ERROR_MAP(X)                                                                         \
  X(ENOMEM, -1, "out of memory")                                                                   \
  X(EINVAL, -2, "an argument is outside its range")                                                \
  X(ESTATE, -3, "the object is not in a state that allows this")                                   \
  X(ECLOSING, -4, "draining or closed: no new work is taken")                                      \
  X(EPOLICY, -5, "the policy file is not valid")                                                   \
  X(EIO, -6, "a file or socket could not be opened, read or written")                              \
  X(ELIMIT, -7, "a limit of the service would be exceeded")                                        \
  X(ENOTFOUND, -8, "there is no such thing")                                                       \
  X(EFORMAT, -9, "the text does not have the expected form")                                       \
  X(ELIBRARY, -10, "a library underneath failed")

typedef enum again_error {
#define X(name, value, text) AGAIN_##name = value,
  AGAIN_ERROR_MAP(X)
#undef X
} again_error;

/* "AGAIN_EINVAL" and its sentence; "AGAIN_OK" and "no error" for 0. Static strings, never NULL. */
const char *again_error_name(int error);
const char *again_error_text(int error);

/* ---- The words ------------------------------------------------------------------------------- */

/* What an outcome means for the operation. */
#define AGAIN_CLASS_MAP(X)                                                                         \
  X(OK, "ok", "the service took it")                                                               \
  X(RETRYABLE, "retryable", "a passing fault: the same request may succeed later")                 \
  X(THROTTLED, "throttled", "the service asks for fewer requests: try later and slower")           \
  X(AUTH, "auth", "the credentials, the signature or the clock are not accepted")                  \
  X(FATAL, "fatal", "the same request will be refused every time: hand it to the caller")

/* What must change before another attempt can succeed. */
#define AGAIN_REMEDY_MAP(X)                                                                        \
  X(NONE, "none", "nothing: time alone helps, or nothing does")                                    \
  X(REFRESH, "refresh-credentials", "get new credentials")                                         \
  X(RESYNC, "resync-clock", "correct the clock by the service's Date")                             \
  X(SPLIT, "split", "send the batch in smaller parts")                                             \
  X(HOLD, "hold", "stop sending in this scope until the owner has acted")

/* Whom the damage concerns. */
#define AGAIN_DAMAGE_MAP(X)                                                                        \
  X(BATCH, "batch", "this request alone")                                                          \
  X(TOPIC, "topic", "everything for this topic")                                                   \
  X(CREDENTIAL, "credential", "everything signed with this credential")                            \
  X(ACCOUNT, "account", "everything of this account")                                              \
  X(ENDPOINT, "endpoint", "everything sent to this endpoint")

/* Whether the service acted on the request. */
#define AGAIN_EFFECT_MAP(X)                                                                        \
  X(NOT_APPLIED, "not-applied", "the service did not act")                                         \
  X(MAYBE_APPLIED, "maybe-applied", "the service may have acted: a retry may store it twice")      \
  X(APPLIED, "applied", "the service acted")

/* Where in the exchange the outcome was made. */
#define AGAIN_DOMAIN_MAP(X)                                                                        \
  X(TRANSPORT, "transport", "no usable answer came")                                               \
  X(HTTP, "http", "an answer came, without an error code of the API")                              \
  X(API, "api", "an answer came with an error code of the API")

/* Kinds of transport faults: name, default class, damage, effect where nothing better is known. */
#define AGAIN_FAULT_MAP(X)                                                                         \
  X(NONE, "none", OK, BATCH, APPLIED, "no fault: an answer came")                                  \
  X(RESOLVE, "resolve", RETRYABLE, ENDPOINT, NOT_APPLIED, "the host name did not resolve")         \
  X(CONNECT, "connect", RETRYABLE, ENDPOINT, NOT_APPLIED, "no connection could be made")           \
  X(TLS, "tls", RETRYABLE, ENDPOINT, NOT_APPLIED, "the TLS handshake failed")                      \
  X(VERIFY, "verify", FATAL, ENDPOINT, NOT_APPLIED, "the server's certificate is not trusted")     \
  X(TIMEOUT, "timeout", RETRYABLE, BATCH, MAYBE_APPLIED, "the attempt took longer than allowed")   \
  X(SEND, "send", RETRYABLE, BATCH, MAYBE_APPLIED, "the request could not be sent whole")          \
  X(RECEIVE, "receive", RETRYABLE, BATCH, MAYBE_APPLIED, "the answer could not be read whole")     \
  X(PROTOCOL, "protocol", RETRYABLE, ENDPOINT, MAYBE_APPLIED, "the answer is not valid HTTP")      \
  X(CONFIG, "config", FATAL, ENDPOINT, NOT_APPLIED, "this client is set up wrongly")               \
  X(LOCAL, "local", RETRYABLE, BATCH, NOT_APPLIED, "this machine ran short of something")          \
  X(ABORTED, "aborted", FATAL, BATCH, MAYBE_APPLIED, "the attempt was ended on this side")

/* Why a decision is what it is: name, is it a retry, sentence. */
#define AGAIN_REASON_MAP(X)                                                                        \
  X(BACKOFF, "backoff", true, "waits for its backoff")                                             \
  X(SERVER_HINT, "server-hint", true, "waits as long as the service asked")                        \
  X(REMEDIED, "remedied", true, "the cause was put right: tried again at once")                    \
  X(OK, "ok", false, "delivered")                                                                  \
  X(FATAL, "fatal", false, "another attempt would be refused as well")                             \
  X(ATTEMPTS, "attempts", false, "the attempts allowed for this class are used up")                \
  X(ELAPSED, "elapsed", false, "the time allowed for this class would be exceeded")                \
  X(DEADLINE, "deadline", false, "the next attempt would come after the deadline")                 \
  X(CANCELLED, "cancelled", false, "cancelled by the caller")                                      \
  X(DRAINED, "drained", false, "not delivered when the drain's time was over")                     \
  X(CLOSED, "closed", false, "the scheduler was closed")

/* How a delay is spread: name, sentence. Source: M. Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015. */
#define AGAIN_JITTER_MAP(X)                                                                        \
  X(NONE, "none", "exactly the capped backoff")                                                    \
  X(FULL, "full", "uniform between 0 and the capped backoff")                                      \
  X(EQUAL, "equal", "half the capped backoff, and as much again at random")

typedef enum again_class {
#define X(name, text, sentence) AGAIN_CLASS_##name,
  AGAIN_CLASS_MAP(X)
#undef X
      AGAIN_CLASS_COUNT
} again_class;

typedef enum again_remedy {
#define X(name, text, sentence) AGAIN_REMEDY_##name,
  AGAIN_REMEDY_MAP(X)
#undef X
      AGAIN_REMEDY_COUNT
} again_remedy;

typedef enum again_damage {
#define X(name, text, sentence) AGAIN_DAMAGE_##name,
  AGAIN_DAMAGE_MAP(X)
#undef X
      AGAIN_DAMAGE_COUNT
} again_damage;

typedef enum again_effect {
#define X(name, text, sentence) AGAIN_EFFECT_##name,
  AGAIN_EFFECT_MAP(X)
#undef X
      AGAIN_EFFECT_COUNT
} again_effect;

typedef enum again_domain {
#define X(name, text, sentence) AGAIN_DOMAIN_##name,
  AGAIN_DOMAIN_MAP(X)
#undef X
      AGAIN_DOMAIN_COUNT
} again_domain;

typedef enum again_fault {
#define X(name, text, class_, damage, effect, sentence) AGAIN_FAULT_##name,
  AGAIN_FAULT_MAP(X)
#undef X
      AGAIN_FAULT_COUNT
} again_fault;

typedef enum again_reason {
#define X(name, text, retry, sentence) AGAIN_REASON_##name,
  AGAIN_REASON_MAP(X)
#undef X
      AGAIN_REASON_COUNT
} again_reason;

typedef enum again_jitter {
#define X(name, text, sentence) AGAIN_JITTER_##name,
  AGAIN_JITTER_MAP(X)
#undef X
      AGAIN_JITTER_COUNT
} again_jitter;

/* The value's name in policies and docs, and its sentence. Static; "?" outside its range. */
const char *again_class_name(again_class value);
const char *again_class_text(again_class value);
const char *again_remedy_name(again_remedy value);
const char *again_remedy_text(again_remedy value);
const char *again_damage_name(again_damage value);
const char *again_damage_text(again_damage value);
const char *again_effect_name(again_effect value);
const char *again_effect_text(again_effect value);
const char *again_domain_name(again_domain value);
const char *again_domain_text(again_domain value);
const char *again_fault_name(again_fault value);
const char *again_fault_text(again_fault value);
const char *again_reason_name(again_reason value);
const char *again_reason_text(again_reason value);
const char *again_jitter_name(again_jitter value);
const char *again_jitter_text(again_jitter value);

/* ---- Outcome: what one attempt gave ---------------------------------------------------------- */

/* Strings are borrowed for the call; what is kept is copied. Zeroed, with a status: complete. */
typedef struct again_outcome {
  again_fault fault;      /* AGAIN_FAULT_NONE if an answer came */
  int status;             /* HTTP status of the answer; 0 if none came */
  const char *code;       /* "SpeedQuotaExceed" of the API or "CURLE_..." of libcurl, or NULL */
  const char *message;    /* what the service said, for people, or NULL */
  const char *request_id; /* the service's id of the request, for people, or NULL; never decides */
  again_effect effect;    /* did the service act? */
  again_ms hint;          /* the service asks to be left alone for so long; 0: it did not ask */
  bool remedied;          /* the remedy that the verdict will name has been applied already */
} again_outcome;

again_domain again_outcome_domain(const again_outcome *outcome);

/* The effect a status implies: 2xx applied, 5xx and 408 maybe applied, other answers not applied. */
again_effect again_effect_of_status(int status);

/* ---- Verdict: what the outcome means --------------------------------------------------------- */

/* Which kind of rule made a verdict. */
#define AGAIN_ORIGIN_MAP(X)                                                                        \
  X(POLICY, "policy", "a rule of the policy file")                                                 \
  X(TRANSPORT, "transport", "the kind of transport fault")                                         \
  X(CODE, "code", "the exact error code in the catalogue")                                         \
  X(FAMILY, "family", "the error code's family in the catalogue")                                  \
  X(STATUS, "status", "the HTTP status")

typedef enum again_origin {
#define X(name, text, sentence) AGAIN_ORIGIN_##name,
  AGAIN_ORIGIN_MAP(X)
#undef X
      AGAIN_ORIGIN_COUNT
} again_origin;

const char *again_origin_name(again_origin value);
const char *again_origin_text(again_origin value);

typedef struct again_verdict {
  again_class error_class; /* ok included: "class" is a keyword of C++ */
  again_remedy remedy;
  again_damage damage;
  again_origin origin; /* which kind of rule said so, and where it stands: */
  uint32_t rule;       /* POLICY: line in the file; CODE, FAMILY: index in the catalogue; else 0 */
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

/* Codes sorted by name (strcmp order), each once. Constant data: shared by any number of threads. */
typedef struct again_catalogue {
  const again_code *codes;
  size_t count;
} again_catalogue;

/* The entry for a code, or NULL: the exact name, then the families "A.B.*", "A.*", then the name
 * without its last parts ("A.B.C" -> "A.B" -> "A"). `origin` (may be NULL) is set to CODE for the
 * exact name, to FAMILY otherwise. */
const again_code *again_catalogue_find(const again_catalogue *catalogue, const char *code,
                                       again_origin *origin);

/* One rule of a policy: every given condition must hold. */
typedef struct again_rule {
  const char *code;    /* exact, or a prefix with "*" at its end; NULL: any or none */
  again_fault fault;   /* AGAIN_FAULT_NONE: any or none */
  uint16_t status_min; /* 0, 0: any or none; otherwise both ends included */
  uint16_t status_max;
  again_class error_class;
  again_remedy remedy;
  again_damage damage;
  uint32_t line; /* where it stands in its file, counted from 1 */
} again_rule;

struct again_policy;

/* Sorts an outcome. The order: the policy's rules (the first that matches), the transport fault,
 * the exact code, the code's family, the HTTP status. A known code beats its status. Both `policy`
 * and `catalogue` may be NULL. */
again_verdict again_classify(const struct again_policy *policy, const again_catalogue *catalogue,
                             const again_outcome *outcome);

/* ---- Policy: the numbers --------------------------------------------------------------------- */

typedef struct again_backoff {
  again_ms base;           /* before the first retry */
  again_ms cap;            /* never more than this before jitter; cap >= base >= 1 */
  uint32_t multiplier_pct; /* growth per retry in hundredths, 100..1000: 200 doubles */
  again_jitter jitter;
} again_backoff;

typedef struct again_class_policy {
  again_backoff backoff;
  uint32_t max_attempts; /* attempts that may end in this class, the first included; 0: no limit */
  again_ms max_elapsed; /* from the first attempt to the start of the next; AGAIN_NEVER: no limit */
} again_class_policy;

/* A compiled policy. Immutable: share it between threads. Made by policy.h, or filled in by hand. */
typedef struct again_policy {
  const char *name;
  const again_rule *rules;
  size_t rule_count;
  again_class_policy retryable;
  again_class_policy throttled;
  again_class_policy auth;
  again_ms hint_cap;           /* a longer hint is cut to this */
  uint32_t hint_spread_pct;    /* spread added on top of a hint, in hundredths of it, 0..100 */
  again_ms attempt_timeout;    /* one attempt, from its start to its whole answer */
  again_ms connect_timeout;    /* of that, for making the connection */
  again_ms operation_deadline; /* from submit, where none is given; AGAIN_NEVER: none */
  uint32_t scope_in_flight;    /* attempts under way at once in one scope, 1.. */
  uint32_t total_in_flight;    /* and in all scopes together, 1.. */
} again_policy;

/* The numbers for a class; NULL for ok and fatal, which are never retried. */
const again_class_policy *again_policy_class(const again_policy *policy, again_class error_class);

/* The backoff before retry n (n = 1: the first) before jitter: min(cap, base * multiplier^(n-1)),
 * in saturating integers, each product rounded down. Exact for every n up to 2^32-1. */
again_ms again_backoff_delay(const again_backoff *backoff, uint32_t n);

/* `delay` with its jitter applied, from 64 random bits. The cap is already in `delay`: jitter
 * survives it. Full: uniform over the integers 0..delay. Equal: uniform over
 * ceil(delay/2)..delay. */
again_ms again_jitter_apply(again_jitter jitter, again_ms delay, uint64_t random);

/* ---- Decision -------------------------------------------------------------------------------- */

/* What an operation has behind it when an attempt has ended. */
typedef struct again_progress {
  uint32_t attempts;                          /* ended so far, this one included */
  uint32_t class_attempts[AGAIN_CLASS_COUNT]; /* of them, by class, this one included */
  uint32_t remedied;                          /* retries granted so far because of a remedy */
  again_ms first_at;                          /* when the first attempt began */
  again_ms deadline;                          /* AGAIN_NEVER: none */
} again_progress;

typedef struct again_decision {
  bool retry;
  again_reason reason;
  again_ms at;        /* when to try again, if retry; never before the hint's end */
  again_ms delay_min; /* the window from which `at` was drawn, from now */
  again_ms delay_max;
} again_decision;

/* Retries that one operation may be granted at once because its cause was put right. */
#define AGAIN_REMEDIED_MAX 3u

/* Retry at t, or stop, and why. Pure: `random` supplies 64 random bits.
 *
 * ok and fatal stop. A remedied outcome is tried again at once, AGAIN_REMEDIED_MAX times at most.
 * Otherwise the class's limits are checked, the jittered backoff is drawn, a hint (capped) is a
 * floor with spread on top, and a retry that would begin after max_elapsed or at or after the
 * deadline is not made: the operation is surfaced now. A retry is at least 1 ms away, except a
 * remedied one. Algorithm: full jitter of Brooker 2015, Retry-After of RFC 9110 section 10.2.3. */
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
