#include "symbolic/relations.h"

/* Of a combination: what the statement in question says to it, and whether others match it too. */
enum { APART, ALONE, TOGETHER, EITHER };
#define LABEL(l) (UINT64_C(1) << (l))

static uint8_t leaf(w403_space *s, const uint32_t *slots, const uint64_t *yes, const uint64_t *maybe)
{
    (void)slots;
    const w403_relations *r = s->user;
    uint64_t others = 0, perhaps = 0;
    if (!w403_bit(maybe, r->of)) {
        return APART;
    }
    for (size_t w = 0; w < s->words; w++) {
        others |= yes[w] & r->by[w];
        perhaps |= maybe[w] & r->by[w];
    }
    if (others) {
        return w403_bit(yes, r->of) ? TOGETHER : EITHER;
    }
    return perhaps || !w403_bit(yes, r->of) ? EITHER : ALONE;
}

/* Only the statements of the question are looked at; once one of the others matches whatever comes, no more of them. */
static int settle(w403_space *s, size_t dim, uint64_t *yes, uint64_t *maybe)
{
    const w403_relations *r = s->user;
    const w403_documents *d = &r->documents;
    if (!w403_bit(maybe, r->of)) {
        return APART;
    }
    size_t sure = SIZE_MAX;
    for (size_t i = 0; i < d->n_statements && dim > 0 && sure == SIZE_MAX; i++) {
        sure = w403_bit(r->by, i) && w403_bit(yes, i) && d->last_dim[i] < dim ? i : SIZE_MAX;
    }
    for (size_t w = 0; w < s->words; w++) {
        uint64_t keep = sure == SIZE_MAX ? r->by[w] : w == sure / 64 ? UINT64_C(1) << sure % 64 : 0;
        keep |= w == r->of / 64 ? UINT64_C(1) << r->of % 64 : 0;
        yes[w] &= keep;
        maybe[w] &= keep;
    }
    return -1;
}

w403_status w403_relations_open(w403_relations *r, w403_arena *arena, const w403_policy *p, w403_budget *budget,
                                w403_error *err)
{
    *r = (w403_relations){.work = w403_arena_new(0)};
    r->documents = (w403_documents){
        .arena = arena, .policy = {NULL, p}, .kind = p->kind, .partition = w403_document_partition(p)};
    W403_NEED(r->work, err);
    w403_status st = w403_documents_build(&r->documents, budget, err);
    if (st != W403_OK) {
        w403_relations_close(r);
    }
    r->documents.space.leaf = leaf;
    r->documents.space.settle = settle;
    return st;
}

void w403_relations_close(w403_relations *r)
{
    w403_arena_free(r->work);
    r->work = NULL;
}

/* Which labels occur; *certain: no other one does. */
static w403_status look(w403_relations *r, size_t of, const uint64_t *by, uint64_t *labels, bool *certain,
                        w403_error *err)
{
    w403_space *s = &r->documents.space;
    w403_diagram diagram;
    w403_arena_reset(r->work);
    r->of = of;
    r->by = by;
    s->user = r; /* it may have moved since */
    s->arena = r->work;
    s->budget->nodes = 0;
    bool good = w403_search(s, &diagram);
    s->arena = r->documents.arena;
    W403_NEED(good, err);
    *labels = w403_diagram_labels(&diagram);
    *certain = diagram.whole && !r->documents.incomplete && !s->budget->spent;
    return W403_OK;
}

w403_status w403_relations_covered(w403_relations *r, size_t of, const uint64_t *by, w403_tri *out, w403_error *err)
{
    uint64_t labels;
    bool certain;
    W403_TRY(look(r, of, by, &labels, &certain, err));
    *out = labels & LABEL(ALONE) ? W403_NO : labels & LABEL(EITHER) || !certain ? W403_UNKNOWN : W403_YES;
    return W403_OK;
}

/* Does a label that is wanted occur? */
static w403_status occurs(w403_relations *r, size_t of, const uint64_t *by, uint64_t wanted, w403_tri *out,
                          w403_error *err)
{
    uint64_t labels;
    bool certain;
    W403_TRY(look(r, of, by, &labels, &certain, err));
    *out = labels & wanted ? W403_YES : labels & LABEL(EITHER) || !certain ? W403_UNKNOWN : W403_NO;
    return W403_OK;
}

w403_status w403_relations_meet(w403_relations *r, size_t a, size_t b, w403_tri *out, w403_error *err)
{
    uint64_t *by = W403_NEW_N(r->documents.arena, uint64_t, w403_relations_words(r));
    W403_NEED(by, err);
    w403_bit_set(by, b);
    return occurs(r, a, by, LABEL(TOGETHER), out, err);
}

w403_status w403_relations_alive(w403_relations *r, size_t of, w403_tri *out, w403_error *err)
{
    uint64_t *by = W403_NEW_N(r->documents.arena, uint64_t, w403_relations_words(r));
    W403_NEED(by, err);
    return occurs(r, of, by, LABEL(ALONE), out, err);
}
