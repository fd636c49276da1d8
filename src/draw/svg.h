/* Writes SVG into memory: texts escaped, numbers in one format, so that the same picture gives the same
 * bytes everywhere. Knows nothing of charts. */
#ifndef AGAIN_DRAW_SVG_H
#define AGAIN_DRAW_SVG_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: empty. */
typedef struct again_svg {
  char *text; /* NUL-terminated, or NULL */
  size_t length;
  size_t size;
  bool failed; /* out of memory: what was written since is lost */
} again_svg;

/* Markup, as it is. Of the formats only those of integers and strings are meant: a double's depends on
 * the locale. */
void again_svg_markup(again_svg *svg, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A text between two tags, or in an attribute: escaped. What XML cannot hold (control characters, broken
 * UTF-8) becomes U+FFFD. */
void again_svg_text(again_svg *svg, const char *text);

/* About as wide as a text is, in letters of this size: no font is asked, the widest of those that the
 * style names is assumed. NULL: 0. */
double again_svg_width(const char *text, double size);

/* As again_svg_text, but what is wider than `width` is cut and ends in an ellipsis. */
void again_svg_text_within(again_svg *svg, const char *text, double size, double width);

/* A text element of this class, with its text cut likewise. */
void again_svg_label(again_svg *svg, const char *class, double x, double y, const char *text,
                     double size, double width);

/* Text elements below one another, `leading` apart, broken at blanks so that none is wider than
 * `width`; a word that is wider is cut. Returns how many lines there are. */
int again_svg_paragraph(again_svg *svg, const char *class, double x, double y, double leading,
                        const char *text, double size, double width);

/* A number, rounded to tenths: "12", "12.5", "-0.3". */
void again_svg_number(again_svg *svg, double number);

/* A start tag's attribute: ` name="12.5"`. */
void again_svg_attribute(again_svg *svg, const char *name, double number);

/* Puts another one's text behind this one's, and empties it. */
void again_svg_join(again_svg *svg, again_svg *other);

/* The text, to be freed with free(); NULL: out of memory. The writer is empty then. */
char *again_svg_take(again_svg *svg);

#endif
