/* bench_classify: from a code to its entry, from an error body to its code and on to its class.
 *
 * Ours is again_catalogue_find, again_cls_error_parse and again_classify with the built-in policy. The
 * peers are a gperf hash of the same codes (left out where the build found no gperf), a linear search
 * with strcmp, and json_tokener_parse with a lookup for each member. All are given the same texts,
 * drawn with a fixed seed; a code is a C string, whose length each side finds out for itself. A gperf
 * hash knows no families, so an unknown code with a dot costs ours more searches. */
#include "bench.h"
#include <again/cls.h>
#include <again/policy.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#ifdef BENCH_GPERF
#include "gperf_codes.h"
#endif

enum { ROUNDS = 41, WARM = 3, DRAWN = 8192, KNOWN_MAX = 256 };

/* ---- What is looked up ----------------------------------------------------------------------- */

static const again_catalogue *catalogue;
static char known[KNOWN_MAX][64];   /* the codes of the catalogue, without the families */
static char changed[KNOWN_MAX][64]; /* the same with one letter changed */
static uint64_t known_count;
static const char *drawn[DRAWN];

static const char *const strangers[] = {
    "ThrottlingException",   "SlowDown",
    "ServiceUnavailable",    "CURLE_COULDNT_CONNECT",
    "RequestTimeTooSkewed",  "CURLE_OPERATION_TIMEDOUT",
    "KMS.DisabledException", "TopicPartitionExceed",
};
enum { STRANGERS = sizeof strangers / sizeof *strangers };

/* A number below the limit. */
static uint64_t below(again_random *random, uint64_t limit) {
  return again_random_scale(again_random_next(random), limit - 1);
}

static void know_codes(void) {
  again_random random = {1};
  catalogue = again_cls_catalogue();
  for (size_t i = 0; i < catalogue->count && known_count < KNOWN_MAX; i++) {
    const char *name = catalogue->codes[i].name;
    size_t length = strlen(name);
    if (name[length - 1] == '*') continue;
    memcpy(known[known_count], name, length + 1);
    memcpy(changed[known_count], name, length + 1);
    changed[known_count++][below(&random, length)] ^= 1;
  }
}

/* `misses` percent are unknown, half of them known ones with a letter changed; of the others `quota`
 * percent are SpeedQuotaExceed. */
static void draw(unsigned misses, unsigned quota) {
  again_random random = {2};
  for (size_t i = 0; i < DRAWN; i++) {
    uint64_t any = below(&random, known_count);
    if (below(&random, 100) < misses) {
      drawn[i] = below(&random, 2) == 0 ? changed[any] : strangers[any % STRANGERS];
    } else {
      drawn[i] = below(&random, 100) < quota ? "SpeedQuotaExceed" : known[any];
    }
  }
}

/* ---- From a code to its entry ---------------------------------------------------------------- */

/* One pass over what was drawn; the sum keeps the work from being optimised away. */
typedef unsigned pass(void);

static unsigned ours_codes(void) {
  unsigned sum = 0;
  for (size_t i = 0; i < DRAWN; i++) {
    const again_code *found = again_catalogue_find(catalogue, drawn[i], NULL);
    sum += found != NULL ? (unsigned)found->error_class : 0;
  }
  return sum;
}

static const again_code *find_linear(const char *code) {
  for (size_t i = 0; i < catalogue->count; i++) {
    if (strcmp(catalogue->codes[i].name, code) == 0) return &catalogue->codes[i];
  }
  return NULL;
}

static unsigned linear_codes(void) {
  unsigned sum = 0;
  for (size_t i = 0; i < DRAWN; i++) {
    const again_code *found = find_linear(drawn[i]);
    sum += found != NULL ? (unsigned)found->error_class : 0;
  }
  return sum;
}

#ifdef BENCH_GPERF
static const struct gperf_code *find_gperf(const char *code) {
  return gperf_find(code, strlen(code));
}

static unsigned gperf_codes(void) {
  unsigned sum = 0;
  for (size_t i = 0; i < DRAWN; i++) {
    const struct gperf_code *found = find_gperf(drawn[i]);
    sum += found != NULL ? (unsigned)catalogue->codes[found->entry].error_class : 0;
  }
  return sum;
}
#endif

/* Do all find the same of what was drawn, but for families and stems? */
static bool codes_agree(void) {
  for (size_t i = 0; i < DRAWN; i++) {
    again_origin origin = AGAIN_ORIGIN_FAMILY;
    const again_code *ours = again_catalogue_find(catalogue, drawn[i], &origin);
    if (origin != AGAIN_ORIGIN_CODE) ours = NULL;
    if (find_linear(drawn[i]) != ours) return false;
#ifdef BENCH_GPERF
    const struct gperf_code *theirs = find_gperf(drawn[i]);
    if ((theirs != NULL ? &catalogue->codes[theirs->entry] : NULL) != ours) return false;
#endif
  }
  return true;
}

/* ---- From a body to its code and class ------------------------------------------------------- */

enum { PARSED = 1024 };

typedef struct body {
  char text[512];
  size_t length;
} body;

static body bodies[KNOWN_MAX];
static const body *parsed[PARSED];

/* One body for each code: code and message between the three parts. */
static void make_bodies(const char *before, const char *between, const char *message,
                        const char *after) {
  again_random random = {3};
  for (size_t i = 0; i < known_count; i++) {
    bodies[i].length = (size_t)snprintf(bodies[i].text, sizeof bodies[i].text, "%s%s%s%s%s", before,
                                        known[i], between, message, after);
  }
  for (size_t i = 0; i < PARSED; i++)
    parsed[i] = &bodies[below(&random, known_count)];
}

static unsigned ours_parse(void) {
  unsigned sum = 0;
  again_cls_error error;
  for (size_t i = 0; i < PARSED; i++) {
    again_cls_error_parse(parsed[i]->text, parsed[i]->length, &error);
    sum += (unsigned char)error.code[0];
  }
  return sum;
}

static unsigned ours_find(void) {
  unsigned sum = 0;
  again_cls_error error;
  for (size_t i = 0; i < PARSED; i++) {
    again_cls_error_parse(parsed[i]->text, parsed[i]->length, &error);
    sum += (unsigned)again_catalogue_find(catalogue, error.code, NULL)->error_class;
  }
  return sum;
}

static unsigned ours_classify(void) {
  unsigned sum = 0;
  again_cls_error error;
  for (size_t i = 0; i < PARSED; i++) {
    again_cls_error_parse(parsed[i]->text, parsed[i]->length, &error);
    again_outcome outcome = {.status = 400, .code = error.code};
    sum += (unsigned)again_classify(again_policy_default(), catalogue, &outcome).error_class;
  }
  return sum;
}

/* The members of the flat form, or of the nested one. */
static json_object *json_code(json_object *root) {
  json_object *code = NULL;
  json_object *message = NULL;
  if (json_object_object_get_ex(root, "errorcode", &code)) {
    json_object_object_get_ex(root, "errormessage", &message);
  } else if (json_object_object_get_ex(root, "Response", &root) &&
             json_object_object_get_ex(root, "Error", &root)) {
    json_object_object_get_ex(root, "Code", &code);
    json_object_object_get_ex(root, "Message", &message);
  }
  return code;
}

static unsigned json_parse(void) {
  unsigned sum = 0;
  for (size_t i = 0; i < PARSED; i++) {
    json_object *root = json_tokener_parse(parsed[i]->text);
    sum += (unsigned char)json_object_get_string(json_code(root))[0];
    json_object_put(root);
  }
  return sum;
}

static unsigned json_find(void) {
  unsigned sum = 0;
  for (size_t i = 0; i < PARSED; i++) {
    json_object *root = json_tokener_parse(parsed[i]->text);
    sum += (unsigned)find_linear(json_object_get_string(json_code(root)))->error_class;
    json_object_put(root);
  }
  return sum;
}

/* ---- The bench ------------------------------------------------------------------------------- */

static double measure(pass *work, unsigned count, unsigned *sum) {
  uint64_t begin = bench_cpu_ns();
  *sum = work();
  return (double)(bench_cpu_ns() - begin) / count;
}

/* Both in turn, many short rounds: what disturbs the machine meets both, and the median leaves it out.
 * False if their sums differ and `equal` says that they must not. */
static bool compare(bench_output *output, const char *name, pass *ours, pass *peer, unsigned count,
                    bool equal) {
  double ours_ns[ROUNDS];
  double peer_ns[ROUNDS];
  unsigned ours_sum = 0;
  unsigned peer_sum = 0;
  for (int round = -WARM; round < ROUNDS; round++) {
    double a = measure(ours, count, &ours_sum);
    double b = measure(peer, count, &peer_sum);
    if (round < 0) continue;
    ours_ns[round] = a;
    peer_ns[round] = b;
  }
  bench_result(output, name, "ns", bench_median(ours_ns, ROUNDS), bench_median(peer_ns, ROUNDS));
  return !equal || ours_sum == peer_sum;
}

static const struct {
  const char *name;
  unsigned misses;
  unsigned quota;
} code_cases[] = {{"hits", 0, 0}, {"80 % SpeedQuotaExceed", 0, 80}, {"half misses", 50, 0}};
enum { CODE_CASES = sizeof code_cases / sizeof *code_cases };

static bool compare_codes(bench_output *output) {
  bool right = true;
  for (size_t i = 0; i < CODE_CASES; i++) {
    char name[64];
    draw(code_cases[i].misses, code_cases[i].quota);
    right = codes_agree() && right;
#ifdef BENCH_GPERF
    snprintf(name, sizeof name, "code, %s: gperf", code_cases[i].name);
    right =
        compare(output, name, ours_codes, gperf_codes, DRAWN, code_cases[i].misses == 0) && right;
#endif
    snprintf(name, sizeof name, "code, %s: linear", code_cases[i].name);
    right =
        compare(output, name, ours_codes, linear_codes, DRAWN, code_cases[i].misses == 0) && right;
  }
  return right;
}

static bool compare_bodies(bench_output *output) {
  static const char text[] = "the service says no to this request, and why";
  static const char long_text[] =
      "the write traffic of the topic is over the quota of its partitions; send larger batches "
      "less often, split the partitions of the topic, or ask for a higher quota; see the manual";
  static const struct {
    const char *name;
    const char *before, *between, *message, *after;
  } cases[] = {
      {"compact", "{\"errorcode\":\"", "\",\"errormessage\":\"", text, "\"}"},
      {"pretty-printed", "{\n  \"errorcode\": \"", "\",\n  \"errormessage\": \"", text, "\"\n}\n"},
      {"long message", "{\"errorcode\":\"", "\",\"errormessage\":\"", long_text, "\"}"},
      {"API 3.0", "{\"Response\":{\"Error\":{\"Code\":\"", "\",\"Message\":\"", text,
       "\"},\"RequestId\":\"e2c42b7a-5b1b-4f0e-9d3c-6a4b9c0d1e2f\"}}"},
  };
  bool right = true;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char name[64];
    make_bodies(cases[i].before, cases[i].between, cases[i].message, cases[i].after);
    snprintf(name, sizeof name, "body to code, %s: json-c", cases[i].name);
    right = compare(output, name, ours_parse, json_parse, PARSED, true) && right;
    snprintf(name, sizeof name, "body to entry, %s: json-c + linear", cases[i].name);
    right = compare(output, name, ours_find, json_find, PARSED, true) && right;
    snprintf(name, sizeof name, "body to class, %s: json-c + linear", cases[i].name);
    right = compare(output, name, ours_classify, json_find, PARSED, true) && right;
  }
  return right;
}

int main(int argc, char **argv) {
  static const char what[] =
      "From a code to its entry, against a gperf hash and a linear search of the same codes; from\n"
      "an error body to its code, its entry and its class by the built-in policy, against\n"
      "json_tokener_parse and the linear search: ns (CPU time, median of 41 rounds in turn).\n";
  bench_output output = {0};
  const char *side = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &side, &status)) return status;
  know_codes();
#ifndef BENCH_GPERF
  fprintf(stderr, "%s: gperf was not there when this was built: its rows are left out\n", argv[0]);
#endif
  bool right = compare_codes(&output);
  right = compare_bodies(&output) && right;
  if (!right) fprintf(stderr, "%s: the two sides do not agree\n", argv[0]);
  return right ? 0 : 1;
}
