/* The index of a policy set: literal resource prefixes in a hash table, by length; equal patterns joined; actions as
 * bit sets. One pass over the resource's bytes finds every group of patterns that begins as it does. */
#include "policy/index.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/glob.h"
#include "catalog/catalog.h"

enum {
    SMALL_SET = 4, /* fewer statements are visited as fast as looked up */
    STEP = 4,       /* prefixes are hashed at multiples of this length */
    SHORTEST = 16,  /* shorter literal prefixes tell too little: those patterns are always tried */
    STEPS = W403_PROBE_STEPS, /* at most STEPS * STEP bytes of a prefix are used */
    WORDS = 8,      /* of catalog_actions */
    NEEDS = 4       /* pairs of bytes that a pattern is known by */
};

typedef enum pattern_kind { ANYTHING, EXACT, PREFIX, GLOB } pattern_kind;

/* Statements that name the same pattern. */
typedef struct group {
    w403_view text;
    pattern_kind kind;
    uint32_t first, count; /* into w403_index.members */
    uint32_t next;         /* group of the same bucket, UINT32_MAX = last */
    uint8_t n_needs;
    uint16_t needs[NEEDS]; /* of a GLOB: hashes of neighbouring literal bytes, rarest first: a resource that lacks one
                            * of them cannot match */
} group;

typedef struct bucket {
    uint64_t hash;                /* of the first `length` bytes */
    uint32_t length, first_group; /* UINT32_MAX: free */
} bucket;

struct w403_index {
    uint32_t n;
    const w403_statement **at;
    uint64_t *actions; /* word-major: actions[word * n + statement] */
    uint64_t *group_actions; /* of any statement of a group, the same way */
    group *groups;
    uint32_t n_groups, always; /* first group that is always tried */
    uint32_t *members;
    bucket *buckets;
    uint32_t bucket_mask;
    uint64_t lengths; /* bit i: some prefix is hashed at (i + 1) * STEP bytes */
};

/* ---- build ---- */

typedef struct pattern_ref { /* one Resource entry of one statement */
    w403_view text;
    w403_view prefix;
    pattern_kind kind;
    uint32_t statement;
} pattern_ref;

typedef W403_ARRAY(pattern_ref) pattern_refs;

static pattern_kind kind_of(const w403_resource_pattern *p)
{
    bool trailing =
        p->whole.has_wildcard && p->prefix.n + 1 == p->whole.text.n && p->whole.text.p[p->prefix.n] == '*';
    if (p->is_star || p->whole.has_variable || p->n_parts != 6) {
        return ANYTHING; /* decided by the full match */
    }
    return !p->whole.has_wildcard ? EXACT : trailing ? PREFIX : GLOB;
}

static bool add_statement(w403_arena *a, pattern_refs *refs, const w403_statement *st, uint32_t number)
{
    bool unread = st->unread & W403_UNREAD(W403_ELEMENT_RESOURCE), all = st->not_resource || unread;
    if (!st->has_resource && !unread) {
        return true; /* never matches */
    }
    uint32_t n = all ? 1 : st->n_resources;
    for (uint32_t i = 0; i < n; i++) {
        pattern_ref *r = W403_PUSH(a, refs);
        if (!r) {
            return false;
        }
        r->statement = number;
        if (!all) {
            r->text = st->resources[i].whole.text;
            r->prefix = st->resources[i].prefix;
            r->kind = kind_of(&st->resources[i]);
        }
    }
    return true;
}

_Static_assert(W403_PROBE_PAIRS == 512, "a pair hashes to nine bits");
static inline unsigned pair_hash(const char *p)
{
    uint16_t pair;
    memcpy(&pair, p, sizeof pair);
    return pair * 0x85EBCA6Bu >> 23; /* its upper nine bits */
}

static bool is_wild(char c)
{
    return c == '*' || c == '?';
}

/* Keeps the rarest of a group's pairs, in order. */
static void insert_need(group *g, uint16_t pair, const uint32_t *held)
{
    uint8_t at = g->n_needs;
    for (uint8_t i = 0; i < g->n_needs; i++) {
        if (g->needs[i] == pair) {
            return;
        }
    }
    if (g->n_needs < NEEDS) {
        g->n_needs++;
    } else if (held[g->needs[--at]] <= held[pair]) {
        return;
    }
    for (; at > 0 && held[g->needs[at - 1]] > held[pair]; at--) {
        g->needs[at] = g->needs[at - 1];
    }
    g->needs[at] = pair;
}

/* What each GLOB is known by: the pairs that the fewest others hold, so not those of the prefix that many share. */
static void choose_needs(w403_index *x)
{
    uint32_t held[W403_PROBE_PAIRS] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (group *g = x->groups; g < x->groups + x->n_groups; g++) {
            for (size_t i = 0; g->kind == GLOB && i + 1 < g->text.n; i++) {
                const char *p = g->text.p + i;
                if (is_wild(p[0]) || is_wild(p[1])) {
                    continue;
                }
                if (pass == 0) {
                    held[pair_hash(p)]++;
                } else {
                    insert_need(g, (uint16_t)pair_hash(p), held);
                }
            }
        }
    }
}

static int by_pattern(const void *va, const void *vb)
{
    const pattern_ref *a = va, *b = vb;
    int c = w403_view_cmp(a->text, b->text);
    if (c == 0) {
        c = (int)a->kind - (int)b->kind;
    }
    return c ? c : a->statement < b->statement ? -1 : a->statement > b->statement;
}

static uint64_t step_hash(uint64_t h, const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

static uint64_t prefix_hash(const char *p, uint32_t length)
{
    uint64_t h = 0;
    for (uint32_t i = 0; i < length; i += STEP) {
        h = step_hash(h, p + i);
    }
    return h;
}

static bucket *find_bucket(const w403_index *x, uint64_t hash, uint32_t length)
{
    for (uint32_t i = (uint32_t)(hash >> 32) & x->bucket_mask;; i = (i + 1) & x->bucket_mask) {
        bucket *b = &x->buckets[i];
        if (b->first_group == UINT32_MAX || (b->hash == hash && b->length == length)) {
            return b;
        }
    }
}

static uint32_t hashed_length(const pattern_ref *r)
{
    uint32_t n = r->prefix.n > STEPS * STEP ? STEPS * STEP : (uint32_t)r->prefix.n;
    n -= n % STEP;
    return n < SHORTEST ? 0 : n;
}

static void hang_group(w403_index *x, uint32_t g, const pattern_ref *r)
{
    uint32_t length = hashed_length(r);
    if (length == 0) {
        x->groups[g].next = x->always;
        x->always = g;
        return;
    }
    uint64_t hash = prefix_hash(r->prefix.p, length);
    bucket *b = find_bucket(x, hash, length);
    x->groups[g].next = b->first_group;
    *b = (bucket){hash, length, g};
    x->lengths |= 1ULL << (length / STEP - 1);
}

static bool join_actions(w403_arena *a, w403_index *x)
{
    x->group_actions = W403_NEW_N(a, uint64_t, (size_t)x->n_groups * WORDS);
    for (uint32_t w = 0; x->group_actions && w < WORDS; w++) {
        for (uint32_t g = 0; g < x->n_groups; g++) {
            for (uint32_t i = 0; i < x->groups[g].count; i++) {
                uint32_t s = x->members[x->groups[g].first + i];
                x->group_actions[(size_t)w * x->n_groups + g] |= x->actions[(size_t)w * x->n + s];
            }
        }
    }
    return x->group_actions != NULL;
}

static bool make_groups(w403_arena *a, w403_index *x, const pattern_refs *refs)
{
    uint32_t cap = 8;
    while (cap < refs->n * 2) {
        cap *= 2;
    }
    x->groups = W403_NEW_N(a, group, refs->n);
    x->members = W403_NEW_N(a, uint32_t, refs->n);
    x->buckets = w403_arena_alloc(a, sizeof *x->buckets * cap);
    if (!x->groups || !x->members || !x->buckets) {
        return false;
    }
    memset(x->buckets, 0xff, sizeof *x->buckets * cap);
    x->bucket_mask = cap - 1;
    x->always = UINT32_MAX;
    for (size_t i = 0; i < refs->n; i++) {
        const pattern_ref *r = &refs->at[i], *before = i ? r - 1 : NULL;
        bool same = before && r->kind == before->kind && w403_view_eq(r->text, before->text);
        if (!same) {
            x->groups[x->n_groups] = (group){.text = r->text,
                                             .kind = r->kind,
                                             .first = (uint32_t)i,
                                             .next = UINT32_MAX};
            hang_group(x, x->n_groups++, r);
        }
        x->groups[x->n_groups - 1].count++;
        x->members[i] = r->statement;
    }
    choose_needs(x);
    return join_actions(a, x);
}

static bool fill(w403_arena *a, w403_index *x, const w403_policy *const *policies, uint32_t n)
{
    pattern_refs refs = {.at = NULL};
    uint32_t number = 0;
    w403_arena *scratch = w403_arena_new(0);
    bool ok = scratch != NULL;
    for (uint32_t p = 0; ok && p < n; p++) {
        for (uint32_t s = 0; ok && s < policies[p]->n_statements; s++, number++) {
            const w403_statement *st = &policies[p]->statements[s];
            x->at[number] = st;
            for (uint32_t w = 0; w < WORDS; w++) {
                x->actions[(size_t)w * x->n + number] = st->catalog_actions[w];
            }
            ok = add_statement(scratch, &refs, st, number);
        }
    }
    if (ok && refs.n) {
        qsort(refs.at, refs.n, sizeof *refs.at, by_pattern);
    }
    ok = ok && make_groups(a, x, &refs);
    w403_arena_free(scratch);
    return ok;
}

const w403_index *w403_index_build(w403_arena *a, const w403_policy *const *policies, uint32_t n)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < n; i++) {
        total += policies[i]->n_statements;
    }
    if (total < SMALL_SET) {
        return NULL;
    }
    w403_index *x = W403_NEW(a, w403_index);
    if (!x) {
        return NULL;
    }
    x->n = total;
    x->at = W403_NEW_N(a, const w403_statement *, total);
    x->actions = W403_NEW_N(a, uint64_t, (size_t)total * WORDS);
    return x->at && x->actions && fill(a, x, policies, n) ? x : NULL;
}

/* ---- look up ---- */

void w403_probe_init(w403_probe *probe, w403_view resource)
{
    probe->resource = resource;
    probe->n_hashes = 0;
    probe->has_pairs = false;
}

static uint64_t hash_of(w403_probe *probe, uint32_t steps)
{
    if (steps > probe->n_hashes) {
        uint64_t h = probe->n_hashes ? probe->hashes[probe->n_hashes - 1] : 0;
        for (uint32_t i = probe->n_hashes; i < steps; i++) {
            h = step_hash(h, probe->resource.p + (size_t)i * STEP);
            probe->hashes[i] = h;
        }
        probe->n_hashes = steps;
    }
    return probe->hashes[steps - 1];
}

static void find_pairs(w403_probe *probe)
{
    memset(probe->pairs, 0, sizeof probe->pairs);
    for (size_t i = 0; i + 1 < probe->resource.n; i++) {
        probe->pairs[pair_hash(probe->resource.p + i)] = true;
    }
    probe->has_pairs = true;
}

typedef struct finder {
    const w403_index *x;
    w403_probe *probe;
    const uint64_t *word, *group_word; /* action bits of the action asked for, NULL: any action */
    uint64_t bit;
    uint32_t *found;
    uint32_t n;
} finder;

static bool has_all(w403_probe *probe, const group *g)
{
    if (!probe->has_pairs) {
        find_pairs(probe);
    }
    for (uint8_t i = 0; i < g->n_needs; i++) {
        if (!probe->pairs[g->needs[i]]) {
            return false;
        }
    }
    return true;
}

static inline bool group_may_match(w403_probe *probe, const group *g)
{
    switch (g->kind) {
    case EXACT:
        return w403_view_eq(g->text, probe->resource);
    case PREFIX:
        return w403_view_starts(probe->resource, (w403_view){g->text.p, g->text.n - 1});
    /* Part by part implies as a whole: this lets through too much, never too little. */
    case GLOB:
        return has_all(probe, g) && w403_glob(g->text, probe->resource);
    case ANYTHING:
        break;
    }
    return true;
}

static void take_chain(finder *f, uint32_t first)
{
    const w403_index *x = f->x;
    for (uint32_t g = first; g != UINT32_MAX; g = x->groups[g].next) {
        const group *at = &x->groups[g];
        if ((f->word && !(f->group_word[g] & f->bit)) || !group_may_match(f->probe, at)) {
            continue;
        }
        for (uint32_t i = at->first; i < at->first + at->count; i++) {
            uint32_t s = x->members[i];
            if (!f->word || (f->word[s] & f->bit)) {
                f->found[f->n++] = s;
            }
        }
    }
}

/* Insertion sort: candidates are few, and chains give them almost in order. */
static uint32_t sort_unique(uint32_t *v, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = v[i], j = i;
        for (; j > 0 && v[j - 1] > x; j--) {
            v[j] = v[j - 1];
        }
        v[j] = x;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || v[i] != v[i - 1]) {
            v[kept++] = v[i];
        }
    }
    return kept;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t w403_index_candidates(const w403_index *x, uint16_t action, w403_probe *probe, w403_arena *a,
                               const uint32_t **out)
{
    size_t length = probe->resource.n;
    if (!w403_view_starts(probe->resource, W403_LIT("arn:"))) {
        return UINT32_MAX; /* `*`: matched by other rules (R13), and rare */
    }
    uint32_t members = x->n_groups ? x->groups[x->n_groups - 1].first + x->groups[x->n_groups - 1].count : 0;
    finder f = {.x = x, .probe = probe, .found = w403_arena_alloc(a, sizeof(uint32_t) * (members + 1))};
    if (!f.found) {
        return UINT32_MAX;
    }
    if (action != W403_ACTION_NONE) {
        f.word = &x->actions[(size_t)(action >> 6) * x->n];
        f.group_word = &x->group_actions[(size_t)(action >> 6) * x->n_groups];
        f.bit = 1ULL << (action & 63);
    }
    take_chain(&f, x->always);
    for (uint64_t left = x->lengths; left; left &= left - 1) {
        uint32_t steps = (uint32_t)__builtin_ctzll(left) + 1;
        if ((size_t)steps * STEP > length) {
            break;
        }
        take_chain(&f, find_bucket(x, hash_of(probe, steps), steps * STEP)->first_group);
    }
    if (f.n > 64) {
        qsort(f.found, f.n, sizeof *f.found, by_number);
    }
    *out = f.found;
    return sort_unique(f.found, f.n);
}

const w403_statement *w403_index_statement(const w403_index *x, uint32_t number)
{
    return x->at[number];
}
