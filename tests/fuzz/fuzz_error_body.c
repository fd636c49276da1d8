/* Any bytes as an error body: texts are terminated, without control characters, empty on failure; and
 * the scanner reads what json-c reads. */
#include "cls/error_scan.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t room) {
  const char *end = memchr(text, '\0', room);
  if (end == NULL || !again_cls_text_valid(text, (size_t)(end - text))) abort();
  for (const char *at = text; at < end; at++) {
    if ((unsigned char)*at < ' ' || *at == 0x7F) abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  again_cls_error error;
  bool found = again_cls_error_parse((const char *)data, size, &error);
  check_text(error.code, sizeof error.code);
  check_text(error.message, sizeof error.message);
  check_text(error.request_id, sizeof error.request_id);
  if (found != (error.code[0] != '\0')) abort();
  if (!found && (error.message[0] != '\0' || error.request_id[0] != '\0')) abort();
  again_cls_error fast;
  again_cls_error slow;
  if (again_cls_error_scan((const char *)data, size, &fast)) {
    if (!again_cls_error_parse_json((const char *)data, size, &slow)) abort();
    if (strcmp(fast.code, slow.code) != 0 || strcmp(fast.message, slow.message) != 0 ||
        strcmp(fast.request_id, slow.request_id) != 0 || fast.shape != slow.shape) {
      abort();
    }
  }
  return 0;
}
