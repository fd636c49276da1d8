/* What the options of a client say about its transfers: copied when the client is made, and set on each
 * easy handle. */
#ifndef AGAIN_HTTP_SETUP_H
#define AGAIN_HTTP_SETUP_H

#include <again/http.h>

typedef struct again_http_setup {
  const again_allocator *allocator; /* valid as long as this */
  char *user_agent;
  char *ca_file;
  char *certificate;
  char *key;
  char *key_password;
  char *proxy;
  char *unix_socket;
  struct curl_slist *resolve;
  size_t body_max;
  size_t header_max;
  unsigned header_count_max;
  again_ms idle_timeout;
  uint32_t idle_speed;
  bool fresh_on_retry;
} again_http_setup;

/* Copies the options; AGAIN_ENOMEM, and nothing is kept. */
int again_http_setup_init(again_http_setup *setup, const again_allocator *allocator,
                          const again_http_options *options);
void again_http_setup_free(again_http_setup *setup);

/* What a transfer is given besides the options. */
typedef struct again_http_limits {
  again_ms total;   /* what is left of the attempt's time, by its timeout and the deadline */
  again_ms connect; /* of the policy */
  bool retry;       /* it is not the first attempt */
} again_http_limits;

/* Would what is sent to this URL be read by others on the way: unencrypted, and not on this machine? */
bool again_http_setup_exposes(const again_http_setup *setup, const char *url);

/* The URL whose host is connected to: the proxy's, or the request's; "" for a unix socket. */
const char *again_http_setup_route(const again_http_setup *setup, const char *url);

/* Is there a user in the URL? */
bool again_http_setup_has_user(const char *url);

/* Sets everything that does not depend on the request's body and headers. */
void again_http_setup_apply(const again_http_setup *setup, CURL *easy, const char *url,
                            size_t body_length, again_http_limits limits);

#endif
