/* The built agent's page for Prometheus, read as Prometheus reads it. */
#include "runner.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

enum { PAGE_MAX = 256 * 1024, SERIES_MAX = 4096, CONNECTIONS_MAX = 16 };

static const again_emulator_options quiet = {0};

/* ---- Asking ---------------------------------------------------------------------------------- */

/* The port that it says it listens at. */
static int find_port(runner *r) {
  for (int i = 0; i < 500 && !runner_has_said(r, "/metrics\n"); i++) {
  }
  char *err = folder_read(&r->folder, "err");
  char *url = strstr(err, "metrics: http://127.0.0.1:");
  if (url == NULL) fail_msg("it does not say where: %s", err);
  int port = atoi(url + strlen("metrics: http://127.0.0.1:"));
  free(err);
  assert_in_range(port, 1, 65535);
  return port;
}

static int connect_to(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_true(fd >= 0);
  assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20},
                              sizeof(struct timeval)),
                   0);
  assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

/* Everything that comes until the other side closes. */
static const char *read_all(int fd) {
  static char answer[PAGE_MAX];
  size_t length = 0;
  ssize_t got;
  while ((got = recv(fd, answer + length, sizeof answer - 1 - length, 0)) > 0)
    length += (size_t)got;
  answer[length] = '\0';
  close(fd);
  return answer;
}

static const char *ask(int port, const char *request) {
  int fd = connect_to(port);
  assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
  return read_all(fd);
}

/* ---- Reading (Prometheus' text format 0.0.4) --------------------------------------------------- */

typedef struct pages {
  char types[SERIES_MAX][96]; /* names that have a type */
  size_t type_count;
  const char *series[SERIES_MAX]; /* with their labels */
  size_t lengths[SERIES_MAX];
  double values[SERIES_MAX];
  size_t count;
} pages;

static pages read_in;

static size_t name_length(const char *text) {
  size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");
  return *text >= 'a' && *text <= 'z' ? length : 0;
}

/* A histogram's series have its name and an ending. */
static bool has_type(const char *name, size_t length) {
  static const char *const endings[] = {"", "_bucket", "_sum", "_count"};
  for (size_t i = 0; i < read_in.type_count; i++) {
    size_t typed = strlen(read_in.types[i]);
    for (size_t e = 0; e < COUNT_OF(endings); e++) {
      if (typed + strlen(endings[e]) == length && strncmp(name, read_in.types[i], typed) == 0 &&
          strncmp(name + typed, endings[e], strlen(endings[e])) == 0) {
        return true;
      }
    }
  }
  return false;
}

/* {name="value",..}: where it ends. */
static const char *skip_labels(const char *at) {
  if (*at != '{') return at;
  do {
    at++;
    size_t name = name_length(at);
    assert_true(name > 0);
    at += name;
    assert_memory_equal(at, "=\"", 2);
    for (at += 2; *at != '"'; at++) {
      assert_true(*at != '\n' && *at != '\0');
      if (*at == '\\') at++;
    }
    at++;
  } while (*at == ',');
  assert_int_equal(*at, '}');
  return at + 1;
}

static void read_series(const char *line) {
  size_t name = name_length(line);
  assert_true(name > 0);
  if (!has_type(line, name)) fail_msg("no type was told before: %.80s", line);
  const char *end = skip_labels(line + name);
  char *rest = NULL;
  assert_int_equal(*end, ' ');
  size_t length = (size_t)(end - line);
  for (size_t i = 0; i < read_in.count; i++) {
    if (read_in.lengths[i] == length && memcmp(read_in.series[i], line, length) == 0) {
      fail_msg("it comes twice: %.80s", line);
    }
  }
  assert_true(read_in.count < SERIES_MAX);
  read_in.series[read_in.count] = line;
  read_in.lengths[read_in.count] = length;
  read_in.values[read_in.count++] = strtod(end + 1, &rest);
  assert_int_equal(*rest, '\n');
}

static void read_type(const char *line) {
  size_t name = name_length(line);
  assert_true(name > 0 && name < sizeof read_in.types[0]);
  assert_false(has_type(line, name));
  memcpy(read_in.types[read_in.type_count], line, name);
  read_in.types[read_in.type_count++][name] = '\0';
  line += name;
  assert_true(strncmp(line, " counter\n", 9) == 0 || strncmp(line, " gauge\n", 7) == 0 ||
              strncmp(line, " histogram\n", 11) == 0);
}

/* Reads the page, whose every line must be right. */
static void read_page(int port) {
  const char *answer = ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_memory_equal(answer, "HTTP/1.1 200 OK\r\n", 17);
  assert_non_null(strstr(answer, "Content-Type: text/plain; version=0.0.4"));
  const char *body = strstr(answer, "\r\n\r\n");
  assert_non_null(body);
  body += 4;
  assert_int_equal(atol(strstr(answer, "Content-Length: ") + 16), strlen(body));
  memset(&read_in, 0, sizeof read_in);
  while (*body != '\0') {
    const char *newline = strchr(body, '\n');
    assert_non_null(newline);
    if (strncmp(body, "# TYPE ", 7) == 0) {
      read_type(body + 7);
    } else if (strncmp(body, "# HELP ", 7) != 0) {
      read_series(body);
    }
    body = newline + 1;
  }
}

static double value_of(const char *series) {
  for (size_t i = 0; i < read_in.count; i++) {
    if (strlen(series) == read_in.lengths[i] &&
        strncmp(series, read_in.series[i], read_in.lengths[i]) == 0) {
      return read_in.values[i];
    }
  }
  fail_msg("the page has no %s", series);
  return 0;
}

static double sum_of(const char *name) {
  double sum = 0;
  for (size_t i = 0; i < read_in.count; i++) {
    if (name_length(read_in.series[i]) == strlen(name) &&
        strncmp(name, read_in.series[i], strlen(name)) == 0) {
      sum += read_in.values[i];
    }
  }
  return sum;
}

/* ---- The tests ------------------------------------------------------------------------------- */

static void the_page_says_what_was_read_delivered_refused_and_is_behind(void **state) {
  (void)state;
  again_emulator_options options = {.script =
                                        "[{\"code\":\"InvalidContent\",\"topic\":\"closed\"},"
                                        " {\"code\":\"SpeedQuotaExceed\",\"topic\":\"slow\"}]"};
  runner r;
  runner_init(&r, &options);
  runner_lines(&r, "good", 10);
  runner_lines(&r, "ba\"d", 4);
  runner_lines(&r, "late", 7);
  pid_t pid = runner_start(&r, ARGS("--topic", "t", "good", "--topic", "closed", "ba\"d", "--topic",
                                    "slow", "late", "--metrics", "0", "--follow", "--linger", "0ms",
                                    "--drain", "0ms"));
  int port = find_port(&r);
  for (int i = 0; i < 500; i++) {
    read_page(port);
    if (value_of("again_agent_delivered_lines_total") +
            value_of("again_agent_dead_letters_total") ==
        14) {
      break;
    }
    runner_has_said(&r, ""); /* waits a little */
  }
  assert_int_equal(value_of("again_agent_read_lines_total"), 21);
  assert_int_equal(value_of("again_agent_read_bytes_total"), 21 * 17);
  assert_int_equal(value_of("again_agent_delivered_lines_total"), 10);
  assert_int_equal(value_of("again_agent_delivered_bytes_total"), 10 * 17);
  assert_int_equal(value_of("again_agent_dead_letters_total"), 4);
  assert_int_equal(value_of("again_agent_lost_lines_total"), 0);
  assert_int_equal(value_of("again_agent_unsettled_lines"), 7);
  assert_int_equal(value_of("again_agent_lag_bytes{file=\"good\",topic=\"t\"}"), 0);
  assert_int_equal(value_of("again_agent_lag_bytes{file=\"late\",topic=\"slow\"}"), 7 * 18);
  assert_int_equal(value_of("again_agent_lag_bytes{file=\"ba\\\"d\",topic=\"closed\"}"), 0);
  assert_true(value_of("again_agent_held_bytes{file=\"late\",topic=\"slow\"}") > 0);
  assert_int_equal(sum_of("again_operations_submitted_total"), 3);
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 3);
  runner_fini(&r);
}

static void other_requests_get_short_answers_and_too_many_connections_none(void **state) {
  (void)state;
  int idle[CONNECTIONS_MAX];
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 10);
  pid_t pid = runner_start(
      &r, ARGS("--topic", "t", "log", "--metrics", "127.0.0.1:0", "--follow", "--linger", "0ms"));
  int port = find_port(&r);
  assert_memory_equal(ask(port, "GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 ", 13);
  assert_memory_equal(ask(port, "PUT /metrics HTTP/1.1\r\n\r\n"), "HTTP/1.1 405 ", 13);
  assert_memory_equal(ask(port, "nonsense\n"), "HTTP/1.1 400 ", 13);
  for (int i = 0; i < CONNECTIONS_MAX; i++)
    idle[i] = connect_to(port);
  assert_string_equal(read_all(connect_to(port)), "");
  /* That was not for its time: the first one is still open. */
  char byte;
  assert_int_equal(recv(idle[0], &byte, 1, MSG_DONTWAIT), -1);
  runner_stored(&r, 10); /* its work goes on */
  for (int i = 0; i < CONNECTIONS_MAX; i++)
    close(idle[i]);
  bool answered = false;
  for (int i = 0; i < 200 && !answered; i++) {
    answered = strstr(ask(port, "GET /metrics HTTP/1.0\n\n"), "200 OK") != NULL;
    runner_has_said(&r, ""); /* waits a little */
  }
  assert_true(answered);
  int open = connect_to(port); /* does not keep it from ending */
  kill(pid, SIGTERM);
  assert_int_equal(runner_wait(&r, pid), 0);
  close(open);
  runner_fini(&r);
}

static void each_mistake_in_the_address_has_its_sentence(void **state) {
  (void)state;
  static const char *const forms = ": write a port, as 9100, or an address and a port";
  const struct {
    const char *where;
    const char *says;
  } rows[] = {{"x", forms},
              {"", forms},
              {"65536", forms},
              {"127.0.0.1:", forms},
              {"9100x", forms},
              {"example.org:9100", forms},
              {"0.0.0.0:9100", ": only loopback is served, as 127.0.0.1 or [::1]"},
              {"[::]:9100", ": only loopback is served"},
              {"192.0.2.1:9100", ": only loopback is served"}};
  runner r;
  runner_init(&r, &quiet);
  runner_lines(&r, "log", 1);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    char says[128];
    assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--metrics", rows[i].where)), 2);
    snprintf(says, sizeof says, "--metrics %s%s", rows[i].where, rows[i].says);
    runner_said(&r, says);
  }
  char taken[16];
  snprintf(taken, sizeof taken, "%u", (unsigned)again_emulator_port(r.emulator));
  assert_int_equal(runner_run(&r, ARGS("--topic", "t", "log", "--metrics", taken)), 2);
  runner_said(&r, ": address already in use; choose another port");
  runner_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_page_says_what_was_read_delivered_refused_and_is_behind),
      cmocka_unit_test(other_requests_get_short_answers_and_too_many_connections_none),
      cmocka_unit_test(each_mistake_in_the_address_has_its_sentence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
