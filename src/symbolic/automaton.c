/* A run over one text, and the determinising; automaton_build.c makes the places, automaton_alphabet.c the symbols. */
#include "base/hash.h"
#include "base/utf8.h"
#include "symbolic/automaton_parts.h"

static bool prepare(w403_automaton *m)
{
    m->words = (m->places.n + 63) / 64;
    m->loops = W403_NEW_N(m->a, uint64_t, 3 * m->words);
    if (!m->loops || !w403_automaton_alphabet(m) || !w403_automaton_readers(m)) {
        return false;
    }
    m->skips = m->loops + m->words;
    m->form_places = m->skips + m->words;
    for (size_t i = 0; i < m->places.n; i++) {
        const w403_automaton_place *p = &m->places.at[i];
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
    return true;
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

/* Behind the places of `now`, each of which reads one character. */
static void step(const w403_automaton *m, const uint64_t *now, uint64_t *out)
{
    uint64_t carry = 0;
    for (size_t w = 0; w < m->words; w++) {
        uint64_t on = now[w] & ~m->loops[w];
        out[w] = (now[w] & m->loops[w]) | on << 1 | carry;
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
    uint64_t small[2 * SMALL];
    uint64_t *now = m->words <= SMALL ? small : W403_NEW_N(m->a, uint64_t, 2 * m->words);
    if (!now) {
        return false;
    }
    uint64_t *then = now + m->words;
    first_set(m, now);
    for (size_t i = 0; i < text.n;) {
        const uint64_t *readers = m->symbol_places + w403_automaton_symbol(m, w403_utf8_next(text, &i)) * m->words;
        for (size_t w = 0; w < m->words; w++) {
            now[w] &= readers[w];
        }
        step(m, now, then);
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
    m->table = W403_NEW_N(m->work, uint32_t, slots);
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
    w403_automaton_state *s = W403_PUSH(m->work, &m->states);
    uint64_t *copy = s ? w403_arena_alloc(m->work, m->words * sizeof *copy) : NULL;
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
    f->table = W403_NEW_N(m->work, uint32_t, slots);
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

/* The places of a state that read a symbol. False: none of a form does, so that no text of the domain goes on so. */
static bool readers_of(const w403_automaton *m, const uint64_t *set, size_t symbol, uint64_t *now)
{
    const uint64_t *readers = m->symbol_places + symbol * m->words;
    uint64_t any = 0;
    for (size_t w = 0; w < m->words; w++) {
        now[w] = set[w] & readers[w];
        any |= now[w] & m->form_places[w];
    }
    return any != 0 || m->forms == 0;
}

/* The states that a state goes on to. */
static bool follow(w403_automaton *m, uint32_t i, uint64_t *now, uint64_t *before, uint64_t *then)
{
    bool any = false;
    for (uint32_t s = 0; s < m->tried; s++) {
        if (!readers_of(m, m->states.at[i].set, s, now) ||
            (any && memcmp(now, before, m->words * sizeof *now) == 0)) { /* the one before went there too */
            continue;
        }
        any = true;
        memcpy(before, now, m->words * sizeof *now);
        step(m, now, then);
        if (!add_state(m, then, i, s)) {
            return false;
        }
    }
    return true;
}

static bool determinise(w403_automaton *m, w403_budget *budget, w403_text_classes *out)
{
    found f = {.out = out};
    if (!prepare(m) || !grow_table(m) || !grow_found(m, &f)) {
        return false;
    }
    uint64_t *now = W403_NEW_N(m->work, uint64_t, 3 * m->words + w403_automaton_words(m));
    if (!now) {
        return false;
    }
    uint64_t *before = now + m->words, *then = before + m->words, *bits = then + m->words;
    first_set(m, now);
    if (!add_state(m, now, 0, 0)) {
        return false;
    }
    for (uint32_t i = 0; i < m->states.n; i++) {
        if (!note(m, &f, i, bits) || !follow(m, i, now, before, then)) {
            return false;
        }
        if (m->states.n > budget->max_states) {
            w403_view what = w403_arena_printf(m->a, "%zu patterns", m->patterns);
            w403_budget_spend(budget, "max-states", budget->max_states, what);
            return false;
        }
        if (!w403_budget_time(budget) ||
            !w403_budget_memory(budget, w403_arena_used(m->a) + w403_arena_used(m->work))) {
            return false;
        }
    }
    return true;
}

bool w403_automaton_classes(w403_automaton *m, w403_budget *budget, w403_text_classes *out)
{
    m->work = w403_arena_new(0);
    bool good = m->work && determinise(m, budget, out);
    w403_arena_free(m->work);
    m->work = NULL;
    m->states.n = 0;
    return good;
}
