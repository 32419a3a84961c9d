/* why403 collect: a snapshot made by the program itself. */
#include "cli/collect_whole.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/live_narrow.h"
#include "collect/least.h"
#include "live/calls.h"
#include "policy/match.h"

/* The folder is the last operand: the only one, or what follows OPERATION RESOURCE. */
static w403_status take_folder(w403_cli *cli, size_t before, const char **out, w403_error *err)
{
    w403_args *args = &cli->args;
    *out = "snapshot";
    if (args->operands.n > before + 1) {
        return w403_error_set(err, W403_SEMANTIC, "one argument too many: `%.200s`", args->operands.at[before + 1]);
    }
    if (args->operands.n == before + 1) {
        *out = args->operands.at[before];
        args->operands.n = before;
    }
    return W403_OK;
}

static int narrow(w403_cli *cli)
{
    enum { OPERATION_RESOURCE = 2 };
    const char *folder;
    w403_error err;
    if (cli->args.operands.n < OPERATION_RESOURCE && !w403_args_has(&cli->args, W403_OPT_REQUEST)) {
        (void)w403_error_set(&err, W403_SEMANTIC, "`--for` takes an operation and a resource");
        w403_error_hint(&err, "as `why403 collect --for GetObject s3://bucket/key --as ARN [DIR]`");
        return w403_diag_exit(cli, &err);
    }
    bool request = w403_args_has(&cli->args, W403_OPT_REQUEST);
    return take_folder(cli, request ? 0 : OPERATION_RESOURCE, &folder, &err) == W403_OK ? w403_collect_for(cli, folder)
                                                                                        : w403_diag_exit(cli, &err);
}

/* ---- --print-policy ---- */

static w403_view given(const w403_cli *cli, w403_option_id id)
{
    const char *value = w403_args_value(&cli->args, id);
    return value ? w403_view_of(value) : (w403_view){NULL, 0};
}

/* A session is its role's. */
static w403_status about_principal(const w403_cli *cli, w403_view arn, w403_least_options *o, w403_error *err)
{
    w403_arn split = w403_arn_split(arn);
    w403_view rest = split.n == 6 ? split.part[5] : (w403_view){NULL, 0}, type = rest.p ? w403_view_cut(&rest, '/') : rest;
    if (!rest.p) {
        return W403_OK;
    }
    o->account = split.part[4];
    if (w403_view_eq(type, W403_LIT("user"))) {
        o->user = arn;
    } else if (w403_view_eq(type, W403_LIT("role"))) {
        o->role = arn;
    } else if (w403_view_eq(type, W403_LIT("assumed-role"))) { /* its ARN does not show the role's path */
        w403_view name = w403_view_cut(&rest, '/');
        o->role = w403_arena_printf(cli->arena, "arn:%.*s:iam::%.*s:role/*%.*s", W403_ARG(split.part[1]),
                                    W403_ARG(split.part[4]), W403_ARG(name));
        W403_NEED(o->role.p, err);
    }
    return W403_OK;
}

static w403_status about_resource(w403_view arn, w403_least_options *o)
{
    w403_arn split = w403_arn_split(arn);
    w403_view rest = split.n == 6 ? split.part[5] : (w403_view){NULL, 0};
    if (!rest.p || !w403_view_eq(split.part[2], W403_LIT("s3"))) {
        return W403_OK;
    }
    o->partition = split.part[1];
    if (w403_view_starts(rest, W403_LIT("accesspoint/"))) {
        size_t object = w403_view_find(arn, W403_LIT("/object/"));
        o->access_point = w403_view_sub(arn, 0, object == SIZE_MAX ? arn.n : object);
        return W403_OK;
    }
    o->bucket = w403_view_cut(&rest, '/');
    o->key = rest;
    return W403_OK;
}

static w403_status policies(w403_cli *cli, w403_error *err)
{
    w403_least_options o = {.modes = W403_CALL_WHOLE,
                            .taken = given(cli, W403_OPT_ROLE),
                            .trusted = given(cli, W403_OPT_TRUSTED),
                            .external_id = given(cli, W403_OPT_EXTERNAL_ID)};
    if (w403_args_has(&cli->args, W403_OPT_FOR)) {
        w403_request base, request;
        w403_request_init(&base);
        W403_TRY(w403_input_request_over(cli, &base, (w403_view){NULL, 0}, &request, err));
        o.modes = W403_CALL_NARROW;
        o.narrow = true;
        o.endpoint = request.via.n > 0;
        W403_TRY(about_principal(cli, request.principal, &o, err));
        W403_TRY(about_resource(request.resource, &o));
    }
    W403_TRY(w403_least_policies(cli->arena, &o, &cli->out, err));
    if (!o.trusted.n) {
        w403_diag_note(cli, "the trust policy is of use only with `--trusted ARN`, who may take the role");
    }
    return W403_OK;
}

int w403_cmd_collect(w403_cli *cli)
{
    w403_error err;
    if (w403_args_has(&cli->args, W403_OPT_PRINT_POLICY)) {
        return policies(cli, &err) == W403_OK ? W403_EXIT_GOOD : w403_diag_exit(cli, &err);
    }
    if (w403_args_has(&cli->args, W403_OPT_FOR)) {
        return narrow(cli);
    }
    return w403_collect_whole(cli);
}
