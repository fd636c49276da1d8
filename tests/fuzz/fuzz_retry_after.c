/* Any bytes as a Retry-After or a date: never beyond the range that is promised. */
#include <again/core.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  again_ms hint = 0;
  int64_t seconds = 0;
  const char *text = (const char *)data;
  if (again_retry_after_parse(text, size, 1700000000, &hint) == 0 && hint == AGAIN_NEVER) abort();
  if (again_http_date_parse(text, size, 1700000000, &seconds) == 0 &&
      (seconds < -62167219200 || seconds > 253402300800)) {
    abort();
  }
  return 0;
}
