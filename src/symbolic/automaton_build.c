/* Patterns and forms become places: one for each character, `*`, set or repetition. */
#include "base/utf8.h"
#include "symbolic/automaton_parts.h"

w403_automaton *w403_automaton_new(w403_arena *a)
{
    w403_automaton *m = W403_NEW(a, w403_automaton);
    if (m) {
        m->a = a;
    }
    return m;
}

size_t w403_automaton_words(const w403_automaton *m)
{
    return (m->patterns + m->forms) / 64 + 1;
}
static bool same_letter(const w403_automaton_letter *a, const w403_automaton_letter *b)
{
    return a->kind == b->kind && a->one == b->one && a->set[0] == b->set[0] && a->set[1] == b->set[1];
}

static bool add_place(w403_automaton *m, w403_automaton_letter l, bool loop, bool skip)
{
    size_t i = 0;
    while (i < m->letters.n && !same_letter(&m->letters.at[i], &l)) {
        i++;
    }
    if (i == m->letters.n) {
        w403_automaton_letter *slot = i < UINT16_MAX ? W403_PUSH(m->a, &m->letters) : NULL;
        if (!slot) {
            return false;
        }
        *slot = l;
    }
    w403_automaton_place *p = W403_PUSH(m->a, &m->places);
    if (p) {
        *p = (w403_automaton_place){.letter = (uint16_t)i, .loop = loop, .skip = skip};
    }
    return p != NULL;
}

static bool begin(w403_automaton *m)
{
    uint32_t *s = W403_PUSH(m->a, &m->starts);
    if (s) {
        *s = (uint32_t)m->places.n;
    }
    return s != NULL;
}

static bool end(w403_automaton *m, bool form)
{
    w403_automaton_place *p = W403_PUSH(m->a, &m->places);
    uint32_t *e = W403_PUSH(m->a, &m->ends);
    uint8_t *f = W403_PUSH(m->a, &m->is_form);
    if (!p || !e || !f) {
        return false;
    }
    *p = (w403_automaton_place){.last = true};
    *e = (uint32_t)m->places.n - 1;
    *f = form;
    m->patterns += !form;
    m->forms += form;
    return true;
}

static w403_automaton_letter one_letter(uint32_t c, bool fold)
{
    if (fold && c < 128 && w403_lower((char)(c | 0x20)) >= 'a' && (c | 0x20) <= 'z' && (c & 0x40)) {
        w403_automaton_letter l = {.kind = W403_LETTER_SET};
        w403_bit_set(l.set, c | 0x20);
        w403_bit_set(l.set, c & ~0x20u);
        return l;
    }
    return (w403_automaton_letter){.kind = W403_LETTER_ONE, .one = c};
}

static bool add_text(w403_automaton *m, const w403_language *l)
{
    size_t colons = 0;
    bool wild_ok = l->kind == W403_LANGUAGE_GLOB;
    for (size_t i = 0; i < l->text.n;) {
        bool wild = wild_ok && (l->text.p[i] == '*' || l->text.p[i] == '?') && !(l->literal && l->literal[i]);
        w403_automaton_letter any = {.kind = l->arn && colons < 5 ? W403_LETTER_NO_COLON : W403_LETTER_ANY};
        if (wild) {
            bool star = l->text.p[i++] == '*';
            if (!add_place(m, any, star, star)) {
                return false;
            }
            continue;
        }
        uint32_t c = w403_utf8_next(l->text, &i);
        colons += c == ':';
        if (!add_place(m, one_letter(c, l->ignore_case), false, false)) {
            return false;
        }
    }
    return !l->open || (add_place(m, (w403_automaton_letter){.kind = W403_LETTER_ONE, .one = ':'}, false, false) &&
                        add_place(m, (w403_automaton_letter){.kind = W403_LETTER_ANY}, true, true));
}

bool w403_automaton_add(w403_automaton *m, const w403_language *l)
{
    if (!begin(m)) {
        return false;
    }
    bool good = true;
    switch (l->kind) {
    case W403_LANGUAGE_ALL:
        good = add_place(m, (w403_automaton_letter){.kind = W403_LETTER_ANY}, true, true);
        break;
    case W403_LANGUAGE_TEXT:
    case W403_LANGUAGE_GLOB:
        good = add_text(m, l);
        break;
    case W403_LANGUAGE_NONE:
    case W403_LANGUAGE_NUMBER:
    case W403_LANGUAGE_DATE:
    case W403_LANGUAGE_BOOL:
    case W403_LANGUAGE_NET:
    case W403_LANGUAGE_BYTES:
    case W403_LANGUAGE_HANGS: /* a set that no character belongs to */
        good = add_place(m, (w403_automaton_letter){.kind = W403_LETTER_SET}, false, false);
        break;
    }
    return good && end(m, false);
}

/* `[a-z0-9]` at *i, which then stands behind it. */
static w403_automaton_letter read_set(w403_view form, size_t *i)
{
    w403_automaton_letter l = {.kind = W403_LETTER_SET};
    for ((*i)++; *i < form.n && form.p[*i] != ']'; (*i)++) {
        bool blank = form.p[*i] == '\\' && *i + 1 < form.n && form.p[*i + 1] == 's';
        *i += blank;
        unsigned from = blank ? ' ' : (unsigned char)form.p[*i], to = from;
        if (*i + 2 < form.n && form.p[*i + 1] == '-' && form.p[*i + 2] != ']') {
            to = (unsigned char)form.p[*i + 2];
            *i += 2;
        }
        for (unsigned c = from; c <= to && c < 128; c++) {
            w403_bit_set(l.set, c);
        }
    }
    (*i)++;
    return l;
}

static bool add_repeated(w403_automaton *m, w403_automaton_letter l, w403_view form, size_t *i)
{
    size_t least = 1;
    bool more = false, maybe = false;
    char mark = *i < form.n ? form.p[*i] : 0;
    if (mark == '*' || mark == '+' || mark == '?') {
        (*i)++;
        least = mark == '+';
        more = mark != '?';
        maybe = mark == '?';
    } else if (mark == '{') {
        least = 0;
        for ((*i)++; *i < form.n && form.p[*i] != '}'; (*i)++) {
            more |= form.p[*i] == ',';
            least = form.p[*i] == ',' ? least : least * 10 + (size_t)(form.p[*i] - '0');
        }
        (*i)++;
    }
    bool good = true;
    for (size_t k = 0; k < least && good; k++) {
        good = add_place(m, l, false, false);
    }
    return good && ((!more && !maybe) || add_place(m, l, more, true));
}

bool w403_automaton_domain(w403_automaton *m, w403_view form)
{
    bool good = begin(m);
    for (size_t i = 0; i < form.n && good;) {
        w403_automaton_letter l;
        if (form.p[i] == '[') {
            l = read_set(form, &i);
        } else if (form.p[i] == '@') {
            l = (w403_automaton_letter){.kind = W403_LETTER_ANY};
            i++;
        } else {
            i += form.p[i] == '\\' && i + 1 < form.n;
            l = (w403_automaton_letter){.kind = W403_LETTER_ONE, .one = w403_utf8_next(form, &i)};
        }
        good = add_repeated(m, l, form, &i);
    }
    return good && end(m, true);
}
