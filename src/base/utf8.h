#ifndef W403_BASE_UTF8_H
#define W403_BASE_UTF8_H

#include "base/view.h"

/* Offset of the first byte that is no valid UTF-8, or v.n when all is valid. */
size_t w403_utf8_valid(w403_view v);
/* Offset of the first byte that a JSON string does not hold as it stands or that is not ASCII: a quote, a backslash, a
 * control character, a byte from 0x80 on; v.n when there is none. */
size_t w403_utf8_plain(w403_view v);
/* The character at v.p[*i]; advances *i. U+FFFD (one byte on) where it is invalid. */
uint32_t w403_utf8_next(w403_view v, size_t *i);
/* Writes 1..4 bytes, gives how many. */
size_t w403_utf8_put(char *out, uint32_t cp);
/* Does a terminal act upon it, or does it make a text look like another: controls (C1 too), line and paragraph
 * separators, marks of direction. */
bool w403_utf8_steers(uint32_t cp);
/* Columns in a terminal: 0 for combining marks and zero-width, 2 for wide characters. */
int w403_utf8_width(uint32_t cp);
/* The name of a blank or invisible character (`no-break space (U+00A0)`), NULL for any other. */
const char *w403_utf8_blank_name(uint32_t cp);

#endif
