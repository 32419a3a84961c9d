/* Block Public Access: its effective settings, and what "public" means (semantics 4.3, 4.4). */
#include "base/glob.h"
#include "decide/check.h"

static bool bit_of(const w403_bpa *b, w403_bpa_bit bit)
{
    switch (bit) {
    case W403_BPA_BLOCK_ACLS:
        return b->block_public_acls;
    case W403_BPA_IGNORE_ACLS:
        return b->ignore_public_acls;
    case W403_BPA_BLOCK_POLICY:
        return b->block_public_policy;
    case W403_BPA_RESTRICT:
        return b->restrict_public_buckets;
    }
    return false;
}

static w403_tri setting(w403_call *c, const w403_bpa *b, w403_bpa_bit bit)
{
    if (b->fact.state == W403_FACT_UNKNOWN) {
        w403_settle_fact(c, &b->fact);
        return W403_UNKNOWN;
    }
    return w403_bool(b->fact.state == W403_FACT_KNOWN && bit_of(b, bit));
}

/* N-3: an S3 policy of the organization takes the place of the account's own setting, `none` included. What S3 answers for the
 * account is the effective setting already (API_control_GetPublicAccessBlock): it is right without the organization's files. */
const w403_bpa *w403_bpa_of_account(const w403_account *a)
{
    bool org = a && a->org_bpa.fact.state != W403_FACT_NONE && a->org_bpa.fact.state != W403_FACT_ABSENT;
    bool answered = a && (a->bpa.fact.state == W403_FACT_KNOWN || a->bpa.fact.state == W403_FACT_NONE);
    bool to_ask = a && a->bpa.fact.state == W403_FACT_UNKNOWN && w403_view_eq(a->bpa.fact.code, W403_NOT_COLLECTED);
    org &= a && !(a->org_bpa.fact.state == W403_FACT_UNKNOWN && (answered || to_ask));
    return !a ? NULL : org ? &a->org_bpa : &a->bpa;
}

static const w403_bpa *account_level(const w403_account *a, const char **name, const char *by_org, const char *own)
{
    const w403_bpa *level = w403_bpa_of_account(a);
    *name = level && level == &a->org_bpa ? by_org : own;
    return level;
}

w403_tri w403_bpa_effective(w403_call *c, const w403_target *t, w403_bpa_bit bit, w403_view *where)
{
    const w403_account *owner = t->bucket ? t->bucket->account : NULL;
    if (!owner && t->kind == W403_TARGET_BUCKET && t->owner.p) { /* a bucket that is being created */
        owner = w403_snapshot_account(c->snap, t->owner);
    }
    const w403_access_point *ap = t->access_point;
    const w403_account *ap_owner = ap && ap->account != owner ? ap->account : NULL;
    const char *account = NULL, *ap_account = NULL;
    const w403_bpa *of_account = account_level(owner, &account, NC_("Block Public Access", "the organization"), NC_("Block Public Access", "the account"));
    const w403_bpa *of_ap_account = account_level(ap_owner, &ap_account, NC_("Block Public Access", "the organization of the access point's account"),
                                                  NC_("Block Public Access", "the access point's account"));
    const struct {
        const w403_bpa *bpa;
        const char *name;
    } levels[] = {
        {of_account, account},
        {t->bucket ? &t->bucket->bpa : NULL, NC_("Block Public Access", "the bucket")},
        {ap ? &ap->bpa : NULL, NC_("Block Public Access", "the access point")},
        {of_ap_account, ap_account},
    };
    w403_tri any = W403_NO;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        w403_tri one = levels[i].bpa ? setting(c, levels[i].bpa, bit) : W403_NO;
        if (one == W403_YES && any != W403_YES && where) {
            *where = w403_view_of(w403_word_in(c->arena, "Block Public Access", levels[i].name));
        }
        any = w403_or(any, one);
    }
    return any;
}

/* ---- is a policy public? ---- */

static bool private_range(const w403_cidr *net)
{
    w403_view range;
    for (size_t at = 0; (range = w403_list_next(W403_LIST_PRIVATE_NETWORK, &at)).p;) {
        w403_cidr r;
        if (w403_cidr_parse(range, &r) && w403_cidr_covers(&r, net)) {
            return true;
        }
    }
    return false;
}

static bool narrow_ip(const w403_condition_value *v)
{
    w403_cidr net;
    if (!w403_cidr_parse(v->text.text, &net)) {
        return false;
    }
    return net.prefix >= (net.base.bits == 32 ? 8 : 32) || private_range(&net);
}

/* s3:DataAccessPointArn: the name may be a wildcard when the account is fixed. */
static bool fixed_access_point(w403_view v)
{
    w403_arn arn = w403_arn_split(v);
    uint64_t n;
    return arn.n == 6 && arn.part[4].n == 12 && w403_view_u64(arn.part[4], &n);
}

/* Values that AWS's page does not name as fixed, and that name one account, organization or role all the same: a role's
 * ARN with wildcards after its account, a path of the organization with `*` at its end, AROLEID:* (reading B of 4.4). */
static bool perhaps_fixed(const w403_condition *c, w403_view v)
{
    if (c->key_id == W403_KEY_AWS_PRINCIPALARN) {
        return fixed_access_point(v); /* an ARN whose account is fixed */
    }
    size_t star = w403_view_find_char(v, '*');
    bool at_end = star + 1 == v.n && w403_view_find_char(v, '?') == SIZE_MAX;
    if (c->key_id == W403_KEY_AWS_PRINCIPALORGPATHS) {
        return at_end && w403_view_starts(v, W403_LIT("o-")) && w403_view_find_char(v, '/') < star;
    }
    return c->key_id == W403_KEY_AWS_USERID && at_end && star > 1 && v.p[star - 1] == ':' &&
           w403_view_starts(v, W403_LIT("AROA"));
}

static bool fixed_value(const w403_policy *p, const w403_condition *c, const w403_condition_value *v, bool perhaps)
{
    /* Read as 4.4 writes it: the text itself must be free of `*`, `?` and `${`, whatever the operator makes of them. */
    if (w403_view_find(v->text.text, W403_LIT("${")) != SIZE_MAX) {
        return false;
    }
    if (c->key_id == W403_KEY_AWS_SOURCEIP) {
        return narrow_ip(v);
    }
    if (c->key_id == W403_KEY_S3_DATAACCESSPOINTARN) {
        /* In an access point policy this grant is public. */
        return p->kind != W403_POLICY_ACCESS_POINT && fixed_access_point(v->text.text);
    }
    if (c->key_id == W403_KEY_S3_DATAACCESSPOINTACCOUNT && p->kind == W403_POLICY_ACCESS_POINT) {
        return false;
    }
    if (c->key_id == W403_KEY_AWS_PRINCIPALISAWSSERVICE) {
        return w403_view_ieq(v->text.text, W403_LIT("true"));
    }
    return !w403_has_wildcard(v->text.text) || (perhaps && perhaps_fixed(c, v->text.text));
}

/* `perhaps`: with what AWS's page does not name (W403_OPEN_PUBLIC_KEYS). */
static bool fixes(const w403_policy *p, const w403_condition *c, bool perhaps)
{
    bool positive = !c->op->negated && !c->if_exists && c->set != W403_SET_ALL && c->op->family != W403_OP_NULL;
    w403_view key = c->key;
    bool listed = w403_list_has(W403_LIST_PUBLIC_FIXING_KEY, key) ||
                  (perhaps && w403_list_has(W403_LIST_PUBLIC_PERHAPS_FIXING_KEY, key));
    if (!positive || !listed || c->n_values == 0) {
        return false;
    }
    for (uint32_t i = 0; i < c->n_values; i++) {
        if (!fixed_value(p, c, &c->values[i], perhaps)) {
            return false;
        }
    }
    return true;
}

static bool names_everyone(const w403_statement *st)
{
    if (st->not_principal) {
        return true;
    }
    for (uint32_t i = 0; i < st->n_principals; i++) {
        if (st->principals[i].kind == W403_PE_STAR) {
            return true;
        }
    }
    return false;
}

static w403_tri statement_is_public(const w403_statement *st, bool perhaps)
{
    bool everyone = names_everyone(st) || (st->unread & W403_UNREAD(W403_ELEMENT_PRINCIPAL));
    bool allows = st->effect == W403_EFFECT_ALLOW || (st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT));
    if (!allows || !everyone) {
        return W403_NO;
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (fixes(st->policy, &st->conditions[i], perhaps)) {
            return W403_NO;
        }
    }
    return st->inert ? W403_UNKNOWN : W403_YES; /* a statement that AWS would not have stored may be anything */
}

w403_tri w403_statement_is_public(const w403_statement *st)
{
    return statement_is_public(st, false);
}

static w403_tri policy_is_public(const w403_policy *p, bool perhaps, const w403_statement **why)
{
    w403_tri any = W403_NO;
    for (uint32_t i = 0; p && i < p->n_statements && any != W403_YES; i++) {
        w403_tri is = statement_is_public(&p->statements[i], perhaps);
        any = w403_or(any, is);
        if (is == W403_YES && why) {
            *why = &p->statements[i];
        }
    }
    return any;
}

w403_tri w403_policy_is_public(const w403_policy *p, const w403_statement **why)
{
    return policy_is_public(p, false, why);
}

w403_tri w403_policy_is_public_for(w403_call *c, const w403_policy *p)
{
    w403_tri listed = policy_is_public(p, false, NULL);
    w403_tri perhaps = listed == W403_NO ? W403_NO : policy_is_public(p, true, NULL);
    return listed != perhaps && w403_other_answer(c, W403_OPEN_PUBLIC_KEYS) ? perhaps : listed;
}

static w403_tri public_policy(const w403_check_work *w)
{
    const w403_target *t = w->target;
    const w403_access_point *ap = t->access_point;
    w403_tri any = W403_NO;
    if (t->bucket) {
        any = t->bucket->policy_fact.state == W403_FACT_UNKNOWN ? W403_UNKNOWN
                                                                : w403_policy_is_public_for(w->call, t->bucket->policy);
    }
    if (ap && !ap->vpc_only) { /* a VPC-origin access point is never public */
        any = w403_or(any, ap->policy_fact.state == W403_FACT_UNKNOWN ? W403_UNKNOWN
                                                                      : w403_policy_is_public_for(w->call, ap->policy));
    }
    return any;
}

/* RestrictPublicBuckets: with a public policy only AWS services and the owner's account keep access (4.3). */
w403_tri w403_bpa_restricts(w403_check_work *w)
{
    const w403_target *t = w->target;
    const w403_caller *who = &w->call->caller;
    if (!t->bucket || w->kms_leg || who->kind == W403_CALLER_SERVICE || w->same_account == W403_YES) {
        return W403_NO;
    }
    const w403_access_point *ap = t->access_point;
    bool own_bucket = who->account.p && t->bucket->account && w403_view_eq(who->account, t->bucket->account->id);
    bool own_ap = who->account.p && ap && w403_view_eq(who->account, ap->account_id);
    if (own_bucket || own_ap) {
        return W403_NO;
    }
    w403_tri is_public = public_policy(w);
    if (is_public == W403_NO) {
        return W403_NO;
    }
    w403_tri on = w403_bpa_effective(w->call, t, W403_BPA_RESTRICT, NULL);
    if (on == W403_NO && t->bucket->bpa.fact.state == W403_FACT_ABSENT) {
        w403_assume(w->call, "Block Public Access is off for bucket {bucket}: {file} is not in the snapshot", W403_P("bucket", t->bucket->name), W403_P("file", t->bucket->bpa.fact.path));
    }
    /* Whether an origin access identity counts as a service of AWS there is not said. */
    w403_tri cut_off = who->kind == W403_CALLER_ORIGIN ? W403_UNKNOWN : W403_YES;
    return w403_and(w403_and(on, is_public), cut_off);
}
