/* Keys about the caller (semantics 2.3, first half of the table). */
#include "decide/context.h"

static bool has_credentials(const w403_caller *c) /* an IAM principal's signature */
{
    return w403_caller_has_account(c);
}

static bool principal_org(const w403_key_question *q, bool paths)
{
    const w403_call *c = q->work->call;
    if (!has_credentials(&c->caller)) {
        return w403_key_absent(q);
    }
    bool unsure = c->account && c->account->in_org_unsure;
    if (unsure || (c->snap && c->snap->org.fact.state == W403_FACT_UNKNOWN)) {
        return w403_key_unknown(q);
    }
    if (!c->account || !c->account->in_org) { /* every member is in parents.json: whoever is not is outside */
        return w403_key_absent(q);
    }
    return w403_key_one(q, paths ? c->account->org_path : c->snap->org.id);
}

static bool principal_tag(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    if (!has_credentials(&c->caller) || c->caller.kind == W403_CALLER_ROOT) {
        return w403_key_absent(q);
    }
    if (!c->entity) {
        return w403_key_unknown(q);
    }
    for (uint32_t i = 0; i < c->entity->n_tags; i++) {
        if (w403_view_ieq(c->entity->tags[i].key, q->param)) {
            return w403_key_one(q, c->entity->tags[i].value);
        }
    }
    return w403_key_absent(q);
}

static bool principal_type(const w403_key_question *q)
{
    static const char *const names[] = {
        [W403_CALLER_ROOT] = "Account",     [W403_CALLER_USER] = "User",
        [W403_CALLER_ROLE] = "AssumedRole", [W403_CALLER_FEDERATED] = "FederatedUser",
        [W403_CALLER_SERVICE] = NULL,       [W403_CALLER_ANONYMOUS] = "Anonymous",
        [W403_CALLER_ORIGIN] = NULL,        [W403_CALLER_PROVIDER] = NULL,
    };
    return w403_key_one(q, w403_view_of(names[q->work->call->caller.kind]));
}

static bool user_id(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    const w403_caller *who = &c->caller;
    w403_view v = {NULL, 0};
    switch (who->kind) {
    case W403_CALLER_ROOT:
        v = who->account;
        break;
    case W403_CALLER_USER:
        v = who->unique_id;
        break;
    case W403_CALLER_ROLE:
        if (who->unique_id.p && who->session.p) {
            v = w403_arena_printf(c->arena, "%.*s:%.*s", W403_ARG(who->unique_id), W403_ARG(who->session));
        }
        break;
    case W403_CALLER_FEDERATED:
        v = w403_arena_printf(c->arena, "%.*s:%.*s", W403_ARG(who->account), W403_ARG(who->name));
        break;
    case W403_CALLER_ANONYMOUS:
        v = W403_LIT("anonymous");
        break;
    case W403_CALLER_SERVICE:
        return w403_key_absent(q);
    case W403_CALLER_ORIGIN:
    case W403_CALLER_PROVIDER:
        break;
    }
    return w403_key_one(q, v);
}

static bool mfa(const w403_key_question *q, bool age)
{
    const w403_call *c = q->work->call;
    const w403_request *r = c->req;
    if (!has_credentials(&c->caller)) {
        return w403_key_absent(q);
    }
    if (r->mfa == W403_UNKNOWN) {
        return w403_key_unknown(q);
    }
    if (r->mfa == W403_NO) {
        /* Long-term keys carry no MFA key at all; sessions carry `false`. */
        bool session = c->caller.kind == W403_CALLER_ROLE || c->caller.kind == W403_CALLER_FEDERATED;
        return !age && session ? w403_key_bool(q, false) : w403_key_absent(q);
    }
    if (!age) {
        return w403_key_bool(q, true);
    }
    if (r->mfa_age_s == UINT64_MAX) {
        return w403_key_unknown(q);
    }
    return w403_key_one(q, w403_arena_printf(c->arena, "%llu", (unsigned long long)r->mfa_age_s));
}

static bool service_source(const w403_key_question *q)
{
    /* Set for service principals only, and only the delivery knows its values. */
    return q->work->call->caller.kind == W403_CALLER_SERVICE ? w403_key_unknown(q) : w403_key_absent(q);
}

/* What a request of an origin access identity tells of its caller, or one that a web identity makes, is not documented. */
static bool origin_key(const w403_key_question *q)
{
    switch (q->id) {
    case W403_KEY_AWS_PRINCIPALARN:
    case W403_KEY_AWS_PRINCIPALACCOUNT:
    case W403_KEY_AWS_PRINCIPALTYPE:
    case W403_KEY_AWS_USERID:
    case W403_KEY_AWS_PRINCIPALISAWSSERVICE:
        return w403_key_unknown(q);
    case W403_KEY_AWS_PRINCIPALORGID:
    case W403_KEY_AWS_PRINCIPALORGPATHS:
    case W403_KEY_AWS_PRINCIPALTAG:
    case W403_KEY_AWS_USERNAME:
    case W403_KEY_AWS_PRINCIPALSERVICENAME:
    case W403_KEY_AWS_PRINCIPALSERVICENAMESLIST:
    case W403_KEY_AWS_SOURCEARN:
    case W403_KEY_AWS_SOURCEACCOUNT:
    case W403_KEY_AWS_SOURCEORGID:
    case W403_KEY_AWS_SOURCEORGPATHS:
    case W403_KEY_AWS_MULTIFACTORAUTHPRESENT:
    case W403_KEY_AWS_MULTIFACTORAUTHAGE:
    case W403_KEY_AWS_TOKENISSUETIME:
        return w403_key_absent(q);
    case W403_KEY_AWS_VIAAWSSERVICE:
        return w403_key_bool(q, q->work->kms_leg);
    default:
        return false;
    }
}

bool w403_keys_caller(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    const w403_caller *who = &c->caller;
    bool service = who->kind == W403_CALLER_SERVICE;
    if (who->kind == W403_CALLER_ORIGIN || who->kind == W403_CALLER_PROVIDER) {
        return origin_key(q);
    }
    switch (q->id) {
    case W403_KEY_AWS_PRINCIPALARN:
        return has_credentials(who) ? w403_key_one(q, who->principal_arn) : w403_key_absent(q);
    case W403_KEY_AWS_PRINCIPALACCOUNT:
        return service ? w403_key_absent(q) : w403_key_one(q, who->account.p ? who->account : W403_LIT("anonymous"));
    case W403_KEY_AWS_PRINCIPALORGID:
        return principal_org(q, false);
    case W403_KEY_AWS_PRINCIPALORGPATHS:
        return principal_org(q, true);
    case W403_KEY_AWS_PRINCIPALTAG:
        return principal_tag(q);
    case W403_KEY_AWS_PRINCIPALTYPE:
        return principal_type(q);
    case W403_KEY_AWS_USERID:
        return user_id(q);
    case W403_KEY_AWS_USERNAME:
        return who->kind == W403_CALLER_USER ? w403_key_one(q, who->name) : w403_key_absent(q);
    case W403_KEY_AWS_PRINCIPALISAWSSERVICE:
        return who->kind == W403_CALLER_ANONYMOUS ? w403_key_absent(q) : w403_key_bool(q, service);
    case W403_KEY_AWS_PRINCIPALSERVICENAME:
    case W403_KEY_AWS_PRINCIPALSERVICENAMESLIST:
        return service ? w403_key_one(q, who->name) : w403_key_absent(q);
    case W403_KEY_AWS_SOURCEARN:
    case W403_KEY_AWS_SOURCEACCOUNT:
    case W403_KEY_AWS_SOURCEORGID:
    case W403_KEY_AWS_SOURCEORGPATHS:
        return service_source(q);
    case W403_KEY_AWS_VIAAWSSERVICE:
        return w403_key_bool(q, q->work->kms_leg && !service);
    case W403_KEY_AWS_CALLEDVIA:
    case W403_KEY_AWS_CALLEDVIAFIRST:
    case W403_KEY_AWS_CALLEDVIALAST:
        return w403_key_absent(q); /* S3 is not on its list */
    case W403_KEY_AWS_MULTIFACTORAUTHPRESENT:
        return mfa(q, false);
    case W403_KEY_AWS_MULTIFACTORAUTHAGE:
        return mfa(q, true);
    case W403_KEY_AWS_TOKENISSUETIME:
        return has_credentials(who) ? w403_key_unknown(q) : w403_key_absent(q);
    default:
        return false;
    }
}
