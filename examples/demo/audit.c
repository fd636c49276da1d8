#include "audit.h"
#include <errno.h>
#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct audit_line {
  uint64_t offset;
  const char *text;
  size_t length;
  uint32_t stored;
  uint32_t refused;
  size_t pieces; /* bytes of it that were refused in pieces: it was too long for a log */
} audit_line;

struct audit_file {
  char *name;
  char *text;
  audit_line *lines;
  size_t count;
};

static char *read_whole(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  char *text = NULL;
  size_t room = 0;
  size_t got = 1;
  for (*length = 0; got > 0; *length += got) {
    if (*length + 1 >= room) {
      room = room == 0 ? 1 << 16 : room * 2;
      char *grown = realloc(text, room);
      if (grown == NULL) break;
      text = grown;
    }
    got = fread(text + *length, 1, room - 1 - *length, file);
  }
  bool whole = text != NULL && got == 0 && !ferror(file);
  fclose(file);
  if (whole) return text;
  free(text);
  return NULL;
}

static size_t count_lines(const char *text, size_t length) {
  size_t count = 0;
  for (size_t at = 0; at < length; at++)
    count += text[at] == '\n';
  return count + (length > 0 && text[length - 1] != '\n');
}

static void cut_lines(audit_file *file, size_t length) {
  size_t begin = 0;
  for (size_t i = 0; i < file->count; i++) {
    const char *newline = memchr(file->text + begin, '\n', length - begin);
    size_t end = newline != NULL ? (size_t)(newline - file->text) : length;
    file->lines[i] =
        (audit_line){.offset = begin, .text = file->text + begin, .length = end - begin};
    begin = end + 1;
  }
}

bool audit_add_file(audit *account, const char *path, char *why, size_t why_size) {
  audit_file *files = realloc(account->files, (account->file_count + 1) * sizeof *files);
  if (files != NULL) account->files = files;
  audit_file added = {0};
  size_t length = 0;
  errno = 0;
  added.text = files != NULL ? read_whole(path, &length) : NULL;
  if (added.text != NULL) {
    added.name = strdup(path);
    added.count = count_lines(added.text, length);
    added.lines = calloc(added.count + 1, sizeof *added.lines);
  }
  if (added.lines == NULL || added.name == NULL) {
    snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno != 0 ? errno : ENOMEM));
    free(added.name);
    free(added.text);
    free(added.lines);
    return false;
  }
  cut_lines(&added, length);
  account->lines += added.count;
  account->files[account->file_count++] = added;
  return true;
}

/* The line that holds the byte at `offset`. */
static audit_line *find_line(audit *account, const char *name, uint64_t offset) {
  for (size_t i = 0; i < account->file_count; i++) {
    audit_file *file = &account->files[i];
    if (strcmp(file->name, name) != 0) continue;
    size_t low = 0;
    size_t high = file->count;
    while (low < high) {
      size_t middle = low + (high - low) / 2;
      if (file->lines[middle].offset <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) return NULL;
    audit_line *line = &file->lines[low - 1];
    if (offset <= line->offset + line->length) return line;
  }
  return NULL;
}

/* The same, where U+FFFD may stand for any byte: so a batch takes what is not UTF-8. */
static bool same_text(const audit_line *line, const char *text, size_t length) {
  static const char replacement[] = "\xEF\xBF\xBD";
  size_t at = 0;
  for (size_t i = 0; i < line->length; i++) {
    if (at < length && text[at] == line->text[i]) {
      at++;
    } else if (length - at >= 3 && memcmp(text + at, replacement, 3) == 0) {
      at += 3;
    } else {
      return false;
    }
  }
  return at == length;
}

static bool same_base64(const audit_line *line, const char *text) {
  unsigned char *encoded = malloc(line->length / 3 * 4 + 5);
  if (encoded == NULL) return false;
  EVP_EncodeBlock(encoded, (const unsigned char *)line->text, (int)line->length);
  bool same = strcmp((const char *)encoded, text) == 0;
  free(encoded);
  return same;
}

static const char *string_at(json_object *object, const char *key, size_t *length) {
  json_object *value = NULL;
  if (!json_object_object_get_ex(object, key, &value)) return NULL;
  const char *text = json_object_get_string(value);
  if (text != NULL && length != NULL) *length = (size_t)json_object_get_string_len(value);
  return text;
}

static void count_stored(audit *account, json_object *record) {
  json_object *contents = NULL;
  size_t length = 0;
  const char *name = string_at(record, "filename", NULL);
  json_object_object_get_ex(record, "contents", &contents);
  const char *offset = contents != NULL ? string_at(contents, "offset", NULL) : NULL;
  const char *text = contents != NULL ? string_at(contents, "content", &length) : NULL;
  audit_line *line =
      name != NULL && offset != NULL ? find_line(account, name, strtoull(offset, NULL, 10)) : NULL;
  bool whole = line != NULL && line->offset == strtoull(offset, NULL, 10);
  if (whole && text != NULL && same_text(line, text, length)) {
    line->stored++;
  } else {
    account->foreign++;
  }
}

static void count_refused(audit *account, json_object *record) {
  json_object *offset = NULL;
  size_t length = 0;
  const char *name = string_at(record, "file", NULL);
  const char *text = string_at(record, "line", &length);
  const char *base64 = string_at(record, "line_base64", NULL);
  json_object_object_get_ex(record, "offset", &offset);
  audit_line *line = name != NULL && offset != NULL
                         ? find_line(account, name, json_object_get_uint64(offset))
                         : NULL;
  size_t at = line != NULL ? (size_t)(json_object_get_uint64(offset) - line->offset) : 0;
  bool same = line != NULL && at == 0 &&
              (text != NULL     ? same_text(line, text, length)
               : base64 != NULL ? same_base64(line, base64)
                                : false);
  bool piece = !same && line != NULL && text != NULL && length <= line->length - at &&
               memcmp(line->text + at, text, length) == 0;
  if (piece) line->pieces += length;
  if (same || (piece && line->pieces == line->length)) {
    line->refused++;
  } else if (!piece) {
    account->foreign++;
  }
}

/* Hands each line of a file, as JSON, to `count`; what is no JSON is foreign. */
static bool read_records(audit *account, const char *path,
                         void (*count)(audit *account, json_object *record), char *why,
                         size_t why_size) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno));
    return false;
  }
  char *text = NULL;
  size_t room = 0;
  while (getline(&text, &room, file) > 0) {
    json_object *record = json_tokener_parse(text);
    if (json_object_is_type(record, json_type_object)) {
      count(account, record);
    } else {
      account->foreign++;
    }
    json_object_put(record);
  }
  free(text);
  bool whole = !ferror(file);
  if (!whole) snprintf(why, why_size, "cannot read %s to its end: %s", path, strerror(errno));
  fclose(file);
  return whole;
}

bool audit_read_stored(audit *account, const char *path, char *why, size_t why_size) {
  return read_records(account, path, count_stored, why, why_size);
}

bool audit_read_refused(audit *account, const char *path, char *why, size_t why_size) {
  return read_records(account, path, count_refused, why, why_size);
}

void audit_close(audit *account) {
  for (size_t i = 0; i < account->file_count; i++) {
    for (size_t n = 0; n < account->files[i].count; n++) {
      const audit_line *line = &account->files[i].lines[n];
      account->delivered += line->stored > 0;
      account->duplicates += line->stored > 1 ? line->stored - 1 : 0;
      account->refused += line->stored == 0 && line->refused > 0;
      account->lost += line->stored == 0 && line->refused == 0;
    }
  }
}

void audit_free(audit *account) {
  for (size_t i = 0; i < account->file_count; i++) {
    free(account->files[i].name);
    free(account->files[i].text);
    free(account->files[i].lines);
  }
  free(account->files);
}
