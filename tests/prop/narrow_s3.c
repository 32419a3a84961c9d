/* Buckets and objects of the world that answers. */
#include "narrow_answers.h"

#include "snapshot/inventory_config.h"
#include "snapshot/loader.h"

/* ---- buckets ---- */

static const struct absent {
    unsigned row;
    const char *json; /* NULL: the first code of the table */
} absents[] = {
    {W403_CALL_S3_GETBUCKETOWNERSHIPCONTROLS,
     "{\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\": \"BucketOwnerEnforced\"}]}}"},
    {W403_CALL_S3_GETBUCKETREQUESTPAYMENT, "{\"Payer\": \"BucketOwner\"}"},
    {W403_CALL_S3_GETBUCKETABAC, "{\"AbacStatus\": {\"Status\": \"Disabled\"}}"},
    {W403_CALL_S3_GETBUCKETVERSIONING, "{}"},
    {W403_CALL_S3_GETBUCKETENCRYPTION,
     "{\"ServerSideEncryptionConfiguration\": {\"Rules\": [{\"ApplyServerSideEncryptionByDefault\": "
     "{\"SSEAlgorithm\": "
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
        if (b->object_list[i]->lock_mode != W403_LOCK_NONE ||
            b->object_list[i]->legal_hold) { /* then it has Object Lock */
            return good(W403_LIT("{\"ObjectLockConfiguration\": {\"ObjectLockEnabled\": \"Enabled\"}}"));
        }
    }
    if (c->call.row == W403_CALL_S3_GETBUCKETACL) {
        w403_view id = b->account ? b->account->canonical_id : W403_LIT("");
        return good(
            id.n ? TEXT(w,
                        "{\"Owner\": {\"ID\": \"%.*s\"}, \"Grants\": [{\"Grantee\": {\"Type\": \"CanonicalUser\", "
                        "\"ID\": \"%.*s\"}, \"Permission\": \"FULL_CONTROL\"}]}",
                        W403_ARG(id), W403_ARG(id))
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
    return w403_snapshot_bucket(w->s, world_arg(c, "Bucket"));
}

reply answer_head_bucket(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    if (b && b->missing) {
        return refused("NoSuchBucket");
    }
    reply r = b ? good(W403_LIT("{}")) : refused("AccessDenied");
    r.region = b ? b->region : W403_LIT("");
    return r;
}

reply answer_bucket_file(narrow_world *w, const narrow_call *c)
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
    if (c->call.row == W403_CALL_S3_GETBUCKETPOLICY && !w403_view_eq(b->account->id, world_account(w, c))) {
        return refused("MethodNotAllowed");
    }
    const w403_json *v = world_file(w, TEXT(w, "%.*s/%s", W403_ARG(b->dir), file_name(c->call.row)), &text);
    if (!v || v->type == W403_JSON_NULL) {
        return when_absent(w, c, b);
    }
    return world_error_of(v, &out)
               ? out
               : good(v->type == W403_JSON_OBJECT || c->call.row == W403_CALL_S3_GETBUCKETPOLICY ? world_raw(text, v)
                                                                                                 : W403_LIT("{}"));
}

reply answer_inventory(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_buf out = {0};
    w403_view text, id = world_arg(c, "Id");
    reply error;
    bool first = true;
    if (!b || b->missing) {
        return refused(b ? "NoSuchBucket" : "AccessDenied");
    }
    w403_buf_puts(&out, "{\"InventoryConfigurationList\": [");
    for (uint32_t i = 0; i < b->n_inventory; i++) {
        const w403_json *v = world_file(w, b->inventory[i].fact.path, &text);
        const w403_json *inner = w403_json_get(v, "InventoryConfiguration");
        bool named = id.n && w403_view_eq(b->inventory[i].id, id);
        if (named) {
            return world_error_of(v, &error) ? error
                                             : good(TEXT(w, "{\"InventoryConfiguration\": %.*s}",
                                                         W403_ARG(world_raw(text, inner ? inner : v))));
        }
        if (v && !world_error_of(v, &error)) {
            w403_buf_puts(&out, first ? "" : ", ");
            w403_buf_put(&out, world_raw(text, inner ? inner : v));
            first = false;
        }
    }
    w403_buf_puts(&out, "]}");
    return id.n ? refused("NoSuchConfiguration") : good(w403_buf_take(&out, w->a));
}

reply answer_list_buckets(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = w403_snapshot_bucket(w->s, world_arg(c, "Prefix"));
    const w403_account *x = w403_snapshot_account(w->s, world_account(w, c));
    bool own = b && b->account && w403_view_eq(b->account->id, w->account) && !b->missing;
    return good(TEXT(w, "{\"Owner\": {\"ID\": \"%.*s\"}, \"Buckets\": [%s%.*s%s], \"Prefix\": \"%.*s\"}",
                     x ? (int)x->canonical_id.n : 0, x && x->canonical_id.p ? x->canonical_id.p : "",
                     own ? "{\"Name\": \"" : "", own ? (int)b->name.n : 0, own ? b->name.p : "", own ? "\"}" : "",
                     W403_ARG(world_arg(c, "Prefix"))));
}

/* ---- objects ---- */

static const w403_json *object_list(narrow_world *w, const w403_bucket *b, w403_view *text, reply *error)
{
    const w403_json *v = b ? world_file(w, b->objects_fact.path, text) : NULL;
    *error = (reply){0};
    if (v && world_error_of(v, error)) {
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
    static const char *const members[] = {
        "Key",  "VersionId", "IsLatest",     "IsDeleteMarker",    "DeleteMarker", "Owner",        "StorageClass",
        "Size", "ETag",      "LastModified", "ChecksumAlgorithm", "ChecksumType", "RestoreStatus"};
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
            w403_buf_put(&out, world_raw(text, m));
            first = false;
        }
    }
    w403_buf_putc(&out, '}');
    return w403_buf_take(&out, w->a);
}

reply answer_list_versions(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text, key = world_arg(c, "Prefix");
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
reply answer_head_object(narrow_world *w, const narrow_call *c)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text;
    reply error;
    const w403_json *v = object(object_list(w, b, &text, &error), world_arg(c, "Key"), world_arg(c, "VersionId"));
    const w403_object *o = b ? w403_bucket_object(b, world_arg(c, "Key"), world_arg(c, "VersionId")) : NULL;
    if (!b) {
        return refused("AccessDenied");
    }
    w403_view said = v ? only(w, text, v, false) : W403_LIT("{}");
    bool kms = b->sse == W403_SSE_KMS || b->sse == W403_SSE_DSSE;
    w403_view sse =
        (o && o->sse_given) || b->encryption_fact.state == W403_FACT_UNKNOWN ? W403_LIT("")
        : kms ? TEXT(w, "\"ServerSideEncryption\": \"%s\", %s%.*s%s",
                     b->sse == W403_SSE_KMS ? "aws:kms" : "aws:kms:dsse", b->kms_key.n ? "\"SSEKMSKeyId\": \"" : "",
                     W403_ARG(b->kms_key), b->kms_key.n ? "\", " : "")
              : W403_LIT("\"ServerSideEncryption\": \"AES256\", ");
    if (!(o && o->sse_given) && b->encryption_fact.state == W403_FACT_UNKNOWN) {
        return refused("AccessDenied"); /* nobody knows in this world */
    }
    bool counted = v && w403_json_get(v, "ContentLength");
    bool more = w403_view_trim(w403_view_sub(said, 1, said.n - 1)).n > 0;
    return good(TEXT(w, "{%.*s%s%s%.*s", W403_ARG(sse), counted ? "" : "\"ContentLength\": 1",
                     counted || !more ? "" : ", ", (int)said.n - 1, said.p + 1));
}

reply answer_object_part(narrow_world *w, const narrow_call *c, const char *name)
{
    const w403_bucket *b = bucket(w, c);
    w403_view text;
    reply error;
    const w403_json *v = object(object_list(w, b, &text, &error), world_arg(c, "Key"), world_arg(c, "VersionId"));
    const w403_json *part = w403_json_get(v, name);
    if (part && part->type != W403_JSON_NULL) {
        return world_error_of(part, &error) ? error
                                            : good(TEXT(w, "{\"%s\": %.*s}", name, W403_ARG(world_raw(text, part))));
    }
    if (strcmp(name, "TagSet") == 0) {
        return good(W403_LIT("{\"TagSet\": []}"));
    }
    w403_view own = w403_json_str(w403_json_get(v, "Owner"), "ID");
    own = own.n                                           ? own
          : b && b->account && b->account->canonical_id.n ? b->account->canonical_id
          : b                                             ? b->acl.owner
                                                          : W403_LIT("");
    return good(TEXT(w,
                     "{\"Grants\": [{\"Grantee\": {\"Type\": \"CanonicalUser\", \"ID\": \"%.*s\"}, \"Permission\": "
                     "\"FULL_CONTROL\"}]}",
                     W403_ARG(own)));
}
