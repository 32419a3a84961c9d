#include "evidence/row.h"

#include "base/time.h"
#include "evidence/row_record.h"
#include "evidence/row_text.h"

enum { NAME_BYTES = 192, NAMES = 512, LOOK_DEPTH = 4, READ_DEPTH = 12 };

/* ---- names ---- */

/* Appends to out[n..); the new length, or 0: too long. */
static size_t append_name(char *out, size_t room, size_t n, w403_view name)
{
    if (n > 0) {
        if (n + 1 >= room) {
            return 0;
        }
        out[n++] = '.';
    }
    size_t from = n;
    for (size_t i = 0; i < name.n; i++) {
        char c = w403_lower(name.p[i]);
        bool dot = c == '.' && n > from;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || dot) {
            if (n + 1 >= room) {
                return 0;
            }
            out[n++] = c;
        }
    }
    return n > from ? n : 0;
}

size_t w403_row_name(w403_view name, char *out, size_t room)
{
    return append_name(out, room, 0, name);
}

/* ---- which form ---- */

typedef struct names {
    w403_arena *arena;
    w403_view   at[NAMES];
    size_t      n;
    bool        nomem; /* sticks */
} names;

static void collect(names *list, const w403_json *v, const char *prefix, size_t n, unsigned depth)
{
    char name[NAME_BYTES];
    for (const w403_json *m = v->type == W403_JSON_OBJECT ? v->first : NULL; m && list->n < NAMES; m = m->next) {
        memcpy(name, prefix, n);
        size_t    long_n = append_name(name, sizeof name, n, m->key);
        if (!long_n) {
            continue;
        }
        list->at[list->n] = w403_arena_copy(list->arena, (w403_view){name, long_n});
        list->nomem |= !list->at[list->n++].p;
        w403_json_doc inner = {0};
        const w403_json *below = m;
        if (m->type == W403_JSON_STRING && w403_row_is_struct(m->text)) {
            list->nomem |= w403_row_struct(list->arena, W403_LIT(""), m->text, &inner, NULL) != W403_OK;
            below = inner.root ? inner.root : m;
        }
        if (depth > 1) {
            collect(list, below, name, long_n, depth - 1);
        }
    }
}

static bool has(const names *list, w403_view column)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i], column)) {
            return true;
        }
    }
    return false;
}

static bool meets(const names *list, const char *needs)
{
    w403_view rest = w403_view_of(needs);
    while (rest.n) {
        w403_view either = w403_view_cut(&rest, ' ');
        bool      one = false;
        while (either.n && !one) {
            one = has(list, w403_view_cut(&either, '|'));
        }
        if (!one) {
            return false;
        }
    }
    return true;
}

w403_status w403_row_form_of(w403_arena *a, const w403_json *object, const w403_row_form **out, w403_error *err)
{
    *out = NULL;
    if (!w403_json_is(object, W403_JSON_OBJECT)) {
        return W403_OK;
    }
    names *list = W403_NEW(a, names);
    W403_NEED(list, err);
    list->arena = a;
    collect(list, object, "", 0, LOOK_DEPTH);
    W403_NEED(!list->nomem, err);
    for (size_t i = 0; i < w403_row_form_count && !*out; i++) {
        *out = meets(list, w403_row_forms[i].needs) ? &w403_row_forms[i] : NULL;
    }
    return W403_OK;
}

/* ---- columns ---- */

typedef struct reader {
    w403_arena          *arena;
    w403_view            source;
    w403_row_record      record;
    w403_error          *err;
} reader;

/* Order of `column` and the row's. */
static int compare(w403_view column, const w403_row_column *c)
{
    return w403_view_cmp(column, w403_view_of(c->column));
}

/* The first row of the form that does not stand before `column`. */
static size_t lower(const w403_row_form *form, w403_view column)
{
    size_t low = form->first, high = low + form->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(column, &w403_row_columns[middle]) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const w403_row_column *find(const w403_row_form *form, w403_view column)
{
    size_t i = lower(form, column);
    return i < (size_t)form->first + form->n && compare(column, &w403_row_columns[i]) == 0 ? &w403_row_columns[i] : NULL;
}

/* Are there rows for what is inside this column? */
static bool has_inner(const w403_row_form *form, w403_view column)
{
    char   name[NAME_BYTES + 1];
    size_t i;
    if (column.n + 1 > sizeof name) {
        return false;
    }
    memcpy(name, column.p, column.n);
    name[column.n] = '.';
    i = lower(form, (w403_view){name, column.n + 1});
    return i < (size_t)form->first + form->n &&
           w403_view_starts(w403_view_of(w403_row_columns[i].column), (w403_view){name, column.n + 1});
}

/* `prefix.*`, of the longest prefix; *rest: where the member's own name begins in `column`. */
static const w403_row_column *find_wild(const w403_row_form *form, w403_view column, size_t *rest)
{
    char name[NAME_BYTES + 2];
    for (size_t n = column.n; n > 0; n--) {
        if (column.p[n - 1] != '.' || n + 1 > sizeof name) {
            continue;
        }
        memcpy(name, column.p, n);
        name[n] = '*';
        const w403_row_column *c = find(form, (w403_view){name, n + 1});
        if (c) {
            *rest = n;
            return c;
        }
    }
    return NULL;
}

/* ---- values ---- */

static w403_view without_quotes(w403_view v)
{
    return v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"' ? w403_view_sub(v, 1, v.n - 1) : v;
}

static w403_view as_time(w403_arena *a, w403_view v)
{
    w403_instant t;
    return w403_instant_read(v, &t) ? w403_instant_format(a, t) : v;
}

static w403_status read_value(reader *r, const w403_row_form *form, const char *prefix, size_t n, w403_view own,
                              const w403_json *v, size_t item, unsigned depth);

static w403_status read_members(reader *r, const w403_row_form *form, const char *prefix, size_t n, const w403_json *v,
                                size_t item, unsigned depth)
{
    char   name[NAME_BYTES];
    size_t i = 0;
    for (const w403_json *m = v->first; m && depth > 0; m = m->next, i++) {
        if (v->type == W403_JSON_ARRAY) {
            W403_TRY(read_value(r, form, prefix, n, m->key, m, i, depth - 1));
            continue;
        }
        memcpy(name, prefix, n);
        size_t long_n = append_name(name, sizeof name, n, m->key);
        if (long_n) {
            W403_TRY(read_value(r, form, name, long_n, m->key, m, item, depth - 1));
        }
    }
    return W403_OK;
}

/* resources.0.arn: the number of an item is no part of the column's name. */
static size_t take_number(char *name, size_t n, size_t *item)
{
    for (size_t i = 1; i + 1 < n; i++) {
        if (name[i - 1] != '.' || name[i] < '0' || name[i] > '9') {
            continue;
        }
        size_t end = i, number = 0;
        while (end < n && name[end] >= '0' && name[end] <= '9' && number < 1000) {
            number = number * 10 + (size_t)(name[end++] - '0');
        }
        if (end < n && name[end] == '.') {
            *item = number;
            memmove(name + i, name + end + 1, n - end - 1);
            return n - (end + 1 - i);
        }
    }
    return n;
}

/* The part of a name behind as many dots as stand before `rest` in the column. */
static w403_view own_name(w403_view own, w403_view column, size_t rest)
{
    size_t dots_behind = 0;
    for (size_t i = rest; i < column.n; i++) {
        dots_behind += column.p[i] == '.';
    }
    size_t i = own.n, seen = 0;
    while (i > 0 && (own.p[i - 1] != '.' || seen++ < dots_behind)) {
        i--;
    }
    return w403_view_sub(own, i, own.n);
}

static void put(reader *r, const w403_row_column *c, size_t item, const w403_json *v)
{
    w403_view text = w403_view_trim(v->text);
    bool      scalar = v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY;
    if (v->type == W403_JSON_NULL || (scalar && text.n == 0)) {
        return;
    }
    switch ((w403_cell)c->kind) {
    case W403_CELL_TEXT:
        break;
    case W403_CELL_OBJECT:
    case W403_CELL_LIST:
    case W403_CELL_MEMBER:
    case W403_CELL_TRAIL:
        return; /* it should have been one */
    case W403_CELL_QUOTED:
        text = without_quotes(text);
        break;
    case W403_CELL_TIME:
        text = as_time(r->arena, text);
        break;
    case W403_CELL_BOOL:
        w403_row_put(&r->record, c, item, text,
                     w403_view_ieq(text, W403_LIT("true")) ? W403_JSON_TRUE : W403_JSON_FALSE);
        return;
    }
    if (scalar && !w403_view_ieq(text, W403_LIT("null"))) {
        w403_row_put(&r->record, c, item, text, W403_JSON_STRING);
    }
}

/* What a text holds, when it is a struct: that, else the text itself. */
static w403_status opened(reader *r, const w403_json **v)
{
    w403_json_doc inner;
    if ((*v)->type == W403_JSON_STRING && w403_row_is_struct((*v)->text)) {
        W403_TRY(w403_row_struct(r->arena, r->source, (*v)->text, &inner, r->err));
        *v = inner.root ? inner.root : *v;
    }
    return W403_OK;
}

static w403_status read_value(reader *r, const w403_row_form *form, const char *prefix, size_t n, w403_view own,
                              const w403_json *v, size_t item, unsigned depth)
{
    const w403_row_form   *trail = &w403_row_forms[w403_row_form_trail];
    char                   name[NAME_BYTES];
    size_t                 rest = 0;
    memcpy(name, prefix, n);
    w403_view              column = {name, take_number(name, n, &item)};
    const w403_row_column *c = find(form, column);
    bool                   inner = has_inner(form, column);
    if (inner || (c && (c->kind == W403_CELL_OBJECT || c->kind == W403_CELL_LIST || c->kind == W403_CELL_TRAIL))) {
        W403_TRY(opened(r, &v));
    }
    if (c && c->kind == W403_CELL_OBJECT && !inner && v->type == W403_JSON_OBJECT) {
        w403_row_put_json(&r->record, c, v); /* one whose members nobody names */
        return W403_OK;
    }
    if (v->type == W403_JSON_OBJECT || v->type == W403_JSON_ARRAY) {
        const w403_row_column *wild = c ? NULL : find_wild(form, column, &rest);
        if (wild && wild->kind == W403_CELL_MEMBER) {
            w403_row_put_member(&r->record, wild, own_name(own, column, rest), v);
            return W403_OK;
        }
        /* the objects of an OBJECT are named in the trail's words, whatever the form calls the column */
        if (c && c->kind == W403_CELL_OBJECT && form != trail) {
            size_t long_n = w403_row_name(w403_view_of(c->member), name, sizeof name);
            return read_members(r, trail, name, long_n, v, item, depth);
        }
        return read_members(r, form, name, column.n, v, item, depth);
    }
    if (c) {
        put(r, c, item, v);
        return W403_OK;
    }
    const w403_row_column *wild = find_wild(form, column, &rest);
    if (wild && wild->kind == W403_CELL_TRAIL && depth > 0) {
        return read_value(r, trail, name + rest, column.n - rest, own_name(own, column, rest), v, item, depth - 1);
    }
    if (wild && v->type != W403_JSON_NULL) {
        w403_row_put_member(&r->record, wild, own_name(own, column, rest), v);
    }
    return W403_OK;
}

w403_status w403_row_read(w403_arena *a, const w403_row_form *form, w403_view source, const w403_json *object,
                          w403_json_doc *out, w403_error *err)
{
    reader r = {.arena = a, .source = source, .err = err};
    r.record.arena = a;
    W403_TRY(read_members(&r, form, "", 0, object, 0, READ_DEPTH));
    return w403_row_write(&r.record, form->writes == W403_ROW_EVENT, source, out, err);
}
