#include "cls/cure.h"
#include "cls/utf8.h"
#include <string.h>

enum { MARK_LENGTH = sizeof AGAIN_CLS_CUT_MARK - 1 };

static const char unnamed[] = "unnamed";

static again_cls_handling or_else(again_cls_handling wanted, again_cls_handling otherwise) {
  return wanted != AGAIN_CLS_DEFAULT ? wanted : otherwise;
}

again_cure_rules again_cure_rules_of(const again_cls_batch_options *options) {
  return (again_cure_rules){.keys = or_else(options->bad_keys, AGAIN_CLS_REFUSE),
                            .texts = or_else(options->bad_texts, AGAIN_CLS_REPAIR),
                            .values = or_else(options->large_values, AGAIN_CLS_REFUSE)};
}

bool again_cure_healthy(const again_cls_field *field) {
  return field->key_length > 0 && field->key[0] != '_' &&
         field->value_length <= AGAIN_CLS_VALUE_MAX &&
         again_cls_text_valid(field->key, field->key_length) &&
         again_cls_text_valid(field->value, field->value_length);
}

static int cure_text(const again_cure_rules *rules, again_cure *cure) {
  cure->cured_length = again_utf8_repaired_length(cure->text, cure->length);
  cure->repaired = cure->cured_length != cure->length; /* a repair always makes it longer */
  return cure->repaired && rules->texts == AGAIN_CLS_REFUSE ? AGAIN_EINVAL : 0;
}

int again_cure_key(const again_cure_rules *rules, const again_cls_field *field, again_cure *cure) {
  *cure = (again_cure){.text = field->key, .length = field->key_length};
  while (cure->length > 0 && cure->text[0] == '_') {
    cure->text++;
    cure->length--;
  }
  cure->renamed = cure->length == 0 || cure->length != field->key_length;
  if (cure->renamed && rules->keys == AGAIN_CLS_REFUSE) return AGAIN_EINVAL;
  if (cure->length == 0) {
    cure->text = unnamed;
    cure->length = sizeof unnamed - 1;
  }
  return cure_text(rules, cure);
}

int again_cure_value(const again_cure_rules *rules, const again_cls_field *field,
                     again_cure *cure) {
  *cure = (again_cure){.text = field->value, .length = field->value_length};
  int error = cure_text(rules, cure);
  if (error != 0 || cure->cured_length <= AGAIN_CLS_VALUE_MAX) return error;
  if (rules->values == AGAIN_CLS_REFUSE) return AGAIN_ELIMIT;
  cure->length = again_utf8_fit(cure->text, cure->length, AGAIN_CLS_VALUE_MAX - MARK_LENGTH);
  cure_text(rules, cure);
  cure->cured_length += MARK_LENGTH;
  cure->truncated = true;
  return 0;
}

uint8_t *again_cure_write(const again_cure *cure, uint8_t *at) {
  uint8_t *end = at + cure->cured_length;
  again_utf8_repair(cure->text, cure->length, (char *)at);
  if (cure->truncated) memcpy(end - MARK_LENGTH, AGAIN_CLS_CUT_MARK, MARK_LENGTH);
  return end;
}
