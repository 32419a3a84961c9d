/* The table of calls and the table of a snapshot's paths are one: every file that a call makes is one that the loader
 * knows, and every file that the loader knows comes from a call, but for those that are listed here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "collect/places.h"
#include "snapshot/load_state.h"

#define ID "111122223333"
#define ACCOUNT "accounts/" ID "/"
#define BUCKET ACCOUNT "s3/doc-example-bucket/"

/* Every path of a snapshot, and how many calls make it. */
static const struct path {
    const char *path;
    unsigned    whole, narrow, asked;
} paths[] = {
    {"snapshot.json", 0, 0, 0}, /* the collector's own */
    {"organization/organization.json", 1, 1, 0},
    {"organization/roots.json", 1, 1, 0},
    {"organization/accounts.json", 1, 0, 0},
    {"organization/parents.json", 2, 1, 0},
    {"organization/attachments.json", 2, 1, 0},
    {"organization/policies/p-examplepolicy.json", 1, 1, 0},
    {"organization/effective/" ID "/S3_POLICY.json", 0, 1, 0},
    {ACCOUNT "account.json", 2, 1, 0},
    {ACCOUNT "iam/authorization-details.json", 1, 11, 0},
    {ACCOUNT "s3control/public-access-block.json", 1, 1, 0},
    {ACCOUNT "s3control/access-points/us-east-1/finance.json", 2, 3, 1}, /* its tags by themselves */
    {ACCOUNT "s3control/multi-region-access-points/worldwide.json", 2, 2, 0},
    {ACCOUNT "s3control/object-lambda/us-east-1/redact.json", 0, 0, 4},
    {ACCOUNT "s3control/access-grants/us-east-1/instance.json", 0, 0, 1},
    {ACCOUNT "s3control/access-grants/us-east-1/resource-policy.json", 0, 0, 1},
    {ACCOUNT "s3control/access-grants/us-east-1/locations.json", 0, 0, 1},
    {ACCOUNT "s3control/access-grants/us-east-1/grants.json", 0, 0, 1},
    {ACCOUNT "s3express/access-points/us-east-1/fast.json", 0, 0, 1},
    {ACCOUNT "s3express/fast--use1-az4--x-s3/policy.json", 1, 1, 0},
    {ACCOUNT "s3express/fast--use1-az4--x-s3/encryption.json", 1, 1, 0},
    {BUCKET "location.json", 1, 2, 0},
    {BUCKET "policy.json", 1, 1, 0},
    {BUCKET "acl.json", 1, 1, 0},
    {BUCKET "public-access-block.json", 1, 1, 0},
    {BUCKET "ownership-controls.json", 1, 1, 0},
    {BUCKET "encryption.json", 1, 1, 0},
    {BUCKET "request-payment.json", 1, 1, 0},
    {BUCKET "versioning.json", 1, 0, 0},
    {BUCKET "logging.json", 1, 0, 0},
    {BUCKET "object-lock-configuration.json", 1, 1, 0},
    {BUCKET "abac.json", 1, 1, 0},
    {BUCKET "tagging.json", 1, 1, 0},
    {BUCKET "inventory/daily.json", 1, 1, 0},
    {BUCKET "objects.json", 0, 3, 1},
    {ACCOUNT "kms/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab.json", 4, 5, 1},
    {ACCOUNT "ec2/us-east-1/vpc-endpoints.json", 1, 1, 0},
    {ACCOUNT "cloudtrail/us-east-1/EventName-PutBucketPolicy.json", 0, 0, 0}, /* who asks knows for which attribute */
};

static void test_loader_and_calls_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        w403_place_call calls[W403_PLACE_CALLS];
        w403_view       path = w403_view_of(paths[i].path), parts[3];
        bool            empty;
        print_message("%s\n", paths[i].path);
        assert_non_null(w403_rule_find(path, parts, &empty));
        assert_int_equal(w403_place_calls(path, W403_CALL_WHOLE, calls), paths[i].whole);
        assert_int_equal(w403_place_calls(path, W403_CALL_NARROW, calls), paths[i].narrow);
        assert_int_equal(w403_place_calls(path, W403_CALL_ASKED, calls), paths[i].asked);
    }
}

/* Every output of the table is one of the paths above. */
static void test_every_output_is_a_path(void **state)
{
    w403_arena *a = *state;
    static const w403_place_names names = {
        {ID, 12}, {"us-east-1", 9}, {"example", 7}, {"daily", 5}};
    for (unsigned row = 0; row < W403_CALL_COUNT; row++) {
        w403_view parts[3], path = w403_place_path(a, row, &names);
        bool      empty;
        if (path.n && path.p[path.n - 1] != '/') {
            print_message("%s %s\n", w403_calls[row].operation, path.p);
            assert_non_null(w403_rule_find(path, parts, &empty));
        }
        for (const char *const *o = w403_calls[row].outputs; *o; o++) {
            w403_place_call calls[W403_PLACE_CALLS];
            if (row != W403_CALL_CLOUDTRAIL_LOOKUPEVENTS && (*o)[strlen(*o) - 1] != '/') {
                assert_true(w403_place_calls(path, w403_calls[row].modes, calls) > 0);
            }
        }
    }
}

static const w403_live_argument *argument(const w403_place_call *c, const char *name)
{
    for (size_t i = 0; i < c->n_arguments; i++) {
        if (w403_view_eq(c->arguments[i].name, w403_view_of(name))) {
            return &c->arguments[i];
        }
    }
    return NULL;
}

static void test_arguments(void **state)
{
    (void)state;
    w403_place_call c[W403_PLACE_CALLS];
    size_t n = w403_place_calls(w403_view_of(BUCKET "policy.json"), W403_CALL_WHOLE, c);
    assert_int_equal(n, 1);
    assert_int_equal(c[0].row, W403_CALL_S3_GETBUCKETPOLICY);
    assert_true(w403_view_eq(c[0].account, W403_LIT(ID)));
    assert_true(w403_view_eq(argument(&c[0], "Bucket")->value, W403_LIT("doc-example-bucket")));
    assert_null(c[0].member.p);
    n = w403_place_calls(w403_view_of(ACCOUNT "kms/eu-west-1/mrk-1234.json"), W403_CALL_WHOLE, c);
    assert_int_equal(n, 4);
    bool policy = false;
    for (size_t i = 0; i < n; i++) {
        assert_true(w403_view_eq(c[i].region, W403_LIT("eu-west-1")));
        assert_true(c[i].member.n > 0);
        if (c[i].row == W403_CALL_KMS_GETKEYPOLICY) {
            policy = true;
            assert_true(w403_view_eq(c[i].member, W403_LIT("Policy")));
            assert_true(w403_view_eq(argument(&c[i], "KeyId")->value, W403_LIT("mrk-1234")));
        }
    }
    assert_true(policy);
    n = w403_place_calls(w403_view_of(ACCOUNT "s3control/access-points/us-east-1/finance.json"), W403_CALL_WHOLE, c);
    assert_int_equal(n, 2);
    assert_true(w403_view_eq(argument(&c[0], "Name")->value, W403_LIT("finance")));
    assert_true(w403_view_eq(argument(&c[0], "AccountId")->value, W403_LIT(ID)));
    assert_null(c[0].member.p);
    assert_true(w403_view_eq(c[1].member, W403_LIT("Policy")));
    assert_int_equal(w403_place_calls(w403_view_of("accounts/1/else.json"), W403_CALL_WHOLE, c), 0);
    assert_int_equal(w403_place_calls(w403_view_of(BUCKET "policy.json/x"), W403_CALL_WHOLE, c), 0);
    assert_int_equal(w403_place_calls((w403_view){NULL, 0}, W403_CALL_WHOLE, c), 0);
}

static int setup(void **state)
{
    return (*state = w403_arena_new(0)) ? 0 : -1;
}

static int teardown(void **state)
{
    w403_arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loader_and_calls_agree),
        cmocka_unit_test(test_every_output_is_a_path),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
