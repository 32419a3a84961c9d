/* Operations of the tables, found by what an HTTP request, a log or an event says. */
#include "evidence/target.h"

/* One term of `identified_by`: a query parameter (with a value), or a header. */
static bool term_holds(w403_view term, const w403_pairs *query, const w403_pairs *headers, bool *understood)
{
    *understood = true;
    bool header = w403_view_starts(term, W403_LIT("header "));
    if (header) {
        term = w403_view_sub(term, 7, term.n);
    } else if (w403_view_find_char(term, ' ') < term.n || w403_view_find_char(term, '/') < term.n) {
        *understood = false; /* a host, a content type: not a matter of method and query */
        return false;
    }
    w403_view value = term;
    w403_view name = w403_view_cut(&value, '=');
    const w403_pairs *list = header ? headers : query;
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_ieq(list->at[i].name, name) && (!value.p || w403_view_eq(list->at[i].value, value))) {
            return true;
        }
    }
    return false;
}

const w403_operation *w403_operation_of_http(w403_view method, const w403_target *t, const w403_pairs *query,
                                             const w403_pairs *headers)
{
    static const w403_pairs none = {NULL, 0, 0};
    const char *kind = !t->bucket.n ? "service" : t->key.n ? "object" : "bucket";
    const w403_operation *best = NULL;
    unsigned best_terms = 0;
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        if (strcmp(op->model, "s3") != 0 && strcmp(op->model, "s3-js") != 0) {
            continue;
        }
        if (!w403_view_eq(method, w403_view_of(op->method)) || strcmp(op->resource_kind, kind) != 0) {
            continue;
        }
        w403_view rest = w403_view_of(op->identified_by);
        unsigned  terms = 0;
        bool      all = true, understood = true;
        if (rest.n == 0) {
            rest = (w403_view){NULL, 0};
        }
        while (rest.p && all) {
            all = term_holds(w403_view_cut(&rest, '&'), query ? query : &none, headers ? headers : &none, &understood);
            terms++;
        }
        /* >=: of the deprecated aliases the later, longer-named one is today's */
        if (all && understood && (!best || terms > best_terms ||
                                  (terms == best_terms && strlen(op->name) > strlen(best->name)))) {
            best = op;
            best_terms = terms;
        }
    }
    return best;
}

const w403_operation *w403_operation_next_plain(w403_view *list)
{
    const w403_operation *op = w403_operation_next(list);
    while (op && strcmp(op->model, "rest") == 0) {
        const w403_operation *next = w403_operation_next(list);
        if (!next) {
            break;
        }
        op = next;
    }
    return op;
}

const w403_permission *w403_operation_needs(const w403_operation *op, w403_view action)
{
    for (uint16_t i = 0; i < op->n_permissions; i++) {
        if (w403_view_ieq(w403_view_of(op->permissions[i].action), action)) {
            return &op->permissions[i];
        }
    }
    return NULL;
}
