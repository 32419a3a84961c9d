/* Shapes to causes: each is read again, judged, and joins the others that come from the same. */
#include <stdlib.h>

#include "explain/explain.h"
#include "logs/survey_state.h"

enum { FOLDERS = 8 }; /* of one cause that are shown apart: no more than a shape tells apart */

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

const char *w403_denial_name(w403_denial d)
{
    static const char *const names[W403_DENIALS] = {
        [W403_DENIAL_PLAIN] = "policy",
        [W403_DENIAL_MASKED_404] = "masked-404",
        [W403_DENIAL_PRESIGNED_EXPIRED] = "presigned-expired",
        [W403_DENIAL_REQUESTER_PAYS] = "requester-pays",
        [W403_DENIAL_ANONYMOUS] = "anonymous",
        [W403_DENIAL_KMS] = "kms",
        [W403_DENIAL_SERVICE] = "service",
        [W403_DENIAL_CREDENTIALS] = "credentials",
        [W403_DENIAL_VPC_ENDPOINT] = "vpc-endpoint",
    };
    return d < W403_DENIALS ? names[d] : "";
}

/* ---- a question ---- */

static w403_status question(w403_arena *a, const w403_survey *s, const w403_survey_options *o,
                            const w403_shape *shape, w403_question *q, bool *asked, w403_error *err)
{
    w403_error  why;
    w403_view   raw = {shape->raw, shape->n_raw};
    w403_status status = w403_case_read(a, shape->form, w403_view_of(shape->file), raw, o->snapshot, &q->c, &why);
    if (status != W403_OK) {
        return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
    }
    *asked = true;
    const w403_record *r = &q->c.record;
    q->session = w403_sessions_of(s->sessions, r);
    w403_case_join(a, &q->c, q->session);
    const w403_policies *policies = o->policies;
    if (q->session && q->session->narrowed) {
        status = w403_case_policies(o->policies, o->snapshot, s->sessions, q->session, &q->policies, &q->missing, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status != W403_OK || q->missing.p) {
            q->judgement.why_not = status != W403_OK ? w403_arena_printf(a, "its session policy: %s", why.message)
                                                     : w403_arena_printf(a, "session policy %.*s is not in the snapshot",
                                                                         FMT(q->missing));
            return W403_OK;
        }
        policies = q->policies;
    }
    return o->snapshot || policies ? w403_case_judge(a, &q->c, o->snapshot, policies, &q->judgement, err) : W403_OK;
}

w403_status w403_question_open(w403_arena *a, const w403_survey *s, const w403_survey_options *o,
                               const w403_shape *shape, w403_question *q, bool *asked, w403_error *err)
{
    *q = (w403_question){0};
    *asked = false;
    return question(a, s, o, shape, q, asked, err);
}

void w403_question_close(w403_question *q)
{
    w403_policies_free(q->policies);
    q->policies = NULL;
}

/* ---- what another record says of the same refusal ---- */

typedef struct grouping {
    w403_survey               *s;
    const w403_survey_options *o;
    w403_arena                *a, *work;
    w403_map                   hints;  /* shape id, as 8 bytes -> hint */
    w403_map                   others; /* shape id -> the other's id */
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

static const char *claimed(const w403_reported *r)
{
    return r->n_causes && (r->form == W403_FORM_ENHANCED || r->certain) ? r->causes[0] : NULL;
}

static w403_status hint_of(grouping *g, const w403_record *r, uint64_t id, w403_hint *out, w403_error *err)
{
    const pair *p = w403_map_get(&g->others, id_view(&id));
    *out = (w403_hint){0};
    w403_shape *other = p ? w403_shapes_by_id(g->s->shapes, p->other) : NULL;
    (void)r;
    if (!other) {
        return W403_OK;
    }
    w403_case  c;
    w403_error why;
    w403_view  raw = {other->raw, other->n_raw};
    w403_status status = w403_case_read(g->work, other->form, w403_view_of(other->file), raw, g->o->snapshot, &c, &why);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status == W403_OK) {
        out->cause = claimed(&c.evidence.reported);
        out->action = c.evidence.reported.action;
        out->kms = p->kind == W403_LINK_KMS;
    }
    return W403_OK;
}

/* ---- the cause ---- */

static bool among(const char *id, const w403_reported *r)
{
    for (unsigned i = 0; id && i < r->n_causes; i++) {
        if (strcmp(id, r->causes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void compare(const w403_question *q, w403_cause_group *out)
{
    const w403_judgement *j = &q->judgement;
    const char           *ids[16];
    size_t                n = 0;
    w403_view             action = {NULL, 0};
    if (!j->decided) {
        out->why_not = j->why_not;
        return;
    }
    for (uint32_t i = 0; i < j->explanation.n_causes && n < 16; i++) {
        ids[n++] = j->explanation.causes[i].id;
        action = i == 0 ? j->explanation.causes[i].action : action;
    }
    out->judged = true;
    out->verdict = j->decision.verdict;
    out->agreement = w403_evidence_agrees(&q->c.evidence.reported, out->verdict, ids, n, action);
    out->decided = n && out->verdict != W403_ALLOWED ? ids[0] : NULL;
}

/* AWS's own words come first: they are of the time of the request. What they leave open the policies say. */
static const char *cause_of(const w403_question *q, const w403_shape *shape, const w403_hint *h, const w403_cause_group *g)
{
    const w403_reported *r = &q->c.evidence.reported;
    if (shape->expired) {
        return "presigned-expired";
    }
    if (w403_reads_object(&q->c.record) && w403_view_ieq(r->action, W403_LIT("s3:ListBucket"))) {
        return "masked-404"; /* semantics 4.7: asked because the key is not there */
    }
    if (h->cause && !claimed(r)) {
        return h->cause;
    }
    if (claimed(r)) {
        return among(g->decided, r) ? g->decided : r->causes[0];
    }
    return g->decided;
}

static w403_denial denial_of(const w403_question *q, const char *cause, w403_view action, bool kms)
{
    static const struct {
        const char *cause;
        w403_denial denial;
    } table[] = {
        {"masked-404", W403_DENIAL_MASKED_404},         {"presigned-expired", W403_DENIAL_PRESIGNED_EXPIRED},
        {"requester-pays", W403_DENIAL_REQUESTER_PAYS}, {"credentials.invalid", W403_DENIAL_CREDENTIALS},
        {"deny.vpc-endpoint", W403_DENIAL_VPC_ENDPOINT}, {"no-allow.vpc-endpoint", W403_DENIAL_VPC_ENDPOINT},
        {"deny.key-policy", W403_DENIAL_KMS},           {"no-allow.key-policy", W403_DENIAL_KMS},
    };
    const w403_record *r = &q->c.record;
    for (size_t i = 0; cause && i < sizeof table / sizeof *table; i++) {
        if (strcmp(cause, table[i].cause) == 0) {
            return table[i].denial;
        }
    }
    bool key = w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com")) ||
               (cause && strncmp(cause, "kms.", 4) == 0) ||
               w403_view_starts(action, W403_LIT("kms:"));
    return kms || key                        ? W403_DENIAL_KMS
           : r->who == W403_WHO_ANONYMOUS ? W403_DENIAL_ANONYMOUS
           : r->who == W403_WHO_SERVICE   ? W403_DENIAL_SERVICE
                                          : W403_DENIAL_PLAIN;
}

/* No snapshot holds what these hang on: objects that are gone, the time and the signature of a URL. */
static bool beyond_policies(const char *cause)
{
    return strcmp(cause, "masked-404") == 0 || strcmp(cause, "presigned-expired") == 0 ||
           strcmp(cause, "credentials.invalid") == 0;
}

/* ---- groups ---- */

static w403_view kept(grouping *g, w403_view v)
{
    w403_view out = v.p ? w403_arena_copy(g->a, v) : v;
    g->nomem = g->nomem || (v.p && !out.p);
    return out;
}

static void describe(grouping *g, const w403_question *q, const w403_hint *h, w403_shape *shape, w403_cause_group *out)
{
    const w403_record *r = &q->c.record;
    w403_view          bucket = w403_group_bucket(g->o->snapshot, r);
    bool               judged_cause = out->decided && out->cause && strcmp(out->decided, out->cause) == 0;
    out->reported = h->cause ? h->cause : claimed(&q->c.evidence.reported);
    out->principal = kept(g, w403_group_principal(g->work, q));
    out->session = kept(g, r->who == W403_WHO_ARN && w403_role_of(r->requester).n != r->requester.n ? r->requester
                                                                                                   : (w403_view){NULL, 0});
    out->action = kept(g, w403_group_action(g->work, q, h, out->cause));
    out->denial = denial_of(q, out->cause, out->action, h->kms);
    out->resource = kept(g, w403_group_resource(g->work, g->o->snapshot, &q->c, shape));
    out->statement = kept(g, judged_cause ? w403_group_statement(g->work, &q->judgement, out->cause) : (w403_view){NULL, 0});
    out->operation = kept(g, r->operation);
    out->bucket = kept(g, bucket);
    out->error_code = kept(g, r->error_code);
    out->source_ip = kept(g, r->source_ip);
    out->vpc_endpoint = kept(g, r->vpc_endpoint);
    out->why_not = kept(g, out->why_not);
    out->first_id = kept(g, r->form == W403_LOG_TRAIL ? r->event_id : r->request_id);
    out->lead = shape;
    out->first_context = kept(g, w403_group_context(g->work, q));
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
static w403_status add_shape(grouping *g, w403_shape *shape, w403_error *err)
{
    w403_question    q;
    w403_cause_group fresh = {0};
    w403_hint        h;
    bool             asked = false;
    w403_arena_reset(g->work);
    W403_TRY(w403_question_open(g->work, g->s, g->o, shape, &q, &asked, err));
    W403_TRY(hint_of(g, &q.c.record, shape->id, &h, err));
    compare(&q, &fresh);
    fresh.cause = asked ? cause_of(&q, shape, &h, &fresh) : NULL;
    if (fresh.cause && fresh.verdict == W403_ALLOWED && beyond_policies(fresh.cause)) {
        fresh.agreement = W403_AGREES;
    }
    describe(g, &q, &h, shape, &fresh);
    w403_question_close(&q);
    bool      unlike = fresh.judged && fresh.agreement != W403_AGREES; /* said apart, or AWS's words hide it */
    w403_view code = fresh.cause ? W403_LIT("") : fresh.error_code;
    w403_view base = w403_arena_printf(g->a, "%s|%d|%d|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", fresh.cause ? fresh.cause : "",
                                       fresh.denial, unlike ? 1 + (int)fresh.agreement : 0, FMT(fresh.statement),
                                       FMT(fresh.principal), FMT(fresh.action), FMT(fresh.bucket),
                                       FMT(code), FMT(fresh.vpc_endpoint));
    w403_view key = w403_arena_printf(g->a, "%.*s|%.*s", FMT(base), FMT(w403_group_folder(shape)));
    W403_NEED(base.p && key.p && !g->nomem, err);
    w403_cause_group *there = NULL;
    size_t           *index = w403_map_get(&g->by_key, key);
    if (index) {
        there = &g->groups.at[*index];
    } else {
        w403_view *b = W403_PUSH(g->a, &g->bases);
        index = W403_NEW(g->a, size_t);
        there = W403_PUSH(g->a, &g->groups);
        W403_NEED(b && index && there, err);
        *index = g->groups.n - 1;
        *there = fresh;
        *b = base;
        W403_NEED(w403_map_put(g->a, &g->by_key, key, index), err);
    }
    if (!w403_view_eq(there->resource, fresh.resource)) { /* several kinds of keys in one folder */
        there->resource = wider_pattern(g->a, there->resource, fresh.resource);
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

static w403_status group_all(grouping *g, const w403_links *links, w403_error *err)
{
    size_t n = 0;
    w403_links_each(links, note_pair, g);
    w403_shape *const *list = w403_shapes_list(g->s->shapes, &n);
    W403_NEED(list && !g->nomem, err);
    for (size_t i = 0; i < n; i++) {
        if (list[i]->count) {
            W403_TRY(add_shape(g, list[i], err));
        }
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
    grouping g = {.s = s, .o = o, .a = s->arena, .work = w403_arena_new(0)};
    W403_NEED(g.work, err);
    w403_status status = group_all(&g, links, err);
    w403_arena_free(g.work);
    return status;
}
