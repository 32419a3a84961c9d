/* Three-valued logic, wildcards, the parts of an ARN. */
#include "naive_impl.h"

w403_tri n_bool(bool b)
{
    return b ? W403_YES : W403_NO;
}

w403_tri n_and(w403_tri a, w403_tri b)
{
    if (a == W403_NO || b == W403_NO) {
        return W403_NO;
    }
    return a == W403_YES && b == W403_YES ? W403_YES : W403_UNKNOWN;
}

w403_tri n_or(w403_tri a, w403_tri b)
{
    if (a == W403_YES || b == W403_YES) {
        return W403_YES;
    }
    return a == W403_NO && b == W403_NO ? W403_NO : W403_UNKNOWN;
}

w403_tri n_not(w403_tri a)
{
    return a == W403_UNKNOWN ? W403_UNKNOWN : n_bool(a == W403_NO);
}

bool n_same(w403_view a, w403_view b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != b.p[i]) {
            return false;
        }
    }
    return true;
}

static int low(int c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool n_eq(w403_view v, const char *s)
{
    return n_same(v, (w403_view){s, strlen(s)});
}

bool n_ieq(w403_view v, const char *s)
{
    if (v.n != strlen(s)) {
        return false;
    }
    for (size_t i = 0; i < v.n; i++) {
        if (low(v.p[i]) != low(s[i])) {
            return false;
        }
    }
    return true;
}

/* The worlds hold ASCII only, so `?` is one byte. Every call consumes a character of the pattern or of the text:
 * the depth is bounded by the sum of their lengths. */
bool n_glob(const uint16_t *p, unsigned pn, const char *t, size_t tn, bool icase)
{
    if (pn == 0) {
        return tn == 0;
    }
    if (p[0] == '*') {
        return n_glob(p + 1, pn - 1, t, tn, icase) || (tn > 0 && n_glob(p, pn, t + 1, tn - 1, icase));
    }
    if (tn == 0) {
        return false;
    }
    int want = p[0] & 0xFF, have = (unsigned char)t[0];
    bool same = p[0] == '?' || want == have || (icase && low(want) == low(have));
    return same && n_glob(p + 1, pn - 1, t + 1, tn - 1, icase);
}

static void plain(w403_view v, n_text *out)
{
    out->n = 0;
    for (size_t i = 0; i < v.n && out->n < N_TEXT; i++) {
        out->c[out->n++] = (unsigned char)v.p[i];
    }
}

bool n_glob_text(w403_view pattern, w403_view text, bool icase)
{
    n_text p;
    plain(pattern, &p);
    return n_glob(p.c, p.n, text.p, text.n, icase);
}

/* R2 */
unsigned n_split(w403_view v, w403_view part[6])
{
    unsigned n = 0;
    size_t   from = 0;
    for (size_t i = 0; i <= v.n; i++) {
        if (i == v.n || (v.p[i] == ':' && n < 5)) {
            part[n++] = (w403_view){v.p + from, i - from};
            from = i + 1;
        }
    }
    return n;
}

unsigned n_split_text(const n_text *t, n_text part[6])
{
    unsigned n = 0;
    part[0].n = 0;
    for (unsigned i = 0; i < t->n; i++) {
        if ((t->c[i] & 0xFF) == ':' && n < 5) {
            part[++n].n = 0;
        } else {
            part[n].c[part[n].n++] = t->c[i];
        }
    }
    return n + 1;
}
