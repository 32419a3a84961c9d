/* Principal and NotPrincipal (semantics 1.4, 1.5). The matcher gives classes, not a boolean: section 3 tests
 * them independently. */
#include "policy/match.h"

/* The last `/` part of an ARN's resource: the friendly name. */
static w403_view last_part(w403_view arn)
{
    size_t i = arn.n;
    while (i > 0 && arn.p[i - 1] != '/') {
        i--;
    }
    return w403_view_sub(arn, i, arn.n);
}

/* A role entry against a session whose role is known by name only (PM7): account and name must agree. */
static bool role_matches(const w403_principal_entry *e, const w403_caller *c)
{
    if (!c->path_unknown) {
        return w403_view_eq(e->text, c->principal_arn);
    }
    return w403_view_eq(e->account, c->account) && w403_view_eq(last_part(e->text), c->name);
}

static w403_tri session_matches(const w403_principal_entry *e, const w403_caller *c)
{
    if (c->kind != W403_CALLER_ROLE || !w403_view_eq(e->account, c->account)) {
        return W403_NO;
    }
    /* arn:aws:sts::A:assumed-role/Name/Session: no role path in it. */
    size_t slash = w403_view_find_char(e->text, '/');
    w403_view tail = slash == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(e->text, slash + 1, e->text.n);
    w403_view role = w403_view_cut(&tail, '/');
    if (!w403_view_eq(role, c->name)) {
        return W403_NO;
    }
    return c->session.p ? w403_bool(w403_view_eq(tail, c->session)) : W403_UNKNOWN;
}

static w403_tri account_matches(const w403_statement *st, const w403_principal_entry *e, const w403_match_request *ask)
{
    const w403_caller *c = ask->caller;
    if (!w403_caller_has_account(c) || !w403_view_eq(e->account, c->account)) {
        return W403_NO;
    }
    /* 3.7: on a gateway endpoint an account principal means its root user. */
    if (st->policy->kind == W403_POLICY_VPC_ENDPOINT && c->kind != W403_CALLER_ROOT) {
        return w403_not(ask->gateway);
    }
    return W403_YES;
}

w403_tri w403_match_principal_entry(const w403_statement *st, const w403_principal_entry *e, const w403_match_request *ask,
                                    uint16_t *cls)
{
    const w403_caller *c = ask->caller;
    switch (e->kind) {
    case W403_PE_STAR: /* PM8: service principals too */
        *cls = W403_CLASS_STAR;
        return W403_YES;
    case W403_PE_ACCOUNT:
        *cls = W403_CLASS_ACCOUNT;
        return account_matches(st, e, ask);
    case W403_PE_USER:
        *cls = c->kind == W403_CALLER_FEDERATED ? W403_CLASS_ISSUER : W403_CLASS_USER;
        if (c->kind == W403_CALLER_USER) {
            return w403_bool(w403_view_eq(e->text, c->principal_arn)); /* PM3: case counts */
        }
        if (c->kind == W403_CALLER_ORIGIN && w403_view_eq(e->account, W403_LIT("cloudfront"))) { /* N-9 */
            return c->principal_arn.p ? w403_bool(w403_view_eq(e->text, c->principal_arn)) : W403_UNKNOWN;
        }
        if (c->kind == W403_CALLER_FEDERATED) {
            return c->issuer_arn.p ? w403_bool(w403_view_eq(e->text, c->issuer_arn))
                                   : (w403_view_eq(e->account, c->account) ? W403_UNKNOWN : W403_NO);
        }
        return W403_NO;
    case W403_PE_ROLE:
        *cls = W403_CLASS_ROLE;
        return w403_bool(c->kind == W403_CALLER_ROLE && role_matches(e, c));
    case W403_PE_SESSION:
        *cls = W403_CLASS_SESSION;
        return session_matches(e, c);
    case W403_PE_FEDERATED_USER:
        *cls = W403_CLASS_SESSION;
        return w403_bool(c->kind == W403_CALLER_FEDERATED && w403_view_eq(e->text, c->arn));
    case W403_PE_UNIQUE_ID:
        *cls = c->kind == W403_CALLER_ROLE ? W403_CLASS_ROLE : W403_CLASS_USER;
        if (c->kind != W403_CALLER_ROLE && c->kind != W403_CALLER_USER) {
            return W403_NO;
        }
        /* A recreated user or role has another id: only the very id matches. */
        return c->unique_id.p ? w403_bool(w403_view_eq(e->text, c->unique_id)) : W403_UNKNOWN;
    case W403_PE_SERVICE:
        *cls = W403_CLASS_SERVICE;
        return w403_bool(c->kind == W403_CALLER_SERVICE && w403_view_eq(e->text, c->name));
    case W403_PE_CANONICAL:
        *cls = c->kind == W403_CALLER_ORIGIN ? W403_CLASS_USER : W403_CLASS_ACCOUNT;
        if (!w403_caller_has_account(c) && c->kind != W403_CALLER_ORIGIN) {
            return W403_NO;
        }
        if ((c->kind == W403_CALLER_ORIGIN) != (e->text.n == W403_ORIGIN_ID_DIGITS)) {
            return W403_NO; /* of an account the one, of an origin access identity the other */
        }
        return c->canonical_id.p ? w403_bool(w403_view_eq(e->text, c->canonical_id)) : W403_UNKNOWN;
    case W403_PE_INVALID:
        if (w403_doubt_counts(st)) {
            *cls = W403_CLASS_ANY;
            return W403_UNKNOWN;
        }
        break;
    case W403_PE_FEDERATED: /* N-8 */
        *cls = W403_CLASS_SERVICE;
        return w403_bool(c->kind == W403_CALLER_PROVIDER && w403_view_eq(e->text, c->name));
    }
    *cls = 0;
    return W403_NO;
}

/* NP3: the caller's chain from the account down to the leaf; each must be listed. */
typedef struct chain_state {
    w403_tri star, account, middle, leaf;
    bool only_accounts;
} chain_state;

static chain_state scan_list(const w403_statement *st, const w403_match_request *ask)
{
    chain_state s = {W403_NO, W403_NO, W403_NO, W403_NO, true};
    const w403_caller *c = ask->caller;
    for (uint32_t i = 0; i < st->n_principals; i++) {
        const w403_principal_entry *e = &st->principals[i];
        uint16_t cls = 0;
        w403_tri m = w403_match_principal_entry(st, e, ask, &cls);
        if (e->kind == W403_PE_STAR) {
            s.star = W403_YES;
        }
        if (e->kind != W403_PE_ACCOUNT && e->kind != W403_PE_CANONICAL) {
            s.only_accounts = false;
        }
        if (cls == W403_CLASS_ACCOUNT) {
            s.account = w403_or(s.account, m);
            if (c->kind == W403_CALLER_ROOT) {
                s.leaf = w403_or(s.leaf, m);
            }
        } else if (c->kind == W403_CALLER_ROLE && cls == W403_CLASS_ROLE) {
            s.middle = w403_or(s.middle, m);
        } else if (cls != W403_CLASS_STAR) {
            /* user, session, federated-user session or service; an issuing user is not on the chain */
            s.leaf = cls == W403_CLASS_ISSUER ? s.leaf : w403_or(s.leaf, m);
        }
    }
    return s;
}

/* Does Deny + NotPrincipal hit the caller? (1.5) */
static w403_tri not_principal_deny(const w403_statement *st, const w403_match_request *ask)
{
    const w403_caller *c = ask->caller;
    chain_state s = scan_list(st, ask);
    bool entity = c->kind == W403_CALLER_USER || c->kind == W403_CALLER_ROLE;
    if (entity && c->has_boundary == W403_YES) { /* NP2 */
        return W403_YES;
    }
    if (s.star == W403_YES) {
        return W403_NO;
    }
    w403_tri result;
    if (s.leaf == W403_NO) {
        /* NP4: the list holds nothing but accounts: AWS's pages do not settle it. */
        bool person = entity || c->kind == W403_CALLER_FEDERATED;
        bool open = s.only_accounts && st->n_principals > 0 && person && s.account != W403_NO;
        result = open ? W403_UNKNOWN : W403_YES;
    } else {
        w403_tri all = s.leaf;
        if (w403_caller_has_account(c)) {
            all = w403_and(all, s.account);
        }
        if (c->kind == W403_CALLER_ROLE) {
            all = w403_and(all, s.middle);
        }
        result = all == W403_YES ? W403_NO : W403_UNKNOWN; /* NP3: a missing ancestor may deny */
    }
    return entity && c->has_boundary == W403_UNKNOWN ? w403_or(result, W403_UNKNOWN) : result;
}

/* NP1: Allow + NotPrincipal, legal only in old stored policies: grants whoever is not listed. */
static w403_tri not_principal_allow(const w403_statement *st, const w403_match_request *ask)
{
    w403_tri listed = W403_NO;
    for (uint32_t i = 0; i < st->n_principals; i++) {
        uint16_t cls;
        listed = w403_or(listed, w403_match_principal_entry(st, &st->principals[i], ask, &cls));
    }
    return w403_not(listed);
}

void w403_match_principal(const w403_statement *st, const w403_match_request *ask, uint16_t *classes, uint16_t *maybe)
{
    *classes = 0;
    *maybe = 0;
    if (st->not_principal) {
        w403_tri t = st->effect == W403_EFFECT_DENY ? not_principal_deny(st, ask) : not_principal_allow(st, ask);
        *classes = t == W403_YES ? W403_CLASS_STAR : 0;
        *maybe = t == W403_UNKNOWN ? W403_CLASS_STAR : 0;
        return;
    }
    for (uint32_t i = 0; i < st->n_principals; i++) {
        uint16_t cls = 0;
        w403_tri t = w403_match_principal_entry(st, &st->principals[i], ask, &cls);
        if (t == W403_YES) { /* PM6: the list is an OR; keep the set of classes */
            *classes |= cls;
        } else if (t == W403_UNKNOWN) {
            *maybe |= cls;
        }
    }
    *maybe &= (uint16_t) ~*classes;
}
