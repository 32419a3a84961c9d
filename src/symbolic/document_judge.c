/* What a class says to each statement, by the matcher itself; and what a whole request says to a policy. */
#include "symbolic/document_actions.h"

static w403_match_request ask_of(const w403_class *c, const w403_context *ctx, uint16_t action, const w403_arn *arn)
{
    return (w403_match_request){.caller = c->caller ? &c->caller->who : NULL,
                      .context = ctx,
                      .action = w403_action_word(ctx->arena, action),
                      .action_id = w403_action_is_foreign(action) ? W403_ACTION_NONE : action,
                      .resource = arn,
                      .gateway = W403_YES};
}

static bool has_part(const w403_documents *d, size_t dim, size_t which)
{
    return dim == which && dim < d->space.dims.n;
}

static w403_tri judge_conditions(const w403_documents *d, size_t dim, const w403_statement *st, const w403_context *ctx)
{
    w403_tri t = st->unread & W403_UNREAD(W403_ELEMENT_CONDITION) ? W403_UNKNOWN : W403_YES;
    for (uint32_t i = 0; i < st->n_conditions && t != W403_NO; i++) {
        const w403_condition *c = &st->conditions[i];
        for (size_t u = 0; u < d->uses.n; u++) {
            if (d->home[u] == dim && w403_same_key(c->key_id, c->key, c->key_param, &d->uses.at[u])) {
                t = w403_and(t, w403_match_condition(c, ctx));
                break;
            }
        }
    }
    return t;
}

/* Everything of the statement that this dimension decides. */
static w403_tri judge(const w403_documents *d, size_t dim, const w403_class *c, const w403_statement *st,
                      const w403_match_request *ask, w403_view action)
{
    w403_tri t = st->inert ? W403_UNKNOWN : W403_YES; /* what AWS would not have stored may do anything */
    if (has_part(d, dim, d->action_dim)) {
        const w403_match_request of = {.action = action, .action_id = w403_action_is_foreign(c->actions[0]) ? W403_ACTION_NONE : c->actions[0]};
        t = w403_and(t, w403_match_action(st, &of));
    }
    if (t != W403_NO && has_part(d, dim, d->resource_dim)) {
        t = w403_and(t, w403_match_resource(st, ask));
    }
    bool anybody = st->unread & W403_UNREAD(W403_ELEMENT_PRINCIPAL);
    if (t != W403_NO && has_part(d, dim, d->caller_dim) && st->has_principal && !anybody) {
        uint16_t classes, maybe;
        w403_match_principal(st, ask, &classes, &maybe);
        t = w403_and(t, classes ? W403_YES : maybe ? W403_UNKNOWN : W403_NO);
    }
    return t == W403_NO ? t : w403_and(t, judge_conditions(d, dim, st, ask->context));
}

/* The statements that the class leaves in play. */
static void judge_bits(const w403_documents *d, size_t dim, w403_class *c)
{
    const w403_class *one[1] = {c};
    w403_assignment as = {one, 1};
    w403_context ctx;
    w403_arn arn = w403_arn_split(c->resource.p ? c->resource : W403_LIT("*"));
    w403_assignment_context(&as, d->arena, &ctx);
    /* The two resources `*` are told apart by the action that they belong to (R13). */
    bool lists = c->resource.p && c->hidden[W403_HIDDEN_TYPE] == UINT64_C(1) << 63;
    w403_match_request ask = ask_of(c, &ctx, lists ? W403_ACTION_S3_LISTALLMYBUCKETS : W403_ACTION_NONE, &arn);
    w403_view action = c->actions ? w403_action_word(d->arena, c->actions[0]) : W403_LIT("");
    for (size_t i = 0; i < d->n_statements; i++) {
        w403_tri t = judge(d, dim, c, w403_documents_statement(d, i), &ask, action);
        if (t != W403_YES) {
            w403_bit_clear(c->yes, i);
        }
        if (t == W403_NO) {
            w403_bit_clear(c->maybe, i);
        }
    }
}

static void judge_class(w403_documents *d, size_t dim, w403_class *c)
{
    judge_bits(d, dim, c);
    for (size_t i = 0; i < d->n_statements; i++) {
        bool maybe = w403_bit(c->maybe, i);
        if (maybe && !w403_bit(c->yes, i)) {
            d->last_dim[i] = UINT32_MAX; /* never settled before the end */
        }
        if (!maybe && d->last_dim[i] != UINT32_MAX && d->last_dim[i] < dim) {
            d->last_dim[i] = (uint32_t)dim;
        }
    }
}

bool w403_documents_judge(w403_documents *d)
{
    d->last_dim = W403_NEW_N(d->arena, uint32_t, d->space.n_bits + 1);
    for (size_t dim = 0; d->last_dim && dim < d->space.dims.n; dim++) {
        for (size_t i = 0; i < d->space.dims.at[dim].classes.n; i++) {
            judge_class(d, dim, &d->space.dims.at[dim].classes.at[i]);
            if ((i & 63) == 0 && !w403_budget_time(d->space.budget)) {
                return true;
            }
        }
    }
    return d->last_dim != NULL;
}

w403_view w403_documents_dead(const w403_documents *d, size_t bit)
{
    for (size_t dim = 0; dim < d->space.dims.n; dim++) {
        const w403_dim *x = &d->space.dims.at[dim];
        bool any = false;
        for (size_t i = 0; i < x->classes.n && !any; i++) {
            any = w403_bit(x->classes.at[i].maybe, bit);
        }
        if (!any) {
            return x->name;
        }
    }
    return (w403_view){NULL, 0};
}

/* ---- a request of somebody else's ---- */

/* The class of a joined dimension: not by its values, which stand for others, but by what they say to the statements. */
static const w403_class *locate_joined(w403_documents *d, size_t dim, const w403_request_place *at)
{
    w403_space *s = &d->space;
    const w403_dim *j = &s->dims.at[dim];
    w403_dim scratch = {.kind = j->kind};
    w403_class *mine = w403_space_class(s, &scratch);
    w403_key_fact *f = mine ? W403_NEW_N(d->arena, w403_key_fact, 16 + j->n_parts) : NULL;
    w403_caller_class *who = f ? W403_NEW(d->arena, w403_caller_class) : NULL;
    if (!who) {
        return NULL;
    }
    for (uint32_t p = 0; p < j->n_parts; p++) {
        const w403_dim *part = &j->parts[p];
        const w403_class *c = w403_locate_class(s, part, at);
        for (size_t h = 0; c && h < s->n_hidden; h++) {
            mine->hidden[h] &= c->hidden[h];
        }
        if (!c) {
            return NULL;
        }
        if (part->kind == W403_DIM_KEY) {
            w403_key_value k = {W403_NO, NULL, 0};
            w403_context_get(at->context, part->id, part->name, part->param, &k);
            f[mine->n_facts++] = (w403_key_fact){part->id, part->name, part->param, k.present, k.values, k.n};
        } else if (part->kind == W403_DIM_CALLER) {
            w403_class facts = {.facts = NULL};
            who->who = *at->caller;
            mine->caller = who;
            if (!w403_caller_facts(d->arena, at->caller, &facts)) {
                return NULL;
            }
            memcpy(f + mine->n_facts, facts.facts, facts.n_facts * sizeof *f);
            mine->n_facts += facts.n_facts;
        } else {
            mine->resource = at->resource;
        }
    }
    mine->facts = f;
    judge_bits(d, dim, mine);
    for (size_t i = 0; i < j->classes.n; i++) {
        const w403_class *c = &j->classes.at[i];
        if (memcmp(c->yes, mine->yes, s->words * 8) == 0 && memcmp(c->maybe, mine->maybe, s->words * 8) == 0 &&
            memcmp(c->hidden, mine->hidden, s->n_hidden * 8) == 0) {
            return c;
        }
    }
    return NULL;
}

bool w403_documents_locate(w403_documents *d, const w403_request_place *at, uint32_t *slots)
{
    for (size_t i = 0; i < d->space.dims.n; i++) {
        const w403_dim *dim = &d->space.dims.at[i];
        const w403_class *c = dim->n_parts ? locate_joined(d, i, at) : w403_locate_class(&d->space, dim, at);
        if (!c) {
            return false;
        }
        slots[i] = c->slot;
    }
    return true;
}

/* ---- a whole request ---- */

bool w403_documents_request(const w403_documents *d, const uint32_t *slots, w403_document_request *out)
{
    const w403_space *s = &d->space;
    const w403_class **classes = W403_NEW_N(d->arena, const w403_class *, s->dims.n + 1);
    if (!classes) {
        return false;
    }
    *out = (w403_document_request){.classes = classes, .action = W403_ACTION_NONE};
    for (size_t i = 0; i < s->dims.n; i++) {
        const w403_dim *dim = &s->dims.at[i];
        const w403_class *c = &dim->classes.at[dim->slot_class[slots[i]]];
        classes[i] = c;
        out->caller = c->caller ? c->caller : out->caller;
        out->resource = c->resource.p ? c->resource : out->resource;
        out->action = c->actions ? c->actions[0] : out->action;
    }
    out->assignment = (w403_assignment){classes, s->dims.n};
    return true;
}

w403_say w403_documents_ask(const w403_documents *d, int side, const w403_document_request *r)
{
    const w403_policy *p = d->policy[side];
    w403_arn arn = w403_arn_split(r->resource);
    w403_context ctx;
    w403_assignment_context(&r->assignment, d->arena, &ctx);
    w403_class who = {.caller = r->caller};
    w403_match_request ask = ask_of(&who, &ctx, r->action, &arn);
    w403_tri deny = W403_NO, allow = W403_NO;
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        w403_tri t = w403_statement_match(&p->statements[i], &ask).verdict;
        if (w403_statement_may_deny(&p->statements[i])) {
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
