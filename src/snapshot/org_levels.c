/* What the organization means for each account: its path, and the policies of every level on it (semantics 3.6). */
#include "base/array.h"
#include "base/limits.h"
#include "snapshot/organization.h"

/* AWS nests OUs five deep below the root; more is a broken file, and the bound keeps cycles finite. */
enum { MAX_LEVELS = W403_LIMIT_ORG_LEVELS };

typedef W403_ARRAY(const w403_policy *) policy_list;

/* Sorts the policies of one target into its level. */
static w403_status attach(w403_loader *ld, w403_view id, w403_org_level *level, policy_list *scps, policy_list *rcps,
                          w403_error *err)
{
    const w403_org_policy *p;
    W403_TRY(w403_org_policy_of(ld, id, &p, err));
    if (p->type == W403_ORG_UNKNOWN) {
        level->scp_fact.state = level->rcp_fact.state = W403_FACT_UNKNOWN;
        level->scp_fact.path = level->rcp_fact.path = p->path;
    } else if ((p->type == W403_ORG_SCP || p->type == W403_ORG_RCP) && p->policy) {
        const w403_policy **slot = W403_PUSH(ld->a, p->type == W403_ORG_SCP ? scps : rcps);
        W403_NEED(slot, err);
        *slot = p->policy;
    }
    return W403_OK;
}

static w403_status fill_level(w403_loader *ld, w403_org_level *level, w403_error *err)
{
    const w403_org_target *target = w403_map_get(&ld->org->attached, level->id);
    policy_list            scps = {0}, rcps = {0};
    bool                   has_full_rcp = false;
    for (uint32_t i = 0; target && i < target->n; i++) {
        W403_TRY(attach(ld, target->policies[i], level, &scps, &rcps, err));
        has_full_rcp |= w403_view_eq(target->policies[i], W403_LIT("p-RCPFullAWSAccess"));
    }
    if (target && target->unread.state == W403_FACT_UNKNOWN) {
        level->scp_fact = level->rcp_fact = target->unread;
    }
    if (scps.n == 0 && level->scp_fact.state != W403_FACT_UNKNOWN) { /* 3.6: a gap in the snapshot, no Allow */
        level->scp_fact.state = W403_FACT_UNKNOWN;
        level->scp_fact.code =
            ld->s->org.roots.state == W403_FACT_KNOWN
                ? W403_LIT("no service control policy is attached here, not even FullAWSAccess")
                : W403_LIT("no service control policy is attached here, not even FullAWSAccess; if that type of policy is "
                           "switched off, organization/roots.json says so");
    }
    if (!has_full_rcp) { /* 3.6: always attached, cannot be detached */
        W403_TRY(attach(ld, W403_LIT("p-RCPFullAWSAccess"), level, &scps, &rcps, err));
    }
    level->scps = w403_policy_set_of(ld, scps.at, (uint32_t)scps.n);
    level->rcps = w403_policy_set_of(ld, rcps.at, (uint32_t)rcps.n);
    return W403_OK;
}

/* N-7: a type of policy that is not enabled at the root is not in force, whatever is attached. */
static void of_type(const w403_organization *org, w403_tri on, w403_policy_set *set, w403_fact *fact)
{
    if (on == W403_NO) {
        *set = (w403_policy_set){NULL, 0, NULL};
        *fact = (w403_fact){.state = W403_FACT_ABSENT, .path = org->roots.path};
    }
}

static void by_type(const w403_organization *org, w403_org_level *level)
{
    of_type(org, org->scps_on, &level->scps, &level->scp_fact);
    of_type(org, org->rcps_on, &level->rcps, &level->rcp_fact);
}

/* The level of one root, OU or account; "" is the part of the path that parents.json does not tell. */
static w403_status level_of(w403_loader *ld, w403_view id, w403_org_level *out, w403_error *err)
{
    const w403_fact *attachments = &ld->s->org.attachments;
    w403_org_level  *level = w403_map_get(&ld->org->levels, id);
    if (level) {
        *out = *level;
        return W403_OK;
    }
    level = W403_NEW(ld->a, w403_org_level);
    W403_NEED(level, err);
    level->id = id;
    level->scp_fact = level->rcp_fact = *attachments;
    if (attachments->state == W403_FACT_KNOWN && id.n == 0) {
        level->scp_fact = level->rcp_fact = ld->org->parents;
        level->scp_fact.state = level->rcp_fact.state = W403_FACT_UNKNOWN;
    } else if (attachments->state == W403_FACT_KNOWN) {
        W403_TRY(fill_level(ld, level, err));
    }
    by_type(&ld->s->org, level);
    W403_NEED(w403_map_put(ld->a, &ld->org->levels, id, level), err);
    *out = *level;
    return W403_OK;
}

/* From the account up to its root; "" in place of what is not known. */
static size_t path_up(const w403_loader *ld, w403_view account, w403_view *up)
{
    size_t n = 0;
    for (w403_view at = account; n < MAX_LEVELS - 1;) {
        up[n++] = at;
        if (w403_view_starts(at, W403_LIT("r-"))) {
            return n;
        }
        const w403_view *parent = w403_map_get(&ld->org->parent_of, at);
        bool             seen = false;
        for (size_t i = 0; parent && i < n; i++) {
            seen |= w403_view_eq(up[i], *parent);
        }
        if (!parent || seen) {
            break;
        }
        at = *parent;
    }
    up[n++] = W403_LIT("");
    return n;
}

/* aws:PrincipalOrgPaths: o-id/r-id/ou-id/.../ (without the account). */
static w403_status org_path(w403_loader *ld, const w403_view *up, size_t n, w403_view *out, w403_error *err)
{
    w403_view id = ld->s->org.id;
    size_t    room = id.n + 1;
    if (!id.n || !up[n - 1].n) {
        return W403_OK;
    }
    for (size_t i = 1; i < n; i++) {
        room += up[i].n + 1;
    }
    char *p = w403_arena_alloc(ld->a, room), *to = p;
    W403_NEED(p, err);
    for (size_t i = n; i > 0; i--) {
        w403_view part = i == n ? id : up[i];
        memcpy(to, part.p, part.n);
        to[part.n] = '/';
        to += part.n + 1;
    }
    *out = (w403_view){p, room};
    return W403_OK;
}

void w403_org_bpa_set(w403_bpa *bpa, bool on)
{
    bpa->block_public_acls = bpa->ignore_public_acls = on;
    bpa->block_public_policy = bpa->restrict_public_buckets = on;
}

/* The S3 policy of one level, NULL where it has none; *hidden: where one may stand that could not be read. */
static w403_status s3_policy_at(w403_loader *ld, w403_view id, const w403_org_policy **out, w403_view *hidden, w403_error *err)
{
    const w403_org_target *target = w403_map_get(&ld->org->attached, id);
    *out = NULL;
    *hidden = target && target->unread.state == W403_FACT_UNKNOWN ? target->unread.path : (w403_view){NULL, 0};
    for (uint32_t i = 0; target && i < target->n; i++) {
        const w403_org_policy *p;
        W403_TRY(w403_org_policy_of(ld, target->policies[i], &p, err));
        *out = p->type == W403_ORG_S3 ? p : *out;
        *hidden = p->type == W403_ORG_UNKNOWN ? p->path : *hidden;
    }
    return W403_OK;
}

/* From the root down: a nearer S3 policy takes the place of those above it, unless one of them locks its setting
 * (S3 4.3, N-3). */
static w403_status org_bpa(w403_loader *ld, const w403_view *up, size_t n, w403_bpa *out, w403_error *err)
{
    const w403_organization *org = &ld->s->org;
    const w403_bpa *effective = w403_map_get(&ld->org->effective, up[0]);
    if (effective) {
        *out = *effective;
        return W403_OK;
    }
    out->fact.state = org->attachments.state == W403_FACT_KNOWN ? W403_FACT_NONE : org->attachments.state;
    if (org->s3_on == W403_NO) {
        out->fact.state = W403_FACT_NONE; /* N-7: what is attached is not in force */
        return W403_OK;
    }
    for (size_t i = n; i > 0 && org->attachments.state == W403_FACT_KNOWN; i--) {
        const w403_org_policy *p;
        w403_view hidden;
        W403_TRY(s3_policy_at(ld, up[i - 1], &p, &hidden, err));
        if (p) {
            out->fact = (w403_fact){.state = W403_FACT_KNOWN, .path = p->path};
            w403_org_bpa_set(out, p->blocks_public);
        } else if (hidden.p || up[i - 1].n == 0) { /* it may be one, and nearer than those above */
            out->fact.state = W403_FACT_UNKNOWN;
            out->fact.path = hidden.p ? hidden : out->fact.path;
        }
        if (p && p->locked) {
            break;
        }
    }
    if (out->fact.state == W403_FACT_UNKNOWN && !out->fact.path.p) {
        out->fact.path = w403_arena_printf(ld->a, "organization/effective/%.*s/S3_POLICY.json", W403_ARG(up[0]));
        W403_NEED(out->fact.path.p, err);
    }
    if (out->fact.state == W403_FACT_KNOWN && org->roots.state == W403_FACT_KNOWN && org->s3_on == W403_UNKNOWN) {
        out->fact = org->roots; /* being switched on or off */
        out->fact.state = W403_FACT_UNKNOWN;
    }
    return W403_OK;
}

/* AWS tells an effective policy of members alone. */
static bool has_effective(const w403_loader *ld, w403_view account)
{
    const w403_bpa *effective = w403_map_get(&ld->org->effective, account);
    return effective && effective->fact.state == W403_FACT_KNOWN;
}

static w403_status place_account(w403_loader *ld, w403_account *account, w403_error *err)
{
    w403_snapshot *s = ld->s;
    w403_view      up[MAX_LEVELS];
    account->is_management = s->org.management_account.n && w403_view_eq(account->id, s->org.management_account);
    /* With an organization but no list of its members, an account may well be one of them. */
    bool told = ld->org->parents.state == W403_FACT_KNOWN && (!s->narrow || w403_map_get(&ld->org->outside, account->id));
    bool may_be = s->org.fact.state == W403_FACT_KNOWN && !told;
    bool is = account->is_management || account->listed_member || w403_map_get(&ld->org->parent_of, account->id) ||
              w403_map_get(&ld->org->attached, account->id) || has_effective(ld, account->id);
    account->in_org = s->org.fact.state != W403_FACT_NONE && (is || may_be);
    account->in_org_unsure = account->in_org && !is;
    if (!account->in_org) {
        return W403_OK;
    }
    size_t n = path_up(ld, account->id, up);
    W403_TRY(org_path(ld, up, n, &account->org_path, err));
    if (s->org.fact.state == W403_FACT_KNOWN && !s->org.all_features) {
        return W403_OK; /* 3.6: consolidated billing only, no policies at all */
    }
    W403_TRY(org_bpa(ld, up, n, &account->org_bpa, err));
    w403_org_level *levels = W403_NEW_N(ld->a, w403_org_level, n);
    W403_NEED(levels, err);
    for (size_t i = 0; i < n; i++) {
        W403_TRY(level_of(ld, up[n - 1 - i], &levels[i], err));
    }
    account->levels = levels;
    account->n_levels = (uint32_t)n;
    return W403_OK;
}

/* Accounts that only the organization names: their path and policies are known all the same. */
static w403_status add_named(w403_loader *ld, const w403_map *ids, w403_error *err)
{
    w403_account *account;
    for (size_t i = 0; i < ids->cap; i++) {
        if (ids->slots[i].value && w403_is_account_id(ids->slots[i].key)) {
            W403_TRY(w403_account_of(ld, ids->slots[i].key, &account, err));
        }
    }
    return W403_OK;
}

w403_status w403_org_add_accounts(w403_loader *ld, w403_error *err)
{
    w403_account *account;
    if (w403_is_account_id(ld->s->org.management_account)) {
        W403_TRY(w403_account_of(ld, ld->s->org.management_account, &account, err));
    }
    W403_TRY(add_named(ld, &ld->org->parent_of, err));
    W403_TRY(add_named(ld, &ld->org->effective, err));
    return add_named(ld, &ld->org->attached, err);
}

w403_status w403_finish_organization(w403_loader *ld, w403_error *err)
{
    for (uint32_t i = 0; i < ld->s->n_accounts; i++) {
        W403_TRY(place_account(ld, ld->s->account_list[i], err));
    }
    return W403_OK;
}
