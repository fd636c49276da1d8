#include "emulator/reply.h"
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static struct MHD_Response *make_response(const again_reply *reply) {
  if (reply->body != NULL) {
    return MHD_create_response_from_buffer(strlen(reply->body), (void *)(uintptr_t)reply->body,
                                           MHD_RESPMEM_MUST_COPY);
  }
  struct MHD_Response *response =
      MHD_create_response_from_fd_at_offset64(reply->size, reply->file, reply->offset);
  if (response == NULL) close(reply->file);
  return response;
}

enum MHD_Result again_reply_send(struct MHD_Connection *connection, const again_reply *reply) {
  struct MHD_Response *response = make_response(reply);
  if (response == NULL) return MHD_NO;
  bool empty = reply->body != NULL && reply->body[0] == '\0';
  const char *const headers[][2] = {{"Content-Type", empty ? NULL : reply->type},
                                    {"Date", reply->date},
                                    {"x-cls-requestid", reply->request_id},
                                    {"Retry-After", reply->retry_after}};
  enum MHD_Result result = MHD_YES;
  for (size_t i = 0; i < sizeof headers / sizeof *headers && result == MHD_YES; i++) {
    if (headers[i][1] != NULL && headers[i][1][0] != '\0') {
      result = MHD_add_response_header(response, headers[i][0], headers[i][1]);
    }
  }
  if (result == MHD_YES) {
    result = MHD_queue_response(connection, (unsigned)reply->status, response);
  }
  MHD_destroy_response(response);
  return result;
}
