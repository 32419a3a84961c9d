#include "narrow_world.h"

#include <stdlib.h>

#include "json/json.h"
#include "policy/match.h"
#include "snapshot/inventory_config.h"
#include "snapshot/loader.h"

typedef struct reply {
    w403_view json, code, region;
} reply;

#define TEXT(w, ...) w403_arena_printf((w)->a, __VA_ARGS__)

static reply good(w403_view json) { return (reply){.json = json}; }
static reply refused(const char *code) { return (reply){.code = w403_view_of(code)}; }
static reply or_else(reply r, const char *json) { return w403_view_eq(r.code, W403_LIT("none")) ? good(w403_view_of(json)) : r; }

/* ---- files of the world ---- */

static const w403_json *file(narrow_world *w, w403_view path, w403_view *text)
{
    const w403_json_doc *doc = w403_map_get(&w->s->files, path);
    w403_json_doc *parsed = W403_NEW(w->a, w403_json_doc);
    w403_error err;
    if (!doc || !parsed || w403_json_parse(w->a, path, doc->text, NULL, parsed, NULL, &err) != W403_OK) {
        return NULL;
    }
    *text = doc->text;
    return parsed->root;
}

static w403_view raw(w403_view text, const w403_json *v)
{
    return w403_view_sub(text, v->span.off, v->span.off + v->span.len);
}

/* The error that a value stands for. */
static bool error_of(const w403_json *v, reply *out)
{
    w403_view code = w403_json_str(w403_json_get(v, "error"), "code");
    if (code.n) {
        *out = (reply){.code = code};
    }
    return code.n > 0;
}

static w403_view arg(const narrow_call *c, const char *name)
{
    for (size_t i = 0; i < c->call.n_arguments; i++) {
        if (w403_view_eq(c->arguments[i].name, w403_view_of(name))) {
            return c->arguments[i].value;
        }
    }
    return W403_LIT("");
}

static w403_view account_of(const narrow_world *w, const narrow_call *c)
{
    w403_view id = arg(c, "AccountId");
    return id.n ? id : c->call.account.n ? c->call.account : w->account;
}

/* The members of an object but for some. */
static w403_view without(narrow_world *w, w403_view text, const w403_json *v, const char *const *names)
{
    w403_buf out = {0};
    bool first = true;
    w403_buf_putc(&out, '{');
    for (const w403_json *m = v->first; m; m = m->next) {
        bool left = false;
        for (size_t i = 0; names[i]; i++) {
            left |= w403_view_eq(m->key, w403_view_of(names[i]));
        }
        if (!left) {
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_json_string(&out, m->key);
            w403_buf_puts(&out, ": ");
            w403_buf_put(&out, raw(text, m));
            first = false;
        }
    }
    w403_buf_putc(&out, '}');
    return w403_buf_take(&out, w->a);
}

/* ---- buckets ---- */

static const struct absent {
    unsigned row;
    const char *json; /* NULL: the first code of the table */
} absents[] = {
    {W403_CALL_S3_GETBUCKETOWNERSHIPCONTROLS, "{\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\": \"BucketOwnerEnforced\"}]}}"},
    {W403_CALL_S3_GETBUCKETREQUESTPAYMENT, "{\"Payer\": \"BucketOwner\"}"},
    {W403_CALL_S3_GETBUCKETABAC, "{\"AbacStatus\": {\"Status\": \"Disabled\"}}"},
    {W403_CALL_S3_GETBUCKETVERSIONING, "{}"},
    {W403_CALL_S3_GETBUCKETENCRYPTION,
     "{\"ServerSideEncryptionConfiguration\": {\"Rules\": [{\"ApplyServerSideEncryptionByDefault\": {\"SSEAlgorithm\": "
     "\"AES256\"}, \"BlockedEncryptionTypes\": {\"EncryptionType\": [\"SSE-C\"]}}]}}"},
};

static reply when_absent(narrow_world *w, const narrow_call *c, const w403_bucket *b)
{
    for (size_t i = 0; i < sizeof absents / sizeof *absents; i++) {
        if (absents[i].row == c->call.row) {
            return good(w403_view_of(absents[i].json));
        }
    }
    for (uint32_t i = 0; i < b->n_objects && c->call.row == W403_CALL_S3_GETOBJECTLOCKCONFIGURATION; i++) {
        if (b->object_list[i]->lock_mode != W403_LOCK_NONE || b->object_list[i]->legal_hold) { /* then it has Object Lock */
            return good(W403_LIT("{\"ObjectLockConfiguration\": {\"ObjectLockEnabled\": \"Enabled\"}}"));
        }
    }
    if (c->call.row == W403_CALL_S3_GETBUCKETACL) {
        w403_view id = b->account ? b->account->canonical_id : W403_LIT("");
        return good(id.n ? TEXT(w, "{\"Owner\": {\"ID\": \"%.*s\"}, \"Grants\": [{\"Grantee\": {\"Type\": \"CanonicalUser\", "
                                   "\"ID\": \"%.*s\"}, \"Permission\": \"FULL_CONTROL\"}]}", W403_ARG(id), W403_ARG(id))
                         : W403_LIT("{\"Grants\": []}"));
    }
    const char *const *codes = w403_calls[c->call.row].not_configured;
    return refused(codes[0] ? codes[0] : "AccessDenied");
}

static const char *file_name(unsigned row)
{
    const char *path = w403_calls[row].outputs[0], *name = path;
    for (; *path; path++) {
        name = *path == '/' ? path + 1 : name;
    }
    return name;
}

static const w403_bucket *bucket(const narrow_world *w, const narrow_call *c)
{
    return w403_snapshot_bucket(w->s, arg(c, "Bucket"));
}

static reply head_bucket(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    if (b && b->missing) {
        return refused("NoSuchBucket");
    }
    reply r = b ? good(W403_LIT("{}")) : refused("AccessDenied");
    r.region = b ? b->region : W403_LIT("");
    return r;
}

static reply bucket_file(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    reply out;
    w403_view text;
    if (!b) {
        return refused(c->call.row == W403_CALL_S3_GETBUCKETPOLICY ? "MethodNotAllowed" : "AccessDenied");
    }
    if (b->missing) {
        return refused("NoSuchBucket");
    }
    if (c->call.row == W403_CALL_S3_GETBUCKETPOLICY && !w403_view_eq(b->account->id, account_of(w, c))) {
        return refused("MethodNotAllowed");
    }
    const w403_json *v = file(w, TEXT(w, "%.*s/%s", W403_ARG(b->dir), file_name(c->call.row)), &text);
    if (!v || v->type == W403_JSON_NULL) {
        return when_absent(w, c, b);
    }
    return error_of(v, &out) ? out : good(v->type == W403_JSON_OBJECT || c->call.row == W403_CALL_S3_GETBUCKETPOLICY
                                              ? raw(text, v) : W403_LIT("{}"));
}

static reply inventory(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_buf out = {0};
    w403_view text, id = arg(c, "Id");
    reply error;
    bool first = true;
    if (!b || b->missing) {
        return refused(b ? "NoSuchBucket" : "AccessDenied");
    }
    w403_buf_puts(&out, "{\"InventoryConfigurationList\": [");
    for (uint32_t i = 0; i < b->n_inventory; i++) {
        const w403_json *v = file(w, b->inventory[i].fact.path, &text);
        const w403_json *inner = w403_json_get(v, "InventoryConfiguration");
        bool named = id.n && w403_view_eq(b->inventory[i].id, id);
        if (named) {
            return error_of(v, &error) ? error : good(TEXT(w, "{\"InventoryConfiguration\": %.*s}", W403_ARG(raw(text, inner ? inner : v))));
        }
        if (v && !error_of(v, &error)) {
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_put(&out, raw(text, inner ? inner : v));
            first = false;
        }
    }
    w403_buf_puts(&out, "]}");
    return id.n ? refused("NoSuchConfiguration") : good(w403_buf_take(&out, w->a));
}

static reply list_buckets(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = w403_snapshot_bucket(w->s, arg(c, "Prefix"));
    const w403_account *x = w403_snapshot_account(w->s, account_of(w, c));
    bool own = b && b->account && w403_view_eq(b->account->id, w->account) && !b->missing;
    return good(TEXT(w, "{\"Owner\": {\"ID\": \"%.*s\"}, \"Buckets\": [%s%.*s%s], \"Prefix\": \"%.*s\"}",
                     x ? (int)x->canonical_id.n : 0, x && x->canonical_id.p ? x->canonical_id.p : "", own ? "{\"Name\": \"" : "", own ? (int)b->name.n : 0,
                     own ? b->name.p : "", own ? "\"}" : "", W403_ARG(arg(c, "Prefix"))));
}

/* ---- objects ---- */

static const w403_json *object_list(narrow_world *w, const w403_bucket *b, w403_view *text, reply *error)
{
    const w403_json *v = b ? file(w, b->objects_fact.path, text) : NULL;
    *error = (reply){0};
    if (v && error_of(v, error)) {
        return NULL;
    }
    return v && v->type == W403_JSON_OBJECT ? w403_json_get(v, "Objects") : v;
}

static const w403_json *object(const w403_json *list, w403_view key, w403_view version)
{
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        bool same = !version.n || w403_view_eq(w403_json_str(v, "VersionId"), version);
        if (same && w403_view_eq(w403_json_str(v, "Key"), key)) {
            return v;
        }
    }
    return NULL;
}

/* The members that a listing has (API_ObjectVersion); the others are those of head-object. */
static w403_view only(narrow_world *w, w403_view text, const w403_json *v, bool listed)
{
    static const char *const members[] = {"Key", "VersionId", "IsLatest", "IsDeleteMarker", "DeleteMarker", "Owner", "StorageClass",
                                          "Size", "ETag", "LastModified", "ChecksumAlgorithm", "ChecksumType", "RestoreStatus"};
    static const char *const apart[] = {"Grants", "TagSet", "Key"};
    w403_buf out = {0};
    bool first = true;
    w403_buf_putc(&out, '{');
    for (const w403_json *m = v->first; m; m = m->next) {
        bool in = !listed;
        for (size_t i = 0; i < sizeof members / sizeof *members && listed; i++) {
            in |= w403_view_eq(m->key, w403_view_of(members[i]));
        }
        for (size_t i = 0; i < sizeof apart / sizeof *apart && !listed; i++) {
            in &= !w403_view_eq(m->key, w403_view_of(apart[i]));
        }
        if (in) {
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_json_string(&out, m->key);
            w403_buf_puts(&out, ": ");
            w403_buf_put(&out, raw(text, m));
            first = false;
        }
    }
    w403_buf_putc(&out, '}');
    return w403_buf_take(&out, w->a);
}

static reply list_versions(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text, key = arg(c, "Prefix");
    reply error;
    w403_buf out = {0};
    bool first = true;
    const w403_json *list = object_list(w, b, &text, &error);
    if (!b || error.code.n) {
        return b ? error : refused("AccessDenied");
    }
    w403_buf_puts(&out, "{\"Versions\": [");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_view_eq(w403_json_str(v, "Key"), key)) {
            w403_view one = only(w, text, v, true);
            bool latest = first && !w403_json_get(v, "IsLatest");
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_puts(&out, latest ? "{\"IsLatest\": true, " : "{");
            w403_buf_put(&out, w403_view_sub(one, 1, one.n));
            first = false;
        }
    }
    if (first && !b->objects_complete && !w403_map_get(&b->absent, key)) { /* it is taken to be there */
        w403_buf_puts(&out, "{\"IsLatest\": true, \"Key\": ");
        w403_buf_json_string(&out, key);
        w403_buf_putc(&out, '}');
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

/* Its headers; what the world does not say of its encryption is the bucket's default. */
static reply head_object(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text;
    reply error;
    const w403_json *v = object(object_list(w, b, &text, &error), arg(c, "Key"), arg(c, "VersionId"));
    const w403_object *o = b ? w403_bucket_object(b, arg(c, "Key"), arg(c, "VersionId")) : NULL;
    if (!b) {
        return refused("AccessDenied");
    }
    w403_view said = v ? only(w, text, v, false) : W403_LIT("{}");
    bool kms = b->sse == W403_SSE_KMS || b->sse == W403_SSE_DSSE;
    w403_view sse = (o && o->sse_given) || b->encryption_fact.state == W403_FACT_UNKNOWN ? W403_LIT("")
                    : kms ? TEXT(w, "\"ServerSideEncryption\": \"%s\", %s%.*s%s", b->sse == W403_SSE_KMS ? "aws:kms" : "aws:kms:dsse",
                                 b->kms_key.n ? "\"SSEKMSKeyId\": \"" : "", W403_ARG(b->kms_key), b->kms_key.n ? "\", " : "")
                          : W403_LIT("\"ServerSideEncryption\": \"AES256\", ");
    if (!(o && o->sse_given) && b->encryption_fact.state == W403_FACT_UNKNOWN) {
        return refused("AccessDenied"); /* nobody knows in this world */
    }
    bool counted = v && w403_json_get(v, "ContentLength");
    bool more = w403_view_trim(w403_view_sub(said, 1, said.n - 1)).n > 0;
    return good(TEXT(w, "{%.*s%s%s%.*s", W403_ARG(sse), counted ? "" : "\"ContentLength\": 1", counted || !more ? "" : ", ",
                     (int)said.n - 1, said.p + 1));
}

static reply object_part(narrow_world *w, const narrow_call *c, const char *name)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text;
    reply error;
    const w403_json *v = object(object_list(w, b, &text, &error), arg(c, "Key"), arg(c, "VersionId"));
    const w403_json *part = w403_json_get(v, name);
    if (part && part->type != W403_JSON_NULL) {
        return error_of(part, &error) ? error : good(TEXT(w, "{\"%s\": %.*s}", name, W403_ARG(raw(text, part))));
    }
    if (strcmp(name, "TagSet") == 0) {
        return good(W403_LIT("{\"TagSet\": []}"));
    }
    w403_view own = w403_json_str(w403_json_get(v, "Owner"), "ID");
    own = own.n ? own : b && b->account && b->account->canonical_id.n ? b->account->canonical_id : b ? b->acl.owner : W403_LIT("");
    return good(TEXT(w, "{\"Grants\": [{\"Grantee\": {\"Type\": \"CanonicalUser\", \"ID\": \"%.*s\"}, \"Permission\": "
                        "\"FULL_CONTROL\"}]}", W403_ARG(own)));
}

/* ---- IAM ---- */

static const w403_json *iam(narrow_world *w, const narrow_call *c, w403_view *text, reply *error)
{
    const w403_json *v = file(w, TEXT(w, "accounts/%.*s/iam/authorization-details.json", W403_ARG(account_of(w, c))), text);
    *error = refused("AccessDenied");
    return v && error_of(v, error) ? NULL : v;
}

static const w403_json *named(const w403_json *list, const char *member, w403_view name)
{
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_view_eq(w403_json_str(v, member), name)) {
            return v;
        }
    }
    return NULL;
}

enum { GET, INLINE_NAMES, INLINE, ATTACHED, GROUPS };

static const struct iam_row {
    unsigned row;
    int what;
    const char *list, *member, *inline_list, *inner;
} iam_rows[] = {
    {W403_CALL_IAM_GETUSER, GET, "UserDetailList", "UserName", "UserPolicyList", "User"},
    {W403_CALL_IAM_LISTUSERPOLICIES, INLINE_NAMES, "UserDetailList", "UserName", "UserPolicyList", NULL},
    {W403_CALL_IAM_GETUSERPOLICY, INLINE, "UserDetailList", "UserName", "UserPolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDUSERPOLICIES, ATTACHED, "UserDetailList", "UserName", NULL, NULL},
    {W403_CALL_IAM_LISTGROUPSFORUSER, GROUPS, "UserDetailList", "UserName", NULL, NULL},
    {W403_CALL_IAM_GETROLE, GET, "RoleDetailList", "RoleName", "RolePolicyList", "Role"},
    {W403_CALL_IAM_LISTROLEPOLICIES, INLINE_NAMES, "RoleDetailList", "RoleName", "RolePolicyList", NULL},
    {W403_CALL_IAM_GETROLEPOLICY, INLINE, "RoleDetailList", "RoleName", "RolePolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDROLEPOLICIES, ATTACHED, "RoleDetailList", "RoleName", NULL, NULL},
    {W403_CALL_IAM_LISTGROUPPOLICIES, INLINE_NAMES, "GroupDetailList", "GroupName", "GroupPolicyList", NULL},
    {W403_CALL_IAM_GETGROUPPOLICY, INLINE, "GroupDetailList", "GroupName", "GroupPolicyList", NULL},
    {W403_CALL_IAM_LISTATTACHEDGROUPPOLICIES, ATTACHED, "GroupDetailList", "GroupName", NULL, NULL},
};

/* By its name; where the world has none, or twice the same, by its number. */
static w403_view inline_name(narrow_world *w, const w403_json *list, const w403_json *p, size_t number)
{
    w403_view name = w403_json_str(p, "PolicyName");
    size_t same = 0;
    for (const w403_json *v = list->first; v; v = v->next) {
        same += w403_view_eq(w403_json_str(v, "PolicyName"), name);
    }
    return name.n && same == 1 ? name : TEXT(w, "#%zu", number);
}

static reply inline_policy(narrow_world *w, const narrow_call *c, const w403_json *list, w403_view text)
{
    size_t number = 0;
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        const w403_json *document = w403_json_get(v, "PolicyDocument");
        if (w403_view_eq(inline_name(w, list, v, ++number), arg(c, "PolicyName"))) {
            return document ? good(TEXT(w, "{\"PolicyDocument\": %.*s}", W403_ARG(raw(text, document)))) : refused("NoSuchEntity");
        }
    }
    return refused("NoSuchEntity");
}

static reply entity_part(narrow_world *w, const narrow_call *c, const struct iam_row *row, const w403_json *e,
                         w403_view text, const w403_json *root)
{
    static const char *const lists[] = {"RolePolicyList", "UserPolicyList", "GroupPolicyList", "AttachedManagedPolicies",
                                        "GroupList", "InstanceProfileList", NULL};
    w403_buf out = {0};
    const w403_json *list = w403_json_get(e, row->inline_list ? row->inline_list : row->what == GROUPS ? "GroupList"
                                                                                                   : "AttachedManagedPolicies");
    switch (row->what) {
    case GET:
        return good(TEXT(w, "{\"%s\": %.*s}", row->inner, W403_ARG(without(w, text, e, lists))));
    case INLINE:
        return inline_policy(w, c, list, text);
    case ATTACHED:
        return good(TEXT(w, "{\"AttachedPolicies\": %s%.*s%s}", list && list->type == W403_JSON_ARRAY ? "" : "[", list ? (int)raw(text, list).n : 0, list ? raw(text, list).p : "", list && list->type == W403_JSON_ARRAY ? "" : "]"));
    default:
        break;
    }
    size_t at = 0;
    w403_buf_puts(&out, row->what == GROUPS ? "{\"Groups\": [" : "{\"PolicyNames\": [");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        w403_buf_puts(&out, at++ ? ", " : "");
        if (row->what == GROUPS) {
            const w403_json *g = named(w403_json_get(root, "GroupDetailList"), "GroupName", v->text);
            w403_buf_put(&out, g ? without(w, text, g, lists) : TEXT(w, "{\"GroupName\": %.*s}", W403_ARG(raw(text, v))));
        } else {
            w403_buf_json_string(&out, inline_name(w, list, v, at));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

static reply managed(narrow_world *w, const narrow_call *c, const w403_json *root, w403_view text)
{
    static const char *const versions[] = {"PolicyVersionList", NULL};
    w403_view arn = arg(c, "PolicyArn"), id = arg(c, "VersionId"), document = w403_builtin_document(arn);
    const w403_json *p = named(w403_json_get(root, "Policies"), "Arn", arn);
    bool policy = c->call.row == W403_CALL_IAM_GETPOLICY;
    if (!p && document.p) {
        return good(policy ? TEXT(w, "{\"Policy\": {\"Arn\": \"%.*s\", \"DefaultVersionId\": \"v1\"}}", W403_ARG(arn))
                           : TEXT(w, "{\"PolicyVersion\": {\"VersionId\": \"v1\", \"IsDefaultVersion\": true, \"Document\": %.*s}}",
                                  W403_ARG(document)));
    }
    if (!p) {
        return refused("AccessDenied");
    }
    if (policy) {
        return good(TEXT(w, "{\"Policy\": %.*s}", W403_ARG(without(w, text, p, versions))));
    }
    const w403_json *list = w403_json_get(p, "PolicyVersionList");
    for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
        if (w403_json_bool(v, "IsDefaultVersion", false) || (id.n && w403_view_eq(w403_json_str(v, "VersionId"), id))) {
            return good(TEXT(w, "{\"PolicyVersion\": %.*s}", W403_ARG(raw(text, v))));
        }
    }
    return refused("AccessDenied");
}

static reply iam_call(narrow_world *w, const narrow_call *c)
{
    w403_view text = W403_LIT("");
    reply error;
    const w403_json *root = iam(w, c, &text, &error);
    if (c->call.row == W403_CALL_IAM_GETPOLICY || c->call.row == W403_CALL_IAM_GETPOLICYVERSION) {
        return managed(w, c, root, text);
    }
    for (size_t i = 0; i < sizeof iam_rows / sizeof *iam_rows && root; i++) {
        const struct iam_row *row = &iam_rows[i];
        if (row->row == c->call.row) {
            const w403_json *e = named(w403_json_get(root, row->list), row->member, arg(c, row->member));
            return e ? entity_part(w, c, row, e, text, root)
                     : refused(w403_json_get(root, "Partial") ? "AccessDenied" : "NoSuchEntity");
        }
    }
    return error;
}

/* ---- organization ---- */

static reply plain_file(narrow_world *w, w403_view path, const char *absent)
{
    w403_view text;
    reply out;
    const w403_json *v = file(w, path, &text);
    return !v || v->type == W403_JSON_NULL ? refused(absent) : error_of(v, &out) ? out : good(raw(text, v));
}

static reply parents(narrow_world *w, const narrow_call *c)
{
    w403_view text, child = arg(c, "ChildId");
    reply out = refused("AccessDenied");
    const w403_json *v = file(w, W403_LIT("organization/parents.json"), &text);
    if (!v || error_of(v, &out)) {
        return out;
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_view_eq(m->key, child)) {
            return good(TEXT(w, "{\"Parents\": [{\"Id\": \"%.*s\"}]}", W403_ARG(m->text)));
        }
    }
    return refused("ChildNotFoundException");
}

static w403_view type_of(narrow_world *w, w403_view id)
{
    w403_view text;
    const w403_json *v = file(w, TEXT(w, "organization/policies/%.*s.json", W403_ARG(id)), &text);
    w403_view type = w403_json_str(w403_json_path(v, "Policy", "PolicySummary", NULL), "Type");
    bool rcp = w403_view_eq(id, W403_LIT("p-RCPFullAWSAccess"));
    return type.n ? type : rcp ? W403_LIT("RESOURCE_CONTROL_POLICY") : W403_LIT("SERVICE_CONTROL_POLICY");
}

static reply attached(narrow_world *w, const narrow_call *c)
{
    w403_view text;
    reply out = refused("AccessDenied");
    w403_buf ids = {0};
    bool first = true;
    const w403_json *v = file(w, W403_LIT("organization/attachments.json"), &text);
    if (!v || error_of(v, &out)) {
        return out;
    }
    const w403_organization *org = &w->s->org;
    bool off = w403_view_eq(arg(c, "Filter"), W403_LIT("SERVICE_CONTROL_POLICY"))    ? org->scps_on == W403_NO
               : w403_view_eq(arg(c, "Filter"), W403_LIT("RESOURCE_CONTROL_POLICY")) ? org->rcps_on == W403_NO
                                                                                      : org->s3_on == W403_NO;
    w403_buf_puts(&ids, "{\"Policies\": [");
    for (const w403_json *m = off ? NULL : v->first; m; m = m->next) { /* AWS detaches all of a type that is switched off */
        for (const w403_json *p = w403_view_eq(m->key, arg(c, "TargetId")) ? m->first : NULL; p; p = p->next) {
            if (w403_view_eq(type_of(w, p->text), arg(c, "Filter"))) {
                w403_buf_printf(&ids, "%s{\"Id\": \"%.*s\"}", first ? "" : ", ", W403_ARG(p->text));
                first = false;
            }
        }
    }
    w403_buf_puts(&ids, "]}");
    return good(w403_buf_take(&ids, w->a));
}

static reply roots(narrow_world *w)
{
    return or_else(plain_file(w, W403_LIT("organization/roots.json"), "none"),
                   "{\"Roots\": [{\"Id\": \"r-x\", \"PolicyTypes\": [{\"Type\": \"SERVICE_CONTROL_POLICY\", \"Status\": \"ENABLED\"}, "
                   "{\"Type\": \"RESOURCE_CONTROL_POLICY\", \"Status\": \"ENABLED\"}, "
                   "{\"Type\": \"S3_POLICY\", \"Status\": \"ENABLED\"}]}]}");
}

/* ---- the rest ---- */

static reply member(narrow_world *w, w403_view path, const char *name, const char *absent)
{
    w403_view text;
    reply out;
    const w403_json *v = file(w, path, &text);
    if (!v || error_of(v, &out)) {
        return v ? out : refused("AccessDenied");
    }
    const w403_json *m = w403_json_get(v, name);
    if (!m || m->type == W403_JSON_NULL || error_of(m, &out)) {
        return m && m->type != W403_JSON_NULL ? out : refused(absent);
    }
    const w403_json *inner = w403_json_get(m, name); /* all of what list-grants printed */
    return good(TEXT(w, "{\"%s\": %.*s}", name, W403_ARG(raw(text, inner ? inner : m))));
}

static reply key_call(narrow_world *w, const narrow_call *c)
{
    w403_view arn = arg(c, "KeyId");
    w403_arn split = w403_arn_split(arn);
    const w403_kms_key *k = w403_snapshot_key(w->s, arn, split.n == 6 ? split.part[3] : c->call.region, split.n == 6 ? split.part[4] : w->account);
    if (!k) {
        return refused("AccessDenied");
    }
    switch (c->call.row) {
    case W403_CALL_KMS_DESCRIBEKEY: {
        reply r = member(w, k->fact.path, "KeyMetadata", "none");
        return w403_view_eq(r.code, W403_LIT("none"))
                   ? good(TEXT(w, "{\"KeyMetadata\": {\"KeyId\": \"%.*s\", \"Arn\": \"%.*s\", \"AWSAccountId\": \"%.*s\"}}",
                               W403_ARG(k->id), W403_ARG(k->arn), W403_ARG(k->account_id)))
                   : r;
    }
    case W403_CALL_KMS_GETKEYPOLICY:
        return member(w, k->fact.path, "Policy", "AccessDenied");
    case W403_CALL_KMS_LISTGRANTS:
        return or_else(member(w, k->fact.path, "Grants", "none"), "{\"Grants\": []}");
    case W403_CALL_KMS_LISTRESOURCETAGS:
        return member(w, k->fact.path, "Tags", "AccessDeniedException");
    default:
        return or_else(member(w, k->fact.path, "Aliases", "none"), "{\"Aliases\": []}");
    }
}

static reply access_point(narrow_world *w, const narrow_call *c)
{
    static const char *const apart[] = {"Policy", "Tags", NULL};
    w403_view text, tagged = w403_arn_split(arg(c, "ResourceArn")).part[5], name = arg(c, "Name");
    name = name.n ? name : w403_view_sub(tagged, sizeof "accesspoint/" - 1, tagged.n);
    w403_view path = TEXT(w, "accounts/%.*s/s3control/access-points/%.*s/%.*s.json", W403_ARG(account_of(w, c)),
                          W403_ARG(c->call.region), W403_ARG(name));
    reply out;
    if (c->call.row == W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE) {
        return member(w, path, "Tags", "AccessDenied");
    }
    if (c->call.row == W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY) {
        return member(w, path, "Policy", "NoSuchAccessPointPolicy");
    }
    const w403_json *v = file(w, path, &text);
    return !v ? refused("NoSuchAccessPoint") : error_of(v, &out) ? out : good(without(w, text, v, apart));
}

static reply list_points(narrow_world *w, const narrow_call *c)
{
    w403_buf out = {0};
    w403_view text, prefix = TEXT(w, "accounts/%.*s/s3control/access-points/", W403_ARG(account_of(w, c)));
    w403_buf_puts(&out, "{\"AccessPointList\": [");
    for (uint32_t i = 0, n = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source, rest = w403_view_sub(path, prefix.n, path.n);
        const w403_json *v = w403_view_starts(path, prefix) ? file(w, path, &text) : NULL;
        w403_view region = v ? w403_view_cut(&rest, '/') : W403_LIT(""), alias = w403_json_str(v, "Alias");
        if (v && rest.n > 5) {
            w403_buf_puts(&out, n++ ? ", " : "");
            w403_buf_put(&out, TEXT(w, "{\"Alias\": \"%.*s\", \"AccessPointArn\": \"arn:%.*s:s3:%.*s:%.*s:accesspoint/%.*s\"}", W403_ARG(alias),
                                    W403_ARG(w->s->partition), W403_ARG(region), W403_ARG(account_of(w, c)), (int)rest.n - 5, rest.p));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

static reply multi_region(narrow_world *w, const narrow_call *c)
{
    static const char *const apart[] = {"Policy", NULL};
    w403_buf out = {0};
    w403_view text, prefix = TEXT(w, "accounts/%.*s/s3control/multi-region-access-points/", W403_ARG(account_of(w, c)));
    if (c->call.row == W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY) {
        w403_view path = TEXT(w, "%.*s%.*s.json", W403_ARG(prefix), W403_ARG(arg(c, "Name")));
        return or_else(member(w, path, "Policy", "none"), "{\"Policy\": {}}");
    }
    w403_buf_puts(&out, "{\"AccessPoints\": [");
    for (uint32_t i = 0, n = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source;
        const w403_json *v = w403_view_starts(path, prefix) ? file(w, path, &text) : NULL;
        if (v) {
            w403_buf_puts(&out, n++ ? ", " : "");
            w403_buf_put(&out, without(w, text, v, apart));
        }
    }
    w403_buf_puts(&out, "]}");
    return good(w403_buf_take(&out, w->a));
}

static reply endpoints(narrow_world *w, const narrow_call *c)
{
    w403_view text, id = arg(c, "VpcEndpointIds");
    for (uint32_t i = 0; i < w->s->n_files; i++) {
        w403_view path = w->s->file_list[i]->source;
        const w403_json *v = w403_view_ends(path, W403_LIT("/vpc-endpoints.json")) ? file(w, path, &text) : NULL;
        const w403_json *e = named(w403_json_get(v, "VpcEndpoints"), "VpcEndpointId", id);
        if (e) {
            return good(TEXT(w, "{\"VpcEndpoints\": [%.*s]}", W403_ARG(raw(text, e))));
        }
    }
    return good(TEXT(w, "{\"VpcEndpoints\": [{\"VpcEndpointId\": \"%.*s\"}]}", W403_ARG(id)));
}

/* What S3 answers is the effective setting: an S3 policy of the organization is in it. */
static reply effective(narrow_world *w, w403_view account)
{
    const w403_account *x = w403_snapshot_account(w->s, account);
    if (!x || x->org_bpa.fact.state != W403_FACT_KNOWN) {
        return plain_file(w, TEXT(w, "accounts/%.*s/s3control/public-access-block.json", W403_ARG(account)),
                          "NoSuchPublicAccessBlockConfiguration");
    }
    const char *on = x->org_bpa.block_public_acls ? "true" : "false";
    return good(TEXT(w, "{\"PublicAccessBlockConfiguration\": {\"BlockPublicAcls\": %s, \"IgnorePublicAcls\": %s, "
                        "\"BlockPublicPolicy\": %s, \"RestrictPublicBuckets\": %s}}", on, on, on, on));
}

/* A world may know that an account is a member, and no more. */
static const char *member_without(const narrow_world *w, w403_view account)
{
    const w403_account *x = w403_snapshot_account(w->s, account);
    return x && x->in_org ? "AccessDeniedException" : "AWSOrganizationsNotInUseException";
}

static reply answer(narrow_world *w, const narrow_call *c)
{
    w403_view account = account_of(w, c);
    switch (c->call.row) {
    case W403_CALL_STS_GETCALLERIDENTITY:
        return good(TEXT(w, "{\"Account\": \"%.*s\", \"Arn\": \"arn:%.*s:iam::%.*s:user/collector\", \"UserId\": \"AIDA\"}",
                         W403_ARG(w->account), W403_ARG(w->s->partition), W403_ARG(w->account)));
    case W403_CALL_S3_HEADBUCKET:
        return head_bucket(w, c);
    case W403_CALL_S3_LISTBUCKETS:
        return list_buckets(w, c);
    case W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS:
    case W403_CALL_S3_GETBUCKETINVENTORYCONFIGURATION:
        return inventory(w, c);
    case W403_CALL_S3_LISTOBJECTVERSIONS:
        return list_versions(w, c);
    case W403_CALL_S3_HEADOBJECT:
        return head_object(w, c);
    case W403_CALL_S3_GETOBJECTACL:
        return object_part(w, c, "Grants");
    case W403_CALL_S3_GETOBJECTTAGGING:
        return object_part(w, c, "TagSet");
    case W403_CALL_ORGANIZATIONS_DESCRIBEORGANIZATION:
        return plain_file(w, W403_LIT("organization/organization.json"), member_without(w, account));
    case W403_CALL_ORGANIZATIONS_LISTROOTS:
        return roots(w);
    case W403_CALL_ORGANIZATIONS_LISTPARENTS:
        return parents(w, c);
    case W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET:
        return attached(w, c);
    case W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY:
        return plain_file(w, TEXT(w, "organization/policies/%.*s.json", W403_ARG(arg(c, "PolicyId"))), "AccessDenied");
    case W403_CALL_ORGANIZATIONS_DESCRIBEEFFECTIVEPOLICY:
        return plain_file(w, TEXT(w, "organization/effective/%.*s/S3_POLICY.json", W403_ARG(arg(c, "TargetId"))), "AccessDenied");
    case W403_CALL_S3CONTROL_GETPUBLICACCESSBLOCK:
        return effective(w, account);
    case W403_CALL_S3CONTROL_GETACCESSPOINT:
    case W403_CALL_S3CONTROL_GETACCESSPOINTPOLICY:
    case W403_CALL_S3CONTROL_LISTTAGSFORRESOURCE:
        return access_point(w, c);
    case W403_CALL_S3CONTROL_LISTACCESSPOINTS:
        return list_points(w, c);
    case W403_CALL_S3CONTROL_LISTMULTIREGIONACCESSPOINTS:
    case W403_CALL_S3CONTROL_GETMULTIREGIONACCESSPOINTPOLICY:
        return multi_region(w, c);
    case W403_CALL_EC2_DESCRIBEVPCENDPOINTS:
        return endpoints(w, c);
    default:
        break;
    }
    const char *service = w403_calls[c->call.row].service;
    return strcmp(service, "iam") == 0 ? iam_call(w, c)
           : strcmp(service, "kms") == 0 ? key_call(w, c)
           : strcmp(service, "s3") == 0  ? bucket_file(w, c)
                                         : refused("AccessDenied");
}

/* ---- live.h ---- */

static w403_status add(w403_live_session *session, const w403_live_call *call, w403_error *err)
{
    narrow_world *w = (narrow_world *)(void *)session;
    narrow_call *c = W403_PUSH(w->a, &w->queue);
    W403_NEED(c && call->n_arguments <= 4, err);
    c->call = *call;
    c->call.account = w403_arena_copy(w->a, call->account);
    c->call.region = w403_arena_copy(w->a, call->region);
    for (size_t i = 0; i < call->n_arguments; i++) {
        c->arguments[i] = (w403_live_argument){call->arguments[i].name, w403_arena_copy(w->a, call->arguments[i].value)};
    }
    return W403_OK;
}

/* Any call that waits may be the next to be answered. */
static narrow_call next_call(narrow_world *w)
{
    size_t other = w->at;
    if (w->shuffle) {
        w->shuffle = w403_hash(&w->shuffle, sizeof w->shuffle) | 1;
        other += (size_t)(w->shuffle >> 8) % (w->queue.n - w->at);
    }
    narrow_call c = w->queue.at[other];
    w->queue.at[other] = w->queue.at[w->at++];
    return c;
}

static w403_status run(w403_live_session *session, w403_live_answer_fn *deliver, void *user, w403_error *err)
{
    narrow_world *w = (narrow_world *)(void *)session;
    (void)err;
    while (w->at < w->queue.n) {
        const narrow_call c = next_call(w);
        w403_view about = c.call.n_arguments ? c.arguments[0].value : W403_LIT("");
        bool no = w->denied && w->denied(w->user, c.call.row, about);
        reply r = no ? refused(w->code ? w->code : "AccessDenied") : answer(w, &c);
        w403_live_answer page = {.tag = c.call.tag,
                                 .row = c.call.row,
                                 .last = true,
                                 .json = r.json,
                                 .code = r.code,
                                 .message = no ? W403_LIT("not authorized") : W403_LIT(""),
                                 .bucket_region = r.region,
                                 .status = r.code.n ? 403 : 200};
        w->calls++;
        w->asked[c.call.row]++;
        deliver(user, &page);
    }
    return W403_OK;
}

const w403_live narrow_world_live = {.abi = W403_LIVE_ABI, .add = add, .run = run};
