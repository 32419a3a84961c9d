/* A survey of logs for programs: JSON and CSV. */
#include "cli/csv.h"
#include "cli/logs_output.h"
#include "json/json.h"
#include "render/fixes.h"
#include "render/warnings.h"

static void time(w403_json_writer *w, w403_arena *a, const char *name, w403_instant t)
{
    if (t) {
        w403_jw_text_unless_empty(w, name, w403_instant_format(a, t));
    }
}

static void rate(w403_json_writer *w, w403_arena *a, const char *name, double v)
{
    w403_jw_key(w, name);
    w403_jw_raw(w, w403_arena_printf(a, "%.3f", v));
}

static void change(w403_json_writer *w, w403_arena *a, const w403_log_change *c)
{
    w403_jw_word(w, "event", c->kind->event);
    time(w, a, "time", c->time);
    w403_jw_text_unless_empty(w, "actor", c->actor);
    w403_jw_text_unless_empty(w, "from", c->from);
    w403_jw_text_unless_empty(w, "target", c->target);
    w403_jw_text_unless_empty(w, "policy", c->policy);
    w403_jw_text_unless_empty(w, "request_id", c->request_id);
    w403_jw_text_unless_empty(w, "event_id", c->event_id);
    w403_jw_text_unless_empty(w, "file", c->file);
    w403_jw_number(w, "offset", c->offset);
}

static void began(w403_json_writer *w, const w403_logs_page *p, const w403_cause_group *g)
{
    const w403_began *b = &g->began;
    if (!b->change) {
        return;
    }
    w403_jw_key(w, "began");
    w403_jw_object(w);
    change(w, p->arena, b->change);
    w403_jw_word(w, "proof", w403_proof_name(b->proof));
    w403_jw_word(w, "why", b->why);
    if (b->assumed) {
        w403_jw_word(w, "without", w403_verdict_name(b->before));
    }
    if (b->proof == W403_PROOF_FULL) {
        w403_jw_word(w, "before", w403_verdict_name(b->before));
    }
    if (b->proof >= W403_PROOF_AFTER) {
        w403_jw_word(w, "after", w403_verdict_name(b->after));
    }
    w403_jw_text_unless_empty(w, "statement", b->statement);
    if (b->statement.n) {
        w403_jw_flag(w, "statement_removed", b->removed);
    }
    w403_jw_flag(w, "clock_skew", b->skewed);
    if (b->again) {
        w403_jw_key(w, "again");
        w403_jw_object(w);
        change(w, p->arena, b->again);
        w403_jw_end_object(w);
    }
    w403_jw_text_unless_empty(w, "document", b->change->document);
    w403_jw_text_unless_empty(w, "document_before", b->was);
    w403_jw_text_unless_empty(w, "undo", b->undo);
    if (b->opens) {
        w403_jw_flag(w, "undo_makes_public", true);
    }
    w403_jw_end_object(w);
}

static void bins(w403_json_writer *w, w403_arena *a, const w403_bins *b)
{
    w403_jw_key(w, "timeline");
    w403_jw_object(w);
    time(w, a, "from", b->first * w403_bins_width(b));
    w403_jw_number(w, "seconds", (uint64_t)(w403_bins_width(b) / 1000000));
    w403_jw_key(w, "counts");
    w403_jw_array(w);
    for (unsigned i = 0; i < b->used; i++) {
        w403_jw_u64(w, b->n[i]);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

static void marks(w403_json_writer *w, uint32_t bits)
{
    if (!bits) {
        return;
    }
    w403_jw_key(w, "marks");
    w403_jw_array(w);
    for (unsigned bit = 0; bit < W403_MARKS; bit++) {
        if (bits >> bit & 1) {
            w403_jw_cstr(w, w403_mark_name(bit));
        }
    }
    w403_jw_end_array(w);
}

static void compared(w403_json_writer *w, const w403_cause_group *g)
{
    static const char *const names[] = {[W403_AGREES] = "agrees", [W403_SAME_REQUEST] = "other-cause",
                                        [W403_NOT_DENIED] = "not-denied", [W403_UNSURE] = "unsure"};
    w403_jw_word(w, "reported_cause", g->reported);
    if (g->judged) {
        w403_jw_word(w, "snapshot_decision", w403_verdict_name(g->verdict));
        w403_jw_word(w, "snapshot_cause", g->decided);
        w403_jw_word(w, "agreement", names[g->agreement]);
    } else {
        w403_jw_text_unless_empty(w, "not_decided", g->why_not);
    }
}

static void group(w403_json_writer *w, const w403_logs_page *p, const w403_cause_group *g)
{
    w403_jw_object(w);
    w403_jw_word(w, "cause", g->cause ? g->cause : "unknown");
    w403_jw_word(w, "kind", w403_denial_name(g->denial));
    w403_jw_text_unless_empty(w, "principal", g->principal);
    w403_jw_text_unless_empty(w, "session", g->session);
    w403_jw_text_unless_empty(w, "action", g->action);
    w403_jw_text_unless_empty(w, "resource", g->resource);
    w403_jw_text_unless_empty(w, "operation", g->operation);
    w403_jw_text_unless_empty(w, "error_code", g->error_code);
    w403_jw_text_unless_empty(w, "source_ip", g->source_ip);
    w403_jw_text_unless_empty(w, "vpc_endpoint", g->vpc_endpoint);
    w403_jw_text_unless_empty(w, "statement", g->statement);
    w403_jw_number(w, "count", g->count);
    time(w, p->arena, "first", g->first);
    time(w, p->arena, "last", g->last);
    rate(w, p->arena, "rate_after", g->denied_rate);
    if (g->last_worked) {
        rate(w, p->arena, "worked_rate", g->worked_rate);
        w403_jw_number(w, "worked_before", g->worked_before);
        w403_jw_number(w, "worked_since", g->worked_since);
        time(w, p->arena, "last_worked", g->last_worked);
    }
    compared(w, g);
    if (g->session_maker.n) {
        w403_jw_text_unless_empty(w, "session_maker", g->session_maker);
        time(w, p->arena, "session_at", g->session_at);
        w403_jw_flag(w, "session_policy", g->session_policy);
    }
    began(w, p, g);
    if (g->fixes) {
        w403_fixes_json(w, g->fixes, false);
        w403_jw_text_unless_empty(w, "explain", w403_logs_explain(p, g));
    }
    bins(w, p->arena, &g->bins);
    marks(w, g->marks);
    w403_jw_key(w, "requests");
    w403_jw_array(w);
    for (size_t i = 0; i < W403_SHAPE_SAMPLES && g->samples[i].id[0]; i++) {
        w403_jw_cstr(w, g->samples[i].id);
    }
    w403_jw_end_array(w);
    w403_jw_end_object(w);
}

static void totals(w403_json_writer *w, const w403_logs_page *p)
{
    const w403_survey    *s = p->survey;
    const w403_log_stats *t = &s->stats;
    w403_jw_number(w, "denied", s->denied);
    time(w, p->arena, "from", s->from);
    time(w, p->arena, "to", s->to);
    w403_jw_number(w, "files", t->files);
    w403_jw_number(w, "lines", t->lines);
    w403_jw_number(w, "events", t->events);
    w403_jw_number(w, "bytes", t->bytes);
    w403_jw_number(w, "damaged", t->damaged);
    w403_jw_number(w, "files_damaged", t->files_damaged);
    w403_jw_number(w, "files_foreign", t->files_foreign);
    w403_jw_number(w, "files_skipped", t->files_skipped);
    w403_jw_number(w, "not_records", t->foreign);
    w403_jw_number(w, "duplicates", s->duplicates);
    w403_jw_number(w, "told_twice", s->told_twice);
    w403_jw_number(w, "other_services", s->elsewhere);
    w403_jw_number(w, "not_grouped", s->spilled);
}

static void damage(w403_json_writer *w, const w403_survey *s)
{
    w403_jw_key(w, "damage");
    w403_jw_array(w);
    for (size_t i = 0; i < s->n_damage; i++) {
        w403_jw_object(w);
        w403_jw_word(w, "file", s->damage[i].source);
        w403_jw_number(w, "offset", s->damage[i].offset);
        w403_jw_word(w, "message", s->damage[i].message);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

void w403_logs_json(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_json_writer   w;
    w403_jw_init(&w, p->out, false);
    w403_jw_object(&w);
    w403_jw_number(&w, "format", 1);
    totals(&w, p);
    w403_jw_key(&w, "causes");
    w403_jw_array(&w);
    for (size_t i = 0; i < s->n_groups; i++) {
        group(&w, p, &s->groups[i]);
    }
    w403_jw_end_array(&w);
    w403_jw_key(&w, "changes");
    w403_jw_array(&w);
    for (size_t i = 0; i < s->n_changes; i++) {
        w403_jw_object(&w);
        change(&w, p->arena, s->change_list[i]);
        w403_jw_end_object(&w);
    }
    w403_jw_end_array(&w);
    damage(&w, s);
    w403_jw_key(&w, "notes");
    w403_jw_array(&w);
    for (size_t i = 0; i < s->n_notes; i++) {
        w403_jw_str(&w, s->notes[i]);
    }
    w403_jw_end_array(&w);
    w403_warnings_json(&w, p->warnings);
    w403_jw_end_object(&w);
    w403_buf_putc(p->out, '\n');
}

/* Those of the first fix, a line each. */
static w403_view commands(w403_arena *a, const w403_cause_group *g)
{
    const w403_fix *f = g->fixes && g->fixes->n ? &g->fixes->at[0] : NULL;
    w403_buf        b = {0};
    for (uint32_t i = 0; f && i < f->n_steps; i++) {
        for (uint32_t k = 0; k < f->steps[i].n_commands; k++) {
            w403_buf_puts(&b, b.n ? "\n" : "");
            w403_buf_put(&b, f->steps[i].commands[k]);
        }
    }
    return w403_buf_take(&b, a);
}

void w403_logs_csv(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_buf_puts(p->out, "Count,Cause,Kind,Principal,Action,Resource,First,Last,WorkedRate,DeniedRate,Reported,Snapshot,"
                          "Statement,ChangeEvent,ChangeTarget,ChangeActor,ChangeTime,Proof,ChangeStatement,Requests,"
                          "Fix,FixCommands\n");
    for (size_t i = 0; i < s->n_groups; i++) {
        const w403_cause_group *g = &s->groups[i];
        const w403_log_change  *c = g->began.change;
        w403_view               none = {NULL, 0};
        w403_view fields[] = {w403_view_of(g->cause ? g->cause : "unknown"), w403_view_of(w403_denial_name(g->denial)),
                              g->principal, g->action, g->resource, w403_instant_format(p->arena, g->first),
                              w403_instant_format(p->arena, g->last), w403_arena_printf(p->arena, "%.3f", g->worked_rate),
                              w403_arena_printf(p->arena, "%.3f", g->denied_rate),
                              w403_view_of(g->reported ? g->reported : ""), w403_view_of(g->decided ? g->decided : ""),
                              g->statement, c ? w403_view_of(c->kind->event) : none, c ? c->target : none,
                              c ? c->actor : none, c ? w403_instant_format(p->arena, c->time) : none,
                              w403_view_of(c ? w403_proof_name(g->began.proof) : ""), g->began.statement,
                              w403_arena_printf(p->arena, "%s %s %s", g->samples[0].id, g->samples[1].id, g->samples[2].id),
                              w403_logs_fix(p->arena, g), commands(p->arena, g)};
        w403_buf_printf(p->out, "%llu,", (unsigned long long)g->count);
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            w403_csv_cell(p->out, w403_view_trim(fields[f]), f + 1 < sizeof fields / sizeof *fields ? ',' : '\n');
        }
    }
}
