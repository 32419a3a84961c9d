/* Findings as SARIF 2.1.0, with their repairs. */
#include "cli/lint_run.h"
#include "render/sarif.h"

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

static void sarif_artifact(w403_json_writer *w, w403_cli *cli, const w403_linted *d)
{
    w403_view path = w403_view_of(d->path);
    while (w403_view_starts(path, W403_LIT("./")))
        path = w403_view_sub(path, 2, path.n);
    w403_sarif_artifact(w, cli->arena, path);
}

static void sarif_region(w403_json_writer *w, const w403_linted *d, w403_span at)
{
    w403_lint_spot from = w403_lint_spot_of(d, at.off), to = w403_lint_spot_of(d, (size_t)at.off + at.len);
    w403_jw_object(w);
    w403_jw_number(w, "startLine", from.line);
    w403_jw_number(w, "startColumn", from.column);
    w403_jw_number(w, "endLine", to.line);
    w403_jw_number(w, "endColumn", to.column);
    w403_jw_number(w, "byteOffset", at.off);
    w403_jw_number(w, "byteLength", at.len);
    w403_jw_end_object(w);
}

static const char *sarif_level(w403_lint_level level)
{
    return level == W403_LINT_ERROR ? "error" : level == W403_LINT_SUGGESTION ? "note" : "warning";
}

static void sarif_fixes(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o)
{
    w403_lint_fix fix = w403_lint_fix_in(cli, d, f, o);
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
    sarif_artifact(w, cli, d);
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

static void sarif_physical(w403_json_writer *w, w403_cli *cli, const w403_linted *d, w403_span at, bool inside)
{
    w403_jw_key(w, "physicalLocation");
    w403_jw_object(w);
    sarif_artifact(w, cli, d);
    w403_jw_key(w, "region");
    if (inside) {
        w403_jw_object(w);
        w403_jw_number(w, "startLine", 1);
        w403_jw_end_object(w);
    } else {
        sarif_region(w, d, at);
    }
    w403_jw_end_object(w);
}

/* The other places of the finding. */
static void sarif_related(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    w403_jw_key(w, "relatedLocations");
    w403_jw_array(w);
    for (uint32_t i = 1; i < f->n_at; i++) {
        w403_jw_object(w);
        w403_jw_number(w, "id", i);
        sarif_physical(w, cli, d, f->at[i].span, false);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void sarif_result(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o)
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
    sarif_physical(w, cli, d, f->at[0].span, inside);
    w403_jw_end_object(w);
    w403_jw_end_array(w);
    if (f->n_at > 1 && !inside)
        sarif_related(w, cli, d, f);
    sarif_fixes(w, cli, d, f, o);
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
    w403_lint_offers offers = w403_lint_offers_open(files->cli);
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
    w403_sarif_bases(&w);
    w403_jw_word(&w, "columnKind", "unicodeCodePoints");
    w403_jw_key(&w, "results");
    w403_jw_array(&w);
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k])
                sarif_result(&w, files->cli, &files->at[i], &files->at[i].report.at[k], &offers);
        }
    }
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_jw_end_array(&w);
    w403_jw_end_object(&w);
    w403_buf_putc(&files->cli->out, '\n');
}
