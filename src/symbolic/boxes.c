/* From a diagram to boxes: paths, widened as far as the answer goes. */
#include "base/limits.h"
#include "symbolic/space.h"

enum { PATHS_MAX = W403_LIMIT_SYMBOLIC_PATHS };

typedef struct finder {
    const w403_diagram *d;
    uint64_t wanted;
    w403_boxes *out;
    w403_box now;
    uint32_t *seen; /* nodes: the round in which they were found good */
    uint32_t round;
    uint64_t *hidden; /* levels x n_hidden, for witnesses */
    bool nomem, cut;
} finder;

static size_t slot_words(const w403_dim *d)
{
    return (d->n_slots + 63) / 64;
}

static bool is_wanted(const finder *f, uint32_t label)
{
    return label < 64 && ((f->wanted >> label) & 1);
}

static bool new_box(finder *f, w403_box *b)
{
    const w403_space *s = f->d->space;
    b->slots = W403_NEW_N(s->arena, uint64_t *, 3 * (s->dims.n + 1));
    b->live = b->slots ? b->slots + s->dims.n + 1 : NULL;
    b->free = b->live ? b->live + s->dims.n + 1 : NULL;
    b->witness = W403_NEW_N(s->arena, uint32_t, s->dims.n + 1);
    for (size_t i = 0; b->slots && i < s->dims.n; i++) {
        size_t words = slot_words(&s->dims.at[i]) + 1;
        b->slots[i] = W403_NEW_N(s->arena, uint64_t, 3 * words);
        if (!b->slots[i]) {
            return false;
        }
        b->live[i] = b->slots[i] + words;
        b->free[i] = b->live[i] + words;
    }
    return b->slots && b->witness;
}

static void fill(const w403_dim *d, uint64_t *slots)
{
    for (uint32_t i = 0; i < d->n_slots; i++) {
        w403_bit_set(slots, i);
    }
}

/* Do all combinations of the box below a node have a wanted label, or do not exist? As deep as there are dimensions. */
static bool covers(finder *f, const w403_box *b, uint32_t node)
{
    if (node < W403_NODE_FIRST) {
        return node == W403_LABEL_NONE || is_wanted(f, node);
    }
    if (f->seen[node - W403_NODE_FIRST] == f->round) {
        return true;
    }
    const w403_diagram_node *n = &f->d->nodes.at[node - W403_NODE_FIRST];
    for (uint32_t i = 0; i < f->d->space->dims.at[n->dim].n_slots; i++) {
        if (w403_bit(b->slots[n->dim], i) && !covers(f, b, n->next[i])) {
            return false;
        }
    }
    f->seen[node - W403_NODE_FIRST] = f->round;
    return true;
}

/* One combination of the box that exists and has a wanted label. */
static bool find_witness(finder *f, const w403_box *b, uint32_t node, size_t dim)
{
    const w403_space *s = f->d->space;
    if (dim == s->dims.n) {
        return is_wanted(f, node);
    }
    const w403_dim *d = &s->dims.at[dim];
    const w403_diagram_node *n = node >= W403_NODE_FIRST ? &f->d->nodes.at[node - W403_NODE_FIRST] : NULL;
    const uint64_t *from = f->hidden + dim * (s->n_hidden + 1);
    uint64_t *to = f->hidden + (dim + 1) * (s->n_hidden + 1);
    for (uint32_t i = 0; i < d->n_slots; i++) {
        bool good = w403_bit(b->slots[dim], i);
        for (size_t h = 0; good && h < s->n_hidden; h++) {
            to[h] = from[h] & d->classes.at[d->slot_class[i]].hidden[h];
            good = to[h] != 0;
        }
        uint32_t next = n && n->dim == dim ? n->next[i] : node;
        if (!good || next == W403_LABEL_NONE || (next < W403_NODE_FIRST && !is_wanted(f, next))) {
            continue;
        }
        b->witness[dim] = i;
        if (w403_budget_time(s->budget) && find_witness(f, b, next, dim + 1)) {
            return true;
        }
    }
    return false;
}

/* Is there any combination in the box at all, whatever its label? */
static bool exists(finder *f, const w403_box *b, size_t dim)
{
    const w403_space *s = f->d->space;
    if (dim == s->dims.n) {
        return true;
    }
    const w403_dim *d = &s->dims.at[dim];
    const uint64_t *from = f->hidden + dim * (s->n_hidden + 1);
    uint64_t *to = f->hidden + (dim + 1) * (s->n_hidden + 1);
    for (uint32_t i = 0; i < d->n_slots; i++) {
        bool good = w403_bit(b->slots[dim], i);
        for (size_t h = 0; good && h < s->n_hidden; h++) {
            to[h] = from[h] & d->classes.at[d->slot_class[i]].hidden[h];
            good = to[h] != 0;
        }
        if (good && (!w403_budget_time(s->budget) || exists(f, b, dim + 1))) {
            return true;
        }
    }
    return false;
}

static void widen(finder *f, w403_box *b)
{
    const w403_space *s = f->d->space;
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        const w403_dim *d = &s->dims.at[dim];
        uint64_t *whole = b->slots[dim];
        uint64_t *one = W403_NEW_N(s->arena, uint64_t, slot_words(d) + 1);
        if (!one) {
            f->nomem = true;
            return;
        }
        for (uint32_t i = 0; i < d->n_slots; i++) {
            if (w403_bit(whole, i)) {
                continue;
            }
            w403_bit_set(one, i);
            b->slots[dim] = one;
            f->round++;
            bool good = covers(f, b, f->d->root);
            b->slots[dim] = whole;
            w403_bit_clear(one, i);
            if (good) {
                w403_bit_set(whole, i);
            }
        }
    }
}

/* Slots outside the box that do not exist beside the rest of it: a set is written the shorter for them. */
static void find_free(finder *f, w403_box *b)
{
    const w403_space *s = f->d->space;
    w403_box rest = *b;
    rest.slots = W403_NEW_N(s->arena, uint64_t *, s->dims.n + 1);
    if (!rest.slots) {
        f->nomem = true;
        return;
    }
    memcpy(rest.slots, b->live, s->dims.n * sizeof *rest.slots);
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        const w403_dim *d = &s->dims.at[dim];
        uint64_t *one = W403_NEW_N(s->arena, uint64_t, slot_words(d) + 1);
        for (uint32_t i = 0; one && i < d->n_slots; i++) {
            if (w403_bit(b->slots[dim], i)) {
                continue;
            }
            w403_bit_set(one, i);
            rest.slots[dim] = one;
            if (!exists(f, &rest, 0)) {
                w403_bit_set(b->free[dim], i);
            }
            w403_bit_clear(one, i);
        }
        rest.slots[dim] = b->live[dim];
        f->nomem |= !one;
    }
}

/* Widening takes in what does not exist at all beside the rest of the box: it is set apart from what does. */
static void find_live(finder *f, w403_box *b)
{
    const w403_space *s = f->d->space;
    uint32_t *witness = W403_NEW_N(s->arena, uint32_t, s->dims.n + 1);
    if (!witness) {
        f->nomem = true;
        return;
    }
    memcpy(witness, b->witness, s->dims.n * sizeof *witness);
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        const w403_dim *d = &s->dims.at[dim];
        uint64_t *whole = b->slots[dim], *one = W403_NEW_N(s->arena, uint64_t, slot_words(d) + 1);
        bool full = w403_box_full(s, b, dim);
        for (uint32_t i = 0; one && i < d->n_slots; i++) {
            if (!w403_bit(whole, i)) {
                continue;
            }
            w403_bit_set(one, i);
            b->slots[dim] = one;
            if (full || i == witness[dim] || !w403_budget_time(s->budget) || find_witness(f, b, f->d->root, 0)) {
                w403_bit_set(b->live[dim], i);
            }
            b->slots[dim] = whole;
            w403_bit_clear(one, i);
        }
        f->nomem |= !one;
    }
    memcpy(b->witness, witness, s->dims.n * sizeof *witness);
    find_free(f, b);
}

static bool inside(const w403_space *s, const w403_box *a, const w403_box *b)
{
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        for (size_t w = 0; w < slot_words(&s->dims.at[dim]); w++) {
            if (a->slots[dim][w] & ~b->slots[dim][w]) {
                return false;
            }
        }
    }
    return true;
}

/* The path at hand as a box, unless one that is there has all of it. */
static void keep(finder *f)
{
    const w403_space *s = f->d->space;
    for (size_t i = 0; i < f->out->n; i++) {
        if (inside(s, &f->now, &f->out->at[i])) {
            return;
        }
    }
    w403_box b;
    if (!new_box(f, &b)) {
        f->nomem = true;
        return;
    }
    for (size_t dim = 0; dim < s->dims.n; dim++) {
        memcpy(b.slots[dim], f->now.slots[dim], slot_words(&s->dims.at[dim]) * 8);
    }
    if (!find_witness(f, &b, f->d->root, 0)) {
        return; /* no combination of the path exists */
    }
    widen(f, &b);
    size_t kept = 0;
    for (size_t i = 0; i < f->out->n; i++) {
        if (!inside(s, &f->out->at[i], &b)) {
            f->out->at[kept++] = f->out->at[i];
        }
    }
    f->out->n = kept;
    w403_box *slot = W403_PUSH(s->arena, f->out);
    if (slot) {
        *slot = b;
    } else {
        f->nomem = true;
    }
}

/* As deep as there are dimensions. Slots that lead to one node go together. */
static void walk(finder *f, uint32_t node, size_t dim)
{
    const w403_space *s = f->d->space;
    if (node < W403_NODE_FIRST && !is_wanted(f, node)) {
        return;
    }
    if (f->out->n >= PATHS_MAX || !w403_budget_time(s->budget)) {
        f->cut = true;
        return;
    }
    if (f->nomem || dim == s->dims.n) {
        if (!f->nomem) {
            keep(f);
        }
        return;
    }
    const w403_dim *d = &s->dims.at[dim];
    const w403_diagram_node *n = node >= W403_NODE_FIRST ? &f->d->nodes.at[node - W403_NODE_FIRST] : NULL;
    if (!n || n->dim != dim) {
        fill(d, f->now.slots[dim]);
        walk(f, node, dim + 1);
    } else {
        for (uint32_t i = 0; i < d->n_slots; i++) {
            bool first = true;
            for (uint32_t k = 0; k < i; k++) {
                first = first && n->next[k] != n->next[i];
            }
            if (!first) {
                continue;
            }
            memset(f->now.slots[dim], 0, slot_words(d) * 8);
            for (uint32_t k = i; k < d->n_slots; k++) {
                if (n->next[k] == n->next[i]) {
                    w403_bit_set(f->now.slots[dim], k);
                }
            }
            walk(f, n->next[i], dim + 1);
        }
    }
    memset(f->now.slots[dim], 0, slot_words(d) * 8);
}

bool w403_box_within(const w403_diagram *d, const w403_box *one, const w403_box *other)
{
    w403_space *s = d->space;
    finder f = {.d = d};
    w403_box rest = *one;
    bool within = true;
    rest.slots = W403_NEW_N(s->arena, uint64_t *, s->dims.n + 1);
    f.hidden = W403_NEW_N(s->arena, uint64_t, (s->dims.n + 1) * (s->n_hidden + 1));
    if (!rest.slots || !f.hidden) {
        return false;
    }
    memset(f.hidden, 0xff, (s->n_hidden + 1) * sizeof *f.hidden);
    memcpy(rest.slots, one->slots, s->dims.n * sizeof *rest.slots);
    for (size_t dim = 0; dim < s->dims.n && within; dim++) {
        size_t words = slot_words(&s->dims.at[dim]);
        uint64_t *beyond = W403_NEW_N(s->arena, uint64_t, words + 1), any = 0;
        for (size_t w = 0; beyond && w < words; w++) {
            beyond[w] = one->slots[dim][w] & ~other->slots[dim][w];
            any |= beyond[w];
        }
        rest.slots[dim] = beyond;
        within = beyond && (!any || !exists(&f, &rest, 0));
        rest.slots[dim] = one->slots[dim];
    }
    return within;
}

bool w403_box_full(const w403_space *s, const w403_box *b, size_t dim)
{
    for (uint32_t i = 0; i < s->dims.at[dim].n_slots; i++) {
        if (!w403_bit(b->slots[dim], i)) {
            return false;
        }
    }
    return true;
}

uint8_t w403_diagram_at(const w403_diagram *d, const uint32_t *slots)
{
    uint32_t node = d->root;
    while (node >= W403_NODE_FIRST) {
        const w403_diagram_node *n = &d->nodes.at[node - W403_NODE_FIRST];
        node = n->next[slots[n->dim]];
    }
    return (uint8_t)node;
}

/* Boxes all of whose requests another has: widened over what does not exist, neither lies in the other by its slots. */
static void drop_needless(const w403_diagram *d, w403_boxes *list)
{
    enum { COMPARED = 64 };
    size_t n = list->n;
    bool needless[COMPARED] = {false};
    for (size_t i = 0; i < n && n <= COMPARED; i++) {
        for (size_t k = 0; k < n && !needless[i] && w403_budget_time(d->space->budget); k++) {
            needless[i] = k != i && !needless[k] && w403_box_within(d, &list->at[i], &list->at[k]);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (n > COMPARED || !needless[i]) {
            list->at[kept++] = list->at[i];
        }
    }
    list->n = kept;
}

bool w403_boxes_of(const w403_diagram *d, uint64_t wanted, w403_boxes *out, bool *cut)
{
    w403_space *s = d->space;
    finder f = {.d = d, .wanted = wanted, .out = out};
    f.seen = W403_NEW_N(s->arena, uint32_t, d->nodes.n + 1);
    f.hidden = W403_NEW_N(s->arena, uint64_t, (s->dims.n + 1) * (s->n_hidden + 1));
    if (!f.seen || !f.hidden || !new_box(&f, &f.now)) {
        return false;
    }
    memset(f.hidden, 0xff, (s->n_hidden + 1) * sizeof *f.hidden);
    walk(&f, d->root, 0);
    for (size_t i = 0; i < out->n && !f.nomem; i++) {
        find_live(&f, &out->at[i]);
    }
    drop_needless(d, out);
    *cut = f.cut || !d->whole;
    return !f.nomem;
}
