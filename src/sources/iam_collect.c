/* The tree that iam-collect writes: .../accounts/ACCOUNT/SERVICE/[REGION/][TYPE/]ID/FILE, all in small letters; the names as
 * they are stand in metadata.json. Of a bucket it has the policy, Block Public Access and the encryption, and no ACL and no
 * ownership; a call that was refused looks there as if nothing were set, so what is not there is unknown. */
#include "base/file.h"
#include "sources/made.h"

typedef struct tree {
    w403_made   made;
    const char *folder;
    w403_paths  files;
    w403_error *err;
} tree;

static w403_status read_json(tree *t, w403_view path, const w403_json **out)
{
    w403_view full = w403_arena_printf(t->made.a, "%s/%.*s", t->folder, W403_ARG(path)), text;
    w403_json_doc *doc = W403_NEW(t->made.a, w403_json_doc);
    W403_NEED(full.p && doc, t->err);
    W403_TRY(w403_file_read(t->made.a, full.p, &text, t->err));
    W403_TRY(w403_json_parse(t->made.a, full, text, NULL, doc, NULL, t->err));
    *out = doc->root;
    return W403_OK;
}

/* A file beside another; *out stays NULL where there is none. */
static w403_status beside(tree *t, w403_view metadata, const char *file, const w403_json **out)
{
    w403_view path = w403_arena_printf(t->made.a, "%.*s%s", (int)(metadata.n - strlen("metadata.json")), metadata.p, file);
    size_t low = 0, high = t->files.n;
    W403_NEED(path.p, t->err);
    *out = NULL;
    while (low < high) { /* the list is in the order of bytes */
        size_t mid = low + (high - low) / 2;
        int order = w403_view_cmp(t->files.at[mid], path);
        if (order == 0) {
            return read_json(t, path, out);
        }
        low = order < 0 ? mid + 1 : low;
        high = order < 0 ? high : mid;
    }
    return W403_OK;
}

static w403_json *object_of(tree *t, const w403_json *value, const char *name)
{
    w403_json *inner = W403_NEW(t->made.a, w403_json), *object = W403_NEW(t->made.a, w403_json);
    t->made.nomem |= !inner || !object;
    if (!inner || !object) {
        return NULL;
    }
    *inner = *value;
    inner->key = w403_view_of(name);
    inner->next = NULL;
    *object = (w403_json){.type = W403_JSON_OBJECT, .count = 1, .first = inner};
    return object;
}

static w403_status put_bucket(tree *t, w403_view account, w403_view path, const w403_json *metadata)
{
    w403_view name = w403_made_str(metadata, "name"), region = w403_made_str(metadata, "region");
    const w403_json *policy, *bpa, *rules;
    if (!name.p) {
        return W403_OK;
    }
    W403_TRY(beside(t, path, "policy.json", &policy));
    W403_TRY(beside(t, path, "bpa.json", &bpa));
    W403_TRY(beside(t, path, "encryption.json", &rules));
    w403_made_bucket_file(&t->made, account, name, "policy.json", "Policy", policy);
    if (bpa) {
        w403_made_bucket_file(&t->made, account, name, "public-access-block.json", "PublicAccessBlockConfiguration", bpa);
    }
    if (rules) {
        w403_made_bucket_file(&t->made, account, name, "encryption.json", "ServerSideEncryptionConfiguration", object_of(t, rules, "Rules"));
    }
    if (region.p) {
        w403_made_file_text(&t->made, w403_arena_printf(t->made.a, "accounts/%.*s/s3/%.*s/location.json", W403_ARG(account), W403_ARG(name)),
                            w403_arena_printf(t->made.a, "{\"LocationConstraint\": \"%.*s\"}", W403_ARG(region)));
    }
    return W403_OK;
}

static w403_view last_part(w403_view arn)
{
    size_t slash = arn.n;
    while (slash > 0 && arn.p[slash - 1] != '/') {
        slash--;
    }
    return w403_view_sub(arn, slash, arn.n);
}

static w403_status put_entity(tree *t, w403_view account, w403_view path, const w403_json *metadata, w403_made_kind kind)
{
    const w403_json *inlines, *attached, *groups, *boundary = w403_json_get(metadata, "permissionBoundary");
    w403_view name = w403_made_str(metadata, "name");
    w403_made_entity *e = name.p ? w403_made_entity_of(&t->made, kind, account, name) : NULL;
    if (!e) {
        return W403_OK;
    }
    e->arn = w403_made_str(metadata, "arn");
    e->path = w403_made_str(metadata, "path");
    e->id = w403_made_str(metadata, "id");
    e->boundary = w403_json_is(boundary, W403_JSON_STRING) ? boundary->text : (w403_view){NULL, 0};
    W403_TRY(beside(t, path, "tags.json", &e->tags));
    if (kind == W403_MADE_POLICY) {
        W403_TRY(beside(t, path, "current-policy.json", &e->document));
        return e->document ? W403_OK : beside(t, path, "policy.json", &e->document);
    }
    W403_TRY(beside(t, path, "trust-policy.json", &e->trust));
    W403_TRY(beside(t, path, "inline-policies.json", &inlines));
    W403_TRY(beside(t, path, "managed-policies.json", &attached));
    W403_TRY(beside(t, path, "groups.json", &groups));
    for (const w403_json *p = w403_json_is(inlines, W403_JSON_ARRAY) ? inlines->first : NULL; p; p = p->next) {
        w403_made_add_document(&t->made, e, w403_made_str(p, "PolicyName"), w403_json_get(p, "PolicyDocument"));
    }
    for (const w403_json *p = w403_json_is(attached, W403_JSON_ARRAY) ? attached->first : NULL; p; p = p->next) {
        w403_made_add_attached(&t->made, e, p->text);
    }
    for (const w403_json *p = w403_json_is(groups, W403_JSON_ARRAY) ? groups->first : NULL; p; p = p->next) {
        w403_made_add_group(&t->made, e, last_part(p->text));
    }
    return W403_OK;
}

static w403_status put_key(tree *t, w403_view account, w403_view region, w403_view path, const w403_json *metadata)
{
    w403_view arn = w403_made_str(metadata, "arn"), id = last_part(arn);
    const w403_json *policy;
    w403_buf out = {0};
    w403_json_writer w;
    W403_TRY(beside(t, path, "policy.json", &policy));
    w403_jw_init(&w, &out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "KeyMetadata");
    w403_jw_object(&w);
    w403_jw_text(&w, "AWSAccountId", account);
    w403_jw_text(&w, "KeyId", id);
    w403_jw_text(&w, "Arn", arn);
    w403_jw_end_object(&w);
    if (policy) {
        w403_jw_key(&w, "Policy");
        w403_jw_value(&w, policy);
    }
    w403_jw_end_object(&w);
    if (id.n && w403_buf_ok(&out)) {
        w403_made_file_text(&t->made,
                            w403_arena_printf(t->made.a, "accounts/%.*s/kms/%.*s/%.*s.json", W403_ARG(account), W403_ARG(region), W403_ARG(id)),
                            w403_arena_copy(t->made.a, w403_buf_view(&out)));
    }
    w403_buf_free(&out);
    return W403_OK;
}

/* accounts/ACCOUNT/s3/ID, accounts/ACCOUNT/iam/TYPE/ID, accounts/ACCOUNT/kms/REGION/key/ID */
static w403_status put_file(tree *t, w403_view path)
{
    static const char *const types[] = {"user", "group", "role", "policy"};
    w403_view part[6] = {{0}}, rest;
    size_t begin = w403_view_starts(path, W403_LIT("accounts/")) ? 0 : w403_view_find(path, W403_LIT("/accounts/")), n = 0;
    if (begin == SIZE_MAX || !w403_view_ends(path, W403_LIT("/metadata.json"))) {
        return W403_OK;
    }
    rest = w403_view_sub(path, begin + strlen("accounts/") + (begin > 0), path.n);
    while (rest.p && n < 6) {
        part[n++] = w403_view_cut(&rest, '/');
    }
    const w403_json *metadata;
    W403_TRY(read_json(t, path, &metadata));
    if (n == 4 && w403_view_eq(part[1], W403_LIT("s3"))) {
        return put_bucket(t, part[0], path, metadata);
    }
    if (n == 6 && w403_view_eq(part[1], W403_LIT("kms")) && w403_view_eq(part[3], W403_LIT("key"))) {
        return put_key(t, part[0], part[2], path, metadata);
    }
    for (int i = 0; i < 4 && n == 5 && w403_view_eq(part[1], W403_LIT("iam")); i++) {
        if (w403_view_eq(part[2], w403_view_of(types[i]))) {
            return put_entity(t, part[0], path, metadata, (w403_made_kind)i);
        }
    }
    return W403_OK;
}

w403_status w403_source_iam_collect(w403_arena *a, const char *folder, const w403_source_options *o, w403_view *out, w403_error *err)
{
    tree t = {.made = {.a = a, .options = o, .partition = W403_LIT("aws"), .whole_iam = true}, .folder = folder, .err = err};
    W403_TRY(w403_file_list_plain(a, folder, &t.files, err));
    for (size_t i = 0; i < t.files.n; i++) {
        W403_TRY(put_file(&t, t.files.at[i]));
    }
    if (t.made.files.n + t.made.entities.n == 0) {
        (void)w403_error_set(err, W403_SEMANTIC, "`%.200s` is no tree of iam-collect: nothing stands below `accounts/`", folder);
        return W403_SEMANTIC;
    }
    return w403_made_text(&t.made, out, err);
}
