/* A program with libagain.so, a second copy of it, and two plugins that embed libagain.a: does each use its own?
 * Usage: host PLUGIN... COPY-OF-LIBAGAIN.SO */
#include <again/again.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef int plugin_fn(const void **shipped, char *name, size_t size);
typedef const again_policy *default_fn(void);

enum { MOST = 8 };

/* A function of a library, as dlsym gives it. */
static void look_up(void *library, const char *name, void *function, size_t size) {
  void *found = dlsym(library, name);
  memcpy(function, &found, size);
}

int main(int argc, char **argv) {
  const void *shipped[MOST] = {again_policy_default()};
  int count = 1;
  for (int i = 1; i < argc && count < MOST; i++) {
    void *library = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
      fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    plugin_fn *plugin;
    default_fn *standard;
    look_up(library, "plugin_policy", &plugin, sizeof plugin);
    look_up(library, "again_policy_default", &standard, sizeof standard);
    if (plugin != NULL) {
      char name[64] = "";
      if (standard != NULL) {
        /* dlsym looks into the dependencies, too; an embedded copy must not be seen. */
        printf("%s shows the library that it embeds\n", argv[i]);
        return 1;
      }
      if (plugin(&shipped[count], name, sizeof name) != 0 || strstr(argv[i], name) == NULL) {
        printf("%s has read \"%s\"\n", argv[i], name);
        return 1;
      }
    } else {
      shipped[count] = standard();
    }
    for (int k = 0; k < count; k++) {
      if (shipped[k] == shipped[count]) {
        printf("%s uses the library of another\n", argv[i]);
        return 1;
      }
    }
    count++;
  }
  printf("%d copies\n", count);
  return 0;
}
