#include "base/buf.h"
#include "words/mo.h"
#include "words/words.h"

const char *w403_word_in(const w403_arena *a, const char *context, const char *text)
{
    const w403_language *words = a ? w403_arena_language(a) : NULL;
    w403_view found = words ? w403_mo_find(words->mo, context, text) : (w403_view){NULL, 0};
    return found.n ? found.p : text;
}

const char *w403_word(const w403_arena *a, const char *text)
{
    return w403_word_in(a, NULL, text);
}

const char *w403_colon(const w403_arena *a)
{
    const w403_language *words = a ? w403_arena_language(a) : NULL;
    return words && words->blank_before_colon ? "\xC2\xA0: " : ": ";
}

static void put_part(w403_buf *out, w403_view name, const w403_part *parts, size_t n_parts)
{
    for (size_t i = 0; i < n_parts; i++) {
        if (!w403_view_eq(name, w403_view_of(parts[i].name))) {
            continue;
        }
        if (parts[i].is_number) {
            w403_buf_printf(out, "%llu", (unsigned long long)parts[i].number);
        } else {
            w403_buf_put(out, parts[i].text);
        }
        return;
    }
    w403_buf_printf(out, "{%.*s}", W403_ARG(name)); /* no place of ours: braces are said as they stand */
}

static w403_view fill(w403_arena *a, w403_view rest, const w403_part *parts, size_t n_parts)
{
    w403_buf out = {0};
    while (rest.n) {
        size_t close = w403_view_find_char(rest, '}');
        if (close == SIZE_MAX) {
            w403_buf_put(&out, rest);
            break;
        }
        size_t open = close;
        while (open && rest.p[open - 1] != '{') { /* the innermost: {"Service": "{name}"} has one place */
            open--;
        }
        w403_buf_put(&out, w403_view_sub(rest, 0, open ? open - 1 : close + 1));
        if (open) {
            put_part(&out, w403_view_sub(rest, open, close), parts, n_parts);
        }
        rest = w403_view_sub(rest, close + 1, rest.n);
    }
    return w403_buf_take(&out, a);
}

w403_view w403_say_parts(w403_arena *a, const char *text, const w403_part *parts, size_t n_parts)
{
    return w403_say_parts_in(a, NULL, text, parts, n_parts);
}

w403_view w403_say_parts_in(w403_arena *a, const char *context, const char *text, const w403_part *parts,
                            size_t n_parts)
{
    return fill(a, w403_view_of(w403_word_in(a, context, text)), parts, n_parts);
}

w403_view w403_say_number(w403_arena *a, uint64_t n, const char *one, const char *many, const w403_part *parts,
                          size_t n_parts)
{
    const w403_language *words = w403_arena_language(a);
    w403_view found = words ? w403_mo_find(words->mo, NULL, one) : (w403_view){NULL, 0};
    if (found.n == 0) {
        return fill(a, w403_view_of(n == 1 ? one : many), parts, n_parts);
    }
    w403_view first = w403_view_of(found.p); /* up to its NUL */
    bool second = !words->one_is_many && n > 1 && first.n < found.n;
    return fill(a, second ? w403_view_sub(found, first.n + 1, found.n) : first, parts, n_parts);
}
