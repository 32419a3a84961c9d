/* why403 what-can: everything that one caller can do, and when. */
#include "base/glob.h"
#include "cli/commands.h"
#include "cli/reason_rows.h"
#include "render/warnings.h"

static w403_status add_actions(w403_rows *r, const char *glob, w403_error *err)
{
    w403_view text = glob ? w403_view_of(glob) : W403_LIT("s3:*");
    for (uint16_t i = 0; i < W403_ACTION_COUNT; i++) {
        w403_view name = w403_view_of(w403_action_at(i)->name);
        bool s3 = w403_view_starts(name, W403_LIT("s3:"));
        bool lists = i == W403_ACTION_S3_LISTALLMYBUCKETS;
        if (s3 && w403_iglob(text, name) && (lists || w403_action_target(i) != W403_ON_NEITHER)) {
            W403_NEED(w403_rows_what(r, name, true), err);
        }
    }
    if (r->whats.n == 0) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no action of S3's matches `%.*s`", W403_ARG(text));
        w403_error_hint(err, "write s3:*, s3:Get*, s3:PutObject");
        return st;
    }
    return W403_OK;
}

/* The keys of one bucket by every policy that could tell them apart. */
static w403_status add_bucket(w403_rows *r, const w403_bucket *b, w403_view within, w403_error *err)
{
    w403_policy_list policies = {0};
    w403_resource_classes classes = {0};
    const w403_snapshot *s = r->realm.snap[0];
    const w403_entity *e = r->askers.at[0].entity;
    W403_NEED(w403_realm_mention(&r->realm, s, b) && w403_bucket_policies(&r->realm, s, b, &policies), err);
    for (uint32_t i = 0; e && i <= e->identity.n; i++) {
        const w403_policy *p = i < e->identity.n ? e->identity.at[i] : e->boundary;
        const w403_policy **slot = p ? W403_PUSH(r->cli->arena, &policies) : NULL;
        W403_NEED(!p || slot, err);
        if (slot) {
            *slot = p;
        }
    }
    const w403_account *account = e ? e->account : NULL;
    for (uint32_t i = 0; account && i < account->n_levels; i++) {
        for (uint32_t k = 0; k < account->levels[i].scps.n; k++) {
            const w403_policy **slot = W403_PUSH(r->cli->arena, &policies);
            W403_NEED(slot, err);
            *slot = account->levels[i].scps.at[k];
        }
    }
    W403_NEED(w403_bucket_classes(&r->realm, s, b, policies.at, policies.n, within, &classes), err);
    W403_NEED(w403_rows_resources(r, &classes), err);
    return W403_OK;
}

static w403_status add_resources(w403_rows *r, const char *glob, w403_error *err)
{
    const w403_snapshot *s = r->realm.snap[0];
    w403_view within = {NULL, 0};
    if (glob) {
        W403_TRY(w403_input_resource(r->cli->arena, w403_view_of(glob), s->partition, &within, err));
    }
    for (uint32_t a = 0; a < s->n_accounts; a++) {
        for (uint32_t i = 0; i < s->account_list[a]->n_buckets; i++) {
            const w403_bucket *b = w403_account_bucket(s, s->account_list[a], i);
            W403_TRY(b->missing ? W403_OK : add_bucket(r, b, within, err));
        }
    }
    if (!glob) {
        W403_NEED(w403_rows_resource(r, W403_LIT("*"), true), err);
    }
    if (r->resources.n == 0) {
        return w403_error_set(err, W403_SEMANTIC, "no bucket of the snapshot has a resource that matches `%.*s`", W403_ARG(within));
    }
    return W403_OK;
}

/* ---- output ---- */

static bool wanted(const w403_rows *r, const w403_row *row)
{
    bool can = row->state != W403_NEVER;
    return w403_args_has(&r->cli->args, W403_OPT_NOT) ? !can : can;
}

/* The first: what gives permissions away is `Permissions management, Write`. */
static w403_view level(const w403_row_block *b)
{
    uint16_t id = w403_action_find(b->whats.at[0].name);
    w403_view all = id == W403_ACTION_NONE ? W403_LIT("") : w403_view_of(w403_action_at(id)->access_level);
    return w403_view_cut(&all, ',');
}

/* From looking to giving away. */
static size_t rank(w403_view level)
{
    static const char *const levels[] = {"List", "Read", "Write", "Tagging", "Permissions management"};
    size_t i = 0;
    while (i < sizeof levels / sizeof *levels && !w403_view_eq(level, w403_view_of(levels[i]))) {
        i++;
    }
    return i;
}

static void in_order(w403_what_row *rows, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        w403_what_row row = rows[i];
        size_t k = i;
        for (; k && rank(rows[k - 1].level) > rank(row.level); k--) {
            rows[k] = rows[k - 1];
        }
        rows[k] = row;
    }
}

static w403_status names(w403_rows *r, const w403_row_block *b, w403_texts *out, w403_error *err)
{
    uint64_t bits[8] = {0};
    for (size_t i = 0; i < b->whats.n; i++) {
        w403_bit_set(bits, w403_action_find(b->whats.at[i].name));
    }
    W403_NEED(w403_action_names(r->cli->arena, bits, bits, out), err);
    return W403_OK;
}

static w403_view when_of(w403_rows *r, const w403_row *row)
{
    w403_view all = w403_view_of(w403_access_name(row->state));
    if (row->state == W403_NEVER) {
        return row->cause.p ? row->cause : W403_LIT("never");
    }
    for (size_t i = 0; i < row->boxes.n && row->state == W403_CONDITIONAL; i++) {
        all = i == 0 ? row->boxes.at[i].words
                     : w403_arena_printf(r->cli->arena, "%.*s; or %.*s", W403_ARG(all), W403_ARG(row->boxes.at[i].words));
    }
    if (row->hangs_on.p) {
        all = w403_arena_printf(r->cli->arena, "undetermined: it hangs on %.*s", W403_ARG(row->hangs_on));
    }
    return row->asker->needs_own ? w403_arena_printf(r->cli->arena, "%.*s, if its own account allows it too", W403_ARG(all)) : all;
}

/* The rows that are shown. */
static w403_status in_words(w403_rows *r, w403_what_row **out, size_t *n, w403_error *err)
{
    w403_view partition = r->realm.snap[0]->partition;
    size_t from = partition.n + 10; /* arn:aws:s3::: */
    *out = W403_NEW_N(r->cli->arena, w403_what_row, r->blocks.n + 1);
    W403_NEED(*out, err);
    for (size_t i = 0; i < r->blocks.n; i++) {
        const w403_row_block *b = &r->blocks.at[i];
        const w403_row *row = &b->rows.at[0];
        w403_texts actions = {0};
        w403_row_sets on = {0};
        if (!wanted(r, row)) {
            continue;
        }
        W403_TRY(names(r, b, &actions, err));
        W403_NEED(w403_rows_sets(r, b, &on), err);
        (*out)[(*n)++] = (w403_what_row){
            .level = level(b),
            .actions = w403_texts_words(r->cli->arena, &actions, "and"),
            .resources = w403_rows_sets_words(r->cli->arena, &on, from),
            .when = when_of(r, row),
            .by = row->granted_by ? w403_reason_statement_words(r->cli->arena, row->granted_by) : W403_LIT("")};
    }
    in_order(*out, *n);
    return W403_OK;
}

static w403_status row_json(w403_rows *r, w403_json_writer *w, const w403_row_block *b, w403_error *err)
{
    const w403_row *row = &b->rows.at[0];
    w403_texts actions = {0};
    bool globs = false;
    W403_TRY(names(r, b, &actions, err));
    for (size_t i = 0; i < actions.n; i++) {
        globs |= w403_view_find_char(actions.at[i], '*') != SIZE_MAX;
    }
    w403_jw_object(w);
    w403_jw_text(w, "access_level", level(b));
    w403_jw_key(w, "actions");
    w403_jw_object(w);
    w403_jw_texts(w, globs ? "like" : "in", actions.at, actions.n);
    w403_jw_end_object(w);
    w403_row_sets on = {0};
    W403_NEED(w403_rows_sets(r, b, &on), err);
    w403_jw_key(w, "resources");
    w403_rows_sets_json(w, &on);
    w403_jw_word(w, "state", w403_access_name(row->state));
    w403_jw_flag(w, "needs_own_account", row->asker->needs_own);
    if (row->cause.p) {
        w403_jw_texts(w, "cause", &row->cause, 1);
    }
    w403_rows_boxes_json(w, row);
    w403_jw_end_object(w);
    return W403_OK;
}

static w403_status json(w403_rows *r, bool lines, w403_error *err)
{
    w403_json_writer w;
    const char *reason = NULL;
    for (size_t i = 0; lines && i < r->blocks.n; i++) {
        w403_jw_init(&w, &r->cli->out, false);
        if (wanted(r, &r->blocks.at[i].rows.at[0])) {
            W403_TRY(row_json(r, &w, &r->blocks.at[i], err));
            w403_buf_putc(&r->cli->out, '\n');
        }
    }
    w403_jw_init(&w, &r->cli->out, !lines);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    w403_jw_word(&w, "question", "what-can");
    w403_jw_text(&w, "caller", r->askers.at[0].name);
    w403_jw_number(&w, "exit", (uint64_t)w403_rows_exit(r));
    if (w403_args_has(&r->cli->args, W403_OPT_NOT)) {
        w403_jw_flag(&w, "not", true);
    }
    if (!lines) {
        w403_jw_key(&w, "rows");
        w403_jw_array(&w);
        for (size_t i = 0; i < r->blocks.n; i++) {
            if (wanted(r, &r->blocks.at[i].rows.at[0])) {
                W403_TRY(row_json(r, &w, &r->blocks.at[i], err));
            }
        }
        w403_jw_end_array(&w);
    }
    for (size_t i = 0; i < r->blocks.n; i++) {
        reason = r->blocks.at[i].rows.at[0].reason ? r->blocks.at[i].rows.at[0].reason : reason;
    }
    w403_rows_assumptions_json(&w, r);
    w403_reason_unknown_json(&w, &r->budget, reason, NULL);
    w403_warnings_json(&w, r->cli->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(&r->cli->out, '\n');
    return W403_OK;
}

static w403_status run(w403_rows *r, int *status, w403_error *err)
{
    const w403_args *args = &r->cli->args;
    w403_asker *who = W403_PUSH(r->cli->arena, &r->askers);
    W403_NEED(who, err);
    if (!r->realm.snap[0]) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "no snapshot: what there is cannot be told");
        w403_error_hint(err, "name one with `--snapshot DIR`");
        return st;
    }
    w403_view name = w403_view_of(args->operands.at[0]);
    W403_TRY(w403_input_caller_name(r->cli, r->realm.snap[0], &name, err));
    W403_TRY(w403_asker_find(r->cli->arena, r->realm.snap[0], name, who, err));
    W403_TRY(add_actions(r, args->operands.n > 1 ? args->operands.at[1] : NULL, err));
    W403_TRY(add_resources(r, args->operands.n > 2 ? args->operands.at[2] : NULL, err));
    r->can_only = !w403_args_has(args, W403_OPT_NOT);
    if (w403_reason_format_is(r->cli, "policy")) {
        return w403_rows_what_policy(r, status, err);
    }
    r->apart = true;
    W403_TRY(w403_rows_ask(r, err));
    *status = w403_rows_exit(r);
    bool html = w403_reason_format_is(r->cli, "html"), not = w403_args_has(args, W403_OPT_NOT);
    if (!html && !w403_reason_format_is(r->cli, "text")) {
        return json(r, w403_reason_format_is(r->cli, "ndjson"), err);
    }
    w403_what_row *rows = NULL;
    size_t n = 0;
    W403_TRY(in_words(r, &rows, &n, err));
    (html ? w403_rows_what_html : w403_rows_what_text)(r, rows, n, not);
    return W403_OK;
}

int w403_cmd_what_can(w403_cli *cli)
{
    w403_error err;
    if (cli->args.operands.n < 1 || cli->args.operands.n > 3) {
        (void)w403_error_set(&err, W403_SEMANTIC, "what-can needs a caller, and perhaps actions and resources");
        w403_error_hint(&err, "why403 what-can ARN 's3:Get*' 's3://bucket/*'");
        return w403_diag_exit(cli, &err);
    }
    return w403_rows_answer(cli, run);
}
