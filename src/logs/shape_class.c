#include "logs/shape_class.h"

#include "base/hash.h"
#include "decide/residual.h"
#include "logs/judge.h"

/* ---- one kind ---- */

static const w403_policies *policies_of(const w403_shape_rules *rules, const w403_kind *p, unsigned side)
{
    return p->policies[side] ? p->policies[side] : rules->policies[side];
}

static const w403_log_session *session_of(const w403_shape_rules *rules, const w403_record *r)
{
    return rules->sessions ? w403_sessions_of(rules->sessions, r) : NULL;
}

/* A residual for the likeliest reading of a record. Behind an access point there is none: then another key in the same
 * request is decided. */
static w403_status use_request(const w403_shape_rules *rules, w403_kind *p, const w403_record *r,
                               const w403_request *one, unsigned side, w403_error *err)
{
    w403_request request = *one;
    w403_error   why;
    size_t       slash = w403_view_find_char(request.resource, '/');
    bool         bucket = w403_view_find(request.resource, W403_LIT(":::")) != SIZE_MAX;
    if (slash == SIZE_MAX || !w403_view_starts(request.resource, W403_LIT("arn:"))) {
        return W403_OK;
    }
    if (!bucket && w403_view_ends(request.resource, r->key)) {
        p->arena = p->arena ? p->arena : w403_arena_new(0);
        p->request[side] = p->arena ? W403_NEW(p->arena, w403_request) : NULL;
        W403_NEED(p->request[side] && w403_request_copy(p->arena, &request, p->request[side]), err);
        p->base[side] = w403_view_sub(p->request[side]->resource, 0, request.resource.n - r->key.n);
        return W403_OK;
    }
    request.resource.n = slash;
    w403_status status = w403_residual_new(rules->snapshot[side], policies_of(rules, p, side), &request,
                                           &p->residual[side], &why);
    return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK; /* else nobody can decide it: no such principal */
}

static w403_status make_residual(const w403_shape_rules *rules, w403_arena *work, w403_kind *p,
                                 const w403_record *r, unsigned side, w403_error *err)
{
    w403_case  c;
    w403_error why;
    w403_arena_reset(work);
    if (w403_case_read(work, r->form, W403_LIT("log"), r->raw, rules->snapshot[side], &c, &why) != W403_OK) {
        return W403_OK;
    }
    w403_case_join(work, &c, session_of(rules, r));
    for (size_t i = 0; i < c.n_requests && !p->residual[side] && !p->request[side]; i++) {
        W403_TRY(use_request(rules, p, r, &c.requests[i], side, err));
    }
    if (p->residual[side]) {
        w403_residual_set_cause_fn(p->residual[side], w403_label_class);
    }
    return W403_OK;
}

/* Another object that the request names: what is copied. */
static bool has_source(const w403_record *r)
{
    return r->request && w403_json_str(r->request, "x-amz-copy-source").n;
}

/* A session's own policies tell keys apart, too. */
static w403_status add_session(const w403_shape_rules *rules, w403_kind *p, const w403_record *r, unsigned side,
                               w403_error *err)
{
    const w403_log_session *session = session_of(rules, r);
    w403_view               missing;
    w403_error              why;
    if (!session || !session->narrowed) {
        return W403_OK;
    }
    w403_status status = w403_case_policies(rules->policies[side], rules->snapshot[side], rules->sessions, session,
                                            &p->policies[side], &missing, &why);
    return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
}

static w403_status prepare(const w403_shape_rules *rules, w403_arena *work, w403_kind *p,
                           const w403_record *r, w403_error *err)
{
    for (unsigned side = 0; side < 2; side++) {
        if (!rules->snapshot[side] && !rules->policies[side]) {
            continue;
        }
        W403_TRY(add_session(rules, p, r, side, err));
        p->each[side] = has_source(r);
        if (!p->each[side]) {
            W403_TRY(make_residual(rules, work, p, r, side, err));
        }
        if (!p->each[side] && !p->residual[side] && !p->request[side]) { /* nobody can decide it */
            w403_policies_free(p->policies[side]);
            p->policies[side] = NULL;
        }
    }
    return W403_OK;
}

void w403_kind_clear(w403_kind *k)
{
    for (unsigned side = 0; side < 2; side++) {
        w403_residual_free(k->residual[side]);
        w403_policies_free(k->policies[side]);
        k->residual[side] = NULL;
        k->policies[side] = NULL;
        k->request[side] = NULL;
    }
    w403_arena_free(k->arena);
    k->arena = NULL;
}

/* ---- one key ---- */

typedef struct key_class {
    bool         known;
    w403_verdict verdict;
    uint64_t     label;
} key_class;

static w403_status by_residual(w403_residual *residual, w403_view key, key_class *out, w403_error *err)
{
    const w403_residual_class *cls = NULL;
    w403_error                 why;
    w403_status                status = w403_residual_key(residual, key, &cls, &why);
    if (status == W403_OK) {
        *out = (key_class){true, cls->verdict, cls->action.n ? w403_hash(cls->action.p, cls->action.n) : 0};
    }
    return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
}

/* The same by a decision of its own. */
static w403_status by_itself(const w403_shape_rules *rules, w403_arena *work, const w403_kind *p, const w403_record *r,
                             unsigned side, key_class *out, w403_error *err)
{
    const w403_snapshot *snap = rules->snapshot[side];
    w403_request         request = {0};
    w403_case            c;
    w403_decision        d;
    w403_error           why;
    const char          *cause;
    w403_view            label;
    w403_arena_reset(work);
    if (p->request[side]) {
        request = *p->request[side];
        request.resource = w403_arena_printf(work, "%.*s%.*s", (int)p->base[side].n, p->base[side].p, (int)r->key.n, r->key.p);
        W403_NEED(request.resource.p, err);
    } else {
        w403_status read = w403_case_read(work, r->form, W403_LIT("log"), r->raw, snap, &c, &why);
        if (read != W403_OK || c.n_requests == 0) {
            return read == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
        }
        w403_case_join(work, &c, session_of(rules, r));
        request = c.requests[0];
    }
    const w403_policies *policies = policies_of(rules, p, side);
    w403_status          status = w403_decide(snap, policies, &request, W403_DETAIL_VERDICT, work, &d, &why);
    if (status == W403_OK && d.verdict == W403_ALLOWED) { /* mostly, and then there is no cause to look for */
        *out = (key_class){true, d.verdict, 0};
        return W403_OK;
    }
    status = status == W403_OK ? w403_decide(snap, policies, &request, W403_DETAIL_CAUSES, work, &d, &why) : status;
    if (status != W403_OK) {
        return status == W403_NOMEM ? w403_error_nomem(err) : W403_OK;
    }
    W403_TRY(w403_label_class(&request, &d, work, &cause, &label, err));
    *out = (key_class){true, d.verdict, label.n ? w403_hash(label.p, label.n) : 0};
    return W403_OK;
}

/* An object that the snapshot lists may have an owner, ACL or encryption of its own: a kind by itself. */
static uint64_t listed_object(const w403_snapshot *s, const w403_record *r)
{
    const w403_bucket *b = s ? w403_snapshot_bucket(s, r->bucket) : NULL;
    if (!b || (b->n_objects == 0 && !b->objects_complete)) {
        return 0;
    }
    bool there = w403_bucket_object(b, r->key, (w403_view){NULL, 0}) != NULL;
    return there ? w403_hash(r->key.p, r->key.n) | 1 : b->objects_complete ? 2 : 0;
}

static w403_status classify(const w403_shape_rules *rules, w403_arena *work, const w403_kind *p, const w403_record *r,
                            w403_key_class *out, w403_error *err)
{
    bool any = false;
    for (unsigned side = 0; side < 2; side++) {
        key_class cls = {0};
        if (p->residual[side]) {
            W403_TRY(by_residual(p->residual[side], r->key, &cls, err));
        } else if (p->request[side] || p->each[side]) {
            W403_TRY(by_itself(rules, work, p, r, side, &cls, err));
        }
        if (cls.known) {
            uint64_t listed = listed_object(rules->snapshot[side], r);
            out->hash = out->hash * 0xFF51AFD7ED558CCDu + (cls.label ^ ((uint64_t)cls.verdict << 60)) + listed * 31;
            out->verdict[side] = (uint8_t)cls.verdict;
            out->judged[side] = listed == 0;
            any = true;
        }
    }
    out->hash = any ? out->hash | 1 : 0;
    return W403_OK;
}

/* Under the lock of the kind. */
static w403_status classify_kept(const w403_shape_rules *rules, w403_arena *work, w403_kind *k, const w403_record *r,
                                 w403_key_class *out, w403_error *err)
{
    if (!k->asked) {
        k->asked = true;
        k->kept = w403_kinds_take(rules->kinds);
        W403_TRY(k->kept ? prepare(rules, work, k, r, err) : W403_OK);
    }
    return k->kept ? classify(rules, work, k, r, out, err) : W403_OK;
}

w403_status w403_key_class_of(const w403_shape_rules *rules, w403_arena *work, w403_kind *k, const w403_record *r,
                              w403_key_class *out, w403_error *err)
{
    (void)pthread_mutex_lock(&k->lock);
    w403_status status = classify_kept(rules, work, k, r, out, err);
    bool        kept = k->kept;
    (void)pthread_mutex_unlock(&k->lock);
    if (kept || status != W403_OK) {
        return status;
    }
    w403_kind once = {0};
    status = prepare(rules, work, &once, r, err);
    status = status == W403_OK ? classify(rules, work, &once, r, out, err) : status;
    w403_kind_clear(&once);
    return status;
}
