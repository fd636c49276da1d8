/* Looking up an error code: the exact name, its families, its stem. */
#include <again/core.h>
#include <string.h>

/* A known code is found without these, and sooner where they are not inlined. */
#define SLOW __attribute__((noinline))

/* ---- By halves ------------------------------------------------------------------------------- */

/* Compares the catalogue's name with the first `length` bytes of `code` followed by `tail`. */
static int name_compare(const char *name, const char *code, size_t length, const char *tail) {
  int order = strncmp(name, code, length);
  return order != 0 ? order : strcmp(name + length, tail);
}

static SLOW const again_code *find_sorted(const again_catalogue *catalogue, const char *code,
                                          size_t length, const char *tail) {
  size_t low = 0;
  size_t high = catalogue->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = name_compare(catalogue->codes[middle].name, code, length, tail);
    if (order == 0) return &catalogue->codes[middle];
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return NULL;
}

/* ---- Eight bytes at a time ------------------------------------------------------------------- */

/* The first byte is the lowest, on every machine. */
static inline uint64_t load8(const char *at) {
  uint64_t word;
  memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

static inline uint64_t load4(const char *at) {
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

/* Most codes have 8 to 32 bytes. Four words that may overlap cover those without a branch on the
 * length, which cannot be foreseen: the first, the last, and two from here. */
enum { WORDS_MIN = 8, WORDS_MAX = 32 };

static inline size_t second(size_t length) {
  return length < 16 ? length - 8 : 8;
}

static inline size_t third(size_t length) {
  return length < 24 ? length - 8 : 16;
}

static inline uint64_t differ8(const char *a, const char *b, size_t at) {
  return load8(a + at) ^ load8(b + at);
}

static inline bool same(const char *a, const char *b, size_t length) {
  if (length < WORDS_MIN || length > WORDS_MAX) return memcmp(a, b, length) == 0;
  return (differ8(a, b, 0) | differ8(a, b, second(length)) | differ8(a, b, third(length)) |
          differ8(a, b, length - 8)) == 0;
}

/* The top bit of each byte that is a dot. */
static inline uint64_t dots_in(uint64_t word) {
  const uint64_t low = UINT64_MAX / 255 * 0x7F;
  word ^= UINT64_MAX / 255 * '.';
  return ~(((word & low) + low) | word | low);
}

/* WORDS_MIN to WORDS_MAX bytes. */
static inline bool has_dot(const char *code, size_t length) {
  return (dots_in(load8(code)) | dots_in(load8(code + second(length))) |
          dots_in(load8(code + third(length))) | dots_in(load8(code + length - 8))) != 0;
}

/* The bytes up to the last dot among the first `length`, it included; 0: there is none. */
static inline size_t last_dot(const char *code, size_t length) {
  for (; length >= 8; length -= 8) {
    uint64_t dots = dots_in(load8(code + length - 8));
    if (dots != 0) return length - (unsigned)__builtin_clzll(dots) / 8;
  }
  while (length > 0 && code[length - 1] != '.')
    length--;
  return length;
}

/* ---- By the index ---------------------------------------------------------------------------- */

/* Open addressing, linear probing. A slot holds the upper half of its name's hash, the name's length
 * and, in the last 16 bits, its place among the codes + 1; 0: free. The name of a family has a second
 * slot without its "*", marked, as it is looked for with what a code has in common with it. */
enum { LENGTH_MAX = 0x7FFF, PLACE_MAX = 0xFFFF };

#define FAMILY (UINT64_C(1) << 31)

/* Of the length, the first and the last 8 bytes: codes rarely differ in the middle alone. Two odd
 * multipliers, of wyhash and of the golden ratio. */
static inline uint64_t hash_of(const char *code, size_t length) {
  uint64_t first = length;
  uint64_t last = 0;
  if (length >= 8) {
    first += load8(code);
    last = load8(code + length - 8);
  } else if (length >= 4) {
    first += load4(code);
    last = load4(code + length - 4);
  } else {
    for (size_t i = 0; i < length; i++)
      last = last << 8 | (unsigned char)code[i];
  }
  return first * 0x8EBC6AF09C88C6E3u + last * 0x9E3779B97F4A7C15u;
}

static inline size_t home_of(uint64_t hash, unsigned bits) {
  return (size_t)(hash >> (64 - bits));
}

static inline size_t next_of(size_t at, unsigned bits) {
  return (at + 1) & (((size_t)1 << bits) - 1);
}

/* What a slot holds but for the place. */
static inline uint64_t key_of(uint64_t hash, size_t length, uint64_t family) {
  return (hash & ~(uint64_t)UINT32_MAX) | (uint64_t)length << 16 | family;
}

static const again_code *find_indexed(const again_catalogue *catalogue, const char *code,
                                      size_t length, uint64_t family) {
  uint64_t hash = hash_of(code, length);
  uint64_t key = key_of(hash, length, family);
  size_t at = home_of(hash, catalogue->index_bits);
  for (uint64_t slot; (slot = catalogue->index[at]) != 0;) {
    if ((slot ^ key) <= PLACE_MAX) {
      const again_code *found = &catalogue->codes[(slot ^ key) - 1];
      if (same(found->name, code, length)) return found;
    }
    at = next_of(at, catalogue->index_bits);
  }
  return NULL;
}

static void index_add(uint64_t *slots, unsigned bits, const char *name, size_t length,
                      uint64_t family, size_t place) {
  uint64_t hash = hash_of(name, length);
  size_t at = home_of(hash, bits);
  while (slots[at] != 0)
    at = next_of(at, bits);
  slots[at] = key_of(hash, length, family) | (place + 1);
}

int again_catalogue_index(again_catalogue *catalogue, uint64_t *slots, unsigned bits) {
  if (bits < 1 || bits > 16) return AGAIN_EINVAL;
  size_t left = (size_t)1 << bits;
  memset(slots, 0, left * sizeof *slots);
  for (size_t i = 0; i < catalogue->count; i++) {
    const char *name = catalogue->codes[i].name;
    size_t length = strlen(name);
    bool family = length > 1 && name[length - 1] == '*' && name[length - 2] == '.';
    size_t needed = family ? 2 : 1;
    /* One slot stays free, as it ends a search: the place is less than PLACE_MAX, too. */
    if (left <= needed || length > LENGTH_MAX) return AGAIN_EINVAL;
    left -= needed;
    index_add(slots, bits, name, length, 0, i);
    if (family) index_add(slots, bits, name, length - 1, FAMILY, i);
  }
  catalogue->index = slots;
  catalogue->index_bits = bits;
  return 0;
}

/* ---- Either way ------------------------------------------------------------------------------ */

static const again_code *find_exact(const again_catalogue *catalogue, const char *code,
                                    size_t length) {
  return catalogue->index != NULL && length <= LENGTH_MAX
             ? find_indexed(catalogue, code, length, 0)
             : find_sorted(catalogue, code, length, "");
}

static const again_code *find_family(const again_catalogue *catalogue, const char *code,
                                     size_t length) {
  return catalogue->index != NULL && length <= LENGTH_MAX
             ? find_indexed(catalogue, code, length, FAMILY)
             : find_sorted(catalogue, code, length, "*");
}

/* The families of a code that is not known, the narrowest first, then its stems. */
static SLOW const again_code *find_relative(const again_catalogue *catalogue, const char *code,
                                            size_t length) {
  size_t end = last_dot(code, length);
  const again_code *found = NULL;
  for (size_t dot = end; found == NULL && dot > 0; dot = last_dot(code, dot - 1))
    found = find_family(catalogue, code, dot);
  for (size_t dot = end; found == NULL && dot > 1; dot = last_dot(code, dot - 1))
    found = find_exact(catalogue, code, dot - 1);
  return found;
}

static SLOW const again_code *find_any(const again_catalogue *catalogue, const char *code,
                                       size_t length, again_origin *origin) {
  if (length == 0) return NULL;
  const again_code *found = find_exact(catalogue, code, length);
  if (origin != NULL) *origin = found != NULL ? AGAIN_ORIGIN_CODE : AGAIN_ORIGIN_FAMILY;
  return found != NULL ? found : find_relative(catalogue, code, length);
}

/* The same where neither the code nor another one has its slot. */
static SLOW const again_code *find_unknown(const again_catalogue *catalogue, const char *code,
                                           size_t length, again_origin *origin) {
  if (origin != NULL) *origin = AGAIN_ORIGIN_FAMILY;
  return has_dot(code, length) ? find_relative(catalogue, code, length) : NULL;
}

/* The same where another one has its slot `at`: the next one is free, most often. */
static SLOW const again_code *find_further(const again_catalogue *catalogue, const char *code,
                                           size_t length, again_origin *origin, size_t at) {
  return catalogue->index[next_of(at, catalogue->index_bits)] == 0
             ? find_unknown(catalogue, code, length, origin)
             : find_any(catalogue, code, length, origin);
}

/* The same with an index. Most codes are of a usual length and stand in their first slot. */
static SLOW const again_code *find_usual(const again_catalogue *catalogue, const char *code,
                                         size_t length, again_origin *origin) {
  if (length < WORDS_MIN || length > WORDS_MAX) return find_any(catalogue, code, length, origin);
  uint64_t hash = hash_of(code, length);
  size_t at = home_of(hash, catalogue->index_bits);
  uint64_t slot = catalogue->index[at];
  if (slot == 0) return find_unknown(catalogue, code, length, origin);
  uint64_t place = slot ^ key_of(hash, length, 0);
  if (place > PLACE_MAX) return find_further(catalogue, code, length, origin, at);
  const again_code *found = &catalogue->codes[place - 1];
  if (!same(found->name, code, length)) return find_further(catalogue, code, length, origin, at);
  if (origin != NULL) *origin = AGAIN_ORIGIN_CODE;
  return found;
}

const again_code *again_catalogue_find(const again_catalogue *catalogue, const char *code,
                                       again_origin *origin) {
  if (catalogue == NULL || code == NULL) return NULL;
  return catalogue->index != NULL ? find_usual(catalogue, code, strlen(code), origin)
                                  : find_any(catalogue, code, strlen(code), origin);
}
