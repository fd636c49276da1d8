/* The usual error bodies, read without a JSON parser.
 *
 * CLS answers {"errorcode":"..","errormessage":".."}, the API 3.0
 * {"Response":{"Error":{"Code":"..","Message":".."},"RequestId":".."}}. Such a body, with any space
 * between, plain ASCII texts that need no escapes and fit, is read here in one pass; anything else is
 * left to json-c, which decides what is valid. What this reads, json-c reads alike:
 * tests/cls/test_error_scan.c and tests/fuzz compare. */
#ifndef AGAIN_CLS_ERROR_SCAN_H
#define AGAIN_CLS_ERROR_SCAN_H

#include <again/cls.h>

/* Longer bodies are not read at all. */
enum { AGAIN_CLS_ERROR_BODY_MAX = 64 * 1024 };

/* False: not of these forms, and *error holds nothing of use. */
bool again_cls_error_scan(const char *body, size_t length, again_cls_error *error);

/* The slow way, by json-c, for every form. */
bool again_cls_error_parse_json(const char *body, size_t length, again_cls_error *error);

#endif
