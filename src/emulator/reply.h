/* An HTTP answer, handed to libmicrohttpd. */
#ifndef AGAIN_EMULATOR_REPLY_H
#define AGAIN_EMULATOR_REPLY_H

#include <microhttpd.h>
#include <stdint.h>

typedef struct again_reply {
  int status;
  const char *type;
  const char
      *body; /* copied; NULL: the part of `file` that begins at `offset` and has `size` bytes */
  int file;  /* closed */
  uint64_t offset;
  uint64_t size;
  const char *date; /* NULL, as the next two: no such header */
  const char *request_id;
  const char *retry_after;
} again_reply;

/* MHD_NO: the connection is closed instead. */
enum MHD_Result again_reply_send(struct MHD_Connection *connection, const again_reply *reply);

#endif
