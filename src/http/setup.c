#include "http/setup.h"
#include <again/version.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

enum {
  BODY_MAX = 64 * 1024,
  HEADER_MAX = 256 * 1024,
  HEADER_COUNT_MAX = 256,
  IDLE_MS = 20 * 1000,
  IDLE_SPEED = 16,
  KEEP_SENDING_MAX = 1024 * 1024
};

/* ---- Copies of the options --------------------------------------------------------------------- */

static bool copy(const again_http_setup *setup, char **to, const char *text) {
  if (text == NULL) return true;
  *to = again_take_text(setup->allocator, text);
  return *to != NULL;
}

static bool copy_list(struct curl_slist **to, const char *const *texts) {
  for (; texts != NULL && *texts != NULL; texts++) {
    struct curl_slist *grown = curl_slist_append(*to, *texts);
    if (grown == NULL) return false;
    *to = grown;
  }
  return true;
}

int again_http_setup_init(again_http_setup *setup, const again_allocator *allocator,
                          const again_http_options *options) {
  *setup = (again_http_setup){
      .allocator = allocator,
      .body_max = options->body_max != 0 ? options->body_max : BODY_MAX,
      .header_max = options->header_max != 0 ? options->header_max : HEADER_MAX,
      .header_count_max =
          options->header_count_max != 0 ? options->header_count_max : HEADER_COUNT_MAX,
      .idle_timeout = options->idle_timeout != 0 ? options->idle_timeout : IDLE_MS,
      .idle_speed = options->idle_speed != 0 ? options->idle_speed : IDLE_SPEED,
      .fresh_on_retry = options->fresh_on_retry};
  const char *user_agent =
      options->user_agent != NULL ? options->user_agent : "again/" AGAIN_VERSION;
  if (copy(setup, &setup->user_agent, user_agent) &&
      copy(setup, &setup->ca_file, options->ca_file) &&
      copy(setup, &setup->certificate, options->certificate) &&
      copy(setup, &setup->key, options->key) &&
      copy(setup, &setup->key_password, options->key_password) &&
      copy(setup, &setup->proxy, options->proxy) &&
      copy(setup, &setup->unix_socket, options->unix_socket) &&
      copy_list(&setup->resolve, options->resolve)) {
    return 0;
  }
  again_http_setup_free(setup);
  return AGAIN_ENOMEM;
}

/* Overwrites a secret; volatile, or the compiler leaves it out. */
static void wipe(char *text) {
  for (volatile char *c = text; *c != '\0'; c++)
    *c = '\0';
}

void again_http_setup_free(again_http_setup *setup) {
  if (setup->key_password != NULL) wipe(setup->key_password);
  again_resize(setup->allocator, setup->user_agent, 0);
  again_resize(setup->allocator, setup->ca_file, 0);
  again_resize(setup->allocator, setup->certificate, 0);
  again_resize(setup->allocator, setup->key, 0);
  again_resize(setup->allocator, setup->key_password, 0);
  again_resize(setup->allocator, setup->proxy, 0);
  again_resize(setup->allocator, setup->unix_socket, 0);
  curl_slist_free_all(setup->resolve);
}

/* ---- On an easy handle ------------------------------------------------------------------------- */

static long clip(again_ms ms) {
  if (ms < 1) return 1;
  return ms < INT_MAX ? (long)ms : INT_MAX;
}

static void apply_times(const again_http_setup *setup, CURL *easy, again_http_limits limits) {
  again_ms connect = limits.connect < limits.total ? limits.connect : limits.total;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, clip(limits.total));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, clip(connect));
  /* libcurl counts in whole seconds, and what cannot end an attempt earlier is not worth its timer. */
  if (setup->idle_timeout >= limits.total) return;
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)setup->idle_speed);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)((setup->idle_timeout + 999) / 1000));
}

static void apply_tls(const again_http_setup *setup, CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (setup->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, setup->ca_file);
  if (setup->certificate == NULL) return;
  curl_easy_setopt(easy, CURLOPT_SSLCERT, setup->certificate);
  curl_easy_setopt(easy, CURLOPT_SSLKEY, setup->key != NULL ? setup->key : setup->certificate);
  /* Without one OpenSSL would ask for it at the terminal. */
  curl_easy_setopt(easy, CURLOPT_KEYPASSWD, setup->key_password != NULL ? setup->key_password : "");
}

static bool is_plain(const char *url) {
  return strncasecmp(url, "https://", 8) != 0;
}

/* How a connection is made. */
static void apply_route(const again_http_setup *setup, CURL *easy, const char *url) {
  if (setup->resolve != NULL) curl_easy_setopt(easy, CURLOPT_RESOLVE, setup->resolve);
  if (setup->unix_socket != NULL) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, setup->unix_socket);
  }
  if (setup->proxy == NULL) {
    /* A proxy of the environment would read what is sent without TLS. */
    if (is_plain(url)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    return;
  }
  curl_easy_setopt(easy, CURLOPT_PROXY, setup->proxy);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); /* not the environment's */
  curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (setup->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, setup->ca_file);
}

/* One part of a URL by libcurl's own reading: no other could be trusted to name the same host. NULL: there
 * is none. Free it with curl_free. */
static char *part_of(const char *url, CURLUPart what) {
  CURLU *parts = curl_url();
  char *part = NULL;
  if (parts == NULL || curl_url_set(parts, CURLUPART_URL, url, CURLU_GUESS_SCHEME) != CURLUE_OK ||
      curl_url_get(parts, what, &part, 0) != CURLUE_OK) {
    part = NULL;
  }
  curl_url_cleanup(parts);
  return part;
}

static bool is_loopback(const char *url) {
  char *host = part_of(url, CURLUPART_HOST);
  if (host == NULL) return false;
  bool loopback = strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
                  (strncmp(host, "127.", 4) == 0 && host[strspn(host, "0123456789.")] == '\0');
  curl_free(host);
  return loopback;
}

bool again_http_setup_has_user(const char *url) {
  if (strchr(url, '@') == NULL) return false;
  char *user = part_of(url, CURLUPART_USER);
  curl_free(user);
  return user != NULL;
}

const char *again_http_setup_route(const again_http_setup *setup, const char *url) {
  if (setup->unix_socket != NULL) return "";
  return setup->proxy != NULL && setup->proxy[0] != '\0' ? setup->proxy : url;
}

bool again_http_setup_exposes(const again_http_setup *setup, const char *url) {
  if (!is_plain(url) || setup->unix_socket != NULL) return false;
  return (setup->proxy != NULL && setup->proxy[0] != '\0') || !is_loopback(url);
}

void again_http_setup_apply(const again_http_setup *setup, CURL *easy, const char *url,
                            size_t body_length, again_http_limits limits) {
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, setup->user_agent);
  apply_times(setup, easy, limits);
  apply_tls(setup, easy);
  apply_route(setup, easy, url);
#if LIBCURL_VERSION_NUM >= 0x075700
  /* A transfer that is ended while its name is being resolved would block the loop until it is. */
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
  if (limits.retry && setup->fresh_on_retry) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  /* An answer that comes before the body is sent ends the connection, unless the rest is sent in
     vain: that costs less than another TLS handshake as long as the rest is short. */
  if (!is_plain(url) && body_length <= KEEP_SENDING_MAX) {
    curl_easy_setopt(easy, CURLOPT_KEEP_SENDING_ON_ERROR, 1L);
  }
}
