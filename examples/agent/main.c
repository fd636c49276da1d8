/* again-agent: ships lines of log files to topics of Tencent Cloud Log Service.
 *
 * The example to start from: reading, batching, the checkpoint and the dead letters are here; when
 * to try again, signing and splitting are the library's. */
#include "agent.h"
#include "terminal.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Descriptors 0 to 2 that the starter closed: a file opened there would be taken for a stream. */
static void keep_standard_streams(void) {
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO)
    fd = open("/dev/null", O_RDWR);
  if (fd > STDERR_FILENO) close(fd);
}

int main(int argc, char **argv) {
  char why[512];
  keep_standard_streams();
  agent *self = calloc(1, sizeof *self);
  if (self == NULL) {
    terminal_say("out of memory");
    return AGENT_SETUP;
  }
  int status = AGENT_SETUP;
  if (!options_parse(&self->options, argc, argv, why, sizeof why)) {
    terminal_say(why);
  } else if (self->options.help) {
    options_help();
    status = 0;
  } else if (self->options.version) {
    printf("again-agent %s\n", AGAIN_VERSION);
    status = 0;
  } else {
    /* A reader of --events that goes away and a limit on file sizes are errors like others. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    status = agent_open(self, why, sizeof why);
    if (status == 0) {
      status = agent_run(self);
    } else {
      terminal_say(why);
    }
    if (self->stuck) _exit(status); /* a thread hangs in a read: exit would wait for it */
    agent_close(self);
  }
  free(self);
  return status;
}
