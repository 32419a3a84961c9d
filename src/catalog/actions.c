/* Actions: the dense universe that bit sets are made of, and the names of every AWS action. */
#include "base/glob.h"
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

static bool service_has(const w403_service *service, w403_view pattern, bool wild)
{
    w403_view rest = w403_view_of(service->actions);
    while (rest.n != 0) {
        w403_view name = w403_view_cut(&rest, ' ');
        if (wild ? w403_iglob(pattern, name) : w403_view_ieq(pattern, name))
            return true;
    }
    return false;
}

/* IAM allows no wildcard in the service part, but the lone `*` (P10); we look all the same, so that a linter can
 * say both things. */
static w403_tri exists_in_any(w403_view prefix, w403_view name)
{
    w403_tri found = W403_UNKNOWN;
    for (uint32_t i = 0; i < w403_t_service_index.count; i++) {
        if (!w403_iglob(prefix, w403_view_of(w403_t_services[i].prefix)))
            continue;
        if (service_has(&w403_t_services[i], name, true))
            return W403_YES;
        found = W403_NO;
    }
    return found;
}

w403_tri w403_action_exists(w403_view pattern)
{
    if (w403_view_eq(pattern, W403_LIT("*")))
        return W403_YES;
    if (w403_action_find(pattern) != W403_ACTION_NONE)
        return W403_YES;
    size_t colon = w403_view_find_char(pattern, ':');
    if (colon == SIZE_MAX)
        return W403_NO;
    w403_view prefix = w403_view_sub(pattern, 0, colon), name = w403_view_sub(pattern, colon + 1, pattern.n);
    if (w403_has_wildcard(prefix))
        return exists_in_any(prefix, name);
    uint32_t row = w403_index_find(&w403_t_service_index, prefix);
    if (row == W403_INDEX_NONE)
        return W403_UNKNOWN;
    return service_has(&w403_t_services[row], name, w403_has_wildcard(name)) ? W403_YES : W403_NO;
}
