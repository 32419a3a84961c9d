/* Patterns with `*` and `?` as sets of texts: inclusion, overlap, and lists whose values cover each other. The engine's
 * automata say what holds; what a matcher can tell by one text is not asked of them. */
#include <stdlib.h>

#include "base/glob.h"
#include "lint/check.h"
#include "symbolic/automaton.h"
#include "symbolic/bits.h"

/* Which sorts of texts there are. */
enum { ONLY_FIRST = 1, ONLY_SECOND = 2, BOTH = 4 };

static bool add(w403_automaton *m, w403_view pattern, bool ignore_case)
{
    return w403_automaton_add(
        m, &(w403_language){.kind = W403_LANGUAGE_GLOB, .text = pattern, .ignore_case = ignore_case});
}

/* Those found; *all: there are no others. */
static unsigned sorts(w403_budget *budget, w403_view first, w403_view second, bool ignore_case, bool *all)
{
    w403_arena *a = w403_arena_new(0);
    w403_automaton *m = a ? w403_automaton_new(a) : NULL;
    w403_text_classes classes = {0};
    unsigned out = 0;
    *all = m && add(m, first, ignore_case) && add(m, second, ignore_case) && w403_automaton_classes(m, budget, &classes);
    for (size_t i = 0; i < classes.n; i++) {
        bool x = w403_bit(classes.at[i].bits, 0), y = w403_bit(classes.at[i].bits, 1);
        out |= x && y ? BOTH : x ? ONLY_FIRST : y ? ONLY_SECOND : 0;
    }
    w403_arena_free(a);
    return out;
}

static bool has(w403_view v, char c)
{
    return v.n && w403_view_find_char(v, c) != SIZE_MAX;
}

/* Of an `outer` without `?`: a wildcard of `inner` is then a letter that `*` alone takes, and one text stands for all. */
static bool takes_whole(w403_view outer, w403_view inner, bool ignore_case)
{
    return ignore_case ? w403_iglob(outer, inner) : w403_glob(outer, inner);
}

bool w403_lint_includes(w403_budget *budget, w403_view outer, w403_view inner, bool ignore_case)
{
    bool all;
    if (!has(outer, '?'))
        return takes_whole(outer, inner, ignore_case);
    return !(sorts(budget, outer, inner, ignore_case, &all) & ONLY_SECOND) && all;
}

static bool is_wild(char c)
{
    return c == '*' || c == '?';
}

static bool same(char x, char y, bool ignore_case)
{
    return ignore_case ? w403_lower(x) == w403_lower(y) : x == y;
}

/* Takes what both begin and end with off both; false: they begin or end differently. */
static bool trim(w403_view *a, w403_view *b, bool ignore_case)
{
    for (; a->n && b->n && !is_wild(a->p[0]) && !is_wild(b->p[0]); a->p++, a->n--, b->p++, b->n--) {
        if (!same(a->p[0], b->p[0], ignore_case))
            return false;
    }
    for (; a->n && b->n && !is_wild(a->p[a->n - 1]) && !is_wild(b->p[b->n - 1]); a->n--, b->n--) {
        if (!same(a->p[a->n - 1], b->p[b->n - 1], ignore_case))
            return false;
    }
    return true;
}

/* `a` ends with a star and `b` begins with one: a text of `a`, then one of `b`, is matched by both. */
static bool ends_open(w403_view a, w403_view b)
{
    return a.n && b.n && a.p[a.n - 1] == '*' && b.p[0] == '*';
}

w403_tri w403_lint_overlap(w403_budget *budget, w403_view a, w403_view b, bool ignore_case)
{
    bool all;
    if (!trim(&a, &b, ignore_case))
        return W403_NO;
    if (ends_open(a, b) || ends_open(b, a) || w403_view_eq(a, W403_LIT("*")) || w403_view_eq(b, W403_LIT("*")))
        return W403_YES;
    if (!w403_has_wildcard(b))
        return (ignore_case ? w403_iglob(a, b) : w403_glob(a, b)) ? W403_YES : W403_NO;
    if (!w403_has_wildcard(a))
        return (ignore_case ? w403_iglob(b, a) : w403_glob(b, a)) ? W403_YES : W403_NO;
    if ((!has(a, '?') && takes_whole(a, b, ignore_case)) || (!has(b, '?') && takes_whole(b, a, ignore_case)))
        return W403_YES;
    if (!has(a, '?') && !has(b, '?'))
        return W403_YES; /* one begins with a star, one ends with one; if both are of one, it takes what the other begins and ends with */
    return sorts(budget, a, b, ignore_case, &all) & BOTH ? W403_YES : all ? W403_NO : W403_UNKNOWN;
}

/* ---- lists whose values cover each other ---- */

typedef struct member {
    const w403_json *node;
    w403_view text; /* small letters where case is ignored */
    size_t group; /* index of a member of the same group, by way of others; itself: the group's first */
    size_t by;    /* who covers it; SIZE_MAX: nobody */
    size_t plain; /* bytes before the first wildcard */
    bool shared;  /* others are of its group */
} member;

static size_t group_of(const member *m, size_t i)
{
    while (m[i].group != i)
        i = m[i].group;
    return i;
}

static void join(member *m, size_t covered, size_t by)
{
    size_t a = group_of(m, covered), b = group_of(m, by);
    if (m[covered].by == SIZE_MAX)
        m[covered].by = by;
    size_t first = a > b ? b : a; /* the first of a group is its least */
    m[a > b ? a : b].group = first;
    m[first].shared = m[first].shared || a != b;
}

static size_t plain_prefix(w403_view v)
{
    size_t n = 0;
    while (n < v.n && !is_wild(v.p[n]))
        n++;
    return n;
}

static bool is_pattern(const member *m)
{
    return m->plain < m->text.n;
}

/* ---- the members by their texts, equal ones by their places ---- */

static int by_text(const void *x, const void *y)
{
    const member *a = *(const member *const *)x, *b = *(const member *const *)y;
    int order = w403_view_cmp(a->text, b->text);
    return order ? order : a < b ? -1 : a > b;
}

static void join_equal(member *m, const member **sorted, size_t n)
{
    for (size_t i = 1, first = 0; i < n; i++) {
        if (w403_view_eq(sorted[first]->text, sorted[i]->text))
            join(m, (size_t)(sorted[i] - m), (size_t)(sorted[first] - m));
        else
            first = i;
    }
}

/* The first member from which on texts begin with the prefix, or are behind it. */
static size_t lower_bound(const member **sorted, size_t n, w403_view prefix)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (w403_view_cmp(sorted[middle]->text, prefix) < 0)
            low = middle + 1;
        else
            n = middle;
    }
    return low;
}

/* Whom a pattern covers: what it begins with narrows it down. */
static void join_covered(w403_lint_run *l, member *m, const member **sorted, size_t n, size_t by)
{
    w403_view outer = m[by].text, prefix = w403_view_sub(outer, 0, m[by].plain);
    bool all = outer.n == prefix.n + 1 && outer.p[prefix.n] == '*'; /* whatever begins with it */
    for (size_t i = lower_bound(sorted, n, prefix); i < n && w403_view_starts(sorted[i]->text, prefix); i++) {
        size_t inner = (size_t)(sorted[i] - m);
        if (inner != by && (all || w403_lint_includes(w403_lint_budget(l), outer, m[inner].text, false)))
            join(m, inner, by);
    }
}

static void report(w403_lint_run *l, w403_lint_code code, const member *m, size_t n, size_t first)
{
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, n);
    uint32_t count = 0;
    size_t covered = SIZE_MAX;
    if (!at) {
        l->nomem = true;
        return;
    }
    for (size_t i = first; i < n; i++) {
        if (group_of(m, i) != first)
            continue;
        at[count++] = w403_lint_at_value(m[i].node);
        if (covered == SIZE_MAX && m[i].by != SIZE_MAX)
            covered = i;
    }
    if (count > 1)
        w403_lint_add(l, code, at, count,
                      W403_LINT_WORDS({"n", w403_lint_number(l, count)}, {"x", m[covered].node->text},
                                      {"y", m[m[covered].by].node->text}));
}

/* Members of the list; gives how many, and how many are patterns. */
static size_t gather(w403_lint_run *l, const w403_json *list, bool ignore_case, member *m, size_t *patterns)
{
    size_t n = 0;
    *patterns = 0;
    W403_LINT_EACH(v, list) {
        w403_view text = v->text.n == 0 ? W403_LIT("") : ignore_case ? w403_arena_lower(l->arena, v->text) : v->text;
        l->nomem = l->nomem || !text.p;
        m[n] = (member){v, text, n, SIZE_MAX, plain_prefix(text), false};
        *patterns += is_pattern(&m[n++]);
    }
    return n;
}

void w403_lint_redundant(w403_lint_run *l, w403_lint_code code, const w403_json *list, bool ignore_case)
{
    size_t patterns;
    if (!w403_json_is(list, W403_JSON_ARRAY) || list->count < 2 || !w403_lint_wants(l, code))
        return;
    member *m = W403_NEW_N(l->arena, member, list->count);
    const member **sorted = W403_NEW_N(l->arena, const member *, list->count);
    if (!m || !sorted) {
        l->nomem = true;
        return;
    }
    size_t n = gather(l, list, ignore_case, m, &patterns);
    if (l->nomem || n * (n / 2 + patterns) > W403_LIMIT_LINT_PAIRS)
        return; /* nothing is said that was not looked at */
    bool in_order = true; /* as many authors write them */
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &m[i];
        in_order = in_order && (!i || w403_view_cmp(m[i - 1].text, m[i].text) <= 0);
    }
    if (!in_order)
        qsort(sorted, n, sizeof(const member *), by_text);
    join_equal(m, sorted, n);
    for (size_t by = 0; patterns && by < n; by++) {
        if (is_pattern(&m[by]))
            join_covered(l, m, sorted, n, by);
    }
    for (size_t i = 0; i < n; i++) {
        if (group_of(m, i) == i && m[i].shared)
            report(l, code, m, n, i);
    }
}

void w403_lint_element(w403_lint_run *l, const w403_json *list, void (*one)(w403_lint_run *l, const w403_json *value),
                       w403_lint_code empty, w403_lint_code redundant)
{
    if (w403_json_is(list, W403_JSON_ARRAY) && !list->first)
        w403_lint_value(l, empty, list, NULL);
    W403_LINT_EACH(v, list)
        one(l, v);
    w403_lint_redundant(l, redundant, list, redundant == W403_L_REDUNDANT_ACTION); /* names of actions ignore case */
}
