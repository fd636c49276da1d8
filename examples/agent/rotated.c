#include "rotated.h"
#include "disk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Names ----------------------------------------------------------------------------------- */

static size_t without_compression(const char *name) {
  static const char *const endings[] = {".gz", ".bz2", ".xz", ".zst", ".lz4", ".Z", ".zip"};
  size_t length = strlen(name);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t ending = strlen(endings[i]);
    if (length > ending && strcmp(name + length - ending, endings[i]) == 0) return length - ending;
  }
  return length;
}

/* ".1", "-20260101", ".2026-01-01T10:00:00Z" */
static bool is_mark(const char *text, size_t length) {
  size_t digits = 0;
  if (length < 2 || strchr(".-_", text[0]) == NULL) return false;
  for (size_t i = 1; i < length; i++) {
    if (strchr("0123456789.-_:TZ", text[i]) == NULL) return false;
    digits += text[i] >= '0' && text[i] <= '9';
  }
  return digits > 0;
}

bool rotated_is_name(const char *base, const char *name, const char **mark, size_t *mark_length,
                     bool *compressed) {
  size_t length = without_compression(name);
  size_t whole = strlen(base);
  *compressed = name[length] != '\0';
  const char *dot = strrchr(base, '.');
  size_t stem = dot != NULL && dot > base ? (size_t)(dot - base) : whole;
  if (length > whole && strncmp(name, base, whole) == 0) {
    *mark = name + whole;
    *mark_length = length - whole;
    if (is_mark(*mark, *mark_length)) return true;
  }
  /* The mark before the ending. */
  size_t ending = whole - stem;
  if (length <= whole || strncmp(name, base, stem) != 0 ||
      strncmp(name + length - ending, base + stem, ending) != 0) {
    return false;
  }
  *mark = name + stem;
  *mark_length = length - whole;
  return is_mark(*mark, *mark_length);
}

/* ---- The folder ------------------------------------------------------------------------------ */

typedef struct found {
  char *path;
  char *mark; /* NULL: its name is not a rotated one's */
  bool compressed;
  struct stat stat;
} found;

typedef struct listing {
  found *files;
  size_t count;
} listing;

static void free_listing(listing *list) {
  for (size_t i = 0; i < list->count; i++) {
    free(list->files[i].path);
    free(list->files[i].mark);
  }
  free(list->files);
}

static bool add(listing *list, const char *folder, const char *base, const char *name) {
  const char *mark = NULL;
  size_t length = 0;
  found file = {.path = disk_path(folder, name)};
  bool marked = rotated_is_name(base, name, &mark, &length, &file.compressed);
  if (marked) file.mark = strndup(mark, length);
  found *grown = realloc(list->files, (list->count + 1) * sizeof *grown);
  if (grown != NULL) list->files = grown;
  if (file.path == NULL || grown == NULL || (marked && file.mark == NULL)) {
    free(file.path);
    free(file.mark);
    errno = ENOMEM;
    return false;
  }
  list->files[list->count++] = file;
  found *last = &list->files[list->count - 1];
  if (lstat(last->path, &last->stat) == 0 && S_ISREG(last->stat.st_mode)) return true;
  list->count--; /* gone by now, or no log */
  free(file.path);
  free(file.mark);
  return true;
}

/* All regular files in the folder of `path`. False: errno. */
static bool list_folder(const char *path, listing *list) {
  *list = (listing){0};
  char *folder = strdup(path);
  char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
  if (slash == NULL) {
    free(folder);
    return false;
  }
  *slash = '\0';
  DIR *entries = opendir(slash == folder ? "/" : folder);
  bool ok = entries != NULL;
  while (ok) {
    struct dirent *entry = readdir(entries);
    if (entry == NULL) break;
    ok = add(list, folder, path + (slash - folder) + 1, entry->d_name);
  }
  int error = errno;
  if (entries != NULL) closedir(entries);
  free(folder);
  errno = error;
  return ok;
}

static int open_file(const char *path) {
  return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Opens a listed file, unless its name went to another one meanwhile. */
static int open_listed(const found *file) {
  int fd = open_file(file->path);
  struct stat opened;
  if (fd < 0) return -1;
  if (fstat(fd, &opened) == 0 && opened.st_ino == file->stat.st_ino &&
      opened.st_dev == file->stat.st_dev) {
    return fd;
  }
  close(fd);
  errno = ENOENT;
  return -1;
}

/* A number of up to four digits counts rotations: the higher, the older. -1: it is something else. */
static long counter(const char *mark) {
  size_t digits = strspn(mark + 1, "0123456789");
  return mark[1 + digits] == '\0' && digits <= 4 ? strtol(mark + 1, NULL, 10) : -1;
}

/* Was a changed before b? Equal times are common where a clock is coarse: then by the names. */
static bool is_older(uint64_t a_time, const char *a_mark, uint64_t b_time, const char *b_mark) {
  if (a_time != b_time || a_mark == NULL || b_mark == NULL) return a_time < b_time;
  long a = counter(a_mark);
  long b = counter(b_mark);
  return a >= 0 && b >= 0 ? a > b : strcmp(a_mark, b_mark) < 0;
}

static bool is_file(const found *file, const place *was) {
  return (uint64_t)file->stat.st_ino == was->inode && (uint64_t)file->stat.st_dev == was->device;
}

/* ---- Finding --------------------------------------------------------------------------------- */

int rotated_find(const char *path, const char *beside, const place *was, char **name) {
  *name = NULL;
  int fd = open_file(path);
  if (fd >= 0 && place_of(was, fd)) {
    *name = strdup(path);
    return fd;
  }
  if (fd >= 0) close(fd);
  listing list;
  fd = -1;
  list_folder(beside, &list);
  for (size_t i = 0; i < list.count && fd < 0; i++) {
    if ((uint64_t)list.files[i].stat.st_ino != was->inode) continue;
    fd = open_listed(&list.files[i]);
    if (fd < 0) continue;
    if (place_of(was, fd)) {
      *name = strdup(list.files[i].path);
    } else {
      close(fd);
      fd = -1;
    }
  }
  free_listing(&list);
  return fd;
}

int rotated_find_copy(const char *beside, const place *was, char **name) {
  *name = NULL;
  listing list;
  int best = -1;
  const found *chosen = NULL;
  if (was->head_length == 0) return -1;
  list_folder(beside, &list);
  for (size_t i = 0; i < list.count; i++) {
    const found *file = &list.files[i];
    if (file->mark == NULL || file->compressed || is_file(file, was)) continue;
    uint64_t time = place_modified(&file->stat);
    if (time < was->modified) continue; /* an older log that begins alike */
    if (chosen != NULL &&
        !is_older(time, file->mark, place_modified(&chosen->stat), chosen->mark)) {
      continue;
    }
    int fd = open_listed(file);
    if (fd >= 0 && place_in(was, fd)) {
      if (best >= 0) close(best);
      best = fd;
      chosen = file;
    } else if (fd >= 0) {
      close(fd);
    }
  }
  if (chosen != NULL) *name = strdup(chosen->path);
  free_listing(&list);
  return best;
}

/* Was it changed after that time? Where neither time nor name tells, rather twice than never. */
static bool is_since(uint64_t modified, const char *mark, const found *file) {
  uint64_t time = place_modified(&file->stat);
  if (modified == 0) return false; /* noted before times were: all old files would be sent again */
  if (file->compressed) return time > modified; /* it keeps the time of what it was */
  return mark != NULL ? is_older(modified, mark, time, file->mark) : time >= modified;
}

/* The oldest listed file that was changed after `was`; NULL: there is none. */
static const found *oldest_since(const listing *list, const place *was, const struct stat *current,
                                 bool compressed) {
  const char *mark = NULL;
  for (size_t i = 0; i < list->count; i++) {
    if (is_file(&list->files[i], was)) mark = list->files[i].mark;
  }
  const found *oldest = NULL;
  for (size_t i = 0; i < list->count; i++) {
    const found *file = &list->files[i];
    uint64_t time = place_modified(&file->stat);
    if (file->mark == NULL || file->compressed != compressed || is_file(file, was)) continue;
    if (current != NULL && file->stat.st_ino == current->st_ino) continue;
    if (!is_since(was->modified, mark, file)) continue;
    if (oldest == NULL || is_older(time, file->mark, place_modified(&oldest->stat), oldest->mark)) {
      oldest = file;
    }
  }
  return oldest;
}

int rotated_next(const char *path, const char *beside, const place *was, char **name,
                 char **missed) {
  *missed = NULL;
  /* Opened first: what becomes of the name while the folder is read does not matter then. */
  struct stat current;
  int fd = open_file(path);
  int error = errno;
  bool known = fd >= 0 ? fstat(fd, &current) == 0 : stat(path, &current) == 0;
  if (fd >= 0 && !S_ISREG(current.st_mode)) {
    close(fd);
    fd = -1;
    error = EISDIR;
  }
  listing list;
  list_folder(beside, &list);
  const found *next = oldest_since(&list, was, known ? &current : NULL, false);
  const found *lost = oldest_since(&list, was, NULL, true);
  if (lost != NULL && (next == NULL || place_modified(&lost->stat) < place_modified(&next->stat))) {
    *missed = strdup(lost->path);
  }
  if (next != NULL) {
    if (fd >= 0) close(fd);
    fd = open_listed(next);
    error = errno;
  }
  *name = strdup(next != NULL ? next->path : path);
  free_listing(&list);
  errno = error;
  return fd;
}
