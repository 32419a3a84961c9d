#include "live/engine.h"

#include <stdlib.h>
#include <time.h>

enum { WAIT_MS = 200, CUT_AFTER_US = 1000000, CONNECTIONS = 256 };

/* ---- opening ---- */

static w403_status make_room(w403_live_session *s, w403_error *err)
{
    s->arena = w403_arena_new(0);
    s->lanes.arena = w403_arena_new(0);
    W403_NEED(s->arena && s->lanes.arena, err);
    s->transfers = W403_NEW_N(s->arena, w403_transfer *, s->options.jobs);
    s->idle = W403_NEW_N(s->arena, w403_transfer *, s->options.jobs);
    s->multi = curl_multi_init();
    W403_NEED(s->transfers && s->idle && s->multi, err);
    bool set = curl_multi_setopt(s->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) == CURLM_OK &&
               curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS) == CURLM_OK;
    return set ? W403_OK : w403_error_nomem(err);
}

/* Views of the caller's are kept for as long as the session: they are copied. */
static w403_status copy_options(w403_live_session *s, w403_error *err)
{
    w403_live_options *o = &s->options;
    w403_view *texts[] = {&o->profile, &o->region, &o->role, &o->external_id, &o->role_session_name, &o->mfa_code,
                          &o->endpoint_url, &o->ca_bundle};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = texts[i]->p ? w403_arena_copy(s->arena, *texts[i]) : *texts[i];
    }
    w403_live_rate *rates = W403_NEW_N(s->arena, w403_live_rate, o->n_rates);
    W403_NEED(rates, err);
    for (size_t i = 0; i < o->n_rates; i++) {
        rates[i] = (w403_live_rate){w403_arena_copy(s->arena, o->rates[i].service), o->rates[i].per_second};
    }
    o->rates = rates;
    return w403_arena_ok(s->arena) ? W403_OK : w403_error_nomem(err);
}

void w403_session_close(w403_live_session *s)
{
    if (!s) {
        return;
    }
    for (unsigned i = 0; i < s->n_transfers; i++) {
        w403_transfer *t = s->transfers[i];
        if (t->job) {
            (void)curl_multi_remove_handle(s->multi, t->easy);
            w403_job_free(t->job);
        }
        w403_transfer_free(t);
    }
    if (s->multi) {
        (void)curl_multi_cleanup(s->multi);
    }
    w403_lanes_free(&s->lanes);
    w403_parts_close(s->parts);
    w403_buf_free(&s->json);
    w403_arena_free(s->arena);
    w403_free(s);
}

w403_status w403_session_open(const w403_live_options *options, w403_live_session **out, w403_error *err)
{
    *out = NULL;
    W403_NEED(w403_http_begin(), err);
    w403_live_session *s = w403_malloc(sizeof *s);
    W403_NEED(s, err);
    memset(s, 0, sizeof *s);
    s->options = *options;
    s->options.jobs = options->jobs > 0 ? options->jobs : 64;
    s->lanes.options = &s->options;
    s->random = (uint64_t)w403_session_now() * 0x9E3779B97F4A7C15U | 1;
    w403_status st = make_room(s, err);
    st = st == W403_OK ? copy_options(s, err) : st;
    st = st == W403_OK ? w403_parts_open(&s->options, &s->parts, err) : st;
    if (st != W403_OK) {
        w403_session_close(s);
        return st;
    }
    s->options.max_attempts = s->parts->max_attempts;
    s->options.timeout_ms = s->parts->timeout_ms;
    *out = s;
    return W403_OK;
}

/* ---- calls ---- */

w403_status w403_session_add(w403_live_session *s, const w403_live_call *call, w403_error *err)
{
    const w403_wire_input in = {.row = call->row, .account = call->account, .arguments = call->arguments,
                                .n_arguments = call->n_arguments};
    W403_TRY(w403_wire_check(&in, err));
    w403_job *job = w403_job_new(&s->lanes, call);
    W403_NEED(job, err);
    w403_status st = w403_session_queue(s, job, false, err);
    if (st != W403_OK) {
        w403_job_free(job);
    }
    return st;
}

static w403_status finish_all(w403_live_session *s, bool *any, w403_error *err)
{
    const CURLMsg *message;
    int            left;
    *any = false;
    while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
        w403_transfer *t = NULL;
        if (message->msg == CURLMSG_DONE) {
            *any = true;
            CURLcode result = message->data.result;
            (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
            W403_TRY(w403_session_finish(s, t, result, err));
        }
    }
    return W403_OK;
}

/* As many as may be on their way. */
static w403_status send_all(w403_live_session *s, int64_t *wake, w403_error *err)
{
    *wake = INT64_MAX;
    while (!s->stopped && s->counts.in_flight < s->options.jobs) {
        w403_job *job = w403_lanes_take(&s->lanes, w403_session_now(), wake);
        if (!job) {
            return W403_OK;
        }
        W403_TRY(w403_session_send(s, job, err));
    }
    return W403_OK;
}

static w403_status wait(w403_live_session *s, int64_t wake, w403_error *err)
{
    int64_t now = w403_session_now(), ms = wake == INT64_MAX ? WAIT_MS : wake <= now ? 0 : (wake - now) / 1000 + 1;
    if (ms > 0) {
        W403_NEED(curl_multi_poll(s->multi, NULL, 0, (int)(ms > WAIT_MS ? WAIT_MS : ms), NULL) == CURLM_OK, err);
    }
    return W403_OK;
}

static bool is_done(const w403_live_session *s)
{
    return s->counts.in_flight == 0 && (s->stopped || (s->lanes.waiting == 0 && s->lanes.n_later == 0));
}

/* After a stop those on their way have a second to come back. */
static void cut(w403_live_session *s)
{
    for (unsigned i = 0; i < s->n_transfers; i++) {
        w403_transfer *t = s->transfers[i];
        if (t->job) {
            (void)curl_multi_remove_handle(s->multi, t->easy);
            w403_lanes_came_back(&s->lanes, t->job);
            w403_job_free(t->job);
            w403_transfer_clear(t, true);
            s->idle[s->n_idle++] = t;
            s->counts.in_flight--;
        }
    }
}

w403_status w403_session_run(w403_live_session *s, w403_live_answer_fn *answer, void *user, w403_error *err)
{
    int64_t wake = 0, stopped_at = 0;
    bool    any = true;
    int     running;
    s->deliver = answer;
    s->user = user;
    for (;;) {
        if (any || w403_session_now() >= wake) {
            W403_TRY(send_all(s, &wake, err));
        }
        if (is_done(s)) {
            return W403_OK;
        }
        W403_NEED(curl_multi_perform(s->multi, &running) == CURLM_OK, err);
        W403_TRY(finish_all(s, &any, err));
        if (s->stopped) {
            stopped_at = stopped_at ? stopped_at : w403_session_now();
            if (w403_session_now() - stopped_at > CUT_AFTER_US) {
                cut(s);
            }
        }
        if (!any) {
            W403_TRY(wait(s, wake, err));
        }
    }
}

void w403_session_stop(w403_live_session *s)
{
    s->stopped = 1;
}

w403_view w403_session_origin(const w403_live_session *s)
{
    return w403_credentials_origin(s->parts->credentials);
}

void w403_session_count(const w403_live_session *s, w403_live_counts *out)
{
    *out = s->counts;
    out->waiting = (unsigned)(s->lanes.waiting + s->lanes.n_later);
}
