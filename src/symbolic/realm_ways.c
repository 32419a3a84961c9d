/* How the value of a key comes into a request, and whether it is open at all (reason 6, 9). */
#include "decide/context.h"
#include "symbolic/realm_maker.h"

static bool is_header(uint16_t id)
{
    const char *name = w403_key_at(id)->name;
    switch (id) {
    case W403_KEY_AWS_USERAGENT:
    case W403_KEY_AWS_REFERER:
    case W403_KEY_S3_OBJECT_LOCK_MODE:
    case W403_KEY_S3_OBJECT_LOCK_LEGAL_HOLD:
    case W403_KEY_S3_OBJECT_LOCK_RETAIN_UNTIL_DATE:
    case W403_KEY_S3_IF_MATCH:
    case W403_KEY_S3_IF_NONE_MATCH:
        return true;
    default:
        return strncmp(name, "s3:x-amz-", 9) == 0;
    }
}

static bool uploads(const w403_realm_reply *x)
{
    const w403_call *c = x->sample[0] ? x->sample[0] : x->sample[1];
    return c && c->op && c->target.being_written;
}

/* Keys of which the snapshot, or the request as it is asked about, is sure; and facts of the world that nobody wrote
 * down: those stay unknown, and the answer with them. */
static bool is_fixed(uint16_t id)
{
    switch (id) {
    case W403_KEY_S3_VERSIONID:
    case W403_KEY_S3_AUTHTYPE:
    case W403_KEY_S3_SIGNATUREVERSION:
    case W403_KEY_S3_DATAACCESSPOINTARN:
    case W403_KEY_S3_DATAACCESSPOINTACCOUNT:
    case W403_KEY_S3_ACCESSPOINTNETWORKORIGIN:
    case W403_KEY_S3_X_AMZ_COPY_SOURCE:
    case W403_KEY_AWS_VIAAWSSERVICE:
    case W403_KEY_AWS_CALLEDVIA:
    case W403_KEY_AWS_CALLEDVIAFIRST:
    case W403_KEY_AWS_CALLEDVIALAST:
    case W403_KEY_AWS_RESOURCETAG:
    case W403_KEY_AWS_RESOURCEACCOUNT:
    case W403_KEY_AWS_RESOURCEORGID:
    case W403_KEY_AWS_RESOURCEORGPATHS:
    case W403_KEY_AWS_REQUESTEDREGION:
    case W403_KEY_S3_RESOURCEACCOUNT:
    case W403_KEY_S3_BUCKETTAG:
    case W403_KEY_S3_ACCESSPOINTTAG:
    case W403_KEY_KMS_VIASERVICE:
        return true;
    default:
        return false;
    }
}

/* Does any permission of the request leave the key open? */
static bool open_in(const w403_realm_reply *x, const w403_key_use *u)
{
    for (int side = 0; side < x->realm->n; side++) {
        const w403_call *c = x->sample[side];
        for (size_t k = 0; c && k < c->checks.n; k++) {
            const w403_check_work *w = c->checks.at[k].detail;
            w403_key_value v = {W403_NO, NULL, 0};
            w403_context_get(&w->context, u->id, u->name, u->param, &v);
            if (v.present == W403_UNKNOWN) {
                return true;
            }
        }
    }
    return false;
}

/* Can any permission of the request have the key? */
static bool possible(const w403_realm_reply *x, uint16_t id)
{
    for (int side = 0; side < x->realm->n; side++) {
        const w403_call *c = x->sample[side];
        for (size_t k = 0; c && k < c->checks.n; k++) {
            const w403_check_work *w = c->checks.at[k].detail;
            if (w->action_id == W403_ACTION_NONE || w403_action_has_key(w->action_id, id)) {
                return true;
            }
        }
    }
    return false;
}

/* Tags of an object that the snapshot lists are known, those of another are free. */
static bool tags_are_free(const w403_realm_reply *x)
{
    bool free_tags = false;
    for (int side = 0; side < x->realm->n; side++) {
        const w403_call *c = x->sample[side];
        for (size_t k = 0; c && k < c->checks.n; k++) {
            const w403_check_work *w = c->checks.at[k].detail;
            bool object = w->target->kind == W403_TARGET_OBJECT || w->target->kind == W403_TARGET_ACCESS_POINT_OBJECT;
            bool unread = w->target->bucket && w->target->bucket->objects_fact.state == W403_FACT_UNKNOWN;
            bool asks = w->action_id != W403_ACTION_S3_PUTOBJECT && w->action_id != W403_ACTION_S3_DELETEOBJECT &&
                        w403_action_has_key(w->action_id, W403_KEY_S3_EXISTINGOBJECTTAG);
            free_tags |= object && asks && !w->target->object && !unread && w->target->exists == W403_YES;
        }
    }
    return free_tags;
}

bool w403_realm_is_role(const w403_realm_reply *x)
{
    const w403_call *c = x->sample[0] ? x->sample[0] : x->sample[1];
    return c && c->caller.kind == W403_CALLER_ROLE && x->asker->principal.p && !c->caller.session.p &&
           c->caller.unique_id.p;
}

bool w403_network_key(uint16_t id)
{
    return id == W403_KEY_AWS_SOURCEIP || w403_is_endpoint_key(id);
}

static w403_way request_way(const w403_realm_reply *x, uint16_t id)
{
    switch (id) {
    case W403_KEY_AWS_SOURCEIP:
        return W403_WAY_FROM;
    case W403_KEY_AWS_SOURCEVPCE:
        return W403_WAY_VIA;
    case W403_KEY_AWS_SECURETRANSPORT:
        return W403_WAY_SECURE;
    case W403_KEY_AWS_CURRENTTIME:
    case W403_KEY_AWS_EPOCHTIME:
        return W403_WAY_TIME;
    case W403_KEY_S3_PREFIX:
    case W403_KEY_S3_DELIMITER:
    case W403_KEY_S3_MAX_KEYS:
        return W403_WAY_QUERY;
    case W403_KEY_S3_REQUESTOBJECTTAG:
        return uploads(x) ? W403_WAY_TAG : W403_WAY_CONTEXT;
    case W403_KEY_S3_REQUESTOBJECTTAGKEYS:
        return uploads(x) ? W403_WAY_TAG_KEYS : W403_WAY_CONTEXT;
    default:
        return w403_network_key(id) ? W403_WAY_CONTEXT : W403_WAY_DERIVED;
    }
}

/* Whose account is no member of the snapshot's organization may be in another. */
static bool organization_is_free(const w403_realm_reply *x)
{
    const w403_call *c = x->sample[0] ? x->sample[0] : x->sample[1];
    return x->asker->needs_own && !(c && c->account && c->account->in_org);
}

w403_way w403_realm_way(const w403_realm_reply *x, const w403_key_use *u)
{
    bool service = w403_asker_is_service(x->asker);
    if (u->id == W403_KEY_NONE) { /* AWS sends no such key, but for what an identity provider says (N-8) */
        return open_in(x, u) ? W403_WAY_CONTEXT : W403_WAY_DERIVED;
    }
    if (is_fixed(u->id) || (w403_caller_key(u->id) && u->id != W403_KEY_KMS_CALLERACCOUNT)) {
        return W403_WAY_DERIVED;
    }
    if (u->id == W403_KEY_AWS_USERID && w403_realm_is_role(x)) {
        return W403_WAY_SESSION;
    }
    if (u->id == W403_KEY_S3_EXISTINGOBJECTTAG) {
        return tags_are_free(x) ? W403_WAY_CONTEXT : W403_WAY_DERIVED;
    }
    bool org = u->id == W403_KEY_AWS_PRINCIPALORGID || u->id == W403_KEY_AWS_PRINCIPALORGPATHS;
    if (org && organization_is_free(x)) {
        return W403_WAY_CONTEXT;
    }
    if (is_header(u->id)) {
        return possible(x, u->id) ? W403_WAY_HEADER : W403_WAY_DERIVED;
    }
    w403_way way = request_way(x, u->id);
    bool redacted = service && (w403_network_key(u->id) || way == W403_WAY_SECURE);
    if (way != W403_WAY_DERIVED) {
        return redacted || !possible(x, u->id) ? W403_WAY_DERIVED : way;
    }
    return open_in(x, u) ? W403_WAY_CONTEXT : W403_WAY_DERIVED;
}

bool w403_way_tells_more(w403_way way)
{
    return way == W403_WAY_HEADER || way == W403_WAY_VIA || way == W403_WAY_TAG || way == W403_WAY_TAG_KEYS;
}
