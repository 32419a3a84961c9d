/* Members that are nearly called as one that is read: what stands there would be left out without a word. AWS adds members
 * of its own every year, so that any other name is none of our business. */
#include "base/nearest.h"
#include "snapshot/loader.h"

enum { SHORTEST = 5 }; /* names that differ in one letter are other names below that */

/* What the loaders read, in any file, and what AWS has beside it under nearly the same name. */
static const char *const names[] = {
    "AWSAccountId", "Absent", "AccessPointArn", "Account", "AccountId", "Accounts", "Alias", "AliasArn", "AliasName",
    "Aliases", "ApplyServerSideEncryptionByDefault", "Arn", "AssumeRolePolicyDocument", "AttachedManagedPolicies",
    "BlockPublicAcls", "BlockPublicPolicy", "BlockedEncryptionTypes", "Bucket", "BucketAccountId",
    "BucketKeyEnabled", "Buckets", "CanonicalId", "Checksum", "Constraints", "Configuration", "Content", "ContentLength", "Contents",
    "CustomerMasterKeySpec", "DefaultRetention", "DefaultVersionId", "DeleteMarker", "DeleteMarkers", "Destination",
    "Document", "EffectivePolicy", "Enabled", "Established", "Encryption", "EncryptionContextEquals", "EncryptionContextSubset",
    "EncryptionType", "FeatureSet", "Filter", "Format", "Frequency", "GrantId", "Grantee", "GranteePrincipal",
    "Grants", "GroupDetailList", "GroupId", "GroupList", "GroupName", "GroupPolicyList", "ID", "Id",
    "IgnorePublicAcls", "IncludedObjectVersions", "InventoryConfiguration", "InventoryConfigurationList",
    "IsDefaultVersion", "IsDeleteMarker", "IsEnabled", "IsLatest", "IsTruncated", "KMSMasterKeyID", "Key", "KeyId",
    "KeyManager", "KeyMetadata", "KeySpec", "KeyState", "LocationConstraint", "LoggingEnabled",
    "ManagementAccountId", "MasterAccountId", "Mode", "Name", "NetworkOrigin", "ObjectLockConfiguration",
    "ObjectLockEnabled", "ObjectLockLegalHoldStatus", "ObjectLockMode", "ObjectLockRetainUntilDate",
    "ObjectOwnership", "Objects", "Operations", "OptionalFields", "Organization", "Owner", "OwnershipControls",
    "Path", "Payer", "Permission", "PermissionsBoundary", "PermissionsBoundaryArn", "Policies", "Policy",
    "Partial", "PolicyArn", "PolicyDocument", "PolicyName", "PolicySummary", "PolicyType", "PolicyTypes", "PolicyVersion",
    "PolicyVersionList", "Prefix", "PublicAccessBlock", "PublicAccessBlockConfiguration", "Region", "Regions", "Restore", "RestrictPublicBuckets",
    "RetiringPrincipal", "RoleDetailList", "RoleId", "RoleName", "RolePolicyList", "Roots", "Rule", "Rules",
    "S3BucketDestination", "SSE-KMS", "SSE-S3", "SSEAlgorithm", "SSECustomerAlgorithm", "SSEKMS", "SSEKMSKeyId",
    "SSES3", "Schedule", "ServerSideEncryption", "ServerSideEncryptionConfiguration", "ServiceName", "Size",
    "Statement", "Status", "StorageClass", "SupportingAccessPoint", "TagCount", "TagSet", "Tags", "TargetBucket", "TargetKeyId",
    "TargetPrefix", "Type", "URI", "UserDetailList", "UserId", "UserName", "UserPolicyList", "Value", "Version",
    "VersionId", "Versions", "VpcConfiguration", "VpcEndpointId", "VpcEndpointType", "VpcEndpoints", "VpcId",
    "code", "collected_at", "collector", "complete", "error", "format", "parent", "partition",
};

/* Below these any name is possible: policies have checks of their own, and the rest are maps. */
static const char *const opaque[] = {"Policy",  "PolicyDocument", "Document", "AssumeRolePolicyDocument",
                                     "Content", "EncryptionContextEquals", "EncryptionContextSubset", "collector"};

static bool is_opaque(w403_view key)
{
    for (size_t i = 0; i < sizeof opaque / sizeof *opaque; i++) {
        if (w403_view_eq(key, w403_view_of(opaque[i]))) {
            return true;
        }
    }
    return false;
}

/* The name that was meant, NULL: it is one, or far from all. */
static const char *meant(w403_view key)
{
    const char *near = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        w403_view name = w403_view_of(names[i]);
        if (w403_view_eq(key, name)) {
            return NULL;
        }
        bool long_enough = key.n >= SHORTEST && name.n >= SHORTEST;
        bool one = long_enough && key.n + 1 >= name.n && key.n <= name.n + 1 && w403_edit_distance(key, name, 2) == 1;
        if (!near && (one || w403_view_ieq(key, name))) {
            near = names[i];
        }
    }
    return near;
}

/* What became of a name: each is compared with all of them once. */
static w403_status look_up(w403_loader *ld, w403_view key, const char **near, w403_error *err)
{
    static const char none[] = "";
    const char *known = w403_map_get(&ld->members, key);
    if (!known) {
        known = meant(key);
        known = known ? known : none;
        w403_view copy = w403_arena_copy(ld->a, key);
        W403_NEED(copy.p && w403_map_put(ld->a, &ld->members, copy, (void *)(uintptr_t)known), err);
    }
    *near = *known ? known : NULL;
    return W403_OK;
}

/* Depth is bounded by W403_LIMIT_JSON_DEPTH. */
static w403_status check(const w403_source *src, const w403_json *v, w403_error *err)
{
    bool object = v->type == W403_JSON_OBJECT;
    for (const w403_json *m = object || v->type == W403_JSON_ARRAY ? v->first : NULL; m; m = m->next) {
        const char *near = NULL;
        if (object) {
            W403_TRY(look_up(src->ld, m->key, &near, err));
        }
        if (near && !w403_json_get(v, near)) {
            w403_json name = *m; /* the name is wrong, not the value */
            name.span = m->key_span;
            w403_problem_at(src, true, &name, "`%.*s` is no member that is read: did you mean `%s`?", W403_SHORT(m->key),
                            near);
        }
        if (!object || !is_opaque(m->key)) {
            W403_TRY(check(src, m, err));
        }
    }
    return W403_OK;
}

w403_status w403_members_check(const w403_source *src, w403_error *err)
{
    return src->root ? check(src, src->root, err) : W403_OK;
}
