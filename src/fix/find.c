/* The search: for each cause that is left, the candidates in order; the first that takes the cause away stays in
 * force, until the request is allowed. Several ways are found by beginning with another candidate. */
#include <stdlib.h>

#include "base/limits.h"
#include "fix/change.h"

enum { STEPS = W403_LIMIT_FIX_STEPS, WAYS = 10, FIXES = 3, REFUSALS = 8 };

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
    {"no-allow.trust-policy", w403_fix_allow, W403_LAYER_TRUST, NULL},
    {"root-takes-role", NULL, 0,
     N_("no policy lets a root user take a role: use a user or role of the account")},
    {"no-allow.access-point", w403_fix_allow, W403_LAYER_ACCESS_POINT, NULL},
    {"no-allow.key-policy", w403_fix_allow, W403_LAYER_KEY, NULL},
    {"no-allow.object-acl", object_acl, 0, NULL},
    {"masked-404", masked, 0, NULL},
    {"bucket-abac", NULL, 0,
     N_("tag it with `aws s3control tag-resource`, which needs s3:TagResource, or turn attribute-based access control off")},
    {"bpa.organization-policy", NULL, 0,
     N_("the setting is the organization's: change its S3 policy, or detach it, in the management account")},
    {"bpa.", public_block, 0, NULL},
    {"kms.anonymous", key, 0,
     N_("S3 serves objects under SSE-KMS only to signed requests, and nobody in the snapshot may do this: "
     "sign it, with an identity that is allowed to")},
    {"kms.origin-access-identity", NULL, 0,
     N_("give the distribution an origin access control in place of the identity, and its service principal "
     "cloudfront.amazonaws.com, with aws:SourceArn, the bucket policy and the key policy")},
    {"kms.", key, 0, NULL},
    {"object-lock", gate, 0,
     N_("a version under compliance retention cannot be deleted before its date, by nobody")},
    {"method-not-allowed", gate, 0,
     N_("S3 takes this call only from the account that owns the bucket: use its credentials")},
    {"not-found.", NULL, 0,
     N_("what was asked for does not exist: there is nothing to allow")},
    {"credentials.", NULL, 0,
     N_("use the right credentials: no policy is to be changed")},
    {"signature.", NULL, 0,
     N_("sign the request anew: no policy was looked at")},
    {"inventory.", NULL, 0,
     N_("this is a matter of the inventory configuration, not of a permission")},
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
    int size = (x->after.n > y->after.n) - (x->after.n < y->after.n);
    return size ? size : (x->order > y->order) - (x->order < y->order);
}

static void generate(w403_fixer *f, const w403_cause *cause)
{
    const struct cause_row *row = row_of(cause->id);
    memset(&f->found, 0, sizeof f->found);
    f->cause = cause;
    f->w = w403_fix_work(cause->check);
    if (row->generate) {
        row->generate(f, row->layer);
    }
    if (f->found.n) {
        qsort(f->found.at, f->found.n, sizeof *f->found.at, by_rank);
    }
}

/* ---- the search ---- */

/* What one candidate is made of lives in an arena of its own cause, what it makes of the world in one of its own
 * trial: both go when it fails, so that a search takes no more memory than one way does. */
typedef struct search {
    w403_fixer *f;
    w403_error *err;
    w403_arena *result; /* the caller's */
    w403_status status;
    W403_ARRAY(w403_arena *) arenas; /* of the way at hand; of the world's own arena */
    w403_applied applied[STEPS];
    size_t n_applied;
    W403_ARRAY(w403_fix_refusal) refused;
    unsigned first; /* how many good candidates to pass over for the first cause */
    unsigned passed;
    unsigned trials;   /* in all */
    uint32_t too_many; /* Denies that were more than there are steps; 0: there were not */
    const char *stuck; /* the cause for which nothing worked */
    const char *why;
    w403_view unsettled; /* a fact without which a candidate proved nothing */
    int final_status;
} search;

/* An arena that goes with the way. */
static w403_arena *new_arena(search *s)
{
    w403_arena **slot = W403_PUSH(s->f->world->log, &s->arenas);
    w403_arena *a = slot ? w403_arena_beside(s->result) : NULL;
    if (slot) {
        *slot = a;
    }
    s->f->nomem |= !a;
    return a;
}

static void drop_arenas(search *s, size_t mark)
{
    while (s->arenas.n > mark) {
        w403_arena_free(s->arenas.at[--s->arenas.n]);
    }
}

static w403_tried *new_state(search *s)
{
    w403_arena *a = new_arena(s);
    w403_tried *st = a ? W403_NEW(a, w403_tried) : NULL;
    s->f->nomem |= !st;
    if (st) {
        st->arena = a;
    }
    return st;
}

static void refuse(search *s, const w403_change *c, w403_view why)
{
    for (size_t i = 0; i < s->refused.n; i++) {
        if (w403_view_eq(s->refused.at[i].title, c->title)) {
            return;
        }
    }
    w403_fix_refusal *r = s->refused.n < REFUSALS ? W403_PUSH(s->result, &s->refused) : NULL;
    if (r) {
        *r = (w403_fix_refusal){w403_arena_copy(s->result, c->title), w403_arena_copy(s->result, why)};
        s->f->nomem |= !r->title.p || !r->why.p;
    }
}

static void note_removed(search *s, w403_applied *a, const w403_explanation *before, const w403_tried *after)
{
    w403_fixer *f = s->f;
    w403_view *out = W403_NEW_N(f->arena, w403_view, before->n_causes);
    if (!out) {
        f->nomem = true;
        return;
    }
    for (uint32_t i = 0; i < before->n_causes; i++) {
        const w403_cause *c = &before->causes[i];
        if (after->decision.verdict == W403_ALLOWED || !w403_tried_holds(&after->explanation, c)) {
            out[a->n_removes++] = w403_sayf(f, "%s: %.*s on %.*s", c->id, W403_ARG(c->action), W403_ARG(c->resource));
        }
    }
    a->removes = out;
}

static void note_unsettled(search *s, const w403_decision *d)
{
    if (d->verdict == W403_UNDETERMINED && !s->unsettled.p) {
        s->unsettled = d->n_unknown  ? w403_arena_copy(s->result, d->unknown[0])
                       : d->n_settle ? w403_arena_copy(s->result, d->settle[0])
                                     : W403_FIX_WORD(s->f, "a fact");
    }
}

static void keep_change(search *s, const w403_change *c, const w403_policy *after, const w403_explanation *before,
                        const w403_tried *now)
{
    w403_fixer *f = s->f;
    w403_applied *a = &s->applied[s->n_applied++];
    *a = (w403_applied){.change = *c, .made = after};
    if (c->kind == W403_FIX_POLICY && c->place.policy) {
        a->before = w403_arena_copy(f->arena, w403_policy_plain(f->arena, c->place.policy));
        a->file = w403_arena_copy(f->arena, c->place.policy->file);
        a->pointer = w403_arena_copy(f->arena, c->place.policy->pointer);
    }
    note_removed(s, a, before, now);
}

/* Denies of different statements among the causes, as far as `most` + 1. */
static uint32_t denies(const w403_explanation *x, uint32_t most)
{
    const w403_statement *seen[STEPS + 1];
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->n_causes && n <= most; i++) {
        const w403_match *m = x->causes[i].match;
        const w403_statement *st = m && m->deny ? m->statement : NULL;
        bool there = !st;
        for (uint32_t k = 0; k < n && !there; k++) {
            there = seen[k] == st;
        }
        if (!there) {
            seen[n++] = st;
        }
    }
    return n;
}

/* Where there are more Denies than steps, a change that takes away a few of them leads nowhere. */
static bool enough(const search *s, const w403_explanation *before, const w403_tried *after)
{
    uint32_t left = (uint32_t)(STEPS - s->n_applied - 1);
    return !s->f->wide || after->decision.verdict == W403_ALLOWED || denies(&after->explanation, left) <= left ||
           after->explanation.n_causes <= before->n_causes / 2;
}

/* Tries one candidate; true: it stays in force and *now is the state with it. */
static bool try_one(search *s, w403_change *c, const w403_cause *cause, const w403_explanation *before,
                    w403_tried **now)
{
    w403_fixer *f = s->f;
    size_t mark = w403_world_mark(f->world), arenas = s->arenas.n;
    const w403_policy *after = NULL;
    w403_status status = W403_OK;
    w403_tried *st = new_state(s);
    s->trials++;
    f->world->arena = st ? st->arena : f->world->log;
    bool looked = st && w403_change_apply(f, c, &after) && w403_tried_look(f, st, &status);
    f->nomem |= status == W403_NOMEM || f->world->nomem || !w403_arena_ok(f->world->arena);
    bool works = looked && !f->nomem && w403_tried_progress(before, st, cause) && enough(s, before, st);
    if (looked) {
        note_unsettled(s, &st->decision);
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
        drop_arenas(s, arenas);
        return false;
    }
    keep_change(s, c, after, before, st);
    *now = st;
    return true;
}

/* The candidates for one cause, as long as there are trials left. */
static bool try_cause(search *s, const w403_cause *cause, const w403_explanation *before, w403_tried **now)
{
    w403_fixer *f = s->f;
    size_t mark = w403_world_mark(f->world), arenas = s->arenas.n;
    w403_arena *way = f->arena;
    f->arena = new_arena(s);
    f->world->arena = f->arena ? f->arena : f->world->log;
    bool found = false;
    if (f->arena) {
        generate(f, cause);
        f->nomem |= !w403_arena_ok(f->arena);
    }
    for (size_t k = 0; k < f->found.n && !found && !f->nomem && s->trials < W403_LIMIT_FIX_TRIALS; k++) {
        found = try_one(s, &f->found.at[k], cause, before, now);
    }
    if (!found) {
        w403_world_back(f->world, mark); /* what a generator readied for its candidates */
        drop_arenas(s, arenas);
        memset(&f->found, 0, sizeof f->found);
    }
    f->arena = way;
    return found;
}

/* A policy's change takes away the Deny of one statement: where more deny than there are steps left, only what may
 * take away several is tried, and not for each of them. */
static bool step(search *s, w403_tried **now)
{
    const w403_explanation *x = &(*now)->explanation;
    const w403_explanation before = *x;
    uint32_t left = (uint32_t)(STEPS - s->n_applied), n = before.n_causes;
    s->f->wide = denies(&before, left) > left;
    if (s->f->wide) {
        s->too_many = s->too_many ? s->too_many : n;
        n = n < STEPS ? n : STEPS;
    }
    for (uint32_t i = 0; i < n; i++) {
        const w403_cause *cause = &before.causes[i];
        s->f->decision = &(*now)->decision;
        s->f->explanation = x;
        if (try_cause(s, cause, &before, now)) {
            return true;
        }
        if (!s->stuck) {
            s->stuck = cause->id;
            s->why = row_of(cause->id)->none;
            if (!s->why && w403_fix_call(s->f)->caller.kind == W403_CALLER_ANONYMOUS) {
                s->why = N_("an unsigned request can be let through only with everybody's: sign the request");
            }
        }
    }
    return false;
}

/* One way from the world as it is to an allowed request; the changes stay in force. */
static bool solve(search *s, w403_tried *start)
{
    w403_tried *now = start;
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

/* Other credentials at the end of a way: what was changed before them was changed in vain. */
static bool in_vain(const search *s)
{
    return s->n_applied > 1 && strcmp(s->applied[s->n_applied - 1].change.id, "use-credentials") == 0;
}

/* Of the endpoints or networks that a policy names, one is shown: it must not take the place of other kinds of fix. */
static bool another_route(const search *s, const w403_fixes *list)
{
    const w403_change *c = &s->applied[0].change;
    bool found = false;
    for (size_t i = 0; s->n_applied == 1 && c->rank == W403_RANK_ROUTE && i < list->n; i++) {
        found = found || (list->at[i].n_steps == 1 && strcmp(list->at[i].steps[0].id, c->id) == 0);
    }
    return found;
}

static w403_status keep_way(search *s, size_t mark, w403_fixes *list)
{
    w403_fix fix;
    s->f->arena = s->f->world->arena = new_arena(s);
    W403_NEED(s->f->arena, s->err);
    W403_TRY(w403_publish(s->f, s->applied, s->n_applied, &fix, s->err));
    fix.proof = W403_ALLOWED;
    fix.status = s->final_status;
    W403_TRY(w403_others_gain(s->f, mark, &fix, s->err));
    if (!w403_fixes_hold(list, &fix)) {
        w403_fix *slot = W403_PUSH(s->result, list);
        W403_NEED(slot, s->err);
        W403_TRY(w403_fix_copy(s->result, &fix, slot, s->err));
    }
    return W403_OK;
}

static w403_status all_ways(search *s, uint32_t max, w403_fixes *list)
{
    size_t mark = w403_world_mark(s->f->world);
    w403_tried *start = new_state(s);
    W403_NEED(start, s->err);
    w403_status status;
    if (!w403_tried_look(s->f, start, &status)) {
        return status == W403_NOMEM ? w403_error_nomem(s->err) : W403_OK;
    }
    size_t arenas = s->arenas.n;
    s->f->decision = &start->decision;
    s->f->was_public = w403_is_public(s->f);
    for (unsigned way = 0; way < WAYS && list->n < max; way++) {
        s->first = way;
        bool solved = solve(s, start);
        bool more = s->passed >= s->first;
        s->f->decision = &start->decision;
        if (solved && !another_route(s, list) && !in_vain(s)) {
            W403_TRY(keep_way(s, mark, list));
        }
        w403_world_back(s->f->world, mark);
        drop_arenas(s, arenas);
        s->f->arena = s->f->world->arena = s->f->world->log;
        W403_NEED(!s->f->nomem && !s->f->world->nomem, s->err);
        if (!more) {
            break;
        }
    }
    w403_fixes_sort(list);
    return W403_OK;
}

static w403_view reason(search *s, const w403_fixes *list)
{
    if (list->n) {
        return (w403_view){NULL, 0};
    }
    if (s->unsettled.p) {
        return W403_FIX_SAY(s->f, "nothing can be proven: whether a change would help hangs on what is not known: {fact}", W403_P("fact", s->unsettled));
    }
    if (s->refused.n) {
        return W403_FIX_WORD(s->f, "the only changes that would work are refused");
    }
    if (s->why) {
        return W403_FIX_WORD(s->f, s->why);
    }
    if (s->too_many) {
        return W403_FIX_SAY(s->f, "the search stops at its limit of {limit} changes: more statements deny it ({n} causes in all), and no single change was found that takes away enough of them", W403_N("limit", STEPS), W403_N("n", s->too_many));
    }
    if (s->trials >= W403_LIMIT_FIX_TRIALS) {
        return W403_FIX_SAY(s->f, "the search stopped at its limit of {limit} changes that were tried, and none was proven", W403_N("limit", W403_LIMIT_FIX_TRIALS));
    }
    return s->stuck ? W403_FIX_SAY(s->f, "no change was found that is proven to remove {cause}", W403_S("cause", s->stuck))
                    : W403_FIX_WORD(s->f, "no change was found that is proven to remove the cause");
}

static w403_status search_all(search *s, uint32_t max, w403_fix_list *out)
{
    w403_fixes list = {.at = NULL};
    W403_TRY(all_ways(s, max, &list));
    s->f->arena = s->result;
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
    *out = (w403_fix_list){.none = w403_view_of(w403_word(arena, "the request is allowed: there is nothing to fix"))};
    if (explanation->n_causes && strncmp(explanation->causes[0].id, "credentials.", 12) == 0) {
        out->none = w403_view_of(w403_word(arena, row_of(explanation->causes[0].id)->none));
        return W403_OK;
    }
    if (decision->verdict == W403_UNDETERMINED) {
        out->none = w403_view_of(w403_word(arena, "the answer is not settled: what is unknown comes first"));
    }
    if (decision->verdict != W403_DENIED) {
        return W403_OK;
    }
    w403_world world;
    w403_arena *own = w403_arena_beside(arena);
    w403_fixer f = {.arena = own, .world = &world, .base = snapshot, .policies = policies, .options = options};
    search s = {.f = &f, .err = err, .result = arena};
    W403_NEED(own, err);
    w403_status status = w403_world_open(&world, snapshot, policies, request, own, err);
    if (status == W403_OK) {
        status = search_all(&s, options && options->max ? options->max : FIXES, out);
    }
    w403_world_close(&world);
    drop_arenas(&s, 0);
    w403_arena_free(own);
    return status;
}
