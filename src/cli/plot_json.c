/* What `again plot` found out, for programs. */
#include "cli/plot.h"
#include "json/write.h"

static void add_number(json_object *object, const char *key, uint64_t number) {
  json_object_object_add(object, key, json_object_new_uint64(number));
}

static json_object *spread_json(const again_spread *spread) {
  json_object *object = json_object_new_object();
  add_number(object, "low", spread->low);
  add_number(object, "median", spread->median);
  add_number(object, "high", spread->high);
  return object;
}

static json_object *windows_json(const again_course *course) {
  json_object *list = json_object_new_array();
  for (uint32_t i = 0; i < course->window_count; i++) {
    json_object *window = json_object_new_object();
    add_number(window, "retry", i + 1);
    add_number(window, "min_ms", course->windows[i].min);
    add_number(window, "max_ms", course->windows[i].max);
    json_object_array_add(list, window);
  }
  return list;
}

static json_object *course_json(const again_course *course) {
  json_object *object = json_object_new_object();
  json_object_object_add(object, "class",
                         json_object_new_string(again_plight_name(course->plight)));
  json_object_object_add(object, "paced", json_object_new_boolean(course->paced));
  json_object_object_add(object, "windows", windows_json(course));
  json_object_object_add(object, "settled", json_object_new_boolean(course->settled));
  json_object *end = course->ends ? json_object_new_object() : NULL;
  if (course->ends) {
    json_object_object_add(end, "reason",
                           json_object_new_string(again_reason_name(course->reason)));
    json_object_object_add(end, "calls", spread_json(&course->calls));
    json_object_object_add(end, "at_ms", spread_json(&course->end));
  }
  json_object_object_add(object, "end", end);
  add_number(object, "until_ms", course->until);
  json_object *by = json_object_new_array();
  for (int i = 0; i < AGAIN_COURSE_TIMES; i++)
    json_object_array_add(by, spread_json(&course->by[i]));
  json_object_object_add(object, "calls_by", by);
  return object;
}

static json_object *drain_json(const again_drain *drain) {
  json_object *object = json_object_new_object();
  json_object *tokens = json_object_new_array();
  add_number(object, "failures_per_s", drain->failures);
  json_object_object_add(object, "empty_ms",
                         drain->empties ? json_object_new_uint64(drain->empty_at) : NULL);
  json_object_object_add(object, "then_per_s", json_object_new_double(drain->passing));
  add_number(object, "passed", drain->passed);
  add_number(object, "refused", drain->refused);
  for (int i = 0; i < AGAIN_DRAIN_TIMES; i++)
    json_object_array_add(tokens, json_object_new_uint64(drain->tokens[i]));
  json_object_object_add(object, "tokens", tokens);
  return object;
}

static json_object *budget_json(const again_plot *plot) {
  if (plot->drain_count == 0) return NULL;
  json_object *object = json_object_new_object();
  json_object *list = json_object_new_array();
  add_number(object, "capacity", plot->policy->budget.capacity);
  add_number(object, "until_ms", plot->drain_until);
  for (int i = 0; i < plot->drain_count; i++)
    json_object_array_add(list, drain_json(&plot->drains[i]));
  json_object_object_add(object, "drains", list);
  return object;
}

char *again_plot_json(const again_plot *plot) {
  json_object *root = json_object_new_object();
  json_object *courses = json_object_new_array();
  json_object_object_add(root, "file", json_object_new_string(plot->path));
  json_object_object_add(root, "name", json_object_new_string(plot->policy->name));
  for (int i = 0; i < plot->course_count; i++)
    json_object_array_add(courses, course_json(&plot->courses[i]));
  json_object_object_add(root, "classes", courses);
  json_object_object_add(root, "budget", budget_json(plot));
  return again_json_text(root, false);
}
