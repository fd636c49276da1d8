/* A trace as JSON lines, and a record in words. */
#include <again/kit_trace.h>
#include <inttypes.h>

/* Bytes of the UTF-8 character at `text`, 0 if it is none: RFC 3629, section 4. */
static size_t character(const unsigned char *text) {
  static const struct {
    unsigned char first_min, first_max, second_min, second_max, length;
  } forms[] = {
      {0x00, 0x7F, 0, 0, 1},       {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
      {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
      {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (text[0] < forms[i].first_min || text[0] > forms[i].first_max) continue;
    if (forms[i].length == 1) return 1;
    if (text[1] < forms[i].second_min || text[1] > forms[i].second_max) return 0;
    for (size_t at = 2; at < forms[i].length; at++) {
      if ((text[at] & 0xC0) != 0x80) return 0;
    }
    return forms[i].length;
  }
  return 0;
}

static void write_text(FILE *file, const char *key, const char *text) {
  fprintf(file, ",\"%s\":\"", key);
  for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
    size_t length = character(at);
    if (length == 0) {
      fputs("\\ufffd", file);
      at++;
    } else if (*at == '"' || *at == '\\') {
      fprintf(file, "\\%c", *at++);
    } else if (*at < 0x20) {
      fprintf(file, "\\u%04x", (unsigned)*at++);
    } else {
      fwrite(at, 1, length, file);
      at += length;
    }
  }
  fputc('"', file);
}

static void write_time(FILE *file, const char *key, again_ms time) {
  if (time == AGAIN_NEVER) {
    fprintf(file, ",\"%s\":null", key);
  } else {
    fprintf(file, ",\"%s\":%" PRIu64, key, time);
  }
}

static const char *kind_name(const again_kit_record *record) {
  return record->kind == AGAIN_KIT_DONE ? "done" : again_event_name(record->kind);
}

static void write_attempt(FILE *file, const again_kit_record *record) {
  write_text(file, "class", again_class_name(record->verdict.error_class));
  write_text(file, "remedy", again_remedy_name(record->verdict.remedy));
  write_text(file, "damage", again_damage_name(record->verdict.damage));
  write_text(file, "origin", again_origin_name(record->verdict.origin));
  if (record->fault != AGAIN_FAULT_NONE) write_text(file, "fault", again_fault_name(record->fault));
  if (record->status != 0) fprintf(file, ",\"status\":%d", record->status);
  if (record->code[0] != '\0') write_text(file, "code", record->code);
  write_text(file, "effect", again_effect_name(record->effect));
  write_time(file, "ended", record->ended);
}

static void write_record(FILE *file, const again_kit_record *record) {
  fprintf(file, "{\"time\":%" PRIu64, record->now);
  write_text(file, "event", kind_name(record));
  if (record->operation != 0) {
    fprintf(file, ",\"operation\":%" PRIu32 ",\"final\":%s,\"attempt\":%" PRIu32, record->operation,
            record->final ? "true" : "false", record->attempt);
  }
  if (record->scope[0] != '\0') write_text(file, "scope", record->scope);
  if (record->judged) write_attempt(file, record);
  if (record->final || record->kind == AGAIN_EVENT_RETRY)
    write_text(file, "reason", again_reason_name(record->reason));
  if (record->kind == AGAIN_EVENT_RETRY || record->kind == AGAIN_EVENT_HELD)
    write_time(file, "at", record->at);
  if (record->kind == AGAIN_EVENT_RETRY) {
    write_time(file, "delay_min", record->delay_min);
    write_time(file, "delay_max", record->delay_max);
  }
  fputs("}\n", file);
}

int again_kit_trace_write_json(const again_kit_trace *trace, FILE *file) {
  for (size_t i = 0; i < trace->count; i++)
    write_record(file, &trace->records[i]);
  return fflush(file) == 0 && !ferror(file) ? 0 : AGAIN_EIO;
}

/* again_explain wants an event: the record has what it looks at. */
char *again_kit_record_explain(const again_kit_record *record, char *buffer, size_t size) {
  if (record->kind == AGAIN_KIT_DONE) {
    snprintf(buffer, size, "done: %s", again_reason_text(record->reason));
    return buffer;
  }
  if (record->kind == AGAIN_EVENT_ATTEMPT) {
    snprintf(buffer, size, "attempt %" PRIu32 " begins", record->attempt);
    return buffer;
  }
  bool of_operation = record->operation != 0;
  again_op op = {0};
  again_scope scope = {.name = record->scope[0] != '\0' ? record->scope : NULL};
  again_decision decision = {.retry = true, .reason = record->reason, .at = record->at};
  again_result result = {.reason = record->reason,
                         .verdict = record->verdict,
                         .status = record->status,
                         .code = record->code};
  /* Without an answer, the fault says more than nothing. */
  bool silent = record->code[0] == '\0' && record->fault != AGAIN_FAULT_NONE;
  if (silent) result.code = again_fault_name(record->fault);
  bool about_all = !of_operation && record->scope[0] == '\0';
  bool told = record->final || record->kind == AGAIN_EVENT_RETRY || record->judged;
  again_event event = {.kind = record->kind,
                       .now = record->now,
                       .op = of_operation ? &op : NULL,
                       .scope = about_all && record->kind != AGAIN_EVENT_HELD &&
                                        record->kind != AGAIN_EVENT_RESUMED
                                    ? NULL
                                    : &scope,
                       .until = record->at,
                       .attempt = record->attempt,
                       .verdict = record->judged ? &record->verdict : NULL,
                       .decision = &decision,
                       .result = told ? &result : NULL};
  return again_explain(&event, buffer, size);
}
