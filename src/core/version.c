/* The version of the library. */
#include <again/version.h>

const char *again_version(void) {
  return AGAIN_VERSION;
}
