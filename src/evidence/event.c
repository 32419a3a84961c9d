/* One CloudTrail event to candidate requests (formats 4.1, 4.3). */
#include "evidence/event.h"

#include "base/ip.h"
#include "base/time.h"
#include "evidence/envelope.h"
#include "evidence/error_text.h"

w403_view w403_event_text(const w403_json *object, const char *name)
{
    const w403_json *v = object ? w403_json_get(object, name) : NULL;
    if (v && v->type == W403_JSON_ARRAY && v->count == 1) {
        v = v->first;
    }
    bool scalar = v && v->type != W403_JSON_ARRAY && v->type != W403_JSON_OBJECT && v->type != W403_JSON_NULL;
    return scalar ? v->text : (w403_view){NULL, 0};
}

/* ---- where the event is in the text ---- */

/* The first event that was found, and how many records there are. */
typedef struct finding {
    w403_json_doc    doc;
    const w403_json *event;
    uint64_t         events, others;
    w403_view        what; /* the first object that is no record */
} finding;

static w403_status on_found(void *user, const w403_carried *c, w403_error *err)
{
    finding *f = user;
    (void)err;
    if (c->kind == W403_CARRIED_EVENT && f->events++ == 0) {
        f->doc = c->doc;
        f->event = c->object;
    }
    f->others += c->kind != W403_CARRIED_EVENT;
    return W403_OK;
}

static void on_no_record(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what)
{
    finding *f = user;
    (void)doc;
    (void)at;
    f->what = f->what.p ? f->what : what;
}

static void on_damaged(void *user, const w403_json_doc *doc, const w403_json *at, const char *why)
{
    (void)user;
    (void)doc;
    (void)at;
    (void)why;
}

static w403_status no_event(const w403_json_doc *doc, const finding *f, bool empty, w403_error *err)
{
    if (f->events > 1 || empty || (f->events && f->what.p)) {
        uint64_t n = f->events + (f->what.p != NULL);
        (void)w403_json_error(doc, doc->root, err, "expected one event, not %llu", (unsigned long long)n);
        w403_error_hint(err, "give the one denied event; `why403 logs` reads whole files");
        return W403_SEMANTIC;
    }
    bool known = f->what.p && !w403_view_starts(f->what, W403_LIT("an object with ")) && doc->root->type == W403_JSON_OBJECT;
    if (f->others) {
        w403_error_set(err, W403_SYNTAX, "this is no CloudTrail event: it is a server access log record");
    } else if (known) {
        w403_error_set(err, W403_SYNTAX, "this is no CloudTrail event: it is %.*s", W403_CUT(f->what));
    } else {
        w403_error_set(err, W403_SYNTAX, "this is no CloudTrail event: it has no eventName and eventSource");
    }
    w403_error_place(err, doc->source, doc->text, doc->root->span.off, doc->root->span.len);
    w403_error_hint(err, f->others ? "give it as `--log-line`"
                                   : "expected the event object, {\"Records\": [event]}, or an item of lookup-events");
    return W403_SYNTAX;
}

w403_status w403_event_unwrap(w403_arena *a, w403_json_doc *doc, const w403_json **out, w403_error *err)
{
    finding            f = {0};
    const w403_carrier to = {.user = &f, .found = on_found, .no_record = on_no_record, .damaged = on_damaged};
    w403_opened        opened;
    W403_TRY(w403_envelope_open(a, doc, doc->root, &to, &opened, err));
    if (f.events != 1 || f.what.p || !w403_json_str(f.event, "eventSource").p) {
        return no_event(doc, &f, opened.empty, err);
    }
    *doc = f.doc;
    *out = f.event;
    return W403_OK;
}

/* ---- network, time, transport ---- */

static void read_network(w403_event *e)
{
    w403_view ip = w403_json_str(e->ev, "sourceIPAddress");
    w403_view endpoint = w403_endpoint_id(w403_json_str(e->ev, "vpcEndpointId"));
    w403_ip   parsed;
    w403_build_said(&e->b, "source ip", ip, "sourceIPAddress");
    w403_build_said(&e->b, "vpc endpoint", endpoint, "vpcEndpointId");
    if (endpoint.n) {
        e->base.via = endpoint;
        if (w403_ip_parse(ip, &parsed)) {
            w403_build_context(&e->b, &e->context, "aws:VpcSourceIp", ip);
        }
    } else if (w403_ip_parse(ip, &parsed)) {
        e->base.from = ip;
    } else if (!w403_view_starts(e->base.principal, W403_LIT("service:"))) {
        w403_build_missing(&e->b, "network", "--from IP or --via vpce-ID",
                           "the event names an AWS service, not the address of the caller");
    }
}

static void read_transport(w403_event *e)
{
    const w403_json *more = w403_json_get(e->ev, "additionalEventData");
    const w403_json *tls = w403_json_get(e->ev, "tlsDetails");
    w403_view version = tls ? w403_json_str(tls, "tlsVersion") : (w403_view){NULL, 0};
    if (version.n > 4 && w403_view_ieq(w403_view_sub(version, 0, 4), W403_LIT("TLSv"))) {
        w403_build_context(&e->b, &e->context, "s3:TlsVersion", w403_view_sub(version, 4, version.n));
        w403_build_said(&e->b, "tls", version, "tlsDetails.tlsVersion");
    }
    w403_view method = w403_event_text(more, "AuthenticationMethod");
    if (w403_view_eq(method, W403_LIT("QueryString"))) {
        e->base.presigned = true;
        w403_build_context(&e->b, &e->context, "s3:authType", W403_LIT("REST-QUERY-STRING"));
        w403_build_context_state(&e->b, &e->context, "s3:signatureAge", W403_UNKNOWN);
    } else if (w403_view_eq(method, W403_LIT("AuthHeader"))) {
        w403_build_context(&e->b, &e->context, "s3:authType", W403_LIT("REST-HEADER"));
    }
    w403_build_said(&e->b, "authentication", method, "additionalEventData.AuthenticationMethod");
    w403_view agent = w403_json_str(e->ev, "userAgent");
    if (agent.n >= 2 && agent.p[0] == '[' && agent.p[agent.n - 1] == ']') {
        agent = w403_view_sub(agent, 1, agent.n - 1); /* S3 wraps it */
    }
    w403_build_context(&e->b, &e->context, "aws:UserAgent", agent);
    w403_build_context(&e->b, &e->context, "aws:RequestedRegion", w403_json_str(e->ev, "awsRegion"));
    e->b.out->reported.host_id = w403_event_text(more, "x-amz-id-2");
}

/* As AWS writes it, or as whoever kept the event does: ISO 8601 then. */
static w403_view read_time(const w403_event *e)
{
    w403_instant t, strict;
    w403_view    text = w403_event_text(e->ev, "eventTime");
    text = text.p ? text : w403_event_text(e->ev, "@timestamp");
    bool other = w403_instant_read(text, &t) && (!w403_instant_parse(text, &strict) || strict != t);
    return other ? w403_instant_format(e->b.arena, t) : text;
}

/* CloudTrail Lake keeps the keys that IAM evaluated: they are the truth. */
static void read_evaluated(w403_event *e)
{
    const w403_json *keys = w403_json_path(e->ev, "eventContext", "requestContext", NULL);
    for (const w403_json *m = w403_json_is(keys, W403_JSON_OBJECT) ? keys->first : NULL; m; m = m->next) {
        w403_view name = w403_arena_copy(e->b.arena, m->key); /* ends in NUL */
        if (name.p && (m->type == W403_JSON_STRING || m->type == W403_JSON_TRUE || m->type == W403_JSON_FALSE)) {
            w403_build_context(&e->b, &e->context, name.p, m->text);
        }
    }
}

/* ---- what was asked for ---- */

static void read_parameters(w403_event *e)
{
    static const char *const skipped[] = {"bucketName", "key", "Host", "host", "versionId", "bucketPolicy"};
    static const char *const secrets[] = {"X-Amz-Signature", "X-Amz-Security-Token", "Authorization"}; /* of no policy */
    e->parameters = w403_json_get(e->ev, "requestParameters");
    if (!w403_json_is(e->parameters, W403_JSON_OBJECT)) {
        e->parameters = NULL;
        return;
    }
    for (const w403_json *m = e->parameters->first; m; m = m->next) {
        bool skip = false;
        for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) {
            skip |= w403_view_eq(m->key, w403_view_of(skipped[i]));
        }
        for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
            skip |= w403_view_ieq(m->key, w403_view_of(secrets[i]));
        }
        const w403_json *v = m->type == W403_JSON_ARRAY && m->count == 1 ? m->first : m;
        if (skip || v->type == W403_JSON_OBJECT || v->type == W403_JSON_ARRAY || v->type == W403_JSON_NULL) {
            continue;
        }
        if (w403_view_starts(m->key, W403_LIT("x-amz-"))) {
            w403_build_header(&e->b, &e->headers, m->key, v->text);
        } else {
            w403_build_pair(&e->b, &e->query, m->key, v->text);
        }
    }
    e->target.bucket = w403_event_text(e->parameters, "bucketName");
    e->target.key = w403_event_text(e->parameters, "key");
    e->base.version_id = w403_event_text(e->parameters, "versionId");
    const w403_json *policy = w403_json_get(e->parameters, "bucketPolicy");
    if (w403_json_is(policy, W403_JSON_OBJECT)) {
        e->base.body_policy = w403_view_sub(e->doc.text, policy->span.off, (size_t)policy->span.off + policy->span.len);
    } else if (w403_json_is(policy, W403_JSON_STRING)) {
        e->base.body_policy = policy->text;
    }
}

/* resources[]: owner's account, access points, and what requestParameters left out. */
static void read_resources(w403_event *e)
{
    const w403_json *list = w403_json_get(e->ev, "resources");
    for (const w403_json *r = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL; r; r = r->next) {
        w403_view type = w403_json_str(r, "type"), arn = w403_json_str(r, "ARN");
        if (w403_view_eq(type, W403_LIT("AWS::S3::Bucket"))) {
            e->base.resource_account = w403_json_str(r, "accountId");
            if (!e->target.bucket.n && arn.n) {
                e->target.bucket = w403_arn_part(arn, 5);
            }
        } else if (w403_view_eq(type, W403_LIT("AWS::S3::AccessPoint")) && arn.n) {
            e->target.bucket = arn;
        }
    }
    w403_build_said(&e->b, "bucket", e->target.bucket, "requestParameters.bucketName");
    w403_build_said(&e->b, "key", e->target.key, "requestParameters.key");
    w403_build_said(&e->b, "version", e->base.version_id, "requestParameters.versionId");
    w403_build_said(&e->b, "owner account", e->base.resource_account, "resources[].accountId");
}

static void finish_request(w403_event *e, w403_request *r)
{
    r->headers = e->headers.at;
    r->n_headers = e->headers.n;
    r->query = e->query.at;
    r->n_query = e->query.n;
    r->context = e->context.at;
    r->n_context = e->context.n;
    r->unsaid = W403_UNSAID_HEADERS; /* requestParameters holds the query, and not all header fields (formats 4.1) */
}

static void add_s3(w403_event *e, const w403_operation *op)
{
    w403_request r = e->base;
    w403_target  t = e->target;
    bool         object = strcmp(op->resource_kind, "object") == 0;
    if (!object) {
        t.key = (w403_view){NULL, 0};
    }
    r.operation = w403_view_of(op->name);
    bool anywhere = strcmp(op->resource_kind, "service") == 0 || strcmp(op->resource_kind, "account") == 0;
    r.resource = anywhere || (!t.bucket.n && strcmp(op->model, "s3control") == 0) ? W403_LIT("*")
                                                                                 : w403_target_arn(&e->b, &t);
    if (!r.resource.p || (object && !t.key.n)) {
        w403_build_missing(&e->b, "resource", "RESOURCE", "the event does not name what was asked for");
        r.resource = (w403_view){NULL, 0};
    }
    if (strcmp(op->name, "DeleteObjects") == 0) {
        w403_build_missing(&e->b, "keys", "--event of each DeleteObject",
                           "CloudTrail does not record the keys of a multi-object delete in this event");
    }
    finish_request(e, &r);
    w403_build_reading(&e->b, &r, "CloudTrail's %.*s is the API's %s", W403_FMT(e->name), op->name);
    w403_error_compare(&e->b, &e->b.out->reported, op);
}

/* The KMS call that S3 makes with the caller's identity: the S3 request behind it, and the call itself. */
static void add_kms(w403_event *e)
{
    static const struct {
        const char *event, *operation;
    } behind[] = {{"Decrypt", "GetObject"}, {"GenerateDataKey", "PutObject"}};
    const w403_json *encryption = e->parameters ? w403_json_get(e->parameters, "encryptionContext") : NULL;
    w403_view object = encryption ? w403_json_str(encryption, "aws:s3:arn") : (w403_view){NULL, 0};
    bool      whole = object.n && w403_view_find_char(w403_arn_part(object, 5), '/') >= w403_arn_part(object, 5).n;
    for (size_t i = 0; i < 2 && object.n; i++) {
        if (w403_view_eq(e->name, w403_view_of(behind[i].event))) {
            w403_request r = e->base;
            r.operation = w403_view_of(behind[i].operation);
            r.resource = whole ? (w403_view){NULL, 0} : object;
            if (whole) {
                w403_build_missing(&e->b, "resource", "RESOURCE",
                                   "with an S3 Bucket Key the KMS event names the bucket, not the object");
            }
            w403_build_reading(&e->b, &r, "S3 asks KMS for %.*s while it serves a %s", W403_FMT(e->name),
                               behind[i].operation);
        }
    }
    w403_request r = e->base;
    r.action = w403_build_printf(&e->b, "kms:%.*s", W403_FMT(e->name));
    const w403_json *list = w403_json_get(e->ev, "resources");
    w403_view arn = w403_json_is(list, W403_JSON_ARRAY) && list->first ? w403_json_str(list->first, "ARN")
                                                                      : (w403_view){NULL, 0};
    w403_view id = w403_event_text(e->parameters, "keyId");
    r.resource = arn.n ? arn : w403_view_starts(id, W403_LIT("arn:")) ? id : e->b.out->reported.resource;
    if (!r.resource.p && id.n) {
        w403_view account = w403_json_str(e->ev, "recipientAccountId"), region = w403_json_str(e->ev, "awsRegion");
        r.resource = w403_build_printf(&e->b, "arn:%s:kms:%.*s:%.*s:%s%.*s", w403_partition_of_region(region),
                                       W403_FMT(region), W403_FMT(account),
                                       w403_view_starts(id, W403_LIT("alias/")) ? "" : "key/", W403_FMT(id));
        w403_build_inferred(&e->b, "key", r.resource, "keyId, and the Region and account of the event");
    }
    if (!r.resource.p) {
        w403_build_missing(&e->b, "key", "RESOURCE", "the event does not name the KMS key");
    }
    if (object.n) {
        w403_build_context(&e->b, &e->context, "kms:EncryptionContext:aws:s3:arn", object);
        w403_build_context(&e->b, &e->context, "kms:ViaService",
                           w403_build_printf(&e->b, "s3.%.*s.amazonaws.com",
                                             W403_FMT(w403_json_str(e->ev, "awsRegion"))));
        w403_build_said(&e->b, "object", object, "encryptionContext.aws:s3:arn");
    }
    r.context = e->context.at;
    r.n_context = e->context.n;
    w403_build_reading(&e->b, &r, "the event is KMS's own %.*s", W403_FMT(e->name));
}

/* Any other service: its action of the same name. */
static void add_other(w403_event *e)
{
    w403_view        service = e->source;
    w403_request     r = e->base;
    const w403_json *list = w403_json_get(e->ev, "resources");
    service = w403_view_cut(&service, '.');
    r.action = w403_build_printf(&e->b, "%.*s:%.*s", W403_FMT(service), W403_FMT(e->name));
    r.resource = w403_json_is(list, W403_JSON_ARRAY) && list->first ? w403_json_str(list->first, "ARN")
                                                                    : (w403_view){NULL, 0};
    if (!r.resource.p) {
        r.resource = e->b.out->reported.resource;
    }
    if (!r.resource.p) {
        w403_build_missing(&e->b, "resource", "RESOURCE", "the event does not name what was asked for");
    }
    finish_request(e, &r);
    w403_build_reading(&e->b, &r, "the action of the event's name");
}

static void add_readings(w403_event *e)
{
    const w403_event_name *row = w403_cloudtrail_event(e->source, e->name);
    w403_view rest = row ? w403_view_of(row->operations) : (w403_view){NULL, 0};
    bool      s3 = w403_view_starts(e->source, W403_LIT("s3"));
    size_t    before = e->b.readings.n;
    for (const w403_operation *op; (op = w403_operation_next_plain(&rest)) != NULL;) {
        add_s3(e, op);
    }
    if (e->b.readings.n == before && s3 && w403_operation_find(e->name)) {
        add_s3(e, w403_operation_find(e->name));
    }
    if (w403_view_eq(e->source, W403_LIT("kms.amazonaws.com"))) {
        add_kms(e);
    } else if (e->b.readings.n == before) {
        add_other(e);
    }
}

/* ---- what AWS said ---- */

static void read_error(w403_event *e)
{
    w403_reported *r = &e->b.out->reported;
    w403_view      code = w403_json_str(e->ev, "errorCode"), message = w403_json_str(e->ev, "errorMessage");
    w403_view      host = r->host_id;
    w403_evidence  sub;
    if (message.n && w403_evidence_error(e->b.arena, message, &sub, NULL) == W403_OK) {
        *r = sub.reported;
        e->b.out->refused = sub.refused;
    }
    r->error_code = code.n ? code : r->error_code;
    r->message = message.n ? message : r->message;
    r->host_id = host;
    r->request_id = w403_json_str(e->ev, "requestID");
    r->event_time = e->base.at;
    const w403_code *known = w403_build_code(&e->b, code);
    if (r->form == W403_FORM_NONE && known && known->status == 403) {
        r->form = W403_FORM_BARE;
    }
    if (!code.n && !message.n) {
        w403_build_note(&e->b, "the event has no errorCode: AWS did not deny it");
    }
    if (w403_view_eq(code, W403_LIT("VpceAccessDenied"))) {
        /* formats 4.3: a network activity event; S3 itself logs nothing of such a denial */
        w403_build_claim(&e->b, "no-allow.vpc-endpoint");
        w403_build_claim(&e->b, "deny.vpc-endpoint");
        r->layer = "VPC endpoint policy";
        r->certain = true;
        r->form = W403_FORM_ENHANCED;
    }
    w403_build_said(&e->b, "error code", r->error_code, "errorCode");
    w403_build_said(&e->b, "action", r->action, "errorMessage");
    w403_build_said(&e->b, "policy", r->policy_arn, "errorMessage");
    w403_build_said(&e->b, "request id", r->request_id, "requestID");
}

static void compare_principal(w403_event *e)
{
    w403_reported *r = &e->b.out->reported;
    if (!e->base.principal.p && r->principal.p) {
        e->base.principal = r->principal;
        w403_build_said(&e->b, "principal", r->principal, "errorMessage");
    } else if (r->principal.p && !w403_view_eq(r->principal, e->base.principal)) {
        w403_build_note(&e->b, "errorMessage names `%.*s`, userIdentity `%.*s`", W403_FMT(r->principal),
                        W403_FMT(e->base.principal));
    }
    if (!e->base.principal.p) {
        w403_build_missing(&e->b, "principal", "--as PRINCIPAL", "the event does not show the caller's ARN");
    }
}

w403_status w403_evidence_event(w403_arena *arena, w403_view source, w403_view text, w403_evidence *out,
                                w403_error *err)
{
    w403_json_doc doc;
    W403_TRY(w403_json_parse(arena, source, text, NULL, &doc, NULL, err));
    return w403_evidence_event_doc(arena, &doc, out, err);
}

w403_status w403_evidence_event_doc(w403_arena *arena, const w403_json_doc *doc, w403_evidence *out, w403_error *err)
{
    w403_event *e = W403_NEW(arena, w403_event);
    W403_NEED(e, err);
    w403_build_init(&e->b, arena, out, W403_EVIDENCE_EVENT);
    e->doc = *doc;
    W403_TRY(w403_event_unwrap(arena, &e->doc, &e->ev, err));
    w403_request_init(&e->base);
    e->name = w403_json_str(e->ev, "eventName");
    e->source = w403_json_str(e->ev, "eventSource");
    e->base.at = read_time(e);
    e->target.region = w403_json_str(e->ev, "awsRegion");
    e->target.partition = w403_partition_of_region(e->target.region);
    w403_build_said(&e->b, "event", e->name, "eventName");
    w403_build_said(&e->b, "time", e->base.at, "eventTime");
    w403_event_identity(e);
    read_network(e);
    read_transport(e);
    read_evaluated(e);
    read_error(e);
    compare_principal(e);
    read_parameters(e);
    read_resources(e);
    add_readings(e);
    return w403_build_finish(&e->b, err);
}
