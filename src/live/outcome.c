/* What an answer leads to: it is delivered, another page is asked for, or the same once more. */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "live/engine.h"

enum { MS = 1000 };

int64_t w403_session_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 + 1; /* 0 is "not yet" elsewhere */
}

void w403_session_say(const w403_live_session *s, w403_live_note kind, const char *fmt, ...)
{
    char    text[1024];
    va_list args;
    if (!s->options.say) {
        return;
    }
    va_start(args, fmt);
    int n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    s->options.say(s->options.user, kind, (w403_view){text, n < (int)sizeof text ? (size_t)n : sizeof text - 1});
}

/* 0 to 1: delays of many are not to end at one moment. */
static double random_part(w403_live_session *s)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (double)(s->random >> 11) / (double)(1ULL << 53);
}

/* ---- delivering ---- */

/* What came for the account's role. Where that is no role, it is the answer to all the account's calls. */
static void enter_or_refuse(w403_live_session *s, w403_live_account *account, w403_view body, w403_view code, w403_view message)
{
    w403_error  why = {0};
    w403_status st = w403_credentials_answer(s->parts->credentials, account->id, body, code, message, &why);
    if (code.n == 0 && st == W403_OK) {
        return;
    }
    account->refused = w403_arena_copy(s->lanes.arena, code.n > 0 ? code : W403_LIT("why403.InvalidResponse"));
    account->refused_message = w403_arena_copy(s->lanes.arena, code.n > 0 ? message : w403_view_of(why.message));
}

void w403_session_refuse(w403_live_session *s, w403_job *job, w403_view code, w403_view message)
{
    const w403_live_answer answer = {.tag = job->tag, .row = job->row, .page = job->page, .last = true, .code = code,
                                     .message = message};
    w403_lanes_came_back(&s->lanes, job);
    if (job->enters) {
        w403_live_account *account = job->tag;
        enter_or_refuse(s, account, W403_LIT(""), code, message);
        account->entering = false;
    } else {
        s->deliver(s->user, &answer);
    }
    w403_job_free(job);
}

static void deliver(w403_live_session *s, const w403_transfer *t, const w403_reading *r, bool last)
{
    const w403_job        *job = t->job;
    bool                   good = r->code.n == 0, ours = w403_view_starts(r->code, W403_LIT("why403."));
    const w403_live_answer answer = {
        .tag = job->tag,
        .row = job->row,
        .page = job->page,
        .last = last,
        .json = good ? w403_buf_view(&s->json) : (w403_view){NULL, 0},
        .code = r->code,
        .message = r->message,
        .sample = ours ? (w403_view){t->sample, t->n_sample} : (w403_view){NULL, 0},
        .bucket_region = w403_header_find(t->reply.headers, t->reply.n_headers, "x-amz-bucket-region"),
        .status = t->reply.status,
        .newer_members = r->newer,
    };
    if (r->odd_documents > 0) {
        w403_session_say(s, W403_LIVE_WARNING, "%s: %u policy documents are no JSON: kept as text",
                         w403_calls[job->row].operation, r->odd_documents);
    }
    s->deliver(s->user, &answer);
}

/* ---- the same once more ---- */

static w403_status again_at_once(w403_live_session *s, w403_job *job, w403_error *err)
{
    job->attempts--; /* what was wrong was not the service */
    s->counts.retried++;
    return w403_session_queue(s, job, true, err);
}

static bool may_retry(w403_live_session *s, w403_job *job, w403_retry_kind kind)
{
    w403_retry_quota *quota = &job->account->quotas[w403_calls[job->row].service_id];
    if (job->attempts >= s->options.max_attempts || s->stopped) {
        return false;
    }
    job->cost = w403_retry_spend(quota, kind);
    return job->cost > 0;
}

static w403_status again_later(w403_live_session *s, w403_job *job, w403_retry_kind kind, w403_view asked, w403_error *err)
{
    unsigned delay = w403_retry_delay(kind, job->attempts - 1U, random_part(s), asked);
    job->not_before = w403_session_now() + (int64_t)delay * MS;
    s->counts.retried++;
    W403_NEED(w403_lanes_put_later(&s->lanes, job), err);
    return W403_OK;
}

static bool is_region(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
            return false;
        }
    }
    return v.n >= 4 && v.n <= 32;
}

/* Where S3 says that the bucket is. Only the name of the region is taken, never a host: the host is our own table's. */
static bool move(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_reading *r)
{
    w403_view where = w403_header_find(t->reply.headers, t->reply.n_headers, "x-amz-bucket-region");
    where = where.n > 0 ? where : r->region;
    if (job->moved || w403_calls[job->row].service_id != W403_SERVICE_S3 || !is_region(where) ||
        w403_view_eq(where, job->lane->region)) {
        return false;
    }
    w403_view     before = job->region;
    w403_endpoint there;
    job->moved = true;
    job->region = w403_arena_copy(s->lanes.arena, where);
    if (!job->region.p || w403_session_endpoint(s, t->arena, job, &there, NULL) != W403_OK) { /* a region that is none */
        job->region = before;
        return false;
    }
    return true;
}

/* Is the machine's clock off, or was it when this was signed? */
static bool put_clock_right(w403_live_session *s, w403_transfer *t, w403_job *job)
{
    int64_t   seconds;
    w403_view date = w403_header_find(t->reply.headers, t->reply.n_headers, "date");
    if (job->clocked) {
        return false;
    }
    job->clocked = true;
    if (job->clock == s->clock && w403_signer_skew(s->parts->signer, date, &seconds)) {
        s->clock++;
        w403_session_say(s, W403_LIVE_NOTE, "the clock of this machine is %lld seconds %s: requests are signed with AWS's time",
                         (long long)(seconds < 0 ? -seconds : seconds), seconds < 0 ? "behind" : "ahead");
    }
    return job->clock != s->clock;
}

/* Keys that are good in another region and unknown in this one: the region is not enabled for the account. */
static void note_off(w403_live_session *s, w403_job *job, const w403_reading *r)
{
    w403_live_account *account = job->account;
    w403_view          region = job->lane->region;
    if (account->good.n == 0 || w403_view_eq(account->good, region) || w403_account_off(account, region)) {
        return;
    }
    struct w403_off *off = W403_NEW(s->lanes.arena, struct w403_off);
    if (off) {
        *off = (struct w403_off){region, w403_arena_copy(s->lanes.arena, r->code),
                                 w403_arena_copy(s->lanes.arena, r->message), account->off};
        account->off = off;
        w403_session_say(s, W403_LIVE_NOTE, "region %.*s is not enabled for account %s%.*s: it is left out", W403_CUT(region),
                         account->id.n > 0 ? "" : "of the caller", W403_CUT(account->id));
    }
}

typedef enum fate { ENDS, AT_ONCE, LATER, FROM_THE_START } fate;

/* What an error leads to. */
static fate fate_of(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_reading *r, w403_retry_kind *kind)
{
    bool once;
    *kind = w403_retry_of(r->code, t->reply.status);
    *kind = *kind == W403_RETRY_NEVER && r->broken ? W403_RETRY_TRANSIENT : *kind;
    switch (*kind) {
    case W403_RETRY_THROTTLED:
        s->counts.throttled++;
        w403_pace_complain(&job->account->paces[w403_calls[job->row].service_id], job->sent, w403_session_now());
        return may_retry(s, job, *kind) ? LATER : ENDS;
    case W403_RETRY_TRANSIENT:
        return may_retry(s, job, *kind) ? LATER : ENDS;
    case W403_RETRY_EXPIRED:
        once = !job->renewed;
        job->renewed = true;
        return once && w403_credentials_expired(s->parts->credentials, job->account->id) ? AT_ONCE : ENDS;
    case W403_RETRY_CLOCK:
        return put_clock_right(s, t, job) ? AT_ONCE : ENDS;
    case W403_RETRY_REGION:
        return move(s, t, job, r) ? AT_ONCE : ENDS;
    case W403_RETRY_TOKEN:
        once = job->page > 0 && !job->restarted;
        job->restarted = true;
        return once ? FROM_THE_START : ENDS;
    case W403_RETRY_REGION_OFF:
        note_off(s, job, r);
        return ENDS;
    case W403_RETRY_NEVER:
        return ENDS;
    }
    return ENDS;
}

static w403_status failed(w403_live_session *s, w403_transfer *t, w403_job *job, const w403_reading *r, w403_error *err)
{
    w403_retry_kind kind;
    bool            alone = w403_view_eq(r->code, W403_LIT("why403.ConnectFailed"));
    job->lane->host->failures = alone ? job->lane->host->failures + 1 : 0;
    switch (fate_of(s, t, job, r, &kind)) {
    case AT_ONCE:
        return again_at_once(s, job, err);
    case FROM_THE_START:
        job->page = 0;
        w403_pages_free(&job->pages);
        W403_NEED(w403_job_set_tokens(job, W403_LIT(""), W403_LIT("")), err);
        return again_at_once(s, job, err);
    case LATER:
        return again_later(s, job, kind, w403_header_find(t->reply.headers, t->reply.n_headers, "x-amz-retry-after"), err);
    case ENDS:
        break;
    }
    deliver(s, t, r, true);
    w403_job_free(job);
    return W403_OK;
}

/* ---- the next page ---- */

/* A listing of one key's versions ends where the next key begins. */
static bool is_enough(const w403_job *job, const w403_reading *r)
{
    const w403_wire_input in = {.row = job->row, .arguments = job->arguments, .n_arguments = job->n_arguments};
    w403_view             key = w403_wire_argument(&in, "Prefix");
    return w403_wire_sized(&in) ||
           (job->row == W403_CALL_S3_LISTOBJECTVERSIONS && key.n > 0 && !w403_view_eq(key, r->next[0]));
}

static w403_status answered(w403_live_session *s, w403_transfer *t, w403_job *job, w403_reading *r, w403_error *err)
{
    w403_retry_refund(&job->account->quotas[w403_calls[job->row].service_id], job->cost);
    job->lane->host->failures = 0;
    job->account->good = job->lane->region;
    bool last = r->next[0].n == 0 || is_enough(job, r);
    deliver(s, t, r, last);
    if (last) {
        w403_job_free(job);
        return W403_OK;
    }
    job->page++;
    job->cost = job->attempts = 0;
    switch (w403_pages_next(&job->pages, r->next[0], r->next[1])) {
    case W403_PAGES_NOMEM:
        return w403_error_nomem(err);
    case W403_PAGES_LOOP:
        r->code = W403_LIT("why403.PagingLoop");
        deliver(s, t, r, true);
        w403_job_free(job);
        return W403_OK;
    case W403_PAGES_GO_ON:
        break;
    }
    W403_NEED(w403_job_set_tokens(job, r->next[0], r->next[1]), err);
    return w403_session_queue(s, job, true, err);
}

/* ---- a role that was asked for ---- */

static w403_status entered(w403_live_session *s, w403_transfer *t, w403_job *job, w403_reading *r, w403_error *err)
{
    w403_live_account *account = job->tag;
    w403_retry_kind    kind;
    if (r->code.n == 0 && t->reply.status > 299) {
        w403_xml *xml = w403_xml_new(t->arena);
        W403_NEED(xml, err);
        (void)w403_xml_feed(xml, w403_buf_view(&t->body));
        t->reply.xml = w403_xml_end(xml, &t->reply.root);
        w403_xml_free(xml);
        t->reply.row = W403_CALL_STS_ASSUMEROLE;
        w403_answer_error(t->arena, &t->reply, r);
    }
    if (r->code.n > 0) {
        fate f = fate_of(s, t, job, r, &kind);
        if (f == AT_ONCE || f == LATER) {
            w403_credentials_again(s->parts->credentials, account->id);
            return f == AT_ONCE ? again_at_once(s, job, err) : again_later(s, job, kind, W403_LIT(""), err);
        }
    }
    enter_or_refuse(s, account, w403_buf_view(&t->body), r->code, r->message);
    account->entering = false;
    w403_job_free(job);
    return w403_arena_ok(s->lanes.arena) ? W403_OK : w403_error_nomem(err);
}

static void count(w403_live_session *s, const w403_transfer *t)
{
    long connections = 0;
    (void)curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &connections);
    s->counts.connections += (unsigned long)connections;
    s->counts.bytes += t->received + t->head_bytes;
    s->counts.in_flight--;
}

w403_status w403_session_finish(w403_live_session *s, w403_transfer *t, CURLcode result, w403_error *err)
{
    w403_job    *job = t->job;
    w403_reading reading;
    enum { JSON_KEPT = 256 * 1024 };
    if (s->json.cap > JSON_KEPT) {
        w403_buf_free(&s->json);
    }
    w403_buf_clear(&s->json);
    (void)curl_multi_remove_handle(s->multi, t->easy);
    count(s, t);
    w403_lanes_came_back(&s->lanes, job);
    job->not_before = 0;
    bool        secret = job->enters || w403_calls[job->row].service_id == W403_SERVICE_STS;
    w403_status st = w403_transfer_read(t, result, &s->json, &reading, err);
    if (st != W403_OK) {
        w403_job_free(job);
    } else if (job->enters) {
        st = entered(s, t, job, &reading, err);
    } else {
        st = reading.code.n > 0 ? failed(s, t, job, &reading, err) : answered(s, t, job, &reading, err);
    }
    w403_transfer_clear(t, secret);
    s->idle[s->n_idle++] = t;
    return st;
}
