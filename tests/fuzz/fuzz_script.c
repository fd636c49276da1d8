/* Any bytes as faults, as JSON or in the compact form: refused with one line and nothing changed, or
 * taken, and then within what the format allows. */
#include "emulator/script.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(const char *why) {
  if (why[0] == '\0') abort();
  for (; *why != '\0'; why++) {
    if ((unsigned char)*why < ' ') abort();
  }
}

static void check_fault(const again_script_fault *fault) {
  bool answers = fault->kind == AGAIN_SCRIPT_CODE || fault->kind == AGAIN_SCRIPT_BODY;
  if (fault->kind >= AGAIN_SCRIPT_KIND_COUNT || fault->left == 0) abort();
  if (!(fault->share >= 0 && fault->share <= 1) || fault->until < fault->from) abort();
  if (answers != (fault->status != 0)) abort();
  if (answers && (fault->status < 200 || fault->status > 599)) abort();
  if ((fault->kind == AGAIN_SCRIPT_CODE) != (fault->code != NULL)) abort();
  if ((fault->kind == AGAIN_SCRIPT_BODY) != (fault->body != NULL)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = calloc(1, size + 1);
  if (text == NULL) return 0;
  if (size > 0) memcpy(text, data, size);
  again_script script;
  again_script_init(&script, 1);
  char why[512] = "";
  bool json = text[0] == '[' || text[0] == '{';
  int error = json ? again_script_read(&script, text, 1000, why, sizeof why)
                   : again_script_read_text(&script, text, 1000, why, sizeof why);
  if (error != 0) {
    check_line(why);
    if (script.faults != NULL) abort();
  }
  for (const again_script_fault *fault = script.faults; fault != NULL; fault = fault->next)
    check_fault(fault);
  again_script_request request = {.topic = "t", .logs = 5, .now = 2000};
  again_script_pick(&script, &request);
  again_script_latency(&script, &request);
  again_script_clock(&script, 2000);
  again_script_fini(&script);
  free(text);
  return 0;
}
