/* The words of AuthZEN's clients as ours: their subjects are principals, their resources buckets and objects, their properties
 * condition keys. */
#include <string.h>

#include "base/file.h"
#include "serve/authzen.h"

static const w403_view hole = {"{id}", 4};

static w403_status read_words(w403_server *s, const w403_json_doc *doc, const char *name, w403_authzen_words *to, w403_error *err)
{
    const w403_json *words = w403_json_get(doc->root, name);
    if (words && words->type != W403_JSON_OBJECT) {
        return w403_json_error(doc, words, err, "`%s` must be an object", name);
    }
    for (const w403_json *m = words ? words->first : NULL; m; m = m->next) {
        w403_authzen_word *one = W403_PUSH(s->auth.arena, to);
        W403_NEED(one, err);
        if (m->type != W403_JSON_STRING || m->text.n == 0) {
            return w403_json_error(doc, m, err, "what a word stands for is a text");
        }
        *one = (w403_authzen_word){m->key, m->text};
    }
    return W403_OK;
}

w403_status w403_authzen_open(w403_server *s, const char *path, w403_error *err)
{
    w403_json_doc doc;
    w403_view     text;
    if (!path) {
        return W403_OK;
    }
    s->authzen = W403_NEW(s->auth.arena, w403_authzen_map);
    W403_NEED(s->authzen, err);
    W403_TRY(w403_file_read(s->auth.arena, path, &text, err));
    W403_TRY(w403_json_parse(s->auth.arena, w403_view_of(path), text, NULL, &doc, NULL, err));
    static const char *const names[] = {"subjects", "resources", "actions", "properties"};
    W403_TRY(w403_json_is(doc.root, W403_JSON_OBJECT) ? W403_OK : w403_json_error(&doc, doc.root, err, "the words are an object"));
    for (const w403_json *m = doc.root->first; m; m = m->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            known = known || w403_view_eq(m->key, w403_view_of(names[i]));
        }
        if (!known) {
            return w403_json_error(&doc, m, err, "there are `subjects`, `resources`, `actions` and `properties`, no `%.*s`", W403_FMT(m->key));
        }
    }
    W403_TRY(read_words(s, &doc, names[0], &s->authzen->subjects, err));
    W403_TRY(read_words(s, &doc, names[1], &s->authzen->resources, err));
    W403_TRY(read_words(s, &doc, names[2], &s->authzen->actions, err));
    return read_words(s, &doc, names[3], &s->authzen->properties, err);
}

w403_view w403_authzen_find(const w403_authzen_words *list, w403_view name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i].name, name)) {
            return list->at[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

w403_view w403_authzen_id(w403_view template, w403_view text)
{
    size_t at = w403_view_find(template, hole);
    if (at == SIZE_MAX) {
        return w403_view_eq(template, text) ? text : (w403_view){NULL, 0};
    }
    w403_view before = w403_view_sub(template, 0, at), after = w403_view_sub(template, at + hole.n, template.n);
    bool      fits = text.n > before.n + after.n && w403_view_starts(text, before) && w403_view_ends(text, after);
    return fits ? w403_view_sub(text, before.n, text.n - after.n) : (w403_view){NULL, 0};
}

w403_view w403_authzen_fill(w403_serving *q, w403_view template, w403_view id)
{
    size_t at = w403_view_find(template, hole);
    return at == SIZE_MAX ? template
                          : w403_arena_printf(q->arena, "%.*s%.*s%.*s", (int)at, template.p, W403_ALL(id), (int)(template.n - at - hole.n),
                                              template.p + at + hole.n);
}

/* ---- one evaluation ---- */

w403_authzen_item w403_authzen_item_of(const w403_json *object, const w403_authzen_item *defaults)
{
    static const w403_authzen_item none;
    const w403_authzen_item       *d = defaults ? defaults : &none;
    const w403_json               *subject = w403_json_get(object, "subject"), *action = w403_json_get(object, "action");
    const w403_json               *resource = w403_json_get(object, "resource"), *context = w403_json_get(object, "context");
    return (w403_authzen_item){subject ? subject : d->subject, action ? action : d->action, resource ? resource : d->resource,
                               context ? context : d->context};
}

static const w403_view *scalar(w403_serving *q, const w403_json *v)
{
    bool       good = v->type == W403_JSON_STRING || v->type == W403_JSON_NUMBER || v->type == W403_JSON_TRUE || v->type == W403_JSON_FALSE;
    w403_view *one = good ? W403_NEW(q->arena, w403_view) : NULL;
    if (one) {
        *one = v->text;
    }
    return one;
}

typedef W403_ARRAY(w403_context_entry) contexts;

static bool add_context(w403_serving *q, contexts *list, w403_view key, const w403_json *v)
{
    w403_context_entry e = {.key = key, .present = W403_YES};
    if (v->type == W403_JSON_NULL) {
        e.present = W403_NO;
    } else if (v->type == W403_JSON_ARRAY) {
        w403_view *values = W403_NEW_N(q->arena, w403_view, v->count + 1);
        for (const w403_json *m = v->first; values && m; m = m->next) {
            const w403_view *one = scalar(q, m);
            if (!one) {
                return false;
            }
            values[e.n_values++] = *one;
        }
        e.values = values;
        e.present = e.n_values ? W403_YES : W403_NO;
    } else {
        e.values = scalar(q, v);
        e.n_values = 1;
        if (!e.values) {
            return true; /* an object: nothing that a condition could look at */
        }
    }
    w403_context_entry *slot = W403_PUSH(q->arena, list);
    if (slot) {
        *slot = e;
    }
    return slot != NULL;
}

static bool add_properties(w403_serving *q, contexts *list, const char *of, const w403_json *entity)
{
    const w403_authzen_map *map = q->server->authzen;
    const w403_json        *properties = w403_json_get(entity, "properties");
    for (const w403_json *m = map && w403_json_is(properties, W403_JSON_OBJECT) ? properties->first : NULL; m; m = m->next) {
        w403_view name = w403_arena_printf(q->arena, "%s.%.*s", of, W403_FMT(m->key));
        w403_view key = w403_authzen_find(&map->properties, name);
        if (key.p && !add_context(q, list, key, m)) {
            return false;
        }
    }
    return true;
}

/* `aws:SourceIp` and its like are condition keys; other names are the client's own. */
static bool read_context(w403_serving *q, const w403_authzen_item *item, w403_request *r)
{
    contexts list = {0};
    for (const w403_json *m = item->context ? item->context->first : NULL; m; m = m->next) {
        bool key = w403_view_find_char(m->key, ':') < m->key.n;
        bool ip = w403_view_ieq(m->key, W403_LIT("aws:SourceIp")) && m->type == W403_JSON_STRING;
        if (ip) {
            r->from = m->text;
        } else if (w403_view_ieq(m->key, W403_LIT("aws:SecureTransport")) && (m->type == W403_JSON_TRUE || m->type == W403_JSON_FALSE)) {
            r->secure = m->type == W403_JSON_TRUE ? W403_YES : W403_NO;
        } else if (key && !add_context(q, &list, m->key, m)) {
            return false;
        }
    }
    bool good = add_properties(q, &list, "subject", item->subject) && add_properties(q, &list, "action", item->action) &&
                add_properties(q, &list, "resource", item->resource);
    r->context = list.at;
    r->n_context = list.n;
    return good;
}

static const char *read_subject(w403_serving *q, const w403_json *v, bool open, w403_request *r)
{
    const w403_authzen_map *map = q->server->authzen;
    w403_view               type = w403_json_str(v, "type"), id = w403_json_str(v, "id");
    if (!w403_json_is(v, W403_JSON_OBJECT) || !type.n || (!open && !id.n)) {
        return open ? "subject needs a type" : "subject needs a type and an id";
    }
    w403_view words = map ? w403_authzen_find(&map->subjects, type) : (w403_view){NULL, 0};
    if (!open) {
        w403_view service = w403_view_eq(type, W403_LIT("aws_service")) ? w403_arena_printf(q->arena, "service:%.*s", W403_FMT(id)) : id;
        w403_view known = w403_view_eq(type, W403_LIT("aws_service")) ? service : w403_pdp_caller(q, id, (w403_view){NULL, 0});
        r->principal = words.p ? w403_authzen_fill(q, words, id) : known.p ? known : id;
    }
    return NULL;
}

static const char *read_resource(w403_serving *q, const w403_json *v, bool open, w403_request *r)
{
    const w403_authzen_map *map = q->server->authzen;
    w403_view               type = w403_json_str(v, "type"), id = w403_json_str(v, "id"), version = w403_json_str(w403_json_get(v, "properties"), "version_id");
    if (!w403_json_is(v, W403_JSON_OBJECT) || !type.n || (!open && !id.n)) {
        return open ? "resource needs a type" : "resource needs a type and an id";
    }
    w403_view words = map ? w403_authzen_find(&map->resources, type) : (w403_view){NULL, 0};
    bool      s3 = w403_view_starts(type, W403_LIT("s3_")) && !w403_view_starts(id, W403_LIT("arn:")) && !w403_view_eq(id, W403_LIT("*"));
    if (!open) {
        r->resource = words.p ? w403_authzen_fill(q, words, id) : s3 ? w403_arena_printf(q->arena, "arn:aws:s3:::%.*s", W403_ALL(id)) : id;
        r->version_id = version;
    }
    return NULL;
}

const char *w403_authzen_request(w403_serving *q, const w403_authzen_item *item, w403_authzen_open_member without, w403_request *r)
{
    const w403_authzen_map *map = q->server->authzen;
    w403_view               name = w403_json_str(item->action, "name");
    w403_request_init(r);
    r->secure = W403_UNKNOWN;
    r->unsaid = W403_UNSAID_HEADERS | W403_UNSAID_QUERY;
    const char *wrong = read_subject(q, item->subject, without == W403_AUTHZEN_NO_SUBJECT, r);
    wrong = wrong ? wrong : read_resource(q, item->resource, without == W403_AUTHZEN_NO_RESOURCE, r);
    if (!wrong && without != W403_AUTHZEN_NO_ACTION && (!w403_json_is(item->action, W403_JSON_OBJECT) || !name.n)) {
        wrong = "action needs a name";
    }
    if (!wrong && item->context && item->context->type != W403_JSON_OBJECT) {
        wrong = "context is an object";
    }
    if (wrong) {
        return wrong;
    }
    w403_view words = map ? w403_authzen_find(&map->actions, name) : (w403_view){NULL, 0};
    name = words.p ? words : name;
    if (w403_view_find_char(name, ':') < name.n) {
        r->action = name;
    } else {
        r->operation = name;
    }
    return read_context(q, item, r) ? NULL : "the values of context are texts, numbers, true, false and lists of them";
}
