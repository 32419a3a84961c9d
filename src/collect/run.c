/* Requests and lanes: what is asked now, what waits. */
#include "collect/state.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* ---- requests ---- */

w403_run_request *w403_run_request_new(w403_run *r, w403_run_account *account, unsigned row, w403_run_answer_fn *on,
                                       void *subject)
{
    w403_run_request *q = r->free_requests ? r->free_requests : w403_arena_alloc(r->arena, sizeof *q);
    if (!q) {
        return NULL;
    }
    bool              again = q == r->free_requests;
    w403_run_request *older = again ? q->older : r->requests;
    r->free_requests = again ? q->next : r->free_requests;
    r->requests = again ? r->requests : q;
    memset(q, 0, offsetof(w403_run_request, path));
    q->older = older;
    q->on = on;
    q->account = account;
    q->subject = subject;
    q->row = (uint16_t)row;
    return q;
}

void w403_run_request_free(w403_run *r, w403_run_request *q)
{
    w403_join_close(q->join);
    q->join = NULL;
    q->next = r->free_requests;
    r->free_requests = q;
}

void w403_run_release(w403_run *r)
{
    for (w403_run_request *q = r->requests; q; q = q->older) {
        w403_join_close(q->join);
        q->join = NULL;
    }
    for (w403_run_unit *u = r->units; u; u = u->older) {
        for (unsigned i = 0; i < W403_RUN_PARTS; i++) {
            w403_buf_free(&u->part[i].value);
        }
    }
    for (w403_run_account *a = r->accounts; a; a = a->next) {
        for (w403_run_region *g = a->regions; g; g = g->next) {
            w403_run_aliases_free(g);
        }
    }
}

void w403_run_argument(w403_run_request *q, const char *name, w403_view value)
{
    if (q->n_arguments < W403_PLACE_ARGUMENTS) {
        q->arguments[q->n_arguments++] = (w403_live_argument){w403_view_of(name), value};
    }
}

w403_status w403_run_path(w403_run *r, w403_run_request *q, w403_view name, w403_error *err)
{
    /* `+` is in no id of AWS's: the file that stands for a list that could not be read. */
    w403_place_names names = {q->account ? q->account->id : (w403_view){NULL, 0}, q->region, name,
                              W403_LIT("unknown+")};
    w403_arena_reset(r->scratch);
    w403_view path = w403_place_path(r->scratch, q->row, &names);
    W403_NEED(path.p, err);
    if (path.n > sizeof q->path) {
        return w403_error_set(err, W403_LIMIT, "the path of a file has more than %d bytes", W403_RUN_PATH);
    }
    memcpy(q->path, path.p, path.n);
    q->n_path = path.n;
    return W403_OK;
}

static w403_status send_request(w403_run *r, w403_run_request *q, w403_error *err)
{
    w403_live_call call = {.row = q->row,
                           .account = q->account ? q->account->as : (w403_view){NULL, 0},
                           .region = q->region,
                           .arguments = q->arguments,
                           .n_arguments = q->n_arguments,
                           .tag = q};
    r->outstanding++;
    r->report->calls++;
    return r->live->add(r->session, &call, err);
}

w403_status w403_run_ask(w403_run *r, w403_run_request *q, w403_error *err)
{
    if (q->account) {
        q->account->open++;
        q->account->asked[q->row]++;
    }
    return send_request(r, q, err);
}

void w403_run_ask_later(w403_run *r, w403_run_request *q)
{
    q->again = q->stays = true;
    q->next = NULL;
    *r->later_end = q;
    r->later_end = &q->next;
    r->later_due = w403_instant_now() + 1000000;
}

static w403_status send_later(w403_run *r, w403_error *err)
{
    w403_run_request *q = r->later;
    r->later = NULL;
    r->later_end = &r->later;
    for (w403_run_request *next; q; q = next) {
        next = q->next;
        q->next = NULL;
        W403_TRY(send_request(r, q, err));
    }
    return W403_OK;
}

bool w403_run_wants(const w403_run *r, unsigned row)
{
    uint32_t only = r->store ? 1u << W403_SERVICE_S3 : r->opt->only;
    return !only || (only & (1u << w403_calls[row].service_id)) != 0;
}

w403_status w403_run_parse(w403_run *r, const w403_live_answer *a, w403_json_doc *out, w403_error *err)
{
    w403_arena_reset(r->page);
    *out = (w403_json_doc){.text = a->json};
    return w403_json_parse(r->page, w403_view_of(w403_calls[a->row].operation), a->json, NULL, out, NULL, err);
}

void w403_run_note(w403_run *r, const char *fmt, ...)
{
    char    text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (r->opt->note) {
        r->opt->note(r->opt->user, w403_view_of(text));
    }
}

/* ---- lanes ---- */

static bool can_go(const w403_run_lane *lane)
{
    return !lane->held && lane->head < lane->items.n && lane->running < lane->width;
}

static void queue(w403_run *r, w403_run_lane *lane)
{
    if (!lane->queued && can_go(lane)) {
        lane->queued = true;
        lane->after = NULL;
        *r->ready_end = lane;
        r->ready_end = &lane->after;
    }
}

w403_status w403_run_push(w403_run *r, w403_run_lane *lane, w403_view name, w403_view extra, w403_error *err)
{
    if (lane->seen.n && w403_map_get(&lane->seen, name)) {
        return W403_OK;
    }
    w403_run_item *item = W403_PUSH(r->arena, &lane->items);
    W403_NEED(item, err);
    *item = (w403_run_item){w403_arena_copy(r->arena, name), extra};
    W403_NEED(item->name.p || !name.n, err);
    W403_NEED(!lane->seen.n || w403_map_put(r->arena, &lane->seen, item->name, lane), err);
    r->waiting_cost += lane->cost;
    if (lane->account) {
        lane->account->open++;
    }
    queue(r, lane);
    return W403_OK;
}

w403_status w403_run_lane_anew(w403_run *r, w403_run_lane *lane, w403_error *err)
{
    for (size_t i = 0; i < lane->items.n; i++) {
        W403_NEED(w403_map_put(r->arena, &lane->seen, lane->items.at[i].name, lane), err);
    }
    return W403_OK;
}

void w403_run_lane_go(w403_run *r, w403_run_lane *lane)
{
    lane->held = false;
    queue(r, lane);
}

static void account_done(w403_run *r, w403_run_account *account)
{
    if (account && --account->open == 0 && account->counted) {
        account->counted = false;
        r->n_done++;
    }
}

void w403_run_lane_done(w403_run *r, w403_run_lane *lane)
{
    lane->running--;
    account_done(r, lane->account);
    queue(r, lane);
}

/* One item of the lane whose turn it is, and so on, until the module has enough to do. */
static w403_status feed(w403_run *r, w403_error *err)
{
    while (r->ready && r->outstanding < W403_RUN_AT_ONCE && !*r->opt->stop) {
        w403_run_lane *lane = r->ready;
        r->ready = lane->after;
        r->ready_end = r->ready ? r->ready_end : &r->ready;
        lane->queued = false;
        if (can_go(lane)) {
            w403_run_item item = lane->items.at[lane->head++];
            lane->running++;
            r->waiting_cost -= lane->cost;
            W403_TRY(lane->start(r, lane, &item, err));
            queue(r, lane);
        }
    }
    return W403_OK;
}

/* ---- answers ---- */

static void deliver(void *user, const w403_live_answer *a)
{
    w403_run         *r = user;
    w403_run_request *q = a->tag;
    w403_run_account *account = q->account;
    if (r->status != W403_OK) {
        return;
    }
    q->stays = false;
    q->anew = q->paged && a->page == 0 && !a->code.n;
    q->paged = true;
    r->outstanding -= a->last;
    r->report->newer_members += a->newer_members;
    r->status = q->on(r, q, a, &r->error);
    if (a->last && !q->stays) {
        w403_run_request_free(r, q);
        account_done(r, account);
    }
    if (r->status == W403_OK && r->later && w403_instant_now() >= r->later_due) {
        r->status = send_later(r, &r->error);
    }
    r->status = r->status == W403_OK ? feed(r, &r->error) : r->status;
    if (r->status != W403_OK) {
        r->live->stop(r->session);
    } else {
        w403_run_progress(r, account);
    }
}

static void wait_until(const w403_run *r, w403_instant due)
{
    for (w403_instant now = w403_instant_now(); now < due && !*r->opt->stop; now = w403_instant_now()) {
        w403_instant left = due - now > 100000 ? 100000 : due - now;
        nanosleep(&(struct timespec){.tv_nsec = left * 1000}, NULL);
    }
}

w403_status w403_run_drain(w403_run *r, w403_error *err)
{
    W403_TRY(feed(r, err));
    while (r->outstanding && !*r->opt->stop) {
        W403_TRY(r->live->run(r->session, deliver, r, err));
        if (r->status != W403_OK) {
            *err = r->error;
            return r->status;
        }
        if (!r->later) {
            break;
        }
        wait_until(r, r->later_due);
        if (!*r->opt->stop) {
            W403_TRY(send_later(r, err));
        }
    }
    return W403_OK;
}
