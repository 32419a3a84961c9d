/* A condition: three lines of operator, key and value, whatever they hold. */
#include <stdlib.h>

#include "policy/policy.h"

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check(const w403_policy *p)
{
    const w403_statement *st = &p->statements[0];
    need(p->n_statements == 1 && (st->n_conditions == 2 || (st->inert && st->n_conditions == 0)));
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        need(c->op && c->n_values == 1);
        need(!c->if_exists || c->op->if_exists_ok);
        need(c->op->compare == W403_CMP_LIKE || !c->values[0].text.has_wildcard);
        if (c->op->family == W403_OP_IP && c->values[0].valid) {
            const w403_cidr *net = &c->values[0].u.cidr;
            need(net->prefix <= net->base.bits && w403_cidr_contains(net, &net->base));
        }
        if (c->op->family == W403_OP_NUMERIC && c->values[0].valid) {
            need(w403_decimal_cmp(c->values[0].text.text, c->values[0].text.text) == 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 4096) {
        return 0;
    }
    w403_view     rest = {(const char *)data, n};
    w403_view     op = w403_view_cut(&rest, '\n'), key = w403_view_cut(&rest, '\n');
    w403_arena   *a = w403_arena_new(0);
    w403_problems warnings = {.arena = a};
    w403_buf      b = {0};
    w403_policy  *p;
    w403_error    err;
    need(a != NULL);
    w403_buf_puts(&b, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\","
                      "\"Condition\":{");
    w403_buf_json_string(&b, op);
    w403_buf_puts(&b, ":{");
    w403_buf_json_string(&b, key);
    w403_buf_puts(&b, ":");
    w403_buf_json_string(&b, rest);
    w403_buf_puts(&b, ",\"a:different-key\":[");
    w403_buf_json_string(&b, rest);
    w403_buf_puts(&b, "]}}}}");
    need(w403_buf_ok(&b));
    w403_status s = w403_policy_parse(a, W403_POLICY_IDENTITY, W403_LIT("fuzz"), w403_buf_view(&b), &warnings, &p, &err);
    if (s == W403_OK) {
        check(p);
    } else {
        need(s == W403_SYNTAX && w403_view_ieq(key, W403_LIT("a:different-key")));
    }
    w403_arena_free(a);
    w403_buf_free(&b);
    return 0;
}
