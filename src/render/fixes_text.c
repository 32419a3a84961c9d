#include "render/fixes.h"

enum {
    INDENT = 5,
    AROUND = 28, /* bytes beside what changed in a long line */
    ALSO = 5     /* principals that are named */
};

static void line(const w403_text *t, w403_view text)
{
    w403_style_blanks(t->out, INDENT);
    w403_style_lines(t->out, text, INDENT, INDENT, t->width);
}

/* ---- the diff ---- */

static bool utf8_inside(w403_view v, size_t i)
{
    return i < v.n && ((unsigned char)v.p[i] & 0xC0) == 0x80;
}

/* The part of `one` that differs from `other`, with some of what surrounds it: a minified document is one long line.
 */
static void changed_part(w403_view one, w403_view other, size_t *from, size_t *to)
{
    size_t head = 1, tail = 0, most = (one.n < other.n ? one.n : other.n);
    while (head < most && one.p[head] == other.p[head]) {
        head++;
    }
    while (tail < most - head && one.p[one.n - tail - 1] == other.p[other.n - tail - 1]) {
        tail++;
    }
    *from = head > AROUND ? head - AROUND : 1;
    *to = tail > AROUND ? one.n - tail + AROUND : one.n;
    while (utf8_inside(one, *from)) {
        --*from;
    }
    while (utf8_inside(one, *to)) {
        ++*to;
    }
}

static void diff_line(const w403_text *t, w403_view one, w403_view other)
{
    char mark = one.n > 0 ? one.p[0] : ' ';
    w403_style style = mark == '+' ? W403_STYLE_GOOD : mark == '-' ? W403_STYLE_ERROR : W403_STYLE_NOTE;
    bool styled = t->opt->color && (mark == '+' || mark == '-' || mark == '@');
    size_t from = 1, to = one.n;
    if (one.n > 1 && other.n > 0 && w403_style_columns(one) + INDENT > t->width && !t->opt->full) {
        changed_part(one, other, &from, &to);
    }
    w403_style_blanks(t->out, INDENT);
    w403_style_begin(t->out, styled, style);
    if (one.n > 0) {
        w403_buf_putc(t->out, mark);
        w403_buf_puts(t->out, from > 1 ? "..." : "");
        w403_style_text(t->out, w403_view_sub(one, from, to));
        w403_buf_puts(t->out, to < one.n ? "..." : "");
    }
    w403_style_end(t->out, styled);
    w403_buf_putc(t->out, '\n');
}

/* A line that took another's place, or was replaced by it: `-` right before `+`. {NULL,0}: neither. */
static w403_view partner(w403_view before, w403_view line, w403_view rest)
{
    if (line.n > 0 && line.p[0] == '-') {
        w403_view next = w403_view_cut(&rest, '\n');
        return next.n > 0 && next.p[0] == '+' ? next : (w403_view){NULL, 0};
    }
    bool replaces = line.n > 0 && line.p[0] == '+' && before.n > 0 && before.p[0] == '-';
    return replaces ? before : (w403_view){NULL, 0};
}

/* Lines of a unified diff, without the two that name the files. */
static void diff(const w403_text *t, w403_view text)
{
    w403_view before = {NULL, 0};
    while (text.p && text.n > 0) {
        w403_view one = w403_view_cut(&text, '\n');
        if (w403_view_starts(one, W403_LIT("--- ")) || w403_view_starts(one, W403_LIT("+++ "))) {
            continue;
        }
        diff_line(t, one, partner(before, one, text));
        before = one;
    }
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
        diff(t, s->diff);
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
        line(t, W403_LIT("There are more principals than were asked about."));
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
