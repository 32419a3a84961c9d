/* --parameters of a runbook: the CLI's shorthand, or JSON. */
#include "base/nearest.h"
#include "evidence/runbook_check.h"

typedef struct values {
    W403_ARRAY(w403_view) list[W403_RUNBOOK_PARAMETERS];
} values;

static w403_status unknown(w403_runbook_reader *r, w403_view name)
{
    const w403_runbook *book = w403_runbook_at(r->in->id);
    const char *names[W403_RUNBOOK_PARAMETERS];
    for (size_t i = 0; i < book->n_parameters; i++) {
        names[i] = book->parameters[i].name;
    }
    (void)w403_error_set(r->err, W403_SEMANTIC, "%s has no parameter `%.*s`", book->name,
                         (int)(name.n > 80 ? 80 : name.n), name.n ? name.p : "");
    const char *nearest = w403_nearest(name, names, book->n_parameters);
    if (nearest) {
        w403_error_hint(r->err, "did you mean `%s`?", nearest);
    } else {
        w403_error_hint(r->err, "`why403 runbook %s` lists its parameters", book->name);
    }
    return W403_SEMANTIC;
}

/* SIZE_MAX: there is none of that name. */
static size_t parameter(const w403_runbook_reader *r, w403_view name)
{
    const w403_runbook *book = w403_runbook_at(r->in->id);
    for (size_t i = 0; i < book->n_parameters; i++) {
        if (w403_view_ieq(name, w403_view_of(book->parameters[i].name))) {
            return i;
        }
    }
    return SIZE_MAX;
}

static w403_status add(w403_runbook_reader *r, values *v, size_t i, w403_view text)
{
    w403_view *at = W403_PUSH(r->b.arena, &v->list[i]);
    W403_NEED(at, r->err);
    *at = text;
    return W403_OK;
}

static w403_status finish(w403_runbook_reader *r, values *v)
{
    for (size_t i = 0; i < W403_RUNBOOK_PARAMETERS; i++) {
        r->in->given[i] = (w403_runbook_value){v->list[i].at, v->list[i].n};
    }
    W403_TRY(w403_runbook_check(r));
    W403_NEED(!r->b.failed, r->err);
    r->in->notes = r->b.notes.at;
    r->in->n_notes = r->b.notes.n;
    return W403_OK;
}

/* ---- Name=value,Name=value ---- */

/* Up to the comma that ends the piece: those in quotes that begin a value, or in brackets, end none. */
static w403_view cut_piece(w403_view *rest)
{
    size_t depth = 0, i = 0;
    char quote = 0;
    bool start = true; /* of a value: a quote here encloses it */
    for (; i < rest->n; i++) {
        char c = rest->p[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (start && depth == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (c == ',' && depth == 0) {
            break;
        }
        start = c == '=';
    }
    w403_view piece = w403_view_sub(*rest, 0, i);
    *rest = i < rest->n ? w403_view_sub(*rest, i + 1, rest->n) : (w403_view){NULL, 0};
    return piece;
}

static w403_view unquoted(w403_view v)
{
    v = w403_view_trim(v);
    bool quotes = v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0];
    return quotes ? w403_view_sub(v, 1, v.n - 1) : v;
}

static bool looks_like_name(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i > 0 && c >= '0' && c <= '9'))) {
            return false;
        }
    }
    return v.n > 0;
}

/* A comma in a key or a list: the piece belongs to the value before it. */
static w403_status join(w403_runbook_reader *r, values *v, size_t last, w403_view piece)
{
    bool maps = strcmp(w403_runbook_at(r->in->id)->parameters[last].type, "MapList") == 0;
    if (maps || v->list[last].n == 0) {
        return add(r, v, last, unquoted(piece));
    }
    w403_view *at = &v->list[last].at[v->list[last].n - 1];
    if (at->p + at->n + 1 == piece.p) {
        *at = (w403_view){at->p, at->n + 1 + piece.n}; /* they stand side by side in the text */
        return W403_OK;
    }
    return add(r, v, last, unquoted(piece));
}

static w403_status shorthand(w403_runbook_reader *r, w403_view text)
{
    values *v = W403_NEW(r->b.arena, values);
    W403_NEED(v, r->err);
    size_t last = SIZE_MAX;
    while (text.p) {
        w403_view piece = cut_piece(&text), value = piece;
        w403_view name = w403_view_trim(w403_view_cut(&value, '='));
        size_t i = value.p ? parameter(r, name) : SIZE_MAX;
        if (i != SIZE_MAX) {
            if (v->list[i].n > 0) {
                return w403_error_set(r->err, W403_SEMANTIC, "the parameter `%.*s` is given twice", (int)name.n,
                                      name.p);
            }
            W403_TRY(add(r, v, i, unquoted(value)));
            last = i;
        } else if (last == SIZE_MAX || (value.p && looks_like_name(name) && name.p[0] <= 'Z')) {
            if (value.p) {
                return unknown(r, name);
            }
            (void)w403_error_set(r->err, W403_SYNTAX, "`%.*s` is no parameter", W403_FMT(piece));
            w403_error_hint(r->err, "expected `Name=value,Name=value` or a JSON object of lists of strings");
            return W403_SYNTAX;
        } else {
            W403_TRY(join(r, v, last, piece));
        }
    }
    return finish(r, v);
}

/* ---- JSON ---- */

static w403_status add_value(w403_runbook_reader *r, values *v, size_t i, const w403_json_doc *doc,
                             const w403_json *value)
{
    switch (value->type) {
    case W403_JSON_OBJECT:
        return add(r, v, i, w403_view_sub(doc->text, value->span.off, (size_t)value->span.off + value->span.len));
    case W403_JSON_ARRAY:
    case W403_JSON_NULL:
        return w403_json_error(doc, value, r->err, "a value of a parameter is a string, not %s",
                               w403_json_type_name((w403_json_type)value->type));
    default:
        return add(r, v, i, value->text);
    }
}

static w403_status read_object(w403_runbook_reader *r, const w403_json_doc *doc, const w403_json *object)
{
    values *v = W403_NEW(r->b.arena, values);
    W403_NEED(v, r->err);
    if (!w403_json_is(object, W403_JSON_OBJECT)) {
        (void)w403_json_error(doc, object ? object : doc->root, r->err,
                              "expected an object of parameters: {\"S3Action\": [\"GetObject\"], ...}");
        return W403_SEMANTIC;
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        size_t i = parameter(r, m->key);
        if (i == SIZE_MAX) {
            w403_status status = unknown(r, m->key);
            w403_error_place(r->err, doc->source, doc->text, m->key_span.off, m->key_span.len);
            return status;
        }
        if (m->type != W403_JSON_ARRAY) {
            W403_TRY(add_value(r, v, i, doc, m));
        }
        for (const w403_json *e = m->type == W403_JSON_ARRAY ? m->first : NULL; e; e = e->next) {
            W403_TRY(add_value(r, v, i, doc, e));
        }
    }
    return finish(r, v);
}

/* ---- the two ways in ---- */

static w403_runbook_reader *reader_of(w403_arena *arena, w403_runbook_id id, w403_runbook_input *out, w403_error *err)
{
    w403_runbook_reader *r = W403_NEW(arena, w403_runbook_reader);
    *out = (w403_runbook_input){.id = id};
    if (r) {
        w403_build_init(&r->b, arena, &r->unused, W403_EVIDENCE_COMMAND);
        r->in = out;
        r->err = err;
    }
    return r;
}

w403_status w403_runbook_read_json(w403_arena *arena, w403_runbook_id id, const w403_json_doc *doc,
                                   const w403_json *object, w403_runbook_input *out, w403_error *err)
{
    w403_runbook_reader *r = reader_of(arena, id, out, err);
    W403_NEED(r, err);
    return read_object(r, doc, object);
}

w403_status w403_runbook_read(w403_arena *arena, w403_runbook_id id, w403_view source, w403_view text,
                              w403_runbook_input *out, w403_error *err)
{
    w403_runbook_reader *r = reader_of(arena, id, out, err);
    W403_NEED(r, err);
    text = w403_view_trim(text);
    if (text.n == 0) {
        (void)w403_error_set(err, W403_SYNTAX, "no parameters in `%.*s`", W403_FMT(source));
        w403_error_hint(err, "expected `Name=value,Name=value` or a JSON object of lists of strings");
        return W403_SYNTAX;
    }
    if (text.p[0] != '{') {
        return shorthand(r, text);
    }
    w403_json_doc *doc = W403_NEW(arena, w403_json_doc);
    W403_NEED(doc, err);
    W403_TRY(w403_json_parse(arena, source, text, NULL, doc, NULL, err));
    const w403_json *execution = w403_json_path(doc->root, "AutomationExecution", "Parameters", NULL);
    const w403_json *inner = execution ? execution : w403_json_get(doc->root, "Parameters");
    return read_object(r, doc, inner ? inner : doc->root);
}
