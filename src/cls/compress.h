/* Compression, as the service takes it. */
#ifndef AGAIN_CLS_COMPRESS_H
#define AGAIN_CLS_COMPRESS_H

#include <again/cls.h>

/* The header's text; NULL for none. */
const char *again_compress_name(again_cls_compression compression);

/* Memory that is packed into, kept from one body to the next: new memory costs more than a tenth of
 * what packing costs. Zeroed: none yet. */
typedef struct again_scratch {
  const again_allocator *allocator; /* NULL: the C library's */
  uint8_t *bytes;
  size_t room;
  bool poor; /* the last body did not become half as large */
} again_scratch;

void again_scratch_free(again_scratch *scratch);

/* Packs into memory that the caller gives back to the scratch's allocator. *packed is NULL if it would not become smaller. With the raw
 * bytes, at most twice their size is in use. AGAIN_ENOMEM, AGAIN_ELIBRARY (the compression is not built
 * in, or failed). */
int again_compress(again_cls_compression compression, const uint8_t *raw, size_t length,
                   again_scratch *scratch, uint8_t **packed, size_t *packed_length);

#endif
