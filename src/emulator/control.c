#include "emulator/control.h"
#include "emulator/clock.h"
#include "emulator/reply.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "/_emulator/";

typedef enum MHD_Result answerer(again_emulator *emulator, struct MHD_Connection *connection,
                                 const char *body);

bool again_control_asked(const char *url) {
  return strncmp(url, prefix, sizeof prefix - 1) == 0;
}

/* One line that says what is wrong. */
static enum MHD_Result refuse(struct MHD_Connection *connection, int status, const char *why) {
  char line[600];
  snprintf(line, sizeof line, "%s\n", why);
  return again_reply_send(connection,
                          &(again_reply){.status = status, .type = "text/plain", .body = line});
}

static enum MHD_Result send_json(struct MHD_Connection *connection, const char *json) {
  return again_reply_send(connection,
                          &(again_reply){.status = 200, .type = "application/json", .body = json});
}

static enum MHD_Result send_stats(again_emulator *emulator, struct MHD_Connection *connection,
                                  const char *body) {
  (void)body;
  char *json = again_emulator_stats_json(emulator);
  if (json == NULL) return MHD_NO;
  enum MHD_Result result = send_json(connection, json);
  free(json);
  return result;
}

static enum MHD_Result reset(again_emulator *emulator, struct MHD_Connection *connection,
                             const char *body) {
  again_emulator_reset(emulator);
  return send_stats(emulator, connection, body);
}

/* How many faults there are now, or what is wrong with what was sent. */
static enum MHD_Result send_faults(again_emulator *emulator, struct MHD_Connection *connection,
                                   int error, const char *why) {
  if (error != 0) return refuse(connection, error == AGAIN_EFORMAT ? 400 : 500, why);
  char json[48];
  pthread_mutex_lock(&emulator->lock);
  size_t count = again_script_count(&emulator->script, again_emulator_monotonic());
  pthread_mutex_unlock(&emulator->lock);
  snprintf(json, sizeof json, "{ \"faults\": %zu }", count);
  return send_json(connection, json);
}

static enum MHD_Result add_script(again_emulator *emulator, struct MHD_Connection *connection,
                                  const char *body) {
  char why[512] = "out of memory";
  int error = again_emulator_script(emulator, body, why, sizeof why);
  return send_faults(emulator, connection, error, why);
}

static enum MHD_Result add_fault(again_emulator *emulator, struct MHD_Connection *connection,
                                 const char *body) {
  char why[512] = "out of memory";
  int error = again_emulator_fault(emulator, body, why, sizeof why);
  return send_faults(emulator, connection, error, why);
}

static enum MHD_Result remove_script(again_emulator *emulator, struct MHD_Connection *connection,
                                     const char *body) {
  (void)body;
  again_emulator_script_clear(emulator);
  return send_faults(emulator, connection, 0, "");
}

static enum MHD_Result send_records(again_emulator *emulator, struct MHD_Connection *connection,
                                    const char *body) {
  (void)body;
  again_reply reply = {.status = 200, .type = "application/x-ndjson"};
  pthread_mutex_lock(&emulator->lock);
  const char *why = again_store_read(&emulator->store, &reply.file, &reply.offset, &reply.size);
  pthread_mutex_unlock(&emulator->lock);
  if (why != NULL) return refuse(connection, 409, why);
  return again_reply_send(connection, &reply);
}

static const struct {
  const char *name;
  const char *method;
  answerer *answer;
} routes[] = {
    {"stats", "GET", send_stats},   {"records", "GET", send_records},
    {"script", "POST", add_script}, {"script", "DELETE", remove_script},
    {"fault", "POST", add_fault},   {"reset", "POST", reset},
};

static enum MHD_Result answer(again_emulator *emulator, struct MHD_Connection *connection,
                              const again_control_request *request, answerer *with) {
  if (request->oversize || request->length > AGAIN_CONTROL_BODY_MAX) {
    return refuse(connection, 413, "the body is larger than 1 MiB: send it in parts");
  }
  char *body = calloc(1, request->length + 1);
  if (body == NULL) return MHD_NO;
  if (request->length > 0) memcpy(body, request->body, request->length);
  enum MHD_Result result = strlen(body) == request->length
                               ? with(emulator, connection, body)
                               : refuse(connection, 400, "the body has a NUL byte: send text");
  free(body);
  return result;
}

enum MHD_Result again_control_serve(again_emulator *emulator, struct MHD_Connection *connection,
                                    const again_control_request *request) {
  const char *name = request->url + sizeof prefix - 1;
  bool known = false;
  for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
    if (strcmp(routes[i].name, name) != 0) continue;
    known = true;
    if (strcmp(routes[i].method, request->method) == 0) {
      return answer(emulator, connection, request, routes[i].answer);
    }
  }
  if (known) return refuse(connection, 405, "no such method here; see again emulate --help");
  return refuse(connection, 404, "no such path; see again emulate --help");
}
