/* One policy layer of a check: the statements that match, and what they come to. */
#include "decide/check.h"
#include "policy/index.h"

w403_layer *w403_layer_add(w403_check_work *w, w403_layer_kind kind)
{
    w403_layer *l = W403_PUSH(w->call->arena, &w->layers);
    if (!l) {
        w->call->nomem = true;
        static _Thread_local w403_layer spill; /* the call fails with W403_NOMEM before anyone reads it */
        spill = (w403_layer){.kind = kind};
        return &spill;
    }
    l->kind = kind;
    return l;
}

typedef W403_ARRAY(w403_match) match_list;

static void keep(w403_check_work *w, match_list *list, const w403_match *m)
{
    w403_match *slot = W403_PUSH(w->call->arena, list);
    if (slot) {
        *slot = *m;
    } else {
        w->call->nomem = true;
    }
}

static void count(w403_layer *l, const w403_statement *st, const w403_outcome *o)
{
    if (o->verdict == W403_NO) {
        return;
    }
    bool either = st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT); /* nobody can tell its Effect */
    if (st->effect == W403_EFFECT_DENY || either) {
        l->deny = w403_or(l->deny, o->verdict);
    }
    if (st->effect == W403_EFFECT_DENY && !either) {
        return;
    }
    l->allow = w403_or(l->allow, o->verdict);
    l->classes |= o->classes;
    l->maybe_classes |= o->maybe;
}

static void visit(w403_check_work *w, w403_layer *l, const w403_statement *st, match_list *matched, match_list *near)
{
    bool full = w->call->detail == W403_DETAIL_FULL;
    w403_outcome o = full ? w403_statement_explain(st, &w->ask) : w403_statement_match(st, &w->ask);
    count(l, st, &o);
    if (w->call->detail == W403_DETAIL_VERDICT || (o.verdict == W403_NO && !full)) {
        return;
    }
    w403_match m = {.statement = st,
                    .verdict = (uint8_t)o.verdict,
                    .failed = (uint8_t)o.failed,
                    .failures = o.failures,
                    .deny = st->effect == W403_EFFECT_DENY,
                    .classes = (uint16_t)(o.classes | o.maybe)};
    keep(w, o.verdict == W403_NO ? near : matched, &m);
}

/* Deny first, certain before possible, else in document order. */
static void deny_first(w403_match *at, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        w403_match m = at[i];
        int rank = (m.deny ? 0 : 2) + (m.verdict == W403_YES ? 0 : 1);
        size_t j = i;
        while (j > 0 && (at[j - 1].deny ? 0 : 2) + (at[j - 1].verdict == W403_YES ? 0 : 1) > rank) {
            at[j] = at[j - 1];
            j--;
        }
        at[j] = m;
    }
}

static void open_lists(w403_check_work *w, const w403_layer *l, match_list *matched, match_list *near)
{
    for (uint32_t i = 0; i < l->n_matches; i++) { /* a layer may be fed twice: snapshot, then policies by hand */
        keep(w, matched, &l->matches[i]);
    }
    for (uint32_t i = 0; i < l->n_near; i++) {
        keep(w, near, &l->near[i]);
    }
}

static void close_lists(w403_layer *l, match_list *matched, const match_list *near)
{
    deny_first(matched->at, matched->n);
    l->matches = matched->at;
    l->n_matches = (uint32_t)matched->n;
    l->near = near->at;
    l->n_near = (uint32_t)near->n;
}

/* Nothing more can be learned for a bare verdict. */
static bool settled(const w403_check_work *w, const w403_layer *l)
{
    return w->call->detail == W403_DETAIL_VERDICT && l->deny == W403_YES;
}

static w403_view policy_source(const w403_policy *p)
{
    return p->file.p ? p->file : p->doc.source;
}

void w403_layer_policies(w403_check_work *w, w403_layer *l, const w403_policy *const *at, uint32_t n)
{
    bool full = w->call->detail == W403_DETAIL_FULL; /* then near misses count too */
    match_list matched = {.at = NULL}, near = {.at = NULL};
    open_lists(w, l, &matched, &near);
    for (uint32_t p = 0; p < n; p++) {
        l->source = l->source.p ? l->source : policy_source(at[p]);
        for (uint32_t s = 0; s < at[p]->n_statements && !settled(w, l); s++) {
            const w403_statement *st = &at[p]->statements[s];
            if (full || w403_statement_may_match(st, &w->ask)) {
                visit(w, l, st, &matched, &near);
            }
        }
    }
    close_lists(l, &matched, &near);
}

/* What the indexes of all layers, and of other checks on the same resource, ask about it. NULL: memory is short. */
static w403_probe *probe_of(w403_check_work *w)
{
    w403_call *c = w->call;
    w403_view resource = w->target->arn;
    if (c->probe && c->probe->resource.p == resource.p && c->probe->resource.n == resource.n) {
        return c->probe;
    }
    c->probe = c->probe ? c->probe : w403_arena_alloc(c->arena, sizeof *c->probe);
    if (c->probe) {
        w403_probe_init(c->probe, resource);
    }
    return c->probe;
}

void w403_layer_set(w403_check_work *w, w403_layer *l, const w403_policy_set *set)
{
    const uint32_t *at = NULL;
    uint32_t n = UINT32_MAX;
    if (set->index && w->call->detail != W403_DETAIL_FULL && !w->ask.id_unknown) { /* near misses need every statement */
        w403_probe *probe = probe_of(w);
        n = probe ? w403_index_candidates(set->index, w->action_id, probe, w->call->arena, &at) : UINT32_MAX;
    }
    if (n == UINT32_MAX) {
        w403_layer_policies(w, l, set->at, set->n);
        return;
    }
    match_list matched = {.at = NULL}, near = {.at = NULL};
    open_lists(w, l, &matched, &near);
    l->source = l->source.p || !set->n ? l->source : policy_source(set->at[0]);
    for (uint32_t i = 0; i < n && !settled(w, l); i++) {
        visit(w, l, w403_index_statement(set->index, at[i]), &matched, &near);
    }
    close_lists(l, &matched, &near);
}

void w403_layer_unknown(w403_check_work *w, w403_layer *l, const w403_fact *fact)
{
    l->deny = w403_or(l->deny, W403_UNKNOWN);
    l->allow = w403_or(l->allow, W403_UNKNOWN);
    l->maybe_classes = 0x7f;
    l->unknown = fact && fact->code.p ? fact->code : W403_LIT("not in the snapshot");
    if (fact && fact->path.p) {
        l->source = fact->path;
    }
    (void)w;
}

void w403_layer_grant(w403_check_work *w, w403_layer *l, const void *grant, uint16_t cls, w403_tri t)
{
    if (t == W403_NO) {
        return;
    }
    l->allow = w403_or(l->allow, t);
    if (t == W403_YES) {
        l->classes |= cls;
    } else {
        l->maybe_classes |= cls;
    }
    if (w->call->detail == W403_DETAIL_VERDICT) {
        return;
    }
    match_list list = {.at = NULL};
    for (uint32_t i = 0; i < l->n_matches; i++) {
        keep(w, &list, &l->matches[i]);
    }
    keep(w, &list, &(w403_match){.grant = grant, .verdict = (uint8_t)t, .classes = cls});
    l->matches = list.at;
    l->n_matches = (uint32_t)list.n;
}

void w403_layer_close(w403_layer *l)
{
    if (l->deny == W403_YES) {
        l->verdict = W403_LAYER_DENY;
    } else if (l->deny == W403_UNKNOWN || l->allow == W403_UNKNOWN) {
        l->verdict = W403_LAYER_UNKNOWN;
    } else {
        l->verdict = l->allow == W403_YES ? W403_LAYER_ALLOW : W403_LAYER_NO_ALLOW;
    }
}

/* Policies given by hand for a layer. */
bool w403_layer_given(w403_check_work *w, w403_layer *l, w403_policy_kind kind, unsigned level)
{
    size_t n = 0;
    const w403_given_policy *given = w->call->extra ? w403_policies_list(w->call->extra, &n) : NULL;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (given[i].kind == kind && given[i].level == level) {
            w403_layer_policies(w, l, &given[i].policy, 1);
            any = true;
        }
    }
    return any;
}
