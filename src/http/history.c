#include "http/history.h"
#include <openssl/ssl.h>
#include <string.h>

/* "TLSv1.3", or "" without TLS, or with a TLS library that is not OpenSSL. Only while the connection is
 * in use. */
static const char *tls_version(CURL *easy) {
  struct curl_tlssessioninfo *session = NULL;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
      session->backend != CURLSSLBACKEND_OPENSSL || session->internals == NULL) {
    return "";
  }
  return SSL_get_version(session->internals);
}

/* A connection is there, and libcurl is about to send the request over it. It is called again if the
 * connection was a kept one that turned out to be dead: libcurl sends the request anew by itself then,
 * though the server may have read it the first time. */
static int on_about_to_send(void *data, char *remote, char *local, int remote_port,
                            int local_port) {
  again_http_notes *notes = data;
  (void)local;
  (void)local_port;
  if (notes->transfers++ > 0 && notes->once) return CURL_PREREQFUNC_ABORT;
  if (!notes->wanted) return CURL_PREREQFUNC_OK;
  size_t length = remote != NULL ? strlen(remote) : 0;
  if (length >= sizeof notes->address) length = sizeof notes->address - 1;
  if (length > 0) memcpy(notes->address, remote, length);
  notes->address[length] = '\0';
  notes->port = remote_port;
  notes->tls = tls_version(notes->easy);
  return CURL_PREREQFUNC_OK;
}

void again_http_notes_begin(again_http_notes *notes, CURL *easy, bool once, bool wanted) {
  *notes = (again_http_notes){.easy = easy, .once = once, .wanted = wanted, .tls = ""};
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_about_to_send);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, notes);
}

unsigned again_http_notes_resends(const again_http_notes *notes) {
  return notes->transfers > 1 ? notes->transfers - 1 : 0;
}

static uint64_t number(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value > 0 ? (uint64_t)value : 0;
}

/* libcurl sends a body of less than this together with the headers, and counts it with them. */
enum { SENT_WITH_HEADERS = 64 * 1024 };

static uint64_t bytes_up(CURL *easy, uint64_t body_length) {
  long sent = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
  uint64_t body = body_length < SENT_WITH_HEADERS ? 0 : number(easy, CURLINFO_SIZE_UPLOAD_T);
  return (uint64_t)sent + body;
}

void again_http_notes_record(const again_http_notes *notes, uint64_t body_length,
                             uint64_t header_bytes, again_http_record *record) {
  CURL *easy = notes->easy;
  long connects = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
  memcpy(record->address, notes->address, sizeof record->address);
  record->port = notes->port;
  record->tls = notes->tls;
  unsigned resends = again_http_notes_resends(notes);
  record->resends = notes->once ? 0 : resends;
  record->reused = notes->transfers > 0 && (connects == 0 || resends > 0);
  record->bytes_up = bytes_up(easy, body_length);
  record->bytes_down = header_bytes + number(easy, CURLINFO_SIZE_DOWNLOAD_T);
  record->resolved_us = number(easy, CURLINFO_NAMELOOKUP_TIME_T);
  record->connected_us = number(easy, CURLINFO_CONNECT_TIME_T);
  record->secured_us = number(easy, CURLINFO_APPCONNECT_TIME_T);
  record->answered_us = number(easy, CURLINFO_STARTTRANSFER_TIME_T);
  record->total_us = number(easy, CURLINFO_TOTAL_TIME_T);
}
