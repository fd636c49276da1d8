#include "plan.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  BATCHES = 600,      /* about so many, where the log is long enough */
  CLOSED_MAX = 200,   /* lines for the closed topic */
  SHORTEST_MS = 8000, /* so long the delivery must take, for the troubles to have room */
  OUTAGE_MS = 5000,
  CLOCK_MS = 3000,
  CLOCK_OFF_MINUTES = 10,
  OVERSIZE_MS = 1000 /* to be seen; it hits one batch */
};

static const double quota_per_second = 50;

static void set_trouble(plan *made, trouble_kind kind, const char *code, uint64_t from_ms,
                        uint64_t for_ms) {
  made->troubles[kind].code = code;
  made->troubles[kind].from_ms = from_ms;
  made->troubles[kind].for_ms = for_ms;
}

static void name_troubles(plan *made) {
  trouble *troubles = made->troubles;
  const size_t size = sizeof troubles->text;
  snprintf(troubles[TROUBLE_QUOTA].text, size, "quota of %.3g requests/s on each topic",
           made->quota);
  snprintf(troubles[TROUBLE_ERRORS].text, size, "10 %% of all requests end with a 500");
  snprintf(troubles[TROUBLE_OUTAGE].text, size, "outage of %d s: connection refused",
           OUTAGE_MS / 1000);
  snprintf(troubles[TROUBLE_CLOCK].text, size, "the clocks are %d min apart for %d s",
           CLOCK_OFF_MINUTES, (int)(troubles[TROUBLE_CLOCK].for_ms / 1000));
  snprintf(troubles[TROUBLE_OVERSIZE].text, size, "one batch is refused as too large");
  snprintf(troubles[TROUBLE_CLOSED].text, size, "topic %s is closed", DEMO_CLOSED);
}

void plan_make(plan *made, uint64_t lines) {
  *made = (plan){.lines = lines, .quota = quota_per_second};
  made->closed = lines * 3 / 100;
  if (made->closed < 1) made->closed = 1;
  if (made->closed > CLOSED_MAX) made->closed = CLOSED_MAX;
  uint64_t open = lines - made->closed;
  uint64_t batch = (open + BATCHES - 1) / BATCHES;
  if (batch < 2) batch = 2; /* one log alone cannot be too many */
  if (batch > 10000) batch = 10000;
  made->batch_lines = (unsigned)batch;
  uint64_t batches = (open + batch - 1) / batch;
  double longest = (double)batches * 1000 / SHORTEST_MS;
  if (made->quota > longest) made->quota = longest;
  uint64_t sending_ms = (uint64_t)((double)batches * 1000 / made->quota);
  made->ideal_ms = sending_ms + OUTAGE_MS;
  uint64_t quarter = sending_ms / 4;
  if (quarter > 8000) quarter = 8000;
  set_trouble(made, TROUBLE_QUOTA, "SpeedQuotaExceed", 0, 0);
  set_trouble(made, TROUBLE_ERRORS, "InternalError", 0, 0);
  set_trouble(made, TROUBLE_OUTAGE, "CURLE_COULDNT_CONNECT", quarter, OUTAGE_MS);
  uint64_t clock_ms = CLOCK_MS;
  if (made->quota < quota_per_second && made->ideal_ms - 2 * quarter - OUTAGE_MS > CLOCK_MS) {
    clock_ms =
        made->ideal_ms - 2 * quarter - OUTAGE_MS; /* a pause of the pacer is longer than 3 s */
  }
  set_trouble(made, TROUBLE_CLOCK, "AuthFailure.SignatureExpire", 2 * quarter + OUTAGE_MS,
              clock_ms);
  set_trouble(made, TROUBLE_OVERSIZE, "LogSizeExceed", quarter / 2, OVERSIZE_MS);
  set_trouble(made, TROUBLE_CLOSED, "TopicClosed", 0, 0);
  name_troubles(made);
}

bool plan_is_on(const plan *made, trouble_kind kind, uint64_t ms) {
  const trouble *asked = &made->troubles[kind];
  return ms >= asked->from_ms && (asked->for_ms == 0 || ms < asked->from_ms + asked->for_ms);
}

char *plan_script(const plan *made) {
  const trouble *troubles = made->troubles;
  enum { SIZE = 1024 };
  char *script = malloc(SIZE);
  if (script == NULL) return NULL;
  snprintf(script, SIZE,
           "[{\"topic\": \"%s\", \"code\": \"%s\"},\n"
           " {\"at\": \"%" PRIu64 "ms\", \"topic\": \"%s\", \"min_logs\": 2, \"count\": 1,"
           " \"code\": \"%s\"},\n"
           " {\"share\": 0.1, \"code\": \"%s\"},\n"
           " {\"at\": \"%" PRIu64 "ms\", \"for\": \"%" PRIu64 "ms\", \"refuse\": true},\n"
           " {\"at\": \"%" PRIu64 "ms\", \"for\": \"%" PRIu64 "ms\", \"clock\": \"%dm\"}]\n",
           DEMO_CLOSED, troubles[TROUBLE_CLOSED].code, troubles[TROUBLE_OVERSIZE].from_ms,
           DEMO_TOPIC, troubles[TROUBLE_OVERSIZE].code, troubles[TROUBLE_ERRORS].code,
           troubles[TROUBLE_OUTAGE].from_ms, troubles[TROUBLE_OUTAGE].for_ms,
           troubles[TROUBLE_CLOCK].from_ms, troubles[TROUBLE_CLOCK].for_ms, CLOCK_OFF_MINUTES);
  return script;
}
