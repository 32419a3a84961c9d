/* Characters that no letter of the patterns tells apart become one symbol. */
#include "symbolic/automaton_parts.h"

static bool reads(const w403_automaton_letter *l, uint32_t c)
{
    switch (l->kind) {
    case W403_LETTER_ONE:
        return l->one == c;
    case W403_LETTER_ANY:
        return true;
    case W403_LETTER_NO_COLON:
        return c != ':';
    case W403_LETTER_SET:
        return c < 128 && w403_bit(l->set, c);
    }
    return false;
}

enum { ASCII = 128, OTHERS = 128, KINDS = 129 }; /* OTHERS: what is not ASCII, and named by no letter */

/* Those of the set get kinds of their own. */
static void split(const w403_automaton_letter *l, uint8_t *kind, uint8_t *kinds)
{
    uint8_t inside[KINDS] = {0}, all[KINDS] = {0}, fresh[KINDS] = {0};
    for (uint32_t c = 0; c < KINDS; c++) {
        all[kind[c]]++;
        inside[kind[c]] += reads(l, c);
    }
    for (uint32_t c = 0; c < KINDS; c++) {
        uint8_t k = kind[c];
        if (inside[k] == all[k] || !reads(l, c)) {
            continue;
        }
        if (!fresh[k]) {
            fresh[k] = (*kinds)++;
        }
        kind[c] = fresh[k];
    }
}

/* Characters that every letter reads alike are of one kind. */
static void sort_characters(const w403_automaton *m, uint8_t *kind)
{
    uint8_t kinds = 1;
    memset(kind, 0, KINDS);
    for (size_t i = 0; i < m->letters.n; i++) {
        const w403_automaton_letter *l = &m->letters.at[i];
        if (l->kind != W403_LETTER_ANY && (l->kind != W403_LETTER_ONE || l->one < ASCII)) {
            split(l, kind, &kinds);
        }
    }
}

static bool push_symbol(w403_automaton *m, uint32_t c)
{
    uint32_t *s = W403_PUSH(m->a, &m->symbols);
    if (s) {
        *s = c;
    }
    return s != NULL;
}

/* The first of its kind stands for all of it. */
static bool add_symbol(w403_automaton *m, const uint8_t *kind, uint32_t *of_kind, uint32_t c)
{
    uint8_t k = kind[c < ASCII ? c : OTHERS];
    if (of_kind[k] == UINT32_MAX) {
        of_kind[k] = (uint32_t)m->symbols.n;
        return push_symbol(m, c);
    }
    return true;
}

static uint32_t find_named(const w403_automaton *m, uint32_t c)
{
    uint32_t i = 0;
    while (i < m->named.n && m->named.at[i].c != c) {
        i++;
    }
    return i;
}

static bool add_named(w403_automaton *m, uint32_t c)
{
    if (find_named(m, c) < m->named.n) {
        return true;
    }
    w403_automaton_named *slot = W403_PUSH(m->a, &m->named);
    if (slot) {
        *slot = (w403_automaton_named){c, (uint32_t)m->symbols.n};
    }
    return slot && push_symbol(m, c);
}

/* Those that read best first: they become witnesses. */
bool w403_automaton_alphabet(w403_automaton *m)
{
    static const char nice[] = "xabcdefghijklmnopqrstuvwyz1234567890XABCDEFGHIJKLMNOPQRSTUVWYZ-_./=+,@: "
                               "!#$%&'()*;<>?[]^`{|}~\"\\";
    uint8_t kind[KINDS];
    uint32_t of_kind[KINDS];
    uint32_t other = 0xE9; /* for a domain that goes beyond ASCII, and patterns that name all of it */
    bool good = true;
    memset(of_kind, 0xff, sizeof of_kind);
    sort_characters(m, kind);
    for (const char *p = nice; *p && good; p++) {
        good = add_symbol(m, kind, of_kind, (unsigned char)*p);
    }
    for (size_t i = 0; i < m->letters.n && good; i++) {
        uint32_t c = m->letters.at[i].one;
        if (m->letters.at[i].kind == W403_LETTER_ONE) {
            good = c < ASCII ? add_symbol(m, kind, of_kind, c) : add_named(m, c);
        }
    }
    while (find_named(m, other) < m->named.n) {
        other++;
    }
    good = good && add_symbol(m, kind, of_kind, other);
    m->tried = m->symbols.n;
    for (uint32_t c = 0; c < ASCII && good; c++) { /* control characters: read where they stand, never a witness */
        good = add_symbol(m, kind, of_kind, c);
    }
    for (uint32_t c = 0; c < KINDS && good; c++) {
        m->symbol_of[c] = of_kind[kind[c]];
    }
    return good;
}

uint32_t w403_automaton_symbol(const w403_automaton *m, uint32_t c)
{
    uint32_t named = c < ASCII ? 0 : find_named(m, c);
    return c < ASCII ? m->symbol_of[c] : named < m->named.n ? m->named.at[named].symbol : m->symbol_of[OTHERS];
}

bool w403_automaton_readers(w403_automaton *m)
{
    uint64_t *of_letter = W403_NEW_N(m->work, uint64_t, m->letters.n * m->words + 1);
    m->symbol_places = W403_NEW_N(m->a, uint64_t, m->symbols.n * m->words);
    if (!of_letter || !m->symbol_places) {
        return false;
    }
    for (size_t i = 0; i < m->places.n; i++) {
        if (!m->places.at[i].last) {
            w403_bit_set(of_letter + m->places.at[i].letter * m->words, i);
        }
    }
    for (size_t l = 0; l < m->letters.n; l++) {
        const w403_automaton_letter *x = &m->letters.at[l];
        bool one = x->kind == W403_LETTER_ONE;
        for (size_t s = one ? w403_automaton_symbol(m, x->one) : 0; s < m->symbols.n; s = one ? SIZE_MAX : s + 1) {
            for (size_t w = 0; w < m->words && reads(x, m->symbols.at[s]); w++) {
                m->symbol_places[s * m->words + w] |= of_letter[l * m->words + w];
            }
        }
    }
    return true;
}
