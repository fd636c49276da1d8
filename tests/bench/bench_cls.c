/* bench_cls: what it costs to make the body of an upload.
 *
 *   encode                      batches, against protobuf-c's structures and pack
 *   encode + compress + sign    all that is done before a request is sent, against LZ4_compress_default
 *                               alone over the same bytes
 *   memory                      the most bytes in use while a body is made, against the payload
 *   allocations                 calls while logs are added to a batch that was filled before
 *
 * The same lines for both sides, in turn. Both encode the same bytes: that is checked. */
#include "bench.h"
#include "cls/body.h"
#include "cls_memory.h"
#include "cls_peer.h"
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 101, WARM = 3, PAYLOAD = 1024 * 1024 };

/* Some logs of the same millisecond. */
static int64_t time_of(size_t i) {
  return INT64_C(1700000000000) + (int64_t)(i / 3);
}

static const char source[] = "web-1.example";
static const char filename[] = "/var/log/app.log";

static const again_cls_batch_options common = {
    .source = source, .filename = filename, .reserve = PAYLOAD};

static again_scratch scratch; /* a client has one */

/* Adds all lines. */
static bool fill(again_cls_batch *batch, const cls_sample *sample) {
  for (size_t i = 0; i < sample->count; i++) {
    const cls_line *line = &sample->lines[i];
    again_cls_field field = {"content", 7, line->text, line->length};
    if (again_cls_batch_add(batch, time_of(i), &field, 1) != 0) return false;
  }
  return true;
}

static bool make_body(again_cls_batch *batch, const cls_sample *sample,
                      again_cls_compression compression, again_cls_body *body) {
  again_cls_batch_clear(batch);
  return fill(batch, sample) && again_cls_body_make(batch, 0, again_cls_batch_count(batch),
                                                    compression, &scratch, body) == 0;
}

static bool sign(void) {
  static const again_cls_pair params[] = {{"topic_id", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"}};
  static const again_cls_pair headers[] = {{"Host", "ap-guangzhou.cls.tencentcs.com"},
                                           {"Content-Type", "application/x-protobuf"},
                                           {"x-cls-compress-type", "lz4"}};
  again_cls_signable signable = {.method = "POST",
                                 .path = "/structuredlog",
                                 .params = params,
                                 .param_count = 1,
                                 .headers = headers,
                                 .header_count = 3,
                                 .start = 1699999940,
                                 .end = 1700000300};
  char *authorization;
  if (again_cls_sign("AKIDTEST", "secret", &signable, &authorization) != 0) return false;
  free(authorization);
  return true;
}

/* The bytes that both sides must make. */
typedef struct raw {
  uint8_t *data;
  size_t length;
  char *packed; /* room for what LZ4 makes of it */
  int room;
} raw;

static bool same_bytes(again_cls_batch *batch, const cls_sample *sample, const raw *expected) {
  again_cls_body body;
  if (!make_body(batch, sample, AGAIN_CLS_PLAIN, &body)) return false;
  bool same =
      body.length == expected->length && memcmp(body.data, expected->data, body.length) == 0;
  again_cls_body_free(&body);
  return same;
}

static void say(bench_output *output, const cls_sample *sample, const char *what,
                const char *metric, double ours, double peer) {
  char name[160];
  snprintf(name, sizeof name, "%s: %s", sample->name, what);
  bench_result(output, name, metric, ours, peer);
}

static bool measure_encode(bench_output *output, again_cls_batch *batch, const cls_sample *sample) {
  double ours_ns[ROUNDS];
  double peer_ns[ROUNDS];
  for (int round = -WARM; round < ROUNDS; round++) {
    again_cls_body body;
    size_t length;
    uint64_t begin = bench_cpu_ns();
    bool made = make_body(batch, sample, AGAIN_CLS_PLAIN, &body);
    uint64_t middle = bench_cpu_ns();
    if (!made) return false;
    again_cls_body_free(&body);
    uint64_t again = bench_cpu_ns();
    uint8_t *packed = cls_peer_encode(sample, time_of, source, filename, &length);
    uint64_t end = bench_cpu_ns();
    if (packed == NULL) return false;
    free(packed);
    if (round < 0) continue;
    ours_ns[round] = (double)(middle - begin) / (double)sample->count;
    peer_ns[round] = (double)(end - again) / (double)sample->count;
  }
  say(output, sample, "encode / protobuf-c", "ns a log", bench_median(ours_ns, ROUNDS),
      bench_median(peer_ns, ROUNDS));
  return true;
}

static bool measure_all(bench_output *output, again_cls_batch *batch, const cls_sample *sample,
                        const raw *bytes) {
  double ours_us[ROUNDS];
  double peer_us[ROUNDS];
  double ratios[ROUNDS];
  for (int round = -WARM; round < ROUNDS; round++) {
    again_cls_body body;
    uint64_t begin = bench_cpu_ns();
    bool made = make_body(batch, sample, AGAIN_CLS_LZ4, &body) && sign();
    uint64_t middle = bench_cpu_ns();
    if (!made) return false;
    again_cls_body_free(&body);
    uint64_t again = bench_cpu_ns();
    int packed = LZ4_compress_default((const char *)bytes->data, bytes->packed, (int)bytes->length,
                                      bytes->room);
    uint64_t end = bench_cpu_ns();
    if (packed <= 0) return false;
    if (round < 0) continue;
    ours_us[round] = (double)(middle - begin) / 1000;
    peer_us[round] = (double)(end - again) / 1000;
    ratios[round] = ours_us[round] / peer_us[round];
  }
  double ours = bench_median(ours_us, ROUNDS);
  say(output, sample, "encode + compress + sign / LZ4", "us", ours, bench_median(peer_us, ROUNDS));
  say(output, sample, "the same, median of the rounds' ratios", "x", bench_median(ratios, ROUNDS),
      1);
  return true;
}

/* All that is in use, from nothing: the batch, what compressing needs, and the body. `reserve`: what the
 * batch is told of its size. */
static bool measure_new(bench_output *output, const cls_sample *sample, const raw *bytes,
                        size_t reserve) {
  bool known = reserve > 0;
  again_scratch_free(&scratch);
  size_t before = cls_memory_now.live;
  cls_memory_now.peak = before;
  again_cls_batch_options options = common;
  options.reserve = reserve;
  again_cls_batch *batch;
  if (again_cls_batch_new(&options, &batch) != 0) return false;
  again_cls_body body;
  bool made = make_body(batch, sample, AGAIN_CLS_LZ4, &body) && sign();
  say(output, sample, known ? "memory at most / payload, size known" : "the same, size not known",
      "KiB", (double)(cls_memory_now.peak - before) / 1024, (double)bytes->length / 1024);
  if (known) {
    say(output, sample, "memory until it is delivered / payload", "KiB",
        (double)(cls_memory_now.live - before) / 1024, (double)bytes->length / 1024);
  }
  again_cls_body_free(&body);
  again_cls_batch_free(batch);
  return made;
}

static bool measure_memory(bench_output *output, again_cls_batch *batch, const cls_sample *sample,
                           const raw *bytes) {
  if (!measure_new(output, sample, bytes, bytes->length) ||
      !measure_new(output, sample, bytes, 0)) {
    return false;
  }
  again_cls_batch_clear(batch);
  uint64_t calls = cls_memory_now.calls;
  bool made = fill(batch, sample);
  say(output, sample, "allocations / logs, filled before", "calls",
      (double)(cls_memory_now.calls - calls), (double)sample->count);
  return made;
}

static bool measure(bench_output *output, const cls_sample *sample) {
  again_cls_batch *batch;
  raw bytes = {.data = cls_peer_encode(sample, time_of, source, filename, &bytes.length)};
  if (bytes.data == NULL || again_cls_batch_new(&common, &batch) != 0) return false;
  bytes.room = LZ4_compressBound((int)bytes.length);
  bytes.packed = malloc((size_t)bytes.room);
  if (!output->json) {
    printf("%s: %zu logs, %zu bytes encoded, %d by LZ4\n", sample->name, sample->count,
           bytes.length,
           LZ4_compress_default((const char *)bytes.data, bytes.packed, (int)bytes.length,
                                bytes.room));
  }
  bool same = same_bytes(batch, sample, &bytes);
  if (!same) fprintf(stderr, "the bytes differ from what protobuf-c makes\n");
  bool done = same && bytes.packed != NULL && measure_encode(output, batch, sample) &&
              measure_all(output, batch, sample, &bytes) &&
              measure_memory(output, batch, sample, &bytes);
  again_cls_batch_free(batch);
  free(bytes.data);
  free(bytes.packed);
  return done;
}

int main(int argc, char **argv) {
  static const char what[] = "What it costs to make the body of an upload of 1 MiB: encoding, "
                             "against protobuf-c; encoding,\n"
                             "compressing and signing, against LZ4_compress_default alone over the "
                             "same bytes (CPU time of the\n"
                             "thread, median of 101 rounds in turn); memory and allocations. Lines "
                             "of /var/log/dpkg.log, where\n"
                             "it can be read, and of an access log that is made up.\n";
  bench_output output = {0};
  const char *count = NULL;
  int status = 0;
  if (!bench_options(argc, argv, what, &output, &count, &status)) return status;
  bool done = true;
  for (int i = 0; i < 2; i++) {
    cls_sample sample;
    /* A log adds some 24 bytes to its line: the body is about 1 MiB. */
    bool there = i == 0 ? cls_sample_make(PAYLOAD * 9 / 10, &sample)
                        : cls_sample_read("/var/log/dpkg.log", PAYLOAD * 3 / 4, &sample);
    if (there) {
      done = measure(&output, &sample) && done;
    } else {
      fprintf(stderr, "/var/log/dpkg.log cannot be read, or has too few lines: left out\n");
    }
    cls_sample_free(&sample);
  }
  again_scratch_free(&scratch);
  if (!done) fprintf(stderr, "%s: a body was not made as it should be\n", argv[0]);
  return done ? 0 : 1;
}
