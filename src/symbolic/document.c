#include "symbolic/document.h"

const w403_statement *w403_documents_statement(const w403_documents *d, size_t bit)
{
    int side = d->policy[1] && bit >= d->first[1];
    return &d->policy[side]->statements[bit - d->first[side]];
}

w403_key_rules w403_documents_rules(w403_documents *d)
{
    return (w403_key_rules){
        .partition = d->partition, .when = d->when, .n_when = d->n_when, .incomplete = &d->incomplete};
}

/* ---- verdicts from bits ---- */

static w403_say say(const w403_documents *d, int side, const uint64_t *yes, const uint64_t *maybe)
{
    size_t flags = d->settled + (size_t)side * 2, n = d->policy[side] ? d->policy[side]->n_statements : 0;
    if (w403_bit(yes, flags)) {
        return W403_SAYS_DENY;
    }
    w403_tri deny = W403_NO, allow = w403_bool(w403_bit(yes, flags + 1));
    for (size_t i = 0; i < n; i++) {
        size_t bit = d->first[side] + i;
        w403_tri t = w403_bit(yes, bit) ? W403_YES : w403_bit(maybe, bit) ? W403_UNKNOWN : W403_NO;
        if (w403_statement_may_deny(&d->policy[side]->statements[i])) {
            deny = w403_or(deny, t);
        } else {
            allow = w403_or(allow, t);
        }
    }
    if (deny != W403_NO) {
        return deny == W403_YES ? W403_SAYS_DENY : W403_SAYS_UNKNOWN;
    }
    return allow == W403_YES ? W403_SAYS_ALLOW : allow == W403_NO ? W403_SAYS_NOTHING : W403_SAYS_UNKNOWN;
}

static uint8_t leaf(w403_space *s, const uint32_t *slots, const uint64_t *yes, const uint64_t *maybe)
{
    (void)slots;
    const w403_documents *d = s->user;
    return w403_says(say(d, 0, yes, maybe), say(d, 1, yes, maybe));
}

static void clear_side(const w403_documents *d, int side, bool allows_only, uint64_t *yes, uint64_t *maybe)
{
    for (uint32_t i = 0; i < d->policy[side]->n_statements; i++) {
        if (!allows_only || !w403_statement_may_deny(&d->policy[side]->statements[i])) {
            w403_bit_clear(yes, d->first[side] + i);
            w403_bit_clear(maybe, d->first[side] + i);
        }
    }
}

/* A Deny that matches whatever comes settles its document, an Allow makes the others of no account. What is left of
 * either: 0 nothing, 1 Allows, 2 Denies, 3 both. */
static int settle_side(const w403_documents *d, int side, size_t dim, uint64_t *yes, uint64_t *maybe)
{
    size_t flags = d->settled + (size_t)side * 2;
    const w403_policy *p = d->policy[side];
    int left = 0;
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        size_t bit = d->first[side] + i;
        bool deny = w403_statement_may_deny(&p->statements[i]);
        if (w403_bit(yes, bit) && d->last_dim[bit] < dim) {
            w403_bit_set(yes, deny ? flags : flags + 1);
            clear_side(d, side, !deny, yes, maybe);
            if (deny) {
                w403_bit_clear(yes, flags + 1);
                return 0;
            }
        }
    }
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        bool live = w403_bit(maybe, d->first[side] + i);
        left |= live ? (w403_statement_may_deny(&p->statements[i]) ? 2 : 1) : 0;
    }
    return left;
}

/* Verdicts that no longer differ, whatever comes. */
static int settle(w403_space *s, size_t dim, uint64_t *yes, uint64_t *maybe)
{
    const w403_documents *d = s->user;
    if (dim == 0) { /* nothing is settled yet */
        for (size_t i = 0; i < 4; i++) {
            w403_bit_clear(yes, d->settled + i);
            w403_bit_clear(maybe, d->settled + i);
        }
        return -1;
    }
    int old = settle_side(d, 0, dim, yes, maybe), new = settle_side(d, 1, dim, yes, maybe);
    if (old || new) {
        return -1;
    }
    w403_say a = say(d, 0, yes, maybe), b = say(d, 1, yes, maybe);
    return a == b ? w403_says(a, b) : -1;
}

/* ---- building ---- */

static bool collect(w403_documents *d)
{
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        if (!w403_key_uses_add(d->arena, &d->uses, st)) {
            return false;
        }
    }
    for (size_t i = 0; i < d->uses.n; i++) { /* one instant, two keys */
        if (d->uses.at[i].id == W403_KEY_AWS_EPOCHTIME &&
            !w403_key_use_of(d->arena, &d->uses, W403_KEY_AWS_CURRENTTIME, W403_LIT("aws:CurrentTime"),
                             (w403_view){NULL, 0})) {
            return false;
        }
    }
    w403_key_uses_sort(&d->uses);
    d->home = W403_NEW_N(d->arena, size_t, d->uses.n + 1);
    for (size_t i = 0; d->home && i < d->uses.n; i++) {
        d->home[i] = SIZE_MAX;
    }
    return d->home != NULL;
}

static bool add_seed(w403_documents *d, const w403_language *l, void *user)
{
    (void)d;
    return w403_elements_add(user, l);
}

typedef struct value_at {
    const w403_condition *c;
    const w403_condition_value *v;
} value_at;

static bool add_value(w403_documents *d, const w403_context *ctx, w403_elements *e, void *user)
{
    (void)d;
    const value_at *at = user;
    w403_language l = w403_condition_language(at->c, at->v, ctx);
    return l.kind == W403_LANGUAGE_HANGS || w403_elements_add(e, &l);
}

static bool hangs(const w403_key_use *u)
{
    for (size_t i = 0; i < u->conditions.n; i++) {
        for (uint32_t v = 0; v < u->conditions.at[i]->n_values; v++) {
            if (u->conditions.at[i]->values[v].text.has_variable) {
                return true;
            }
        }
    }
    return false;
}

static bool instances(w403_documents *d, const w403_key_use *u, w403_elements *e)
{
    for (size_t i = 0; i < u->conditions.n; i++) {
        const w403_condition *c = u->conditions.at[i];
        for (uint32_t v = 0; v < c->n_values; v++) {
            value_at at = {c, &c->values[v]};
            if (c->values[v].text.has_variable &&
                !w403_documents_instances(d, &c->values[v].text, e, add_value, &at)) {
                return false;
            }
        }
    }
    return true;
}

/* The names of tags are values of the key that lists them. */
static bool tag_names(w403_documents *d, const w403_key_use *u, w403_elements *e)
{
    bool s3 = u->id == W403_KEY_S3_REQUESTOBJECTTAGKEYS, aws = u->id == W403_KEY_AWS_TAGKEYS;
    for (size_t i = 0; (s3 || aws) && i < d->uses.n; i++) {
        w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = d->uses.at[i].param};
        if (d->uses.at[i].id == (s3 ? W403_KEY_S3_REQUESTOBJECTTAG : W403_KEY_AWS_REQUESTTAG) &&
            !w403_elements_add(e, &l)) {
            return false;
        }
    }
    return true;
}

/* aws:EpochTime and aws:CurrentTime are one dimension with two facts. */
static bool add_epoch(w403_documents *d, w403_dim *dim)
{
    for (size_t i = 0; i < dim->classes.n; i++) {
        w403_class *c = &dim->classes.at[i];
        w403_key_fact *f = W403_NEW_N(d->arena, w403_key_fact, 2);
        w403_view *v = W403_NEW(d->arena, w403_view);
        if (!f || !v) {
            return false;
        }
        f[0] = c->facts[0];
        *v = c->element == UINT32_MAX
                 ? W403_LIT("")
                 : w403_arena_printf(d->arena, "%lld",
                                     (long long)(dim->elements->list.at[c->element].instant / 1000000));
        f[1] = (w403_key_fact){W403_KEY_AWS_EPOCHTIME, W403_LIT("aws:EpochTime"), {NULL, 0}, f[0].present, v, f[0].n};
        c->facts = f;
        c->n_facts = 2;
    }
    return true;
}

static bool own_dimension(const w403_key_use *u)
{
    return !w403_caller_key(u->id) && u->id != W403_KEY_AWS_EPOCHTIME;
}

static bool build_keys(w403_documents *d, w403_elements **elements, bool with_variables)
{
    w403_key_rules rules = w403_documents_rules(d);
    for (size_t i = 0; i < d->uses.n; i++) {
        w403_key_use *u = &d->uses.at[i];
        if (!own_dimension(u) || hangs(u) != with_variables) {
            continue;
        }
        if (with_variables && !instances(d, u, elements[i])) {
            return false;
        }
        if (!w403_elements_close(elements[i], d->space.budget) && !d->space.budget->spent) {
            return false;
        }
        d->home[i] = d->space.dims.n;
        w403_dim *dim = w403_key_dim(&d->space, u, elements[i], &rules);
        if (!dim || (u->id == W403_KEY_AWS_CURRENTTIME && !add_epoch(d, dim))) {
            return false;
        }
        w403_links_key(&d->space, dim, &d->uses, i);
    }
    if (d->incomplete && !d->reason) {
        d->reason = "multi-valued";
    }
    return true;
}

static bool prepare_keys(w403_documents *d, w403_elements **elements)
{
    w403_key_rules rules = w403_documents_rules(d);
    for (size_t i = 0; i < d->uses.n; i++) {
        w403_key_use *u = &d->uses.at[i];
        if (!own_dimension(u)) {
            continue;
        }
        elements[i] = w403_key_elements(&d->space, u, &rules, NULL);
        if (!elements[i] || !tag_names(d, u, elements[i]) ||
            !w403_documents_seeds(d, u->id, u->name, u->param, add_seed, elements[i])) {
            return false;
        }
        for (size_t k = 0; u->id == W403_KEY_AWS_CURRENTTIME && k < d->uses.n; k++) {
            if (d->uses.at[k].id == W403_KEY_AWS_EPOCHTIME && !w403_key_languages(elements[i], &d->uses.at[k], NULL)) {
                return false;
            }
        }
    }
    return w403_links_before(d->arena, &d->uses, elements);
}

static void place_shared(w403_documents *d)
{
    size_t time = SIZE_MAX;
    for (size_t i = 0; i < d->uses.n; i++) {
        time = d->uses.at[i].id == W403_KEY_AWS_CURRENTTIME ? d->home[i] : time;
    }
    for (size_t i = 0; i < d->uses.n; i++) {
        if (d->uses.at[i].id == W403_KEY_AWS_EPOCHTIME) {
            d->home[i] = time;
        }
    }
}

static void callers_home(w403_documents *d)
{
    for (size_t i = 0; i < d->uses.n; i++) {
        if (w403_caller_key(d->uses.at[i].id)) {
            d->home[i] = d->caller_dim;
        }
    }
}

static bool link_pairs(w403_documents *d)
{
    w403_dim **dims = W403_NEW_N(d->arena, w403_dim *, d->uses.n + 1);
    for (size_t i = 0; dims && i < d->uses.n; i++) {
        bool own = own_dimension(&d->uses.at[i]) && d->home[i] != SIZE_MAX;
        dims[i] = own ? &d->space.dims.at[d->home[i]] : NULL;
    }
    if (dims) {
        w403_links_pairs(&d->space, &d->uses, dims);
    }
    return dims != NULL;
}

static bool build(w403_documents *d)
{
    w403_elements **elements;
    if (!collect(d)) {
        return false;
    }
    d->space.n_bits = d->settled + 4;
    d->space.words = (d->space.n_bits + 63) / 64;
    d->space.n_hidden = W403_HIDDEN_KEYS + d->uses.n;
    elements = W403_NEW_N(d->arena, w403_elements *, d->uses.n + 1);
    if (!elements || !w403_documents_callers(d)) {
        return false;
    }
    callers_home(d);
    if (!w403_documents_actions(d) || !prepare_keys(d, elements) || !build_keys(d, elements, false)) {
        return false;
    }
    place_shared(d);
    return build_keys(d, elements, true) && w403_documents_resources(d) && link_pairs(d) && w403_documents_join(d) &&
           w403_documents_judge(d) && w403_space_close(&d->space);
}

w403_status w403_documents_build(w403_documents *d, w403_budget *budget, w403_error *err)
{
    for (int side = 0; side < 2; side++) {
        d->first[side] = d->n_statements;
        d->n_statements += d->policy[side] ? d->policy[side]->n_statements : 0;
    }
    if (!d->policy[0]) {
        d->first[1] = 0;
    }
    d->settled = d->n_statements;
    d->space = (w403_space){
        .arena = d->arena, .budget = budget, .leaf = leaf, .settle = settle, .user = d};
    W403_NEED(build(d), err);
    return W403_OK;
}
