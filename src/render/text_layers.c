/* Rows of the text output: one a permission, one a layer, one a gate. */
#include "render/text.h"

enum { VERDICT_COLUMNS = 16, SHOWN_CHECKS = 12, SHOWN_LAYERS = 3 };

typedef struct sign {
    const char *utf8, *ascii;
    w403_style style;
} sign;

static const sign good = {"\u2713", "+", W403_STYLE_GOOD}, bad = {"\u2717", "x", W403_STYLE_ERROR},
                  unsure = {"?", "?", W403_STYLE_WARNING}, silent = {"\u2013", "-", W403_STYLE_DIM};

static const sign *layer_sign(w403_layer_verdict v, bool blocks)
{
    switch (v) {
    case W403_LAYER_ALLOW:
        return &good;
    case W403_LAYER_DENY:
        return &bad;
    case W403_LAYER_UNKNOWN:
        return &unsure;
    case W403_LAYER_NO_ALLOW:
        return blocks ? &bad : &silent; /* silence of one side may be made up by the other */
    default:
        return &silent;
    }
}

static void put_sign(const w403_text *t, const sign *s)
{
    w403_style_blanks(t->out, 2);
    w403_text_styled(t, s->style, w403_text_glyph(t, s->utf8, s->ascii));
    w403_buf_putc(t->out, ' ');
}

/* The widest word that may stand there, and two blanks. */
static size_t verdict_columns(const w403_text *t)
{
    size_t widest = VERDICT_COLUMNS - 2;
    for (unsigned v = 0; v <= W403_LAYER_UNKNOWN && w403_arena_language(t->answer->arena); v++) {
        size_t n = w403_style_columns(w403_view_of(w403_answer_verdict_word(t->answer, (w403_layer_verdict)v)));
        widest = n > widest ? n : widest;
    }
    return widest + 2;
}

static void put_word(const w403_text *t, const sign *s, const char *word, bool last)
{
    w403_text_styled(t, s->style, word);
    size_t n = w403_style_columns(w403_view_of(word)), columns = verdict_columns(t);
    w403_style_blanks(t->out, last ? 0 : n < columns ? columns - n : 1);
}

/* What is said beside the verdict, filled in its own column. */
static void put_said(const w403_text *t, w403_view said, size_t column)
{
    size_t room = t->width > column + 20 ? t->width : column + 20;
    w403_style_lines(t->out, said, column, column, room);
}

/* ---- layers ---- */

static size_t name_columns(const w403_text *t, const w403_check *check)
{
    size_t widest = 0;
    w403_row row;
    for (uint32_t i = 0; w403_answer_row(t->answer, check, &i, &row);) {
        size_t n = w403_style_columns(w403_view_of(w403_answer_layer_name(t->answer, check, row.kind)));
        widest = n > widest ? n : widest;
    }
    for (uint32_t i = 0; i < t->answer->decision->n_gates; i++) {
        const w403_gate *g = &t->answer->decision->gates[i];
        size_t n = w403_answer_gate(t->answer, check, g) && g->cause ? strlen(g->cause) : 0;
        widest = n > widest ? n : widest;
    }
    const w403_answer_cause *aside = w403_answer_aside(t->answer, check);
    size_t n = aside ? strlen(aside->cause->id) : 0;
    return n > widest ? n : widest;
}

/* One layer, or one level of it: the name stands on the first only. */
static void layer_line(const w403_text *t, const w403_check *check, const w403_row *row, uint32_t level, size_t names)
{
    const w403_layer *l = &row->layers[level];
    const sign *s = layer_sign(l->verdict, row->blocks);
    w403_view said = w403_answer_said(t->answer, check, l);
    bool leveled = row->kind == W403_LAYER_SCP || row->kind == W403_LAYER_RCP;
    if (leveled && l->level.n > 0) {
        w403_view where = w403_answer_level(t->answer, l->level);
        said = said.n ? w403_say(t->answer->arena, "{level}: {said}", W403_P("level", where), W403_P("said", said)) : where;
    }
    put_sign(t, s);
    w403_style_pad(t->out, level == 0 ? w403_view_of(w403_answer_layer_name(t->answer, check, row->kind)) : (w403_view){"", 0},
                   names + 2);
    put_word(t, s, w403_answer_verdict_word(t->answer, l->verdict), said.n == 0);
    put_said(t, said, names + verdict_columns(t) + 6);
}

/* Levels of the organization that all allow: one line is enough. */
static void levels_line(const w403_text *t, const w403_check *check, const w403_row *row, size_t names)
{
    put_sign(t, &good);
    w403_style_pad(t->out, w403_view_of(w403_answer_layer_name(t->answer, check, row->kind)), names + 2);
    put_word(t, &good, w403_answer_verdict_word(t->answer, row->verdict), false);
    put_said(t, w403_answer_levels(t->answer, row), names + verdict_columns(t) + 6);
}

static void near_lines(const w403_text *t, const w403_check *check, const w403_layer *l, size_t names)
{
    size_t column = names + 6;
    for (uint32_t i = 0; i < l->n_near; i++) {
        w403_view name = w403_answer_match(t->answer, l, &l->near[i]);
        w403_view reason = w403_match_why(check, &l->near[i], t->answer->arena);
        const char *said = reason.n ? N_("{statement} does not apply: {why}") : N_("{statement} does not apply");
        w403_view text = w403_say(t->answer->arena, said, W403_P("statement", name), W403_P("why", reason));
        w403_style_blanks(t->out, column);
        w403_style_begin(t->out, t->opt->color, W403_STYLE_DIM);
        put_said(t, text, column);
        w403_style_end(t->out, t->opt->color);
    }
}

static void gate_lines(const w403_text *t, const w403_check *check, bool before, size_t names)
{
    const w403_decision *d = t->answer->decision;
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        if ((g->phase == 0) != before || !w403_answer_gate(t->answer, check, g)) {
            continue;
        }
        const sign *s = g->closed != W403_YES ? &unsure : d->verdict == W403_ALLOWED ? &silent : &bad;
        put_sign(t, s);
        w403_style_pad(t->out, w403_view_of(g->cause), names + 2);
        put_word(t, s, w403_answer_gate_word(t->answer, g), g->detail.n == 0);
        put_said(t, g->detail, names + verdict_columns(t) + 6);
    }
}

static void absent_line(const w403_text *t, const w403_check *check)
{
    bool there[W403_LAYERS] = {false}, any = false;
    for (uint32_t i = 0; check && i < check->n_layers; i++) {
        there[check->layers[i].kind] = true;
    }
    w403_buf text = {0};
    for (unsigned k = 0; k < W403_LAYERS; k++) {
        if (!there[k]) {
            w403_buf_puts(&text, any ? ", " : "");
            w403_buf_puts(&text, w403_answer_layer_name(t->answer, check, (w403_layer_kind)k));
            any = true;
        }
    }
    if (any) {
        w403_style_begin(t->out, t->opt->color, W403_STYLE_DIM);
        w403_style_blanks(t->out, 4);
        put_said(t, w403_say(t->answer->arena, "not in play: {layers}", W403_P("layers", w403_buf_view(&text))), 4);
        w403_style_end(t->out, t->opt->color);
    }
    t->out->failed = t->out->failed || text.failed;
    w403_buf_free(&text);
}

void w403_text_layers(const w403_text *t, const w403_check *check)
{
    size_t names = name_columns(t, check);
    w403_row row;
    gate_lines(t, check, true, names);
    for (uint32_t i = 0; w403_answer_row(t->answer, check, &i, &row);) {
        if (row.n_layers > 1 && row.verdict == W403_LAYER_ALLOW && !t->opt->full) {
            levels_line(t, check, &row, names);
            continue;
        }
        for (uint32_t level = 0; level < row.n_layers; level++) {
            layer_line(t, check, &row, level, names);
            if (t->opt->full) {
                near_lines(t, check, &row.layers[level], names);
            }
        }
    }
    const w403_answer_cause *aside = w403_answer_aside(t->answer, check);
    if (aside) {
        put_sign(t, &bad);
        w403_style_pad(t->out, w403_view_of(aside->cause->id), names + 2);
        put_word(t, &bad, w403_word_in(t->answer->arena, "gate", "refuses"), false);
        put_said(t, w403_view_of(aside->info ? w403_answer_word(t->answer, aside->info->title) : NULL), names + verdict_columns(t) + 6);
    }
    gate_lines(t, check, false, names);
    if (t->opt->full) {
        absent_line(t, check);
    }
}

/* ---- checks ---- */

static const sign *check_sign(const w403_check *c)
{
    return c->verdict == W403_ALLOWED ? &good : c->verdict == W403_DENIED ? &bad : &unsure;
}

static w403_view need_note(const w403_text *t, const w403_check *c)
{
    static const char *const notes[] = {
        [W403_NEED_REQUIRED] = "",
        [W403_NEED_DISPUTED] = N_("AWS's own pages disagree whether this is needed"),
        [W403_NEED_RESPONSE_ONLY] = N_("without it only parts of the response are missing"),
        [W403_NEED_STATUS_ONLY] = N_("without it S3 answers 403 instead of 404"),
    };
    return c->need < sizeof notes / sizeof *notes ? w403_view_of(w403_answer_word(t->answer, notes[c->need])) : (w403_view){NULL, 0};
}

/* A permission that only fills in the response, missing: a note says so, it refuses nothing. */
static bool is_aside(const w403_text *t, const w403_check *c)
{
    return c->need == W403_NEED_RESPONSE_ONLY && c->verdict != W403_ALLOWED && c != t->answer->check && !t->opt->full;
}

static uint32_t count_checks(const w403_text *t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->answer->decision->n_checks; i++) {
        n += !is_aside(t, &t->answer->decision->checks[i]);
    }
    return n;
}

static const char *permission_word(const w403_text *t, w403_verdict v)
{
    static const char *const words[] = {[W403_ALLOWED] = NC_("permission", "allowed"),
                                        [W403_DENIED] = NC_("permission", "denied"),
                                        [W403_UNDETERMINED] = NC_("permission", "undetermined")};
    return w403_word_in(t->answer->arena, "permission", words[v]);
}

static void check_line(const w403_text *t, const w403_check *c, size_t actions)
{
    const sign *s = check_sign(c);
    w403_view note = c->need == W403_NEED_REQUIRED && t->opt->full ? c->reason : need_note(t, c);
    put_sign(t, s);
    w403_style_pad(t->out, c->action, actions + 2);
    put_word(t, s, permission_word(t, c->verdict), false);
    w403_style_text(t->out, c->resource);
    w403_buf_putc(t->out, '\n');
    if (note.n > 0) {
        w403_style_blanks(t->out, actions + verdict_columns(t) + 6);
        w403_style_begin(t->out, t->opt->color, W403_STYLE_DIM);
        put_said(t, note, actions + verdict_columns(t) + 6);
        w403_style_end(t->out, t->opt->color);
    }
}

static void heading(const w403_text *t, const w403_check *c)
{
    w403_buf_putc(t->out, '\n');
    w403_style_begin(t->out, t->opt->color, W403_STYLE_BOLD);
    w403_style_text(t->out, w403_say(t->answer->arena, "Layers of {action}", W403_P("action", c->action)));
    w403_style_end(t->out, t->opt->color);
    w403_buf_putc(t->out, '\n');
}

/* Those that are shown of a long list (DeleteObjects): the ones that failed, then others up to a number. */
static void check_list(const w403_text *t)
{
    const w403_decision *d = t->answer->decision;
    size_t actions = 0;
    uint32_t shown = 0, bad_ones = 0;
    for (uint32_t i = 0; i < d->n_checks; i++) {
        size_t n = is_aside(t, &d->checks[i]) ? 0 : w403_style_columns(d->checks[i].action);
        actions = n > actions ? n : actions;
        bad_ones += d->checks[i].verdict != W403_ALLOWED;
    }
    uint32_t room = bad_ones < SHOWN_CHECKS ? SHOWN_CHECKS - bad_ones : 0; /* for those that are allowed */
    uint32_t bad_room = t->opt->full ? UINT32_MAX : SHOWN_CHECKS;
    for (uint32_t i = 0; i < d->n_checks; i++) {
        uint32_t *left = d->checks[i].verdict != W403_ALLOWED ? &bad_room : &room;
        if (is_aside(t, &d->checks[i])) {
            continue;
        }
        if (*left > 0 || t->opt->full) {
            *left -= *left > 0;
            check_line(t, &d->checks[i], actions);
            shown++;
        }
    }
    if (shown < count_checks(t)) {
        w403_buf_printf(t->out, "    %s ", w403_text_glyph(t, "\u2026", "..."));
        w403_style_text(t->out, w403_say(t->answer->arena, "{n} more", W403_N("n", count_checks(t) - shown)));
        w403_buf_putc(t->out, '\n');
    }
}

/* Of what is allowed, all that had to be; of what is denied, only what is asked for. */
static bool shown_in_full(const w403_text *t, const w403_check *c, uint32_t i)
{
    bool allowed = t->answer->decision->verdict == W403_ALLOWED;
    return t->opt->full || (allowed && c->need == W403_NEED_REQUIRED && i < SHOWN_LAYERS);
}

void w403_text_checks(const w403_text *t)
{
    const w403_decision *d = t->answer->decision;
    if (count_checks(t) > 1) {
        w403_text_title(t, NC_("heading", "Permissions needed"));
        check_list(t);
        for (uint32_t i = 0; i < d->n_checks; i++) {
            const w403_check *c = &d->checks[i];
            if (is_aside(t, c)) {
                continue;
            }
            if (c == t->answer->check || (i < SHOWN_CHECKS && shown_in_full(t, c, i))) {
                heading(t, c);
                w403_text_layers(t, c);
            }
        }
    } else if (t->answer->check || d->n_gates > 0) {
        w403_buf_putc(t->out, '\n');
        w403_text_layers(t, t->answer->check);
    }
}
