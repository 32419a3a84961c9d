/* Semantics 2.3: the condition keys of one check, all of them, whether or not some policy asks for them. */
#include <stdio.h>

#include "base/time.h"
#include "naive_impl.h"

static const w403_view nothing = {NULL, 0};

w403_view n_header(const w403_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++) {
        if (n_ieq(r->headers[i].name, name)) {
            return r->headers[i].value;
        }
    }
    return nothing;
}

w403_view n_query(const w403_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_query; i++) {
        if (n_eq(r->query[i].name, name)) {
            return r->query[i].value;
        }
    }
    return nothing;
}

/* ---- adding keys ---- */

static n_key *add(n_check *c, w403_view name, w403_tri present)
{
    static n_key spare;
    n_key       *k = c->ctx.n < N_KEYS ? &c->ctx.k[c->ctx.n++] : &spare;
    *k = (n_key){.name = name, .present = present};
    return k;
}

static void value(n_check *c, const char *name, w403_view v)
{
    n_key *k = add(c, w403_view_of(name), n_bool(v.p != NULL));
    k->v[0] = v;
    k->n = v.p ? 1 : 0;
}

static void text(n_check *c, const char *name, const char *v)
{
    value(c, name, w403_view_of(v));
}

static void unknown(n_check *c, const char *name)
{
    (void)add(c, w403_view_of(name), W403_UNKNOWN);
}

static void undecided(n_check *c, const char *name, const char *why)
{
    add(c, w403_view_of(name), W403_UNKNOWN)->open = why;
}

static void multi(n_check *c, const char *name, w403_view v)
{
    value(c, name, v);
    c->ctx.k[c->ctx.n - 1].multi = true;
}

/* aws:PrincipalTag/team */
static void tags(n_check *c, const char *prefix, const w403_tag *t, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        n_key *k = add(c, w403_arena_printf(c->run->a, "%s%.*s", prefix, (int)t[i].key.n, t[i].key.p), W403_YES);
        k->v[0] = t[i].value;
        k->n = 1;
    }
}

/* ---- the caller ---- */

static void organization(n_check *c, const char *id, const char *paths, const w403_account *acct)
{
    const w403_snapshot *s = c->run->s;
    if (s->org.fact.state == W403_FACT_UNKNOWN) {
        unknown(c, id);
        unknown(c, paths);
        c->ctx.k[c->ctx.n - 1].multi = true;
    } else if (acct && acct->in_org && s->org.fact.state == W403_FACT_KNOWN) {
        value(c, id, s->org.id);
        multi(c, paths, acct->org_path);
        if (!acct->org_path.p) {
            c->ctx.k[c->ctx.n - 1].present = W403_UNKNOWN;
        }
    }
}

static void mfa(n_check *c)
{
    const n_run *run = c->run;
    if (run->who.kind == N_SERVICE || run->who.kind == N_ANONYMOUS || run->who.kind == N_ORIGIN ||
        run->who.kind == N_PROVIDER) {
        return;
    }
    if (run->r->mfa == W403_UNKNOWN) {
        unknown(c, "aws:MultiFactorAuthPresent"); /* 8, question 23 */
        unknown(c, "aws:MultiFactorAuthAge");
    } else if (run->r->mfa == W403_YES) {
        text(c, "aws:MultiFactorAuthPresent", "true");
        if (run->r->mfa_age_s == UINT64_MAX) {
            unknown(c, "aws:MultiFactorAuthAge");
        } else {
            value(c, "aws:MultiFactorAuthAge",
                  w403_arena_printf(run->a, "%llu", (unsigned long long)run->r->mfa_age_s));
        }
    } else if (run->who.kind == N_ROLE || run->who.kind == N_FEDERATED) {
        text(c, "aws:MultiFactorAuthPresent", "false");
    } else {
        undecided(c, "aws:MultiFactorAuthPresent", "no MFA: long-term keys or a session?");
    }
}

static void caller_names(n_check *c, const char *type, w403_view arn, w403_view userid)
{
    text(c, "aws:PrincipalType", type);
    value(c, "aws:PrincipalArn", arn);
    value(c, "aws:userid", userid);
}

static void who_keys(n_check *c)
{
    const n_who *w = &c->run->who;
    w403_arena  *a = c->run->a;
    w403_view    id = w->entity ? w->entity->unique_id : nothing;
    switch (w->kind) {
    case N_USER:
        caller_names(c, "User", w->arn, id);
        value(c, "aws:username", w->entity ? w->entity->name : nothing);
        break;
    case N_ROLE:
        caller_names(c, "AssumedRole", w->entity_arn,
                     w403_arena_printf(a, "%.*s:%.*s", (int)id.n, id.p ? id.p : "", (int)w->name.n, w->name.p));
        break;
    case N_FEDERATED:
        caller_names(c, "FederatedUser", w->arn,
                     w403_arena_printf(a, "%.*s:%.*s", (int)w->account.n, w->account.p, (int)w->name.n, w->name.p));
        break;
    case N_ROOT: caller_names(c, "Account", w->arn, w->account); break;
    case N_SERVICE:
        undecided(c, "aws:PrincipalType", "type of a service principal");
        undecided(c, "aws:userid", "user id of a service principal");
        break;
    case N_ANONYMOUS: caller_names(c, "Anonymous", nothing, W403_LIT("anonymous")); break;
    case N_ORIGIN:
    case N_PROVIDER: /* not documented */
        unknown(c, "aws:PrincipalType");
        unknown(c, "aws:PrincipalArn");
        unknown(c, "aws:userid");
        unknown(c, "aws:PrincipalAccount");
        unknown(c, "aws:PrincipalIsAWSService");
        break;
    }
}

static void caller(n_check *c)
{
    const n_who *w = &c->run->who;
    who_keys(c);
    mfa(c);
    text(c, "aws:ViaAWSService", c->key && c->run->target.bucket ? "true" : "false");
    if (c->key && w->kind == N_SERVICE) {
        c->ctx.k[c->ctx.n - 1].open = "aws:ViaAWSService of a service's own call";
    }
    if (w->kind == N_ANONYMOUS) {
        text(c, "aws:PrincipalAccount", "anonymous");
        return;
    }
    if (w->kind == N_ORIGIN || w->kind == N_PROVIDER) {
        return;
    }
    text(c, "aws:PrincipalIsAWSService", w->kind == N_SERVICE ? "true" : "false");
    if (w->kind == N_SERVICE) {
        value(c, "aws:PrincipalServiceName", w->name);
        multi(c, "aws:PrincipalServiceNamesList", w->name);
        undecided(c, "aws:PrincipalAccount", "account of a service principal");
        return;
    }
    value(c, "aws:PrincipalAccount", w->account);
    organization(c, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", w->home);
    if (w->kind == N_FEDERATED && w->entity && w->entity->n_tags) {
        undecided(c, "aws:PrincipalTag/team", "tags of a federated user");
    } else if (w->entity) {
        tags(c, "aws:PrincipalTag/", w->entity->tags, w->entity->n_tags);
    }
}

/* ---- the way in ---- */

static const w403_vpc_endpoint *endpoint_of(const w403_snapshot *s, w403_view id)
{
    for (uint32_t i = 0; i < s->n_endpoints; i++) {
        if (n_same(s->endpoint_list[i]->id, id)) {
            return s->endpoint_list[i];
        }
    }
    return NULL;
}

static void network(n_check *c)
{
    const w403_request *r = c->run->r;
    bool                fas = c->key && c->run->target.bucket;
    if (c->run->who.kind == N_SERVICE) {
        return;
    }
    text(c, "aws:SecureTransport", r->secure == W403_NO ? "false" : "true");
    if (fas) { /* KMS: 8, question 17 */
        c->ctx.k[c->ctx.n - 1].open = "aws:SecureTransport of the KMS call";
    }
    if (r->via.p) {
        if (fas) {
            return;
        }
        const w403_vpc_endpoint *e = endpoint_of(c->run->s, r->via);
        value(c, "aws:SourceVpce", r->via);
        if (e) {
            value(c, "aws:SourceVpc", e->vpc_id);
        } else {
            unknown(c, "aws:SourceVpc");
        }
    } else if (r->from.p) {
        value(c, "aws:SourceIp", r->from);
    } else {
        unknown(c, "aws:SourceIp");
        if (!fas) {
            unknown(c, "aws:SourceVpce");
            unknown(c, "aws:SourceVpc");
        }
    }
}

static void times(n_check *c)
{
    const w403_request *r = c->run->r;
    w403_instant        at, signed_at;
    if (!w403_instant_parse(r->at, &at)) {
        return;
    }
    value(c, "aws:CurrentTime", w403_instant_format(c->run->a, at));
    value(c, "aws:EpochTime", w403_arena_printf(c->run->a, "%lld", (long long)(at / 1000000)));
    if (c->role) {
        return;
    }
    if (!c->key && (c->run->who.kind == N_SERVICE || (!r->presigned && c->run->who.kind != N_ANONYMOUS))) {
        undecided(c, "s3:signatureAge", "age of a signature that is no presigned URL");
    } else if (r->presigned && !c->key && c->run->who.kind != N_ANONYMOUS && w403_instant_parse(r->signed_at, &signed_at)) {
        value(c, "s3:signatureAge", w403_arena_printf(c->run->a, "%lld", (long long)((at - signed_at) / 1000)));
    }
}

/* ---- S3 ---- */

static bool may_have(const n_check *c, const char *key)
{
    uint16_t action = w403_action_find(c->action), id = w403_key_find(w403_view_of(key), NULL);
    return action == W403_ACTION_NONE || w403_action_has_key(action, id);
}

static void from_header(n_check *c, const char *key, const char *header)
{
    w403_view v = n_header(c->run->r, header);
    bool      part = n_eq(c->run->r->operation, "UploadPart") || n_eq(c->run->r->operation, "CompleteMultipartUpload");
    if (v.p && may_have(c, key) && !part) { /* 4.9 */
        value(c, key, v);
    }
}

static void listing(n_check *c)
{
    static const char *const ops[] = {"ListObjectsV2", "ListObjects", "ListObjectVersions"};
    const w403_request      *r = c->run->r;
    bool                     lists = false;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        lists |= n_eq(r->operation, ops[i]);
    }
    if (!may_have(c, "s3:prefix")) {
        return;
    }
    if (!lists || c->masking) { /* 4.7: none of a GetObject */
        undecided(c, "s3:max-keys", "max-keys where nothing is listed");
        return;
    }
    value(c, "s3:prefix", n_query(r, "prefix"));
    value(c, "s3:delimiter", n_query(r, "delimiter"));
    w403_view most = n_query(r, "max-keys");
    value(c, "s3:max-keys", most.p ? most : W403_LIT("1000"));
}

static void object_tags(n_check *c)
{
    const n_target *t = c->target;
    if (!may_have(c, "s3:ExistingObjectTag/k") || !t || !t->key.n || n_of_new_object(c) || n_ieq(c->action, "s3:PutObject") ||
        n_ieq(c->action, "s3:DeleteObject")) {
        return;
    }
    if (t->object && (t->object->tags_known || t->object->tagged == W403_NO)) {
        tags(c, "s3:ExistingObjectTag/", t->object->tags, t->object->n_tags);
    } else if (t->object && t->delete_marker) {
        undecided(c, "s3:ExistingObjectTag/class", "tags of a delete marker");
    } else if (!t->object && t->exists == W403_YES) {
        undecided(c, "s3:ExistingObjectTag/class", "tags of an object that is not listed");
    } else if (t->exists != W403_NO) {
        unknown(c, "s3:ExistingObjectTag/class");
    }
}

/* x-amz-tagging: class=a&team=b */
static void request_tags(n_check *c)
{
    w403_view rest = n_header(c->run->r, "x-amz-tagging");
    if (n_eq(c->run->r->operation, "CopyObject") && may_have(c, "s3:RequestObjectTagKeys") && !rest.p) {
        undecided(c, "s3:RequestObjectTagKeys", "tags that are copied");
        undecided(c, "s3:RequestObjectTag/class", "tags that are copied");
    }
    if (!rest.p || !may_have(c, "s3:RequestObjectTagKeys")) {
        return;
    }
    n_key *list = add(c, W403_LIT("s3:RequestObjectTagKeys"), W403_YES);
    list->multi = true;
    while (rest.n) {
        w403_view pair = w403_view_cut(&rest, '&'), name = w403_view_cut(&pair, '=');
        list->v[list->n++] = name;
        n_key *k = add(c, w403_arena_printf(c->run->a, "s3:RequestObjectTag/%.*s", (int)name.n, name.p), W403_YES);
        k->v[0] = pair;
        k->n = 1;
    }
}

static void access_point(n_check *c)
{
    const w403_access_point *ap = c->target ? c->target->ap : NULL;
    if (ap) {
        value(c, "s3:DataAccessPointArn", ap->arn);
        value(c, "s3:DataAccessPointAccount", ap->account_id);
        text(c, "s3:AccessPointNetworkOrigin", ap->vpc_only ? "VPC" : "Internet");
    }
}

static void s3_keys(n_check *c)
{
    const n_run *run = c->run;
    if (run->who.kind != N_ANONYMOUS && run->who.kind != N_SERVICE) {
        text(c, "s3:authType", run->r->presigned ? "REST-QUERY-STRING" : "REST-HEADER");
    }
    from_header(c, "s3:x-amz-acl", "x-amz-acl");
    from_header(c, "s3:x-amz-server-side-encryption", "x-amz-server-side-encryption");
    from_header(c, "s3:x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-aws-kms-key-id");
    from_header(c, "s3:x-amz-storage-class", "x-amz-storage-class");
    if (n_ieq(c->action, "s3:PutObject")) {
        w403_view rest = n_header(run->r, "x-amz-copy-source");
        value(c, "s3:x-amz-copy-source", w403_view_cut(&rest, '?')); /* bucket/key */
    }
    if (c->target && c->target->version.p && may_have(c, "s3:VersionId")) {
        value(c, "s3:VersionId", c->target->version);
    }
    listing(c);
    object_tags(c);
    request_tags(c);
    access_point(c);
}

static void resource_keys(n_check *c)
{
    if (!c->owner.p) {
        undecided(c, "aws:ResourceAccount", "owner of *");
        undecided(c, "s3:ResourceAccount", "owner of *");
        undecided(c, "aws:ResourceOrgID", "owner of *");
        return;
    }
    value(c, "aws:ResourceAccount", c->owner);
    if (!c->key && !c->role) {
        value(c, "s3:ResourceAccount", c->owner);
    }
    organization(c, "aws:ResourceOrgID", "aws:ResourceOrgPaths", c->owner_home);
}

/* N-6: tags of a list that nobody collected are not known. */
static void known_tags(n_check *c, const char *prefix, const w403_tags *t)
{
    if (t->fact.state == W403_FACT_KNOWN || t->fact.state == W403_FACT_NONE) {
        tags(c, prefix, t->at, t->n);
    } else {
        unknown(c, prefix[0] == 'a' ? "aws:ResourceTag/team" : prefix[3] == 'B' ? "s3:BucketTag/team" : "s3:AccessPointTag/team");
    }
}

static void bucket_tags(n_check *c, const char *prefix)
{
    const w403_bucket *b = c->target->bucket;
    if (b && b->abac_fact.state == W403_FACT_UNKNOWN) {
        unknown(c, prefix[0] == 'a' ? "aws:ResourceTag/team" : "s3:BucketTag/team");
    } else if (b && b->abac) {
        known_tags(c, prefix, &b->tags);
    }
}

static void resource_tags(n_check *c)
{
    static const w403_tags none = {.n = 0};
    if (c->role) {
        tags(c, "aws:ResourceTag/", c->role->tags, c->role->n_tags);
    } else if (c->key) {
        known_tags(c, "aws:ResourceTag/", c->key ? &c->key->tags : &none);
    } else if (c->target) {
        if (c->on_ap) {
            known_tags(c, "aws:ResourceTag/", &c->target->ap->tags);
        } else {
            bucket_tags(c, "aws:ResourceTag/");
        }
        bucket_tags(c, "s3:BucketTag/");
        if (c->target->ap) {
            known_tags(c, "s3:AccessPointTag/", &c->target->ap->tags);
        }
    }
}

static void kms_keys(n_check *c)
{
    value(c, "kms:CallerAccount", c->run->who.account);
    text(c, "aws:RequestedRegion", "us-east-1");
    if (!c->context_arn.p) {
        undecided(c, "kms:EncryptionContext:aws:s3:arn", "encryption context of a direct call");
    } else {
        if (c->run->who.kind == N_SERVICE) {
            undecided(c, "kms:ViaService", "ViaService of a KMS call that a service makes for itself");
        } else {
            text(c, "kms:ViaService", "s3.us-east-1.amazonaws.com");
        }
        value(c, "kms:EncryptionContext:aws:s3:arn", c->context_arn);
        multi(c, "kms:EncryptionContextKeys", W403_LIT("aws:s3:arn"));
    }
}

static void by_hand(n_check *c)
{
    const w403_request *r = c->run->r;
    for (size_t i = 0; i < r->n_context; i++) {
        const w403_context_entry *e = &r->context[i];
        n_key                    *k = NULL;
        for (unsigned j = 0; j < c->ctx.n; j++) {
            char name[160];
            (void)snprintf(name, sizeof name, "%.*s", (int)e->key.n, e->key.p);
            k = n_ieq(c->ctx.k[j].name, name) ? &c->ctx.k[j] : k;
        }
        bool many = k && k->multi;
        k = k ? k : add(c, e->key, e->present);
        *k = (n_key){.name = e->key, .present = e->present, .multi = many || e->n_values > 1};
        for (size_t j = 0; j < e->n_values && j < N_VALUES; j++) {
            k->v[k->n++] = e->values[j];
        }
    }
}

void n_build_context(n_check *c)
{
    c->ctx.n = 0;
    caller(c);
    network(c);
    times(c);
    resource_keys(c);
    resource_tags(c);
    if (c->role) {
        undecided(c, "aws:RequestedRegion", "Region of a call to STS");
        unknown(c, "sts:ExternalId");
    } else if (c->key) {
        kms_keys(c);
    } else {
        if (c->target) {
            text(c, "aws:RequestedRegion", "us-east-1");
        } else {
            undecided(c, "aws:RequestedRegion", "Region of *");
        }
        s3_keys(c);
    }
    by_hand(c);
}
