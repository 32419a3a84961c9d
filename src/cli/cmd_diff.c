/* why403 diff: what one policy allows that another does not, or one state of an account and another. */
#include "cli/commands.h"
#include "cli/diff_output.h"
#include "cli/diff_states.h"
#include "cli/input.h"
#include "cli/input_made.h"
#include "base/file.h"
#include "symbolic/document_kind.h"

/* Which changes make the exit status 1. */
typedef struct fail_on {
    bool wider, narrower;
} fail_on;

static fail_on read_fail_on(const w403_cli *cli)
{
    const char *v = w403_args_value(&cli->args, W403_OPT_DIFF_FAIL_ON);
    v = v ? v : "wider";
    return (fail_on){strcmp(v, "wider") == 0 || strcmp(v, "any") == 0, strcmp(v, "narrower") == 0 || strcmp(v, "any") == 0};
}

int w403_diff_exit(const w403_cli *cli, w403_tri wider, w403_tri narrower)
{
    fail_on f = read_fail_on(cli);
    w403_tri bad = w403_or(f.wider ? wider : W403_NO, f.narrower ? narrower : W403_NO);
    return bad == W403_YES ? W403_EXIT_FOUND : bad == W403_NO ? W403_EXIT_GOOD : W403_EXIT_UNKNOWN;
}

w403_status w403_diff_document(w403_cli *cli, const char *path, w403_document_text *out, w403_error *err)
{
    w403_view text;
    w403_json_doc *doc = W403_NEW(cli->arena, w403_json_doc);
    W403_NEED(doc, err);
    W403_TRY(w403_cli_read(cli, path, &text, err));
    W403_TRY(w403_json_parse(cli->arena, w403_view_of(path), text, NULL, doc, NULL, err));
    static const char *const paths[][2] = {
        {"Policy", "Content"}, {"Policy", NULL}, {"PolicyDocument", NULL}, {"PolicyVersion", "Document"}};
    const w403_json *v = doc->root;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] && !w403_json_get(v, "Statement"); i++) {
        const w403_json *inner = w403_json_path(doc->root, paths[i][0], paths[i][1], NULL);
        bool holds = inner && (inner->type == W403_JSON_STRING || inner->type == W403_JSON_OBJECT);
        v = holds && v == doc->root ? inner : v;
    }
    *out = (w403_document_text){doc, v};
    return W403_OK;
}

static w403_status documents(w403_cli *cli, int *status, w403_error *err)
{
    w403_document_text at[2];
    w403_policy_kind kind;
    w403_budget budget;
    w403_problems warnings = {.arena = cli->arena};
    const char *name = w403_args_value(&cli->args, W403_OPT_DIFF_KIND);
    bool wider_only = w403_args_has(&cli->args, W403_OPT_WIDER_ONLY);
    w403_document_diff *d = W403_NEW(cli->arena, w403_document_diff);
    W403_NEED(d, err);
    for (int i = 0; i < 2; i++) {
        W403_TRY(w403_diff_document(cli, cli->args.operands.at[i], &at[i], err));
    }
    W403_TRY(name ? w403_document_kind_find(w403_view_of(name), &kind, err)
                  : w403_document_kind_guess(cli->arena, at, 2, &kind, err));
    for (int i = 0; i < 2; i++) {
        W403_TRY(w403_document_read(cli->arena, kind, &at[i], &warnings, &d->documents.policy[i], err));
    }
    for (size_t i = 0; i < warnings.n; i++) {
        w403_diag(cli, true, &warnings.at[i].error);
    }
    W403_TRY(w403_reason_options(cli, &budget, &d->documents.when, &d->documents.n_when, err));
    d->documents.arena = cli->arena;
    d->documents.kind = kind;
    d->documents.partition = w403_document_partition(d->documents.policy[0]);
    W403_TRY(w403_diff_documents(d, &budget, err));
    w403_tri wider = w403_or(d->answers[W403_NEWLY_ALLOWED], d->answers[W403_NO_LONGER_DENIED]);
    w403_tri narrower = w403_or(d->answers[W403_NEWLY_DENIED], d->answers[W403_NO_LONGER_ALLOWED]);
    *status = w403_diff_exit(cli, wider, narrower);
    if (w403_reason_format_is(cli, "text")) {
        w403_diff_documents_text(cli, d, wider_only);
    } else if (w403_reason_format_is(cli, "html")) {
        w403_diff_documents_html(cli, d, wider_only);
    } else if (w403_reason_format_is(cli, "markdown")) {
        w403_diff_documents_markdown(cli, d, wider_only);
    } else {
        w403_diff_documents_json(cli, d, w403_document_kind_name(kind), *status, wider_only,
                                 w403_reason_format_is(cli, "ndjson"));
    }
    return W403_OK;
}

int w403_cmd_diff(w403_cli *cli)
{
    w403_error err;
    int status = W403_EXIT_USAGE;
    size_t n = cli->args.operands.n;
    bool states = n == 2 && w403_text_set_is_directory(w403_cli_texts(cli), cli->args.operands.at[0]) &&
                  w403_text_set_is_directory(w403_cli_texts(cli), cli->args.operands.at[1]);
    if (states || (n == 0 && (w403_args_has(&cli->args, W403_OPT_POLICY) || w403_input_made(cli, 1)))) {
        return w403_diff_states(cli);
    }
    if (n != 2) {
        (void)w403_error_set(&err, W403_SEMANTIC, "diff needs two policies, two snapshots, or --snapshot and --policy");
        w403_error_hint(&err, "why403 diff old.json new.json");
        return w403_diag_exit(cli, &err);
    }
    if (documents(cli, &status, &err) != W403_OK) {
        w403_buf_clear(&cli->out);
        return w403_diag_exit(cli, &err);
    }
    return status;
}
