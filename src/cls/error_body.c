/* Error bodies. json-c reads them, but for the usual one; whatever it does not take says nothing, and
 * the status decides. */
#include "cls/error_scan.h"
#include "cls/utf8.h"
#include <again/cls.h>
#include <json-c/json.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

/* Copies a member that is a string: valid UTF-8, control characters as spaces, cut between
 * characters. */
static void copy_member(json_object *object, const char *key, char *out, size_t size) {
  json_object *value;
  if (!json_object_object_get_ex(object, key, &value)) return;
  if (!json_object_is_type(value, json_type_string)) return;
  const char *text = json_object_get_string(value);
  size_t length = (size_t)json_object_get_string_len(value);
  size_t used = 0;
  for (size_t i = 0; i < length;) {
    size_t character = again_utf8_length(text + i, length - i);
    bool shown =
        character > 1 || (character == 1 && (unsigned char)text[i] >= ' ' && text[i] != 0x7F);
    size_t width = shown ? character : 1;
    if (used + width >= size) break;
    if (shown) {
      memcpy(out + used, text + i, width);
    } else {
      out[used] = ' ';
    }
    used += width;
    i += character != 0 ? character : 1;
  }
  out[used] = '\0';
}

static void read_root(json_object *root, again_cls_error *error) {
  copy_member(root, "errorcode", error->code, sizeof error->code);
  copy_member(root, "errormessage", error->message, sizeof error->message);
  error->shape = AGAIN_SHAPE_FLAT;
  json_object *response;
  json_object *inner;
  if (error->code[0] != '\0' || !json_object_object_get_ex(root, "Response", &response) ||
      !json_object_is_type(response, json_type_object)) {
    return;
  }
  copy_member(response, "RequestId", error->request_id, sizeof error->request_id);
  if (!json_object_object_get_ex(response, "Error", &inner) ||
      !json_object_is_type(inner, json_type_object)) {
    return;
  }
  error->shape = AGAIN_SHAPE_NESTED;
  copy_member(inner, "Code", error->code, sizeof error->code);
  copy_member(inner, "Message", error->message, sizeof error->message);
}

bool again_cls_error_parse(const char *body, size_t length, again_cls_error *error) {
  return again_cls_error_scan(body, length, error) ||
         again_cls_error_parse_json(body, length, error);
}

bool again_cls_error_parse_json(const char *body, size_t length, again_cls_error *error) {
  memset(error, 0, sizeof *error);
  if (length == 0 || length > AGAIN_CLS_ERROR_BODY_MAX) return false;
  json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
  if (tokener == NULL) return false;
  json_object *root = json_tokener_parse_ex(tokener, body, (int)length);
  if (json_object_is_type(root, json_type_object)) read_root(root, error);
  json_object_put(root);
  json_tokener_free(tokener);
  if (error->code[0] == '\0') memset(error, 0, sizeof *error);
  return error->code[0] != '\0';
}
