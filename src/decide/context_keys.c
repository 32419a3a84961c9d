/* The context of a check: keys set by hand first, then those derived from the request. */
#include "decide/context.h"

bool w403_key_one(const w403_key_question *q, w403_view value)
{
    if (!value.p) {
        return w403_key_unknown(q);
    }
    w403_view *slot = w403_arena_alloc(q->work->call->arena, sizeof *slot);
    if (!slot) {
        q->work->call->nomem = true;
        return w403_key_unknown(q);
    }
    *slot = value;
    *q->out = (w403_key_value){W403_YES, slot, 1};
    return true;
}

bool w403_key_list(const w403_key_question *q, const w403_view *at, size_t n)
{
    *q->out = n ? (w403_key_value){W403_YES, at, (uint32_t)n} : (w403_key_value){W403_NO, NULL, 0};
    return true;
}

static bool set_by_hand(const w403_key_question *q, w403_view name)
{
    const w403_request *r = q->work->call->req;
    for (size_t i = 0; i < r->n_context; i++) {
        const w403_context_entry *e = &r->context[i];
        if (!w403_view_ieq(e->key, name)) {
            continue;
        }
        if (e->present == W403_YES) {
            return w403_key_list(q, e->values, e->n_values);
        }
        return e->present == W403_NO ? w403_key_absent(q) : w403_key_unknown(q);
    }
    return false;
}

/* N-8: what an identity provider says of somebody: HOST:sub, HOST:aud of an OIDC provider, saml:... */
static bool claim(const w403_key_question *q, w403_view name)
{
    const w403_caller *who = &q->work->call->caller;
    if (who->kind != W403_CALLER_PROVIDER || !w403_is_trust_action(q->work->action)) {
        return false;
    }
    w403_view provider = w403_arn_split(who->name).n == 6 ? w403_arn_split(who->name).part[5] : who->name;
    if (w403_view_starts(provider, W403_LIT("saml-provider/"))) {
        return name.n > 5 && w403_view_ieq(w403_view_sub(name, 0, 5), W403_LIT("saml:"));
    }
    static const w403_view oidc = {"oidc-provider/", 14};
    w403_view host = w403_view_starts(provider, oidc) ? w403_view_sub(provider, oidc.n, provider.n) : provider;
    return name.n > host.n && name.p[host.n] == ':' && w403_view_ieq(w403_view_sub(name, 0, host.n), host);
}

/* A key that nothing above derives. */
static void by_default(const w403_key_question *q, w403_view name)
{
    const w403_check_work *w = q->work;
    if (claim(q, name)) {
        w403_key_unknown(q);
        return;
    }
    if (q->id == W403_KEY_NONE) { /* no such key: AWS never sends it */
        w403_key_absent(q);
        return;
    }
    if (w403_view_starts(name, W403_LIT("aws:"))) {
        /* Session facts nobody told us; other callers have none. */
        bool session = w->call->caller.kind == W403_CALLER_ROLE || w->call->caller.kind == W403_CALLER_FEDERATED;
        bool tags = q->id == W403_KEY_AWS_REQUESTTAG || q->id == W403_KEY_AWS_TAGKEYS;
        (void)(session || tags ? w403_key_unknown(q) : w403_key_absent(q));
        return;
    }
    w403_view rest = name, action = w->action;
    bool      own = w403_view_ieq(w403_view_cut(&rest, ':'), w403_view_cut(&action, ':'));
    /* sts:TagSession and sts:SetSourceIdentity are asked in the call that takes the role, with its keys. */
    bool      of_call = w403_is_trust_action(w->action) && w403_action_has_key(W403_ACTION_STS_ASSUMEROLE, q->id);
    bool      possible =
        own && (of_call || w->action_id == W403_ACTION_NONE || w403_action_has_key(w->action_id, q->id));
    (void)(possible ? w403_key_unknown(q) : w403_key_absent(q));
}

void w403_context_keys(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    const w403_check_work *w = c->user;
    w403_key_question q = {w, id, param, out};
    /* 2.3: facts of the caller's network that S3 does not hand on to KMS. */
    if (w->kms_leg && w403_list_has(W403_LIST_NOT_IN_FORWARDED_CALL, name)) {
        w403_key_absent(&q);
        return;
    }
    if (w->call->req->n_context && set_by_hand(&q, name)) {
        return;
    }
    if (id != W403_KEY_NONE && (w403_keys_dialect(&q) || w403_keys_caller(&q) || w403_keys_network(&q) || w403_keys_resource(&q) ||
                                w403_keys_tags(&q) || w403_keys_s3(&q) || w403_keys_kms(&q))) {
        return;
    }
    by_default(&q, name);
}
