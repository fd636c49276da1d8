#include "json/write.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_object *again_json_number(double value) {
  char digits[32];
  if (!isfinite(value)) return NULL;
  snprintf(digits, sizeof digits, "%.6g", value);
  return json_object_new_double_s(value, digits);
}

json_object *again_json_numbers(const double *values, size_t count) {
  json_object *array = json_object_new_array();
  for (size_t i = 0; i < count; i++)
    json_object_array_add(array, again_json_number(values[i]));
  return array;
}

char *again_json_text(json_object *root, bool for_people) {
  int layout =
      for_people ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN;
  const char *text =
      root != NULL ? json_object_to_json_string_ext(root, layout | JSON_C_TO_STRING_NOSLASHESCAPE)
                   : NULL;
  size_t size = text != NULL ? strlen(text) + 2 : 0;
  char *copy = text != NULL ? malloc(size) : NULL;
  if (copy != NULL) snprintf(copy, size, "%s\n", text);
  json_object_put(root);
  return copy;
}
