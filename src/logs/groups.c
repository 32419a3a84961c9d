/* Shapes to causes: each is asked (question.c), its cause found (group_cause.c), and it joins the others that come from
 * the same. */
#include <stdlib.h>

#include "explain/explain.h"
#include "logs/parallel.h"
#include "logs/survey_state.h"

enum { FOLDERS = 8 }; /* of one cause that are shown apart: no more than a shape tells apart */

/* ---- what another record says of the same refusal ---- */

typedef struct grouping {
    w403_survey               *s;
    const w403_survey_options *o;
    w403_arena                *a;
    w403_map                   others; /* shape id, as 8 bytes -> the other's id */
    w403_map                   by_key;
    W403_ARRAY(w403_cause_group) groups;
    W403_ARRAY(w403_view)        bases; /* of groups[i], without the folder */
    bool                       nomem;
} grouping;

typedef struct pair {
    uint64_t       key, other;
    w403_link_kind kind;
} pair;

static w403_view id_view(const uint64_t *id)
{
    return (w403_view){(const char *)id, sizeof *id};
}

/* What is told twice is counted where the caller saw it, with the record that says more: CloudTrail's, not the access
 * log's; S3's, not KMS's. */
static void count_once(w403_survey *s, const w403_link_pair *p)
{
    unsigned    drop = p->kind == W403_LINK_KMS;
    w403_shape *shape = w403_shapes_by_id(s->shapes, p->shape[drop]);
    for (uint32_t i = 0; i < p->twice && shape && shape->count; i++) {
        shape->count--;
        w403_bins_remove(&shape->bins, p->time[drop]);
    }
    s->denied -= p->twice;
    s->told_twice += p->twice;
}

/* CloudTrail's record says more than the access log's, and KMS's more than S3's: those are asked for the cause. */
static void note_pair(void *user, const w403_link_pair *link)
{
    grouping *g = user;
    uint64_t  one = link->shape[0], other = link->shape[1];
    count_once(g->s, link);
    if (one == 0 || other == 0) {
        return;
    }
    pair *known = w403_map_get(&g->others, id_view(&one));
    pair *p = known ? known : W403_NEW(g->a, pair);
    if (!p) {
        g->nomem = true;
    } else if (!known) {
        *p = (pair){one, other, link->kind};
        g->nomem = !w403_map_put(g->a, &g->others, id_view(&p->key), p) || g->nomem;
    } else if (link->kind > p->kind || (link->kind == p->kind && other < p->other)) {
        p->other = other;
        p->kind = link->kind;
    }
}

static w403_status hint_of(const grouping *g, w403_arena *work, uint64_t id, w403_hint *out, w403_error *err)
{
    const pair *p = w403_map_get(&g->others, id_view(&id));
    *out = (w403_hint){0};
    w403_shape *other = p ? w403_shapes_by_id(g->s->shapes, p->other) : NULL;
    if (!other) {
        return W403_OK;
    }
    w403_case  c;
    w403_error why;
    w403_view  raw = {other->raw, other->n_raw};
    w403_status status = w403_case_read(work, other->form, w403_view_of(other->file), raw, g->o->snapshot, &c, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status == W403_OK) {
        out->cause = w403_group_claimed(&c.evidence.reported);
        out->action = c.evidence.reported.action;
        out->kms = p->kind == W403_LINK_KMS;
    }
    return W403_OK;
}

/* ---- one shape ---- */

/* What one shape comes to, in an arena of its own. */
typedef struct answer {
    w403_cause_group group;
    w403_view        base, key; /* of the group that it belongs to: without the folder, with it */
} answer;

static void describe(const grouping *g, w403_arena *a, const w403_question *q, const w403_hint *h, w403_shape *shape,
                     w403_cause_group *out)
{
    const w403_record *r = &q->c.record;
    bool               judged_cause = out->decided && out->cause && strcmp(out->decided, out->cause) == 0;
    bool               session = r->who == W403_WHO_ARN && w403_role_of(r->requester).n != r->requester.n;
    out->reported = h->cause ? h->cause : w403_group_claimed(&q->c.evidence.reported);
    out->principal = w403_group_principal(a, q);
    out->session = session ? r->requester : (w403_view){NULL, 0};
    out->action = w403_group_action(a, q, h, out->cause);
    out->denial = w403_group_denial(q, out->cause, out->action, h->kms);
    out->resource = w403_group_resource(a, g->o->snapshot, &q->c, shape);
    out->statement = judged_cause ? w403_group_statement(a, &q->judgement, out->cause) : (w403_view){NULL, 0};
    out->operation = r->operation;
    out->bucket = w403_group_bucket(g->o->snapshot, r);
    out->error_code = r->error_code;
    out->source_ip = r->source_ip;
    out->vpc_endpoint = r->vpc_endpoint;
    out->first_id = r->form == W403_LOG_TRAIL ? r->event_id : r->request_id;
    out->lead = shape;
    out->first_context = w403_group_context(a, q);
    out->first_file = w403_view_of(shape->file);
    uint64_t offset = shape->offset;
    (void)w403_seen_place(g->s->seen, w403_seen_key(r), &out->first_file, &offset);
    if (r->form != W403_LOG_TRAIL) { /* what worked is known of access logs */
        const w403_worked_one *one = w403_worked_find(g->s->worked, w403_worked_key(r->requester, r->operation, r->bucket));
        out->first_worked = one ? one->bins.first * w403_bins_width(&one->bins) : 0;
        out->last_worked = one ? one->last : 0;
        out->worked_before = one ? w403_bins_before(&one->bins, shape->first) : 0;
        out->worked_since = one ? one->bins.total - out->worked_before : 0;
    }
    if (q->session) {
        out->session_maker = q->session->maker;
        out->session_at = q->session->at;
        out->session_policy = q->policies != NULL;
    }
}

static w403_status make_keys(w403_arena *a, const w403_shape *shape, answer *out, w403_error *err)
{
    const w403_cause_group *g = &out->group;
    bool      unlike = g->judged && g->agreement != W403_AGREES; /* said apart, or AWS's words hide it */
    w403_view code = g->cause ? W403_LIT("") : g->error_code;
    out->base =
        w403_arena_printf(a, "%s|%d|%d|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", g->cause ? g->cause : "", g->denial,
                          unlike ? 1 + (int)g->agreement : 0, W403_CUT(g->statement), W403_CUT(g->principal),
                          W403_CUT(g->action), W403_CUT(g->bucket), W403_CUT(code), W403_CUT(g->vpc_endpoint));
    out->key = w403_arena_printf(a, "%.*s|%.*s", (int)out->base.n, out->base.p, W403_CUT(w403_group_folder(shape)));
    W403_NEED(out->base.p && out->key.p, err);
    return W403_OK;
}

static w403_status answer_shape(const grouping *g, w403_arena *work, w403_shape *shape, w403_question *q, answer *out,
                                w403_error *err)
{
    w403_hint h;
    bool      asked = false;
    W403_TRY(w403_question_open(work, g->s, g->o, shape, q, &asked, err));
    W403_TRY(hint_of(g, work, shape->id, &h, err));
    w403_group_cause(q, asked, shape, &h, &out->group);
    describe(g, work, q, &h, shape, &out->group);
    return make_keys(work, shape, out, err);
}

/* ---- groups ---- */

/* Out of the arena of its shape. */
static w403_status keep(grouping *g, w403_cause_group *c, w403_error *err)
{
    w403_view *const texts[] = {&c->principal, &c->session, &c->action,     &c->resource,  &c->statement,
                                &c->operation, &c->bucket,  &c->error_code, &c->source_ip, &c->vpc_endpoint,
                                &c->why_not,   &c->first_id, &c->first_context};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i]->p) {
            *texts[i] = w403_arena_copy(g->a, *texts[i]);
            W403_NEED(texts[i]->p, err);
        }
    }
    return W403_OK;
}

static void take_counts(w403_cause_group *g, const w403_shape *shape)
{
    g->count += shape->count;
    g->first = !g->first || shape->first < g->first ? shape->first : g->first;
    g->last = shape->last > g->last ? shape->last : g->last;
    g->marks |= shape->marks;
    w403_bins_merge(&g->bins, &shape->bins);
    for (size_t i = 0; i < W403_SHAPE_SAMPLES; i++) {
        w403_sample_keep(g->samples, &shape->samples[i]);
    }
}

/* What two patterns have in common, up to a slash. */
static w403_view wider_pattern(w403_arena *a, w403_view one, w403_view two)
{
    size_t n = 0;
    while (n < one.n && n < two.n && one.p[n] == two.p[n]) {
        n++;
    }
    while (n && one.p[n - 1] != '/') {
        n--;
    }
    return w403_arena_printf(a, "%.*s*", (int)n, one.p);
}

/* Shapes come in the order of time, so the first of a group leads it. */
static w403_status add_answer(grouping *g, const w403_shape *shape, const answer *one, w403_error *err)
{
    w403_cause_group *there = NULL;
    size_t           *index = w403_map_get(&g->by_key, one->key);
    if (index) {
        there = &g->groups.at[*index];
    } else {
        w403_view *base = W403_PUSH(g->a, &g->bases);
        w403_view  key = w403_arena_copy(g->a, one->key);
        index = W403_NEW(g->a, size_t);
        there = W403_PUSH(g->a, &g->groups);
        W403_NEED(base && index && there && key.p, err);
        *index = g->groups.n - 1;
        *there = one->group;
        *base = w403_view_sub(key, 0, one->base.n);
        W403_TRY(keep(g, there, err));
        W403_NEED(w403_map_put(g->a, &g->by_key, key, index), err);
    }
    if (!w403_view_eq(there->resource, one->group.resource)) { /* several kinds of keys in one folder */
        there->resource = wider_pattern(g->a, there->resource, one->group.resource);
        W403_NEED(there->resource.p, err);
    }
    take_counts(there, shape);
    return W403_OK;
}

/* A cause that is spread over many folders is shown once. */
static w403_status fold(grouping *g, w403_error *err)
{
    w403_map counts = {0};
    size_t   kept_n = 0;
    for (size_t i = 0; i < g->groups.n; i++) {
        size_t *n = w403_map_get(&counts, g->bases.at[i]);
        if (!n) {
            n = W403_NEW(g->a, size_t);
            W403_NEED(n && w403_map_put(g->a, &counts, g->bases.at[i], n), err);
        }
        ++*n;
    }
    w403_map leaders = {0};
    for (size_t i = 0; i < g->groups.n; i++) {
        const w403_cause_group *from = &g->groups.at[i];
        w403_view               base = g->bases.at[i];
        const size_t           *n = w403_map_get(&counts, base);
        size_t                 *at = n && *n > FOLDERS ? w403_map_get(&leaders, base) : NULL;
        if (at) {
            w403_cause_group *to = &g->groups.at[*at];
            w403_shape        counted = {.count = from->count, .first = from->first, .last = from->last,
                                         .bins = from->bins, .marks = from->marks};
            memcpy(counted.samples, from->samples, sizeof counted.samples);
            to->resource = wider_pattern(g->a, to->resource, from->resource);
            take_counts(to, &counted);
            continue;
        }
        if (n && *n > FOLDERS) {
            at = W403_NEW(g->a, size_t);
            W403_NEED(at && w403_map_put(g->a, &leaders, base, at), err);
            *at = kept_n;
        }
        g->groups.at[kept_n++] = *from;
    }
    g->groups.n = kept_n;
    return W403_OK;
}

static int most_first(const void *a, const void *b)
{
    const w403_cause_group *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    if (x->first != y->first) {
        return x->first < y->first ? -1 : 1;
    }
    return x->lead->id < y->lead->id ? -1 : x->lead->id > y->lead->id;
}

/* ---- all shapes ---- */

typedef struct batch {
    const grouping    *g;
    w403_shape *const *shapes;
    w403_shape_arenas  arenas;
    answer             answers[W403_SHAPE_BATCH];
} batch;

static w403_status answer_one(void *user, size_t i, w403_error *err)
{
    batch        *b = user;
    w403_question q = {0};
    if (b->shapes[i]->count == 0) {
        return W403_OK;
    }
    w403_status status = answer_shape(b->g, b->arenas.at[i], b->shapes[i], &q, &b->answers[i], err);
    w403_question_close(&q);
    return status;
}

/* The answers are independent of each other; what is made of them is not. */
static w403_status add_batch(grouping *g, batch *b, size_t n, w403_error *err)
{
    memset(b->answers, 0, sizeof b->answers);
    W403_TRY(w403_shape_arenas_ready(&b->arenas, n, err));
    W403_TRY(w403_parallel(g->o->threads, n, answer_one, b, err));
    for (size_t i = 0; i < n; i++) {
        if (b->shapes[i]->count) {
            W403_TRY(add_answer(g, b->shapes[i], &b->answers[i], err));
        }
    }
    return W403_OK;
}

static w403_status group_all(grouping *g, batch *b, const w403_links *links, w403_error *err)
{
    size_t n = 0;
    w403_links_each(links, note_pair, g);
    w403_shape *const *list = w403_shapes_list(g->s->shapes, &n);
    W403_NEED(list && !g->nomem, err);
    for (size_t at = 0; at < n; at += W403_SHAPE_BATCH) {
        b->shapes = list + at;
        W403_TRY(add_batch(g, b, n - at < W403_SHAPE_BATCH ? n - at : W403_SHAPE_BATCH, err));
    }
    W403_NEED(!g->nomem, err);
    W403_TRY(fold(g, err));
    if (g->groups.n) {
        qsort(g->groups.at, g->groups.n, sizeof *g->groups.at, most_first);
    }
    g->s->groups = g->groups.at;
    g->s->n_groups = g->groups.n;
    return W403_OK;
}

w403_status w403_survey_group(w403_survey *s, const w403_survey_options *o, const w403_links *links,
                              w403_error *err)
{
    grouping g = {.s = s, .o = o, .a = s->arena};
    batch   *b = W403_NEW(s->arena, batch);
    W403_NEED(b, err);
    b->g = &g;
    w403_status status = group_all(&g, b, links, err);
    w403_shape_arenas_free(&b->arenas);
    return status;
}
