/* Which events change who may do what (formats 3.3, 4.6), and which causes each can bring about. */
#include "logs/changes.h"

#define S3  "s3.amazonaws.com"
#define KMS "kms.amazonaws.com"
#define IAM "iam.amazonaws.com"
#define ORG "organizations.amazonaws.com"
#define EC2 "ec2.amazonaws.com"

#define BUCKET_POLICY "deny.bucket-policy no-allow.bucket-policy no-allow.identity bpa.restrict-public-buckets masked-404"
#define ACLS          "no-allow.object-acl no-allow.bucket-policy no-allow.identity acl-disabled"
#define PUBLIC_ACCESS "bpa.* no-allow.bucket-policy no-allow.identity deny.bucket-policy"
#define KEYS          "kms.* deny.key-policy no-allow.key-policy no-allow.identity"
#define IDENTITY      "deny.identity no-allow.identity masked-404 no-allow.key-policy"
#define BOUNDARY      "deny.boundary no-allow.boundary"
#define ORG_POLICY    "deny.scp no-allow.scp deny.rcp bpa.*"
#define ORG_PATH      "deny.bucket-policy no-allow.bucket-policy no-allow.identity" /* aws:PrincipalOrgPaths */
#define ENDPOINT      "deny.vpc-endpoint no-allow.vpc-endpoint deny.bucket-policy no-allow.bucket-policy"
#define ACCESS_POINT  "deny.access-point no-allow.access-point access-point-vpc-only no-allow.identity"

static const w403_change_kind KINDS[] = {
    {S3, "PutBucketPolicy", "REST.PUT.BUCKETPOLICY", W403_TARGET_BUCKET, W403_PLACE_POLICY, "bucketPolicy policy", BUCKET_POLICY, false},
    {S3, "DeleteBucketPolicy", "REST.DELETE.BUCKETPOLICY", W403_TARGET_BUCKET, W403_PLACE_POLICY, NULL, BUCKET_POLICY, true},
    {S3, "PutBucketAcl", "REST.PUT.ACL", W403_TARGET_BUCKET, W403_PLACE_ACL, NULL, ACLS, false},
    {S3, "PutObjectAcl", NULL, W403_TARGET_OBJECT, W403_PLACE_ACL, NULL, ACLS, false},
    {S3, "PutBucketPublicAccessBlock", "REST.PUT.PUBLIC_ACCESS_BLOCK", W403_TARGET_BUCKET, W403_PLACE_BPA, NULL, PUBLIC_ACCESS, false},
    {S3, "PutPublicAccessBlock", NULL, W403_TARGET_BUCKET, W403_PLACE_BPA, NULL, PUBLIC_ACCESS, false},
    {S3, "DeleteBucketPublicAccessBlock", "REST.DELETE.PUBLIC_ACCESS_BLOCK", W403_TARGET_BUCKET, W403_PLACE_BPA, NULL, PUBLIC_ACCESS, true},
    {S3, "PutAccountPublicAccessBlock", NULL, W403_TARGET_ACCOUNT_S3, W403_PLACE_BPA, NULL, PUBLIC_ACCESS, false},
    {S3, "DeleteAccountPublicAccessBlock", NULL, W403_TARGET_ACCOUNT_S3, W403_PLACE_BPA, NULL, PUBLIC_ACCESS, true},
    {S3, "PutBucketOwnershipControls", "REST.PUT.OWNERSHIP_CONTROLS", W403_TARGET_BUCKET, W403_PLACE_OWNERSHIP, NULL, ACLS, false},
    {S3, "DeleteBucketOwnershipControls", "REST.DELETE.OWNERSHIP_CONTROLS", W403_TARGET_BUCKET, W403_PLACE_OWNERSHIP, NULL, ACLS, true},
    {S3, "PutBucketEncryption", "REST.PUT.ENCRYPTION", W403_TARGET_BUCKET, W403_PLACE_ENCRYPTION, NULL, KEYS " sse-c-blocked", false},
    {S3, "DeleteBucketEncryption", "REST.DELETE.ENCRYPTION", W403_TARGET_BUCKET, W403_PLACE_ENCRYPTION, NULL, KEYS, true},
    {S3, "PutBucketRequestPayment", "REST.PUT.REQUEST_PAYMENT", W403_TARGET_BUCKET, W403_PLACE_PAYER, NULL, "requester-pays", false},
    {S3, "PutObjectLockConfiguration", "REST.PUT.OBJECT_LOCK_CONFIGURATION", W403_TARGET_BUCKET, W403_PLACE_LOCK, NULL, "object-lock", false},
    {S3, "PutBucketObjectLockConfiguration", NULL, W403_TARGET_BUCKET, W403_PLACE_LOCK, NULL, "object-lock", false},
    {S3, "PutAccessPointPolicy", NULL, W403_TARGET_ACCESS_POINT, W403_PLACE_POLICY, "policy Policy", ACCESS_POINT, false},
    {S3, "DeleteAccessPointPolicy", NULL, W403_TARGET_ACCESS_POINT, W403_PLACE_POLICY, NULL, ACCESS_POINT, true},
    {S3, "DeleteAccessPoint", NULL, W403_TARGET_ACCESS_POINT, W403_PLACE_NONE, NULL, ACCESS_POINT, true},
    {KMS, "PutKeyPolicy", NULL, W403_TARGET_KEY, W403_PLACE_POLICY, "policy", KEYS, false},
    {KMS, "EnableKey", NULL, W403_TARGET_KEY, W403_PLACE_KEY_STATE, NULL, "", false},
    {KMS, "CancelKeyDeletion", NULL, W403_TARGET_KEY, W403_PLACE_KEY_STATE, NULL, "kms.key-disabled", false},
    {KMS, "DisableKey", NULL, W403_TARGET_KEY, W403_PLACE_KEY_STATE, NULL, "kms.key-disabled", false},
    {KMS, "ScheduleKeyDeletion", NULL, W403_TARGET_KEY, W403_PLACE_KEY_STATE, NULL, "kms.key-pending-deletion kms.key-not-found", false},
    {KMS, "CreateGrant", NULL, W403_TARGET_KEY, W403_PLACE_GRANT, NULL, "", false},
    {KMS, "RevokeGrant", NULL, W403_TARGET_KEY, W403_PLACE_GRANT, NULL, "no-allow.key-policy no-allow.identity", true},
    {KMS, "RetireGrant", NULL, W403_TARGET_KEY, W403_PLACE_GRANT, NULL, "no-allow.key-policy no-allow.identity", true},
    {IAM, "PutUserPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, "policyDocument", IDENTITY, false},
    {IAM, "PutRolePolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, "policyDocument", IDENTITY, false},
    {IAM, "PutGroupPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, "policyDocument", IDENTITY, false},
    {IAM, "DeleteUserPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, NULL, IDENTITY, true},
    {IAM, "DeleteRolePolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, NULL, IDENTITY, true},
    {IAM, "DeleteGroupPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_POLICY, NULL, IDENTITY, true},
    {IAM, "AttachUserPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, false},
    {IAM, "AttachRolePolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, false},
    {IAM, "AttachGroupPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, false},
    {IAM, "DetachUserPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, true},
    {IAM, "DetachRolePolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, true},
    {IAM, "DetachGroupPolicy", NULL, W403_TARGET_ENTITY, W403_PLACE_ATTACHED, NULL, IDENTITY, true},
    {IAM, "AddUserToGroup", NULL, W403_TARGET_ENTITY, W403_PLACE_GROUP, NULL, IDENTITY, false},
    {IAM, "RemoveUserFromGroup", NULL, W403_TARGET_ENTITY, W403_PLACE_GROUP, NULL, IDENTITY, true},
    {IAM, "DeleteRole", NULL, W403_TARGET_ENTITY, W403_PLACE_NONE, NULL, IDENTITY " no-allow.bucket-policy", true},
    {IAM, "CreateRole", NULL, W403_TARGET_ENTITY, W403_PLACE_NONE, NULL, IDENTITY " no-allow.bucket-policy", false},
    {IAM, "DeleteUser", NULL, W403_TARGET_ENTITY, W403_PLACE_NONE, NULL, IDENTITY " no-allow.bucket-policy credentials.unknown-key credentials.invalid", true},
    {IAM, "DeleteAccessKey", NULL, W403_TARGET_ENTITY, W403_PLACE_NONE, NULL, "credentials.unknown-key credentials.invalid", true},
    {IAM, "UpdateAccessKey", NULL, W403_TARGET_ENTITY, W403_PLACE_NONE, NULL, "credentials.unknown-key credentials.invalid", false},
    {IAM, "PutRolePermissionsBoundary", NULL, W403_TARGET_ENTITY, W403_PLACE_BOUNDARY, NULL, BOUNDARY, false},
    {IAM, "PutUserPermissionsBoundary", NULL, W403_TARGET_ENTITY, W403_PLACE_BOUNDARY, NULL, BOUNDARY, false},
    {IAM, "DeleteRolePermissionsBoundary", NULL, W403_TARGET_ENTITY, W403_PLACE_BOUNDARY, NULL, "", true},
    {IAM, "DeleteUserPermissionsBoundary", NULL, W403_TARGET_ENTITY, W403_PLACE_BOUNDARY, NULL, "", true},
    {IAM, "CreatePolicyVersion", NULL, W403_TARGET_MANAGED, W403_PLACE_VERSION, "policyDocument", IDENTITY " " BOUNDARY, false},
    {IAM, "SetDefaultPolicyVersion", NULL, W403_TARGET_MANAGED, W403_PLACE_VERSION, NULL, IDENTITY " " BOUNDARY, false},
    {ORG, "AttachPolicy", NULL, W403_TARGET_ORGANIZATION, W403_PLACE_ORG_ATTACHED, NULL, ORG_POLICY, false},
    {ORG, "DetachPolicy", NULL, W403_TARGET_ORGANIZATION, W403_PLACE_ORG_ATTACHED, NULL, ORG_POLICY, true},
    {ORG, "UpdatePolicy", NULL, W403_TARGET_ORGANIZATION, W403_PLACE_ORG_POLICY, "content", ORG_POLICY, false},
    {ORG, "MoveAccount", NULL, W403_TARGET_ORGANIZATION, W403_PLACE_ORG_PARENT, NULL, ORG_POLICY " " ORG_PATH, false},
    {ORG, "EnablePolicyType", NULL, W403_TARGET_ORGANIZATION, W403_PLACE_NONE, NULL, ORG_POLICY, false},
    {EC2, "CreateVpcEndpoint", NULL, W403_TARGET_ENDPOINT, W403_PLACE_POLICY, "CreateVpcEndpointRequest.PolicyDocument policyDocument", ENDPOINT, false},
    {EC2, "ModifyVpcEndpoint", NULL, W403_TARGET_ENDPOINT, W403_PLACE_POLICY, "ModifyVpcEndpointRequest.PolicyDocument policyDocument", ENDPOINT, false},
    {EC2, "DeleteVpcEndpoints", NULL, W403_TARGET_ENDPOINT, W403_PLACE_POLICY, NULL, ENDPOINT, true},
};

const w403_change_kind *w403_change_kind_of(w403_view source, w403_view name)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const w403_change_kind *k = &KINDS[i];
        if (source.p ? w403_view_eq(name, w403_view_of(k->event)) && w403_view_eq(source, w403_view_of(k->source))
                     : k->access && w403_view_eq(name, w403_view_of(k->access))) {
            return k;
        }
    }
    return NULL;
}

bool w403_change_explains(const w403_change_kind *kind, const char *cause)
{
    w403_view rest = w403_view_of(kind->explains), id = w403_view_of(cause);
    while (id.n && rest.n) {
        w403_view word = w403_view_cut(&rest, ' ');
        bool      all = w403_view_ends(word, W403_LIT(".*"));
        if (all ? w403_view_starts(id, w403_view_sub(word, 0, word.n - 1)) : w403_view_eq(id, word)) {
            return true;
        }
    }
    return false;
}

const char *w403_change_entity(const w403_change_kind *kind)
{
    static const char *const WORDS[] = {"User", "Role", "Group"}; /* AddUserToGroup is the user's */
    for (size_t i = 0; kind->target == W403_TARGET_ENTITY && i < sizeof WORDS / sizeof *WORDS; i++) {
        if (strstr(kind->event, WORDS[i])) {
            return WORDS[i];
        }
    }
    return "";
}
