/* again/emulator.h - an emulator of the CLS upload endpoint, for tests and demonstrations.
 *
 * It listens on loopback, takes POST /structuredlog as CLS does - signature and its time window,
 * compression, protobuf and limits verified, a quota per topic enforced - plays scripted faults,
 * and keeps account of what it stored, so that delivered, lost and duplicate logs are counted on
 * the server's side.
 *
 * Below /_emulator/ a test asks the emulator itself, with no signature:
 *
 *   GET /_emulator/stats       the counters as JSON, as again_emulator_stats_json
 *   GET /_emulator/records     what was stored, a line of JSON for each log
 *   POST /_emulator/script     adds faults: the body is JSON as again_emulator_script takes it
 *   POST /_emulator/fault      adds one fault: the body is as again_emulator_fault takes it
 *   DELETE /_emulator/script   removes all faults
 *   POST /_emulator/reset      as again_emulator_reset
 *
 * A body has at most 1 MiB (413). What is wrong with a body is said in one line (400), and nothing is
 * changed. 409: the records cannot be read, and why. While a `refuse` fault is on nobody is listening
 * here either, so give it a "for".
 *
 * It is no load target for measurements and keeps no data but in memory and in the record file. It
 * runs a thread of its own; all functions may be called from any thread.
 */
#ifndef AGAIN_EMULATOR_H
#define AGAIN_EMULATOR_H

#include <again/core.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_emulator again_emulator;

typedef struct again_emulator_options {
  uint16_t port;          /* on 127.0.0.1; 0: any free one */
  const char *secret_id;  /* the one credential it knows; NULL: "AKIDEMULATOR" */
  const char *secret_key; /* NULL: "emulator-secret-key" */
  double quota;           /* requests per second and topic, by token bucket; 0: none */
  double burst;           /* size of that bucket; 0: a tenth of a second's quota, at least 5 */
  double quota_bytes;     /* bytes of bodies, as they are sent, per second and topic; 0: none */
  const char
      *record;   /* file for every stored log as a line of JSON (truncated first); NULL: none */
  uint64_t keep; /* without a record file: bytes of records that are kept, in a temporary file, for
                    GET /_emulator/records; 0: none */
  const char *script;        /* JSON text of faults, see again_emulator_script; NULL: none */
  const char *const *faults; /* more of them, behind those, see again_emulator_fault */
  size_t fault_count;
  uint64_t seed; /* of the share of requests that a fault hits */
} again_emulator_options;

/* Counters since the start or the last reset: name, sentence. */
#define AGAIN_EMULATOR_STATS_MAP(X)                                                                \
  X(requests, "complete upload requests")                                                          \
  X(accepted, "answered 200 and stored")                                                           \
  X(throttled, "answered 429 by the quota")                                                        \
  X(refused_4xx, "answered 4xx by a check or the script")                                          \
  X(failed_5xx, "answered 5xx by the script")                                                      \
  X(other, "answered 2xx or 3xx by the script, not stored")                                        \
  X(broken, "connections closed by the script without an answer")                                  \
  X(faults, "of the requests, those that the script answered or closed")                           \
  X(stored, "logs stored, duplicates included")                                                    \
  X(distinct, "logs stored, each topic, filename and contents once")                               \
  X(batches, "distinct bodies stored")

typedef struct again_emulator_stats {
#define X(name, sentence) uint64_t name;
  AGAIN_EMULATOR_STATS_MAP(X)
#undef X
  bool listening; /* false while a `refuse` fault is on */
} again_emulator_stats;

/* Counters of one topic. */
#define AGAIN_EMULATOR_TOPIC_MAP(X)                                                                \
  X(requests, "complete upload requests")                                                          \
  X(accepted, "answered 200 and stored")                                                           \
  X(throttled, "answered 429 by the quota")                                                        \
  X(faults, "answered or closed by the script")                                                    \
  X(stored, "logs stored, duplicates included")

typedef struct again_emulator_topic {
  char name[64]; /* cut if longer; what is no printable ASCII is "?" */
#define X(name, sentence) uint64_t name;
  AGAIN_EMULATOR_TOPIC_MAP(X)
#undef X
} again_emulator_topic;

/* Starts. On failure `why` (of `why_size` bytes) names the thing and what to do. AGAIN_EINVAL,
 * AGAIN_EIO (port in use, record file), AGAIN_EFORMAT (script), AGAIN_ENOMEM. */
int again_emulator_start(const again_emulator_options *options, again_emulator **emulator,
                         char *why, size_t why_size);

/* Stops and frees. The record file is complete when it returns. AGAIN_EIO if it could not be
 * written whole. NULL is allowed. */
int again_emulator_stop(again_emulator *emulator);

uint16_t again_emulator_port(const again_emulator *emulator);

again_emulator_stats again_emulator_stats_get(again_emulator *emulator);

/* The same as a JSON object, with two more members: "codes", the answers by error code, and "topics",
 * the counters of each topic. The caller frees it with free(). NULL: out of memory. */
char *again_emulator_stats_json(again_emulator *emulator);

/* Fills in the counters of topics, in the order of their first requests, at most `room` of them.
 * Returns how many topics there are; those after the thousandth are only counted in the sums. */
size_t again_emulator_topics_get(again_emulator *emulator, again_emulator_topic *topics,
                                 size_t room);

/* Sets the counters to 0 and forgets what was stored: what comes again is no duplicate then, and the
 * records begin anew. Faults, quotas and the lines of a record file stay. */
void again_emulator_reset(again_emulator *emulator);

/* Adds faults from JSON text: an array of objects, whose times count from this call.
 *
 *   when       "at": "3s" (default now), "for": "5s" (default for ever)
 *   whom       "topic": "id" (default all), "share": 0.1 (of the requests at random; default all),
 *              "count": 2 (at most so many requests), "min_logs": 100 (requests of at least so many
 *              logs), "contains": "poison" (requests with this text in a value), "compression": "zstd"
 *              (requests compressed so; "none": not compressed)
 *   what       one of
 *              "code": "InternalError" - an error body in CLS's form; "status" (200..599) is that
 *                  of the documents unless given
 *              "status": 502 with "body": "<html>..." - any other body ("" is empty)
 *              "status": 429 alone - with the code, if the documents name just one for it (429, 405,
 *                  500), else with an empty body
 *              "close": "before", "reset" or "after" - the connection is closed without an answer:
 *                  before the request is looked at, the same with a TCP reset, or after it was
 *                  served
 *              "refuse": true - connections are refused (the port is closed)
 *              "clock": "10m" or "-10m" - the server's clock is ahead or behind by so much
 *              "latency": "200ms" - the answer comes so much later (adds to any other fault)
 *   also       "retry_after": "2" - a Retry-After header, as written, with a code or status
 *
 * The first fault in the list that applies to a request is played, instead of what the checks would
 * have said; latency and clock apply besides others; clock and refuse concern every request, so they
 * take none of these. A request that cannot be decoded has no logs. At most
 * 10,000 faults that are not over. All or nothing: on failure `why` says which entry and what.
 * AGAIN_EFORMAT, AGAIN_ENOMEM. */
int again_emulator_script(again_emulator *emulator, const char *json, char *why, size_t why_size);

/* Adds one fault in the compact form: the same keys as KEY=VALUE, with a blank between, and for short
 * 429 for status=429, InternalError for code=InternalError, reset for close=reset, refuse for
 * refuse=true. A value with blanks stands in "...", with \" and \\ in it for " and \. As in
 *
 *   429 share=0.1
 *   InternalError at=3s for=5s
 *   latency=200ms topic=slow
 *   502 body="<html>bad gateway</html>" count=2
 *
 * On failure `why` says what is wrong, and nothing is changed. AGAIN_EFORMAT, AGAIN_ENOMEM. */
int again_emulator_fault(again_emulator *emulator, const char *text, char *why, size_t why_size);

/* Removes all faults, also those that are on. */
void again_emulator_script_clear(again_emulator *emulator);

#ifdef __cplusplus
}
#endif

#endif
