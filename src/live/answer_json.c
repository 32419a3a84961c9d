/* Answers that come as JSON: the members in the order of the tables, times as the CLI prints them, the rest as it came. Depth
 * is bounded by the parser's. */
#include "live/answer.h"

static void write_members(w403_answer_writer *w, unsigned shape, const w403_json *object, bool top);

static const w403_json *member(const w403_json *object, const char *name)
{
    const w403_json *m = w403_json_get(object, name);
    return m && m->type == W403_JSON_NULL ? NULL : m; /* null: not there */
}

static void write_list(w403_answer_writer *w, const w403_shape_member *m, const w403_json *list)
{
    if (list->type != W403_JSON_ARRAY) {
        w->wrong = true;
        return;
    }
    w403_jw_array(&w->json);
    for (const w403_json *at = list->first; at && !w->wrong; at = at->next) {
        if (m->shape != W403_NO_SHAPE) {
            write_members(w, m->shape, at, false);
        } else if (at->type == W403_JSON_STRING) {
            w403_jw_str(&w->json, at->text);
        } else {
            w->wrong = true;
        }
    }
    w403_jw_end_array(&w->json);
}

static bool fits(const w403_shape_member *m, const w403_json *value)
{
    switch ((w403_shape_kind)m->kind) {
    case W403_KIND_BOOLEAN:
        return value->type == W403_JSON_TRUE || value->type == W403_JSON_FALSE;
    case W403_KIND_NUMBER:
        return value->type == W403_JSON_NUMBER;
    case W403_KIND_TIME:
        return value->type == W403_JSON_NUMBER || value->type == W403_JSON_STRING;
    case W403_KIND_STRING:
    case W403_KIND_KEY:
    case W403_KIND_DOCUMENT:
        return value->type == W403_JSON_STRING;
    case W403_KIND_MAP:
    case W403_KIND_STRUCTURE:
        return value->type == W403_JSON_OBJECT;
    case W403_KIND_LIST:
        return value->type == W403_JSON_ARRAY;
    }
    return false;
}

static void write_value(w403_answer_writer *w, const w403_shape_member *m, const w403_json *value)
{
    if (!fits(m, value)) {
        w->wrong = true;
        return;
    }
    switch ((w403_shape_kind)m->kind) {
    case W403_KIND_LIST:
        write_list(w, m, value);
        return;
    case W403_KIND_STRUCTURE:
        write_members(w, m->shape, value, false);
        return;
    case W403_KIND_NUMBER:
    case W403_KIND_BOOLEAN:
    case W403_KIND_MAP:
        w403_jw_value(&w->json, value);
        return;
    case W403_KIND_STRING:
    case W403_KIND_KEY:
    case W403_KIND_TIME:
    case W403_KIND_DOCUMENT:
        w403_arena_reset(w->scratch);
        w403_answer_scalar(w, m, value->text);
        return;
    }
}

static bool known(const w403_shape *shape, w403_view name)
{
    for (unsigned i = 0; i < shape->n; i++) {
        if (w403_view_eq(w403_view_of(w403_shape_members[shape->first + i].wire), name)) {
            return true;
        }
    }
    return false;
}

static void write_members(w403_answer_writer *w, unsigned shape, const w403_json *object, bool top)
{
    static const w403_shape none;
    const w403_shape       *s = shape == W403_NO_SHAPE ? &none : &w403_shapes[shape];
    if (object->type != W403_JSON_OBJECT) {
        w->wrong = true;
        return;
    }
    w403_jw_object(&w->json);
    for (unsigned i = 0; i < s->n && !w->wrong; i++) {
        const w403_shape_member *m = &w403_shape_members[s->first + i];
        const w403_json         *value = member(object, m->wire);
        if (value && !(top && w403_answer_pages(w, m->name, value->text))) {
            w403_jw_key(&w->json, m->name);
            write_value(w, m, value);
        }
    }
    for (const w403_json *at = object->first; at && !w->wrong; at = at->next) {
        if (!known(s, at->key)) {
            w->reading->newer++;
            w403_jw_keyv(&w->json, at->key);
            w403_jw_value(&w->json, at);
        }
    }
    w403_jw_end_object(&w->json);
}

/* What a working server never leaves out: the lists of a listing, the one structure or text of anything else. */
static bool has_its_members(unsigned row, const w403_json *root)
{
    const char *const *lists = w403_calls[row].lists;
    for (const char *const *name = lists; *name; name++) {
        if (member(root, *name)) {
            return true;
        }
    }
    return !*lists && member(root, w403_shape_members[w403_shapes[w403_shape_answers[row].shape].first].wire);
}

void w403_answer_json(w403_answer_writer *w, const w403_json *root)
{
    unsigned row = w->reply->row;
    if (root->type != W403_JSON_OBJECT || !has_its_members(row, root)) {
        w->wrong = true;
        return;
    }
    write_members(w, w403_shape_answers[row].shape, root, true);
}
