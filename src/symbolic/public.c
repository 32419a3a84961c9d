#include "symbolic/public.h"

#include "decide/residual.h"
#include "symbolic/allowing.h"

typedef struct looker {
    w403_realm *r;
    const w403_snapshot *s;
    const w403_bucket *b;
    const w403_view *trust;
    size_t n_trust;
    w403_policy_list policies;
    w403_resource_classes classes;
    w403_public *out;
    w403_public_told_fn *tell;
    void *user;
    bool sorted; /* `classes` is filled in */
    w403_arena *keep;    /* of what is found */
    w403_arena *scratch; /* of one question */
    w403_error *err;
} looker;

/* ---- what S3 says ---- */

static bool public_grant(const w403_acl *acl)
{
    for (uint32_t i = 0; i < acl->n_grants; i++) {
        if (acl->grants[i].kind == W403_GRANTEE_ALL_USERS || acl->grants[i].kind == W403_GRANTEE_AUTHENTICATED_USERS) {
            return true;
        }
    }
    return false;
}

/* A setting of the bucket, and of its account or the organization (N-3). */
static w403_tri setting(const w403_bucket *b, bool ignore_acls)
{
    const w403_bpa *levels[] = {&b->bpa, w403_bpa_of_account(b->account)};
    w403_tri any = W403_NO;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (!levels[i]) {
            continue;
        }
        bool on = ignore_acls ? levels[i]->ignore_public_acls : levels[i]->restrict_public_buckets;
        w403_fact_state st = levels[i]->fact.state;
        any = w403_or(any, st == W403_FACT_UNKNOWN ? W403_UNKNOWN : w403_bool(st == W403_FACT_KNOWN && on));
    }
    return any;
}

static w403_tri acl_counts(const w403_bucket *b)
{
    if (b->ownership_fact.state == W403_FACT_UNKNOWN) {
        return W403_UNKNOWN;
    }
    return b->ownership == W403_OWNER_ENFORCED ? W403_NO : w403_not(setting(b, true));
}

static void what_s3_says(looker *l)
{
    w403_public *out = l->out;
    w403_tri policy = l->b->policy_fact.state == W403_FACT_UNKNOWN ? W403_UNKNOWN
                                                                    : w403_policy_is_public(l->b->policy, &out->statement);
    w403_tri acl = acl_counts(l->b);
    if (acl != W403_NO) {
        bool unread = l->b->acl.fact.state == W403_FACT_UNKNOWN;
        acl = w403_and(acl, unread ? W403_UNKNOWN : w403_bool(public_grant(&l->b->acl)));
    }
    out->s3_public = w403_or(policy, acl);
    out->because = policy == W403_YES ? W403_PUBLIC_POLICY : acl == W403_YES ? W403_PUBLIC_ACL : W403_PUBLIC_NOT;
    if (policy == W403_YES && setting(l->b, false) == W403_YES) {
        out->closed_by = "bpa.restrict-public-buckets";
    } else if (public_grant(&l->b->acl) && setting(l->b, true) == W403_YES) {
        out->closed_by = "bpa.ignore-public-acls";
    }
}

/* ---- who gets in ---- */

static bool trusted(const looker *l, const w403_asker *a)
{
    const w403_account *x = a->account.p ? w403_snapshot_account(l->s, a->account) : NULL;
    const w403_account *own = l->b->account;
    if (a->account.p && own && w403_view_eq(a->account, own->id)) {
        return true;
    }
    for (size_t i = 0; i < l->n_trust; i++) {
        if (a->account.p && w403_view_eq(l->trust[i], a->account)) {
            return true;
        }
    }
    if (l->n_trust > 0) {
        return false;
    }
    return own && own->in_org && ((x && x->in_org) || (a->org.p && w403_view_eq(a->org, l->s->org.id)));
}

/* What an ACL can grant, besides what a policy allows. */
static bool by_acl(const looker *l, uint16_t action)
{
    static const uint16_t rows[] = {
        W403_ACTION_S3_LISTBUCKET,      W403_ACTION_S3_LISTBUCKETVERSIONS, W403_ACTION_S3_LISTBUCKETMULTIPARTUPLOADS,
        W403_ACTION_S3_PUTOBJECT,       W403_ACTION_S3_DELETEOBJECT,       W403_ACTION_S3_GETBUCKETACL,
        W403_ACTION_S3_PUTBUCKETACL,    W403_ACTION_S3_GETOBJECT,          W403_ACTION_S3_GETOBJECTVERSION,
        W403_ACTION_S3_GETOBJECTACL,    W403_ACTION_S3_PUTOBJECTACL};
    bool counts = acl_counts(l->b) != W403_NO;
    for (size_t i = 0; counts && i < sizeof rows / sizeof *rows; i++) {
        if (rows[i] == action) {
            return true;
        }
    }
    return false;
}

static const w403_statement *allow_of(const w403_policy *p, uint16_t action)
{
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        if (st->effect == W403_EFFECT_ALLOW && w403_bit(st->catalog_actions, action)) {
            return st;
        }
    }
    return NULL;
}

static w403_view account_of(const looker *l)
{
    return l->b->account ? l->b->account->id : (w403_view){NULL, 0};
}

/* Can the action be allowed to anybody outside at all? */
static bool worth_asking(const looker *l, uint16_t action)
{
    bool s3 = strncmp(w403_action_at(action)->name, "s3:", 3) == 0;
    bool unread = l->b->policy_fact.state == W403_FACT_UNKNOWN;
    return s3 && w403_action_target(action) != W403_ON_NEITHER &&
           (w403_lets_out(l->b->policy, action, account_of(l)) || by_acl(l, action) || unread);
}

static w403_view kept(looker *l, w403_view v)
{
    return v.p ? w403_arena_copy(l->keep, v) : v;
}

static w403_public_finding *finding_of(looker *l, const w403_asker *who, w403_view ap, bool own_ap)
{
    for (size_t i = 0; i < l->out->findings.n; i++) {
        w403_public_finding *f = &l->out->findings.at[i];
        if (w403_view_eq(f->asker.name, who->name) && w403_view_eq(f->via_access_point, ap) &&
            f->own_access_point == own_ap) {
            return f;
        }
    }
    w403_public_finding *f = W403_PUSH(l->keep, &l->out->findings);
    if (f) {
        *f = (w403_public_finding){.asker = *who, .state = W403_NEVER, .own_access_point = own_ap};
        f->asker.name = kept(l, who->name);
        f->asker.principal = kept(l, who->principal);
        f->asker.account = kept(l, who->account);
        f->asker.org = kept(l, who->org);
        f->via_access_point = kept(l, ap);
        f->is_public = who->kind == W403_ASKER_ANONYMOUS || who->kind == W403_ASKER_ANY_ACCOUNT;
        f->confused_deputy = w403_asker_is_service(who);
    }
    return f;
}

static w403_access stronger(w403_access a, w403_access b)
{
    static const int rank[] = {[W403_ALWAYS] = 3, [W403_CONDITIONAL] = 2, [W403_ACCESS_UNKNOWN] = 1, [W403_NEVER] = 0};
    return rank[a] >= rank[b] ? a : b;
}

/* The Allow that a decision rests on: the access point's where it is asked, else the bucket's. */
static const w403_statement *granting(const w403_decision *d, w403_layer_kind kind)
{
    for (uint32_t c = 0; c < d->n_checks; c++) {
        for (uint32_t i = 0; i < d->checks[c].n_layers; i++) {
            const w403_layer *layer = &d->checks[c].layers[i];
            for (uint32_t m = 0; layer->kind == kind && m < layer->n_matches; m++) {
                const w403_match *k = &layer->matches[m];
                if (k->statement && !k->deny && k->verdict != W403_NO) {
                    return k->statement;
                }
            }
        }
    }
    return NULL;
}

static w403_status tell_boxes(looker *l, const w403_public_finding *f, const w403_realm_reply *x, const w403_boxes *boxes,
                        uint16_t action, const w403_resource_class *on)
{
    for (size_t i = 0; l->tell && i < boxes->n; i++) {
        w403_public_told told = {(size_t)(f - l->out->findings.at), x, &boxes->at[i], action, *on, on->one ? NULL : l->classes.elements};
        W403_TRY(l->tell(l->user, &told, l->err));
    }
    return W403_OK;
}

static w403_status note(looker *l, const w403_asker *who, const w403_realm_reply *x, uint16_t action,
                        const w403_resource_class *on, w403_view ap)
{
    w403_boxes boxes = {0};
    bool cut, in = x->state == W403_ALWAYS || x->state == W403_CONDITIONAL;
    if (x->state == W403_NEVER) {
        return W403_OK;
    }
    w403_public_finding *f = finding_of(l, who, ap, false);
    W403_NEED(f, l->err);
    bool first = f->state == W403_NEVER || (f->state == W403_ACCESS_UNKNOWN && in);
    f->state = stronger(f->state, x->state);
    uint16_t *slot = W403_PUSH(l->keep, &f->actions);
    W403_NEED(slot, l->err);
    *slot = action;
    W403_NEED(w403_boxes_of(&x->diagram, UINT64_C(1) << (in ? W403_ALLOWED : W403_UNDETERMINED), &boxes, &cut), l->err);
    W403_TRY(tell_boxes(l, f, x, &boxes, action, on));
    if (!first) {
        return W403_OK;
    }
    f->statement = allow_of(l->b->policy, action);
    if (boxes.n) {
        w403_request request;
        w403_decision d;
        W403_TRY(w403_realm_request(x, boxes.at[0].witness, &request, l->err));
        W403_NEED(w403_request_copy(l->keep, &request, &f->witness), l->err);
        W403_TRY(w403_realm_decide(x, 0, &request, W403_DETAIL_CAUSES, l->scratch, &d, l->err));
        f->statement = granting(&d, ap.p ? W403_LAYER_ACCESS_POINT : W403_LAYER_RESOURCE);
    }
    f->by_acl = !f->statement;
    f->resource = w403_arena_copy(l->keep, x->wanted->resource);
    return W403_OK;
}

static w403_status ask(looker *l, const w403_asker *who, uint16_t action, const w403_resource_class *on, w403_view ap)
{
    w403_wanted wanted = {.resource = on->resource};
    w403_realm_reply x;
    const w403_operation *op = w403_operation_for(action);
    if (op) {
        wanted.operation = w403_view_of(op->name);
    } else {
        wanted.action = w403_view_of(w403_action_at(action)->name);
    }
    w403_arena_reset(l->scratch);
    w403_status st = w403_realm_ask(l->r, who, &wanted, l->scratch, &x, l->err);
    if (st == W403_NOT_FOUND || st == W403_SEMANTIC) { /* no such request */
        return W403_OK;
    }
    return st == W403_OK ? note(l, who, &x, action, on, ap) : st;
}

/* The bucket and its keys, once somebody asks for them. */
static w403_status sort_resources(looker *l)
{
    W403_NEED(l->sorted || w403_bucket_classes(l->r, l->s, l->b, l->policies.at, l->policies.n, (w403_view){NULL, 0},
                                               &l->classes),
              l->err);
    l->sorted = true;
    return W403_OK;
}

static w403_status ask_everything(looker *l, const w403_asker *who)
{
    for (uint16_t action = 0; action < W403_ACTION_COUNT; action++) {
        if (!worth_asking(l, action)) {
            continue;
        }
        W403_TRY(sort_resources(l));
        bool objects = w403_action_target(action) == W403_ON_OBJECTS;
        for (size_t i = 0; i < l->classes.list.n; i++) {
            w403_view resource = l->classes.list.at[i].resource;
            bool is_bucket = w403_view_find_char(resource, '/') == SIZE_MAX;
            if (is_bucket != objects && w403_budget_time(l->r->budget)) {
                W403_TRY(ask(l, who, action, &l->classes.list.at[i], (w403_view){NULL, 0}));
            }
        }
    }
    return W403_OK;
}

/* ---- through access points ---- */

/* The owner's access points, each asked as a resource. */
static w403_status ask_access_points(looker *l, const w403_asker *who)
{
    for (size_t i = 0; i < l->s->access_points.cap; i++) {
        const w403_access_point *ap = l->s->access_points.slots[i].value;
        bool here = ap && w403_view_eq(ap->bucket_name, l->b->name) &&
                    w403_view_eq(l->s->access_points.slots[i].key, ap->arn);
        for (uint16_t action = 0; here && action < W403_ACTION_COUNT; action++) {
            bool s3 = strncmp(w403_action_at(action)->name, "s3:", 3) == 0;
            bool spoken = s3 && (w403_lets_out(ap->policy, action, account_of(l)) || ap->policy_fact.state == W403_FACT_UNKNOWN);
            w403_action_on on = w403_action_target(action);
            if (!spoken || on == W403_ON_NEITHER) {
                continue;
            }
            w403_view arn = on == W403_ON_BUCKETS
                                ? ap->arn
                                : w403_arena_printf(l->r->arena, "%.*s/object/x", W403_ARG(ap->arn));
            W403_TRY(ask(l, who, action, &(w403_resource_class){.resource = arn, .one = true}, ap->arn));
        }
    }
    return W403_OK;
}

/* Does a statement leave the account of the access point open, or name another than the owner's? Then its owner decides
 * who comes in (reason 12, row 23). */
static w403_tri lets_in_foreign_access_point(const looker *l, const w403_statement *st, w403_view account)
{
    w403_view arn = w403_arena_printf(l->r->arena, "arn:%.*s:s3:us-east-1:%.*s:accesspoint/someones",
                                      W403_ARG(l->s->partition), W403_ARG(account));
    const w403_view origin = W403_LIT("Internet");
    const w403_key_fact facts[] = {
        {W403_KEY_S3_DATAACCESSPOINTARN, W403_LIT("s3:DataAccessPointArn"), {NULL, 0}, W403_YES, &arn, 1},
        {W403_KEY_S3_DATAACCESSPOINTACCOUNT, W403_LIT("s3:DataAccessPointAccount"), {NULL, 0}, W403_YES, &account, 1},
        {W403_KEY_S3_ACCESSPOINTNETWORKORIGIN, W403_LIT("s3:AccessPointNetworkOrigin"), {NULL, 0}, W403_YES, &origin, 1},
    };
    w403_class c = {.facts = facts, .n_facts = 3};
    const w403_class *one[1] = {&c};
    w403_assignment as = {one, 1};
    w403_context ctx;
    bool asks = false;
    w403_tri t = W403_YES;
    w403_assignment_context(&as, l->r->arena, &ctx);
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        uint16_t id = st->conditions[i].key_id;
        bool ap_key = id == W403_KEY_S3_DATAACCESSPOINTARN || id == W403_KEY_S3_DATAACCESSPOINTACCOUNT ||
                      id == W403_KEY_S3_ACCESSPOINTNETWORKORIGIN;
        asks |= ap_key && !st->conditions[i].op->negated;
        t = ap_key ? w403_and(t, w403_match_condition(&st->conditions[i], &ctx)) : t;
    }
    return asks ? t : W403_NO;
}

/* Requests through an access point of somebody else's account. */
static w403_status ask_foreign(looker *l, w403_view account, const w403_asker *who)
{
    for (uint32_t i = 0; l->b->policy && i < l->b->policy->n_statements; i++) {
        const w403_statement *st = &l->b->policy->statements[i];
        if (st->effect != W403_EFFECT_ALLOW || lets_in_foreign_access_point(l, st, account) != W403_YES) {
            continue;
        }
        for (uint16_t action = 0; action < W403_ACTION_COUNT; action++) {
            bool right = w403_bit(st->catalog_actions, action) && w403_action_target(action) != W403_ON_NEITHER;
            if (!right || strncmp(w403_action_at(action)->name, "s3:", 3) != 0) {
                continue;
            }
            w403_view arn = w403_arena_printf(l->r->arena, "arn:%.*s:s3:us-east-1:%.*s:accesspoint/someones",
                                              W403_ARG(l->s->partition), W403_ARG(account));
            W403_TRY(sort_resources(l));
            w403_view values[3] = {arn, account, W403_LIT("Internet")};
            static const char *const names[3] = {"s3:DataAccessPointArn", "s3:DataAccessPointAccount",
                                                 "s3:AccessPointNetworkOrigin"};
            w403_context_entry context[3];
            for (int k = 0; k < 3; k++) {
                context[k] = (w403_context_entry){w403_view_of(names[k]), W403_YES, &values[k], 1};
            }
            for (size_t c = 0; c < l->classes.list.n; c++) {
                w403_view resource = l->classes.list.at[c].resource;
                bool is_bucket = w403_view_find_char(resource, '/') == SIZE_MAX;
                w403_request q;
                w403_decision d;
                if (is_bucket == (w403_action_target(action) == W403_ON_OBJECTS)) {
                    continue;
                }
                w403_request_init(&q);
                q.action = w403_view_of(w403_action_at(action)->name);
                q.resource = resource;
                q.principal = who->principal.p ? who->principal
                                               : w403_arena_printf(l->r->arena, "arn:%.*s:iam::%.*s:role/someone",
                                                                   W403_ARG(l->s->partition), W403_ARG(account));
                q.from = W403_LIT("203.0.113.9");
                q.context = context;
                q.n_context = 3;
                w403_arena_reset(l->scratch);
                W403_TRY(w403_decide(l->s, l->r->own, &q, W403_DETAIL_VERDICT, l->scratch, &d, l->err));
                if (d.verdict == W403_DENIED) {
                    continue;
                }
                w403_public_finding *f = finding_of(l, who, arn, true);
                W403_NEED(f, l->err);
                f->state = stronger(f->state, d.verdict == W403_ALLOWED ? W403_CONDITIONAL : W403_ACCESS_UNKNOWN);
                f->statement = st;
                f->resource = w403_arena_copy(l->keep, resource);
                W403_NEED(w403_request_copy(l->keep, &q, &f->witness), l->err);
                uint16_t *slot = W403_PUSH(l->keep, &f->actions);
                W403_NEED(slot, l->err);
                *slot = action;
            }
        }
    }
    return W403_OK;
}

/* ---- all of it ---- */

static void conclude(looker *l)
{
    w403_tri any = W403_NO;
    for (size_t i = 0; i < l->out->findings.n; i++) {
        const w403_public_finding *f = &l->out->findings.at[i];
        if (w403_asker_is_service(&f->asker) || trusted(l, &f->asker)) {
            continue;
        }
        any = w403_or(any, f->state == W403_ACCESS_UNKNOWN ? W403_UNKNOWN : W403_YES);
    }
    if (any == W403_NO && (l->r->budget->spent || (l->sorted && !l->classes.whole))) {
        any = W403_UNKNOWN;
        l->out->reason = "budget";
    }
    l->out->effective = any;
}

static w403_status look(looker *l)
{
    w403_asker_list askers = {0};
    W403_NEED(w403_bucket_policies(l->r, l->s, l->b, &l->policies) && w403_realm_mention(l->r, l->s, l->b), l->err);
    what_s3_says(l);
    W403_NEED(w403_askers_all(l->r->arena, l->s, &l->r->mentions, true, &askers), l->err);
    for (size_t i = 0; i < askers.n; i++) {
        const w403_asker *who = &askers.at[i];
        if (trusted(l, who)) {
            continue;
        }
        W403_TRY(ask_everything(l, who));
        W403_TRY(ask_access_points(l, who));
        bool set = who->kind == W403_ASKER_ANY_ACCOUNT || who->kind == W403_ASKER_ACCOUNT;
        if (set) {
            W403_TRY(ask_foreign(l, who->account.p ? who->account : W403_LIT("999988887777"), who));
        }
    }
    conclude(l);
    return W403_OK;
}

/* What one bucket takes is given back, and whom it mentions is nobody's business at the next one. */
w403_status w403_public_bucket(w403_realm *r, const w403_bucket *b, const w403_view *trust, size_t n_trust,
                               w403_public_told_fn *tell, void *user, w403_public *out, w403_error *err)
{
    looker l = {.r = r, .s = r->snap[0], .b = b, .trust = trust, .n_trust = n_trust, .tell = tell, .user = user, .out = out, .err = err};
    const w403_mentions before = r->mentions;
    *out = (w403_public){.bucket = b};
    l.keep = r->arena;
    out->arn = w403_arena_printf(l.keep, "arn:%.*s:s3:::%.*s", W403_ARG(l.s->partition), W403_ARG(b->name));
    l.scratch = w403_arena_new(0);
    r->arena = w403_arena_new(0);
    w403_status st = l.scratch && r->arena && out->arn.p ? look(&l) : w403_error_nomem(err);
    w403_arena_free(r->arena);
    w403_arena_free(l.scratch);
    r->arena = l.keep;
    r->mentions = before;
    return st;
}
