/* Answers as statements: each an Allow on patterns of its keys; where a pattern reaches keys that may less, a Deny takes
 * that away. */
#include "base/glob.h"
#include "cli/what_can_policy.h"

const w403_row *w403_policy_row(const w403_policy_maker *m, size_t what, size_t place)
{
    return m->rows[what * m->r->resources.n + place];
}

static bool fill_rows(w403_policy_maker *m)
{
    const w403_rows *r = m->r;
    m->rows = W403_NEW_N(m->a, const w403_row *, r->whats.n * r->resources.n + 1);
    for (size_t b = 0; m->rows && b < r->blocks.n; b++) {
        const w403_row_block *block = &r->blocks.at[b];
        for (size_t w = 0; w < r->whats.n; w++) {
            bool of = false;
            for (size_t k = 0; k < block->whats.n; k++) {
                of |= w403_view_eq(block->whats.at[k].name, r->whats.at[w].name);
            }
            for (size_t i = 0; of && i < block->resources.n; i++) {
                m->rows[w * r->resources.n + block->resources.at[i].place] = &block->rows.at[0];
            }
        }
    }
    return m->rows != NULL;
}

/* ---- answers ---- */

static bool allows_something(const w403_row *row)
{
    return row && (row->state == W403_ALWAYS || row->state == W403_CONDITIONAL);
}

static bool same_conditions(const w403_row *a, const w403_row *b)
{
    bool same = a->allowed.list.n == b->allowed.list.n && a->allowed.exact && b->allowed.exact;
    for (size_t i = 0; same && i < a->allowed.list.n; i++) {
        same = w403_view_eq(a->allowed.list.at[i], b->allowed.list.at[i]);
    }
    return same;
}

/* Of those that allow something, or not: do they allow the same? */
static bool same_answer(const w403_row *a, const w403_row *b)
{
    if (a == b || !allows_something(a) || !allows_something(b)) {
        return a == b || allows_something(a) == allows_something(b);
    }
    return a->state == b->state && (a->state == W403_ALWAYS || same_conditions(a, b));
}

/* ---- statements ---- */

static bool same_texts(const w403_texts *a, const w403_texts *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) {
        same = w403_view_eq(a->at[i], b->at[i]);
    }
    return same;
}

static void add_text(w403_policy_maker *m, w403_texts *list, w403_view v)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_eq(list->at[i], v)) {
            return;
        }
    }
    w403_view *slot = v.p ? W403_PUSH(m->a, list) : NULL;
    if (slot) {
        *slot = v;
    }
    m->nomem |= !slot;
}

/* `from`: the parts of these actions begin there. */
static void add_part(w403_policy_maker *m, size_t from, bool deny, w403_view condition, const w403_texts *actions, const w403_texts *resources)
{
    w403_policy_part *p = NULL;
    for (size_t i = from; i < m->parts.n && !p; i++) {
        w403_policy_part *o = &m->parts.at[i];
        p = o->deny == deny && w403_view_eq(o->condition, condition) ? o : NULL;
    }
    if (!p) {
        p = W403_PUSH(m->a, &m->parts);
        if (!p) {
            m->nomem = true;
            return;
        }
        *p = (w403_policy_part){.deny = deny, .condition = condition, .actions = *actions};
    }
    for (size_t i = 0; i < resources->n; i++) {
        add_text(m, &p->resources, resources->at[i]);
    }
}

static void add_parts(w403_policy_maker *m, size_t from, bool deny, const w403_texts *conditions, const w403_texts *actions,
                      const w403_texts *resources)
{
    for (size_t i = 0; i < conditions->n; i++) {
        add_part(m, from, deny, conditions->at[i], actions, resources);
    }
    if (conditions->n == 0) {
        add_part(m, from, deny, W403_LIT(""), actions, resources);
    }
}

/* ---- patterns of one bucket ---- */

typedef struct keys {
    const w403_row_resource *at; /* of one bucket, of one kind and another */
    size_t n, what;
    w403_view base; /* the bucket's ARN */
    bool objects;
} keys;

static bool of_kind(const keys *k, size_t i)
{
    return (w403_view_find_char(k->at[i].arn, '/') != SIZE_MAX) == k->objects;
}

/* A pattern over all buckets, kept to this one. */
static void within_bucket(w403_policy_maker *m, const keys *k, w403_view pattern, w403_texts *out)
{
    w403_view head = w403_arn_split(pattern).part[5], rest = head;
    if (w403_view_starts(pattern, k->base) && (pattern.n == k->base.n || pattern.p[k->base.n] == '/')) {
        add_text(m, out, pattern);
        return;
    }
    head = w403_view_cut(&rest, '/');
    if (!rest.p) {
        add_text(m, out, k->objects ? w403_arena_printf(m->a, "%.*s/*", W403_ARG(k->base)) : k->base);
        return;
    }
    add_text(m, out, w403_arena_printf(m->a, "%.*s/%.*s", W403_ARG(k->base), W403_ARG(rest)));
    if (w403_view_find_char(head, '*') != SIZE_MAX) {
        add_text(m, out, w403_arena_printf(m->a, "%.*s/*/%.*s", W403_ARG(k->base), W403_ARG(rest)));
    }
}

/* A key is no pattern: ${*}. */
static w403_view literal(w403_policy_maker *m, w403_view key)
{
    w403_view out = W403_LIT("");
    for (size_t i = 0; i < key.n; i++) {
        bool mark = key.p[i] == '*' || key.p[i] == '?' || key.p[i] == '$';
        out = mark ? w403_arena_printf(m->a, "%.*s${%c}", W403_ARG(out), key.p[i]) : out;
        size_t from = i;
        while (!mark && i + 1 < key.n && !strchr("*?$", key.p[i + 1])) {
            i++;
        }
        out = mark ? out : w403_arena_printf(m->a, "%.*s%.*s", W403_ARG(out), (int)(i + 1 - from), key.p + from);
    }
    return out;
}

/* Patterns that reach all classes of `in` and none of `out`; with `loose` they may, where it cannot be helped. False: there
 * are none. */
static bool patterns(w403_policy_maker *m, const keys *k, const bool *in, const bool *out, bool loose, w403_texts *list)
{
    const w403_elements *e = k->at[0].of;
    w403_set set;
    bool *is = W403_NEW_N(m->a, bool, e->list.n + 1), *is_not = W403_NEW_N(m->a, bool, e->list.n + 1);
    m->nomem |= !is || !is_not;
    for (size_t i = 0; i < k->n && !m->nomem; i++) {
        is[k->at[i].element] |= in[i];
        is_not[k->at[i].element] |= out[i];
    }
    if (m->nomem || !w403_set_of_elements(m->a, e, is, is_not, &set)) {
        m->nomem = true;
        return false;
    }
    bool clean = set.whole && !set.not_in && !set.unlike.n;
    if (!clean && !loose) {
        return false;
    }
    if (set.not_in || !set.whole) {
        within_bucket(m, k, W403_LIT("*"), list);
        return true;
    }
    for (size_t i = 0; i < set.in.n; i++) {
        add_text(m, list, literal(m, set.in.at[i]));
    }
    for (size_t i = 0; i < set.like.n; i++) {
        within_bucket(m, k, set.like.at[i], list);
    }
    return true;
}

static bool reached(const w403_texts *list, w403_view arn)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_glob(list->at[i], arn)) {
            return true;
        }
    }
    return false;
}

/* ---- one answer of one bucket ---- */

typedef struct plan {
    w403_texts on;
    bool *spilt; /* classes that the Allow reaches and that may less */
    W403_ARRAY(w403_policy_part) denies;
} plan;

/* Takes away what the Allow reaches too far: of all classes with one answer at once. */
static bool plan_denies(w403_policy_maker *m, const keys *k, const bool *spilt, plan *p)
{
    bool *in = W403_NEW_N(m->a, bool, k->n + 1), *out = W403_NEW_N(m->a, bool, k->n + 1), *done = W403_NEW_N(m->a, bool, k->n + 1);
    m->nomem |= !in || !out || !done;
    for (size_t i = 0; i < k->n && !m->nomem; i++) {
        const w403_row *row = w403_policy_row(m, k->what, k->at[i].place);
        if (!spilt[i] || done[i]) {
            continue;
        }
        if (allows_something(row) && !row->refused.exact) {
            return false;
        }
        for (size_t o = 0; o < k->n; o++) {
            const w403_row *other = w403_policy_row(m, k->what, k->at[o].place);
            bool same = same_answer(row, other);
            in[o] = same && spilt[o];
            out[o] = of_kind(k, o) && !same && allows_something(other);
            done[o] |= in[o];
        }
        w403_policy_part *deny = W403_PUSH(m->a, &p->denies);
        m->nomem |= !deny;
        if (m->nomem) {
            return false;
        }
        *deny = (w403_policy_part){.deny = true};
        deny->actions = allows_something(row) ? row->refused.list : deny->actions; /* its conditions */
        if (!patterns(m, k, in, out, false, &deny->resources)) {
            return false;
        }
    }
    return !m->nomem;
}

static bool plan_answer(w403_policy_maker *m, const keys *k, size_t first, plan *p)
{
    const w403_row *row = w403_policy_row(m, k->what, k->at[first].place);
    bool *in = W403_NEW_N(m->a, bool, k->n + 1), *out = p->spilt = W403_NEW_N(m->a, bool, k->n + 1);
    m->nomem |= !in || !out;
    for (size_t i = 0; i < k->n && !m->nomem; i++) {
        const w403_row *other = w403_policy_row(m, k->what, k->at[i].place);
        in[i] = of_kind(k, i) && allows_something(other) && same_answer(row, other);
        out[i] = of_kind(k, i) && !in[i] && !(allows_something(other) && other->state == W403_ALWAYS);
    }
    if (m->nomem || !patterns(m, k, in, out, true, &p->on)) {
        return false;
    }
    for (size_t i = 0; i < k->n; i++) {
        out[i] = out[i] && reached(&p->on, k->at[i].arn);
    }
    return plan_denies(m, k, out, p);
}

/* The Allow and the Denies for all classes that answer like the i-th. */
static void answer_parts(w403_policy_maker *m, const keys *k, size_t i, size_t from, const w403_texts *actions, bool *done)
{
    const w403_row *row = w403_policy_row(m, k->what, k->at[i].place);
    plan p = {.spilt = NULL};
    bool always = row->state == W403_ALWAYS;
    if ((!always && row->allowed.list.n == 0) || !plan_answer(m, k, i, &p)) {
        return; /* what is missing is found by comparing */
    }
    add_parts(m, from, false, always ? &(w403_texts){0} : &row->allowed.list, actions, &p.on);
    for (size_t d = 0; d < p.denies.n; d++) {
        add_parts(m, from, true, &p.denies.at[d].actions, actions, &p.denies.at[d].resources);
    }
    for (size_t c = 0; c < k->n; c++) { /* where everything is allowed but what is denied, all is said */
        done[c] |= always && p.spilt[c];
    }
}

static void bucket_parts(w403_policy_maker *m, const keys *k, size_t from, const w403_texts *actions)
{
    bool *done = W403_NEW_N(m->a, bool, k->n + 1);
    m->nomem |= !done;
    for (int round = 0; round < 2; round++) { /* first what is allowed always */
        for (size_t i = 0; i < k->n && !m->nomem; i++) {
            const w403_row *row = w403_policy_row(m, k->what, k->at[i].place);
            bool now = of_kind(k, i) && allows_something(row) && (row->state == W403_ALWAYS) == (round == 0) && !done[i];
            for (size_t c = i; c < k->n && now; c++) {
                done[c] |= c != i && of_kind(k, c) && same_answer(row, w403_policy_row(m, k->what, k->at[c].place));
            }
            if (now) {
                answer_parts(m, k, i, from, actions, done);
            }
        }
    }
}

/* ---- all actions ---- */

static bool same_rows(const w403_policy_maker *m, size_t a, size_t b)
{
    size_t n = m->r->resources.n;
    return memcmp(m->rows + a * n, m->rows + b * n, n * sizeof *m->rows) == 0;
}

static void action_parts(w403_policy_maker *m, size_t what, const w403_texts *actions)
{
    const w403_rows *r = m->r;
    size_t from = m->parts.n;
    for (size_t i = 0, end; i < r->resources.n && !m->nomem; i = end) {
        const w403_row_resource *x = &r->resources.at[i];
        for (end = i + 1; x->of && end < r->resources.n && r->resources.at[end].of == x->of;) {
            end++;
        }
        const w403_row *row = w403_policy_row(m, what, i);
        if (!x->of && allows_something(row)) {
            w403_texts star = {0};
            add_text(m, &star, x->arn);
            if (row->state == W403_ALWAYS || row->allowed.list.n) {
                add_parts(m, from, false, row->state == W403_ALWAYS ? &(w403_texts){0} : &row->allowed.list, actions, &star);
            }
        }
        if (x->of) {
            size_t slash = w403_view_find_char(x->arn, '/');
            keys k = {x, end - i, what, w403_view_sub(x->arn, 0, slash == SIZE_MAX ? x->arn.n : slash), false};
            k.objects = w403_action_target(m->action[what]) == W403_ON_OBJECTS;
            bucket_parts(m, &k, from, actions);
        }
    }
}

/* Statements with one effect, condition and list of resources are one. */
static void join(w403_policy_maker *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->parts.n; i++) {
        w403_policy_part *p = &m->parts.at[i], *into = NULL;
        for (size_t k = 0; k < kept && !into; k++) {
            w403_policy_part *o = &m->parts.at[k];
            bool same = o->deny == p->deny && w403_view_eq(o->condition, p->condition) && same_texts(&o->resources, &p->resources);
            into = same ? o : NULL;
        }
        for (size_t k = 0; into && k < p->actions.n; k++) {
            add_text(m, &into->actions, p->actions.at[k]);
        }
        if (!into) {
            m->parts.at[kept++] = *p;
        }
    }
    m->parts.n = kept;
}

bool w403_policy_make(w403_policy_maker *m)
{
    const w403_rows *r = m->r;
    bool *done = W403_NEW_N(m->a, bool, r->whats.n + 1);
    uint16_t *ids = W403_NEW_N(m->a, uint16_t, r->whats.n + 1);
    if (!done || !ids || !fill_rows(m)) {
        return false;
    }
    for (size_t w = 0; w < r->whats.n; w++) {
        ids[w] = w403_action_find(r->whats.at[w].name);
    }
    m->action = ids;
    for (size_t w = 0; w < r->whats.n && !m->nomem; w++) {
        w403_texts actions = {0};
        for (size_t o = w; o < r->whats.n && !done[w]; o++) {
            if (!done[o] && w403_action_target(ids[o]) == w403_action_target(ids[w]) && same_rows(m, w, o)) {
                add_text(m, &actions, r->whats.at[o].name);
                done[o] = o != w;
            }
        }
        if (actions.n) {
            action_parts(m, w, &actions);
        }
    }
    join(m);
    return !m->nomem;
}
