#include "json/json.h"

bool w403_json_is(const w403_json *v, w403_json_type t)
{
    return v && v->type == t;
}

const w403_json *w403_json_get(const w403_json *obj, const char *name)
{
    if (!w403_json_is(obj, W403_JSON_OBJECT)) {
        return NULL;
    }
    w403_view wanted = w403_view_of(name);
    for (const w403_json *m = obj->first; m; m = m->next) {
        if (w403_view_eq(m->key, wanted)) {
            return m;
        }
    }
    return NULL;
}

const w403_json *w403_json_path(const w403_json *v, ...)
{
    va_list     names;
    const char *name;
    va_start(names, v);
    while (v && (name = va_arg(names, const char *))) {
        v = w403_json_get(v, name);
    }
    va_end(names);
    return v;
}

w403_view w403_json_str(const w403_json *obj, const char *name)
{
    const w403_json *m = w403_json_get(obj, name);
    return w403_json_is(m, W403_JSON_STRING) ? m->text : (w403_view){NULL, 0};
}

bool w403_json_bool(const w403_json *obj, const char *name, bool fallback)
{
    const w403_json *m = w403_json_get(obj, name);
    return w403_json_is(m, W403_JSON_TRUE) || (fallback && !w403_json_is(m, W403_JSON_FALSE));
}

const char *w403_json_type_name(w403_json_type t)
{
    static const char *const names[] = {
        [W403_JSON_NULL] = "null",         [W403_JSON_FALSE] = "a boolean", [W403_JSON_TRUE] = "a boolean",
        [W403_JSON_NUMBER] = "a number",   [W403_JSON_STRING] = "a string", [W403_JSON_ARRAY] = "an array",
        [W403_JSON_OBJECT] = "an object",
    };
    return (size_t)t < sizeof names / sizeof *names ? names[t] : "no value";
}

w403_status w403_json_error(const w403_json_doc *doc, const w403_json *at, w403_error *err, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_error_setv(err, W403_SEMANTIC, fmt, args);
    va_end(args);
    w403_error_place(err, doc->source, doc->text, at->span.off, at->span.len);
    return W403_SEMANTIC;
}
