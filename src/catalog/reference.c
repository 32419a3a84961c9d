/* Look-ups in the service reference. */
#include "base/glob.h"
#include "catalog/reference_tables.h"
#include "catalog/tables.h"

static w403_view text_at(uint32_t offset)
{
    return w403_view_of(w403_r_text + offset);
}

/* The small WebAssembly module holds some services alone. A look at the rows of another ends the question there: the host
 * asks it of the whole module. */
#ifdef W403_CORE
_Noreturn void w403_elsewhere(void);

static void look_at(uint32_t service)
{
    if (w403_r_services[service].elsewhere) {
        w403_elsewhere();
    }
}
#else
static inline void look_at(uint32_t service)
{
    (void)service;
}
#endif

/* Without case, bytewise: the order of the generator. */
static int compare_names(w403_view a, const char *b)
{
    size_t i = 0;
    while (i < a.n && a.p[i] == b[i] && b[i]) /* most names are spelled as AWS does */
        i++;
    for (; i < a.n; i++) {
        unsigned char x = (unsigned char)w403_lower(a.p[i]), y = (unsigned char)w403_lower(b[i]);
        if (x != y || !y)
            return x < y ? -1 : 1;
    }
    return b[a.n] ? -1 : 0;
}

/* ---- services ---- */

/* Of rows [low, high), in that order; `stride` bytes apart, each beginning with the offset of its name. */
static uint32_t find_name(const void *rows, size_t stride, uint32_t low, uint32_t high, w403_view name)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, offset;
        memcpy(&offset, (const char *)rows + middle * stride, sizeof offset);
        int order = compare_names(name, w403_r_text + offset);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return W403_REF_NONE;
}

uint32_t w403_ref_service(w403_view prefix)
{
    return find_name(w403_r_services, sizeof *w403_r_services, 0, w403_r_services_count, prefix);
}

uint32_t w403_ref_service_count(void)
{
    return w403_r_services_count;
}

w403_view w403_ref_service_prefix(uint32_t service)
{
    return text_at(w403_r_services[service].prefix);
}

bool w403_ref_service_retired(uint32_t service)
{
    return w403_r_services[service].retired != 0;
}

uint32_t w403_ref_key_service(w403_view prefix)
{
    for (uint32_t i = 0; i < w403_r_aliases_count; i++) {
        if (w403_view_ieq(prefix, text_at(w403_r_aliases[i].name)))
            return w403_ref_service(text_at(w403_r_aliases[i].value));
    }
    return w403_ref_service(prefix);
}

/* ---- actions ---- */

void w403_ref_actions(uint32_t service, uint32_t *first, uint32_t *end)
{
    look_at(service);
    *first = w403_r_services[service].first_action;
    *end = *first + w403_r_services[service].n_actions;
}

uint32_t w403_ref_action(uint32_t service, w403_view name)
{
    uint32_t first, end, at = w403_index_hash(name) + service * W403_R_SERVICE_STEP;
    w403_ref_actions(service, &first, &end);
    for (;; at++) { /* ends: half of the slots are empty */
        uint32_t row = w403_r_action_slots[at & (w403_r_action_slots_count - 1)];
        if (!row)
            return W403_REF_NONE;
        if (row > first && row <= end && compare_names(name, w403_r_text + w403_r_actions[row - 1].name) == 0)
            return row - 1;
    }
}

w403_view w403_ref_action_name(uint32_t action)
{
    return text_at(w403_r_actions[action].name);
}

const uint16_t *w403_ref_action_types(uint32_t action)
{
    return w403_r_pool + w403_r_actions[action].types;
}

const uint16_t *w403_ref_action_keys(uint32_t action)
{
    return w403_r_pool + w403_r_actions[action].keys;
}

static bool list_has(const uint16_t *id, w403_view key)
{
    for (; *id; id++) {
        if (w403_view_ieq(key, text_at(w403_r_keys[*id - 1].name)))
            return true;
    }
    return false;
}

bool w403_ref_action_has_key(uint32_t action, w403_view key)
{
    return list_has(w403_ref_action_keys(action), key);
}

bool w403_ref_type_has_key(uint32_t type, w403_view key)
{
    return list_has(w403_r_pool + w403_r_types[type].keys, key);
}

static size_t literal_length(w403_view pattern)
{
    size_t n = 0;
    while (n < pattern.n && pattern.p[n] != '*' && pattern.p[n] != '?')
        n++;
    return n;
}

/* The first action of [low, high) whose name does not come before the text. */
static uint32_t first_from(uint32_t low, uint32_t high, w403_view text)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_names(text, w403_r_text + w403_r_actions[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t w403_ref_action_match(uint32_t service, w403_view pattern, uint32_t from)
{
    uint32_t first, end;
    w403_ref_actions(service, &first, &end);
    if (!w403_has_wildcard(pattern)) {
        uint32_t found = w403_ref_action(service, pattern);
        return found != W403_REF_NONE && found >= from ? found : W403_REF_NONE;
    }
    w403_view literal = w403_view_sub(pattern, 0, literal_length(pattern));
    first = first_from(first, end, literal);
    for (uint32_t i = from > first ? from : first; i < end; i++) {
        w403_view name = text_at(w403_r_actions[i].name);
        if (name.n < literal.n || !w403_view_ieq(w403_view_sub(name, 0, literal.n), literal))
            break; /* beyond all that begin so */
        if (w403_iglob(pattern, name))
            return i;
    }
    return W403_REF_NONE;
}

/* IAM allows no wildcard in the service part, but the lone `*` (P10); we look all the same, so that a check can
 * say what such a pattern would be. */
static w403_tri exists_in_any(w403_view prefix, w403_view name)
{
    w403_tri found = W403_UNKNOWN;
    for (uint32_t i = 0; i < w403_r_services_count; i++) {
        if (w403_r_services[i].retired || !w403_iglob(prefix, text_at(w403_r_services[i].prefix)))
            continue;
        if (w403_ref_action_match(i, name, 0) != W403_REF_NONE)
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
    uint32_t service = w403_ref_service(prefix);
    if (service == W403_REF_NONE || w403_ref_service_retired(service))
        return W403_UNKNOWN;
    return w403_ref_action_match(service, name, 0) != W403_REF_NONE ? W403_YES : W403_NO;
}

/* ---- keys, types, Regions ---- */

const uint16_t *w403_ref_service_keys(uint32_t service)
{
    look_at(service);
    return w403_r_pool + w403_r_services[service].keys;
}

uint32_t w403_ref_find_key(uint32_t service, w403_view name)
{
    for (const uint16_t *id = w403_ref_service_keys(service); *id; id++) {
        if (w403_ref_key_matches(*id - 1u, name))
            return *id - 1u;
    }
    return W403_REF_NONE;
}

bool w403_ref_key_matches(uint32_t key, w403_view name)
{
    return w403_iglob(text_at(w403_r_keys[key].pattern), name);
}

w403_ref_key w403_ref_key_at(uint32_t key)
{
    const w403_r_key *k = &w403_r_keys[key];
    return (w403_ref_key){text_at(k->name), (w403_key_type)k->type, k->multi != 0};
}

void w403_ref_types(uint32_t service, uint32_t *first, uint32_t *end)
{
    look_at(service);
    *first = w403_r_services[service].first_type;
    *end = *first + w403_r_services[service].n_types;
}

w403_view w403_ref_type_name(uint32_t type)
{
    return text_at(w403_r_types[type].name);
}

w403_view w403_ref_type_glob(uint32_t type)
{
    return text_at(w403_r_types[type].glob);
}

w403_ref_format w403_ref_type_format(uint32_t type)
{
    const w403_r_type *t = &w403_r_types[type];
    const char *glob = w403_r_text + t->glob;
    return (w403_ref_format){{glob + t->service, t->service_length}, {glob + t->resource, t->resource_length}, t->region != 0,
                             t->account != 0};
}

bool w403_ref_arn_service(w403_view service)
{
    uint32_t known = w403_ref_service(service), type, end;
    if (known != W403_REF_NONE && w403_view_eq(w403_ref_service_prefix(known), service)) {
        return true;
    }
    for (uint32_t s = 0; s < w403_r_services_count; s++) {
        for (w403_ref_types(s, &type, &end); type < end; type++) {
            if (w403_view_eq(w403_ref_type_format(type).service, service)) {
                return true;
            }
        }
    }
    return false;
}

bool w403_ref_region(w403_view region)
{
    for (uint32_t i = 0; i < w403_r_regions_count; i++) {
        if (w403_view_eq(region, text_at(w403_r_regions[i].name)))
            return true;
    }
    return false;
}

bool w403_ref_partition(w403_view partition)
{
    for (uint32_t i = 0; i < w403_r_partitions_count; i++) {
        if (w403_view_eq(partition, text_at(w403_r_partitions[i])))
            return true;
    }
    return false;
}
