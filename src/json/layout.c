#include "json/layout.h"

#include "base/buf.h"
#include "base/limits.h"

enum { LONG_LINE = 80, INDENT = 4 };

typedef struct layouter {
    w403_arena *a;
    w403_buf b;
    w403_layout *out;
    size_t depth;
    bool failed;
} layouter;

bool w403_layout_needed(w403_view text)
{
    text = w403_view_trim(text);
    return text.n > LONG_LINE && w403_view_find_char(text, '\n') == SIZE_MAX;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static size_t skip_blanks(w403_view text, size_t i)
{
    while (i < text.n && is_blank(text.p[i])) {
        i++;
    }
    return i;
}

/* Where the token ends that begins at i: a string, a sign, a number or a word. */
static size_t token_end(w403_view text, size_t i)
{
    if (text.p[i] == '"') {
        for (i++; i < text.n && text.p[i] != '"'; i++) {
            i += text.p[i] == '\\';
        }
        return i < text.n ? i + 1 : text.n;
    }
    if (strchr("{}[],:", text.p[i])) {
        return i + 1;
    }
    while (i < text.n && !is_blank(text.p[i]) && (text.p[i] == '\0' || !strchr("{}[],:\"", text.p[i]))) {
        i++;
    }
    return i;
}

static void new_line(layouter *l)
{
    static const char blanks[] = "\n                                                                "; /* 16 levels, as most are */
    size_t depth = l->depth < W403_LIMIT_JSON_DEPTH ? l->depth : W403_LIMIT_JSON_DEPTH;
    size_t n = depth * INDENT, at_once = n < sizeof blanks - 2 ? n : sizeof blanks - 2;
    w403_buf_put(&l->b, (w403_view){blanks, at_once + 1});
    for (; at_once < n; at_once++) {
        w403_buf_putc(&l->b, ' ');
    }
}

static void put_token(layouter *l, w403_view text, size_t from, size_t to)
{
    w403_layout_token *t = W403_PUSH(l->a, &l->out->tokens);
    if (t) {
        *t = (w403_layout_token){from, l->b.n};
    }
    l->failed |= !t;
    w403_buf_put(&l->b, w403_view_sub(text, from, to));
}

/* Gives where the next token begins. */
static size_t step(layouter *l, w403_view text, size_t i)
{
    char c = text.p[i];
    size_t end = token_end(text, i), next = skip_blanks(text, end);
    bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
    if (closes) {
        l->depth -= l->depth > 0;
        new_line(l);
    }
    put_token(l, text, i, end);
    if (opens && next < text.n && (text.p[next] == '}' || text.p[next] == ']')) { /* nothing in it: one line */
        put_token(l, text, next, next + 1);
        return skip_blanks(text, next + 1);
    }
    if (opens) {
        l->depth++;
    }
    if (opens || c == ',') {
        new_line(l);
    } else if (c == ':') {
        w403_buf_putc(&l->b, ' ');
    }
    return next;
}

bool w403_layout_make(w403_arena *a, w403_view text, w403_layout *out)
{
    layouter l = {.a = a, .out = out};
    *out = (w403_layout){0};
    for (size_t i = skip_blanks(text, 0); i < text.n && !l.failed && w403_buf_ok(&l.b);) {
        i = step(&l, text, i);
    }
    out->text = w403_buf_ok(&l.b) && !l.failed ? w403_arena_copy(a, w403_buf_view(&l.b)) : (w403_view){NULL, 0};
    w403_buf_free(&l.b);
    return out->text.p != NULL;
}

bool w403_layout_document(w403_arena *a, w403_view text, w403_layout *out)
{
    w403_json_doc doc;
    return text.n <= W403_LAYOUT_BYTES && w403_layout_needed(text) &&
           w403_json_parse(a, W403_LIT(""), text, NULL, &doc, NULL, NULL) == W403_OK && w403_layout_make(a, text, out);
}

w403_span w403_layout_span(const w403_layout *l, w403_span span)
{
    size_t end = (size_t)span.off + (span.len ? span.len : 1), from = w403_layout_place(l, span.off);
    return (w403_span){(uint32_t)from, (uint32_t)(w403_layout_place(l, end - 1) + 1 - from)};
}

size_t w403_layout_place(const w403_layout *l, size_t offset)
{
    size_t low = 0, high = l->tokens.n;
    while (low < high) { /* the first token behind the place */
        size_t mid = (low + high) / 2;
        if (l->tokens.at[mid].was <= offset) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == 0) {
        return 0;
    }
    const w403_layout_token *t = &l->tokens.at[low - 1];
    size_t place = t->is + (offset - t->was);
    size_t most = low < l->tokens.n ? l->tokens.at[low].is : l->text.n;
    return place < most ? place : most;
}
