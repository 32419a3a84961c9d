/* Indexes of all policy sets, built once everything is loaded. A set without one is slower, never wrong. */
#include "policy/index.h"
#include "snapshot/snapshot.h"

static void index_set(w403_snapshot *s, w403_policy_set *set)
{
    if (set->n && !set->index) {
        set->index = w403_index_build(s->arena, set->at, set->n);
    }
}

/* Entities of one kind; each stands in the map once. */
static void index_entities(w403_snapshot *s, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        w403_entity *e = m->slots[i].value;
        if (e) {
            index_set(s, &e->identity);
        }
    }
}

static void index_account(w403_snapshot *s, w403_account *a)
{
    index_entities(s, &a->users);
    index_entities(s, &a->roles);
    for (uint32_t i = 0; i < a->n_buckets; i++) {
        index_set(s, &a->buckets[i]->policy_set);
    }
}

static void index_keys(w403_snapshot *s)
{
    for (size_t i = 0; i < s->keys.cap; i++) {
        w403_kms_key *k = s->keys.slots[i].value;
        if (k) {
            index_set(s, &k->policy_set);
        }
    }
}

static void index_access_points(w403_snapshot *s)
{
    for (size_t i = 0; i < s->access_points.cap; i++) {
        w403_access_point *ap = s->access_points.slots[i].value;
        if (ap) {
            index_set(s, &ap->policy_set);
        }
    }
}

void w403_snapshot_index(w403_snapshot *s)
{
    for (uint32_t i = 0; i < s->n_accounts; i++) {
        index_account(s, s->account_list[i]);
    }
    for (uint32_t i = 0; i < s->n_endpoints; i++) {
        index_set(s, &s->endpoint_list[i]->policy_set);
    }
    index_keys(s);
    index_access_points(s);
}
