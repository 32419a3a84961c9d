/* A survey of logs for programs: JSON and CSV. */
#include "cli/logs_output.h"
#include "json/json.h"

static void str(w403_json_writer *w, const char *name, w403_view v)
{
    if (v.n) {
        w403_jw_key(w, name);
        w403_jw_str(w, v);
    }
}

static void cstr(w403_json_writer *w, const char *name, const char *v)
{
    if (v) {
        str(w, name, w403_view_of(v));
    }
}

static void u64(w403_json_writer *w, const char *name, uint64_t n)
{
    w403_jw_key(w, name);
    w403_jw_u64(w, n);
}

static void flag(w403_json_writer *w, const char *name, bool v)
{
    w403_jw_key(w, name);
    w403_jw_bool(w, v);
}

static void time(w403_json_writer *w, w403_arena *a, const char *name, w403_instant t)
{
    if (t) {
        str(w, name, w403_instant_format(a, t));
    }
}

static void rate(w403_json_writer *w, w403_arena *a, const char *name, double v)
{
    w403_jw_key(w, name);
    w403_jw_raw(w, w403_arena_printf(a, "%.3f", v));
}

static void change(w403_json_writer *w, w403_arena *a, const w403_log_change *c)
{
    cstr(w, "event", c->kind->event);
    time(w, a, "time", c->time);
    str(w, "actor", c->actor);
    str(w, "from", c->from);
    str(w, "target", c->target);
    str(w, "policy", c->policy);
    str(w, "request_id", c->request_id);
    str(w, "event_id", c->event_id);
    str(w, "file", c->file);
    u64(w, "offset", c->offset);
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
    cstr(w, "proof", w403_proof_name(b->proof));
    if (b->proof == W403_PROOF_FULL) {
        cstr(w, "before", w403_verdict_name(b->before));
    }
    if (b->proof >= W403_PROOF_AFTER) {
        cstr(w, "after", w403_verdict_name(b->after));
    }
    str(w, "statement", b->statement);
    if (b->statement.n) {
        flag(w, "statement_removed", b->removed);
    }
    flag(w, "clock_skew", b->skewed);
    str(w, "document", b->change->document);
    str(w, "document_before", b->was);
    str(w, "undo", w403_logs_undo(p->arena, g));
    w403_jw_end_object(w);
}

static void bins(w403_json_writer *w, w403_arena *a, const w403_bins *b)
{
    w403_jw_key(w, "timeline");
    w403_jw_object(w);
    time(w, a, "from", b->first * w403_bins_width(b));
    u64(w, "seconds", (uint64_t)(w403_bins_width(b) / 1000000));
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
    cstr(w, "reported_cause", g->reported);
    if (g->judged) {
        cstr(w, "snapshot_decision", w403_verdict_name(g->verdict));
        cstr(w, "snapshot_cause", g->decided);
        cstr(w, "agreement", names[g->agreement]);
    } else {
        str(w, "not_decided", g->why_not);
    }
}

static void group(w403_json_writer *w, const w403_logs_page *p, const w403_cause_group *g)
{
    w403_jw_object(w);
    cstr(w, "cause", g->cause ? g->cause : "unknown");
    cstr(w, "kind", w403_denial_name(g->denial));
    str(w, "principal", g->principal);
    str(w, "session", g->session);
    str(w, "action", g->action);
    str(w, "resource", g->resource);
    str(w, "operation", g->operation);
    str(w, "error_code", g->error_code);
    str(w, "source_ip", g->source_ip);
    str(w, "vpc_endpoint", g->vpc_endpoint);
    str(w, "statement", g->statement);
    u64(w, "count", g->count);
    time(w, p->arena, "first", g->first);
    time(w, p->arena, "last", g->last);
    rate(w, p->arena, "rate_before", g->rate_before);
    rate(w, p->arena, "rate_after", g->rate_after);
    compared(w, g);
    if (g->session_maker.n) {
        str(w, "session_maker", g->session_maker);
        time(w, p->arena, "session_at", g->session_at);
        flag(w, "session_policy", g->session_policy);
    }
    began(w, p, g);
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
    u64(w, "denied", s->denied);
    time(w, p->arena, "from", s->from);
    time(w, p->arena, "to", s->to);
    u64(w, "files", t->files);
    u64(w, "lines", t->lines);
    u64(w, "events", t->events);
    u64(w, "bytes", t->bytes);
    u64(w, "damaged", t->damaged);
    u64(w, "files_damaged", t->files_damaged);
    u64(w, "files_foreign", t->files_foreign);
    u64(w, "files_skipped", t->files_skipped);
    u64(w, "duplicates", s->duplicates);
    u64(w, "told_twice", s->told_twice);
    u64(w, "other_services", s->elsewhere);
    u64(w, "not_grouped", s->spilled);
}

static void damage(w403_json_writer *w, const w403_survey *s)
{
    w403_jw_key(w, "damage");
    w403_jw_array(w);
    for (size_t i = 0; i < s->n_damage; i++) {
        w403_jw_object(w);
        cstr(w, "file", s->damage[i].source);
        u64(w, "offset", s->damage[i].offset);
        cstr(w, "message", s->damage[i].message);
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
    u64(&w, "format", 1);
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
    w403_jw_end_object(&w);
    w403_buf_putc(p->out, '\n');
}

void w403_logs_csv(const w403_logs_page *p)
{
    const w403_survey *s = p->survey;
    w403_buf_puts(p->out, "Count,Cause,Kind,Principal,Action,Resource,First,Last,RateBefore,RateAfter,Reported,Snapshot,"
                          "Statement,ChangeEvent,ChangeTarget,ChangeActor,ChangeTime,Proof,ChangeStatement,Requests\n");
    for (size_t i = 0; i < s->n_groups; i++) {
        const w403_cause_group *g = &s->groups[i];
        const w403_log_change  *c = g->began.change;
        w403_view               none = {NULL, 0};
        w403_view fields[] = {w403_view_of(g->cause ? g->cause : "unknown"), w403_view_of(w403_denial_name(g->denial)),
                              g->principal, g->action, g->resource, w403_instant_format(p->arena, g->first),
                              w403_instant_format(p->arena, g->last), w403_arena_printf(p->arena, "%.3f", g->rate_before),
                              w403_arena_printf(p->arena, "%.3f", g->rate_after),
                              w403_view_of(g->reported ? g->reported : ""), w403_view_of(g->decided ? g->decided : ""),
                              g->statement, c ? w403_view_of(c->kind->event) : none, c ? c->target : none,
                              c ? c->actor : none, c ? w403_instant_format(p->arena, c->time) : none,
                              w403_view_of(c ? w403_proof_name(g->began.proof) : ""), g->began.statement,
                              w403_arena_printf(p->arena, "%s %s %s", g->samples[0].id, g->samples[1].id, g->samples[2].id)};
        w403_buf_printf(p->out, "%llu,", (unsigned long long)g->count);
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            w403_logs_field(p->out, w403_view_trim(fields[f]), f + 1 < sizeof fields / sizeof *fields ? ',' : '\n');
        }
    }
}
