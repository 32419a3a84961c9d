/* One statement against one request: Principal, Action, Resource, Condition, all of them (semantics 3.1). */
#include "base/glob.h"
#include "catalog/catalog.h"
#include "policy/match.h"
#include "policy/pattern.h"

static bool unread(const w403_statement *st, w403_element element)
{
    return st->unread & W403_UNREAD(element);
}

static w403_tri match_name(const w403_statement *st, w403_view action)
{
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < st->n_actions && any != W403_YES; i++) {
        const w403_action_pattern *a = &st->actions[i];
        bool is = a->bare ? w403_action_may_be(a, action) : a->valid && w403_iglob(a->text, action); /* A1, A4 */
        any = !is ? any : a->open || a->bare ? W403_UNKNOWN : W403_YES;
    }
    return st->not_action ? w403_not(any) : any; /* A2 */
}

w403_tri w403_match_action_id(const w403_statement *st, uint16_t id)
{
    if (!((st->catalog_actions[id >> 6] >> (id & 63)) & 1)) {
        return W403_NO;
    }
    return st->open_actions ? match_name(st, w403_view_of(w403_action_at(id)->name)) : W403_YES;
}

w403_tri w403_match_action(const w403_statement *st, const w403_match_request *ask)
{
    if (unread(st, W403_ELEMENT_ACTION)) {
        return W403_UNKNOWN;
    }
    if (st->not_action && ask->context && (ask->context->rules & W403_RULE_NOT_ACTION_IS_NO)) {
        return W403_NO;
    }
    return ask->action_id != W403_ACTION_NONE ? w403_match_action_id(st, ask->action_id) : match_name(st, ask->action);
}

w403_tri w403_match_conditions(const w403_statement *st, const w403_context *ctx)
{
    w403_tri all = unread(st, W403_ELEMENT_CONDITION) ? W403_UNKNOWN : W403_YES;
    for (uint32_t i = 0; i < st->n_conditions && all != W403_NO; i++) {
        all = w403_and(all, w403_match_condition(&st->conditions[i], ctx));
    }
    return all;
}

static w403_tri principal_of(const w403_statement *st, const w403_match_request *ask, w403_outcome *out)
{
    if (unread(st, W403_ELEMENT_PRINCIPAL)) {
        out->maybe = W403_CLASS_ANY;
        return W403_UNKNOWN;
    }
    if (!st->has_principal) {
        return W403_YES; /* identity-side policies have none (G10) */
    }
    w403_match_principal(st, ask, &out->classes, &out->maybe);
    return out->classes ? W403_YES : out->maybe ? W403_UNKNOWN : W403_NO;
}

/* A statement whose other elements are unknown matched in none of its classes for certain. */
static void settle_classes(w403_outcome *out)
{
    if (out->verdict == W403_NO) {
        out->classes = out->maybe = 0;
    } else if (out->verdict == W403_UNKNOWN) {
        out->maybe |= out->classes;
        out->classes = 0;
    }
}

w403_outcome w403_statement_match(const w403_statement *st, const w403_match_request *ask)
{
    w403_outcome out = {W403_NO, 0, 0, W403_ELEMENT_NONE, 0};
    w403_tri action = w403_match_action(st, ask);
    if (action == W403_NO) {
        return out;
    }
    w403_tri resource = w403_match_resource(st, ask);
    if (resource == W403_NO) {
        return out;
    }
    w403_tri principal = principal_of(st, ask, &out);
    if (principal == W403_NO) {
        return out;
    }
    w403_tri condition = w403_match_conditions(st, ask->context);
    /* Unknown classes do not make the others unknown: a certain class stays certain. */
    out.verdict = w403_and(w403_and(w403_and(action, resource), condition), principal);
    out.verdict = st->inert ? w403_and(out.verdict, W403_UNKNOWN) : out.verdict;
    settle_classes(&out);
    return out;
}

w403_outcome w403_statement_explain(const w403_statement *st, const w403_match_request *ask)
{
    w403_outcome out = {W403_NO, 0, 0, W403_ELEMENT_NONE, 0};
    const struct {
        w403_element element;
        w403_tri verdict;
    } parts[] = {
        {W403_ELEMENT_ACTION, w403_match_action(st, ask)},
        {W403_ELEMENT_RESOURCE, w403_match_resource(st, ask)},
        {W403_ELEMENT_PRINCIPAL, principal_of(st, ask, &out)},
        {W403_ELEMENT_CONDITION, w403_match_conditions(st, ask->context)},
    };
    out.verdict = W403_YES;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        out.verdict = w403_and(out.verdict, parts[i].verdict);
        bool failed = parts[i].verdict == W403_NO;
        if (failed && out.failures++ == 0) {
            out.failed = parts[i].element;
        }
        if (parts[i].verdict == W403_UNKNOWN && out.failures == 0 && out.failed == W403_ELEMENT_NONE) {
            out.failed = parts[i].element;
        }
    }
    if (st->inert) { /* what is wrong with all of it comes before what does not fit */
        out.failed = W403_ELEMENT_STATEMENT;
        out.failures = out.verdict == W403_NO;
        out.verdict = w403_and(out.verdict, W403_UNKNOWN);
    }
    settle_classes(&out);
    return out;
}

bool w403_statement_names_service(const w403_statement *st, w403_view action)
{
    w403_view service = w403_view_cut(&action, ':');
    bool named = st->not_action;
    for (uint32_t i = 0; i < st->n_actions && !named; i++) {
        w403_view text = st->actions[i].text;
        named = w403_iglob(w403_view_cut(&text, ':'), service);
    }
    return named;
}

bool w403_statement_lists_actions(const w403_statement *st)
{
    bool all = !st->not_action;
    for (uint32_t i = 0; i < st->n_actions && all; i++) {
        all = !w403_has_wildcard(st->actions[i].text);
    }
    return all;
}
