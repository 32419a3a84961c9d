/* Policy documents: whatever loads keeps the promises of policy.h. The first byte picks the kind. */
#include <stdlib.h>

#include "policy/policy.h"

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_span(const w403_policy *p, w403_span s)
{
    need(s.off <= p->doc.text.n && s.len <= p->doc.text.n - s.off);
}

/* Reads every byte, so that a sanitizer sees a view that points nowhere. */
static unsigned read_all(w403_view v)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.n; i++) {
        sum += (unsigned char)v.p[i];
    }
    return sum;
}

static unsigned check_resource(const w403_policy *p, const w403_resource_pattern *r)
{
    unsigned sum = read_all(r->whole.text) + read_all(r->prefix);
    size_t   n = 0;
    check_span(p, r->span);
    need(r->n_parts <= 6 && w403_view_starts(r->whole.text, r->prefix));
    need(!r->whole.has_variable || (p->version_2012 && (r->n_parts == 6 || r->n_parts == 0))); /* 0: AWS would not have stored it */
    for (uint8_t i = 0; i < r->n_parts; i++) {
        n += r->part[i].n + (i > 0);
        sum += read_all(r->part[i]);
    }
    need(r->n_parts == 0 || n == r->whole.text.n);
    return sum;
}

static unsigned check_condition(const w403_policy *p, const w403_condition *c)
{
    unsigned sum = read_all(c->key) + read_all(c->key_param);
    need(c->op != NULL);
    check_span(p, c->op_span);
    check_span(p, c->key_span);
    check_span(p, c->values_span);
    for (uint32_t i = 0; i < c->n_values; i++) {
        check_span(p, c->values[i].span);
        sum += read_all(c->values[i].text.text);
        sum += c->op->family == W403_OP_BINARY && c->values[i].valid ? read_all(c->values[i].u.binary) : 0;
        need(!c->values[i].text.has_variable || p->version_2012);
    }
    return sum;
}

static unsigned check_statement(const w403_policy *p, const w403_statement *st)
{
    unsigned sum = read_all(st->sid);
    need(st->policy == p && st == &p->statements[st->index]);
    check_span(p, st->span);
    for (uint32_t i = 0; i < st->n_principals; i++) {
        check_span(p, st->principals[i].span);
        sum += read_all(st->principals[i].text) + read_all(st->principals[i].account);
        need(st->principals[i].kind <= W403_PE_INVALID);
    }
    for (uint32_t i = 0; i < st->n_actions; i++) {
        check_span(p, st->actions[i].span);
        sum += read_all(st->actions[i].text);
    }
    for (uint32_t i = 0; i < st->n_resources; i++) {
        sum += check_resource(p, &st->resources[i]);
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        sum += check_condition(p, &st->conditions[i]);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static volatile unsigned sink;
    if (n == 0) {
        return 0;
    }
    w403_arena   *a = w403_arena_new(0);
    w403_problems warnings = {.arena = a};
    w403_policy  *p;
    w403_error    err;
    w403_view     text = {(const char *)data + 1, n - 1};
    need(a != NULL);
    w403_status s = w403_policy_parse(a, (w403_policy_kind)(data[0] % W403_POLICY_KINDS), W403_LIT("fuzz"), text,
                                      &warnings, &p, &err);
    if (s == W403_OK) {
        for (uint32_t i = 0; i < p->n_statements; i++) {
            sink = sink + check_statement(p, &p->statements[i]);
        }
        need(p->n_statements == 0 || p->statements != NULL);
    } else {
        need(p == NULL && (s == W403_SYNTAX || s == W403_SEMANTIC || s == W403_LIMIT));
        need(err.message[0] && err.offset <= text.n);
    }
    need(warnings.errors == 0);
    w403_arena_free(a);
    return 0;
}
