#include "render/fixes.h"

#include "render/diff.h"

/* ---- text ---- */

static void text_line(void *user, char mark, w403_view line)
{
    const w403_text *t = user;
    w403_buf_puts(t->out, "     ");
    if (mark != ' ') {
        w403_style_begin(t->out, t->opt->color, mark == '+' ? W403_STYLE_GOOD : W403_STYLE_ERROR);
    }
    w403_buf_putc(t->out, mark);
    w403_buf_putc(t->out, ' ');
    w403_style_text(t->out, line);
    if (mark != ' ') {
        w403_style_end(t->out, t->opt->color);
    }
    w403_buf_putc(t->out, '\n');
}

static void text_fix(const w403_text *t, const w403_page_fix *f, unsigned number)
{
    w403_arena *a = t->report->arena;
    w403_view   title = f->owner.n > 0 ? w403_arena_printf(a, "%.*s (account %.*s)", (int)f->title.n, f->title.p,
                                                           (int)f->owner.n, f->owner.p)
                                       : f->title;
    w403_buf_printf(t->out, "  %u. ", number);
    (void)w403_style_wrap(t->out, title, 5, 5, t->width);
    w403_buf_putc(t->out, '\n');
    if (f->before.p && f->after.p) {
        w403_buf_puts(t->out, "\n     ");
        w403_style_begin(t->out, t->opt->color, W403_STYLE_NOTE);
        w403_style_text(t->out, f->policy);
        w403_style_end(t->out, t->opt->color);
        w403_buf_putc(t->out, '\n');
        w403_text line = *t;
        w403_diff_lines(f->before, f->after, text_line, &line);
    }
    for (uint32_t i = 0; i < f->n_commands; i++) {
        w403_buf_puts(t->out, i == 0 ? "\n " : " ");
        w403_text_command(t, f->commands[i]);
    }
    w403_buf_printf(t->out, "\n     Decided again with this change: %s.\n", w403_verdict_name(f->proof));
    for (uint32_t i = 0; i < f->n_also_allows; i++) {
        w403_buf_puts(t->out, "     It also allows ");
        (void)w403_style_wrap(t->out, f->also_allows[i], 21, 7, t->width);
        w403_buf_putc(t->out, '\n');
    }
}

void w403_fixes_text(const w403_text *t)
{
    const w403_page *r = t->report;
    if (r->n_fixes == 0) {
        return;
    }
    w403_text_title(t, "Fix");
    for (uint32_t i = 0; i < r->n_fixes; i++) {
        w403_buf_puts(t->out, i > 0 ? "\n" : "");
        text_fix(t, &r->fixes[i], i + 1);
    }
}

/* ---- JSON ---- */

static void member(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_key(w, name);
    if (v.p) {
        w403_jw_str(w, v);
    } else {
        w403_jw_null(w);
    }
}

static void strings(w403_json_writer *w, const char *name, const w403_view *at, uint32_t n)
{
    w403_jw_key(w, name);
    w403_jw_array(w);
    for (uint32_t i = 0; i < n; i++) {
        w403_jw_str(w, at[i]);
    }
    w403_jw_end_array(w);
}

void w403_fixes_json(w403_json_writer *w, const w403_page *r)
{
    w403_jw_array(w);
    for (uint32_t i = 0; i < r->n_fixes; i++) {
        const w403_page_fix *f = &r->fixes[i];
        w403_jw_object(w);
        member(w, "id", f->id);
        member(w, "title", f->title);
        member(w, "owner", f->owner);
        member(w, "policy", f->policy);
        w403_jw_key(w, "patch");
        w403_jw_raw(w, f->patch.n > 0 ? f->patch : W403_LIT("[]"));
        strings(w, "commands", f->commands, f->n_commands);
        w403_jw_key(w, "proof");
        w403_jw_object(w);
        member(w, "decision", w403_view_of(w403_verdict_name(f->proof)));
        strings(w, "also_allows", f->also_allows, f->n_also_allows);
        w403_jw_end_object(w);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

/* ---- HTML ---- */

static void html_line(void *user, char mark, w403_view line)
{
    const w403_html *h = user;
    const char      *tag = mark == '+' ? "ins" : mark == '-' ? "del" : "span";
    w403_buf_printf(h->out, "<%s class=\"line%s\" data-n=\"%c\">", tag, mark == '+' ? " add" : mark == '-' ? " del" : "",
                    mark);
    w403_html_text(h->out, line);
    w403_buf_printf(h->out, "\n</%s>", tag);
}

static void html_fix(w403_html *h, const w403_page_fix *f)
{
    w403_html_raw(h, "<li class=\"fix\">\n");
    w403_html_element(h, "h3", f->title);
    if (f->owner.n > 0) {
        w403_html_raw(h, "<p class=\"fine\">To be applied in account ");
        w403_html_text(h->out, f->owner);
        w403_html_raw(h, ".</p>\n");
    }
    if (f->before.p && f->after.p) {
        w403_html_raw(h, "<figure class=\"source\">");
        w403_html_element(h, "figcaption class=\"path\"", f->policy);
        w403_html_raw(h, "<pre class=\"code diff\"><code>");
        w403_diff_lines(f->before, f->after, html_line, h);
        w403_html_raw(h, "</code></pre></figure>\n");
    }
    for (uint32_t i = 0; i < f->n_commands; i++) {
        w403_html_take(h, "command", f->commands[i]);
    }
    w403_buf_printf(h->out, "<p class=\"%s\">Decided again with this change: %s.</p>\n",
                    f->proof == W403_ALLOWED ? "proof" : "fine", w403_verdict_name(f->proof));
    for (uint32_t i = 0; i < f->n_also_allows; i++) {
        w403_html_raw(h, "<p class=\"fine\">It also allows ");
        w403_html_text(h->out, f->also_allows[i]);
        w403_html_raw(h, "</p>\n");
    }
    w403_html_raw(h, "</li>\n");
}

void w403_fixes_html(w403_html *h)
{
    const w403_page *r = h->report;
    if (r->n_fixes == 0) {
        return;
    }
    w403_html_raw(h, "<section id=\"fix\" aria-labelledby=\"fix-title\">\n<h2 id=\"fix-title\">Fix</h2>\n"
                     "<ol class=\"fixes\">\n");
    for (uint32_t i = 0; i < r->n_fixes; i++) {
        html_fix(h, &r->fixes[i]);
    }
    w403_html_raw(h, "</ol>\n</section>\n");
}
