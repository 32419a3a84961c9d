/* Calls that are refused whatever the policies say: of others than the owner, in the organization's place, by a call that
 * another has replaced, by a root user. */
#include "decide/plan.h"

/* X-5, N-2: calls that only the bucket owner's account can make answer 405 to others. Nobody else's identity is one of
 * that account, so that an unsigned call is refused before any policy. */
static void gate_owner_only(w403_call *c)
{
    if (c->target.kind != W403_TARGET_BUCKET || !c->op ||
        !w403_list_has(W403_LIST_OWNER_ONLY_OPERATION, w403_view_of(c->op->name))) {
        return;
    }
    bool outside = c->caller.kind == W403_CALLER_ANONYMOUS || c->caller.kind == W403_CALLER_ORIGIN;
    bool foreign = w403_same_account(c, c->target.owner) == W403_NO && c->caller.kind != W403_CALLER_SERVICE;
    if (outside || foreign) {
        w403_gate_add(c, W403_CAUSE_METHOD_NOT_ALLOWED, W403_YES, 405, outside ? 0 : 2, "only the account that owns the bucket can call {operation}", W403_S("operation", c->op->name));
    }
}

/* N-3: while an organization's S3 policy is in force, the account's own setting cannot be changed. */
static void gate_org_bpa(w403_call *c)
{
    bool action = !c->op && c->checks.n && w403_view_ieq(c->req->action, W403_LIT("s3:PutAccountPublicAccessBlock"));
    bool operation = c->op && strcmp(c->op->model, "s3control") == 0 &&
                     w403_list_has(W403_LIST_ACCOUNT_BPA_OPERATION, w403_view_of(c->op->name));
    const w403_account *owner = action || operation ? w403_target_account(c, &c->target) : NULL;
    if (owner && c->snap->org.fact.state == W403_FACT_UNKNOWN) { /* every account may ask it for itself */
        w403_want(c, w403_arena_printf(c->arena, "organization/effective/%.*s/S3_POLICY.json", W403_ARG(owner->id)));
    }
    if (!owner || (owner->org_bpa.fact.state != W403_FACT_KNOWN && owner->org_bpa.fact.state != W403_FACT_UNKNOWN)) {
        return;
    }
    bool known = owner->org_bpa.fact.state == W403_FACT_KNOWN;
    w403_gate *g = w403_gate_add(c, W403_CAUSE_BPA_ORGANIZATION_POLICY, known ? W403_YES : W403_UNKNOWN, 403, 2, "an S3 policy of the organization sets Block Public Access for account {account}", W403_P("account", owner->id));
    if (g) {
        g->source = owner->org_bpa.fact.path;
    }
    if (!known) {
        w403_settle_fact(c, &owner->org_bpa.fact);
        w403_unknown(c, W403_LIT("whether the organization has an S3 policy for the account"));
    }
}

/* N-6: with attribute-based access control on, a bucket's tags are set by TagResource and UntagResource alone. */
static void gate_abac(w403_call *c)
{
    const w403_bucket *b = c->target.bucket;
    if (!c->op || !b || b->missing || !w403_list_has(W403_LIST_BUCKET_ABAC_REFUSES, w403_view_of(c->op->name))) {
        return;
    }
    if (b->abac_fact.state == W403_FACT_ABSENT) {
        w403_assume(c, "attribute-based access control is off for bucket {bucket}, as it is by default: {file} is not in the snapshot", W403_P("bucket", b->name), W403_P("file", b->abac_fact.path));
    }
    bool unread = b->abac_fact.state == W403_FACT_UNKNOWN;
    if (b->abac || unread) {
        w403_gate *g = w403_gate_add(c, W403_CAUSE_BUCKET_ABAC, unread ? W403_UNKNOWN : W403_YES, 403, 2, "TagResource and UntagResource have taken its place");
        if (g) {
            g->source = b->abac_fact.path;
        }
    }
    if (unread) {
        w403_settle_fact(c, &b->abac_fact);
        w403_unknown(c, W403_LIT("whether attribute-based access control is on for the bucket"));
    }
}

void w403_gates_of_call(w403_call *c)
{
    gate_owner_only(c);
    gate_org_bpa(c);
    gate_abac(c);
}

/* ---- of a single action ---- */

/* N-8: STS refuses root users, and takes web and SAML identities from no principal of IAM. */
static void gate_takes_role(w403_call *c)
{
    if (c->target.kind != W403_TARGET_ROLE) {
        return;
    }
    bool by_provider = w403_view_ieq(c->req->action, W403_LIT("sts:AssumeRoleWithWebIdentity")) ||
                       w403_view_ieq(c->req->action, W403_LIT("sts:AssumeRoleWithSAML"));
    if (c->caller.kind == W403_CALLER_ROOT && w403_view_ieq(c->req->action, W403_LIT("sts:AssumeRole"))) {
        w403_gate_add(c, W403_CAUSE_ROOT_TAKES_ROLE, W403_YES, 403, 2, "the caller is the root user of account {account}", W403_P("account", c->caller.account));
    } else if (by_provider && c->caller.kind != W403_CALLER_PROVIDER) {
        w403_unknown(c, W403_LIT("the identity provider that vouches for the caller: this call is made by no principal of IAM"));
    }
}

void w403_gates_of_action(w403_call *c)
{
    gate_takes_role(c);
    gate_org_bpa(c);
}
