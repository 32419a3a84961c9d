/* The terminal's output: verdict, checks and layers, Why, Also, Fix, Assuming, Unknown. */
#include "render/text.h"

#include "render/evidence.h"
#include "render/excerpt.h"
#include "render/fixes.h"

enum { DEFAULT_WIDTH = 100, MIN_WIDTH = 50, MAX_WIDTH = 160 };

const char *w403_text_glyph(const w403_text *t, const char *utf8, const char *ascii)
{
    return t->opt->ascii ? ascii : utf8;
}

void w403_text_styled(const w403_text *t, w403_style style, const char *s)
{
    w403_style_word(t->out, t->opt->color, style, s);
}

void w403_text_title(const w403_text *t, const char *title)
{
    w403_style_title(t->out, t->opt->color, w403_word_in(t->answer->arena, "heading", title));
}

void w403_text_paragraph(const w403_text *t, w403_view text)
{
    if (text.n > 0) {
        w403_style_blanks(t->out, 2);
        w403_style_lines(t->out, text, 2, 2, t->width);
    }
}

void w403_text_bullet(const w403_text *t, w403_view text)
{
    w403_buf_puts(t->out, "  - ");
    w403_style_lines(t->out, text, 4, 4, t->width);
}

void w403_text_command(const w403_text *t, w403_view text)
{
    w403_style_command(t->out, text, 5);
}

/* ---- the verdict ---- */

static const char *shout(const w403_text *t, w403_verdict v)
{
    static const char *const words[] = {[W403_ALLOWED] = NC_("verdict", "ALLOWED"),
                                        [W403_DENIED] = NC_("verdict", "DENIED"),
                                        [W403_UNDETERMINED] = NC_("verdict", "UNDETERMINED")};
    return w403_word_in(t->answer->arena, "verdict", words[v]);
}

static w403_style verdict_style(w403_verdict v)
{
    static const uint8_t styles[] = {
        [W403_ALLOWED] = W403_STYLE_GOOD, [W403_DENIED] = W403_STYLE_ERROR, [W403_UNDETERMINED] = W403_STYLE_WARNING};
    return (w403_style)styles[v];
}

/* `DENIED  403 AccessDenied  GetObject on ARN for ARN`; what does not fit goes on below the operation. */
static void verdict(const w403_text *t)
{
    const w403_decision *d = t->answer->decision;
    const w403_request *r = t->answer->request;
    w403_arena *a = t->answer->arena;
    const char *word = shout(t, d->verdict);
    w403_text_styled(t, verdict_style(d->verdict), word);
    size_t indent = w403_style_columns(w403_view_of(word)) + 2;
    w403_style_blanks(t->out, 2);
    if (d->status > 0 && d->verdict != W403_UNDETERMINED) {
        w403_view answer =
            w403_arena_printf(a, "%d%s%s", d->status, d->error_code ? " " : "", d->error_code ? d->error_code : "");
        w403_style_text(t->out, answer);
        w403_style_blanks(t->out, 2);
        indent += answer.n + 2;
    }
    w403_view asked = w403_answer_asked(t->answer);
    w403_view what = asked.n ? asked : w403_view_of(w403_word(a, "a request")); /* evidence may not say all of it */
    if (r->resource.n) {
        what = w403_say(a, "{operation} on {resource}", W403_P("operation", what), W403_P("resource", r->resource));
    }
    size_t at = w403_style_wrap(t->out, what, indent, indent, SIZE_MAX);
    if (r->principal.n > 0) {
        w403_view who = w403_say(a, "for {principal}", W403_P("principal", r->principal));
        bool fits = at + 1 + w403_style_columns(who) <= t->width;
        w403_buf_puts(t->out, fits ? " " : "\n");
        w403_style_blanks(t->out, fits ? 0 : indent);
        w403_style_text(t->out, who);
    }
    w403_buf_putc(t->out, '\n');
}

/* ---- causes ---- */

static bool one_line_mark(const w403_blame *b)
{
    w403_place p = w403_answer_place(b->policy->doc.text, b->span);
    return p.line == p.end_line;
}

/* NULL: it needs none, or memory is short. */
static const w403_layout *layout_of(const w403_text *t, w403_view text)
{
    w403_text_laid *l = t->laid;
    if (text.p && l->of == text.p) {
        return l->needed ? &l->layout : NULL;
    }
    w403_arena_free(l->arena);
    *l = (w403_text_laid){.arena = w403_arena_new(0), .of = text.p};
    l->needed = l->arena && w403_layout_document(l->arena, text, &l->layout);
    return l->needed ? &l->layout : NULL;
}

/* The blames of one policy share an excerpt when each stays on its line. */
static uint32_t excerpt(const w403_text *t, const w403_blame *at, uint32_t n)
{
    w403_excerpt_mark also[W403_ANSWER_BLAMES];
    w403_excerpt e = {.source = at->policy->doc.source,
                      .text = at->policy->doc.text,
                      .offset = at->span.off,
                      .length = at->span.len,
                      .file_offset = w403_answer_file_offset(t->answer, at),
                      .label = at->label,
                      .style = W403_STYLE_ERROR,
                      .also = also,
                      .layout = layout_of(t, at->policy->doc.text)};
    uint32_t used = 1;
    while (used < n && used <= W403_ANSWER_BLAMES && at[used].policy == at->policy && one_line_mark(at) &&
           one_line_mark(&at[used])) {
        also[e.n_also++] = (w403_excerpt_mark){at[used].span.off, at[used].span.len, at[used].label};
        used++;
    }
    if (t->answer->decision->verdict == W403_UNDETERMINED) {
        e.style = W403_STYLE_WARNING;
    }
    w403_buf_putc(t->out, '\n');
    w403_excerpt_put(t->out, &e, t->opt->color, (int)t->width);
    return used;
}

static void excerpts(const w403_text *t, const w403_answer_cause *c, uint32_t max)
{
    uint32_t n = c->n_blames < max ? c->n_blames : max;
    for (uint32_t i = 0; i < n;) {
        i += excerpt(t, &c->blames[i], n - i);
    }
}

/* What an undetermined answer hangs on. */
static void questions(const w403_text *t)
{
    const w403_answer *r = t->answer;
    if (r->n_questions > 0) {
        w403_text_title(t, NC_("heading", "Why"));
    }
    for (uint32_t i = 0; i < r->n_questions; i++) {
        w403_buf_puts(t->out, i > 0 ? "\n" : "");
        w403_text_paragraph(t, r->questions[i].sentence);
        if (r->questions[i].blame.policy) {
            (void)excerpt(t, &r->questions[i].blame, 1);
        }
    }
}

static void why(const w403_text *t)
{
    if (t->answer->n_causes == 0) {
        questions(t);
        return;
    }
    const w403_answer_cause *c = &t->answer->causes[0];
    w403_text_title(t, NC_("heading", "Why"));
    w403_text_paragraph(t, c->cause->sentence);
    w403_text_paragraph(t, c->nearest);
    excerpts(t, c, W403_ANSWER_BLAMES);
    if (t->answer->message.n > 0) {
        w403_text_title(t, NC_("heading", "AWS says"));
        w403_text_paragraph(t, t->answer->message);
    }
}

static void also(const w403_text *t)
{
    uint32_t n = t->answer->n_causes;
    if (n < 2) {
        return;
    }
    w403_text_title(t, NC_("heading", "Also"));
    for (uint32_t i = 1; i < n; i++) {
        const w403_answer_cause *c = &t->answer->causes[i];
        w403_text_bullet(t, c->cause->sentence);
        excerpts(t, c, 1);
        w403_buf_puts(t->out, i + 1 < n && c->n_blames > 0 ? "\n" : "");
    }
}

/* ---- lists ---- */

static void list(const w403_text *t, const char *title, const w403_view *at, uint32_t n)
{
    if (n == 0) {
        return;
    }
    w403_text_title(t, title);
    for (uint32_t i = 0; i < n; i++) {
        w403_text_bullet(t, at[i]);
    }
}

static void unknown(const w403_text *t)
{
    const w403_decision *d = t->answer->decision;
    if (d->verdict != W403_UNDETERMINED && !t->opt->full) {
        return; /* what nobody asked for and nothing hung on */
    }
    if (d->n_unknown > 0) {
        w403_text_title(t, NC_("heading", "Unknown"));
    }
    for (uint32_t i = 0; i < d->n_unknown; i++) {
        w403_text_bullet(t, w403_answer_unknown(t->answer, d->unknown[i]));
    }
    if (d->n_settle > 0) {
        w403_text_title(t, NC_("heading", "To settle it"));
        for (uint32_t i = 0; i < d->n_settle; i++) {
            w403_text_command(t, d->settle[i]);
        }
    }
}

w403_status w403_render_text(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    w403_answer answer;
    W403_TRY(w403_answer_open(&answer, in, err));
    size_t width = opt->width > 0 ? (size_t)opt->width : DEFAULT_WIDTH;
    w403_text_laid laid = {.arena = NULL};
    w403_text t = {.out = out, .answer = &answer, .opt = opt, .laid = &laid};
    t.width = width < MIN_WIDTH ? MIN_WIDTH : width > MAX_WIDTH ? MAX_WIDTH : width;

    w403_evidence_text(&t);
    verdict(&t);
    w403_text_checks(&t);
    why(&t);
    also(&t);
    w403_fixes_text(&t);
    list(&t, "Assuming", in->decision->assumptions, in->decision->n_assumptions);
    unknown(&t);
    list(&t, "Note", in->decision->notes, in->decision->n_notes);
    w403_arena_free(laid.arena);
    w403_answer_close(&answer);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}
