/* Compression, as the service takes it. */
#ifndef AGAIN_CLS_COMPRESS_H
#define AGAIN_CLS_COMPRESS_H

#include <again/cls.h>

/* The header's text; NULL for none. */
const char *again_compress_name(again_cls_compression compression);

/* Packs into memory that the caller frees. *packed is NULL if it would not become smaller. AGAIN_ENOMEM,
 * AGAIN_ELIBRARY (the compression is not built in, or failed). */
int again_compress(again_cls_compression compression, const uint8_t *raw, size_t length,
                   uint8_t **packed, size_t *packed_length);

#endif
