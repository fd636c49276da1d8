#include "http/hostile_rows.h"
#include "support.h"

enum { SHORT = 500 };

#define READ                                                                                       \
  { .act = HOSTILE_READ }
#define READ_HEAD                                                                                  \
  { .act = HOSTILE_READ_HEAD }
#define SEND(text)                                                                                 \
  { .act = HOSTILE_SEND, .bytes = (text), .length = sizeof(text) - 1 }
#define DRIP(text)                                                                                 \
  { .act = HOSTILE_DRIP, .bytes = (text), .length = sizeof(text) - 1 }
#define FLOOD(text, size)                                                                          \
  { .act = HOSTILE_FLOOD, .bytes = (text), .length = sizeof(text) - 1, .total = (size) }
#define PAUSE                                                                                      \
  { .act = HOSTILE_PAUSE }
#define RESET                                                                                      \
  { .act = HOSTILE_RESET }
#define CLOSE                                                                                      \
  { .act = HOSTILE_END }
#define HANG                                                                                       \
  { .act = HOSTILE_HANG }
#define GOOD                                                                                       \
  { .act = HOSTILE_GOOD }

#define OK    "HTTP/1.1 200 OK\r\n"
#define SLOW  "HTTP/1.1 429 Slow\r\n"
#define BUSY  "HTTP/1.1 503 Busy\r\n"
#define HINTS "HTTP/1.1 103 Early Hints\r\n\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"
#define LONG  "Content-Length: 100\r\n\r\n"
#define MIB   (UINT64_C(1) << 20)
#define GIB   (UINT64_C(1) << 30)
#define PAD   "X-Pad: 0123456789012345678901234567890123456789012345678\r\n"
#define FILL  "0123456789abcdef0123456789abcdef"

/* The usual fates of an attempt. */
#define LOST(kind)                                                                                 \
  .fault = AGAIN_FAULT_##kind, .error_class = AGAIN_CLASS_RETRYABLE,                               \
  .decision = AGAIN_REASON_BACKOFF, .effect = AGAIN_EFFECT_MAYBE_APPLIED, .attempts = 2
#define UNSENT(kind)                                                                               \
  .fault = AGAIN_FAULT_##kind, .error_class = AGAIN_CLASS_RETRYABLE,                               \
  .decision = AGAIN_REASON_BACKOFF, .effect = AGAIN_EFFECT_NOT_APPLIED, .attempts = 2
#define HALF(kind) LOST(kind), .status = 200
#define DELIVERED                                                                                  \
  .status = 200, .error_class = AGAIN_CLASS_OK, .decision = AGAIN_REASON_OK,                       \
  .effect = AGAIN_EFFECT_APPLIED, .attempts = 1
#define THROTTLED                                                                                  \
  .status = 429, .error_class = AGAIN_CLASS_THROTTLED, .decision = AGAIN_REASON_BACKOFF,           \
  .effect = AGAIN_EFFECT_NOT_APPLIED, .attempts = 2
#define HINTED(ms)                                                                                 \
  .status = 429, .error_class = AGAIN_CLASS_THROTTLED, .decision = AGAIN_REASON_SERVER_HINT,       \
  .effect = AGAIN_EFFECT_NOT_APPLIED, .attempts = 2, .hint = (ms)
#define UNAVAILABLE                                                                                \
  .status = 503, .error_class = AGAIN_CLASS_RETRYABLE, .decision = AGAIN_REASON_BACKOFF,           \
  .effect = AGAIN_EFFECT_MAYBE_APPLIED, .attempts = 2
#define REFUSED(code)                                                                              \
  .status = (code), .error_class = AGAIN_CLASS_FATAL, .decision = AGAIN_REASON_FATAL,              \
  .effect = AGAIN_EFFECT_NOT_APPLIED, .attempts = 1

const hostile_row hostile_rows[] = {
    /* The connection. */
    {"nobody listens", HOSTILE_REFUSES, {GOOD}, UNSENT(CONNECT)},
    {"the port is deaf", HOSTILE_DEAF, {GOOD}, .timeout = SHORT, UNSENT(TIMEOUT)},
    {"closes at once", .steps = {CLOSE}, LOST(RECEIVE)},
    {"resets before the answer", .steps = {READ, RESET}, LOST(RECEIVE)},
    {"resets within the request", .steps = {READ_HEAD, RESET}, .large = true, LOST(RECEIVE)},
    {"closes before the answer", .steps = {READ, CLOSE}, LOST(RECEIVE)},
    {"never answers", .steps = {READ, HANG}, .timeout = SHORT, LOST(TIMEOUT)},
    {"never reads the body", .steps = {READ_HEAD, HANG}, .large = true, .timeout = SHORT,
     LOST(TIMEOUT)},
    {"kept connection: closed when the request is read",
     .steps = {READ, SEND(OK EMPTY), READ, CLOSE}, .warm = true, .reused = true, .resends = 1,
     DELIVERED},
    {"the same, and the policy says at most once", .steps = {READ, SEND(OK EMPTY), READ, CLOSE},
     .warm = true, .once = true, .reused = true, .fault = AGAIN_FAULT_RECEIVE,
     .error_class = AGAIN_CLASS_RETRYABLE, .decision = AGAIN_REASON_NOT_IDEMPOTENT,
     .effect = AGAIN_EFFECT_MAYBE_APPLIED, .attempts = 1},
    {"kept connection: reset when the request is read",
     .steps = {READ, SEND(OK EMPTY), READ, RESET}, .warm = true, .reused = true, .resends = 1,
     DELIVERED},
    {"kept connection: closed while idle", .steps = {READ, SEND(OK EMPTY), PAUSE, CLOSE},
     .warm = true, DELIVERED},
    {"kept connection: an answer nobody asked for",
     .steps = {READ, SEND(OK EMPTY), PAUSE, SEND(OK EMPTY), HANG}, .warm = true, DELIVERED},

    /* The status line and the headers. */
    {"half a status line, closed", .steps = {READ, SEND("HTTP/1.1 20"), CLOSE}, LOST(RECEIVE)},
    {"half a status line, silence", .steps = {READ, SEND("HTTP/1.1 20"), HANG}, .timeout = SHORT,
     LOST(TIMEOUT)},
    {"resets within the headers", .steps = {READ, SEND(OK "Content-Le"), PAUSE, RESET},
     HALF(RECEIVE)},
    {"one byte a second", .steps = {READ, DRIP(OK EMPTY)}, .idle = true, LOST(TIMEOUT)},
    {"the greeting of a mail server", .steps = {SEND("220 mail ready\r\n"), HANG}, LOST(PROTOCOL)},
    {"status 99", .steps = {READ, SEND("HTTP/1.1 99 X\r\n" EMPTY), CLOSE}, LOST(PROTOCOL)},
    {"status 600", .steps = {READ, SEND("HTTP/1.1 600 X\r\n" EMPTY)}, .status = 600,
     .error_class = AGAIN_CLASS_RETRYABLE, .decision = AGAIN_REASON_BACKOFF,
     .effect = AGAIN_EFFECT_MAYBE_APPLIED, .attempts = 2},
    {"HTTP/3.7", .steps = {READ, SEND("HTTP/3.7 200 OK\r\n" EMPTY)}, LOST(PROTOCOL)},
    {"HTTP/1.0, closed", .steps = {READ, SEND("HTTP/1.0 200 OK\r\n\r\nbody")}, DELIVERED},
    {"HTTP/1.0 503", .steps = {READ, SEND("HTTP/1.0 503 Busy\r\n\r\nbody")}, UNAVAILABLE},
    {"a redirect", .steps = {READ, SEND("HTTP/1.1 307 X\r\nLocation: /\r\n" EMPTY)}, REFUSED(307)},
    {"100 MB of headers, 200", .steps = {READ, SEND(OK), FLOOD(PAD, 100 * MIB)}, HALF(PROTOCOL)},
    {"100 MB of headers, 429", .steps = {READ, SEND(SLOW), FLOOD(PAD, 100 * MIB)}, THROTTLED},
    {"one header of 100 MB", .steps = {READ, SEND(OK "X: "), FLOOD(FILL, 100 * MIB)}, HALF(LOCAL)},
    {"a NUL in a header", .steps = {READ, SEND(OK "X: a\0b\r\n" EMPTY)}, HALF(PROTOCOL)},
    {"a CR in a header", .steps = {READ, SEND(OK "X: a\rY: b\r\n" EMPTY)}, DELIVERED},
    {"a folded header", .steps = {READ, SEND(OK "X: a\r\n b\r\n" EMPTY)}, DELIVERED},
    {"a header without a colon", .steps = {READ, SEND(OK "nonsense\r\n" EMPTY)}, HALF(PROTOCOL)},
    {"lines that end in LF", .steps = {READ, SEND("HTTP/1.1 200\nContent-Length: 0\n\n")},
     DELIVERED},

    /* Interim answers. */
    {"100 nobody asked for",
     .steps = {READ_HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"), SEND(OK EMPTY)}, DELIVERED},
    {"100, then closed", .steps = {READ, SEND("HTTP/1.1 100 Continue\r\n\r\n"), CLOSE},
     LOST(RECEIVE)},
    {"100, then silence", .steps = {READ, SEND("HTTP/1.1 100 Continue\r\n\r\n"), HANG},
     .timeout = SHORT, LOST(TIMEOUT)},
    {"417", .steps = {READ, SEND("HTTP/1.1 417 No\r\n" EMPTY)}, REFUSED(417)},
    {"101", .steps = {READ, SEND("HTTP/1.1 101 X\r\nUpgrade: y\r\n\r\n"), CLOSE}, LOST(RECEIVE)},
    {"some 103, then 200", .steps = {READ, SEND(HINTS HINTS HINTS OK EMPTY)}, DELIVERED},
    {"103 without end", .steps = {READ, FLOOD(HINTS, 100 * MIB)}, LOST(PROTOCOL)},

    /* The body. */
    {"resets after the headers, 200", .steps = {READ, SEND(OK LONG), PAUSE, RESET}, HALF(RECEIVE)},
    {"resets within the body, 200", .steps = {READ, SEND(OK LONG "half"), PAUSE, RESET},
     HALF(RECEIVE)},
    {"resets within the body, 503", .steps = {READ, SEND(BUSY LONG "half"), PAUSE, RESET},
     UNAVAILABLE},
    {"resets after the body",
     .steps = {READ, SEND(OK "Content-Length: 4\r\n\r\nbody"), PAUSE, RESET}, DELIVERED},
    {"Content-Length too long, 200", .steps = {READ, SEND(OK LONG "half"), CLOSE}, HALF(RECEIVE)},
    {"Content-Length too long, 429", .steps = {READ, SEND(SLOW LONG "half"), CLOSE}, THROTTLED},
    {"Content-Length too short",
     .steps = {READ, SEND(BUSY "Content-Length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\n\r\n"), HANG},
     UNAVAILABLE},
    {"Content-Length -5", .steps = {READ, SEND(OK "Content-Length: -5\r\n\r\n")}, HALF(PROTOCOL)},
    {"Content-Length 10^25",
     .steps = {READ, SEND(OK "Content-Length: 10000000000000000000000000\r\n\r\n")}, DELIVERED},
    {"two Content-Lengths",
     .steps = {READ, SEND(BUSY "Content-Length: 0\r\nContent-Length: 4\r\n\r\nbody"), CLOSE},
     UNAVAILABLE},
    {"two answers at once", .steps = {READ, SEND(SLOW EMPTY OK EMPTY), GOOD}, THROTTLED},
    {"two answers at once, closed", .steps = {READ, SEND(SLOW EMPTY OK EMPTY), CLOSE}, THROTTLED},
    {"a second answer after the retry has begun",
     .steps = {READ, SEND(SLOW EMPTY), PAUSE, SEND(OK EMPTY), HANG}, .fresh = true, THROTTLED},
    {"chunked garbage, 200",
     .steps = {READ, SEND(OK "Transfer-Encoding: chunked\r\n\r\nzzz\r\n"), HANG}, HALF(RECEIVE)},
    {"chunked garbage, 503",
     .steps = {READ, SEND(BUSY "Transfer-Encoding: chunked\r\n\r\nzzz\r\n"), HANG}, UNAVAILABLE},
    {"a chunk of 2^70 bytes",
     .steps = {READ, SEND(OK "Transfer-Encoding: chunked\r\n\r\n400000000000000000\r\nx"), HANG},
     HALF(RECEIVE)},
    {"1 GiB of error body, 400",
     .steps = {READ, SEND("HTTP/1.1 400 Bad\r\nContent-Length: 1073741824\r\n\r\n"),
               FLOOD(FILL, GIB)},
     REFUSED(400)},
    {"1 GiB of error body, 503, no length", .steps = {READ, SEND(BUSY "\r\n"), FLOOD(FILL, GIB)},
     UNAVAILABLE},
    {"1 GiB of zipped nothing",
     .steps = {READ, SEND(BUSY "Content-Encoding: gzip\r\n\r\n"), FLOOD("\0\0\0\0\0\0\0\0", GIB)},
     UNAVAILABLE},
    {"429 before the body is read, closed", .steps = {READ_HEAD, SEND(SLOW EMPTY), PAUSE, CLOSE},
     .large = true, THROTTLED},
    {"429 before the body is read, closed at once", .steps = {READ_HEAD, SEND(SLOW EMPTY), CLOSE},
     .large = true, THROTTLED},
    {"429 before the body is read, never reads on", .steps = {READ_HEAD, SEND(SLOW EMPTY), HANG},
     .large = true, THROTTLED},

    /* When to come again. */
    {"Retry-After twice", .steps = {READ, SEND(SLOW "Retry-After: 2\r\nRetry-After: 2\r\n" EMPTY)},
     HINTED(2000)},
    {"Retry-After 1 and 7",
     .steps = {READ, SEND(SLOW "Retry-After: 1\r\nRetry-After: 7\r\n" EMPTY)}, HINTED(7000)},
    {"Retry-After 7 and 1",
     .steps = {READ, SEND(SLOW "Retry-After: 7\r\nRetry-After: 1\r\n" EMPTY)}, HINTED(7000)},
    {"Retry-After: garbage, and 3",
     .steps = {READ, SEND(SLOW "Retry-After: soon\r\nRetry-After: 3\r\n" EMPTY)}, HINTED(3000)},
    {"Retry-After -1", .steps = {READ, SEND(SLOW "Retry-After: -1\r\n" EMPTY)}, THROTTLED},
    {"Retry-After 10^30",
     .steps = {READ, SEND(SLOW "Retry-After: 1000000000000000000000000000000\r\n" EMPTY)},
     HINTED(AGAIN_NEVER - 1)},
    {"Retry-After with a wrong Date",
     .steps = {READ, SEND(SLOW "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                               "Retry-After: Sun, 06 Nov 1994 08:49:42 GMT\r\n" EMPTY)},
     HINTED(5000)},
    {"Retry-After with a Date of nonsense",
     .steps = {READ, SEND(SLOW "Date: yesterday\r\n"
                               "Retry-After: Sun, 06 Nov 1994 08:49:42 GMT\r\n" EMPTY)},
     THROTTLED},
};

const size_t hostile_row_count = COUNT_OF(hostile_rows);
