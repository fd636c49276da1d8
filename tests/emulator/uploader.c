#include "uploader.h"
#include <curl/curl.h>
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *or_else(const char *text, const char *otherwise) {
  return text != NULL ? text : otherwise;
}

static size_t keep_body(char *data, size_t size, size_t count, void *user) {
  answer *a = user;
  size_t used = strlen(a->body);
  size_t room = sizeof a->body - 1 - used;
  size_t length = size * count;
  memcpy(a->body + used, data, length < room ? length : room);
  return length;
}

static size_t keep_header(char *data, size_t size, size_t count, void *user) {
  answer *a = user;
  const struct {
    const char *name;
    char *value;
    size_t size;
  } kept[] = {{"Date: ", a->date, sizeof a->date},
              {"x-cls-requestid: ", a->request_id, sizeof a->request_id},
              {"Retry-After: ", a->retry_after, sizeof a->retry_after},
              {"Content-Type: ", a->content_type, sizeof a->content_type}};
  size_t length = size * count;
  for (size_t i = 0; i < COUNT_OF(kept); i++) {
    size_t name = strlen(kept[i].name);
    if (length > name + 2 && strncasecmp(data, kept[i].name, name) == 0) {
      snprintf(kept[i].value, kept[i].size, "%.*s", (int)(length - name - 2), data + name);
    }
  }
  return length;
}

static uint8_t *make_body(const upload *what, size_t *length) {
  again_cls_batch *batch;
  again_cls_batch_options options = {.filename = "app.log", .source = "host"};
  assert_int_equal(again_cls_batch_new(&options, &batch), 0);
  const char *text = or_else(what->text, "line");
  again_cls_field field = {"content", 7, text, strlen(text)};
  for (int i = 0; i < (what->logs > 0 ? what->logs : 1); i++)
    assert_int_equal(again_cls_batch_add(batch, 1700000000000, &field, 1), 0);
  uint8_t *raw;
  size_t raw_length;
  assert_int_equal(
      again_cls_batch_encode(batch, 0, again_cls_batch_count(batch), &raw, &raw_length), 0);
  again_cls_batch_free(batch);
  *length = raw_length;
  if (what->plain) return raw;
  int bound = LZ4_compressBound((int)raw_length);
  uint8_t *packed = malloc((size_t)bound);
  assert_non_null(packed);
  *length = (size_t)LZ4_compress_default((char *)raw, (char *)packed, (int)raw_length, bound);
  free(raw);
  return packed;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value) {
  char line[16384];
  if (value[0] == '\0') {
    snprintf(line, sizeof line, "%s:", name);
  } else {
    snprintf(line, sizeof line, "%s: %s", name, value);
  }
  return curl_slist_append(list, line);
}

static struct curl_slist *make_headers(const upload *what, const char *host) {
  again_cls_pair param = {"topic_id", or_else(what->topic, "topic")};
  again_cls_pair signed_headers[] = {
      {"content-type", or_else(what->content_type, "application/x-protobuf")}, {"host", host}};
  int64_t now = (int64_t)time(NULL) + what->skew_s;
  again_cls_signable signable = {.method = "POST",
                                 .path = "/structuredlog",
                                 .params = &param,
                                 .param_count = 1,
                                 .headers = signed_headers,
                                 .header_count = 2,
                                 .start = now - 60,
                                 .end = now + 300};
  char *authorization;
  assert_int_equal(again_cls_sign(or_else(what->secret_id, "AKIDEMULATOR"),
                                  or_else(what->secret_key, "emulator-secret-key"), &signable,
                                  &authorization),
                   0);
  struct curl_slist *list = NULL;
  list = add_header(list, "Authorization", or_else(what->authorization, authorization));
  list = add_header(list, "Content-Type", signed_headers[0].value);
  list = add_header(list, "Expect", "");
  list =
      add_header(list, "x-cls-compress-type", or_else(what->compression, what->plain ? "" : "lz4"));
  free(authorization);
  return list;
}

answer upload_send(const again_emulator *emulator, const upload *what) {
  answer a = {0};
  char host[32];
  char url[256];
  snprintf(host, sizeof host, "127.0.0.1:%u", (unsigned)again_emulator_port(emulator));
  if (what->path != NULL) {
    snprintf(url, sizeof url, "http://%s%s", host, what->path);
  } else {
    snprintf(url, sizeof url, "http://%s/structuredlog?topic_id=%s", host,
             or_else(what->topic, "topic"));
  }
  size_t made_length = 0;
  uint8_t *made = what->body == NULL && !what->empty ? make_body(what, &made_length) : NULL;
  struct curl_slist *headers = make_headers(what, host);
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                   (curl_off_t)(what->body != NULL ? what->body_length : made_length));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                   what->body != NULL ? what->body : (made != NULL ? (void *)made : ""));
  if (what->method != NULL) curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, what->method);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &a);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, keep_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &a);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 10000L);
  a.curl = (int)curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a.status);
  curl_easy_cleanup(easy);
  curl_slist_free_all(headers);
  free(made);
  return a;
}

again_emulator *start_emulator(const again_emulator_options *options) {
  again_emulator *emulator = NULL;
  char why[256];
  int error = again_emulator_start(options, &emulator, why, sizeof why);
  if (error != 0) fail_msg("the emulator did not start: %s", why);
  return emulator;
}

void wait_listening(again_emulator *emulator, bool listening) {
  for (int i = 0; i < 1000; i++) {
    if (again_emulator_stats_get(emulator).listening == listening) return;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
  }
  fail_msg("the port was not %s in 5 seconds", listening ? "opened" : "closed");
}
