/* The client: endpoint, credentials, topics, and the headers of a request. */
#include "cls/client.h"
#include "cls/sign.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TOPIC_MAX = 128, SIGN_BEFORE_S = 60, SIGN_AFTER_S = 300 };

static const char path[] = "/structuredlog";
static const char content_type[] = "application/x-protobuf";

static char *copy_text(const again_cls *cls, const char *text, size_t length) {
  char *copy = again_resize(&cls->allocator, NULL, length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

static bool is_loopback(const char *host, size_t length) {
  static const char *const names[] = {"localhost", "[::1]"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strlen(names[i]) == length && strncasecmp(host, names[i], length) == 0) return true;
  }
  return length > 4 && strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= length;
}

/* Fills in base and host; false and the reason in `why`. */
static int set_endpoint(again_cls *cls, const char *endpoint, bool allow_plain, char *why,
                        size_t why_size) {
  static const char hint[] = "it must look like https://ap-guangzhou.cls.tencentcs.com";
  if (endpoint == NULL || endpoint[0] == '\0') {
    snprintf(why, why_size, "the endpoint is missing: %s", hint);
    return AGAIN_EINVAL;
  }
  bool https = strncasecmp(endpoint, "https://", 8) == 0;
  if (!https && strncasecmp(endpoint, "http://", 7) != 0) {
    snprintf(why, why_size, "the endpoint \"%.80s\" has no http:// or https:// in front: %s",
             endpoint, hint);
    return AGAIN_EINVAL;
  }
  const char *host = endpoint + (https ? 8 : 7);
  size_t length = strlen(host);
  if (length > 0 && host[length - 1] == '/') length--;
  size_t name = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
  if (name > length) name = length;
  size_t digits = length - name > 0 ? strspn(host + name + 1, "0123456789") : 0;
  bool port = name < length && host[name] == ':' && digits >= 1 && digits <= 5 &&
              name + 1 + digits == length && strtoul(host + name + 1, NULL, 10) <= 65535;
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:";
  if (name == 0 || (name < length && !port) || strspn(host, allowed) < length) {
    snprintf(why, why_size, "the endpoint \"%.80s\" is not a scheme, a host and perhaps a port: %s",
             endpoint, hint);
    return AGAIN_EINVAL;
  }
  if (!https && !allow_plain && !is_loopback(host, name)) {
    snprintf(why, why_size,
             "the endpoint \"%.80s\" would send the signature unencrypted: use https://, or allow "
             "plain http",
             endpoint);
    return AGAIN_EINVAL;
  }
  /* libcurl leaves the scheme's own port out of the Host header. */
  unsigned long number = port ? strtoul(host + name + 1, NULL, 10) : 0;
  bool standard = port && number == (https ? 443u : 80u);
  cls->host = copy_text(cls, host, standard ? name : length);
  size_t size = length + sizeof path + 8;
  cls->base = again_resize(&cls->allocator, NULL, size);
  if (cls->host == NULL || cls->base == NULL) return AGAIN_ENOMEM;
  snprintf(cls->base, size, "%s%.*s%s", https ? "https://" : "http://", (int)length, host, path);
  return 0;
}

static void free_topic(const again_allocator *allocator, again_cls_topic *topic) {
  again_resize(allocator, topic->id, 0);
  again_resize(allocator, topic->url, 0);
  again_resize(allocator, topic, 0);
}

/* In force are others than those that were refused. */
static void credentials_changed(again_cls *cls, bool refreshing) {
  if (refreshing) again_scope_resume(&cls->account);
}

bool again_cls_client_reload(again_cls *cls) {
  if (cls->source.path == NULL) return false;
  char why[512];
  uint64_t before = cls->credentials.generation;
  bool refreshing = cls->credentials.refreshing;
  int error = again_cls_source_reload(&cls->source, &cls->credentials, why, sizeof why);
  bool changed = cls->credentials.generation != before;
  if (changed) credentials_changed(cls, refreshing);
  if (cls->reloaded != NULL && (changed || error != 0)) {
    cls->reloaded(cls->data, cls, error != 0 ? why : NULL);
  }
  return changed;
}

static void on_file_changed(void *data) {
  again_cls_client_reload(data);
}

int again_cls_reload_credentials(again_cls *cls) {
  if (cls->source.path == NULL) return AGAIN_ESTATE;
  again_cls_client_reload(cls);
  return 0;
}

static int check_compression(again_cls_compression wanted, char *why, size_t why_size) {
  if ((unsigned)wanted > AGAIN_CLS_PLAIN) {
    snprintf(why, why_size, "there is no such compression: use lz4, zstd, deflate or none");
    return AGAIN_EINVAL;
  }
  if (!again_cls_compression_built(wanted)) {
    snprintf(why, why_size, "this build cannot compress by %s: use lz4, or build it with %s",
             again_compress_name(wanted), wanted == AGAIN_CLS_ZSTD ? "libzstd" : "zlib");
    return AGAIN_EINVAL;
  }
  return 0;
}

static int scope_open(again_cls *made, char *why, size_t why_size) {
  made->account.name = made->host;
  made->account.kind = AGAIN_DAMAGE_ACCOUNT;
  if (again_scope_init(&made->account, again_uv_sched(again_http_uv(made->http))) == 0) return 0;
  snprintf(why, why_size, "out of memory");
  return AGAIN_ENOMEM;
}

static int set_up(again_cls *made, const again_cls_options *options, char *why, size_t why_size) {
  int error = check_compression(options->compression, why, why_size);
  if (error != 0) return error;
  if (uv_random(NULL, NULL, &made->context, sizeof made->context, 0, NULL) != 0) {
    snprintf(why, why_size, "the system gives no random numbers");
    return AGAIN_ELIBRARY;
  }
  error = set_endpoint(made, options->endpoint, options->allow_plain_http, why, why_size);
  if (error == 0) {
    error = again_cls_source_open(&made->source, options, &made->credentials, why, why_size);
  }
  if (error == 0) error = scope_open(made, why, why_size);
  if (error == 0) {
    error = again_cls_source_watch(&made->source, again_http_uv(made->http), on_file_changed, made,
                                   why, why_size);
  }
  if (error == AGAIN_ENOMEM) snprintf(why, why_size, "out of memory");
  return error;
}

int again_cls_new(again_http *http, const again_cls_options *options, again_cls **cls, char *why,
                  size_t why_size) {
  char unseen[1];
  if (why == NULL) {
    why = unseen;
    why_size = sizeof unseen;
  }
  const again_allocator *allocator = again_uv_allocator(again_http_uv(http));
  again_cls *made = again_take_zeroed(allocator, sizeof *made);
  if (made == NULL) {
    snprintf(why, why_size, "out of memory");
    return AGAIN_ENOMEM;
  }
  made->http = http;
  made->allocator = *allocator;
  made->credentials.allocator = &made->allocator;
  made->scratch.allocator = &made->allocator;
  made->compression = options->compression;
  made->content_splits = options->content_splits;
  made->reloaded = options->reloaded;
  made->refresh = options->refresh;
  made->data = options->data;
  int error = set_up(made, options, why, why_size);
  if (error != 0) {
    again_cls_free(made);
    return error;
  }
  *cls = made;
  return 0;
}

int again_cls_free(again_cls *cls) {
  if (cls == NULL) return 0;
  if (cls->uploads != 0) return AGAIN_ESTATE;
  while (cls->topics != NULL) {
    again_cls_topic *topic = cls->topics;
    cls->topics = topic->next;
    again_scope_fini(&topic->scope);
    free_topic(&cls->allocator, topic);
  }
  if (cls->account.own.sched != NULL) again_scope_fini(&cls->account);
  again_resize(&cls->allocator, cls->base, 0);
  again_resize(&cls->allocator, cls->host, 0);
  again_cls_source_end(&cls->source);
  again_cls_credentials_clear(&cls->credentials);
  again_scratch_free(&cls->scratch);
  again_allocator allocator = cls->allocator;
  again_resize(&allocator, cls, 0);
  return 0;
}

int again_cls_set_credentials(again_cls *cls, const char *secret_id, const char *secret_key,
                              const char *token, char *why, size_t why_size) {
  char unseen[1];
  if (why == NULL) {
    why = unseen;
    why_size = sizeof unseen;
  }
  bool refreshing = cls->credentials.refreshing;
  int error =
      again_cls_credentials_set(&cls->credentials, secret_id, secret_key, token, why, why_size);
  if (error == 0) credentials_changed(cls, refreshing);
  return error;
}

void again_cls_refresh_failed(again_cls *cls) {
  if (!cls->credentials.refreshing) return;
  cls->credentials.refreshing = false;
  again_scope_resume(&cls->account);
}

int again_cls_topic_open(again_cls *cls, const char *topic_id, again_cls_topic **topic) {
  size_t length = strlen(topic_id);
  if (length == 0 || length > TOPIC_MAX) return AGAIN_EINVAL;
  for (again_cls_topic *known = cls->topics; known != NULL; known = known->next) {
    if (strcmp(known->id, topic_id) == 0) {
      *topic = known;
      return 0;
    }
  }
  again_cls_topic *made = again_take_zeroed(&cls->allocator, sizeof *made);
  char *encoded = curl_easy_escape(NULL, topic_id, (int)length);
  if (made != NULL && encoded != NULL) {
    size_t size = strlen(cls->base) + strlen(encoded) + sizeof "?topic_id=";
    made->id = copy_text(cls, topic_id, length);
    made->url = again_resize(&cls->allocator, NULL, size);
    if (made->url != NULL) snprintf(made->url, size, "%s?topic_id=%s", cls->base, encoded);
  }
  curl_free(encoded);
  if (made == NULL || made->id == NULL || made->url == NULL) {
    if (made != NULL) free_topic(&cls->allocator, made);
    return AGAIN_ENOMEM;
  }
  made->cls = cls;
  made->scope.name = made->id;
  made->scope.kind = AGAIN_DAMAGE_TOPIC;
  made->scope.parent = &cls->account;
  made->scope.data = made;
  if (again_scope_init(&made->scope, again_uv_sched(again_http_uv(cls->http))) != 0) {
    free_topic(&cls->allocator, made);
    return AGAIN_ENOMEM;
  }
  made->next = cls->topics;
  cls->topics = made;
  *topic = made;
  return 0;
}

void again_cls_topic_more(again_cls_topic *topic, bool more) {
  topic->scope.more = more;
}

const char *again_cls_topic_id(const again_cls_topic *topic) {
  return topic->id;
}

int64_t again_cls_clock_skew(const again_cls *cls) {
  return cls->clock.skew_ms;
}

again_cls_compression again_cls_compression_used(const again_cls *cls) {
  const again_cls_compression choices[] = {cls->compression, AGAIN_CLS_LZ4};
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    if ((cls->compressions_refused & 1u << choices[i]) == 0) return choices[i];
  }
  return AGAIN_CLS_PLAIN;
}

void again_cls_client_refused(again_cls *cls, again_cls_compression compression) {
  if (compression != AGAIN_CLS_PLAIN) cls->compressions_refused |= 1u << compression;
}

int again_cls_client_headers(const again_cls_topic *topic, const char *compression, int64_t wall_ms,
                             again_http_attempt *attempt) {
  const again_cls *cls = topic->cls;
  again_cls_pair param = {"topic_id", topic->id};
  again_cls_pair headers[3] = {{"Content-Type", content_type}, {"Host", cls->host}};
  size_t count = 2;
  if (compression != NULL) headers[count++] = (again_cls_pair){"x-cls-compress-type", compression};
  int64_t now = wall_ms / 1000;
  again_cls_signable signable = {.method = "POST",
                                 .path = path,
                                 .params = &param,
                                 .param_count = 1,
                                 .headers = headers,
                                 .header_count = count,
                                 .start = now - SIGN_BEFORE_S,
                                 .end = now + SIGN_AFTER_S};
  char *authorization;
  int error = again_cls_sign_with(&cls->allocator, cls->credentials.id, cls->credentials.key,
                                  &signable, &authorization);
  if (error != 0) return error;
  error = again_http_header(attempt, "Authorization", authorization);
  again_resize(&cls->allocator, authorization, 0);
  /* Host is libcurl's to send. */
  for (size_t i = 0; error == 0 && i < count; i++) {
    if (i != 1) error = again_http_header(attempt, headers[i].key, headers[i].value);
  }
  if (error == 0 && cls->credentials.token != NULL) {
    error = again_http_header(attempt, "X-Cls-Token", cls->credentials.token);
  }
  return error;
}
