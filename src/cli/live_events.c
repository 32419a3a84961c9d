#include "cli/live_events.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/live_session.h"
#include "cli/logs_input.h"
#include "collect/folder.h"
#include "collect/join.h"
#include "live/calls.h"

/* One attribute in one Region: a call of LookupEvents takes no more. */
typedef struct query {
    w403_view region, key, value, path;
    w403_join *pages;
} query;

typedef struct lookup {
    w403_cli *cli;
    w403_folder *folder;
    W403_ARRAY(query *) queries;
    size_t answered, refused;
    w403_status failed;
    w403_error error;
} lookup;

static w403_status take(lookup *l, query *q, const w403_live_answer *answer, w403_error *err)
{
    if (answer->code.n) {
        l->refused++;
        w403_diag_note(l->cli, "cloudtrail:LookupEvents of %.*s %.*s was not answered%s%.*s: %.*s", (int)q->key.n, q->key.p,
                       (int)q->value.n, q->value.p, q->region.n ? " in " : "", (int)q->region.n,
                       q->region.p ? q->region.p : "", (int)answer->code.n, answer->code.p);
        return W403_OK;
    }
    if (answer->page == 0) {
        w403_join_close(q->pages);
        q->pages = NULL;
        W403_TRY(w403_join_open(l->folder, q->path, (w403_view){NULL, 0}, &q->pages, err));
    }
    W403_TRY(w403_join_page(q->pages, answer->json, err));
    if (answer->last) {
        l->answered++;
        W403_TRY(w403_join_write(q->pages, err));
    }
    return W403_OK;
}

static void deliver(void *user, const w403_live_answer *answer)
{
    lookup *l = user;
    if (l->failed == W403_OK) {
        l->failed = take(l, answer->tag, answer, &l->error);
    }
}

static w403_status ask(lookup *l, const w403_cli_live *live, w403_view region, const char *key, w403_view value, w403_error *err)
{
    query *q = W403_NEW(l->cli->arena, query), **slot = W403_PUSH(l->cli->arena, &l->queries);
    W403_NEED(q && slot, err);
    *slot = q;
    *q = (query){.region = region, .key = w403_view_of(key), .value = value};
    q->path = w403_arena_printf(l->cli->arena, "%.*s/%s-%zu.json", region.n ? (int)region.n : 7,
                                region.n ? region.p : "default", key, l->queries.n);
    W403_NEED(q->path.p, err);
    w403_instant since = 0, until = 0;
    W403_TRY(w403_logs_bound(l->cli, W403_OPT_SINCE, &since, err));
    W403_TRY(w403_logs_bound(l->cli, W403_OPT_UNTIL, &until, err));
    w403_live_argument arguments[4] = {{W403_LIT("LookupAttributes.1.AttributeKey"), q->key},
                                       {W403_LIT("LookupAttributes.1.AttributeValue"), q->value}};
    size_t n = 2;
    if (w403_args_has(&l->cli->args, W403_OPT_SINCE)) {
        arguments[n++] = (w403_live_argument){W403_LIT("StartTime"), w403_instant_format(l->cli->arena, since)};
    }
    if (w403_args_has(&l->cli->args, W403_OPT_UNTIL)) {
        arguments[n++] = (w403_live_argument){W403_LIT("EndTime"), w403_instant_format(l->cli->arena, until)};
    }
    w403_live_call call = {
        .row = W403_CALL_CLOUDTRAIL_LOOKUPEVENTS, .region = region, .arguments = arguments, .n_arguments = n, .tag = q};
    return live->module->add(live->session, &call, err);
}

/* What begins with a changed policy, and what is about the bucket or the principal of the question. */
static w403_status ask_region(lookup *l, const w403_cli_live *live, w403_view region, w403_error *err)
{
    static const char *const names[] = {"PutBucketPolicy", "DeleteBucketPolicy"};
    const char *bucket = w403_args_value(&l->cli->args, W403_OPT_LOGS_BUCKET);
    const char *principal = w403_args_value(&l->cli->args, W403_OPT_LOGS_PRINCIPAL);
    w403_view name = w403_view_of(principal), of = w403_view_of(bucket);
    of = w403_view_starts(of, W403_LIT("s3://")) ? w403_view_sub(of, 5, of.n) : of;
    for (size_t i = 0; i < sizeof names / sizeof *names && !bucket; i++) {
        W403_TRY(ask(l, live, region, "EventName", w403_view_of(names[i]), err));
    }
    if (bucket) {
        W403_TRY(ask(l, live, region, "ResourceName", of, err));
    }
    while (w403_view_find_char(name, '/') != SIZE_MAX) { /* the session's name, the user's */
        (void)w403_view_cut(&name, '/');
    }
    return principal ? ask(l, live, region, "Username", name, err) : W403_OK;
}

static w403_status fetch(lookup *l, const w403_cli_live *live, w403_error *err)
{
    const w403_given *g;
    size_t at = 0, regions = 0;
    while ((g = w403_args_each(&l->cli->args, W403_OPT_REGION, &at)) != NULL) {
        W403_TRY(ask_region(l, live, w403_view_of(g->value), err));
        regions++;
    }
    if (!regions) {
        W403_TRY(ask_region(l, live, (w403_view){NULL, 0}, err));
    }
    W403_TRY(live->module->run(live->session, deliver, l, err));
    if (l->failed != W403_OK) {
        *err = l->error;
        return l->failed;
    }
    if (!l->answered) {
        (void)w403_error_set(err, W403_IO, "CloudTrail answered none of %zu look-ups", l->queries.n);
        w403_error_hint(err, "they take the permission cloudtrail:LookupEvents");
        return W403_IO;
    }
    return w403_folder_settle(l->folder, err);
}

static w403_status lookup_all(lookup *l, w403_error *err)
{
    w403_cli_live live;
    W403_TRY(w403_cli_live_open(l->cli, &live, err));
    w403_status st = fetch(l, &live, err);
    for (size_t i = 0; i < l->queries.n; i++) {
        w403_join_close(l->queries.at[i]->pages);
    }
    w403_cli_live_close(&live);
    return st;
}

w403_status w403_live_events(w403_cli *cli, const char **folder, w403_error *err)
{
    const char *temporary = getenv("TMPDIR");
    w403_view path = w403_arena_printf(cli->arena, "%s/why403-events-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    lookup l = {.cli = cli};
    *folder = NULL;
    W403_NEED(path.p, err);
    if (cli->host) {
        return w403_error_set(err, W403_SEMANTIC, "AWS is asked by the program alone, not from inside of another");
    }
    char *name = (char *)(uintptr_t)path.p;
    if (!mkdtemp(name)) {
        return w403_error_set(err, W403_IO, "no folder for the events can be made in `%.200s`",
                              temporary && *temporary ? temporary : "/tmp");
    }
    *folder = name;
    W403_TRY(w403_folder_open(name, &l.folder, err));
    w403_status st = lookup_all(&l, err);
    w403_folder_close(l.folder);
    const char **operand = st == W403_OK ? W403_PUSH(cli->arena, &cli->args.operands) : NULL;
    if (operand) {
        *operand = name;
    }
    return st != W403_OK || operand ? st : w403_error_nomem(err);
}

void w403_live_events_forget(w403_cli *cli, const char *folder)
{
    w403_error err;
    if (folder && w403_folder_delete(folder, &err) != W403_OK) {
        w403_diag(cli, true, &err);
    }
}
