#include "live/words.h"

typedef struct splitter {
    w403_view text;
    size_t    i;
    char     *out; /* all words, one behind the other, each with its NUL */
    size_t    n;
} splitter;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands between quotes, from behind the first one. Only `"` and `\` can be escaped, between double ones only. */
static w403_status quoted(splitter *s, char quote, w403_error *err)
{
    for (; s->i < s->text.n; s->i++) {
        char c = s->text.p[s->i];
        if (c == quote) {
            s->i++;
            return W403_OK;
        }
        if (c == '\\' && quote == '"' && s->i + 1 < s->text.n && strchr("\"\\", s->text.p[s->i + 1])) {
            c = s->text.p[++s->i];
        }
        s->out[s->n++] = c;
    }
    return w403_error_set(err, W403_SYNTAX, "a quote (%c) is not closed", quote);
}

static w403_status word(splitter *s, w403_error *err)
{
    while (s->i < s->text.n && !is_blank(s->text.p[s->i])) {
        char c = s->text.p[s->i++];
        if (c == '\'' || c == '"') {
            W403_TRY(quoted(s, c, err));
        } else if (c == '\\') {
            if (s->i == s->text.n) {
                return w403_error_set(err, W403_SYNTAX, "a backslash at the end has nothing to escape");
            }
            s->out[s->n++] = s->text.p[s->i++];
        } else {
            s->out[s->n++] = c;
        }
    }
    s->out[s->n++] = '\0';
    return W403_OK;
}

w403_status w403_words_split(w403_arena *a, w403_view text, w403_words *out, w403_error *err)
{
    splitter s = {.text = text, .out = w403_arena_alloc(a, 2 * text.n + 1)};
    W403_NEED(s.out, err);
    if (w403_view_find_char(text, '\0') != SIZE_MAX) {
        return w403_error_set(err, W403_SYNTAX, "a NUL byte, which no program's argument can hold");
    }
    *out = (w403_words){0};
    for (;;) {
        while (s.i < text.n && is_blank(text.p[s.i])) {
            s.i++;
        }
        if (s.i == text.n) {
            return W403_OK;
        }
        size_t from = s.n;
        W403_TRY(word(&s, err));
        w403_view *w = W403_PUSH(a, out);
        W403_NEED(w, err);
        *w = (w403_view){s.out + from, s.n - from - 1};
    }
}
