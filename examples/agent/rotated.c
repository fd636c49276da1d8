#include "rotated.h"
#include "disk.h"
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_rest(const char *path, uint64_t inode, uint64_t offset) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISREG(found.st_mode) && (uint64_t)found.st_ino == inode &&
         (uint64_t)found.st_size > offset;
}

char *rotated_find(const char *path, uint64_t inode, uint64_t offset) {
  char *folder = strdup(path);
  char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
  if (slash != NULL) slash[slash == folder ? 1 : 0] = '\0';
  DIR *entries = slash != NULL ? opendir(folder) : NULL;
  char *rest = NULL;
  for (struct dirent *entry; entries != NULL && rest == NULL;) {
    entry = readdir(entries);
    if (entry == NULL) break;
    char *candidate = disk_path(folder, entry->d_name);
    if (candidate != NULL && is_rest(candidate, inode, offset)) {
      rest = candidate;
    } else {
      free(candidate);
    }
  }
  if (entries != NULL) closedir(entries);
  free(folder);
  return rest;
}
