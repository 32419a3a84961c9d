/* The bytes as a principal and as a resource: ARNs, variables, wildcards, blanks. */
#include <stdlib.h>

#include "policy/match.h"
#include "policy/pattern.h"

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Every variable ends where the next scan may begin, inside the text. */
static void check_variables(w403_view text)
{
    w403_variable v;
    for (size_t i = 0; i < text.n; i++) {
        if (w403_variable_at(text, i, &v)) {
            need(v.end > i + 2 && v.end <= text.n && text.p[v.end - 1] == '}');
            need(!v.literal || v.well_formed);
            need(v.key.n + v.fallback.n <= text.n);
        }
    }
    size_t        literal;
    w403_template t = w403_template_scan(text, 0, &literal);
    need(literal <= text.n && (literal == text.n) == (!t.has_wildcard && !t.has_variable));
    t = w403_template_scan(text, SIZE_MAX, NULL);
    need(!t.has_variable);
}

static void check_policy(const w403_policy *p, w403_view text)
{
    const w403_statement *st = &p->statements[0];
    need(p->n_statements == 1 && st->n_principals == 1 && st->n_resources == 1);
    need(w403_view_eq(st->principals[0].text, text) && w403_view_eq(st->resources[0].whole.text, text));
    w403_arn arn = w403_arn_split(text);
    need(st->resources[0].n_parts == arn.n || st->resources[0].n_parts == 0);
    if (st->principals[0].kind == W403_PE_USER || st->principals[0].kind == W403_PE_ROLE ||
        st->principals[0].kind == W403_PE_SESSION) {
        need(arn.n == 6 && st->principals[0].account.n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const types[] = {"AWS", "Service", "CanonicalUser", "Federated"};
    if (n == 0 || n > 4096) {
        return 0;
    }
    w403_view     text = {(const char *)data + 1, n - 1};
    w403_arena   *a = w403_arena_new(0);
    w403_problems warnings = {.arena = a};
    w403_buf      b = {0};
    w403_policy  *p;
    w403_error    err;
    need(a != NULL);
    check_variables(text);
    w403_buf_printf(&b, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Principal\":{\"%s\":",
                    types[data[0] % 4]);
    size_t from = b.n;
    w403_buf_json_string(&b, text);
    size_t to = b.n;
    w403_buf_puts(&b, "},\"Resource\":");
    w403_view again = {b.p + from, to - from};
    again = w403_arena_copy(a, again);
    w403_buf_put(&b, again);
    w403_buf_puts(&b, "}}");
    need(w403_buf_ok(&b));
    w403_status s = w403_policy_parse(a, W403_POLICY_RESOURCE, W403_LIT("fuzz"), w403_buf_view(&b), &warnings, &p, &err);
    need(s == W403_OK);
    check_policy(p, p->statements[0].principals[0].text);
    w403_arena_free(a);
    w403_buf_free(&b);
    return 0;
}
