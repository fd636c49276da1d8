/* How assertions fail: what is wrong, the picture, and where the words under it end. */
#ifndef AGAIN_KIT_FAIL_H
#define AGAIN_KIT_FAIL_H

#include <again/kit.h>

/* What the picture is about. */
typedef struct again_kit_focus {
  uint32_t operation; /* 0: all */
  size_t end;         /* the words end before this record */
} again_kit_focus;

/* Calls the kit's `fail` with the sentence and the picture (`focus` NULL: of all), and returns false. */
bool again_kit_failed(const again_kit *kit, const char *file, int line,
                      const again_kit_focus *focus, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
