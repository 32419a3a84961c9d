/* The index of a set gives every statement that matches, and few others: against a visit of all, over seeded patterns. */
#include "policy_parse_test.h"

#include "base/buf.h"
#include "policy/index.h"

enum { STATEMENTS = 300, RESOURCES = 400 };

static uint64_t seed;

static unsigned pick(unsigned n)
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % n);
}

/* Pieces of keys and of patterns over keys; few, so that patterns and resources meet. */
static const char *const pieces[] = {"a",    "ab",  "/",   "team-1/", "team-12/", "data/2026/", ".csv", "x",
                                     "\xC3\xA9", "-7",  "b/b", "aa",      "private/", "",           ":",    "file-3"};
static const char *const wilds[] = {"*", "?", "**", "?*", "*/"};
static const char *const actions[] = {"s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "s3:*Object"};

#define ANY(list) ((list)[pick(sizeof(list) / sizeof *(list))])

static void put_pattern(w403_buf *b)
{
    static const char *const heads[] = {"arn:aws:s3:::bucket/", "arn:aws:s3:::bucket/", "arn:aws:s3:::bucket/team-1/",
                                        "arn:*:s3:::bucket/",   "arn:aws:s3:::b*/",     "arn:aws:s3:::?ucket/"};
    if (pick(40) == 0) {
        w403_buf_puts(b, pick(2) ? "*" : "arn:aws:s3:::*");
        return;
    }
    w403_buf_puts(b, ANY(heads));
    for (unsigned n = 1 + pick(4); n > 0; n--) {
        w403_buf_puts(b, pick(3) ? ANY(pieces) : ANY(wilds));
    }
    w403_buf_puts(b, pick(20) ? "" : "${aws:username}");
    w403_buf_puts(b, pick(2) ? "*" : "");
}

static void put_statement(w403_buf *b)
{
    w403_buf_printf(b, "{\"Effect\":\"Allow\",\"Action\":\"%s\",\"%s\":[\"", ANY(actions),
                    pick(30) ? "Resource" : "NotResource");
    put_pattern(b);
    if (pick(4) == 0) {
        w403_buf_puts(b, "\",\"");
        put_pattern(b);
    }
    w403_buf_puts(b, "\"]}");
}

static void random_policy(w403_buf *b)
{
    w403_buf_puts(b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (unsigned i = 0; i < STATEMENTS; i++) {
        w403_buf_puts(b, i ? "," : "");
        put_statement(b);
    }
    w403_buf_puts(b, "]}");
    assert_int_equal(w403_policy_parse(arena, W403_POLICY_IDENTITY, W403_LIT("random"), w403_buf_view(b), NULL, &policy,
                                       &err), W403_OK);
}

static void unknown_key(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    (void)c, (void)id, (void)name, (void)param;
    *out = (w403_key_value){W403_UNKNOWN, NULL, 0};
}

/* Every statement that may match is among the candidates; how many candidates there are. */
static uint32_t check_resource(const w403_index *x, w403_probe *probe, w403_view action)
{
    w403_arn arn = w403_arn_split(probe->resource);
    w403_context context = {.get = unknown_key, .arena = arena};
    w403_match_request ask = {.context = &context, .action = action, .action_id = w403_action_find(action), .resource = &arn};
    const uint32_t *at = NULL;
    uint32_t n = w403_index_candidates(x, ask.action_id, probe, arena, &at), next = 0;
    assert_true(n <= STATEMENTS);
    for (uint32_t i = 0; i < policy->n_statements; i++) {
        const w403_statement *st = &policy->statements[i];
        bool candidate = next < n && at[next] == i; /* in order, each once */
        next += candidate;
        if (!candidate && w403_match_action(st, &ask) != W403_NO && w403_match_resource(st, &ask) != W403_NO) {
            fail_msg("seed %llu: statement %u is missing for %.*s", (unsigned long long)seed, i,
                     (int)probe->resource.n, probe->resource.p);
        }
        if (candidate) {
            assert_ptr_equal(w403_index_statement(x, i), st);
        }
    }
    assert_int_equal(next, n);
    return n;
}

static void test_candidates(void **state)
{
    (void)state;
    w403_buf text = {0}, key = {0};
    uint64_t candidates = 0, visits = 0;
    seed = 403;
    random_policy(&text);
    const w403_policy *set[] = {policy};
    const w403_index *x = w403_index_build(arena, set, 1);
    assert_non_null(x);
    for (unsigned r = 0; r < RESOURCES; r++) {
        w403_probe probe;
        w403_buf_clear(&key);
        w403_buf_puts(&key, "arn:aws:s3:::bucket/");
        for (unsigned n = pick(6); n > 0; n--) {
            w403_buf_puts(&key, ANY(pieces));
        }
        w403_probe_init(&probe, w403_buf_view(&key));
        candidates += check_resource(x, &probe, W403_LIT("s3:GetObject"));
        candidates += check_resource(x, &probe, W403_LIT("s3:DeleteObject")); /* what is known by then is used again */
        candidates += check_resource(x, &probe, W403_LIT("glacier:ListVaults"));
        visits += 3 * STATEMENTS;
    }
    assert_in_range(candidates, RESOURCES, visits / 4); /* else it is no index */
    w403_buf_free(&text);
    w403_buf_free(&key);
}

static void test_small_and_starless(void **state)
{
    (void)state;
    const uint32_t *at = NULL;
    w403_probe probe;
    (void)statement(W403_POLICY_IDENTITY, "{'Statement':{'Effect':'Allow','Action':'s3:*','Resource':'*'}}");
    const w403_policy *set[] = {policy, policy, policy, policy};
    assert_null(w403_index_build(arena, set, 1)); /* too small to gain */
    const w403_index *x = w403_index_build(arena, set, 4);
    assert_non_null(x);
    w403_probe_init(&probe, W403_LIT("*")); /* matched by other rules: visit all */
    assert_int_equal(w403_index_candidates(x, W403_ACTION_NONE, &probe, arena, &at), UINT32_MAX);
    w403_probe_init(&probe, W403_LIT("arn:aws:s3:::b"));
    assert_int_equal(w403_index_candidates(x, W403_ACTION_NONE, &probe, arena, &at), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_candidates),
        cmocka_unit_test(test_small_and_starless),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
