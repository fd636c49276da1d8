/* Keys and values that the service would refuse: what becomes of them. */
#ifndef AGAIN_CLS_CURE_H
#define AGAIN_CLS_CURE_H

#include <again/cls.h>

/* What each kind of flaw meets: refuse or repair, never default. */
typedef struct again_cure_rules {
  again_cls_handling keys;
  again_cls_handling texts;
  again_cls_handling values;
} again_cure_rules;

/* A text as it will be written. */
typedef struct again_cure {
  const char *text; /* what is kept of it */
  size_t length;
  size_t cured_length; /* once it is written */
  bool renamed;
  bool repaired;  /* bytes of it become U+FFFD */
  bool truncated; /* the mark follows */
} again_cure;

/* The rules of the options, with the defaults that the header names. */
again_cure_rules again_cure_rules_of(const again_cls_batch_options *options);

/* Would the service take the field as it is? */
bool again_cure_healthy(const again_cls_field *field);

/* AGAIN_EINVAL: it is refused. */
int again_cure_key(const again_cure_rules *rules, const again_cls_field *field, again_cure *cure);
/* AGAIN_EINVAL, AGAIN_ELIMIT: it is refused. */
int again_cure_value(const again_cure_rules *rules, const again_cls_field *field, again_cure *cure);

/* Writes cured_length bytes; returns where the next byte goes. */
uint8_t *again_cure_write(const again_cure *cure, uint8_t *at);

#endif
