/* why403 check: Access Analyzer's three checks of a policy, offline. */
#include "cli/commands.h"
#include "cli/diff_output.h"
#include "cli/diff_states.h"
#include "cli/input.h"
#include "cli/reason_html.h"
#include "render/style.h"
#include "symbolic/check_access.h"

typedef enum which { NEW_ACCESS, NOT_GRANTED, NO_PUBLIC, CHECKS } which;
static const char *const names[CHECKS] = {"no-new-access", "access-not-granted", "no-public-access"};

typedef struct checker {
    w403_cli *cli;
    which check;
    w403_budget budget;
    w403_check_result *result;
    w403_error *err;
} checker;

static w403_status kind_of(const checker *x, w403_policy_kind *out)
{
    const char *type = w403_args_value(&x->cli->args, W403_OPT_CHECK_TYPE);
    w403_view kind = {NULL, 0};
    if (x->check == NO_PUBLIC) {
        const char *resource = w403_args_value(&x->cli->args, W403_OPT_CHECK_RESOURCE_TYPE);
        W403_TRY(w403_check_kind(w403_view_of(resource ? resource : "AWS::S3::Bucket"), &kind, x->err));
        return w403_document_kind_find(kind, out, x->err);
    }
    kind = w403_view_of(type ? type : "");
    if (w403_view_eq(kind, W403_LIT("IDENTITY_POLICY"))) {
        kind = W403_LIT("identity");
    } else if (w403_view_eq(kind, W403_LIT("RESOURCE_POLICY"))) {
        kind = W403_LIT("resource");
    } else {
        w403_status st = w403_error_set(x->err, W403_SEMANTIC, "check %s needs --type", names[x->check]);
        w403_error_hint(x->err, "--type IDENTITY_POLICY or --type RESOURCE_POLICY");
        return st;
    }
    return w403_document_kind_find(kind, out, x->err);
}

static w403_status read_documents(checker *x)
{
    w403_documents *d = &x->result->diff.documents;
    size_t n = x->check == NEW_ACCESS ? 2 : 1;
    w403_problems warnings = {.arena = x->cli->arena};
    w403_policy_kind kind;
    W403_TRY(kind_of(x, &kind));
    for (size_t i = 0; i < n; i++) {
        w403_document_text at;
        W403_TRY(w403_diff_document(x->cli, x->cli->args.operands.at[1 + i], &at, x->err));
        W403_TRY(w403_document_read(x->cli->arena, kind, &at, &warnings, &d->policy[2 - n + i], x->err));
    }
    for (size_t i = 0; i < warnings.n; i++) {
        w403_diag(x->cli, true, &warnings.at[i].error);
    }
    d->arena = x->cli->arena;
    d->kind = kind;
    d->partition = w403_document_partition(d->policy[0] ? d->policy[0] : d->policy[1]);
    return w403_reason_options(x->cli, &x->budget, &d->when, &d->n_when, x->err);
}

static w403_status values(const checker *x, w403_option_id id, const w403_view **out, size_t *n)
{
    w403_view *list = W403_NEW_N(x->cli->arena, w403_view, x->cli->args.given.n + 1);
    const w403_given *g;
    size_t at = 0;
    W403_NEED(list, x->err);
    while ((g = w403_args_each(&x->cli->args, id, &at)) != NULL) {
        list[(*n)++] = w403_view_of(g->value);
    }
    *out = list;
    return W403_OK;
}

static w403_status run(checker *x)
{
    w403_document_focus *f = &x->result->diff.documents.focus;
    const char *type = w403_args_value(&x->cli->args, W403_OPT_CHECK_RESOURCE_TYPE);
    W403_TRY(read_documents(x));
    switch (x->check) {
    case NEW_ACCESS:
        return w403_check_no_new_access(x->result, &x->budget, x->err);
    case NOT_GRANTED:
        W403_TRY(values(x, W403_OPT_CHECK_ACTION, &f->actions, &f->n_actions));
        W403_TRY(values(x, W403_OPT_CHECK_RESOURCE, &f->resources, &f->n_resources));
        if (f->n_actions + f->n_resources == 0) {
            return w403_error_set(x->err, W403_SEMANTIC, "check access-not-granted needs --action or --resource");
        }
        return w403_check_access_not_granted(x->result, &x->budget, x->err);
    case NO_PUBLIC:
    case CHECKS:
        break;
    }
    return w403_check_no_public_access(x->result, w403_view_of(type ? type : "AWS::S3::Bucket"), &x->budget, x->err);
}

/* ---- output ---- */

static w403_view reason(const checker *x, const w403_statement *st)
{
    w403_view sid = st->sid.n ? st->sid : w403_arena_printf(x->cli->arena, "%u", st->index);
    w403_view rest = w403_view_of(x->result->reason_format);
    w403_view out = W403_LIT("");
    w403_view parts[2] = {st->sid.n ? W403_LIT("sid") : W403_LIT("index"), sid};
    for (size_t k = 0; k < 3; k++) { /* "... with %s: %s." */
        size_t at = w403_view_find(rest, W403_LIT("%s"));
        w403_view text = at == SIZE_MAX ? rest : w403_view_sub(rest, 0, at);
        out = w403_arena_printf(x->cli->arena, "%.*s%.*s%.*s", W403_ARG(out), W403_ARG(text),
                                W403_ARG(k < 2 && at != SIZE_MAX ? parts[k] : W403_LIT("")));
        rest = at == SIZE_MAX ? W403_LIT("") : w403_view_sub(rest, at + 2, rest.n);
    }
    return out;
}

static void put_json(checker *x)
{
    w403_json_writer w;
    const w403_check_result *r = x->result;
    bool ours = !w403_args_has(&x->cli->args, W403_OPT_CHECK_AWS_ONLY);
    w403_jw_init(&w, &x->cli->out, !w403_reason_format_is(x->cli, "ndjson"));
    w403_jw_object(&w);
    w403_jw_word(&w, "result", r->pass == W403_YES ? "PASS" : r->pass == W403_NO ? "FAIL" : "UNKNOWN");
    w403_jw_word(&w, "message", r->message);
    if (r->pass == W403_NO) {
        w403_jw_key(&w, "reasons");
        w403_jw_array(&w);
        for (size_t i = 0; i < r->n_why; i++) {
            w403_jw_object(&w);
            w403_jw_text(&w, "description", reason(x, r->why[i]));
            w403_jw_text(&w, "statementId", r->why[i]->sid);
            w403_jw_number(&w, "statementIndex", r->why[i]->index);
            w403_jw_end_object(&w);
        }
        w403_jw_end_array(&w);
    }
    for (size_t i = 0; ours && i < r->diff.boxes.n; i++) {
        if (r->diff.boxes.at[i].change == W403_NEWLY_ALLOWED) {
            w403_jw_key(&w, "witness");
            w403_diff_request_json(x->cli->arena, &w, &r->diff.boxes.at[i].request);
            break;
        }
    }
    if (ours) {
        w403_jw_key(&w, "boxes");
        w403_jw_array(&w);
        for (size_t i = 0; i < r->diff.boxes.n && i < x->budget.max_boxes; i++) {
            const w403_changed_box *b = &r->diff.boxes.at[i];
            if (b->change != W403_NEWLY_ALLOWED) {
                continue;
            }
            w403_jw_object(&w);
            w403_reason_box_json(&w, &r->diff.documents.space, &b->box);
            w403_reason_same_json(x->cli->arena, &w, &r->diff.documents, &b->box);
            w403_jw_text(&w, "text", w403_diff_box_words(x->cli->arena, &r->diff, b));
            w403_jw_end_object(&w);
        }
        w403_jw_end_array(&w);
        if (r->n_may_differ) {
            w403_jw_key(&w, "may_differ");
            w403_jw_array(&w);
            for (size_t i = 0; i < r->n_may_differ; i++) {
                w403_jw_cstr(&w, r->may_differ[i]);
            }
            w403_jw_end_array(&w);
        }
        w403_jw_key(&w, "spans");
        w403_jw_array(&w);
        for (size_t i = 0; i < r->n_why; i++) {
            w403_reason_statement_json(&w, r->why[i]);
        }
        w403_jw_end_array(&w);
        w403_reason_unknown_json(&w, &x->budget, r->diff.documents.reason, r->diff.documents.blamed);
    }
    w403_jw_end_object(&w);
    w403_buf_putc(&x->cli->out, '\n');
}

static void put_text(checker *x)
{
    const w403_check_result *r = x->result;
    w403_buf *out = &x->cli->out;
    size_t width = (size_t)x->cli->width;
    if (r->pass == W403_UNKNOWN) {
        w403_view why = w403_reason_unknown_words(x->cli->arena, &x->budget, r->diff.documents.reason, r->diff.documents.blamed);
        w403_buf_puts(out, "UNKNOWN  ");
        w403_style_lines(out, w403_arena_printf(x->cli->arena, "The check %.*s", W403_ARG(why)), 9, 9, width);
        return;
    }
    w403_buf_puts(out, r->pass == W403_YES ? "PASS  " : "FAIL  ");
    w403_style_lines(out, w403_view_of(r->message), 6, 6, width);
    for (size_t i = 0; i < r->n_why; i++) {
        uint32_t line, column;
        w403_line_column(r->why[i]->policy->doc.text, r->why[i]->span.off, &line, &column);
        w403_buf_puts(out, "  ");
        w403_style_lines(out, w403_arena_printf(x->cli->arena, "%.*s %.*s:%u:%u", W403_ARG(reason(x, r->why[i])),
                                                W403_ARG(r->why[i]->policy->doc.source), line, column), 2, 4, width);
    }
    for (size_t i = 0; i < r->diff.boxes.n && i < x->budget.max_boxes; i++) {
        if (r->diff.boxes.at[i].change == W403_NEWLY_ALLOWED) {
            w403_buf_puts(out, "    ");
            w403_style_lines(out, w403_diff_box_words(x->cli->arena, &r->diff, &r->diff.boxes.at[i]), 4, 6, width);
        }
    }
}

static void put_html(checker *x)
{
    static const char *const reasons[] = {"Reason", "Statement", NULL}, *const boxes[] = {"What it lets through", NULL};
    const w403_check_result *r = x->result;
    w403_arena *a = x->cli->arena;
    bool unknown = r->pass == W403_UNKNOWN;
    w403_reason_page p;
    w403_view why = w403_reason_unknown_words(a, &x->budget, r->diff.documents.reason, r->diff.documents.blamed);
    w403_page_open(&p, x->cli, "check", unknown ? "undetermined" : r->pass == W403_YES ? "allowed" : "denied",
                   unknown ? w403_arena_printf(a, "UNKNOWN: the check %.*s", W403_ARG(why))
                           : w403_arena_printf(a, "%s: %s", r->pass == W403_YES ? "PASS" : "FAIL", r->message));
    if (r->n_why) {
        w403_page_table(&p, W403_LIT("Reasons"), reasons);
        for (size_t i = 0; i < r->n_why; i++) {
            uint32_t line, column;
            w403_line_column(r->why[i]->policy->doc.text, r->why[i]->span.off, &line, &column);
            w403_view place = w403_arena_printf(a, "%.*s:%u:%u", W403_ARG(r->why[i]->policy->doc.source), line, column);
            w403_page_row(&p, (const w403_view[]){reason(x, r->why[i]), place}, 2);
        }
        w403_page_table_end(&p);
    }
    if (r->diff.boxes.n) {
        w403_page_table(&p, W403_LIT("Requests"), boxes);
        for (size_t i = 0; i < r->diff.boxes.n && i < x->budget.max_boxes; i++) {
            if (r->diff.boxes.at[i].change == W403_NEWLY_ALLOWED) {
                w403_page_row(&p, (const w403_view[]){w403_diff_box_words(a, &r->diff, &r->diff.boxes.at[i])}, 1);
            }
        }
        w403_page_table_end(&p);
    }
    w403_page_close(&p);
}

static w403_status choose(w403_cli *cli, which *out, w403_error *err)
{
    size_t n = cli->args.operands.n;
    for (which k = NEW_ACCESS; n > 0 && k < CHECKS; k++) {
        if (strcmp(cli->args.operands.at[0], names[k]) == 0) {
            *out = k;
            if (n == (k == NEW_ACCESS ? 3u : 2u)) {
                return W403_OK;
            }
            return w403_error_set(err, W403_SEMANTIC, "check %s needs %s", names[k],
                                  k == NEW_ACCESS ? "the existing policy and the new one" : "one policy");
        }
    }
    w403_status st = n ? w403_error_set(err, W403_SEMANTIC, "`%.200s` is no check", cli->args.operands.at[0])
                       : w403_error_set(err, W403_SEMANTIC, "check needs to know which");
    w403_error_hint(err, "the checks are no-new-access, access-not-granted and no-public-access");
    return st;
}

int w403_cmd_check(w403_cli *cli)
{
    w403_error err;
    checker x = {.cli = cli, .err = &err, .result = W403_NEW(cli->arena, w403_check_result)};
    w403_status st = x.result ? choose(cli, &x.check, &err) : w403_error_nomem(&err);
    st = st == W403_OK ? run(&x) : st;
    if (st != W403_OK) {
        w403_buf_clear(&cli->out);
        return w403_diag_exit(cli, &err);
    }
    if (w403_reason_format_is(cli, "text")) {
        put_text(&x);
    } else if (w403_reason_format_is(cli, "html")) {
        put_html(&x);
    } else {
        put_json(&x);
    }
    return x.result->pass == W403_YES ? W403_EXIT_GOOD : x.result->pass == W403_NO ? W403_EXIT_FOUND : W403_EXIT_UNKNOWN;
}
