/* The formulas that join the layers of a check (semantics 3.2-3.4, 4.2, 5). */
#include "decide/check.h"

static w403_tri principal_side(const w403_check_work *w)
{
    switch (w->call->caller.kind) {
    case W403_CALLER_ROOT:
    case W403_CALLER_ANONYMOUS:
    case W403_CALLER_SERVICE:
    case W403_CALLER_ORIGIN:
    case W403_CALLER_PROVIDER:
        return W403_YES;
    default:
        return w403_and(w->id, w403_and(w->boundary, w->session));
    }
}

/* A grant to the caller itself, past its own policies: 3.3. Roles and issuing users stay limited by boundary and
 * session policy. */
static w403_tri direct_grant(const w403_check_work *w, uint16_t yes, uint16_t maybe)
{
    w403_tri limits = w403_and(w->boundary, w->session);
    switch (w->call->caller.kind) {
    case W403_CALLER_USER:
        return w403_class_in(yes, maybe, W403_CLASS_USER | W403_CLASS_STAR);
    case W403_CALLER_ROLE:
        return w403_or(w403_class_in(yes, maybe, W403_CLASS_SESSION | W403_CLASS_STAR),
                       w403_and(w403_class_in(yes, maybe, W403_CLASS_ROLE), limits));
    case W403_CALLER_FEDERATED:
        return w403_or(w403_class_in(yes, maybe, W403_CLASS_SESSION | W403_CLASS_STAR),
                       w403_and(w403_class_in(yes, maybe, W403_CLASS_ISSUER), limits));
    case W403_CALLER_SERVICE:
    case W403_CALLER_PROVIDER:
        return w403_class_in(yes, maybe, W403_CLASS_SERVICE | W403_CLASS_STAR); /* PM8 */
    case W403_CALLER_ANONYMOUS:
        return w403_class_in(yes, maybe, W403_CLASS_STAR);
    case W403_CALLER_ORIGIN: /* named by ARN or canonical id, in a policy or an ACL */
        return w403_class_in(yes, maybe, W403_CLASS_STAR | W403_CLASS_USER | W403_CLASS_ACCOUNT);
    case W403_CALLER_ROOT:
        return w403_class_in(yes, maybe, W403_CLASS_STAR | W403_CLASS_ACCOUNT);
    }
    return W403_NO;
}

static w403_tri same_account(const w403_check_work *w, uint16_t yes, uint16_t maybe)
{
    if (w->call->caller.kind == W403_CALLER_ROOT) {
        return W403_YES; /* 3.2: no grant needed */
    }
    return w403_or(direct_grant(w, yes, maybe), principal_side(w));
}

static w403_tri cross_account(const w403_check_work *w, uint16_t yes, uint16_t maybe)
{
    return w403_and(principal_side(w), w403_class_in(yes, maybe, 0xffff)); /* 3.4, X-1, X-2 */
}

/* KMS and role trust: identity policies count only through a statement for the account (KM1, KM2). */
static w403_tri mandatory(const w403_check_work *w, uint16_t yes, uint16_t maybe)
{
    w403_tri by_account = w403_class_in(yes, maybe, W403_CLASS_ACCOUNT);
    w403_tri same = w403_or(direct_grant(w, yes, maybe), w403_and(by_account, principal_side(w)));
    w403_tri cross = cross_account(w, yes, maybe);
    for (size_t i = 0; i < w->layers.n && cross == W403_NO; i++) {
        /* Whether a foreign grantee needs its own account's Allow beside the grant is not settled (5). */
        if (w->layers.at[i].kind == W403_LAYER_GRANT && w->layers.at[i].allow == W403_YES) {
            cross = W403_UNKNOWN;
        }
    }
    if (w->same_account == W403_UNKNOWN) {
        return same == cross ? same : W403_UNKNOWN;
    }
    return w->same_account == W403_YES ? same : cross;
}

static bool is_outsider(const w403_caller *who) /* belongs to no account */
{
    return !w403_caller_has_account(who);
}

w403_tri w403_grant_formula(const w403_check_work *w, uint16_t yes, uint16_t maybe)
{
    switch (w->rule) {
    case W403_RULE_AWS_MANAGED_KEY:
        return W403_YES; /* 4.8: its key policy serves its account through S3 */
    case W403_RULE_MANDATORY:
        return is_outsider(&w->call->caller) ? direct_grant(w, yes, maybe) : mandatory(w, yes, maybe);
    case W403_RULE_FOREIGN_OBJECT:
        return w403_and(principal_side(w), w->object_acl);
    default:
        break;
    }
    if (is_outsider(&w->call->caller)) {
        return direct_grant(w, yes, maybe);
    }
    if (w->rule == W403_RULE_SAME_ACCOUNT) {
        return same_account(w, yes, maybe);
    }
    if (w->rule == W403_RULE_CROSS_ACCOUNT) {
        return cross_account(w, yes, maybe);
    }
    w403_tri same = same_account(w, yes, maybe), cross = cross_account(w, yes, maybe);
    return same == cross ? same : W403_UNKNOWN;
}

static uint16_t own_class(const w403_caller *who)
{
    return who->kind == W403_CALLER_ROLE ? W403_CLASS_SESSION : W403_CLASS_USER;
}

static bool for_initiator(const w403_check_work *w)
{
    return w->action_id == W403_ACTION_S3_ABORTMULTIPARTUPLOAD || w->action_id == W403_ACTION_S3_LISTMULTIPARTUPLOADPARTS;
}

/* By default the initiator of a multipart upload may list and abort it (operations.md). */
static void initiator_class(const w403_check_work *w, uint16_t *yes)
{
    const w403_caller *who = &w->call->caller;
    w403_view by = w->call->req->upload_initiator;
    if (!by.p || !for_initiator(w)) {
        return;
    }
    if (w403_view_eq(by, who->arn) || w403_view_eq(by, who->principal_arn)) {
        *yes |= own_class(who);
    } else if (who->account.p && w403_view_eq(w403_arn_split(by).part[4], who->account)) {
        *yes |= W403_CLASS_ACCOUNT;
    }
}

/* Who started the upload is said to be unknown where it decides (N-7): where the initiator could do what others cannot. */
static void note_initiator(const w403_check_work *w, w403_tri allowed_if_granted)
{
    if (for_initiator(w) && !w->call->req->upload_initiator.p && allowed_if_granted != W403_NO &&
        w403_grant_formula(w, w->classes | own_class(&w->call->caller), w->maybe) != w->grant) {
        w403_assume(w->call, "the caller did not start the multipart upload: nothing says who did");
    }
}

/* 3.9: nothing in a bucket policy stops the owner's root user from reading and replacing it. */
static bool root_owns_policy(const w403_check_work *w)
{
    if (w->call->caller.kind != W403_CALLER_ROOT || w->same_account != W403_YES) {
        return false;
    }
    return w->action_id == W403_ACTION_S3_GETBUCKETPOLICY || w->action_id == W403_ACTION_S3_PUTBUCKETPOLICY ||
           w->action_id == W403_ACTION_S3_DELETEBUCKETPOLICY;
}

static void join_layers(w403_check_work *w)
{
    w->deny = W403_NO;
    w->scp = w->rcp = w->vpce = W403_YES;
    for (size_t i = 0; i < w->layers.n; i++) {
        w403_layer *l = &w->layers.at[i];
        if (l->kind == W403_LAYER_RESOURCE && l->deny != W403_NO && root_owns_policy(w)) {
            bool denies = l->deny == W403_YES;
            l->deny = W403_NO;
            l->verdict = W403_LAYER_NOT_APPLICABLE;
            w403_note(w->call, denies ? N_("the bucket policy denies it, which does not bind the root user of the bucket's account: it can always read, replace and delete the policy")
                                      : N_("the bucket policy may deny it, which does not bind the root user of the bucket's account: it can always read, replace and delete the policy"));
        }
        w->deny = w403_or(w->deny, l->deny);
        switch (l->kind) {
        case W403_LAYER_SCP:
            w->scp = w403_and(w->scp, l->allow);
            break;
        case W403_LAYER_RCP:
            w->rcp = w403_and(w->rcp, l->allow);
            break;
        case W403_LAYER_VPC_ENDPOINT:
            w->vpce = l->allow;
            break;
        case W403_LAYER_ACCESS_POINT:
        case W403_LAYER_RESOURCE:
        case W403_LAYER_KEY:
        case W403_LAYER_TRUST:
        case W403_LAYER_GRANT:
        case W403_LAYER_BUCKET_ACL:
        case W403_LAYER_OBJECT_ACL:
            w->classes |= l->classes;
            w->maybe |= l->maybe_classes;
            break;
        default:
            break;
        }
    }
    w->maybe &= (uint16_t)~w->classes;
}

void w403_grants_eval(w403_check_work *w)
{
    join_layers(w);
    w->restricted = w403_bpa_restricts(w);
    w->deny = w403_or(w->deny, w->restricted);
    initiator_class(w, &w->classes);
    w->grant = w403_grant_formula(w, w->classes, w->maybe);
    if (w->foreign == W403_UNKNOWN && w->grant != w403_and(principal_side(w), w->object_acl)) {
        w->grant = W403_UNKNOWN; /* it hangs on who owns the object */
    }
    w403_tri ceilings = w403_and(w->scp, w403_and(w->rcp, w->vpce));
    w403_tri open = w403_and(w403_not(w->deny), ceilings);
    w->allowed = w403_and(open, w->grant);
    note_initiator(w, open);
}
