/* What is asked for: an ARN, resolved to bucket, object, access point or key. */
#include "base/encode.h"
#include "decide/call.h"

/* Whose resource it is when neither its ARN nor the snapshot tells. */
static w403_view default_owner(w403_call *c)
{
    if (c->req->resource_account.p) {
        return c->req->resource_account;
    }
    if (!w403_call_fully_said(c) && !w403_call_given(c, W403_POLICY_RESOURCE)) {
        return (w403_view){NULL, 0};
    }
    if (c->caller.account.p) {
        w403_assume(c, "the resource belongs to the caller's account {account}: nothing says otherwise", W403_P("account", c->caller.account));
    }
    return c->caller.account;
}

/* The key (or version) in the snapshot's listing. A listed key with other versions only lacks this one. */
static void find_object(w403_call *c, w403_target *t)
{
    const w403_bucket *b = t->bucket;
    t->exists = W403_YES;
    if (c->object && t == &c->target) {
        t->object = c->object;
        return;
    }
    if (!b) {
        return;
    }
    t->object = w403_bucket_object(b, t->key, t->version_id);
    if (t->object) {
        return;
    }
    const w403_object *any = t->version_id.p ? w403_bucket_object(b, t->key, (w403_view){NULL, 0}) : NULL;
    if (any && any->version_id.p) {
        t->exists = W403_NO;
        t->version_missing = true;
    } else if (any) {
        t->object = any; /* listed without version ids: it may well be this one */
    } else if (b->objects_fact.state == W403_FACT_UNKNOWN) {
        t->exists = W403_UNKNOWN;
        w403_want(c, b->objects_fact.path);
    } else if (b->objects_complete || w403_map_get(&b->absent, t->key)) {
        t->exists = W403_NO;
    } else if (c->snap->narrow) { /* others were looked for, not this one */
        t->exists = W403_UNKNOWN;
        w403_want(c, b->objects_fact.path);
    }
}

static void set_bucket(w403_call *c, w403_target *t, w403_view name)
{
    t->bucket_name = name;
    t->bucket = w403_snapshot_bucket(c->snap, name);
    if (t->bucket && t->bucket->account) {
        t->owner = t->bucket->account->id;
    } else if (w403_call_is(c, W403_OPERATION_CREATEBUCKET)) {
        t->owner = c->caller.account; /* of the bucket to come */
    } else {
        t->owner = default_owner(c);
    }
}

static w403_status s3_target(w403_call *c, w403_view name, w403_view key, w403_target *t)
{
    set_bucket(c, t, name);
    if (w403_view_ends(name, W403_LIT("--x-s3"))) {
        t->kind = W403_TARGET_UNSUPPORTED;
        t->why = W403_LIT("directory buckets (s3express, CreateSession)");
        return W403_OK;
    }
    t->kind = key.p ? W403_TARGET_OBJECT : W403_TARGET_BUCKET;
    if (key.p) {
        t->key = key;
        find_object(c, t);
    }
    return W403_OK;
}

static w403_view ap_bucket_owner(const w403_access_point *ap)
{
    return ap->bucket_account.p ? ap->bucket_account : (w403_view){NULL, 0};
}

/* MR1: a request to a Multi-Region Access Point goes to the nearest of its buckets: as one that has the bucket of this turn. */
static void route(w403_call *c, w403_target *t)
{
    const w403_access_point *ap = t->access_point;
    if (ap->n_routes < 2) {
        return;
    }
    w403_access_point *turn = W403_NEW(c->arena, w403_access_point);
    if (!turn) {
        c->nomem = true;
        return;
    }
    c->n_routes = c->n_routes > ap->n_routes ? c->n_routes : ap->n_routes;
    const w403_route *r = &ap->routes[c->route % ap->n_routes];
    *turn = *ap;
    turn->bucket_name = r->bucket;
    turn->bucket_account = r->account;
    t->access_point = turn;
}

/* arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME[/object/KEY], AP2. */
static w403_status access_point_target(w403_call *c, const w403_arn *arn, w403_target *t, w403_error *err)
{
    w403_view rest = arn->part[5];
    w403_view_cut(&rest, '/');
    w403_view name = w403_view_cut(&rest, '/');
    w403_view ap_arn = w403_arena_printf(c->arena, "arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s", W403_ARG(arn->part[1]),
                                         W403_ARG(arn->part[3]), W403_ARG(arn->part[4]), W403_ARG(name));
    W403_NEED(ap_arn.p, err);
    t->owner = arn->part[4];
    t->access_point = c->snap ? w403_map_get(&c->snap->access_points, ap_arn) : NULL;
    if (arn->part[3].n == 0 && (!t->access_point || !t->access_point->n_routes || (t->access_point->n_routes > 1 && !c->routed))) {
        t->kind = W403_TARGET_UNSUPPORTED;
        t->why = W403_LIT("Multi-Region Access Points: to which buckets this one sends its requests is not in the snapshot");
        return W403_OK;
    }
    t->kind = W403_TARGET_ACCESS_POINT;
    if (rest.p) {
        w403_view object = w403_view_cut(&rest, '/');
        if (!w403_view_eq(object, W403_LIT("object")) || !rest.p) {
            w403_status st =
                w403_error_set(err, W403_SEMANTIC, "`%.*s` is no access point resource", W403_ARG(arn->whole));
            w403_error_hint(err, "an object is .../accesspoint/%.*s/object/KEY", W403_ARG(name));
            return st;
        }
        t->kind = W403_TARGET_ACCESS_POINT_OBJECT;
        t->key = rest;
        t->exists = W403_YES;
    }
    if (t->access_point) {
        route(c, t);
        t->bucket_name = t->access_point->bucket_name;
        t->bucket = w403_snapshot_bucket(c->snap, t->bucket_name);
        if (t->kind == W403_TARGET_ACCESS_POINT_OBJECT) {
            find_object(c, t);
        }
    }
    return W403_OK;
}

static w403_status key_target(w403_call *c, const w403_arn *arn, w403_target *t)
{
    t->owner = w403_is_account_id(arn->part[4]) ? arn->part[4] : default_owner(c);
    if (!w403_view_starts(arn->part[5], W403_LIT("key/")) && !w403_view_starts(arn->part[5], W403_LIT("alias/"))) {
        t->kind = W403_TARGET_OTHER;
        return W403_OK;
    }
    t->kind = W403_TARGET_KEY;
    t->kms = c->snap ? w403_snapshot_key(c->snap, arn->whole, arn->part[3], arn->part[4]) : NULL;
    if (t->kms && w403_view_starts(arn->part[5], W403_LIT("alias/"))) {
        t->arn = t->kms->arn; /* policies see the key's ARN */
    }
    return W403_OK;
}

/* `alias-s3alias` in place of a bucket name: the access point behind it. */
static const w403_access_point *by_alias(const w403_call *c, w403_view name)
{
    if (!c->snap || !w403_view_ends(name, W403_LIT("-s3alias"))) {
        return NULL;
    }
    return w403_map_get(&c->snap->access_points, name);
}

static w403_status alias_target(w403_call *c, const w403_access_point *ap, w403_view key, w403_target *t,
                                w403_error *err)
{
    t->arn = key.p ? w403_arena_printf(c->arena, "%.*s/object/%.*s", W403_ARG(ap->arn), W403_ARG(key)) : ap->arn;
    W403_NEED(t->arn.p, err);
    w403_arn real = w403_arn_split(t->arn);
    return access_point_target(c, &real, t, err);
}

bool w403_is_trust_action(w403_view action)
{
    return w403_list_has(W403_LIST_TRUST_ACTION, action);
}

/* The last `/` part of a role's path. */
static w403_view role_name(w403_view resource)
{
    w403_view name = {NULL, 0};
    while (resource.p) {
        name = w403_view_cut(&resource, '/');
    }
    return name;
}

/* The role that is taken. One that its account does not hold is a slip, unless its policy is given by hand. */
static w403_status role_target(w403_call *c, const w403_arn *arn, w403_target *t, w403_error *err)
{
    t->kind = W403_TARGET_ROLE;
    t->owner = arn->part[4];
    const w403_account *a = w403_snapshot_account(c->snap, t->owner);
    const w403_entity *e = a ? w403_map_get(&a->by_arn, arn->whole) : NULL;
    t->role = e && e->kind == W403_ENTITY_ROLE ? e : NULL;
    bool given = w403_call_given(c, W403_POLICY_TRUST) || w403_call_given(c, W403_POLICY_RESOURCE);
    if (t->role || given || !a || a->iam.state != W403_FACT_KNOWN || a->iam_partial) {
        return W403_OK;
    }
    return w403_not_there(a, W403_ENTITY_ROLE, role_name(arn->part[5]), err);
}

/* OL1: what the function makes of the object is its own matter; whose permissions it reads with is known. */
static w403_status object_lambda(w403_call *c, w403_target *t, w403_error *err)
{
    size_t end = w403_view_find(t->arn, W403_LIT("/object/"));
    w403_view arn = w403_view_sub(t->arn, 0, end == SIZE_MAX ? t->arn.n : end);
    const w403_view *behind = c->snap ? w403_map_get(&c->snap->object_lambda, arn) : NULL;
    t->why = W403_LIT("Object Lambda access points: the Lambda function behind one is not in a snapshot");
    if (behind) {
        t->why = w403_arena_printf(c->arena, "%.*s; the caller needs the same permission on %.*s, which can be asked about",
                                   W403_ARG(t->why), W403_ARG(*behind));
        W403_NEED(t->why.p, err);
    }
    return W403_OK;
}

w403_status w403_target_resolve(w403_call *c, w403_view resource, w403_view version_id, w403_target *out,
                                w403_error *err)
{
    out->arn = resource;
    out->version_id = version_id;
    out->exists = W403_YES;
    if (!resource.p || w403_view_eq(resource, W403_LIT("*"))) {
        out->arn = W403_LIT("*");
        out->kind = W403_TARGET_NONE;
        out->owner = c->req->resource_account.p ? c->req->resource_account : c->caller.account;
        return W403_OK;
    }
    if (resource.n > W403_LIMIT_ARN_BYTES + W403_LIMIT_KEY_BYTES) {
        return w403_error_set(err, W403_LIMIT, "a resource of %zu bytes: an ARN has at most %d", resource.n,
                              W403_LIMIT_ARN_BYTES + W403_LIMIT_KEY_BYTES);
    }
    out->split = w403_arn_split(resource);
    const w403_arn *arn = &out->split;
    if (arn->n != 6) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no ARN", W403_ARG(resource));
        w403_error_hint(err, "a bucket is arn:aws:s3:::NAME, an object arn:aws:s3:::NAME/KEY, or `*` for none");
        return st;
    }
    bool s3 = w403_view_eq(arn->part[2], W403_LIT("s3"));
    if (s3 && w403_view_starts(arn->part[5], W403_LIT("accesspoint/"))) {
        return access_point_target(c, arn, out, err);
    }
    if (s3 && arn->part[3].n == 0 && arn->part[4].n == 0) {
        w403_view key = arn->part[5], name = w403_view_cut(&key, '/');
        const w403_access_point *ap = by_alias(c, name);
        return ap ? alias_target(c, ap, key, out, err) : s3_target(c, name, key, out);
    }
    if (w403_view_eq(arn->part[2], W403_LIT("kms"))) {
        return key_target(c, arn, out);
    }
    if (w403_view_eq(arn->part[2], W403_LIT("s3-object-lambda"))) {
        out->kind = W403_TARGET_UNSUPPORTED;
        return object_lambda(c, out, err);
    }
    if (w403_view_eq(arn->part[2], W403_LIT("s3express")) || w403_view_eq(arn->part[2], W403_LIT("s3-outposts"))) {
        out->kind = W403_TARGET_UNSUPPORTED;
        out->why = arn->part[2];
        return W403_OK;
    }
    if (w403_view_eq(arn->part[2], W403_LIT("iam")) && w403_view_starts(arn->part[5], W403_LIT("role/")) &&
        w403_is_account_id(arn->part[4]) && w403_is_trust_action(c->req->action)) {
        return role_target(c, arn, out, err);
    }
    out->kind = W403_TARGET_OTHER;
    out->owner = w403_is_account_id(arn->part[4]) ? arn->part[4]
                 : c->req->resource_account.p    ? c->req->resource_account
                                                 : c->caller.account;
    return W403_OK;
}

const w403_account *w403_target_account(const w403_call *c, const w403_target *t)
{
    const w403_account *a = t->bucket ? t->bucket->account : NULL;
    if (a && a->id.p == t->owner.p) { /* mostly: nothing to look up */
        return a;
    }
    return t->owner.p ? w403_snapshot_account(c->snap, t->owner) : NULL;
}

w403_target w403_target_bucket(w403_call *c, const w403_target *t)
{
    w403_target b = {.kind = W403_TARGET_BUCKET,
                     .bucket_name = t->bucket_name,
                     .bucket = t->bucket,
                     .exists = W403_YES,
                     .access_point = t->access_point};
    w403_view partition = w403_arn_split(t->arn).part[1];
    b.owner = t->bucket && t->bucket->account ? t->bucket->account->id
              : t->access_point               ? ap_bucket_owner(t->access_point)
                                              : t->owner;
    b.arn = w403_arena_printf(c->arena, "arn:%.*s:s3:::%.*s", W403_ARG(partition), W403_ARG(t->bucket_name));
    c->nomem |= b.arn.p == NULL;
    return b;
}

/* x-amz-copy-source: bucket/key or an access point ARN with /object/key; URL-encoded, perhaps with a leading
 * slash and ?versionId=. */
w403_status w403_target_copy_source(w403_call *c, w403_view header, w403_target *out, w403_error *err)
{
    w403_view version = {NULL, 0};
    w403_view text = header;
    size_t q = w403_view_find(text, W403_LIT("?versionId="));
    if (q != SIZE_MAX) {
        version = w403_view_sub(text, q + 11, text.n);
        text = w403_view_sub(text, 0, q);
    }
    if (text.n && text.p[0] == '/') {
        text = w403_view_sub(text, 1, text.n);
    }
    w403_view plain = w403_percent_decode(c->arena, text, false);
    if (!plain.p || w403_view_find_char(plain, '/') == SIZE_MAX) {
        return w403_error_set(err, W403_SEMANTIC, "x-amz-copy-source `%.*s` is no bucket/key", W403_ARG(header));
    }
    w403_view arn = plain;
    if (!w403_view_starts(plain, W403_LIT("arn:"))) {
        w403_view partition = w403_arn_split(c->target.arn).part[1];
        arn = w403_arena_printf(c->arena, "arn:%.*s:s3:::%.*s", W403_ARG(partition), W403_ARG(plain));
        W403_NEED(arn.p, err);
    }
    return w403_target_resolve(c, arn, version, out, err);
}
