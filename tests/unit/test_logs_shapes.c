/* Requests counted together by kind: what the policies tell apart stays apart, however many kinds are kept prepared. */
#include "logs_survey_test.h"

#include "logs/access_log.h"

static void add_line(w403_shapes *s, const char *who, const char *key)
{
    w403_arena  *a = w403_arena_new(0);
    w403_buf     b = {0};
    w403_record  r;
    w403_shape  *shape;
    w403_error   err;

    put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", who, "R", "REST.GET.OBJECT", key, "GET /k", 403, "AccessDenied");
    b.n--;
    assert_int_equal(w403_access_log_parse(w403_buf_view(&b), &r, &err), W403_OK);
    assert_int_equal(w403_access_log_complete(a, &r, &err), W403_OK);
    assert_int_equal(w403_shapes_find(s, &r, &shape, &err), W403_OK);
    assert_non_null(shape);
    assert_int_equal(w403_shape_add(shape, &r, &err), W403_OK);
    w403_buf_free(&b);
    w403_arena_free(a);
}

/* Two users, a folder that holds an object of its own kind. */
static w403_shapes *fill(const w403_shape_rules *rules)
{
    w403_shapes *s = w403_shapes_new(rules);
    char         key[32];

    assert_non_null(s);
    for (int i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "secret%s%d", i % 3 ? "/" : "", i);
        add_line(s, i % 2 ? ALICE : "arn:aws:iam::" ACCOUNT ":user/bob", key);
        snprintf(key, sizeof key, "open/%d", i);
        add_line(s, ALICE, key);
    }
    return s;
}

static void test_prepared(void **state)
{
    w403_snapshot   *old = make_snapshot(NO_POLICY), *new = make_snapshot(POLICY(DENY_SECRET "," ALLOW_BOB));
    w403_shape_rules rules = {.snapshot = {old, new}};
    size_t           n_all, n_some;

    (void)state;
    rules.kinds = w403_kinds_new(0);
    w403_shapes       *all = fill(&rules);
    w403_shape *const *one = w403_shapes_list(all, &n_all);
    assert_int_equal(n_all, 5); /* of alice the open ones and the others, in or out of secret/; of bob the last two */
    for (int taken = 0; taken < 2; taken++) { /* none that is kept, or one */
        w403_kinds_free(rules.kinds);
        rules.kinds = w403_kinds_new(1);
        assert_true(taken || w403_kinds_take(rules.kinds));
        w403_shapes       *some = fill(&rules);
        w403_shape *const *other = w403_shapes_list(some, &n_some);
        assert_int_equal(n_some, n_all);
        for (size_t i = 0; i < n_all; i++) {
            assert_true(one[i]->id == other[i]->id && one[i]->count == other[i]->count);
            assert_memory_equal(one[i]->verdict, other[i]->verdict, sizeof one[i]->verdict);
            assert_memory_equal(one[i]->judged, other[i]->judged, sizeof one[i]->judged);
        }
        w403_shapes_free(some);
    }
    w403_shapes_free(all);
    w403_kinds_free(rules.kinds);
    w403_snapshot_free(old);
    w403_snapshot_free(new);
}

static void test_kinds(void **state)
{
    w403_kinds *k = w403_kinds_new(2);
    (void)state;
    assert_non_null(k);
    for (uint64_t i = 1; i <= 1000; i++) { /* one for each hash, wherever the table has moved */
        w403_kind *first = w403_kinds_find(k, i * 4096);
        assert_non_null(first);
        assert_true(first != w403_kinds_find(k, i * 4096 + 1));
        assert_ptr_equal(first, w403_kinds_find(k, i * 4096));
    }
    assert_true(w403_kinds_take(k) && w403_kinds_take(k));
    assert_false(w403_kinds_take(k));
    w403_kinds_free(k);
    w403_kinds_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_prepared), cmocka_unit_test(test_kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
