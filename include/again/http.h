/* again/http.h - HTTP requests with retries, by libcurl on a libuv loop.
 *
 * A request is an operation of the scheduler: each of its attempts is one transfer. libcurl's multi
 * interface runs on the loop (curl_multi_socket_action); connections are kept alive; easy handles
 * are never more than attempts in flight; error bodies are capped. Idle connections do not
 * keep the loop alive. TLS certificates are verified; redirects are not followed; an empty "Expect:"
 * is sent.
 *
 * It knows nothing of any service: `prepare` makes each attempt's headers, `interpret` reads a
 * service's error body. One thread: the loop's.
 */
#ifndef AGAIN_HTTP_H
#define AGAIN_HTTP_H

#include <again/uv.h>
#include <curl/curl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct again_http again_http;
typedef struct again_http_attempt again_http_attempt;
typedef struct again_http_request again_http_request;

typedef struct again_http_options {
  const char *user_agent;   /* NULL: "again/VERSION" */
  const char *ca_file;      /* PEM file of trusted certificates; NULL: the system's */
  const char *certificate;  /* PEM file of a client certificate; NULL: none */
  const char *key;          /* PEM file of its key; NULL: it is in the same file */
  const char *key_password; /* of the key; NULL: it has none. Wiped when the client is freed */
  const char
      *proxy; /* "http://[user:password@]host[:port]", for http:// and https:// alike; NULL: for
                        https:// the environment's, for http:// none; "": none */
  const char *const *resolve; /* "host:port:address[,address]": addresses of names, not to be looked
                                 up; ended by NULL. May be NULL */
  const char *unix_socket; /* path: all connections go there, whatever the URL says; NULL: none */
  size_t body_max;         /* bytes kept of an answer's body; 0: 64 KiB. The rest is not read */
  size_t header_max; /* bytes of an answer's headers, with those of interim answers; 0: 256 KiB. */
  unsigned header_count_max; /* And their lines; 0: 256. An answer with more is a protocol fault */
  again_ms idle_timeout; /* an attempt that moves fewer than idle_speed bytes a second, both ways
                            together, for so long (in whole seconds, rounded up) is a timeout; 0: 20 s;
                            AGAIN_NEVER: none. The policy's timeouts hold besides */
  uint32_t idle_speed;   /* 0: 16 */
  bool fresh_on_retry;   /* a retry goes over a new connection, never over a kept one */
} again_http_options;

/* Makes a client on the scheduler's loop. It calls curl_global_init, and curl_global_cleanup when
 * it is closed; libcurl counts these. Where libcurl is older than 7.84 and the program has threads
 * already, call curl_global_init(CURL_GLOBAL_DEFAULT) before they begin. Strings are copied.
 * AGAIN_ENOMEM, AGAIN_EINVAL, AGAIN_ELIBRARY. */
int again_http_new(again_uv *uv, const again_http_options *options, again_http **http);

/* Closes its connections, then calls `closed` (may be NULL) from the loop and frees. AGAIN_ESTATE (and
 * nothing happens) while a request of it is not done: cancel, drain or close first. */
int again_http_close(again_http *http, void (*closed)(void *data), void *data);

/* The scheduler it was made on. */
again_uv *again_http_uv(const again_http *http);

/* The answer to one attempt. Valid inside `interpret`. */
typedef struct again_http_response {
  CURLcode result;       /* CURLE_OK: a whole answer came, or as much of it as is kept */
  int status;            /* 0: none came */
  const char *body;      /* NUL-terminated behind its end; never NULL; may hold NULs */
  size_t body_length;    /* bytes kept */
  bool body_cut;         /* there was more */
  int64_t date;          /* the answer's Date, seconds since 1970-01-01 UTC; INT64_MIN: none */
  int64_t local_date_ms; /* this machine's wall clock when the answer's headers came, less half the
                            time since the request was sent: when the service wrote its Date */
  bool connection_reused;
} again_http_response;

/* Looks up a header of the answer, without regard to case; the first of several. Returns its value
 * (valid inside `interpret`) or NULL. */
const char *again_http_response_header(const again_http_response *response, const char *name);

/* Adds a header to the attempt under way. The strings are copied. AGAIN_EINVAL if the name or the
 * value holds a control character, or if it is a credential that would be sent unencrypted (as with
 * plain_credentials below): the attempt then ends as a `config` fault, whatever `prepare` returns.
 * AGAIN_ENOMEM. */
int again_http_header(again_http_attempt *attempt, const char *name, const char *value);

/* Room for the text of an IPv6 address, or the path of a unix socket cut to it. */
#define AGAIN_HTTP_ADDRESS_MAX 48

/* What happened in one attempt: for logs and metrics. Times are microseconds from the start of the
 * attempt, 0 where it did not come so far (or, for a kept connection, had no need to). */
typedef struct again_http_record {
  uint32_t attempt; /* its number, from 1 */
  CURLcode result;  /* CURLE_ABORTED_BY_CALLBACK: ended by cancel, drain or close */
  int status;       /* 0: no answer */
  again_effect effect;
  char address[AGAIN_HTTP_ADDRESS_MAX]; /* of the other end, a proxy's if there is one; "": none */
  int port;
  bool reused; /* the connection was kept from an earlier request */
  unsigned
      resends; /* how often a kept connection was found dead and libcurl sent the request again by
                       itself: the effect then is at least maybe applied */
  const char *tls;   /* "TLSv1.3"; "" without, or where libcurl's TLS is not OpenSSL */
  uint64_t bytes_up; /* of headers and body, handed to the system or to TLS */
  uint64_t bytes_down;
  uint64_t resolved_us;  /* the name had its addresses */
  uint64_t connected_us; /* the connection stood */
  uint64_t secured_us;   /* the TLS handshake was over */
  uint64_t answered_us;  /* the answer's first byte came */
  uint64_t total_us;     /* all was over */
} again_http_record;

struct again_http_request {
  /* Set by the caller before again_http_send; what they point to stays the caller's and unchanged
   * until `done`. */
  void *data;
  const char *method; /* "POST" */
  const char *url;
  const void *body;       /* NULL: none */
  size_t body_length;     /* what it adds to the backlog */
  bool beyond_limits;     /* as in again_op */
  bool plain_credentials; /* Authorization, Proxy-Authorization, Cookie and a user in the URL may be
                             sent over http:// to a host that is not loopback, or to a proxy */

  /* Makes the headers of one attempt with again_http_header: called for every attempt anew, so a
   * signature is always fresh. AGAIN_ENOMEM: the attempt ends as a `local`
   * fault, which passes; anything else but 0: as a `config` fault. May be NULL. */
  int (*prepare)(again_http_request *request, again_http_attempt *attempt);

  /* Completes the outcome that this layer made of an answer (status, hint, effect): fills in code,
   * message, request_id, remedied. The strings must stay until it returns to the loop: static, in
   * the response, or in the caller's memory. Called only when an answer came. May be NULL. */
  void (*interpret)(again_http_request *request, const again_http_response *response,
                    again_outcome *outcome);

  /* An attempt is over; called before the scheduler is told, also for one that is cut off, but not for
   * one that libcurl was never given. The record is valid until it returns. May be NULL, which saves
   * making it. */
  void (*attempted)(again_http_request *request, const again_http_record *record);

  /* The request is over: called exactly once if again_http_send returned 0. */
  void (*done)(again_http_request *request, const again_result *result);

  /* The rest belongs to the library from send to done. */
  struct {
    again_op op;
    again_http *http;
    again_http_attempt *attempt;
  } own;
};

/* Takes a request. Deadline and errors as again_sched_submit; AGAIN_EINVAL, too, where the URL holds a
 * user that would be sent unencrypted. */
int again_http_send(again_http *http, again_http_request *request, again_scope *scope,
                    again_ms deadline);

/* As again_sched_cancel: `done` comes with reason cancelled. */
int again_http_cancel(again_http_request *request);

/* ---- One level lower: for programs with a transport of their own ----------------------------- */

/* The kind of fault a CURLcode of any version of libcurl means; AGAIN_FAULT_NONE for CURLE_OK. */
again_fault again_http_fault(CURLcode result);

/* "CURLE_COULDNT_CONNECT". Static; "CURLE_?" for a code this library does not know. */
const char *again_http_result_name(CURLcode result);

/* The outcome of a finished transfer: fault or status, effect by what was sent and received, the
 * hint from Retry-After. A success whose body broke off counts as a fault; where you cut the body
 * yourself, pass CURLE_OK. `wall` is the service's time, seconds since 1970-01-01 UTC, for a
 * Retry-After that is a date. Strings in the outcome are static. */
again_outcome again_http_outcome(CURL *easy, CURLcode result, int64_t wall);

#ifdef __cplusplus
}
#endif

#endif
