#include "render/evidence.h"

static void changes_line(const w403_text *t, w403_view text, size_t indent)
{
    w403_style_blanks(t->out, indent);
    w403_style_lines(t->out, text, indent, indent, t->width);
}

/* ---- what was read ---- */

static size_t widest_name(const w403_text *t, const w403_evidence *e)
{
    size_t widest = 0;
    for (size_t i = 0; i < e->n_facts; i++) {
        size_t n = w403_style_columns(w403_view_of(w403_word_in(t->answer->arena, "fact", e->facts[i].name)));
        widest = n > widest ? n : widest;
    }
    return widest;
}

static void fact(const w403_text *t, const w403_evidence_fact *f, size_t names)
{
    w403_view said = f->value;
    if (f->inferred && f->from.n > 0) {
        said =
            w403_say(t->answer->arena, "{value} (from {source})", W403_P("value", said), W403_P("source", f->from));
    }
    w403_style_blanks(t->out, 2);
    w403_style_pad(t->out, w403_view_of(w403_word_in(t->answer->arena, "fact", f->name)), names + 2);
    w403_style_lines(t->out, said, names + 4, names + 4, t->width);
}

static void source(const w403_text *t, const w403_evidence *e, bool first)
{
    if (e->n_facts == 0 && e->n_notes == 0 && e->refused.n == 0) {
        return;
    }
    size_t names = widest_name(t, e);
    w403_buf_puts(t->out, first ? "" : "\n");
    w403_text_styled(t, W403_STYLE_BOLD, w403_answer_word(t->answer, w403_evidence_kind_title(e->kind)));
    w403_buf_putc(t->out, '\n');
    for (size_t i = 0; i < e->n_facts; i++) {
        fact(t, &e->facts[i], names);
    }
    if (e->refused.n > 0) {
        w403_text_bullet(t, e->refused);
    }
    for (size_t i = 0; i < e->n_notes; i++) {
        w403_text_bullet(t, e->notes[i]);
    }
}

static void missing(const w403_text *t, const w403_render_evidence *e)
{
    if (e->n_missing > 0) {
        w403_text_title(t, NC_("heading", "Not known"));
    }
    for (uint32_t i = 0; i < e->n_missing; i++) {
        const w403_missing *m = &e->missing[i];
        bool option = m->option[0] == '-' || (m->option[0] >= 'A' && m->option[0] <= 'Z') ||
                      strncmp(m->option, "why403 ", 7) == 0 || strncmp(m->option, "aws ", 4) == 0;
        const char *text = option ? N_("{fact}: {why}; `{option}` says it") : N_("{fact}: {why}; {option} says it");
        w403_text_bullet(t, w403_say(t->answer->arena, text, W403_S("fact", w403_word_in(t->answer->arena, "fact", m->name)),
                                     W403_P("why", m->why), W403_S("option", option ? m->option : w403_answer_word(t->answer, m->option))));
    }
}

/* ---- which of several ---- */

static w403_view reading_line(const w403_text *t, const w403_render_reading *r)
{
    w403_arena *a = t->answer->arena;
    w403_view asked = r->request->operation.n > 0 ? r->request->operation : r->request->action;
    const char *verdict = r->decided ? w403_answer_decided(t->answer, r->verdict)
                                     : w403_answer_word(t->answer, N_("not decided, something is missing"));
    const char *text = r->cause ? r->chosen ? N_("{request}: {verdict}, {cause} ({why}): this one is shown")
                                            : N_("{request}: {verdict}, {cause} ({why})")
                       : r->chosen ? N_("{request}: {verdict} ({why}): this one is shown")
                                   : N_("{request}: {verdict} ({why})");
    return w403_say(a, text, W403_P("request", asked.n ? asked : w403_view_of(w403_word(a, "a request"))),
                    W403_S("verdict", verdict), W403_S("cause", r->cause), W403_P("why", r->why));
}

static void readings(const w403_text *t, const w403_render_evidence *e)
{
    if (e->n_readings < 2 || !e->judged) {
        return;
    }
    bool compared = e->agreement && strcmp(e->agreement, "agrees") == 0;
    w403_text_title(t, compared ? NC_("heading", "Possible requests; the one that agrees with what AWS said is taken")
                                : NC_("heading", "Possible requests"));
    for (uint32_t i = 0; i < e->n_readings; i++) {
        w403_text_bullet(t, reading_line(t, &e->readings[i]));
    }
}

/* ---- AWS's words ---- */

static void spoken(const w403_text *t, const w403_reported *r)
{
    w403_arena *a = t->answer->arena;
    w403_text_title(t, NC_("heading", "What the message alone says"));
    if (r->layer) {
        bool arn = r->policy_arn.n > 0;
        const char *text = r->explicit_deny ? arn ? N_("AWS names the layer: {layer}, an explicit Deny, in {policy}.")
                                                  : N_("AWS names the layer: {layer}, an explicit Deny.")
                           : arn ? N_("AWS names the layer: {layer}, nothing in it allows it, in {policy}.")
                                 : N_("AWS names the layer: {layer}, nothing in it allows it.");
        w403_text_paragraph(t, w403_say(a, text, W403_S("layer", r->layer), W403_P("policy", r->policy_arn)));
    } else if (r->form == W403_FORM_BARE) {
        w403_text_paragraph(t, w403_view_of(w403_word(a, "AWS does not say which policy or setting it was.")));
    }
    for (unsigned i = 0; i < r->n_causes; i++) {
        const w403_cause_info *info = w403_cause_info_find(w403_view_of(r->causes[i]));
        const char *text = r->certain || r->n_causes == 1 ? N_("{id}: {cause}") : N_("{id}: perhaps {cause}");
        w403_text_bullet(t, w403_say(a, text, W403_S("id", r->causes[i]), W403_S("cause", info ? w403_word(a, info->title) : "")));
    }
}

static void looks(const w403_text *t, const w403_render_evidence *e, bool changes)
{
    if (e->n_looks > 0) {
        w403_text_title(t, changes ? NC_("heading", "What may have changed since; calls to look for in between")
                                   : NC_("heading", "Where to look"));
    }
    for (uint32_t i = 0; i < e->n_looks; i++) {
        const w403_look *l = &e->looks[i];
        w403_text_bullet(t, w403_view_of(w403_answer_word(t->answer, l->what)));
        if (changes && l->changes) {
            changes_line(t, w403_view_of(w403_answer_word(t->answer, l->changes)), 4);
        } else if (!changes && l->command.n > 0) {
            w403_text_command(t, l->command);
        }
    }
}

void w403_evidence_text(const w403_text *t)
{
    const w403_render_evidence *e = t->answer->in->evidence;
    if (!e) {
        return;
    }
    for (uint32_t i = 0; i < e->n_sources; i++) {
        source(t, e->sources[i], i == 0);
    }
    missing(t, e);
    readings(t, e);
    if (!e->judged && e->reported && (e->reported->form != W403_FORM_NONE || e->reported->n_causes > 0)) {
        spoken(t, e->reported);
    }
    if (e->compared.n > 0) {
        w403_text_title(t, NC_("heading", "Compared with what AWS said"));
        w403_text_paragraph(t, w403_say(t->answer->arena, "{sentence}.", W403_P("sentence", w403_answer_capital(t->answer, e->compared))));
    }
    looks(t, e, e->judged);
    w403_buf_putc(t->out, '\n');
}
