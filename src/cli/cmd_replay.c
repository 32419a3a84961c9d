/* why403 replay: what a changed policy would break, judged on real traffic. */
#include "cli/commands.h"
#include "cli/logs_input.h"
#include "cli/logs_output.h"
#include "cli/replay_input.h"

static void put(const w403_replay_page *p, const char *format)
{
    if (format && strcmp(format, "json") == 0) {
        w403_replay_json(p);
    } else if (format && strcmp(format, "csv") == 0) {
        w403_replay_csv(p);
    } else if (format && strcmp(format, "junit") == 0) {
        w403_replay_junit(p);
    } else {
        w403_replay_text(p);
    }
}

/* Nothing that was decided is no all-clear. */
static int exit_status(const w403_replay *r, bool damaged)
{
    bool open = r->of[W403_REPLAY_UNSURE] || r->requests == 0;
    return damaged ? W403_EXIT_USAGE : r->of[W403_REPLAY_BREAKS] ? W403_EXIT_FOUND : open ? W403_EXIT_UNKNOWN
                                                                                         : W403_EXIT_GOOD;
}

static int replay(w403_cli *cli, const w403_replay_states *s, const w403_paths *files, const w403_survey_options *select)
{
    const char         *format = w403_args_value(&cli->args, W403_OPT_REPLAY_FORMAT);
    w403_replay_options o = {.select = *select, .policies = s->policies};
    w403_replay         r;
    w403_error          err;
    int                 status;
    o.select.snapshot = s->old;
    o.snapshot = w403_replay_states_new(s);
    if (w403_replay_run(files, &o, &r, &err) != W403_OK) {
        status = w403_diag_exit(cli, &err);
    } else {
        w403_replay_page page = {.out = &cli->out, .arena = cli->arena, .replay = &r, .overlay = &s->overlay,
                                 .color = cli->color_out, .width = cli->width < 60 ? 60 : (size_t)cli->width,
                                 .warnings = cli->warnings};
        put(&page, format);
        status = exit_status(&r, w403_logs_say_damage(cli, &r.stats, r.damage, r.n_damage));
        if (r.requests + r.undecided + r.spilled == 0 && status == W403_EXIT_UNKNOWN) {
            w403_diag_text(cli, true, "there is no request to replay in these logs");
        }
    }
    w403_replay_close(&r);
    return status;
}

int w403_cmd_replay(w403_cli *cli)
{
    w403_survey_options o = {0};
    w403_paths          files = {0};
    w403_replay_states  s;
    w403_error          err;
    int                 status = W403_EXIT_USAGE;
    if (w403_logs_input(cli, &o, &files, &err) != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    if (w403_replay_states_open(cli, o.bucket, &s) == W403_OK) {
        status = replay(cli, &s, &files, &o);
    }
    w403_replay_states_close(&s);
    return status;
}
