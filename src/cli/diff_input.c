#include "cli/diff_input.h"

#include "cli/input_made.h"
#include "cli/replay_input.h"

struct w403_diff_input {
    w403_replay_states changed;
    w403_snapshot *folders[2];
};

static void report(void *user, bool warning, const w403_error *problem)
{
    w403_diag(user, warning, problem);
}

static bool open_folders(w403_cli *cli, w403_diff_input *in)
{
    for (int i = 0; i < 2; i++) {
        w403_error err;
        cli->source_root = cli->args.operands.at[i];
        if (w403_snapshot_load(cli->args.operands.at[i], report, cli, &in->folders[i], &err) != W403_OK) {
            return false;
        }
    }
    return true;
}

/* Two plans, two templates: before and after. */
static bool open_made(w403_cli *cli, w403_diff_input *in)
{
    for (size_t i = 0; i < 2; i++) {
        w403_error err;
        if (w403_input_make(cli, w403_input_made(cli, i), report, cli, &in->folders[i], &err) != W403_OK) {
            w403_diag(cli, false, &err);
            return false;
        }
    }
    return true;
}

w403_diff_input *w403_diff_input_open(w403_cli *cli)
{
    w403_diff_input *in = W403_NEW(cli->arena, w403_diff_input);
    bool good = in && (cli->args.operands.n == 2    ? open_folders(cli, in)
                       : w403_input_made(cli, 1) ? open_made(cli, in)
                           : w403_replay_states_open(cli, (w403_view){NULL, 0}, &in->changed) == W403_OK);
    if (!good) {
        w403_diff_input_close(in);
        return NULL;
    }
    return in;
}

void w403_diff_input_close(w403_diff_input *in)
{
    if (in) {
        w403_replay_states_close(&in->changed);
        w403_snapshot_free(in->folders[0]);
        w403_snapshot_free(in->folders[1]);
        *in = (w403_diff_input){0};
    }
}

const w403_snapshot *w403_diff_input_at(const w403_diff_input *in, int side)
{
    if (in->folders[side]) {
        return in->folders[side];
    }
    return side == 0 ? in->changed.old : w403_replay_states_new(&in->changed);
}
