/* A file with a credential: lines "secret_id = ..", "secret_key = .." and perhaps "token = ..". */
#ifndef AGAIN_CLS_CREDENTIALS_FILE_H
#define AGAIN_CLS_CREDENTIALS_FILE_H

#include "cls/credentials.h"

/* Reads the file and, where it says something else, takes its credential. `allow_readable`: also if others
 * than its owner can read or write it. On an error nothing changes and `why` says where and what.
 * AGAIN_EIO (it cannot be read), AGAIN_EINVAL (who can read it, what is in it), AGAIN_ENOMEM. */
int again_cls_credentials_file(const char *path, bool allow_readable,
                               again_cls_credentials *credentials, char *why, size_t why_size);

#endif
