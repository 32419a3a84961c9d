#include "inventory/acl_column.h"

#include "base/encode.h"
#include "base/hash.h"
#include "json/json.h"

static w403_status grant_of(const w403_json_doc *doc, const w403_json *v, w403_inv_grant *g, w403_error *err)
{
    if (!w403_json_is(v, W403_JSON_OBJECT)) {
        return w403_json_error(doc, v, err, "a grant is an object, this is %s", w403_json_type_name(v->type));
    }
    g->canonical_id = w403_json_str(v, "canonicalId");
    g->uri = w403_json_str(v, "uri");
    g->permission = w403_json_str(v, "permission");
    if ((g->canonical_id.n == 0) == (g->uri.n == 0)) {
        return w403_json_error(doc, v, err, "a grant has either `canonicalId` or `uri`");
    }
    if (!g->permission.n) {
        return w403_json_error(doc, v, err, "a grant without `permission`");
    }
    return W403_OK;
}

static w403_status grants_of(w403_arena *a, const w403_json_doc *doc, w403_inv_acl *out, w403_error *err)
{
    const w403_json *list = w403_json_get(doc->root, "grants");
    if (!w403_json_is(list, W403_JSON_ARRAY)) {
        return w403_json_error(doc, list ? list : doc->root, err, "an object's ACL has no array `grants`");
    }
    w403_inv_grant *at = W403_NEW_N(a, w403_inv_grant, list->count);
    W403_NEED(at, err);
    size_t n = 0;
    for (const w403_json *v = list->first; v; v = v->next) {
        W403_TRY(grant_of(doc, v, &at[n++], err));
    }
    out->grants = at;
    out->n = n;
    out->known = W403_YES;
    return W403_OK;
}

w403_status w403_inv_acl_parse(w403_arena *a, w403_view column, w403_inv_acl *out, w403_error *err)
{
    *out = (w403_inv_acl){W403_UNKNOWN, NULL, 0};
    if (column.n == 0) {
        return W403_OK;
    }
    w403_view text = w403_base64_decode(a, column);
    if (!text.p) {
        return w403_error_set(err, W403_SYNTAX, "ObjectAccessControlList is not base64");
    }
    w403_json_doc doc;
    W403_TRY(w403_json_parse(a, W403_LIT("ObjectAccessControlList"), text, NULL, &doc, NULL, err));
    const w403_json *status = w403_json_get(doc.root, "status");
    if (!w403_json_is(status, W403_JSON_STRING)) {
        return w403_json_error(&doc, doc.root, err, "an object's ACL has no `status`");
    }
    if (!w403_view_eq(status->text, W403_LIT("AVAILABLE"))) {
        return W403_OK; /* UNAVAILABLE, or a word that nobody knows: not an empty ACL */
    }
    return grants_of(a, &doc, out, err);
}

/* ---- cache ---- */

enum { MOST = 4096, MOST_BYTES = 8 << 20 };

typedef struct entry {
    w403_view column; /* own copy */
    w403_inv_acl acl;
} entry;

struct w403_inv_acl_cache {
    w403_arena *a;
    w403_map map; /* column -> entry */
    size_t most;
    const entry *last;
};

w403_inv_acl_cache *w403_inv_acl_cache_new(size_t most)
{
    w403_inv_acl_cache *c = w403_malloc(sizeof *c);
    if (!c) {
        return NULL;
    }
    memset(c, 0, sizeof *c);
    c->most = most ? most : MOST;
    c->a = w403_arena_new(0);
    if (!c->a) {
        w403_free(c);
        return NULL;
    }
    return c;
}

static w403_status cache_add(w403_inv_acl_cache *c, w403_view column, const entry **out, w403_error *err)
{
    if (c->map.n >= c->most || w403_arena_used(c->a) > MOST_BYTES) {
        w403_arena_reset(c->a);
        memset(&c->map, 0, sizeof c->map);
        c->last = NULL;
    }
    entry *e = W403_NEW(c->a, entry);
    W403_NEED(e, err);
    e->column = w403_arena_copy(c->a, column);
    W403_NEED(e->column.p, err);
    W403_TRY(w403_inv_acl_parse(c->a, e->column, &e->acl, err));
    W403_NEED(w403_map_put(c->a, &c->map, e->column, e), err);
    *out = e;
    return W403_OK;
}

w403_status w403_inv_acl_cache_get(w403_inv_acl_cache *c, w403_view column, const w403_inv_acl **out, w403_error *err)
{
    *out = NULL;
    if (!c->last || !w403_view_eq(column, c->last->column)) {
        const entry *e = w403_map_get(&c->map, column);
        if (!e) {
            W403_TRY(cache_add(c, column, &e, err));
        }
        c->last = e;
    }
    *out = &c->last->acl;
    return W403_OK;
}

void w403_inv_acl_cache_free(w403_inv_acl_cache *c)
{
    if (c) {
        w403_arena_free(c->a);
        w403_free(c);
    }
}
