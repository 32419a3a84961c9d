/* The n-th allocation fails: the load says so, or succeeds, and nothing leaks or crashes. */
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
    const struct CMUnitTest tests[] = {T(every_allocation_may_fail), T(freeing_nothing_is_fine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
