/* Inclusion and overlap of patterns against every text over a small alphabet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/glob.h"
#include "lint/check.h"

enum { LENGTH = 4, PATTERNS = 400 };

static uint64_t seed = 1;

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static w403_view pattern(char *room)
{
    size_t n = pick(LENGTH + 1);
    for (size_t i = 0; i < n; i++)
        room[i] = "ab*?"[pick(4)];
    return (w403_view){room, n};
}

typedef struct truth {
    bool includes, overlap;
} truth;

/* Texts of up to LENGTH + 1 letters over three: `c` stands for any letter that no pattern names. */
static truth enumerate(w403_view outer, w403_view inner)
{
    truth t = {true, false};
    char text[LENGTH + 2];
    unsigned total = 1;
    for (size_t n = 0; n <= LENGTH + 1; n++, total *= 3) {
        for (unsigned code = 0; code < total; code++) {
            unsigned rest = code;
            for (size_t i = 0; i < n; i++, rest /= 3)
                text[i] = "abc"[rest % 3];
            bool in = w403_glob(inner, (w403_view){text, n}), out = w403_glob(outer, (w403_view){text, n});
            t.includes = t.includes && (!in || out);
            t.overlap = t.overlap || (in && out);
        }
    }
    return t;
}

static void agrees_with_enumeration(void **state)
{
    char a[LENGTH], b[LENGTH];
    w403_budget budget;
    (void)state;
    w403_budget_init(&budget);
    budget.max_ms = 600000;
    w403_budget_start(&budget);
    for (int i = 0; i < PATTERNS; i++) {
        w403_view outer = pattern(a), inner = pattern(b);
        truth t = enumerate(outer, inner);
        assert_int_equal(w403_lint_overlap(&budget, outer, inner, false), t.overlap ? W403_YES : W403_NO);
        assert_int_equal(w403_lint_includes(&budget, outer, inner, false), t.includes);
    }
}

/* Without time nothing is proved. */
static void spent(void **state)
{
    w403_budget budget;
    (void)state;
    w403_budget_init(&budget);
    budget.max_states = 1;
    assert_false(w403_lint_includes(&budget, W403_LIT("a?c*"), W403_LIT("abcd*"), false));
    assert_int_equal(w403_lint_overlap(&budget, W403_LIT("?a*"), W403_LIT("c?*"), false), W403_UNKNOWN);
}

static void known_pairs(void **state)
{
    w403_budget budget;
    (void)state;
    w403_budget_init(&budget);
    assert_true(w403_lint_includes(&budget, W403_LIT("a*?"), W403_LIT("a?*"), false));
    assert_true(w403_lint_includes(&budget, W403_LIT("s3:*"), W403_LIT("s3:Put*"), false));
    assert_true(w403_lint_includes(&budget, W403_LIT("S3:PUT*"), W403_LIT("s3:PutObject"), true));
    assert_false(w403_lint_includes(&budget, W403_LIT("S3:PUT*"), W403_LIT("s3:PutObject"), false));
    assert_false(w403_lint_includes(&budget, W403_LIT("a?"), W403_LIT("a*"), false));
    assert_true(w403_lint_includes(&budget, W403_LIT("b-*"), W403_LIT("b-*/*"), false));
    assert_false(w403_lint_includes(&budget, W403_LIT("*a"), W403_LIT("a*"), false));
    assert_int_equal(w403_lint_overlap(&budget, W403_LIT("*a"), W403_LIT("a*"), false), W403_YES);
    assert_int_equal(w403_lint_overlap(&budget, W403_LIT("a*"), W403_LIT("b*"), false), W403_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_pairs), cmocka_unit_test(agrees_with_enumeration),
                                       cmocka_unit_test(spent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
