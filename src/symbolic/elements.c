#include "symbolic/elements.h"

#include "base/glob.h"
#include "symbolic/bits.h"

w403_elements *w403_elements_new(w403_arena *a, w403_elements_kind kind)
{
    w403_elements *e = W403_NEW(a, w403_elements);
    if (e) {
        e->arena = a;
        e->kind = kind;
    }
    return e;
}

static bool plain(const w403_language *l)
{
    return !l->literal || l->kind != W403_LANGUAGE_GLOB;
}

static bool same(const w403_language *a, const w403_language *b)
{
    return a->kind == b->kind && w403_view_eq(a->text, b->text) && plain(a) && plain(b) &&
           a->ignore_case == b->ignore_case && a->arn == b->arn && a->open == b->open && a->compare == b->compare &&
           a->instant == b->instant && a->truth == b->truth && memcmp(&a->cidr, &b->cidr, sizeof a->cidr) == 0;
}

static bool fits(w403_elements_kind kind, w403_language_kind l)
{
    switch (l) {
    case W403_LANGUAGE_NONE:
    case W403_LANGUAGE_ALL:
        return true;
    case W403_LANGUAGE_TEXT: /* one more value to look at */
        return true;
    case W403_LANGUAGE_GLOB:
    case W403_LANGUAGE_BYTES:
    case W403_LANGUAGE_HANGS:
        return kind == W403_ELEMENTS_TEXT || kind == W403_ELEMENTS_BOOL;
    case W403_LANGUAGE_BOOL:
        return kind == W403_ELEMENTS_BOOL;
    case W403_LANGUAGE_NUMBER:
        return kind == W403_ELEMENTS_NUMBER;
    case W403_LANGUAGE_DATE:
        return kind == W403_ELEMENTS_DATE;
    case W403_LANGUAGE_NET:
        return kind == W403_ELEMENTS_NET;
    }
    return false;
}

bool w403_elements_add(w403_elements *e, const w403_language *l)
{
    e->incomplete |= !fits(e->kind, l->kind);
    for (size_t i = 0; i < e->patterns.n; i++) {
        if (same(&e->patterns.at[i], l)) {
            return true;
        }
    }
    w403_language *slot = W403_PUSH(e->arena, &e->patterns);
    if (slot) {
        *slot = *l;
    }
    return slot != NULL;
}

static bool push(w403_arena *a, w403_texts *list, w403_view v)
{
    w403_view *slot = W403_PUSH(a, list);
    if (slot) {
        *slot = v;
    }
    return slot != NULL;
}

bool w403_elements_form(w403_elements *e, w403_view form)
{
    return form.p && push(e->arena, &e->forms, form);
}

bool w403_elements_favour(w403_elements *e, w403_view value)
{
    return value.p && push(e->arena, &e->favourites, value);
}

/* ---- texts ---- */

/* The pattern with `fill` for every star, and a letter for every question mark. */
static w403_view instance(w403_arena *a, const w403_language *l, w403_view fill)
{
    w403_buf b = {0};
    bool glob = l->kind == W403_LANGUAGE_GLOB;
    size_t colons = 0;
    for (size_t i = 0; i < l->text.n; i++) {
        bool wild = glob && !(l->literal && l->literal[i]);
        colons += l->text.p[i] == ':';
        if (wild && l->text.p[i] == '*') {
            bool account = l->arn && colons == 4, region = l->arn && colons == 3;
            w403_buf_put(&b, account ? W403_LIT("444455556666") : region ? W403_LIT("us-east-1") : fill);
        } else {
            w403_buf_putc(&b, wild && l->text.p[i] == '?' ? 'x' : l->text.p[i]);
        }
    }
    return w403_buf_take(&b, a);
}

static bool favour_patterns(w403_elements *e)
{
    static const char *const fills[] = {"a.csv", "someone", "x", "1", ""};
    size_t given = e->patterns.n;
    for (size_t i = 0; i < given; i++) {
        if (e->patterns.at[i].kind == W403_LANGUAGE_TEXT && !w403_elements_favour(e, e->patterns.at[i].text)) {
            return false;
        }
    }
    for (size_t f = 0; f < sizeof fills / sizeof *fills; f++) {
        for (size_t i = 0; i < given; i++) {
            if (e->patterns.at[i].kind == W403_LANGUAGE_GLOB &&
                !w403_elements_favour(e, instance(e->arena, &e->patterns.at[i], w403_view_of(fills[f])))) {
                return false;
            }
        }
    }
    return true;
}

/* A witness that a person would write, where one fits. */
static void take_favourites(w403_elements *e, const w403_automaton *m, w403_budget *budget)
{
    size_t words = w403_automaton_words(m);
    uint64_t *bits = W403_NEW_N(e->arena, uint64_t, words);
    bool *taken = W403_NEW_N(e->arena, bool, e->list.n + 1);
    for (size_t f = 0; bits && taken && f < e->favourites.n && w403_budget_time(budget); f++) {
        if (!w403_automaton_read(m, e->favourites.at[f], bits)) {
            continue;
        }
        for (size_t i = 0; i < e->list.n; i++) {
            if (!taken[i] && memcmp(e->list.at[i].bits, bits, words * sizeof *bits) == 0) {
                taken[i] = true;
                e->list.at[i].value = e->favourites.at[f];
                e->list.at[i].nice = true;
                break;
            }
        }
    }
}

static void note_literals(w403_elements *e)
{
    for (size_t i = 0; i < e->list.n; i++) {
        for (size_t p = 0; p < e->patterns.n; p++) {
            const w403_language *l = &e->patterns.at[p];
            bool one = l->kind == W403_LANGUAGE_TEXT && !l->ignore_case;
            one |= l->kind == W403_LANGUAGE_GLOB && !l->literal && !w403_has_wildcard(l->text) && !l->open;
            if (one && w403_bit(e->list.at[i].bits, p)) {
                e->list.at[i].literal = e->list.at[i].nice = true;
                e->list.at[i].value = l->text;
            }
        }
    }
}

static bool texts(w403_elements *e, w403_budget *budget)
{
    w403_automaton *m = w403_automaton_new(e->arena);
    w403_text_classes found = {0};
    bool good = m != NULL;
    for (size_t i = 0; i < e->patterns.n && good; i++) {
        good = w403_automaton_add(m, &e->patterns.at[i]);
    }
    for (size_t i = 0; i < e->forms.n && good; i++) {
        good = w403_automaton_domain(m, e->forms.at[i]);
    }
    if (!good) {
        return false;
    }
    bool whole = w403_automaton_classes(m, budget, &found);
    if (!whole && !budget->spent) { /* memory */
        return false;
    }
    for (size_t i = 0; i < found.n; i++) {
        w403_value_class *x = W403_PUSH(e->arena, &e->list);
        if (!x) {
            return false;
        }
        *x = (w403_value_class){.value = found.at[i].witness, .bits = found.at[i].bits};
    }
    e->automaton = m;
    if (!favour_patterns(e)) {
        return false;
    }
    take_favourites(e, m, budget);
    note_literals(e);
    return whole;
}

static bool booleans(w403_elements *e)
{
    static const char *const words[] = {"true", "false"};
    for (size_t i = 0; i < 2; i++) {
        w403_value_class *x = W403_PUSH(e->arena, &e->list);
        if (!x) {
            return false;
        }
        *x = (w403_value_class){.value = w403_view_of(words[i]), .literal = true};
    }
    return true;
}

bool w403_elements_close(w403_elements *e, w403_budget *budget)
{
    switch (e->kind) {
    case W403_ELEMENTS_TEXT:
        return texts(e, budget);
    case W403_ELEMENTS_NUMBER:
        return w403_elements_numbers(e);
    case W403_ELEMENTS_DATE:
        return w403_elements_dates(e);
    case W403_ELEMENTS_NET:
        return w403_elements_nets(e);
    case W403_ELEMENTS_BOOL:
        return booleans(e);
    }
    return false;
}
