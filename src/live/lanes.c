#include "live/lanes.h"

#include <stdio.h>

enum { DETAILS_AT_ONCE = 4, OTHERS_OF_HOST = 2 /* half of --jobs */ };

/* ---- accounts, hosts, lanes ---- */

w403_live_account *w403_lanes_account(w403_lanes *l, w403_view id)
{
    w403_live_account *account = w403_map_get(&l->accounts, id);
    if (account) {
        return account;
    }
    account = W403_NEW(l->arena, w403_live_account);
    if (!account) {
        return NULL;
    }
    account->id = w403_arena_copy(l->arena, id);
    for (size_t i = 0; i < l->options->n_rates; i++) {
        for (unsigned s = 0; s < W403_SERVICE_COUNT; s++) {
            if (w403_view_ieq(w403_view_of(w403_services[s]), l->options->rates[i].service)) {
                account->told[s] = w403_rate_of(l->options->rates[i].per_second, l->options->rates[i].per_second);
            }
        }
    }
    return w403_map_put(l->arena, &l->accounts, account->id, account) ? account : NULL;
}

/* In path style every bucket of a region is behind one host; a host of one bucket has one connection, over which its calls go
 * one after the other. */
static unsigned most_of_host(const w403_lanes *l, bool of_one_bucket, unsigned service)
{
    if (of_one_bucket) {
        return 1;
    }
    return service == W403_SERVICE_S3 ? l->options->jobs : (l->options->jobs + OTHERS_OF_HOST - 1) / OTHERS_OF_HOST;
}

w403_live_host *w403_lanes_host(w403_lanes *l, w403_view name, bool of_one_bucket, unsigned service)
{
    unsigned        most = most_of_host(l, of_one_bucket, service);
    w403_live_host *host = w403_map_get(&l->hosts, name);
    if (!host) {
        host = W403_NEW(l->arena, w403_live_host);
        name = w403_arena_copy(l->arena, name);
        if (!host || !name.p || !w403_map_put(l->arena, &l->hosts, name, host)) {
            return NULL;
        }
        host->name = name;
    }
    host->most = host->most > most ? host->most : most; /* one address may stand for many services */
    return host;
}

static void set_limits(w403_lane *lane)
{
    const w403_call_row *row = &w403_calls[lane->row];
    if (row->rate > 0) {
        lane->rate = w403_rate_of(0.8 * row->rate, 0.8 * row->burst);
    }
    lane->most = lane->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS ? 1 : 0;
}

static w403_lane *lane_of(w403_lanes *l, const w403_job *job, w403_live_host *host)
{
    char key[512];
    int  n = snprintf(key, sizeof key, "%u %.*s %.*s %.*s", job->row, (int)job->account->id.n, job->account->id.p,
                      (int)(job->region.n > 64 ? 64 : job->region.n), job->region.p ? job->region.p : "",
                      (int)(host->name.n > 300 ? 300 : host->name.n), host->name.p);
    w403_view  name = {key, (size_t)n};
    w403_lane *lane = w403_map_get(&l->lanes, name);
    if (lane) {
        return lane;
    }
    lane = W403_NEW(l->arena, w403_lane);
    name = w403_arena_copy(l->arena, name);
    if (!lane || !name.p) {
        return NULL;
    }
    lane->account = job->account;
    lane->host = host;
    lane->region = w403_arena_copy(l->arena, job->region);
    lane->row = job->row;
    set_limits(lane);
    return w403_map_put(l->arena, &l->lanes, name, lane) ? lane : NULL;
}

/* ---- calls ---- */

w403_job *w403_job_new(w403_lanes *l, const w403_live_call *call)
{
    size_t texts = call->region.n;
    for (size_t i = 0; i < call->n_arguments; i++) {
        texts += call->arguments[i].name.n + call->arguments[i].value.n;
    }
    w403_job *job = w403_malloc(sizeof *job + call->n_arguments * sizeof *job->arguments + texts);
    if (!job) {
        return NULL;
    }
    memset(job, 0, sizeof *job);
    job->row = call->row;
    job->tag = call->tag;
    job->account = w403_lanes_account(l, call->account);
    job->n_arguments = call->n_arguments;
    char     *at = (char *)&job->arguments[call->n_arguments];
    w403_view from[2];
    for (size_t i = 0; i <= call->n_arguments; i++) { /* the region as the last */
        from[0] = i < call->n_arguments ? call->arguments[i].name : call->region;
        from[1] = i < call->n_arguments ? call->arguments[i].value : (w403_view){NULL, 0};
        for (size_t k = 0; k < 2; k++) {
            w403_view copy = {from[k].p ? at : NULL, from[k].n};
            if (from[k].n > 0) {
                memcpy(at, from[k].p, from[k].n);
                at += from[k].n;
            }
            if (i < call->n_arguments) {
                *(k ? &job->arguments[i].value : &job->arguments[i].name) = copy;
            } else if (k == 0) {
                job->region = copy;
            }
        }
    }
    if (!job->account) {
        w403_free(job);
        return NULL;
    }
    return job;
}

void w403_job_free(w403_job *job)
{
    w403_free((char *)(uintptr_t)job->tokens[0].p);
    w403_pages_free(&job->pages);
    w403_free(job);
}

bool w403_job_set_tokens(w403_job *job, w403_view first, w403_view second)
{
    char *block = NULL;
    if (first.n + second.n > 0) {
        block = w403_malloc(first.n + second.n);
        if (!block) {
            return false;
        }
        memcpy(block, first.p, first.n);
        if (second.n > 0) {
            memcpy(block + first.n, second.p, second.n);
        }
    }
    w403_free((char *)(uintptr_t)job->tokens[0].p);
    job->tokens[0] = (w403_view){block, first.n};
    job->tokens[1] = (w403_view){block ? block + first.n : NULL, second.n};
    return true;
}

/* ---- those that wait for their turn ---- */

static void join(w403_lanes *l, w403_lane *lane)
{
    if (!l->turn) {
        lane->next = lane->previous = lane;
        l->turn = lane;
        return;
    }
    lane->next = l->turn;
    lane->previous = l->turn->previous;
    lane->previous->next = lane;
    l->turn->previous = lane;
}

static void leave(w403_lanes *l, w403_lane *lane)
{
    if (l->turn == lane) {
        l->turn = lane->next == lane ? NULL : lane->next;
    }
    lane->previous->next = lane->next;
    lane->next->previous = lane->previous;
    lane->next = lane->previous = NULL;
}

bool w403_lanes_put(w403_lanes *l, w403_job *job, w403_live_host *host, bool first)
{
    w403_lane *lane = lane_of(l, job, host);
    if (!lane) {
        return false;
    }
    job->lane = lane;
    if (!lane->first) {
        join(l, lane);
    }
    job->next = first ? lane->first : NULL;
    if (!lane->first) {
        lane->first = lane->last = job;
    } else if (first) {
        lane->first = job;
    } else {
        lane->last->next = job;
        lane->last = job;
    }
    l->waiting++;
    return true;
}

/* ---- those that wait for their time ---- */

bool w403_lanes_put_later(w403_lanes *l, w403_job *job)
{
    if (l->n_later == l->cap_later) {
        size_t     cap = l->cap_later ? 2 * l->cap_later : 64;
        w403_job **more = w403_realloc(l->later, cap * sizeof(w403_job *));
        if (!more) {
            return false;
        }
        l->later = more;
        l->cap_later = cap;
    }
    size_t at = l->n_later++;
    for (; at > 0 && l->later[(at - 1) / 2]->not_before > job->not_before; at = (at - 1) / 2) {
        l->later[at] = l->later[(at - 1) / 2];
    }
    l->later[at] = job;
    return true;
}

static w403_job *take_earliest(w403_lanes *l)
{
    w403_job *first = l->later[0], *moved = l->later[--l->n_later];
    size_t    at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= l->n_later) {
            break;
        }
        child += child + 1 < l->n_later && l->later[child + 1]->not_before < l->later[child]->not_before;
        if (l->later[child]->not_before >= moved->not_before) {
            break;
        }
        l->later[at] = l->later[child];
        at = child;
    }
    l->later[at] = moved;
    return first;
}

/* ---- whose turn it is ---- */

const struct w403_off *w403_account_off(const w403_live_account *account, w403_view region)
{
    const struct w403_off *off = account->off;
    while (off && !w403_view_eq(off->region, region)) {
        off = off->next;
    }
    return off;
}

/* A call that will not be sent needs no place on the wire. */
static bool needs_no_wire(const w403_lane *lane)
{
    return lane->host->failures >= W403_HOST_FAILURES || lane->account->refused.n > 0 ||
           w403_account_off(lane->account, lane->region);
}

/* Microseconds until this lane may send; INT64_MAX: until something comes back. */
static int64_t lane_wait(w403_lanes *l, w403_lane *lane, int64_t now)
{
    if (needs_no_wire(lane)) {
        return 0;
    }
    bool details = lane->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS;
    if (lane->account->entering || lane->host->in_flight >= lane->host->most ||
        (lane->most > 0 && lane->in_flight >= lane->most) || (details && l->details >= DETAILS_AT_ONCE)) {
        return INT64_MAX;
    }
    unsigned service = w403_calls[lane->row].service_id;
    int64_t  waits[] = {w403_rate_wait(&lane->rate, now), w403_pace_wait(&lane->account->paces[service], now),
                       w403_rate_wait(&lane->account->told[service], now)};
    int64_t  most = waits[0] > waits[1] ? waits[0] : waits[1];
    return most > waits[2] ? most : waits[2];
}

static void go(w403_lanes *l, w403_lane *lane, int64_t now)
{
    unsigned service = w403_calls[lane->row].service_id;
    if (!needs_no_wire(lane)) {
        w403_rate_take(&lane->rate);
        w403_pace_take(&lane->account->paces[service], now);
        w403_rate_take(&lane->account->told[service]);
    }
    lane->in_flight++;
    lane->host->in_flight++;
    l->details += lane->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS;
}

void w403_lanes_came_back(w403_lanes *l, w403_job *job)
{
    job->lane->in_flight--;
    job->lane->host->in_flight--;
    l->details -= job->row == W403_CALL_IAM_GETACCOUNTAUTHORIZATIONDETAILS;
}

w403_job *w403_lanes_take(w403_lanes *l, int64_t now, int64_t *wake)
{
    *wake = INT64_MAX;
    while (l->n_later > 0 && l->later[0]->not_before <= now) {
        w403_job *due = take_earliest(l);
        (void)w403_lanes_put(l, due, due->lane->host, true); /* its lane exists: nothing is allocated */
    }
    w403_lane *lane = l->turn, *stop = NULL;
    while (lane && lane != stop) {
        int64_t wait = lane_wait(l, lane, now);
        if (wait == 0) {
            w403_job *job = lane->first;
            l->turn = lane->next;
            go(l, lane, now);
            lane->first = job->next;
            if (!lane->first) {
                lane->last = NULL;
                leave(l, lane);
            }
            l->waiting--;
            return job;
        }
        if (wait != INT64_MAX && now + wait < *wake) {
            *wake = now + wait;
        }
        stop = stop ? stop : lane;
        lane = lane->next;
    }
    if (l->n_later > 0 && l->later[0]->not_before < *wake) {
        *wake = l->later[0]->not_before;
    }
    return NULL;
}

void w403_lanes_free(w403_lanes *l)
{
    while (l->turn) {
        w403_lane *lane = l->turn;
        while (lane->first) {
            w403_job *job = lane->first;
            lane->first = job->next;
            w403_job_free(job);
        }
        leave(l, lane);
    }
    for (size_t i = 0; i < l->n_later; i++) {
        w403_job_free(l->later[i]);
    }
    w403_free(l->later);
    w403_arena_free(l->arena);
    *l = (w403_lanes){0};
}
