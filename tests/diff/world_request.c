/* Random requests. */
#include <stdio.h>
#include <string.h>

#include "world.h"

static const char *const object_ops[] = {
    "GetObject", "GetObject", "GetObject", "HeadObject", "PutObject", "PutObject", "DeleteObject", "GetObjectAcl",
    "PutObjectAcl", "GetObjectTagging", "DeleteObjectTagging", "CopyObject", "CreateMultipartUpload", "UploadPart",
    "CompleteMultipartUpload", "GetObjectAttributes",
};
static const char *const bucket_ops[] = {
    "ListObjectsV2", "ListObjectsV2", "HeadBucket", "ListObjectVersions", "GetBucketAcl", "PutBucketAcl",
    "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", "ListMultipartUploads", "DeleteObjects",
};
static const char *const raw_actions[] = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion",
                                          "s3:PutObjectAcl"};
static const char *const names[] = {"x", "x", "d/x", "team-a/x", "alice/x", "gone"};
static const char *const callers[] = {
    "user/alice", "user/alice", "user/p/bob", "role/team/R", "role/team/R", "R", "fed", "root", "slr",
};
static const char *const canned[] = {"private", "public-read", "authenticated-read", "bucket-owner-full-control",
                                     "bucket-owner-read", "public-read-write"};

static void principal(world_random *r, bool session, w403_buf *out)
{
    static const char *const sessions[] = {"role/team/R", "role/team/R", "R", "R", "fed", "slr"};
    const char *account = world_chance(r, 60) ? WORLD_A : world_accounts[world_below(r, 4)];
    const char *who = session ? world_pick(r, sessions) : world_pick(r, callers);
    if (!session && world_chance(r, 8)) {
        w403_buf_puts(out, "\"principal\":\"anonymous\"");
    } else if (!session && world_chance(r, 5)) {
        w403_buf_printf(out, "\"principal\":\"%s\"", world_chance(r, 50) ? WORLD_OAI : WORLD_OAI_CANON);
    } else if (!session && world_chance(r, 4)) {
        w403_buf_printf(out, "\"principal\":\"service:%s\",\"context\":{\"aws:SourceArn\":\"arn:aws:s3:::c\",\"aws:SourceAccount\":\"%s\"}",
                        world_chance(r, 60) ? "s3.amazonaws.com" : "logging.s3.amazonaws.com",
                        world_chance(r, 60) ? WORLD_A : WORLD_B);
        return;
    } else if (strcmp(who, "R") == 0) {
        w403_buf_printf(out, "\"principal\":\"arn:aws:sts::%s:assumed-role/R/%s\"", account, world_chance(r, 70) ? "s" : "t");
    } else if (strcmp(who, "fed") == 0) {
        w403_buf_printf(out, "\"principal\":\"arn:aws:sts::%s:federated-user/fed\",\"issuer\":\"arn:aws:iam::%s:user/alice\"", account,
                        account);
    } else if (strcmp(who, "slr") == 0) {
        w403_buf_printf(out, "\"principal\":\"arn:aws:sts::%s:assumed-role/SLR/s\"", account);
    } else {
        w403_buf_printf(out, "\"principal\":\"arn:aws:iam::%s:%s\"%s", account, who,
                        strncmp(who, "role", 4) == 0 ? ",\"session_name\":\"s\"" : "");
    }
    w403_buf_puts(out, ",\"context\":{\"aws:SourceArn\":null,\"aws:SourceAccount\":null");
    if (world_chance(r, 10)) {
        w403_buf_puts(out, ",\"x:list\":[\"p\",\"q\"],\"x:blob\":\"AQID\"");
    } else if (world_chance(r, 10)) {
        w403_buf_puts(out, ",\"x:list\":{\"unknown\":true},\"x:blob\":null");
    } else {
        w403_buf_puts(out, ",\"x:list\":null,\"x:blob\":null");
    }
    if (world_chance(r, 3)) {
        w403_buf_puts(out, ",\"aws:PrincipalTag/team\":{\"unknown\":true}");
    } else if (world_chance(r, 4)) {
        w403_buf_puts(out, ",\"aws:PrincipalTag/team\":\"team-b\"");
    }
    w403_buf_putc(out, '}');
}

/* `kms`: a call to another service, not through the endpoints of S3. */
static void network(world_random *r, bool kms, w403_buf *out)
{
    static const char *const from[] = {"203.0.113.9", "198.51.100.7", "10.1.2.3", "2001:db8::7"};
    unsigned                 x = world_below(r, kms ? 62 : 100);
    if (x < 62) {
        w403_buf_printf(out, ",\"from\":\"%s\"", world_pick(r, from));
    } else if (x < 95) {
        w403_buf_printf(out, ",\"via\":\"%s\"", x < 80 ? "vpce-11111111" : "vpce-22222222");
    }
    if (world_chance(r, 8)) {
        w403_buf_puts(out, ",\"secure\":false");
    }
    if (world_chance(r, 60)) {
        w403_buf_puts(out, world_chance(r, 50) ? ",\"mfa\":{\"age\":300}" : ",\"mfa\":false");
    }
    w403_buf_puts(out, ",\"at\":\"2026-11-21T10:00:00Z\"");
    if (world_chance(r, 8)) {
        w403_buf_printf(out, ",\"presigned\":{\"signed_at\":\"2026-11-21T09:%s0:00Z\",\"expires_in\":3600}",
                        world_chance(r, 80) ? "5" : "0");
    }
}

static void header(w403_buf *out, const char *name, const char *value)
{
    w403_buf_printf(out, "%s\"%s\":\"%s\"", out->p[out->n - 1] == '{' ? "" : ",", name, value);
}

static void upload_headers(world_random *r, const char *op, w403_buf *out)
{
    static const char *const how[] = {"AES256", "aws:kms", "aws:kms", "aws:kms:dsse"};
    if (world_chance(r, 30)) {
        const char *sse = world_pick(r, how);
        header(out, "x-amz-server-side-encryption", sse);
        if (sse[0] == 'a' && world_chance(r, 80)) {
            header(out, "x-amz-server-side-encryption-aws-kms-key-id", world_chance(r, 70) ? WORLD_KEY_1 : WORLD_KEY_2);
        }
        if (sse[0] == 'a' && !sse[7] && world_chance(r, 20)) {
            header(out, "x-amz-server-side-encryption-bucket-key-enabled", world_chance(r, 50) ? "true" : "false");
        }
    } else if (world_chance(r, 4)) {
        header(out, "x-amz-server-side-encryption-customer-algorithm", "AES256");
    }
    if (world_chance(r, 20)) {
        header(out, "x-amz-acl", world_pick(r, canned));
    } else if (world_chance(r, 5)) {
        char grant[80];
        (void)snprintf(grant, sizeof grant, "id=%s", world_pick(r, world_canonical));
        header(out, "x-amz-grant-full-control", grant);
    }
    if (strcmp(op, "CopyObject") != 0 && world_chance(r, 20)) {
        header(out, "x-amz-tagging", world_chance(r, 60) ? "class=a" : "class=b&team=q");
    }
    if (world_chance(r, 5)) {
        header(out, "If-Match", "e");
    }
}

static void headers(world_random *r, const char *op, w403_buf *out)
{
    w403_buf_puts(out, ",\"headers\":{");
    if (world_chance(r, 30)) {
        header(out, "x-amz-request-payer", "requester");
    }
    if (world_chance(r, 4)) {
        header(out, "x-amz-expected-bucket-owner", world_chance(r, 60) ? WORLD_A : WORLD_C);
    }
    if (strcmp(op, "PutObject") == 0 || strcmp(op, "CopyObject") == 0 || strcmp(op, "CreateMultipartUpload") == 0) {
        upload_headers(r, op, out);
    }
    if (strcmp(op, "CopyObject") == 0) {
        header(out, "x-amz-copy-source", world_chance(r, 60) ? "c/x" : world_chance(r, 50) ? "c/gone" : "c/x?versionId=v1");
    }
    if (strcmp(op, "PutObjectAcl") == 0 || strcmp(op, "PutBucketAcl") == 0) {
        header(out, "x-amz-acl", world_pick(r, canned));
    }
    if (strncmp(op, "DeleteObject", 12) == 0 && world_chance(r, 20)) {
        header(out, "x-amz-bypass-governance-retention", "true");
    }
    w403_buf_puts(out, "}");
}

static void resource(world_random *r, const char *op, const char *key, w403_buf *out)
{
    bool     direct = !key && strncmp(op, "List", 4) != 0 && strncmp(op, "Head", 4) != 0; /* not of access points */
    unsigned x = world_below(r, direct ? 80 : 100);
    if (x < 80) {
        w403_buf_printf(out, "\"resource\":\"arn:aws:s3:::b%s%s\",", key ? "/" : "", key ? key : "");
    } else {
        w403_buf_printf(out, "\"resource\":\"%s%s%s\",", x < 93 ? WORLD_AP_1 : WORLD_AP_2, key ? "/object/" : "", key ? key : "");
    }
}

static bool versioned(const char *op)
{
    static const char *const ops[] = {"GetObject", "HeadObject", "DeleteObject", "GetObjectAcl", "GetObjectTagging", "PutObjectAcl"};
    for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (strcmp(op, ops[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void object_request(world_random *r, bool session, w403_buf *out)
{
    const char *op = world_pick(r, object_ops);
    w403_buf_printf(out, "\"operation\":\"%s\",", op);
    resource(r, op, world_pick(r, names), out);
    principal(r, session, out);
    headers(r, op, out);
    if (versioned(op) && world_chance(r, 20)) {
        w403_buf_printf(out, ",\"version_id\":\"%s\"", world_chance(r, 70) ? "v1" : world_chance(r, 50) ? "v2" : "v9");
    }
    if (strcmp(op, "UploadPart") == 0 || strcmp(op, "CompleteMultipartUpload") == 0) {
        w403_buf_printf(out, ",\"upload\":{\"kms_key\":\"%s\",\"checksum\":%s}", world_chance(r, 50) ? "" : WORLD_KEY_1,
                        world_chance(r, 50) ? "true" : "false");
    }
}

static void bucket_request(world_random *r, bool session, w403_buf *out)
{
    const char *op = world_pick(r, bucket_ops);
    w403_buf_printf(out, "\"operation\":\"%s\",", op);
    resource(r, op, NULL, out);
    principal(r, session, out);
    headers(r, op, out);
    if (strcmp(op, "ListObjectsV2") == 0 || strcmp(op, "ListObjectVersions") == 0) {
        static const char *const queries[] = {"", "\"prefix\":\"\",\"delimiter\":\"/\"", "\"prefix\":\"team-a/\"",
                                              "\"prefix\":\"alice/\",\"max-keys\":\"100\"", "\"prefix\":\"d/q\""};
        w403_buf_printf(out, ",\"query\":{%s}", world_pick(r, queries));
    } else if (strcmp(op, "PutBucketPolicy") == 0) {
        w403_buf_puts(out, ",\"body\":{\"policy\":");
        world_policy(r, WORLD_RESOURCE, out);
        w403_buf_putc(out, '}');
    } else if (strcmp(op, "DeleteObjects") == 0) {
        w403_buf_printf(out, ",\"body\":{\"keys\":[{\"Key\":\"%s\"},{\"Key\":\"%s\"%s}]}", world_pick(r, names),
                        world_pick(r, names), world_chance(r, 40) ? ",\"VersionId\":\"v1\"" : "");
    }
}

void world_request(world_random *r, bool session, w403_buf *out)
{
    unsigned x = world_below(r, 100);
    w403_buf_putc(out, '{');
    if (x < 64) {
        object_request(r, session, out);
    } else if (x < 90) {
        bucket_request(r, session, out);
    } else if (x < 94) {
        w403_buf_printf(out, "\"action\":\"%s\",", world_pick(r, raw_actions));
        resource(r, "", world_pick(r, names), out);
        principal(r, session, out);
    } else if (x < 97) {
        if (!session && world_chance(r, 25)) {
            w403_buf_printf(out, "\"action\":\"sts:AssumeRoleWithWebIdentity\",\"resource\":\"arn:aws:iam::" WORLD_A
                            ":role/team/R\",\"context\":{\"idp:sub\":\"repo:o/%s\"},\"principal\":\"%s\"",
                            world_chance(r, 70) ? "r" : "t", world_chance(r, 80) ? WORLD_OIDC("idp") : WORLD_OIDC("idq"));
            network(r, true, out);
            w403_buf_putc(out, '}');
            return;
        }
        w403_buf_printf(out, "\"action\":\"%s\",\"resource\":\"arn:aws:iam::%s:role/team/R\",",
                        world_chance(r, 80) ? "sts:AssumeRole" : "sts:TagSession", world_chance(r, 75) ? WORLD_A : WORLD_B);
        principal(r, session, out);
    } else if (x < 99) {
        w403_buf_printf(out, "\"action\":\"%s\",\"resource\":\"%s\",", world_chance(r, 60) ? "kms:Decrypt" : "kms:GenerateDataKey",
                        world_chance(r, 60) ? WORLD_KEY_1 : WORLD_KEY_2);
        principal(r, session, out);
    } else {
        w403_buf_puts(out, "\"operation\":\"ListBuckets\",\"resource\":\"*\",");
        principal(r, session, out);
    }
    network(r, x >= 94 && x < 99, out);
    w403_buf_putc(out, '}');
}
