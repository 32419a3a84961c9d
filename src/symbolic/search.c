/* Depth first over the dimensions, with a memory of states: the same statements still in play and the same values left
 * to the hidden variables have the same future. */
#include "base/hash.h"
#include "symbolic/space.h"

typedef struct memo {
    uint64_t hash;
    const uint64_t *state; /* state_words */
    uint32_t node;
} memo;

typedef struct level {
    uint64_t *yes, *maybe;
    uint64_t *hidden;
} level;

typedef struct search {
    w403_space *s;
    w403_diagram *out;
    size_t state_words;
    uint64_t *key;
    W403_ARRAY(memo) memos;
    uint32_t *table;
    uint32_t mask;
    uint32_t *unique; /* nodes by their content */
    uint32_t unique_mask;
    level *levels;
    uint32_t *slots;
    bool nomem;
} search;

static bool grow_memos(search *x)
{
    uint32_t n = x->table ? (x->mask + 1) * 2 : 256;
    x->table = W403_NEW_N(x->s->arena, uint32_t, n);
    x->mask = n - 1;
    for (uint32_t i = 0; x->table && i < x->memos.n; i++) {
        uint32_t at = (uint32_t)x->memos.at[i].hash & x->mask;
        while (x->table[at]) {
            at = (at + 1) & x->mask;
        }
        x->table[at] = i + 1;
    }
    return x->table != NULL;
}

static uint64_t node_hash(const w403_diagram_node *n, uint32_t slots)
{
    return w403_hash(n->next, slots * sizeof *n->next) * 31 + n->dim;
}

static bool grow_unique(search *x)
{
    uint32_t n = x->unique ? (x->unique_mask + 1) * 2 : 256;
    x->unique = W403_NEW_N(x->s->arena, uint32_t, n);
    x->unique_mask = n - 1;
    for (uint32_t i = 0; x->unique && i < x->out->nodes.n; i++) {
        const w403_diagram_node *d = &x->out->nodes.at[i];
        uint32_t at = (uint32_t)node_hash(d, x->s->dims.at[d->dim].n_slots) & x->unique_mask;
        while (x->unique[at]) {
            at = (at + 1) & x->unique_mask;
        }
        x->unique[at] = i + 1;
    }
    return x->unique != NULL;
}

static void make_key(search *x, size_t dim, const level *l)
{
    size_t w = x->s->words;
    x->key[0] = dim;
    memcpy(x->key + 1, l->yes, w * 8);
    memcpy(x->key + 1 + w, l->maybe, w * 8);
    memset(x->key + 1 + 2 * w, 0, (x->state_words - 1 - 2 * w) * 8);
    memcpy(x->key + 1 + 2 * w, l->hidden, x->s->n_hidden * sizeof *l->hidden);
}

/* The node of a state that was met before; UINT32_MAX: none. *hash for w403_remember. */
static uint32_t recall(search *x, uint64_t *hash)
{
    *hash = w403_hash(x->key, x->state_words * 8);
    for (uint32_t at = (uint32_t)*hash & x->mask; x->table[at]; at = (at + 1) & x->mask) {
        const memo *m = &x->memos.at[x->table[at] - 1];
        if (m->hash == *hash && memcmp(m->state, x->key, x->state_words * 8) == 0) {
            return m->node;
        }
    }
    return UINT32_MAX;
}

static void remember(search *x, uint64_t hash, const uint64_t *key, uint32_t node)
{
    memo *m = W403_PUSH(x->s->arena, &x->memos);
    if (!m) {
        x->nomem = true;
        return;
    }
    *m = (memo){hash, key, node};
    uint32_t at = (uint32_t)hash & x->mask;
    while (x->table[at]) {
        at = (at + 1) & x->mask;
    }
    x->table[at] = (uint32_t)x->memos.n;
    x->nomem |= x->memos.n * 2 >= x->mask && !grow_memos(x);
}

/* Combinations that do not exist may have any label: they never make a node. */
static uint32_t make_node(search *x, size_t dim, const uint32_t *next)
{
    uint32_t n = x->s->dims.at[dim].n_slots, only = W403_LABEL_NONE;
    bool one = true;
    for (uint32_t i = 0; i < n; i++) {
        if (next[i] != W403_LABEL_NONE) {
            one = one && (only == W403_LABEL_NONE || only == next[i]);
            only = next[i];
        }
    }
    if (one) {
        return only;
    }
    w403_diagram_node d = {(uint32_t)dim, next};
    uint32_t at = (uint32_t)node_hash(&d, n) & x->unique_mask;
    for (; x->unique[at]; at = (at + 1) & x->unique_mask) {
        const w403_diagram_node *o = &x->out->nodes.at[x->unique[at] - 1];
        if (o->dim == dim && memcmp(o->next, next, n * sizeof *next) == 0) {
            return W403_NODE_FIRST + x->unique[at] - 1;
        }
    }
    w403_diagram_node *slot = W403_PUSH(x->s->arena, &x->out->nodes);
    if (!slot) {
        x->nomem = true;
        return W403_LABEL_NONE;
    }
    *slot = d;
    x->unique[at] = (uint32_t)x->out->nodes.n;
    x->nomem |= x->out->nodes.n * 2 >= x->unique_mask && !grow_unique(x);
    return W403_NODE_FIRST + (uint32_t)x->out->nodes.n - 1;
}

/* The state after a class; false: no such combination. */
static bool enter(const search *x, const level *from, const w403_class *c, level *to)
{
    for (size_t w = 0; w < x->s->words; w++) {
        to->yes[w] = from->yes[w] & c->yes[w];
        to->maybe[w] = from->maybe[w] & c->maybe[w];
    }
    for (size_t h = 0; h < x->s->n_hidden; h++) {
        to->hidden[h] = from->hidden[h] & c->hidden[h];
        if (!to->hidden[h]) {
            return false;
        }
    }
    return true;
}

static uint32_t build(search *x, size_t dim); /* as deep as there are dimensions */

static uint32_t expand(search *x, size_t dim)
{
    const w403_dim *d = &x->s->dims.at[dim];
    uint32_t *next = W403_NEW_N(x->s->arena, uint32_t, d->n_slots + 1);
    if (!next) {
        x->nomem = true;
        return W403_LABEL_NONE;
    }
    for (uint32_t i = 0; i < d->n_slots; i++) {
        next[i] = W403_LABEL_NONE;
        x->slots[dim] = i;
        if (!x->nomem && enter(x, &x->levels[dim], &d->classes.at[d->slot_class[i]], &x->levels[dim + 1])) {
            next[i] = build(x, dim + 1);
        }
    }
    return make_node(x, dim, next);
}

static uint32_t build(search *x, size_t dim)
{
    w403_space *s = x->s;
    level *l = &x->levels[dim];
    int settled = s->settle ? s->settle(s, dim, l->yes, l->maybe) : -1;
    if (settled >= 0) {
        return (uint32_t)settled;
    }
    uint64_t hash;
    make_key(x, dim, l);
    uint32_t known = recall(x, &hash);
    if (known != UINT32_MAX) {
        return known;
    }
    if (!w403_budget_node(s->budget) || !w403_budget_memory(s->budget, w403_arena_used(s->arena))) {
        x->out->whole = false;
        return W403_LABEL_NONE;
    }
    uint64_t *key = w403_arena_alloc(s->arena, x->state_words * 8);
    if (!key) {
        x->nomem = true;
        return W403_LABEL_NONE;
    }
    memcpy(key, x->key, x->state_words * 8);
    uint32_t node = dim == s->dims.n ? s->leaf(s, x->slots, l->yes, l->maybe) : expand(x, dim);
    if (x->out->whole) { /* a cut node is not what the state comes to */
        remember(x, hash, key, node);
    }
    return node;
}

bool w403_search(w403_space *s, w403_diagram *out)
{
    *out = (w403_diagram){.space = s, .root = W403_LABEL_NONE, .whole = true};
    search x = {.s = s, .out = out, .state_words = 1 + 2 * s->words + s->n_hidden + 1};
    x.key = W403_NEW_N(s->arena, uint64_t, x.state_words);
    x.levels = W403_NEW_N(s->arena, level, s->dims.n + 1);
    x.slots = W403_NEW_N(s->arena, uint32_t, s->dims.n + 1);
    if (!x.key || !x.levels || !x.slots || !grow_memos(&x) || !grow_unique(&x)) {
        return false;
    }
    for (size_t i = 0; i <= s->dims.n; i++) {
        x.levels[i].yes = W403_NEW_N(s->arena, uint64_t, 2 * s->words);
        x.levels[i].hidden = W403_NEW_N(s->arena, uint64_t, s->n_hidden + 1);
        if (!x.levels[i].yes || !x.levels[i].hidden) {
            return false;
        }
        x.levels[i].maybe = x.levels[i].yes + s->words;
    }
    for (size_t i = 0; i < s->n_bits; i++) {
        w403_bit_set(x.levels[0].yes, i);
        w403_bit_set(x.levels[0].maybe, i);
    }
    memset(x.levels[0].hidden, 0xff, s->n_hidden * sizeof(uint64_t));
    out->root = build(&x, 0);
    return !x.nomem;
}

uint64_t w403_diagram_labels(const w403_diagram *d)
{
    uint64_t labels = 0;
    if (d->root < 64) {
        labels |= UINT64_C(1) << d->root;
    }
    for (size_t i = 0; i < d->nodes.n; i++) {
        const w403_diagram_node *n = &d->nodes.at[i];
        for (uint32_t k = 0; k < d->space->dims.at[n->dim].n_slots; k++) {
            labels |= n->next[k] < 64 ? UINT64_C(1) << n->next[k] : 0;
        }
    }
    return labels;
}
