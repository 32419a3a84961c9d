#include "evidence/row_record.h"

enum { ITEMS = 64, DEPTH = 8 };
#define UNSET UINT16_MAX

static w403_row_node *add_node(w403_row_record *r, w403_row_node *in, w403_view name)
{
    w403_row_node *node = W403_NEW(r->arena, w403_row_node);
    w403_view      kept = w403_arena_copy(r->arena, name);
    if (!node || !kept.p) {
        r->nomem = true;
        return NULL;
    }
    *node = (w403_row_node){.name = kept, .type = W403_JSON_OBJECT, .rank = UNSET};
    *(in->last ? &in->last->next : &in->first) = node;
    in->last = node;
    return node;
}

static w403_row_node *node_of(w403_row_record *r, w403_row_node *in, w403_view name)
{
    for (w403_row_node *n = in->first; n; n = n->next) {
        if (w403_view_eq(n->name, name)) {
            return n;
        }
    }
    return add_node(r, in, name);
}

static w403_row_node *item_of(w403_row_record *r, w403_row_node *list, size_t item)
{
    w403_row_node *n = list->first;
    list->type = W403_JSON_ARRAY;
    for (size_t i = 0; i <= item && i < ITEMS; i++, n = n->next) {
        n = n ? n : add_node(r, list, W403_LIT("item"));
        if (!n || i == item) {
            return n;
        }
    }
    return NULL;
}

/* The node at `userIdentity.sessionContext.attributes`, made where it is missing. */
static w403_row_node *at_path(w403_row_record *r, w403_view path, size_t item)
{
    w403_row_node *n = &r->root;
    while (path.n && n) {
        w403_view part = w403_view_cut(&path, '.');
        n = node_of(r, n, part);
        if (n && path.n && w403_view_eq(part, W403_LIT("resources"))) {
            n = item_of(r, n, item);
        }
    }
    return n;
}

void w403_row_put(w403_row_record *r, const w403_row_column *c, size_t item, w403_view text, w403_json_type type)
{
    w403_row_node *n = at_path(r, w403_view_of(c->member), item);
    if (n && c->rank < n->rank && !n->first && !n->json) {
        n->type = (uint8_t)type;
        n->text = text;
        n->rank = c->rank;
    }
}

void w403_row_put_json(w403_row_record *r, const w403_row_column *c, const w403_json *v)
{
    w403_row_node *n = at_path(r, w403_view_of(c->member), 0);
    if (n && !n->first && n->rank == UNSET) {
        n->json = v;
        n->type = v->type;
        n->rank = c->rank;
    }
}

void w403_row_put_member(w403_row_record *r, const w403_row_column *c, w403_view name, const w403_json *v)
{
    w403_row_node *object = at_path(r, w403_view_of(c->member), 0);
    w403_row_node *n = object && !object->json && object->rank == UNSET ? node_of(r, object, name) : NULL;
    if (n && n->rank == UNSET && !n->first) {
        n->json = v;
        n->type = v->type;
        n->rank = c->rank;
    }
}

/* ---- what follows from what is there ---- */

static w403_row_node *child(const w403_row_node *in, const char *name)
{
    for (w403_row_node *n = in ? in->first : NULL; n; n = n->next) {
        if (w403_view_eq(n->name, w403_view_of(name))) {
            return n;
        }
    }
    return NULL;
}

static w403_view text_at(const w403_row_node *in, const char *name)
{
    const w403_row_node *n = child(in, name);
    return n && n->type == W403_JSON_STRING ? (n->json ? n->json->text : n->text) : (w403_view){NULL, 0};
}

static void set(w403_row_record *r, w403_row_node *in, const char *name, w403_view text)
{
    w403_row_node *n = in ? node_of(r, in, w403_view_of(name)) : NULL;
    if (n && text.p) {
        *n = (w403_row_node){.name = n->name, .type = W403_JSON_STRING, .text = text, .next = n->next};
    }
}

/* The console and lookup-events name a resource without its ARN. */
static void name_resources(w403_row_record *r)
{
    const w403_row_node *list = child(&r->root, "resources");
    for (w403_row_node *n = list ? list->first : NULL; n; n = n->next) {
        w403_view name = text_at(n, "name"), type = text_at(n, "type");
        if (!name.n || child(n, "ARN")) {
            continue;
        }
        bool arn = w403_view_starts(name, W403_LIT("arn:"));
        bool s3 = w403_view_starts(type, W403_LIT("AWS::S3::"));
        if (arn || s3) {
            set(r, n, "ARN", arn ? name : w403_arena_printf(r->arena, "arn:aws:s3:::%.*s", W403_CUT(name)));
        }
    }
}

static bool names_s3(const w403_row_record *r)
{
    const w403_row_node *list = child(&r->root, "resources");
    for (const w403_row_node *n = list ? list->first : NULL; n; n = n->next) {
        if (w403_view_starts(text_at(n, "type"), W403_LIT("AWS::S3::"))) {
            return true;
        }
    }
    return text_at(child(&r->root, "requestParameters"), "bucketName").n > 0;
}

static void complete_event(w403_row_record *r)
{
    w403_row_node *who = child(&r->root, "userIdentity");
    w403_view      arn = text_at(who, "arn");
    name_resources(r);
    if (arn.n && !w403_view_starts(arn, W403_LIT("arn:"))) { /* OCSF keeps whatever identifies the user here */
        set(r, who, "principalId", arn);
        set(r, who, "arn", W403_LIT(""));
    }
    if (!text_at(&r->root, "eventSource").n && names_s3(r)) {
        set(r, &r->root, "eventSource", W403_LIT("s3.amazonaws.com"));
    }
}

/* ---- out ---- */

static void write_node(w403_json_writer *w, const w403_row_node *n, bool named, unsigned depth)
{
    bool bare = (n->type == W403_JSON_STRING && !n->json && !n->text.n) || depth == 0;
    if (bare || (n->type == W403_JSON_OBJECT && !n->json && !n->first)) {
        return;
    }
    if (named) {
        w403_jw_keyv(w, n->name);
    }
    if (n->json) {
        w403_jw_value(w, n->json);
        return;
    }
    switch ((w403_json_type)n->type) {
    case W403_JSON_NULL:
        w403_jw_null(w);
        return;
    case W403_JSON_FALSE:
    case W403_JSON_TRUE:
        w403_jw_bool(w, n->type == W403_JSON_TRUE);
        return;
    case W403_JSON_NUMBER:
    case W403_JSON_STRING:
        w403_jw_str(w, n->text);
        return;
    case W403_JSON_ARRAY:
        w403_jw_array(w);
        for (const w403_row_node *m = n->first; m; m = m->next) {
            write_node(w, m, false, depth - 1);
        }
        w403_jw_end_array(w);
        return;
    case W403_JSON_OBJECT:
        w403_jw_object(w);
        for (const w403_row_node *m = n->first; m; m = m->next) {
            write_node(w, m, true, depth - 1);
        }
        w403_jw_end_object(w);
        return;
    }
}

w403_status w403_row_write(w403_row_record *r, bool event, w403_view source, w403_json_doc *out, w403_error *err)
{
    w403_buf         buf = {0};
    w403_json_writer w;
    r->root.type = W403_JSON_OBJECT;
    if (event) {
        complete_event(r);
    }
    w403_jw_init(&w, &buf, false);
    w403_jw_object(&w);
    for (const w403_row_node *m = r->root.first; m; m = m->next) {
        write_node(&w, m, true, DEPTH);
    }
    w403_jw_end_object(&w);
    w403_view text = w403_buf_ok(&buf) && !r->nomem ? w403_arena_copy(r->arena, w403_buf_view(&buf)) : (w403_view){NULL, 0};
    w403_buf_free(&buf);
    W403_NEED(text.p, err);
    return w403_json_parse(r->arena, source, text, NULL, out, NULL, err);
}
