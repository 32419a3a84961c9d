#include "policy/parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/utf8.h"

int w403_shown(w403_view v)
{
    enum { MOST = 160 };
    size_t n = v.n;
    if (n > MOST) {
        n = MOST;
        while (n > 0 && ((unsigned char)v.p[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    return (int)n;
}

bool w403_parse_warns(const w403_parser *p)
{
    return p->warnings && w403_problems_take(p->warnings, true);
}

__attribute__((format(printf, 4, 0))) static void add(w403_parser *p, w403_span at, const char *hint, const char *fmt,
                                                      va_list args)
{
    static const w403_error uncounted = {.code = W403_SEMANTIC};
    if (!w403_parse_warns(p)) { /* a line number costs a look at all the text before it */
        if (p->warnings) {
            w403_problems_add(p->warnings, true, &uncounted);
        }
        return;
    }
    char text[sizeof uncounted.message];
    w403_error e;
    (void)vsnprintf(text, sizeof text, fmt, args);
    w403_error_set(&e, W403_SEMANTIC, "%s", text);
    w403_error_place(&e, p->doc->source, p->doc->text, at.off, at.len);
    if (hint) {
        w403_error_hint(&e, "%s", hint);
    }
    w403_problems_add(p->warnings, true, &e);
}

void w403_parse_warn(w403_parser *p, w403_span at, const char *hint, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(p, at, hint, fmt, args);
    va_end(args);
}

/* The first reason is kept: an answer that hangs on the statement tells it. Memory short: it tells none. */
__attribute__((format(printf, 5, 0))) static void add_doubt(w403_parser *p, w403_statement *st, w403_span at,
                                                            const char *hint, const char *fmt, va_list args)
{
    char text[sizeof((w403_error *)0)->message];
    va_list again;
    va_copy(again, args);
    add(p, at, hint, fmt, args);
    if (!st->doubt.p) {
        (void)vsnprintf(text, sizeof text, fmt, again);
        st->doubt = w403_arena_copy(p->arena, w403_view_of(text));
    }
    va_end(again);
}

void w403_parse_doubt(w403_parser *p, w403_statement *st, w403_span at, const char *hint, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add_doubt(p, st, at, hint, fmt, args);
    va_end(args);
}

void w403_parse_refuse(w403_parser *p, w403_statement *st, w403_element unread, w403_span at, const char *hint,
                       const char *fmt, ...)
{
    va_list args;
    st->inert = true;
    unsigned bit = unread == W403_ELEMENT_NONE ? 0 : W403_UNREAD(unread);
    st->unread = (uint8_t)(st->unread | bit);
    va_start(args, fmt);
    add_doubt(p, st, at, hint, fmt, args);
    va_end(args);
}

static const char *blank_name(uint32_t cp)
{
    switch (cp) {
    case ' ':
        return "space (U+0020)";
    case '\t':
        return "tab (U+0009)";
    case '\n':
        return "line feed (U+000A)";
    case '\r':
        return "carriage return (U+000D)";
    default:
        return cp > ' ' && cp < 0x7F ? NULL : w403_utf8_blank_name(cp);
    }
}

void w403_parse_blanks(w403_parser *p, const w403_json *str, w403_view text, size_t visible_until)
{
    for (size_t i = 0, from; i < text.n;) {
        from = i;
        uint32_t cp = w403_utf8_next(text, &i);
        const char *name = blank_name(cp);
        if (!name || (cp == ' ' && from >= visible_until && from != 0 && i != text.n)) {
            continue;
        }
        if (!w403_parse_warns(p)) {
            w403_parse_warn(p, str->span, NULL, "%s", "");
            return;
        }
        size_t off = w403_json_source_offset(p->doc, str, from), end = w403_json_source_offset(p->doc, str, i);
        w403_parse_warn(p, (w403_span){(uint32_t)off, (uint32_t)(end - off)},
                        "remove it: it is compared as any other character", "%s at byte %zu of `%.*s`", name, from,
                        W403_SHOW(text));
        return;
    }
}

w403_status w403_parse_keep(w403_parser *p, w403_view v, w403_view *out)
{
    uintptr_t at = (uintptr_t)v.p, text = (uintptr_t)p->doc->text.p;
    *out = v;
    if (v.n && (at < text || at >= text + p->doc->text.n)) { /* a decoded copy, which lives as long as the nodes */
        *out = w403_arena_copy(p->arena, v);
        W403_NEED(out->p, p->err);
    } else if (!v.n) {
        *out = W403_LIT("");
    }
    return W403_OK;
}

w403_status w403_parse_string(w403_parser *p, const w403_json *v, const char *element, w403_view *out)
{
    if (v->type != W403_JSON_STRING) {
        return w403_json_error(p->doc, v, p->err, "`%s` must be a string, not %s", element,
                               w403_json_type_name(v->type));
    }
    return w403_parse_keep(p, v->text, out);
}

w403_status w403_parse_list(w403_parser *p, const w403_json *v, const char *element, unsigned types, w403_list *out)
{
    const char *what = types == W403_TYPES_STRING ? "a string" : "a string, number or boolean";
    if (v->type != W403_JSON_ARRAY) { /* G4 */
        *out = (w403_list){v, 1};
        if (!(types >> v->type & 1)) {
            return w403_json_error(p->doc, v, p->err, "`%s` must be %s or a list of them, not %s", element, what,
                                   w403_json_type_name(v->type));
        }
        return W403_OK;
    }
    *out = (w403_list){v->first, v->count};
    if (!v->count) {
        w403_parse_warn(p, v->span, NULL, "`%s` is an empty list: nothing matches it", element);
    }
    for (const w403_json *item = v->first; item; item = item->next) {
        if (!(types >> item->type & 1)) {
            return w403_json_error(p->doc, item, p->err, "a value of `%s` must be %s, not %s", element, what,
                                   w403_json_type_name(item->type));
        }
    }
    return W403_OK;
}
