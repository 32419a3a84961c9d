/* The alphabet, a run over one text, and the determinising; automaton_build.c makes the places. */
#include "base/hash.h"
#include "base/utf8.h"
#include "symbolic/automaton_parts.h"

/* ---- the alphabet ---- */

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

static bool alike(const w403_automaton *m, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < m->letters.n; i++) {
        if (reads(&m->letters.at[i], a) != reads(&m->letters.at[i], b)) {
            return false;
        }
    }
    return true;
}

static bool add_symbol(w403_automaton *m, uint32_t c)
{
    for (size_t i = 0; i < m->symbols.n; i++) {
        if (m->symbols.at[i] == c || alike(m, m->symbols.at[i], c)) {
            return true;
        }
    }
    uint32_t *s = W403_PUSH(m->a, &m->symbols);
    if (s) {
        *s = c;
    }
    return s != NULL;
}

/* Those that read best first: they become witnesses. */
static bool find_symbols(w403_automaton *m)
{
    static const char nice[] = "xabcdefghijklmnopqrstuvwyz1234567890XABCDEFGHIJKLMNOPQRSTUVWYZ-_./=+,@: "
                               "!#$%&'()*;<>?[]^`{|}~\"\\";
    for (const char *p = nice; *p; p++) {
        if (!add_symbol(m, (unsigned char)*p)) {
            return false;
        }
    }
    for (size_t i = 0; i < m->letters.n; i++) {
        if (m->letters.at[i].kind == W403_LETTER_ONE && !add_symbol(m, m->letters.at[i].one)) {
            return false;
        }
    }
    return add_symbol(m, 0xE9); /* for a domain that goes beyond ASCII, and patterns that name all of it */
}

static void places_of(const w403_automaton *m, uint32_t c, uint64_t *out)
{
    memset(out, 0, m->words * sizeof *out);
    for (size_t l = 0; l < m->letters.n; l++) {
        if (reads(&m->letters.at[l], c)) {
            for (size_t w = 0; w < m->words; w++) {
                out[w] |= m->letter_places[l * m->words + w];
            }
        }
    }
}

static bool prepare(w403_automaton *m)
{
    m->words = (m->places.n + 63) / 64;
    m->letter_places = W403_NEW_N(m->a, uint64_t, m->letters.n * m->words + 1);
    m->loops = W403_NEW_N(m->a, uint64_t, 3 * m->words);
    if (!m->letter_places || !m->loops || !find_symbols(m)) {
        return false;
    }
    m->skips = m->loops + m->words;
    m->form_places = m->skips + m->words;
    for (size_t i = 0; i < m->places.n; i++) {
        const w403_automaton_place *p = &m->places.at[i];
        if (!p->last) {
            w403_bit_set(m->letter_places + p->letter * m->words, i);
        }
        if (p->loop) {
            w403_bit_set(m->loops, i);
        }
        if (p->skip) {
            w403_bit_set(m->skips, i);
        }
    }
    for (size_t k = 0; k < m->ends.n; k++) {
        for (size_t i = m->starts.at[k]; m->is_form.at[k] && i <= m->ends.at[k]; i++) {
            w403_bit_set(m->form_places, i);
        }
    }
    m->symbol_places = W403_NEW_N(m->a, uint64_t, m->symbols.n * m->words);
    for (size_t s = 0; m->symbol_places && s < m->symbols.n; s++) {
        places_of(m, m->symbols.at[s], m->symbol_places + s * m->words);
    }
    return m->symbol_places != NULL;
}

/* ---- running ---- */

/* Places that may be passed without reading are passed. */
static void pass_over(const w403_automaton *m, uint64_t *set)
{
    bool again = true;
    while (again) {
        uint64_t carry = 0;
        again = false;
        for (size_t w = 0; w < m->words; w++) {
            uint64_t over = set[w] & m->skips[w];
            uint64_t next = set[w] | over << 1 | carry;
            carry = over >> 63;
            again |= next != set[w];
            set[w] = next;
        }
    }
}

static void step(const w403_automaton *m, const uint64_t *set, const uint64_t *readers, uint64_t *out)
{
    uint64_t carry = 0;
    for (size_t w = 0; w < m->words; w++) {
        uint64_t now = set[w] & readers[w], on = now & ~m->loops[w];
        out[w] = (now & m->loops[w]) | on << 1 | carry;
        carry = on >> 63;
    }
    pass_over(m, out);
}

static void first_set(const w403_automaton *m, uint64_t *set)
{
    memset(set, 0, m->words * sizeof *set);
    for (size_t i = 0; i < m->starts.n; i++) {
        w403_bit_set(set, m->starts.at[i]);
    }
    pass_over(m, set);
}

/* Which patterns have ended; false: no form has. */
static bool ended(const w403_automaton *m, const uint64_t *set, uint64_t *bits)
{
    bool inside = m->forms == 0;
    size_t pattern = 0, form = m->patterns;
    memset(bits, 0, w403_automaton_words(m) * sizeof *bits);
    for (size_t k = 0; k < m->ends.n; k++) {
        bool here = w403_bit(set, m->ends.at[k]);
        size_t bit = m->is_form.at[k] ? form++ : pattern++;
        inside |= m->is_form.at[k] && here;
        if (here) {
            w403_bit_set(bits, bit);
        }
    }
    return inside;
}

bool w403_automaton_read(const w403_automaton *m, w403_view text, uint64_t *bits)
{
    enum { SMALL = 64 };
    uint64_t small[3 * SMALL];
    uint64_t *now = m->words <= SMALL ? small : W403_NEW_N(m->a, uint64_t, 3 * m->words);
    if (!now) {
        return false;
    }
    uint64_t *then = now + m->words, *readers = then + m->words;
    first_set(m, now);
    for (size_t i = 0; i < text.n;) {
        uint32_t c = w403_utf8_next(text, &i);
        places_of(m, c, readers);
        step(m, now, readers, then);
        uint64_t *spare = now;
        now = then;
        then = spare;
    }
    return ended(m, now, bits);
}

/* ---- determinising ---- */

static bool grow_table(w403_automaton *m)
{
    uint32_t slots = m->table ? (m->mask + 1) * 2 : 256;
    m->table = W403_NEW_N(m->a, uint32_t, slots);
    m->mask = slots - 1;
    for (uint32_t i = 0; m->table && i < m->states.n; i++) {
        uint32_t at = (uint32_t)w403_hash(m->states.at[i].set, m->words * 8) & m->mask;
        while (m->table[at]) {
            at = (at + 1) & m->mask;
        }
        m->table[at] = i + 1;
    }
    return m->table != NULL;
}

/* A state that is new; false: memory. */
static bool add_state(w403_automaton *m, const uint64_t *set, uint32_t from, uint32_t symbol)
{
    uint32_t at = (uint32_t)w403_hash(set, m->words * 8) & m->mask;
    while (m->table[at]) {
        if (memcmp(m->states.at[m->table[at] - 1].set, set, m->words * 8) == 0) {
            return true;
        }
        at = (at + 1) & m->mask;
    }
    w403_automaton_state *s = W403_PUSH(m->a, &m->states);
    uint64_t *copy = s ? W403_NEW_N(m->a, uint64_t, m->words) : NULL;
    if (!copy) {
        return false;
    }
    memcpy(copy, set, m->words * sizeof *copy);
    *s = (w403_automaton_state){copy, from, symbol};
    m->table[at] = (uint32_t)m->states.n;
    return m->states.n * 2 < m->mask || grow_table(m);
}

static w403_view spell(w403_automaton *m, uint32_t i)
{
    size_t length = 0;
    char spare[4];
    for (uint32_t s = i; s; s = m->states.at[s].from) {
        length += w403_utf8_put(spare, m->symbols.at[m->states.at[s].symbol]);
    }
    char *text = w403_arena_alloc(m->a, length + 1);
    if (!text) {
        return (w403_view){NULL, 0};
    }
    size_t at = length;
    for (uint32_t s = i; s; s = m->states.at[s].from) {
        size_t n = w403_utf8_put(spare, m->symbols.at[m->states.at[s].symbol]);
        at -= n;
        memcpy(text + at, spare, n);
    }
    text[length] = 0;
    return (w403_view){text, length};
}

typedef struct found {
    w403_text_classes *out;
    uint32_t *table;
    uint32_t mask;
} found;

static bool grow_found(w403_automaton *m, found *f)
{
    size_t words = w403_automaton_words(m);
    uint32_t slots = f->table ? (f->mask + 1) * 2 : 64;
    f->table = W403_NEW_N(m->a, uint32_t, slots);
    f->mask = slots - 1;
    for (uint32_t i = 0; f->table && i < f->out->n; i++) {
        uint32_t at = (uint32_t)w403_hash(f->out->at[i].bits, words * 8) & f->mask;
        while (f->table[at]) {
            at = (at + 1) & f->mask;
        }
        f->table[at] = i + 1;
    }
    return f->table != NULL;
}

/* The class of a state, if it ends a text of the domain. */
static bool note(w403_automaton *m, found *f, uint32_t i, uint64_t *bits)
{
    size_t words = w403_automaton_words(m);
    if (!ended(m, m->states.at[i].set, bits)) {
        return true;
    }
    uint32_t at = (uint32_t)w403_hash(bits, words * 8) & f->mask;
    while (f->table[at]) {
        if (memcmp(f->out->at[f->table[at] - 1].bits, bits, words * 8) == 0) {
            return true;
        }
        at = (at + 1) & f->mask;
    }
    w403_text_class *c = W403_PUSH(m->a, f->out);
    uint64_t *copy = c ? W403_NEW_N(m->a, uint64_t, words) : NULL;
    if (!copy) {
        return false;
    }
    memcpy(copy, bits, words * 8);
    *c = (w403_text_class){copy, spell(m, i)};
    f->table[at] = (uint32_t)f->out->n;
    return c->witness.p && (f->out->n * 2 < f->mask || grow_found(m, f));
}

static bool dead(const w403_automaton *m, const uint64_t *set)
{
    uint64_t any = 0;
    for (size_t w = 0; w < m->words; w++) {
        any |= set[w] & (m->forms ? m->form_places[w] : UINT64_MAX);
    }
    return m->forms > 0 && any == 0;
}

bool w403_automaton_classes(w403_automaton *m, w403_budget *budget, w403_text_classes *out)
{
    found f = {.out = out};
    if (!prepare(m) || !grow_table(m) || !grow_found(m, &f)) {
        return false;
    }
    uint64_t *now = W403_NEW_N(m->a, uint64_t, 2 * m->words + w403_automaton_words(m));
    if (!now) {
        return false;
    }
    uint64_t *then = now + m->words, *bits = then + m->words;
    first_set(m, now);
    if (!add_state(m, now, 0, 0)) {
        return false;
    }
    for (uint32_t i = 0; i < m->states.n; i++) {
        if (!note(m, &f, i, bits)) {
            return false;
        }
        for (uint32_t s = 0; s < m->symbols.n; s++) {
            step(m, m->states.at[i].set, m->symbol_places + s * m->words, then);
            if (!dead(m, then) && !add_state(m, then, i, s)) {
                return false;
            }
        }
        if (m->states.n > budget->max_states) {
            w403_view what = w403_arena_printf(m->a, "%zu patterns", m->patterns);
            w403_budget_spend(budget, "max-states", budget->max_states, what);
            return false;
        }
        if (!w403_budget_time(budget) || !w403_budget_memory(budget, m->a)) {
            return false;
        }
    }
    return true;
}
