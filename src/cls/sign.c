/* The q-sign signature (document 614/12445; the scheme of Tencent's COS XML API as well).
 *
 *   SignKey      = hex(HMAC-SHA1(SecretKey, "start;end"))
 *   RequestInfo  = method \n path \n params \n headers \n
 *   StringToSign = sha1 \n start;end \n hex(SHA1(RequestInfo)) \n
 *   Signature    = hex(HMAC-SHA1(SignKey, StringToSign))
 *
 * Params and headers are key=value pairs: keys lowercased, values percent-encoded, sorted by key,
 * joined with "&". Only what the two lists of keys name is covered. */
#include "cls/sign.h"
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHA1_LENGTH = 20, HEX_SIZE = 2 * SHA1_LENGTH + 1 };

/* A text that grows; after a failure `data` is NULL and stays so. Signed headers may hold a token: its
 * memory is wiped before it is given back. */
typedef struct text {
  const again_allocator *allocator;
  char *data;
  size_t length;
  size_t room;
} text;

static void text_free(text *old) {
  if (old->data != NULL) OPENSSL_cleanse(old->data, old->room);
  again_resize(old->allocator, old->data, 0);
  old->data = NULL;
}

static void text_add(text *out, const char *piece, size_t length) {
  if (out->data == NULL) return;
  if (out->length + length + 1 > out->room) {
    /* realloc would leave the old bytes behind. */
    text grown = {
        .allocator = out->allocator, .length = out->length, .room = (out->length + length + 1) * 2};
    grown.data = again_resize(out->allocator, NULL, grown.room);
    if (grown.data != NULL) memcpy(grown.data, out->data, out->length);
    text_free(out);
    *out = grown;
    if (out->data == NULL) return;
  }
  memcpy(out->data + out->length, piece, length);
  out->length += length;
  out->data[out->length] = '\0';
}

static void text_puts(text *out, const char *piece) {
  text_add(out, piece, strlen(piece));
}

static text text_new(const again_allocator *allocator) {
  text made = {.allocator = allocator, .data = again_resize(allocator, NULL, 256), .room = 256};
  if (made.data != NULL) made.data[0] = '\0';
  return made;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void text_lower(text *out, const char *piece) {
  for (; *piece != '\0'; piece++)
    text_add(out, &(char){lower(*piece)}, 1);
}

/* RFC 3986, section 2.3: the unreserved characters stay, all others become %XX. */
static void text_encoded(text *out, const char *value) {
  static const char digits[] = "0123456789ABCDEF";
  static const char unreserved[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  for (; *value != '\0'; value++) {
    if (strchr(unreserved, *value) != NULL) {
      text_add(out, value, 1);
    } else {
      unsigned char byte = (unsigned char)*value;
      text_add(out, (char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3);
    }
  }
}

static int compare_keys(const char *a, const char *b) {
  while (*a != '\0' && lower(*a) == lower(*b))
    a++, b++;
  return (unsigned char)lower(*a) - (unsigned char)lower(*b);
}

static int compare_pairs(const void *a, const void *b) {
  const again_cls_pair *x = a;
  const again_cls_pair *y = b;
  int order = compare_keys(x->key, y->key);
  return order != 0 ? order : strcmp(x->value, y->value); /* or it would depend on the sort */
}

/* The pairs sorted by their lowercased keys; NULL: out of memory. */
static again_cls_pair *sort_pairs(const again_allocator *allocator, const again_cls_pair *pairs,
                                  size_t count) {
  again_cls_pair *sorted = again_resize(allocator, NULL, (count + 1) * sizeof *sorted);
  if (sorted == NULL) return NULL;
  if (count > 0) memcpy(sorted, pairs, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_pairs);
  return sorted;
}

static void add_pairs(text *out, const again_cls_pair *pairs, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i > 0) text_puts(out, "&");
    text_lower(out, pairs[i].key);
    text_puts(out, "=");
    text_encoded(out, pairs[i].value);
  }
  text_puts(out, "\n");
}

static void add_keys(text *out, const again_cls_pair *pairs, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i > 0) text_puts(out, ";");
    text_lower(out, pairs[i].key);
  }
}

static void to_hex(const unsigned char *bytes, char *hex) {
  for (size_t i = 0; i < SHA1_LENGTH; i++)
    snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static bool hmac_hex(const char *key, const char *message, char *hex) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (HMAC(EVP_sha1(), key, (int)strlen(key), (const unsigned char *)message, strlen(message),
           digest, &length) == NULL ||
      length != SHA1_LENGTH) {
    return false;
  }
  to_hex(digest, hex);
  OPENSSL_cleanse(digest, sizeof digest);
  return true;
}

static bool sha1_hex(const char *message, char *hex) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(message, strlen(message), digest, &length, EVP_sha1(), NULL) != 1) return false;
  to_hex(digest, hex);
  return true;
}

/* hex(HMAC) over the request; false: libcrypto failed. */
static bool signature_of(const char *secret_key, const char *times, const char *request_info,
                         char *signature) {
  char sign_key[HEX_SIZE];
  char request_hash[HEX_SIZE];
  char to_sign[160];
  bool made = hmac_hex(secret_key, times, sign_key) && sha1_hex(request_info, request_hash);
  if (made) {
    snprintf(to_sign, sizeof to_sign, "sha1\n%s\n%s\n", times, request_hash);
    made = hmac_hex(sign_key, to_sign, signature);
  }
  OPENSSL_cleanse(sign_key, sizeof sign_key);
  return made;
}

int again_cls_sign(const char *secret_id, const char *secret_key,
                   const again_cls_signable *signable, char **authorization) {
  return again_cls_sign_with(NULL, secret_id, secret_key, signable, authorization);
}

int again_cls_sign_with(const again_allocator *allocator, const char *secret_id,
                        const char *secret_key, const again_cls_signable *signable,
                        char **authorization) {
  again_cls_pair *params = sort_pairs(allocator, signable->params, signable->param_count);
  again_cls_pair *headers = sort_pairs(allocator, signable->headers, signable->header_count);
  text info = text_new(allocator);
  text out = text_new(allocator);
  int error = AGAIN_ENOMEM;
  if (params == NULL || headers == NULL) goto end;
  text_lower(&info, signable->method);
  text_puts(&info, "\n");
  text_puts(&info, signable->path);
  text_puts(&info, "\n");
  add_pairs(&info, params, signable->param_count);
  add_pairs(&info, headers, signable->header_count);
  if (info.data == NULL) goto end;
  char times[48];
  char signature[HEX_SIZE];
  snprintf(times, sizeof times, "%" PRId64 ";%" PRId64, signable->start, signable->end);
  if (!signature_of(secret_key, times, info.data, signature)) {
    error = AGAIN_ELIBRARY;
    goto end;
  }
  text_puts(&out, "q-sign-algorithm=sha1&q-ak=");
  text_puts(&out, secret_id);
  text_puts(&out, "&q-sign-time=");
  text_puts(&out, times);
  text_puts(&out, "&q-key-time=");
  text_puts(&out, times);
  text_puts(&out, "&q-header-list=");
  add_keys(&out, headers, signable->header_count);
  text_puts(&out, "&q-url-param-list=");
  add_keys(&out, params, signable->param_count);
  text_puts(&out, "&q-signature=");
  text_puts(&out, signature);
  if (out.data == NULL) goto end;
  *authorization = out.data;
  out.data = NULL;
  error = 0;
end:
  again_resize(allocator, params, 0);
  again_resize(allocator, headers, 0);
  text_free(&info);
  text_free(&out);
  return error;
}
