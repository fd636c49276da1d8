/* The names and sentences of every word in words.h, each from its own table. */
#include <again/core.h>

const char *again_error_name(int error) {
  switch (error) {
  case 0: return "AGAIN_OK";
#define X(name, value, text)                                                                       \
  case value: return "AGAIN_" #name;
    AGAIN_ERROR_MAP(X)
#undef X
  default: return "AGAIN_?";
  }
}

const char *again_error_text(int error) {
  switch (error) {
  case 0: return "no error";
#define X(name, value, text)                                                                       \
  case value: return text;
    AGAIN_ERROR_MAP(X)
#undef X
  default: return "an unknown error";
  }
}

#define NAME_OF(name, text, ...)     text,
#define SENTENCE_3(name, text, s)    s,
#define SENTENCE_4(name, text, a, s) s,
#define SENTENCE_6(n, t, a, b, c, s) s,

/* Two lookups, NAME_name and NAME_text, over the table MAP whose sentences SENTENCE picks out. */
#define WORDS(NAME, MAP, SENTENCE)                                                                 \
  const char *again_##NAME##_name(again_##NAME value) {                                            \
    static const char *const names[] = {MAP(NAME_OF)};                                             \
    return (size_t)value < sizeof names / sizeof *names ? names[value] : "?";                      \
  }                                                                                                \
  const char *again_##NAME##_text(again_##NAME value) {                                            \
    static const char *const texts[] = {MAP(SENTENCE)};                                            \
    return (size_t)value < sizeof texts / sizeof *texts ? texts[value] : "?";                      \
  }

WORDS(class, AGAIN_CLASS_MAP, SENTENCE_3)
WORDS(remedy, AGAIN_REMEDY_MAP, SENTENCE_3)
WORDS(damage, AGAIN_DAMAGE_MAP, SENTENCE_3)
WORDS(effect, AGAIN_EFFECT_MAP, SENTENCE_3)
WORDS(domain, AGAIN_DOMAIN_MAP, SENTENCE_3)
WORDS(shape, AGAIN_SHAPE_MAP, SENTENCE_3)
WORDS(fault, AGAIN_FAULT_MAP, SENTENCE_6)
WORDS(reason, AGAIN_REASON_MAP, SENTENCE_4)
WORDS(growth, AGAIN_GROWTH_MAP, SENTENCE_3)
WORDS(hint_kind, AGAIN_HINT_MAP, SENTENCE_3)
WORDS(jitter, AGAIN_JITTER_MAP, SENTENCE_3)
WORDS(origin, AGAIN_ORIGIN_MAP, SENTENCE_3)
WORDS(log_level, AGAIN_LOG_MAP, SENTENCE_3)
