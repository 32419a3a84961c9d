#include "evidence/look.h"

#include "base/command.h"
#include "evidence/target.h"

typedef struct row {
    const char *causes; /* ids separated by blanks; a last `*` stands for any rest */
    const char *what, *command, *changes;
} row;

/* `command` is a pattern of w403_command_fill, for aws; filling() knows its names. */
static const row rows[] = {
    {"deny.bucket-policy no-allow.bucket-policy", "the bucket policy",
     "s3api get-bucket-policy --bucket <bucket>", "PutBucketPolicy DeleteBucketPolicy"},
    {"deny.identity no-allow.identity", "the policies of the user or role, its groups' included",
     "iam get-account-authorization-details",
     "PutUserPolicy DeleteUserPolicy AttachUserPolicy DetachUserPolicy PutRolePolicy DeleteRolePolicy "
     "AttachRolePolicy "
     "DetachRolePolicy PutGroupPolicy DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy AddUserToGroup "
     "RemoveUserFromGroup CreatePolicyVersion SetDefaultPolicyVersion"},
    {"deny.boundary no-allow.boundary", "the permissions boundary of the user or role",
     "iam get-account-authorization-details",
     "PutUserPermissionsBoundary DeleteUserPermissionsBoundary PutRolePermissionsBoundary "
     "DeleteRolePermissionsBoundary CreatePolicyVersion SetDefaultPolicyVersion"},
    {"deny.session no-allow.session", "the session policy that was given when the session was made",
     "cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=AssumeRole",
     "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity GetFederationToken"},
    {"bpa.*", "Block Public Access of the bucket and its account",
     "s3api get-public-access-block --bucket <bucket>",
     "PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock PutAccountPublicAccessBlock "
     "DeleteAccountPublicAccessBlock"},
    {"no-allow.object-acl acl-disabled", "the object's owner and ACL, and the bucket's Object Ownership",
     "s3api get-object-acl --bucket <bucket> --key <key>",
     "PutObject PutObjectAcl PutBucketAcl PutBucketOwnershipControls DeleteBucketOwnershipControls"},
    {"deny.scp no-allow.scp", "the service control policies of the caller's account, its OUs and the root",
     "organizations list-policies-for-target --filter SERVICE_CONTROL_POLICY --target-id <account>",
     "AttachPolicy DetachPolicy UpdatePolicy MoveAccount"},
    {"deny.rcp", "the resource control policies of the bucket's account, its OUs and the root",
     "organizations list-policies-for-target --filter RESOURCE_CONTROL_POLICY --target-id <owner>",
     "AttachPolicy DetachPolicy UpdatePolicy MoveAccount"},
    {"deny.vpc-endpoint no-allow.vpc-endpoint", "the policy of the VPC endpoint",
     "ec2 describe-vpc-endpoints --vpc-endpoint-ids <endpoint>", "CreateVpcEndpoint ModifyVpcEndpoint"},
    {"deny.access-point no-allow.access-point access-point-vpc-only", "the access point and its policy",
     "s3control get-access-point-policy --account-id <owner> --name <access-point>",
     "CreateAccessPoint PutAccessPointPolicy DeleteAccessPointPolicy"},
    {"deny.key-policy no-allow.key-policy", "the key policy and the grants of the KMS key",
     "kms get-key-policy --policy-name default --key-id <key-id>",
     "PutKeyPolicy CreateGrant RevokeGrant RetireGrant"},
    {"kms.*", "the KMS key: its state, Region and manager", "kms describe-key --key-id <key-id>",
     "DisableKey EnableKey ScheduleKeyDeletion CancelKeyDeletion PutBucketEncryption"},
    {"inventory.*", "the inventory configuration: destination, prefix, encryption",
     "s3api list-bucket-inventory-configurations --bucket <bucket>",
     "PutBucketInventoryConfiguration DeleteBucketInventoryConfiguration"},
    {"masked-404 not-found.key not-found.version method-not-allowed",
     "whether the key is there at all: without s3:ListBucket S3 answers 403 for a missing one",
     "s3api list-object-versions --bucket <bucket> --prefix <key>", "PutObject DeleteObject DeleteObjects"},
    {"not-found.bucket", "whether the bucket is there", "s3api head-bucket --bucket <bucket>",
     "CreateBucket DeleteBucket"},
    {"requester-pays", "who pays for requests", "s3api get-bucket-request-payment --bucket <bucket>",
     "PutBucketRequestPayment"},
    {"sse-c-blocked", "the bucket's encryption settings", "s3api get-bucket-encryption --bucket <bucket>",
     "PutBucketEncryption"},
    {"bucket-abac", "whether attribute-based access control is on for the bucket",
     "s3api get-bucket-abac --bucket <bucket>", "PutBucketAbac"},
    {"object-lock", "retention and legal hold of the object",
     "s3api get-object-retention --bucket <bucket> --key <key>", "PutObjectRetention PutObjectLegalHold"},
    {"object-archived", "storage class and restore of the object", "s3api head-object --bucket <bucket> --key <key>",
     "RestoreObject PutBucketLifecycleConfiguration"},
    {"cross-location-logging", "where the bucket and the bucket of its logs are",
     "s3api get-bucket-logging --bucket <bucket>", "PutBucketLogging"},
    {"credentials.wrong-principal", "whose credentials these are", "sts get-caller-identity", NULL},
};

static bool stands_for(const row *w, w403_view cause)
{
    w403_view list = w403_view_of(w->causes);
    while (list.p) {
        w403_view id = w403_view_cut(&list, ' ');
        bool any = w403_view_ends(id, W403_LIT("*"));
        if (any ? w403_view_starts(cause, w403_view_sub(id, 0, id.n - 1)) : w403_view_eq(cause, id)) {
            return true;
        }
    }
    return false;
}

/* What an ARN of S3 names: bucket/key, or accesspoint/NAME/object/key. */
typedef struct place {
    w403_view bucket, key, access_point;
} place;

static place place_of(w403_view arn)
{
    place p = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    w403_view rest = w403_arn_part(arn, 5);
    if (!w403_view_starts(w403_arn_part(arn, 2), W403_LIT("s3"))) {
        return p;
    }
    if (w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        p.key = w403_view_sub(rest, sizeof "accesspoint/" - 1, rest.n);
        p.access_point = w403_view_cut(&p.key, '/');
        p.key =
            w403_view_starts(p.key, W403_LIT("object/")) ? w403_view_sub(p.key, 7, p.key.n) : (w403_view){NULL, 0};
        return p;
    }
    p.key = rest;
    p.bucket = w403_view_cut(&p.key, '/');
    return p;
}

/* <account> is the principal's, <owner> that of the resource. */
static w403_view filling(void *user, w403_view name)
{
    const w403_request *r = user;
    place p = place_of(r->resource);
    bool kms = w403_view_eq(w403_arn_part(r->resource, 2), W403_LIT("kms"));
    const struct {
        const char *name;
        w403_view value;
    } fillings[] = {
        {"bucket", p.bucket},
        {"key", p.key},
        {"access-point", p.access_point},
        {"account", w403_arn_account(r->principal)},
        {"owner", r->resource_account.n ? r->resource_account : w403_arn_account(r->resource)},
        {"endpoint", r->via},
        {"key-id", kms ? r->resource : (w403_view){NULL, 0}},
    };
    for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
        if (w403_view_eq(name, w403_view_of(fillings[i].name))) {
            return fillings[i].value.n ? fillings[i].value : (w403_view){NULL, 0};
        }
    }
    return (w403_view){NULL, 0};
}

static w403_status command(w403_arena *arena, const w403_request *r, const char *pattern, w403_view *out,
                           w403_error *err)
{
    w403_command c = {.arena = arena};
    w403_command_fill(&c, "aws", pattern, filling, (void *)(uintptr_t)r);
    *out = w403_command_end(&c);
    W403_NEED(out->p, err);
    return W403_OK;
}

/* A service by itself: it has no policies of its own, and no SCP binds it. */
static bool is_service(const w403_request *r)
{
    return w403_view_starts(r->principal, W403_LIT("service:"));
}

static bool is_of_caller(const char *cause)
{
    static const char *const LAYERS[] = {"identity", "boundary", "session", "scp"};
    const char *layer = strchr(cause, '.');
    for (size_t i = 0; layer && i < sizeof LAYERS / sizeof *LAYERS; i++) {
        if (strcmp(layer + 1, LAYERS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What a request hangs on when nothing is claimed: the causes that stand for it. */
static size_t usual(const w403_request *r, const char *out[8])
{
    place p = place_of(r->resource);
    bool anonymous = w403_view_eq(r->principal, W403_LIT("anonymous")), service = is_service(r);
    size_t n = 0;
    if (p.access_point.n) {
        out[n++] = "deny.access-point";
    }
    out[n++] = "deny.bucket-policy";
    if (!anonymous && !service) {
        out[n++] = "deny.identity";
        out[n++] = "deny.scp";
    }
    if (w403_view_find(r->principal, W403_LIT(":assumed-role/")) != SIZE_MAX) {
        out[n++] = "deny.session";
    }
    if (r->via.n) {
        out[n++] = "deny.vpc-endpoint";
    }
    if (anonymous) {
        out[n++] = "bpa.restrict-public-buckets";
    }
    if (p.key.n && !service) {
        out[n++] = "no-allow.object-acl";
    }
    return n;
}

w403_status w403_evidence_looks(w403_arena *arena, const w403_request *r, const char *const *causes, size_t n,
                                const w403_look **out, size_t *n_out, w403_error *err)
{
    const char *typical[8];
    bool seen[sizeof rows / sizeof *rows] = {false};
    w403_look *list = W403_NEW_N(arena, w403_look, sizeof rows / sizeof *rows);
    W403_NEED(list, err);
    bool through_access_point = place_of(r->resource).access_point.n > 0;
    if (n == 0) {
        n = usual(r, typical);
        causes = typical;
    }
    *n_out = 0;
    *out = list;
    for (size_t i = 0; i < n; i++) {
        const w403_cause_info *info = causes[i] ? w403_cause_info_find(w403_view_of(causes[i])) : NULL;
        if (info && info->stage == W403_STAGE_BEFORE) {
            continue; /* no policy was asked: its way out is told with the cause */
        }
        if (causes[i] && is_service(r) && is_of_caller(causes[i])) {
            continue;
        }
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            bool elsewhere = n > 1 && strstr(rows[k].causes, "access-point") && !through_access_point;
            if (seen[k] || !causes[i] || elsewhere || !stands_for(&rows[k], w403_view_of(causes[i]))) {
                continue;
            }
            seen[k] = true;
            w403_look *look = &list[(*n_out)++];
            *look = (w403_look){.what = rows[k].what, .changes = rows[k].changes};
            if (rows[k].command) {
                W403_TRY(command(arena, r, rows[k].command, &look->command, err));
            }
        }
    }
    return W403_OK;
}
