/* What every test file includes: cmocka needs these headers in this order. */
#ifndef AGAIN_TESTS_SUPPORT_H
#define AGAIN_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h comes last: it uses the four above. */
#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#endif
