/* bench_classify: from an error body to its class.
 *
 * Ours is again_cls_error_parse and again_classify with the built-in policy. The peer is what one
 * writes without them: json_tokener_parse, two lookups, and a linear search of the same codes. A second
 * case leaves the body out: from a code to its entry, against the linear search. */
#include "bench.h"
#include <again/cls.h>
#include <again/policy.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 9, WARM = 2, ITEMS = 20000 };

static const char *const codes[] = {"SpeedQuotaExceed", "InternalError",
                                    "TopicClosed",      "LogSizeExceed",
                                    "TopicNotExist",    "AuthFailure.SignatureExpire",
                                    "SpeedQuotaExceed", "InternalError"};
enum { CODES = sizeof codes / sizeof *codes };

static char bodies[CODES][160];
static size_t lengths[CODES];

static unsigned ours_body(unsigned i) {
  again_cls_error error;
  again_cls_error_parse(bodies[i % CODES], lengths[i % CODES], &error);
  again_outcome outcome = {.status = 400, .code = error.code};
  return again_classify(again_policy_default(), again_cls_catalogue(), &outcome).error_class;
}

static unsigned find_linear(const char *code) {
  const again_catalogue *known = again_cls_catalogue();
  for (size_t i = 0; i < known->count; i++) {
    if (strcmp(known->codes[i].name, code) == 0) return known->codes[i].error_class;
  }
  return AGAIN_CLASS_FATAL;
}

static unsigned peer_body(unsigned i) {
  json_object *root = json_tokener_parse(bodies[i % CODES]);
  json_object *code = NULL;
  json_object *message = NULL;
  json_object_object_get_ex(root, "errorcode", &code);
  json_object_object_get_ex(root, "errormessage", &message);
  unsigned found = find_linear(json_object_get_string(code));
  json_object_put(root);
  return found;
}

static unsigned ours_code(unsigned i) {
  again_origin origin;
  return again_catalogue_find(again_cls_catalogue(), codes[i % CODES], &origin)->error_class;
}

static unsigned peer_code(unsigned i) {
  return find_linear(codes[i % CODES]);
}

/* ns for one item; the sum keeps the work from being optimised away. */
static double measure(unsigned (*work)(unsigned), unsigned *sum) {
  uint64_t begin = bench_cpu_ns();
  for (unsigned i = 0; i < ITEMS; i++)
    *sum += work(i);
  return (double)(bench_cpu_ns() - begin) / ITEMS;
}

static bool compare(bench_output *output, const char *name, unsigned (*ours)(unsigned),
                    unsigned (*peer)(unsigned)) {
  double ours_ns[ROUNDS];
  double peer_ns[ROUNDS];
  unsigned ours_sum = 0;
  unsigned peer_sum = 0;
  for (int round = -WARM; round < ROUNDS; round++) {
    double a = measure(ours, &ours_sum);
    double b = measure(peer, &peer_sum);
    if (round < 0) continue;
    ours_ns[round] = a;
    peer_ns[round] = b;
  }
  bench_result(output, name, "ns", bench_median(ours_ns, ROUNDS), bench_median(peer_ns, ROUNDS));
  return ours == ours_code ? ours_sum == peer_sum : ours_sum > 0;
}

int main(int argc, char **argv) {
  static const char what[] =
      "From an error body to its class, against json_tokener_parse and a linear search of the "
      "same\n"
      "codes, and from a code to its entry, against the linear search: ns (CPU time, median of 9\n"
      "rounds in turn).\n";
  bench_output output = {0};
  const char *side = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &side, &status)) return status;
  for (size_t i = 0; i < CODES; i++) {
    lengths[i] =
        (size_t)snprintf(bodies[i], sizeof bodies[i],
                         "{\"errorcode\":\"%s\",\"errormessage\":\"the service says no to this "
                         "request, and why\"}",
                         codes[i]);
  }
  bool right = compare(&output, "error body to class", ours_body, peer_body);
  right = compare(&output, "code to entry", ours_code, peer_code) && right;
  if (!right) fprintf(stderr, "%s: the two sides do not agree\n", argv[0]);
  return right ? 0 : 1;
}
