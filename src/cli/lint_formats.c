/* Findings for programs: JSON, ValidatePolicy's answer, JUnit, and a page. */
#include "cli/junit.h"
#include "cli/lint_run.h"
#include "render/html.h"
#include "words/words.h"

static const char page[] = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                           "access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-";

w403_view w403_lint_help_uri(w403_arena *a, const w403_lint_check *check)
{
    static const char *const kinds[] = {"suggestion", "general-warning", "security-warning", "error"};
    w403_view code = w403_view_of(check->code);
    char *lower = w403_arena_alloc(a, code.n);
    for (size_t i = 0; lower && i < code.n; i++)
        lower[i] = check->ours || code.p[i] != '_' ? w403_lower(code.p[i]) : '-';
    if (!lower)
        return (w403_view){NULL, 0};
    return check->ours ? w403_arena_printf(a, "docs/lint.md#%.*s", (int)code.n, lower)
                       : w403_arena_printf(a, "%s%s-%.*s", page, kinds[check->level], (int)code.n, lower);
}

/* ---- JSON: one object a document ---- */

static void json_place(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    uint32_t line, column;
    w403_lint_where(d, f, &line, &column);
    w403_jw_text(w, "path", w403_lint_pointer(cli->arena, &d->report.doc, &f->at[0]));
    if (f->n_at > 1) {
        w403_jw_key(w, "paths");
        w403_jw_array(w);
        for (uint32_t i = 0; i < f->n_at; i++)
            w403_jw_str(w, w403_lint_pointer(cli->arena, &d->report.doc, &f->at[i]));
        w403_jw_end_array(w);
    }
    w403_jw_number(w, "offset", f->at[0].span.off);
    w403_jw_number(w, "length", f->at[0].span.len);
    w403_jw_number(w, "line", line);
    w403_jw_number(w, "column", column);
}

static void json_details(w403_json_writer *w, const w403_finding *f)
{
    w403_jw_key(w, "details");
    w403_jw_object(w);
    for (uint32_t i = 0; i < f->n_words; i++) {
        if (f->words[i].text.p && strcmp(f->words[i].name, "X") != 0)
            w403_jw_text(w, f->words[i].name, f->words[i].text);
    }
    w403_jw_end_object(w);
}

w403_lint_offers w403_lint_offers_open(w403_cli *cli)
{
    w403_lint_offers o = {.work = {0, 0}};
    cli->out.failed = cli->out.failed || !w403_lint_context(cli, &o.how, &o.options); /* memory */
    return o;
}

w403_lint_fix w403_lint_fix_in(w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o)
{
    w403_lint_fix fix = {.id = NULL};
    w403_error err;
    w403_lint_proving p = {.source = w403_view_of(d->path), .text = d->file, .pointer = d->document.pointer};
    bool plain = d->report.doc.text.p == d->file.p && d->file.n && w403_view_trim(d->file).p[0] == '{';
    if (o) {
        p.how = &o->how;
        p.options = &o->options;
        p.work = &o->work;
    }
    if (plain && f->check->fix[0] && w403_lint_fix_of(cli->arena, o ? &p : NULL, &d->report, f, &fix, &err) != W403_OK)
        cli->out.failed = true; /* memory */
    return fix;
}

static void json_fix(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o)
{
    w403_lint_fix fix = w403_lint_fix_in(cli, d, f, o);
    if (!fix.id)
        return;
    w403_jw_key(w, "fix");
    w403_jw_object(w);
    w403_jw_word(w, "id", fix.id);
    w403_jw_flag(w, "by_name", !fix.unasked);
    w403_jw_key(w, "patch");
    w403_jw_array(w);
    for (size_t i = 0; i < fix.n; i++) {
        w403_jw_object(w);
        w403_jw_number(w, "offset", fix.edits[i].at.off);
        w403_jw_number(w, "length", fix.edits[i].at.len);
        w403_jw_text(w, "text", fix.edits[i].text);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

static void json_finding(w403_json_writer *w, w403_cli *cli, const w403_linted *d, const w403_finding *f, w403_lint_offers *o)
{
    w403_jw_object(w);
    w403_jw_word(w, "code", f->check->code);
    w403_jw_word(w, "type", w403_lint_level_name(f->check->level));
    json_place(w, cli, d, f);
    w403_jw_text(w, "message", f->message);
    if (f->suggestion.p)
        w403_jw_text(w, "suggestion", f->suggestion);
    json_details(w, f);
    const w403_store_error *refused = w403_args_has(&cli->args, W403_OPT_STORE) ? w403_lint_refusal(f, &d->document) : NULL;
    if (refused)
        w403_jw_word(w, "store", refused->message);
    json_fix(w, cli, d, f, o);
    w403_jw_word(w, "source", f->check->source);
    w403_jw_end_object(w);
}

static void json_store(w403_json_writer *w, const w403_linted *d)
{
    w403_jw_key(w, "store");
    w403_jw_object(w);
    w403_jw_flag(w, "accepted", d->store == NULL);
    if (d->store) {
        w403_jw_word(w, "code", d->store->code);
        w403_jw_word(w, "message", d->store->message);
    }
    w403_jw_end_object(w);
}

void w403_lint_json(const w403_lint_files *files)
{
    w403_lint_offers offers = w403_lint_offers_open(files->cli);
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        w403_json_writer w;
        w403_jw_init(&w, &files->cli->out, false);
        w403_jw_object(&w);
        w403_jw_number(&w, "format", 1);
        w403_jw_text(&w, "file", w403_view_of(d->path));
        w403_jw_text(&w, "pointer", d->document.pointer);
        w403_jw_word(&w, "policy_type", w403_lint_policy_name(d->document.policy));
        if (w403_lint_resource_name(d->document.resource))
            w403_jw_word(&w, "resource_type", w403_lint_resource_name(d->document.resource));
        w403_jw_flag(&w, "guessed", d->document.guessed);
        w403_jw_key(&w, "findings");
        w403_jw_array(&w);
        for (size_t k = 0; k < d->report.n; k++) {
            if (d->shown[k])
                json_finding(&w, files->cli, d, &d->report.at[k], &offers);
        }
        w403_jw_end_array(&w);
        if (d->report.dropped)
            w403_jw_number(&w, "truncated", d->report.dropped);
        if (w403_args_has(&files->cli->args, W403_OPT_STORE))
            json_store(&w, d);
        w403_jw_end_object(&w);
        w403_buf_putc(&files->cli->out, '\n');
    }
}

/* ---- ValidatePolicy ---- */

/* A place in characters: line from 1, column and offset from 0. Counting goes on from the last place. */
typedef struct counted {
    w403_view text;
    size_t at; /* bytes */
    uint64_t line, column, n;
} counted;

static void position(w403_json_writer *w, const char *name, counted *c, w403_view text, size_t offset)
{
    if (c->text.p != text.p || offset < c->at)
        *c = (counted){.text = text, .line = 1};
    for (; c->at < offset && c->at < text.n; c->at++) {
        char byte = text.p[c->at];
        if (((unsigned char)byte & 0xC0) == 0x80)
            continue;
        c->n++;
        c->column = byte == '\n' ? 0 : c->column + 1;
        c->line += byte == '\n';
    }
    w403_jw_key(w, name);
    w403_jw_object(w);
    w403_jw_number(w, "line", c->line);
    w403_jw_number(w, "column", c->column);
    w403_jw_number(w, "offset", c->n);
    w403_jw_end_object(w);
}

/* From the root down to the place; as deep as the parser lets a document be. */
static bool path_to(w403_json_writer *w, const w403_json *v, const w403_lint_place *place)
{
    uint32_t index = 0;
    for (const w403_json *m = v->first; m; m = m->next, index++) {
        if (m != place->node && !(place->span.off >= m->span.off && place->span.off < m->span.off + m->span.len))
            continue;
        w403_jw_object(w);
        if (m->key.p || v->type == W403_JSON_OBJECT)
            w403_jw_text(w, m == place->node && place->key ? "key" : "value", m->key);
        else
            w403_jw_number(w, "index", index);
        w403_jw_end_object(w);
        return m == place->node || path_to(w, m, place);
    }
    return false;
}

static void validate_location(w403_json_writer *w, counted *c, const w403_linted *d, const w403_lint_place *place)
{
    const w403_json *root = d->report.doc.root;
    w403_jw_object(w);
    w403_jw_key(w, "path");
    w403_jw_array(w);
    if (root && place->node && place->node != root)
        (void)path_to(w, root, place);
    w403_jw_end_array(w);
    w403_jw_key(w, "span");
    w403_jw_object(w);
    position(w, "start", c, d->report.doc.text, place->span.off);
    position(w, "end", c, d->report.doc.text, (size_t)place->span.off + place->span.len);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

void w403_lint_validate(const w403_lint_files *files)
{
    counted at = {0};
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        w403_json_writer w;
        w403_jw_init(&w, &files->cli->out, false);
        w403_jw_object(&w);
        if (files->n > 1)
            w403_jw_text(&w, "file", d->report.doc.source);
        w403_jw_key(&w, "findings");
        w403_jw_array(&w);
        for (size_t k = 0; k < d->report.n; k++) {
            const w403_finding *f = &d->report.at[k];
            if (!d->shown[k] || f->check->ours)
                continue;
            w403_jw_object(&w);
            w403_jw_text(&w, "findingDetails", f->message);
            w403_jw_word(&w, "findingType", w403_lint_level_name(f->check->level));
            w403_jw_word(&w, "issueCode", f->check->code);
            w403_jw_text(&w, "learnMoreLink", w403_lint_help_uri(files->cli->arena, f->check));
            w403_jw_key(&w, "locations");
            w403_jw_array(&w);
            for (uint32_t p = 0; p < f->n_at; p++)
                validate_location(&w, &at, d, &f->at[p]);
            w403_jw_end_array(&w);
            w403_jw_end_object(&w);
        }
        w403_jw_end_array(&w);
        w403_jw_end_object(&w);
        w403_buf_putc(&files->cli->out, '\n');
    }
}

/* ---- JUnit ---- */

void w403_lint_junit(const w403_lint_files *files)
{
    w403_buf *out = &files->cli->out;
    w403_junit_count n = {.tests = files->n};
    for (size_t i = 0; i < files->n; i++)
        n.failures += files->at[i].n_shown != 0;
    w403_junit_begin(out, "why403 lint", n);
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        w403_junit_case(out, d->report.doc.source, d->n_shown > 0);
        for (size_t k = 0; k < d->report.n; k++) {
            const w403_finding *f = &d->report.at[k];
            uint32_t line, column;
            if (!d->shown[k])
                continue;
            w403_lint_where(d, f, &line, &column);
            w403_view place = w403_arena_printf(files->cli->arena, "%s at %u:%u", w403_lint_level_word(NULL, f->check->level), line, column);
            w403_junit_said(out, W403_JUNIT_FAILURE, f->check->code, f->message, place);
        }
        if (d->n_shown)
            w403_junit_end_case(out);
    }
    w403_junit_end(out);
}

/* ---- a page ---- */

void w403_lint_html(const w403_lint_files *files)
{
    w403_buf *out = &files->cli->out;
    const w403_arena *a = files->cli->arena;
    const w403_html h = {.out = out, .language = files->cli->language};
    w403_html_open_head(&h);
    w403_buf_puts(out, "why403 lint");
    w403_html_close_head(&h);
    w403_buf_puts(out, "<body>\n<header>\n<p class=\"brand\">why403 lint</p>\n");
    w403_html_element(&h, "h1", w403_lint_sum(files));
    w403_buf_puts(out, "</header>\n<main>\n<table>\n<thead><tr>");
    w403_html_element(&h, "th", w403_view_of(w403_word_in(a, "column", "Level")));
    w403_html_element(&h, "th", w403_view_of(w403_word_in(a, "column", "Check")));
    w403_html_element(&h, "th", w403_view_of(w403_word_in(a, "column", "Where")));
    w403_html_element(&h, "th", w403_view_of(w403_word_in(a, "column", "What")));
    w403_buf_puts(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        for (size_t k = 0; k < d->report.n; k++) {
            const w403_finding *f = &d->report.at[k];
            uint32_t line, column;
            if (!d->shown[k])
                continue;
            w403_lint_where(d, f, &line, &column);
            w403_buf_puts(out, "<tr>");
            w403_html_element(&h, "td", w403_view_of(w403_lint_level_word(files->cli->arena, f->check->level)));
            w403_html_element(&h, "td", w403_view_of(f->check->code));
            w403_html_element(&h, "td", w403_arena_printf(files->cli->arena, "%.*s:%u:%u",
                                                          W403_CUT(d->report.doc.source), line, column));
            w403_html_element(&h, "td", f->message);
            w403_buf_puts(out, "</tr>\n");
        }
    }
    w403_buf_puts(out, "</tbody>\n</table>\n</main>\n");
    w403_buf_puts(out, "</body>\n</html>\n");
}
