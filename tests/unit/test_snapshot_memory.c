/* The n-th allocation fails: the load says so, or succeeds, and nothing leaks or crashes. And how much a load takes:
 * malloc, realloc and free are linked through the counters below. */
#include <malloc.h>

#include "base/buf.h"
#include "snapshot_test.h"

#define POLICY "'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':[{\\'Effect\\':\\'Allow\\',\\'Principal\\':\\'*\\'," \
    "\\'Action\\':\\'s3:*\\',\\'Resource\\':\\'*\\'}]}'"

static const char everything[] =
    "{'snapshot.json':{'format':1},'organization/organization.json':{'Organization':{'Id':'o-1','FeatureSet':'ALL',"
    "'MasterAccountId':'999988887777'}},'organization/parents.json':{'" A "':'ou-a','ou-a':'r-1'},"
    "'organization/attachments.json':{'r-1':['p-FullAWSAccess'],'ou-a':['p-x','p-s3','p-gone'],'" A "':['p-FullAWSAccess']},"
    "'organization/policies/p-x.json':{'Policy':{'PolicySummary':{'Type':'SERVICE_CONTROL_POLICY'},'Content':" ALLOW_ALL "}},"
    "'organization/policies/p-s3.json':{'Policy':{'PolicySummary':{'Type':'S3_POLICY'},'Content':"
    "'{\\'s3_attributes\\':{\\'public_access_block_configuration\\':{\\'@@assign\\':\\'all\\'}}}'}},"
    "'" ACCOUNT "account.json':{'CanonicalId':'c\\u00e9'},"
    "'" ACCOUNT "iam/authorization-details.json':{'UserDetailList':[{'UserName':'u','UserId':'AIDAU','Arn':'arn:aws:iam::" A ":user/u',"
    "'UserPolicyList':[{'PolicyName':'p','PolicyDocument':" POLICY "}],'GroupList':['g','h'],'Tags':[{'Key':'k','Value':'v'}],"
    "'PermissionsBoundary':{'PermissionsBoundaryArn':'arn:aws:iam::" A ":policy/m'}}],'GroupDetailList':[{'GroupName':'g',"
    "'AttachedManagedPolicies':[{'PolicyArn':'arn:aws:iam::" A ":policy/m'},{'PolicyArn':'arn:aws:iam::aws:policy/AmazonS3FullAccess'},"
    "{'PolicyArn':'arn:aws:iam::aws:policy/Other'}]}],'Policies':[{'Arn':'arn:aws:iam::" A ":policy/m','PolicyVersionList':["
    "{'IsDefaultVersion':true,'Document':" ALLOW_ALL "}]}]},"
    "'" BUCKET "policy.json':{'Policy':" POLICY "},"
    "'" BUCKET "acl.json':{'Owner':{'ID':'c'},'Grants':[{'Grantee':{'ID':'c'},'Permission':'READ'}]},"
    "'" BUCKET "objects.json':[{'Key':'k','TagSet':[{'Key':'a','Value':'b'}]},{'Key':'k'}],"
    "'" BUCKET "inventory/i.json':{'Id':'i','OptionalFields':['Size'],'Destination':{'S3BucketDestination':{'Bucket':'arn:aws:s3:::d'}}},"
    "'" ACCOUNT "kms/us-east-1/aws-s3.json':{'Policy':" POLICY ",'Grants':[{'Operations':['Decrypt'],'Constraints':"
    "{'EncryptionContextEquals':{'a':'b'}}}],'Aliases':[{'AliasName':'alias/x'}]},"
    "'" ACCOUNT "ec2/us-east-1/vpc-endpoints.json':{'VpcEndpoints':[{'VpcEndpointId':'vpce-1','PolicyDocument':" POLICY "}]},"
    "'" ACCOUNT "s3control/access-points/us-east-1/ap.json':{'Bucket':'b','Alias':'ap-s3alias','Policy':" POLICY "},"
    "'notes.txt':1}";

static size_t in_use, peak;

void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void  __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_realloc(void *p, size_t n);
void  __wrap_free(void *p);

static void *count(void *p)
{
    in_use += malloc_usable_size(p);
    peak = in_use > peak ? in_use : peak;
    return p;
}

void *__wrap_malloc(size_t n)
{
    return count(__real_malloc(n));
}

void *__wrap_realloc(void *p, size_t n)
{
    in_use -= malloc_usable_size(p);
    return count(__real_realloc(p, n));
}

void __wrap_free(void *p)
{
    in_use -= malloc_usable_size(p);
    __real_free(p);
}

static void put_statement(w403_buf *b, unsigned role, unsigned n)
{
    w403_buf_printf(b,
                    "%s\n                {\n                  \"Sid\": \"Statement%u\",\n                  \"Effect\": \"Allow\",\n"
                    "                  \"Action\": [\n                    \"s3:GetObject\",\n                    \"s3:PutObject\"\n"
                    "                  ],\n                  \"Resource\": [\n"
                    "                    \"arn:aws:s3:::amzn-s3-demo-data-%u\",\n"
                    "                    \"arn:aws:s3:::amzn-s3-demo-data-%u/app-%u/*\"\n                  ],\n"
                    "                  \"Condition\": {\n                    \"StringEquals\": {\n"
                    "                      \"aws:PrincipalOrgID\": \"o-exampleorgid\"\n                    }\n"
                    "                  }\n                }",
                    n ? "," : "", n, n, n, role);
}

/* An account as the CLI prints it, in one file with two blanks an indent: roles with policies, which make the largest
 * file of a real one too, then buckets with theirs. */
static void put_account(w403_buf *b)
{
    w403_buf_puts(b, "{\n  \"" ACCOUNT "iam/authorization-details.json\": {\n    \"RoleDetailList\": [\n");
    for (unsigned i = 0; i < 1000; i++) {
        w403_buf_printf(b,
                        "%s      {\n        \"Path\": \"/\",\n        \"RoleName\": \"app-%u\",\n"
                        "        \"RoleId\": \"AROAEXAMPLE%u\",\n        \"Arn\": \"arn:aws:iam::" A ":role/app-%u\",\n"
                        "        \"CreateDate\": \"2026-01-01T00:00:00+00:00\",\n        \"InstanceProfileList\": [],\n"
                        "        \"RolePolicyList\": [\n          {\n            \"PolicyName\": \"app\",\n"
                        "            \"PolicyDocument\": {\n              \"Version\": \"2012-10-17\",\n"
                        "              \"Statement\": [",
                        i ? ",\n" : "", i, i, i);
        for (unsigned n = 0; n < 3; n++) {
            put_statement(b, i, n);
        }
        w403_buf_puts(b, "\n              ]\n            }\n          }\n        ],\n"
                         "        \"AttachedManagedPolicies\": [],\n        \"RoleLastUsed\": {}\n      }");
    }
    w403_buf_puts(b, "\n    ]\n  }");
    for (unsigned i = 0; i < 400; i++) {
        w403_buf_printf(b,
                        ",\n  \"" ACCOUNT "s3/data-%u/policy.json\": {\n    \"Policy\": \"{\\\"Version\\\": "
                        "\\\"2012-10-17\\\", \\\"Statement\\\": [{\\\"Effect\\\": \\\"Allow\\\", \\\"Principal\\\": "
                        "{\\\"AWS\\\": \\\"arn:aws:iam::" A ":role/app-%u\\\"}, \\\"Action\\\": \\\"s3:GetObject\\\", "
                        "\\\"Resource\\\": \\\"arn:aws:s3:::data-%u/*\\\"}]}\"\n  }",
                        i, i, i);
    }
    w403_buf_puts(b, "\n}\n");
    assert_true(w403_buf_ok(b));
}

/* Its text counts as well: it stays, for excerpts. */
static void a_load_takes_five_times_its_text(void **state)
{
    (void)state;
    w403_buf b = {0};
    put_account(&b);
    peak = in_use;
    size_t before = in_use;
    assert_int_equal(w403_snapshot_parse(W403_LIT("snap.json"), w403_buf_view(&b), note, NULL, &snapshot, &failure), W403_OK);
    assert_no_problem();
    size_t taken = peak - before;
    if (taken > 5 * b.n) {
        fail_msg("%zu bytes for %zu of text: %.2f times", taken, b.n, (double)taken / (double)b.n);
    }
    assert_non_null(w403_snapshot_bucket(snapshot, W403_LIT("data-399"))->policy);
    w403_buf_free(&b);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t    n = sizeof everything - 1;
    char     *json = malloc(n + 1);
    uint64_t  failed = 0;
    assert_non_null(json);
    for (size_t i = 0; i <= n; i++) {
        json[i] = everything[i] == '\'' ? '"' : everything[i];
    }
    for (uint64_t nth = 1;; nth++) {
        snapshot = NULL;
        w403_malloc_fail_after(nth);
        w403_status st = w403_snapshot_parse(W403_LIT("snap.json"), (w403_view){json, n}, NULL, NULL, &snapshot, &failure);
        w403_malloc_fail_after(0);
        if (st == W403_OK) {
            assert_non_null(snapshot);
            w403_snapshot_free(snapshot);
            break;
        }
        assert_int_equal(st, W403_NOMEM);
        assert_null(snapshot);
        failed++;
        assert_true(nth < 100000);
    }
    snapshot = NULL;
    free(json);
    assert_true(failed > 10);
}

static void freeing_nothing_is_fine(void **state)
{
    (void)state;
    w403_snapshot_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {T(a_load_takes_five_times_its_text), T(every_allocation_may_fail), T(freeing_nothing_is_fine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
