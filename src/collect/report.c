/* What is unknown, grouped; how far a run has come. */
#include "collect/state.h"

#include <stdio.h>
#include <time.h>

enum { MESSAGE = 500 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A place in the list, told by its number: the list moves as it grows. */
static w403_status group_of(w403_run *r, w403_unknown_kind kind, unsigned row, w403_view account, w403_view code,
                            w403_view message, w403_collect_unknown **out, w403_error *err)
{
    char      text[256];
    w403_view key = {text, 0};
    int       n = snprintf(text, sizeof text, "%d %u %.*s %.*s", kind, row, W403_ARG(account),
                           (int)(code.n > 160 ? 160 : code.n), code.n ? code.p : "");
    key.n = n > 0 ? (size_t)n : 0;
    size_t *at = w403_map_get(&r->groups, key);
    if (!at) {
        key = w403_arena_copy(r->arena, key);
        W403_NEED(key.p, err);
        w403_collect_unknown *g = W403_PUSH(r->arena, &r->report->unknowns);
        at = W403_NEW(r->arena, size_t);
        W403_NEED(g && at && w403_map_put(r->arena, &r->groups, key, at), err);
        *at = r->report->unknowns.n - 1;
        *g = (w403_collect_unknown){.kind = kind, .row = row, .account = account};
        g->code = w403_arena_copy(r->arena, code);
        g->message = w403_arena_copy(r->arena, w403_view_sub(message, 0, message.n > MESSAGE ? MESSAGE : message.n));
        W403_NEED(g->code.p && (g->message.p || !message.n), err);
    }
    *out = &r->report->unknowns.at[*at];
    return W403_OK;
}

w403_status w403_run_unknown(w403_run *r, w403_unknown_kind kind, unsigned row, const w403_run_account *account,
                             w403_view code, w403_view message, w403_view name, w403_error *err)
{
    w403_collect_unknown *g;
    w403_view none = {NULL, 0};
    W403_TRY(group_of(r, kind, row, account ? account->id : none, code, message, &g, err));
    g->n++;
    r->report->unknown++;
    if (name.n && g->n_names < W403_UNKNOWN_NAMES) {
        g->names[g->n_names] = w403_arena_copy(r->arena, w403_view_sub(name, 0, name.n > 120 ? 120 : name.n));
        W403_NEED(g->names[g->n_names].p, err);
        g->n_names++;
    }
    return W403_OK;
}

/* AWS's words; of an answer that is none, how it begins: for people, and in no file. */
w403_view w403_run_said(const w403_live_answer *a)
{
    return a->sample.n ? a->sample : a->message;
}

w403_status w403_run_fail(w403_run *r, w403_run_failure *f, const w403_run_request *q, const w403_live_answer *a,
                          w403_view name, w403_error *err)
{
    *f = (w403_run_failure){.row = q->row, .name = name};
    f->code = w403_arena_copy(r->arena, a->code);
    f->message =
        w403_arena_copy(r->arena, w403_view_sub(a->message, 0, a->message.n > MESSAGE ? MESSAGE : a->message.n));
    f->said = a->sample.n ? w403_arena_copy(r->arena, a->sample) : f->message;
    f->path = w403_arena_copy(r->arena, (w403_view){q->path, q->n_path});
    W403_NEED(w403_arena_ok(r->arena), err);
    return W403_OK;
}

w403_status w403_run_name(w403_run *r, const w403_run_account *account, w403_name_kind kind, w403_view name,
                          bool *sound, w403_error *err)
{
    *sound = w403_name_is(kind, name);
    return *sound ? W403_OK
                  : w403_run_unknown(r, W403_UNKNOWN_NAME, (unsigned)kind, account, W403_LIT("why403.InvalidName"),
                                     w403_view_of(w403_name_kind_text(kind)), name, err);
}

void w403_run_progress(w403_run *r, const w403_run_account *account)
{
    if (!r->opt->progress) {
        return;
    }
    double now = now_s();
    r->began = r->began > 0 ? r->began : now;
    w403_collect_progress p = {.accounts = r->n_accounts,
                               .accounts_done = r->n_done,
                               .account = account ? account->id : r->report->account,
                               .calls = r->report->calls + r->waiting_cost,
                               .calls_done = r->report->calls - r->outstanding,
                               .unknown = r->report->unknown,
                               .seconds = now - r->began};
    r->opt->progress(r->opt->user, &p);
}
