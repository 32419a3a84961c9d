/* Case files: whatever is read points into the text, and every refusal has its place. */
#include <stdlib.h>

#include "evidence/case_file.h"

static unsigned read_all(w403_view v)
{
    unsigned sum = 0;
    for (size_t i = 0; i < v.n; i++) {
        sum += (unsigned char)v.p[i];
    }
    return sum;
}

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static unsigned check_case(const w403_case *c)
{
    unsigned sum = read_all(c->name) + read_all(c->about) + read_all(c->snapshot_dir) + read_all(c->expect.cause) +
                   read_all(c->expect.sid) + read_all(c->expect.message) + read_all(c->inventory.bucket);
    need(c->line > 0 && c->name.n > 0 && c->span.off + (size_t)c->span.len <= c->doc->text.n);
    need(c->is_inventory || c->question || (c->request.resource.p && c->request.principal.p));
    need(!c->request.operation.p || !c->request.action.p);
    for (size_t i = 0; i < c->n_policies; i++) {
        const w403_case_policy *p = &c->policies[i];
        need((p->text.p == NULL) != (p->path.p == NULL) && p->kind < W403_POLICY_KINDS);
        sum += read_all(p->name) + read_all(p->text) + read_all(p->path);
    }
    for (size_t i = 0; i < c->expect.n_causes; i++) {
        sum += read_all(c->expect.causes[i]);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static volatile unsigned sink;
    w403_arena *a = w403_arena_new((size_t)64 << 20);
    w403_cases  cases = {0};
    w403_error  err;
    w403_status status = a ? w403_case_file_parse(a, W403_LIT("case"), (w403_view){(const char *)data, n}, &cases,
                                                  &err)
                           : W403_NOMEM;
    need(status == W403_OK || status == W403_NOMEM || (err.line > 0 && err.offset <= n && err.message[0]));
    for (size_t i = 0; i < cases.n; i++) {
        sink = sink + check_case(&cases.at[i]);
    }
    w403_arena_free(a);
    return 0;
}
