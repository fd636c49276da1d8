/* What a failed transfer means where libcurl's code says too little, and what to do about it. */
#ifndef AGAIN_HTTP_ADVICE_H
#define AGAIN_HTTP_ADVICE_H

#include <again/http.h>

typedef struct again_http_advice {
  again_fault fault;
  const char *text; /* static: what is wrong, and what to do */
  bool unseen;      /* the service behind it never saw the request */
} again_http_advice;

/* `detail`: what CURLOPT_ERRORBUFFER was given. NULL: nothing better is known than the code. */
const again_http_advice *again_http_advise(CURL *easy, CURLcode result, const char *detail);

#endif
