#include "logs/shape_class.h"

#include "base/hash.h"
#include "decide/residual.h"
#include "logs/judge.h"

enum { RESIDUALS = 2048 }; /* of one thread; further kinds of requests tell keys apart by their folders */

/* A residual for the likeliest reading of a record; NULL where there is none (a copy, an access point, a principal
 * that the snapshot does not hold): then keys are told apart by their folders. */
static w403_status make_residual(const w403_shape_rules *rules, size_t *residuals, w403_parent *p,
                                 const w403_record *r, unsigned side, w403_error *err)
{
    const w403_snapshot *snap = rules->snapshot[side];
    w403_case            c;
    w403_error           why;
    w403_view            raw = w403_arena_copy(p->arena, r->raw);
    W403_NEED(raw.p, err);
    if (w403_case_read(p->arena, r->form, W403_LIT("log"), raw, snap, &c, &why) != W403_OK) {
        return W403_OK;
    }
    for (size_t i = 0; i < c.n_requests && !p->residual[side]; i++) {
        w403_request request = c.requests[i];
        size_t       slash = w403_view_find_char(request.resource, '/');
        if (slash == SIZE_MAX || !w403_view_starts(request.resource, W403_LIT("arn:"))) {
            continue;
        }
        request.resource.n = slash;
        w403_status status = w403_residual_new(snap, rules->policies[side], &request, &p->residual[side], &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
    }
    if (p->residual[side]) {
        w403_residual_set_cause_fn(p->residual[side], w403_label_class);
        ++*residuals;
    }
    return W403_OK;
}

static w403_status prepare_parent(const w403_shape_rules *rules, size_t *residuals, w403_parent *p,
                                  const w403_record *r, w403_error *err)
{
    p->tried = true;
    for (unsigned side = 0; side < 2; side++) {
        bool judged = rules->snapshot[side] || rules->policies[side];
        if (judged && *residuals < RESIDUALS) {
            p->arena = p->arena ? p->arena : w403_arena_new(0);
            W403_NEED(p->arena, err);
            W403_TRY(make_residual(rules, residuals, p, r, side, err));
        }
    }
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

w403_status w403_key_class_of(const w403_shape_rules *rules, size_t *residuals, w403_parent *p, const w403_record *r,
                              w403_key_class *out, w403_error *err)
{
    bool any = false;
    if (!p->tried) {
        W403_TRY(prepare_parent(rules, residuals, p, r, err));
    }
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
