#include "cli/config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/nearest.h"
#include "cli/commands.h"

/* Options that a file may give. */
static const struct {
    const char *name;
    w403_option_id id;
} keys[] = {{"snapshot", W403_OPT_SNAPSHOT}, {"as", W403_OPT_AS},       {"from", W403_OPT_FROM}, {"via", W403_OPT_VIA},
            {"lang", W403_OPT_LANG},         {"format", W403_OPT_FORMAT}, {"color", W403_OPT_COLOR}, {"pager", W403_OPT_PAGER},
            {"hyperlinks", W403_OPT_HYPERLINKS}};
enum { KEYS = sizeof keys / sizeof *keys };

static const char *path_of(w403_cli *cli, bool *named)
{
    const char *own = getenv("WHY403_CONFIG"), *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    *named = own != NULL;
    if (own) {
        return *own ? own : NULL;
    }
    bool xdg = base && base[0] == '/';
    if (!xdg && (!home || !*home)) {
        return NULL;
    }
    return w403_arena_printf(cli->arena, xdg ? "%s/why403/config" : "%s/.config/why403/config", xdg ? base : home).p;
}

/* Evidence and requests say themselves who asked and from where: nobody is put in their place. */
static bool speaks_for_itself(const w403_cli *cli)
{
    for (size_t i = 0; i < cli->args.given.n; i++) {
        w403_option_id id = cli->args.given.at[i].id;
        if (w403_option_at(id)->group == W403_GROUP_EVIDENCE || id == W403_OPT_REQUEST || id == W403_OPT_LIVE) {
            return true;
        }
    }
    return !(cli->command->bit & (W403_FOR_EXPLAIN | W403_FOR_SWEEP));
}

static bool is_wanted(const w403_cli *cli, w403_option_id id, w403_view value)
{
    if (id == W403_OPT_AS) {
        return !speaks_for_itself(cli);
    }
    if (id == W403_OPT_FROM || id == W403_OPT_VIA) {
        return !speaks_for_itself(cli) && !w403_args_has(&cli->args, W403_OPT_FROM) && !w403_args_has(&cli->args, W403_OPT_VIA);
    }
    if (id == W403_OPT_FORMAT) { /* for people, and where the command has it: a program says which format it reads */
        w403_option_id own = w403_option_find(cli->command->bit, W403_LIT("format"));
        w403_view words = w403_view_of(own == W403_OPTIONS ? "" : w403_option_at(own)->words), word = {NULL, 0};
        while (words.p && !w403_view_eq(word, value)) {
            word = w403_view_cut(&words, ' ');
        }
        return isatty(STDOUT_FILENO) == 1 && w403_view_eq(word, value);
    }
    return id != W403_OPT_SNAPSHOT; /* that one is asked for last (input_sources.c) */
}

static w403_status take(w403_cli *cli, w403_view name, w403_view value, w403_error *err)
{
    const char *names[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        names[i] = keys[i].name;
        if (!w403_view_eq(name, w403_view_of(keys[i].name))) {
            continue;
        }
        w403_view copy = w403_arena_copy(cli->arena, value);
        W403_NEED(copy.p, err);
        if (keys[i].id == W403_OPT_SNAPSHOT) {
            cli->config_snapshot = copy.p;
        }
        w403_option_id id = w403_option_find(cli->command->bit, name);
        if (id == W403_OPTIONS || w403_args_has(&cli->args, id) || !is_wanted(cli, keys[i].id, value)) {
            return W403_OK;
        }
        return w403_args_give(cli->arena, cli->command, id, copy.p, &cli->args, err);
    }
    (void)w403_error_set(err, W403_SEMANTIC, "`%.*s` is no setting", W403_CUT(name));
    const char *nearest = w403_nearest(name, names, KEYS);
    if (nearest) {
        w403_error_hint(err, "did you mean `%s`?", nearest);
    } else {
        w403_error_hint(err, "settings are snapshot, as, from, via, lang, format, color, pager, hyperlinks; `WHY403_CONFIG=` leaves the file out");
    }
    return W403_SEMANTIC;
}

w403_status w403_config_apply(w403_cli *cli, w403_error *err)
{
    bool named;
    w403_view file, rest;
    if (cli->command->bit & (W403_FOR_DECIDE | W403_FOR_TEST | W403_FOR_MCP | W403_FOR_COMPLETION | W403_FOR_VERSION | W403_FOR_HELP)) {
        return W403_OK; /* what programs run, and what needs no settings */
    }
    const char *path = path_of(cli, &named);
    if (!path || (!named && access(path, R_OK) != 0)) {
        return W403_OK;
    }
    W403_TRY(w403_file_read(cli->arena, path, &file, err));
    for (rest = file; rest.p && rest.n;) {
        w403_view line = w403_view_trim(w403_view_cut(&rest, '\n')), value = line, name = w403_view_trim(w403_view_cut(&value, '='));
        if (line.n == 0 || line.p[0] == '#') {
            continue;
        }
        w403_status status = value.p && name.n ? take(cli, name, w403_view_trim(value), err)
                                               : w403_error_set(err, W403_SEMANTIC, "a setting is `name = value`");
        if (status != W403_OK) {
            w403_error_place(err, w403_view_of(path), file, (size_t)(line.p - file.p), line.n);
            return status;
        }
    }
    return W403_OK;
}
