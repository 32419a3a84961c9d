#include "render/evidence.h"

static void changes_line(const w403_text *t, w403_view text, size_t indent)
{
    w403_style_blanks(t->out, indent);
    w403_style_lines(t->out, text, indent, indent, t->width);
}

/* ---- what was read ---- */

static size_t widest_name(const w403_evidence *e)
{
    size_t widest = 0;
    for (size_t i = 0; i < e->n_facts; i++) {
        size_t n = strlen(e->facts[i].name);
        widest = n > widest ? n : widest;
    }
    return widest;
}

static void fact(const w403_text *t, const w403_evidence_fact *f, size_t names)
{
    w403_view said = f->value;
    if (f->inferred && f->from.n > 0) {
        said =
            w403_arena_printf(t->answer->arena, "%.*s (from %.*s)", (int)said.n, said.p, (int)f->from.n, f->from.p);
    }
    w403_style_blanks(t->out, 2);
    w403_style_pad(t->out, w403_view_of(f->name), names + 2);
    w403_style_lines(t->out, said, names + 4, names + 4, t->width);
}

static void source(const w403_text *t, const w403_evidence *e, bool first)
{
    if (e->n_facts == 0 && e->n_notes == 0 && e->refused.n == 0) {
        return;
    }
    size_t names = widest_name(e);
    w403_view title = w403_arena_printf(t->answer->arena, "From the %s", w403_evidence_kind_name(e->kind));
    w403_buf_puts(t->out, first ? "" : "\n");
    w403_text_styled(t, W403_STYLE_BOLD, title.p ? title.p : "");
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
        w403_text_title(t, "Not known");
    }
    for (uint32_t i = 0; i < e->n_missing; i++) {
        const w403_missing *m = &e->missing[i];
        bool option = m->option[0] == '-' || (m->option[0] >= 'A' && m->option[0] <= 'Z') ||
                      strncmp(m->option, "why403 ", 7) == 0 || strncmp(m->option, "aws ", 4) == 0;
        const char *mark = option ? "`" : "";
        w403_text_bullet(t, w403_arena_printf(t->answer->arena, "%s: %.*s; %s%s%s says it", m->name, (int)m->why.n,
                                              m->why.n ? m->why.p : "", mark, m->option, mark));
    }
}

/* ---- which of several ---- */

static w403_view reading_line(const w403_text *t, const w403_render_reading *r)
{
    w403_view asked = r->request->operation.n > 0 ? r->request->operation : r->request->action;
    return w403_arena_printf(t->answer->arena, "%.*s: %s%s%s (%.*s)%s", (int)asked.n, asked.n ? asked.p : "a request",
                             r->decided ? w403_verdict_name(r->verdict) : "not decided, something is missing",
                             r->cause ? ", " : "", r->cause ? r->cause : "", (int)r->why.n, r->why.n ? r->why.p : "",
                             r->chosen ? ": this one is shown" : "");
}

static void readings(const w403_text *t, const w403_render_evidence *e)
{
    if (e->n_readings < 2 || !e->judged) {
        return;
    }
    bool compared = e->agreement && strcmp(e->agreement, "agrees") == 0;
    w403_text_title(t, compared ? "Possible requests; the one that agrees with what AWS said is taken"
                                : "Possible requests");
    for (uint32_t i = 0; i < e->n_readings; i++) {
        w403_text_bullet(t, reading_line(t, &e->readings[i]));
    }
}

/* ---- AWS's words ---- */

static void spoken(const w403_text *t, const w403_reported *r)
{
    w403_arena *a = t->answer->arena;
    w403_text_title(t, "What the message alone says");
    if (r->layer) {
        bool arn = r->policy_arn.n > 0;
        w403_text_paragraph(t,
                            w403_arena_printf(a, "AWS names the layer: %s, %s%s%.*s.", r->layer,
                                              r->explicit_deny ? "an explicit Deny" : "nothing in it allows it",
                                              arn ? ", in " : "", (int)r->policy_arn.n, arn ? r->policy_arn.p : ""));
    } else if (r->form == W403_FORM_BARE) {
        w403_text_paragraph(t, W403_LIT("AWS does not say which policy or setting it was."));
    }
    for (unsigned i = 0; i < r->n_causes; i++) {
        const w403_cause_info *info = w403_cause_info_find(w403_view_of(r->causes[i]));
        w403_text_bullet(t, w403_arena_printf(a, "%s: %s%s", r->causes[i],
                                              r->certain || r->n_causes == 1 ? "" : "perhaps ",
                                              info ? info->title : ""));
    }
}

static void looks(const w403_text *t, const w403_render_evidence *e, bool changes)
{
    if (e->n_looks > 0) {
        w403_text_title(t, changes ? "What may have changed since; calls to look for in between" : "Where to look");
    }
    for (uint32_t i = 0; i < e->n_looks; i++) {
        const w403_look *l = &e->looks[i];
        w403_text_bullet(t, w403_view_of(l->what));
        if (changes && l->changes) {
            changes_line(t, w403_view_of(l->changes), 4);
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
        w403_text_title(t, "Compared with what AWS said");
        w403_text_paragraph(t, w403_arena_printf(t->answer->arena, "%c%.*s.", e->compared.p[0] - 'a' + 'A',
                                                 (int)e->compared.n - 1, e->compared.p + 1));
    }
    looks(t, e, e->judged);
    w403_buf_putc(t->out, '\n');
}
