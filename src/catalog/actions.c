/* Actions: the dense universe that bit sets are made of. */
#include "catalog/tables.h"

_Static_assert(W403_ACTION_COUNT <= 512, "w403_statement.catalog_actions has 512 bits");

uint16_t w403_action_find(w403_view name)
{
    uint32_t row = w403_index_find(&w403_t_action_index, name);
    return row == W403_INDEX_NONE ? W403_ACTION_NONE : (uint16_t)row;
}

const w403_action *w403_action_at(uint16_t id)
{
    return id < W403_ACTION_COUNT ? &w403_t_actions[id] : NULL;
}

bool w403_action_has_key(uint16_t action, uint16_t key)
{
    if (action >= W403_ACTION_COUNT || key == W403_KEY_NONE || key >= W403_KEY_COUNT)
        return false;
    return (w403_t_action_keys[action][key / 8] >> (key % 8)) & 1;
}
