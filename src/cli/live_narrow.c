#include "cli/live_narrow.h"

#include "cli/input.h"
#include "cli/judge.h"
#include "cli/with.h"
#include "collect/folder.h"

enum { REFUSALS_SHOWN = 12 };

static w403_status no_snapshot(const w403_cli *cli, w403_error *err)
{
    static const w403_option_id others[] = {W403_OPT_SNAPSHOT, W403_OPT_NO_SNAPSHOT, W403_OPT_SETTLE_SCRIPT};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (w403_args_has(&cli->args, others[i])) {
            (void)w403_error_set(err, W403_SEMANTIC, "`--live` asks AWS: it does not go with `--%s`",
                                 w403_option_at(others[i])->name);
            w403_error_hint(err, "leave one of the two out");
            return W403_SEMANTIC;
        }
    }
    return W403_OK;
}

/* Files of another question would answer this one. */
static w403_status free_folder(const char *dir, w403_error *err)
{
    if (dir && !w403_folder_is_empty(dir)) {
        (void)w403_error_set(err, W403_IO, "`%.200s` is not empty", dir);
        w403_error_hint(err, "name a folder that is not there yet");
        return W403_IO;
    }
    return W403_OK;
}

w403_status w403_cli_narrow_open(w403_cli *cli, w403_cli_narrow *out, w403_error *err)
{
    *out = (w403_cli_narrow){0};
    if (cli->host) {
        return w403_error_set(err, W403_SEMANTIC, "AWS is asked by the program alone, not from inside of another");
    }
    W403_TRY(no_snapshot(cli, err));
    W403_TRY(free_folder(w403_args_value(&cli->args, W403_OPT_SAVE), err));
    w403_cli_with with;
    W403_TRY(w403_cli_with_read(cli, &with, err));
    W403_TRY(w403_cli_live_open(cli, &out->live, err));
    const w403_narrow_options options = {.head_object = with.head_object,
                                         .live = out->live.module,
                                         .session = out->live.session,
                                         .other_accounts = w403_args_has(&cli->args, W403_OPT_ROLE)};
    return w403_narrow_open(&options, &out->narrow, err);
}

void w403_cli_narrow_close(w403_cli_narrow *n)
{
    w403_narrow_close(n->narrow);
    w403_cli_live_close(&n->live);
    n->narrow = NULL;
}

w403_status w403_cli_narrow_save(const w403_cli_narrow *n, const char *dir, w403_error *err)
{
    w403_folder *folder = NULL;
    size_t count;
    const w403_file_text *files = w403_narrow_files(n->narrow, &count);
    if (!dir) {
        return W403_OK;
    }
    w403_status st = w403_folder_open(dir, &folder, err);
    for (size_t i = 0; i < count && st == W403_OK; i++) {
        st = w403_folder_write(folder, files[i].path, files[i].text, err);
    }
    st = st == W403_OK ? w403_folder_settle(folder, err) : st;
    w403_folder_close(folder);
    return st;
}

static void tell(w403_cli *cli, const w403_narrow_refusal *r)
{
    bool permission = r->permission.n && w403_view_find(r->code, W403_LIT("why403.")) == SIZE_MAX;
    int about = r->about.n < 200 ? (int)r->about.n : 200;
    if (permission && r->about.n) {
        w403_diag_note(cli, "AWS did not answer %.*s of %.*s (%.*s); it takes the permission %.*s", (int)r->call.n, r->call.p,
                       about, r->about.p, (int)r->code.n, r->code.p, (int)r->permission.n, r->permission.p);
    } else if (permission) {
        w403_diag_note(cli, "AWS did not answer %.*s (%.*s); it takes the permission %.*s", (int)r->call.n, r->call.p,
                       (int)r->code.n, r->code.p, (int)r->permission.n, r->permission.p);
    } else {
        w403_diag_note(cli, "%.*s brought no answer (%.*s)", (int)r->call.n, r->call.p, (int)r->code.n, r->code.p);
    }
}

void w403_cli_narrow_report(w403_cli *cli, const w403_cli_narrow *n, bool refusals)
{
    size_t count;
    const w403_narrow_refusal *r = w403_narrow_refusals(n->narrow, &count);
    w403_narrow_counts counts = w403_narrow_count(n->narrow);
    w403_view caller = w403_narrow_caller(n->narrow);
    for (size_t i = 0; i < count && i < REFUSALS_SHOWN && refusals; i++) {
        tell(cli, &r[i]);
    }
    if (refusals && count > REFUSALS_SHOWN) {
        w403_diag_note(cli, "and %zu calls more that were not answered", count - REFUSALS_SHOWN);
    }
    if (refusals && w403_narrow_wants_head(n->narrow)) {
        w403_diag_note(cli, "`--with head-object` asks for the headers of the object too, which say how it is encrypted and whether "
                            "it is held: it takes the permission s3:GetObject, and reads no data");
    }
    w403_diag_note(cli, "asked AWS as %.*s: %u calls in %u %s", (int)caller.n, caller.p, counts.calls, counts.rounds,
                   counts.rounds == 1 ? "round" : "rounds");
}

/* ---- collect --for ---- */

static w403_status collect(w403_cli *cli, w403_cli_narrow *n, const char *dir, bool *whole, w403_error *err)
{
    w403_policies *policies = NULL;
    w403_judged judged;
    size_t refused;
    w403_status st = w403_judge(cli, w403_narrow_snapshot(n->narrow), &policies, n->narrow, &judged, err);
    w403_policies_free(policies);
    W403_TRY(st);
    W403_TRY(w403_cli_narrow_save(n, dir, err));
    (void)w403_narrow_refusals(n->narrow, &refused);
    *whole = refused == 0;
    return W403_OK;
}

int w403_collect_for(w403_cli *cli, const char *dir)
{
    w403_cli_narrow n;
    w403_error err;
    bool whole = false;
    n = (w403_cli_narrow){0};
    w403_status st = free_folder(dir, &err);
    st = st == W403_OK ? w403_cli_narrow_open(cli, &n, &err) : st;
    st = st == W403_OK ? collect(cli, &n, dir, &whole, &err) : st;
    if (st != W403_OK) {
        (void)w403_diag_exit(cli, &err);
    } else {
        w403_cli_narrow_report(cli, &n, true);
    }
    w403_cli_narrow_close(&n);
    return st != W403_OK ? W403_EXIT_USAGE : whole ? W403_EXIT_GOOD : W403_EXIT_FOUND;
}
