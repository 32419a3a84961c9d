/* Edits of a text that leave every other byte as it is; what is new is written in the style of the rest. */
#include "json/json.h"

/* How the document is laid out, from the first place that shows it. */
typedef struct style {
    const w403_json_doc *doc;
    w403_view            newline;
    w403_view            indent;  /* one level */
    w403_view            colon;   /* between name and value: `: `, ` : `, `:` */
    w403_view            comma;   /* between two values on one line */
    w403_view            pad;     /* inside the braces of a one-line object */
    bool                 lines;   /* some object or array is spread over lines */
    bool                 flat_arrays, flat_objects; /* in spite of it, short ones are on one line */
} style;

static w403_view slice(const w403_json_doc *doc, size_t from, size_t to)
{
    return w403_view_sub(doc->text, from, to);
}

static size_t start_of(const w403_json *v)
{
    return v->key.p ? v->key_span.off : v->span.off;
}

static size_t end_of(const w403_json *v)
{
    return (size_t)v->span.off + v->span.len;
}

static bool is_container(const w403_json *v)
{
    return v->type == W403_JSON_ARRAY || v->type == W403_JSON_OBJECT;
}

static bool has_line_break(w403_view v)
{
    return w403_view_find_char(v, '\n') != SIZE_MAX;
}

static bool spans_lines(const w403_json_doc *doc, const w403_json *v)
{
    return has_line_break(slice(doc, v->span.off, end_of(v)));
}

/* The blanks just before `offset`. */
static w403_view blanks_before(const w403_json_doc *doc, size_t offset)
{
    size_t from = offset;
    while (from && strchr(" \t\r\n", doc->text.p[from - 1]) && doc->text.p[from - 1]) {
        from--;
    }
    return slice(doc, from, offset);
}

static w403_view after_last_line_break(w403_view blanks)
{
    size_t at = blanks.n;
    while (at && blanks.p[at - 1] != '\n') {
        at--;
    }
    return w403_view_sub(blanks, at, blanks.n);
}

/* The blanks that begin the line on which `offset` stands. */
static w403_view line_indent(const w403_json_doc *doc, size_t offset)
{
    size_t from = offset, to;
    while (from && doc->text.p[from - 1] != '\n') {
        from--;
    }
    for (to = from; to < offset && (doc->text.p[to] == ' ' || doc->text.p[to] == '\t'); to++) {
    }
    return slice(doc, from, to);
}

static bool only_scalars(const w403_json *v)
{
    for (const w403_json *c = v->first; c; c = c->next) {
        if (is_container(c)) {
            return false;
        }
    }
    return true;
}

/* ---- reading the style ---- */

static void learn_members(style *s, const w403_json *v)
{
    const w403_json *c = v->first;
    w403_view        lead = blanks_before(s->doc, start_of(c));
    if (c->key.p && !s->colon.p) {
        w403_view colon = slice(s->doc, c->key_span.off + c->key_span.len, c->span.off);
        s->colon = has_line_break(colon) ? s->colon : colon;
    }
    if (has_line_break(lead)) {
        w403_view outer = line_indent(s->doc, v->span.off), inner = after_last_line_break(lead);
        if (!s->indent.p && w403_view_starts(inner, outer) && inner.n > outer.n) {
            s->indent = w403_view_sub(inner, outer.n, inner.n);
        }
        s->lines = true;
        return;
    }
    if (c->next && !s->comma.p) {
        w403_view gap = blanks_before(s->doc, start_of(c->next));
        s->comma = has_line_break(gap) ? s->comma : (w403_view){gap.p, gap.n};
    }
    if (!spans_lines(s->doc, v)) {
        if (v->type == W403_JSON_OBJECT && !s->pad.p) {
            s->pad = lead;
        }
        s->flat_objects |= v->type == W403_JSON_OBJECT;
        s->flat_arrays |= v->type == W403_JSON_ARRAY && only_scalars(v);
    }
}

/* Recursion is bounded: a parsed tree is at most W403_LIMIT_JSON_DEPTH deep. */
static void learn(style *s, const w403_json *v)
{
    if (v->first) {
        learn_members(s, v);
    }
    for (const w403_json *c = v->first; c; c = c->next) {
        if (is_container(c)) {
            learn(s, c);
        }
    }
}

static style style_of(const w403_json_doc *doc)
{
    style  s = {.doc = doc};
    size_t lf = w403_view_find_char(doc->text, '\n');
    s.newline = lf != SIZE_MAX && lf && doc->text.p[lf - 1] == '\r' ? W403_LIT("\r\n") : W403_LIT("\n");
    learn(&s, doc->root);
    s.indent = s.indent.p ? s.indent : W403_LIT("    ");
    s.colon = s.colon.p ? s.colon : W403_LIT(": ");
    s.comma = s.comma.p ? s.comma : s.colon.n > 1 ? W403_LIT(" ") : W403_LIT("");
    s.pad = s.pad.p ? s.pad : W403_LIT("");
    return s;
}

/* ---- writing in it ---- */

typedef struct place {
    w403_view indent; /* of the line the value begins on */
    uint32_t  depth;  /* levels further in */
    bool      lines;  /* spread over lines */
} place;

static void break_line(w403_buf *b, const style *s, place at)
{
    w403_buf_put(b, s->newline);
    w403_buf_put(b, at.indent);
    for (uint32_t i = 0; i < at.depth; i++) {
        w403_buf_put(b, s->indent);
    }
}

static bool stays_flat(const style *s, const w403_json *v)
{
    return only_scalars(v) && (v->type == W403_JSON_ARRAY ? s->flat_arrays : s->flat_objects && v->count == 1);
}

/* Recursion is bounded as above. `from` is the document that v is of. */
static void put_value(w403_buf *b, const style *s, const w403_json_doc *from, const w403_json *v, place at)
{
    if (!is_container(v) || !v->first) {
        w403_buf_puts(b, v->type == W403_JSON_ARRAY ? "[]" : v->type == W403_JSON_OBJECT ? "{}" : "");
        w403_buf_put(b, is_container(v) ? W403_LIT("") : slice(from, v->span.off, end_of(v)));
        return;
    }
    bool  object = v->type == W403_JSON_OBJECT;
    place inner = {at.indent, at.depth + 1, at.lines};
    at.lines = at.lines && !stays_flat(s, v);
    w403_buf_putc(b, object ? '{' : '[');
    for (const w403_json *c = v->first; c; c = c->next) {
        if (at.lines) {
            break_line(b, s, inner);
        } else {
            w403_buf_put(b, c != v->first ? s->comma : object ? s->pad : W403_LIT(""));
        }
        if (object) {
            w403_buf_put(b, slice(from, c->key_span.off, (size_t)c->key_span.off + c->key_span.len));
            w403_buf_put(b, s->colon);
        }
        put_value(b, s, from, c, (place){inner.indent, inner.depth, at.lines});
        if (c->next) {
            w403_buf_putc(b, ',');
        }
    }
    if (at.lines) {
        break_line(b, s, at);
    } else if (object) {
        w403_buf_put(b, s->pad);
    }
    w403_buf_putc(b, object ? '}' : ']');
}

/* The whole text with [from, to) replaced by what `b` holds; frees b. */
static w403_status splice(w403_arena *a, const w403_json_doc *doc, size_t from, size_t to, w403_buf *b, w403_view *out,
                          w403_error *err)
{
    w403_view text = doc->text;
    size_t    n = from + b->n + (text.n - to);
    char     *p = w403_buf_ok(b) ? w403_arena_alloc(a, n + 1) : NULL;
    if (p) {
        memcpy(p, text.p, from);
        if (b->n) {
            memcpy(p + from, b->p, b->n);
        }
        memcpy(p + from + b->n, text.p + to, text.n - to);
        p[n] = '\0';
        *out = (w403_view){p, n};
    }
    w403_buf_free(b);
    return p ? W403_OK : w403_error_nomem(err);
}

/* ---- the edits ---- */

w403_status w403_json_edit_replace(w403_arena *a, const w403_json_doc *doc, const w403_json *value, w403_view new_text,
                                   w403_view *out, w403_error *err)
{
    w403_json_doc fresh;
    w403_buf      b = {0};
    style         s = style_of(doc);
    W403_TRY(w403_json_parse(a, W403_LIT("the new value"), new_text, NULL, &fresh, NULL, err));
    bool lines = is_container(value) && value->first ? spans_lines(doc, value) : s.lines;
    put_value(&b, &s, &fresh, fresh.root, (place){line_indent(doc, value->span.off), 0, lines});
    return splice(a, doc, value->span.off, end_of(value), &b, out, err);
}

static const w403_json *last_child(const w403_json *v)
{
    const w403_json *c = v->first;
    while (c && c->next) {
        c = c->next;
    }
    return c;
}

/* Adds `fresh` (with a name, if name.p) behind the last child of `box`, laid out as that child is. */
static w403_status add_last(w403_arena *a, const w403_json_doc *doc, const w403_json *box, w403_view name,
                            const w403_json_doc *fresh, w403_view *out, w403_error *err)
{
    style            s = style_of(doc);
    w403_buf         b = {0};
    const w403_json *last = last_child(box);
    size_t           from = (size_t)box->span.off + 1, to = end_of(box) - 1;
    place            at = {line_indent(doc, box->span.off), 1, s.lines};
    bool             object = box->type == W403_JSON_OBJECT;
    if (last) {
        w403_view lead = blanks_before(doc, start_of(last));
        bool      shaped = last->type == fresh->root->type && is_container(last) && last->first;
        from = to = end_of(last);
        w403_buf_putc(&b, ',');
        w403_buf_put(&b, has_line_break(lead) || box->count > 1 ? lead : s.comma);
        at = (place){line_indent(doc, start_of(last)), 0, has_line_break(lead) && s.lines};
        at.lines = shaped ? spans_lines(doc, last) : at.lines;
    } else if (at.lines) {
        break_line(&b, &s, at);
    } else {
        w403_buf_put(&b, object ? s.pad : W403_LIT(""));
    }
    if (name.p) {
        w403_buf_json_string(&b, name);
        w403_buf_put(&b, s.colon);
    }
    put_value(&b, &s, fresh, fresh->root, at);
    if (!last && at.lines) {
        at.depth = 0;
        break_line(&b, &s, at);
    } else if (!last) {
        w403_buf_put(&b, object ? s.pad : W403_LIT(""));
    }
    return splice(a, doc, from, to, &b, out, err);
}

w403_status w403_json_edit_insert_member(w403_arena *a, const w403_json_doc *doc, const w403_json *object,
                                         w403_view name, w403_view value_text, w403_view *out, w403_error *err)
{
    w403_json_doc fresh;
    if (!w403_json_is(object, W403_JSON_OBJECT)) {
        return w403_error_set(err, W403_BUG, "a member cannot be added to %s", w403_json_type_name(object->type));
    }
    W403_TRY(w403_json_parse(a, W403_LIT("the new value"), value_text, NULL, &fresh, NULL, err));
    return add_last(a, doc, object, name.p ? name : W403_LIT(""), &fresh, out, err);
}

w403_status w403_json_edit_append_element(w403_arena *a, const w403_json_doc *doc, const w403_json *array,
                                          w403_view value_text, w403_view *out, w403_error *err)
{
    w403_json_doc fresh;
    if (!w403_json_is(array, W403_JSON_ARRAY)) {
        return w403_error_set(err, W403_BUG, "an element cannot be added to %s", w403_json_type_name(array->type));
    }
    W403_TRY(w403_json_parse(a, W403_LIT("the new value"), value_text, NULL, &fresh, NULL, err));
    return add_last(a, doc, array, (w403_view){NULL, 0}, &fresh, out, err);
}

w403_status w403_json_edit_add_value(w403_arena *a, const w403_json_doc *doc, const w403_json *value,
                                     w403_view value_text, w403_view *out, w403_error *err)
{
    if (value->type == W403_JSON_ARRAY) {
        return w403_json_edit_append_element(a, doc, value, value_text, out, err);
    }
    w403_view old = slice(doc, value->span.off, end_of(value));
    w403_view list = w403_arena_printf(a, "[%.*s,%.*s]", (int)old.n, old.p, (int)value_text.n, value_text.p);
    W403_NEED(list.p, err);
    return w403_json_edit_replace(a, doc, value, list, out, err);
}

const w403_json *w403_json_parent(const w403_json_doc *doc, const w403_json *at)
{
    const w403_json *parent = doc->root;
    while (parent) {
        const w403_json *c = parent->first;
        while (c && c != at && (at->span.off < c->span.off || at->span.off >= end_of(c))) {
            c = c->next;
        }
        if (c == at) {
            return c ? parent : NULL;
        }
        parent = c;
    }
    return NULL;
}

w403_status w403_json_edit_remove(w403_arena *a, const w403_json_doc *doc, const w403_json *value, w403_view *out,
                                  w403_error *err)
{
    const w403_json *parent = w403_json_parent(doc, value), *before = NULL;
    w403_buf         nothing = {0};
    if (!parent) {
        return w403_error_set(err, W403_BUG, "only a member or an element can be removed");
    }
    for (const w403_json *c = parent->first; c != value; c = c->next) {
        before = c;
    }
    if (before) { /* with the comma before it */
        return splice(a, doc, end_of(before), end_of(value), &nothing, out, err);
    }
    if (value->next) { /* with the comma after it */
        return splice(a, doc, start_of(value), start_of(value->next), &nothing, out, err);
    }
    return splice(a, doc, (size_t)parent->span.off + 1, end_of(parent) - 1, &nothing, out, err);
}
