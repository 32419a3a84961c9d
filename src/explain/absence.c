/* Why a kind of policy has no say in a permission: what layers.c of decide/ found, in words. */
#include "explain/causes.h"
#include "words/words.h"

static bool is_iam_principal(const w403_call *c)
{
    return c->caller.kind == W403_CALLER_USER || c->caller.kind == W403_CALLER_ROLE || c->caller.kind == W403_CALLER_FEDERATED;
}

/* An account's place in the organization keeps a type of policy away (3.6, N-7). */
static const char *of_account(const w403_call *c, const w403_account *a, bool scp)
{
    if (!c->snap || !a) {
        return scp ? N_("no service control policy was given") : N_("no resource control policy was given");
    }
    if (a->is_management) {
        return N_("they do not bind the organization's management account");
    }
    if (!a->in_org) {
        return N_("the account is in no organization, as far as the snapshot shows");
    }
    if (!c->snap->org.all_features) {
        return N_("the organization has consolidated billing only");
    }
    if ((scp ? c->snap->org.scps_on : c->snap->org.rcps_on) == W403_NO) {
        return N_("this type of policy is not enabled at the root");
    }
    return N_("nothing of this type is attached, as far as the snapshot shows");
}

static const char *of_scp(const w403_call *c)
{
    if (!w403_caller_has_account(&c->caller)) {
        return N_("they bind principals of the organization's accounts, and the caller is none");
    }
    if (c->caller.service_linked == W403_YES) {
        return N_("they do not bind service-linked roles");
    }
    return of_account(c, c->account, true);
}

static const char *of_rcp(const w403_check_work *w)
{
    w403_view rest = w->action, service = w403_view_cut(&rest, ':');
    if (w->call->caller.service_linked == W403_YES) {
        return N_("they do not bind service-linked roles");
    }
    if ((w->enc && w->enc->aws_managed) || (w->target->kms && w->target->kms->aws_managed)) {
        return N_("they do not bind keys that AWS manages");
    }
    if (!w403_list_has(W403_LIST_RCP_SERVICE, service)) {
        return N_("they do not bind resources of this service");
    }
    return of_account(w->call, w403_target_account(w->call, w->target), false);
}

static const char *of_endpoint(const w403_check_work *w)
{
    if (w->kms_leg) {
        return N_("S3 makes this call itself");
    }
    if (w->call->caller.kind == W403_CALLER_SERVICE) {
        return N_("an AWS service makes the request");
    }
    return w->call->req->from.p ? N_("the request comes over the public internet")
                                : N_("nothing says that the request goes through a VPC endpoint");
}

static const char *of_caller(const w403_call *c, w403_layer_kind kind)
{
    if (!is_iam_principal(c)) {
        return c->caller.kind == W403_CALLER_ROOT ? N_("the root user has no such policies")
                                                  : N_("the caller is no user or role");
    }
    return kind == W403_LAYER_BOUNDARY ? N_("the caller has no permissions boundary")
                                       : N_("the session has no policies of its own, as far as is said");
}

static const char *of_acl(const w403_check_work *w, w403_layer_kind kind)
{
    const w403_bucket *b = w->target->bucket;
    if (w->target->kind == W403_TARGET_KEY || w->target->kind == W403_TARGET_ROLE || w->target->kind == W403_TARGET_OTHER) {
        return N_("only buckets and objects have ACLs");
    }
    if (b && b->ownership == W403_OWNER_ENFORCED) {
        return N_("ACLs are disabled for the bucket (BucketOwnerEnforced)");
    }
    return kind == W403_LAYER_OBJECT_ACL ? N_("no object's ACL gives this permission") : N_("no bucket's ACL gives this permission");
}

w403_view w403_layer_absence(const w403_check *check, w403_layer_kind kind, w403_arena *arena)
{
    const w403_check_work *w = w403_work(check);
    const char *why = NULL;
    switch (kind) {
    case W403_LAYER_SCP:
        why = of_scp(w->call);
        break;
    case W403_LAYER_RCP:
        why = of_rcp(w);
        break;
    case W403_LAYER_VPC_ENDPOINT:
        why = of_endpoint(w);
        break;
    case W403_LAYER_IDENTITY:
    case W403_LAYER_SESSION:
    case W403_LAYER_BOUNDARY:
        why = of_caller(w->call, kind);
        break;
    case W403_LAYER_ACCESS_POINT:
        why = N_("the request names no access point");
        break;
    case W403_LAYER_RESOURCE:
        why = w->call->caller.kind == W403_CALLER_ROOT && w->target->bucket
                  ? N_("it does not bind the root user of its account, which can always read, replace and delete it")
                  : N_("no policy of a bucket is asked for this permission");
        break;
    case W403_LAYER_KEY:
    case W403_LAYER_GRANT:
        why = w->target->kind == W403_TARGET_KEY ? N_("the key has none, as far as the snapshot shows")
                                                 : N_("this permission is not about a KMS key");
        break;
    case W403_LAYER_BUCKET_ACL:
    case W403_LAYER_OBJECT_ACL:
        why = of_acl(w, kind);
        break;
    case W403_LAYER_TRUST:
        why = N_("no role is taken");
        break;
    case W403_LAYERS:
        break;
    }
    return why ? w403_view_of(w403_word(arena, why)) : (w403_view){NULL, 0};
}
