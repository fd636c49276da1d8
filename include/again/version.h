/* again/version.h - the version of these headers, and of the library that runs. */
#ifndef AGAIN_VERSION_H
#define AGAIN_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/* The build and the packages read the version here. */
#define AGAIN_VERSION_MAJOR 0
#define AGAIN_VERSION_MINOR 1
#define AGAIN_VERSION_PATCH 0
#define AGAIN_VERSION       "0.1.0"

/* For #if: AGAIN_VERSION_NUMBER >= 10203 is 1.2.3 and above. */
#define AGAIN_VERSION_NUMBER                                                                       \
  (AGAIN_VERSION_MAJOR * 10000 + AGAIN_VERSION_MINOR * 100 + AGAIN_VERSION_PATCH)

/* The AGAIN_VERSION that the library was built with, which a shared library may have newer than the program's
 * headers. Static; from any thread. */
const char *again_version(void);

#ifdef __cplusplus
}
#endif

#endif
