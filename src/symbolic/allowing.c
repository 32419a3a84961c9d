#include "symbolic/allowing.h"

#include "policy/match.h"

bool w403_speaks_outside(const w403_statement *st, w403_view account)
{
    bool anybody = !st->has_principal || st->not_principal || (st->unread & W403_UNREAD(W403_ELEMENT_PRINCIPAL));
    for (uint32_t i = 0; i < st->n_principals && !anybody; i++) {
        const w403_principal_entry *e = &st->principals[i];
        bool person = e->kind == W403_PE_ACCOUNT || e->kind == W403_PE_USER || e->kind == W403_PE_ROLE ||
                      e->kind == W403_PE_SESSION || e->kind == W403_PE_FEDERATED_USER;
        anybody = !person || !account.n || !w403_view_eq(e->account, account);
    }
    return anybody;
}

bool w403_lets_out(const w403_policy *p, uint16_t action, w403_view account)
{
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        if (w403_allow_names(&p->statements[i], action) && w403_speaks_outside(&p->statements[i], account)) {
            return true;
        }
    }
    return false;
}

/* No key is known: a variable may hold anything. */
static void anything(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    (void)c, (void)id, (void)name, (void)param;
    *out = (w403_key_value){W403_UNKNOWN, NULL, 0};
}

static bool allows(const w403_policy *p, uint16_t action, const w403_arn *resource)
{
    const w403_context ctx = {.get = anything};
    const w403_match_request ask = {.context = &ctx, .action_id = action, .resource = resource, .gateway = W403_UNKNOWN};
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        bool variable = false;
        for (uint32_t k = 0; k < st->n_resources; k++) {
            variable |= st->resources[k].whole.has_variable;
        }
        if (w403_allow_names(st, action) && (variable || w403_match_resource(st, &ask) != W403_NO)) {
            return true;
        }
    }
    return false;
}

bool w403_policy_may_allow(const w403_policy *p, uint16_t action, w403_view resource)
{
    const w403_arn arn = w403_arn_split(resource);
    return allows(p, action, &arn);
}

bool w403_may_allow(const w403_asker *who, const w403_bucket *b, uint16_t action, w403_view resource)
{
    const w403_entity *e = who->entity;
    bool known = who->kind == W403_ASKER_KNOWN && e && e->n_missing == 0;
    bool no_acls = b && b->ownership == W403_OWNER_ENFORCED && b->ownership_fact.state != W403_FACT_UNKNOWN;
    const w403_arn arn = w403_arn_split(resource);
    if (!known || !no_acls || !b->account || b->policy_fact.state == W403_FACT_UNKNOWN || allows(b->policy, action, &arn)) {
        return true;
    }
    for (uint32_t i = 0; i < e->identity.n; i++) {
        if (allows(e->identity.at[i], action, &arn)) {
            return true;
        }
    }
    return false;
}
