/* Findings for people: text, GitHub annotations, Markdown, TAP. */
#include "cli/lint_run.h"
#include "cli/tap.h"
#include "render/excerpt.h"
#include "words/words.h"

/* ---- words ---- */

const char *w403_lint_level_word(const w403_arena *a, w403_lint_level level)
{
    static const char *const words[] = {NC_("level", "suggestion"), NC_("level", "warning"), NC_("level", "security warning"),
                                        NC_("level", "error")};
    return w403_word_in(a, "level", words[level]);
}

static w403_view count_of(w403_arena *a, w403_lint_level level, size_t n)
{
    switch (level) {
    case W403_LINT_SUGGESTION:
        return w403_say_plural(a, n, "{n} suggestion", "{n} suggestions");
    case W403_LINT_WARNING:
        return w403_say_plural(a, n, "{n} warning", "{n} warnings");
    case W403_LINT_SECURITY:
        return w403_say_plural(a, n, "{n} security warning", "{n} security warnings");
    case W403_LINT_ERROR:
        break;
    }
    return w403_say_plural(a, n, "{n} error", "{n} errors");
}

void w403_lint_where(const w403_linted *d, const w403_finding *f, uint32_t *line, uint32_t *column)
{
    w403_lines_find(d->lines, d->report.doc.text, f->at[0].span.off, line, column);
}

w403_lint_spot w403_lint_spot_of(const w403_linted *d, size_t offset)
{
    uint32_t line, column;
    w403_view text = d->report.doc.text;
    w403_lint_counted *c = d->counted;
    size_t end = offset < text.n ? offset : text.n;
    w403_lines_find(d->lines, text, end, &line, &column);
    size_t start = end - (column - 1);
    if (c->start != start || c->at > end || !c->n)
        *c = (w403_lint_counted){start, start, 1};
    for (; c->at < end; c->at++)
        c->n += ((unsigned char)text.p[c->at] & 0xC0) != 0x80;
    return (w403_lint_spot){line, c->n};
}

w403_view w403_lint_sum(const w403_lint_files *files)
{
    size_t n[4] = {0};
    w403_arena *a = files->cli->arena;
    w403_view out = {"", 0};
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++)
            n[files->at[i].report.at[k].check->level] += files->at[i].shown[k];
    }
    for (int level = W403_LINT_ERROR; level >= W403_LINT_SUGGESTION; level--) {
        if (n[level])
            out = w403_arena_printf(a, "%.*s%s%.*s", W403_ARG(out), out.n ? ", " : "",
                                    W403_ARG(count_of(a, (w403_lint_level)level, n[level])));
    }
    if (!out.n)
        return w403_say_plural(a, files->n, "nothing found in {n} policy", "nothing found in {n} policies");
    return w403_say_plural(a, files->n, "{findings} in {n} policy", "{findings} in {n} policies", W403_P("findings", out));
}

/* ---- text, as rustc prints ---- */

static w403_style style_of(w403_lint_level level)
{
    return level == W403_LINT_ERROR ? W403_STYLE_ERROR : level == W403_LINT_SUGGESTION ? W403_STYLE_NOTE : W403_STYLE_WARNING;
}

/* The layout of the text that the findings stand in, made once for all of them; NULL: it needs none. */
static const w403_layout *layout_of(w403_arena *a, const w403_linted *d)
{
    w403_layout *l = a ? W403_NEW(a, w403_layout) : NULL;
    return l && w403_layout_document(a, d->report.doc.text, l) ? l : NULL;
}

static void excerpt(w403_cli *cli, const w403_linted *d, const w403_lint_place *at, w403_style style,
                    const w403_layout *layout, const w403_excerpt_mark *also, uint32_t n_also)
{
    w403_excerpt e = {.source = d->report.doc.source, .text = d->report.doc.text, .offset = at->span.off,
                      .length = at->span.len, .style = style, .also = also, .n_also = n_also, .language = cli->language, .layout = layout};
    w403_lines_find(d->lines, e.text, at->span.off, &e.line, &e.column);
    bool whole = at->node && at->node == d->report.doc.root; /* the document: its first line is enough */
    e.length = whole ? 1 : e.length;
    w403_excerpt_put(&cli->out, &e, cli->color_out, cli->width);
}

/* The second place of a finding by itself, further ones marked beside it. */
static void other_places(w403_cli *cli, const w403_linted *d, const w403_finding *f, const w403_layout *layout)
{
    w403_excerpt_mark also[W403_EXCERPT_MARKS];
    uint32_t n = 0;
    for (uint32_t i = 2; i < f->n_at && n < W403_EXCERPT_MARKS; i++)
        also[n++] = (w403_excerpt_mark){f->at[i].span.off, f->at[i].span.len, {NULL, 0}};
    w403_style_word(&cli->out, cli->color_out, W403_STYLE_NOTE, w403_word_in(cli->arena, "heading", "note"));
    w403_buf_puts(&cli->out, w403_colon(cli->arena));
    w403_buf_puts(&cli->out, f->n_at > 2 ? w403_word(cli->arena, "the other places") : w403_word(cli->arena, "the other place"));
    w403_buf_putc(&cli->out, '\n');
    excerpt(cli, d, &f->at[1], W403_STYLE_NOTE, layout, also, n);
}

static void help_line(w403_cli *cli, const char *word, w403_view text)
{
    w403_buf_puts(&cli->out, "   = ");
    w403_style_word(&cli->out, cli->color_out, W403_STYLE_NOTE, word);
    w403_buf_puts(&cli->out, w403_colon(cli->arena));
    w403_style_text(&cli->out, text);
    w403_buf_putc(&cli->out, '\n');
}

static const char *would_refuse(const w403_arena *a, const w403_store_error *e)
{
    return strcmp(e->service, "s3") == 0    ? w403_word(a, "S3 would refuse this")
           : strcmp(e->service, "iam") == 0 ? w403_word(a, "IAM would refuse this")
           : strcmp(e->service, "kms") == 0 ? w403_word(a, "KMS would refuse this")
                                            : w403_word(a, "Organizations would refuse this");
}

static void finding(w403_cli *cli, const w403_linted *d, const w403_finding *f, const w403_layout *layout)
{
    w403_style_begin(&cli->out, cli->color_out, style_of(f->check->level));
    w403_buf_printf(&cli->out, "%s[%s]", w403_lint_level_word(cli->arena, f->check->level), f->check->code);
    w403_style_end(&cli->out, cli->color_out);
    w403_buf_puts(&cli->out, w403_colon(cli->arena));
    w403_style_text(&cli->out, f->message);
    w403_buf_putc(&cli->out, '\n');
    excerpt(cli, d, &f->at[0], style_of(f->check->level), layout, NULL, 0);
    if (f->n_at > 1)
        other_places(cli, d, f, layout);
    if (f->suggestion.p) {
        w403_view text = w403_say(cli->arena, "did you mean `{name}`?", W403_P("name", f->suggestion));
        help_line(cli, w403_word_in(cli->arena, "heading", "help"), text);
    }
    const w403_store_error *refused =
        w403_args_has(&cli->args, W403_OPT_STORE) ? w403_lint_refusal(f, &d->document) : NULL;
    if (refused)
        help_line(cli, would_refuse(cli->arena, refused), w403_view_of(refused->message));
    w403_buf_putc(&cli->out, '\n');
}

/* Of those shown, what `--fix` would mend. */
static size_t fixable(const w403_lint_files *files)
{
    size_t n = 0;
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k])
                n += w403_lint_fix_in(files->cli, &files->at[i], &files->at[i].report.at[k], NULL).unasked;
        }
    }
    return n;
}

/* Of one document: what was left out, and what the service would answer. */
static void after_findings(w403_cli *cli, const w403_linted *d)
{
    if (d->report.dropped) {
        w403_buf_put(&cli->out, w403_say_plural(cli->arena, d->report.dropped, "{n} further finding is not shown",
                                                "{n} further findings are not shown"));
        w403_buf_puts(&cli->out, "\n\n");
    }
    if (!w403_args_has(&cli->args, W403_OPT_STORE))
        return;
    w403_part file = W403_P("file", d->report.doc.source);
    w403_view text = d->store ? w403_say(cli->arena, "{file}: would be refused: {code}: {message}", file,
                                         W403_S("code", d->store->code), W403_S("message", d->store->message))
                              : w403_say(cli->arena, "{file}: nothing in it is known to be refused", file);
    w403_style_text(&cli->out, text);
    w403_buf_puts(&cli->out, "\n\n");
}

void w403_lint_text(const w403_lint_files *files)
{
    w403_cli *cli = files->cli;
    w403_arena *scratch = w403_arena_new(0);
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        const w403_layout *layout = d->n_shown ? layout_of(scratch, d) : NULL;
        for (size_t k = 0; k < d->report.n; k++) {
            if (d->shown[k])
                finding(cli, d, &d->report.at[k], layout);
        }
        if (layout)
            w403_arena_reset(scratch);
        after_findings(cli, d);
    }
    w403_arena_free(scratch);
    if (w403_args_has(&cli->args, W403_OPT_QUIET))
        return;
    size_t mendable = fixable(files);
    w403_view sum = w403_lint_sum(files);
    if (mendable)
        sum = w403_say_plural(cli->arena, mendable, "{findings} ({n} fixable)", "{findings} ({n} fixable)", W403_P("findings", sum));
    w403_buf_put(&cli->out, sum);
    w403_buf_putc(&cli->out, '\n');
    if (files->unknown) {
        w403_buf_put(&cli->out, w403_say_plural(cli->arena, files->unknown, "{n} policy of the plan is known only after it is applied",
                                                "{n} policies of the plan are known only after it is applied"));
        w403_buf_putc(&cli->out, '\n');
    }
}

/* ---- GitHub ---- */

/* A property or a message of a workflow command. */
static void github_escaped(w403_buf *out, w403_view v, bool property)
{
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        if (c == '%' || c < 0x20 || c == 0x7f || (property && (c == ':' || c == ',')))
            w403_buf_printf(out, "%%%02X", c);
        else
            w403_buf_putc(out, (char)c);
    }
}

static void github_finding(w403_cli *cli, const w403_linted *d, const w403_finding *f)
{
    w403_lint_spot from = w403_lint_spot_of(d, f->at[0].span.off);
    w403_lint_spot to = w403_lint_spot_of(d, (size_t)f->at[0].span.off + f->at[0].span.len);
    w403_buf_puts(&cli->out, f->check->level == W403_LINT_ERROR        ? "::error file="
                             : f->check->level == W403_LINT_SUGGESTION ? "::notice file="
                                                                       : "::warning file=");
    github_escaped(&cli->out, w403_view_of(d->path), true);
    if (to.line == from.line)
        w403_buf_printf(&cli->out, ",line=%u,col=%u,endColumn=%u", from.line, from.column, to.column);
    else /* columns of several lines are refused */
        w403_buf_printf(&cli->out, ",line=%u,endLine=%u", from.line, to.line);
    w403_buf_printf(&cli->out, ",title=%s::", f->check->code);
    github_escaped(&cli->out, f->message, false);
    w403_buf_putc(&cli->out, '\n');
}

void w403_lint_github(const w403_lint_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            if (files->at[i].shown[k])
                github_finding(files->cli, &files->at[i], &files->at[i].report.at[k]);
        }
    }
}

/* ---- Markdown ---- */

static void markdown_cell(w403_buf *out, w403_view v)
{
    w403_buf shown = {0};
    w403_style_text(&shown, v); /* one line, nothing that steers a terminal */
    for (size_t i = 0; i < shown.n; i++) {
        if (shown.p[i] && strchr("|\\`*_<>[]", shown.p[i]))
            w403_buf_putc(out, '\\');
        w403_buf_putc(out, shown.p[i]);
    }
    out->failed = out->failed || !w403_buf_ok(&shown);
    w403_buf_free(&shown);
}

void w403_lint_markdown(const w403_lint_files *files)
{
    w403_buf *out = &files->cli->out;
    const w403_arena *a = files->cli->arena;
    w403_buf_puts(out, "### why403 lint\n\n");
    w403_buf_put(out, w403_lint_sum(files));
    w403_buf_puts(out, "\n");
    bool begun = false;
    for (size_t i = 0; i < files->n; i++) {
        for (size_t k = 0; k < files->at[i].report.n; k++) {
            const w403_finding *f = &files->at[i].report.at[k];
            uint32_t line, column;
            if (!files->at[i].shown[k])
                continue;
            if (!begun)
                w403_buf_printf(out, "\n| %s | %s | %s | %s |\n|---|---|---|---|\n", w403_word_in(a, "column", "level"),
                                w403_word_in(a, "column", "check"), w403_word_in(a, "column", "where"),
                                w403_word_in(a, "column", "what"));
            begun = true;
            w403_lint_where(&files->at[i], f, &line, &column);
            w403_buf_printf(out, "| %s | `%s` | ", w403_lint_level_word(files->cli->arena, f->check->level), f->check->code);
            markdown_cell(out, files->at[i].report.doc.source);
            w403_buf_printf(out, ":%u:%u | ", line, column);
            markdown_cell(out, f->message);
            w403_buf_puts(out, " |\n");
        }
    }
}

/* ---- TAP: a test a policy ---- */

void w403_lint_tap(const w403_lint_files *files)
{
    w403_buf *out = &files->cli->out;
    const char *name = w403_args_value(&files->cli->args, W403_OPT_DENY_LEVEL);
    int deny = name ? w403_lint_level_of(name) : W403_LINT_SECURITY;
    w403_buf_printf(out, "1..%zu\n", files->n);
    for (size_t i = 0; i < files->n; i++) {
        const w403_linted *d = &files->at[i];
        bool good = true;
        for (size_t k = 0; k < d->report.n; k++)
            good = good && !(d->shown[k] && (int)d->report.at[k].check->level >= deny);
        w403_tap_result(out, good, i + 1, d->report.doc.source);
        for (size_t k = 0; k < d->report.n; k++) {
            uint32_t line, column;
            if (!d->shown[k])
                continue;
            w403_lint_where(d, &d->report.at[k], &line, &column);
            w403_tap_commentf(out, "%u:%u %s %s: %.*s", line, column, w403_lint_level_word(NULL, d->report.at[k].check->level),
                              d->report.at[k].check->code, W403_CUT(d->report.at[k].message));
        }
    }
}
