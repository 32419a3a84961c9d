/* Random policy documents. */
#include "world.h"

typedef enum type { STR, ARN, NUM, DATE, BOOLEAN, IP, MANY, BIN } type;

static const struct key {
    const char *name;
    type        type;
    const char *values[7];
} keys[] = {
    {"aws:PrincipalArn", ARN, {"arn:aws:iam::" WORLD_A ":role/team/R", "arn:aws:iam::" WORLD_A ":user/alice",
                               "arn:aws:iam::*:role/team/*", "arn:aws:iam::" WORLD_B ":*", "arn:aws:iam::" WORLD_A ":root",
                               "arn:aws:sts::" WORLD_A ":assumed-role/R/s", "arn:aws:iam:*:user/alice"}},
    {"aws:PrincipalAccount", STR, {WORLD_A, WORLD_B, WORLD_C, "anonymous", "1111*", NULL}},
    {"aws:PrincipalOrgID", STR, {"o-exampleorgid", "o-otherorgid", "o-example*", "${aws:ResourceOrgID}", NULL}},
    {"aws:PrincipalOrgPaths", MANY, {"o-exampleorgid/r-ab12/*", "o-exampleorgid/r-ab12/ou-ab12-11111111/", "o-other/*", NULL}},
    {"aws:PrincipalTag/team", STR, {"team-a", "team-b", "team-?", "${aws:username}", "Team-A", NULL}},
    {"aws:PrincipalType", STR, {"User", "AssumedRole", "Anonymous", "Account", "FederatedUser", NULL}},
    {"idp:sub", STR, {"repo:o/r", "repo:o/*", "repo:*", NULL}},
    {"aws:userid", STR, {"AIDAALICE", "AROAR:s", "AROAR:*", "anonymous", "*:fed", NULL}},
    {"aws:username", STR, {"alice", "bob", "al*", "${aws:PrincipalTag/team}", NULL}},
    {"aws:PrincipalIsAWSService", BOOLEAN, {"true", "false", "False", NULL}},
    {"aws:ViaAWSService", BOOLEAN, {"true", "false", NULL}},
    {"aws:PrincipalServiceName", STR, {"s3.amazonaws.com", "logging.s3.amazonaws.com", NULL}},
    {"aws:SourceIp", IP, {"203.0.113.0/24", "203.0.113.9", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/1", "198.51.100.1/28", NULL}},
    {"aws:SourceVpce", STR, {"vpce-11111111", "vpce-22222222", "vpce-*", NULL}},
    {"aws:SourceVpc", STR, {"vpc-11111111", "vpc-22222222", NULL}},
    {"aws:SecureTransport", BOOLEAN, {"true", "false", NULL}},
    {"aws:MultiFactorAuthPresent", BOOLEAN, {"true", "false", NULL}},
    {"aws:MultiFactorAuthAge", NUM, {"300", "3600", "300.5", NULL}},
    {"aws:CurrentTime", DATE, {"2026-01-01T00:00:00Z", "2027-01-01", "1790000000", "2026-11-21T10:00:00Z", "2026-06-01T00:00:00", NULL}},
    {"aws:EpochTime", DATE, {"1700000000", "2027-01-01", NULL}},
    {"aws:ResourceAccount", STR, {WORLD_A, WORLD_B, "${aws:PrincipalAccount}", NULL}},
    {"s3:ResourceAccount", STR, {WORLD_A, WORLD_B, NULL}},
    {"aws:ResourceOrgID", STR, {"o-exampleorgid", "${aws:PrincipalOrgID}", NULL}},
    {"s3:prefix", STR, {"", "team-a/", "${aws:username}/", "d/*", "*", NULL}},
    {"s3:delimiter", STR, {"/", "", NULL}},
    {"s3:max-keys", NUM, {"10", "1000", "100", NULL}},
    {"s3:x-amz-acl", STR, {"public-read", "bucket-owner-full-control", "private", NULL}},
    {"s3:x-amz-server-side-encryption", STR, {"aws:kms", "AES256", "aws:*", NULL}},
    {"s3:x-amz-server-side-encryption-aws-kms-key-id", ARN, {WORLD_KEY_1, WORLD_KEY_2, NULL}},
    {"s3:ExistingObjectTag/class", STR, {"a", "b", "${aws:PrincipalTag/team}", NULL}},
    {"s3:RequestObjectTag/class", STR, {"a", "b", NULL}},
    {"s3:RequestObjectTagKeys", MANY, {"class", "team", "c*", NULL}},
    {"s3:VersionId", STR, {"v1", "v2", "v*", NULL}},
    {"s3:authType", STR, {"REST-HEADER", "REST-QUERY-STRING", NULL}},
    {"s3:signatureAge", NUM, {"600000", "1000", NULL}},
    {"s3:DataAccessPointArn", ARN, {"arn:aws:s3:us-east-1:" WORLD_A ":accesspoint/*", WORLD_AP_1, WORLD_AP_2, NULL}},
    {"s3:DataAccessPointAccount", STR, {WORLD_A, WORLD_B, NULL}},
    {"s3:AccessPointNetworkOrigin", STR, {"VPC", "Internet", NULL}},
    {"s3:x-amz-copy-source", STR, {"c/x", "c/*", NULL}},
    {"s3:x-amz-storage-class", STR, {"STANDARD", "GLACIER", NULL}},
    {"kms:ViaService", STR, {"s3.us-east-1.amazonaws.com", "s3.*.amazonaws.com", NULL}},
    {"kms:CallerAccount", STR, {WORLD_A, WORLD_B, NULL}},
    {"kms:EncryptionContext:aws:s3:arn", STR, {"arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", NULL}},
    {"aws:SourceArn", ARN, {"arn:aws:s3:::c", "arn:aws:s3:::*", "arn:aws:s3:::b", NULL}},
    {"aws:SourceAccount", STR, {WORLD_A, WORLD_B, NULL}},
    {"aws:RequestedRegion", STR, {"us-east-1", "eu-*", NULL}},
    {"aws:ResourceTag/team", STR, {"team-a", "team-b", "${aws:PrincipalTag/team}", NULL}},
    {"s3:BucketTag/team", STR, {"team-a", "team-?", NULL}},
    {"s3:AccessPointTag/Team", STR, {"team-a", "*", NULL}},
    {"sts:ExternalId", STR, {"e", "f", NULL}},
    {"x:blob", BIN, {"AQID", "QUJD", NULL}},
    {"x:list", MANY, {"p", "q", "r", "P*", "", NULL}},
};

static const char *const strings[] = {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
                                      "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "stringlike"};
static const char *const arns[] = {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike",
                                   "StringNotLike", "StringEquals", "StringNotEquals"};
static const char *const numbers[] = {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
                                      "NumericGreaterThan", "NumericGreaterThanEquals"};
static const char *const dates[] = {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
                                    "DateGreaterThan", "DateGreaterThanEquals"};

static const char *operator_of(world_random *r, type t)
{
    switch (t) {
    case ARN: return world_pick(r, arns);
    case NUM: return world_pick(r, numbers);
    case DATE: return world_pick(r, dates);
    case BOOLEAN: return "Bool";
    case IP: return world_chance(r, 50) ? "IpAddress" : "NotIpAddress";
    case BIN: return "BinaryEquals";
    default: return world_pick(r, strings);
    }
}

static void values(world_random *r, const struct key *k, w403_buf *out)
{
    unsigned n = 0, count = world_chance(r, 30) ? 2 : 1;
    while (n < 7 && k->values[n]) {
        n++;
    }
    if (world_chance(r, 1)) {
        w403_buf_puts(out, "[]");
        return;
    }
    w403_buf_puts(out, count > 1 ? "[" : "");
    for (unsigned i = 0; i < count; i++) {
        w403_buf_puts(out, i ? "," : "");
        w403_buf_json_string(out, w403_view_of(k->values[world_below(r, n)]));
    }
    w403_buf_puts(out, count > 1 ? "]" : "");
}

/* One or two different operators. */
static void condition(world_random *r, world_policy_kind kind, w403_buf *out)
{
    unsigned n_keys = sizeof keys / sizeof *keys, count = world_chance(r, 20) ? 2 : 1;
    w403_buf_puts(out, ",\"Condition\":{");
    for (unsigned i = 0; i < count; i++) {
        const struct key *k = &keys[world_below(r, world_chance(r, 60) ? 21 : n_keys)];
        const char       *set = "", *op;
        if (world_chance(r, k->type == MANY ? 85 : 6)) {
            set = world_chance(r, 50) ? "ForAllValues:" : "ForAnyValue:";
        }
        op = operator_of(r, k->type);
        bool null = world_chance(r, 8), exists = !null && world_chance(r, 18);
        w403_buf_printf(out, "%s\"%s%s%s\":{\"%s\":", i ? "," : "", null ? "" : set, null ? "Null" : op,
                        exists ? "IfExists" : "", k->name);
        if (null) {
            w403_buf_puts(out, world_chance(r, 50) ? "true" : "\"false\"");
        } else {
            values(r, k, out);
        }
        w403_buf_putc(out, '}');
        if (k->type == BOOLEAN && exists) { /* the name that the second one may have */
            break;
        }
        if (i == 0 && count == 2) {
            w403_buf_printf(out, ",\"BoolIfExists\":{\"aws:SecureTransport\":\"%s\"}",
                            world_chance(r, 70) ? "true" : "false");
            break;
        }
    }
    (void)kind;
    w403_buf_putc(out, '}');
}

/* ---- elements ---- */

static const char *const principals[] = {
    "\"*\"", "\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":\"" WORLD_A "\"}", "{\"AWS\":\"arn:aws:iam::" WORLD_A ":root\"}",
    "{\"AWS\":\"arn:aws:iam::" WORLD_B ":root\"}", "{\"AWS\":\"" WORLD_C "\"}",
    "{\"AWS\":\"arn:aws:iam::" WORLD_A ":user/alice\"}", "{\"AWS\":\"arn:aws:iam::" WORLD_A ":role/team/R\"}",
    "{\"AWS\":\"arn:aws:iam::" WORLD_A ":role/R\"}", "{\"AWS\":\"arn:aws:sts::" WORLD_A ":assumed-role/R/s\"}",
    "{\"AWS\":\"arn:aws:sts::" WORLD_A ":federated-user/fed\"}", "{\"AWS\":\"arn:aws:iam::" WORLD_B ":user/alice\"}",
    "{\"AWS\":[\"arn:aws:iam::" WORLD_B ":role/team/R\",\"" WORLD_A "\"]}", "{\"AWS\":\"AIDAALICE\"}",
    "{\"AWS\":\"AROAR\"}", "{\"Service\":\"s3.amazonaws.com\"}",
    "{\"Service\":[\"logging.s3.amazonaws.com\",\"s3.amazonaws.com\"]}",
    "{\"CanonicalUser\":\"" WORLD_CANON("1a1a") "\"}", "{\"Federated\":\"cognito-identity.amazonaws.com\"}",
    "{\"AWS\":[\"arn:aws:iam::" WORLD_A ":user/alice\",\"arn:aws:iam::" WORLD_A ":root\"]}",
    "{\"AWS\":\"" WORLD_OAI "\"}", "{\"CanonicalUser\":\"" WORLD_OAI_CANON "\"}",
    "{\"AWS\":[\"arn:aws:sts::" WORLD_A ":assumed-role/R/s\",\"arn:aws:iam::" WORLD_A ":role/team/R\",\"" WORLD_A "\"]}",
};
static const char *const wide_actions[] = {"\"s3:*\"", "\"*\"", "[\"s3:*\",\"kms:*\"]"};
static const char *const actions[] = {
    "\"s3:Get*\"", "\"s3:GetObject\"", "\"s3:PutObject\"", "\"s3:List*\"", "\"s3:ListBucket\"", "\"s3:DeleteObject*\"",
    "\"s3:*Object\"", "\"s3:Put*\"", "\"s3:getobject\"", "\"kms:Decrypt\"", "[\"kms:GenerateDataKey*\",\"s3:PutObject\"]",
    "\"ec2:*\"", "\"s3:GetObjectVersion\"", "\"s3:?etObject\"", "\"s3:*Acl\"", "\"s3:*Tagging\"", "\"S3:*BucketPolicy\"",
    "[\"s3:GetObject\",\"s3:ListBucket\"]", "\"s3:GetObject,PutObject\"", "\"kms:*\"", "[]",
    "\"sts:AssumeRole\"", "\"sts:*\"", "\"*:GetObject\"",
};
static const char *const resources[] = {
    "\"arn:aws:s3:::b\"", "\"arn:aws:s3:::b/*\"", "\"arn:aws:s3:::b*\"", "\"arn:aws:s3:::b/team-a/*\"",
    "[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/*\"]", "[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/*\"]",
    "\"arn:aws:s3:::b/${aws:username}/*\"", "\"arn:aws:s3:::b/${aws:PrincipalTag/team}/*\"", "\"arn:aws:s3:::*\"",
    "\"arn:aws:s3:::b/${aws:PrincipalTag/none, 'team-a'}/*\"", "\"arn:aws:s3:::?/x\"", "\"arn:aws:s3:::b/d/x\"",
    "\"arn:aws:s3:::c/*\"", "\"arn:aws-cn:s3:::b/*\"", "\"arn:aws:s3:::b/${*}\"",
    "[\"" WORLD_AP_1 "\",\"" WORLD_AP_1 "/object/*\"]", "\"arn:aws:s3:*:*:accesspoint/*\"",
    "\"" WORLD_KEY_1 "\"", "\"arn:aws:kms:*:*:key/*\"", "\"arn:aws:iam::" WORLD_A ":role/team/*\"", "\"arn:aws:s3:::b/${aws:PrincipalOrgPaths}/*\"", "[]",
};

static void principal(world_random *r, world_policy_kind kind, bool deny, w403_buf *out)
{
    if (kind == WORLD_IDENTITY || kind == WORLD_SCP) {
        return;
    }
    if (kind == WORLD_TRUST && world_chance(r, 15)) {
        w403_buf_printf(out, ",\"Principal\":{\"Federated\":\"%s\"}", world_chance(r, 70) ? WORLD_OIDC("idp") : WORLD_OIDC("idq"));
        return;
    }
    bool star = kind == WORLD_RCP || (kind == WORLD_ENDPOINT && world_chance(r, 90)) || world_chance(r, 15);
    bool not = kind == WORLD_RESOURCE && !star && world_chance(r, deny ? 12 : 2);
    w403_buf_printf(out, ",\"%s\":%s", not ? "NotPrincipal" : "Principal",
                    star ? "\"*\"" : kind == WORLD_ENDPOINT ? "{\"AWS\":\"" WORLD_A "\"}" : world_pick(r, principals));
}

static void action(world_random *r, world_policy_kind kind, bool wide, w403_buf *out)
{
    bool not = kind != WORLD_RCP && world_chance(r, 5);
    if (kind == WORLD_TRUST) {
        static const char *const taken[] = {"\"sts:AssumeRole\"", "\"sts:AssumeRole\"", "\"sts:*\"",
                                            "[\"sts:AssumeRole\",\"sts:TagSession\"]", "\"sts:TagSession\"",
                                            "\"sts:AssumeRoleWithWebIdentity\""};
        w403_buf_printf(out, ",\"Action\":%s", world_pick(r, taken));
        return;
    }
    if (wide && !not) {
        w403_buf_printf(out, ",\"Action\":%s",
                        kind == WORLD_RCP ? "[\"s3:*\",\"kms:*\",\"sts:*\"]" : world_pick(r, wide_actions));
    } else {
        w403_buf_printf(out, ",\"%s\":%s", not ? "NotAction" : "Action", world_pick(r, actions));
    }
}

static void resource(world_random *r, world_policy_kind kind, bool deny, bool wide, w403_buf *out)
{
    if (kind == WORLD_TRUST) {
        return;
    }
    bool star = kind == WORLD_KEY || (kind == WORLD_SCP && !deny) || wide;
    bool not = !star && world_chance(r, 7);
    w403_buf_printf(out, ",\"%s\":%s", not ? "NotResource" : "Resource",
                    star && !(kind == WORLD_KEY && world_chance(r, 5)) ? "\"*\"" : world_pick(r, resources));
}

/* What AWS would not have stored. */
typedef enum flaw {
    SOUND, NO_EFFECT, OTHER_EFFECT, LOWER_EFFECT, BAD_PRINCIPAL, NO_PRINCIPAL, NO_ACTION, BAD_RESOURCE, NO_RESOURCE,
    BAD_OPERATOR, BAD_CIDR, EXTRA, FLAWS
} flaw;

static void statement(world_random *r, world_policy_kind kind, w403_buf *out)
{
    bool deny = kind == WORLD_RCP || world_chance(r, kind == WORLD_SCP ? 45 : 25);
    bool wide = !deny && world_chance(r, 62);
    flaw what = kind != WORLD_TRUST && world_chance(r, 3) ? (flaw)(1 + world_below(r, FLAWS - 1)) : SOUND;
    w403_buf_puts(out, what == NO_EFFECT      ? "{\"Sid\":\"E\""
                       : what == OTHER_EFFECT ? "{\"Effect\":\"Never\""
                       : what == LOWER_EFFECT ? (deny ? "{\"Effect\":\"deny\"" : "{\"Effect\":\"allow\"")
                       : deny                 ? "{\"Effect\":\"Deny\""
                                              : "{\"Effect\":\"Allow\"");
    if (what == BAD_PRINCIPAL) {
        w403_buf_puts(out, ",\"Principal\":{\"AWS\":\"bob\"}");
    } else if (what != NO_PRINCIPAL) {
        principal(r, kind, deny, out);
    }
    if (what != NO_ACTION) {
        action(r, kind, wide, out);
    }
    if (what == BAD_RESOURCE) {
        w403_buf_puts(out, ",\"Resource\":[\"<bucket>\",\"arn:aws:s3:::c/*\"]");
    } else if (what != NO_RESOURCE) {
        resource(r, kind, deny, wide || world_chance(r, 30), out);
    }
    if (what == BAD_OPERATOR || what == BAD_CIDR) {
        w403_buf_puts(out, what == BAD_CIDR ? ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"203.0.113.0/33\"}}"
                                            : ",\"Condition\":{\"StringEqual\":{\"aws:SourceVpce\":\"x\"}}");
    } else if (world_chance(r, deny ? 88 : wide ? 25 : 50)) {
        condition(r, kind, out);
    }
    w403_buf_puts(out, what == EXTRA ? ",\"Actions\":\"s3:*\"}" : "}");
}

void world_policy(world_random *r, world_policy_kind kind, w403_buf *out)
{
    unsigned n = 1 + world_below(r, 3);
    bool     org = kind == WORLD_SCP || kind == WORLD_RCP;
    w403_buf_putc(out, '{');
    if (org || world_chance(r, 88)) {
        w403_buf_printf(out, "\"Version\":\"%s\",", org || world_chance(r, 92) ? "2012-10-17" : "2008-10-17");
    }
    w403_buf_puts(out, "\"Statement\":[");
    if (kind == WORLD_KEY && world_chance(r, 65)) {
        w403_buf_puts(out, "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::" WORLD_A
                           ":root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},");
    }
    for (unsigned i = 0; i < n; i++) {
        w403_buf_puts(out, i ? "," : "");
        statement(r, kind, out);
    }
    w403_buf_puts(out, "]}");
}
