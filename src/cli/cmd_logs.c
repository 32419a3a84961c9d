/* why403 logs: every denial in access logs and CloudTrail by root cause, with the change that began it. */
#include <signal.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/live_events.h"
#include "cli/logs_input.h"
#include "cli/logs_output.h"
#include "cli/write_fixes.h"
#include "snapshot/snapshot.h"

static void write_page(w403_cli *cli, const w403_survey *s)
{
    const char    *format = w403_args_value(&cli->args, W403_OPT_LOGS_FORMAT);
    w403_logs_page p = {.out = &cli->out, .arena = cli->arena, .survey = s,
                        .cli = cli, .color = cli->color_out,
                        .picture = cli->color_out || isatty(STDOUT_FILENO),
                        .width = cli->width < 60 ? 60 : (size_t)cli->width,
                        .warnings = cli->warnings};
    if (!format || strcmp(format, "text") == 0) {
        w403_logs_text(&p);
    } else if (strcmp(format, "json") == 0) {
        w403_logs_json(&p);
    } else if (strcmp(format, "csv") == 0) {
        w403_logs_csv(&p);
    } else {
        w403_logs_html(&p);
    }
}

static w403_status write_fixes(w403_cli *cli, const w403_survey *s, w403_error *err)
{
    for (size_t i = 0; i < s->n_groups; i++) {
        w403_view before = w403_arena_printf(cli->arena, "cause-%zu-", i + 1);
        W403_NEED(before.p, err);
        W403_TRY(w403_write_fixes(cli, before.p, s->groups[i].fixes, err));
    }
    return W403_OK;
}

/* ---- Ctrl-C: what was read so far is told ---- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

static void no_step(void *user, uint64_t read, uint64_t size)
{
    uint64_t *at = user;
    at[0] = read;
    at[1] = size;
}

static void no_end(void *user)
{
    (void)user;
}

typedef struct stoppable { /* the watch that there was, and what it saw */
    w403_log_watch        own;
    const w403_log_watch *before;
    uint64_t              at[2];
} stoppable;

static void pass_step(void *user, uint64_t read, uint64_t size)
{
    stoppable *s = user;
    no_step(s->at, read, size);
    s->before->step(s->before->user, read, size);
}

static void pass_end(void *user)
{
    stoppable *s = user;
    s->before->done(s->before->user);
}

static void let_stop(w403_cli *cli, w403_survey_options *o, stoppable *s)
{
    struct sigaction act = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND}; /* a second Ctrl-C ends it */
    *s = (stoppable){.before = o->watch};
    s->own = o->watch ? (w403_log_watch){.step = pass_step, .done = pass_end, .user = s, .stop = &interrupted}
                      : (w403_log_watch){.step = no_step, .done = no_end, .user = s->at, .stop = &interrupted};
    if (!cli->host) {
        (void)sigemptyset(&act.sa_mask);
        sigaction(SIGINT, &act, NULL);
        o->watch = &s->own;
    }
}

static int survey(w403_cli *cli, const w403_paths *files, w403_survey_options *o)
{
    w403_survey s;
    w403_error  err;
    int         status = W403_EXIT_GOOD;
    stoppable watch;
    let_stop(cli, o, &watch);
    if (w403_survey_run(files, o, &s, &err) != W403_OK || write_fixes(cli, &s, &err) != W403_OK) {
        status = w403_diag_exit(cli, &err);
    } else {
        if (interrupted) { /* before the page: it has the warnings too */
            w403_diag_text(cli, true, "interrupted: only what was read so far is told, %llu of %llu MB", (unsigned long long)watch.at[0] / 1000000,
                           (unsigned long long)watch.at[1] / 1000000);
        }
        write_page(cli, &s);
        bool damaged = w403_logs_say_damage(cli, &s.stats, s.damage, s.n_damage);
        status = interrupted ? 128 + SIGINT : damaged ? W403_EXIT_USAGE : s.denied ? W403_EXIT_FOUND : W403_EXIT_GOOD;
    }
    w403_survey_close(&s);
    return status;
}

int w403_cmd_logs(w403_cli *cli)
{
    w403_survey_options o = {0};
    w403_paths          files = {0};
    w403_input          in;
    w403_error          err;
    int                 status = W403_EXIT_USAGE;
    const char         *events = NULL;
    bool                live = w403_args_has(&cli->args, W403_OPT_LIVE);
    if (live && w403_live_events(cli, &events, &err) != W403_OK) {
        w403_live_events_forget(cli, events);
        return w403_diag_exit(cli, &err);
    }
    if (w403_logs_input(cli, &o, &files, &err) != W403_OK) {
        w403_live_events_forget(cli, events);
        return w403_diag_exit(cli, &err);
    }
    if (w403_input_open(cli, &in)) {
        o.snapshot = in.snapshot;
        o.policies = in.policies;
        status = survey(cli, &files, &o);
    }
    w403_input_close(&in);
    w403_live_events_forget(cli, events);
    return status;
}
