/* Replay: what breaks, what is mended, what stays, and what cannot be said. */
#include "logs_survey_test.h"

static void put_traffic(logs *l)
{
    static const struct {
        const char *who, *key;
        int         status;
    } rows[] = {
        {ALICE, "open/1", 200},   {ALICE, "open/2", 200},   {ALICE, "secret/1", 200},
        {ALICE, "secret/2", 200}, {ALICE, "secret/3", 404}, {"arn:aws:iam::" ACCOUNT ":user/bob", "open/1", 403},
        {ALICE, "open/9", 500}, /* says nothing about policies */
        {"arn:aws:iam::" ACCOUNT ":user/bob", "open/3", 200}, /* the old state would have denied it */
    };
    w403_buf b = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char id[16], uri[40];
        snprintf(id, sizeof id, "T%zu", i);
        snprintf(uri, sizeof uri, "GET /%s", rows[i].key);
        put_line(&b, "20/Nov/2026:11:00:01", "198.51.100.7", rows[i].who, id, "REST.GET.OBJECT", rows[i].key, uri,
                 rows[i].status, rows[i].status == 403 ? "AccessDenied" : "-");
    }
    logs_put(l, w403_buf_view(&b));
    w403_buf_free(&b);
}

static void replay_run(logs *l, const w403_snapshot *old, const w403_snapshot *new, unsigned threads, w403_replay *r)
{
    w403_paths          files = {0};
    w403_error          err = {0};
    const char         *root = l->root;
    w403_replay_options o = {.select = {.snapshot = old, .threads = threads}, .snapshot = new};
    assert_int_equal(w403_log_find(l->a, &root, 1, &files, &err), W403_OK);
    assert_int_equal(w403_replay_run(&files, &o, r, &err), W403_OK);
}

static void expect(const w403_replay *r)
{
    assert_int_equal(r->requests, 7);
    assert_int_equal(r->of[W403_REPLAY_BREAKS], 3);
    assert_int_equal(r->of[W403_REPLAY_MENDS], 1);
    assert_int_equal(r->of[W403_REPLAY_UNEXPLAINED], 1);
    assert_int_equal(r->of[W403_REPLAY_UNSURE], 0);
    assert_int_equal(r->unchanged, 2);
    const w403_replay_group *g = &r->groups[0];
    assert_int_equal(g->kind, W403_REPLAY_BREAKS);
    assert_string_equal(g->cause, "deny.bucket-policy");
    assert_view(g->resource, "arn:aws:s3:::data/secret/*");
    assert_view(g->principal, ALICE);
    assert_true(w403_view_starts(g->statement, W403_LIT("NoSecrets of ")));
}

static void test_against(void **state)
{
    logs           l;
    w403_replay    r;
    w403_snapshot *old = make_snapshot(NO_POLICY), *new = make_snapshot(POLICY(DENY_SECRET "," ALLOW_BOB));
    (void)state;
    logs_open(&l);
    put_traffic(&l);
    for (unsigned threads = 1; threads <= 2; threads++) {
        replay_run(&l, old, new, threads, &r);
        uint64_t broken = 0;
        for (size_t i = 0; i < r.n_groups; i++) {
            broken += r.groups[i].kind == W403_REPLAY_BREAKS ? r.groups[i].count : 0;
        }
        assert_int_equal(broken, 3);
        expect(&r);
        w403_replay_close(&r);
    }
    replay_run(&l, old, old, 1, &r); /* no change, nothing breaks */
    assert_int_equal(r.of[W403_REPLAY_BREAKS] + r.of[W403_REPLAY_MENDS] + r.of[W403_REPLAY_UNSURE], 0);
    w403_replay_close(&r);
    logs_close(&l);
    w403_snapshot_free(old);
    w403_snapshot_free(new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
