#include "collect/compose.h"

#include "base/redact.h"

/* ---- layout ---- */

typedef struct layout {
    w403_buf *out;
    w403_view text, without;
    size_t    i;
    unsigned  depth, base;
    bool      first;  /* nothing stands before the next one at this level */
    bool      behind; /* a name was written: its value comes */
} layout;

static void line(layout *l)
{
    w403_buf_putc(l->out, '\n');
    for (unsigned i = 0; i < l->depth; i++) {
        w403_buf_puts(l->out, "    ");
    }
}

static void separate(layout *l)
{
    if (!l->behind && l->depth > l->base) {
        if (!l->first) {
            w403_buf_putc(l->out, ',');
        }
        line(l);
    }
    l->behind = false;
    l->first = false;
}

/* The end of the string that begins at i. */
static size_t string_end(w403_view v, size_t i)
{
    for (i++; i < v.n && v.p[i] != '"'; i++) {
        i += v.p[i] == '\\';
    }
    return i < v.n ? i + 1 : v.n;
}

static size_t scalar_end(w403_view v, size_t i)
{
    if (v.p[i] == '"') {
        return string_end(v, i);
    }
    while (i < v.n && !memchr(" \t\r\n,:[]{}\"", v.p[i], 11)) {
        i++;
    }
    return i;
}

static size_t blanks_end(w403_view v, size_t i)
{
    while (i < v.n && memchr(" \t\r\n", v.p[i], 4)) {
        i++;
    }
    return i;
}

/* Behind the whole value that begins at or after i. */
static size_t value_end(w403_view v, size_t i)
{
    size_t open = 0;
    for (i = blanks_end(v, i); i < v.n;) {
        char c = v.p[i];
        if (c == '{' || c == '[') {
            open++;
            i++;
        } else if (c == '}' || c == ']') {
            open -= open > 0;
            i++;
        } else if (memchr(" \t\r\n,:", c, 6)) {
            i++;
            continue;
        } else {
            i = scalar_end(v, i);
        }
        if (open == 0) {
            return i;
        }
    }
    return i;
}

static void put_scalar(layout *l)
{
    size_t    end = scalar_end(l->text, l->i), after = blanks_end(l->text, end);
    w403_view word = w403_view_sub(l->text, l->i, end);
    bool      name = !l->behind && after < l->text.n && l->text.p[after] == ':';
    if (name && l->without.p && word.n == l->without.n + 2 &&
        memcmp(word.p + 1, l->without.p, l->without.n) == 0) {
        l->i = value_end(l->text, after + 1);
        return;
    }
    separate(l);
    w403_buf_put(l->out, word);
    l->i = name ? after + 1 : end;
    if (name) {
        w403_buf_puts(l->out, ": ");
        l->behind = true;
    }
}

static void lay_out(layout *l)
{
    while (l->i < l->text.n && !l->out->failed) {
        char c = l->text.p[l->i];
        if (c == '{' || c == '[') {
            separate(l);
            w403_buf_putc(l->out, c);
            l->depth++;
            l->first = true;
            l->i++;
        } else if (c == '}' || c == ']') {
            l->depth -= l->depth > 0;
            if (!l->first) {
                line(l);
            }
            w403_buf_putc(l->out, c);
            l->first = false;
            l->i++;
        } else if (memchr(" \t\r\n,", c, 5)) {
            l->i++;
        } else {
            put_scalar(l);
            /* Of a text that is no JSON: never twice the same place. */
            l->i += l->i < l->text.n && l->text.p[l->i] == ':';
        }
    }
}

void w403_compose_value(w403_buf *out, w403_view json, unsigned depth, w403_view without)
{
    layout l = {.out = out, .text = json, .without = without, .depth = depth, .base = depth, .first = true};
    lay_out(&l);
}

void w403_compose_elements(w403_buf *out, w403_view array, unsigned depth, bool others, w403_view without)
{
    w403_view inner = w403_view_trim(array);
    inner = inner.n >= 2 ? w403_view_trim(w403_view_sub(inner, 1, inner.n - 1)) : (w403_view){NULL, 0};
    layout l = {.out = out, .text = inner, .without = without, .depth = depth, .first = !others};
    lay_out(&l);
}

void w403_compose_file(w403_buf *out, w403_view json, w403_view without)
{
    w403_compose_value(out, json, 0, without);
    w403_buf_putc(out, '\n');
}

/* ---- what failed ---- */

void w403_compose_error_flat(w403_buf *out, const w403_compose_failure *why)
{
    w403_json_writer w;
    w403_jw_init(&w, out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "error");
    w403_jw_object(&w);
    w403_jw_text(&w, "code", why->code);
    if (why->message.n) {
        size_t from = out->n;
        w403_jw_text(&w, "message", why->message);
        if (w403_buf_ok(out)) {
            w403_redact(out->p + from, out->n - from);
        }
    }
    w403_jw_text_unless_empty(&w, "call", why->call);
    w403_jw_text_unless_empty(&w, "at", why->at);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
}

void w403_compose_error(w403_buf *out, const w403_compose_failure *why, unsigned depth)
{
    w403_buf flat = {0};
    w403_compose_error_flat(&flat, why);
    w403_compose_value(out, w403_buf_view(&flat), depth, (w403_view){NULL, 0});
    out->failed |= flat.failed;
    w403_buf_free(&flat);
}

/* ---- several answers, one file ---- */

void w403_compose_members(w403_buf *out, const w403_compose_part *parts, size_t n)
{
    bool first = true;
    w403_buf_putc(out, '{');
    for (size_t i = 0; i < n; i++) {
        w403_view value = w403_view_trim(parts[i].value);
        if (!parts[i].name.n && value.n >= 2) {
            value = w403_view_trim(w403_view_sub(value, 1, value.n - 1));
        }
        if (!value.n) {
            continue;
        }
        if (!first) {
            w403_buf_putc(out, ',');
        }
        if (parts[i].name.n) {
            w403_buf_json_string(out, parts[i].name);
            w403_buf_putc(out, ':');
        }
        w403_buf_put(out, value);
        first = false;
    }
    w403_buf_putc(out, '}');
}
