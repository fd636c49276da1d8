#include "cls/error_scan.h"
#include <string.h>

/* Where reading has come to; `at` is NULL once something was not as expected. At least 8 bytes are in
 * front of `end`. */
typedef struct cursor {
  const char *at;
  const char *end;
} cursor;

static cursor skip_space(cursor c) {
  while (c.at < c.end && (*c.at == ' ' || *c.at == '\t' || *c.at == '\r' || *c.at == '\n'))
    c.at++;
  return c;
}

/* Always inlined: comparing with a text of known length is one or two loads then. */
__attribute__((always_inline)) static inline cursor take(cursor c, const char *text,
                                                         size_t length) {
  if (c.at == NULL) return c;
  if (c.at < c.end && (unsigned char)*c.at <= ' ') c = skip_space(c);
  bool there = (size_t)(c.end - c.at) >= length && memcmp(c.at, text, length) == 0;
  c.at = there ? c.at + length : NULL;
  return c;
}

#define TAKE(c, text) take((c), (text), sizeof(text) - 1)

/* ---- Texts, eight bytes at a time ------------------------------------------------------------ */

/* Turns a word so that its first byte in memory is the lowest, and back. */
static inline uint64_t little_endian(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return __builtin_bswap64(word);
#else
  return word;
#endif
}

static inline uint64_t load8(const char *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  return little_endian(word);
}

static inline void store8(char *to, uint64_t word) {
  word = little_endian(word);
  memcpy(to, &word, sizeof word);
}

/* The next eight bytes; zeros after the end. */
static inline uint64_t next8(const char *at, const char *end) {
  size_t left = (size_t)(end - at);
  if (left >= 8) return load8(at);
  return left > 0 ? load8(end - 8) >> 8 * (8 - left) : 0;
}

/* The lowest bit set is in the first byte that is a quote, a backslash or no printable ASCII. Bits
 * above it mean nothing: a borrow or a carry may have come there from below. */
static inline uint64_t stops(uint64_t word) {
  const uint64_t ones = UINT64_MAX / 255;
  uint64_t control = word - ones * ' ';
  uint64_t quote = (word ^ ones * '"') - ones;
  uint64_t backslash = (word ^ ones * '\\') - ones;
  uint64_t delete = word + ones;
  return (word | control | quote | backslash | delete) & ones << 7;
}

/* None of 32 bytes is such a one. Compilers make vector instructions of this loop. */
static inline bool plain32(const char *from) {
  unsigned char stop = 0;
  for (size_t i = 0; i < 32; i++) {
    unsigned char byte = (unsigned char)from[i];
    stop |= (unsigned char)((byte < ' ') | (byte > '~') | (byte == '"') | (byte == '\\'));
  }
  return stop == 0;
}

/* The rest of a string without escapes, up to its closing quote, if it fits into `size` bytes, a
 * multiple of 8. */
static cursor take_rest(cursor c, char *out, size_t size) {
  const char *at = c.at;
  c.at = NULL;
  if (at == NULL) return c;
  const char *limit = out + size;
  /* Codes are too short for this to be worth a try. */
  for (; size > 64 && c.end - at >= 32 && limit - out >= 32 && plain32(at); at += 32, out += 32)
    memcpy(out, at, 32);
  for (; out < limit; out += 8, at += 8) {
    uint64_t word = next8(at, c.end);
    uint64_t stop = stops(word);
    if (stop == 0) {
      store8(out, word);
      continue;
    }
    unsigned before = (unsigned)__builtin_ctzll(stop) / 8;
    store8(out, word & (((uint64_t)1 << 8 * before) - 1));
    at += before;
    if (at < c.end && *at == '"') c.at = at + 1;
    return c;
  }
  return c;
}

/* ---- The forms ------------------------------------------------------------------------------- */

static inline cursor take_value(cursor c, char *out, size_t size) {
  return take_rest(TAKE(TAKE(c, ":"), "\""), out, size);
}

#define TAKE_MEMBER(c, key, out) take_value(TAKE((c), "\"" key "\""), (out), sizeof(out))

static cursor scan_flat(cursor c, again_cls_error *error) {
  error->request_id[0] = '\0';
  error->shape = AGAIN_SHAPE_FLAT;
  c = TAKE_MEMBER(c, "errorcode", error->code);
  return TAKE_MEMBER(TAKE(c, ","), "errormessage", error->message);
}

static cursor scan_flat_reversed(cursor c, again_cls_error *error) {
  error->request_id[0] = '\0';
  error->shape = AGAIN_SHAPE_FLAT;
  c = TAKE_MEMBER(c, "errormessage", error->message);
  return TAKE_MEMBER(TAKE(c, ","), "errorcode", error->code);
}

static cursor scan_nested(cursor c, again_cls_error *error) {
  error->shape = AGAIN_SHAPE_NESTED;
  c = TAKE(TAKE(TAKE(c, "\"Response\""), ":"), "{");
  c = TAKE(TAKE(TAKE(c, "\"Error\""), ":"), "{");
  c = TAKE_MEMBER(c, "Code", error->code);
  c = TAKE_MEMBER(TAKE(c, ","), "Message", error->message);
  c = TAKE_MEMBER(TAKE(TAKE(c, "}"), ","), "RequestId", error->request_id);
  return TAKE(c, "}");
}

bool again_cls_error_scan(const char *body, size_t length, again_cls_error *error) {
  if (length < 8 || length > AGAIN_CLS_ERROR_BODY_MAX) return false;
  cursor start = TAKE(((cursor){body, body + length}), "{");
  cursor c = scan_flat(start, error);
  if (c.at == NULL) c = scan_nested(start, error);
  if (c.at == NULL) c = scan_flat_reversed(start, error);
  c = TAKE(c, "}");
  if (c.at == NULL || error->code[0] == '\0') return false;
  return skip_space(c).at == c.end; /* json-c may mind anything else */
}
