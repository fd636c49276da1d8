#include "cls/group.h"
#include "cls/utf8.h"
#include "cls/wire.h"

enum {
  HEAD_MAX = 5,     /* a key and a length of at most 4 bytes */
  FLOW_MAX = 2 + 33 /* contextFlow with a package id */
};

static size_t text_size(const char *text) {
  return text != NULL ? again_wire_field_size(again_utf8_repaired_length(text, strlen(text))) : 0;
}

static uint8_t *put_text(uint8_t *at, unsigned number, const char *text) {
  if (text == NULL) return at;
  size_t length = strlen(text);
  size_t repaired = again_utf8_repaired_length(text, length);
  at = again_wire_head(at, AGAIN_WIRE_BYTES(number), repaired);
  again_utf8_repair(text, length, (char *)at);
  return at + repaired;
}

int again_cls_group_init(again_cls_group *made, const again_cls_batch_options *options,
                         const again_allocator *allocator) {
  size_t size =
      text_size(options->context_flow) + text_size(options->filename) + text_size(options->source);
  for (size_t i = 0; i < options->tag_count; i++) {
    const again_cls_pair *tag = &options->tags[i];
    size += again_wire_field_size(text_size(tag->key) + text_size(tag->value));
  }
  size += text_size(options->hostname);
  *made = (again_cls_group){.common = again_resize(allocator, NULL, size + 1),
                            .common_length = size,
                            .has_flow = options->context_flow != NULL};
  if (made->common == NULL) return AGAIN_ENOMEM;
  uint8_t *at = put_text(made->common, 2, options->context_flow);
  at = put_text(at, 3, options->filename);
  at = put_text(at, 4, options->source);
  for (size_t i = 0; i < options->tag_count; i++) {
    const again_cls_pair *tag = &options->tags[i];
    at = again_wire_head(at, AGAIN_WIRE_BYTES(5), text_size(tag->key) + text_size(tag->value));
    at = put_text(put_text(at, 1, tag->key), 2, tag->value);
  }
  put_text(at, 6, options->hostname);
  return 0;
}

size_t again_cls_group_overhead(const again_cls_group *of) {
  return HEAD_MAX + of->common_length + FLOW_MAX;
}

/* NULL: none is added. */
static const char *flow_of(const again_cls_group *of, const char *package) {
  return !of->has_flow && package[0] != '\0' ? package : NULL;
}

size_t again_cls_group_tail_length(const again_cls_group *of, const char *package) {
  return of->common_length + text_size(flow_of(of, package));
}

uint8_t *again_cls_group_put_tail(const again_cls_group *of, const char *package, uint8_t *at) {
  at = put_text(at, 2, flow_of(of, package));
  memcpy(at, of->common, of->common_length);
  return at + of->common_length;
}
