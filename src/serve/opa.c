/* OPA's data API: POST /v1/data/<path> {"input":...}. The shape of the answer hangs on who asks: Ceph's radosgw 16.2 aborts where
 * the result is no boolean, so it is told by its path and by its body. */
#include "evidence/request_json.h"
#include "serve/opa.h"

static bool is_rgw(const w403_json *input)
{
    return w403_json_get(input, "user_info") && w403_json_get(input, "request_uri_aws4");
}

static void put_boolean(w403_serving *q, bool allow, bool bare)
{
    w403_buf *out = &q->x->out;
    if (bare) { /* nothing else may be in it */
        w403_buf_puts(out, allow ? "{\"result\":true}" : "{\"result\":false}");
    } else {
        char id[27];
        w403_new_id(id);
        w403_buf_printf(out, "{\"result\":%s,\"decision_id\":\"%s\"}", allow ? "true" : "false", id);
    }
    w403_answer(q, 200, "application/json");
}

static void put_object(w403_serving *q, bool allow, const w403_pdp *d)
{
    w403_json_writer w;
    char             id[27];
    w403_new_id(id);
    w403_jw_init(&w, &q->x->out, false);
    w403_jw_object(&w);
    w403_jw_key(&w, "result");
    w403_jw_object(&w);
    w403_jw_flag(&w, "allow", allow);
    w403_jw_word(&w, "decision", w403_verdict_name(d->verdict));
    if (d->cause) {
        w403_jw_word(&w, "cause", d->cause);
    }
    w403_jw_text(&w, "message", d->message);
    w403_jw_end_object(&w);
    w403_jw_word(&w, "decision_id", id);
    w403_jw_end_object(&w);
    w403_answer(q, 200, "application/json");
}

/* Of this API: a request of ours. */
static void answer_own(w403_serving *q, const w403_json_doc *doc, const w403_json *input, bool boolean)
{
    w403_request r;
    w403_pdp     d;
    w403_error   err;
    w403_status  status = w403_request_from_json(q->arena, doc, input, true, &r, &err);
    status = status == W403_OK ? w403_pdp_decide(q, W403_PROTOCOL_OPA, &r, &d, &err) : status;
    if (status != W403_OK) {
        err.code = W403_SEMANTIC; /* 400 of OPA, whatever is wrong */
        w403_refuse_error(q, &err);
    } else if (boolean) {
        put_boolean(q, d.verdict == W403_ALLOWED, false);
    } else {
        put_object(q, d.verdict == W403_ALLOWED, &d);
    }
}

static void answer_rgw(w403_serving *q, const w403_json *input)
{
    w403_request r;
    w403_pdp     d;
    w403_error   err;
    bool         allow = false;
    if (!input || !w403_rgw_request(q, input, &r)) {
        w403_pdp_refused(q, W403_PROTOCOL_RGW, &d);
    } else if (w403_pdp_decide(q, W403_PROTOCOL_RGW, &r, &d, &err) == W403_OK) {
        allow = d.verdict == W403_ALLOWED || (d.verdict == W403_UNDETERMINED && q->server->options.undetermined_allows);
    }
    put_boolean(q, allow, true);
}

static void answer_minio(w403_serving *q, const w403_json *input, bool rustfs, bool boolean)
{
    w403_request  r;
    w403_pdp      d;
    w403_error    err;
    w403_protocol p = rustfs ? W403_PROTOCOL_RUSTFS : W403_PROTOCOL_MINIO;
    bool          deny_only = false, allow = false;
    bool          read = rustfs ? w403_rustfs_request(q, input, &r, &deny_only) : w403_minio_request(q, input, &r, &deny_only);
    if (!read) {
        w403_pdp_refused(q, p, &d);
    } else if (w403_pdp_decide(q, p, &r, &d, &err) == W403_OK) {
        allow = deny_only ? d.not_denied : d.verdict == W403_ALLOWED;
    }
    if (boolean) {
        put_boolean(q, allow, false);
    } else {
        put_object(q, allow, &d);
    }
}

void w403_route_opa(w403_serving *q)
{
    w403_json_doc doc = {.root = NULL};
    w403_view     path = w403_view_sub(q->path, sizeof "/v1/data/" - 1, q->path.n);
    bool          boolean = w403_view_ends(path, W403_LIT("/allow"));
    path.n -= boolean ? sizeof "/allow" - 1 : 0;
    bool ceph = w403_view_eq(path, W403_LIT("ceph/authz")), minio = w403_view_eq(path, W403_LIT("minio/authz"));
    bool rustfs = w403_view_eq(path, W403_LIT("rustfs/authz")), own = w403_view_eq(path, W403_LIT("s3/authz"));
    if ((minio || rustfs) && w403_view_trim(q->x->body).n == 0) { /* the look of a store that starts */
        put_boolean(q, false, true);
        return;
    }
    if (ceph) {
        w403_error err;
        bool good = w403_body_fits(q) && w403_json_parse(q->arena, W403_LIT("request"), q->x->body, NULL, &doc, NULL, &err) == W403_OK;
        answer_rgw(q, good ? w403_json_get(doc.root, "input") : NULL);
        return;
    }
    if (!w403_body_json(q, &doc)) {
        return;
    }
    const w403_json *input = w403_json_get(doc.root, "input");
    if (is_rgw(input)) {
        answer_rgw(q, input);
    } else if (!w403_json_is(input, W403_JSON_OBJECT)) {
        w403_refuse(q, 400, "invalid_parameter", "`input` is an object", NULL);
    } else if (minio || rustfs) {
        answer_minio(q, input, rustfs, boolean);
    } else if (own) {
        answer_own(q, &doc, input, boolean);
    } else { /* a document that is not defined */
        w403_answer_text(q, 200, "application/json", W403_LIT("{}"));
    }
}

void w403_route_opa_health(w403_serving *q)
{
    w403_answer_text(q, 200, "application/json", W403_LIT("{}"));
}
