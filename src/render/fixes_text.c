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
    line(t, w403_arena_printf(t->answer->arena, "# %.*s: the whole document, so changed; --full prints it",
                              (int)file.n, file.p));
    w403_style_end(t->out, t->opt->color);
}

/* `file`: of the document that the first one writes. */
static void commands(const w403_text *t, const char *title, const w403_view *at, uint32_t n, w403_view file)
{
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0) {
            w403_buf_putc(t->out, '\n');
            if (title) {
                line(t, w403_view_of(title));
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
        w403_view who = s->owner.n > 0 ? w403_arena_printf(a, " (account %.*s)", (int)s->owner.n, s->owner.p)
                                       : (w403_view){"", 0};
        w403_buf_putc(t->out, '\n');
        line(t, w403_arena_printf(a, "%.*s%.*s:", (int)s->title.n, s->title.p, (int)who.n, who.p));
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
        commands(t, "To take it back:", s->rollback, s->n_rollback, (w403_view){NULL, 0});
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
    w403_view status = f->status > 0 ? w403_arena_printf(a, " (%d)", f->status) : (w403_view){"", 0};
    w403_buf_putc(t->out, '\n');
    line(t, w403_arena_printf(a, "Decided again with %s: %s%.*s.", f->n_steps == 1 ? "this change" : "these changes",
                              w403_verdict_name(f->proof), (int)status.n, status.p));
    if (f->is_public) {
        line(t, W403_LIT("This lets anyone in."));
    }
    for (uint32_t i = 0; i < f->n_also_covers; i++) {
        line(t, w403_arena_printf(a, "The caller also gets %.*s.", (int)f->also_covers[i].n, f->also_covers[i].p));
    }
    uint32_t named = t->opt->full || f->n_also_allows <= ALSO ? f->n_also_allows : ALSO;
    for (uint32_t i = 0; i < named; i++) {
        line(t, w403_arena_printf(a, "It also allows %.*s.", (int)f->also_allows[i].n, f->also_allows[i].p));
    }
    if (named < f->n_also_allows) {
        line(t, w403_arena_printf(a, "It also allows %u more; --full names them.", f->n_also_allows - named));
    }
    if (f->also_capped) {
        line(t, W403_LIT("Whether it allows still others is not settled."));
    }
}

static void fix(const w403_text *t, const w403_fix *f, uint32_t number)
{
    w403_arena *a = t->answer->arena;
    w403_view who = f->n_steps == 1 && f->owner.n > 0
                        ? w403_arena_printf(a, " (account %.*s)", (int)f->owner.n, f->owner.p)
                        : (w403_view){"", 0};
    w403_view title = w403_arena_printf(a, "%.*s%.*s", (int)f->title.n, f->title.p, (int)who.n, who.p);
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
        w403_text_title(t, "Fix");
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
            w403_text_title(t, "Not proposed");
        }
        w403_text_bullet(t, w403_arena_printf(t->answer->arena, "%.*s: %.*s", (int)no->title.n, no->title.p,
                                              (int)no->why.n, no->why.p));
    }
}
