#include "http/advice.h"
#include <openssl/x509_vfy.h>
#include <string.h>

/* ---- A certificate of the server that does not verify, by OpenSSL's reason ----------------------- */

#define UNTRUSTED(text)                                                                            \
  { AGAIN_FAULT_VERIFY, text, true }
#define NO_ISSUER                                                                                  \
  UNTRUSTED(                                                                                       \
      "the server's certificate is signed by nobody this client trusts: if it is right, name "     \
      "its issuer in ca_file")

static const struct {
  long reason;
  again_http_advice advice;
} certificates[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED,
     UNTRUSTED(
         "the server's certificate has expired: have it renewed, or set this machine's clock")},
    {X509_V_ERR_CERT_NOT_YET_VALID,
     UNTRUSTED("the server's certificate is not valid yet: set this machine's clock")},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, NO_ISSUER},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, NO_ISSUER},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, NO_ISSUER},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, NO_ISSUER},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, NO_ISSUER},
};

static const again_http_advice other_host =
    UNTRUSTED("the server's certificate is for another host: use the name that it was made for");

static const again_http_advice *of_certificate(CURL *easy, const char *detail) {
  long reason = X509_V_OK;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &reason);
  for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++) {
    if (certificates[i].reason == reason) return &certificates[i].advice;
  }
  return strstr(detail, "host name") != NULL ? &other_host : NULL;
}

/* ---- A handshake that the other end refused, by OpenSSL's words ---------------------------------- */

/* libcurl has one code for all of them, that of a passing fault; these do not pass. */
#define SET_UP(text)                                                                               \
  { AGAIN_FAULT_CONFIG, text, true }
#define TOO_OLD SET_UP("the server speaks no TLS 1.2 or later: have it updated")
#define NOT_ACCEPTED                                                                               \
  SET_UP(                                                                                          \
      "the server does not accept the client certificate: check certificate and key, or have it "  \
      "renewed")

static const struct {
  const char *words;
  again_http_advice advice;
} handshakes[] = {
    {"certificate required",
     SET_UP("the server wants a client certificate: set certificate and key")},
    {"alert handshake failure",
     SET_UP(
         "the server refused the TLS handshake: it wants a client certificate (set certificate and "
         "key), or shares no cipher")},
    {"alert protocol version", TOO_OLD},
    {"unsupported protocol", TOO_OLD},
    {"wrong version number",
     SET_UP("what listens on this port does not speak TLS: check the port and https://")},
    {"alert bad certificate", NOT_ACCEPTED},
    {"alert certificate expired", NOT_ACCEPTED},
    {"alert certificate revoked", NOT_ACCEPTED},
    {"alert unsupported certificate", NOT_ACCEPTED},
    {"alert certificate unknown", NOT_ACCEPTED},
    {"alert unknown ca", NOT_ACCEPTED},
};

static const again_http_advice *of_handshake(const char *detail) {
  for (size_t i = 0; i < sizeof handshakes / sizeof *handshakes; i++) {
    if (strstr(detail, handshakes[i].words) != NULL) return &handshakes[i].advice;
  }
  return NULL;
}

/* ---- A proxy that did not let the request through ------------------------------------------------ */

static const again_http_advice *of_proxy(CURL *easy) {
  static const again_http_advice login =
      SET_UP("the proxy wants credentials: set them in its URL, http://user:password@host:port");
  static const again_http_advice refused = {AGAIN_FAULT_CONNECT,
                                            "the proxy did not make the connection", true};
  long answer = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &answer);
  if (answer == 407) return &login;
  return answer >= 300 ? &refused : NULL;
}

const again_http_advice *again_http_advise(CURL *easy, CURLcode result, const char *detail) {
  static const again_http_advice own_certificate = SET_UP(
      "the client certificate or its key cannot be used: check certificate, key and key_password");
  static const again_http_advice no_ca_file =
      SET_UP("the file of trusted certificates cannot be used: check ca_file");
  static const again_http_advice unresolved = {
      AGAIN_FAULT_RESOLVE, "the host name did not resolve: check it, and this machine's DNS", true};
  static const again_http_advice no_proxy = {
      AGAIN_FAULT_RESOLVE, "the proxy's name did not resolve: check it, and this machine's DNS",
      true};
  if (result == CURLE_OK) return NULL;
  if (result == CURLE_COULDNT_RESOLVE_PROXY) return &no_proxy;
  if (result == CURLE_PEER_FAILED_VERIFICATION) return of_certificate(easy, detail);
  if (result == CURLE_SSL_CERTPROBLEM) return &own_certificate;
  if (result == CURLE_SSL_CACERT_BADFILE) return &no_ca_file;
  if (result == CURLE_COULDNT_RESOLVE_HOST) return &unresolved;
  const again_http_advice *advice = of_proxy(easy);
  return advice != NULL ? advice : of_handshake(detail);
}
