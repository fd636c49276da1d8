/* The head of a request for the page of metrics. */
#ifndef AGENT_REQUEST_H
#define AGENT_REQUEST_H

#include <stddef.h>

enum { REQUEST_MAX = 4096 };

typedef struct request {
  char text[REQUEST_MAX]; /* as it came */
  size_t length;
} request;

typedef enum request_state {
  REQUEST_PARTIAL, /* its end has not come */
  REQUEST_OK,      /* GET /metrics, perhaps with a query */
  REQUEST_BAD,
  REQUEST_UNKNOWN, /* another page */
  REQUEST_METHOD,  /* another method */
  REQUEST_LONG     /* there is no room for more */
} request_state;

/* What is it, as far as it has come? Header fields are not looked at. */
request_state request_look(const request *asked);

#endif
