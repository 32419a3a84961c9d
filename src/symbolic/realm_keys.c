/* What of a caller's request is open: its dimensions (reason 5, 6, 9). */
#include "base/glob.h"
#include "symbolic/realm_maker.h"
#include "symbolic/value_forms.h"

/* ---- elements ---- */
w403_key_rules w403_realm_rules(w403_realm_maker *m)
{
    w403_realm *r = m->x->realm;
    w403_view partition = r->snap[0] ? r->snap[0]->partition : W403_LIT("aws");
    return (w403_key_rules){
        .partition = partition, .when = r->when, .n_when = r->n_when, .incomplete = &m->x->incomplete};
}

bool w403_elements_text(w403_elements *e, w403_view text)
{
    w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = text};
    return text.p && w403_elements_add(e, &l);
}

static w403_view endpoint_value(const w403_realm_reply *x, const w403_vpc_endpoint *e, uint16_t id)
{
    const w403_account *owner = e->account;
    switch (id) {
    case W403_KEY_AWS_SOURCEVPCE:
        return e->id;
    case W403_KEY_AWS_SOURCEVPC:
        return e->vpc_id;
    case W403_KEY_AWS_VPCEACCOUNT:
        return owner ? owner->id : (w403_view){NULL, 0};
    case W403_KEY_AWS_VPCEORGID:
        return owner && owner->in_org ? x->realm->snap[0]->org.id : (w403_view){NULL, 0};
    case W403_KEY_AWS_VPCEORGPATHS:
        return owner && owner->in_org ? owner->org_path : (w403_view){NULL, 0};
    default:
        return (w403_view){NULL, 0};
    }
}

/* The VPC of an access point that takes requests from nowhere else (AP5); {NULL,0}: it takes them from anywhere. */
static w403_view only_vpc(const w403_realm_reply *x)
{
    for (int side = 0; side < x->realm->n; side++) {
        const w403_access_point *ap = x->sample[side] ? x->sample[side]->target.access_point : NULL;
        if (ap && ap->vpc_only && ap->vpc_id.p) {
            return ap->vpc_id;
        }
    }
    return (w403_view){NULL, 0};
}

/* The snapshot's endpoints are values worth a class. */
static bool add_endpoints(w403_realm_maker *m, w403_elements *e, uint16_t id)
{
    w403_view only = id == W403_KEY_AWS_SOURCEVPC ? only_vpc(m->x) : (w403_view){NULL, 0};
    if (only.p && !w403_elements_text(e, only)) {
        return false;
    }
    for (int side = 0; side < m->x->realm->n; side++) {
        const w403_snapshot *s = m->x->realm->snap[side];
        for (uint32_t i = 0; s && i < s->n_endpoints; i++) {
            w403_view v = endpoint_value(m->x, s->endpoint_list[i], id);
            if (v.n && !w403_elements_text(e, v)) {
                return false;
            }
        }
    }
    return true;
}

static bool add_sessions(w403_realm_maker *m, w403_elements *e)
{
    const w403_call *c = m->x->sample[0] ? m->x->sample[0] : m->x->sample[1];
    w403_view id = c->caller.unique_id;
    e->forms.n = 0;
    e->favourites.n = 0;
    if (!w403_elements_form(e, w403_arena_printf(m->x->arena, "%.*s:[A-Za-z0-9_+=,.@-]{2,}", W403_ARG(id))) ||
        !w403_elements_favour(e, w403_arena_printf(m->x->arena, "%.*s:session", W403_ARG(id)))) {
        return false;
    }
    for (size_t i = 0; i < m->x->statements.n; i++) {
        const w403_statement *st = m->x->statements.at[i];
        for (uint32_t p = 0; p < st->n_principals; p++) {
            w403_view rest = w403_arn_split(st->principals[p].text).part[5];
            if (st->principals[p].kind != W403_PE_SESSION) {
                continue;
            }
            w403_view_cut(&rest, '/');
            w403_view_cut(&rest, '/');
            if (rest.n && !w403_elements_text(e, w403_arena_printf(m->x->arena, "%.*s:%.*s", W403_ARG(id), W403_ARG(rest)))) {
                return false;
            }
        }
    }
    return true;
}

static bool names_sessions(const w403_realm_reply *x)
{
    for (size_t i = 0; i < x->statements.n; i++) {
        for (uint32_t p = 0; p < x->statements.at[i]->n_principals; p++) {
            if (x->statements.at[i]->principals[p].kind == W403_PE_SESSION) {
                return true;
            }
        }
    }
    return false;
}

static bool any_network(const w403_realm_reply *x)
{
    bool used = only_vpc(x).p != NULL;
    for (size_t i = 0; i < x->uses.n; i++) {
        used |= w403_network_key(x->uses.at[i].id);
    }
    for (int side = 0; side < x->realm->n; side++) {
        const w403_snapshot *s = x->realm->snap[side];
        used |= s && s->endpoints_unread.state == W403_FACT_UNKNOWN;
        for (uint32_t i = 0; s && i < s->n_endpoints; i++) {
            used |= s->endpoint_list[i]->policy != NULL || s->endpoint_list[i]->policy_fact.state == W403_FACT_UNKNOWN;
        }
    }
    return used;
}

/* Keys that nobody's condition asks about, and that matter all the same. */
static bool add_uses(w403_realm_reply *x)
{
    w403_view none = {NULL, 0};
    bool good = true;
    if (!w403_asker_is_service(x->asker) && any_network(x)) {
        good = w403_key_use_of(x->arena, &x->uses, W403_KEY_AWS_SOURCEIP, W403_LIT("aws:SourceIp"), none) &&
               w403_key_use_of(x->arena, &x->uses, W403_KEY_AWS_SOURCEVPCE, W403_LIT("aws:SourceVpce"), none) &&
               (!only_vpc(x).p ||
                w403_key_use_of(x->arena, &x->uses, W403_KEY_AWS_SOURCEVPC, W403_LIT("aws:SourceVpc"), none));
    }
    if (good && w403_realm_is_role(x) && names_sessions(x)) {
        good = w403_key_use_of(x->arena, &x->uses, W403_KEY_AWS_USERID, W403_LIT("aws:userid"), none) != NULL;
    }
    return good;
}

static bool make_elements(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    w403_key_rules rules = w403_realm_rules(m);
    for (size_t i = 0; i < x->uses.n; i++) {
        w403_key_use *u = &x->uses.at[i];
        x->ways[i] = w403_realm_way(x, u);
        x->home[i] = SIZE_MAX;
        if (x->ways[i] == W403_WAY_DERIVED) {
            continue;
        }
        m->elements[i] = w403_key_elements(&x->space, u, &rules, NULL);
        if (!m->elements[i] || !add_endpoints(m, m->elements[i], u->id) ||
            (x->ways[i] == W403_WAY_SESSION && !add_sessions(m, m->elements[i]))) {
            return false;
        }
        m->distinct[i] = w403_way_tells_more(x->ways[i]) || (u->id == W403_KEY_AWS_SOURCEVPC && only_vpc(x).p);
    }
    return w403_links_before(x->arena, &x->uses, m->elements);
}

/* Every value of a tag's name that the header would carry. */
static bool tag_names(w403_realm_maker *m)
{
    for (size_t i = 0; i < m->x->uses.n; i++) {
        if (m->x->ways[i] != W403_WAY_TAG_KEYS) {
            continue;
        }
        for (size_t k = 0; k < m->x->uses.n; k++) {
            if (m->x->ways[k] == W403_WAY_TAG && !w403_elements_text(m->elements[i], m->x->uses.at[k].param)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- variables ---- */

typedef struct variable_state {
    w403_realm_maker *m;
    size_t open; /* variables of the template whose key is a dimension */
    bool caller;
} variable_state;

static bool note_variable(void *user, uint16_t id, w403_view name, w403_view param)
{
    variable_state *v = user;
    for (size_t i = 0; i < v->m->x->uses.n; i++) {
        if (w403_same_key(id, name, param, &v->m->x->uses.at[i]) && v->m->elements[i]) {
            v->m->distinct[i] = true;
            v->open++;
        }
    }
    v->caller |= w403_caller_key(id);
    return true;
}

/* A variable whose key is open itself: its classes and those of what it stands in are each looked at. Values that the
 * caller or the snapshot fix are put in. */
static bool variables(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    const w403_call *c = x->sample[0] ? x->sample[0] : x->sample[1];
    bool set = w403_asker_is_set(x->asker);
    for (size_t i = 0; i < x->uses.n; i++) {
        w403_key_use *u = &x->uses.at[i];
        for (size_t k = 0; k < u->conditions.n; k++) {
            const w403_condition *cond = u->conditions.at[k];
            for (uint32_t n = 0; n < cond->n_values; n++) {
                variable_state v = {.m = m};
                if (!cond->values[n].text.has_variable) {
                    continue;
                }
                (void)w403_template_keys(&cond->values[n].text, note_variable, &v);
                if (v.open || (set && v.caller)) {
                    m->distinct[i] = m->elements[i] != NULL;
                    x->incomplete = true;
                    x->reason = "word-equation";
                }
                const w403_check_work *w = c && c->checks.n ? c->checks.at[0].detail : NULL;
                if (!w || !m->elements[i]) {
                    continue;
                }
                w403_language l = w403_condition_language(cond, &cond->values[n], &w->context);
                if (l.kind != W403_LANGUAGE_HANGS && !w403_elements_add(m->elements[i], &l)) {
                    return false;
                }
            }
        }
    }
    return true;
}

void w403_realm_tell_apart(w403_realm_maker *m, w403_class *c)
{
    size_t bit = m->x->statements.n + m->next++;
    if (bit < m->x->space.n_bits) {
        w403_bit_clear(c->yes, bit);
    }
}

/* ---- classes ---- */

/* An asker's organization is its own: `any-account` is in none that is mentioned. */
static bool fits_asker(const w403_realm_maker *m, const w403_class *c, uint16_t id)
{
    const w403_asker *a = m->x->asker;
    const w403_mentions *men = &m->x->realm->mentions;
    bool present = c->facts[0].present == W403_YES;
    if (id != W403_KEY_AWS_PRINCIPALORGID && id != W403_KEY_AWS_PRINCIPALORGPATHS) {
        return true;
    }
    w403_view v = present ? c->facts[0].values[0] : W403_LIT("");
    v = w403_view_cut(&v, '/');
    if (a->kind == W403_ASKER_ORGANIZATION) {
        return present && w403_view_eq(v, a->org);
    }
    for (size_t i = 0; present && i < men->orgs.n; i++) {
        const w403_snapshot *s = m->x->realm->snap[0];
        bool own = s && w403_view_eq(s->org.id, men->orgs.at[i]);
        if (w403_view_eq(v, men->orgs.at[i]) && (own || a->kind == W403_ASKER_ANY_ACCOUNT)) {
            return false;
        }
    }
    return true;
}

/* aws:PrincipalOrgID of a mentioned organization must be a class of its own. */
static bool organization_texts(w403_realm_maker *m)
{
    for (size_t i = 0; i < m->x->uses.n; i++) {
        uint16_t id = m->x->uses.at[i].id;
        for (size_t k = 0; m->elements[i] && k < m->x->realm->mentions.orgs.n; k++) {
            w403_view org = m->x->realm->mentions.orgs.at[k];
            w403_language l = {.kind = W403_LANGUAGE_TEXT, .text = org}, wrapped;
            if (id == W403_KEY_AWS_PRINCIPALORGID && !w403_elements_add(m->elements[i], &l)) {
                return false;
            }
            if (id == W403_KEY_AWS_PRINCIPALORGPATHS &&
                (!w403_language_wrap(m->x->arena, "", &l, "/*", false, &wrapped) ||
                 !w403_elements_add(m->elements[i], &wrapped))) {
                return false;
            }
        }
    }
    return true;
}

typedef struct chain {
    const w403_assignment *as;
    const w403_context *derived; /* NULL: nothing is */
    const w403_realm_reply *x;
} chain;

/* What this class says, else what decide derives; other dimensions are unknown here. */
static void chained(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    const chain *k = c->user;
    const w403_key_fact *f = w403_assignment_fact(k->as, id, name, param);
    if (f) {
        *out = (w403_key_value){f->present, f->values, f->n};
        return;
    }
    for (size_t i = 0; i < k->x->uses.n; i++) {
        if (k->x->ways[i] != W403_WAY_DERIVED && w403_same_key(id, name, param, &k->x->uses.at[i])) {
            *out = (w403_key_value){W403_UNKNOWN, NULL, 0};
            return;
        }
    }
    *out = (w403_key_value){W403_UNKNOWN, NULL, 0};
    if (k->derived) {
        w403_context_get(k->derived, id, name, param, out);
    }
}

static void judge(w403_realm_maker *m, const w403_dim *d, w403_class *c)
{
    w403_realm_reply *x = m->x;
    const w403_class *one[1] = {c};
    w403_assignment as = {one, 1};
    const w403_call *call = x->sample[0] ? x->sample[0] : x->sample[1];
    const w403_check_work *w = call && call->checks.n && !w403_asker_is_set(x->asker) ? call->checks.at[0].detail : NULL;
    chain k = {&as, w ? &w->context : NULL, x};
    w403_context ctx = {.get = chained, .user = &k, .arena = x->arena};
    for (size_t i = 0; i < x->statements.n; i++) {
        const w403_statement *st = x->statements.at[i];
        w403_tri t = W403_YES;
        for (uint32_t n = 0; n < st->n_conditions && t != W403_NO; n++) {
            w403_key_use u = {.id = d->id, .name = d->name, .param = d->param};
            const w403_condition *cond = &st->conditions[n];
            if (w403_same_key(cond->key_id, cond->key, cond->key_param, &u)) {
                t = w403_and(t, w403_match_condition(cond, &ctx));
            }
        }
        if (t != W403_YES) {
            w403_bit_clear(c->yes, i);
        }
        if (t == W403_NO) {
            w403_bit_clear(c->maybe, i);
        }
    }
}

static bool key_dims(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    w403_key_rules rules = w403_realm_rules(m);
    for (size_t i = 0; i < x->uses.n; i++) {
        if (!m->elements[i]) {
            continue;
        }
        x->home[i] = x->space.dims.n;
        w403_dim *d = w403_key_dim(&x->space, &x->uses.at[i], m->elements[i], &rules);
        if (!d) {
            return false;
        }
        w403_links_key(&x->space, d, &x->uses, i);
        size_t kept = 0;
        for (size_t k = 0; k < d->classes.n; k++) {
            if (fits_asker(m, &d->classes.at[k], d->id)) {
                d->classes.at[kept++] = d->classes.at[k];
            }
        }
        d->classes.n = kept;
        for (size_t k = 0; k < d->classes.n; k++) {
            judge(m, d, &d->classes.at[k]);
            if (m->distinct[i]) {
                w403_realm_tell_apart(m, &d->classes.at[k]);
            }
        }
    }
    return true;
}

/* ---- what goes together ---- */

/* Keys of one endpoint, when it is the snapshot's: a hidden variable over its endpoints, one more for all others. */
static void link_endpoints(w403_realm_maker *m, size_t hidden)
{
    enum { ENDPOINTS = 60, OTHERS = 62, NO_ENDPOINT = 63 };
    w403_realm_reply *x = m->x;
    const w403_snapshot *s = x->realm->snap[0] ? x->realm->snap[0] : x->realm->snap[1];
    for (size_t i = 0; i < x->uses.n; i++) {
        uint16_t id = x->uses.at[i].id;
        if (x->home[i] == SIZE_MAX || !w403_network_key(id) || id == W403_KEY_AWS_SOURCEIP) {
            continue;
        }
        w403_dim *d = &x->space.dims.at[x->home[i]];
        for (size_t k = 0; k < d->classes.n; k++) {
            w403_class *c = &d->classes.at[k];
            bool present = c->facts[0].present == W403_YES;
            uint64_t bits = present ? UINT64_C(1) << OTHERS : UINT64_C(1) << NO_ENDPOINT;
            for (uint32_t e = 0; s && e < s->n_endpoints && e < ENDPOINTS; e++) {
                w403_view v = endpoint_value(x, s->endpoint_list[e], id);
                bool same = v.n ? present && w403_view_eq(v, c->facts[0].values[0])
                                : id != W403_KEY_AWS_SOURCEVPCE; /* not known: whatever it is */
                bits |= same && (present || !v.n) ? UINT64_C(1) << e : 0;
                if (present && v.n && same && (id == W403_KEY_AWS_SOURCEVPCE || id == W403_KEY_AWS_SOURCEVPC)) {
                    bits &= ~(UINT64_C(1) << OTHERS); /* a VPC that is listed has no endpoints that are not */
                }
            }
            c->hidden[hidden] &= bits;
        }
    }
}

static void link_pairs(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    w403_dim **dims = W403_NEW_N(x->arena, w403_dim *, x->uses.n + 1);
    for (size_t i = 0; dims && i < x->uses.n; i++) {
        dims[i] = x->home[i] == SIZE_MAX ? NULL : &x->space.dims.at[x->home[i]];
    }
    if (dims) {
        w403_links_pairs(&x->space, &x->uses, dims);
    }
}

/* Requester Pays: the header is open for whoever is not of the bucket's account. */
static bool payer(w403_realm_maker *m)
{
    w403_realm_reply *x = m->x;
    bool pays = false;
    x->payer_dim = SIZE_MAX;
    for (int side = 0; side < x->realm->n; side++) {
        const w403_call *c = x->sample[side];
        pays |= c && c->target.bucket && c->target.bucket->requester_pays;
    }
    if (!pays) {
        return true;
    }
    x->payer_dim = x->space.dims.n;
    w403_dim *d = w403_space_dim(&x->space, W403_DIM_KEY, W403_LIT("x-amz-request-payer"));
    w403_view *v = d ? W403_NEW(x->arena, w403_view) : NULL;
    for (uint32_t i = 0; v && i < 2; i++) {
        w403_class *c = w403_space_class(&x->space, d);
        w403_key_fact *f = c ? W403_NEW(x->arena, w403_key_fact) : NULL;
        if (!f) {
            return false;
        }
        *v = W403_LIT("requester");
        *f = (w403_key_fact){.name = d->name, .present = w403_bool(i == 0), .values = v, .n = i == 0};
        c->facts = f;
        c->n_facts = 1;
        w403_realm_tell_apart(m, c);
    }
    return v != NULL;
}

static size_t count_extra(const w403_realm_maker *m)
{
    size_t n = 2 + (m->arns ? m->arns->list.n : 0);
    for (size_t i = 0; i < m->x->uses.n; i++) {
        bool set = m->elements[i] && w403_key_at(m->x->uses.at[i].id) && w403_key_at(m->x->uses.at[i].id)->multi;
        if (m->distinct[i] && m->elements[i]) {
            n += set && m->elements[i]->list.n <= 12 ? ((size_t)1 << m->elements[i]->list.n) : m->elements[i]->list.n + 1;
        }
    }
    return n;
}

static bool close_elements(w403_realm_maker *m)
{
    for (size_t i = 0; i < m->x->uses.n; i++) {
        if (m->elements[i] && !w403_elements_close(m->elements[i], m->x->realm->budget) &&
            !m->x->realm->budget->spent) {
            return false;
        }
    }
    return true;
}

bool w403_realm_keys(w403_realm_reply *x)
{
    w403_realm_maker m = {.x = x};
    if (!add_uses(x)) {
        return false;
    }
    w403_key_uses_sort(&x->uses);
    x->ways = W403_NEW_N(x->arena, w403_way, x->uses.n + 1);
    x->home = W403_NEW_N(x->arena, size_t, x->uses.n + 1);
    m.elements = W403_NEW_N(x->arena, w403_elements *, x->uses.n + 1);
    m.distinct = W403_NEW_N(x->arena, bool, x->uses.n + 1);
    if (!x->ways || !x->home || !m.elements || !m.distinct || !make_elements(&m) || !tag_names(&m) || !variables(&m) ||
        !organization_texts(&m) || !close_elements(&m) || (w403_asker_is_set(x->asker) && !w403_realm_set_of_callers(&m))) {
        return false;
    }
    x->space.n_bits = x->statements.n + count_extra(&m);
    x->space.words = (x->space.n_bits + 63) / 64;
    x->space.n_hidden = W403_HIDDEN_KEYS + x->uses.n + 1;
    if (!w403_realm_caller_dim(&m) || !key_dims(&m) || !payer(&m)) {
        return false;
    }
    link_pairs(&m);
    link_endpoints(&m, W403_HIDDEN_KEYS + x->uses.n);
    return w403_space_close(&x->space);
}
