/* Which patterns over the key are left of a request's policies. Whatever cannot be told by a pattern makes every key
 * a class of its own: slower, never wrong. */
#include "decide/residual_patterns.h"

#include "base/glob.h"
#include "policy/language.h"

typedef struct collector {
    w403_arena *a;
    const w403_check_work *w;
    w403_view base;      /* arn:aws:s3:::bucket/ */
    uint64_t actions[8]; /* catalog actions the request may ask for */
    w403_tails *out;
    bool failed;
} collector;

/* The first eight bytes of a text as a number, and the last; what a shorter one lacks is 0. */
static inline uint64_t first_bytes(w403_view v)
{
    uint64_t word = 0;
    if (v.n >= 8) {
        memcpy(&word, v.p, 8);
    } else if (v.n) {
        memcpy(&word, v.p, v.n);
    }
    return word;
}

static inline uint64_t last_bytes(w403_view v)
{
    uint64_t word = 0;
    if (v.n >= 8) {
        memcpy(&word, v.p + v.n - 8, 8);
    } else if (v.n) {
        memcpy((char *)&word + 8 - v.n, v.p, v.n);
    }
    return word;
}

static void set_ends(w403_tail *t, w403_view begin, w403_view end)
{
    static const char ones[8] = "\xff\xff\xff\xff\xff\xff\xff\xff";
    t->head = first_bytes(begin);
    t->head_mask = first_bytes((w403_view){ones, begin.n < 8 ? begin.n : 8});
    t->end = last_bytes(end);
    t->end_mask = last_bytes((w403_view){ones, end.n < 8 ? end.n : 8});
}

static bool wild(const w403_tail *t, size_t i)
{
    return (t->text.p[i] == '*' || t->text.p[i] == '?') && !(t->literal && t->literal[i]);
}

static bool known_already(const collector *c, const w403_tail *t)
{
    for (size_t i = 0; i < c->out->list.n; i++) {
        const w403_tail *o = &c->out->list.at[i];
        if (o->kind == t->kind && w403_view_eq(o->text, t->text) && !o->literal && !t->literal) {
            return true;
        }
    }
    return false;
}

/* One or two stars and no other wildcard: two comparisons and one search. */
static void split_middle(w403_tail *t, size_t first)
{
    size_t second = first + 1;
    while (second < t->text.n && !wild(t, second)) {
        second++;
    }
    bool two = second < t->text.n;
    if (t->text.p[first] != '*' || (two && t->text.p[second] != '*')) {
        return;
    }
    t->kind = W403_TAIL_MIDDLE;
    t->middle = two ? w403_view_sub(t->text, first + 1, second) : W403_LIT("");
    t->suffix = two ? w403_view_sub(t->text, second + 1, t->text.n) : w403_view_sub(t->text, first + 1, t->text.n);
}

/* `text` is a pattern over keys. */
static void add_tail(collector *c, w403_view text, const uint8_t *literal)
{
    w403_tail t = {.text = text, .literal = literal, .kind = W403_TAIL_GLOB};
    size_t first = 0, wilds = 0;
    while (first < text.n && !wild(&t, first)) {
        first++;
    }
    for (size_t i = first; i < text.n; i++) {
        wilds += wild(&t, i);
    }
    if (wilds == 1 && first == 0 && text.n == 1 && text.p[0] == '*') {
        return; /* every key */
    }
    t.prefix_n = (uint32_t)first;
    if (wilds == 0) {
        t.kind = W403_TAIL_EXACT;
    } else if (wilds == 1 && first + 1 == text.n && text.p[first] == '*') {
        t.kind = W403_TAIL_PREFIX;
        t.text.n = first;
    } else if (wilds == 1 && first == 0 && text.p[0] == '*') {
        t.kind = W403_TAIL_SUFFIX;
        t.text = w403_view_sub(text, 1, text.n);
        t.literal = NULL;
    }
    if (t.kind == W403_TAIL_GLOB && wilds <= 2 && !literal) {
        split_middle(&t, first);
    }
    w403_view end = t.kind == W403_TAIL_SUFFIX ? t.text : t.kind == W403_TAIL_MIDDLE ? t.suffix : W403_LIT("");
    set_ends(&t, w403_view_sub(text, 0, first), end);
    if (known_already(c, &t)) {
        return;
    }
    w403_tail *slot = W403_PUSH(c->a, &c->out->list);
    if (slot) {
        *slot = t;
    } else {
        c->failed = true;
    }
}

static bool is_star(const w403_tail *t, size_t i)
{
    return i < t->text.n && t->text.p[i] == '*' && wild(t, i);
}

/* Reading one byte from the places `now` of a pattern leads to the places `then`. */
static void step(const w403_tail *t, const bool *now, bool *then, char byte)
{
    memset(then, 0, t->text.n + 1);
    for (size_t i = 0; i < t->text.n; i++) {
        if (now[i] && is_star(t, i)) {
            then[i] = true;
        } else if (now[i] && (wild(t, i) || t->text.p[i] == byte)) {
            then[i + 1] = true;
        }
        if (then[i] && is_star(t, i)) {
            then[i + 1] = true; /* it may stand for nothing */
        }
    }
}

/* A wildcard in the bucket's name with more behind it: what is left of the pattern once it has read the bucket, for
 * each way in which it can. The pattern matches exactly when one of them matches the key. */
static void add_rests(collector *c, const w403_tail *whole)
{
    size_t n = whole->text.n + 1;
    bool *now = W403_NEW_N(c->a, bool, 2 * n), *then = now + n;
    if (!now) {
        c->failed = true;
        return;
    }
    now[0] = true; /* a pattern that begins with a star does not come here */
    for (size_t i = 0; i < c->base.n; i++) {
        step(whole, now, then, c->base.p[i]);
        bool *spare = now;
        now = then;
        then = spare;
    }
    for (size_t i = 0; i < whole->text.n; i++) {
        if (now[i] && !(i > 0 && now[i - 1] && is_star(whole, i - 1))) { /* else the star before it reads as much */
            add_tail(c, w403_view_sub(whole->text, i, whole->text.n), whole->literal ? whole->literal + i : NULL);
        }
    }
}

/* Where the last part of an ARN begins: there wildcards stop at nothing (R2). */
static size_t last_part(w403_view base)
{
    size_t colons = 0, i = 0;
    while (i < base.n && colons < 5) {
        colons += base.p[i++] == ':';
    }
    return i;
}

/* A pattern over whole ARNs, cut down to keys. */
static void add_pattern(collector *c, w403_view text, const uint8_t *literal, bool star)
{
    w403_tail whole = {.text = text, .literal = literal};
    size_t first = 0;
    if (star) {
        return;
    }
    while (first < text.n && !wild(&whole, first)) {
        first++;
    }
    w403_view lead = w403_view_sub(text, 0, first < c->base.n ? first : c->base.n);
    if (!w403_view_starts(c->base, lead)) {
        return; /* another bucket: never matches */
    }
    if (first >= c->base.n) {
        add_tail(c, w403_view_sub(text, c->base.n, text.n), literal ? literal + c->base.n : NULL);
        return;
    }
    bool open = first + 1 == text.n && text.p[first] == '*';
    if (first == text.n || open) {
        return; /* shorter than the bucket's ARN: no object, or (`*` at the end) every object */
    }
    if (first < last_part(c->base)) {
        c->out->per_key = true; /* a wildcard in an earlier part */
        return;
    }
    add_rests(c, &whole);
}

static bool asked_for(const collector *c, const w403_statement *st)
{
    for (int i = 0; i < 8; i++) {
        if (st->catalog_actions[i] & c->actions[i]) {
            return true;
        }
    }
    return false;
}

static void add_resource(collector *c, const w403_resource_pattern *p)
{
    if (p->n_parts != 6 && !p->is_star) {
        /* A short ARN means different things in different policies (R8). */
        c->out->per_key |= p->n_parts > 0;
        return;
    }
    size_t from = p->n_parts == 6 ? (size_t)(p->part[5].p - p->whole.text.p) : 0;
    w403_expansion e = w403_expand(&p->whole, from, &c->w->context);
    if (e.resolved != W403_NO) { /* a value nobody knows stands in the text as `*` */
        add_pattern(c, e.text, e.literal, p->is_star);
    }
}

/* One value of a condition on an object's ARN: what it matches is said in one place for all operators
 * (policy/language.h). What is no pattern over whole texts is told apart key by key. */
static void add_value(collector *c, const w403_condition *k, const w403_condition_value *v)
{
    w403_language l = w403_condition_language(k, v, NULL);
    switch (l.kind) {
    case W403_LANGUAGE_NONE:
    case W403_LANGUAGE_ALL:
        break;
    case W403_LANGUAGE_TEXT:
        if (l.ignore_case || w403_has_wildcard(l.text)) { /* a literal `*` */
            c->out->per_key = true;
        } else {
            add_pattern(c, l.text, NULL, false);
        }
        break;
    case W403_LANGUAGE_GLOB:
        if (l.arn) {
            c->out->per_key = true;
        } else {
            add_pattern(c, l.text, l.literal, w403_view_eq(l.text, W403_LIT("*")));
        }
        break;
    case W403_LANGUAGE_NUMBER:
    case W403_LANGUAGE_DATE:
    case W403_LANGUAGE_BOOL:
    case W403_LANGUAGE_NET:
    case W403_LANGUAGE_BYTES:
    case W403_LANGUAGE_HANGS:
        c->out->per_key = true;
        break;
    }
}

static void add_condition(collector *c, const w403_condition *k)
{
    if (k->key_id == W403_KEY_S3_VERSIONID) {
        c->out->per_version = true;
    }
    if (k->key_id != W403_KEY_KMS_ENCRYPTIONCONTEXT || !w403_view_ieq(k->key_param, W403_LIT("aws:s3:arn"))) {
        return;
    }
    for (uint32_t i = 0; i < k->n_values; i++) {
        add_value(c, k, &k->values[i]);
    }
}

static void add_policy(collector *c, const w403_policy *p)
{
    for (uint32_t s = 0; p && s < p->n_statements; s++) {
        const w403_statement *st = &p->statements[s];
        if (!asked_for(c, st)) {
            continue;
        }
        for (uint32_t i = 0; i < st->n_resources; i++) {
            add_resource(c, &st->resources[i]);
        }
        for (uint32_t i = 0; i < st->n_conditions; i++) {
            add_condition(c, &st->conditions[i]);
        }
    }
}

static void add_set(collector *c, const w403_policy_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        add_policy(c, set->at[i]);
    }
}

static void add_account(collector *c, const w403_account *a)
{
    for (uint32_t i = 0; a && i < a->n_levels; i++) {
        add_set(c, &a->levels[i].scps);
        add_set(c, &a->levels[i].rcps);
    }
}

static void add_keys(collector *c)
{
    const w403_snapshot *s = c->w->call->snap;
    for (size_t i = 0; s && i < s->keys.cap; i++) {
        const w403_kms_key *k = s->keys.slots[i].value;
        if (!k) {
            continue;
        }
        add_set(c, &k->policy_set);
        for (uint32_t g = 0; g < k->n_grants; g++) {
            c->out->per_key |= k->grants[g].n_equals > 0 || k->grants[g].n_subset > 0;
        }
        add_account(c, k->account);
    }
}

/* The catalog actions of the operation, or the one asked for. */
static void set_actions(collector *c)
{
    const w403_call *call = c->w->call;
    for (uint16_t i = 0; call->op && i < call->op->n_permissions; i++) {
        uint16_t id = call->op->permissions[i].action_id;
        if (id != W403_ACTION_NONE) {
            c->actions[id >> 6] |= 1ULL << (id & 63);
        }
    }
    if (!call->op && c->w->action_id != W403_ACTION_NONE) {
        c->actions[c->w->action_id >> 6] |= 1ULL << (c->w->action_id & 63);
    }
}

bool w403_tails_collect(w403_arena *a, const w403_check_work *w, w403_view base, w403_tails *out)
{
    collector c = {.a = a, .w = w, .base = base, .out = out};
    const w403_call *call = w->call;
    const w403_entity *e = call->entity;
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(call->extra, &n);
    set_actions(&c);
    out->per_key |= !call->op && w->action_id == W403_ACTION_NONE;
    for (size_t i = 0; i < n; i++) {
        add_policy(&c, given[i].policy);
    }
    if (e) {
        add_set(&c, &e->identity);
        add_policy(&c, e->boundary);
    }
    add_account(&c, call->account);
    const w403_bucket *b = call->target.bucket;
    if (b) {
        add_set(&c, &b->policy_set);
        add_account(&c, b->account);
    }
    if (call->endpoint) {
        add_set(&c, &call->endpoint->policy_set);
    }
    add_keys(&c);
    return !c.failed;
}

/* ---- matching ---- */

/* Of a beginning and an end of up to 8 bytes all has been compared by tail_matches. */
static bool middle_matches(const w403_tail *t, w403_view key)
{
    size_t ends = t->prefix_n + t->suffix.n;
    if (key.n < ends + t->middle.n || (t->prefix_n > 8 && memcmp(key.p, t->text.p, t->prefix_n) != 0) ||
        (t->suffix.n > 8 && !w403_view_ends(key, t->suffix))) {
        return false;
    }
    return w403_view_find(w403_view_sub(key, t->prefix_n, key.n - t->suffix.n), t->middle) != SIZE_MAX;
}

static inline bool tail_matches(const w403_tail *t, w403_view key, uint64_t head, uint64_t end)
{
    if ((head & t->head_mask) != t->head || (end & t->end_mask) != t->end) {
        return false;
    }
    switch (t->kind) {
    case W403_TAIL_PREFIX:
        return t->text.n <= 8 ? key.n >= t->text.n : w403_view_starts(key, t->text);
    case W403_TAIL_EXACT:
        return w403_view_eq(key, t->text);
    case W403_TAIL_SUFFIX:
        return t->text.n <= 8 ? key.n >= t->text.n : w403_view_ends(key, t->text);
    case W403_TAIL_MIDDLE:
        return middle_matches(t, key);
    case W403_TAIL_GLOB:
        break;
    }
    return w403_glob_masked(t->text, t->literal, key, false);
}

void w403_tails_match(const w403_tails *t, w403_view key, uint64_t *bits)
{
    uint64_t head = first_bytes(key), end = last_bytes(key);
    for (size_t i = 0; i < t->list.n; i++) {
        if (tail_matches(&t->list.at[i], key, head, end)) {
            bits[i >> 6] |= 1ULL << (i & 63);
        }
    }
}
