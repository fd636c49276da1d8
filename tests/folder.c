#include "folder.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_make(folder *made) {
  strcpy(made->path, "/tmp/again-test-XXXXXX");
  assert_non_null(mkdtemp(made->path));
}

static void remove_tree(const char *path) {
  DIR *entries = opendir(path);
  if (entries == NULL) {
    unlink(path);
    return;
  }
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char inner[512];
    snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
    remove_tree(inner);
  }
  closedir(entries);
  rmdir(path);
}

void folder_remove(folder *old) {
  remove_tree(old->path);
}

char *folder_path(const folder *in, const char *name, char buffer[128]) {
  snprintf(buffer, 128, "%s/%s", in->path, name);
  return buffer;
}

void folder_write(const folder *in, const char *name, const char *text) {
  char path[128];
  FILE *file = fopen(folder_path(in, name, path), "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

char *folder_read(const folder *in, const char *name) {
  char path[128];
  struct stat found;
  FILE *file = fopen(folder_path(in, name, path), "r");
  if (file == NULL) return strdup("");
  assert_int_equal(fstat(fileno(file), &found), 0);
  char *text = calloc(1, (size_t)found.st_size + 1);
  assert_non_null(text);
  assert_int_equal(fread(text, 1, (size_t)found.st_size, file), found.st_size);
  fclose(file);
  return text;
}

unsigned count_text(const char *text, const char *what) {
  unsigned count = 0;
  for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
    count++;
  return count;
}
