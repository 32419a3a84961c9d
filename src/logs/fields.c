#include "logs/fields.h"

static w403_view text_of(const w403_json *v)
{
    switch ((w403_json_type)v->type) {
    case W403_JSON_STRING:
    case W403_JSON_NUMBER:
    case W403_JSON_TRUE:
    case W403_JSON_FALSE:
        return v->text;
    case W403_JSON_NULL:
    case W403_JSON_ARRAY:
    case W403_JSON_OBJECT:
        break;
    }
    return (w403_view){NULL, 0};
}

static w403_tri tri_of(const w403_json *v)
{
    w403_view t = text_of(v);

    if (w403_view_ieq(t, W403_LIT("true")) || w403_view_ieq(t, W403_LIT("yes"))) {
        return W403_YES;
    }
    return t.p ? W403_NO : W403_UNKNOWN;
}

static void store(const w403_json *v, uint8_t kind, char *at)
{
    w403_view       text;
    w403_tri        tri;
    uint64_t        number;
    int64_t         whole;
    const w403_json *value = v->type == W403_JSON_NULL ? NULL : v;

    switch ((w403_field_kind)kind) {
    case W403_FIELD_TEXT_1:
        v = v->type == W403_JSON_ARRAY && v->first ? v->first : v;
        /* fall through */
    case W403_FIELD_TEXT:
        text = text_of(v);
        memcpy(at, &text, sizeof text);
        break;
    case W403_FIELD_BOOL:
        tri = tri_of(v);
        memcpy(at, &tri, sizeof tri);
        break;
    case W403_FIELD_INT:
        if (w403_view_u64(text_of(v), &number) && number <= INT64_MAX) {
            whole = (int64_t)number;
            memcpy(at, &whole, sizeof whole);
        }
        break;
    case W403_FIELD_VALUE:
        memcpy(at, &value, sizeof(void *));
        break;
    }
}

void w403_fields_fill(const w403_json *object, const w403_field *table, size_t n, void *out)
{
    if (!w403_json_is(object, W403_JSON_OBJECT)) {
        return;
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        for (size_t i = 0; i < n; i++) {
            if (m->key.n == table[i].n && memcmp(m->key.p, table[i].name, table[i].n) == 0) {
                store(m, table[i].kind, (char *)out + table[i].offset);
                break;
            }
        }
    }
}
