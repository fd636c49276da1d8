#include "http_origin.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const places[] = {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"};

/* /r10, /r30 and /r50 refuse so many of 100 with 429 and an error body. */
static const char config[] =
    "daemon off;\nmaster_process off;\nworker_processes 1;\npid %s/pid;\nerror_log %s/error.log;\n"
    "events { worker_connections 2048; }\n"
    "http {\n"
    "  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s;\n"
    "  client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;\n"
    "  uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;\n"
    "  split_clients $request_id $r10 { 10%% 1; * 0; }\n"
    "  split_clients $request_id $r30 { 30%% 1; * 0; }\n"
    "  split_clients $request_id $r50 { 50%% 1; * 0; }\n"
    "  server {\n"
    "    listen 127.0.0.1:%d; default_type application/json;\n"
    "    location / { return 200; }\n"
    "    location /r10 { if ($r10) { return 429 '%s'; } return 200; }\n"
    "    location /r30 { if ($r30) { return 429 '%s'; } return 200; }\n"
    "    location /r50 { if ($r50) { return 429 '%s'; } return 200; }\n"
    "  }\n"
    "}\n";

static const char refusal[] =
    "{\"errorcode\":\"SpeedQuotaExceed\",\"errormessage\":\"the write speed is above the quota\"}";

static int connect_to(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  int error = connect(fd, (struct sockaddr *)&address, sizeof address);
  close(fd);
  return error;
}

static int free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t size = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
      getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
    return 0;
  }
  close(fd);
  return ntohs(address.sin_port);
}

static bool write_config(const http_origin *o, const char *path) {
  FILE *file = fopen(path, "w");
  if (file == NULL) return false;
  const char *f = o->folder;
  fprintf(file, config, f, f, f, f, f, f, f, o->port, refusal, refusal, refusal);
  return fclose(file) == 0;
}

static bool wait_until_it_listens(const http_origin *o) {
  for (int i = 0; i < 500; i++) {
    if (connect_to(o->port) == 0) return true;
    if (waitpid(o->pid, NULL, WNOHANG) == o->pid) return false;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  return false;
}

bool http_origin_start(http_origin *o) {
  const char *program = NULL;
  for (size_t i = 0; program == NULL && i < sizeof places / sizeof *places; i++) {
    if (access(places[i], X_OK) == 0) program = places[i];
  }
  if (program == NULL) {
    fprintf(stderr, "nginx is not installed (Debian: nginx-light): nothing was measured\n");
    return false;
  }
  char path[96];
  strcpy(o->folder, "/tmp/again-bench-XXXXXX");
  o->port = free_port();
  if (mkdtemp(o->folder) == NULL) return false;
  snprintf(path, sizeof path, "%s/nginx.conf", o->folder);
  if (o->port == 0 || !write_config(o, path)) return false;
  o->pid = fork();
  if (o->pid == 0) {
    int quiet = open("/dev/null", O_RDWR);
    dup2(quiet, 2);
    execl(program, program, "-p", o->folder, "-c", path, (char *)NULL);
    _exit(127);
  }
  if (o->pid > 0 && wait_until_it_listens(o)) return true;
  fprintf(stderr, "nginx does not begin: see %s/error.log\n", o->folder);
  return false;
}

void http_origin_stop(http_origin *o) {
  char command[96];
  kill(o->pid, SIGTERM);
  waitpid(o->pid, NULL, 0);
  snprintf(command, sizeof command, "rm -rf '%s'", o->folder);
  if (system(command) != 0) fprintf(stderr, "%s stays behind\n", o->folder);
}
