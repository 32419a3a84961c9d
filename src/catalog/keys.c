/* Condition keys. A name may end in a free part (aws:PrincipalTag/Team), or, for a few sign-in providers, hold one
 * in its middle. */
#include "catalog/tables.h"

static uint16_t key_of_word(w403_view word, bool param)
{
    uint32_t row = w403_index_find(&w403_t_key_index, word);
    return row == W403_INDEX_NONE || w403_t_keys[row].param != param ? W403_KEY_NONE : (uint16_t)row;
}

/* The generator proves that a free part follows the first `/` or the second `:` (kms:EncryptionContext:Team). */
static uint16_t find_with_free_end(w403_view name, w403_view *param)
{
    size_t slash = w403_view_find_char(name, '/'), first = w403_view_find_char(name, ':'), second = SIZE_MAX;
    if (first != SIZE_MAX) {
        second = w403_view_find_char(w403_view_sub(name, first + 1, name.n), ':');
        if (second != SIZE_MAX)
            second += first + 1;
    }
    size_t cuts[2] = {slash, second};
    for (size_t i = 0; i < 2; i++) {
        if (cuts[i] == SIZE_MAX || cuts[i] + 1 == name.n)
            continue;
        uint16_t id = key_of_word(w403_view_sub(name, 0, cuts[i] + 1), true);
        if (id != W403_KEY_NONE) {
            *param = w403_view_sub(name, cuts[i] + 1, name.n);
            return id;
        }
    }
    return W403_KEY_NONE;
}

static uint16_t find_with_free_middle(w403_view name, w403_view *param)
{
    for (size_t i = 0; i < w403_t_n_inner_keys; i++) {
        const w403_inner_key *k = &w403_t_inner_keys[i];
        w403_view before = w403_view_of(k->before), after = w403_view_of(k->after);
        if (name.n <= before.n + after.n || !w403_view_ieq(w403_view_sub(name, 0, before.n), before) ||
            !w403_view_ieq(w403_view_sub(name, name.n - after.n, name.n), after))
            continue;
        *param = w403_view_sub(name, before.n, name.n - after.n);
        return k->id;
    }
    return W403_KEY_NONE;
}

uint16_t w403_key_find(w403_view name, w403_view *param)
{
    w403_view free_part = {NULL, 0};
    uint16_t  id = key_of_word(name, false);
    if (id == W403_KEY_NONE)
        id = find_with_free_end(name, &free_part);
    if (id == W403_KEY_NONE)
        id = find_with_free_middle(name, &free_part);
    if (param != NULL)
        *param = free_part;
    return id;
}

const w403_key *w403_key_at(uint16_t id)
{
    return id != W403_KEY_NONE && id < W403_KEY_COUNT ? &w403_t_keys[id] : NULL;
}
