/* What a setting was before a change, or after it: the file that the aws CLI would print, made of the call's own
 * parameters and loaded again. The state and the grants of keys likewise. */
#include "logs/proof.h"

static bool fail(w403_rewound *r, const char *why)
{
    r->why = why;
    return false;
}

static w403_view parameter(w403_rewound *r, const w403_log_change *c, const char *path)
{
    return w403_change_parameter(r->world->arena, c, w403_view_of(path));
}

/* ---- the file's text ---- */

/* What is set: a bucket, one of its objects, or an account. */
typedef struct subject {
    w403_bucket       *bucket;
    const w403_object *object;
    w403_account      *account;
} subject;

typedef w403_view text_fn(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member);

/* The rules of a configuration: CloudTrail has one as an object, several as a list. */
static w403_view rules(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member)
{
    w403_view rule = parameter(r, set, member);
    (void)of;
    if (!rule.n) {
        return rule;
    }
    bool      list = rule.p[0] == '[';
    w403_view outer = w403_view_of(member);
    outer = w403_view_cut(&outer, '.');
    return w403_arena_printf(r->world->arena, "{\"%.*s\":{\"Rules\":%s%.*s%s}}", W403_ARG(outer), list ? "" : "[",
                             W403_ARG(rule), list ? "" : "]");
}

static w403_view whole(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member)
{
    (void)of;
    return parameter(r, set, member);
}

static w403_view lock(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member)
{
    w403_view text = parameter(r, set, member);
    (void)of;
    return text.n ? w403_arena_printf(r->world->arena, "{\"%s\":%.*s}", member, W403_ARG(text)) : text;
}

/* Flags may be booleans or words. */
static w403_view flags(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member)
{
    static const char *const NAMES[] = {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"};
    w403_arena *a = r->world->arena;
    w403_view   out = W403_LIT("");
    (void)of;
    if (!parameter(r, set, member).n) {
        return (w403_view){NULL, 0};
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        w403_view path = w403_arena_printf(a, "%s.%s", member, NAMES[i]);
        bool      on = w403_view_ieq(w403_change_parameter(a, set, path), W403_LIT("true"));
        out = w403_arena_printf(a, "%.*s%s\"%s\":%s", W403_ARG(out), i ? "," : "", NAMES[i], on ? "true" : "false");
    }
    return w403_arena_printf(a, "{\"%s\":{%.*s}}", member, W403_ARG(out));
}

#define EVERYBODY(permission)                                                                                         \
    ",{\"Grantee\":{\"URI\":\"http://acs.amazonaws.com/groups/global/AllUsers\"},\"Permission\":\"" permission "\"}"
#define LOGS(permission)                                                                                              \
    ",{\"Grantee\":{\"URI\":\"http://acs.amazonaws.com/groups/s3/LogDelivery\"},\"Permission\":\"" permission "\"}"
/* Canned ACLs (S3 4.2): what they give beside the owner's full control. */
static const struct canned {
    const char *name, *grants;
    const char *bucket_owner; /* permission of an object's bucket owner */
} canned[] = {
    {"private", "", NULL},
    {"bucket-owner-read", "", "READ"},
    {"bucket-owner-full-control", "", "FULL_CONTROL"},
    {"public-read", EVERYBODY("READ"), NULL},
    {"public-read-write", EVERYBODY("READ") EVERYBODY("WRITE"), NULL},
    {"authenticated-read",
     ",{\"Grantee\":{\"URI\":\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\"},\"Permission\":\"READ\"}", NULL},
    {"log-delivery-write", LOGS("WRITE") LOGS("READ_ACP"), NULL},
};

/* "private" or ["private"]. */
static w403_view canned_name(w403_rewound *r, const w403_log_change *set)
{
    w403_view v = parameter(r, set, "x-amz-acl");
    size_t    from = v.n && v.p[0] == '[' ? w403_view_find_char(v, '"') : SIZE_MAX;
    if (from == SIZE_MAX) {
        return v;
    }
    v = w403_view_sub(v, from + 1, v.n);
    return w403_view_cut(&v, '"');
}

/* Canonical id of a bucket's owner. */
static w403_view owner_of(const w403_bucket *b)
{
    return b->acl.owner.n ? b->acl.owner : b->account ? b->account->canonical_id : (w403_view){NULL, 0};
}

static w403_view acl_text(w403_arena *a, w403_view owner, w403_view grants)
{
    bool list = grants.n && grants.p[0] == '[';
    return w403_arena_printf(a, "{\"Owner\":{\"ID\":%.*s},\"Grants\":%s%.*s%s}", W403_ARG(owner), list ? "" : "[",
                             W403_ARG(grants), list ? "" : "]");
}

static w403_view acl(w403_rewound *r, const subject *of, const w403_log_change *set, const char *member)
{
    w403_arena *a = r->world->arena;
    w403_view   name = canned_name(r, set), grants = parameter(r, set, "AccessControlPolicy.AccessControlList.Grant");
    w403_view   owner = parameter(r, set, "AccessControlPolicy.Owner.ID"), other = w403_json_quote(a, owner_of(of->bucket));
    (void)member;
    owner = owner.n ? owner : of->object && of->object->owner.n ? of->object->owner : owner_of(of->bucket);
    owner = w403_json_quote(a, owner);
    if (grants.n) {
        return acl_text(a, owner, grants);
    }
    for (size_t i = 0; i < sizeof canned / sizeof *canned; i++) {
        const struct canned *c = &canned[i];
        if (!w403_view_eq(name, w403_view_of(c->name))) {
            continue;
        }
        w403_view more = of->object && c->bucket_owner
                             ? w403_arena_printf(a, ",{\"Grantee\":{\"ID\":%.*s},\"Permission\":\"%s\"}",
                                                 W403_ARG(other), c->bucket_owner)
                             : W403_LIT("");
        return acl_text(a, owner,
                        w403_arena_printf(a, "{\"Grantee\":{\"ID\":%.*s},\"Permission\":\"FULL_CONTROL\"}%s%.*s",
                                          W403_ARG(owner), c->grants, W403_ARG(more)));
    }
    return (w403_view){NULL, 0}; /* given by x-amz-grant-* headers */
}

static const struct setting {
    w403_change_place place;
    const char       *file;
    const char       *member; /* of CloudTrail's requestParameters */
    text_fn          *text;
    const char       *none; /* the file where nothing is configured; NULL: there is always something */
} settings[] = {
#define ERROR(code) "{\"error\":{\"code\":\"" code "\"}}"
    {W403_PLACE_BPA, "public-access-block.json", "PublicAccessBlockConfiguration", flags,
     ERROR("NoSuchPublicAccessBlockConfiguration")},
    {W403_PLACE_ACL, "acl.json", "AccessControlPolicy", acl, NULL},
    {W403_PLACE_OWNERSHIP, "ownership-controls.json", "OwnershipControls.Rule", rules,
     ERROR("OwnershipControlsNotFoundError")},
    {W403_PLACE_ENCRYPTION, "encryption.json", "ServerSideEncryptionConfiguration.Rule", rules,
     ERROR("ServerSideEncryptionConfigurationNotFoundError")},
    {W403_PLACE_PAYER, "request-payment.json", "RequestPaymentConfiguration", whole, "{\"Payer\":\"BucketOwner\"}"},
    {W403_PLACE_LOCK, "object-lock-configuration.json", "ObjectLockConfiguration", lock,
     ERROR("ObjectLockConfigurationNotFoundError")},
};

static const struct setting *setting_of(w403_change_place place)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (settings[i].place == place) {
            return &settings[i];
        }
    }
    return NULL;
}

/* ---- into the copy ---- */

#define GRAFT(field) w403_world_write(w, &b->field, &was->field, sizeof b->field)

static void graft_bucket(w403_world *w, w403_change_place place, w403_bucket *b, const w403_bucket *was)
{
    switch (place) {
    case W403_PLACE_BPA:
        GRAFT(bpa);
        break;
    case W403_PLACE_ACL:
        GRAFT(acl);
        break;
    case W403_PLACE_OWNERSHIP:
        GRAFT(ownership_fact);
        GRAFT(ownership);
        break;
    case W403_PLACE_ENCRYPTION:
        GRAFT(encryption_fact);
        GRAFT(sse);
        GRAFT(kms_key);
        GRAFT(bucket_key);
        GRAFT(sse_c_blocked);
        break;
    case W403_PLACE_PAYER:
        GRAFT(payer_fact);
        GRAFT(requester_pays);
        break;
    case W403_PLACE_LOCK:
        GRAFT(lock_fact);
        GRAFT(lock_enabled);
        GRAFT(default_lock_mode);
        break;
    default:
        break;
    }
}

static void graft_object(w403_world *w, const subject *of, const w403_acl *acl)
{
    w403_object *own = w403_world_object(w, of->bucket, of->object);
    if (own) {
        w403_world_write(w, &own->acl, acl, sizeof own->acl);
    }
}

static bool put_file(w403_rewound *r, const struct setting *row, const subject *of, w403_view text)
{
    w403_world  *w = r->world;
    w403_bucket *b = of->bucket;
    w403_view path =
        b ? w403_arena_printf(w->arena, "%.*s/%s", W403_ARG(b->dir), row->file)
          : w403_arena_printf(w->arena, "accounts/%.*s/s3control/%s", W403_ARG(of->account->id), row->file);
    w403_excerpt x;
    w403_excerpt_open(&x, r);
    w403_excerpt_add(&x, path, text);
    if (!w403_excerpt_load(&x)) {
        return false;
    }
    const w403_bucket  *was = b ? w403_snapshot_bucket(r->part, b->name) : NULL;
    const w403_account *own = b ? NULL : w403_snapshot_account(r->part, of->account->id);
    if (was && of->object) {
        graft_object(w, of, &was->acl);
    } else if (was) {
        graft_bucket(w, row->place, b, was);
    } else if (own) {
        w403_world_write(w, &of->account->bpa, &own->bpa, sizeof own->bpa);
    }
    return (was || own) && !w->nomem;
}

static bool find_subject(w403_rewound *r, const w403_log_change *c, subject *of)
{
    w403_snapshot *s = r->world->snapshot;
    *of = (subject){0};
    if (c->kind->target == W403_TARGET_ACCOUNT_S3) {
        of->account = w403_snapshot_account(s, c->target.n ? c->target : c->account);
    } else {
        of->bucket = w403_snapshot_bucket(s, c->target);
    }
    if (!of->account && !of->bucket) {
        return fail(r, s ? "what it changes is not in the snapshot" : "there is no snapshot to try it in");
    }
    if (c->kind->target == W403_TARGET_OBJECT) {
        of->object = w403_bucket_object(of->bucket, c->policy, (w403_view){NULL, 0});
        return of->object || fail(r, "the object is not listed in the snapshot");
    }
    return true;
}

bool w403_content_put_setting(w403_rewound *r, const w403_log_change *c, const w403_content *what)
{
    const struct setting *row = setting_of(c->kind->place);
    subject               of;
    if (!row || !find_subject(r, c, &of)) {
        return false;
    }
    w403_view text = {NULL, 0};
    if (what->known == W403_CONTENT_SETTING) {
        text = row->text(r, &of, what->setting, row->member);
    } else if (row->none) {
        text = w403_view_of(row->none);
    }
    if (!text.n) {
        return fail(r, "the log does not hold what it set");
    }
    return put_file(r, row, &of, text);
}

/* ---- keys ---- */

w403_kms_key *w403_change_key(const w403_snapshot *s, const w403_log_change *c)
{
    w403_view     last = c->target;
    w403_kms_key *key = w403_snapshot_key(s, c->target, (w403_view){NULL, 0}, c->account);
    for (w403_view rest = c->target; rest.n;) {
        last = w403_view_cut(&rest, '/');
    }
    for (size_t i = 0; s && !key && i < s->keys.cap; i++) { /* by its bare id: the region is not said */
        w403_kms_key *k = s->keys.slots[i].value;
        key = k && last.n && w403_view_eq(k->id, last) ? k : NULL;
    }
    return key;
}

/* {"granteePrincipal": ..., "operations": [...]} with a capital letter each. */
static w403_view grant_of(w403_rewound *r, const w403_log_change *create, w403_view id)
{
    static const char *const MEMBERS[][2] = {
        {"Operations", "operations"}, {"Constraints.EncryptionContextEquals", "constraints.encryptionContextEquals"},
        {"Constraints.EncryptionContextSubset", "constraints.encryptionContextSubset"}};
    w403_arena *a = r->world->arena;
    w403_view   grantee = w403_json_quote(a, parameter(r, create, "granteePrincipal"));
    w403_view   constraints = W403_LIT(""), name = w403_json_quote(a, id), operations = parameter(r, create, MEMBERS[0][1]);
    for (size_t i = 1; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        w403_view v = parameter(r, create, MEMBERS[i][1]);
        if (v.n) {
            constraints = w403_arena_printf(a, "%.*s%s\"%s\":%.*s", W403_ARG(constraints), constraints.n ? "," : "",
                                            MEMBERS[i][0] + sizeof "Constraints." - 1, W403_ARG(v));
        }
    }
    return operations.n
               ? w403_arena_printf(a,
                                   "{\"GrantId\":%.*s,\"GranteePrincipal\":%.*s,\"Operations\":%.*s,"
                                   "\"Constraints\":{%.*s}}",
                                   W403_ARG(name), W403_ARG(grantee), W403_ARG(operations), W403_ARG(constraints))
               : operations;
}

static bool edit_grants(w403_rewound *r, w403_edit *e, const w403_log_change *c, const w403_content *what)
{
    w403_view        id = c->policy, none = {NULL, 0};
    const w403_json *list = w403_json_get(e->doc.root, "Grants");
    bool             wrapped = w403_json_get(list, "Grants") != NULL; /* all of what list-grants printed */
    if (wrapped) {
        const w403_json *inner = w403_json_get(list, "Grants");
        w403_view        text = w403_view_sub(e->doc.text, inner->span.off, (size_t)inner->span.off + inner->span.len);
        (void)w403_edit_member(e, "Grants", w403_arena_copy(e->arena, text));
    }
    if (!id.n) {
        return fail(r, "the log does not name the grant");
    }
    if (what->known == W403_CONTENT_NONE) {
        return w403_edit_listed(e, "Grants", "GrantId", id, none);
    }
    w403_view grant = what->setting ? grant_of(r, what->setting, id) : none;
    if (!grant.n) {
        return fail(r, "the log does not hold what the grant allowed");
    }
    return w403_edit_listed(e, "Grants", "GrantId", id, grant);
}

bool w403_content_put_grant(w403_rewound *r, const w403_log_change *c, const w403_content *what)
{
    w403_world          *w = r->world;
    w403_kms_key        *key = w->snapshot ? w403_change_key(w->snapshot, c) : NULL;
    const w403_json_doc *file = key ? w403_map_get(&w->snapshot->files, key->fact.path) : NULL;
    w403_edit            e;
    w403_excerpt         x;
    if (!file) {
        return fail(r, "the key is not in the snapshot");
    }
    if (!w403_edit_text(&e, w->arena, file->source, file->text) || !edit_grants(r, &e, c, what)) {
        return r->why ? false : fail(r, "the key's grants cannot be read again");
    }
    w403_excerpt_open(&x, r);
    w403_excerpt_add(&x, file->source, e.doc.text);
    if (!w403_excerpt_load(&x)) {
        return false;
    }
    const w403_kms_key *was = w403_map_get(&r->part->keys, key->arn);
    if (!was) {
        return fail(r, "the key's grants cannot be read again");
    }
    w403_world_write(w, &key->grants_fact, &was->grants_fact, sizeof key->grants_fact);
    w403_world_write(w, &key->grants, &was->grants, sizeof key->grants);
    w403_world_write(w, &key->n_grants, &was->n_grants, sizeof key->n_grants);
    return !w->nomem;
}
