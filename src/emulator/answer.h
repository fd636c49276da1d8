/* What the emulator says to one request. */
#ifndef AGAIN_EMULATOR_ANSWER_H
#define AGAIN_EMULATOR_ANSWER_H

typedef struct again_answer {
  int status;    /* 200: taken */
  char code[64]; /* an error body of CLS's form with it and `message`; "": none */
  char message[200];
} again_answer;

/* Sets the answer; always false, so that a check may end with `return again_answer_refuse(...)`. */
_Bool again_answer_refuse(again_answer *answer, int status, const char *code, const char *format,
                          ...) __attribute__((format(printf, 4, 5)));

#endif
