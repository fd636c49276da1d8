/* The signature, in memory of a client. */
#ifndef AGAIN_CLS_SIGN_H
#define AGAIN_CLS_SIGN_H

#include <again/cls.h>

/* As again_cls_sign; *authorization goes back to the allocator (NULL: the C library's). */
int again_cls_sign_with(const again_allocator *allocator, const char *secret_id,
                        const char *secret_key, const again_cls_signable *signable,
                        char **authorization);

#endif
