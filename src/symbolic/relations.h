/* How the statements of one document lie to each other, over all requests: whether one matches whatever another matches,
 * whether any request is matched by both. Effects do not count: a Deny covers an Allow as an Allow does. */
#ifndef W403_SYMBOLIC_RELATIONS_H
#define W403_SYMBOLIC_RELATIONS_H

#include "symbolic/document_kind.h"
#include "symbolic/document.h"

typedef struct w403_relations {
    w403_documents documents;
    w403_arena *work;    /* of one search */
    const uint64_t *by;  /* of the question under way */
    size_t of;
} w403_relations;

/* Sorts all requests once: each question is then a search over what is there already. `p` and `arena` must outlive it;
 * what is not known stays UNKNOWN, also once the budget is spent. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_relations_open(w403_relations *r, w403_arena *arena, const w403_policy *p,
                                               w403_budget *budget, w403_error *err);
void w403_relations_close(w403_relations *r);

/* Does every request that statement `of` matches match one of `by` too? `by`: a bit a statement (symbolic/bits.h), `of`
 * itself left out. YES of a statement that matches nothing at all. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_relations_covered(w403_relations *r, size_t of, const uint64_t *by, w403_tri *out,
                                                  w403_error *err);
/* Is there a request that both match? */
W403_NODISCARD w403_status w403_relations_meet(w403_relations *r, size_t a, size_t b, w403_tri *out, w403_error *err);
/* Is there a request that the statement matches? NO: it is dead, whatever else the document says. */
W403_NODISCARD w403_status w403_relations_alive(w403_relations *r, size_t of, w403_tri *out, w403_error *err);
/* Words of a set of statements. */
static inline size_t w403_relations_words(const w403_relations *r)
{
    return r->documents.space.words;
}

#endif
