/* What a run before has left: values and refusals stay, what passes is asked for again. */
#include "collect/state.h"

/* The code of {"error": {"code": ...}}; {NULL,0}: it is no error. */
static w403_view code_of(const w403_json *v)
{
    return w403_json_str(w403_json_get(v, "error"), "code");
}

/* `failed` (nullable) takes what is unknown in the place of the report. */
static w403_status count(w403_run *r, w403_run_account *account, unsigned row, w403_view code, w403_view message,
                         w403_view name, w403_kept *out, w403_run_failure *failed, w403_error *err)
{
    r->report->kept++;
    if (!code.n) {
        r->report->known++;
        return W403_OK;
    }
    if (w403_meaning_of(row, code) == W403_MEANS_NOT_CONFIGURED) {
        *out = *out == W403_KEPT_VALUE ? W403_KEPT_NOT_CONFIGURED : *out;
        r->report->not_configured++;
        return W403_OK;
    }
    *out = W403_KEPT_UNKNOWN;
    if (failed) {
        *failed = (w403_run_failure){.row = row, .name = name};
        failed->code = w403_arena_copy(r->arena, code);
        failed->message = failed->said = w403_arena_copy(r->arena, message);
        W403_NEED(w403_arena_ok(r->arena), err);
        return W403_OK;
    }
    return w403_run_unknown(r, W403_UNKNOWN_CALL, row, account, code, message, name, err);
}

/* Is there an answer in it that another time may be another? In the file, or in one of its parts. */
static bool passes(const w403_json *root)
{
    bool again = w403_code_passes(code_of(root));
    for (const w403_json *m = root->first; m && !again; m = m->next) {
        again = w403_code_passes(code_of(m));
    }
    return again;
}

w403_status w403_run_keeps(w403_run *r, w403_run_account *account, unsigned row, w403_view path, w403_view name,
                           w403_kept *out, w403_view *text, w403_run_failure *failed, w403_error *err)
{
    w403_json_doc doc = {.source = path};
    w403_error    ignored = {0};
    bool          larger = false;
    *out = W403_KEPT_NOT;
    if (!r->opt->resume || !r->folder) {
        return W403_OK;
    }
    w403_arena_reset(r->scratch);
    W403_TRY(w403_folder_read(r->folder, r->scratch, path, W403_RUN_KEPT_BYTES, &doc.text, &larger, err));
    if (larger) {
        *out = W403_KEPT_VALUE;
        return count(r, account, row, (w403_view){NULL, 0}, (w403_view){NULL, 0}, name, out, NULL, err);
    }
    if (!doc.text.p || w403_json_parse(r->scratch, path, doc.text, NULL, &doc, NULL, &ignored) != W403_OK ||
        doc.root->type != W403_JSON_OBJECT || passes(doc.root)) {
        return W403_OK;
    }
    if (text) {
        *text = doc.text;
    }
    *out = W403_KEPT_VALUE;
    if (account) {
        account->asked[row]++;
    }
    W403_TRY(count(r, account, row, code_of(doc.root), w403_json_str(w403_json_get(doc.root, "error"), "message"),
                   name, out, failed, err));
    for (const w403_json *m = doc.root->first; m; m = m->next) {
        w403_view code = code_of(m);
        if (code.n) {
            W403_TRY(count(r, account, row, code, w403_json_str(w403_json_get(m, "error"), "message"), name, out,
                           NULL, err));
        }
    }
    return W403_OK;
}

w403_status w403_run_has(w403_run *r, w403_view path, bool *there, w403_error *err)
{
    w403_view text;
    bool      larger;
    w403_arena_reset(r->scratch);
    W403_TRY(w403_folder_read(r->folder, r->scratch, path, 0, &text, &larger, err));
    *there = larger || text.p;
    return W403_OK;
}
