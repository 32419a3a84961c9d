/* Keys about the way a request came in and about the resource's owner (semantics 2.3). */
#include "decide/context.h"

bool w403_is_endpoint_key(uint16_t id)
{
    switch (id) {
    case W403_KEY_AWS_SOURCEVPCE:
    case W403_KEY_AWS_SOURCEVPC:
    case W403_KEY_AWS_SOURCEVPCARN:
    case W403_KEY_AWS_VPCSOURCEIP:
    case W403_KEY_AWS_VPCEACCOUNT:
    case W403_KEY_AWS_VPCEORGID:
    case W403_KEY_AWS_VPCEORGPATHS:
        return true;
    default:
        return false;
    }
}

/* A network key is settled by `from` (public internet: no endpoint) or `via` (an endpoint: no SourceIp). */
static bool source_ip(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    if (c->caller.kind == W403_CALLER_SERVICE || c->req->via.p) {
        return w403_key_absent(q);
    }
    return w403_key_one(q, c->req->from);
}

static bool endpoint_key(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    const w403_vpc_endpoint *e = c->endpoint;
    if (c->caller.kind == W403_CALLER_SERVICE || c->req->from.p) {
        return w403_key_absent(q);
    }
    if (!c->req->via.p) {
        return w403_key_unknown(q);
    }
    const w403_account *owner = e ? e->account : NULL;
    switch (q->id) {
    case W403_KEY_AWS_SOURCEVPCE:
        return w403_key_one(q, c->req->via);
    case W403_KEY_AWS_SOURCEVPC:
        return w403_key_one(q, e ? e->vpc_id : (w403_view){NULL, 0});
    case W403_KEY_AWS_SOURCEVPCARN:
        if (!e || !owner || !e->vpc_id.p || !e->region.p) {
            return w403_key_unknown(q);
        }
        return w403_key_one(q, w403_arena_printf(c->arena, "arn:%.*s:ec2:%.*s:%.*s:vpc/%.*s",
                                                 W403_ARG(c->snap->partition), W403_ARG(e->region),
                                                 W403_ARG(owner->id), W403_ARG(e->vpc_id)));
    case W403_KEY_AWS_VPCEACCOUNT:
        return w403_key_one(q, owner ? owner->id : (w403_view){NULL, 0});
    case W403_KEY_AWS_VPCEORGID:
    case W403_KEY_AWS_VPCEORGPATHS:
        if (!owner) {
            return w403_key_unknown(q);
        }
        if (!owner->in_org) {
            return w403_key_absent(q);
        }
        return w403_key_one(q, q->id == W403_KEY_AWS_VPCEORGID ? c->snap->org.id : owner->org_path);
    default:
        return w403_key_unknown(q); /* VpcSourceIp: the private address was not said */
    }
}

static bool secure_transport(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    if (c->caller.kind == W403_CALLER_SERVICE) { /* redacted between services */
        return w403_key_absent(q);
    }
    return c->req->secure == W403_UNKNOWN ? w403_key_unknown(q) : w403_key_bool(q, c->req->secure == W403_YES);
}

bool w403_keys_network(const w403_key_question *q)
{
    const w403_call *c = q->work->call;
    switch (q->id) {
    case W403_KEY_AWS_SOURCEIP:
        return source_ip(q);
    case W403_KEY_AWS_SOURCEVPC:
    case W403_KEY_AWS_SOURCEVPCE:
    case W403_KEY_AWS_SOURCEVPCARN:
    case W403_KEY_AWS_VPCSOURCEIP:
    case W403_KEY_AWS_VPCEACCOUNT:
    case W403_KEY_AWS_VPCEORGID:
    case W403_KEY_AWS_VPCEORGPATHS:
        return endpoint_key(q);
    case W403_KEY_AWS_SECURETRANSPORT:
        return secure_transport(q);
    case W403_KEY_AWS_CURRENTTIME:
        return w403_key_one(q, w403_instant_format(c->arena, c->now));
    case W403_KEY_AWS_EPOCHTIME:
        return w403_key_one(q, w403_arena_printf(c->arena, "%lld", (long long)(c->now / 1000000)));
    case W403_KEY_AWS_USERAGENT:
        return w403_key_one(q, w403_call_header(c, W403_LIT("user-agent")));
    case W403_KEY_AWS_REFERER: {
        w403_view v = w403_call_header(c, W403_LIT("referer"));
        return v.p ? w403_key_one(q, v) : w403_key_not_sent(q, W403_UNSAID_HEADERS);
    }
    default:
        return false;
    }
}

static bool resource_org(const w403_key_question *q, bool paths)
{
    const w403_call *c = q->work->call;
    if (!q->work->target->owner.p || (c->snap && c->snap->org.fact.state == W403_FACT_UNKNOWN)) {
        return w403_key_unknown(q);
    }
    const w403_account *a = w403_target_account(c, q->work->target);
    if (a && a->in_org_unsure) {
        return w403_key_unknown(q);
    }
    if (!a || !a->in_org) {
        return w403_key_absent(q);
    }
    return w403_key_one(q, paths ? a->org_path : c->snap->org.id);
}

static w403_view request_region(const w403_check_work *w)
{
    const w403_arn *arn = w->ask.resource;
    if (arn->n == 6 && arn->part[3].n) {
        return arn->part[3];
    }
    const w403_target *t = w->target;
    if (t->bucket && !t->bucket->region.p) {
        w403_want(w->call, t->bucket->location_fact.path);
    }
    return t->bucket ? t->bucket->region : (w403_view){NULL, 0};
}

bool w403_keys_resource(const w403_key_question *q)
{
    switch (q->id) {
    case W403_KEY_S3_RESOURCEACCOUNT:
        if (!w403_view_starts(q->work->action, W403_LIT("s3:"))) {
            return w403_key_absent(q);
        }
        return w403_key_one(q, q->work->target->owner);
    case W403_KEY_AWS_RESOURCEACCOUNT:
        return w403_key_one(q, q->work->target->owner);
    case W403_KEY_AWS_RESOURCEORGID:
        return resource_org(q, false);
    case W403_KEY_AWS_RESOURCEORGPATHS:
        return resource_org(q, true);
    case W403_KEY_AWS_REQUESTEDREGION:
        return w403_key_one(q, request_region(q->work));
    default:
        return false;
    }
}
