/* From a finished transfer to an outcome. */
#include <again/http.h>
#include <string.h>

static const struct {
  const char *name;
  again_fault fault;
} results[] = {
#define R(name, fault) [CURLE_##name] = {"CURLE_" #name, AGAIN_FAULT_##fault},
#include "http/results.def"
#undef R
};

static bool is_known(CURLcode result) {
  return (size_t)result < sizeof results / sizeof *results && results[result].name != NULL;
}

again_fault again_http_fault(CURLcode result) {
  /* A code newer than the table: an exchange that libcurl did not like, as good as any guess. */
  return is_known(result) ? results[result].fault : AGAIN_FAULT_PROTOCOL;
}

const char *again_http_result_name(CURLcode result) {
  return is_known(result) ? results[result].name : "CURLE_?";
}

/* The longest of what one header asks for: a service that names it twice is left alone until the
 * later time. */
static again_ms hint_of_kind(CURL *easy, again_hint_kind kind, int64_t wall) {
  again_ms longest = 0;
  struct curl_header *header;
  const char *name = again_hint_kind_name(kind);
  for (size_t i = 0; curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++) {
    again_ms hint = 0;
    again_hint_parse(kind, header->value, strlen(header->value), wall, &hint);
    if (hint > longest) longest = hint;
  }
  return longest;
}

/* The longest of what the answer's headers ask for. */
static again_ms hint_of(CURL *easy, long status, int64_t wall) {
  again_ms longest = 0;
  for (int kind = 0; kind < AGAIN_HINT_COUNT; kind++) {
    if (!again_hint_counts((again_hint_kind)kind, (int)status)) continue;
    again_ms hint = hint_of_kind(easy, (again_hint_kind)kind, wall);
    if (hint > longest) longest = hint;
  }
  return longest;
}

/* What the service may have seen of a request that got no answer. */
static again_effect effect_of(again_fault fault, bool sent) {
  if (!sent) return AGAIN_EFFECT_NOT_APPLIED;
  again_effect effect = again_effect_of_fault(fault);
  return effect == AGAIN_EFFECT_NOT_APPLIED ? AGAIN_EFFECT_MAYBE_APPLIED : effect;
}

again_outcome again_http_outcome(CURL *easy, CURLcode result, int64_t wall) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  /* A final status that came is the service's word, even if the rest of the answer broke off; but a
     success is not believed by halves: it is tried again, perhaps once too often. */
  bool half_success = status >= 200 && status < 300 && result != CURLE_OK;
  if (status >= 200 && !half_success) {
    return (again_outcome){.status = (int)status,
                           .effect = again_effect_of_status((int)status),
                           .hint = hint_of(easy, status, wall)};
  }
  again_fault fault = again_http_fault(result);
  long bytes_sent = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &bytes_sent);
  /* Done, and yet no status. Or libcurl blames the set-up for what the server sent: an answer that
     is no HTTP is CURLE_UNSUPPORTED_PROTOCOL to it, but a wrong set-up sends nothing. */
  if (fault == AGAIN_FAULT_NONE || (fault == AGAIN_FAULT_CONFIG && bytes_sent > 0)) {
    fault = AGAIN_FAULT_PROTOCOL;
  }
  return (again_outcome){.fault = fault,
                         .status = half_success ? (int)status : 0,
                         .code = again_http_result_name(result),
                         .message = curl_easy_strerror(result),
                         .effect = effect_of(fault, bytes_sent > 0)};
}
