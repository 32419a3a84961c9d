/* why403 replay: what a changed policy would break, judged on real traffic. */
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/logs_input.h"
#include "cli/logs_output.h"

typedef struct states {
    w403_snapshot *old, *against;
    w403_policies *policies; /* given by hand: on top of the new state */
    w403_world     world;
    bool           patched;
} states;

static void say(void *user, bool warning, const w403_error *problem)
{
    w403_diag(user, warning, problem);
}

static w403_status no_state(w403_error *err, const char *which, const char *hint)
{
    w403_status status = w403_error_set(err, W403_SEMANTIC, "no %s", which);
    w403_error_hint(err, "%s", hint);
    return status;
}

/* The bucket policy takes the place of the old one; any other policy is added to what there is. */
static w403_status patch(w403_cli *cli, states *s, const w403_survey_options *o, w403_error *err)
{
    const char *path = w403_args_value(&cli->args, W403_OPT_BUCKET_POLICY);
    w403_view   text;
    if (!path) {
        return W403_OK;
    }
    W403_TRY(w403_cli_read(cli, path, &text, err));
    s->patched = true;
    return w403_replay_patch(cli->arena, s->against ? s->against : s->old, o->bucket, w403_view_of(path), text, &s->world,
                             err);
}

static w403_status add_others(w403_cli *cli, states *s, w403_error *err)
{
    static const struct {
        w403_option_id   id;
        w403_policy_kind kind;
    } table[] = {{W403_OPT_SCP, W403_POLICY_SCP},
                 {W403_OPT_RCP, W403_POLICY_RCP},
                 {W403_OPT_BOUNDARY, W403_POLICY_BOUNDARY},
                 {W403_OPT_IDENTITY_POLICY, W403_POLICY_IDENTITY},
                 {W403_OPT_VPCE_POLICY, W403_POLICY_VPC_ENDPOINT}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        size_t            at = 0;
        const w403_given *g;
        while ((g = w403_args_each(&cli->args, table[i].id, &at)) != NULL) {
            s->policies = s->policies ? s->policies : w403_policies_new();
            W403_NEED(s->policies, err);
            W403_TRY(w403_input_policy(cli, s->policies, table[i].kind, g->value, err));
        }
    }
    return W403_OK;
}

static w403_status load(w403_cli *cli, states *s, const w403_survey_options *o, w403_error *err)
{
    const char *against = w403_args_value(&cli->args, W403_OPT_AGAINST);
    if (!s->old) {
        return no_state(err, "snapshot to replay on", "name the state of then with `--snapshot DIR`");
    }
    if (against) {
        W403_TRY(w403_snapshot_load(against, say, cli, &s->against, err));
    }
    W403_TRY(patch(cli, s, o, err));
    W403_TRY(add_others(cli, s, err));
    if (!s->against && !s->patched && !s->policies) {
        return no_state(err, "change to replay", "name the new state with `--against DIR`, or a changed policy, as "
                                                 "`--bucket-policy FILE`");
    }
    return W403_OK;
}

static int replay(w403_cli *cli, const states *s, const w403_paths *files, const w403_survey_options *select)
{
    const char         *format = w403_args_value(&cli->args, W403_OPT_REPLAY_FORMAT);
    w403_replay_options o = {.select = *select, .policies = s->policies};
    w403_replay         r;
    w403_error          err;
    int                 status;
    o.select.snapshot = s->old;
    o.snapshot = s->patched ? s->world.snapshot : s->against ? s->against : s->old;
    if (w403_replay_run(files, &o, &r, &err) != W403_OK) {
        status = w403_diag_exit(cli, &err);
    } else {
        if (format && strcmp(format, "json") == 0) {
            w403_replay_json(&cli->out, cli->arena, &r);
        } else if (format && strcmp(format, "csv") == 0) {
            w403_replay_csv(&cli->out, cli->arena, &r);
        } else {
            w403_replay_text(&cli->out, cli->arena, &r, cli->color_out, cli->width < 60 ? 60 : (size_t)cli->width);
        }
        bool damaged = w403_logs_say_damage(cli, &r.stats, r.damage, r.n_damage);
        status = damaged ? W403_EXIT_USAGE : r.of[W403_REPLAY_BREAKS] ? W403_EXIT_FOUND : W403_EXIT_GOOD;
    }
    w403_replay_close(&r);
    return status;
}

int w403_cmd_replay(w403_cli *cli)
{
    w403_survey_options o = {0};
    w403_paths          files = {0};
    states              s = {0};
    w403_error          err;
    int                 status = W403_EXIT_USAGE;
    if (w403_logs_input(cli, &o, &files, &err) != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    if (w403_input_snapshot(cli, &s.old) == W403_OK) {
        status = load(cli, &s, &o, &err) == W403_OK ? replay(cli, &s, &files, &o) : w403_diag_exit(cli, &err);
    }
    if (s.patched) {
        w403_world_close(&s.world);
    }
    w403_policies_free(s.policies);
    w403_snapshot_free(s.against);
    w403_snapshot_free(s.old);
    return status;
}
