/* Random snapshots. */
#include <stdio.h>
#include <string.h>

#include "world.h"

const char *const world_accounts[4] = {WORLD_A, WORLD_B, WORLD_C, WORLD_M};
const char *const world_canonical[4] = {WORLD_CANON("1a1a"), WORLD_CANON("2b2b"), WORLD_CANON("3c3c"),
                                        WORLD_CANON("9d9d")};

/* splitmix64 */
static uint64_t next(world_random *r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void world_seed(world_random *r, uint64_t seed)
{
    r->state = seed;
    (void)next(r);
}

unsigned world_below(world_random *r, unsigned n)
{
    return (unsigned)((next(r) >> 33) % n);
}

bool world_chance(world_random *r, unsigned percent)
{
    return world_below(r, 100) < percent;
}

const char *world_pick_of(world_random *r, const char *const *list, unsigned n)
{
    return list[world_below(r, n)];
}

/* ---- files ---- */

static void name(w403_buf *out, const char *path)
{
    if (out->n > 1) {
        w403_buf_puts(out, ",\n");
    }
    w403_buf_printf(out, "\"%s\":", path);
}

/* A file that may be missing, unreadable or say "not configured". True: the caller writes it. */
static bool file(world_random *r, w403_buf *out, const char *path, const char *none, unsigned usual)
{
    unsigned x = world_below(r, 100);
    if (x < 3) {
        name(out, path);
        w403_buf_puts(out, "{\"error\":{\"code\":\"AccessDenied\"}}");
    } else if (x < usual) {
        name(out, path);
        return true;
    } else if (none && x % 2) {
        name(out, path);
        w403_buf_printf(out, "{\"error\":{\"code\":\"%s\"}}", none);
    }
    return false;
}

/* ---- organization ---- */

static void org_policy(world_random *r, w403_buf *out, const char *id, const char *type, world_policy_kind kind)
{
    w403_buf_printf(out, ",\n\"organization/policies/%s.json\":{\"Policy\":{\"PolicySummary\":{\"Id\":\"%s\",\"Type\":\"%s\"},"
                         "\"Content\":", id, id, type);
    w403_buf_puts(out, "");
    world_policy(r, kind, out);
    w403_buf_puts(out, "}}");
}

static void attached(world_random *r, w403_buf *out, const char *target)
{
    static const char *const extra[] = {"p-scp1", "p-scp2", "p-rcp1", "p-rcp2"};
    bool                     any = false;
    w403_buf_printf(out, "\"%s\":[", target);
    if (!world_chance(r, 8)) {
        w403_buf_puts(out, "\"p-FullAWSAccess\"");
        any = true;
    }
    for (unsigned i = 0; i < 4; i++) {
        if (world_chance(r, 10)) {
            w403_buf_printf(out, "%s\"%s\"", any ? "," : "", extra[i]);
            any = true;
        }
    }
    if (world_chance(r, 3)) {
        w403_buf_printf(out, "%s\"%s\"", any ? "," : "", world_chance(r, 60) ? "p-s3all" : "p-s3none");
    }
    w403_buf_puts(out, "]");
}

static void organization(world_random *r, w403_buf *out)
{
    static const char *const targets[] = {"r-ab12", "ou-ab12-11111111", "ou-ab12-22222222", WORLD_A, WORLD_B, WORLD_M};
    if (world_chance(r, 35)) {
        if (world_chance(r, 10)) {
            name(out, "organization/organization.json");
            w403_buf_puts(out, world_chance(r, 50) ? "{\"error\":{\"code\":\"AccessDeniedException\"}}"
                                                   : "{\"error\":{\"code\":\"AWSOrganizationsNotInUseException\"}}");
        }
        return;
    }
    name(out, "organization/organization.json");
    w403_buf_printf(out, "{\"Organization\":{\"Id\":\"o-exampleorgid\",\"FeatureSet\":\"%s\",\"MasterAccountId\":\"" WORLD_M "\"}}",
                    world_chance(r, 95) ? "ALL" : "CONSOLIDATED_BILLING");
    name(out, "organization/parents.json");
    w403_buf_puts(out, "{\"" WORLD_A "\":\"ou-ab12-11111111\",\"" WORLD_B "\":\"ou-ab12-22222222\",\"" WORLD_M
                       "\":\"r-ab12\",\"ou-ab12-11111111\":\"r-ab12\",\"ou-ab12-22222222\":\"r-ab12\"}");
    if (world_chance(r, 12)) {
        static const char *const states[] = {"ENABLED", "ENABLED", "PENDING_DISABLE"};
        name(out, "organization/roots.json");
        w403_buf_printf(out, "{\"Roots\":[{\"Id\":\"r-ab12\",\"PolicyTypes\":[%s{\"Type\":\"RESOURCE_CONTROL_POLICY\",\"Status\":"
                             "\"%s\"},{\"Type\":\"S3_POLICY\",\"Status\":\"ENABLED\"}]}]}",
                        world_chance(r, 50) ? "" : "{\"Type\":\"SERVICE_CONTROL_POLICY\",\"Status\":\"ENABLED\"},",
                        world_pick(r, states));
    }
    if (file(r, out, "organization/attachments.json", NULL, 98)) {
        w403_buf_puts(out, "{");
        for (unsigned i = 0; i < 6; i++) {
            if (world_chance(r, 98)) {
                w403_buf_puts(out, out->p[out->n - 1] == '{' ? "" : ",");
                attached(r, out, targets[i]);
            }
        }
        w403_buf_puts(out, "}");
    }
    w403_buf_puts(out, ",\n\"organization/policies/p-FullAWSAccess.json\":{\"Policy\":{\"PolicySummary\":{\"Id\":"
                       "\"p-FullAWSAccess\",\"Type\":\"SERVICE_CONTROL_POLICY\"},\"Content\":{\"Version\":\"2012-10-17\","
                       "\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}}}"
                       ",\n\"organization/policies/p-s3all.json\":{\"Policy\":{\"PolicySummary\":{\"Id\":\"p-s3all\",\"Type\":"
                       "\"S3_POLICY\"},\"Content\":\"{\\\"s3_attributes\\\":{\\\"public_access_block_configuration\\\":"
                       "{\\\"@@assign\\\":\\\"all\\\"}}}\"}}"
                       ",\n\"organization/policies/p-s3none.json\":{\"Policy\":{\"PolicySummary\":{\"Id\":\"p-s3none\",\"Type\":"
                       "\"S3_POLICY\"},\"Content\":\"{\\\"s3_attributes\\\":{\\\"public_access_block_configuration\\\":"
                       "{\\\"@@assign\\\":\\\"none\\\"}}}\"}}");
    org_policy(r, out, "p-scp1", "SERVICE_CONTROL_POLICY", WORLD_SCP);
    org_policy(r, out, "p-scp2", "SERVICE_CONTROL_POLICY", WORLD_SCP);
    org_policy(r, out, "p-rcp1", "RESOURCE_CONTROL_POLICY", WORLD_RCP);
    org_policy(r, out, "p-rcp2", "RESOURCE_CONTROL_POLICY", WORLD_RCP);
}

/* ---- principals ---- */

static void entity(world_random *r, w403_buf *out, const char *account, bool user, const char *path, const char *who)
{
    const char *type = user ? "user" : "role";
    w403_buf_printf(out, "{\"Path\":\"%s\",\"%s\":\"%s\",\"%s\":\"%s%s\",\"Arn\":\"arn:aws:iam::%s:%s%s%s\",\"%s\":[", path,
                    user ? "UserName" : "RoleName", who, user ? "UserId" : "RoleId", user ? "AIDA" : "AROA",
                    strcmp(who, "alice") == 0 ? "ALICE" : strcmp(who, "bob") == 0 ? "BOB" : who, account, type, path, who,
                    user ? "UserPolicyList" : "RolePolicyList");
    unsigned n = world_below(r, 3);
    for (unsigned i = 0; i < n; i++) {
        w403_buf_printf(out, "%s{\"PolicyName\":\"i%u\",\"PolicyDocument\":", i ? "," : "", i);
        world_policy(r, WORLD_IDENTITY, out);
        w403_buf_putc(out, '}');
    }
    w403_buf_puts(out, "],\"AttachedManagedPolicies\":[");
    if (world_chance(r, 25)) {
        w403_buf_printf(out, "{\"PolicyName\":\"m1\",\"PolicyArn\":\"arn:aws:iam::%s:policy/%s\"}", account,
                        world_chance(r, 95) ? "m1" : "gone");
    }
    w403_buf_puts(out, "]");
    if (!user) {
        w403_buf_puts(out, ",\"AssumeRolePolicyDocument\":");
        world_policy(r, WORLD_TRUST, out);
    }
    if (user && world_chance(r, 20)) {
        w403_buf_puts(out, ",\"GroupList\":[\"g\"]");
    }
    if (world_chance(r, 20)) {
        w403_buf_printf(out, ",\"PermissionsBoundary\":{\"PermissionsBoundaryType\":\"Policy\",\"PermissionsBoundaryArn\":"
                             "\"arn:aws:iam::%s:policy/%s\"}", account, world_chance(r, 95) ? "pb" : "lost");
    }
    if (world_chance(r, 50)) {
        w403_buf_printf(out, ",\"Tags\":[{\"Key\":\"%s\",\"Value\":\"%s\"}]", world_chance(r, 90) ? "team" : "Team",
                        world_chance(r, 70) ? "team-a" : "team-b");
    }
    w403_buf_putc(out, '}');
}

static void managed(world_random *r, w403_buf *out, const char *account, const char *what)
{
    w403_buf_printf(out, "{\"PolicyName\":\"%s\",\"Arn\":\"arn:aws:iam::%s:policy/%s\",\"PolicyVersionList\":[{\"VersionId\":\"v1\","
                         "\"IsDefaultVersion\":true,\"Document\":", what, account, what);
    world_policy(r, WORLD_IDENTITY, out);
    w403_buf_puts(out, "}]}");
}

static void iam(world_random *r, w403_buf *out, const char *account)
{
    w403_buf_puts(out, "{\"UserDetailList\":[");
    entity(r, out, account, true, "/", "alice");
    w403_buf_putc(out, ',');
    entity(r, out, account, true, "/p/", "bob");
    w403_buf_puts(out, "],\"GroupDetailList\":[{\"GroupName\":\"g\",\"GroupId\":\"AGPAG\",\"Path\":\"/\",\"Arn\":");
    w403_buf_printf(out, "\"arn:aws:iam::%s:group/g\",\"GroupPolicyList\":[{\"PolicyName\":\"g1\",\"PolicyDocument\":", account);
    world_policy(r, WORLD_IDENTITY, out);
    w403_buf_puts(out, "}],\"AttachedManagedPolicies\":[]}],\"RoleDetailList\":[");
    entity(r, out, account, false, "/team/", "R");
    w403_buf_putc(out, ',');
    entity(r, out, account, false, "/aws-service-role/x.amazonaws.com/", "SLR");
    w403_buf_puts(out, "],\"Policies\":[");
    managed(r, out, account, "m1");
    w403_buf_putc(out, ',');
    managed(r, out, account, "pb");
    w403_buf_puts(out, "]}");
}

/* ---- buckets ---- */

static void bpa(world_random *r, w403_buf *out)
{
    bool all = world_chance(r, 15);
    w403_buf_printf(out, "{\"PublicAccessBlockConfiguration\":{\"BlockPublicAcls\":%s,\"IgnorePublicAcls\":%s,"
                         "\"BlockPublicPolicy\":%s,\"RestrictPublicBuckets\":%s}}",
                    all || world_chance(r, 30) ? "true" : "false", all || world_chance(r, 30) ? "true" : "false",
                    all || world_chance(r, 30) ? "true" : "false", all || world_chance(r, 30) ? "true" : "false");
}

static void grants(world_random *r, w403_buf *out, const char *owner, bool object)
{
    static const char *const groups[] = {"global/AllUsers", "global/AuthenticatedUsers", "s3/LogDelivery"};
    static const char *const rights[] = {"READ", "READ_ACP", "WRITE_ACP", "FULL_CONTROL", "WRITE"};
    bool                     owned = world_chance(r, 90);
    w403_buf_puts(out, "\"Grants\":[");
    if (owned) {
        w403_buf_printf(out, "{\"Grantee\":{\"Type\":\"CanonicalUser\",\"ID\":\"%s\"},\"Permission\":\"FULL_CONTROL\"}", owner);
    }
    for (unsigned i = world_below(r, 3); i > 0; i--) {
        w403_buf_printf(out, "%s{\"Grantee\":{", owned ? "," : "");
        if (world_chance(r, 50)) {
            w403_buf_printf(out, "\"Type\":\"Group\",\"URI\":\"http://acs.amazonaws.com/groups/%s\"", world_pick(r, groups));
        } else {
            w403_buf_printf(out, "\"Type\":\"CanonicalUser\",\"ID\":\"%s\"", world_pick(r, world_canonical));
        }
        w403_buf_printf(out, "},\"Permission\":\"%s\"}", world_pick_of(r, rights, object ? 4 : 5));
        owned = true;
    }
    w403_buf_putc(out, ']');
}

static const char *kms_key(world_random *r)
{
    static const char *const keys[] = {WORLD_KEY_1, WORLD_KEY_1, WORLD_KEY_1, WORLD_KEY_2, WORLD_KEY_3};
    return world_pick(r, keys);
}

static void one_object(world_random *r, w403_buf *out, const char *key, const char *version, bool latest, unsigned owner)
{
    unsigned who = world_chance(r, 35) ? world_below(r, 4) : owner;
    w403_buf_printf(out, "{\"Key\":\"%s\",\"IsLatest\":%s", key, latest ? "true" : "false");
    if (version) {
        w403_buf_printf(out, ",\"VersionId\":\"%s\"", version);
        if (world_chance(r, 12)) {
            w403_buf_puts(out, ",\"IsDeleteMarker\":true}");
            return;
        }
    }
    if (world_chance(r, 85)) {
        w403_buf_printf(out, ",\"Owner\":{\"ID\":\"%s\"}", world_canonical[who]);
    } else {
        who = owner;
    }
    if (world_chance(r, 70)) {
        w403_buf_putc(out, ',');
        grants(r, out, world_canonical[who], true);
    }
    if (world_chance(r, 70)) {
        w403_buf_printf(out, ",\"TagSet\":[%s%s%s]", world_chance(r, 70) ? "{\"Key\":\"class\",\"Value\":\"" : "",
                        "", "");
        if (out->p[out->n - 2] == '"') { /* one was begun */
            out->n -= 1;
            w403_buf_printf(out, "%s\"}]", world_chance(r, 60) ? "a" : "b");
        }
    }
    if (world_chance(r, 30)) {
        w403_buf_printf(out, ",\"ServerSideEncryption\":\"%s\",\"SSEKMSKeyId\":\"%s\",\"BucketKeyEnabled\":%s",
                        world_chance(r, 90) ? "aws:kms" : "aws:kms:dsse", kms_key(r), world_chance(r, 40) ? "true" : "false");
    } else if (world_chance(r, 50)) {
        w403_buf_puts(out, ",\"ServerSideEncryption\":\"AES256\"");
    }
    if (version && world_chance(r, 20)) {
        w403_buf_printf(out, ",\"ObjectLockMode\":\"%s\",\"ObjectLockRetainUntilDate\":\"%s\"",
                        world_chance(r, 50) ? "GOVERNANCE" : "COMPLIANCE",
                        world_chance(r, 70) ? "2030-01-01T00:00:00Z" : "2020-01-01T00:00:00Z");
    }
    if (version && world_chance(r, 5)) {
        w403_buf_puts(out, ",\"ObjectLockLegalHoldStatus\":\"ON\"");
    }
    w403_buf_putc(out, '}');
}

static void objects(world_random *r, w403_buf *out, unsigned owner)
{
    bool complete = world_chance(r, 65), versions = world_chance(r, 40);
    w403_buf_puts(out, complete ? "{\"complete\":true,\"Objects\":[" : "[");
    one_object(r, out, "x", versions ? "v2" : NULL, true, owner);
    if (versions) {
        w403_buf_putc(out, ',');
        one_object(r, out, "x", "v1", false, owner);
    }
    w403_buf_putc(out, ',');
    one_object(r, out, "team-a/x", NULL, true, owner);
    if (world_chance(r, 50)) {
        w403_buf_putc(out, ',');
        one_object(r, out, "d/x", NULL, true, owner);
    }
    w403_buf_puts(out, complete ? "]}" : "]");
}

static void encryption(world_random *r, w403_buf *out)
{
    w403_buf_printf(out, "{\"ServerSideEncryptionConfiguration\":{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{"
                         "\"SSEAlgorithm\":\"%s\"", world_chance(r, 40) ? "AES256" : "aws:kms");
    if (out->p[out->n - 2] == 's' && world_chance(r, 75)) {
        w403_buf_printf(out, ",\"KMSMasterKeyID\":\"%s\"", kms_key(r));
    }
    w403_buf_printf(out, "},\"BucketKeyEnabled\":%s%s}]}}", world_chance(r, 40) ? "true" : "false",
                    world_chance(r, 15) ? ",\"BlockedEncryptionTypes\":{\"EncryptionType\":[\"SSE-C\"]}" : "");
}

static void bucket(world_random *r, w403_buf *out, unsigned owner, const char *bucket_name)
{
    static const char *const modes[] = {"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter", "ObjectWriter"};
    char                     path[128];
#define PATH(leaf) \
    (snprintf(path, sizeof path, "accounts/%s/s3/%s/" leaf ".json", world_accounts[owner], bucket_name), path)
    name(out, PATH("location"));
    w403_buf_puts(out, world_chance(r, 99) ? "{\"LocationConstraint\":null}" : "{\"error\":{\"code\":\"NoSuchBucket\"}}");
    if (file(r, out, PATH("policy"), "NoSuchBucketPolicy", 75)) {
        world_policy(r, WORLD_RESOURCE, out);
    }
    if (file(r, out, PATH("acl"), NULL, 70)) {
        w403_buf_printf(out, "{\"Owner\":{\"ID\":\"%s\"},", world_canonical[owner]);
        grants(r, out, world_canonical[owner], false);
        w403_buf_putc(out, '}');
    }
    if (file(r, out, PATH("public-access-block"), "NoSuchPublicAccessBlockConfiguration", 35)) {
        bpa(r, out);
    }
    if (file(r, out, PATH("ownership-controls"), "OwnershipControlsNotFoundError", 80)) {
        w403_buf_printf(out, "{\"OwnershipControls\":{\"Rules\":[{\"ObjectOwnership\":\"%s\"}]}}", world_pick(r, modes));
    }
    if (file(r, out, PATH("encryption"), "ServerSideEncryptionConfigurationNotFoundError", 45)) {
        encryption(r, out);
    }
    if (file(r, out, PATH("request-payment"), NULL, 50)) {
        w403_buf_printf(out, "{\"Payer\":\"%s\"}", world_chance(r, 25) ? "Requester" : "BucketOwner");
    }
    if (file(r, out, PATH("abac"), NULL, 30)) {
        w403_buf_printf(out, "{\"AbacStatus\":{\"Status\":\"%s\"}}", world_chance(r, 75) ? "Enabled" : "Disabled");
    }
    if (file(r, out, PATH("tagging"), "NoSuchTagSet", 60)) {
        w403_buf_printf(out, "{\"TagSet\":[{\"Key\":\"Team\",\"Value\":\"%s\"}]}", world_chance(r, 60) ? "team-a" : "team-b");
    }
    if (file(r, out, PATH("objects"), NULL, 85)) {
        objects(r, out, owner);
    }
#undef PATH
}

/* ---- everything else ---- */

static void access_point(world_random *r, w403_buf *out, unsigned account, const char *ap, unsigned bucket_owner)
{
    char path[128];
    (void)snprintf(path, sizeof path, "accounts/%s/s3control/access-points/us-east-1/%s.json", world_accounts[account], ap);
    name(out, path);
    w403_buf_printf(out, "{\"Name\":\"%s\",\"Bucket\":\"b\",\"BucketAccountId\":\"%s\",\"AccessPointArn\":"
                         "\"arn:aws:s3:us-east-1:%s:accesspoint/%s\",%s,\"PublicAccessBlockConfiguration\":", ap,
                    world_accounts[bucket_owner], world_accounts[account], ap,
                    world_chance(r, 70) ? "\"NetworkOrigin\":\"Internet\""
                                        : "\"NetworkOrigin\":\"VPC\",\"VpcConfiguration\":{\"VpcId\":\"vpc-11111111\"}");
    w403_buf_printf(out, "{\"BlockPublicAcls\":false,\"IgnorePublicAcls\":%s,\"BlockPublicPolicy\":false,\"RestrictPublicBuckets\":%s}",
                    world_chance(r, 15) ? "true" : "false", world_chance(r, 25) ? "true" : "false");
    if (world_chance(r, 70)) {
        w403_buf_puts(out, ",\"Policy\":");
        world_policy(r, WORLD_RESOURCE, out);
    } else if (world_chance(r, 10)) {
        w403_buf_puts(out, ",\"Policy\":{\"error\":{\"code\":\"AccessDenied\"}}");
    }
    if (world_chance(r, 60)) {
        w403_buf_printf(out, ",\"Tags\":[{\"Key\":\"team\",\"Value\":\"%s\"}]", world_chance(r, 60) ? "team-a" : "team-b");
    }
    w403_buf_putc(out, '}');
}

static void endpoints(world_random *r, w403_buf *out)
{
    name(out, "accounts/" WORLD_A "/ec2/us-east-1/vpc-endpoints.json");
    w403_buf_puts(out, "{\"VpcEndpoints\":[");
    for (unsigned i = 1; i <= 2; i++) {
        w403_buf_printf(out, "%s{\"VpcEndpointId\":\"vpce-%u%u%u%u%u%u%u%u\",\"VpcEndpointType\":\"%s\",\"VpcId\":\"vpc-%u%u%u%u%u%u%u%u\","
                             "\"ServiceName\":\"com.amazonaws.us-east-1.s3\"", i > 1 ? "," : "", i, i, i, i, i, i, i, i,
                        i == 1 ? "Gateway" : "Interface", i, i, i, i, i, i, i, i);
        if (world_chance(r, 60)) {
            w403_buf_puts(out, ",\"PolicyDocument\":");
            world_policy(r, WORLD_ENDPOINT, out);
        }
        w403_buf_putc(out, '}');
    }
    w403_buf_puts(out, "]}");
}

static void kms_file(world_random *r, w403_buf *out, const char *arn, const char *account, const char *region)
{
    static const char *const grantees[] = {"arn:aws:iam::" WORLD_A ":user/alice", "arn:aws:iam::" WORLD_A ":role/team/R",
                                           "arn:aws:iam::" WORLD_B ":user/alice"};
    const char              *id = strrchr(arn, '/') + 1;
    char                     path[160];
    (void)snprintf(path, sizeof path, "accounts/%s/kms/%s/%s.json", account, region, id);
    name(out, path);
    if (world_chance(r, 2)) {
        w403_buf_printf(out, "{\"error\":{\"code\":\"%s\"}}", world_chance(r, 50) ? "NotFoundException" : "AccessDeniedException");
        return;
    }
    w403_buf_printf(out, "{\"KeyMetadata\":{\"AWSAccountId\":\"%s\",\"KeyId\":\"%s\",\"Arn\":\"%s\",\"KeyState\":\"%s\",\"KeyManager\":"
                         "\"%s\"}", account, id, arn, world_chance(r, 94) ? "Enabled" : world_chance(r, 50) ? "Disabled" : "PendingDeletion",
                    world_chance(r, 93) ? "CUSTOMER" : "AWS");
    w403_buf_puts(out, ",\"Policy\":");
    if (world_chance(r, 3)) {
        w403_buf_puts(out, "{\"error\":{\"code\":\"AccessDeniedException\"}}");
    } else {
        world_policy(r, WORLD_KEY, out);
    }
    if (world_chance(r, 60)) {
        w403_buf_printf(out, ",\"Tags\":[{\"TagKey\":\"team\",\"TagValue\":\"%s\"}]", world_chance(r, 60) ? "team-a" : "team-b");
    }
    if (world_chance(r, 20)) {
        w403_buf_printf(out, ",\"Grants\":[{\"GrantId\":\"g1\",\"GranteePrincipal\":\"%s\",\"Operations\":[\"%s\"]%s}]",
                        world_pick(r, grantees), world_chance(r, 60) ? "Decrypt" : "GenerateDataKey",
                        world_chance(r, 60) ? ""
                                            : ",\"Constraints\":{\"EncryptionContextSubset\":{\"aws:s3:arn\":\"arn:aws:s3:::b/x\"}}");
    }
    w403_buf_putc(out, '}');
}

void world_snapshot(world_random *r, w403_buf *out)
{
    unsigned owner = world_chance(r, 85) ? 0 : world_chance(r, 50) ? 3 : 1 + world_below(r, 2);
    char     path[96];
    w403_buf_putc(out, '{');
    organization(r, out);
    for (unsigned i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "accounts/%s/account.json", world_accounts[i]);
        name(out, path);
        w403_buf_printf(out, "{\"CanonicalId\":\"%s\"}", world_canonical[i]);
        (void)snprintf(path, sizeof path, "accounts/%s/iam/authorization-details.json", world_accounts[i]);
        name(out, path);
        iam(r, out, world_accounts[i]);
        (void)snprintf(path, sizeof path, "accounts/%s/s3control/public-access-block.json", world_accounts[i]);
        if (file(r, out, path, "NoSuchPublicAccessBlockConfiguration", 20)) {
            bpa(r, out);
        }
    }
    bucket(r, out, owner, "b");
    bucket(r, out, world_chance(r, 70) ? owner : 1, "c");
    access_point(r, out, 0, "ap1", owner);
    access_point(r, out, 1, "ap2", owner);
    endpoints(r, out);
    kms_file(r, out, WORLD_KEY_1, WORLD_A, "us-east-1");
    kms_file(r, out, WORLD_KEY_2, WORLD_B, "us-east-1");
    kms_file(r, out, WORLD_KEY_3, WORLD_A, "eu-west-1");
    w403_buf_puts(out, "}");
}

void world_policies(world_random *r, w403_buf *out)
{
    unsigned n = world_chance(r, 25) ? 1 + world_below(r, 2) : 0;
    w403_buf_puts(out, "[");
    for (unsigned i = 0; i < n; i++) {
        w403_buf_puts(out, i ? "," : "");
        world_policy(r, WORLD_IDENTITY, out);
    }
    w403_buf_puts(out, "]");
}
