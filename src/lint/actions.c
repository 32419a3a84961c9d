/* Action and NotAction: do the names exist (A3, A4)? */
#include <stdlib.h>

#include "base/glob.h"
#include "base/nearest.h"
#include "lint/check.h"

/* The nearest name of the service at a distance of at most two, or the permission of an API call of that name. */
static w403_view nearest_action(w403_lint_run *l, uint32_t service, w403_view prefix, w403_view name)
{
    uint32_t first, end, best = W403_REF_NONE;
    unsigned distance = 3;
    if (w403_lint_full(l))
        return (w403_view){NULL, 0};
    w403_ref_actions(service, &first, &end);
    const w403_operation *op = w403_operation_find(name);
    if (op && op->n_permissions && w403_view_ieq(prefix, W403_LIT("s3")))
        return w403_view_of(op->permissions[0].action);
    for (uint32_t i = first; i < end; i++) {
        unsigned d = w403_edit_distance(name, w403_ref_action_name(i), distance - 1);
        if (d < distance) {
            distance = d;
            best = i;
        }
    }
    if (best == W403_REF_NONE)
        return (w403_view){NULL, 0};
    w403_view full = w403_arena_printf(l->arena, "%.*s:%.*s", W403_ARG(w403_ref_service_prefix(service)),
                                       W403_ARG(w403_ref_action_name(best)));
    l->nomem = l->nomem || !full.p;
    return full;
}

static w403_view nearest_service(const w403_lint_run *l, w403_view prefix)
{
    unsigned distance = 3;
    w403_view best = {NULL, 0};
    for (uint32_t i = 0; i < w403_ref_service_count() && !w403_lint_full(l); i++) {
        unsigned d = w403_edit_distance(prefix, w403_ref_service_prefix(i), distance - 1);
        if (d < distance) {
            distance = d;
            best = w403_ref_service_prefix(i);
        }
    }
    return best;
}

static void one(w403_lint_run *l, const w403_json *v)
{
    w403_view text = v->text;
    size_t colon = w403_view_find_char(text, ':');
    if (w403_view_find(text, W403_LIT("${")) != SIZE_MAX) {
        w403_lint_value(l, W403_L_VARIABLE_UNSUPPORTED_IN_ELEMENT, v, NULL);
        return;
    }
    if (w403_view_eq(text, W403_LIT("*")))
        return;
    if (colon == SIZE_MAX) {
        w403_lint_value(l, W403_L_INVALID_ACTION, v, W403_LINT_WORDS({"action", text}));
        return;
    }
    w403_view prefix = w403_view_sub(text, 0, colon), name = w403_view_sub(text, colon + 1, text.n);
    if (w403_has_wildcard(prefix)) {
        w403_lint_value(l, W403_L_WILDCARD_IN_SERVICE_NAME, v, NULL);
        return;
    }
    uint32_t service = w403_lint_service_of(l, prefix);
    if (service == W403_REF_NONE) {
        w403_lint_value(l, W403_L_INVALID_SERVICE_IN_ACTION, v,
                        W403_LINT_WORDS({"s", prefix}, {"X", nearest_service(l, prefix)}));
    } else if (!w403_ref_service_retired(service) && w403_ref_action_match(service, name, 0) == W403_REF_NONE) {
        w403_lint_value(l, W403_L_INVALID_ACTION, v,
                        W403_LINT_WORDS({"action", text}, {"X", nearest_action(l, service, prefix, name)}));
    }
}

void w403_lint_actions(w403_lint_run *l, const w403_lint_statement *st)
{
    w403_lint_element(l, st->action, one, W403_L_EMPTY_ARRAY_ACTION, W403_L_REDUNDANT_ACTION);
    w403_lint_element(l, st->not_action, one, W403_L_EMPTY_ARRAY_ACTION, W403_L_REDUNDANT_ACTION);
}
