/* Runs of the collector against answers of a table: waves, merged files, refusals, resuming, replacing. */
#include "collect_test.h"

#define ID "111122223333"
#define A "accounts/" ID "/"
#define CALLER \
    {.call = "sts:GetCallerIdentity", .pages = "{\"UserId\":\"x\",\"Account\":\"" ID "\",\"Arn\":\"arn:aws:iam::" ID ":user/alice\"}"}
#define NO_ORG \
    {.call = "organizations:DescribeOrganization", .code = "AWSOrganizationsNotInUseException"}, \
    {.call = "organizations:ListRoots", .code = "AccessDeniedException"}, \
    {.call = "organizations:ListAccounts", .code = "AWSOrganizationsNotInUseException"}
#define BUCKETS(list) {.call = "s3:ListBuckets", .pages = "{\"Owner\":{\"ID\":\"abc\"},\"Buckets\":[" list "]}"}
#define BUCKET(name, region) "{\"Name\":\"" name "\",\"BucketRegion\":\"" region "\"}"
#define RUN(w, rules, seed) collect_once((w), (rules), sizeof(rules) / sizeof *(rules), (seed))

static const char *const settings[] = {"policy", "acl", "public-access-block", "ownership-controls", "encryption",
                                       "request-payment", "versioning", "logging", "object-lock-configuration", "abac"};

static void same(char *expected, char *got)
{
    size_t i = 0;
    while (expected[i] && expected[i] == got[i]) {
        i++;
    }
    if (expected[i] || got[i]) {
        print_message("expected: %.300s\ngot: %.300s\n", expected + (i > 100 ? i - 100 : 0), got + (i > 100 ? i - 100 : 0));
    }
    assert_true(!expected[i] && !got[i]);
}

/* ---- one account ---- */

static void account_rules(rule *out, size_t *n)
{
    static const rule rules[] = {
        CALLER,
        NO_ORG,
        BUCKETS(BUCKET("example-data", "us-east-1") "," BUCKET("example-eu", "eu-west-1")),
        {.call = "iam:ListAccountAliases", .pages = "{\"AccountAliases\":[\"workloads\"]}"},
        {.call = "iam:GetAccountAuthorizationDetails",
         .pages = "{\"UserDetailList\":[{\"UserName\":\"alice\"}],\"RoleDetailList\":[]}\1"
                  "{\"UserDetailList\":[],\"RoleDetailList\":[{\"RoleName\":\"app\"}],\"Policies\":[1]}"},
        {.call = "s3:GetBucketPolicy", .argument = "example-data", .pages = "{\"Policy\":\"{ \\\"Version\\\" : 1}\"}"},
        {.call = "s3:GetBucketAcl", .pages = "{\"Owner\":{\"ID\":\"abc\"},\"Grants\":[]}"},
        {.call = "s3:GetBucketAbac", .argument = "example-eu", .pages = "{\"AbacStatus\":{\"Status\":\"Enabled\"}}"},
        {.call = "s3:GetBucketTagging", .pages = "{\"TagSet\":[{\"Key\":\"team\",\"Value\":\"gr\xc3\xbcn\"}]}"},
        {.call = "s3:ListBucketInventoryConfigurations", .argument = "example-data",
         .pages = "{\"InventoryConfigurationList\":[{\"Id\":\"daily\",\"IsEnabled\":true}]}\1"
                  "{\"InventoryConfigurationList\":[{\"Id\":\"weekly\"}]}"},
        {.call = "s3control:ListAccessPoints", .region = "us-east-1", .pages = "{\"AccessPointList\":[{\"Name\":\"finance\"}]}"},
        {.call = "s3control:GetAccessPoint", .pages = "{\"Name\":\"finance\",\"Bucket\":\"example-data\"}"},
        {.call = "s3control:GetAccessPointPolicy", .pages = "{\"Policy\":\"{}\"}"},
        {.call = "s3control:ListMultiRegionAccessPoints", .region = "us-west-2",
         .pages = "{\"AccessPoints\":[{\"Name\":\"world\",\"Alias\":\"x.mrap\"}]}"},
        {.call = "s3control:GetMultiRegionAccessPointPolicy", .pages = "{\"Policy\":{\"Established\":{\"Policy\":\"{}\"}}}"},
        {.call = "kms:ListKeys", .region = "us-east-1", .pages = "{\"Keys\":[{\"KeyId\":\"k-1\"}]}\1{\"Keys\":[{\"KeyId\":\"k-2\"}]}"},
        {.call = "kms:ListAliases", .region = "us-east-1",
         .pages = "{\"Aliases\":[{\"AliasName\":\"alias/a\",\"TargetKeyId\":\"k-1\"},{\"AliasName\":\"alias/none\"}]}\1"
                  "{\"Aliases\":[{\"AliasName\":\"alias/b\",\"TargetKeyId\":\"k-1\"}]}"},
        {.call = "kms:DescribeKey", .argument = "k-1", .pages = "{\"KeyMetadata\":{\"KeyId\":\"k-1\"}}"},
        {.call = "kms:DescribeKey", .argument = "k-2", .pages = "{\"KeyMetadata\":{\"KeyId\":\"k-2\"}}"},
        {.call = "kms:GetKeyPolicy", .argument = "k-1", .pages = "{\"Policy\":\"{}\",\"PolicyName\":\"default\"}"},
        {.call = "kms:GetKeyPolicy", .argument = "k-2", .code = "AccessDeniedException", .message = "no"},
        {.call = "kms:ListGrants", .argument = "k-1", .pages = "{\"Grants\":[{\"GrantId\":\"1\"}]}\1{\"Grants\":[]}\1{\"Grants\":[{\"GrantId\":\"2\"}]}"},
        {.call = "kms:ListGrants", .argument = "k-2", .pages = "{\"Grants\":[]}"},
        {.call = "ec2:DescribeVpcEndpoints", .region = "us-east-1", .pages = "{\"VpcEndpoints\":[{\"VpcEndpointId\":\"vpce-1\"}]}"},
    };
    *n = sizeof rules / sizeof *rules;
    memcpy(out, rules, sizeof rules);
}

static void check_account(world *w)
{
    assert_true(has(w, A "account.json", "\"CanonicalId\": \"abc\""));
    assert_true(has(w, A "account.json", "\"Name\": \"workloads\""));
    assert_true(has(w, A "s3/example-data/location.json", "\"LocationConstraint\": null"));
    assert_true(has(w, A "s3/example-eu/location.json", "\"LocationConstraint\": \"eu-west-1\""));
    for (size_t i = 0; i < 10; i++) {
        char file[128];
        (void)snprintf(file, sizeof file, A "s3/example-eu/%s.json", settings[i]);
        assert_non_null(text_of(w, file).p);
    }
    assert_true(has(w, A "s3/example-data/policy.json", "{\n    \"Policy\": \"{ \\\"Version\\\" : 1}\"\n}\n"));
    assert_true(w403_view_eq(text_of(w, A "s3/example-eu/policy.json"),
                             W403_LIT("{\n    \"error\": {\n        \"code\": \"NoSuchBucketPolicy\"\n    }\n}\n")));
    assert_true(has(w, A "s3/example-eu/tagging.json", "gr\xc3\xbcn"));
    assert_null(text_of(w, A "s3/example-data/tagging.json").p);
    assert_true(has(w, A "s3/example-data/inventory/daily.json", "\"InventoryConfiguration\": {"));
    assert_true(has(w, A "s3/example-data/inventory/weekly.json", "weekly"));
    assert_true(has(w, A "s3control/access-points/us-east-1/finance.json", "\"Policy\": \"{}\""));
    assert_true(has(w, A "s3control/multi-region-access-points/world.json", "\"Established\""));
    assert_true(has(w, A "s3control/multi-region-access-points/world.json", "\"Alias\": \"x.mrap\""));
    assert_true(has(w, A "iam/authorization-details.json", "\"RoleName\": \"app\""));
    assert_true(has(w, A "kms/us-east-1/k-1.json", "alias/a"));
    assert_true(has(w, A "kms/us-east-1/k-1.json", "alias/b"));
    assert_true(has(w, A "kms/us-east-1/k-1.json", "\"GrantId\": \"2\""));
    assert_false(has(w, A "kms/us-east-1/k-1.json", "PolicyName"));
    assert_true(has(w, A "kms/us-east-1/k-2.json", "\"Aliases\": []"));
    assert_true(has(w, A "kms/us-east-1/k-2.json", "\"Grants\": []"));
    assert_true(has(w, A "kms/us-east-1/k-2.json", "\"call\": \"kms:GetKeyPolicy\""));
    assert_true(has(w, A "ec2/us-east-1/vpc-endpoints.json", "vpce-1"));
    assert_true(has(w, "organization/organization.json", "AWSOrganizationsNotInUseException"));
    assert_null(text_of(w, "organization/roots.json").p);
    assert_null(text_of(w, "organization/parents.json").p);
}

static void test_account(void **state)
{
    world *w = *state;
    rule   rules[40];
    size_t n;
    account_rules(rules, &n);
    assert_int_equal(collect_once(w, rules, n, 0), W403_OK);
    check_account(w);
    assert_true(has(w, "snapshot.json", "\"caller\": \"arn:aws:iam::" ID ":user/alice\""));
    assert_false(has(w, "snapshot.json", "incomplete"));
    assert_int_equal(w->report.unknowns.n, 1); /* the policy of one key */
    assert_int_equal(w->report.unknown, 1);
    assert_int_equal(w->report.buckets, 2);
    assert_int_equal(w->report.regions, 2);
    /* The same files, whatever the order of the answers. */
    char *first = all_files(w);
    for (uint64_t seed = 1; seed < 20; seed++) {
        w->options.refresh = true;
        account_rules(rules, &n);
        assert_int_equal(collect_once(w, rules, n, seed), W403_OK);
        char *again = all_files(w);
        same(first, again);
        free(again);
    }
    free(first);
}

/* Stopped anywhere, and gone on with: the same as in one go, and no half file in between. */
static void test_resume(void **state)
{
    world *w = *state;
    rule   rules[40];
    size_t n, all;
    account_rules(rules, &n);
    assert_int_equal(collect_once(w, rules, n, 7), W403_OK);
    all = w->session.calls;
    char *whole = all_files(w);
    for (size_t stop = 2; stop < all; stop += 3) {
        w->options = (w403_collect_options){.refresh = true};
        w->session.stop_after = stop;
        account_rules(rules, &n);
        assert_int_equal(collect_once(w, rules, n, stop), W403_OK);
        assert_true(w->report.interrupted);
        w->session.stop_after = 0;
        w->options = (w403_collect_options){.refresh = true, .resume = true};
        account_rules(rules, &n);
        assert_int_equal(collect_once(w, rules, n, stop * 31), W403_OK);
        assert_true(w->session.calls <= all);
        char *again = all_files(w);
        same(whole, again);
        free(again);
    }
    /* A finished one: only the lists are asked again. */
    w->options = (w403_collect_options){.resume = true};
    account_rules(rules, &n);
    assert_int_equal(collect_once(w, rules, n, 3), W403_OK);
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETPOLICY], 0);
    assert_int_equal(w->session.of[W403_CALL_S3_LISTBUCKETINVENTORYCONFIGURATIONS], 0);
    assert_int_equal(w->session.of[W403_CALL_KMS_GETKEYPOLICY], 0);
    assert_int_equal(w->session.of[W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS], 0);
    assert_int_equal(w->report.unknown, 1);
    char *again = all_files(w);
    same(whole, again);
    free(again);
    free(whole);
}

static void test_whose_folder(void **state)
{
    world *w = *state;
    rule   rules[40];
    size_t n;
    account_rules(rules, &n);
    assert_int_equal(mkdir(w->path, 0700), 0);
    char command[256];
    (void)snprintf(command, sizeof command, "echo mine > %s/notes.txt", w->path);
    assert_int_equal(system(command), 0);
    assert_int_equal(collect_once(w, rules, n, 0), W403_SEMANTIC);
    assert_int_equal(w->session.calls, 0);
    w->options.resume = true;
    assert_int_equal(collect_once(w, rules, n, 0), W403_SEMANTIC);
    w->options.force = true;
    assert_int_equal(collect_once(w, rules, n, 0), W403_OK);
    w->options = (w403_collect_options){0};
    assert_int_equal(collect_once(w, rules, n, 0), W403_SEMANTIC); /* a snapshot of ours: not without being told */
    assert_string_equal(w->error.hint, "`--refresh` replaces it");
    w->options.resume = true;
    w->options.max_age = 1;
    assert_int_equal(collect_once(w, rules, n, 0), W403_SEMANTIC); /* too old */
    rules[0].pages = "{\"Account\":\"" ID "\",\"Arn\":\"arn:aws:iam::" ID ":user/bob\"}";
    w->options.max_age = 0;
    assert_int_equal(collect_once(w, rules, n, 0), W403_SEMANTIC); /* somebody else's */
}

/* A session's name is another one every time. */
static void test_resume_of_a_role(void **state)
{
    world *w = *state;
    rule   rules[] = {{.call = "sts:GetCallerIdentity",
                       .pages = "{\"Account\":\"" ID "\",\"Arn\":\"arn:aws:sts::" ID ":assumed-role/audit/one\"}"},
                      NO_ORG};
    assert_int_equal(RUN(w, rules, 0), W403_OK);
    rules[0].pages = "{\"Account\":\"" ID "\",\"Arn\":\"arn:aws:sts::" ID ":assumed-role/audit/two\"}";
    w->options.resume = true;
    assert_int_equal(RUN(w, rules, 0), W403_OK);
    rules[0].pages = "{\"Account\":\"" ID "\",\"Arn\":\"arn:aws:sts::" ID ":assumed-role/other/two\"}";
    assert_int_equal(RUN(w, rules, 0), W403_SEMANTIC);
}

/* ---- what answers mean ---- */

static void print_unknown(const world *w)
{
    for (size_t i = 0; i < w->report.unknowns.n; i++) {
        const w403_collect_unknown *u = &w->report.unknowns.at[i];
        print_message("unknown: %d %s %.*s %.*s x%zu\n", u->kind, u->row < W403_CALL_COUNT ? w403_calls[u->row].operation : "",
                      W403_ARG(u->code), W403_ARG(u->names[0]), u->n);
    }
}

static const w403_collect_unknown *unknown_of(const world *w, w403_unknown_kind kind, const char *code)
{
    for (size_t i = 0; i < w->report.unknowns.n; i++) {
        const w403_collect_unknown *u = &w->report.unknowns.at[i];
        if (u->kind == kind && w403_view_eq(u->code, w403_view_of(code))) {
            return u;
        }
    }
    return NULL;
}

static void test_refusals(void **state)
{
    world *w = *state;
    rule   rules[] = {
        CALLER, NO_ORG, BUCKETS(BUCKET("open", "us-east-1") "," BUCKET("shut", "us-east-1") "," BUCKET("other", "us-east-1")),
        {.call = "s3:GetBucketAbac", .code = "AccessDenied", .message = "is not authorized to perform: s3:GetBucketAbac"},
        {.call = "iam:GetAccountAuthorizationDetails", .pages = "{\"UserDetailList\":[1]}", .code = "why403.PagingLoop"},
        {.call = "s3control:GetPublicAccessBlock", .code = "Throttling"},
        {.call = "s3:GetBucketAcl", .argument = "other", .code = "why403.InvalidResponse"},
        {.call = "*", .argument = "shut", .code = "AccessDenied", .message = "with an explicit deny in a resource-based policy"},
    };
    assert_int_equal(RUN(w, rules, 5), W403_OK);
    const w403_collect_unknown *u = unknown_of(w, W403_UNKNOWN_BUCKET, "AccessDenied");
    assert_non_null(u);
    assert_true(u->n == 1 && w403_view_eq(u->names[0], W403_LIT("shut")));
    u = unknown_of(w, W403_UNKNOWN_CALL, "AccessDenied");
    assert_non_null(u);
    assert_int_equal(u->row, W403_CALL_S3_GETBUCKETABAC);
    assert_true(u->n == 2 && u->asked == 3);
    assert_true(has(w, A "s3/shut/policy.json", "\"code\": \"AccessDenied\""));
    assert_true(has(w, A "s3/shut/policy.json", "\"call\": \"s3:GetBucketPolicy\""));
    assert_true(has(w, A "s3/shut/policy.json", "\"message\": \"with an explicit deny"));
    assert_true(has(w, A "s3/shut/policy.json", "\"at\": \"20"));
    assert_true(has(w, A "s3/shut/inventory/unknown+.json", "AccessDenied"));
    assert_true(has(w, A "s3/other/acl.json", "why403.InvalidResponse"));
    assert_true(has(w, A "iam/authorization-details.json", "why403.PagingLoop")); /* half a list is none */
    assert_false(has(w, A "iam/authorization-details.json", "UserDetailList"));
    assert_true(has(w, A "s3control/public-access-block.json", "Throttling"));
    /* What passes is asked again, what is refused is not. */
    rule later[] = {
        CALLER, NO_ORG, BUCKETS(BUCKET("open", "us-east-1") "," BUCKET("shut", "us-east-1") "," BUCKET("other", "us-east-1")),
        {.call = "iam:GetAccountAuthorizationDetails", .pages = "{\"UserDetailList\":[2]}"},
        {.call = "s3control:GetPublicAccessBlock", .pages = "{\"PublicAccessBlockConfiguration\":{}}"},
        {.call = "s3:GetBucketAcl", .argument = "other", .pages = "{\"Grants\":[]}"},
        {.call = "s3:GetBucketAbac", .pages = "{}"},
    };
    w->options.resume = true;
    assert_int_equal(RUN(w, later, 6), W403_OK);
    assert_true(has(w, A "iam/authorization-details.json", "UserDetailList"));
    assert_true(has(w, A "s3/other/acl.json", "Grants"));
    assert_true(has(w, A "s3/open/abac.json", "AccessDenied"));
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETACL], 1);
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETABAC], 0);
}

/* NoSuchBucket is asked once more; then the bucket is gone, and what came before of it with it. */
static void test_gone(void **state)
{
    world *w = *state;
    rule   rules[] = {
        CALLER, NO_ORG, BUCKETS(BUCKET("gone", "us-east-1") "," BUCKET("loaded", "us-east-1")),
        {.call = "s3:GetBucketAcl", .argument = "gone", .pages = "{\"Grants\":[]}"},
        {.call = "s3:GetPublicAccessBlock", .argument = "loaded", .code = "NoSuchBucket", .times = 1},
        {.call = "*", .argument = "gone", .code = "NoSuchBucket"},
    };
    assert_int_equal(RUN(w, rules, 9), W403_OK);
    assert_true(w403_view_eq(text_of(w, A "s3/gone/location.json"),
                             W403_LIT("{\n    \"error\": {\n        \"code\": \"NoSuchBucket\"\n    }\n}\n")));
    assert_null(text_of(w, A "s3/gone/acl.json").p);
    assert_null(text_of(w, A "s3/gone/policy.json").p);
    assert_true(has(w, A "s3/loaded/public-access-block.json", "NoSuchPublicAccessBlockConfiguration"));
    assert_true(has(w, A "s3/loaded/location.json", "null"));
    print_unknown(w);
    assert_int_equal(w->report.gone, 1);
    assert_int_equal(w->report.unknown, 0);
}

static void test_regions(void **state)
{
    world *w = *state;
    const w403_view more[] = {W403_LIT("ap-south-2"), W403_LIT("sa-east-1")};
    rule   rules[] = {
        CALLER, NO_ORG, BUCKETS(BUCKET("here", "us-east-1")),
        {.call = "ec2:DescribeVpcEndpoints", .region = "ap-south-2", .code = "AuthFailure"},
        {.call = "s3control:ListAccessPoints", .region = "ap-south-2", .code = "InvalidAccessKeyId"},
        {.call = "*", .region = "ap-south-2", .code = "UnrecognizedClientException"},
        {.call = "ec2:DescribeVpcEndpoints", .region = "sa-east-1", .code = "UnauthorizedOperation"},
        {.call = "*", .region = "sa-east-1", .code = "AccessDeniedException", .message = "explicit deny in a service control policy"},
    };
    w->options.regions = more;
    w->options.n_regions = 2;
    assert_int_equal(RUN(w, rules, 11), W403_OK);
    assert_int_equal(w->report.regions_off.n, 1);
    assert_true(w403_view_eq(w->report.regions_off.at[0], W403_LIT("ap-south-2")));
    assert_null(text_of(w, A "ec2/ap-south-2/vpc-endpoints.json").p);
    print_unknown(w);
    assert_int_equal(w->report.unknowns.n, 1);
    assert_int_equal(w->report.unknowns.at[0].kind, W403_UNKNOWN_REGION);
    assert_true(has(w, A "ec2/sa-east-1/vpc-endpoints.json", "UnauthorizedOperation"));
    assert_true(has(w, A "ec2/us-east-1/vpc-endpoints.json", "{}"));
}

static void test_hostile_names(void **state)
{
    world *w = *state;
    rule   rules[] = {
        CALLER, NO_ORG,
        BUCKETS(BUCKET("../../etc", "us-east-1") "," BUCKET("..", "us-east-1") "," BUCKET("fine", "us-east-1") ","
                BUCKET("b\\u0000x", "us-east-1") "," BUCKET("case", "us-east-1") "," BUCKET("CASE", "us-east-1") ","
                BUCKET("nowhere", "../../x")),
        {.call = "kms:ListKeys", .pages = "{\"Keys\":[{\"KeyId\":\"a/b\"},{\"KeyId\":\"..\"},{}]}"},
        {.call = "s3control:ListAccessPoints", .pages = "{\"AccessPointList\":[{\"Name\":\"x\\u0000y\"}]}"},
        {.call = "s3:ListBucketInventoryConfigurations", .argument = "fine",
         .pages = "{\"InventoryConfigurationList\":[{\"Id\":\"..%2f\"},{\"Id\":\"../x\"}]}"},
    };
    assert_int_equal(RUN(w, rules, 2), W403_OK);
    size_t refused = 0;
    for (size_t i = 0; i < w->report.unknowns.n; i++) {
        refused += w->report.unknowns.at[i].kind == W403_UNKNOWN_NAME ? w->report.unknowns.at[i].n : 0;
    }
    assert_int_equal(refused, 3 + 3 + 1 + 2);
    assert_non_null(text_of(w, A "s3/case/policy.json").p);
    assert_non_null(text_of(w, A "s3/CASE/policy.json").p);
    assert_true(has(w, A "s3/nowhere/location.json", "why403.NoRegion"));
    char command[256], line[64];
    (void)snprintf(command, sizeof command, "ls -A %s | wc -l", w->root);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    assert_non_null(fgets(line, sizeof line, p));
    pclose(p);
    assert_int_equal(strtol(line, NULL, 10), 1);
}

static void test_credentials(void **state)
{
    world *w = *state;
    rule   bad[] = {{.call = "*", .code = "InvalidClientTokenId", .message = "The security token is invalid"}};
    assert_int_equal(RUN(w, bad, 0), W403_IO);
    assert_string_equal(w->error.message,
                        "AWS does not take these credentials: InvalidClientTokenId: The security token is invalid");
    assert_null(text_of(w, "snapshot.json").p);
    rule off[] = {{.call = "*", .code = "why403.ConnectFailed", .message = "no route"}};
    assert_int_equal(RUN(w, off, 0), W403_IO);
    rule odd[] = {{.call = "*", .pages = "{\"Account\":\"../..\"}"}};
    assert_int_equal(RUN(w, odd, 0), W403_IO);
    rule broken[] = {CALLER, NO_ORG, {.call = "s3:ListBuckets", .pages = "{"}};
    assert_int_equal(RUN(w, broken, 0), W403_SYNTAX);
}

/* A store has no STS, and its ListBuckets names no Region: the bucket's own answers may. */
static void test_store(void **state)
{
    world *w = *state;
    rule   rules[] = {
        {.call = "sts:GetCallerIdentity", .code = "MethodNotAllowed"},
        {.call = "s3:ListBuckets", .pages = "{\"Owner\":{\"ID\":\"x\"},\"Buckets\":[{\"Name\":\"one\"}]}"},
        {.call = "s3:GetBucketAcl", .pages = "{\"Grants\":[]}", .bucket_region = "eu-west-1"},
    };
    const w403_view account = W403_LIT("000000000001");
    w->options.store = true;
    assert_int_equal(RUN(w, rules, 0), W403_OK);
    assert_true(has(w, "accounts/000000000000/s3/one/acl.json", "Grants"));
    w->options.accounts = &account;
    w->options.n_accounts = 1;
    w->options.refresh = true;
    assert_int_equal(RUN(w, rules, 0), W403_OK);
    assert_true(has(w, "accounts/000000000001/s3/one/location.json", "eu-west-1"));
    assert_true(has(w, "snapshot.json", "\"mode\": \"narrow\""));
    assert_int_equal(w->session.of[W403_CALL_ORGANIZATIONS_LISTROOTS], 0);
    assert_int_equal(w->session.of[W403_CALL_KMS_LISTKEYS], 0);
    rule who[] = {CALLER, NO_ORG}; /* an endpoint that knows its callers: nobody's files become another account's */
    assert_int_equal(RUN(w, who, 0), W403_SEMANTIC);
    rules[1] = (rule){.call = "s3:ListBuckets", .code = "SignatureDoesNotMatch"};
    assert_int_equal(RUN(w, rules, 0), W403_IO);
    rules[0].code = "SignatureDoesNotMatch";
    assert_int_equal(RUN(w, rules, 0), W403_IO);
}

/* A list whose token has expired begins anew: what came before is forgotten, and nothing is asked twice. */
static void test_lists_anew(void **state)
{
    world *w = *state;
    rule   rules[] = {
        CALLER, NO_ORG,
        {.call = "s3:ListBuckets", .pages = "{\"Buckets\":[" BUCKET("one", "us-east-1") "]}\2{\"Buckets\":[" BUCKET("one", "us-east-1")
                                            "," BUCKET("two", "us-east-1") "]}"},
        {.call = "iam:GetAccountAuthorizationDetails", .pages = "{\"L\":[1]}\1{\"L\":[2]}\2{\"L\":[1]}\1{\"L\":[2]}"},
        {.call = "kms:ListKeys", .pages = "{\"Keys\":[{\"KeyId\":\"k\"}]}\2{\"Keys\":[{\"KeyId\":\"k\"}]}"},
        {.call = "kms:ListAliases", .pages = "{\"Aliases\":[{\"AliasName\":\"a\",\"TargetKeyId\":\"k\"}]}\2"
                                             "{\"Aliases\":[{\"AliasName\":\"a\",\"TargetKeyId\":\"k\"}]}"},
        {.call = "kms:ListGrants", .pages = "{\"Grants\":[1]}\2{\"Grants\":[1]}\1{\"Grants\":[2]}"},
        {.call = "kms:DescribeKey", .pages = "{\"KeyMetadata\":{}}"},
        {.call = "kms:GetKeyPolicy", .pages = "{\"Policy\":\"{}\"}"},
    };
    assert_int_equal(RUN(w, rules, 3), W403_OK);
    assert_int_equal(w->report.buckets, 2);
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETPOLICY], 2);
    assert_int_equal(w->session.of[W403_CALL_KMS_DESCRIBEKEY], 1);
    assert_true(has(w, A "iam/authorization-details.json", "{\n    \"L\": [\n        1,\n        2\n    ]\n}\n"));
    assert_true(w403_view_eq(text_of(w, A "kms/us-east-1/k.json"),
                             W403_LIT("{\n    \"KeyMetadata\": {},\n    \"Policy\": \"{}\",\n    \"Grants\": [\n        1,\n"
                                      "        2\n    ],\n    \"Aliases\": [\n        {\n            \"AliasName\": \"a\",\n"
                                      "            \"TargetKeyId\": \"k\"\n        }\n    ]\n}\n")));
}

/* ---- an organization ---- */

#define MANAGER "999988887777"
#define MANAGER_CALLER \
    {.call = "sts:GetCallerIdentity", .account = "-", \
     .pages = "{\"Account\":\"" MANAGER "\",\"Arn\":\"arn:aws:iam::" MANAGER ":user/root\"}"}
#define ORGANIZATION \
    {.call = "organizations:DescribeOrganization", .pages = "{\"Organization\":{\"Id\":\"o-1\"}}"}, \
    {.call = "organizations:ListRoots", .pages = "{\"Roots\":[{\"Id\":\"r-ab12\",\"PolicyTypes\":[" \
                                                 "{\"Type\":\"SERVICE_CONTROL_POLICY\",\"Status\":\"ENABLED\"}," \
                                                 "{\"Type\":\"RESOURCE_CONTROL_POLICY\",\"Status\":\"PENDING_ENABLE\"}]}]}"}, \
    {.call = "organizations:ListAccounts", \
     .pages = "{\"Accounts\":[{\"Id\":\"" MANAGER "\",\"Name\":\"top\",\"Email\":\"a@example.com\",\"Status\":\"ACTIVE\"}]}\1" \
              "{\"Accounts\":[{\"Id\":\"" ID "\",\"Name\":\"work\",\"State\":\"ACTIVE\"}," \
              "{\"Id\":\"222233334444\",\"Name\":\"old\",\"Status\":\"SUSPENDED\"}]}"}, \
    {.call = "organizations:ListOrganizationalUnitsForParent", .argument = "r-ab12", \
     .pages = "{\"OrganizationalUnits\":[]}\1{\"OrganizationalUnits\":[{\"Id\":\"ou-ab12-11111111\"}]}"}, \
    {.call = "organizations:ListAccountsForParent", .argument = "r-ab12", .pages = "{\"Accounts\":[{\"Id\":\"" MANAGER "\"}]}"}, \
    {.call = "organizations:ListAccountsForParent", .argument = "ou-ab12-11111111", \
     .pages = "{\"Accounts\":[{\"Id\":\"" ID "\"},{\"Id\":\"222233334444\"}]}"}, \
    {.call = "organizations:DescribePolicy", .pages = "{\"Policy\":{\"Content\":\"{}\"}}"}

static const char *const attachments =
    "{\n    \"111122223333\": [\n        \"p-FullAWSAccess\"\n    ],\n    \"222233334444\": [],\n    \"999988887777\": [],\n"
    "    \"ou-ab12-11111111\": [\n        \"p-FullAWSAccess\",\n        \"p-deny\"\n    ],\n"
    "    \"r-ab12\": [\n        \"p-FullAWSAccess\"\n    ]\n}\n";

static void check_organization(world *w)
{
    assert_true(w403_view_eq(text_of(w, "organization/attachments.json"), w403_view_of(attachments)));
    assert_true(w403_view_eq(
        text_of(w, "organization/parents.json"),
        W403_LIT("{\n    \"111122223333\": \"ou-ab12-11111111\",\n    \"222233334444\": \"ou-ab12-11111111\",\n"
                 "    \"999988887777\": \"r-ab12\",\n    \"ou-ab12-11111111\": \"r-ab12\"\n}\n")));
    assert_non_null(text_of(w, "organization/policies/p-deny.json").p);
    assert_non_null(text_of(w, "organization/policies/p-FullAWSAccess.json").p);
    assert_null(text_of(w, "organization/policies/p-unused.json").p);
    assert_false(has(w, "organization/accounts.json", "Email"));
    assert_true(has(w, "organization/accounts.json", "SUSPENDED"));
}

/* Few policies: their targets are asked for. One account cannot be entered; the caller's own has no such role. */
static void test_organization_by_policy(void **state)
{
    world *w = *state;
    rule   rules[] = {
        MANAGER_CALLER, ORGANIZATION,
        {.call = "sts:GetCallerIdentity", .account = ID, .code = "AccessDenied", .message = "may not sts:AssumeRole"},
        {.call = "sts:GetCallerIdentity", .account = MANAGER, .code = "AccessDenied"},
        {.call = "organizations:ListPolicies",
         .pages = "{\"Policies\":[{\"Id\":\"p-FullAWSAccess\"},{\"Id\":\"p-unused\"},{\"Id\":\"p-deny\"}]}"},
        {.call = "organizations:ListTargetsForPolicy", .argument = "p-FullAWSAccess",
         .pages = "{\"Targets\":[{\"TargetId\":\"r-ab12\"}]}\1{\"Targets\":[{\"TargetId\":\"ou-ab12-11111111\"},{\"TargetId\":\"" ID "\"}]}"},
        {.call = "organizations:ListTargetsForPolicy", .argument = "p-deny", .pages = "{\"Targets\":[{\"TargetId\":\"ou-ab12-11111111\"}]}"},
        {.call = "organizations:ListTargetsForPolicy", .pages = "{\"Targets\":[]}"},
    };
    w->options.organization = true;
    w->options.role = W403_LIT("audit");
    for (uint64_t seed = 0; seed < 8; seed++) {
        rule copy[sizeof rules / sizeof *rules];
        memcpy(copy, rules, sizeof copy);
        assert_int_equal(RUN(w, copy, seed), W403_OK);
        check_organization(w);
        assert_int_equal(w->session.of[W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET], 0);
        assert_int_equal(w->session.of[W403_CALL_ORGANIZATIONS_DESCRIBEPOLICY], 2);
        assert_true(has(w, A "account.json", "\"call\": \"sts:AssumeRole\""));
        assert_true(has(w, A "account.json", "\"Name\": \"work\""));
        assert_true(has(w, "accounts/" MANAGER "/account.json", "\"Name\": \"top\""));
        assert_null(text_of(w, "accounts/222233334444/account.json").p);
        assert_non_null(unknown_of(w, W403_UNKNOWN_ACCOUNT, "AccessDenied"));
        assert_int_equal(w->report.accounts, 1);
        w->options.refresh = true;
    }
}

/* Many policies, or a list that is refused: each target is asked. */
static void test_organization_by_target(void **state)
{
    world *w = *state;
    rule   rules[] = {
        MANAGER_CALLER, ORGANIZATION,
        {.call = "organizations:ListPolicies", .code = "AccessDeniedException"},
        {.call = "organizations:ListPoliciesForTarget", .argument = "ou-ab12-11111111",
         .pages = "{\"Policies\":[{\"Id\":\"p-FullAWSAccess\"}]}\1{\"Policies\":[{\"Id\":\"p-deny\"}]}"},
        {.call = "organizations:ListPoliciesForTarget", .argument = "222233334444", .pages = "{\"Policies\":[]}"},
        {.call = "organizations:ListPoliciesForTarget", .argument = MANAGER, .pages = "{\"Policies\":[]}"},
        {.call = "organizations:ListPoliciesForTarget", .pages = "{\"Policies\":[{\"Id\":\"p-FullAWSAccess\"}]}"},
    };
    for (uint64_t seed = 0; seed < 8; seed++) {
        rule copy[sizeof rules / sizeof *rules];
        memcpy(copy, rules, sizeof copy);
        assert_int_equal(RUN(w, copy, seed), W403_OK);
        check_organization(w);
        assert_int_equal(w->session.of[W403_CALL_ORGANIZATIONS_LISTPOLICIESFORTARGET], 5);
        w->options.refresh = true;
    }
    /* What one target has is unknown: it has no line, and the others have theirs. */
    rules[9].code = "AccessDeniedException";
    rules[9].pages = NULL;
    assert_string_equal(rules[9].argument, "ou-ab12-11111111");
    assert_int_equal(RUN(w, rules, 3), W403_OK);
    assert_true(has(w, "organization/attachments.json", "r-ab12"));
    assert_false(has(w, "organization/attachments.json", "ou-ab12"));
}

/* A member may ask who its organization is, and no more: unknown, never "no policies". */
static void test_organization_refused(void **state)
{
    world *w = *state;
    rule   rules[] = {
        CALLER,
        {.call = "organizations:DescribeOrganization", .pages = "{\"Organization\":{\"Id\":\"o-1\"}}"},
        {.call = "organizations:ListRoots", .code = "AccessDeniedException"},
        {.call = "organizations:ListAccounts", .code = "AccessDeniedException"},
        {.call = "iam:ListAccountAliases", .pages = "{\"AccountAliases\":[\"alias\"]}"},
    };
    assert_int_equal(RUN(w, rules, 1), W403_OK);
    static const char *const files[] = {"organization/roots.json", "organization/accounts.json", "organization/parents.json",
                                        "organization/attachments.json"};
    for (size_t i = 0; i < 4; i++) {
        assert_true(has(w, files[i], "AccessDeniedException"));
    }
    assert_true(has(w, A "account.json", "\"Name\": \"alias\""));
    w->options.organization = true;
    w->options.role = W403_LIT("audit");
    w->options.refresh = true;
    assert_int_equal(RUN(w, rules, 1), W403_IO); /* whose accounts? */
    assert_true(has(w, A "account.json", "\"Name\": \"alias\"")); /* the old one is untouched */
}

/* ---- many ---- */

/* Keys and buckets wait as names: the module never has more than a few thousand calls. */
static void test_many(void **state)
{
    world   *w = *state;
    w403_buf keys = {0}, buckets = {0};
    w403_buf_puts(&keys, "{\"Keys\":[");
    w403_buf_puts(&buckets, "{\"Buckets\":[");
    for (int i = 0; i < 250; i++) {
        w403_buf_printf(&keys, "%s{\"KeyId\":\"key-%d\"}", i ? "," : "", i);
        w403_buf_printf(&buckets, "%s{\"Name\":\"bucket-%d\",\"BucketRegion\":\"eu-west-1\"}", i ? "," : "", i);
    }
    w403_buf_puts(&keys, "]}");
    w403_buf_puts(&buckets, "]}");
    w403_buf_putc(&keys, '\0');
    w403_buf_putc(&buckets, '\0');
    rule rules[] = {CALLER, NO_ORG, {.call = "kms:ListKeys", .pages = keys.p}, {.call = "s3:ListBuckets", .pages = buckets.p},
                    {.call = "kms:DescribeKey", .pages = "{\"KeyMetadata\":{}}"}};
    assert_int_equal(RUN(w, rules, 77), W403_OK);
    assert_int_equal(w->session.of[W403_CALL_KMS_LISTGRANTS], 250);
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETPOLICY], 250);
    assert_true(w->session.most <= 2200);
    assert_non_null(text_of(w, A "kms/eu-west-1/key-249.json").p);
    assert_non_null(text_of(w, A "s3/bucket-249/location.json").p);
    w403_buf_free(&keys);
    w403_buf_free(&buckets);
}

/* Whichever allocation fails, the run ends with an error and gives everything back. */
static void test_short_memory(void **state)
{
    world *w = *state;
    rule   rules[40];
    size_t n, failed = 0;
    for (uint64_t k = 1; k < 4000; k += k < 40 ? 1 : 61) {
        w->options.refresh = true;
        account_rules(rules, &n);
        w403_malloc_fail_after(k);
        w403_status st = collect_once(w, rules, n, k);
        w403_malloc_fail_after(0);
        assert_true(st == W403_OK || st == W403_NOMEM);
        failed += st == W403_NOMEM;
        if (st == W403_OK) {
            break;
        }
    }
    assert_true(failed > 20);
}

static void test_tags(void **state)
{
    world *w = *state;
    rule   rules[44];
    size_t n;
    account_rules(rules, &n);
    rules[n++] = (rule){.call = "kms:ListResourceTags", .argument = "k-1",
                        .pages = "{\"Tags\":[{\"TagKey\":\"a\",\"TagValue\":\"b\"}]}\1{\"Tags\":[{\"TagKey\":\"c\",\"TagValue\":\"d\"}]}"};
    rules[n++] = (rule){.call = "kms:ListResourceTags", .code = "AccessDeniedException"};
    rules[n++] = (rule){.call = "s3control:ListTagsForResource", .argument = "arn:aws:s3:us-east-1:" ID ":accesspoint/finance",
                        .pages = "{\"Tags\":[{\"Key\":\"a\",\"Value\":\"b\"}]}"};
    w->options.with = W403_WITH_TAGS;
    assert_int_equal(collect_once(w, rules, n, 4), W403_OK);
    assert_true(has(w, A "kms/us-east-1/k-1.json", "\"TagKey\": \"c\""));
    assert_true(has(w, A "kms/us-east-1/k-2.json", "\"call\": \"kms:ListResourceTags\""));
    assert_true(has(w, A "s3control/access-points/us-east-1/finance.json", "\"Value\": \"b\""));
    assert_non_null(text_of(w, A "s3/example-data/tagging.json").p);
}

static void test_dry(void **state)
{
    world *w = *state;
    rule   rules[40];
    size_t n;
    account_rules(rules, &n);
    w->options.dry = true;
    assert_int_equal(collect_once(w, rules, n, 0), W403_OK);
    assert_int_equal(w->session.calls, 1);
    w->options.probe = true;
    assert_int_equal(collect_once(w, rules, n, 0), W403_OK);
    assert_int_equal(w->report.estimate.calls[W403_CALL_S3_GETBUCKETPOLICY], 2);
    assert_int_equal(w->report.estimate.calls[W403_CALL_KMS_LISTGRANTS], 2);
    assert_int_equal(w->report.estimate.calls[W403_CALL_S3CONTROL_GETACCESSPOINT], 1);
    assert_int_equal(w->session.of[W403_CALL_S3_GETBUCKETPOLICY], 0);
    assert_int_equal(w->session.of[W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS], 0);
    assert_int_equal(access(w->path, F_OK), -1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_account), TEST(test_resume), TEST(test_whose_folder), TEST(test_resume_of_a_role), TEST(test_refusals),
        TEST(test_gone),    TEST(test_regions), TEST(test_hostile_names), TEST(test_credentials), TEST(test_store),
        TEST(test_lists_anew), TEST(test_organization_by_policy),
        TEST(test_organization_by_target), TEST(test_organization_refused), TEST(test_many), TEST(test_short_memory), TEST(test_tags), TEST(test_dry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
