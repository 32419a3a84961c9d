#include "fix/world.h"

/* ---- texts ---- */

w403_view w403_policy_text(const w403_policy *p)
{
    return p->embedded ? p->doc.text
                       : w403_view_sub(p->doc.text, p->file_span.off, (size_t)p->file_span.off + p->file_span.len);
}

w403_policy *w403_world_policy(w403_world *w, w403_policy_kind kind, w403_view source, w403_view text)
{
    w403_policy *p = NULL;
    w403_status status = w403_policy_parse(w->arena, kind, source, text, NULL, &p, NULL);
    w->nomem |= status == W403_NOMEM;
    return status == W403_OK ? p : NULL;
}

/* ---- writes ---- */

void w403_world_write(w403_world *w, void *at, const void *value, size_t size)
{
    w403_world_undo *u = W403_PUSH(w->log, &w->undo);
    void *was = w403_arena_alloc(w->log, size);
    if (!u || !was) {
        w->nomem = true;
        w->undo.n -= u != NULL;
        return;
    }
    memcpy(was, at, size);
    *u = (w403_world_undo){at, was, size};
    memcpy(at, value, size);
}

size_t w403_world_mark(const w403_world *w)
{
    return w->undo.n;
}

void w403_world_back(w403_world *w, size_t mark)
{
    while (w->undo.n > mark) {
        const w403_world_undo *u = &w->undo.at[--w->undo.n];
        memcpy(u->at, u->was, u->size);
    }
    while (w->owned.n > 0 && w->owned.at[w->owned.n - 1].mark >= mark) {
        w403_policies_free(w->owned.at[--w->owned.n].policies);
    }
}

/* ---- the copy ---- */

/* Old struct -> new struct. */
typedef struct twins {
    w403_world *w;
    w403_map map;
} twins; /* they stay as long as the world */

static void *twin(twins *t, const void *old, size_t size)
{
    if (!old) {
        return NULL;
    }
    w403_view key = {(const char *)&old, sizeof old};
    void *copy = w403_map_get(&t->map, key);
    if (copy) {
        return copy;
    }
    key = w403_arena_copy(t->w->log, key);
    copy = w403_arena_alloc(t->w->log, size);
    if (!key.p || !copy || !w403_map_put(t->w->log, &t->map, key, copy)) {
        t->w->nomem = true;
        return NULL;
    }
    memcpy(copy, old, size);
    return copy;
}

/* The same slots, each value replaced by its twin. */
static void twin_map(twins *t, w403_map *m, size_t size)
{
    if (!m->cap) {
        return;
    }
    struct w403_map_slot *slots = w403_arena_alloc(t->w->log, m->cap * sizeof *slots);
    if (!slots) {
        *m = (w403_map){0}; /* else the copy would hold the base's own structs, and write into them */
        t->w->nomem = true;
        return;
    }
    memcpy(slots, m->slots, m->cap * sizeof *slots);
    for (size_t i = 0; i < m->cap; i++) {
        slots[i].value = twin(t, slots[i].value, size);
    }
    m->slots = slots;
}

static void *twin_array(twins *t, const void *old, size_t n, size_t size)
{
    void *copy = w403_arena_alloc(t->w->log, n * size);
    if (!copy) {
        t->w->nomem = true;
        return NULL;
    }
    if (n) {
        memcpy(copy, old, n * size);
    }
    return copy;
}

static void own_set(twins *t, w403_policy_set *set)
{
    set->at = twin_array(t, set->at, set->n, sizeof *set->at);
    set->index = NULL; /* of the old statements */
    set->n = set->at ? set->n : 0;
}

static void own_entities(twins *t, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        w403_entity *e = m->slots[i].value;
        if (e) {
            own_set(t, &e->identity);
            own_set(t, &e->trust_set);
            e->account = twin(t, e->account, sizeof *e->account);
        }
    }
}

static void own_account(twins *t, w403_account *a)
{
    twin_map(t, &a->users, sizeof(w403_entity));
    twin_map(t, &a->roles, sizeof(w403_entity));
    twin_map(t, &a->by_arn, sizeof(w403_entity));
    twin_map(t, &a->by_unique_id, sizeof(w403_entity));
    own_entities(t, &a->users);
    own_entities(t, &a->roles);
    w403_org_level *levels = twin_array(t, a->levels, a->n_levels, sizeof *levels);
    for (uint32_t i = 0; levels && i < a->n_levels; i++) {
        own_set(t, &levels[i].scps);
        own_set(t, &levels[i].rcps);
    }
    a->levels = levels;
}

static void own_buckets(twins *t, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        w403_bucket *b = m->slots[i].value;
        if (b) {
            b->account = twin(t, b->account, sizeof *b->account);
            own_set(t, &b->policy_set);
        }
    }
}

static void own_access_points(twins *t, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        w403_access_point *ap = m->slots[i].value;
        if (ap) { /* one that is listed by ARN and by alias gets its set copied twice: no harm */
            ap->account = twin(t, ap->account, sizeof *ap->account);
            own_set(t, &ap->policy_set);
        }
    }
}

static void own_keys_and_endpoints(twins *t, w403_snapshot *s)
{
    for (size_t i = 0; i < s->keys.cap; i++) {
        w403_kms_key *k = s->keys.slots[i].value;
        if (k) {
            k->account = twin(t, k->account, sizeof *k->account);
            own_set(t, &k->policy_set);
        }
    }
    for (size_t i = 0; i < s->endpoints.cap; i++) {
        w403_vpc_endpoint *e = s->endpoints.slots[i].value;
        if (e) {
            e->account = twin(t, e->account, sizeof *e->account);
            own_set(t, &e->policy_set);
        }
    }
}

static void own_lists(twins *t, w403_snapshot *s)
{
    s->account_list = twin_array(t, s->account_list, s->n_accounts, sizeof *s->account_list);
    s->endpoint_list = twin_array(t, s->endpoint_list, s->n_endpoints, sizeof *s->endpoint_list);
    for (uint32_t i = 0; s->account_list && i < s->n_accounts; i++) {
        s->account_list[i] = twin(t, s->account_list[i], sizeof(w403_account));
    }
    for (uint32_t i = 0; s->endpoint_list && i < s->n_endpoints; i++) {
        s->endpoint_list[i] = twin(t, s->endpoint_list[i], sizeof(w403_vpc_endpoint));
    }
}

/* Twins come before what they point to is owned: a struct is copied once and then written once. */
static w403_snapshot *copy_snapshot(w403_world *w, const w403_snapshot *base)
{
    twins t = {.w = w};
    w403_snapshot *s = twin_array(&t, base, 1, sizeof *s);
    if (!s) {
        return NULL;
    }
    twin_map(&t, &s->accounts, sizeof(w403_account));
    twin_map(&t, &s->by_canonical, sizeof(w403_account));
    twin_map(&t, &s->entities, sizeof(w403_entity));
    twin_map(&t, &s->buckets, sizeof(w403_bucket));
    twin_map(&t, &s->access_points, sizeof(w403_access_point));
    twin_map(&t, &s->keys, sizeof(w403_kms_key));
    twin_map(&t, &s->key_aliases, sizeof(w403_kms_key));
    twin_map(&t, &s->endpoints, sizeof(w403_vpc_endpoint));
    own_lists(&t, s);
    if (w->nomem) {
        return NULL;
    }
    for (size_t i = 0; i < s->accounts.cap; i++) {
        if (s->accounts.slots[i].value) {
            own_account(&t, s->accounts.slots[i].value);
        }
    }
    own_buckets(&t, &s->buckets);
    own_access_points(&t, &s->access_points);
    own_keys_and_endpoints(&t, s);
    return w->nomem ? NULL : s;
}

w403_status w403_world_open(w403_world *w, const w403_snapshot *snapshot, const w403_policies *policies,
                            const w403_request *request, w403_arena *arena, w403_error *err)
{
    *w = (w403_world){.arena = arena, .log = arena, .policies = policies, .request = *request};
    const w403_given_policy *list = w403_policies_list(policies, &w->n_given);
    w->given = W403_NEW_N(arena, w403_world_given, w->n_given);
    W403_NEED(w->given, err);
    for (size_t i = 0; i < w->n_given; i++) {
        const w403_policy *p = list[i].policy;
        w->given[i] = (w403_world_given){list[i].kind, list[i].level, p->doc.source, w403_policy_text(p)};
    }
    if (snapshot) {
        w->snapshot = copy_snapshot(w, snapshot);
        W403_NEED(w->snapshot, err);
    }
    return W403_OK;
}

void w403_world_close(w403_world *w)
{
    for (size_t i = 0; i < w->owned.n; i++) {
        w403_policies_free(w->owned.at[i].policies);
    }
    w->owned.n = 0;
}

void w403_world_again(w403_world *w, const w403_request *request, w403_arena *arena)
{
    w403_world_back(w, 0);
    w403_world_close(w);
    memset(&w->undo, 0, sizeof w->undo);
    memset(&w->owned, 0, sizeof w->owned);
    w->request = *request;
    w->arena = w->log = arena;
}

/* ---- policies given by hand ---- */

static w403_status give_all(w403_policies *ps, const w403_world_given *at, size_t n, w403_error *err)
{
    for (size_t i = 0; i < n; i++) {
        W403_TRY(w403_policies_add(ps, at[i].kind, at[i].level, at[i].source, at[i].text, err));
    }
    return W403_OK;
}

w403_status w403_world_give(w403_world *w, size_t index, const w403_world_given *given, const w403_policy **made,
                            w403_error *err)
{
    size_t n = index < w->n_given ? w->n_given : w->n_given + 1;
    w403_world_given *list = W403_NEW_N(w->arena, w403_world_given, n);
    w403_world_owned *slot = W403_PUSH(w->log, &w->owned);
    W403_NEED(slot, err);
    *slot = (w403_world_owned){w403_policies_new(), w->undo.n};
    const w403_policies *ps = slot->policies;
    W403_NEED(list && ps, err);
    if (w->n_given) {
        memcpy(list, w->given, w->n_given * sizeof *list);
    }
    list[index] = *given;
    W403_TRY(give_all(slot->policies, list, n, err));
    *made = w403_policies_list(ps, &n)[index].policy;
    w403_world_write(w, &w->given, &list, sizeof list);
    w403_world_write(w, &w->n_given, &n, sizeof n);
    w403_world_write(w, &w->policies, &ps, sizeof ps);
    return w->nomem ? w403_error_nomem(err) : W403_OK;
}

size_t w403_world_given_index(const w403_world *w, const w403_policy *policy)
{
    size_t n = 0;
    const w403_given_policy *list = w403_policies_list(w->policies, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i].policy == policy) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- policies of the snapshot ---- */

typedef struct swap {
    w403_world *w;
    const w403_policy *old, *with;
} swap;

static void swap_one(const swap *s, const w403_policy **at)
{
    if (*at == s->old) {
        w403_world_write(s->w, at, &s->with, sizeof s->with);
    }
}

static void swap_set(const swap *s, const w403_policy_set *set)
{
    const w403_policy **at = (const w403_policy **)(uintptr_t)set->at; /* the copy's own: own_set */
    for (uint32_t i = 0; i < set->n; i++) {
        swap_one(s, &at[i]);
    }
}

static void swap_entities(const swap *s, const w403_map *m)
{
    for (size_t i = 0; i < m->cap; i++) {
        w403_entity *e = m->slots[i].value;
        if (e) {
            swap_set(s, &e->identity);
            swap_one(s, &e->boundary);
            swap_set(s, &e->trust_set);
            swap_one(s, &e->trust);
        }
    }
}

static void swap_account(const swap *s, w403_account *a)
{
    swap_entities(s, &a->users);
    swap_entities(s, &a->roles);
    for (uint32_t i = 0; i < a->n_levels; i++) {
        swap_set(s, &a->levels[i].scps);
        swap_set(s, &a->levels[i].rcps);
    }
}

#define SWAP_HOLDERS(swap_, map_, type_)                                                                             \
    for (size_t i = 0; i < (map_)->cap; i++) {                                                                       \
        type_ *holder = (map_)->slots[i].value;                                                                      \
        if (holder) {                                                                                                \
            swap_one((swap_), &holder->policy);                                                                      \
            swap_set((swap_), &holder->policy_set);                                                                  \
        }                                                                                                            \
    }

void w403_world_replace(w403_world *w, const w403_policy *old, const w403_policy *with)
{
    const swap s = {w, old, with};
    w403_snapshot *snap = w->snapshot;
    if (!snap) {
        return;
    }
    for (size_t i = 0; i < snap->accounts.cap; i++) {
        if (snap->accounts.slots[i].value) {
            swap_account(&s, snap->accounts.slots[i].value);
        }
    }
    SWAP_HOLDERS(&s, &snap->buckets, w403_bucket)
    SWAP_HOLDERS(&s, &snap->access_points, w403_access_point)
    SWAP_HOLDERS(&s, &snap->keys, w403_kms_key)
    SWAP_HOLDERS(&s, &snap->endpoints, w403_vpc_endpoint)
}

w403_policy_set w403_world_set_with(w403_world *w, const w403_policy_set *set, const w403_policy *more)
{
    const w403_policy **at = w403_arena_alloc(w->arena, (set->n + 1) * sizeof *at);
    if (!at) {
        w->nomem = true;
        return *set;
    }
    if (set->n) {
        memcpy(at, set->at, set->n * sizeof *at);
    }
    at[set->n] = more;
    return (w403_policy_set){.at = at, .n = set->n + 1};
}

/* ---- objects ---- */

w403_object *w403_world_object(w403_world *w, w403_bucket *bucket, const w403_object *object)
{
    twins t = {.w = w};
    w403_map objects = bucket->objects;
    twin_map(&t, &objects, sizeof(w403_object));
    for (size_t i = 0; i < objects.cap && !w->nomem; i++) {
        for (w403_object *o = objects.slots[i].value; o && !w->nomem; o = o->next_version) {
            o->next_version = twin(&t, o->next_version, sizeof *o);
        }
    }
    w403_object *own = twin(&t, object, sizeof *own);
    w403_world_write(w, &bucket->objects, &objects, sizeof objects);
    return w->nomem ? NULL : own;
}
