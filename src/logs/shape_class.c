#include "logs/shape_class.h"

#include "base/hash.h"
#include "decide/residual.h"
#include "logs/judge.h"

/* A residual for the likeliest reading of a record; NULL where there is none (a copy, an access point, a principal
 * that the snapshot does not hold): then keys are told apart by their folders. */
static w403_status make_residual(const w403_shape_rules *rules, w403_arena *a, const w403_record *r, unsigned side,
                                 w403_residual **out, w403_error *err)
{
    const w403_snapshot *snap = rules->snapshot[side];
    w403_case            c;
    w403_error           why;
    if (w403_case_read(a, r->form, W403_LIT("log"), r->raw, snap, &c, &why) != W403_OK) {
        return W403_OK;
    }
    for (size_t i = 0; i < c.n_requests && !*out; i++) {
        w403_request request = c.requests[i];
        size_t       slash = w403_view_find_char(request.resource, '/');
        if (slash == SIZE_MAX || !w403_view_starts(request.resource, W403_LIT("arn:"))) {
            continue;
        }
        request.resource.n = slash;
        w403_status status = w403_residual_new(snap, rules->policies[side], &request, out, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
    }
    if (*out) {
        w403_residual_set_cause_fn(*out, w403_label_class);
    }
    return W403_OK;
}

static w403_status make_residuals(const w403_shape_rules *rules, w403_parent *p, const w403_record *r,
                                  w403_error *err)
{
    w403_arena *work = w403_arena_new(0);
    w403_status status = work ? W403_OK : w403_error_nomem(err);
    for (unsigned side = 0; side < 2 && status == W403_OK; side++) {
        if (rules->snapshot[side] || rules->policies[side]) {
            status = make_residual(rules, work, r, side, &p->residual[side], err);
        }
    }
    w403_arena_free(work);
    return status;
}

void w403_parent_clear(w403_parent *p)
{
    w403_residual_free(p->residual[0]);
    w403_residual_free(p->residual[1]);
    p->residual[0] = p->residual[1] = NULL;
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

static w403_status classify(const w403_shape_rules *rules, const w403_parent *p, const w403_record *r,
                            w403_key_class *out, w403_error *err)
{
    bool any = false;
    for (unsigned side = 0; side < 2; side++) {
        const w403_residual_class *cls = NULL;
        w403_error                 why;
        if (!p->residual[side]) {
            continue;
        }
        w403_status status = w403_residual_key(p->residual[side], r->key, &cls, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status == W403_OK) {
            uint64_t label = cls->action.n ? w403_hash(cls->action.p, cls->action.n) : 0;
            uint64_t listed = listed_object(rules->snapshot[side], r);
            out->hash = out->hash * 0xFF51AFD7ED558CCDu + (label ^ ((uint64_t)cls->verdict << 60)) + listed * 31;
            out->verdict[side] = (uint8_t)cls->verdict;
            out->judged[side] = listed == 0;
            any = true;
        }
    }
    out->hash = any ? out->hash | 1 : 0;
    return W403_OK;
}

w403_status w403_key_class_of(const w403_shape_rules *rules, size_t *prepared, w403_parent *p, const w403_record *r,
                              w403_key_class *out, w403_error *err)
{
    bool judged = rules->snapshot[0] || rules->snapshot[1] || rules->policies[0] || rules->policies[1];
    if (!judged) {
        return W403_OK;
    }
    if (!p->tried && *prepared < rules->prepared) {
        p->tried = true;
        W403_TRY(make_residuals(rules, p, r, err));
        *prepared += p->residual[0] || p->residual[1];
    }
    if (p->tried) {
        return classify(rules, p, r, out, err);
    }
    w403_parent once = {0};
    w403_status status = make_residuals(rules, &once, r, err);
    status = status == W403_OK ? classify(rules, &once, r, out, err) : status;
    w403_parent_clear(&once);
    return status;
}
