/* Files of the snapshot with another text, loaded as a small snapshot: what a file means is said in one place only. */
#include "logs/proof.h"

const w403_json_doc *w403_source_doc(w403_sources *src, const w403_snapshot *s, w403_view path)
{
    const w403_json_doc *file = s ? w403_map_get(&s->files, path) : NULL;
    w403_json_doc       *doc = file ? w403_map_get(&src->docs, path) : NULL;
    if (!file || doc) {
        return doc && doc->root ? doc : NULL;
    }
    doc = W403_NEW(src->arena, w403_json_doc);
    if (!doc || !w403_map_put(src->arena, &src->docs, file->source, doc)) {
        return NULL;
    }
    bool read = w403_json_parse(src->arena, file->source, file->text, NULL, doc, NULL, NULL) == W403_OK;
    doc->root = read ? doc->root : NULL;
    return read ? doc : NULL;
}

void w403_rewound_close(w403_rewound *r)
{
    w403_snapshot_free(r->part);
    r->part = NULL;
}

/* ---- an excerpt ---- */

void w403_excerpt_open(w403_excerpt *x, w403_rewound *r)
{
    *x = (w403_excerpt){.r = r};
    w403_buf_puts(&x->json, "{\"snapshot.json\":{\"format\":1,\"partition\":");
    w403_buf_json_string(&x->json, r->world->snapshot->partition);
    w403_buf_putc(&x->json, '}');
}

void w403_excerpt_add(w403_excerpt *x, w403_view path, w403_view text)
{
    w403_buf_puts(&x->json, ",\n");
    w403_buf_json_string(&x->json, path);
    w403_buf_putc(&x->json, ':');
    w403_buf_put(&x->json, text);
}

bool w403_excerpt_load(w403_excerpt *x)
{
    w403_rewound *r = x->r;
    w403_status   status = W403_NOMEM;
    w403_buf_puts(&x->json, "}\n");
    if (w403_buf_ok(&x->json)) {
        status = w403_snapshot_parse(W403_LIT("before a change"), w403_buf_view(&x->json), NULL, NULL, &r->part, NULL);
    }
    w403_buf_free(&x->json);
    r->world->nomem |= status == W403_NOMEM;
    if (status != W403_OK) {
        r->part = NULL;
        r->why = "what it wrote cannot be read as the snapshot's own";
    }
    return status == W403_OK;
}

/* ---- edits ---- */

bool w403_edit_member(w403_edit *e, const char *name, w403_view json)
{
    const w403_json *v = e->failed ? NULL : w403_json_get(e->doc.root, name);
    if (!json.p) {
        return v ? w403_edit_remove(e, v) : !e->failed;
    }
    return v ? w403_edit_replace(e, v, json) : w403_edit_insert(e, e->doc.root, name, json);
}

static const w403_json *listed(const w403_json *list, const char *member, w403_view id)
{
    const w403_json *v = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL;
    while (v && !w403_view_eq(member ? w403_json_str(v, member) : v->text, id)) {
        v = v->next;
    }
    return v;
}

bool w403_edit_listed(w403_edit *e, const char *list, const char *member, w403_view id, w403_view json)
{
    const w403_json *all = e->failed ? NULL : w403_json_get(e->doc.root, list);
    const w403_json *one = listed(all, member, id);
    if (json.p && one) {
        return true;
    }
    while (one && w403_edit_remove(e, one)) {
        one = listed(w403_json_get(e->doc.root, list), member, id);
    }
    if (!json.p || e->failed) {
        return !e->failed;
    }
    if (w403_json_is(all, W403_JSON_ARRAY)) {
        return w403_edit_append(e, all, json);
    }
    return w403_edit_member(e, list, w403_arena_printf(e->arena, "[%.*s]", (int)json.n, json.p));
}
