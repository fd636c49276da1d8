/* Splitting into lines. A line inside one chunk is given out where it lies; one that spans chunks
 * is gathered first; of one that is too long, no more than LINE_MAX_BYTES are ever held. */
#include "splitter.h"
#include <stdlib.h>
#include <string.h>

void splitter_init(splitter *state, uint64_t offset, line_fn found, void *data) {
  *state = (splitter){.found = found, .data = data, .offset = offset, .begin = offset};
}

static void give_out(splitter *state, const char *text, size_t length, bool newline, bool last) {
  uint64_t end = state->offset + length + (newline ? 1 : 0);
  line found = {.text = text,
                .length = length,
                .offset = state->offset,
                .begin = state->begin,
                .end = last ? end : state->begin,
                .too_long = state->too_long,
                .last = last};
  state->offset = end;
  if (last) {
    state->begin = end;
    state->too_long = false;
  }
  state->found(state->data, &found);
}

static bool hold(splitter *state, const char *bytes, size_t length) {
  size_t needed = state->held_length + length;
  if (needed > state->held_size) {
    size_t size = needed < LINE_MAX_BYTES / 2 ? needed * 2 : LINE_MAX_BYTES;
    char *grown = realloc(state->held, size);
    if (grown == NULL) return false;
    state->held = grown;
    state->held_size = size;
  }
  memcpy(state->held + state->held_length, bytes, length);
  state->held_length = needed;
  return true;
}

/* Gives out a full piece of a line of which more has come. */
static void give_out_piece(splitter *state) {
  state->too_long = true;
  give_out(state, state->held, state->held_length, false, false);
  state->held_length = 0;
}

bool splitter_feed(splitter *state, const char *bytes, size_t length) {
  while (length > 0) {
    const char *newline = memchr(bytes, '\n', length);
    size_t part = newline != NULL ? (size_t)(newline - bytes) : length;
    bool direct = newline != NULL && state->held_length == 0 && part <= LINE_MAX_BYTES;
    if (direct) {
      give_out(state, bytes, part, true, true);
    } else {
      if (part > 0 && state->held_length == LINE_MAX_BYTES) give_out_piece(state);
      size_t room = LINE_MAX_BYTES - state->held_length;
      if (part > room) {
        part = room;
        newline = NULL;
      }
      if (!hold(state, bytes, part)) return false;
      if (newline != NULL) {
        size_t held = state->held_length;
        state->held_length = 0;
        give_out(state, state->held, held, true, true);
      }
    }
    if (newline != NULL) part++;
    bytes += part;
    length -= part;
  }
  return true;
}

void splitter_end(splitter *state) {
  size_t held = state->held_length;
  state->held_length = 0;
  if (held > 0) give_out(state, state->held, held, false, true);
}
