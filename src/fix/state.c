/* One state of the world: its decision, the causes, and whether a change brought it nearer. */
#include "fix/change.h"

bool w403_tried_look(w403_fixer *f, w403_tried *s, w403_status *status)
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

bool w403_tried_holds(const w403_explanation *x, const w403_cause *c)
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
bool w403_tried_progress(const w403_explanation *before, const w403_tried *after, const w403_cause *cause)
{
    uint32_t hidden = strncmp(cause->id, "kms.", 4) == 0 ? 3 : 0;
    if (after->decision.verdict == W403_ALLOWED) {
        return after->decision.status != 403;
    }
    return after->decision.verdict == W403_DENIED && !w403_tried_holds(&after->explanation, cause) &&
           after->explanation.n_causes <= before->n_causes + hidden;
}
