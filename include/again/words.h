/* again/words.h - the words of the library: errors, classes, remedies, reasons.
 *
 * Each list is one table: it makes the enum, the names that policies, traces and docs spell, and the
 * sentences that explain them. Part of the core; include again/core.h.
 */
#ifndef AGAIN_WORDS_H
#define AGAIN_WORDS_H

#ifdef __cplusplus
extern "C" {
#endif

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
  X(ELIBRARY, -10, "a library underneath failed")                                                  \
  X(EFULL, -11, "the backlog is full: submit again when some of it is done")

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

/* Whether the service acted on the request. An outcome may leave it unsaid. */
#define AGAIN_EFFECT_MAP(X)                                                                        \
  X(UNSAID, "unsaid", "as the status or the fault implies")                                        \
  X(NOT_APPLIED, "not-applied", "the service did not act")                                         \
  X(MAYBE_APPLIED, "maybe-applied", "the service may have acted: a retry may store it twice")      \
  X(APPLIED, "applied", "the service acted")

/* Where in the exchange the outcome was made. */
#define AGAIN_DOMAIN_MAP(X)                                                                        \
  X(TRANSPORT, "transport", "no usable answer came")                                               \
  X(HTTP, "http", "an answer came, without an error code of the API")                              \
  X(API, "api", "an answer came with an error code of the API")

/* The form of the body that an error code was found in. */
#define AGAIN_SHAPE_MAP(X)                                                                         \
  X(NONE, "none", "there was no error code in the body")                                           \
  X(FLAT, "flat", "the code is a member of the body: {\"errorcode\": ..}")                         \
  X(NESTED, "nested", "the code is in an envelope: {\"Response\": {\"Error\": ..}}")

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
  X(PACE, "pace", true, "waits for its scope's pace")                                              \
  X(REMEDIED, "remedied", true, "the cause was put right: tried again at once")                    \
  X(HOLD, "hold", true, "its scope is held: tried again when a probe gets through")                \
  X(OK, "ok", false, "delivered")                                                                  \
  X(FATAL, "fatal", false, "another attempt would be refused as well")                             \
  X(ATTEMPTS, "attempts", false, "the attempts allowed for this class are used up")                \
  X(ALL_ATTEMPTS, "all-attempts", false, "the attempts allowed in all are used up")                \
  X(ELAPSED, "elapsed", false, "the time allowed for this class would be exceeded")                \
  X(DEADLINE, "deadline", false, "the next attempt would come after the deadline")                 \
  X(BUDGET, "budget", false, "the retry budget of this scope is used up")                          \
  X(NOT_IDEMPOTENT, "not-idempotent", false, "the service may have acted, and must not twice")     \
  X(FULL, "full", false, "the backlog was full when it was posted")                                \
  X(CANCELLED, "cancelled", false, "cancelled by the caller")                                      \
  X(DRAINED, "drained", false, "not delivered when the drain's time was over")                     \
  X(CLOSED, "closed", false, "the scheduler was closed")

/* How the backoff grows from one retry to the next: name, sentence. */
#define AGAIN_GROWTH_MAP(X)                                                                        \
  X(EXPONENTIAL, "exponential", "base, and each time multiplier times as long")                    \
  X(CONSTANT, "constant", "base every time")                                                       \
  X(LINEAR, "linear", "base, and each time longer by step (by base if step is 0)")                 \
  X(FIBONACCI, "fibonacci", "base times 1, 1, 2, 3, 5, 8, ...")                                    \
  X(DECORRELATED, "decorrelated", "at random from base to three times the delay before")           \
  X(LIST, "list", "the delays of the list in turn, then its last one")

/* How a delay is spread: name, sentence. Source: M. Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015 (decorrelated is there, too). */
#define AGAIN_JITTER_MAP(X)                                                                        \
  X(NONE, "none", "exactly the capped backoff")                                                    \
  X(FULL, "full", "uniform between 0 and the capped backoff")                                      \
  X(EQUAL, "equal", "half the capped backoff, and as much again at random")                        \
  X(PROPORTIONAL, "proportional", "the capped backoff, more or less by up to spread of it")

/* Headers by which a service asks to be left alone: kind, header, sentence. */
#define AGAIN_HINT_MAP(X)                                                                          \
  X(RETRY_AFTER, "Retry-After", "seconds or a date (RFC 9110 section 10.2.3)")                     \
  X(RETRY_AFTER_MS, "retry-after-ms", "milliseconds")                                              \
  X(MS_RETRY_AFTER_MS, "x-ms-retry-after-ms", "milliseconds (Azure)")                              \
  X(AMZ_RETRY_AFTER, "x-amz-retry-after", "milliseconds (AWS)")                                    \
  X(RATELIMIT, "RateLimit", "seconds in \"t\" when \"r\" is 0 (IETF draft ratelimit-headers)")     \
  X(RATELIMIT_RESET, "X-RateLimit-Reset", "seconds, or a Unix time; with a 429 only")

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

typedef enum again_shape {
#define X(name, text, sentence) AGAIN_SHAPE_##name,
  AGAIN_SHAPE_MAP(X)
#undef X
      AGAIN_SHAPE_COUNT
} again_shape;

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

typedef enum again_growth {
#define X(name, text, sentence) AGAIN_GROWTH_##name,
  AGAIN_GROWTH_MAP(X)
#undef X
      AGAIN_GROWTH_COUNT
} again_growth;

typedef enum again_hint_kind {
#define X(name, header, sentence) AGAIN_HINT_##name,
  AGAIN_HINT_MAP(X)
#undef X
      AGAIN_HINT_COUNT
} again_hint_kind;

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
const char *again_shape_name(again_shape value);
const char *again_shape_text(again_shape value);
const char *again_fault_name(again_fault value);
const char *again_fault_text(again_fault value);
const char *again_reason_name(again_reason value);
const char *again_reason_text(again_reason value);
const char *again_growth_name(again_growth value);
const char *again_growth_text(again_growth value);
const char *again_hint_kind_name(again_hint_kind value); /* the header's name */
const char *again_hint_kind_text(again_hint_kind value);
const char *again_jitter_name(again_jitter value);
const char *again_jitter_text(again_jitter value);

/* Which kind of rule made a verdict. */
#define AGAIN_ORIGIN_MAP(X)                                                                        \
  X(PLUGIN, "plugin", "a function of the program")                                                 \
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

/* How much a line of the log matters. */
#define AGAIN_LOG_MAP(X)                                                                           \
  X(DEBUG, "debug", "each step of each operation")                                                 \
  X(INFO, "info", "what the library decided and why")                                              \
  X(WARNING, "warning", "may become trouble: somebody should know")                                \
  X(ERROR, "error", "somebody must act, or something was not delivered")

typedef enum again_log_level {
#define X(name, text, sentence) AGAIN_LOG_##name,
  AGAIN_LOG_MAP(X)
#undef X
      AGAIN_LOG_COUNT
} again_log_level;

const char *again_log_level_name(again_log_level value);
const char *again_log_level_text(again_log_level value);

#ifdef __cplusplus
}
#endif

#endif
