#include "cls/credentials.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

static void free_secret(const again_allocator *allocator, char *secret) {
  if (secret == NULL) return;
  OPENSSL_cleanse(secret, strlen(secret));
  again_resize(allocator, secret, 0);
}

static bool is_given(const char *text) {
  return text != NULL && text[0] != '\0';
}

static bool has_control(const char *text) {
  for (; text != NULL && *text != '\0'; text++) {
    if ((unsigned char)*text < ' ' || *text == 0x7F) return true;
  }
  return false;
}

static int check(const char *id, const char *key, const char *token, char *why, size_t why_size) {
  const char *missing = !is_given(id) ? "secret id" : !is_given(key) ? "secret key" : NULL;
  if (missing != NULL) {
    snprintf(why, why_size, "the %s is missing: set it to that of a cloud API key", missing);
    return AGAIN_EINVAL;
  }
  if (strpbrk(id, " \t\r\n&") != NULL) {
    snprintf(why, why_size, "the secret id has a space, a line's end or an & in it: remove it");
    return AGAIN_EINVAL;
  }
  const char *broken = has_control(key) ? "secret key" : has_control(token) ? "token" : NULL;
  if (broken != NULL) {
    snprintf(why, why_size, "the %s has a line's end or another control character in it: remove it",
             broken);
    return AGAIN_EINVAL;
  }
  return 0;
}

int again_cls_credentials_set(again_cls_credentials *credentials, const char *id, const char *key,
                              const char *token, char *why, size_t why_size) {
  int error = check(id, key, token, why, why_size);
  if (error != 0) return error;
  const again_allocator *allocator = credentials->allocator;
  bool with_token = is_given(token);
  char *new_id = again_take_text(allocator, id);
  char *new_key = again_take_text(allocator, key);
  char *new_token = with_token ? again_take_text(allocator, token) : NULL;
  if (new_id == NULL || new_key == NULL || (with_token && new_token == NULL)) {
    again_resize(allocator, new_id, 0);
    free_secret(allocator, new_key);
    free_secret(allocator, new_token);
    snprintf(why, why_size, "out of memory");
    return AGAIN_ENOMEM;
  }
  again_cls_credentials_clear(credentials);
  credentials->id = new_id;
  credentials->key = new_key;
  credentials->token = new_token;
  credentials->generation++;
  credentials->refreshing = false;
  return 0;
}

void again_cls_credentials_clear(again_cls_credentials *credentials) {
  const again_allocator *allocator = credentials->allocator;
  again_resize(allocator, credentials->id, 0);
  free_secret(allocator, credentials->key);
  free_secret(allocator, credentials->token);
  credentials->id = NULL;
  credentials->key = NULL;
  credentials->token = NULL;
}

bool again_cls_credentials_refused(again_cls_credentials *credentials, uint64_t generation,
                                   again_ms now) {
  if (generation != credentials->generation || credentials->refreshing) return false;
  /* The oldest of the last few times is where the next one goes. */
  again_ms *oldest = &credentials->asked[credentials->asked_count % AGAIN_CLS_REFRESHES_MAX];
  if (credentials->asked_count >= AGAIN_CLS_REFRESHES_MAX &&
      now < again_ms_add(*oldest, AGAIN_CLS_REFRESH_WINDOW_MS)) {
    return false;
  }
  *oldest = now;
  credentials->asked_count++;
  credentials->refreshing = true;
  return true;
}
