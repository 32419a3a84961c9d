/* What the parameters mean, and where AWS's runbook would have refused them (formats 1.1, 1.2). */
#include "evidence/runbook_check.h"

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "evidence/target.h"

#define NAMES   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define REFUSES "AWS's runbook refuses "

/* The API names that AWS's runbook takes. */
static const char actions[] =
    "AbortMultipartUpload CompleteMultipartUpload CreateBucket CreateMultipartUpload DeleteBucket "
    "DeleteBucketAnalyticsConfiguration DeleteBucketCors DeleteBucketEncryption "
    "DeleteBucketIntelligentTieringConfiguration "
    "DeleteBucketInventoryConfiguration DeleteBucketLifecycle DeleteBucketMetricsConfiguration "
    "DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketReplication DeleteBucketTagging "
    "DeleteBucketWebsite "
    "DeleteObject DeleteObjects DeleteObjectTagging DeletePublicAccessBlock GetBucketAccelerateConfiguration "
    "GetBucketAcl "
    "GetBucketAnalyticsConfiguration GetBucketCors GetBucketEncryption GetBucketIntelligentTieringConfiguration "
    "GetBucketInventoryConfiguration GetBucketLifecycle GetBucketLifecycleConfiguration GetBucketLocation "
    "GetBucketLogging "
    "GetBucketMetricsConfiguration GetBucketNotification GetBucketNotificationConfiguration "
    "GetBucketOwnershipControls "
    "GetBucketPolicy GetBucketPolicyStatus GetBucketReplication GetBucketRequestPayment GetBucketTagging "
    "GetBucketVersioning GetBucketWebsite GetObject GetObjectAcl GetObjectLegalHold GetObjectLockConfiguration "
    "GetObjectRetention GetObjectTagging GetObjectTorrent GetPublicAccessBlock HeadBucket HeadObject "
    "ListBucketAnalyticsConfigurations ListBucketIntelligentTieringConfigurations ListBucketInventoryConfigurations "
    "ListBucketMetricsConfigurations ListBuckets ListMultipartUploads ListObjects ListObjectsV2 ListObjectVersions "
    "ListParts PutBucketAccelerateConfiguration PutBucketAcl PutBucketAnalyticsConfiguration PutBucketCors "
    "PutBucketEncryption PutBucketIntelligentTieringConfiguration PutBucketInventoryConfiguration PutBucketLifecycle "
    "PutBucketLifecycleConfiguration PutBucketLogging PutBucketMetricsConfiguration PutBucketNotification "
    "PutBucketNotificationConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketReplication "
    "PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutObject PutObjectAcl "
    "PutObjectLegalHold PutObjectLockConfiguration PutObjectRetention PutObjectTagging PutPublicAccessBlock "
    "RestoreObject "
    "SelectObjectContent UploadPart";

/* The first character that is not among `set`, 0: all are. */
static char first_outside(w403_view v, const char *set)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '\0' || !strchr(set, v.p[i])) {
            return v.p[i] ? v.p[i] : ' ';
        }
    }
    return 0;
}

static void note_character(w403_runbook_reader *r, const char *parameter, w403_view v, const char *set)
{
    char c = first_outside(v, set);
    if (c && (unsigned char)c < 0x80) {
        w403_build_note(&r->b, REFUSES "`%c` in %s", c >= ' ' && c != 0x7F ? c : '?', parameter);
    } else if (c) {
        w403_build_note(&r->b, REFUSES "characters beyond ASCII in %s", parameter);
    }
}

static w403_status wrong(w403_runbook_reader *r, const char *parameter, w403_view v, const char *expected)
{
    (void)w403_error_set(r->err, W403_SEMANTIC, "%s: `%.*s` makes no sense", parameter, W403_FMT(v));
    w403_error_hint(r->err, "expected %s", expected);
    return W403_SEMANTIC;
}

static w403_status check_required(w403_runbook_reader *r)
{
    const w403_runbook *book = w403_runbook_at(r->in->id);
    for (size_t i = 0; i < book->n_parameters; i++) {
        const w403_runbook_parameter *p = &book->parameters[i];
        w403_view v = w403_runbook_one(r->in, p->name);
        if (p->required && v.n == 0) {
            (void)w403_error_set(r->err, W403_SEMANTIC, "the parameter `%s` is missing", p->name);
            w403_error_hint(r->err, "%s needs it: %s", book->name, p->about);
            return W403_SEMANTIC;
        }
        bool list = strcmp(p->type, "MapList") == 0 || strcmp(p->name, "SCPPolicy") == 0;
        if (r->in->given[i].n > 1 && !list) {
            return w403_error_set(r->err, W403_SEMANTIC, "the parameter `%s` takes one value", p->name);
        }
    }
    return W403_OK;
}

/* ---- the same-account runbook ---- */

static w403_status check_resource(w403_runbook_reader *r)
{
    w403_view v = w403_runbook_one(r->in, "S3ResourceArn");
    w403_target t = {.partition = "aws"};
    if (w403_view_starts(v, W403_LIT("s3://")) && w403_target_from_uri(v, &t)) {
        w403_build_note(&r->b, REFUSES "`s3://`: it wants an ARN");
        v = w403_target_arn(&r->b, &t);
    }
    if (!w403_view_starts(v, W403_LIT("arn:")) || !w403_view_starts(w403_arn_part(v, 2), W403_LIT("s3")) ||
        w403_arn_part(v, 5).n == 0) {
        return wrong(r, "S3ResourceArn", v, "an ARN such as `arn:aws:s3:::bucket/key`");
    }
    if (w403_arn_part(v, 3).n > 0 || w403_arn_part(v, 4).n > 0) {
        w403_build_note(&r->b, REFUSES "access points in S3ResourceArn");
    }
    note_character(r, "S3ResourceArn", w403_arn_part(v, 5), NAMES " /.-_\\");
    r->in->request.resource = v;
    return W403_OK;
}

static bool on_the_list(w403_view name)
{
    w403_view list = w403_view_of(actions);
    while (list.p) {
        if (w403_view_eq(w403_view_cut(&list, ' '), name)) {
            return true;
        }
    }
    return false;
}

static w403_status unknown_action(w403_runbook_reader *r, w403_view name)
{
    const char *names[W403_OPERATION_COUNT];
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        names[i] = w403_operation_at(i)->name;
    }
    const char *nearest = w403_nearest(name, names, W403_OPERATION_COUNT);
    (void)w403_error_set(r->err, W403_SEMANTIC, "S3Action: S3 has no operation `%.*s`", W403_FMT(name));
    w403_error_hint(r->err, "%s%s%s", nearest ? "did you mean `" : "expected an API name such as GetObject",
                    nearest ? nearest : "", nearest ? "`?" : "");
    return W403_SEMANTIC;
}

/* The type of resource must fit: KeyDetailsChecker stops there. */
static w403_status check_fit(w403_runbook_reader *r, const w403_operation *op)
{
    w403_view rest = w403_arn_part(r->in->request.resource, 5);
    bool object = w403_view_find_char(rest, '/') != SIZE_MAX;
    if (w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        object = w403_view_find(rest, W403_LIT("/object/")) != SIZE_MAX;
    }
    bool wants_object = strcmp(op->resource_kind, "object") == 0;
    bool wants_bucket = strcmp(op->resource_kind, "bucket") == 0;
    if ((wants_object && !object) || (wants_bucket && object)) {
        (void)w403_error_set(r->err, W403_SEMANTIC, "%s is about %s, S3ResourceArn names %s", op->name,
                             wants_object ? "an object" : "a bucket", object ? "an object" : "a bucket");
        w403_error_hint(r->err, wants_object ? "add the key: `arn:aws:s3:::bucket/key`"
                                             : "leave the key out: `arn:aws:s3:::bucket`");
        return W403_SEMANTIC;
    }
    return W403_OK;
}

static w403_status check_action(w403_runbook_reader *r)
{
    w403_view v = w403_runbook_one(r->in, "S3Action");
    if (w403_view_find_char(v, ':') != SIZE_MAX) {
        w403_build_note(&r->b, REFUSES "`%.*s`: it wants an API name", W403_FMT(v));
        r->in->request.action = v;
        return W403_OK;
    }
    const w403_operation *op = w403_operation_find(v);
    if (!op) {
        return unknown_action(r, v);
    }
    if (!on_the_list(v)) {
        w403_build_note(&r->b, "AWS's runbook does not know %.*s", W403_FMT(v));
    }
    r->in->request.operation = w403_view_of(op->name);
    if (strcmp(op->resource_kind, "service") == 0) {
        r->in->request.resource = W403_LIT("*"); /* ListBuckets is about no bucket */
    }
    return check_fit(r, op);
}

static w403_status check_requester(w403_runbook_reader *r)
{
    w403_view v = w403_runbook_one(r->in, "RequesterArn"), service = w403_arn_part(v, 2), rest = w403_arn_part(v, 5);
    bool other = w403_view_eq(v, W403_LIT("anonymous")) || w403_view_starts(v, W403_LIT("service:"));
    bool aws = w403_view_starts(v, W403_LIT("arn:")) && rest.n > 0 &&
               (w403_view_eq(service, W403_LIT("iam")) || w403_view_eq(service, W403_LIT("sts")));
    if (!aws && !other) {
        return wrong(r, "RequesterArn", v, "the ARN of a user or role: `arn:aws:iam::111122223333:role/NAME`");
    }
    if (other || !(w403_view_starts(rest, W403_LIT("role/")) || w403_view_starts(rest, W403_LIT("user/")))) {
        w403_build_note(&r->b, REFUSES "`%.*s`: it takes users and roles only", W403_FMT(v));
    } else {
        note_character(r, "RequesterArn", w403_view_sub(rest, 5, rest.n), NAMES "_+/=,.@-");
    }
    r->in->request.principal = v;
    w403_view session = w403_runbook_one(r->in, "RequesterRoleSessionName");
    if (session.n > 0 && !w403_view_starts(rest, W403_LIT("role/"))) {
        return wrong(r, "RequesterRoleSessionName", session, "a role in RequesterArn, to which it belongs");
    }
    if (session.n > 0) {
        note_character(r, "RequesterRoleSessionName", session, NAMES "_+/=,.@-");
        r->in->request.session_name = session;
    }
    return W403_OK;
}

static w403_status check_endpoint(w403_runbook_reader *r)
{
    w403_view v = w403_runbook_one(r->in, "VpcEndpointId");
    if (v.n == 0) {
        return W403_OK;
    }
    w403_view id = w403_view_starts(v, W403_LIT("vpce-")) ? w403_view_sub(v, 5, v.n) : (w403_view){NULL, 0};
    if ((id.n != 8 && id.n != 17) || first_outside(id, "0123456789abcdefABCDEF")) {
        return wrong(r, "VpcEndpointId", v, "`vpce-` and 8 or 17 hexadecimal digits");
    }
    if (id.n == 8) {
        w403_build_note(&r->b, REFUSES "endpoint ids of 8 digits, which older endpoints have");
    }
    r->in->request.via = v;
    return W403_OK;
}

static bool uploads(w403_view operation)
{
    static const char *const names[] = {"PutObject", "CreateMultipartUpload", "CopyObject"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(operation, w403_view_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* A key given with an upload is sent with it; of an object it is the one it is encrypted with. */
static w403_status check_key(w403_runbook_reader *r)
{
    w403_view v = w403_runbook_one(r->in, "KmsKeyArn"), rest = w403_arn_part(v, 5);
    if (v.n == 0) {
        return W403_OK;
    }
    bool key = w403_view_starts(rest, W403_LIT("key/")), alias = w403_view_starts(rest, W403_LIT("alias/"));
    if (!w403_view_eq(w403_arn_part(v, 2), W403_LIT("kms")) || (!key && !alias)) {
        return wrong(r, "KmsKeyArn", v, "`arn:aws:kms:us-east-1:111122223333:key/...`");
    }
    if (alias) {
        w403_build_note(&r->b, REFUSES "aliases in KmsKeyArn");
    }
    r->in->kms_key = v;
    if (uploads(r->in->request.operation)) {
        w403_pairs headers = {0};
        w403_build_header(&r->b, &headers, W403_LIT("x-amz-server-side-encryption"), W403_LIT("aws:kms"));
        w403_build_header(&r->b, &headers, W403_LIT("x-amz-server-side-encryption-aws-kms-key-id"), v);
        r->in->request.headers = headers.at;
        r->in->request.n_headers = headers.n;
    }
    return W403_OK;
}

static bool has_blank(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (strchr(" \t\r\n", v.p[i]) && v.p[i]) {
            return true;
        }
    }
    return false;
}

static w403_status check_scps(w403_runbook_reader *r)
{
    const w403_runbook *book = w403_runbook_at(r->in->id);
    const w403_runbook_parameter *p = &book->parameters[book->n_parameters - 1];
    const w403_runbook_value *given = &r->in->given[book->n_parameters - 1];
    w403_view *list = W403_NEW_N(r->b.arena, w403_view, given->n ? given->n : 1);
    W403_NEED(list, r->err);
    for (size_t i = 0; i < given->n; i++) {
        w403_view v = w403_view_trim(given->at[i]);
        if (v.n == 0 || w403_view_eq(v, w403_view_of(p->fallback))) {
            continue;
        }
        if (has_blank(v)) {
            w403_build_note(&r->b, REFUSES "blanks and line ends in SCPPolicy");
        }
        list[r->in->n_scps++] = v;
    }
    if (r->in->n_scps > 1) {
        w403_build_note(&r->b, "AWS's runbook takes one SCP; these are %zu", r->in->n_scps);
    }
    r->in->scps = list;
    return W403_OK;
}

static w403_status check_same_account(w403_runbook_reader *r)
{
    W403_TRY(check_resource(r));
    W403_TRY(check_action(r));
    W403_TRY(check_requester(r));
    W403_TRY(check_endpoint(r));
    W403_TRY(check_key(r));
    r->in->request.version_id = w403_runbook_one(r->in, "S3ObjectVersionId");
    if (r->in->request.version_id.n == 0) {
        r->in->request.version_id = (w403_view){NULL, 0};
    }
    const w403_runbook *book = w403_runbook_at(r->in->id);
    W403_TRY(w403_runbook_context(r, &r->in->given[book->n_parameters - 2]));
    return check_scps(r);
}

/* ---- the public-read runbook ---- */

static w403_status read_boolean(w403_runbook_reader *r, const char *name, bool *out)
{
    w403_view v = w403_runbook_one(r->in, name);
    *out = w403_view_ieq(v, W403_LIT("true"));
    return *out || w403_view_ieq(v, W403_LIT("false")) ? W403_OK : wrong(r, name, v, "true or false");
}

static w403_status check_public_read(w403_runbook_reader *r)
{
    w403_runbook_input *in = r->in;
    w403_view partition = w403_runbook_one(in, "ResourcePartition"), max = w403_runbook_one(in, "MaxObjects");
    in->bucket = w403_runbook_one(in, "S3BucketName");
    in->prefix = w403_runbook_one(in, "S3PrefixName");
    in->start_after = w403_runbook_one(in, "StartAfter");
    if (w403_view_starts(in->bucket, W403_LIT("s3://")) || w403_view_find_char(in->bucket, '/') != SIZE_MAX ||
        w403_view_starts(in->bucket, W403_LIT("arn:"))) {
        return wrong(r, "S3BucketName", in->bucket, "the name of a bucket alone");
    }
    note_character(r, "S3BucketName", in->bucket, NAMES ".-_\\");
    note_character(r, "S3PrefixName", in->prefix, NAMES ".-_\\!*'()/");
    note_character(r, "StartAfter", in->start_after, NAMES ".-_\\!*'()/");
    if (!w403_view_u64(max, &in->max_objects) || in->max_objects == 0 || in->max_objects > 1000000) {
        return wrong(r, "MaxObjects", max, "a number of objects");
    }
    if (in->max_objects > 25) {
        w403_build_note(&r->b, "AWS's runbook looks at 25 objects at most");
    }
    W403_TRY(read_boolean(r, "IgnoreBlockPublicAccess", &in->ignore_bpa));
    W403_TRY(read_boolean(r, "HttpGet", &in->http_get));
    W403_TRY(read_boolean(r, "Verbose", &in->verbose));
    if (!w403_view_starts(partition, W403_LIT("aws"))) {
        return wrong(r, "ResourcePartition", partition, "aws, aws-us-gov or aws-cn");
    }
    in->request.operation = W403_LIT("GetObject");
    in->request.principal = W403_LIT("anonymous");
    in->request.resource = w403_build_printf(&r->b, "arn:%.*s:s3:::%.*s", W403_ALL(partition), W403_ALL(in->bucket));
    return W403_OK;
}

w403_status w403_runbook_check(w403_runbook_reader *r)
{
    w403_request_init(&r->in->request);
    W403_TRY(check_required(r));
    return r->in->id == W403_RUNBOOK_PUBLIC_READ ? check_public_read(r) : check_same_account(r);
}
