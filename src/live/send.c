/* From a call that waits to a request on the wire. */
#include "live/engine.h"

enum { DETAILS_TIMES = 6 /* GetAccountAuthorizationDetails takes its time */ };

static w403_wire_input input_of(const w403_job *job)
{
    return (w403_wire_input){.row = job->row,
                             .account = job->account->id,
                             .arguments = job->arguments,
                             .n_arguments = job->n_arguments,
                             .tokens = {job->tokens[0], job->tokens[1]}};
}

/* Buckets of a directory are asked for at another host, as is their list. */
static unsigned service_of(const w403_job *job, w403_view bucket)
{
    bool directory = job->row == W403_CALL_S3_LISTDIRECTORYBUCKETS || w403_view_ends(bucket, W403_LIT("--x-s3"));
    unsigned service = w403_calls[job->row].service_id;
    return service == W403_SERVICE_S3 && directory ? W403_SERVICE_S3EXPRESS : service;
}

w403_status w403_session_endpoint(const w403_live_session *s, w403_arena *a, const w403_job *job, w403_endpoint *out,
                                  w403_error *err)
{
    w403_wire_input in = input_of(job);
    bool            s3 = w403_calls[job->row].service_id == W403_SERVICE_S3;
    w403_view       account = w403_wire_argument(&in, "AccountId");
    w403_view       bucket = s3 ? w403_wire_argument(&in, "Bucket") : (w403_view){NULL, 0};
    w403_endpoint_query query = {.service = service_of(job, bucket),
                                 .region = job->region,
                                 .account = account.n > 0 ? account : job->account->id,
                                 .bucket = bucket};
    return w403_endpoint_find(s->parts->endpoints, a, &query, out, err);
}

w403_status w403_session_queue(w403_live_session *s, w403_job *job, bool first, w403_error *err)
{
    w403_arena   *a = w403_arena_new(0);
    w403_endpoint at;
    W403_NEED(a, err);
    w403_status     st = w403_session_endpoint(s, a, job, &at, err);
    w403_live_host *host = NULL;
    if (st == W403_OK) {
        w403_wire_input in = input_of(job);
        bool of_one_bucket = at.path.n == 0 && !at.overridden && w403_calls[job->row].service_id == W403_SERVICE_S3 &&
                             w403_wire_argument(&in, "Bucket").n > 0;
        host = w403_lanes_host(&s->lanes, at.host, of_one_bucket, w403_calls[job->row].service_id);
        if (!host || !w403_lanes_put(&s->lanes, job, host, first)) {
            st = w403_error_nomem(err);
        }
    }
    w403_arena_free(a);
    return st;
}

/* All calls of this account wait until its role has been assumed, which is a call too: with the caller's own keys. */
static w403_status enter_first(w403_live_session *s, w403_job *job, w403_error *err)
{
    w403_lanes_came_back(&s->lanes, job);
    job->account->entering = true;
    w403_credentials_again(s->parts->credentials, job->account->id); /* it is sent by the call below */
    W403_NEED(w403_lanes_put(&s->lanes, job, job->lane->host, true), err);
    const w403_live_call call = {.row = W403_CALL_STS_ASSUMEROLE, .tag = job->account};
    w403_job            *enter = w403_job_new(&s->lanes, &call);
    W403_NEED(enter, err);
    enter->enters = true;
    w403_status st = w403_session_queue(s, enter, true, err);
    if (st != W403_OK) {
        w403_job_free(enter);
    }
    return st;
}

static w403_status take_transfer(w403_live_session *s, w403_transfer **out, w403_error *err)
{
    if (s->n_idle > 0) {
        *out = s->idle[--s->n_idle];
        W403_NEED((*out)->arena, err);
        return W403_OK;
    }
    W403_TRY(w403_transfer_new(out, err));
    s->transfers[s->n_transfers++] = *out;
    return W403_OK;
}

static w403_status start(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_transfer_input *in,
                         w403_error *err)
{
    t->job = job;
    W403_TRY(w403_transfer_set(t, in, err));
    W403_NEED(curl_multi_add_handle(s->multi, t->easy) == CURLM_OK, err);
    s->counts.requests++;
    s->counts.in_flight++;
    job->attempts++;
    job->sent = w403_session_now();
    return W403_OK;
}

enum { HEADERS = 16 };

static size_t put(w403_header *headers, size_t n, const char *name, w403_view value)
{
    if (value.n > 0 && n < HEADERS) {
        headers[n++] = (w403_header){w403_view_of(name), value};
    }
    return n;
}

/* The request with its signature, on its way. */
static w403_status send_signed(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_keys *keys, w403_error *err)
{
    w403_wire_input in = input_of(job);
    w403_endpoint   at;
    w403_wire       wire;
    W403_TRY(w403_session_endpoint(s, t->arena, job, &at, err));
    in.prefix = at.path;
    in.bucket_elsewhere = w403_calls[job->row].service_id == W403_SERVICE_S3;
    W403_TRY(w403_wire_build(t->arena, &in, &wire, err));
    w403_header headers[HEADERS];
    size_t      n = wire.n_headers;
    memcpy(headers, wire.headers, n * sizeof *headers);
    if (!s->parts->anonymous) {
        w403_sign_input to_sign = {.method = wire.method, .host = at.host, .path = wire.path, .query = wire.query,
                                   .body = wire.body, .service = at.signing_name, .region = at.region,
                                   .headers = wire.headers, .n_headers = wire.n_headers, .rules = at.rules};
        w403_signature  signature;
        W403_TRY(w403_sign(s->parts->signer, keys, &to_sign, &signature, err));
        n = put(headers, n, "x-amz-date", signature.date);
        n = put(headers, n, "x-amz-content-sha256", signature.body_hash);
        n = put(headers, n, "x-amz-security-token", signature.token);
        n = put(headers, n, "authorization", signature.authorization);
        job->clock = s->clock;
    }
    w403_view url = w403_arena_printf(t->arena, "%.*s%.*s%s%.*s", W403_ARG(at.base), W403_ARG(wire.path),
                                      wire.query.n > 0 ? "?" : "", W403_ARG(wire.query));
    W403_NEED(url.p, err);
    bool                details = job->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS;
    w403_transfer_input input = {.row = job->row, .method = wire.method, .url = url, .body = wire.body, .headers = headers,
                                 .n_headers = n, .timeout_ms = s->options.timeout_ms * (details ? DETAILS_TIMES : 1),
                                 .tls = w403_view_starts(url, W403_LIT("https:")), .http = &s->parts->http};
    return start(s, t, job, &input, err);
}

/* The account's role, by the request that its credentials made ready. */
static w403_status send_entry(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_http_request *request,
                              w403_error *err)
{
    w403_transfer_input input = {.row = W403_CALL_COUNT, .method = request->method, .url = request->url,
                                 .body = request->body, .headers = request->headers, .n_headers = request->n_headers,
                                 .timeout_ms = s->options.timeout_ms,
                                 .tls = w403_view_starts(request->url, W403_LIT("https:")), .http = &s->parts->http};
    return start(s, t, job, &input, err);
}

/* Is there a reason not to send it at all? Then that is its answer. */
static bool answered_at_once(w403_live_session *s, w403_job *job)
{
    const struct w403_off *off = w403_account_off(job->account, job->lane->region);
    if (job->account->refused.n > 0) {
        w403_session_refuse(s, job, job->account->refused, job->account->refused_message);
    } else if (off) {
        w403_session_refuse(s, job, off->code, off->message);
    } else if (job->lane->host->failures >= W403_HOST_FAILURES) {
        w403_session_refuse(s, job, W403_LIT("why403.ConnectFailed"), (w403_view){NULL, 0});
    } else {
        return false;
    }
    return true;
}

w403_status w403_session_send(w403_live_session *s, w403_job *job, w403_error *err)
{
    if (answered_at_once(s, job)) {
        return W403_OK;
    }
    w403_credentials_found   found;
    const w403_live_account *account = job->enters ? job->tag : job->account;
    w403_transfer           *t;
    W403_TRY(w403_credentials_find(s->parts->credentials, account->id, &found, err));
    switch (found.how) {
    case W403_CREDENTIALS_SEND:
        if (!job->enters) {
            return enter_first(s, job, err);
        }
        W403_TRY(take_transfer(s, &t, err));
        return send_entry(s, t, job, found.request, err);
    case W403_CREDENTIALS_WAIT:
        return w403_error_set(err, W403_BUG, "an account is entered twice");
    case W403_CREDENTIALS_REFUSED:
        w403_session_refuse(s, job, found.code, found.message);
        return W403_OK;
    case W403_CREDENTIALS_THERE:
        break;
    }
    W403_TRY(take_transfer(s, &t, err));
    return send_signed(s, t, job, found.keys, err);
}
