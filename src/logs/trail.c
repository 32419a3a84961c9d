#include "logs/trail.h"

#include "evidence/evidence.h"
#include "logs/fields.h"

#define COUNT(table)             (sizeof(table) / sizeof *(table))
#define TEXT(name, type, member) W403_FIELD(W403_FIELD_TEXT, name, type, member)
#define BOOL(name, type, member) W403_FIELD(W403_FIELD_BOOL, name, type, member)
#define VALUE(name, type, member) W403_FIELD(W403_FIELD_VALUE, name, type, member)

/* Objects inside the event that hold more fields. */
typedef struct parts {
    const w403_json *identity, *resources, *tls;
    const w403_json *session, *issuer, *attributes;
    const w403_json *context; /* KMS encryptionContext */
    w403_view        acl, key_id, host;
    w403_view        stamp; /* of whoever shipped it, where eventTime is gone */
} parts;

static const w403_field EVENT[] = {
    TEXT("eventTime", w403_record, time_text),
    TEXT("eventSource", w403_record, event_source),
    TEXT("eventName", w403_record, operation),
    TEXT("awsRegion", w403_record, region),
    TEXT("sourceIPAddress", w403_record, source_ip),
    TEXT("userAgent", w403_record, user_agent),
    TEXT("errorCode", w403_record, error_code),
    TEXT("errorMessage", w403_record, error_message),
    TEXT("requestID", w403_record, request_id),
    TEXT("eventID", w403_record, event_id),
    TEXT("sharedEventID", w403_record, shared_event_id),
    TEXT("eventType", w403_record, event_type),
    TEXT("eventCategory", w403_record, event_category),
    TEXT("recipientAccountId", w403_record, recipient_account),
    TEXT("vpcEndpointId", w403_record, vpc_endpoint),
    TEXT("vpcEndpointAccountId", w403_record, vpc_endpoint_account),
    BOOL("readOnly", w403_record, read_only),
    BOOL("managementEvent", w403_record, management),
    VALUE("requestParameters", w403_record, request),
    VALUE("responseElements", w403_record, response),
    VALUE("additionalEventData", w403_record, additional),
};
static const w403_field EVENT_PARTS[] = {
    VALUE("userIdentity", parts, identity),
    VALUE("resources", parts, resources),
    VALUE("tlsDetails", parts, tls),
    TEXT("@timestamp", parts, stamp),
};
static const w403_field IDENTITY[] = {
    TEXT("type", w403_log_identity, type),
    TEXT("principalId", w403_log_identity, principal_id),
    TEXT("arn", w403_log_identity, arn),
    TEXT("accountId", w403_log_identity, account),
    TEXT("userName", w403_log_identity, user_name),
    TEXT("accessKeyId", w403_log_identity, access_key_id),
    TEXT("invokedBy", w403_log_identity, invoked_by),
};
static const w403_field IDENTITY_PARTS[] = {VALUE("sessionContext", parts, session)};
static const w403_field SESSION[] = {TEXT("sourceIdentity", w403_log_identity, source_identity)};
static const w403_field SESSION_PARTS[] = {
    VALUE("sessionIssuer", parts, issuer),
    VALUE("attributes", parts, attributes),
};
static const w403_field ISSUER[] = {
    TEXT("type", w403_log_identity, issuer_type),
    TEXT("principalId", w403_log_identity, issuer_id),
    TEXT("arn", w403_log_identity, issuer_arn),
    TEXT("accountId", w403_log_identity, issuer_account),
    TEXT("userName", w403_log_identity, issuer_name),
};
static const w403_field ATTRIBUTES[] = {
    TEXT("creationDate", w403_log_identity, created_text),
    BOOL("mfaAuthenticated", w403_log_identity, mfa),
};
static const w403_field TLS[] = {
    TEXT("tlsVersion", w403_record, tls),
    TEXT("cipherSuite", w403_record, cipher),
    TEXT("clientProvidedHostHeader", w403_record, host_header),
};
static const w403_field ADDITIONAL[] = {
    TEXT("SignatureVersion", w403_record, signature),
    TEXT("CipherSuite", w403_record, cipher),
    TEXT("AuthenticationMethod", w403_record, auth_type),
    TEXT("x-amz-id-2", w403_record, host_id),
};
static const w403_field ADDITIONAL_PARTS[] = {TEXT("aclRequired", parts, acl)};
static const w403_field REQUEST[] = {
    TEXT("bucketName", w403_record, bucket),
    TEXT("key", w403_record, key_raw),
    W403_FIELD(W403_FIELD_TEXT_1, "versionId", w403_record, version_id),
};
static const w403_field REQUEST_PARTS[] = {
    TEXT("keyId", parts, key_id),
    VALUE("encryptionContext", parts, context),
    W403_FIELD(W403_FIELD_TEXT_1, "Host", parts, host),
    W403_FIELD(W403_FIELD_TEXT_1, "host", parts, host),
};
static const w403_field CONTEXT[] = {TEXT("aws:s3:arn", w403_record, kms_context_arn)};

#define FILL(object, table, out) w403_fields_fill((object), (table), COUNT(table), (out))

/* ---- who ---- */

/* formats 4.2. An anonymous S3 request is logged as an account named `anonymous`. */
static void find_who(w403_record *r)
{
    const w403_log_identity *id = &r->identity;

    if (w403_view_eq(id->account, W403_LIT("anonymous")) ||
        w403_view_eq(id->account, W403_LIT("ANONYMOUS_PRINCIPAL"))) {
        r->who = W403_WHO_ANONYMOUS;
    } else if (id->arn.n > 0) {
        r->who = W403_WHO_ARN;
        r->requester = id->arn;
    } else if (w403_view_eq(id->type, W403_LIT("AWSService")) && id->invoked_by.n > 0) {
        r->who = W403_WHO_SERVICE;
        r->requester = id->invoked_by;
    } else if (id->account.n > 0) {
        r->who = W403_WHO_ACCOUNT;
        r->requester = id->account;
    } else if (id->principal_id.n > 0) {
        r->requester = id->principal_id;
    }
}

static void fill_identity(const parts *p, w403_record *r)
{
    parts more = {0};

    FILL(p->identity, IDENTITY, &r->identity);
    FILL(p->identity, IDENTITY_PARTS, &more);
    FILL(more.session, SESSION, &r->identity);
    FILL(more.session, SESSION_PARTS, &more);
    FILL(more.issuer, ISSUER, &r->identity);
    FILL(more.attributes, ATTRIBUTES, &r->identity);
    if (!w403_instant_parse(r->identity.created_text, &r->identity.created)) {
        r->identity.created = 0;
    }
    find_who(r);
}

/* ---- what ---- */

/* `arn:aws:s3:::bucket/key`, whatever the partition: the part behind the fifth colon. */
static w403_view arn_tail(w403_view arn)
{
    for (int i = 0; i < 5; i++) {
        w403_view_cut(&arn, ':');
    }
    return arn;
}

/* Request parameters over 100 KB are omitted, and KMS names its key in several ways: the resources fill in. */
static void fill_resources(const w403_json *list, w403_record *r)
{
    for (const w403_json *res = list ? list->first : NULL; res; res = res->next) {
        w403_view type = w403_json_str(res, "type");
        w403_view arn = w403_json_str(res, "ARN");
        w403_view tail = arn_tail(arn);
        if (w403_view_eq(type, W403_LIT("AWS::S3::Bucket"))) {
            r->bucket = r->bucket.p ? r->bucket : tail;
            r->bucket_owner = w403_json_str(res, "accountId");
        } else if (w403_view_eq(type, W403_LIT("AWS::S3::Object")) && !r->key_raw.p) {
            w403_view bucket = w403_view_cut(&tail, '/');
            r->bucket = r->bucket.p ? r->bucket : bucket;
            r->key_raw = tail;
        } else if (w403_view_eq(type, W403_LIT("AWS::S3::AccessPoint"))) {
            r->access_point_arn = arn;
        } else if (w403_view_eq(type, W403_LIT("AWS::KMS::Key"))) {
            r->kms_key = arn;
        }
    }
}

/* S3 wraps the user agent in brackets. */
static w403_view without_brackets(w403_view v)
{
    return v.n >= 2 && v.p[0] == '[' && v.p[v.n - 1] == ']' ? w403_view_sub(v, 1, v.n - 1) : v;
}

static void fill_request(const parts *p, w403_record *r)
{
    parts more = {0};

    FILL(r->additional, ADDITIONAL, r);
    FILL(r->additional, ADDITIONAL_PARTS, &more);
    FILL(p->tls, TLS, r);
    FILL(r->request, REQUEST, r);
    FILL(r->request, REQUEST_PARTS, &more);
    fill_resources(p->resources, r);
    if (w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com"))) {
        FILL(more.context, CONTEXT, r);
        r->kms_key = r->kms_key.p ? r->kms_key : more.key_id;
    }
    r->host_header = r->host_header.p ? r->host_header : more.host;
    r->key = r->key_raw; /* CloudTrail writes keys as they are */
    r->user_agent = without_brackets(r->user_agent);
    if (r->additional) {
        r->acl_required = w403_view_ieq(more.acl, W403_LIT("Yes")) ? W403_YES : W403_NO;
    }
}

static void find_marks(w403_record *r)
{
    if (w403_view_eq(r->signature, W403_LIT("SigV2"))) {
        r->marks |= W403_MARK_SIGV2;
    }
    if (w403_view_eq(r->auth_type, W403_LIT("QueryString"))) {
        r->marks |= W403_MARK_PRESIGNED;
    }
    if (w403_view_ieq(r->tls, W403_LIT("TLSv1")) || w403_view_ieq(r->tls, W403_LIT("TLSv1.0")) ||
        w403_view_ieq(r->tls, W403_LIT("TLSv1.1"))) {
        r->marks |= W403_MARK_OLD_TLS;
    }
}

w403_status w403_trail_record(const w403_json_doc *doc, const w403_json *event, w403_record *r, w403_error *err)
{
    parts p = {0};

    w403_record_init(r);
    FILL(event, EVENT, r);
    FILL(event, EVENT_PARTS, &p);
    if (!r->operation.p) {
        return w403_json_error(doc, event, err, "not a CloudTrail event: it has no `eventName`");
    }
    r->time_text = r->time_text.p ? r->time_text : p.stamp;
    if (!w403_instant_read(r->time_text, &r->time)) {
        return w403_json_error(doc, event, err, "the CloudTrail event has no usable `eventTime`");
    }
    r->form = W403_LOG_TRAIL;
    r->doc = doc;
    r->event = event;
    r->raw = w403_view_sub(doc->text, event->span.off, (size_t)event->span.off + event->span.len);
    r->vpc_endpoint = w403_endpoint_id(r->vpc_endpoint);
    fill_identity(&p, r);
    fill_request(&p, r);
    find_marks(r);
    r->event_name = w403_cloudtrail_event(r->event_source, r->operation);
    return W403_OK;
}
