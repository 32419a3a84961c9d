#include "json/json.h"

/* ---- JSON pointers, RFC 6901 ---- */

void w403_json_pointer_add(w403_buf *b, const w403_json *holder, const w403_json *member, size_t index)
{
    w403_view name = member->key;
    w403_buf_putc(b, '/');
    if (holder->type != W403_JSON_OBJECT) {
        w403_buf_u64(b, index);
        return;
    }
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '~' || name.p[i] == '/') {
            w403_buf_puts(b, name.p[i] == '~' ? "~0" : "~1");
        } else {
            w403_buf_putc(b, name.p[i]);
        }
    }
}

static bool holds(const w403_json *outer, const w403_json *inner)
{
    return inner->span.off >= outer->span.off && inner->span.off - outer->span.off < outer->span.len;
}

w403_view w403_json_pointer(w403_arena *a, const w403_json_doc *doc, const w403_json *at)
{
    w403_buf         b = {0};
    const w403_json *v = doc->root;
    while (v && v != at) {
        const w403_json *child = v->first;
        size_t           index = 0;
        for (; child && !holds(child, at); child = child->next) {
            index++;
        }
        if (child) {
            w403_json_pointer_add(&b, v, child, index);
        }
        v = child;
    }
    if (v) {
        return w403_buf_take(&b, a);
    }
    w403_buf_free(&b);
    return (w403_view){NULL, 0};
}

/* Is `token`, with ~0 and ~1 for ~ and /, this name? */
static bool names(w403_view token, w403_view name)
{
    size_t n = 0;
    for (size_t i = 0; i < token.n; i++, n++) {
        char c = token.p[i];
        if (c == '~') {
            if (++i == token.n || (token.p[i] != '0' && token.p[i] != '1')) {
                return false;
            }
            c = token.p[i] == '0' ? '~' : '/';
        }
        if (n >= name.n || name.p[n] != c) {
            return false;
        }
    }
    return n == name.n;
}

static const w403_json *child_named(const w403_json *v, w403_view token)
{
    uint64_t         index;
    const w403_json *child = v->first;
    if (v->type == W403_JSON_OBJECT) {
        while (child && !names(token, child->key)) {
            child = child->next;
        }
        return child;
    }
    if (!w403_view_u64(token, &index) || (token.n > 1 && token.p[0] == '0')) {
        return NULL;
    }
    for (; child && index; index--) {
        child = child->next;
    }
    return child;
}

const w403_json *w403_json_at(const w403_json_doc *doc, w403_view pointer)
{
    const w403_json *v = doc->root;
    if (pointer.n == 0) {
        return v;
    }
    if (pointer.p[0] != '/') {
        return NULL;
    }
    w403_view rest = w403_view_sub(pointer, 1, pointer.n);
    while (v && rest.p) {
        v = child_named(v, w403_view_cut(&rest, '/'));
    }
    return v;
}
