/* Findings as SARIF 2.1.0, with their repairs. */
#include "cli/lint_run.h"

static void sarif_text(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_text(w, "text", v);
    w403_jw_end_object(w);
}

static void sarif_rule(w403_json_writer *w, w403_arena *a, const w403_lint_check *check)
{
    w403_jw_object(w);
    w403_jw_word(w, "id", check->code);
    sarif_text(w, "shortDescription", w403_view_of(check->condition));
    w403_view uri = w403_lint_help_uri(a, check);
    if (w403_view_starts(uri, W403_LIT("https:")))
        w403_jw_text(w, "helpUri", uri);
    w403_jw_key(w, "properties");
    w403_jw_object(w);
    w403_jw_word(w, "type", w403_lint_level_name(check->level));
    if (check->level == W403_LINT_SECURITY)
        w403_jw_word(w, "security-severity", "7.0");
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static void sarif_artifact(w403_json_writer *w, const w403_linted *d)
{
    w403_jw_key(w, "artifactLocation");
    w403_jw_object(w);
    w403_jw_text(w, "uri", w403_view_of(d->path));
    w403_jw_end_object(w);
}

static void sarif_region(w403_json_writer *w, const w403_linted *d, w403_span at)
{
    uint32_t line, column, end_line, end_column;
    w403_lines_find(d->lines, d->report.doc.text, at.off, &line, &column);
    w403_lines_find(d->lines, d->report.doc.text, (size_t)at.off + at.len, &end_line, &end_column);
    w403_jw_object(w);
    w403_jw_number(w, "startLine", line);
    w403_jw_number(w, "startColumn", column);
    w403_jw_number(w, "endLine", end_line);
    w403_jw_number(w, "endColumn", end_column);
    w403_jw_number(w, "byteOffset", at.off);
    w403_jw_number(w, "byteLength", at.len);
    w403_jw_end_object(w);
}

static const char *sarif_level(w403_lint_level level)
{
    return level == W403_LINT_ERROR ? "error" : level == W403_LINT_SUGGESTION ? "note" : "warning";
}

static void sarif_fixes(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    w403_lint_fix fix = w403_lint_fix_in(cli, d, f);
    if (!fix.id)
        return;
    w403_jw_key(w, "fixes");
    w403_jw_array(w);
    w403_jw_object(w);
    sarif_text(w, "description", fix.unasked ? w403_view_of(fix.id)
                                             : w403_arena_printf(cli->arena, "%s: changes what is meant", fix.id));
    w403_jw_key(w, "artifactChanges");
    w403_jw_array(w);
    w403_jw_object(w);
    sarif_artifact(w, d);
    w403_jw_key(w, "replacements");
    w403_jw_array(w);
    for (size_t i = 0; i < fix.n; i++) {
        const w403_span at = fix.edits[i].at;
        w403_jw_object(w);
        w403_jw_key(w, "deletedRegion");
        sarif_region(w, d, at);
        sarif_text(w, "insertedContent", fix.edits[i].text);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
}

static void sarif_result(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    bool inside = d->document.pointer.n && d->document.doc.text.p != d->file.p; /* a text in a string of the file */
    w403_jw_object(w);
    w403_jw_word(w, "ruleId", f->check->code);
    w403_jw_word(w, "level", sarif_level(f->check->level));
    sarif_text(w, "message", inside ? w403_arena_printf(cli->arena, "%.*s (in %.*s)", W403_CUT(f->message),
                                                        W403_CUT(d->document.pointer))
                                    : f->message);
    w403_jw_key(w, "locations");
    w403_jw_array(w);
    w403_jw_object(w);
    w403_jw_key(w, "physicalLocation");
    w403_jw_object(w);
    sarif_artifact(w, d);
    w403_jw_key(w, "region");
    if (inside) {
        w403_jw_object(w);
        w403_jw_number(w, "startLine", 1);
        w403_jw_end_object(w);
    } else {
        sarif_region(w, d, f->at[0].span);
    }
    w403_jw_end_object(w);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    sarif_fixes(w, cli, d, f);
    w403_jw_key(w, "partialFingerprints");
    w403_jw_object(w);
    w403_jw_text(w, "why403/v1", w403_arena_printf(cli->arena, "%016llx", (unsigned long long)w403_lint_fingerprint(d, f)));
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

static bool is_used(const w403_lint_files *files, const w403_lint_check *check)
{
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k] && files->at[i].report.at[k].check == check)
                return true;
        }
    }
    return false;
}

void w403_lint_sarif(const w403_lint_files *files)
{
    w403_json_writer w;
    w403_jw_init(&w, &files->cli->out, false);
    w403_jw_object(&w);
    w403_jw_word(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    w403_jw_word(&w, "version", "2.1.0");
    w403_jw_key(&w, "runs");
    w403_jw_array(&w);
    w403_jw_object(&w);
    w403_jw_key(&w, "tool");
    w403_jw_object(&w);
    w403_jw_key(&w, "driver");
    w403_jw_object(&w);
    w403_jw_word(&w, "name", "why403");
    w403_jw_word(&w, "version", w403_version());
    w403_jw_key(&w, "rules");
    w403_jw_array(&w);
    for (size_t i = 0; i < W403_LINT_CODES; i++) {
        if (is_used(files, &w403_lint_checks[i]))
            sarif_rule(&w, files->cli->arena, &w403_lint_checks[i]);
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_jw_end_object(&w);
    w403_jw_key(&w, "results");
    w403_jw_array(&w);
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k])
                sarif_result(&w, files->cli, &files->at[i], &files->at[i].report.at[k]);
        }
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&files->cli->out, '\n');
}
