/* From a decision to its causes: explicit denials, then the Allows that would still be missing without them, then
 * S3's own gates (semantics 3.8; design 7: everything that must change before the request is allowed). */
#include "explain/causes.h"

w403_cause *w403_cause_add(w403_cause_list *list, unsigned id)
{
    w403_cause *c = W403_PUSH(list->arena, list);
    if (!c) {
        list->nomem = true;
        return NULL;
    }
    c->id = w403_cause_info_at(id)->id;
    return c;
}

/* Cause ids of a layer; the order of w403_layer_kind. */
static const struct layer_causes {
    unsigned deny, no_allow;
} layer_causes[W403_LAYERS] = {
    [W403_LAYER_SCP] = {W403_CAUSE_DENY_SCP, W403_CAUSE_NO_ALLOW_SCP},
    [W403_LAYER_RCP] = {W403_CAUSE_DENY_RCP, W403_CAUSE_DENY_RCP},
    [W403_LAYER_VPC_ENDPOINT] = {W403_CAUSE_DENY_VPC_ENDPOINT, W403_CAUSE_NO_ALLOW_VPC_ENDPOINT},
    [W403_LAYER_IDENTITY] = {W403_CAUSE_DENY_IDENTITY, W403_CAUSE_NO_ALLOW_IDENTITY},
    [W403_LAYER_SESSION] = {W403_CAUSE_DENY_SESSION, W403_CAUSE_NO_ALLOW_SESSION},
    [W403_LAYER_BOUNDARY] = {W403_CAUSE_DENY_BOUNDARY, W403_CAUSE_NO_ALLOW_BOUNDARY},
    [W403_LAYER_ACCESS_POINT] = {W403_CAUSE_DENY_ACCESS_POINT, W403_CAUSE_NO_ALLOW_ACCESS_POINT},
    [W403_LAYER_RESOURCE] = {W403_CAUSE_DENY_BUCKET_POLICY, W403_CAUSE_NO_ALLOW_BUCKET_POLICY},
    [W403_LAYER_KEY] = {W403_CAUSE_DENY_KEY_POLICY, W403_CAUSE_NO_ALLOW_KEY_POLICY},
    [W403_LAYER_TRUST] = {W403_CAUSE_DENY_TRUST_POLICY, W403_CAUSE_NO_ALLOW_TRUST_POLICY},
    [W403_LAYER_OBJECT_ACL] = {W403_CAUSE_NO_ALLOW_OBJECT_ACL, W403_CAUSE_NO_ALLOW_OBJECT_ACL},
};

static const w403_layer *find_layer(const w403_check *check, w403_layer_kind kind)
{
    for (uint32_t i = 0; i < check->n_layers; i++) {
        if (check->layers[i].kind == kind) {
            return &check->layers[i];
        }
    }
    return NULL;
}

/* The Allow that came nearest: fewest elements failed, and the action was among those that matched. One that names
 * actions of other services only is about something else. */
static const w403_match *nearest_allow(const w403_layer *l, w403_view action)
{
    const w403_match *best = NULL;
    int best_rank = 100;
    for (uint32_t i = 0; l && i < l->n_near; i++) {
        const w403_match *m = &l->near[i];
        int rank = m->failures * 2 + (m->failed == W403_ELEMENT_ACTION ? 1 : 0);
        bool about = m->failed != W403_ELEMENT_ACTION || !m->statement ||
                     w403_statement_names_service(m->statement, action);
        if (!m->deny && m->failures <= 2 && rank < best_rank && about) {
            best = m;
            best_rank = rank;
        }
    }
    return best;
}

static w403_cause *add(w403_cause_list *list, unsigned id, const w403_check *check, const w403_layer *layer,
                       const w403_match *match)
{
    w403_cause *c = w403_cause_add(list, id);
    if (c) {
        c->check = check;
        c->layer = layer;
        c->match = match;
        c->action = check->action;
        c->resource = check->resource;
        c->element = !match ? W403_ELEMENT_NONE : match->deny ? W403_ELEMENT_STATEMENT : (w403_element)match->failed;
    }
    return c;
}

static void explicit_denies(w403_cause_list *list, const w403_check *check)
{
    for (uint32_t i = 0; i < check->n_layers; i++) {
        const w403_layer *l = &check->layers[i];
        if (l->deny != W403_YES) {
            continue;
        }
        for (uint32_t m = 0; m < l->n_matches; m++) {
            if (l->matches[m].deny && l->matches[m].verdict == W403_YES) {
                add(list, layer_causes[l->kind].deny, check, l, &l->matches[m]);
            }
        }
    }
    if (w403_work(check)->restricted == W403_YES) {
        w403_layer_kind kind = find_layer(check, W403_LAYER_RESOURCE) ? W403_LAYER_RESOURCE : W403_LAYER_ACCESS_POINT;
        add(list, W403_CAUSE_BPA_RESTRICT_PUBLIC_BUCKETS, check, find_layer(check, kind), NULL);
    }
}

static void missing(w403_cause_list *list, const w403_check *check, w403_layer_kind kind)
{
    const w403_layer *l = find_layer(check, kind);
    add(list, layer_causes[kind].no_allow, check, l, nearest_allow(l, check->action));
}

static void missing_levels(w403_cause_list *list, const w403_check *check, w403_layer_kind kind)
{
    for (uint32_t i = 0; i < check->n_layers; i++) {
        const w403_layer *l = &check->layers[i];
        if (l->kind == kind && l->allow == W403_NO) {
            add(list, layer_causes[kind].no_allow, check, l, nearest_allow(l, check->action));
        }
    }
}

static bool is_outsider(const w403_check_work *w)
{
    return !w403_caller_has_account(&w->call->caller);
}

static void principal_side(w403_cause_list *list, const w403_check *check, bool identity_matters)
{
    const w403_check_work *w = w403_work(check);
    if (is_outsider(w) || w->call->caller.kind == W403_CALLER_ROOT) {
        return;
    }
    if (identity_matters && w->id == W403_NO) {
        missing(list, check, W403_LAYER_IDENTITY);
    }
    if (w->boundary == W403_NO) {
        missing(list, check, W403_LAYER_BOUNDARY);
    }
    if (w->session == W403_NO) {
        missing(list, check, W403_LAYER_SESSION);
    }
}

static void resource_side(w403_cause_list *list, const w403_check *check)
{
    const w403_check_work *w = w403_work(check);
    /* 4.3: a public ACL would have granted it, but is ignored. */
    if (w->dropped && w403_grant_formula(w, w->classes | w->dropped, w->maybe) != W403_NO) {
        add(list, W403_CAUSE_BPA_IGNORE_PUBLIC_ACLS, check, find_layer(check, W403_LAYER_OBJECT_ACL), NULL);
        return;
    }
    if (w->rule == W403_RULE_FOREIGN_OBJECT) {
        unsigned id = w->dropped ? W403_CAUSE_BPA_IGNORE_PUBLIC_ACLS : W403_CAUSE_NO_ALLOW_OBJECT_ACL;
        add(list, id, check, find_layer(check, W403_LAYER_OBJECT_ACL), NULL);
        return;
    }
    switch (w->target->kind) {
    case W403_TARGET_KEY:
        missing(list, check, W403_LAYER_KEY);
        break;
    case W403_TARGET_ROLE:
        missing(list, check, W403_LAYER_TRUST);
        break;
    case W403_TARGET_ACCESS_POINT:
    case W403_TARGET_ACCESS_POINT_OBJECT:
        missing(list, check, W403_LAYER_ACCESS_POINT);
        break;
    default:
        missing(list, check, W403_LAYER_RESOURCE);
        break;
    }
}

/* A grant that names the role or issuing user makes the identity policy superfluous, not the limits (3.3). */
static bool limited_grant(const w403_check_work *w)
{
    return w->classes & (W403_CLASS_ROLE | W403_CLASS_ISSUER);
}

static void missing_grant(w403_cause_list *list, const w403_check *check)
{
    const w403_check_work *w = w403_work(check);
    bool same = w->same_account == W403_YES;
    if (is_outsider(w)) {
        resource_side(list, check);
        return;
    }
    switch (w->rule) {
    case W403_RULE_SAME_ACCOUNT:
        principal_side(list, check, !limited_grant(w));
        break;
    case W403_RULE_FOREIGN_OBJECT:
        principal_side(list, check, true);
        if (w->object_acl == W403_NO) {
            resource_side(list, check);
        }
        break;
    case W403_RULE_MANDATORY:
        if (same && ((w->classes | w->maybe) & (W403_CLASS_ACCOUNT | W403_CLASS_ROLE | W403_CLASS_ISSUER))) {
            principal_side(list, check, !limited_grant(w));
        } else if (same) {
            resource_side(list, check);
        } else {
            principal_side(list, check, true);
            if (!w->classes && !w->maybe) {
                resource_side(list, check);
            }
        }
        break;
    default:
        principal_side(list, check, true);
        if (!w->classes && !w->maybe) {
            resource_side(list, check);
        }
        break;
    }
}

void w403_causes_of_check(w403_cause_list *list, const w403_check *check)
{
    const w403_check_work *w = w403_work(check);
    explicit_denies(list, check);
    if (w->scp == W403_NO) {
        missing_levels(list, check, W403_LAYER_SCP);
    }
    if (w->vpce == W403_NO) {
        missing(list, check, W403_LAYER_VPC_ENDPOINT);
    }
    if (w->grant == W403_NO) {
        missing_grant(list, check);
    }
}

w403_cause w403_first_cause(w403_arena *arena, const w403_request *request, const w403_decision *decision,
                            const w403_check *check)
{
    w403_cause_list list = {.arena = arena, .request = request, .decision = decision};
    w403_causes_of_check(&list, check);
    return list.n ? list.at[0] : (w403_cause){.id = NULL};
}

/* 4.7: the denied s3:ListBucket of a key that is not there. */
static void masked(w403_cause_list *list, const w403_check *check)
{
    w403_cause first = w403_first_cause(list->arena, list->request, list->decision, check);
    w403_cause *c = add(list, W403_CAUSE_MASKED_404, check, first.layer, first.match);
    if (c) {
        c->element = first.element;
    }
}

/* The permission on the resource asked for: of a copy that of the destination. */
static const w403_check *main_check(const w403_decision *d, w403_view arn)
{
    for (uint32_t i = 0; i < d->n_checks; i++) {
        if (w403_view_eq(d->checks[i].resource, arn)) {
            return &d->checks[i];
        }
    }
    return d->n_checks ? &d->checks[0] : NULL;
}

static void add_gates(w403_cause_list *list, uint8_t from, uint8_t to)
{
    const w403_decision *d = list->decision;
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        if (g->closed != W403_YES || g->phase < from || g->phase > to) {
            continue;
        }
        w403_cause *c = w403_cause_add(list, 0);
        if (c) {
            const w403_call *call = w403_decision_call(d);
            bool kms = strncmp(g->cause, "kms.", 4) == 0;
            c->id = g->cause;
            c->gate = g;
            c->check = main_check(d, call->target.arn);
            c->action = c->check ? c->check->action : list->request->operation;
            c->resource = call->target.arn;
            if (kms && d->n_checks && d->checks[d->n_checks - 1].action.n > 4 &&
                w403_view_starts(d->checks[d->n_checks - 1].action, W403_LIT("kms:"))) {
                c->check = &d->checks[d->n_checks - 1];
                c->action = c->check->action;
                c->resource = c->check->resource;
            }
        }
    }
}

static bool has_not_found_bucket(const w403_decision *d)
{
    return d->error_code && strcmp(d->error_code, "NoSuchBucket") == 0;
}

static void collect(w403_cause_list *list)
{
    const w403_decision *d = list->decision;
    if (has_not_found_bucket(d)) {
        add_gates(list, 0, 0);
        return;
    }
    if (d->verdict == W403_ALLOWED) {
        add_gates(list, 3, 3);
        return;
    }
    if (d->verdict == W403_UNDETERMINED) {
        return;
    }
    add_gates(list, 0, 0);
    for (uint32_t i = 0; i < d->n_checks; i++) {
        const w403_check *k = &d->checks[i];
        const w403_check_work *w = w403_work(k);
        if (w->needed != W403_YES || w->allowed != W403_NO) {
            continue;
        }
        if (k->need == W403_NEED_REQUIRED) {
            w403_causes_of_check(list, k);
        } else if (k->need == W403_NEED_STATUS_ONLY) {
            masked(list, k);
        }
    }
    add_gates(list, 1, 2);
}

w403_status w403_explain(const w403_request *request, const w403_decision *decision, w403_arena *arena,
                         w403_explanation *out, w403_error *err)
{
    *out = (w403_explanation){.decision = decision};
    w403_cause_list list = {.arena = arena, .request = request, .decision = decision};
    collect(&list);
    bool words = w403_decision_call(decision)->detail == W403_DETAIL_FULL; /* a batch of causes gets none */
    for (size_t i = 0; i < list.n && words; i++) {
        list.at[i].sentence = w403_cause_sentence(&list, &list.at[i]);
    }
    W403_NEED(!list.nomem, err);
    out->causes = list.at;
    out->n_causes = (uint32_t)list.n;
    if (list.n && words && decision->verdict == W403_DENIED) {
        out->message = w403_aws_message(request, decision, &list.at[0], arena);
    }
    W403_NEED(w403_arena_ok(arena), err);
    return W403_OK;
}
