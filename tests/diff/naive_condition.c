/* Semantics 1.8 and 2: variables and conditions. */
#include <stdio.h>

#include "base/encode.h"
#include "naive_impl.h"

const n_key *n_find_key(const n_context *ctx, w403_view name)
{
    char text[160];
    if (name.n >= sizeof text) {
        return NULL;
    }
    memcpy(text, name.p, name.n);
    text[name.n] = '\0';
    for (unsigned i = 0; i < ctx->n; i++) {
        if (n_ieq(ctx->k[i].name, text)) {
            return &ctx->k[i];
        }
    }
    return NULL;
}

/* ---- variables ---- */

static void put(n_text *out, w403_view v, unsigned mark)
{
    for (size_t i = 0; i < v.n && out->n < N_TEXT; i++) {
        out->c[out->n++] = (uint16_t)((unsigned char)v.p[i] | mark);
    }
}

/* `inside` stands between ${ and }. PV3 to PV7. */
static n_expanded variable(n_check *c, w403_view inside, n_text *out)
{
    if (inside.n == 1 && (inside.p[0] == '*' || inside.p[0] == '?' || inside.p[0] == '$')) {
        put(out, inside, N_LITERAL);
        return N_FULL;
    }
    w403_view name = inside, fallback = {NULL, 0};
    for (size_t i = 0; i + 2 < inside.n; i++) {
        if (inside.p[i] == ',' && inside.p[i + 1] == ' ' && inside.p[i + 2] == '\'' && !fallback.p) {
            name = w403_view_sub(inside, 0, i);
            fallback = w403_view_sub(inside, i + 3, inside.n - 1);
        }
    }
    const n_key *k = n_find_key(&c->ctx, name);
    if (k && k->open) {
        n_open(c->run, k->open);
    }
    if (k && k->present == W403_UNKNOWN && k->multi) { /* PV3: never a text */
        if (fallback.p) {
            n_open(c->run, "a default for a multivalued key");
        }
        return N_UNRESOLVED;
    }
    if (k && k->present == W403_UNKNOWN) { /* any text */
        put(out, W403_LIT("*"), 0);
        return N_MAYBE;
    }
    if (k && k->present == W403_YES && k->n == 1 && !k->multi) {
        put(out, k->v[0], N_LITERAL);
        return N_FULL;
    }
    if (fallback.p) {
        if (k && k->present == W403_YES) {
            n_open(c->run, "a default for a multivalued key");
        }
        put(out, fallback, N_LITERAL);
        return N_FULL;
    }
    return N_UNRESOLVED;
}

n_expanded n_expand(n_check *c, w403_view text, bool variables, bool wildcards, n_text *out)
{
    n_expanded worst = N_FULL;
    out->n = 0;
    for (size_t i = 0; i < text.n; i++) {
        size_t end = i + 2;
        while (end < text.n && text.p[end] != '}') {
            end++;
        }
        if (!variables || text.p[i] != '$' || i + 1 >= text.n || text.p[i + 1] != '{' || end >= text.n) {
            put(out, w403_view_sub(text, i, i + 1), wildcards ? 0 : N_LITERAL);
            continue;
        }
        n_expanded got = variable(c, w403_view_sub(text, i + 2, end), out);
        worst = got == N_UNRESOLVED || worst == N_UNRESOLVED ? N_UNRESOLVED : got == N_MAYBE ? N_MAYBE : worst;
        i = end;
    }
    return worst;
}

/* ---- operators ---- */

static bool arn_like(const n_text *pattern, w403_view value)
{
    n_text    p[6];
    w403_view v[6];
    if (pattern->n == 1 && pattern->c[0] == '*') { /* Arn2 */
        return true;
    }
    if (n_split_text(pattern, p) != 6 || n_split(value, v) != 6) { /* Arn1 */
        return false;
    }
    for (int i = 0; i < 6; i++) {
        if (!n_glob(p[i].c, p[i].n, v[i].p, v[i].n, false)) {
            return false;
        }
    }
    return true;
}

static w403_tri string_match(n_check *c, const w403_policy *p, const w403_operator *op, w403_view x, w403_view want)
{
    n_text t;
    bool   wild = op->compare == W403_CMP_LIKE || op->family == W403_OP_ARN;
    switch (n_expand(c, want, p->version_2012, wild, &t)) {
    case N_UNRESOLVED: return W403_NO; /* PV6 */
    case N_MAYBE: return W403_UNKNOWN;
    case N_FULL: break;
    }
    if (op->family == W403_OP_ARN) {
        return n_bool(arn_like(&t, x));
    }
    return n_bool(n_glob(t.c, t.n, x.p, x.n, op->compare == W403_CMP_EQ_ICASE));
}

static bool ordered(w403_compare how, int cmp)
{
    switch (how) {
    case W403_CMP_LT: return cmp < 0;
    case W403_CMP_LE: return cmp <= 0;
    case W403_CMP_GT: return cmp > 0;
    case W403_CMP_GE: return cmp >= 0;
    default: return cmp == 0;
    }
}

static bool number_match(n_check *c, const w403_operator *op, w403_view x, w403_view want)
{
    if (!w403_decimal_valid(x) || !w403_decimal_valid(want)) { /* Num1 */
        if (op->negated) {
            n_open(c->run, "NumericNotEquals with what is no number");
        }
        return false;
    }
    return ordered(op->compare, w403_decimal_cmp(x, want));
}

/* A time of day without a zone: `*at` is what it is in UTC. */
static bool zoneless(w403_view want, w403_instant *at)
{
    char with[64];
    int  n = snprintf(with, sizeof with, "%.*sZ", (int)want.n, want.p ? want.p : "");
    return w403_view_find_char(want, 'T') != SIZE_MAX && n < (int)sizeof with &&
           w403_instant_parse((w403_view){with, (size_t)n}, at);
}

/* By one reading it is that, by the other it is no date: none matches, and under a negated operator nobody knows. */
static w403_tri zoneless_match(const w403_operator *op, w403_view x, w403_instant b)
{
    w403_instant a;
    bool         is = w403_instant_parse(x, &a) && ordered(op->compare, a < b ? -1 : a > b);
    return is || op->negated ? W403_UNKNOWN : W403_NO;
}

static bool date_match(n_check *c, const w403_operator *op, w403_view x, w403_view want)
{
    w403_instant a, b;
    if (!w403_instant_parse(x, &a) || !w403_instant_parse(want, &b)) {
        if (op->negated) {
            n_open(c->run, "DateNotEquals with what is no date");
        }
        return false;
    }
    return ordered(op->compare, a < b ? -1 : a > b);
}

static bool ip_match(w403_view x, w403_view want)
{
    w403_ip   ip;
    w403_cidr net;
    if (!w403_ip_parse(x, &ip) || !w403_cidr_parse(want, &net) || ip.bits != net.base.bits) { /* Ip1, Ip3 */
        return false;
    }
    for (unsigned i = 0; i < net.prefix; i++) {
        if (((ip.bytes[i / 8] ^ net.base.bytes[i / 8]) >> (7 - i % 8)) & 1) {
            return false;
        }
    }
    return true;
}

/* Is this a value that the operator can compare? */
static bool well_formed(const w403_operator *op, w403_view want)
{
    w403_instant t;
    w403_cidr    net;
    switch (op->family) {
    case W403_OP_NUMERIC: return w403_decimal_valid(want);
    case W403_OP_DATE: return w403_instant_parse(want, &t) || zoneless(want, &t);
    case W403_OP_IP: return w403_cidr_parse(want, &net);
    default: return true;
    }
}

static w403_tri value_match(n_check *c, const w403_policy *p, const w403_operator *op, w403_view x, w403_view want)
{
    switch (op->family) {
    case W403_OP_STRING:
    case W403_OP_ARN: return string_match(c, p, op, x, want);
    case W403_OP_NUMERIC: return n_bool(number_match(c, op, x, want));
    case W403_OP_DATE: {
        w403_instant utc;
        return zoneless(want, &utc) ? zoneless_match(op, x, utc) : n_bool(date_match(c, op, x, want));
    }
    case W403_OP_BOOL:
        return n_bool((n_ieq(x, "true") && n_ieq(want, "true")) || (n_ieq(x, "false") && n_ieq(want, "false")));
    case W403_OP_IP: return n_bool(ip_match(x, want));
    case W403_OP_BINARY: {
        w403_view bytes = w403_base64_decode(c->run->a, want);
        w403_view given = w403_base64_decode(c->run->a, x);
        return n_bool(bytes.p && given.p && n_same(bytes, given));
    }
    default: return W403_NO;
    }
}

/* Is this value of the key among those of the policy (or, negated, among none)? */
static w403_tri ok(n_check *c, const w403_policy *p, const w403_condition *cond, w403_view x)
{
    w403_tri m = W403_NO;
    for (uint32_t i = 0; i < cond->n_values; i++) {
        w403_view want = cond->values[i].text.text;
        m = n_or(m, cond->of_deny && !well_formed(cond->op, want) ? W403_UNKNOWN : value_match(c, p, cond->op, x, want));
    }
    return cond->op->negated ? n_not(m) : m;
}

static w403_tri null_operator(const w403_condition *cond, const n_key *k)
{
    bool     null = k->present == W403_NO || k->n == 0 || (k->n == 1 && k->v[0].n == 0);
    w403_tri any = W403_NO;
    for (uint32_t i = 0; i < cond->n_values; i++) {
        any = n_or(any, n_bool(n_ieq(cond->values[i].text.text, "true") ? null : !null));
    }
    return any;
}

/* A key that nobody knows. Only where no value of the policy can ever match does the answer not depend on it. */
static w403_tri whatever_it_is(n_check *c, const w403_policy *p, const w403_condition *cond)
{
    n_text t;
    if (cond->n_values == 0) {
        n_open(c->run, "an empty list and a key that nobody knows");
    }
    for (uint32_t i = 0; i < cond->n_values; i++) {
        bool text = cond->op->family == W403_OP_STRING || cond->op->family == W403_OP_ARN;
        if (!text || n_expand(c, cond->values[i].text.text, p->version_2012, true, &t) != N_UNRESOLVED) {
            return W403_UNKNOWN;
        }
    }
    w403_tri present = n_bool(cond->op->negated);
    w403_tri absent = n_bool(cond->set == W403_SET_ALL || cond->if_exists ||
                             (cond->set == W403_SET_NONE && cond->op->negated));
    if (cond->set == W403_SET_NONE) { /* it may have many values: N3 */
        const w403_key *known = w403_key_at(cond->key_id);
        present = known && !known->multi ? present : n_and(present, W403_UNKNOWN);
    } else if (cond->set == W403_SET_ALL) { /* an empty set */
        present = n_or(present, W403_UNKNOWN);
    }
    return cond->op->family != W403_OP_NULL && present == absent ? present : W403_UNKNOWN;
}

w403_tri n_condition(n_check *c, const w403_policy *p, const w403_condition *cond)
{
    static const n_key absent = {.present = W403_NO};
    const n_key       *k = n_find_key(&c->ctx, cond->key);
    k = k ? k : &absent;
    if (k->open) {
        n_open(c->run, k->open);
    }
    if (k->present == W403_UNKNOWN) {
        return whatever_it_is(c, p, cond);
    }
    if (cond->op->family == W403_OP_NULL) {
        return null_operator(cond, k);
    }
    if (k->present == W403_NO) {
        if (cond->set == W403_SET_ALL || cond->if_exists) {
            return W403_YES;
        }
        return n_bool(cond->set == W403_SET_NONE && cond->op->negated);
    }
    if (cond->set == W403_SET_NONE && k->n > 1) { /* N3 */
        return W403_NO;
    }
    w403_tri all = W403_YES, any = W403_NO;
    for (unsigned i = 0; i < k->n; i++) {
        w403_tri one = ok(c, p, cond, k->v[i]);
        all = n_and(all, one);
        any = n_or(any, one);
    }
    if (cond->set == W403_SET_ALL) {
        return k->n == 0 || (k->n == 1 && k->v[0].n == 0) ? W403_YES : all;
    }
    if (k->n == 0) {
        n_open(c->run, "a key with an empty list");
    }
    return any;
}

w403_tri n_conditions(n_check *c, const w403_statement *st)
{
    w403_tri all = st->unread & W403_UNREAD(W403_ELEMENT_CONDITION) ? W403_UNKNOWN : W403_YES;
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        all = n_and(all, n_condition(c, st->policy, &st->conditions[i]));
    }
    return all;
}
