/* Names of AWS's that stand in a text as words of their own, whatever is written around them. */
#include "evidence/error_text.h"

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool several_capitals(w403_view v)
{
    size_t upper = 0, lower = 0;
    for (size_t i = 0; i < v.n; i++) {
        upper += v.p[i] >= 'A' && v.p[i] <= 'Z';
        lower += v.p[i] >= 'a' && v.p[i] <= 'z';
    }
    return upper >= 2 && lower >= 2;
}

static const char *code_name(w403_view word)
{
    const w403_code *c = w403_code_find(word);
    return c && w403_view_eq(word, w403_view_of(c->code)) ? c->code : NULL;
}

static const char *operation_name(w403_view word)
{
    const w403_operation *op = w403_operation_find(word);
    bool                  s3 = op && strcmp(op->model, "rest") != 0 && strcmp(op->model, "s3control") != 0;
    return s3 && w403_view_eq(word, w403_view_of(op->name)) ? op->name : NULL;
}

/* The one name of its kind that the text holds, as a word of its own: no class, no permission, no part of a path. */
static w403_view lone_name(const w403_clean *c, const char *(*name)(w403_view))
{
    w403_view found = {NULL, 0};
    for (size_t i = 0; i < c->text.n;) {
        size_t end = i;
        while (end < c->text.n && name_char(c->text.p[end])) {
            end++;
        }
        w403_view   word = w403_view_sub(c->text, i, end);
        char        before = i ? c->text.p[i - 1] : ' ', after = end < c->text.n ? c->text.p[end] : ' ';
        bool        own = !strchr(".$:/_-@#", before) && !strchr("/_-@$", after);
        const char *is = word.n >= 6 && word.n <= 64 && own && several_capitals(word) ? name(word) : NULL;
        bool        torn = (end < c->text.n && c->marks[end] & W403_MARK_TORN) || (i && c->marks[i - 1] & W403_MARK_TORN);
        if (is && !torn) {
            if (found.n && !w403_view_eq(found, word)) {
                return (w403_view){NULL, 0};
            }
            found = word;
        }
        i = end > i ? end : i + 1;
    }
    return found;
}

w403_view w403_error_lone_code(const w403_clean *c)
{
    return lone_name(c, code_name);
}

w403_view w403_error_lone_operation(const w403_clean *c)
{
    return lone_name(c, operation_name);
}
