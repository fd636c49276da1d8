#include "cls/credentials_file.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024, KEY_COUNT = 3 };

static const char *const keys[KEY_COUNT] = {"secret_id", "secret_key", "token"};

static const char blanks[] = " \t\r";

/* The file that is open is the one that is judged, whatever happens to its name. */
static int check_mode(int fd, const char *path, bool allow_readable, char *why, size_t why_size) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    snprintf(why, why_size, "%s is not a file: name one with secret_id and secret_key", path);
    return AGAIN_EINVAL;
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !allow_readable) {
    snprintf(
        why, why_size,
        "%s holds a secret, and others than its owner can use it (mode %04o): run chmod 600, or "
        "allow it",
        path, (unsigned)status.st_mode & 07777);
    return AGAIN_EINVAL;
  }
  return 0;
}

/* The whole text, with a NUL behind it, into `text` of FILE_MAX + 2 bytes. */
static int read_all(int fd, const char *path, char *text, char *why, size_t why_size) {
  size_t length = 0;
  ssize_t got;
  do {
    got = read(fd, text + length, FILE_MAX + 1 - length);
    if (got > 0) length += (size_t)got;
  } while (got > 0 || (got < 0 && errno == EINTR));
  if (got < 0) {
    snprintf(why, why_size, "%s cannot be read: %s", path, strerror(errno));
    return AGAIN_EIO;
  }
  text[length] = '\0';
  if (length <= FILE_MAX && strlen(text) == length) return 0;
  snprintf(why, why_size, "%s is no file of credentials: it has %s", path,
           length > FILE_MAX ? "more than 64 KiB" : "NULs");
  return AGAIN_EINVAL;
}

static char *trim(char *text) {
  text += strspn(text, blanks);
  size_t length = strlen(text);
  while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
    length--;
  text[length] = '\0';
  return text;
}

/* One line, without its end. What it says is not repeated: it may be a secret. */
static int read_line(char *line, const char *values[KEY_COUNT]) {
  line = trim(line);
  if (line[0] == '\0' || line[0] == '#') return 0;
  char *value = strchr(line, '=');
  if (value == NULL) return AGAIN_EINVAL;
  *value++ = '\0';
  const char *key = trim(line);
  for (int i = 0; i < KEY_COUNT; i++) {
    if (strcmp(keys[i], key) != 0) continue;
    if (values[i] != NULL) return AGAIN_EINVAL;
    values[i] = trim(value);
    return 0;
  }
  return AGAIN_EINVAL;
}

/* Cuts the text into values. */
static int read_text(char *text, const char *path, const char *values[KEY_COUNT], char *why,
                     size_t why_size) {
  unsigned number = 1;
  for (char *line = text; line != NULL; number++) {
    char *next = strchr(line, '\n');
    if (next != NULL) *next++ = '\0';
    if (read_line(line, values) != 0) {
      snprintf(
          why, why_size,
          "%s:%u: a line must be \"secret_id = ..\", \"secret_key = ..\" or \"token = ..\", each "
          "once, or begin with #",
          path, number);
      return AGAIN_EINVAL;
    }
    line = next;
  }
  return 0;
}

static bool same(const char *a, const char *b) {
  if (a == NULL || b == NULL) return (a == NULL || a[0] == '\0') && (b == NULL || b[0] == '\0');
  return strcmp(a, b) == 0;
}

static int take(const char *path, const char *const values[KEY_COUNT],
                again_cls_credentials *credentials, char *why, size_t why_size) {
  if (credentials->id != NULL && same(values[0], credentials->id) &&
      same(values[1], credentials->key) && same(values[2], credentials->token)) {
    return 0;
  }
  char wrong[160];
  int error =
      again_cls_credentials_set(credentials, values[0], values[1], values[2], wrong, sizeof wrong);
  if (error != 0) snprintf(why, why_size, "%s: %s", path, wrong);
  return error;
}

int again_cls_credentials_file(const char *path, bool allow_readable,
                               again_cls_credentials *credentials, char *why, size_t why_size) {
  /* A FIFO is not waited for. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    snprintf(why, why_size, "%s cannot be read: %s", path, strerror(errno));
    return AGAIN_EIO;
  }
  const char *values[KEY_COUNT] = {NULL};
  char *text = again_resize(credentials->allocator, NULL, FILE_MAX + 2);
  int error = text != NULL ? 0 : AGAIN_ENOMEM;
  if (text == NULL) snprintf(why, why_size, "out of memory");
  if (error == 0) error = check_mode(fd, path, allow_readable, why, why_size);
  if (error == 0) error = read_all(fd, path, text, why, why_size);
  if (error == 0) error = read_text(text, path, values, why, why_size);
  if (error == 0) error = take(path, values, credentials, why, why_size);
  if (text != NULL) OPENSSL_cleanse(text, FILE_MAX + 2);
  again_resize(credentials->allocator, text, 0);
  close(fd);
  return error;
}
