/* AWS's own wording of a denial (semantics 6). Literal formats; what AWS withholds is withheld here too. */
#include "explain/causes.h"

/* How a cause is worded after `User: ARN is not authorized to perform: ACTION`. */
typedef struct wording {
    const char *cause;
    const char *policy; /* type of policy as messages name it */
    bool explicit_deny;
    bool bare; /* AWS's sample leaves out ` on resource: "..."` */
} wording;

static const wording wordings[] = {
    {"deny.scp", "a service control policy", true, false},
    {"deny.rcp", "a resource control policy", true, false},
    {"deny.vpc-endpoint", "a VPC endpoint policy", true, false},
    {"deny.identity", "an identity-based policy", true, false},
    {"deny.session", "a session policy", true, false},
    {"deny.boundary", "a permissions boundary", true, true},
    {"deny.access-point", "a resource-based policy", true, false},
    {"deny.bucket-policy", "a resource-based policy", true, false},
    {"deny.key-policy", "a resource-based policy", true, false},
    {"deny.trust-policy", "the role trust policy", true, false},
    {"bpa.restrict-public-buckets", "a resource-based policy", true, false},
    {"no-allow.scp", "service control policy", false, false},
    {"no-allow.vpc-endpoint", "VPC endpoint policy", false, false},
    {"no-allow.identity", "identity-based policy", false, false},
    {"no-allow.boundary", "permissions boundary", false, false},
    {"no-allow.session", "session policy", false, false},
    {"no-allow.bucket-policy", "resource-based policy", false, false},
    {"no-allow.access-point", "resource-based policy", false, false},
    {"no-allow.key-policy", "resource-based policy", false, false},
    {"no-allow.trust-policy", "role trust policy", false, false},
    {"no-allow.object-acl", "resource-based policy", false, false},
    {"bpa.ignore-public-acls", "resource-based policy", false, false},
};

/* Causes with a text of their own; %1 = who and action, %2 = the quoted resource. */
static const struct own_text {
    const char *cause;
    bool who; /* begins with `User: ... is not authorized to perform: ...` */
    const char *text;
} own_texts[] = {
    {"bpa.block-public-acls", true,
     " because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."},
    {"bpa.block-public-policy", true,
     " because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."},
    {"sse-c-blocked", true, /* AWS leaves out the blank before the ARN here */
     " because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided "
     "keys (SSE-C). Please specify a different server-side encryption type"},
    {"presigned-expired", false, "Request has expired"},
    {"acl-disabled", false, "The bucket does not allow ACLs"},
};

static bool is_kms(w403_view action)
{
    return w403_view_starts(action, W403_LIT("kms:"));
}

/* M1: details only for callers of the owner's account or organization, and never to anonymous ones. */
static bool enhanced(const w403_call *call, const w403_cause *c)
{
    if (!w403_caller_has_account(&call->caller) || !c->check) {
        return false;
    }
    const w403_check_work *w = w403_work(c->check);
    if (is_kms(c->action) || w->same_account == W403_YES) {
        return true;
    }
    if (w->target->kind == W403_TARGET_NONE) {
        return true;
    }
    bool endpoint = c->layer && c->layer->kind == W403_LAYER_VPC_ENDPOINT;
    const w403_account *owner = w->target->owner.p ? w403_snapshot_account(call->snap, w->target->owner) : NULL;
    return !endpoint && call->account && call->account->in_org && owner && owner->in_org;
}

static w403_view who(const w403_call *call, w403_view action, w403_arena *a)
{
    return w403_arena_printf(a, "User: %.*s is not authorized to perform: %.*s", W403_ARG(call->caller.arn),
                             W403_ARG(action));
}

/* S3 puts the ARN in double quotes, KMS and others do not. Messages of all kinds of policies have it (N-10), but
 * not of an action without a resource. */
static w403_view on_resource(const w403_cause *c, w403_arena *a)
{
    if (w403_view_eq(c->resource, W403_LIT("*"))) {
        return W403_LIT("");
    }
    const char *quote = w403_view_starts(c->action, W403_LIT("s3:")) ? "\"" : "";
    return w403_arena_printf(a, " on resource: %s%.*s%s", quote, W403_ARG(c->resource), quote);
}

static const wording *find_wording(const char *id)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
        if (strcmp(wordings[i].cause, id) == 0) {
            return &wordings[i];
        }
    }
    return NULL;
}

static w403_view by_policy(const w403_call *call, const w403_cause *c, w403_arena *a)
{
    const wording *w = find_wording(c->id);
    if (!w) {
        return W403_LIT("Access Denied");
    }
    w403_view head = who(call, c->action, a);
    w403_view on = w->bare ? W403_LIT("") : on_resource(c, a);
    bool foreign_key = strcmp(c->id, "no-allow.key-policy") == 0 && w403_work(c->check)->same_account != W403_YES;
    if (foreign_key) { /* KMS does not tell a stranger whether the key is there */
        return w403_arena_printf(a,
                                 "%.*s on this resource because the resource does not exist in this Region, no "
                                 "resource-based policies allow access, or a resource-based policy explicitly denies "
                                 "access",
                                 W403_ARG(head));
    }
    if (!w->explicit_deny) {
        return w403_arena_printf(a, "%.*s%.*s because no %s allows the %.*s action", W403_ARG(head), W403_ARG(on),
                                 w->policy, W403_ARG(c->action));
    }
    const w403_policy *p = w403_match_policy(c->match);
    bool suffix = p && p->arn.p && c->layer->kind != W403_LAYER_RESOURCE &&
                  c->layer->kind != W403_LAYER_ACCESS_POINT && c->layer->kind != W403_LAYER_KEY &&
                  c->layer->kind != W403_LAYER_VPC_ENDPOINT && c->layer->kind != W403_LAYER_TRUST;
    return w403_arena_printf(a, "%.*s%.*s with an explicit deny in %s%s%.*s", W403_ARG(head), W403_ARG(on), w->policy,
                             suffix ? ", with policy ARN: " : "", suffix ? (int)p->arn.n : 0, suffix ? p->arn.p : "");
}

static bool has_body(const w403_call *call)
{
    return !call->op || strcmp(call->op->method, "HEAD") != 0;
}

w403_view w403_aws_message(const w403_request *request, const w403_decision *decision, const w403_cause *cause,
                           w403_arena *arena)
{
    const w403_call *call = w403_decision_call(decision);
    (void)request;
    if (!has_body(call)) {
        return (w403_view){NULL, 0}; /* a HEAD's answer has no body */
    }
    for (size_t i = 0; i < sizeof own_texts / sizeof *own_texts; i++) {
        if (strcmp(own_texts[i].cause, cause->id) != 0) {
            continue;
        }
        if (!own_texts[i].who) {
            return w403_view_of(own_texts[i].text);
        }
        bool      copy = w403_call_is(call, W403_OPERATION_COPYOBJECT); /* named as the call, not the permission */
        w403_view head = who(call, copy ? W403_LIT("s3:CopyObject") : cause->action, arena);
        bool      tight = strcmp(cause->id, "sse-c-blocked") == 0;
        w403_view on = tight ? w403_arena_printf(arena, " on resource:\"%.*s\"", W403_ARG(cause->resource))
                             : on_resource(cause, arena);
        return enhanced(call, cause)
                   ? w403_arena_printf(arena, "%.*s%.*s%s", W403_ARG(head), W403_ARG(on), own_texts[i].text)
                   : W403_LIT("Access Denied");
    }
    if (cause->gate) {
        return cause->gate->status == 403 ? W403_LIT("Access Denied") : (w403_view){NULL, 0};
    }
    if (!enhanced(call, cause)) {
        return W403_LIT("Access Denied");
    }
    if (strcmp(cause->id, "masked-404") == 0) {
        w403_cause first = w403_first_cause(arena, request, decision, cause->check);
        return first.id ? by_policy(call, &first, arena) : W403_LIT("Access Denied");
    }
    return by_policy(call, cause, arena);
}
