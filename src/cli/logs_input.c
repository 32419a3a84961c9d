#include "cli/logs_input.h"

#include "cli/input.h"
#include "cli/progress.h"

#define UNIT "MB"
enum { MEGABYTE = 1000000 };

/* `12h` is so long ago; `today` and `yesterday` begin at midnight, UTC as all times here. */
static bool past(w403_view text, w403_instant *out)
{
    const w403_instant day = (w403_instant)86400 * 1000000, now = w403_instant_now();
    w403_instant span;
    bool yesterday = w403_view_ieq(text, W403_LIT("yesterday"));
    if (yesterday || w403_view_ieq(text, W403_LIT("today"))) {
        *out = now - now % day - (yesterday ? day : 0);
        return true;
    }
    if (w403_read_span(text, &span)) {
        *out = now - span;
        return true;
    }
    return false;
}

w403_status w403_logs_bound(const w403_cli *cli, w403_option_id id, w403_instant *out, w403_error *err)
{
    const char *text = w403_args_value(&cli->args, id);
    if (text && !past(w403_view_of(text), out) && !w403_instant_parse(w403_view_of(text), out)) {
        w403_status status = w403_error_set(err, W403_SEMANTIC, "`--%s %.80s` is no time", w403_option_at(id)->name, text);
        w403_error_hint(err, "as 2026-11-21T10:00:00Z, 2026-11-21, `2d`, `12h`, `yesterday` or epoch seconds");
        return status;
    }
    return W403_OK;
}

static w403_view given(const w403_cli *cli, w403_option_id id)
{
    return w403_view_of(w403_args_value(&cli->args, id));
}

static void show_step(void *user, uint64_t read, uint64_t size)
{
    w403_progress_step(user, read / MEGABYTE, read, size);
}

/* Files may be read once more: that has a rate of its own. */
static void show_end(void *user)
{
    w403_progress_end(user);
    w403_progress_start(user, UNIT, false);
}

/* Reading is what takes long: the rest grows with the kinds of requests only. */
static w403_status watch_reading(w403_cli *cli, w403_survey_options *o, w403_error *err)
{
    w403_progress  *p = W403_NEW(cli->arena, w403_progress);
    w403_log_watch *watch = W403_NEW(cli->arena, w403_log_watch);
    W403_NEED(p && watch, err);
    w403_progress_start(p, UNIT, cli->host || w403_args_has(&cli->args, W403_OPT_QUIET));
    *watch = (w403_log_watch){.step = show_step, .done = show_end, .user = p};
    o->watch = p->shown ? watch : NULL;
    return W403_OK;
}

w403_status w403_logs_input(w403_cli *cli, w403_survey_options *o, w403_paths *files, w403_error *err)
{
    uint64_t  status = 403;
    w403_view text = given(cli, W403_OPT_LOGS_STATUS);
    if (cli->args.operands.n == 0) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no logs to read");
        w403_error_hint(err, "name files or folders of access logs and CloudTrail, or `-` for standard input");
        return st;
    }
    if (text.p && (!w403_view_u64(text, &status) || status < 100 || status > 599)) {
        return w403_error_set(err, W403_SEMANTIC, "`--status %.80s` is no HTTP status", text.p);
    }
    o->status = (int)status;
    o->no_fixes = w403_args_has(&cli->args, W403_OPT_NO_FIXES);
    o->bucket = given(cli, W403_OPT_LOGS_BUCKET);
    if (w403_view_starts(o->bucket, W403_LIT("s3://"))) {
        o->bucket = w403_view_sub(o->bucket, 5, o->bucket.n);
    }
    o->principal = given(cli, W403_OPT_LOGS_PRINCIPAL);
    W403_TRY(w403_logs_bound(cli, W403_OPT_SINCE, &o->since, err));
    W403_TRY(w403_logs_bound(cli, W403_OPT_UNTIL, &o->until, err));
    W403_TRY(w403_input_jobs(cli, W403_LOG_THREADS_MAX, &o->threads, err));
    W403_TRY(watch_reading(cli, o, err));
    o->texts = w403_cli_texts(cli);
    return w403_log_find(cli->arena, o->texts, cli->args.operands.at, cli->args.operands.n, files, err);
}

bool w403_logs_say_damage(w403_cli *cli, const w403_log_stats *stats, const w403_error *damage, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        w403_diag_text(cli, true, "%s, at byte %llu: %s", damage[i].source, (unsigned long long)damage[i].offset,
                       damage[i].message);
    }
    uint64_t all = stats->damaged + stats->files_damaged + stats->strange;
    if (stats->reports > n) {
        w403_diag_text(cli, true, "and %llu more places that cannot be read", (unsigned long long)(stats->reports - n));
    }
    if (stats->files_foreign) {
        w403_diag_text(cli, true, "%llu of %llu files hold nothing that is a log",
                       (unsigned long long)stats->files_foreign, (unsigned long long)stats->files);
    }
    /* files that are no logs may lie among logs; nothing but such files is a mistake */
    return all > 0 || (stats->files_foreign && stats->lines + stats->events == 0);
}
