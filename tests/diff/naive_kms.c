/* Semantics 5: grants of a KMS key. */
#include "naive_impl.h"

static bool covers(const w403_kms_grant *g, w403_view action)
{
    w403_view name = w403_view_sub(action, 4, action.n); /* behind kms: */
    for (uint32_t i = 0; i < g->n_operations; i++) {
        if (n_same(g->operations[i], name)) {
            return true;
        }
    }
    return false;
}

static bool grantee(const n_who *w, w403_view who)
{
    switch (w->kind) {
    case N_USER: return n_same(who, w->arn);
    case N_ROLE: return n_same(who, w->entity_arn) || n_same(who, w->arn);
    case N_FEDERATED: return n_same(who, w->arn);
    case N_ROOT: return n_same(who, w->arn);
    case N_SERVICE: return n_same(who, w->name);
    case N_ANONYMOUS:
    case N_ORIGIN:
    case N_PROVIDER: return false;
    }
    return false;
}

static bool pair_is_there(const n_check *c, const w403_tag *pair)
{
    return n_eq(pair->key, "aws:s3:arn") && n_same(pair->value, c->context_arn);
}

static w403_tri constraints(n_check *c, const w403_kms_grant *g)
{
    bool all = true;
    if (!g->has_equals && !g->has_subset) {
        return W403_YES;
    }
    if (!c->context_arn.p) {
        n_open(c->run, "constraints of a grant without an encryption context");
        return W403_UNKNOWN;
    }
    for (uint32_t i = 0; i < g->n_equals; i++) {
        all &= pair_is_there(c, &g->equals[i]);
    }
    for (uint32_t i = 0; i < g->n_subset; i++) {
        all &= pair_is_there(c, &g->subset[i]);
    }
    return n_bool(all && (!g->has_equals || g->n_equals == 1));
}

w403_tri n_kms_grant(n_check *c)
{
    w403_tri any = W403_NO;
    if (c->key->grants_fact.state == W403_FACT_UNKNOWN) {
        return W403_UNKNOWN;
    }
    for (uint32_t i = 0; i < c->key->n_grants; i++) {
        const w403_kms_grant *g = &c->key->grants[i];
        if (grantee(&c->run->who, g->grantee) && covers(g, c->action)) {
            any = n_or(any, constraints(c, g));
        }
    }
    return any;
}
