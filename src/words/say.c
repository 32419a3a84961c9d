#include <string.h>

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

static const w403_part *named(const w403_part *parts, size_t n_parts, w403_view name)
{
    for (size_t i = 0; i < n_parts; i++) {
        if (w403_view_eq(name, w403_view_of(parts[i].name))) {
            return &parts[i];
        }
    }
    return NULL;
}

static size_t digits(uint64_t n, char out[20])
{
    size_t k = 20;
    do {
        out[--k] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    return k;
}

/* Writes the text, its places filled, to `out` (NULL: counts only); braces that are no place of ours are said as they stand. */
static size_t fill_to(char *out, w403_view text, const w403_part *parts, size_t n_parts)
{
    size_t n = 0;
    char number[20];
    while (text.n) {
        size_t close = w403_view_find_char(text, '}'), open = close == SIZE_MAX ? 0 : close;
        while (open && text.p[open - 1] != '{') { /* the innermost: {"Service": "{name}"} has one place */
            open--;
        }
        bool place = close != SIZE_MAX;
        const w403_part *part = open ? named(parts, n_parts, w403_view_sub(text, open, close)) : NULL;
        w403_view before = place ? w403_view_sub(text, 0, part ? open - 1 : close + 1) : text, value = {NULL, 0};
        if (part) {
            size_t at = part->is_number ? digits(part->number, number) : 0;
            value = part->is_number ? (w403_view){number + at, sizeof number - at} : part->text;
        }
        if (out) {
            memcpy(out + n, before.p, before.n);
            if (value.n) {
                memcpy(out + n + before.n, value.p, value.n);
            }
        }
        n += before.n + value.n;
        text = place ? w403_view_sub(text, close + 1, text.n) : (w403_view){text.p, 0};
    }
    return n;
}

static w403_view fill(w403_arena *a, w403_view text, const w403_part *parts, size_t n_parts)
{
    size_t n = fill_to(NULL, text, parts, n_parts);
    char *out = w403_arena_alloc(a, n + 1);
    if (!out) {
        return (w403_view){NULL, 0};
    }
    out[fill_to(out, text, parts, n_parts)] = '\0';
    return (w403_view){out, n};
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
