/* HTTP dates, the three forms of RFC 9110 section 5.6.7, without locale, time zone or tables of the
 * system:
 *
 *   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate
 *   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
 *   Sun Nov  6 08:49:37 1994           asctime
 *
 * "UTC" is taken for "GMT" and a day of one digit for two, as senders write them; the name of the
 * weekday is skipped, as it says nothing new. A second of 60 (a leap second) counts as 59.
 * Days are counted by the civil calendar's cycle of 400 years (H. Hinnant, "chrono-compatible
 * low-level date algorithms", days_from_civil).
 */
#include <again/core.h>
#include <string.h>

typedef struct reader {
  const char *at;
  const char *end;
} reader;

typedef struct civil {
  int64_t year;
  int month; /* 1..12 */
  int day;
  int hour;
  int minute;
  int second;
} civil;

static bool skip_char(reader *in, char c) {
  if (in->at == in->end || *in->at != c) return false;
  in->at++;
  return true;
}

static bool skip_spaces(reader *in) {
  const char *start = in->at;
  while (skip_char(in, ' ')) {
  }
  return in->at != start;
}

static size_t skip_letters(reader *in) {
  const char *start = in->at;
  while (in->at != in->end && ((*in->at | 0x20) >= 'a' && (*in->at | 0x20) <= 'z'))
    in->at++;
  return (size_t)(in->at - start);
}

/* Reads min..max digits. */
static bool read_number(reader *in, int min, int max, int *value) {
  int digits = 0;
  *value = 0;
  while (digits < max && in->at != in->end && *in->at >= '0' && *in->at <= '9') {
    *value = *value * 10 + (*in->at++ - '0');
    digits++;
  }
  return digits >= min;
}

static bool read_month(reader *in, int *month) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (in->end - in->at < 3) return false;
  for (int i = 0; i < 12; i++) {
    if (memcmp(in->at, names + 3 * i, 3) == 0) {
      in->at += 3;
      *month = i + 1;
      return true;
    }
  }
  return false;
}

static bool read_time(reader *in, civil *date) {
  return read_number(in, 2, 2, &date->hour) && skip_char(in, ':') &&
         read_number(in, 2, 2, &date->minute) && skip_char(in, ':') &&
         read_number(in, 2, 2, &date->second);
}

static bool read_zone(reader *in) {
  if (!skip_spaces(in) || in->end - in->at < 3) return false;
  if (memcmp(in->at, "GMT", 3) != 0 && memcmp(in->at, "UTC", 3) != 0) return false;
  in->at += 3;
  return true;
}

/* Days from 1970-01-01; the year begins in March, so that a leap day is its last. */
static int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int64_t year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

static bool to_seconds(const civil *date, int64_t *seconds) {
  if (date->day < 1 || date->day > days_in_month(date->year, date->month)) return false;
  if (date->hour > 23 || date->minute > 59 || date->second > 60) return false;
  int second = date->second == 60 ? 59 : date->second;
  *seconds = days_from_civil(date->year, date->month, date->day) * 86400 + date->hour * 3600 +
             date->minute * 60 + second;
  return true;
}

/* The century of a two-digit year: RFC 9110 takes a date more than 50 years ahead as past. */
static void resolve_century(civil *date, int64_t now) {
  int64_t this_year = 1970 + now / 31556952;
  date->year += this_year / 100 * 100;
  if (date->year > this_year + 50) date->year -= 100;
  if (date->year < this_year - 50) date->year += 100;
}

int again_http_date_parse(const char *text, size_t length, int64_t now, int64_t *seconds) {
  reader in = {text, text + length};
  civil date = {0};
  int year = 0;
  bool two_digits = false;
  skip_spaces(&in);
  if (skip_letters(&in) < 3) return AGAIN_EFORMAT;
  if (skip_char(&in, ',')) {
    skip_spaces(&in);
    if (!read_number(&in, 1, 2, &date.day)) return AGAIN_EFORMAT;
    two_digits = skip_char(&in, '-');
    if (!two_digits && !skip_spaces(&in)) return AGAIN_EFORMAT;
    if (!read_month(&in, &date.month)) return AGAIN_EFORMAT;
    if (two_digits ? !skip_char(&in, '-') : !skip_spaces(&in)) return AGAIN_EFORMAT;
    if (!read_number(&in, two_digits ? 2 : 4, two_digits ? 2 : 4, &year)) return AGAIN_EFORMAT;
    if (!skip_spaces(&in) || !read_time(&in, &date) || !read_zone(&in)) return AGAIN_EFORMAT;
  } else {
    if (!skip_spaces(&in) || !read_month(&in, &date.month) || !skip_spaces(&in) ||
        !read_number(&in, 1, 2, &date.day) || !skip_spaces(&in) || !read_time(&in, &date) ||
        !skip_spaces(&in) || !read_number(&in, 4, 4, &year)) {
      return AGAIN_EFORMAT;
    }
  }
  skip_spaces(&in);
  if (in.at != in.end) return AGAIN_EFORMAT;
  date.year = year;
  if (two_digits) resolve_century(&date, now);
  return to_seconds(&date, seconds) ? 0 : AGAIN_EFORMAT;
}
