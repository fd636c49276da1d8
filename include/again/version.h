/* again/version.h - the version of these headers. */
#ifndef AGAIN_VERSION_H
#define AGAIN_VERSION_H

#define AGAIN_VERSION_MAJOR 0
#define AGAIN_VERSION_MINOR 1
#define AGAIN_VERSION_PATCH 0
#define AGAIN_VERSION       "0.1.0"

#endif
