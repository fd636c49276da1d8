/* again/cls.h - upload to Tencent Cloud Log Service (CLS).
 *
 * A client uploads batches of logs to topics: it encodes (protobuf), compresses (LZ4 block unless
 * told otherwise), signs (q-sign, anew for every attempt), retries as the policy says, corrects the
 * clock it signs with when the service says it is wrong, and sends a batch that is refused as too
 * large in halves.
 * Each topic is a scope of its own: one that is throttled or closed does not slow another.
 *
 * It does not read files, collect logs or keep them on disk. One thread: the loop's.
 * Protocol: Tencent Cloud product 614, documents 50267 (upload), 12445 (signature), 12402 (error
 * codes), 78959 (limits).
 */
#ifndef AGAIN_CLS_H
#define AGAIN_CLS_H

#include <again/answer.h>
#include <again/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors of the service ------------------------------------------------------------------- */

/* All error codes this library knows, with class, remedy, damage and advice. Constant. */
const again_catalogue *again_cls_catalogue(void);

/* What an error body says. Empty strings for what it does not say. Texts are valid UTF-8 without
 * control characters, cut where too long. */
typedef struct again_cls_error {
  char code[64];
  char message[256];
  char request_id[64];
  again_shape shape; /* flat or nested; none where there is no code */
} again_cls_error;

/* Reads an error body in either form, {"errorcode": .., "errormessage": ..} or
 * {"Response": {"Error": {"Code": .., "Message": ..}, "RequestId": ..}}. Anything may be passed.
 * False, and *error all empty, if there is no error code in it. */
bool again_cls_error_parse(const char *body, size_t length, again_cls_error *error);

/* The outcome of an answer that a transport of your own got: again_http_answer_outcome, and what
 * CLS says in the body and in the header X-Cls-Requestid. Its strings are in `error`, the answer's
 * headers, or static. A success with a body is no answer of CLS, and a `protocol` fault. */
again_outcome again_cls_answer_outcome(const again_http_answer *answer, int64_t wall,
                                       again_cls_error *error);

/* ---- Signature ------------------------------------------------------------------------------- */

typedef struct again_cls_pair {
  const char *key;
  const char *value;
} again_cls_pair;

/* What a signature covers. */
typedef struct again_cls_signable {
  const char *method;
  const char *path; /* not encoded: "/structuredlog" */
  const again_cls_pair *params;
  size_t param_count;
  const again_cls_pair *headers;
  size_t header_count;
  int64_t start; /* valid from .. to, seconds since 1970-01-01 UTC */
  int64_t end;
} again_cls_signable;

/* The value of the Authorization header, by the q-sign scheme (document 12445). Keys are lowercased
 * before they are sorted. The caller frees it with free(). AGAIN_ENOMEM, AGAIN_ELIBRARY. */
int again_cls_sign(const char *secret_id, const char *secret_key,
                   const again_cls_signable *signable, char **authorization);

/* ---- Batches --------------------------------------------------------------------------------- */

#define AGAIN_CLS_GROUPS_MAX   10                /* groups in a batch (document 78959) */
#define AGAIN_CLS_LOGS_MAX     10000             /* logs in a group */
#define AGAIN_CLS_VALUE_MAX    (1024 * 1024)     /* bytes of one value */
#define AGAIN_CLS_VALUES_MAX   (5 * 1024 * 1024) /* bytes of all values of a batch */
#define AGAIN_CLS_RAW_MAX      (6 * 1024 * 1024) /* bytes of a batch, encoded and not compressed */
#define AGAIN_CLS_PACKAGE_SIZE 40                /* bytes for a package id, its NUL included */

/* What stands at the end of a value that was truncated. */
#define AGAIN_CLS_CUT_MARK "...[truncated]"

/* A batch is encoded (protobuf) log by log as they are added, in memory that it keeps and grows: no
 * allocation for each log, and nothing is encoded a second time. */
typedef struct again_cls_batch again_cls_batch;

/* What a batch does with something that the service would refuse. */
typedef enum again_cls_handling {
  AGAIN_CLS_DEFAULT, /* as said at the option */
  AGAIN_CLS_REFUSE,  /* the log is not taken */
  AGAIN_CLS_REPAIR   /* it is changed, as said at the option, and counted */
} again_cls_handling;

/* What all logs of a group have in common; NULL leaves a field out. Strings are copied; bytes in them
 * that are not UTF-8 become U+FFFD. */
typedef struct again_cls_batch_options {
  const char *source;
  const char *filename;
  const again_cls_pair *tags;
  size_t tag_count;
  const char *context_flow; /* NULL: the package id, given when the batch is sent */
  const char *hostname;
  const again_allocator *allocator; /* copied; NULL: the C library's. A group has its batch's */
  size_t reserve; /* bytes of memory to begin with, where the size of a batch is known; 0: few */

  /* Of a batch; again_cls_batch_group does not look at them. */
  again_cls_handling bad_keys;  /* empty, or "_" in front. Default: refuse. Repair: without the "_";
                                      "unnamed" where nothing is left */
  again_cls_handling bad_texts; /* bytes that are not UTF-8, and NULs. Default: repair, to U+FFFD */
  again_cls_handling large_values; /* above AGAIN_CLS_VALUE_MAX. Default: refuse. Repair: truncated
                                      before a character, with AGAIN_CLS_CUT_MARK at the end */
} again_cls_batch_options;

typedef struct again_cls_field {
  const char *key;
  size_t key_length;
  const char *value;
  size_t value_length;
} again_cls_field;

/* What was refused and repaired since the batch was new or cleared. */
typedef struct again_cls_batch_counts {
  uint64_t logs_refused;     /* not taken for what they hold, not because the batch was full */
  uint64_t logs_repaired;    /* taken with at least one change */
  uint64_t keys_renamed;     /* empty or with "_" in front */
  uint64_t texts_repaired;   /* keys and values with bytes that are not UTF-8 */
  uint64_t values_truncated; /* above AGAIN_CLS_VALUE_MAX */
} again_cls_batch_counts;

/* An empty batch with one group. `options` may be NULL. AGAIN_ENOMEM. */
int again_cls_batch_new(const again_cls_batch_options *options, again_cls_batch **batch);
void again_cls_batch_free(again_cls_batch *batch);

/* Begins another group in the batch, for logs with another source, filename or tags. A group without
 * logs is not sent. AGAIN_ELIMIT: it has AGAIN_CLS_GROUPS_MAX already; AGAIN_ESTATE: it was sent;
 * AGAIN_ENOMEM. */
int again_cls_batch_group(again_cls_batch *batch, const again_cls_batch_options *options);

/* Empties the batch, which keeps its memory and its first group, and loses its package id: to be filled
 * anew. Not while it is being sent. */
void again_cls_batch_clear(again_cls_batch *batch);

/* Adds one log to the last group, copying it. `time_ms`: since 1970-01-01 UTC (the service takes
 * seconds and microseconds too, and tells them by their size; milliseconds are what it recommends).
 * AGAIN_ELIMIT if the batch or its group is full (send it and add to a new one) or the log alone is
 * more than a batch may hold; AGAIN_EINVAL for a key or text that is refused; AGAIN_ESTATE: the batch
 * was sent; AGAIN_ENOMEM. On an error the batch is as before, but for the count of refused logs. */
int again_cls_batch_add(again_cls_batch *batch, int64_t time_ms, const again_cls_field *fields,
                        size_t field_count);

size_t again_cls_batch_count(const again_cls_batch *batch);    /* logs, of all groups */
size_t again_cls_batch_bytes(const again_cls_batch *batch);    /* of all values */
size_t again_cls_batch_repaired(const again_cls_batch *batch); /* logs_repaired */
again_cls_batch_counts again_cls_batch_counters(const again_cls_batch *batch);

/* The package id, "0123456789ABCDEF-1F": given when the batch is first sent, the same in all its
 * retries, in the parts it is split into, and if it is sent once more; it is what the service stores as
 * the context of logs whose group has no `context_flow`, so copies of a log can be told from logs that
 * are alike. "" before. Valid as long as the batch. */
const char *again_cls_batch_package(const again_cls_batch *batch);

/* Logs first .. first+count-1 as a LogGroupList (protobuf) in memory of its own: a copy of what is
 * encoded already. The caller frees *data with free(), or
 * gives it back to the batch's allocator. AGAIN_EINVAL for a range outside the batch, AGAIN_ENOMEM. */
int again_cls_batch_encode(const again_cls_batch *batch, size_t first, size_t count, uint8_t **data,
                           size_t *length);

/* Would a batch take this text as it is: valid UTF-8 without NULs? */
bool again_cls_text_valid(const char *text, size_t length);

/* ---- The client ------------------------------------------------------------------------------ */

typedef struct again_cls again_cls;
typedef struct again_cls_topic again_cls_topic;
typedef struct again_cls_upload again_cls_upload;

/* How bodies are compressed. */
typedef enum again_cls_compression {
  AGAIN_CLS_LZ4,     /* one block; always built in */
  AGAIN_CLS_ZSTD,    /* one frame; where libzstd was there when this library was built */
  AGAIN_CLS_DEFLATE, /* raw (RFC 1951); where zlib was there */
  AGAIN_CLS_PLAIN    /* none */
} again_cls_compression;

/* Can this build compress so? */
bool again_cls_compression_built(again_cls_compression compression);

typedef struct again_cls_options {
  const char *endpoint; /* "https://ap-guangzhou.cls.tencentcs.com"; with ":port" if need be */
  /* The credential, from one of three sources. Texts; they are copied, and wiped when the client is freed
   * or gets others. */
  const char *secret_id;
  const char *secret_key;
  const char *token; /* of temporary credentials; NULL: none */
  /* Or variables of the environment, read once: "TENCENTCLOUD" stands for TENCENTCLOUD_SECRET_ID,
   * TENCENTCLOUD_SECRET_KEY and, if it is set, TENCENTCLOUD_TOKEN. */
  const char *environment;
  /* Or a file with lines "secret_id = ..", "secret_key = .." and, if need be, "token = .."; empty lines and
   * those that begin with # say nothing. It is read now, whenever it has changed (it may be replaced by
   * another of its name), and when the service refuses the credential. One that is wrong changes
   * nothing. Refused if others than its owner can read or write it. */
  const char *credentials_file;
  bool allow_readable_file; /* take it all the same */
  /* The file has changed: its credential is in force if `why` is NULL, or else the one from before is,
   * and `why` says what is wrong, without any secret. May be NULL. */
  void (*reloaded)(void *data, again_cls *cls, const char *why);
  /* The service refused the credential (an error of the class auth whose remedy is
   * refresh-credentials): get another one and give it to again_cls_set_credentials, now or later, or
   * say again_cls_refresh_failed. Asked once until then, at most 3 times a minute; not for requests
   * that were signed with an older credential, which are signed anew at once. Meanwhile operations
   * wait by the policy for auth. NULL: credentials do not change. */
  void (*refresh)(void *data, again_cls *cls);
  void *data; /* for refresh and reloaded */
  /* What does not become smaller is sent as it is. When the service answers InvalidCompressType, this
   * client does without that compression from then on: LZ4 instead, and then none. */
  again_cls_compression compression;
  bool allow_plain_http; /* permit http:// to a host that is not loopback */
  /* A batch that is refused with InvalidContent is halved at most so often, to deliver its other logs
   * and surface the bad one alone: 14 find one of 10,000. 0: it is surfaced whole. */
  uint32_t content_splits;
} again_cls_options;

/* Makes a client on `http`, whose scheduler should have been given again_cls_catalogue(): without
 * it, error codes of the service are judged by their HTTP status alone. Strings are copied. If `why`
 * is not NULL, an error's sentence is written to it (cut to `why_size`). AGAIN_EINVAL (endpoint,
 * credentials, or a compression that is not built in), AGAIN_EIO (the credentials file),
 * AGAIN_ENOMEM, AGAIN_ELIBRARY (no random numbers). */
int again_cls_new(again_http *http, const again_cls_options *options, again_cls **cls, char *why,
                  size_t why_size);

/* Replaces id, key and token (NULL: none) together, for all attempts from now on. Strings are copied;
 * on an error nothing changes. AGAIN_EINVAL, AGAIN_ENOMEM. */
int again_cls_set_credentials(again_cls *cls, const char *secret_id, const char *secret_key,
                              const char *token, char *why, size_t why_size);

/* Reads `credentials_file` now, as if it had just changed: for a program that is told to, as by SIGHUP.
 * `reloaded` is called from in here, unless the file says what is in force already. AGAIN_ESTATE: the
 * credential is from no file. */
int again_cls_reload_credentials(again_cls *cls);

/* There is no other credential for the moment: the next refusal asks again. */
void again_cls_refresh_failed(again_cls *cls);

/* Frees the client and its topics. AGAIN_ESTATE (and nothing is freed) while an upload is not done. */
int again_cls_free(again_cls *cls);

/* The handle of a topic, made at the first call with this id and then the same. It lives as long as
 * the client. AGAIN_EINVAL (empty, or longer than 128 bytes), AGAIN_ENOMEM. */
int again_cls_topic_open(again_cls *cls, const char *topic_id, again_cls_topic **topic);

/* Says whether there are more logs for this topic than were given to again_cls_send, as in a file that
 * is read no further ahead than memory allows: then a short queue is not taken for the end of the
 * work, and the pacer goes on looking for a higher rate. */
void again_cls_topic_more(again_cls_topic *topic, bool more);

/* Its id; the `name` of the scope in events is the same text. */
const char *again_cls_topic_id(const again_cls_topic *topic);

/* A part of a batch that was sent by itself: the whole, unless it had to be split. */
typedef struct again_cls_part {
  size_t first; /* logs first .. first+count-1 of the batch */
  size_t count;
  const again_result *result; /* why it was delivered or surfaced */
} again_cls_part;

typedef struct again_cls_result {
  size_t delivered;            /* logs the service took */
  size_t refused;              /* logs that were surfaced */
  uint32_t calls;              /* attempts of all parts, those that led to a split included */
  const again_cls_part *parts; /* in the order of `first`; together the whole batch */
  size_t part_count;
} again_cls_result;

/* The upload is over and the batch is the caller's again (to free, to keep, to write elsewhere).
 * `result` is valid until it returns. */
typedef void (*again_cls_done_fn)(void *data, again_cls_batch *batch,
                                  const again_cls_result *result);

/* Uploads a batch, which is the library's until `done`. It gets its package id, if it has none, and no
 * log can be added to it any more unless it is cleared. Retries send the same bytes, signed anew.
 * `deadline` as in again_sched_submit. `upload` (may be NULL) receives a handle for
 * again_cls_cancel, valid until `done`. AGAIN_EINVAL for an empty batch, AGAIN_ENOMEM, AGAIN_EFULL
 * (as in again_sched_submit: the batch's bytes as they are sent count), AGAIN_ECLOSING: `done` is
 * not called then. */
int again_cls_send(again_cls_topic *topic, again_cls_batch *batch, again_ms deadline,
                   again_cls_done_fn done, void *data, again_cls_upload **upload);

/* Asks for the end of an upload: `done` comes with reason cancelled for what was not delivered. */
void again_cls_cancel(again_cls_upload *upload);

/* What bodies are compressed with now: as asked for, or what was left after refusals. */
again_cls_compression again_cls_compression_used(const again_cls *cls);

/* What has been learned of the clock: milliseconds that the service is ahead of this machine (or,
 * negative, behind). 0 until the service first refused a signature for its time. */
int64_t again_cls_clock_skew(const again_cls *cls);

#ifdef __cplusplus
}
#endif

#endif
