#include "render/fixes.h"

enum {
    INDENT = 5,
    ALSO = 5 /* principals that are named */
};

static void line(const w403_text *t, w403_view text)
{
    w403_style_blanks(t->out, INDENT);
    w403_style_lines(t->out, text, INDENT, INDENT, t->width);
}

/* ---- commands ---- */

/* The document is in the diff already. */
static void document(const w403_text *t, w403_view file)
{
    w403_style_begin(t->out, t->opt->color, W403_STYLE_DIM);
    line(t, w403_say(t->answer->arena, "# {file}: the whole document, so changed; --full prints it", W403_P("file", file)));
    w403_style_end(t->out, t->opt->color);
}

/* `file`: of the document that the first one writes. */
static void commands(const w403_text *t, const char *title, const w403_view *at, uint32_t n, w403_view file)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0) {
            w403_buf_putc(t->out, '\n');
            if (title) {
                line(t, w403_view_of(w403_answer_word(t->answer, title)));
            }
        }
        if (i == 0 && file.n > 0 && !t->opt->full) {
            document(t, file);
        } else {
            w403_text_command(t, at[i]);
        }
    }
}

static void step(const w403_text *t, const w403_fix_step *s, bool titled)
{
    w403_arena *a = t->answer->arena;
    if (titled) {
        w403_buf_putc(t->out, '\n');
        line(t, s->owner.n ? w403_say(a, "{title} (account {account}):", W403_P("title", s->title), W403_P("account", s->owner))
                           : w403_say(a, "{title}:", W403_P("title", s->title)));
    }
    if (s->diff.n > 0) {
        w403_buf_putc(t->out, '\n');
        w403_style_blanks(t->out, INDENT);
        w403_style_begin(t->out, t->opt->color, W403_STYLE_NOTE);
        w403_style_text(t->out, s->policy);
        w403_style_end(t->out, t->opt->color);
        w403_buf_putc(t->out, '\n');
        w403_style_diff(t->out, t->opt->color, s->diff, INDENT);
    }
    commands(t, NULL, s->commands, s->n_commands, s->file);
    if (t->opt->full) {
        commands(t, N_("To take it back:"), s->rollback, s->n_rollback, (w403_view){NULL, 0});
    }
    if (s->n_side_effects > 0) {
        w403_buf_putc(t->out, '\n');
    }
    for (uint32_t i = 0; i < s->n_side_effects; i++) {
        line(t, s->side_effects[i]);
    }
}

static void proof(const w403_text *t, const w403_fix *f)
{
    w403_arena *a = t->answer->arena;
    w403_view verdict = w403_view_of(w403_answer_decided(t->answer, f->proof));
    if (f->status > 0) {
        verdict = w403_arena_printf(a, "%.*s (%d)", W403_ARG(verdict), f->status);
    }
    w403_buf_putc(t->out, '\n');
    line(t, f->n_steps == 1 ? w403_say(a, "Decided again with this change: {verdict}.", W403_P("verdict", verdict))
                            : w403_say(a, "Decided again with these changes: {verdict}.", W403_P("verdict", verdict)));
    if (f->is_public) {
        line(t, w403_view_of(w403_answer_word(t->answer, N_("This lets anyone in."))));
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        line(t, w403_say(a, "The caller also gets {request}.", W403_P("request", f->also_covers[i])));
    }
    uint32_t named = t->opt->full || f->n_also_allows <= ALSO ? f->n_also_allows : ALSO;
    for (uint32_t i = 0; i < named; i++) {
        line(t, w403_say(a, "It also allows {request}.", W403_P("request", f->also_allows[i])));
    }
    if (named < f->n_also_allows) {
        line(t, w403_say(a, "It also allows {n} more; --full names them.", W403_N("n", f->n_also_allows - named)));
    }
    if (f->also_capped) {
        line(t, w403_view_of(w403_answer_word(t->answer, N_("Whether it allows still others is not settled."))));
    }
}

static void fix(const w403_text *t, const w403_fix *f, uint32_t number)
{
    w403_arena *a = t->answer->arena;
    w403_view title = f->title;
    if (f->n_steps == 1 && f->owner.n > 0) {
        title = w403_say(a, "{title} (account {account})", W403_P("title", title), W403_P("account", f->owner));
    }
    w403_buf_printf(t->out, "  %u. ", number);
    w403_style_lines(t->out, title, INDENT, INDENT, t->width);
    for (uint32_t i = 0; i < f->n_steps; i++) {
        step(t, &f->steps[i], f->n_steps > 1);
    }
    proof(t, f);
}

void w403_fixes_text(const w403_text *t)
{
    const w403_fix_list *list = t->answer->in->fixes;
    if (!list || t->answer->decision->verdict != W403_DENIED) {
        return;
    }
    if (list->n > 0 || list->none.n > 0) {
        w403_text_title(t, NC_("heading", "Fix"));
    }
    if (list->n == 0) {
        w403_text_paragraph(t, list->none);
    }
    for (uint32_t i = 0; i < list->n; i++) {
        w403_buf_puts(t->out, i > 0 ? "\n" : "");
        fix(t, &list->at[i], i + 1);
    }
    for (uint32_t i = 0; i < list->n_refused; i++) {
        const w403_fix_refusal *no = &list->refused[i];
        if (i == 0) {
            w403_text_title(t, NC_("heading", "Not proposed"));
        }
        w403_text_bullet(t, w403_say(t->answer->arena, "{title}: {why}", W403_P("title", no->title), W403_P("why", no->why)));
    }
}
