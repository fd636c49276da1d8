#include "http/gate.h"
#include "http/attempt.h"
#include <string.h>
#include <strings.h>

/* libcurl keeps an address for 60 s. */
enum { KNOWN_MS = 50 * 1000 };

struct again_http_host {
  again_http_attempt *first; /* resolves the name */
  again_http_attempt *waiting;
  again_http_attempt *last; /* of those */
  again_ms known_until;
  unsigned users; /* attempts that refer to it */
  again_http_host *next;
  size_t length;
  char name[];
};

/* ---- Hosts ------------------------------------------------------------------------------------- */

/* The host in a URL, if it is a name that has to be resolved: no address, and not localhost, which
 * libcurl knows. */
static const char *name_in(const char *url, size_t *length) {
  const char *at = strstr(url, "://");
  at = at != NULL ? at + 3 : url;
  const char *end = at + strcspn(at, "/?#");
  for (const char *c = at; c < end; c++) {
    if (*c == '@') at = c + 1;
  }
  *length = strcspn(at, ":/?#");
  bool address = *length == 0 || at[0] == '[' || strspn(at, "0123456789.") >= *length;
  bool local = *length == 9 && strncasecmp(at, "localhost", 9) == 0;
  return address || local ? NULL : at;
}

/* Forgets the hosts that nobody goes to any more. */
static void forget(again_http_gate *gate, again_ms now) {
  again_http_host **at = &gate->hosts;
  while (*at != NULL) {
    again_http_host *host = *at;
    if (host->users > 0 || now < host->known_until) {
      at = &host->next;
    } else {
      *at = host->next;
      again_resize(gate->allocator, host, 0);
    }
  }
}

static again_http_host *host_of(again_http_gate *gate, const char *name, size_t length,
                                again_ms now) {
  for (again_http_host *host = gate->hosts; host != NULL; host = host->next) {
    if (host->length == length && strncasecmp(host->name, name, length) == 0) return host;
  }
  forget(gate, now);
  again_http_host *made = again_take_zeroed(gate->allocator, sizeof *made + length);
  if (made == NULL) return NULL;
  memcpy(made->name, name, length);
  made->length = length;
  made->next = gate->hosts;
  gate->hosts = made;
  return made;
}

/* ---- Those who wait ---------------------------------------------------------------------------- */

static void push(again_http_host *host, again_http_attempt *attempt) {
  attempt->place.waiting = true;
  attempt->place.next = NULL;
  if (host->waiting == NULL) {
    host->waiting = attempt;
  } else {
    host->last->place.next = attempt;
  }
  host->last = attempt;
}

static void unlink_waiting(again_http_host *host, again_http_attempt *attempt) {
  again_http_attempt *before = NULL;
  again_http_attempt **at = &host->waiting;
  while (*at != attempt) {
    before = *at;
    at = &before->place.next;
  }
  *at = attempt->place.next;
  if (host->last == attempt) host->last = before;
  attempt->place.waiting = false;
}

static again_http_attempt *pop(again_http_host *host) {
  again_http_attempt *attempt = host->waiting;
  unlink_waiting(host, attempt);
  return attempt;
}

static void refuse(again_http_gate *gate, again_http_host *host, again_http_attempt *attempt,
                   CURLcode result) {
  unlink_waiting(host, attempt);
  attempt->place.host = NULL;
  host->users--;
  gate->fail(attempt, result);
}

static void fail_late(again_http_gate *gate, again_http_host *host, again_ms now) {
  again_http_attempt *next;
  for (again_http_attempt *attempt = host->waiting; attempt != NULL; attempt = next) {
    next = attempt->place.next;
    if (attempt->place.deadline > now) continue;
    refuse(gate, host, attempt, CURLE_OPERATION_TIMEDOUT);
  }
}

static void let_go(again_http_gate *gate, again_http_host *host, again_ms now) {
  while (host->waiting != NULL && (now < host->known_until || host->first == NULL)) {
    again_http_attempt *attempt = pop(host);
    if (now >= host->known_until) host->first = attempt;
    gate->go(attempt);
  }
}

static void on_timer(uv_timer_t *timer);

static void arm(again_http_gate *gate, again_ms now, again_ms at) {
  gate->armed = at;
  uv_timer_start(&gate->timer, on_timer, at > now ? at - now : 0, 0);
}

static void on_timer(uv_timer_t *timer) {
  again_http_gate *gate = timer->data;
  again_ms now = again_uv_now(gate->uv);
  again_ms earliest = AGAIN_NEVER;
  for (again_http_host *host = gate->hosts; host != NULL; host = host->next) {
    fail_late(gate, host, now);
    let_go(gate, host, now);
    for (const again_http_attempt *attempt = host->waiting; attempt != NULL;
         attempt = attempt->place.next) {
      if (attempt->place.deadline < earliest) earliest = attempt->place.deadline;
    }
  }
  if (earliest != AGAIN_NEVER) arm(gate, now, earliest);
}

/* ---- The gate ---------------------------------------------------------------------------------- */

bool again_http_gate_enter(again_http_gate *gate, again_http_attempt *attempt, const char *url,
                           again_ms deadline) {
  size_t length;
  const char *name = name_in(url, &length);
  attempt->place = (again_http_place){.gate = gate, .deadline = deadline};
  if (name == NULL) return true;
  again_ms now = again_uv_now(gate->uv);
  again_http_host *host = host_of(gate, name, length, now);
  attempt->place.host = host;
  if (host == NULL) return true;
  host->users++;
  if (now < host->known_until) return true;
  if (host->first == NULL) {
    host->first = attempt;
    return true;
  }
  push(host, attempt);
  bool armed = uv_is_active((uv_handle_t *)&gate->timer);
  if (!armed || deadline < gate->armed) arm(gate, now, deadline);
  return false;
}

static void known(again_http_attempt *attempt) {
  again_http_host *host = attempt->place.host;
  again_ms now = again_uv_now(attempt->place.gate->uv);
  host->known_until = again_ms_add(now, KNOWN_MS);
  if (host->first == attempt) host->first = NULL;
  if (host->waiting != NULL) arm(attempt->place.gate, now, now);
}

/* libcurl has an address, and a socket to connect to it. Inside libcurl: only a timer is started. */
static int on_socket(void *data, curl_socket_t fd, curlsocktype purpose) {
  (void)fd;
  (void)purpose;
  known(data);
  return CURL_SOCKOPT_OK;
}

void again_http_gate_watch(again_http_attempt *attempt) {
  if (attempt->place.host == NULL || attempt->place.host->first != attempt) return;
  curl_easy_setopt(attempt->easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
  curl_easy_setopt(attempt->easy, CURLOPT_SOCKOPTDATA, attempt);
}

static void fail_all(again_http_gate *gate, again_http_host *host, CURLcode result) {
  while (host->waiting != NULL)
    refuse(gate, host, host->waiting, result);
}

void again_http_gate_leave(again_http_attempt *attempt, CURLcode result) {
  again_http_host *host = attempt->place.host;
  if (host == NULL) return;
  again_http_gate *gate = attempt->place.gate;
  bool first = host->first == attempt;
  if (attempt->place.waiting) {
    unlink_waiting(host, attempt);
  } else if (again_http_fault(result) == AGAIN_FAULT_RESOLVE) {
    host->known_until = 0;
    if (first) host->first = NULL;
    if (first) fail_all(gate, host, result);
  } else if (result == CURLE_OK) {
    known(attempt);
  } else if (first) {
    host->first = NULL;
    if (host->waiting != NULL) arm(gate, 0, 0);
  }
  attempt->place.host = NULL;
  host->users--;
}

void again_http_gate_init(again_http_gate *gate, const again_allocator *allocator, again_uv *uv,
                          void (*go)(again_http_attempt *),
                          void (*fail)(again_http_attempt *, CURLcode)) {
  *gate = (again_http_gate){.allocator = allocator, .uv = uv, .go = go, .fail = fail};
  uv_timer_init(again_uv_loop(uv), &gate->timer);
  gate->timer.data = gate;
}

static void on_closed(uv_handle_t *handle) {
  again_http_gate *gate = handle->data;
  gate->closed(gate->data);
}

void again_http_gate_close(again_http_gate *gate, void (*closed)(void *data), void *data) {
  while (gate->hosts != NULL) {
    again_http_host *host = gate->hosts;
    gate->hosts = host->next;
    again_resize(gate->allocator, host, 0);
  }
  gate->closed = closed;
  gate->data = data;
  uv_close((uv_handle_t *)&gate->timer, on_closed);
}
