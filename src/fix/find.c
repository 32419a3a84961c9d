/* The search: for each cause that is left, the candidates in order; the first that takes the cause away stays in
 * force, until the request is allowed. Several ways are found by beginning with another candidate. */
#include <stdlib.h>

#include "fix/change.h"

enum { STEPS = 16, TRIALS = 64, WAYS = 10, FIXES = 3, REFUSALS = 8 };

/* ---- causes and who knows what to do ---- */

static void deny(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_deny(f);
}
static void gate(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_gate(f);
}
static void public_block(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_public_block(f);
}
static void object_acl(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_object_acl(f);
}
static void masked(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_masked(f);
}
static void key(w403_fixer *f, w403_layer_kind layer)
{
    (void)layer;
    w403_fix_key(f);
}

static const struct cause_row {
    const char *id; /* the beginning of a cause's id */
    void (*generate)(w403_fixer *, w403_layer_kind);
    w403_layer_kind layer;
    const char *none; /* why there is no fix; NULL: none of the candidates worked */
} cause_rows[] = {
    {"deny.", deny, 0, NULL},
    {"no-allow.scp", w403_fix_allow, W403_LAYER_SCP, NULL},
    {"no-allow.vpc-endpoint", w403_fix_allow, W403_LAYER_VPC_ENDPOINT, NULL},
    {"no-allow.identity", w403_fix_allow, W403_LAYER_IDENTITY, NULL},
    {"no-allow.boundary", w403_fix_allow, W403_LAYER_BOUNDARY, NULL},
    {"no-allow.session", w403_fix_allow, W403_LAYER_SESSION, NULL},
    {"no-allow.bucket-policy", w403_fix_allow, W403_LAYER_RESOURCE, NULL},
    {"no-allow.access-point", w403_fix_allow, W403_LAYER_ACCESS_POINT, NULL},
    {"no-allow.key-policy", w403_fix_allow, W403_LAYER_KEY, NULL},
    {"no-allow.object-acl", object_acl, 0, NULL},
    {"masked-404", masked, 0, NULL},
    {"bpa.", public_block, 0, NULL},
    {"kms.anonymous", key, 0,
     "S3 serves objects under SSE-KMS only to signed requests, and nobody in the snapshot may do this: "
     "sign it, with an identity that is allowed to"},
    {"kms.", key, 0, NULL},
    {"object-lock", gate, 0, "a version under compliance retention cannot be deleted before its date, by nobody"},
    {"method-not-allowed", gate, 0,
     "S3 takes this call only from the account that owns the bucket: use its credentials"},
    {"not-found.", NULL, 0, "what was asked for does not exist: there is nothing to allow"},
    {"credentials.", NULL, 0, "use the right credentials: no policy was looked at"},
    {"signature.", NULL, 0, "sign the request anew: no policy was looked at"},
    {"inventory.", NULL, 0, "this is a matter of the inventory configuration, not of a permission"},
    {"", gate, 0, NULL},
};

static const struct cause_row *row_of(const char *id)
{
    size_t i = 0;
    while (strncmp(id, cause_rows[i].id, strlen(cause_rows[i].id)) != 0) {
        i++;
    }
    return &cause_rows[i];
}

static int by_rank(const void *a, const void *b)
{
    const w403_change *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return (x->after.n > y->after.n) - (x->after.n < y->after.n);
}

static void generate(w403_fixer *f, const w403_cause *cause)
{
    const struct cause_row *row = row_of(cause->id);
    f->found.n = 0;
    f->cause = cause;
    f->w = w403_fix_work(cause->check);
    if (row->generate) {
        row->generate(f, row->layer);
    }
    if (f->found.n) {
        qsort(f->found.at, f->found.n, sizeof *f->found.at, by_rank);
    }
}

/* ---- one state of the world ---- */

typedef struct state {
    w403_arena *arena;
    w403_decision decision;
    w403_explanation explanation;
} state;

static bool look(w403_fixer *f, state *s, w403_status *status)
{
    *status = w403_decide(f->world->snapshot, f->world->policies, &f->world->request, W403_DETAIL_FULL, s->arena,
                          &s->decision, NULL);
    if (*status == W403_OK) {
        *status = w403_explain(&f->world->request, &s->decision, s->arena, &s->explanation, NULL);
    }
    return *status == W403_OK;
}

/* Causes are the same when a person would say so; documents move, statements keep their numbers. */
static bool same_cause(const w403_cause *a, const w403_cause *b)
{
    const w403_statement *x = a->match && a->match->deny ? a->match->statement : NULL;
    const w403_statement *y = b->match && b->match->deny ? b->match->statement : NULL;
    if (strcmp(a->id, b->id) != 0 || !w403_view_eq(a->action, b->action) || !w403_view_eq(a->resource, b->resource)) {
        return false;
    }
    if (a->layer && b->layer && !w403_view_eq(a->layer->level, b->layer->level)) {
        return false;
    }
    bool same_place = x && y && w403_view_eq(x->policy->pointer, y->policy->pointer) &&
                      w403_view_eq(x->policy->name, y->policy->name);
    return (!x && !y) || (x && y && same_place && x->index == y->index && w403_view_eq(x->sid, y->sid));
}

static bool holds_cause(const w403_explanation *x, const w403_cause *c)
{
    for (uint32_t i = 0; i < x->n_causes; i++) {
        if (same_cause(&x->causes[i], c)) {
            return true;
        }
    }
    return false;
}

/* The cause is gone, and what is left is not more than before. A key that cannot be used hides what its policy says:
 * behind it causes may come to light. */
static bool progress(const w403_explanation *before, const state *after, const w403_cause *cause)
{
    uint32_t hidden = strncmp(cause->id, "kms.", 4) == 0 ? 3 : 0;
    if (after->decision.verdict == W403_ALLOWED) {
        return after->decision.status != 403;
    }
    return after->decision.verdict == W403_DENIED && !holds_cause(&after->explanation, cause) &&
           after->explanation.n_causes <= before->n_causes + hidden;
}

/* ---- the search ---- */

typedef struct search {
    w403_fixer *f;
    w403_error *err;
    w403_status status;
    W403_ARRAY(w403_arena *) arenas; /* of states that candidates point into */
    w403_applied applied[STEPS];
    size_t n_applied;
    W403_ARRAY(w403_fix_refusal) refused;
    unsigned first; /* how many good candidates to pass over for the first cause */
    unsigned passed;
    const char *stuck; /* the cause for which nothing worked */
    const char *why;
    w403_view unsettled; /* a fact without which a candidate proved nothing */
    int final_status;
} search;

static state *new_state(search *s)
{
    state *st = W403_NEW(s->f->world->arena, state);
    w403_arena **slot = W403_PUSH(s->f->world->arena, &s->arenas);
    w403_arena *a = st && slot ? w403_arena_new(0) : NULL;
    if (slot) {
        *slot = a;
    }
    if (!a) {
        s->f->nomem = true;
        return NULL;
    }
    st->arena = a;
    return st;
}

static void refuse(search *s, const w403_change *c, w403_view why)
{
    for (size_t i = 0; i < s->refused.n; i++) {
        if (w403_view_eq(s->refused.at[i].title, c->title)) {
            return;
        }
    }
    w403_fix_refusal *r = s->refused.n < REFUSALS ? W403_PUSH(s->f->arena, &s->refused) : NULL;
    if (r) {
        *r = (w403_fix_refusal){c->title, why};
    }
}

static void note_removed(search *s, w403_applied *a, const w403_explanation *before, const state *after)
{
    w403_fixer *f = s->f;
    w403_view *out = W403_NEW_N(f->arena, w403_view, before->n_causes);
    if (!out) {
        f->nomem = true;
        return;
    }
    for (uint32_t i = 0; i < before->n_causes; i++) {
        const w403_cause *c = &before->causes[i];
        if (after->decision.verdict == W403_ALLOWED || !holds_cause(&after->explanation, c)) {
            out[a->n_removes++] = w403_sayf(f, "%s: %.*s on %.*s", c->id, W403_ARG(c->action), W403_ARG(c->resource));
        }
    }
    a->removes = out;
}

/* Tries one candidate; true: it stays in force and *now is the state with it. */
static bool try_one(search *s, w403_change *c, const w403_cause *cause, const w403_explanation *before, state **now)
{
    w403_fixer *f = s->f;
    size_t mark = w403_world_mark(f->world);
    const w403_policy *after = NULL;
    w403_status status;
    state *st = new_state(s);
    bool looked = st && w403_change_apply(f, c, &after) && look(f, st, &status);
    bool works = looked && progress(before, st, cause);
    if (looked && st->decision.verdict == W403_UNDETERMINED && !s->unsettled.p) {
        const w403_decision *d = &st->decision;
        s->unsettled = d->n_unknown  ? w403_arena_copy(f->arena, d->unknown[0])
                       : d->n_settle ? w403_arena_copy(f->arena, d->settle[0])
                                     : W403_LIT("a fact");
    }
    if (works) {
        w403_view why = w403_guard(f, c, c->place.policy, after);
        if (why.p && !(f->options && f->options->allow_public)) {
            refuse(s, c, why);
            works = false;
        }
    }
    if (works && s->n_applied == 0 && s->passed < s->first) {
        s->passed++;
        works = false;
    }
    if (!works) {
        w403_world_back(f->world, mark);
        return false;
    }
    w403_applied *a = &s->applied[s->n_applied++];
    *a = (w403_applied){.change = *c, .made = after};
    if (c->kind == W403_FIX_POLICY && c->place.policy) {
        a->before = w403_arena_copy(f->arena, w403_policy_plain(f->arena, c->place.policy));
    }
    note_removed(s, a, before, st);
    *now = st;
    return true;
}

static bool step(search *s, state **now)
{
    const w403_explanation *x = &(*now)->explanation;
    const w403_explanation before = *x;
    for (uint32_t i = 0; i < before.n_causes; i++) {
        const w403_cause *cause = &before.causes[i];
        s->f->decision = &(*now)->decision;
        s->f->explanation = x;
        generate(s->f, cause);
        size_t n = s->f->found.n < TRIALS ? s->f->found.n : TRIALS;
        w403_change *list = s->f->found.at;
        for (size_t k = 0; k < n && !s->f->nomem; k++) {
            if (try_one(s, &list[k], cause, &before, now)) {
                return true;
            }
        }
        if (!s->stuck) {
            s->stuck = cause->id;
            s->why = row_of(cause->id)->none;
            if (!s->why && w403_fix_call(s->f)->caller.kind == W403_CALLER_ANONYMOUS) {
                s->why = "an unsigned request can be let through only with everybody's: sign the request";
            }
        }
    }
    return false;
}

/* One way from the world as it is to an allowed request; the changes stay in force. */
static bool solve(search *s, state *start)
{
    state *now = start;
    s->n_applied = 0;
    s->passed = 0;
    while (s->n_applied < STEPS && now->decision.verdict == W403_DENIED && !s->f->nomem) {
        if (!step(s, &now)) {
            return false;
        }
    }
    s->final_status = now->decision.status;
    return now->decision.verdict == W403_ALLOWED && s->n_applied > 0;
}

/* ---- the list ---- */

typedef W403_ARRAY(w403_fix) fix_array;

static bool same_step(const w403_fix_step *x, const w403_fix_step *y)
{
    bool document =
        x->kind == W403_FIX_POLICY && w403_view_eq(x->after, y->after) && w403_view_eq(x->policy, y->policy);
    return x->kind == y->kind && (x->kind == W403_FIX_POLICY ? document : w403_view_eq(x->title, y->title));
}

/* Two ways to the same documents are one, in whatever order. */
static bool same_fix(const w403_fix *a, const w403_fix *b)
{
    bool all = a->n_steps == b->n_steps;
    for (uint32_t i = 0; all && i < a->n_steps; i++) {
        bool there = false;
        for (uint32_t k = 0; k < b->n_steps && !there; k++) {
            there = same_step(&a->steps[i], &b->steps[k]);
        }
        all = there;
    }
    return all;
}

static bool already(const fix_array *list, const w403_fix *fix)
{
    for (size_t i = 0; i < list->n; i++) {
        if (same_fix(&list->at[i], fix)) {
            return true;
        }
    }
    return false;
}

/* Of the endpoints or networks that a policy names, one is shown: it must not take the place of other kinds of fix. */
static bool another_route(const search *s, const fix_array *list)
{
    const w403_change *c = &s->applied[0].change;
    bool found = false;
    for (size_t i = 0; s->n_applied == 1 && c->rank == W403_RANK_ROUTE && i < list->n; i++) {
        found = found || (list->at[i].n_steps == 1 && strcmp(list->at[i].steps[0].id, c->id) == 0);
    }
    return found;
}

static w403_status keep_way(search *s, size_t mark, fix_array *list)
{
    w403_fix fix;
    W403_TRY(w403_publish(s->f, s->applied, s->n_applied, &fix, s->err));
    fix.proof = W403_ALLOWED;
    fix.status = s->final_status;
    W403_TRY(w403_others_gain(s->f, mark, &fix, s->err));
    if (!already(list, &fix)) {
        w403_fix *slot = W403_PUSH(s->f->arena, list);
        W403_NEED(slot, s->err);
        *slot = fix;
    }
    return W403_OK;
}

static unsigned owners(const w403_fix *fix)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < fix->n_steps; i++) {
        bool seen = !fix->steps[i].owner.p;
        for (uint32_t k = 0; k < i && !seen; k++) {
            seen = fix->steps[k].owner.p && w403_view_eq(fix->steps[k].owner, fix->steps[i].owner);
        }
        n += !seen;
    }
    return n;
}

/* Ways come in the order of their first candidate's rank; fewer steps and fewer accounts go before. */
static void sort_fixes(fix_array *list)
{
    for (size_t i = 1; i < list->n; i++) {
        w403_fix f = list->at[i];
        size_t j = i;
        while (j > 0 &&
               (list->at[j - 1].n_steps > f.n_steps ||
                (list->at[j - 1].n_steps == f.n_steps && owners(&list->at[j - 1]) > owners(&f) && owners(&f) > 0))) {
            list->at[j] = list->at[j - 1];
            j--;
        }
        list->at[j] = f;
    }
}

static w403_status all_ways(search *s, uint32_t max, fix_array *list)
{
    size_t mark = w403_world_mark(s->f->world);
    state *start = new_state(s);
    W403_NEED(start, s->err);
    w403_status status;
    if (!look(s->f, start, &status)) {
        return status == W403_NOMEM ? w403_error_nomem(s->err) : W403_OK;
    }
    s->f->decision = &start->decision;
    s->f->was_public = w403_is_public(s->f);
    for (unsigned way = 0; way < WAYS && list->n < max; way++) {
        s->first = way;
        bool solved = solve(s, start);
        bool more = s->passed >= s->first;
        s->f->decision = &start->decision;
        if (solved && !another_route(s, list)) {
            W403_TRY(keep_way(s, mark, list));
        }
        w403_world_back(s->f->world, mark);
        W403_NEED(!s->f->nomem && !s->f->world->nomem, s->err);
        if (!more) {
            break;
        }
    }
    sort_fixes(list);
    return W403_OK;
}

static w403_view reason(search *s, const fix_array *list)
{
    if (list->n) {
        return (w403_view){NULL, 0};
    }
    if (s->unsettled.p) {
        return w403_sayf(s->f, "nothing can be proven: whether a change would help hangs on what is not known: %.*s",
                         W403_ARG(s->unsettled));
    }
    if (s->refused.n) {
        return W403_LIT("the only changes that would work are refused");
    }
    if (s->why) {
        return w403_view_of(s->why);
    }
    return w403_sayf(s->f, "no change was found that is proven to remove %s", s->stuck ? s->stuck : "the cause");
}

static w403_status search_all(search *s, uint32_t max, w403_fix_list *out)
{
    fix_array list = {.at = NULL};
    W403_TRY(all_ways(s, max, &list));
    *out = (w403_fix_list){.at = list.at,
                           .n = (uint32_t)list.n,
                           .refused = s->refused.at,
                           .n_refused = (uint32_t)s->refused.n,
                           .none = reason(s, &list)};
    return W403_OK;
}

w403_status w403_fix_find(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                          const w403_decision *decision, const w403_explanation *explanation,
                          const w403_fix_options *options, w403_arena *arena, w403_fix_list *out, w403_error *err)
{
    *out = (w403_fix_list){.none = W403_LIT("the request is allowed: there is nothing to fix")};
    (void)explanation;
    if (decision->verdict == W403_UNDETERMINED) {
        out->none = W403_LIT("the answer is not settled: what is unknown comes first");
    }
    if (decision->verdict != W403_DENIED) {
        return W403_OK;
    }
    w403_world world;
    w403_fixer f = {.arena = arena, .world = &world, .options = options};
    search s = {.f = &f, .err = err};
    w403_arena *own = w403_arena_new(0);
    W403_NEED(own, err);
    w403_status status = w403_world_open(&world, snapshot, policies, request, own, err);
    if (status == W403_OK) {
        status = search_all(&s, options && options->max ? options->max : FIXES, out);
    }
    w403_world_close(&world);
    for (size_t i = 0; i < s.arenas.n; i++) {
        w403_arena_free(s.arenas.at[i]);
    }
    w403_arena_free(own);
    return status;
}

w403_status w403_fix_proves(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                            const w403_decision *decision, const w403_explanation *explanation, w403_arena *arena,
                            bool *proven, w403_view *why, w403_error *err)
{
    w403_fix_list list;
    const w403_fix_options one = {.max = 1};
    W403_TRY(w403_fix_find(snapshot, policies, request, decision, explanation, &one, arena, &list, err));
    *proven = list.n > 0;
    if (why) {
        *why = list.none;
    }
    return W403_OK;
}
