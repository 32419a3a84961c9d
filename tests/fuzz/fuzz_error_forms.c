/* Forms of error texts: the cleaned text and every hit of every form in it. */
#include "evidence/error_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool check(void *user, const w403_hit *hit)
{
    const w403_clean *c = user;
    if (hit->from > hit->to || hit->to > c->text.n) {
        __builtin_trap();
    }
    for (size_t part = 0; part < W403_PARTS; part++) {
        w403_view v = hit->at[part];
        bool      inside = !v.p || (v.p >= c->text.p && v.p + v.n <= c->text.p + c->text.n);
        if (!inside) {
            __builtin_trap(); /* what is read stands in the text */
        }
        for (size_t i = 0; v.p && i < v.n; i++) {
            if (c->marks[v.p - c->text.p + i] & (W403_MARK_TORN | W403_MARK_BREAK)) {
                __builtin_trap(); /* and on one line of it */
            }
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena   *a = w403_arena_new((size_t)64 << 20);
    w403_evidence e;
    w403_build    b;
    w403_build_init(&b, a, &e, W403_EVIDENCE_ERROR);
    w403_clean c = w403_error_clean(&b, (w403_view){(const char *)data, size});
    if (c.text.p) {
        w403_forms_find(&c, check, &c);
    }
    w403_arena_free(a);
    return 0;
}
