#include "emulator/store.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Also to be read, if that is allowed. */
static FILE *open_record(const char *path) {
  FILE *file = fopen(path, "w+");
  if (file != NULL || errno != EACCES) return file;
  return fopen(path, "w");
}

int again_store_init(again_store *store, const char *path, uint64_t keep_max) {
  *store = (again_store){.named = path != NULL, .keep_max = keep_max};
  if (path == NULL && keep_max == 0) return 0;
  store->record = path != NULL ? open_record(path) : tmpfile();
  if (store->record == NULL) return AGAIN_EIO;
  int fd = fileno(store->record);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  struct stat status;
  bool readable = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                  (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR;
  store->begin = readable ? 0 : -1;
  return 0;
}

int again_store_fini(again_store *store) {
  if (store->record != NULL && fclose(store->record) != 0) store->failed = true;
  again_fingerprints_fini(&store->logs);
  again_fingerprints_fini(&store->bodies);
  return store->failed ? AGAIN_EIO : 0;
}

void again_store_reset(again_store *store) {
  again_fingerprints_fini(&store->logs);
  again_fingerprints_fini(&store->bodies);
  store->logs = store->bodies = (again_fingerprints){0};
  if (store->record == NULL || store->begin < 0) return;
  store->begin = ftell(store->record);
  if (store->named) return;
  rewind(store->record);
  if (ftruncate(fileno(store->record), 0) != 0) store->failed = true;
  store->begin = 0;
  store->kept = 0;
  store->full = false;
}

const char *again_store_read(again_store *store, int *file, uint64_t *offset, uint64_t *size) {
  if (store->record == NULL) return "no records are kept: start with a record file";
  if (store->begin < 0) return "the record file cannot be read: name a plain file";
  if (store->full) return "more was stored than is kept without a record file: start with one";
  if (fflush(store->record) != 0) return "the record file cannot be written: is the disk full?";
  long end = ftell(store->record);
  *file = fcntl(fileno(store->record), F_DUPFD_CLOEXEC, 0);
  if (*file < 0) return "there is no free descriptor: raise the limit (ulimit -n)";
  *offset = (uint64_t)store->begin;
  *size = end > store->begin ? (uint64_t)(end - store->begin) : 0;
  return NULL;
}

static void add_text(EVP_MD_CTX *context, const char *text) {
  if (text == NULL) text = "";
  EVP_DigestUpdate(context, text, strlen(text) + 1);
}

/* Topic, filename and contents make a log the same as another; its time does not. */
static bool digest_log(const char *topic, const char *filename, const Cls__Log *log,
                       again_fingerprint *digest) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool made = context != NULL && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1;
  if (made) {
    add_text(context, topic);
    add_text(context, filename);
    for (size_t i = 0; i < log->n_contents; i++) {
      add_text(context, log->contents[i]->key);
      add_text(context, log->contents[i]->value);
    }
    made = EVP_DigestFinal_ex(context, digest->bytes, NULL) == 1;
  }
  EVP_MD_CTX_free(context);
  return made;
}

static void count_once(again_store *store, again_fingerprints *set, bool made,
                       const again_fingerprint *digest, uint64_t *counter) {
  int added = made ? again_fingerprints_add(set, digest) : -1;
  if (added < 0) store->failed = true;
  if (added == 1) ++*counter;
}

static bool add_string(json_object *object, const char *key, const char *text) {
  if (text == NULL) return true;
  json_object *value = json_object_new_string(text);
  return value != NULL && json_object_object_add(object, key, value) == 0;
}

static bool fill_line(json_object *line, const again_store_request *request,
                      const Cls__LogGroup *group, const Cls__Log *log) {
  json_object *contents = json_object_new_object();
  bool whole = add_string(line, "topic", request->topic) &&
               add_string(line, "request_id", request->request_id) &&
               add_string(line, "filename", group->filename) &&
               add_string(line, "source", group->source) &&
               add_string(line, "hostname", group->hostname) &&
               add_string(line, "context_flow", group->contextflow) &&
               json_object_object_add(line, "time", json_object_new_int64(log->time)) == 0 &&
               contents != NULL && json_object_object_add(line, "contents", contents) == 0;
  for (size_t i = 0; whole && i < log->n_contents; i++)
    whole = add_string(contents, log->contents[i]->key, log->contents[i]->value);
  return whole;
}

static bool put_line(again_store *store, const char *text) {
  if (!store->named) {
    store->kept += strlen(text) + 1;
    store->full = store->full || store->kept > store->keep_max;
    if (store->full) return true;
  }
  return fputs(text, store->record) != EOF && fputc('\n', store->record) != EOF;
}

static void write_line(again_store *store, const again_store_request *request,
                       const Cls__LogGroup *group, const Cls__Log *log) {
  json_object *line = json_object_new_object();
  bool whole = line != NULL && fill_line(line, request, group, log);
  const char *text = whole ? json_object_to_json_string_ext(
                                 line, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
                           : NULL;
  if (text == NULL || !put_line(store, text)) store->failed = true;
  json_object_put(line);
}

void again_store_add(again_store *store, const again_store_request *request,
                     again_emulator_stats *stats) {
  again_fingerprint digest;
  bool made = EVP_Digest(request->raw, request->raw_length, digest.bytes, NULL, EVP_sha1(), NULL);
  count_once(store, &store->bodies, made, &digest, &stats->batches);
  for (size_t g = 0; g < request->list->n_loggrouplist; g++) {
    const Cls__LogGroup *group = request->list->loggrouplist[g];
    for (size_t i = 0; i < group->n_logs; i++) {
      const Cls__Log *log = group->logs[i];
      stats->stored++;
      made = digest_log(request->topic, group->filename, log, &digest);
      count_once(store, &store->logs, made, &digest, &stats->distinct);
      if (store->record != NULL) write_line(store, request, group, log);
    }
  }
}
