#include "logs/access_log_json.h"

#include "evidence/envelope.h"
#include "logs/access_log.h"
#include "logs/fields.h"

#define TEXT(name, member) W403_FIELD(W403_FIELD_TEXT, name, w403_record, member)
#define INT(name, member)  W403_FIELD(W403_FIELD_INT, name, w403_record, member)
static const w403_field FIELDS[] = {
    TEXT("bucket_name", bucket),
    TEXT("request_time", time_text),
    TEXT("bucket_owner_id", bucket_owner),
    TEXT("remote_ip", source_ip),
    TEXT("requester", requester),
    TEXT("request_id", request_id),
    TEXT("operation", operation),
    TEXT("key_name", key_raw),
    TEXT("request_uri", request_uri),
    TEXT("http_status", status_text),
    TEXT("error_code", error_code),
    INT("bytes_sent_size", bytes_sent),
    INT("object_size", object_size),
    INT("total_duration", total_ms),
    INT("turn_around_duration", turnaround_ms),
    TEXT("referer", referer),
    TEXT("user_agent", user_agent),
    TEXT("version_id", version_id),
    TEXT("host_id", host_id),
    TEXT("signature_version", signature),
    TEXT("cipher_suite", cipher),
    TEXT("authentication_type", auth_type),
    TEXT("host_header", host_header),
    TEXT("tls_version", tls),
    TEXT("access_point_arn", access_point_arn),
    W403_FIELD(W403_FIELD_BOOL, "acl_required", w403_record, acl_required),
    TEXT("source_region", source_region),
};

/* null stands for `-`, but an exporter may have kept the dash. */
static void drop_dashes(w403_record *r)
{
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        w403_view v;
        if (FIELDS[i].kind != W403_FIELD_TEXT) {
            continue;
        }
        memcpy(&v, (char *)r + FIELDS[i].offset, sizeof v);
        if (w403_view_eq(v, W403_LIT("-"))) {
            memset((char *)r + FIELDS[i].offset, 0, sizeof v);
        }
    }
}

w403_status w403_access_log_json_parse(const w403_json_doc *doc, const w403_json *object, w403_record *r,
                                       w403_error *err)
{
    uint64_t status;

    w403_record_init(r);
    if (!w403_envelope_is_access(object)) {
        return w403_json_error(doc, object, err, "not an access log record");
    }
    w403_fields_fill(object, FIELDS, sizeof FIELDS / sizeof *FIELDS, r);
    drop_dashes(r);
    r->form = W403_LOG_ACCESS_JSON;
    r->doc = doc;
    r->event = object;
    r->raw = w403_view_sub(doc->text, object->span.off, (size_t)object->span.off + object->span.len);
    if (!w403_instant_read(r->time_text, &r->time) && !w403_access_log_time(r->time_text, &r->time)) {
        return w403_json_error(doc, w403_json_get(object, "request_time"), err, "`request_time` is no time");
    }
    if (!r->operation.p) {
        return w403_json_error(doc, w403_json_get(object, "operation"), err, "`operation` is no string");
    }
    if (r->acl_required == W403_UNKNOWN && w403_json_get(object, "acl_required")) {
        r->acl_required = W403_NO;
    }
    if (w403_view_u64(r->status_text, &status) && status < 1000) {
        r->status = (int)status;
    }
    bool told = w403_json_get(object, "cipher_suite") || r->tls.p;
    r->secure = !told ? W403_UNKNOWN : r->cipher.p || r->tls.p ? W403_YES : W403_NO;
    w403_access_log_classify(r);
    if (!w403_json_get(object, "requester")) {
        r->who = W403_WHO_UNKNOWN; /* a row without that column: nobody says that it was anonymous */
    }
    return W403_OK;
}
