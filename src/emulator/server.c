/* The emulator's thread: it polls libmicrohttpd, closes and opens the port as the script says, and
 * lets delayed answers go. */
#include "emulator/clock.h"
#include "emulator/exchange.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long the thread may sleep: what another thread asks is seen after so much. */
enum { TURN_MS = 5, IDLE_CONNECTION_S = 60 };

static void set_listening(again_emulator *emulator, bool listening) {
  pthread_mutex_lock(&emulator->lock);
  emulator->tally.stats.listening = listening;
  pthread_mutex_unlock(&emulator->lock);
}

/* A socket that listens on the port; -1 and errno. */
static int listen_on(uint16_t port, uint16_t *bound) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  /* A child process that inherited it would keep the port open while connections are refused. */
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  int on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t size = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 1024) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
    int error = errno;
    close(fd);
    errno = error;
    return -1;
  }
  *bound = ntohs(address.sin_port);
  return fd;
}

static void open_port(again_emulator *emulator) {
  uint16_t bound;
  if (emulator->listener < 0) emulator->listener = listen_on(emulator->port, &bound);
  if (emulator->listener < 0) return; /* taken meanwhile: tried again next turn */
  unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK;
  emulator->daemon = MHD_start_daemon(
      flags, 0, NULL, NULL, again_exchange_serve, emulator, MHD_OPTION_LISTEN_SOCKET,
      emulator->listener, MHD_OPTION_NOTIFY_COMPLETED, again_exchange_end, emulator,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_CONNECTION_S, MHD_OPTION_END);
  if (emulator->daemon == NULL) return;
  emulator->listener = -1;
  set_listening(emulator, true);
}

/* Ends every connection and gives the port back. */
static void close_port(again_emulator *emulator) {
  if (emulator->daemon == NULL) return;
  again_exchange_release(emulator, AGAIN_NEVER);
  MHD_stop_daemon(emulator->daemon);
  emulator->daemon = NULL;
  set_listening(emulator, false);
}

static bool stopping(again_emulator *emulator, bool *refuse) {
  pthread_mutex_lock(&emulator->lock);
  bool stop = emulator->stopping;
  *refuse = again_script_refuses(&emulator->script, again_emulator_monotonic());
  pthread_mutex_unlock(&emulator->lock);
  return stop;
}

static void *run(void *data) {
  again_emulator *emulator = data;
  bool refuse;
  while (!stopping(emulator, &refuse)) {
    if (refuse) {
      close_port(emulator);
    } else if (emulator->daemon == NULL) {
      open_port(emulator);
    }
    if (emulator->daemon == NULL) {
      nanosleep(&(struct timespec){.tv_nsec = TURN_MS * 1000000L}, NULL);
      continue;
    }
    again_ms now = again_emulator_monotonic();
    again_ms next = again_exchange_release(emulator, now);
    again_ms wait = next < now + TURN_MS ? next - now : TURN_MS;
    MHD_run_wait(emulator->daemon, (int32_t)wait);
  }
  close_port(emulator);
  return NULL;
}

/* Starts the thread with all signals blocked: they are for the program's own threads. */
static int start_thread(again_emulator *emulator) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&emulator->thread, NULL, run, emulator);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

static char *copy_or(const char *text, const char *otherwise) {
  return strdup(text != NULL ? text : otherwise);
}

static int fail(int error, char *why, size_t why_size, const char *what, const char *advice) {
  snprintf(why, why_size, "%s: %s; %s", what, strerror(errno), advice);
  return error;
}

static int read_faults(again_emulator *emulator, const again_emulator_options *options, char *why,
                       size_t why_size) {
  again_ms now = again_emulator_monotonic();
  int error = 0;
  if (options->script != NULL) {
    error = again_script_read(&emulator->script, options->script, now, why, why_size);
  }
  for (size_t i = 0; i < options->fault_count && error == 0; i++)
    error = again_script_read_text(&emulator->script, options->faults[i], now, why, why_size);
  return error;
}

/* Everything but the thread. */
static int prepare(again_emulator *emulator, const again_emulator_options *options, char *why,
                   size_t why_size) {
  char what[320];
  again_quota_init(&emulator->quota, options->quota, options->burst, options->quota_bytes);
  again_script_init(&emulator->script, options->seed);
  emulator->secret_id = copy_or(options->secret_id, "AKIDEMULATOR");
  emulator->secret_key = copy_or(options->secret_key, "emulator-secret-key");
  if (emulator->secret_id == NULL || emulator->secret_key == NULL) return AGAIN_ENOMEM;
  if (!(options->quota >= 0) || !(options->burst >= 0) || !(options->quota_bytes >= 0)) {
    snprintf(why, why_size, "quotas and burst must be 0 or more");
    return AGAIN_EINVAL;
  }
  int error = read_faults(emulator, options, why, why_size);
  if (error != 0) return error;
  emulator->listener = listen_on(options->port, &emulator->port);
  if (emulator->listener < 0) {
    snprintf(what, sizeof what, "cannot listen on 127.0.0.1:%u", (unsigned)options->port);
    return fail(AGAIN_EIO, why, why_size, what, "choose another port, or 0 for any free one");
  }
  error = again_store_init(&emulator->store, options->record, options->keep);
  if (error != 0) {
    snprintf(what, sizeof what, "cannot write the record file %.240s",
             options->record != NULL ? options->record : "(a temporary one)");
    return fail(error, why, why_size, what, "name a file in a folder that can be written");
  }
  open_port(emulator);
  if (emulator->daemon == NULL) {
    snprintf(why, why_size, "libmicrohttpd did not start: is there memory and a free descriptor?");
    return AGAIN_ELIBRARY;
  }
  return 0;
}

static int dispose(again_emulator *emulator) {
  if (emulator->daemon != NULL) MHD_stop_daemon(emulator->daemon);
  if (emulator->listener >= 0) close(emulator->listener);
  again_quota_fini(&emulator->quota);
  again_script_fini(&emulator->script);
  again_tally_fini(&emulator->tally);
  int error = again_store_fini(&emulator->store);
  pthread_mutex_destroy(&emulator->lock);
  free(emulator->secret_id);
  free(emulator->secret_key);
  free(emulator);
  return error;
}

int again_emulator_start(const again_emulator_options *options, again_emulator **emulator,
                         char *why, size_t why_size) {
  char unseen[1];
  if (why == NULL) {
    why = unseen;
    why_size = sizeof unseen;
  }
  snprintf(why, why_size, "out of memory");
  again_emulator *made = calloc(1, sizeof *made);
  if (made == NULL) return AGAIN_ENOMEM;
  made->listener = -1;
  pthread_mutex_init(&made->lock, NULL);
  int error = prepare(made, options, why, why_size);
  if (error == 0) {
    errno = start_thread(made);
    if (errno != 0) {
      error = fail(AGAIN_ELIBRARY, why, why_size, "cannot start a thread", "free some memory");
    }
  }
  if (error != 0) {
    dispose(made);
    return error;
  }
  *emulator = made;
  return 0;
}

int again_emulator_stop(again_emulator *emulator) {
  if (emulator == NULL) return 0;
  pthread_mutex_lock(&emulator->lock);
  emulator->stopping = true;
  pthread_mutex_unlock(&emulator->lock);
  pthread_join(emulator->thread, NULL);
  return dispose(emulator);
}

uint16_t again_emulator_port(const again_emulator *emulator) {
  return emulator->port;
}
