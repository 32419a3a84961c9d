/* One key of a bucket: is it there, whose is it, and its versions, from a listing that needs no right to read it; its
 * ACL, its tags and its headers where a decision wants them. */
#include "collect/narrow_state.h"

static void put_list(w403_buf *out, const char *name, bool *others)
{
    w403_buf_puts(out, *others ? ", " : "");
    w403_buf_puts(out, name);
    *others = true;
}

static w403_status write(w403_narrow *n, const w403_narrow_bucket *b, w403_error *err)
{
    w403_buf flat = {0};
    w403_view owner = b->owner.n ? b->owner : n->account;
    w403_view path =
        w403_arena_printf(n->a, "accounts/%.*s/s3/%.*s/objects.json", W403_ARG(owner), W403_ARG(b->name));
    W403_NEED(path.p, err);
    if (b->objects_error.n && !b->objects.n && !b->absent.n) {
        w403_buf_put(&flat, b->objects_error);
        return w403_narrow_put_json(n, path, &flat, err);
    }
    bool others = false;
    w403_buf_puts(&flat, "{\"complete\": false, \"Objects\": [");
    for (size_t i = 0; i < b->objects.n; i++) {
        const w403_narrow_object *o = &b->objects.at[i];
        put_list(&flat, "{", &others);
        w403_buf_put(&flat, o->members);
        w403_buf_puts(&flat, o->marker ? ", \"IsDeleteMarker\": true" : "");
        const w403_view more[] = {o->acl, o->tags};
        for (size_t k = 0; k < 2; k++) {
            w403_buf_puts(&flat, more[k].n ? ", " : "");
            w403_buf_put(&flat, more[k]);
        }
        w403_buf_putc(&flat, '}');
    }
    w403_buf_puts(&flat, "], \"Absent\": [");
    others = false;
    for (size_t i = 0; i < b->absent.n; i++) {
        put_list(&flat, "", &others);
        w403_buf_json_string(&flat, b->absent.at[i]);
    }
    w403_buf_puts(&flat, "]}");
    return w403_narrow_put_json(n, path, &flat, err);
}

static w403_status add(w403_narrow *n, w403_narrow_bucket *b, const w403_page *page, const w403_json *v, bool marker,
                       w403_error *err)
{
    w403_narrow_object *o = W403_PUSH(n->a, &b->objects);
    W403_NEED(o, err);
    *o = (w403_narrow_object){.key = w403_json_str(v, "Key"),
                              .version = w403_json_str(v, "VersionId"),
                              .latest = w403_json_bool(v, "IsLatest", false),
                              .marker = marker,
                              .members = w403_narrow_members(page, v)};
    return W403_OK;
}

static bool is_listed(const w403_narrow_bucket *b, w403_view key)
{
    for (size_t i = 0; i < b->objects.n; i++) {
        if (w403_view_eq(b->objects.at[i].key, key)) {
            return true;
        }
    }
    return false;
}

static w403_status versions_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    static const char *const lists[] = {"Versions", "DeleteMarkers"};
    w403_narrow_bucket *b = ask->into;
    if (!page->root) {
        b->objects_error = w403_narrow_error(n, ask, page);
        W403_NEED(b->objects_error.p, err);
        return write(n, b, err);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const w403_json *list = w403_json_get(page->root, lists[i]);
        for (const w403_json *v = list ? list->first : NULL; v; v = v->next) {
            if (w403_view_eq(w403_json_str(v, "Key"), ask->word)) {
                W403_TRY(add(n, b, page, v, i == 1, err));
            }
        }
    }
    if (!page->answer->last) {
        return W403_OK;
    }
    if (!is_listed(b, ask->word)) {
        w403_view *slot = W403_PUSH(n->a, &b->absent);
        W403_NEED(slot, err);
        *slot = ask->word;
    }
    return write(n, b, err);
}

/* The version that was asked about: the one of that id, else the latest. */
static w403_narrow_object *version_of(w403_narrow_bucket *b, w403_view key, w403_view version)
{
    for (size_t i = 0; i < b->objects.n; i++) {
        w403_narrow_object *o = &b->objects.at[i];
        if (w403_view_eq(o->key, key) && (version.n ? w403_view_eq(o->version, version) : o->latest)) {
            return o;
        }
    }
    return NULL;
}

typedef struct part_of {
    w403_narrow_bucket *bucket;
    w403_view key, version;
} part_of;

static w403_status acl_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const part_of *of = ask->into;
    w403_narrow_object *o = version_of(of->bucket, of->key, of->version);
    const w403_json *grants = w403_json_get(page->root, "Grants");
    w403_view value = !page->root ? w403_narrow_error(n, ask, page)
                      : grants    ? w403_narrow_raw(page, grants)
                                  : W403_LIT("[]");
    W403_NEED(value.p, err);
    if (!o) {
        return W403_OK;
    }
    o->acl = w403_arena_printf(n->a, "\"Grants\": %.*s", W403_ARG(value));
    W403_NEED(o->acl.p, err);
    return write(n, of->bucket, err);
}

/* Tags that could not be read are left out: then nobody knows them. */
static w403_status tags_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const part_of *of = ask->into;
    w403_narrow_object *o = version_of(of->bucket, of->key, of->version);
    const w403_json *set = w403_json_get(page->root, "TagSet");
    if (!o || !page->root) {
        return W403_OK;
    }
    w403_view value = set ? w403_narrow_raw(page, set) : W403_LIT("[]");
    o->tags = w403_arena_printf(n->a, "\"TagSet\": %.*s", W403_ARG(value));
    W403_NEED(o->tags.p, err);
    return write(n, of->bucket, err);
}

/* What the headers do not say stays as the listing has it. */
static w403_status merge(w403_narrow *n, w403_narrow_object *o, const w403_page *page, w403_error *err)
{
    w403_json_doc doc;
    w403_buf out = {0};
    w403_view listed = w403_arena_printf(n->a, "{%.*s}", W403_ARG(o->members));
    W403_NEED(listed.p, err);
    W403_TRY(w403_json_parse(n->a, W403_LIT("listing"), listed, NULL, &doc, NULL, err));
    w403_buf_put(&out, w403_narrow_members(page, page->root));
    for (const w403_json *m = doc.root->first; m; m = m->next) {
        bool said = false;
        for (const w403_json *h = page->root->first; h; h = h->next) {
            said |= w403_view_eq(h->key, m->key);
        }
        if (!said) {
            w403_buf_puts(&out, out.n ? ", " : "");
            w403_buf_put(&out, w403_view_sub(listed, m->key_span.off, m->span.off + m->span.len));
        }
    }
    o->members = w403_buf_take(&out, n->a);
    W403_NEED(o->members.p, err);
    return W403_OK;
}

static w403_status head_came(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err)
{
    const part_of *of = ask->into;
    w403_narrow_object *o = version_of(of->bucket, of->key, of->version);
    if (!o || !page->root) {
        return W403_OK;
    }
    W403_TRY(merge(n, o, page, err));
    return write(n, of->bucket, err);
}

static const struct object_part {
    const char *name;
    uint16_t row;
    w403_answered_fn *answered;
} object_parts[] = {
    {"acl", W403_CALL_S3_GETOBJECTACL, acl_came},
    {"tags", W403_CALL_S3_GETOBJECTTAGGING, tags_came},
    {"head", W403_CALL_S3_HEADOBJECT, head_came},
};

static w403_status ask_part(w403_narrow *n, w403_narrow_bucket *b, w403_view key, w403_view version,
                            const struct object_part *part, w403_error *err)
{
    part_of *of = W403_NEW(n->a, part_of);
    w403_live_argument arguments[] = {
        {W403_LIT("Bucket"), b->name}, {W403_LIT("Key"), key}, {W403_LIT("VersionId"), version}};
    W403_NEED(of, err);
    *of = (part_of){b, key, version};
    w403_inquiry ask = {.answered = part->answered, .row = part->row, .about = key, .into = of};
    return w403_narrow_send(n, ask, b->owner, b->region, arguments, version.n ? 3 : 2, err);
}

/* Headers take the right to read the object: they are asked for where that was allowed. */
static w403_status ask_part_once(w403_narrow *n, w403_narrow_bucket *b, w403_view key, w403_view version,
                                 w403_view part, w403_view what, w403_error *err)
{
    for (size_t i = 0; i < sizeof object_parts / sizeof *object_parts && version_of(b, key, version); i++) {
        const struct object_part *p = &object_parts[i];
        if (!w403_view_eq(part, w403_view_of(p->name))) {
            continue;
        }
        bool head = p->row == W403_CALL_S3_HEADOBJECT;
        n->head_wanted |= head && !n->o.head_object;
        if ((head && !n->o.head_object) || !w403_narrow_once(n, p->name, what)) {
            return W403_OK;
        }
        return ask_part(n, b, key, version, p, err);
    }
    return W403_OK;
}

w403_status w403_narrow_object_ask(w403_narrow *n, w403_narrow_bucket *b, w403_view key, w403_view version,
                                   w403_view part, w403_error *err)
{
    w403_view what = w403_arena_printf(n->a, "%.*s/%.*s#%.*s", W403_ARG(b->name), W403_ARG(key), W403_ARG(version));
    w403_view copy = w403_arena_copy(n->a, key), id = w403_arena_copy(n->a, version);
    W403_NEED(what.p && copy.p && id.p, err);
    if (part.n) {
        return ask_part_once(n, b, copy, id, part, what, err);
    }
    if (!w403_narrow_once(n, "versions", w403_view_sub(what, 0, what.n - version.n))) {
        return W403_OK;
    }
    w403_live_argument arguments[] = {{W403_LIT("Bucket"), b->name}, {W403_LIT("Prefix"), copy}};
    w403_inquiry ask = {.answered = versions_came,
                    .row = W403_CALL_S3_LISTOBJECTVERSIONS,
                    .about = b->name,
                    .word = copy,
                    .into = b};
    return w403_narrow_send(n, ask, b->owner, b->region, arguments, 2, err);
}
