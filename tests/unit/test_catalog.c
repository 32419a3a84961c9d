/* The compiled tables: spot checks of each, and what must hold for every row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/glob.h"
#include "catalog/catalog.h"
#include "catalog/reference.h"

#define VIEW(s) w403_view_of(s)

/* ---- actions ---- */

static void action_names(void **state)
{
    (void)state;
    assert_int_equal(w403_action_find(VIEW("s3:GetObject")), W403_ACTION_S3_GETOBJECT);
    assert_int_equal(w403_action_find(VIEW("S3:getobject")), W403_ACTION_S3_GETOBJECT);
    assert_int_equal(w403_action_find(VIEW("kms:GenerateDataKey")), W403_ACTION_KMS_GENERATEDATAKEY);
    assert_int_equal(w403_action_find(VIEW("sts:AssumeRole")), W403_ACTION_STS_ASSUMEROLE);
    assert_int_equal(w403_action_find(VIEW("s3:GetObjec")), W403_ACTION_NONE);
    assert_int_equal(w403_action_find(VIEW("s3:GetObject ")), W403_ACTION_NONE);
    assert_int_equal(w403_action_find(VIEW("")), W403_ACTION_NONE);
    assert_int_equal(w403_action_find((w403_view){NULL, 0}), W403_ACTION_NONE);
    assert_int_equal(w403_action_find((w403_view){"s3:GetObjectX", 12}), W403_ACTION_S3_GETOBJECT);
    assert_null(w403_action_at(W403_ACTION_COUNT));
    assert_null(w403_action_at(W403_ACTION_NONE));
    assert_true(W403_ACTION_COUNT <= 512);
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        const w403_action *a = w403_action_at(i);
        assert_int_equal(w403_action_find(VIEW(a->name)), i);
        assert_int_equal(w403_action_exists(VIEW(a->name)), W403_YES);
        assert_true(a->access_level[0] != '\0');
    }
    assert_string_equal(w403_action_at(W403_ACTION_S3_GETOBJECT)->access_level, "Read");
    assert_string_equal(w403_action_at(W403_ACTION_S3_LISTALLMYBUCKETS)->resource_types, "");
}

static void action_keys(void **state)
{
    (void)state;
    assert_true(w403_action_has_key(W403_ACTION_S3_PUTOBJECT, W403_KEY_S3_X_AMZ_ACL));
    assert_false(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_S3_X_AMZ_ACL));
    assert_true(w403_action_has_key(W403_ACTION_S3_LISTBUCKET, W403_KEY_S3_PREFIX));
    assert_true(w403_action_has_key(W403_ACTION_S3_LISTBUCKET, W403_KEY_S3_DELIMITER));
    assert_true(w403_action_has_key(W403_ACTION_S3_LISTBUCKET, W403_KEY_S3_MAX_KEYS));
    assert_false(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_S3_PREFIX));
    assert_true(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_S3_EXISTINGOBJECTTAG));
    assert_true(w403_action_has_key(W403_ACTION_KMS_DECRYPT, W403_KEY_KMS_ENCRYPTIONCONTEXT));
    /* of the resource type only */
    assert_true(w403_action_has_key(W403_ACTION_S3_LISTBUCKET, W403_KEY_S3_BUCKETTAG));
    assert_true(w403_action_has_key(W403_ACTION_KMS_DECRYPT, W403_KEY_KMS_KEYORIGIN));
    /* of every action */
    assert_true(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_AWS_SOURCEIP));
    assert_true(w403_action_has_key(W403_ACTION_KMS_DECRYPT, W403_KEY_AWS_PRINCIPALARN));
    assert_false(w403_action_has_key(W403_ACTION_NONE, W403_KEY_AWS_SOURCEIP));
    assert_false(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_NONE));
    assert_false(w403_action_has_key(W403_ACTION_S3_GETOBJECT, W403_KEY_COUNT));
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        const uint16_t *key = w403_action_at(i)->keys;
        for (uint16_t last = 0; *key != 0; last = *key++) {
            assert_true(*key > last && *key < W403_KEY_COUNT);
            assert_true(w403_action_has_key(i, *key));
        }
    }
}

static void actions_of_all_services(void **state)
{
    (void)state;
    assert_int_equal(w403_action_exists(VIEW("*")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("dynamodb:GetItem")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("DynamoDB:getitem")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("dynamodb:GetIte")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("s3:HeadObject")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("s3:ListObjectsV2")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("s3:*")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("s3:Get*Tagging")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("s3:Git*")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("s3:GetObjec?")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("s3:")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("GetObject")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("nosuchservice:Get*")), W403_UNKNOWN);
    assert_int_equal(w403_action_exists(VIEW("*:GetObject")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("s3*:GetTable")), W403_YES);
    assert_int_equal(w403_action_exists(VIEW("s3*:NoSuchName")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("nosuch*:*")), W403_UNKNOWN);
    /* two names are not one */
    assert_int_equal(w403_action_exists(VIEW("s3:GetObject GetObjectAcl")), W403_NO);
    assert_int_equal(w403_action_exists(VIEW("ec2:DescribeInstances")), W403_YES);
}

/* ---- keys ---- */

static void check_key(const char *name, uint16_t id, const char *param)
{
    w403_view got, want = param ? VIEW(param) : (w403_view){NULL, 0};
    assert_int_equal(w403_key_find(VIEW(name), &got), id);
    assert_int_equal(got.n, want.n);
    assert_true(want.n == 0 || w403_view_eq(got, want));
    assert_int_equal(w403_key_find(VIEW(name), NULL), id);
}

static void key_names(void **state)
{
    (void)state;
    check_key("aws:SourceIp", W403_KEY_AWS_SOURCEIP, NULL);
    check_key("AWS:sourceip", W403_KEY_AWS_SOURCEIP, NULL);
    check_key("aws:SourceARN", W403_KEY_AWS_SOURCEARN, NULL);
    check_key("s3:x-amz-acl", W403_KEY_S3_X_AMZ_ACL, NULL);
    check_key("aws:PrincipalTag/Team", W403_KEY_AWS_PRINCIPALTAG, "Team");
    check_key("aws:principaltag/a/b", W403_KEY_AWS_PRINCIPALTAG, "a/b");
    check_key("aws:PrincipalTag/", W403_KEY_NONE, NULL);
    check_key("aws:PrincipalTag", W403_KEY_NONE, NULL);
    check_key("aws:SourceIp/x", W403_KEY_NONE, NULL);
    check_key("s3:ExistingObjectTag/team", W403_KEY_S3_EXISTINGOBJECTTAG, "team");
    check_key("kms:EncryptionContext:aws:s3:arn", W403_KEY_KMS_ENCRYPTIONCONTEXT, "aws:s3:arn");
    check_key("kms:EncryptionContext:a/b", W403_KEY_KMS_ENCRYPTIONCONTEXT, "a/b");
    check_key("kms:EncryptionContextKeys", W403_KEY_KMS_ENCRYPTIONCONTEXTKEYS, NULL);
    check_key("token.actions.corp.ghe.com:actor", W403_KEY_TOKEN_ACTIONS_DOMAIN_GHE_COM_ACTOR, "corp");
    check_key("aws:NoSuchKey", W403_KEY_NONE, NULL);
    check_key("", W403_KEY_NONE, NULL);
    check_key(":", W403_KEY_NONE, NULL);
    check_key("/", W403_KEY_NONE, NULL);
    check_key("::", W403_KEY_NONE, NULL);
    assert_null(w403_key_at(W403_KEY_NONE));
    assert_null(w403_key_at(W403_KEY_COUNT));
    for (uint16_t i = 1; i < W403_KEY_COUNT; i++) /* its own placeholder is a free part too */
        assert_int_equal(w403_key_find(VIEW(w403_key_at(i)->name), NULL), i);
}

static void key_types(void **state)
{
    (void)state;
    assert_int_equal(w403_key_at(W403_KEY_AWS_SOURCEIP)->type, W403_KEY_TYPE_IP);
    assert_int_equal(w403_key_at(W403_KEY_AWS_PRINCIPALARN)->type, W403_KEY_TYPE_ARN);
    assert_int_equal(w403_key_at(W403_KEY_AWS_SECURETRANSPORT)->type, W403_KEY_TYPE_BOOL);
    assert_int_equal(w403_key_at(W403_KEY_AWS_CURRENTTIME)->type, W403_KEY_TYPE_DATE);
    assert_int_equal(w403_key_at(W403_KEY_S3_MAX_KEYS)->type, W403_KEY_TYPE_NUMERIC);
    assert_int_equal(w403_key_at(W403_KEY_S3_PREFIX)->type, W403_KEY_TYPE_STRING);
    assert_true(w403_key_at(W403_KEY_AWS_TAGKEYS)->multi);
    assert_true(w403_key_at(W403_KEY_S3_REQUESTOBJECTTAGKEYS)->multi);
    assert_false(w403_key_at(W403_KEY_S3_PREFIX)->multi);
    assert_true(w403_key_at(W403_KEY_AWS_RESOURCETAG)->param);
    assert_false(w403_key_at(W403_KEY_AWS_TAGKEYS)->param);
}

/* ---- operations ---- */

static const w403_permission *permission_of(const char *operation, const char *action)
{
    const w403_operation *op = w403_operation_find(VIEW(operation));
    assert_non_null(op);
    for (uint16_t i = 0; i < op->n_permissions; i++)
        if (w403_view_eq(VIEW(op->permissions[i].action), VIEW(action)))
            return &op->permissions[i];
    fail_msg("%s does not need %s", operation, action);
    return NULL;
}

static void operation_rows(void **state)
{
    (void)state;
    assert_string_equal(w403_operation_find(VIEW("getobject"))->name, "GetObject");
    assert_null(w403_operation_find(VIEW("GetObjects")));
    assert_null(w403_operation_find(VIEW("s3:GetObject"))); /* that is an action */
    assert_null(w403_operation_at(W403_OPERATION_COUNT));

    const w403_operation *op = w403_operation_find(VIEW("HeadObject"));
    assert_string_equal(op->method, "HEAD");
    assert_string_equal(op->cloudtrail_event, "HeadObject");
    assert_string_equal(op->log_operation, "REST.HEAD.OBJECT");
    assert_string_equal(op->identified_by, "");

    const w403_permission *p = permission_of("PutObject", "kms:GenerateDataKey");
    assert_int_equal(p->action_id, W403_ACTION_KMS_GENERATEDATAKEY);
    assert_int_equal(p->on, W403_ON_KMS_KEY);
    assert_int_equal(p->need, W403_NEED_REQUIRED);
    p = permission_of("ListBuckets", "s3:ListAllMyBuckets");
    assert_int_equal(p->on, W403_ON_ANY);
    assert_null(p->when);
    assert_int_equal(permission_of("GetObject", "s3:ListBucket")->need, W403_NEED_STATUS_ONLY);
    assert_int_equal(permission_of("GetObjectAttributes", "s3:GetObjectAttributes")->need, W403_NEED_DISPUTED);
    assert_int_equal(permission_of("GetObject", "s3express:CreateSession")->bucket_type, W403_BT_DIRECTORY);
    /* kms:ReEncrypt* of the table is both of its actions */
    permission_of("UpdateObjectEncryption", "kms:ReEncryptFrom");
    permission_of("UpdateObjectEncryption", "kms:ReEncryptTo");
    /* answered by CORS rules, not by IAM */
    assert_int_equal(w403_operation_find(VIEW("OptionsObject"))->n_permissions, 0);
}

static void every_operation(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        assert_int_equal(op->id, i);
        assert_ptr_equal(w403_operation_of(VIEW(op->model), VIEW(op->name)), op);
        const w403_operation *first = w403_operation_find(VIEW(op->name));
        assert_non_null(first);
        if (first != op) { /* S3 wins */
            assert_string_equal(first->model, "s3");
            assert_string_equal(op->model, "s3control");
        }
        for (uint16_t k = 0; k < op->n_permissions; k++) {
            const w403_permission *p = &op->permissions[k];
            assert_int_equal(w403_action_exists(VIEW(p->action)), W403_YES);
            assert_int_equal(w403_action_find(VIEW(p->action)), p->action_id);
            assert_true(p->on < W403_ON_COUNT && p->need <= W403_NEED_STATUS_ONLY);
            assert_int_equal(p->when == NULL, w403_view_eq(VIEW(p->when_text), VIEW("always")));
        }
    }
    assert_null(w403_operation_of(VIEW("s3"), VIEW("ListAccessPoints")));
    assert_non_null(w403_operation_of(VIEW("S3CONTROL"), VIEW("listaccesspoints")));
}

static void operation_lists(void **state)
{
    (void)state;
    w403_view list = VIEW("s3:CopyObject (source side) sts:GetCallerIdentity ListObjectsV2(both) s3control:GetBucketPolicy");
    assert_string_equal(w403_operation_next(&list)->name, "CopyObject");
    assert_string_equal(w403_operation_next(&list)->name, "ListObjectsV2");
    assert_string_equal(w403_operation_next(&list)->model, "s3control");
    assert_null(w403_operation_next(&list));
    list = VIEW("(never closed");
    assert_null(w403_operation_next(&list));
    list = VIEW("");
    assert_null(w403_operation_next(&list));
}

/* ---- when ---- */

static w403_tri same_answer(void *user, const w403_predicate *p)
{
    assert_non_null(p->name);
    assert_int_equal(p->kind == W403_PRED_STATE, p->state != W403_STATE_NONE);
    return *(const w403_tri *)user;
}

static bool has_word(const uint16_t *program, uint16_t word)
{
    while (*program != W403_WHEN_END)
        if (*program++ == word)
            return true;
    return false;
}

static void every_when(void **state)
{
    (void)state;
    w403_tri no = W403_NO, yes = W403_YES, unknown = W403_UNKNOWN;
    unsigned programs = 0;
    assert_int_equal(w403_when_eval(NULL, same_answer, &no), W403_YES);
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        for (uint16_t k = 0; k < op->n_permissions; k++) {
            const uint16_t *when = op->permissions[k].when;
            if (when == NULL)
                continue;
            programs++;
            assert_int_equal(w403_when_eval(when, same_answer, &unknown), W403_UNKNOWN);
            w403_tri none = w403_when_eval(when, same_answer, &no), all = w403_when_eval(when, same_answer, &yes);
            assert_true(none != W403_UNKNOWN && all != W403_UNKNOWN);
            if (!has_word(when, W403_WHEN_NOT)) {
                assert_int_equal(none, W403_NO);
                assert_int_equal(all, W403_YES);
            }
        }
    }
    assert_true(programs > 100);
}

/* Answers for `(h:x-amz-acl & !h:x-amz-acl=private) | h:x-amz-grant-*`. */
typedef struct acl_request { w403_tri acl, is_private, grant; } acl_request;

static w403_tri acl_answer(void *user, const w403_predicate *p)
{
    const acl_request *r = user;
    assert_int_equal(p->kind, W403_PRED_HEADER);
    if (w403_view_eq(VIEW(p->name), VIEW("x-amz-grant-*")))
        return r->grant;
    assert_string_equal(p->name, "x-amz-acl");
    return p->value == NULL ? r->acl : r->is_private;
}

static void when_in_three_values(void **state)
{
    (void)state;
    static const struct { acl_request r; w403_tri want; } rows[] = {
        {{W403_NO, W403_NO, W403_NO}, W403_NO},         {{W403_YES, W403_YES, W403_NO}, W403_NO},
        {{W403_YES, W403_NO, W403_NO}, W403_YES},       {{W403_YES, W403_YES, W403_YES}, W403_YES},
        {{W403_YES, W403_UNKNOWN, W403_NO}, W403_UNKNOWN}, {{W403_NO, W403_UNKNOWN, W403_NO}, W403_NO},
        {{W403_UNKNOWN, W403_UNKNOWN, W403_YES}, W403_YES}, {{W403_NO, W403_NO, W403_UNKNOWN}, W403_UNKNOWN},
    };
    const uint16_t *when = permission_of("PutObject", "s3:PutObjectAcl")->when;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        acl_request r = rows[i].r;
        assert_int_equal(w403_when_eval(when, acl_answer, &r), rows[i].want);
    }
}

static void broken_programs_are_unknown(void **state)
{
    (void)state;
    static const uint16_t empty[] = {W403_WHEN_END}, lone_and[] = {W403_WHEN_AND, W403_WHEN_END},
                          odd_word[] = {7, W403_WHEN_END}, no_predicate[] = {UINT16_MAX, W403_WHEN_END},
                          two_left[] = {16, 17, W403_WHEN_END},
                          deep[] = {16, 16, 16, 16, 16, 16, 16, 16, 16, W403_WHEN_END};
    static const uint16_t *const all[] = {empty, lone_and, odd_word, no_predicate, two_left, deep};
    w403_tri yes = W403_YES;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_int_equal(w403_when_eval(all[i], same_answer, &yes), W403_UNKNOWN);
    assert_null(w403_predicate_at(W403_PREDICATE_COUNT));
}

/* ---- names in logs, causes, codes ---- */

static void log_names(void **state)
{
    (void)state;
    assert_string_equal(w403_access_log_operation(VIEW("REST.PUT.BUCKETPOLICY"))->operations, "s3:PutBucketPolicy");
    assert_string_equal(w403_access_log_operation(VIEW("BATCH.DELETE.OBJECT"))->basis, "documented");
    assert_null(w403_access_log_operation(VIEW("REST.GET.NOTHING")));

    const w403_event_name *e = w403_cloudtrail_event(VIEW("s3.amazonaws.com"), VIEW("PutBucketLifecycle"));
    assert_string_equal(e->operations, "s3:PutBucketLifecycle s3:PutBucketLifecycleConfiguration");
    /* a data and a management event are one row */
    e = w403_cloudtrail_event(VIEW("s3.amazonaws.com"), VIEW("HeadBucket"));
    assert_string_equal(e->cls, "data+management");
    assert_string_equal(e->operations, "s3:HeadBucket");
    e = w403_cloudtrail_event(VIEW("s3express.amazonaws.com"), VIEW("HeadBucket"));
    assert_string_equal(e->source, "s3express.amazonaws.com");
    assert_non_null(w403_cloudtrail_event(VIEW(""), VIEW("GetObject")));
    assert_null(w403_cloudtrail_event(VIEW("ec2.amazonaws.com"), VIEW("GetObject")));
    assert_null(w403_cloudtrail_event(VIEW("s3.amazonaws.com"), VIEW("RunInstances")));
}

/* Every operation's own names are found again. */
static void operations_in_logs(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        if (op->log_operation[0] != '\0' && op->log_operation[0] != '?')
            assert_non_null(w403_access_log_operation(VIEW(op->log_operation)));
        if (op->cloudtrail_event[0] != '\0' && op->cloudtrail_event[0] != '?')
            assert_non_null(w403_cloudtrail_event(VIEW(""), VIEW(op->cloudtrail_event)));
    }
}

/* The closed list, in the order of the design. */
static const char *const CAUSES[] = {
    "deny.scp", "deny.rcp", "deny.vpc-endpoint", "deny.identity", "deny.session", "deny.boundary",
    "deny.access-point", "deny.bucket-policy", "deny.key-policy", "deny.trust-policy",
    "no-allow.scp", "no-allow.vpc-endpoint", "no-allow.identity", "no-allow.boundary", "no-allow.session",
    "no-allow.bucket-policy", "no-allow.access-point", "no-allow.key-policy", "no-allow.trust-policy", "no-allow.object-acl",
    "bpa.restrict-public-buckets", "bpa.ignore-public-acls", "bpa.block-public-acls", "bpa.block-public-policy",
    "bpa.organization-policy", "requester-pays", "expected-bucket-owner", "access-point-vpc-only", "masked-404", "object-lock",
    "sse-c-blocked", "acl-disabled", "bucket-abac", "root-takes-role", "presigned-expired",
    "kms.aws-managed-key", "kms.anonymous", "kms.origin-access-identity", "kms.key-disabled", "kms.key-pending-deletion", "kms.key-not-found",
    "kms.wrong-region",
    "not-found.bucket", "not-found.key", "not-found.version", "method-not-allowed",
    "inventory.region", "inventory.kms-managed-key", "inventory.prefix-unmatched", "inventory.too-early",
    "inventory.disabled", "inventory.destination-missing", "inventory.destination-owner",
    "credentials.wrong-principal", "credentials.invalid", "credentials.expired", "credentials.unknown-key",
    "credentials.token", "credentials.missing", "signature.mismatch", "signature.clock-skew", "signature.malformed",
    "signature.wrong-region", "signature.unsigned-header", "account-problem", "access-disabled", "not-signed-up",
    "invalid-payer", "cross-location-logging", "object-archived", "not-s3",
};

static void causes(void **state)
{
    (void)state;
    assert_int_equal(sizeof CAUSES / sizeof CAUSES[0], W403_CAUSE_COUNT);
    for (unsigned i = 0; i < W403_CAUSE_COUNT; i++) {
        const w403_cause_info *c = w403_cause_info_at(i);
        assert_string_equal(c->id, CAUSES[i]);
        assert_ptr_equal(w403_cause_info_find(VIEW(CAUSES[i])), c);
        assert_true(c->title[0] != '\0' && c->sentence[0] != '\0');
        assert_true(w403_view_starts(VIEW(c->page), VIEW("https://")));
        assert_true(c->stage != W403_STAGE_BEFORE || c->way_out[0] != '\0');
    }
    assert_string_equal(w403_cause_info_at(W403_CAUSE_DENY_BUCKET_POLICY)->id, "deny.bucket-policy");
    assert_string_equal(w403_cause_info_at(W403_CAUSE_MASKED_404)->check, "004-37");
    assert_null(w403_cause_info_at(W403_CAUSE_COUNT));
    assert_null(w403_cause_info_find(VIEW("deny")));
}

/* What a code says by itself. */
static void codes_and_causes(void **state)
{
    (void)state;
    static const struct {
        const char *code, *cause;
        w403_stage  stage;
        unsigned    status;
    } rows[] = {
        {"AccessDenied", NULL, W403_STAGE_POLICY, 403},
        {"403 Forbidden", NULL, W403_STAGE_POLICY, 403},
        {"ExpiredToken", "credentials.expired", W403_STAGE_BEFORE, 400},
        {"InvalidAccessKeyId", "credentials.unknown-key", W403_STAGE_BEFORE, 403},
        {"SignatureDoesNotMatch", "signature.mismatch", W403_STAGE_BEFORE, 403},
        {"RequestTimeTooSkewed", "signature.clock-skew", W403_STAGE_BEFORE, 403},
        {"InvalidObjectState", "object-archived", W403_STAGE_AFTER, 403},
        {"PreconditionFailed", NULL, W403_STAGE_AFTER, 412},
        {"PermanentRedirect", NULL, W403_STAGE_ELSEWHERE, 301},
        {"InvalidArgument", NULL, W403_STAGE_UNKNOWN, 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const w403_code       *c = w403_code_find(VIEW(rows[i].code));
        const w403_cause_info *cause = w403_cause_info_at(c->cause);
        assert_int_equal(c->stage, rows[i].stage);
        assert_int_equal(c->status, rows[i].status);
        assert_true(!cause == !rows[i].cause && (!cause || strcmp(cause->id, rows[i].cause) == 0));
    }
    assert_null(w403_code_find(VIEW("NeverHeardOf")));
    assert_null(w403_code_at(UINT32_MAX));
    assert_string_equal(w403_code_at(0)->code, "AccessDenied");
}

static void error_codes(void **state)
{
    (void)state;
    static const char *const absent[] = {
        "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError", "NoSuchAccessPointPolicy",
        "ObjectLockConfigurationNotFoundError", "NoSuchConfiguration", "AWSOrganizationsNotInUseException"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        assert_int_equal(w403_error_code_meaning(VIEW(absent[i])), W403_ERROR_NOT_CONFIGURED);
    assert_int_equal(w403_error_code_meaning(VIEW("NoSuchBucket")), W403_ERROR_NO_SUCH_BUCKET);
    assert_int_equal(w403_error_code_meaning(VIEW("NotFoundException")), W403_ERROR_NO_SUCH_KEY);
    static const char *const unknown[] = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation",
                                          "Throttling", "", "NeverHeardOf"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_int_equal(w403_error_code_meaning(VIEW(unknown[i])), W403_ERROR_UNKNOWN);
}

static void lists(void **state)
{
    (void)state;
    static const struct {
        unsigned    list;
        const char *value;
        bool        has;
    } rows[] = {
        {W403_LIST_RCP_SERVICE, "codecommit", true}, {W403_LIST_RCP_SERVICE, "S3", true},
        {W403_LIST_RCP_SERVICE, "sns", false},       {W403_LIST_RCP_SERVICE, "GLACIER", false},
        {W403_LIST_ARCHIVED_STORAGE_CLASS, "GLACIER", true}, {W403_LIST_ARCHIVED_STORAGE_CLASS, "GLACIER_IR", false},
        {W403_LIST_OWNER_ONLY_OPERATION, "getbucketpolicy", true}, {W403_LIST_OWNER_ONLY_OPERATION, "", false},
        {W403_LIST_PUBLIC_FIXING_KEY, "aws:SourceArn", true}, {W403_LIST_PUBLIC_PERHAPS_FIXING_KEY, "aws:SourceArn", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(w403_list_has(rows[i].list, VIEW(rows[i].value)), rows[i].has);
    size_t n = 0, at = 0;
    for (w403_view v; (v = w403_list_next(W403_LIST_RCP_SERVICE, &at)).p; n++)
        assert_true(w403_list_has(W403_LIST_RCP_SERVICE, v));
    assert_int_equal(n, 62);
    for (size_t i = 0; (n = i, at = 0, i < W403_LIST_COUNT); i++)
        assert_non_null(w403_list_next((unsigned)i, &at).p);
}

static void open_questions(void **state)
{
    (void)state;
    for (unsigned i = 0; i < W403_OPEN_COUNT; i++) {
        const w403_open_question *q = w403_open_question_at(i);
        assert_non_null(strstr(q->assumption, "{answer}"));
        assert_true(w403_view_starts(VIEW(q->page), VIEW("https://")));
    }
    assert_null(w403_open_question_at(W403_OPEN_COUNT));
}

static void s3_commands(void **state)
{
    (void)state;
    size_t                 n = 0;
    const w403_s3_command *c = w403_s3_commands(&n);
    assert_int_equal(n, 23);
    for (size_t i = 0; i < n; i++) {
        w403_view list = VIEW(c[i].operations);
        assert_true(w403_view_starts(VIEW(c[i].command), VIEW("aws s3 ")));
        bool      none = list.n == 0; /* aws s3 presign sends no request */
        assert_int_equal(w403_operation_next(&list) == NULL, none);
    }
}

/* By a walk over all of the service's. */
static void matching_actions(void **state)
{
    (void)state;
    static const char *const patterns[] = {"*", "Get*", "get*object", "GetO?jectTagging", "?etObject", "Z*", "PutObject", "*Acl", "Listz*"};
    uint32_t service = w403_ref_service(W403_LIT("s3")), first, end;
    w403_ref_actions(service, &first, &end);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        uint32_t found = w403_ref_action_match(service, w403_view_of(patterns[i]), 0);
        for (uint32_t id = first; id < end; id++) {
            if (w403_iglob(w403_view_of(patterns[i]), w403_ref_action_name(id))) {
                assert_int_equal(found, id);
                found = w403_ref_action_match(service, w403_view_of(patterns[i]), id + 1);
            }
        }
        assert_true(found == W403_REF_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(action_names),
        cmocka_unit_test(action_keys),
        cmocka_unit_test(actions_of_all_services),
        cmocka_unit_test(key_names),
        cmocka_unit_test(key_types),
        cmocka_unit_test(operation_rows),
        cmocka_unit_test(every_operation),
        cmocka_unit_test(operation_lists),
        cmocka_unit_test(every_when),
        cmocka_unit_test(when_in_three_values),
        cmocka_unit_test(broken_programs_are_unknown),
        cmocka_unit_test(log_names),
        cmocka_unit_test(operations_in_logs),
        cmocka_unit_test(causes),
        cmocka_unit_test(codes_and_causes),
        cmocka_unit_test(error_codes),
        cmocka_unit_test(lists),
        cmocka_unit_test(matching_actions),
        cmocka_unit_test(open_questions),
        cmocka_unit_test(s3_commands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
