/* Operators and resource patterns as sets of values (semantics 1.7, 2.2). */
#include "policy/language.h"

#include "base/glob.h"

static w403_language none(void)
{
    return (w403_language){.kind = W403_LANGUAGE_NONE};
}

static w403_language glob(w403_expansion e)
{
    return (w403_language){.kind = W403_LANGUAGE_GLOB, .text = e.text, .literal = e.literal};
}

/* Without a context every variable hangs; an absent one without a default matches nothing (PV6). */
static w403_tri expand(const w403_template *t, size_t from, const w403_context *ctx, w403_expansion *out)
{
    *out = (w403_expansion){W403_YES, t->text, NULL};
    if (t->has_variable) {
        if (!ctx) {
            return W403_UNKNOWN;
        }
        *out = w403_expand(t, from, ctx);
    }
    return out->resolved;
}

static w403_language string_language(const w403_condition *c, w403_expansion e)
{
    switch (c->op->compare) {
    case W403_CMP_LIKE:
        return glob(e);
    case W403_CMP_EQ:
    case W403_CMP_EQ_ICASE:
        break;
    case W403_CMP_LT:
    case W403_CMP_LE:
    case W403_CMP_GT:
    case W403_CMP_GE:
        return none();
    }
    return (w403_language){
        .kind = W403_LANGUAGE_TEXT, .text = e.text, .ignore_case = c->op->compare == W403_CMP_EQ_ICASE};
}

static size_t colons(w403_view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        n += v.p[i] == ':';
    }
    return n;
}

/* The first part of a value that is an ARN is `arn`, whatever the pattern has there. */
static bool first_part_fits(w403_expansion e)
{
    size_t colon = w403_view_find_char(e.text, ':');
    w403_view first = colon == SIZE_MAX ? e.text : w403_view_sub(e.text, 0, colon);
    return w403_glob_masked(first, e.literal, W403_LIT("arn"), false);
}

static w403_language arn_language(w403_expansion e)
{
    if (w403_view_eq(e.text, W403_LIT("*")) && !(e.literal && e.literal[0])) {
        return (w403_language){.kind = W403_LANGUAGE_ALL}; /* Arn2 */
    }
    if (colons(e.text) < 5 || !first_part_fits(e)) {
        return none(); /* Arn1 */
    }
    w403_language l = glob(e);
    l.arn = true;
    return l;
}

static w403_language bool_language(w403_expansion e)
{
    bool truth = w403_view_ieq(e.text, W403_LIT("true"));
    if (!truth && !w403_view_ieq(e.text, W403_LIT("false"))) {
        return none();
    }
    return (w403_language){.kind = W403_LANGUAGE_BOOL, .truth = truth};
}

w403_language w403_condition_language(const w403_condition *c, const w403_condition_value *v, const w403_context *ctx)
{
    w403_expansion e;
    w403_tri resolved = W403_YES;
    switch (c->op->family) {
    case W403_OP_STRING:
    case W403_OP_ARN:
    case W403_OP_BOOL: /* PV2 */
        resolved = expand(&v->text, 0, ctx, &e);
        if (resolved != W403_YES) {
            return resolved == W403_NO ? none() : (w403_language){.kind = W403_LANGUAGE_HANGS};
        }
        return c->op->family == W403_OP_STRING ? string_language(c, e)
               : c->op->family == W403_OP_ARN  ? arn_language(e)
                                               : bool_language(e);
    case W403_OP_NUMERIC:
        return !v->valid ? none()
                         : (w403_language){
                               .kind = W403_LANGUAGE_NUMBER, .text = v->text.text, .compare = c->op->compare};
    case W403_OP_DATE:
        if (v->zoneless) {
            return (w403_language){.kind = W403_LANGUAGE_HANGS}; /* Dt1 */
        }
        return !v->valid ? none()
                         : (w403_language){
                               .kind = W403_LANGUAGE_DATE, .instant = v->u.instant, .compare = c->op->compare};
    case W403_OP_IP:
        return !v->valid ? none() : (w403_language){.kind = W403_LANGUAGE_NET, .cidr = v->u.cidr};
    case W403_OP_BINARY:
        return !v->valid ? none() : (w403_language){.kind = W403_LANGUAGE_BYTES, .text = v->u.binary};
    case W403_OP_NULL:
    case W403_OP_NONE:
        break;
    }
    return none();
}

/* R8: what a pattern with fewer than six parts means, by the kind of policy. */
bool w403_short_arn_open(w403_policy_kind kind, w403_view text)
{
    switch (kind) {
    case W403_POLICY_IDENTITY:
    case W403_POLICY_BOUNDARY:
    case W403_POLICY_SESSION:
        return true;
    case W403_POLICY_SCP:
        return text.n > 0 && text.p[text.n - 1] == '*';
    case W403_POLICY_RCP:
    case W403_POLICY_KINDS:
        return false;
    case W403_POLICY_VPC_ENDPOINT:
    case W403_POLICY_RESOURCE:
    case W403_POLICY_ACCESS_POINT:
    case W403_POLICY_KEY:
    case W403_POLICY_TRUST:
        break;
    }
    return w403_has_wildcard(text);
}

w403_language w403_resource_language(w403_policy_kind kind, const w403_resource_pattern *p, const w403_context *ctx)
{
    w403_expansion e;
    if (p->is_star) {
        return (w403_language){.kind = W403_LANGUAGE_ALL};
    }
    if (p->n_parts == 0) {
        return none(); /* no ARN at all, or a wildcard in its service (R4) */
    }
    size_t from = p->n_parts == 6 ? (size_t)(p->part[5].p - p->whole.text.p) : 0;
    w403_tri resolved = expand(&p->whole, from, ctx, &e);
    if (resolved != W403_YES) {
        return resolved == W403_NO ? none() : (w403_language){.kind = W403_LANGUAGE_HANGS};
    }
    if (!first_part_fits(e)) {
        return none();
    }
    w403_language l = glob(e);
    l.arn = true;
    if (colons(e.text) < 5) {
        l.open = colons(e.text) > 0 && w403_short_arn_open(kind, e.text);
        return l.open ? l : none();
    }
    return l;
}
