/* Nothing allows it: correct what came near, extend it, or add the least Allow where its owner most likely wants it.
 */
#include "base/glob.h"
#include "fix/change.h"

static w403_view quote(w403_fixer *f, w403_view v)
{
    return w403_json_quote(f->arena, v);
}

static bool is_aws(const w403_statement *st)
{
    return w403_policy_is_aws(st->policy);
}

/* ---- one value more in a statement that failed for one element only ---- */

/* What is added to one list gets all that the other lists say. */
static bool says_only_this(const w403_fixer *f, const w403_statement *st)
{
    return st->n_actions == 1 && !st->not_action && w403_view_ieq(st->actions[0].text, f->w->action);
}

/* Does the statement reach beyond the bucket that is asked for: `*`, a bucket's name with a wildcard, NotResource? There an
 * action more would be allowed on what nobody asked about. SCPs and key policies know no narrower Resource. */
static bool reaches_beyond(const w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    bool wide = st->not_resource;
    if (p->kind == W403_POLICY_KEY || p->kind == W403_POLICY_SCP) {
        return false;
    }
    for (uint32_t i = 0; i < st->n_resources && !wide; i++) {
        const w403_resource_pattern *r = &st->resources[i];
        w403_view name = r->n_parts == 6 ? r->part[5] : r->whole.text;
        name = f->w->target->bucket_name.p ? w403_view_cut(&name, '/') : name;
        wide = r->is_star || w403_has_wildcard(name);
    }
    return wide;
}

static void list_more(w403_buf *b, w403_view v)
{
    w403_buf_puts(b, b->n ? ", " : "");
    w403_buf_put(b, v);
}

static void cover(w403_fixer *f, w403_view actions, w403_view resources)
{
    if (actions.n && resources.n) {
        w403_change *c = &f->found.at[f->found.n - 1];
        c->covers = W403_FIX_SAY(f, "{operation} on {resource}", W403_P("operation", actions), W403_P("resource", resources));
    }
}

/* What else the statement then allows: the action on each other Resource of its list. */
static void cover_resources(w403_fixer *f, const w403_statement *st)
{
    w403_buf others = {0};
    for (uint32_t i = 0; i < st->n_resources; i++) {
        w403_view text = st->resources[i].whole.text;
        if (!w403_view_eq(text, f->w->target->arn)) {
            list_more(&others, text);
        }
    }
    cover(f, f->w->action, w403_buf_view(&others));
    f->nomem |= !w403_buf_ok(&others);
    w403_buf_free(&others);
}

/* ... and each other action of its list on the new Resource. */
static void cover_actions(w403_fixer *f, const w403_statement *st, w403_view resource)
{
    w403_buf others = {0};
    for (uint32_t i = 0; i < st->n_actions; i++) {
        w403_view text = st->actions[i].text;
        if (!w403_view_ieq(text, f->w->action)) {
            list_more(&others, text);
        }
    }
    cover(f, w403_buf_view(&others), resource);
    f->nomem |= !w403_buf_ok(&others);
    w403_buf_free(&others);
}

static void extend_action(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_edit e;
    if (st->not_action || reaches_beyond(f, p, st) || !w403_statement_names_service(st, f->w->action) ||
        !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    (void)w403_edit_add(&e, w403_edit_at(&e, st->action_span), quote(f, f->w->action));
    size_t before = f->found.n;
    w403_candidate_edit(f, "add-action", W403_RANK_EXTEND,
                        W403_FIX_SAY(f, "add {action} to {statement} of {place}", W403_P("action", f->w->action), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                        p, &e, NULL);
    if (f->found.n > before) {
        cover_resources(f, st);
    }
}

static void extend_resource(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_edit e;
    if (st->not_resource || p->kind == W403_POLICY_SCP || !w403_statement_lists_actions(st) ||
        !w403_edit_policy(&e, f->arena, st->policy)) {
        return; /* s3:* on one resource more is its administration */
    }
    w403_view resource = w403_resource_for(f, f->w, p->kind);
    size_t before = f->found.n;
    (void)w403_edit_add(&e, w403_edit_at(&e, st->resource_span), quote(f, resource));
    w403_candidate_edit(f, "add-resource", says_only_this(f, st) ? W403_RANK_EXTEND + 2 : W403_RANK_STATEMENT + 4,
                        W403_FIX_SAY(f, "add {resource} to the resources of {statement} of {place}", W403_P("resource", resource), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                        p, &e, NULL);
    if (f->found.n > before) {
        cover_actions(f, st, resource);
    }
}

/* Principal: {"AWS": ["old", "new"]}; a service under Service. */
static void extend_principal(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    w403_edit e;
    const w403_caller *who = &f->w->call->caller;
    w403_view principal = w403_principal_for(f, f->w);
    bool by_canonical_id = who->kind == W403_CALLER_ORIGIN && !who->principal_arn.p;
    if (st->not_principal || !principal.p || p->kind == W403_POLICY_VPC_ENDPOINT || by_canonical_id ||
        !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    bool service = who->kind == W403_CALLER_SERVICE;
    bool narrow = says_only_this(f, st) && st->n_resources <= 1 && !st->not_resource;
    if (service && !narrow && !st->inert) {
        return; /* a statement made for others says more than the service needs, and not for whom it acts */
    }
    const char *type = service ? "Service" : "AWS";
    w403_view name = service                              ? who->name
                     : who->kind == W403_CALLER_FEDERATED ? who->arn
                                                          : who->principal_arn;
    const w403_json *at = st->has_principal ? w403_edit_at(&e, st->principal_span) : NULL;
    const w403_json *same = w403_json_get(at, type);
    if (!st->has_principal) { /* G12: a resource policy's statement without Principal matches nobody */
        (void)w403_edit_insert(&e, w403_edit_statement(&e, st->index), "Principal", principal);
    } else if (same) {
        (void)w403_edit_add(&e, same, quote(f, name));
    } else if (w403_json_is(at, W403_JSON_OBJECT)) {
        (void)w403_edit_insert(&e, at, type, quote(f, name));
    } else {
        return;
    }
    w403_candidate_edit(f, "add-principal", narrow || st->inert ? W403_RANK_EXTEND + 3 : W403_RANK_STATEMENT + 5,
                        W403_FIX_SAY(f, "add {principal} to the principals of {statement} of {place}", W403_P("principal", name), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                        p, &e, NULL);
}

static void extend_condition(w403_fixer *f, const w403_place *p, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (w403_match_condition(&st->conditions[i], &f->w->context) != W403_YES) {
            w403_fix_condition(f, p, st, &st->conditions[i], true);
        }
    }
}

static void extend(w403_fixer *f, w403_layer_kind layer, const w403_match *m)
{
    const w403_statement *st = m->statement;
    w403_place p = w403_place_of(f, f->w, layer, st->policy);
    switch (m->failed) {
    case W403_ELEMENT_ACTION:
        extend_action(f, &p, st);
        break;
    case W403_ELEMENT_RESOURCE:
        extend_resource(f, &p, st);
        break;
    case W403_ELEMENT_PRINCIPAL:
    case W403_ELEMENT_STATEMENT:
        extend_principal(f, &p, st);
        break;
    case W403_ELEMENT_CONDITION:
        extend_condition(f, &p, st);
        break;
    default:
        break;
    }
}

static void extend_near(w403_fixer *f, w403_layer_kind kind, const w403_layer *l)
{
    enum { MOST = 6 };
    unsigned tried = 0;
    for (uint32_t i = 0; l && i < l->n_near && tried < MOST; i++) {
        const w403_match *m = &l->near[i];
        if (!m->deny && m->failures <= 1 && m->statement && !is_aws(m->statement)) {
            extend(f, kind, m);
            tried++;
        }
    }
}

/* ---- levels of the organization ---- */

static w403_org_level *level_of(const w403_fixer *f, w403_view id)
{
    const w403_account *a = f->w->call->account;
    for (uint32_t i = 0; a && i < a->n_levels; i++) {
        if (w403_view_eq(a->levels[i].id, id)) {
            return (w403_org_level *)(uintptr_t)&a->levels[i]; /* the world's own */
        }
    }
    return NULL;
}

static const char full_access[] = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", "
                                  "\"Action\": \"*\", \"Resource\": \"*\"}]}";

/* 3.6: every level must allow; FullAWSAccess was detached here. */
static void reattach_full_access(w403_fixer *f, const w403_layer *l)
{
    w403_org_level *level = level_of(f, l->level);
    w403_policy *p = level ? w403_world_policy(f->world, W403_POLICY_SCP,
                                               W403_LIT("AWS managed policy FullAWSAccess"), W403_LIT(full_access))
                           : NULL;
    if (!p) {
        return;
    }
    w403_policy_set set = w403_world_set_with(f->world, &level->scps, p);
    w403_place place = w403_place_of(f, f->w, W403_LAYER_SCP, NULL);
    w403_change *c = w403_candidate(f, W403_FIX_SETTING, "attach-scp", W403_RANK_LOOSE,
                                    W403_FIX_SAY(f, "attach FullAWSAccess to {level}", W403_P("level", l->level)), place.owner);
    w403_change_write(f, c, &level->scps, &set, sizeof set);
    w403_text_add(&c->commands,
                  W403_FIX_AWS(f, "organizations attach-policy --policy-id p-FullAWSAccess --target-id <target>",
                               l->level));
    w403_text_add(&c->rollback,
                  W403_FIX_AWS(f, "organizations detach-policy --policy-id p-FullAWSAccess --target-id <target>",
                               l->level));
    w403_text_add(&c->side_effects, W403_FIX_WORD(f, "every action of every service is allowed at this level again"));
}

/* ---- the same granted by the bucket's policy, in one account (3.2) ---- */

static void bucket_policy_instead(w403_fixer *f)
{
    const w403_check_work *w = f->w;
    bool s3 = w->target->kind == W403_TARGET_BUCKET || w->target->kind == W403_TARGET_OBJECT;
    if (!s3 || w->same_account != W403_YES || w->call->caller.kind == W403_CALLER_ROOT) {
        return;
    }
    const w403_check *check = f->cause->check;
    for (uint32_t i = 0; check && i < check->n_layers; i++) {
        if (check->layers[i].kind == W403_LAYER_RESOURCE) { /* 004-21: it names the user, and lacks the action */
            extend_near(f, W403_LAYER_RESOURCE, &check->layers[i]);
        }
    }
    w403_place p = w403_place_for(f, w, W403_LAYER_RESOURCE, NULL);
    w403_add_statement(f, w, &p, W403_RANK_OTHER_SIDE);
}

/* KM2: the statement for the account lets IAM policies decide. */
static void delegate_key(w403_fixer *f)
{
    const w403_check_work *w = f->w;
    w403_place p = w403_place_for(f, w, W403_LAYER_KEY, NULL);
    w403_edit e;
    bool iam = w->call->caller.account.p != NULL;
    if (!iam || !p.policy || !w403_edit_policy(&e, f->arena, p.policy)) {
        return;
    }
    w403_view statement =
        w403_sayf(f,
                  "{\"Sid\": \"Enable IAM policies\", \"Effect\": \"Allow\", \"Principal\": "
                  "{\"AWS\": \"arn:%.*s:iam::%.*s:root\"}, \"Action\": \"%.*s\", \"Resource\": \"*\"}",
                  W403_ARG(w->call->caller.partition), W403_ARG(w->call->caller.account), W403_ARG(w->action));
    (void)w403_edit_add(&e, w403_edit_statements(&e), statement);
    w403_candidate_edit(f, "delegate-key", W403_RANK_OTHER_SIDE,
                        W403_FIX_SAY(f, "let the IAM policies of account {account} allow {action}, in {place}", W403_P("account", w->call->caller.account), W403_P("action", w->action), W403_P("place", p.name)),
                        &p, &e, N_("every identity of the account whose IAM policies allow it can use the key"));
}

/* 001-04: kms actions belong into key and identity policies; in a bucket policy they do nothing (4.8). */
static bool bucket_policy_names_kms(const w403_fixer *f)
{
    const w403_bucket *b = w403_fix_call(f)->target.bucket;
    const w403_policy *p = b ? b->policy : NULL;
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        for (uint32_t k = 0; k < p->statements[i].n_actions; k++) {
            w403_view text = p->statements[i].actions[k].text;
            if (text.n > 4 && w403_view_ieq(w403_view_sub(text, 0, 4), W403_LIT("kms:"))) {
                return true;
            }
        }
    }
    return false;
}

static void note_misplaced_kms(w403_fixer *f)
{
    bool kms = w403_view_starts(f->w->action, W403_LIT("kms:")) && bucket_policy_names_kms(f);
    for (size_t i = 0; kms && i < f->found.n; i++) {
        w403_text_add(&f->found.at[i].side_effects,
                      W403_FIX_WORD(f, "the kms actions in the bucket policy have no effect: they can go"));
    }
}

void w403_fix_allow(w403_fixer *f, w403_layer_kind kind)
{
    const w403_layer *l = f->cause->layer;
    if (!f->w) {
        return;
    }
    w403_fix_broken(f, kind, l);
    extend_near(f, kind, l);
    w403_place p = w403_place_for(f, f->w, kind, l);
    if (kind != W403_LAYER_SCP || p.policy) {
        w403_add_statement(f, f->w, &p, W403_RANK_STATEMENT);
    }
    if (kind == W403_LAYER_SCP && l) {
        reattach_full_access(f, l);
    } else if (kind == W403_LAYER_IDENTITY) {
        bucket_policy_instead(f);
    } else if (kind == W403_LAYER_KEY) {
        delegate_key(f);
        w403_fix_key_grant(f);
    }
    note_misplaced_kms(f);
    if (f->w->call->caller.kind == W403_CALLER_ANONYMOUS) {
        w403_fix_credentials(f);
    }
}
