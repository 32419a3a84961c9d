/* objects.json: what is known of single objects. Members are those of list-objects, list-object-versions,
 * head-object and get-object-acl under their own names. */
#include "base/limits.h"
#include "snapshot/loader.h"

static const w403_value_word algorithms[] = {{"AES256", W403_SSE_S3},
                                       {"aws:kms", W403_SSE_KMS},
                                       {"aws:kms:dsse", W403_SSE_DSSE},
                                       {"aws:fsx", W403_SSE_S3}};
static const w403_value_word lock_modes[] = {{"GOVERNANCE", W403_LOCK_GOVERNANCE}, {"COMPLIANCE", W403_LOCK_COMPLIANCE}};
static const w403_value_word switches[] = {{"ON", true}, {"OFF", false}};

static void read_encryption(const w403_source *src, const w403_json *v, w403_object *o)
{
    const w403_json *bucket_key = w403_json_get(v, "BucketKeyEnabled");
    const w403_json *algorithm = w403_read(src, v, "ServerSideEncryption", W403_JSON_STRING);
    o->kms_key = w403_read_str(src, v, "SSEKMSKeyId");
    o->bucket_key = !bucket_key || bucket_key->type == W403_JSON_NULL         ? W403_UNKNOWN
                    : w403_read_bool(src, v, "BucketKeyEnabled", false) ? W403_YES
                                                                        : W403_NO;
    if (w403_read(src, v, "SSECustomerAlgorithm", W403_JSON_STRING)) {
        o->sse_given = true;
        o->sse = W403_SSE_C;
    } else if (algorithm) {
        o->sse_given = true;
        o->sse = (w403_sse)w403_read_word(src, v, "ServerSideEncryption", W403_WORDS(algorithms), W403_SSE_S3);
    } else if (o->kms_key.n) {
        o->sse_given = true;
        o->sse = W403_SSE_KMS;
    }
}

static void read_lock(const w403_source *src, const w403_json *v, w403_object *o)
{
    const w403_json *until = w403_read(src, v, "ObjectLockRetainUntilDate", W403_JSON_STRING);
    o->lock_mode = (w403_lock_mode)w403_read_word(src, v, "ObjectLockMode", W403_WORDS(lock_modes), W403_LOCK_NONE);
    o->legal_hold = w403_read_word(src, v, "ObjectLockLegalHoldStatus", W403_WORDS(switches), false);
    if (until) {
        o->has_retain_until = w403_instant_parse(until->text, &o->retain_until);
        if (!o->has_retain_until) {
            w403_problem_at(src, false, until, "`ObjectLockRetainUntilDate` is no ISO 8601 time");
        }
    }
}

/* A count as JSON has it; `fallback` when it is not there or not a count. */
static uint64_t read_count(const w403_json *v, const char *name, uint64_t fallback)
{
    const w403_json *count = w403_json_get(v, name);
    uint64_t         n;
    return w403_json_is(count, W403_JSON_NUMBER) && w403_view_u64(count->text, &n) ? n : fallback;
}

/* ChecksumCRC32, ChecksumSHA256 ... or the ChecksumAlgorithm of listings; without any of them nobody knows. */
static w403_tri has_checksum(const w403_json *v)
{
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_view_starts(m->key, W403_LIT("Checksum")) && m->type != W403_JSON_NULL) {
            bool none = m->type == W403_JSON_ARRAY && m->count == 0;
            return none ? W403_NO : W403_YES;
        }
    }
    return W403_UNKNOWN;
}

static w403_status read_tags(const w403_source *src, const w403_json *v, w403_object *o, w403_error *err)
{
    const w403_json *set = w403_read(src, v, "TagSet", W403_JSON_ARRAY);
    uint64_t         count = read_count(v, "TagCount", UINT64_MAX);
    o->tags_known = set || count == 0;
    count = set ? set->count : count;
    o->tagged = count == UINT64_MAX ? W403_UNKNOWN : count ? W403_YES : W403_NO;
    return w403_read_tags(src, set, &o->tags, &o->n_tags, err);
}

static w403_status read_object(const w403_source *src, const w403_json *v, w403_object *o, w403_error *err)
{
    const w403_json *grants = w403_json_get(v, "Grants");
    o->version_id = w403_read_str(src, v, "VersionId");
    o->is_delete_marker = w403_read_bool(src, v, "IsDeleteMarker", w403_read_bool(src, v, "DeleteMarker", false));
    o->storage_class = w403_read_str(src, v, "StorageClass");
    o->restore = w403_read_str(src, v, "Restore");
    o->size = read_count(v, "Size", read_count(v, "ContentLength", UINT64_MAX));
    o->headed = w403_json_get(v, "ContentLength") != NULL; /* listings call it Size */
    o->checksum = has_checksum(v);
    o->acl.fact.path = src->doc->source;
    w403_read_fact(src, grants, &o->acl.fact);
    if (o->acl.fact.state == W403_FACT_KNOWN) {
        W403_TRY(w403_read_acl(src, v, &o->acl, err));
        o->owner = o->acl.owner;
    } else {
        o->owner = w403_read_str(src, w403_read(src, v, "Owner", W403_JSON_OBJECT), "ID");
    }
    read_encryption(src, v, o);
    read_lock(src, v, o);
    return read_tags(src, v, o, err);
}

/* Versions of one key hang together in the order of the file; `tails` is key -> the last one so far. IsLatest is
 * printed by list-object-versions only: without it the first that is listed is the latest, which is the order in
 * which S3 lists versions. */
static w403_status chain(const w403_source *src, w403_bucket *b, w403_map *tails, const w403_json *v, w403_object *o,
                         w403_error *err)
{
    w403_object *tail = w403_map_get(tails, o->key);
    o->is_latest = w403_read_bool(src, v, "IsLatest", tail == NULL);
    if (tail) {
        tail->next_version = o;
        if (o->is_latest) {
            ((w403_object *)w403_map_get(&b->objects, o->key))->is_latest = false;
        }
    } else {
        W403_NEED(w403_map_put(src->ld->a, &b->objects, o->key, o), err);
    }
    W403_NEED(w403_map_put(src->ld->scratch, tails, o->key, o), err);
    return W403_OK;
}

static w403_status read_list(const w403_source *src, w403_bucket *b, const w403_json *list, w403_error *err)
{
    w403_map            tails = {0};
    w403_object        *objects = W403_NEW_N(src->ld->a, w403_object, list->count);
    const w403_object **at = (const w403_object **)w403_arena_zalloc_n(src->ld->a, list->count, sizeof *at);
    W403_NEED(objects && at, err);
    b->object_list = at;
    for (const w403_json *v = list->first; v; v = v->next) {
        const w403_json *key =
            w403_expect(src, v, W403_JSON_OBJECT, "object") ? w403_read_needed(src, v, "Key", W403_JSON_STRING) : NULL;
        if (!key) {
            continue;
        }
        if (key->text.n > W403_LIMIT_KEY_BYTES) {
            w403_problem_at(src, false, key, "`Key` is longer than %d bytes", W403_LIMIT_KEY_BYTES);
            continue;
        }
        w403_object *o = &objects[b->n_objects];
        o->key = w403_keep(src, key->text);
        at[b->n_objects++] = o;
        W403_TRY(read_object(src, v, o, err));
        W403_TRY(chain(src, b, &tails, v, o, err));
    }
    return W403_OK;
}

/* "Absent": keys that a collector asked for one by one. */
static w403_status read_absent(const w403_source *src, w403_bucket *b, w403_error *err)
{
    const w403_json *list = w403_read(src, src->root, "Absent", W403_JSON_ARRAY);
    for (const w403_json *key = list ? list->first : NULL; key; key = key->next) {
        if (w403_expect(src, key, W403_JSON_STRING, "Absent")) {
            W403_NEED(w403_map_put(src->ld->a, &b->absent, w403_keep(src, key->text), b), err);
        }
    }
    return W403_OK;
}

/* A list, or {"complete": true, "Objects": [...]}: then a key that is not listed does not exist. */
w403_status w403_read_objects(const w403_source *src, w403_bucket *b, w403_error *err)
{
    const w403_json *list = src->root;
    if (list->type == W403_JSON_OBJECT) {
        b->objects_complete = w403_read_bool(src, list, "complete", false);
        W403_TRY(read_absent(src, b, err));
        list = w403_read_needed(src, list, "Objects", W403_JSON_ARRAY);
    } else if (!w403_expect(src, list, W403_JSON_ARRAY, "objects.json")) {
        list = NULL;
    }
    return list && list->count ? read_list(src, b, list, err) : W403_OK;
}
