/* S3 operations and the conditions under which they need a permission. */
#include "catalog/tables.h"

const w403_operation *w403_operation_find(w403_view name)
{
    uint32_t row = w403_index_find(&w403_t_operation_index, name);
    return row == W403_INDEX_NONE ? NULL : &w403_t_operations[row];
}

const w403_operation *w403_operation_at(uint16_t id)
{
    return id < W403_OPERATION_COUNT ? &w403_t_operations[id] : NULL;
}

const w403_operation *w403_operation_of(w403_view model, w403_view name)
{
    for (uint32_t probe = 0;;) {
        uint32_t row = w403_index_next(&w403_t_operation_index, name, &probe);
        if (row == W403_INDEX_NONE)
            return NULL;
        if (w403_view_ieq(model, w403_view_of(w403_t_operations[row].model)))
            return &w403_t_operations[row];
    }
}

const w403_operation *w403_operation_next(w403_view *list)
{
    while (list->n != 0) {
        w403_view word = w403_view_cut(list, ' '), name = word;
        if (word.n != 0 && word.p[0] == '(') { /* a remark: (source side) */
            while (list->n != 0 && (word.n == 0 || word.p[word.n - 1] != ')'))
                word = w403_view_cut(list, ' ');
            continue;
        }
        size_t paren = w403_view_find_char(name, '('); /* ListObjectsV2(both) */
        if (paren != SIZE_MAX)
            name = w403_view_sub(name, 0, paren);
        size_t colon = w403_view_find_char(name, ':');
        const w403_operation *op =
            colon == SIZE_MAX ? w403_operation_find(name)
                              : w403_operation_of(w403_view_sub(name, 0, colon),
                                                  w403_view_sub(name, colon + 1, name.n));
        if (op != NULL)
            return op;
    }
    return NULL;
}

const w403_predicate *w403_predicate_at(uint16_t id)
{
    return id < W403_PREDICATE_COUNT ? &w403_t_predicates[id] : NULL;
}

/* Kleene's three values: unknown stays unknown only where the other side does not settle it. */
static w403_tri both(w403_tri a, w403_tri b)
{
    if (a == W403_NO || b == W403_NO)
        return W403_NO;
    return a == W403_YES && b == W403_YES ? W403_YES : W403_UNKNOWN;
}

static w403_tri negated(w403_tri a)
{
    return a == W403_UNKNOWN ? W403_UNKNOWN : a == W403_YES ? W403_NO : W403_YES;
}

w403_tri w403_when_eval(const uint16_t *program, w403_when_fn *fn, void *user)
{
    w403_tri stack[W403_WHEN_STACK + 1] = {W403_YES};
    size_t   n = 0;
    if (program == NULL)
        return W403_YES;
    for (; *program != W403_WHEN_END; program++) {
        const w403_predicate *p;
        if (*program >= W403_WHEN_PRED) {
            p = w403_predicate_at((uint16_t)(*program - W403_WHEN_PRED));
            if (p == NULL || n == W403_WHEN_STACK)
                return W403_UNKNOWN;
            stack[n++] = fn(user, p);
        } else if (*program == W403_WHEN_NOT && n >= 1) {
            stack[n - 1] = negated(stack[n - 1]);
        } else if (*program == W403_WHEN_AND && n >= 2) {
            n--;
            stack[n - 1] = both(stack[n - 1], stack[n]);
        } else if (*program == W403_WHEN_OR && n >= 2) {
            n--;
            stack[n - 1] = negated(both(negated(stack[n - 1]), negated(stack[n])));
        } else {
            return W403_UNKNOWN; /* INVARIANT: the generator writes no such program */
        }
    }
    return n == 1 ? stack[0] : W403_UNKNOWN;
}
