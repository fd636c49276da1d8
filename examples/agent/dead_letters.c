/* The dead letters: appended whole, or not at all. */
#include "dead_letters.h"
#include "disk.h"
#include "record.h"
#include <again/cls.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct dead_letters {
  char *folder;
  char *path;
  int fd;
  off_t size; /* whole records */
  bool torn;  /* behind them is a part of one that could not be taken back */
  bool unsynced;
};

static void explain_errno(const dead_letters *letters, const char *what, char *why,
                          size_t why_size) {
  snprintf(why, why_size, "cannot %s %s: %s; %s", what, letters->path, strerror(errno),
           disk_advice(errno));
}

/* The size of the file without half a record at its end; -1: errno says why it cannot be read. */
static off_t whole_records(int fd) {
  off_t end = lseek(fd, 0, SEEK_END);
  char bytes[4096];
  while (end > 0) {
    off_t from = end > (off_t)sizeof bytes ? end - (off_t)sizeof bytes : 0;
    ssize_t got = pread(fd, bytes, (size_t)(end - from), from);
    if (got <= 0) return -1;
    for (ssize_t i = got; i > 0; i--) {
      if (bytes[i - 1] == '\n') return from + i;
    }
    end = from;
  }
  return end;
}

static dead_letters_state lock_and_mend(dead_letters *letters, char *why, size_t why_size) {
  /* Not a lock of fcntl: that is lost when anything in this process closes the file. */
  if (flock(letters->fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      explain_errno(letters, "lock", why, why_size);
      return DEAD_LETTERS_FAILED;
    }
    snprintf(why, why_size,
             "%s is in use by another again-agent; stop it, or name another folder with --state",
             letters->path);
    return DEAD_LETTERS_IN_USE;
  }
  letters->size = whole_records(letters->fd);
  if (letters->size < 0 || ftruncate(letters->fd, letters->size) != 0) {
    explain_errno(letters, "mend the end of", why, why_size);
    return DEAD_LETTERS_FAILED;
  }
  return DEAD_LETTERS_OPEN;
}

/* Opens the file in place of the one that is open. */
static dead_letters_state open_file(dead_letters *letters, char *why, size_t why_size) {
  if (letters->fd >= 0) close(letters->fd);
  letters->torn = false;
  letters->fd = open(letters->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (letters->fd >= 0) return lock_and_mend(letters, why, why_size);
  explain_errno(letters, "open", why, why_size);
  return DEAD_LETTERS_FAILED;
}

dead_letters_state dead_letters_open(const char *folder, dead_letters **opened, char *why,
                                     size_t why_size) {
  dead_letters *letters = calloc(1, sizeof *letters);
  dead_letters_state state = DEAD_LETTERS_FAILED;
  snprintf(why, why_size, "out of memory");
  if (letters == NULL) return state;
  letters->fd = -1;
  letters->folder = strdup(folder);
  letters->path = disk_path(folder, "dead-letters.ndjson");
  if (letters->folder != NULL && letters->path != NULL) state = open_file(letters, why, why_size);
  if (state == DEAD_LETTERS_OPEN) {
    *opened = letters;
  } else {
    dead_letters_close(letters);
  }
  return state;
}

/* Somebody may have moved, removed or cut the file since, or written to it. After this the next
 * record begins a line of the file that has the name. */
static bool be_ready(dead_letters *letters, char *why, size_t why_size) {
  struct stat named;
  struct stat here;
  char last = '\n';
  bool same = letters->fd >= 0 && fstat(letters->fd, &here) == 0 &&
              stat(letters->path, &named) == 0 && named.st_ino == here.st_ino &&
              named.st_dev == here.st_dev;
  if (!same) return open_file(letters, why, why_size) == DEAD_LETTERS_OPEN;
  bool ok = true;
  if (letters->torn) {
    ok = ftruncate(letters->fd, letters->size) == 0;
    letters->torn = !ok;
  } else if (here.st_size != letters->size) {
    ok = here.st_size == 0 || pread(letters->fd, &last, 1, here.st_size - 1) == 1;
    if (ok && last != '\n') {
      ok = disk_write(letters->fd, "\n", 1);
      here.st_size += ok;
    }
    letters->size = here.st_size;
  }
  if (!ok) explain_errno(letters, "mend", why, why_size);
  return ok;
}

static bool put_line(json_object *record, const dead_letter *letter) {
  if (again_cls_text_valid(letter->line, letter->length)) {
    return record_put(record, "line",
                      json_object_new_string_len(letter->line, (int)letter->length));
  }
  unsigned char *encoded = malloc(letter->length / 3 * 4 + 5);
  if (encoded == NULL) return false;
  int length = EVP_EncodeBlock(encoded, (const unsigned char *)letter->line, (int)letter->length);
  bool ok =
      record_put(record, "line_base64", json_object_new_string_len((const char *)encoded, length));
  free(encoded);
  return ok;
}

/* NULL: out of memory. */
static json_object *record_of(const dead_letter *letter) {
  json_object *record = json_object_new_object();
  if (record == NULL) return NULL;
  bool ok = record_put(record, "time", json_object_new_int64(letter->time_ms)) &&
            record_put(record, "topic", json_object_new_string(letter->topic)) &&
            record_put(record, "file", json_object_new_string(letter->file)) &&
            record_put(record, "offset", json_object_new_uint64(letter->offset)) &&
            record_put(record, "code", json_object_new_string(letter->code)) &&
            record_put(record, "class", json_object_new_string(letter->error_class)) &&
            record_put(record, "reason", json_object_new_string(letter->reason)) &&
            record_put(record, "message", json_object_new_string(letter->message)) &&
            record_put(record, "request_id", json_object_new_string(letter->request_id)) &&
            record_put(record, "attempts", json_object_new_int64(letter->attempts)) &&
            put_line(record, letter);
  if (ok) return record;
  json_object_put(record);
  return NULL;
}

bool dead_letters_add(dead_letters *letters, const dead_letter *letter, char *why,
                      size_t why_size) {
  if (!be_ready(letters, why, why_size)) return false;
  json_object *record = record_of(letter);
  size_t length = 0;
  const char *text =
      record != NULL ? json_object_to_json_string_length(
                           record, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length)
                     : NULL;
  errno = ENOMEM;
  bool ok =
      text != NULL && disk_write(letters->fd, text, length) && disk_write(letters->fd, "\n", 1);
  if (ok) {
    letters->size += (off_t)length + 1;
    letters->unsynced = true;
  } else {
    explain_errno(letters, "write", why, why_size);
    letters->torn = ftruncate(letters->fd, letters->size) != 0;
  }
  json_object_put(record);
  return ok;
}

bool dead_letters_sync(dead_letters *letters, char *why, size_t why_size) {
  if (!letters->unsynced) return true;
  if (fsync(letters->fd) != 0 || !disk_sync_folder(letters->folder)) {
    explain_errno(letters, "write", why, why_size);
    return false;
  }
  letters->unsynced = false;
  return true;
}

const char *dead_letters_path(const dead_letters *letters) {
  return letters->path;
}

void dead_letters_close(dead_letters *letters) {
  if (letters == NULL) return;
  if (letters->fd >= 0) close(letters->fd);
  free(letters->folder);
  free(letters->path);
  free(letters);
}
