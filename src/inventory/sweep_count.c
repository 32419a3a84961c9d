#include "inventory/sweep_count.h"

#include <stdio.h>
#include <stdlib.h>

typedef W403_ARRAY(w403_view) view_list;

enum { SIGNATURE_BYTES = 2048 };

/* One text that two groups share exactly when they are one. */
static w403_view signature(char text[SIGNATURE_BYTES], const w403_sweep_group *g)
{
    int n = snprintf(text, SIGNATURE_BYTES, "%d %d %d %s\n%.*s\n%.*s\n%.*s", (int)g->verdict, g->status, g->older,
                     g->cause ? g->cause : "", (int)g->bucket.n, g->bucket.p ? g->bucket.p : "", (int)g->owner.n,
                     g->owner.p ? g->owner.p : "", (int)g->action.n, g->action.p ? g->action.p : "");
    return (w403_view){text, n < 0 ? 0 : n < SIGNATURE_BYTES ? (size_t)n : SIGNATURE_BYTES - 1};
}

static w403_view keep(w403_sweep_counts *c, w403_view v)
{
    w403_view copy = v.p ? w403_arena_copy(c->a, v) : v;
    c->nomem |= v.p && !copy.p;
    return copy;
}

static size_t find_group(w403_sweep_counts *c, const w403_sweep_group *like, bool add)
{
    char text[SIGNATURE_BYTES];
    w403_view name = signature(text, like);
    size_t at = (size_t)(uintptr_t)w403_map_get(&c->group_map, name);
    if (at || !add) {
        return at ? at - 1 : SIZE_MAX;
    }
    w403_sweep_group *g = W403_PUSH(c->a, &c->t.groups);
    name = keep(c, name);
    if (!g || !name.p || !w403_map_put(c->a, &c->group_map, name, (void *)(uintptr_t)c->t.groups.n)) {
        c->nomem = true;
        return SIZE_MAX;
    }
    *g = (w403_sweep_group){.verdict = like->verdict,
                            .status = like->status,
                            .cause = like->cause,
                            .older = like->older,
                            .action = keep(c, like->action),
                            .bucket = keep(c, like->bucket),
                            .owner = keep(c, like->owner)};
    return c->t.groups.n - 1;
}

size_t w403_sweep_group_of(w403_sweep_counts *c, const w403_sweep_group *like)
{
    w403_sweep_group g = *like;
    size_t at = find_group(c, &g, c->t.groups.n < W403_SWEEP_GROUPS);
    if (at == SIZE_MAX && !c->nomem) {
        g.owner = (w403_view){NULL, 0};
        g.action = (w403_view){NULL, 0};
        at = find_group(c, &g, true);
    }
    return at;
}

static w403_view folder(w403_view key)
{
    size_t slash = w403_view_find_char(key, '/');
    return slash == SIZE_MAX ? (w403_view){"", 0} : w403_view_sub(key, 0, slash + 1);
}

static w403_sweep_prefix *prefix_of(w403_sweep_counts *c, w403_view text)
{
    if (c->last_prefix < c->t.prefixes.n && w403_view_eq(c->t.prefixes.at[c->last_prefix].text, text)) {
        return &c->t.prefixes.at[c->last_prefix];
    }
    size_t at = (size_t)(uintptr_t)w403_map_get(&c->prefix_map, text);
    if (!at && c->t.prefixes.n >= W403_SWEEP_PREFIXES) {
        return NULL;
    }
    if (!at) {
        w403_sweep_prefix *p = W403_PUSH(c->a, &c->t.prefixes);
        w403_view own = keep(c, text);
        if (!p || !own.p || !w403_map_put(c->a, &c->prefix_map, own, (void *)(uintptr_t)c->t.prefixes.n)) {
            c->nomem = true;
            return NULL;
        }
        p->text = own;
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

void w403_sweep_remark(w403_sweep_counts *c, void *list, w403_view text)
{
    view_list *l = list;
    for (size_t i = 0; i < l->n; i++) {
        if (w403_view_eq(l->at[i], text)) {
            return;
        }
    }
    w403_view *slot = l->n < W403_SWEEP_REMARKS ? W403_PUSH(c->a, l) : NULL;
    if (slot) {
        *slot = keep(c, text);
    } else {
        c->nomem |= l->n < W403_SWEEP_REMARKS;
    }
}

void w403_sweep_example(w403_sweep_counts *c, w403_sweep_group *g, w403_view key)
{
    if (g->n_examples < W403_SWEEP_EXAMPLES) {
        g->examples[g->n_examples++] = keep(c, key);
    }
}

static void add_remarks(w403_sweep_counts *into, void *list, const w403_view *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w403_sweep_remark(into, list, at[i]);
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
        into->t.groups.at[at].objects += g->objects;
        for (uint32_t k = 0; k < g->n_examples; k++) {
            w403_sweep_example(into, &into->t.groups.at[at], g->examples[k]);
        }
    }
    for (size_t i = 0; i < t->prefixes.n; i++) {
        add_prefix(into, t->prefixes.at[i].text, t->prefixes.at[i].denied, t->prefixes.at[i].undetermined);
    }
    add_remarks(into, &into->t.assumptions, t->assumptions.at, t->assumptions.n);
    add_remarks(into, &into->t.unknown, t->unknown.at, t->unknown.n);
    return !into->nomem;
}

/* ---- the largest first ---- */

static int by_objects(const void *a, const void *b)
{
    const w403_sweep_group *x = a, *y = b;
    if (x->objects != y->objects) {
        return x->objects < y->objects ? 1 : -1;
    }
    int order = strcmp(x->cause ? x->cause : "", y->cause ? y->cause : "");
    return order ? order : w403_view_cmp(x->action, y->action);
}

static int by_refused(const void *a, const void *b)
{
    const w403_sweep_prefix *x = a, *y = b;
    uint64_t m = x->denied + x->undetermined, n = y->denied + y->undetermined;
    return m != n ? (m < n ? 1 : -1) : w403_view_cmp(x->text, y->text);
}

void w403_sweep_sort_totals(w403_sweep_totals *t)
{
    if (t->groups.n) {
        qsort(t->groups.at, t->groups.n, sizeof *t->groups.at, by_objects);
    }
    if (t->prefixes.n) {
        qsort(t->prefixes.at, t->prefixes.n, sizeof *t->prefixes.at, by_refused);
    }
}
