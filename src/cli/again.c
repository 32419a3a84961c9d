#include "cli/again.h"

#include "cli/input.h"

static bool is_stdin(const char *value)
{
    return value && strcmp(value, "-") == 0;
}

static void put(const w403_given *g, w403_command *c)
{
    const w403_option *o = w403_option_at(g->id);
    if (o->arg == W403_ARG_OPTIONAL && g->value) {
        w403_view word = w403_arena_printf(c->arena, "--%s=%s", o->name, g->value);
        c->text.failed |= word.p == NULL;
        w403_command_word(c, word);
        return;
    }
    w403_command_option(c, o->name, w403_view_of(g->value));
}

void w403_again_options(const w403_cli *cli, uint32_t commands, unsigned groups, w403_command *c)
{
    bool snapshot = false;
    for (size_t i = 0; i < cli->args.given.n; i++) {
        const w403_given *g = &cli->args.given.at[i];
        const w403_option *o = w403_option_at(g->id);
        bool wanted = (groups & 1u << o->group) && (o->commands & commands) && g->id != W403_OPT_LIST &&
                      g->id != W403_OPT_TOP && g->id != W403_OPT_SAVE && g->id != W403_OPT_MFA_CODE;
        snapshot |= g->id == W403_OPT_SNAPSHOT || g->id == W403_OPT_NO_SNAPSHOT;
        if (wanted) {
            put(g, c);
        }
    }
    const char *found = snapshot ? NULL : w403_input_snapshot_path(cli);
    if (found && (groups & W403_AGAIN_POLICIES)) {
        w403_command_option(c, "snapshot", w403_view_of(found));
    }
}

void w403_again_files(const w403_cli *cli, w403_command *c)
{
    for (size_t i = 0; i < cli->args.operands.n; i++) {
        w403_command_word(c, w403_command_path(c->arena, w403_view_of(cli->args.operands.at[i])));
    }
}

bool w403_again_possible(const w403_cli *cli)
{
    for (size_t i = 0; i < cli->args.given.n; i++) {
        if (is_stdin(cli->args.given.at[i].value)) {
            return false;
        }
    }
    for (size_t i = 0; i < cli->args.operands.n; i++) {
        if (is_stdin(cli->args.operands.at[i])) {
            return false;
        }
    }
    return true;
}
