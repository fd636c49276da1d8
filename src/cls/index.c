/* A program of the build: writes the index of the error codes as the rows of an array in C. */
#include "cls/index.h"
#include <again/core.h>
#include <inttypes.h>
#include <stdio.h>

static const again_code codes[] = {
#define C(text, status_, class_, remedy_, damage_, advice_) {.name = text},
#include "cls/codes.def"
#undef C
};

int main(int argc, char **argv) {
  static uint64_t slots[1 << INDEX_BITS];
  again_catalogue catalogue = {.codes = codes, .count = sizeof codes / sizeof *codes};
  if (again_catalogue_index(&catalogue, slots, INDEX_BITS) != 0) {
    fprintf(stderr, "the codes do not fit the index: give it more bits in src/cls/index.h\n");
    return 1;
  }
  FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;
  if (file == NULL) {
    fprintf(stderr, "the file for the index cannot be written; usage: %s FILE\n", argv[0]);
    return 1;
  }
  for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
    fprintf(file, "UINT64_C(%" PRIu64 "),\n", slots[i]);
  return fclose(file) != 0;
}
