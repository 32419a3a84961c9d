/* why403 runbook: AWS's own troubleshooting runbooks, offline. */
#include <unistd.h>

#include "cli/commands.h"
#include "cli/input.h"
#include "cli/runbook.h"
#include "render/style.h"
#include "snapshot/snapshot.h"
#include "policy/policies.h"

/* ---- the list ---- */

static void entry(w403_cli *cli, const char *name, const char *about)
{
    w403_buf_printf(&cli->out, "  %s\n      ", name);
    w403_style_lines(&cli->out, w403_view_of(about), 6, 6, (size_t)cli->width);
}

static int list_all(w403_cli *cli)
{
    size_t n = 0;
    const w403_runbook_relative *more = w403_runbook_relatives(&n);
    w403_buf_puts(&cli->out, "Runbooks of AWS's that are run here\n");
    for (unsigned i = 0; i < W403_RUNBOOKS; i++) {
        entry(cli, w403_runbook_at((w403_runbook_id)i)->name, w403_runbook_at((w403_runbook_id)i)->about);
    }
    w403_buf_puts(&cli->out, "\nOthers around S3's 403\n");
    for (size_t i = 0; i < n; i++) {
        entry(cli, more[i].name, more[i].about);
    }
    return W403_EXIT_GOOD;
}

static int list_parameters(w403_cli *cli, w403_runbook_id id)
{
    const w403_runbook *book = w403_runbook_at(id);
    w403_buf_printf(&cli->out, "%s: %s\n\nParameters\n", book->name, book->about);
    for (size_t i = 0; i < book->n_parameters; i++) {
        const w403_runbook_parameter *p = &book->parameters[i];
        w403_view name =
            w403_arena_printf(cli->arena, "%s (%s%s)", p->name, p->type, p->required ? ", required" : "");
        w403_view about = *p->fallback ? w403_arena_printf(cli->arena, "%s; default: %s", p->about, p->fallback)
                                       : w403_view_of(p->about);
        w403_buf_printf(&cli->out, "  %.*s\n      ", (int)name.n, name.n ? name.p : "");
        w403_style_lines(&cli->out, about, 6, 6, (size_t)cli->width);
    }
    return W403_EXIT_GOOD;
}

/* ---- one run ---- */

/* The text itself, or the file with it (`-`: standard input), with or without the CLI's `file://`. */
static w403_status read_parameters(w403_cli *cli, w403_runbook_id id, w403_runbook_input *out, w403_error *err)
{
    const char *value = w403_args_value(&cli->args, W403_OPT_PARAMETERS);
    w403_view text = w403_view_of(value), trimmed = w403_view_trim(text), source = W403_LIT("--parameters");
    bool scheme = w403_view_starts(text, W403_LIT("file://"));
    const char *path = scheme ? value + sizeof "file://" - 1 : value;
    bool inside = trimmed.n > 0 && (trimmed.p[0] == '{' || w403_view_find_char(trimmed, '=') != SIZE_MAX);
    if (scheme || strcmp(value, "-") == 0 || (trimmed.n > 0 && (!inside || (!cli->host && access(value, R_OK) == 0)))) {
        W403_TRY(w403_cli_read(cli, path, &text, err));
        source = w403_view_of(path);
    }
    return w403_runbook_read(cli->arena, id, source, text, out, err);
}

/* SCPs do not bind the organization's management account. */
static w403_status add_scps(w403_runbook_run *run, w403_policies **policies, w403_error *err)
{
    const w403_entity *who =
        run->snapshot ? w403_snapshot_entity(run->snapshot, run->input->request.principal) : NULL;
    if (run->input->n_scps > 0 && who && who->account && who->account->is_management) {
        w403_runbook_note(run, "SCPPolicy is left out: the account is the organization's management account");
        return W403_OK;
    }
    for (size_t i = 0; i < run->input->n_scps; i++) {
        if (!*policies) {
            *policies = w403_policies_new();
            W403_NEED(*policies, err);
        }
        size_t told = w403_policies_warnings(*policies)->n;
        W403_TRY(w403_policies_add(*policies, W403_POLICY_SCP, 0, W403_LIT("SCPPolicy"), run->input->scps[i], err));
        (void)w403_input_warn(run->cli, *policies, told);
    }
    return W403_OK;
}

static w403_status run_one(w403_cli *cli, w403_runbook_id id, const w403_snapshot *snapshot, w403_policies **policies,
                           w403_verdict *verdict, w403_error *err)
{
    w403_runbook_input *in = W403_NEW(cli->arena, w403_runbook_input);
    w403_runbook_run *run = W403_NEW(cli->arena, w403_runbook_run);
    W403_NEED(in && run, err);
    W403_TRY(read_parameters(cli, id, in, err));
    *run = (w403_runbook_run){.cli = cli, .snapshot = snapshot, .input = in};
    W403_TRY(add_scps(run, policies, err));
    run->policies = *policies;
    const char *from = w403_args_value(&cli->args, W403_OPT_FROM);
    if (from && in->request.via.n == 0) {
        in->request.from = w403_view_of(from);
    }
    if (!snapshot && !*policies) {
        (void)w403_error_set(err, W403_SEMANTIC, "nothing to run the runbook on: no snapshot and no policies");
        w403_error_hint(err, "name a snapshot with `--snapshot DIR`");
        return W403_SEMANTIC;
    }
    W403_TRY(id == W403_RUNBOOK_PUBLIC_READ ? w403_runbook_public(run, err) : w403_runbook_access(run, err));
    *verdict = run->verdict;
    const char *format = w403_args_value(&cli->args, W403_OPT_RUNBOOK_FORMAT);
    return format && strcmp(format, "json") == 0 ? w403_runbook_json(run, err) : w403_runbook_text(run, err);
}

static int run_with(w403_cli *cli, w403_runbook_id id)
{
    static const int exits[] = {
        [W403_ALLOWED] = W403_EXIT_GOOD, [W403_DENIED] = W403_EXIT_FOUND, [W403_UNDETERMINED] = W403_EXIT_UNKNOWN};
    w403_input in;
    w403_verdict verdict = W403_UNDETERMINED;
    w403_error err;
    int status = W403_EXIT_USAGE;
    if (w403_input_open(cli, &in)) {
        bool good = run_one(cli, id, in.snapshot, &in.policies, &verdict, &err) == W403_OK;
        if (!good) {
            w403_buf_clear(&cli->out);
        }
        status = good ? exits[verdict] : w403_diag_exit(cli, &err);
    }
    w403_input_close(&in);
    return status;
}

int w403_cmd_runbook(w403_cli *cli)
{
    w403_error err;
    w403_runbook_id id;
    if (cli->args.operands.n == 0) {
        return list_all(cli);
    }
    if (cli->args.operands.n > 1) {
        (void)w403_error_set(&err, W403_SEMANTIC, "one argument too many: `%.200s`", cli->args.operands.at[1]);
        w403_error_hint(&err, "parameters follow `--parameters`");
        return w403_diag_exit(cli, &err);
    }
    if (w403_runbook_find(w403_view_of(cli->args.operands.at[0]), &id, &err) != W403_OK) {
        return w403_diag_exit(cli, &err);
    }
    return w403_args_has(&cli->args, W403_OPT_PARAMETERS) ? run_with(cli, id) : list_parameters(cli, id);
}
