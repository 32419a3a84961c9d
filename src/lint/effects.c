/* What a statement does that its author may not have meant: absent keys, both halves of S3, everyone. */
#include "base/glob.h"
#include "decide/check.h"
#include "lint/arn.h"
#include "lint/proofs.h"
#include "words/words.h"

static void key(w403_lint_run *l, w403_lint_code code, const w403_lint_condition *c)
{
    w403_lint_key(l, code, c->node, W403_LINT_WORDS({"k", c->key}));
}

/* ---- keys that may be absent (lint 4.4) ---- */

static bool positive_elsewhere(const w403_lint_statement *st, w403_view name)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (w403_view_ieq(c->key, name) && w403_lint_positive(c) && !c->if_exists && c->set != W403_SET_ALL)
            return true;
    }
    return false;
}

static bool variable_of_resource(const w403_lint_statement *st, w403_view name)
{
    W403_LINT_EACH(v, st->resource) {
        size_t at = w403_view_find(v->text, W403_LIT("${"));
        for (; at != SIZE_MAX && at + 2 + name.n <= v->text.n; at++) {
            if (v->text.p[at] == '{' && w403_view_ieq(w403_view_sub(v->text, at + 1, at + 1 + name.n), name))
                return true;
        }
    }
    return false;
}

static void absent_on_allow(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    if (!w403_lint_listed(W403_LIST_MAYBE_ABSENT_KEY, c->key) || w403_lint_guarded(st, c->key))
        return;
    if (w403_lint_positive(c) && c->if_exists)
        key(l, W403_L_OWN_IFEXISTS_ON_ALLOW, c);
    if (c->op->negated && c->set != W403_SET_ANY && !positive_elsewhere(st, c->key) &&
        !variable_of_resource(st, c->key))
        key(l, W403_L_OWN_NEGATED_ON_ALLOW, c);
}

static void allow(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    absent_on_allow(l, st, c);
    bool global = c->key.n > 4 && w403_view_ieq(w403_view_sub(c->key, 0, 4), W403_LIT("aws:"));
    if (c->set == W403_SET_ALL && c->op->family != W403_OP_NULL && c->known && c->multi && global &&
        !w403_lint_is_key(c, "aws:TagKeys") && !w403_lint_guarded(st, c->key))
        key(l, W403_L_OWN_FORALLVALUES_ALLOW, c);
}

static bool value_is(const w403_lint_condition *c, const char *value)
{
    const w403_json *v = w403_lint_first_scalar(c->node);
    return v && !w403_lint_next_scalar(c->node, v) && w403_view_ieq(v->text, w403_view_of(value));
}

static bool ipv4_only(const w403_lint_condition *c)
{
    W403_LINT_EACH_SCALAR(v, c->node) {
        if (w403_view_find_char(v->text, ':') != SIZE_MAX)
            return false;
    }
    return true;
}

static void deny(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c)
{
    bool not_ip = c->op->family == W403_OP_IP && c->op->negated && w403_lint_is_key(c, "aws:SourceIp");
    bool network = w403_lint_on(st, "aws:SourceVpce") || w403_lint_on(st, "aws:SourceVpc") ||
                   w403_lint_on(st, "aws:VpcSourceIp") || w403_lint_on(st, "aws:SourceVpcArn");
    bool service = w403_lint_on(st, "aws:ViaAWSService") || w403_lint_on(st, "aws:CalledVia") ||
                   w403_lint_on(st, "aws:PrincipalIsAWSService");
    if (c->op->family == W403_OP_BOOL && !c->if_exists && w403_lint_is_key(c, "aws:MultiFactorAuthPresent") &&
        value_is(c, "false"))
        key(l, W403_L_OWN_MFA_DENY_ABSENT, c);
    if (c->op->family == W403_OP_STRING && c->op->compare == W403_CMP_EQ && c->op->negated && !c->if_exists &&
        w403_lint_is_key(c, "s3:x-amz-server-side-encryption") && !w403_lint_guarded(st, c->key))
        key(l, W403_L_OWN_DENY_NEEDS_SSE_HEADER, c);
    if (not_ip && !c->if_exists && !w403_lint_guarded(st, c->key) && !network)
        key(l, W403_L_OWN_DENY_SOURCEIP_ABSENT, c);
    if (not_ip && ipv4_only(c))
        key(l, W403_L_OWN_DENY_IPV4_ONLY, c);
    if (c->op->negated && !service && (w403_lint_is_key(c, "aws:SourceVpce") || w403_lint_is_key(c, "aws:SourceVpc")))
        key(l, W403_L_OWN_DENY_HITS_FORWARDED, c);
}

static void conditions(w403_lint_run *l, const w403_lint_statement *st)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (!c->op)
            continue;
        if (st->allow)
            allow(l, st, c);
        else if (st->deny)
            deny(l, st, c);
        if (c->op->family == W403_OP_BOOL && w403_lint_is_key(c, "aws:SecureTransport") &&
            ((st->deny && value_is(c, "true")) || (st->allow && value_is(c, "false"))))
            w403_lint_value(l, W403_L_OWN_SECURE_TRANSPORT_INVERTED, w403_lint_first_scalar(c->node),
                            W403_LINT_WORDS({"denies/allows", w403_lint_said(l, st->deny ? NC_("lint", "denies") : NC_("lint", "allows"))}));
    }
}

/* ---- elements ---- */

static bool lists(const w403_json *element, const char *text)
{
    W403_LINT_EACH(v, element) {
        if (w403_view_eq(v->text, w403_view_of(text)))
            return true;
    }
    return false;
}

/* s3:* on buckets alone, or on objects alone. */
static void half(w403_lint_run *l, const w403_lint_statement *st)
{
    unsigned halves = 0;
    const w403_json *first = w403_lint_first(st->resource);
    W403_LINT_EACH(v, st->resource) {
        unsigned h = w403_lint_halves(v->text);
        halves |= h ? h : W403_LINT_IS_BUCKET | W403_LINT_IS_OBJECT;
    }
    if (!first || (halves != W403_LINT_IS_BUCKET && halves != W403_LINT_IS_OBJECT))
        return;
    bool bucket = halves == W403_LINT_IS_BUCKET;
    w403_view arn = bucket ? w403_arena_printf(l->arena, "%.*s/*", W403_ARG(first->text))
                           : w403_view_sub(first->text, 0, w403_view_find_char(first->text, '/'));
    W403_LINT_EACH(v, st->action) {
        if (!w403_view_ieq(v->text, W403_LIT("s3:*")) && !w403_view_eq(v->text, W403_LIT("*")))
            continue;
        bool other = st->deny ? !bucket : bucket; /* an Allow reaches this half, a Deny leaves the other one open */
        w403_lint_value(l, st->deny ? W403_L_OWN_S3_HALF_RESOURCE_DENY : W403_L_OWN_S3_HALF_RESOURCE, v,
                        W403_LINT_WORDS({"bucket/object", w403_lint_said(l, other ? NC_("lint", "bucket") : NC_("lint", "object"))},
                                        {"arn", arn}));
    }
}

static void escalation(w403_lint_run *l, const w403_lint_statement *st)
{
    uint32_t n = 0;
    if (st->condition || !w403_lint_everyone(st) || !st->action)
        return;
    w403_lint_place *at = W403_NEW_N(l->arena, w403_lint_place, st->action->count + 1);
    l->nomem = l->nomem || !at;
    for (const w403_json *v = at ? w403_lint_first(st->action) : NULL; v; v = w403_lint_next(st->action, v)) {
        w403_view action;
        for (size_t i = 0; (action = w403_list_next(W403_LIST_POLICY_ESCALATION_ACTION, &i)).p;) {
            if (w403_iglob(v->text, action)) {
                at[n++] = w403_lint_at_value(v);
                break;
            }
        }
    }
    if (n)
        w403_lint_add(l, W403_L_OWN_POLICY_ESCALATION, at, n, NULL);
}

/* S3's own notion of public (4.4), asked of the engine. */
static void public(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_statement *statement = w403_lint_everyone(st) && w403_lint_wants(l, W403_L_OWN_PUBLIC)
                                          ? w403_lint_engine_statement(l, st)
                                          : NULL;
    if (!statement)
        return;
    w403_policy alone = *w403_lint_engine(l);
    alone.statements = statement;
    alone.n_statements = 1;
    if (w403_policy_is_public(&alone, NULL) == W403_YES)
        w403_lint_value(l, W403_L_OWN_PUBLIC, st->principal, NULL);
}

void w403_lint_effects(w403_lint_run *l, const w403_lint_statement *st)
{
    conditions(l, st);
    if (st->allow || st->deny)
        half(l, st);
    if (!st->allow)
        return;
    if (st->not_action && lists(st->resource, "*"))
        w403_lint_key(l, W403_L_OWN_NOT_ACTION_ALLOW, st->not_action, NULL);
    if (st->not_resource)
        w403_lint_key(l, W403_L_OWN_NOT_RESOURCE_ALLOW, st->not_resource, NULL);
    escalation(l, st);
    public(l, st);
}
