/* who-can as JSON (reason 3). */
#include "cli/reason_rows.h"
#include "render/warnings.h"

void w403_rows_sets_json(w403_json_writer *w, const w403_row_sets *sets)
{
    if (sets->n == 1) {
        w403_reason_set_json(w, &sets->at[0]);
        return;
    }
    w403_jw_object(w);
    w403_jw_key(w, "of");
    w403_jw_array(w);
    for (size_t i = 0; i < sets->n; i++) {
        w403_reason_set_json(w, &sets->at[i]);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

void w403_rows_assumptions_json(w403_json_writer *w, const w403_rows *r)
{
    w403_jw_key(w, "assumptions");
    w403_jw_array(w);
    w403_jw_cstr(w, "no session policy narrows a role");
    w403_jw_cstr(w, "endpoints outside the snapshot have the default policy");
    if (r->realm.mentions.strangers) {
        w403_jw_cstr(w, w403_rows_strangers);
    }
    w403_jw_end_array(w);
}

void w403_rows_boxes_json(w403_json_writer *w, const w403_row *row)
{
    w403_jw_key(w, "boxes");
    w403_jw_array(w);
    for (size_t i = 0; i < row->boxes.n; i++) {
        w403_jw_raw(w, row->boxes.at[i].json);
    }
    w403_jw_end_array(w);
    if (row->left_out) {
        w403_jw_number(w, "truncated", row->left_out);
    }
    w403_jw_key(w, "granted_by");
    w403_jw_array(w);
    if (row->granted_by) {
        w403_reason_statement_json(w, row->granted_by);
    }
    w403_jw_end_array(w);
}

static void caller_json(w403_json_writer *w, const w403_row *row, w403_view via)
{
    w403_jw_object(w);
    w403_jw_text(w, "caller", row->asker->name);
    w403_jw_word(w, "state", w403_access_name(row->state));
    w403_rows_boxes_json(w, row);
    w403_jw_key(w, "limited_by");
    w403_jw_array(w);
    for (size_t i = 0; i < row->limited_by.n; i++) {
        w403_reason_statement_json(w, row->limited_by.at[i]);
    }
    w403_jw_end_array(w);
    w403_jw_flag(w, "needs_own_account", row->asker->needs_own);
    w403_jw_text_or_null(w, "via_access_point", via);
    w403_jw_end_object(w);
}

static void cannot_json(w403_json_writer *w, const w403_rows *r, const w403_row_block *b)
{
    size_t known = 0;
    for (size_t i = 0; i < b->rows.n; i++) {
        known += b->rows.at[i].state == W403_NEVER && (b->rows.at[i].asker->kind == W403_ASKER_KNOWN ||
                                                       b->rows.at[i].asker->kind == W403_ASKER_ROOT);
    }
    w403_jw_key(w, "cannot");
    w403_jw_object(w);
    w403_jw_number(w, "known", known);
    w403_jw_key(w, "near");
    w403_jw_array(w);
    for (size_t i = 0; i < b->rows.n && w403_args_has(&r->cli->args, W403_OPT_NEAR); i++) {
        const w403_row *row = &b->rows.at[i];
        if (row->state != W403_NEVER || row->asker->kind != W403_ASKER_KNOWN) {
            continue;
        }
        w403_jw_object(w);
        w403_jw_text(w, "caller", row->asker->name);
        w403_jw_texts(w, "missing", &row->cause, row->cause.p != NULL);
        w403_jw_key(w, "statement");
        w403_reason_statement_json(w, row->nearest);
        w403_jw_text(w, "sentence", row->cause_words);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

static void resources_json(w403_json_writer *w, w403_rows *r, const w403_row_block *b)
{
    w403_row_sets sets = {0};
    if (b->resources.n == 1 && b->resources.at[0].one) {
        w403_jw_text(w, "resource", b->resources.at[0].arn);
        return;
    }
    w403_jw_key(w, "resources");
    w403_jw_array(w);
    bool good = w403_rows_sets(r, b, &sets);
    for (size_t i = 0; good && i < sets.n; i++) {
        w403_reason_set_json(w, &sets.at[i]);
    }
    w403_jw_end_array(w);
}

/* A block through an access point belongs to the one that is asked of the bucket itself. */
static bool belongs(const w403_row_block *direct, const w403_row_block *b)
{
    return b == direct || (b->resources.at[0].via.p && !direct->resources.at[0].via.p &&
                           b->whats.at[0].action == direct->whats.at[0].action &&
                           w403_view_eq(b->whats.at[0].name, direct->whats.at[0].name));
}

/* Does no block before it hold it? */
static bool leads(const w403_rows *r, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (belongs(&r->blocks.at[k], &r->blocks.at[i])) {
            return false;
        }
    }
    return true;
}

static void whats_json(w403_json_writer *w, const w403_row_block *b)
{
    const char *one = b->whats.at[0].action ? "action" : "operation", *several = b->whats.at[0].action ? "actions" : "operations";
    if (b->whats.n == 1) {
        w403_jw_text(w, one, b->whats.at[0].name);
        return;
    }
    w403_jw_key(w, several);
    w403_jw_array(w);
    for (size_t i = 0; i < b->whats.n; i++) {
        w403_jw_str(w, b->whats.at[i].name);
    }
    w403_jw_end_array(w);
}

static void callers_json(w403_json_writer *w, const w403_rows *r, const w403_row_block *direct)
{
    w403_jw_key(w, "callers");
    w403_jw_array(w);
    for (size_t i = 0; i < r->blocks.n; i++) {
        const w403_row_block *b = &r->blocks.at[i];
        for (size_t k = 0; belongs(direct, b) && k < b->rows.n; k++) {
            if (b->rows.at[k].state != W403_NEVER) {
                caller_json(w, &b->rows.at[k], b->resources.at[0].via);
            }
        }
    }
    w403_jw_end_array(w);
}

/* The members that one block has. */
static void block_json(w403_json_writer *w, w403_rows *r, const w403_row_block *b, bool lines)
{
    const char *reason;
    w403_view words = w403_rows_unknown(r, b, &reason);
    whats_json(w, b);
    w403_jw_texts(w, "checks", b->checks.at, b->checks.n);
    resources_json(w, r, b);
    if (!lines) {
        callers_json(w, r, b);
    }
    cannot_json(w, r, b);
    w403_reason_unknown_what(w, &r->budget, reason, words, NULL);
}

/* The whole answer: the first block, and the others in `more`; as lines, each block's totals. */
static void answer_json(w403_json_writer *w, w403_rows *r, const w403_row_block *b, bool lines)
{
    w403_jw_object(w);
    w403_jw_number(w, "format", 1);
    w403_jw_word(w, "question", "who-can");
    block_json(w, r, b, lines);
    w403_jw_number(w, "exit", (uint64_t)w403_rows_exit(r));
    w403_rows_assumptions_json(w, r);
    w403_jw_key(w, "more");
    w403_jw_array(w);
    for (size_t i = 1; i < r->blocks.n && !lines; i++) {
        if (leads(r, i)) {
            w403_jw_object(w);
            block_json(w, r, &r->blocks.at[i], false);
            w403_jw_end_object(w);
        }
    }
    w403_jw_end_array(w);
    w403_warnings_json(w, r->cli->warnings);
    w403_jw_end_object(w);
    w403_buf_putc(&r->cli->out, '\n');
}

w403_status w403_rows_json(w403_rows *r, bool lines, w403_error *err)
{
    (void)err;
    w403_json_writer w;
    for (size_t b = 0; b < r->blocks.n; b++) {
        const w403_row_block *block = &r->blocks.at[b];
        for (size_t i = 0; lines && i < block->rows.n; i++) {
            if (block->rows.at[i].state != W403_NEVER) {
                w403_jw_init(&w, &r->cli->out, false);
                caller_json(&w, &block->rows.at[i], block->resources.at[0].via);
                w403_buf_putc(&r->cli->out, '\n');
            }
        }
        if (lines || b == 0) {
            w403_jw_init(&w, &r->cli->out, !lines);
            answer_json(&w, r, block, lines);
        }
    }
    return W403_OK;
}
