/* Clients that are broken or mean: whatever they send, others are served, and it can be stopped. */
#include "support.h"
#include "uploader.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int connect_to(const again_emulator *emulator) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons(again_emulator_port(emulator)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval limit = {.tv_sec = 20};
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

/* Sends bytes to a fresh connection and reads until it is closed. `heard` NULL: it does not wait. */
static void say(const again_emulator *emulator, const void *bytes, size_t length, char *heard,
                size_t size) {
  int fd = connect_to(emulator);
  assert_true(fd >= 0);
  for (size_t sent = 0; sent < length;) {
    ssize_t part = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
    if (part <= 0) break; /* it has heard enough */
    sent += (size_t)part;
  }
  shutdown(fd, SHUT_WR);
  size_t got = 0;
  while (heard != NULL && got < size - 1) {
    ssize_t part = recv(fd, heard + got, size - 1 - got, 0);
    if (part <= 0) break;
    got += (size_t)part;
  }
  if (heard != NULL) heard[got] = '\0';
  close(fd);
}

static void what_is_no_http_is_refused_or_closed_and_others_are_served(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    const char *status; /* its beginning; NULL: nothing to wait for, as the request has no end */
  } rows[] = {
      {"\r\n\r\n\r\n", NULL},
      {"\x16\x03\x01\x02 hello, TLS", NULL},
      {"GET", NULL},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "4"},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nContent-Length: 9e9\r\n\r\n", "400"},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nContent-Length: "
       "99999999999999999999999\r\n\r\n",
       "4"},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
       NULL},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
       "zz\r\nbad\r\n",
       "400"},
      {"POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
       "ffffffffffffffffffff\r\nbad\r\n",
       "4"},
      {"POST /_emulator/script HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
       "5\r\n[[[[[\r\n0\r\n\r\n",
       "400"},
      {"GET /_emulator/stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"},
  };
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char heard[4096] = "";
    bool waits = rows[i].status != NULL;
    say(emulator, rows[i].bytes, strlen(rows[i].bytes), waits ? heard : NULL, sizeof heard);
    const char *status = strncmp(heard, "HTTP/1.", 7) == 0 ? heard + 9 : "";
    if (waits && strncmp(status, rows[i].status, strlen(rows[i].status)) != 0) {
      fail_msg("row %zu: %s", i, heard);
    }
    assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  }
  assert_int_equal(again_emulator_stats_get(emulator).accepted, COUNT_OF(rows));
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void headers_without_end_are_refused(void **state) {
  (void)state;
  enum { LINES = 20000 };
  static char bytes[64 + LINES * 64];
  size_t length = (size_t)sprintf(bytes, "POST /structuredlog HTTP/1.1\r\nHost: x\r\n");
  for (int i = 0; i < LINES; i++)
    length +=
        (size_t)sprintf(bytes + length, "X-%d: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", i);
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  char heard[4096];
  say(emulator, bytes, length, heard, sizeof heard);
  /* A client that is still sending may miss the answer. */
  if (heard[0] != '\0') assert_memory_equal(heard, "HTTP/1.1 431", 12);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

static void random_bytes_do_no_harm(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  uint32_t random = 2463534242;
  static const char head[] = "POST /structuredlog?topic_id=t HTTP/1.1\r\nContent-Length: 40\r\n"
                             "Content-Type: application/x-protobuf\r\nHost: x\r\n\r\n";
  for (int round = 0; round < 300; round++) {
    char bytes[256];
    size_t length = sizeof head - 1;
    memcpy(bytes, head, length);
    for (int i = 0; i < 60; i++) {
      random ^= random << 13;
      random ^= random >> 17;
      random ^= random << 5;
      if (i < 20) {
        /* Some of the head becomes something else. */
        if (round % 2 == 0) bytes[random % length] = (char)(random >> 24);
      } else {
        bytes[length + (size_t)i - 20] = (char)(random >> 16);
      }
    }
    say(emulator, bytes, length + 40, NULL, 0);
  }
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stats_get(emulator).accepted, 1);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

/* Slow ones: each has sent half a request and says nothing more. */
static void many_idle_connections_neither_stop_the_others_nor_its_end(void **state) {
  (void)state;
  enum { IDLE = 400 };
  static const char *const halves[] = {
      "", "POST /struct",
      "POST /structuredlog?topic_id=t HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"};
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  int fds[IDLE];
  for (int i = 0; i < IDLE; i++) {
    fds[i] = connect_to(emulator);
    assert_true(fds[i] >= 0);
    const char *half = halves[i % 3];
    send(fds[i], half, strlen(half), MSG_NOSIGNAL);
  }
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
  for (int i = 0; i < IDLE; i++)
    close(fds[i]);
}

/* There is no descriptor for one more connection; when there is again, it is served. */
static void more_connections_than_descriptors_wait(void **state) {
  (void)state;
  again_emulator *emulator = start_emulator(&(again_emulator_options){0});
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  struct rlimit before;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit few = {.rlim_cur = 64, .rlim_max = before.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
  int fds[64];
  int count = 0;
  while (count < 64 && (fds[count] = connect_to(emulator)) >= 0)
    count++;
  assert_in_range(count, 10, 63);
  for (int i = 0; i < count; i++)
    close(fds[i]);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  assert_int_equal(upload_send(emulator, &(upload){0}).status, 200);
  assert_int_equal(again_emulator_stop(emulator), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_no_http_is_refused_or_closed_and_others_are_served),
      cmocka_unit_test(headers_without_end_are_refused),
      cmocka_unit_test(random_bytes_do_no_harm),
      cmocka_unit_test(many_idle_connections_neither_stop_the_others_nor_its_end),
      cmocka_unit_test(more_connections_than_descriptors_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
