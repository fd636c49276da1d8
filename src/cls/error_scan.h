/* The usual error body, read without a JSON parser.
 *
 * CLS answers {"errorcode":"..","errormessage":".."}. Such a body, with plain ASCII texts that need no
 * escapes and fit, is read here in one pass; anything else is left to json-c, which decides what is
 * valid. What this reads, json-c reads alike: tests/cls/test_error_scan.c and tests/fuzz compare. */
#ifndef AGAIN_CLS_ERROR_SCAN_H
#define AGAIN_CLS_ERROR_SCAN_H

#include <again/cls.h>

/* False: not of that form, and *error is as it was. */
bool again_cls_error_scan(const char *body, size_t length, again_cls_error *error);

/* The slow way, by json-c, for every form. */
bool again_cls_error_parse_json(const char *body, size_t length, again_cls_error *error);

#endif
