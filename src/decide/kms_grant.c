/* KMS grants: they allow beside the key policy, within their operations and constraints (semantics 5, KM4). */
#include "decide/check.h"

static bool grantee_is(const w403_caller *who, w403_view grantee)
{
    if (who->kind == W403_CALLER_SERVICE) {
        return w403_view_eq(grantee, who->name);
    }
    return who->kind != W403_CALLER_ANONYMOUS &&
           (w403_view_eq(grantee, who->arn) || w403_view_eq(grantee, who->principal_arn));
}

static bool lists_operation(const w403_kms_grant *g, w403_view action)
{
    w403_view name = action;
    w403_view_cut(&name, ':');
    for (uint32_t i = 0; i < g->n_operations; i++) {
        if (w403_view_ieq(g->operations[i], name)) {
            return true;
        }
    }
    return false;
}

/* One pair of a constraint against the call's encryption context. */
static w403_tri pair_holds(const w403_check_work *w, const w403_tag *pair)
{
    if (!w->kms_leg) {
        return W403_UNKNOWN; /* the context of a direct call was not said */
    }
    if (w403_view_eq(pair->key, W403_LIT("aws:s3:arn"))) {
        return w->encryption_context.p ? w403_bool(w403_view_eq(pair->value, w->encryption_context)) : W403_UNKNOWN;
    }
    bool more = w403_call_header(w->call, W403_LIT("x-amz-server-side-encryption-context")).p != NULL;
    return more ? W403_UNKNOWN : W403_NO;
}

static w403_tri constraints_hold(const w403_check_work *w, const w403_kms_grant *g)
{
    w403_tri all = W403_YES;
    for (uint32_t i = 0; g->has_subset && i < g->n_subset; i++) {
        all = w403_and(all, pair_holds(w, &g->subset[i]));
    }
    for (uint32_t i = 0; g->has_equals && i < g->n_equals; i++) {
        all = w403_and(all, pair_holds(w, &g->equals[i]));
    }
    /* Equals: no pair beyond the listed ones. S3 sends aws:s3:arn. */
    if (g->has_equals && w->kms_leg && g->n_equals != 1) {
        bool more = w403_call_header(w->call, W403_LIT("x-amz-server-side-encryption-context")).p != NULL;
        all = w403_and(all, more ? W403_UNKNOWN : W403_NO);
    }
    return all;
}

void w403_kms_grants_eval(w403_check_work *w)
{
    const w403_kms_key *k = w->target->kms;
    if (k->n_grants == 0 && k->grants_fact.state != W403_FACT_UNKNOWN) {
        return;
    }
    w403_layer *l = w403_layer_add(w, W403_LAYER_GRANT);
    l->source = k->grants_fact.path;
    const w403_caller *who = &w->call->caller;
    for (uint32_t i = 0; i < k->n_grants; i++) {
        const w403_kms_grant *g = &k->grants[i];
        if (grantee_is(who, g->grantee) && lists_operation(g, w->action)) {
            uint16_t cls = who->kind == W403_CALLER_ROLE      ? W403_CLASS_SESSION
                           : who->kind == W403_CALLER_SERVICE ? W403_CLASS_SERVICE
                                                              : W403_CLASS_USER;
            w403_layer_grant(w, l, g, cls, constraints_hold(w, g));
        }
    }
    if (k->grants_fact.state == W403_FACT_UNKNOWN) {
        l->allow = w403_or(l->allow, W403_UNKNOWN);
        l->maybe_classes |= W403_CLASS_USER | W403_CLASS_SESSION;
        l->unknown = k->grants_fact.code;
        w403_want(w->call, k->grants_fact.path);
    }
    w403_layer_close(l);
}
