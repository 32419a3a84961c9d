/* Lookup by name in the generated tables. */
#include "catalog/tables.h"

/* FNV-1a of the lower-cased name; tools/gen_catalog.py fills the slots by the same one. */
static uint32_t hash_name(w403_view name)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char)w403_lower(name.p[i])) * 16777619u;
    return h;
}

w403_view w403_index_name(const w403_index *ix, uint32_t row)
{
    const char *at = (const char *)ix->rows + row * ix->stride;
    const char *name;
    memcpy(&name, at, sizeof name);
    return w403_view_of(name);
}

uint32_t w403_index_next(const w403_index *ix, w403_view name, uint32_t *probe)
{
    uint32_t h = hash_name(name);
    /* Ends: the table is at most half full, so there is an empty slot. */
    for (;;) {
        uint16_t slot = ix->slots[(h + *probe) & ix->mask];
        if (slot == 0)
            return W403_INDEX_NONE;
        (*probe)++;
        w403_view there = w403_index_name(ix, slot - 1u);
        if (w403_view_eq(there, name) || w403_view_ieq(there, name)) /* most names are spelled as AWS does */
            return slot - 1u;
    }
}

uint32_t w403_index_find(const w403_index *ix, w403_view name)
{
    uint32_t probe = 0;
    return w403_index_next(ix, name, &probe);
}
