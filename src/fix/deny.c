/* An explicit Deny: meet its condition, or give it an exception that is no wider than it must be. */
#include "base/glob.h"
#include "fix/change.h"

static w403_view statement_name(w403_fixer *f, const w403_statement *st)
{
    if (st->sid.n == 0) {
        return W403_FIX_SAY(f, "the Deny in statement {n}", W403_N("n", st->index + 1));
    }
    return w403_sid_is_plain(st->sid) ? W403_FIX_SAY(f, "the Deny {sid}", W403_P("sid", st->sid))
                                      : W403_FIX_SAY(f, "the Deny `{sid}`", W403_P("sid", st->sid));
}

typedef struct deny_at {
    const w403_place *place;
    const w403_statement *st;
} deny_at;

static bool open_edit(w403_fixer *f, const deny_at *d, w403_edit *e)
{
    return !w403_policy_is_aws(d->st->policy) && w403_edit_policy(e, f->arena, d->st->policy);
}

/* ---- exceptions by who asks ---- */

static void except(w403_fixer *f, const deny_at *d, const char *op, const char *key, w403_view value, unsigned rank)
{
    w403_edit e;
    bool services = w403_view_eq(value, W403_LIT("false")); /* of aws:PrincipalIsAWSService */
    if (!value.p || !open_edit(f, d, &e)) {
        return;
    }
    w403_view who = services ? W403_FIX_WORD(f, "all AWS services") : value;
    (void)w403_edit_condition(&e, d->st->index, op, w403_view_of(key), value);
    w403_candidate_edit(f, "narrow-deny", rank,
                        W403_FIX_SAY(f, "except {who} ({key}) from {statement} of {place}", W403_P("who", who), W403_S("key", key), W403_P("statement", statement_name(f, d->st)), W403_P("place", d->place->name)),
                        d->place, &e, NULL);
}

/* Rules that are there to protect are met, not lifted, as long as there is a way. */
static bool protects(const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (w403_list_has(W403_LIST_PROTECTING_KEY, st->conditions[i].key)) {
            return true;
        }
    }
    return false;
}

static unsigned holders(const w403_snapshot *s, const w403_policy *p)
{
    unsigned n = 0;
    for (size_t i = 0; s && i < s->entities.cap; i++) {
        const w403_entity *e = s->entities.slots[i].value;
        bool holds = e && e->boundary == p;
        for (uint32_t k = 0; e && k < e->identity.n && !holds; k++) {
            holds = e->identity.at[k] == p;
        }
        n += holds;
    }
    return n;
}

/* `ArnEquals aws:PrincipalArn <the caller>` and its like: whom a Deny binds may stand in its Condition. */
static bool condition_names_caller(const w403_fixer *f, const w403_statement *st)
{
    static const char *const keys[] = {"aws:PrincipalArn", "aws:userid", "aws:username"};
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        bool names = c->op->family == W403_OP_STRING || c->op->family == W403_OP_ARN;
        if (!names || c->op->negated || c->if_exists || c->n_values != 1 || w403_has_wildcard(c->values[0].text.text)) {
            continue;
        }
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            w403_view now = w403_context_value(f->w, keys[k]);
            if (w403_view_ieq(c->key, w403_view_of(keys[k])) && now.p && w403_view_ieq(c->values[0].text.text, now)) {
                return true;
            }
        }
    }
    return false;
}

/* Does the Deny bind nobody but the caller? An exception for it would void the rule. */
static bool binds_caller_only(const w403_fixer *f, const deny_at *d)
{
    const w403_caller *who = &f->w->call->caller;
    const w403_statement *st = d->st;
    if (condition_names_caller(f, st)) {
        return true;
    }
    w403_view named = st->n_principals == 1 ? st->principals[0].text : (w403_view){NULL, 0};
    switch (d->place->kind) {
    case W403_POLICY_SESSION:
        return true;
    case W403_POLICY_IDENTITY:
    case W403_POLICY_BOUNDARY:
        return d->place->given != SIZE_MAX || holders(f->world->snapshot, st->policy) <= 1;
    case W403_POLICY_RESOURCE:
    case W403_POLICY_ACCESS_POINT:
    case W403_POLICY_KEY:
    case W403_POLICY_TRUST:
    case W403_POLICY_VPC_ENDPOINT:
    case W403_POLICY_SCP:
    case W403_POLICY_RCP:
    case W403_POLICY_KINDS:
        break;
    }
    bool mine = w403_view_eq(named, who->principal_arn) || w403_view_eq(named, who->arn);
    return named.n > 0 && !st->not_principal && mine && who->kind != W403_CALLER_SERVICE;
}

static void by_caller(w403_fixer *f, const deny_at *d)
{
    const w403_caller *who = &f->w->call->caller;
    if (binds_caller_only(f, d)) {
        return;
    }
    unsigned rank = protects(d->st) ? W403_RANK_LOOSE : W403_RANK_EXCEPTION;
    if (who->kind == W403_CALLER_SERVICE) {
        /* 000-11: the article's exception, one source and no other service. */
        except(f, d, "ArnNotLike", "aws:SourceArn", w403_context_value(f->w, "aws:SourceArn"), W403_RANK_SERVICE);
        except(f, d, "StringNotEquals", "aws:SourceAccount", w403_context_value(f->w, "aws:SourceAccount"),
               W403_RANK_EXCEPTION);
        if (w403_view_eq(w403_context_value(f->w, "aws:PrincipalIsAWSService"), W403_LIT("true"))) {
            except(f, d, "BoolIfExists", "aws:PrincipalIsAWSService", W403_LIT("false"), W403_RANK_EXCEPTION + 1);
        }
        return;
    }
    except(f, d, "ArnNotLike", "aws:PrincipalArn", w403_context_value(f->w, "aws:PrincipalArn"), rank);
}

/* ---- lists ---- */

/* NP3: the whole chain of the caller. */
static void into_not_principal(w403_fixer *f, const deny_at *d)
{
    const w403_caller *who = &f->w->call->caller;
    w403_edit e;
    if (!d->st->not_principal || !w403_caller_has_account(who) ||
        !open_edit(f, d, &e)) {
        return;
    }
    w403_view account = w403_sayf(f, "arn:%.*s:iam::%.*s:root", W403_ARG(who->partition), W403_ARG(who->account));
    w403_view chain[] = {who->arn, who->principal_arn, account};
    for (size_t i = 0; i < 3; i++) {
        const w403_json *at = w403_json_get(w403_edit_statement(&e, d->st->index), "NotPrincipal");
        const w403_json *aws = w403_json_get(at, "AWS");
        bool there = i > 0 && w403_view_eq(chain[i], chain[i - 1]);
        for (uint32_t k = 0; k < d->st->n_principals; k++) {
            there = there || w403_view_eq(d->st->principals[k].text, chain[i]);
        }
        if (!there && aws) {
            (void)w403_edit_add(&e, aws, w403_json_quote(f->arena, chain[i]));
        }
    }
    w403_candidate_edit(f, "add-not-principal", W403_RANK_EXTEND + 4,
                        W403_FIX_SAY(f, "add {principal}, and what it comes from, to NotPrincipal of {place}", W403_P("principal", who->arn), W403_P("place", d->place->name)),
                        d->place, &e, NULL);
}

static void add_exempt(w403_fixer *f, const deny_at *d, bool exempts, w403_span span, w403_view value,
                       const char *what)
{
    w403_edit e;
    if (!exempts || !open_edit(f, d, &e)) {
        return;
    }
    (void)w403_edit_add(&e, w403_edit_at(&e, span), w403_json_quote(f->arena, value));
    w403_candidate_edit(f, "add-exempt", W403_RANK_EXTEND + 4,
                        W403_FIX_SAY(f, what, W403_P("value", value), W403_P("place", d->place->name)),
                        d->place, &e, NULL);
}

/* One value of several out of a list that names it. */
static void drop_from(w403_fixer *f, const deny_at *d, w403_span value, uint32_t n, const char *what, w403_view text)
{
    w403_edit e;
    if (n < 2 || !open_edit(f, d, &e)) {
        return;
    }
    (void)w403_edit_remove(&e, w403_edit_at(&e, value));
    w403_candidate_edit(f, "shorten-deny", W403_RANK_STATEMENT + 6,
                        W403_FIX_SAY(f, what, W403_P("value", text), W403_P("statement", statement_name(f, d->st)),
                                     W403_P("place", d->place->name)),
                        d->place, &e, N_("the Deny then protects less than before"));
}

static void drop_named(w403_fixer *f, const deny_at *d)
{
    const w403_statement *st = d->st;
    const w403_caller *who = &f->w->call->caller;
    for (uint32_t i = 0; i < st->n_actions && !st->not_action; i++) {
        if (w403_view_ieq(st->actions[i].text, f->w->action)) {
            drop_from(f, d, st->actions[i].span, st->n_actions, N_("take {value} out of the actions of {statement} of {place}"), st->actions[i].text);
        }
    }
    for (uint32_t i = 0; i < st->n_principals && !st->not_principal; i++) {
        w403_view text = st->principals[i].text;
        if (w403_view_eq(text, who->principal_arn) || w403_view_eq(text, who->arn)) {
            drop_from(f, d, st->principals[i].span, st->n_principals, N_("take {value} out of the principals of {statement} of {place}"), text);
        }
    }
}

/* ---- the last resort ---- */

static void remove_deny(w403_fixer *f, const deny_at *d)
{
    w403_edit e;
    if (d->st->policy->n_statements < 2 || !open_edit(f, d, &e)) {
        return;
    }
    (void)w403_edit_remove(&e, w403_edit_statement(&e, d->st->index));
    w403_candidate_edit(
        f, "remove-deny", W403_RANK_CREDENTIALS + 5,
        W403_FIX_SAY(f, "remove {statement} from {place}", W403_P("statement", statement_name(f, d->st)), W403_P("place", d->place->name)), d->place,
        &e, N_("nothing of what the statement protected is protected any more"));
}

/* The unsigned caller, and the one that no key tells from others: the resource, left out of the Deny. */
static void except_resource(w403_fixer *f, const deny_at *d)
{
    w403_edit e;
    const w403_statement *st = d->st;
    if (st->not_resource || f->w->call->caller.kind == W403_CALLER_ANONYMOUS || !open_edit(f, d, &e)) {
        return;
    }
    bool star = st->n_resources == 1 && st->resources[0].is_star;
    if (!star) {
        return;
    }
    w403_view value = w403_json_quote(f->arena, w403_pattern_escape(f, f->w->target->arn));
    (void)w403_edit_remove(&e, w403_edit_at(&e, st->resource_span));
    (void)w403_edit_insert(&e, w403_edit_statement(&e, st->index), "NotResource", value);
    w403_candidate_edit(f, "except-resource", W403_RANK_STATEMENT + 8,
                        W403_FIX_SAY(f, "except {resource} from {statement} of {place}, with NotResource", W403_P("resource", f->w->target->arn), W403_P("statement", statement_name(f, st)), W403_P("place", d->place->name)),
                        d->place, &e, NULL);
}

/* ---- many at once ---- */

/* The Denies of the policy among the causes that an exception for the caller would not void, ascending. */
static uint32_t *denying(w403_fixer *f, const w403_place *place, const w403_policy *p, size_t *n, bool *protect)
{
    bool *is = W403_NEW_N(f->arena, bool, p->n_statements);
    uint32_t *out = W403_NEW_N(f->arena, uint32_t, p->n_statements);
    *n = 0;
    for (uint32_t i = 0; is && out && i < f->explanation->n_causes; i++) {
        const w403_match *m = f->explanation->causes[i].match;
        const w403_statement *st = m && m->deny ? m->statement : NULL;
        if (st && st->policy == p) {
            is[st->index] = !binds_caller_only(f, &(deny_at){place, st});
            *protect = *protect || protects(st);
        }
    }
    for (uint32_t i = 0; is && out && i < p->n_statements; i++) {
        if (is[i]) {
            out[(*n)++] = i;
        }
    }
    f->nomem |= !is || !out;
    return out;
}

static void except_all(w403_fixer *f, const deny_at *d, const char *op, const char *key, const uint32_t *list, size_t n, unsigned rank)
{
    w403_edit e;
    w403_view value = w403_context_value(f->w, key);
    if (!value.p || n < 2 || !open_edit(f, d, &e)) {
        return;
    }
    (void)w403_edit_conditions(&e, list, n, op, w403_view_of(key), value);
    w403_candidate_edit(f, "narrow-denies", rank,
                        W403_FIX_SAY(f, "except {who} ({key}) from {n} Denies of {place}", W403_P("who", value), W403_S("key", key), W403_N("n", n), W403_P("place", d->place->name)),
                        d->place, &e, NULL);
}

/* Where more statements deny than a fix has changes: one change of the document, in each of them. */
static void by_caller_in_all(w403_fixer *f, const deny_at *d)
{
    bool protect = false;
    size_t n = 0;
    const uint32_t *list = denying(f, d->place, d->st->policy, &n, &protect);
    if (!n || list[0] != d->st->index) { /* for the first of them, once */
        return;
    }
    if (f->w->call->caller.kind == W403_CALLER_SERVICE) {
        except_all(f, d, "ArnNotLike", "aws:SourceArn", list, n, W403_RANK_SERVICE);
        except_all(f, d, "StringNotEquals", "aws:SourceAccount", list, n, W403_RANK_EXCEPTION);
        return;
    }
    except_all(f, d, "ArnNotLike", "aws:PrincipalArn", list, n, protect ? W403_RANK_LOOSE : W403_RANK_EXCEPTION);
}

static void edit_policy(w403_fixer *f, const deny_at *d)
{
    const w403_statement *st = d->st;
    by_caller(f, d);
    into_not_principal(f, d);
    add_exempt(f, d, st->not_action, st->action_span, f->w->action, N_("add {value} to NotAction of {place}"));
    add_exempt(f, d, st->not_resource, st->resource_span, w403_pattern_escape(f, f->w->target->arn), N_("add {value} to NotResource of {place}"));
    drop_named(f, d);
    except_resource(f, d);
    remove_deny(f, d);
}

void w403_fix_deny(w403_fixer *f)
{
    const w403_cause *c = f->cause;
    if (!f->w || !c->layer || !c->match || !c->match->statement) {
        return;
    }
    const w403_statement *st = c->match->statement;
    w403_place place = w403_place_of(f, f->w, c->layer->kind, st->policy);
    const deny_at d = {&place, st};
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        w403_fix_condition(f, &place, st, &st->conditions[i], false);
    }
    if (f->wide) {
        by_caller_in_all(f, &d);
    } else {
        edit_policy(f, &d);
    }
    if (f->w->call->caller.kind == W403_CALLER_ANONYMOUS) {
        w403_fix_credentials(f);
    }
}
