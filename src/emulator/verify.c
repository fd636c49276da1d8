/* Document 12445. A service can only check what the lists in the header name: it takes the values
 * of those headers and parameters from the request, signs them itself, and compares. */
#include "emulator/verify.h"
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 32, AUTHORIZATION_MAX = 8192 };

/* The parts of the header, in its order. */
enum { ALGORITHM, ID, SIGN_TIME, KEY_TIME, HEADERS, PARAMS, SIGNATURE, PART_COUNT };
static const char *const part_names[PART_COUNT] = {
    "q-sign-algorithm", "q-ak",        "q-sign-time", "q-key-time", "q-header-list",
    "q-url-param-list", "q-signature",
};

/* Cuts the text in place into its parts, each of which must be there once. */
static bool cut_parts(char *text, char *parts[PART_COUNT]) {
  for (char *next; text != NULL; text = next) {
    next = strchr(text, '&');
    if (next != NULL) *next++ = '\0';
    char *value = strchr(text, '=');
    if (value == NULL) return false;
    *value++ = '\0';
    int i = 0;
    while (i < PART_COUNT && strcmp(part_names[i], text) != 0)
      i++;
    if (i == PART_COUNT || parts[i] != NULL) return false;
    parts[i] = value;
  }
  for (int i = 0; i < PART_COUNT; i++) {
    if (parts[i] == NULL) return false;
  }
  return true;
}

/* Looks up the request's values for a list of names, "a;b;c" or "". */
static bool fill_pairs(char *list, const char *(*look_up)(void *, const char *), void *data,
                       again_cls_pair pairs[NAMES_MAX], size_t *count) {
  *count = 0;
  for (char *next; list != NULL && *list != '\0'; list = next) {
    next = strchr(list, ';');
    if (next != NULL) *next++ = '\0';
    const char *value = look_up(data, list);
    if (value == NULL || *count == NAMES_MAX) return false;
    pairs[(*count)++] = (again_cls_pair){list, value};
  }
  return true;
}

static bool read_times(const char *text, int64_t *start, int64_t *end) {
  int used = -1;
  if (strspn(text, "0123456789;") != strlen(text) || strlen(text) > 32) return false;
  return sscanf(text, "%" SCNd64 ";%" SCNd64 "%n", start, end, &used) == 2 && used >= 0 &&
         text[used] == '\0';
}

static bool malformed(again_answer *answer, const char *what) {
  return again_answer_refuse(answer, 400, "InvalidAuthorization", "%s", what);
}

static bool same_signature(const char *given, const char *authorization) {
  const char *made = strstr(authorization, "q-signature=") + sizeof "q-signature=" - 1;
  return strlen(given) == strlen(made) && CRYPTO_memcmp(given, made, strlen(made)) == 0;
}

static bool check(const again_verify_request *request, char *parts[PART_COUNT],
                  const char *secret_id, const char *secret_key, int64_t now,
                  again_answer *answer) {
  again_cls_pair headers[NAMES_MAX];
  again_cls_pair params[NAMES_MAX];
  again_cls_signable signable = {
      .method = request->method, .path = request->path, .params = params, .headers = headers};
  if (strcmp(parts[ALGORITHM], "sha1") != 0) {
    return malformed(answer, "q-sign-algorithm must be sha1");
  }
  if (!read_times(parts[SIGN_TIME], &signable.start, &signable.end)) {
    return malformed(answer, "q-sign-time must be two numbers of seconds, START;END");
  }
  if (strcmp(parts[SIGN_TIME], parts[KEY_TIME]) != 0) {
    return malformed(answer, "q-key-time must equal q-sign-time");
  }
  if (strcmp(parts[ID], secret_id) != 0) {
    return again_answer_refuse(answer, 401, "AuthFailure.SecretIdNotFound",
                               "no such secret id: %.80s", parts[ID]);
  }
  bool known =
      fill_pairs(parts[HEADERS], request->header, request->data, headers, &signable.header_count) &&
      fill_pairs(parts[PARAMS], request->param, request->data, params, &signable.param_count);
  char *authorization = NULL;
  if (!known || again_cls_sign(secret_id, secret_key, &signable, &authorization) != 0 ||
      !same_signature(parts[SIGNATURE], authorization)) {
    free(authorization);
    return again_answer_refuse(answer, 401, "AuthFailure.SignatureFailure",
                               "the signature does not match the request");
  }
  free(authorization);
  if (now < signable.start || now > signable.end) {
    return again_answer_refuse(answer, 401, "AuthFailure.SignatureExpire",
                               "signed for %" PRId64 " to %" PRId64 ", and it is %" PRId64,
                               signable.start, signable.end, now);
  }
  return true;
}

bool again_verify(const again_verify_request *request, const char *secret_id,
                  const char *secret_key, int64_t now, again_answer *answer) {
  if (request->authorization == NULL) {
    return again_answer_refuse(answer, 400, "MissingAuthorization",
                               "there is no Authorization header");
  }
  if (strlen(request->authorization) > AUTHORIZATION_MAX) {
    return malformed(answer, "the Authorization header is too long");
  }
  char *copy = strdup(request->authorization);
  if (copy == NULL) return again_answer_refuse(answer, 500, "InternalError", "out of memory");
  char *parts[PART_COUNT] = {NULL};
  bool valid = cut_parts(copy, parts)
                   ? check(request, parts, secret_id, secret_key, now, answer)
                   : malformed(answer, "the Authorization header is not in the q-sign form");
  free(copy);
  return valid;
}
