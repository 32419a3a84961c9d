#include "cli/input_made.h"

#include "base/array.h"
#include "cli/input.h"
#include "sources/sources.h"

static bool is_made(w403_option_id id)
{
    return id == W403_OPT_FROM_TERRAFORM || id == W403_OPT_FROM_CLOUDFORMATION || id == W403_OPT_FROM_IAM_COLLECT;
}

const w403_given *w403_input_made(const w403_cli *cli, size_t nth)
{
    for (size_t i = 0; i < cli->args.given.n; i++) {
        if (is_made(cli->args.given.at[i].id) && nth-- == 0) {
            return &cli->args.given.at[i];
        }
    }
    return NULL;
}

static void tell(void *user, const char *sentence)
{
    w403_diag_text(user, true, "%s", sentence);
}

static w403_status parameters(w403_cli *cli, w403_source_options *o, w403_error *err)
{
    W403_ARRAY(w403_view) list = {0};
    const w403_given *g;
    size_t at = 0;
    while ((g = w403_args_each(&cli->args, W403_OPT_PARAMETER, &at)) != NULL) {
        w403_view *slot = W403_PUSH(cli->arena, &list);
        W403_NEED(slot, err);
        *slot = w403_view_of(g->value);
        if (w403_view_find_char(*slot, '=') == SIZE_MAX) {
            return w403_error_set(err, W403_SEMANTIC, "`--parameter %.80s`: write NAME=VALUE", g->value);
        }
    }
    o->parameters = list.at;
    o->n_parameters = list.n;
    return W403_OK;
}

static w403_status account(w403_cli *cli, w403_source_options *o, w403_error *err)
{
    const char *id = w403_args_value(&cli->args, W403_OPT_SOURCE_ACCOUNT);
    bool good = !id || strlen(id) == 12;
    for (size_t i = 0; good && id && id[i]; i++) {
        good = id[i] >= '0' && id[i] <= '9';
    }
    o->account = w403_view_of(id ? id : "");
    return good ? W403_OK : w403_error_set(err, W403_SEMANTIC, "`--account %.40s`: an account has twelve digits", id);
}

w403_status w403_input_make(w403_cli *cli, const w403_given *g, w403_problem_fn *fn, void *user, w403_snapshot **out, w403_error *err)
{
    w403_view name = w403_view_of(g->value), text, made;
    w403_source_options o = {.tell = tell, .user = cli};
    *out = NULL;
    W403_TRY(parameters(cli, &o, err));
    W403_TRY(account(cli, &o, err));
    if (g->id == W403_OPT_FROM_IAM_COLLECT) {
        W403_TRY(w403_source_iam_collect(cli->arena, g->value, &o, &made, err));
    } else {
        W403_TRY(w403_cli_read(cli, g->value, &text, err));
        W403_TRY(g->id == W403_OPT_FROM_TERRAFORM ? w403_source_terraform(cli->arena, name, text, &o, &made, err)
                                                   : w403_source_cloudformation(cli->arena, name, text, &o, &made, err));
    }
    return w403_snapshot_parse(name, made, fn, user, out, err);
}
