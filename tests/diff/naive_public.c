/* Semantics 4.4: is a policy public? */
#include "naive_impl.h"

static const char *const fixing_keys[] = {
    "aws:PrincipalOrgID", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName", "aws:SourceIp", "aws:SourceArn", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceOwner",
    "aws:SourceAccount", "aws:userid", "s3:DataAccessPointArn", "s3:DataAccessPointAccount",
};

static bool holds(w403_view v, char c)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == c) {
            return true;
        }
    }
    return false;
}

static bool constant(w403_view v)
{
    bool variable = false;
    for (size_t i = 0; i + 1 < v.n; i++) {
        variable |= v.p[i] == '$' && v.p[i + 1] == '{';
    }
    return !variable && !holds(v, '*') && !holds(v, '?');
}

static bool narrow(w403_view v)
{
    w403_cidr net;
    return w403_cidr_parse(v, &net) && net.prefix >= (net.base.bits == 32 ? 8 : 32);
}

/* The name may be open if the account is not. */
static bool fixed_access_point(w403_view v)
{
    w403_view part[6];
    return n_split(v, part) == 6 && part[4].n > 0 && constant(part[4]) && constant(part[3]) && constant(part[2]) &&
           constant(part[1]);
}

static bool fixed_value(w403_view key, w403_view v)
{
    if (n_ieq(key, "aws:SourceIp")) {
        return narrow(v);
    }
    return n_ieq(key, "s3:DataAccessPointArn") ? fixed_access_point(v) : constant(v);
}

static bool fixes(n_run *run, const w403_condition *cond, const w403_access_point *ap)
{
    bool known = false;
    for (size_t i = 0; i < sizeof fixing_keys / sizeof *fixing_keys; i++) {
        known |= n_ieq(cond->key, fixing_keys[i]);
    }
    w403_operator_family f = cond->op->family;
    bool positive = !cond->op->negated && !cond->if_exists && cond->set != W403_SET_ALL &&
                    (f == W403_OP_STRING || f == W403_OP_ARN || f == W403_OP_IP);
    if (!known || !positive || cond->n_values == 0) {
        return false;
    }
    if (ap && n_ieq(cond->key, "s3:DataAccessPointArn")) {
        return false;
    }
    if (ap && n_ieq(cond->key, "s3:DataAccessPointAccount")) {
        n_open(run, "DataAccessPointAccount in an access point policy");
    }
    for (uint32_t i = 0; i < cond->n_values; i++) {
        if (!fixed_value(cond->key, cond->values[i].text.text)) {
            return false;
        }
    }
    return (f == W403_OP_IP) == n_ieq(cond->key, "aws:SourceIp");
}

static w403_tri statement_public(n_run *run, const w403_statement *st, const w403_access_point *ap)
{
    bool star = st->not_principal || (st->unread & W403_UNREAD(W403_ELEMENT_PRINCIPAL));
    if (st->effect != W403_EFFECT_ALLOW && !(st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT))) {
        return W403_NO;
    }
    for (uint32_t i = 0; i < st->n_principals; i++) {
        star |= st->principals[i].kind == W403_PE_STAR;
    }
    for (uint32_t i = 0; star && i < st->n_conditions; i++) {
        if (fixes(run, &st->conditions[i], ap)) {
            return W403_NO;
        }
    }
    return star && st->inert ? W403_UNKNOWN : n_bool(star);
}

w403_tri n_public(n_run *run, const w403_policy *p, const w403_access_point *ap)
{
    w403_tri any = W403_NO;
    if (ap && ap->vpc_only) {
        return W403_NO;
    }
    for (uint32_t i = 0; i < p->n_statements; i++) {
        any = n_or(any, statement_public(run, &p->statements[i], ap));
    }
    return any;
}
