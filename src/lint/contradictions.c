/* Two conditions on one key that exclude each other: the statement does nothing. Proved value by value (proofs.c). */
#include "lint/proofs.h"

static bool has_variable(const w403_lint_condition *c)
{
    W403_LINT_EACH_SCALAR(v, c->node) {
        if (w403_view_find(v->text, W403_LIT("${")) != SIZE_MAX)
            return true;
    }
    return false;
}

/* One value is asked of: a set qualifier, or a key of several, lets different values fulfil the two. */
static bool judged(const w403_lint_condition *c)
{
    return c->op && c->set == W403_SET_NONE && !c->multi && !has_variable(c);
}

void w403_lint_contradictions(w403_lint_run *l, const w403_lint_statement *st)
{
    if (!w403_lint_wants(l, W403_L_OWN_CONDITIONS_CONTRADICT))
        return;
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *b = &st->conditions[i];
        for (uint32_t k = 0; k < i; k++) {
            const w403_lint_condition *a = &st->conditions[k];
            if (a->block == b->block || !w403_view_ieq(a->key, b->key) || !judged(a) || !judged(b) ||
                !w403_lint_exclude(l, st, a, b)) /* twice in one block is told elsewhere */
                continue;
            w403_lint_place at[] = {w403_lint_at_key(a->node), w403_lint_at_key(b->node)};
            w403_lint_add(l, W403_L_OWN_CONDITIONS_CONTRADICT, at, 2, NULL);
        }
    }
}
