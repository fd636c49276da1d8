/* libcurl's multi interface on a libuv loop.
 *
 * curl says which sockets to watch and when it wants to be called (CURLMOPT_SOCKETFUNCTION,
 * CURLMOPT_TIMERFUNCTION); the pump tells it what happened (curl_multi_socket_action) and takes out
 * what has finished. Three things are not as the manual's example has them:
 *
 * - Removal is lazy. curl asks to stop watching at the end of every transfer and to watch again at
 *   the next one on the same connection. The poll stays registered in between, which saves six
 *   epoll_ctl a request; an event on an idle one stops it. It is closed in CURLOPT_CLOSESOCKETFUNCTION,
 *   before the descriptor's number can be reused.
 * - One kick for a batch of adds, in the same turn of the loop, instead of waiting for curl's timer
 *   of 0 ms to go round once more.
 * - Nothing that curl forbids inside its callbacks is done there: they only start and stop handles. */
#ifndef AGAIN_HTTP_PUMP_H
#define AGAIN_HTTP_PUMP_H

#include <again/host.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

typedef struct again_http_socket again_http_socket;

typedef struct again_http_pump {
  const again_allocator *allocator; /* valid until it is closed */
  uv_loop_t *loop;
  CURLM *multi;
  uv_timer_t timer;
  uv_prepare_t kick;
  again_http_socket **sockets; /* by descriptor */
  size_t socket_room;
  unsigned open_handles;
  bool closing;
  void (*finished)(void *data, CURL *easy, CURLcode result);
  void (*closed)(void *data);
  void *data;
} again_http_pump;

/* `finished` is called for each transfer that ended, already out of the multi handle. */
int again_http_pump_init(again_http_pump *pump, const again_allocator *allocator, uv_loop_t *loop,
                         long connections,
                         void (*finished)(void *data, CURL *easy, CURLcode result), void *data);

/* Sets the options that tie an easy handle to the pump. */
void again_http_pump_bind(again_http_pump *pump, CURL *easy);

/* Not inside a callback of curl's. Adding returns false if curl refuses. */
bool again_http_pump_add(again_http_pump *pump, CURL *easy);
void again_http_pump_remove(again_http_pump *pump, CURL *easy);

/* Closes connections and handles; `closed` is called when the loop has let go of all. */
void again_http_pump_close(again_http_pump *pump, void (*closed)(void *data));

#endif
