/* Policy variables: a value that stands in the pattern of another key ties the two together (reason 9). */
#include "base/limits.h"
#include "policy/pattern.h"
#include "symbolic/document.h"

enum { INSTANCES_MAX = W403_LIMIT_SYMBOLIC_INSTANCES, TEMPLATE_KEYS = 4, PAIRS_MAX = W403_LIMIT_SYMBOLIC_PAIRS };

void w403_documents_incomplete(w403_documents *d, const char *reason, const w403_statement *st)
{
    if (!d->incomplete) {
        d->incomplete = true;
        d->reason = reason;
        d->blamed = st;
    }
}

/* ---- instances ---- */

typedef struct key_dims {
    w403_documents *d;
    size_t dims[TEMPLATE_KEYS]; /* dimensions of the template's variables, each once */
    size_t n, keys;
    bool missing;
} key_dims;

static bool note_key(void *user, uint16_t id, w403_view name, w403_view param)
{
    key_dims *k = user;
    for (size_t i = 0; i < k->d->uses.n; i++) {
        if (!w403_same_key(id, name, param, &k->d->uses.at[i])) {
            continue;
        }
        size_t home = k->d->home[i];
        k->keys++;
        for (size_t x = 0; x < k->n; x++) {
            if (k->dims[x] == home) {
                return true;
            }
        }
        k->missing |= home == SIZE_MAX || k->n == TEMPLATE_KEYS;
        if (!k->missing) {
            k->dims[k->n++] = home;
        }
        return true;
    }
    return true; /* a key that no request has: the variable has no value */
}

/* One variable, and no wildcard before it: then a class for each value of the variable is enough. */
static bool simple(const w403_template *t, size_t keys)
{
    for (size_t i = 0; i < t->text.n; i++) {
        if (t->text.p[i] == '*' || t->text.p[i] == '?') {
            return false;
        }
        if (t->text.p[i] == '$') {
            return keys == 1;
        }
    }
    return true;
}

bool w403_documents_instances(w403_documents *d, const w403_template *t, w403_elements *e,
                              bool (*add)(w403_documents *d, const w403_context *ctx, w403_elements *e, void *user),
                              void *user)
{
    key_dims k = {.d = d};
    const w403_class *chosen[TEMPLATE_KEYS] = {NULL};
    w403_assignment as = {chosen, 0};
    w403_context ctx;
    (void)w403_template_keys(t, note_key, &k);
    if (k.missing || !simple(t, k.keys)) {
        w403_documents_incomplete(d, "word-equation", NULL);
    }
    as.n = k.n;
    w403_assignment_context(&as, d->arena, &ctx);
    size_t total = 1;
    for (size_t i = 0; i < k.n; i++) {
        total *= d->space.dims.at[k.dims[i]].classes.n;
        total = total > INSTANCES_MAX ? INSTANCES_MAX + 1 : total;
    }
    if (total > INSTANCES_MAX) {
        w403_documents_incomplete(d, "word-equation", NULL);
        total = INSTANCES_MAX;
    }
    for (size_t n = 0; n < total; n++) {
        size_t rest = n;
        for (size_t i = 0; i < k.n; i++) {
            const w403_dim *dim = &d->space.dims.at[k.dims[i]];
            chosen[i] = &dim->classes.at[rest % dim->classes.n];
            rest /= dim->classes.n;
        }
        if (!add(d, &ctx, e, user)) {
            return false;
        }
    }
    return true;
}

/* ---- seeds ---- */

typedef struct seeker {
    w403_documents *d;
    uint16_t id;
    w403_view name, param;
    bool (*add)(w403_documents *d, const w403_language *l, void *user);
    void *user;
} seeker;

/* What `other` has where the template has its variable. */
static bool seed(const seeker *s, const w403_template *t, size_t at, size_t end, w403_view other, bool glob)
{
    w403_view before = w403_view_sub(t->text, 0, at), after = w403_view_sub(t->text, end, t->text.n);
    if (!w403_view_starts(other, before)) {
        return true;
    }
    w403_view rest = w403_view_sub(other, before.n, other.n);
    if (after.n && after.p[0] != '*') {
        rest = w403_view_cut(&rest, after.p[0]);
    }
    w403_language l = {.kind = glob ? W403_LANGUAGE_GLOB : W403_LANGUAGE_TEXT, .text = rest};
    return rest.n == 0 || s->add(s->d, &l, s->user);
}

/* Others beside one template: resources beside a resource, values of the same key beside a value. */
static bool seed_from(const seeker *s, const w403_template *t, const w403_condition *like)
{
    for (size_t at = 0; at + 1 < t->text.n; at++) {
        w403_variable v;
        if (t->text.p[at] != '$' || !w403_variable_at(t->text, at, &v)) {
            continue;
        }
        w403_view param = {NULL, 0};
        uint16_t id = w403_key_find(v.key, &param);
        bool same = id == s->id && w403_view_ieq(param, s->param) && (id || w403_view_ieq(v.key, s->name));
        for (size_t i = 0; same && i < s->d->n_statements; i++) {
            const w403_statement *st = w403_documents_statement(s->d, i);
            for (uint32_t r = 0; !like && r < st->n_resources; r++) {
                if (!seed(s, t, at, v.end, st->resources[r].whole.text, true)) {
                    return false;
                }
            }
            for (uint32_t c = 0; like && c < st->n_conditions; c++) {
                const w403_condition *k = &st->conditions[c];
                bool alike = k->key_id == like->key_id && w403_view_ieq(k->key_param, like->key_param);
                for (uint32_t n = 0; alike && n < k->n_values; n++) {
                    if (!seed(s, t, at, v.end, k->values[n].text.text, k->op->compare == W403_CMP_LIKE)) {
                        return false;
                    }
                }
            }
        }
        at = v.end - 1;
    }
    return true;
}

bool w403_documents_seeds(w403_documents *d, uint16_t id, w403_view name, w403_view param,
                          bool (*add)(w403_documents *d, const w403_language *l, void *user), void *user)
{
    seeker s = {d, id, name, param, add, user};
    bool good = true;
    for (size_t i = 0; i < d->n_statements && good; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        for (uint32_t r = 0; r < st->n_resources && good; r++) {
            good = !st->resources[r].whole.has_variable || seed_from(&s, &st->resources[r].whole, NULL);
        }
        for (uint32_t c = 0; c < st->n_conditions && good; c++) {
            for (uint32_t v = 0; v < st->conditions[c].n_values && good; v++) {
                const w403_template *t = &st->conditions[c].values[v].text;
                good = !t->has_variable || seed_from(&s, t, &st->conditions[c]);
            }
        }
    }
    return good;
}

/* ---- joining ---- */

static size_t root_of(const size_t *up, size_t i)
{
    while (up[i] != i) {
        i = up[i];
    }
    return i;
}

static void tie(w403_documents *d, size_t *up, const w403_template *t, size_t dim)
{
    key_dims k = {.d = d};
    (void)w403_template_keys(t, note_key, &k);
    for (size_t i = 0; i < k.n; i++) {
        size_t a = root_of(up, k.dims[i]), b = root_of(up, dim);
        up[a > b ? a : b] = a > b ? b : a;
    }
}

static size_t home_of(const w403_documents *d, const w403_condition *c)
{
    for (size_t i = 0; i < d->uses.n; i++) {
        if (w403_same_key(c->key_id, c->key, c->key_param, &d->uses.at[i])) {
            return d->home[i];
        }
    }
    return SIZE_MAX;
}

static void tie_all(w403_documents *d, size_t *up)
{
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        for (uint32_t r = 0; r < st->n_resources; r++) {
            tie(d, up, &st->resources[r].whole, d->resource_dim);
        }
        for (uint32_t c = 0; c < st->n_conditions; c++) {
            for (uint32_t v = 0; v < st->conditions[c].n_values; v++) {
                tie(d, up, &st->conditions[c].values[v].text, home_of(d, &st->conditions[c]));
            }
        }
    }
}

/* Everything that two classes say, in one. */
static bool combine(w403_documents *d, w403_dim *out, const w403_dim *parts, uint32_t n, const uint32_t *pick)
{
    w403_class joined = {.element = UINT32_MAX};
    size_t facts = 0;
    for (uint32_t p = 0; p < n; p++) {
        facts += parts[p].classes.at[pick[p]].n_facts;
    }
    w403_class *c = w403_space_class(&d->space, out);
    w403_key_fact *f = c ? W403_NEW_N(d->arena, w403_key_fact, facts + 1) : NULL;
    uint32_t *part = f ? W403_NEW_N(d->arena, uint32_t, n) : NULL;
    if (!part) {
        return false;
    }
    facts = 0;
    for (uint32_t p = 0; p < n; p++) {
        const w403_class *x = &parts[p].classes.at[pick[p]];
        for (uint32_t i = 0; i < x->n_facts; i++) {
            f[facts++] = x->facts[i];
        }
        joined.caller = x->caller ? x->caller : joined.caller;
        joined.resource = x->resource.p ? x->resource : joined.resource;
        part[p] = pick[p];
        for (size_t h = 0; h < d->space.n_hidden; h++) {
            c->hidden[h] &= x->hidden[h];
            if (!c->hidden[h]) { /* no such pair */
                out->classes.n--;
                return true;
            }
        }
    }
    c->facts = f;
    c->n_facts = (uint32_t)facts;
    c->caller = joined.caller;
    c->resource = joined.resource;
    c->part = part;
    return true;
}

static bool join(w403_documents *d, w403_dim *parts, uint32_t n, w403_dim *out)
{
    uint32_t *pick = W403_NEW_N(d->arena, uint32_t, n);
    size_t total = 1;
    for (uint32_t i = 0; i < n; i++) {
        total *= parts[i].classes.n;
        total = total > PAIRS_MAX ? PAIRS_MAX + 1 : total;
    }
    if (total > PAIRS_MAX) {
        w403_documents_incomplete(d, "word-equation", NULL);
        total = PAIRS_MAX;
    }
    *out = (w403_dim){.kind = parts[0].kind, .name = parts[0].name, .parts = parts, .n_parts = n};
    for (size_t k = 0; pick && k < total; k++) {
        size_t rest = k;
        for (uint32_t i = 0; i < n; i++) {
            pick[i] = (uint32_t)(rest % parts[i].classes.n);
            rest /= parts[i].classes.n;
        }
        if (!combine(d, out, parts, n, pick)) {
            return false;
        }
    }
    return pick != NULL;
}

bool w403_documents_join(w403_documents *d)
{
    w403_space *s = &d->space;
    size_t n = s->dims.n, kept = 0;
    size_t *up = W403_NEW_N(d->arena, size_t, n), *moved = W403_NEW_N(d->arena, size_t, n);
    w403_dim *dims = W403_NEW_N(d->arena, w403_dim, n);
    if (!up || !moved || !dims) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        up[i] = i;
    }
    tie_all(d, up);
    for (size_t i = 0; i < n; i++) {
        if (root_of(up, i) != i) {
            continue;
        }
        uint32_t members = 0;
        w403_dim *parts = W403_NEW_N(d->arena, w403_dim, n);
        if (!parts) {
            return false;
        }
        for (size_t k = i; k < n; k++) {
            if (root_of(up, k) == i) {
                parts[members++] = s->dims.at[k];
                moved[k] = kept;
            }
        }
        dims[kept] = parts[0];
        if (members > 1 && !join(d, parts, members, &dims[kept])) {
            return false;
        }
        kept++;
    }
    memcpy(s->dims.at, dims, kept * sizeof *dims);
    s->dims.n = kept;
    for (size_t i = 0; i < d->uses.n; i++) {
        d->home[i] = d->home[i] == SIZE_MAX ? SIZE_MAX : moved[d->home[i]];
    }
    d->caller_dim = moved[d->caller_dim];
    d->action_dim = moved[d->action_dim];
    d->resource_dim = moved[d->resource_dim];
    return true;
}
