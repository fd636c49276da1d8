/* What a program without a writer of its own does: the structures of protobuf-c, and pack. */
#ifndef AGAIN_TESTS_BENCH_CLS_PEER_H
#define AGAIN_TESTS_BENCH_CLS_PEER_H

#include "cls_sample.h"
#include <stdint.h>

/* The lines as a LogGroupList of one group, for the caller to free; NULL: out of memory. */
uint8_t *cls_peer_encode(const cls_sample *sample, int64_t (*time_of)(size_t), const char *source,
                         const char *filename, size_t *length);

#endif
