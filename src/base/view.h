/* Borrowed bytes. Input is never assumed to be NUL-terminated. */
#ifndef W403_BASE_VIEW_H
#define W403_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <why403.h> /* w403_view */

/* A view of a string literal or array with a terminating NUL. */
#define W403_LIT(s) ((w403_view){(s), sizeof(s) - 1})

/* A view for %.*s: all of it, or as much as a line of text has room for. */
#define W403_ARG(v) (int)(v).n, ((v).p ? (v).p : "")
#define W403_CUT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

static inline w403_view w403_view_of(const char *s)
{
    return (w403_view){s, s ? strlen(s) : 0};
}

static inline w403_view w403_view_sub(w403_view v, size_t from, size_t to)
{
    return (w403_view){from ? v.p + from : v.p, to - from}; /* nothing is added to a null pointer, not even 0 */
}

static inline bool w403_view_eq(w403_view a, w403_view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool w403_view_starts(w403_view v, w403_view prefix)
{
    return v.n >= prefix.n && (prefix.n == 0 || memcmp(v.p, prefix.p, prefix.n) == 0);
}

static inline bool w403_view_ends(w403_view v, w403_view suffix)
{
    return v.n >= suffix.n &&
           (suffix.n == 0 || memcmp(v.p + v.n - suffix.n, suffix.p, suffix.n) == 0);
}

/* ASCII only: AWS compares action and key names without case, and those are ASCII. */
static inline char w403_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

/* What a hexadecimal digit is worth; -1: it is none. */
static inline int w403_hex_digit(char c)
{
    char l = w403_lower(c);
    return c >= '0' && c <= '9' ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool w403_view_ieq(w403_view a, w403_view b);
int  w403_view_cmp(w403_view a, w403_view b); /* bytewise, shorter first */

/* Offset of the first `needle`, or SIZE_MAX. An empty needle is found at 0. */
size_t w403_view_find(w403_view hay, w403_view needle);
size_t w403_view_find_char(w403_view hay, char c);

/* Cuts `*rest` at the first `c`: returns what stands before it and leaves what follows.
 * Without `c` all of it is returned and `*rest` becomes empty with p == NULL. */
w403_view w403_view_cut(w403_view *rest, char c);

/* White space as JSON and HTTP know it: space, tab, CR, LF. */
w403_view w403_view_trim(w403_view v);

bool w403_view_is_hex(w403_view v); /* hexadecimal digits and no more, at least one */

/* Decimal digits only; false on an empty view, a sign, a blank or overflow. */
bool w403_view_u64(w403_view v, uint64_t *out);

#endif
