/* What may be asked for, for policies alone: actions of the reference, each with resources of its types (reason 7, 9). */
#include "base/glob.h"
#include "symbolic/document_actions.h"
#include "symbolic/value_forms.h"

enum { TYPES_MAX = 62, NO_RESOURCE = 62, LISTS_BUCKETS = 63 };

typedef struct type_list {
    struct {
        w403_view service, type;
    } at[TYPES_MAX];
    size_t n;
} type_list;

/* ---- actions ---- */

static size_t type_index(type_list *l, w403_view service, w403_view type)
{
    for (size_t i = 0; i < l->n; i++) {
        if (w403_view_eq(l->at[i].service, service) && w403_view_eq(l->at[i].type, type)) {
            return i;
        }
    }
    if (l->n == TYPES_MAX) {
        return TYPES_MAX - 1;
    }
    bool last = l->n == TYPES_MAX - 1; /* of whatever service, for all that find no place */
    l->at[l->n].service = last ? W403_LIT("[a-z0-9-]+") : service;
    l->at[l->n].type = last ? W403_LIT("") : type;
    return l->n++;
}

static uint64_t types_of(type_list *l, uint16_t action)
{
    if (action == W403_ACTION_S3_LISTALLMYBUCKETS) { /* R13 */
        return UINT64_C(1) << LISTS_BUCKETS;
    }
    uint64_t mask = 0;
    if (w403_action_is_foreign(action)) {
        w403_view of;
        for (size_t i = 0; (of = w403_foreign_resource(action, i)).p; i++) {
            mask |= UINT64_C(1) << type_index(l, of, W403_LIT(""));
        }
        return mask | UINT64_C(1) << NO_RESOURCE;
    }
    w403_view name = w403_view_of(w403_action_at(action)->name), rest;
    w403_view service = w403_view_cut(&name, ':');
    rest = w403_view_of(w403_action_at(action)->resource_types);
    while (rest.p && rest.n) {
        w403_view type = w403_view_cut(&rest, ' ');
        type.n -= type.n && type.p[type.n - 1] == '*';
        if (type.n && !w403_view_eq(type, W403_LIT("-"))) {
            mask |= UINT64_C(1) << type_index(l, service, type);
        }
    }
    return mask ? mask : UINT64_C(1) << NO_RESOURCE;
}

/* Actions that no policy here speaks of are silent in both. */
static bool spoken_of(const w403_documents *d, uint16_t action)
{
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        if (w403_bit(st->catalog_actions, action)) {
            return true;
        }
    }
    return false;
}

static bool in_focus(const w403_documents *d, uint16_t action)
{
    const w403_document_focus *f = &d->focus;
    w403_view name = f->n_actions ? w403_action_word(d->arena, action) : W403_LIT("");
    bool any = f->n_actions == 0;
    for (size_t i = 0; i < f->n_actions && !any; i++) {
        any = w403_iglob(f->actions[i], name);
    }
    return any;
}

/* An action that is asked about, with what tells it apart from others. */
typedef struct candidate {
    uint16_t id;
    uint64_t types;
    const uint64_t *statements; /* of a foreign one: whose Action matches it */
} candidate;

static bool same_statements(const w403_documents *d, const candidate *x, uint16_t b, const uint64_t *statements)
{
    if (x->statements || statements) {
        return x->statements && statements &&
               memcmp(x->statements, statements, (d->n_statements / 64 + 1) * sizeof *statements) == 0;
    }
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        if (w403_bit(st->catalog_actions, x->id) != w403_bit(st->catalog_actions, b)) {
            return false;
        }
    }
    return true;
}

static void link_action(w403_class *c, uint16_t action, const w403_key_uses *uses)
{
    if (w403_action_is_foreign(action)) {
        w403_links_foreign(c, action, uses);
    } else {
        w403_links_action(c, action, uses);
    }
}

static bool same_action(const w403_documents *d, const candidate *x, const w403_class *c, const uint64_t *statements)
{
    if (c->hidden[W403_HIDDEN_TYPE] != x->types || !same_statements(d, x, c->actions[0], statements)) {
        return false;
    }
    w403_class probe = {.hidden = NULL};
    uint64_t hidden[W403_HIDDEN_KEYS + 1];
    for (size_t i = 0; i < d->uses.n; i++) {
        w403_key_uses one = {.at = &d->uses.at[i], .n = 1, .cap = 1};
        hidden[W403_HIDDEN_KEYS] = UINT64_MAX;
        probe.hidden = hidden;
        link_action(&probe, x->id, &one);
        if (hidden[W403_HIDDEN_KEYS] != c->hidden[W403_HIDDEN_KEYS + i]) {
            return false;
        }
    }
    return true;
}

typedef struct action_class {
    const uint64_t *statements; /* of foreign actions */
    W403_ARRAY(uint16_t) actions;
} action_class;

typedef struct sorter {
    w403_documents *d;
    w403_dim *dim;
    type_list types;
    W403_ARRAY(action_class) classes;
} sorter;

static bool add_action(sorter *s, uint16_t action, const uint64_t *statements)
{
    w403_arena *a = s->d->arena;
    const candidate x = {action, types_of(&s->types, action), statements};
    size_t i = 0;
    while (i < s->dim->classes.n && !same_action(s->d, &x, &s->dim->classes.at[i], s->classes.at[i].statements)) {
        i++;
    }
    if (i == s->dim->classes.n) {
        w403_class *c = w403_space_class(&s->d->space, s->dim);
        action_class *k = c ? W403_PUSH(a, &s->classes) : NULL;
        if (!k) {
            return false;
        }
        k->statements = statements;
        c->hidden[W403_HIDDEN_TYPE] &= x.types;
        link_action(c, action, &s->d->uses);
    }
    uint16_t *slot = W403_PUSH(a, &s->classes.at[i].actions);
    if (!slot) {
        return false;
    }
    *slot = action;
    s->dim->classes.at[i].actions = s->classes.at[i].actions.at;
    s->dim->classes.at[i].n_actions++;
    return true;
}

static type_list *actions(w403_documents *d)
{
    w403_foreign_actions foreign = {0};
    sorter *s = W403_NEW(d->arena, sorter);
    d->action_dim = d->space.dims.n;
    if (!s || !w403_foreign_collect(d, &foreign)) {
        return NULL;
    }
    s->d = d;
    s->dim = w403_space_dim(&d->space, W403_DIM_ACTION, W403_LIT("action"));
    for (uint16_t a = 0; s->dim && a < W403_ACTION_COUNT; a++) {
        if (spoken_of(d, a) && in_focus(d, a) && !add_action(s, a, NULL)) {
            return NULL;
        }
    }
    for (size_t i = 0; s->dim && i < foreign.n; i++) {
        if (in_focus(d, foreign.at[i].id) && !add_action(s, foreign.at[i].id, foreign.at[i].statements)) {
            return NULL;
        }
    }
    return s->dim ? &s->types : NULL;
}

/* ---- resources ---- */

static bool add_pattern(w403_documents *d, const w403_context *ctx, w403_elements *e, void *user)
{
    (void)d;
    const struct pattern_at {
        w403_policy_kind kind;
        const w403_resource_pattern *p;
    } *at = user;
    w403_language l = w403_resource_language(at->kind, at->p, ctx);
    return l.kind == W403_LANGUAGE_HANGS || w403_elements_add(e, &l);
}

static bool add_patterns(w403_documents *d, w403_elements *e)
{
    for (size_t i = 0; i < d->n_statements; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        for (uint32_t r = 0; r < st->n_resources; r++) {
            struct pattern_at {
                w403_policy_kind kind;
                const w403_resource_pattern *p;
            } at = {st->policy->kind, &st->resources[r]};
            bool good = at.p->whole.has_variable
                            ? w403_documents_instances(d, &at.p->whole, e, add_pattern, &at)
                            : add_pattern(d, NULL, e, &at);
            if (!good) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < d->focus.n_resources; i++) {
        bool arn = w403_view_starts(d->focus.resources[i], W403_LIT("arn:"));
        w403_language l = {.kind = W403_LANGUAGE_GLOB, .text = d->focus.resources[i], .arn = arn};
        if (!w403_elements_add(e, &l)) {
            return false;
        }
    }
    return true;
}

static bool add_forms(w403_documents *d, w403_elements *e, const type_list *types)
{
    for (size_t i = 0; i < types->n; i++) {
        const w403_resource_form *f = w403_resource_form_of(types->at[i].service, types->at[i].type);
        w403_view form = f ? w403_form_in(d->arena, w403_view_of(f->form), d->partition)
                           : w403_arena_printf(d->arena, "arn:%.*s:%.*s:[a-z0-9-]*:[0-9]*:@+", W403_ARG(d->partition),
                                               W403_ARG(types->at[i].service));
        if (!form.p || !w403_elements_form(e, form)) {
            return false;
        }
    }
    static const char *const samples[] = {"arn:P:s3:::amzn-s3-demo-bucket", "arn:P:s3:::amzn-s3-demo-bucket/reports/2026/a.csv",
                                          "arn:P:s3:us-east-1:444455556666:accesspoint/someones"};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (!w403_elements_favour(e, w403_form_in(d->arena, w403_view_of(samples[i]), d->partition))) {
            return false;
        }
    }
    return true;
}

static bool resource_in_focus(const w403_documents *d, w403_view resource)
{
    const w403_document_focus *f = &d->focus;
    bool any = f->n_resources == 0;
    for (size_t i = 0; i < f->n_resources && !any; i++) {
        any = w403_glob(f->resources[i], resource);
    }
    return any;
}

static bool add_resource(w403_documents *d, w403_dim *dim, w403_view resource, uint32_t element, uint64_t types)
{
    if (!resource_in_focus(d, resource)) {
        return true;
    }
    w403_class *c = w403_space_class(&d->space, dim);
    if (c) {
        c->resource = resource;
        c->element = element;
        c->hidden[W403_HIDDEN_TYPE] &= types;
    }
    return c != NULL;
}

bool w403_documents_actions(w403_documents *d)
{
    type_list *types = actions(d);
    d->resource_dim = d->space.dims.n;
    w403_dim *dim = types ? w403_space_dim(&d->space, W403_DIM_RESOURCE, W403_LIT("resource")) : NULL;
    w403_elements *e = dim ? w403_elements_new(d->arena, W403_ELEMENTS_TEXT) : NULL;
    if (!e || !add_forms(d, e, types)) {
        return false;
    }
    dim->elements = e;
    return true;
}

bool w403_documents_resources(w403_documents *d)
{
    w403_dim *dim = &d->space.dims.at[d->resource_dim];
    w403_elements *e = NULL;
    memcpy(&e, &dim->elements, sizeof e); /* made above, and ours until it is closed */
    if (!add_patterns(d, e)) {
        return false;
    }
    bool none = e->forms.n == 0;
    if (!none && !w403_elements_close(e, d->space.budget) && !d->space.budget->spent) {
        return false;
    }
    bool good = true;
    for (uint32_t i = 0; i < e->list.n && good; i++) {
        uint64_t types = 0;
        for (size_t t = 0; t < e->forms.n; t++) {
            types |= w403_bit(e->list.at[i].bits, e->patterns.n + t) ? UINT64_C(1) << t : 0;
        }
        good = add_resource(d, dim, e->list.at[i].value, i, types);
    }
    w403_view star = W403_LIT("*");
    return good && add_resource(d, dim, star, UINT32_MAX, UINT64_C(1) << NO_RESOURCE) &&
           add_resource(d, dim, star, UINT32_MAX - 1, UINT64_C(1) << LISTS_BUCKETS);
}
