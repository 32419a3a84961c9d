/* Texts sorted by patterns, against the matcher that answers for one text. */
#include "arena_test.h"

#include "base/glob.h"
#include "symbolic/elements.h"

static uint32_t seed = 7;

static uint32_t roll(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static w403_view random_text(const char *letters, uint32_t most)
{
    char *text = w403_arena_alloc(arena, most + 1);
    uint32_t n = roll(most + 1), kinds = (uint32_t)strlen(letters);
    assert_non_null(text);
    for (uint32_t i = 0; i < n; i++) {
        text[i] = letters[roll(kinds)];
    }
    return (w403_view){text, n};
}

/* The n-th text over `ab:` in order of length. */
static w403_view nth_text(uint32_t n)
{
    char *text = w403_arena_alloc(arena, 16);
    size_t length = 0;
    assert_non_null(text);
    while (n > 0) {
        text[length++] = "ab:"[(n - 1) % 3];
        n = (n - 1) / 3;
    }
    return (w403_view){text, length};
}

static w403_language glob(w403_view text)
{
    return (w403_language){.kind = W403_LANGUAGE_GLOB, .text = text};
}

static bool has(const w403_text_classes *classes, uint64_t bits)
{
    for (size_t i = 0; i < classes->n; i++) {
        if (classes->at[i].bits[0] == bits) {
            return true;
        }
    }
    return false;
}

static void one_round(void)
{
    w403_view patterns[6];
    uint32_t n = 1 + roll(6);
    w403_automaton *m = w403_automaton_new(arena);
    w403_budget budget;
    w403_text_classes classes = {0};
    for (uint32_t i = 0; i < n; i++) {
        patterns[i] = random_text("aabb:*?*", 6);
        w403_language l = glob(patterns[i]);
        assert_true(w403_automaton_add(m, &l));
    }
    w403_budget_init(&budget);
    assert_true(w403_automaton_classes(m, &budget, &classes));
    for (size_t c = 0; c < classes.n; c++) {
        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(w403_glob(patterns[i], classes.at[c].witness), (classes.at[c].bits[0] >> i) & 1);
        }
    }
    for (uint32_t k = 0; k < 1093; k++) { /* every text of at most six letters */
        w403_view text = nth_text(k);
        uint64_t bits = 0, read = 0;
        for (uint32_t i = 0; i < n; i++) {
            bits |= (uint64_t)w403_glob(patterns[i], text) << i;
        }
        assert_true(w403_automaton_read(m, text, &read));
        assert_int_equal(read, bits);
        assert_true(has(&classes, bits));
    }
}

static void test_all_short_texts(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        one_round();
        w403_arena_reset(arena);
    }
}

static void test_question_mark_is_one_character(void **state)
{
    (void)state;
    w403_automaton *m = w403_automaton_new(arena);
    w403_language l = glob(W403_LIT("caf?"));
    w403_text_classes classes = {0};
    w403_budget budget;
    uint64_t bits = 0;
    w403_budget_init(&budget);
    assert_true(w403_automaton_add(m, &l));
    assert_true(w403_automaton_classes(m, &budget, &classes));
    assert_true(w403_automaton_read(m, W403_LIT("caf\xc3\xa9"), &bits));
    assert_int_equal(bits, 1);
    assert_true(w403_automaton_read(m, W403_LIT("caf\xc3\xa9x"), &bits));
    assert_int_equal(bits, 0);
}

/* A class that no value of the domain has is none. */
static void test_domain(void **state)
{
    (void)state;
    w403_automaton *m = w403_automaton_new(arena);
    w403_language five = glob(W403_LIT("1111?")), twelve = glob(W403_LIT("1111*"));
    w403_text_classes classes = {0};
    w403_budget budget;
    uint64_t bits[1] = {0};
    w403_budget_init(&budget);
    assert_true(w403_automaton_add(m, &five) && w403_automaton_add(m, &twelve));
    assert_true(w403_automaton_domain(m, W403_LIT("[0-9]{12}")));
    assert_true(w403_automaton_classes(m, &budget, &classes));
    assert_int_equal(classes.n, 2);
    for (size_t i = 0; i < classes.n; i++) {
        assert_int_equal(classes.at[i].witness.n, 12);
        assert_false(classes.at[i].bits[0] & 1);
    }
    assert_false(w403_automaton_read(m, W403_LIT("11112"), bits));
}

static void test_arn_parts(void **state)
{
    (void)state;
    w403_automaton *m = w403_automaton_new(arena);
    w403_language l = {.kind = W403_LANGUAGE_GLOB, .text = W403_LIT("arn:aws:iam::*:role/*"), .arn = true};
    w403_text_classes classes = {0};
    w403_budget budget;
    uint64_t bits = 0;
    w403_budget_init(&budget);
    assert_true(w403_automaton_add(m, &l));
    assert_true(w403_automaton_classes(m, &budget, &classes));
    assert_true(w403_automaton_read(m, W403_LIT("arn:aws:iam::1:role/a:b"), &bits));
    assert_int_equal(bits, 1);
    assert_true(w403_automaton_read(m, W403_LIT("arn:aws:iam::1:2:role/a"), &bits));
    assert_int_equal(bits, 0);
}

static void test_budget_of_states(void **state)
{
    (void)state;
    w403_automaton *m = w403_automaton_new(arena);
    w403_text_classes classes = {0};
    w403_budget budget;
    w403_budget_init(&budget);
    budget.max_states = 1000;
    for (char c = 'a'; c < 'a' + 16; c++) {
        char text[4] = {'*', c, c, '*'};
        w403_language l = glob(w403_arena_copy(arena, (w403_view){text, 4}));
        assert_true(w403_automaton_add(m, &l));
    }
    assert_false(w403_automaton_classes(m, &budget, &classes));
    assert_true(budget.spent);
    assert_string_equal(budget.limit, "max-states");
}

/* ---- what is no text ---- */

static w403_elements *elements(w403_elements_kind kind)
{
    w403_elements *e = w403_elements_new(arena, kind);
    assert_non_null(e);
    return e;
}

static void close_elements(w403_elements *e)
{
    w403_budget budget;
    w403_budget_init(&budget);
    assert_true(w403_elements_close(e, &budget));
}

static void test_numbers(void **state)
{
    (void)state;
    w403_elements *e = elements(W403_ELEMENTS_NUMBER);
    w403_language a = {.kind = W403_LANGUAGE_NUMBER, .text = W403_LIT("1.2"), .compare = W403_CMP_LT};
    w403_language b = {.kind = W403_LANGUAGE_NUMBER, .text = W403_LIT("1.21"), .compare = W403_CMP_GT};
    assert_true(w403_elements_add(e, &a) && w403_elements_add(e, &b));
    close_elements(e);
    assert_int_equal(e->list.n, 5); /* below, 1.2, between, 1.21, above */
    for (size_t i = 1; i < e->list.n; i++) {
        assert_true(w403_decimal_cmp(e->list.at[i - 1].value, e->list.at[i].value) < 0);
    }
}

static void test_whole_numbers_have_gaps(void **state)
{
    (void)state;
    w403_elements *e = elements(W403_ELEMENTS_NUMBER);
    w403_language a = {.kind = W403_LANGUAGE_NUMBER, .text = W403_LIT("10"), .compare = W403_CMP_LE};
    w403_language b = {.kind = W403_LANGUAGE_NUMBER, .text = W403_LIT("11"), .compare = W403_CMP_LE};
    assert_true(w403_elements_add(e, &a) && w403_elements_add(e, &b) && w403_elements_form(e, W403_LIT("[0-9]+")));
    close_elements(e);
    assert_int_equal(e->list.n, 4); /* nothing between 10 and 11 */
}

static void test_addresses(void **state)
{
    (void)state;
    w403_elements *e = elements(W403_ELEMENTS_NET);
    w403_language a = {.kind = W403_LANGUAGE_NET};
    size_t inside = 0;
    assert_true(w403_cidr_parse(W403_LIT("203.0.113.0/24"), &a.cidr));
    assert_true(w403_elements_add(e, &a));
    close_elements(e);
    for (size_t i = 0; i < e->list.n; i++) {
        w403_ip ip;
        assert_true(w403_ip_parse(e->list.at[i].value, &ip));
        assert_false(w403_ip_private(&ip));
        inside += w403_cidr_contains(&a.cidr, &ip);
    }
    assert_int_equal(inside, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_short_texts),
        cmocka_unit_test(test_question_mark_is_one_character),
        cmocka_unit_test(test_domain),
        cmocka_unit_test(test_arn_parts),
        cmocka_unit_test(test_budget_of_states),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_whole_numbers_have_gaps),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
