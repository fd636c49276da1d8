#include "http/setup.h"
#include <again/version.h>
#include <limits.h>
#include <stdlib.h>
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

static bool copy(char **to, const char *text) {
  if (text == NULL) return true;
  *to = strdup(text);
  return *to != NULL;
}

int again_http_setup_init(again_http_setup *setup, const again_http_options *options) {
  *setup = (again_http_setup){
      .body_max = options->body_max != 0 ? options->body_max : BODY_MAX,
      .header_max = options->header_max != 0 ? options->header_max : HEADER_MAX,
      .header_count_max =
          options->header_count_max != 0 ? options->header_count_max : HEADER_COUNT_MAX,
      .idle_timeout = options->idle_timeout != 0 ? options->idle_timeout : IDLE_MS,
      .idle_speed = options->idle_speed != 0 ? options->idle_speed : IDLE_SPEED,
      .fresh_on_retry = options->fresh_on_retry};
  const char *user_agent =
      options->user_agent != NULL ? options->user_agent : "again/" AGAIN_VERSION;
  if (copy(&setup->user_agent, user_agent) && copy(&setup->ca_file, options->ca_file)) return 0;
  again_http_setup_free(setup);
  return AGAIN_ENOMEM;
}

void again_http_setup_free(again_http_setup *setup) {
  free(setup->user_agent);
  free(setup->ca_file);
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
}

void again_http_setup_apply(const again_http_setup *setup, CURL *easy, const char *url,
                            size_t body_length, again_http_limits limits) {
  bool plain = strncasecmp(url, "http://", 7) == 0;
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, setup->user_agent);
  apply_times(setup, easy, limits);
  apply_tls(setup, easy);
  /* A proxy of the environment would read what is sent without TLS. */
  if (plain) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  if (limits.retry && setup->fresh_on_retry) curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  /* An answer that comes before the body is sent ends the connection, unless the rest is sent in
     vain: that costs less than another TLS handshake as long as the rest is short. */
  if (!plain && body_length <= KEEP_SENDING_MAX) {
    curl_easy_setopt(easy, CURLOPT_KEEP_SENDING_ON_ERROR, 1L);
  }
}
