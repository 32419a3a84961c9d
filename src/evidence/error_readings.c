/* Which requests an error text may be about. */
#include "evidence/error_text.h"

typedef w403_error_reader reader;

static const w403_operation *catalog_operation(w403_view name)
{
    return name.n ? w403_operation_find(name) : NULL;
}

static bool names_object(w403_view arn)
{
    w403_view rest = w403_arn_part(arn, 5);
    size_t    slash = rest.p ? w403_view_find_char(rest, '/') : SIZE_MAX;
    if (!rest.p || slash == SIZE_MAX || slash >= rest.n) {
        return false;
    }
    return w403_view_starts(rest, W403_LIT("accesspoint/")) ? w403_view_find(rest, W403_LIT("/object/")) != SIZE_MAX : true;
}

static bool is_s3_arn(w403_view arn)
{
    return w403_view_starts(w403_arn_part(arn, 2), W403_LIT("s3"));
}

static bool reads_source(const char *operation)
{
    return strcmp(operation, "GetObject") == 0 || strcmp(operation, "HeadObject") == 0 ||
           strcmp(operation, "DeleteObject") == 0 || strcmp(operation, "GetObjectTagging") == 0;
}

/* The ARN that the operation is aimed at, as far as the text says: the resource that AWS names, or a path around it. */
static w403_view operation_resource(reader *d, const w403_operation *op)
{
    bool object = strcmp(op->resource_kind, "object") == 0;
    if (strcmp(op->resource_kind, "service") == 0) {
        return W403_LIT("*");
    }
    if (d->r->resource.p && is_s3_arn(d->r->resource) && names_object(d->r->resource) == object) {
        return d->r->resource;
    }
    bool        from = d->around.has_from && (reads_source(op->name) || !d->around.has_to);
    w403_target t = from ? d->around.from : d->around.to;
    if ((!from && !d->around.has_to) || (object && !t.key.n)) {
        return (w403_view){NULL, 0};
    }
    if (!object) {
        t.key = (w403_view){NULL, 0};
    }
    return w403_target_arn(&d->b, &t);
}

void w403_error_compare(w403_build *b, w403_reported *r, const w403_operation *op)
{
    if (!r->action.p) {
        return;
    }
    const w403_permission *p = w403_operation_needs(op, r->action);
    if (!p) {
        w403_build_note(b, "%s is not known to need %.*s: the text may join two errors", op->name, W403_FMT(r->action));
    } else if (p->need == W403_NEED_STATUS_ONLY) {
        /* 4.7: the masking check names s3:ListBucket on the bucket */
        w403_build_claim(b, "masked-404");
        r->certain = false;
        w403_build_note(b,
                        "AWS names %.*s although the request was %s: the key or version it asks for is probably missing",
                        W403_FMT(r->action), op->name);
    }
}

static void add_operation(reader *d, const w403_operation *op, bool named)
{
    w403_request r;
    w403_request_init(&r);
    r.operation = w403_view_of(op->name);
    r.principal = d->r->principal;
    r.at = d->r->event_time;
    r.resource = operation_resource(d, op);
    if (r.resource.p && d->around.has_to) {
        r.query = d->around.query.at;
        r.n_query = d->around.query.n;
        r.version_id = d->around.version;
    }
    bool whole = r.resource.p && d->around.query_whole;
    w403_pairs headers = whole ? d->around.headers : (w403_pairs){0};
    if (d->around.has_from && d->around.has_to && strcmp(op->name, "CopyObject") == 0) {
        w403_build_header(&d->b, &headers, W403_LIT("x-amz-copy-source"),
                          w403_build_printf(&d->b, "%.*s/%.*s", W403_ALL(d->around.from.bucket),
                                            W403_ALL(d->around.from.key)));
    }
    r.headers = headers.at;
    r.n_headers = headers.n;
    r.unsaid = W403_UNSAID_HEADERS | (whole ? 0 : W403_UNSAID_QUERY);
    if (!r.resource.p) {
        w403_build_missing(&d->b, "resource", "RESOURCE",
                           strcmp(op->resource_kind, "object") == 0 ? "the text does not name the object of the request"
                                                                    : "the text does not name the bucket");
    }
    w403_build_reading(&d->b, &r, "%s is the %s", op->name,
                       !named                    ? "likeliest use of a URL"
                       : d->around.operation_from ? "operation that the text stands for"
                                                  : "operation that the text names");
    w403_error_compare(&d->b, d->r, op);
}

static void add_action(reader *d)
{
    w403_request r;
    w403_request_init(&r);
    r.action = d->r->action;
    r.resource = d->r->resource;
    r.principal = d->r->principal;
    r.at = d->r->event_time;
    r.unsaid = W403_UNSAID_HEADERS | (d->around.query_whole ? 0 : W403_UNSAID_QUERY);
    r.query = d->around.query.at;
    r.n_query = d->around.query.n;
    bool kms = w403_view_starts(r.action, W403_LIT("kms:"));
    if (!r.resource.p) {
        w403_build_missing(&d->b, kms ? "key" : "resource", "RESOURCE",
                           kms ? "the text does not name the KMS key: the object's or the bucket's encryption does"
                               : "the text does not name what was asked for");
    }
    if (kms) {
        w403_build_note(&d->b, "KMS denied the call that S3 makes for the caller: the cause is in the key's policy or in "
                               "the caller's kms permissions, not in the bucket policy");
    }
    if (d->b.readings.n == 0 && w403_view_ieq(r.action, W403_LIT("s3:ListBucket"))) {
        /* 4.7: a read of a missing key is refused with the same words */
        w403_build_claim(&d->b, "masked-404");
        d->r->certain = false;
        w403_build_note(&d->b, "S3 says the same of a listing and of reading a key that is missing");
    }
    w403_build_reading(&d->b, &r, "%.*s is the permission that AWS's text names", W403_FMT(r.action));
}

/* A browser's error page, or a log with the URL: nothing says more than a read, or a listing where the URL asks for one. */
static void add_read(reader *d)
{
    const w403_operation *op = NULL;
    if (d->around.torn) {
        return;
    }
    if (d->around.to.key.n) {
        op = w403_operation_find(W403_LIT("GetObject"));
    } else if (w403_pairs_get(&d->around.query, "list-type") || w403_pairs_get(&d->around.query, "prefix")) {
        op = w403_operation_of_http(W403_LIT("GET"), &d->around.to, &d->around.query, NULL);
    }
    if (op) {
        add_operation(d, op, false);
        w403_build_inferred(&d->b, "operation", w403_view_of(op->name), "the text names a URL and no operation");
    }
}

void w403_error_readings(w403_error_reader *d)
{
    const w403_operation *op = catalog_operation(d->r->operation);
    if (d->r->inventory_date.p) {
        return;
    }
    if (op) {
        add_operation(d, op, true);
    }
    if (d->r->action.p) {
        add_action(d);
    } else if (!op && d->around.has_to) {
        add_read(d);
    }
    if (!op && !d->r->action.p && d->b.readings.n == 0) {
        w403_build_missing(&d->b, "operation", "OPERATION", "the text does not say what was tried");
        w403_build_missing(&d->b, "resource", "RESOURCE", "the text does not name what was asked for");
    }
}
