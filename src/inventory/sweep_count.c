#include "inventory/sweep_count.h"

#include <stdio.h>
#include <stdlib.h>

enum { SIGNATURE_BYTES = 2048 };

/* One text that two groups share exactly when they are one. */
static w403_view signature(char text[SIGNATURE_BYTES], const w403_sweep_group *g)
{
    int n = snprintf(text, SIGNATURE_BYTES, "%d %d %d %s\n%.*s\n%.*s\n%.*s", (int)g->verdict, g->status, g->older,
                     g->cause ? g->cause : "", (int)g->bucket.n, g->bucket.p ? g->bucket.p : "", (int)g->owner.n,
                     g->owner.p ? g->owner.p : "", (int)g->action.n, g->action.p ? g->action.p : "");
    return (w403_view){text, n < 0 ? 0 : n < SIGNATURE_BYTES ? (size_t)n : SIGNATURE_BYTES - 1};
}

bool w403_sweep_counts_open(w403_sweep_counts *c, w403_arena *a)
{
    *c = (w403_sweep_counts){.a = a, .of_groups = w403_arena_new(0), .of_prefixes = w403_arena_new(0)};
    return a && c->of_groups && c->of_prefixes;
}

void w403_sweep_counts_close(w403_sweep_counts *c)
{
    w403_arena_free(c->of_groups);
    w403_arena_free(c->of_prefixes);
    c->of_groups = c->of_prefixes = NULL;
}

static w403_view keep(w403_sweep_counts *c, w403_arena *a, w403_view v)
{
    w403_view copy = v.p ? w403_arena_copy(a, v) : v;
    c->nomem |= v.p && !copy.p;
    return copy;
}

/* An empty arena in the place of *a, which the caller frees when it has taken out what stays. */
static w403_arena *fresh(w403_sweep_counts *c, w403_arena **a)
{
    w403_arena *old = *a, *made = w403_arena_new(0);
    c->nomem |= !made;
    *a = made ? made : old;
    return made ? old : NULL;
}

static size_t find_group(w403_sweep_counts *c, const w403_sweep_group *like, bool add)
{
    char text[SIGNATURE_BYTES];
    w403_view name = signature(text, like);
    size_t at = (size_t)(uintptr_t)w403_map_get(&c->group_map, name);
    if (at || !add) {
        return at ? at - 1 : SIZE_MAX;
    }
    w403_sweep_group *g = W403_PUSH(c->of_groups, &c->t.groups);
    name = keep(c, c->of_groups, name);
    if (!g || !name.p || !w403_map_put(c->of_groups, &c->group_map, name, (void *)(uintptr_t)c->t.groups.n)) {
        c->nomem = true;
        return SIZE_MAX;
    }
    *g = (w403_sweep_group){.verdict = like->verdict,
                            .status = like->status,
                            .cause = like->cause,
                            .older = like->older,
                            .action = keep(c, c->of_groups, like->action),
                            .bucket = keep(c, c->of_groups, like->bucket),
                            .owner = keep(c, c->of_groups, like->owner)};
    return c->t.groups.n - 1;
}

/* Groups without owner and action are always kept: the others are joined to them where they are too many. */
static bool is_plain(const w403_sweep_group *g)
{
    return !g->owner.p && !g->action.p;
}

static int by_identity(const void *a, const void *b)
{
    const w403_sweep_group *x = a, *y = b;
    int order = is_plain(y) - is_plain(x);
    order = order ? order : strcmp(x->cause ? x->cause : "", y->cause ? y->cause : "");
    order = order ? order : w403_view_cmp(x->bucket, y->bucket);
    order = order ? order : w403_view_cmp(x->action, y->action);
    order = order ? order : w403_view_cmp(x->owner, y->owner);
    order = order ? order : (int)x->verdict - (int)y->verdict;
    order = order ? order : x->status - y->status;
    return order ? order : x->older - y->older;
}

/* Adds a group's numbers and examples to the one at `at`. */
static void join_group(w403_sweep_counts *c, size_t at, const w403_sweep_group *g)
{
    w403_sweep_group *into = &c->t.groups.at[at];
    into->objects += g->objects;
    for (uint32_t k = 0; k < g->n_examples; k++) {
        w403_sweep_example(c, into, g->examples[k], g->example_at[k]);
    }
}

/* No more than the limit. The map is made anew: groups get other indexes. */
static void bound_groups(w403_sweep_counts *c)
{
    size_t n = c->t.groups.n, kept = 0, apart = 0;
    qsort(c->t.groups.at, n, sizeof *c->t.groups.at, by_identity);
    while (kept < n && apart < W403_SWEEP_GROUPS) {
        apart += !is_plain(&c->t.groups.at[kept++]);
    }
    const w403_sweep_group *all = c->t.groups.at;
    w403_arena *old = fresh(c, &c->of_groups);
    memset(&c->t.groups, 0, sizeof c->t.groups);
    memset(&c->group_map, 0, sizeof c->group_map);
    c->generation++;
    c->t.folded_groups |= kept < n;
    for (size_t i = 0; i < n && !c->nomem; i++) {
        w403_sweep_group like = all[i];
        like.owner = i < kept ? like.owner : (w403_view){NULL, 0};
        like.action = i < kept ? like.action : (w403_view){NULL, 0};
        size_t at = find_group(c, &like, true);
        if (at != SIZE_MAX) {
            join_group(c, at, &all[i]);
        }
        if (i + 1 == kept && kept < n && !c->nomem) {
            c->last_apart = c->t.groups.at[at];
        }
    }
    w403_arena_free(old);
}

static bool is_apart(const w403_sweep_counts *c, const w403_sweep_group *g)
{
    return is_plain(g) || !c->last_apart.bucket.p || by_identity(g, &c->last_apart) <= 0;
}

size_t w403_sweep_group_of(w403_sweep_counts *c, const w403_sweep_group *like)
{
    w403_sweep_group g = *like;
    size_t at = find_group(c, like, false);
    if (at != SIZE_MAX) {
        return at;
    }
    if (c->t.groups.n >= 2 * W403_SWEEP_GROUPS) {
        bound_groups(c);
    }
    if (!is_apart(c, like)) {
        c->t.folded_groups = true;
        g.owner = g.action = (w403_view){NULL, 0};
    }
    return c->nomem ? SIZE_MAX : find_group(c, &g, true);
}

static w403_view folder(w403_view key)
{
    size_t slash = w403_view_find_char(key, '/');
    return slash == SIZE_MAX ? (w403_view){"", 0} : w403_view_sub(key, 0, slash + 1);
}

static int by_text(const void *a, const void *b)
{
    const w403_sweep_prefix *x = a, *y = b;
    return w403_view_cmp(x->text, y->text);
}

static w403_sweep_prefix *new_prefix(w403_sweep_counts *c, w403_view text)
{
    w403_arena *a = c->of_prefixes;
    w403_sweep_prefix *p = W403_PUSH(a, &c->t.prefixes);
    w403_view own = keep(c, a, text);
    if (!p || !own.p || !w403_map_put(a, &c->prefix_map, own, (void *)(uintptr_t)c->t.prefixes.n)) {
        c->nomem = true;
        return NULL;
    }
    p->text = own;
    return p;
}

/* No more than the limit: the first ones of the alphabet. */
static void bound_prefixes(w403_sweep_counts *c)
{
    const w403_sweep_prefix *all = c->t.prefixes.at;
    size_t n = c->t.prefixes.n;
    w403_arena *old = fresh(c, &c->of_prefixes);
    qsort(c->t.prefixes.at, n, sizeof *all, by_text);
    memset(&c->t.prefixes, 0, sizeof c->t.prefixes);
    memset(&c->prefix_map, 0, sizeof c->prefix_map);
    for (size_t i = 0; i < n && !c->nomem; i++) {
        w403_sweep_prefix *p = i < W403_SWEEP_PREFIXES ? new_prefix(c, all[i].text) : NULL;
        *(p ? &p->denied : &c->t.other_denied) += all[i].denied;
        *(p ? &p->undetermined : &c->t.other_undetermined) += all[i].undetermined;
    }
    if (n > W403_SWEEP_PREFIXES && !c->nomem) {
        c->t.folded_prefixes = true;
        c->last_kept = c->t.prefixes.at[c->t.prefixes.n - 1].text;
    } else if (c->last_kept.p) {
        c->last_kept = keep(c, c->of_prefixes, c->last_kept);
    }
    c->last_prefix = SIZE_MAX;
    w403_arena_free(old);
}

/* NULL: it is one of those that are counted together. */
static w403_sweep_prefix *prefix_of(w403_sweep_counts *c, w403_view text)
{
    if (c->last_prefix < c->t.prefixes.n && w403_view_eq(c->t.prefixes.at[c->last_prefix].text, text)) {
        return &c->t.prefixes.at[c->last_prefix];
    }
    size_t at = (size_t)(uintptr_t)w403_map_get(&c->prefix_map, text);
    if (!at && c->t.prefixes.n >= 2 * W403_SWEEP_PREFIXES) {
        bound_prefixes(c);
    }
    if (!at && c->last_kept.p && w403_view_cmp(text, c->last_kept) > 0) {
        c->t.folded_prefixes = true;
        return NULL;
    }
    if (!at) {
        if (c->nomem || !new_prefix(c, text)) {
            return NULL;
        }
        at = c->t.prefixes.n;
    }
    c->last_prefix = at - 1;
    return &c->t.prefixes.at[at - 1];
}

static void add_prefix(w403_sweep_counts *c, w403_view text, uint64_t denied, uint64_t undetermined)
{
    w403_sweep_prefix *p = prefix_of(c, text);
    *(p ? &p->denied : &c->t.other_denied) += denied;
    *(p ? &p->undetermined : &c->t.other_undetermined) += undetermined;
}

void w403_sweep_count_prefix(w403_sweep_counts *c, w403_view key, w403_verdict verdict)
{
    add_prefix(c, folder(key), verdict == W403_DENIED, verdict == W403_UNDETERMINED);
}

static bool before(w403_sweep_at a, w403_sweep_at b)
{
    return a.file != b.file ? a.file < b.file : a.row < b.row;
}

/* Where the sentence stands, or the place that it takes: that of the last one when all are taken. SIZE_MAX: none. */
static size_t remark_place(w403_sweep_counts *c, w403_sweep_remarks *l, w403_view text, w403_sweep_at met)
{
    size_t last = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (w403_view_eq(l->at[i], text)) {
            return i;
        }
        last = before(l->met[last], l->met[i]) ? i : last;
    }
    if (l->n < W403_SWEEP_REMARKS) {
        w403_view *slot = W403_PUSH(c->a, l);
        c->nomem |= !slot;
        return slot ? l->n - 1 : SIZE_MAX;
    }
    l->more = true;
    if (!before(met, l->met[last])) {
        return SIZE_MAX;
    }
    l->at[last] = (w403_view){NULL, 0};
    return last;
}

void w403_sweep_remark(w403_sweep_counts *c, w403_sweep_remarks *l, w403_view text, w403_sweep_at met)
{
    size_t i = remark_place(c, l, text, met);
    if (i == SIZE_MAX) {
        return;
    }
    if (!l->at[i].p) {
        l->at[i] = keep(c, c->a, text);
        l->met[i] = met;
    } else if (before(met, l->met[i])) {
        l->met[i] = met;
    }
}

void w403_sweep_example(w403_sweep_counts *c, w403_sweep_group *g, w403_view key, w403_sweep_at met)
{
    uint32_t i = g->n_examples;
    while (i > 0 && before(met, g->example_at[i - 1])) {
        i--;
    }
    if (i == W403_SWEEP_EXAMPLES) {
        return;
    }
    uint32_t moved = g->n_examples < W403_SWEEP_EXAMPLES ? g->n_examples - i : W403_SWEEP_EXAMPLES - 1 - i;
    memmove(&g->examples[i + 1], &g->examples[i], moved * sizeof *g->examples);
    memmove(&g->example_at[i + 1], &g->example_at[i], moved * sizeof *g->example_at);
    g->examples[i] = keep(c, c->of_groups, key);
    g->example_at[i] = met;
    g->n_examples += g->n_examples < W403_SWEEP_EXAMPLES;
}

static void add_remarks(w403_sweep_counts *into, w403_sweep_remarks *list, const w403_sweep_remarks *from)
{
    for (size_t i = 0; i < from->n; i++) {
        w403_sweep_remark(into, list, from->at[i], from->met[i]);
    }
    list->more |= from->more;
}

static void sort_remarks(w403_sweep_remarks *l)
{
    for (size_t i = 1; i < l->n; i++) {
        w403_view text = l->at[i];
        w403_sweep_at met = l->met[i];
        size_t k = i;
        for (; k > 0 && before(met, l->met[k - 1]); k--) {
            l->at[k] = l->at[k - 1];
            l->met[k] = l->met[k - 1];
        }
        l->at[k] = text;
        l->met[k] = met;
    }
}

bool w403_sweep_add(w403_sweep_counts *into, const w403_sweep_counts *from)
{
    const w403_sweep_totals *t = &from->t;
    for (int v = 0; v < 3; v++) {
        into->t.objects[v] += t->objects[v];
    }
    into->t.older += t->older;
    into->t.not_asked += t->not_asked;
    into->t.malformed += t->malformed;
    into->t.files += t->files;
    into->t.damaged += t->damaged;
    into->t.other_denied += t->other_denied;
    into->t.other_undetermined += t->other_undetermined;
    for (size_t i = 0; i < t->groups.n; i++) {
        const w403_sweep_group *g = &t->groups.at[i];
        size_t at = w403_sweep_group_of(into, g);
        if (at == SIZE_MAX) {
            return false;
        }
        join_group(into, at, g);
    }
    for (size_t i = 0; i < t->prefixes.n; i++) {
        add_prefix(into, t->prefixes.at[i].text, t->prefixes.at[i].denied, t->prefixes.at[i].undetermined);
    }
    into->t.folded_groups |= t->folded_groups;
    into->t.folded_prefixes |= t->folded_prefixes;
    add_remarks(into, &into->t.assumptions, &t->assumptions);
    add_remarks(into, &into->t.unknown, &t->unknown);
    return !into->nomem;
}

/* ---- the largest first ---- */

static int by_objects(const void *a, const void *b)
{
    const w403_sweep_group *x = a, *y = b;
    if (x->objects != y->objects) {
        return x->objects < y->objects ? 1 : -1;
    }
    return by_identity(a, b);
}

static int by_refused(const void *a, const void *b)
{
    const w403_sweep_prefix *x = a, *y = b;
    uint64_t m = x->denied + x->undetermined, n = y->denied + y->undetermined;
    return m != n ? (m < n ? 1 : -1) : w403_view_cmp(x->text, y->text);
}

static void say_limit(w403_sweep_counts *c, bool met, w403_view text)
{
    w403_view *slot = met ? W403_PUSH(c->a, &c->t.limits) : NULL;
    c->nomem |= met && (!slot || !text.p);
    if (slot) {
        *slot = text;
    }
}

bool w403_sweep_sort_totals(w403_sweep_counts *c)
{
    w403_sweep_totals *t = &c->t;
    if (t->groups.n) {
        bound_groups(c);
        qsort(t->groups.at, t->groups.n, sizeof *t->groups.at, by_objects);
    }
    if (t->prefixes.n) {
        bound_prefixes(c);
        qsort(t->prefixes.at, t->prefixes.n, sizeof *t->prefixes.at, by_refused);
    }
    sort_remarks(&t->assumptions);
    sort_remarks(&t->unknown);
    say_limit(c, t->folded_groups,
              w403_arena_printf(c->a, "more than %d kinds of answers: the rest are told without owner and action",
                                W403_SWEEP_GROUPS));
    say_limit(c, t->folded_prefixes,
              w403_arena_printf(c->a, "more than %d folders: the rest are counted together", W403_SWEEP_PREFIXES));
    say_limit(c, t->assumptions.more || t->unknown.more,
              w403_arena_printf(c->a, "more than %d assumptions or unknown facts: the first ones are told",
                                W403_SWEEP_REMARKS));
    return !c->nomem;
}
