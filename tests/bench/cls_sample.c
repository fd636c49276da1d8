#include "cls_sample.h"
#include <again/core.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 4 * 1024 * 1024, LINES_MIN = 100 };

/* Cuts the text into lines, again and again until there are so many bytes. */
static bool cut(cls_sample *sample, size_t length, size_t bytes) {
  size_t room = 0;
  const char *end = sample->text + length;
  for (const char *at = sample->text;
       sample->bytes < bytes && sample->count < CLS_SAMPLE_LINES_MAX;) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    if (newline == NULL) {
      if (sample->count < LINES_MIN) return false;
      at = sample->text;
      continue;
    }
    if (sample->count == room) {
      room = room == 0 ? 1024 : room * 2;
      cls_line *grown = realloc(sample->lines, room * sizeof *grown);
      if (grown == NULL) return false;
      sample->lines = grown;
    }
    sample->lines[sample->count++] = (cls_line){at, (size_t)(newline - at)};
    sample->bytes += (size_t)(newline - at);
    at = newline + 1;
  }
  return true;
}

bool cls_sample_read(const char *path, size_t bytes, cls_sample *sample) {
  *sample = (cls_sample){.text = malloc(FILE_MAX)};
  FILE *file = fopen(path, "r");
  if (file == NULL || sample->text == NULL) {
    if (file != NULL) fclose(file);
    return false;
  }
  size_t length = fread(sample->text, 1, FILE_MAX, file);
  fclose(file);
  snprintf(sample->name, sizeof sample->name, "%s", path);
  return cut(sample, length, bytes);
}

static const char *any(again_random *random, const char *const *words, size_t count) {
  return words[again_random_scale(again_random_next(random), count - 1)];
}

bool cls_sample_make(size_t bytes, cls_sample *sample) {
  static const char *const methods[] = {"GET", "GET", "GET", "POST", "PUT"};
  static const char *const paths[] = {"/api/v1/orders", "/api/v1/orders/search",
                                      "/static/app.js", "/api/v2/users",
                                      "/healthz",       "/login"};
  static const char *const agents[] = {
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari",
      "curl/7.88.1", "okhttp/4.12.0", "Go-http-client/1.1"};
  static const int statuses[] = {200, 200, 200, 201, 304, 404, 500};
  *sample = (cls_sample){.text = malloc(bytes * 2)};
  if (sample->text == NULL) return false;
  again_random random = {1};
  size_t length = 0;
  while (length < bytes + bytes / 8) {
    uint64_t bits = again_random_next(&random);
    length += (size_t)snprintf(
        sample->text + length, 512,
        "10.%u.%u.%u - - [23/Nov/2026:12:%02u:%02u +0000] \"%s %s?id=%" PRIu64
        " HTTP/1.1\" %d %u \"-\" \"%s\" rt=%u.%03u\n",
        (unsigned)bits % 8, (unsigned)(bits >> 8) % 256, (unsigned)(bits >> 16) % 256,
        (unsigned)(length >> 14) % 60, (unsigned)(length >> 8) % 60,
        any(&random, methods, sizeof methods / sizeof *methods),
        any(&random, paths, sizeof paths / sizeof *paths), bits >> 40,
        statuses[(bits >> 24) % (sizeof statuses / sizeof *statuses)],
        (unsigned)(bits >> 32) % 60000, any(&random, agents, sizeof agents / sizeof *agents),
        (unsigned)(bits >> 44) % 3, (unsigned)(bits >> 50) % 1000);
  }
  snprintf(sample->name, sizeof sample->name, "made-up access log");
  return cut(sample, length, bytes);
}

void cls_sample_free(cls_sample *sample) {
  free(sample->text);
  free(sample->lines);
}
