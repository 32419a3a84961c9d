/* The result for programs: one object on one line (design 6). Names are only ever added. Single values are null where
 * there is nothing to say, lists are empty. */
#include "json/json.h"

#include "render/answer.h"
#include "render/evidence.h"
#include "render/fixes.h"
#include "render/warnings.h"

typedef struct writer {
    w403_json_writer jw;
    const w403_answer *answer;
    bool full;
} writer;

/* ---- small things ---- */

static void text(writer *w, const char *name, w403_view v)
{
    w403_jw_key(&w->jw, name);
    if (v.p) {
        w403_jw_str(&w->jw, v);
    } else {
        w403_jw_null(&w->jw);
    }
}

static void word(writer *w, const char *name, const char *s)
{
    text(w, name, w403_view_of(s));
}

static void number(writer *w, const char *name, uint64_t n)
{
    w403_jw_key(&w->jw, name);
    w403_jw_u64(&w->jw, n);
}

static void strings(writer *w, const char *name, const w403_view *at, uint32_t n)
{
    w403_jw_key(&w->jw, name);
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        w403_jw_str(&w->jw, at[i]);
    }
    w403_jw_end_array(&w->jw);
}

static const char *tri_word(unsigned t)
{
    return t == W403_YES ? "yes" : t == W403_NO ? "no" : "unknown";
}

/* ---- places ---- */

static void place(writer *w, const w403_policy *p, w403_span span)
{
    w403_place at = w403_answer_place(p->doc.text, span);
    number(w, "offset", span.off);
    number(w, "length", span.len);
    number(w, "line", at.line);
    number(w, "column", at.column);
}

/* Positions of a document that was a JSON string in a file are those of the decoded document. */
static void statement_members(writer *w, const w403_statement *s)
{
    const w403_policy *p = s->policy;
    text(w, "policy", p->doc.source);
    text(w, "sid", s->sid);
    number(w, "index", s->index);
    place(w, p, s->span);
    if (p->name.n > 0) {
        text(w, "name", p->name);
    }
    if (p->arn.n > 0) {
        text(w, "arn", p->arn);
    }
    if (p->embedded) {
        w403_jw_flag(&w->jw, "embedded", true);
        text(w, "file", p->file);
    }
}

static void statement(writer *w, const w403_match *m)
{
    w403_jw_key(&w->jw, "statement");
    if (!m || !m->statement) {
        w403_jw_null(&w->jw);
        return;
    }
    w403_jw_object(&w->jw);
    statement_members(w, m->statement);
    w403_jw_end_object(&w->jw);
}

static void blame(writer *w, const w403_blame *b)
{
    w403_jw_object(&w->jw);
    text(w, "policy", b->policy->doc.source);
    place(w, b->policy, b->span);
    text(w, "label", b->label);
    w403_jw_end_object(&w->jw);
}

/* ---- causes ---- */

static const char *element_name(w403_element e)
{
    static const char *const names[] = {
        [W403_ELEMENT_NONE] = NULL,
        [W403_ELEMENT_STATEMENT] = "Statement",
        [W403_ELEMENT_PRINCIPAL] = "Principal",
        [W403_ELEMENT_ACTION] = "Action",
        [W403_ELEMENT_RESOURCE] = "Resource",
        [W403_ELEMENT_CONDITION] = "Condition",
    };
    return (size_t)e < sizeof names / sizeof *names ? names[e] : NULL;
}

static void cause_members(writer *w, const w403_cause *c)
{
    word(w, "cause", c->id);
    text(w, "action", c->action);
    text(w, "resource", c->resource);
    statement(w, c->match);
}

static void cause(writer *w, const w403_answer_cause *rc)
{
    const w403_cause *c = rc->cause;
    w403_jw_object(&w->jw);
    cause_members(w, c);
    text(w, "sentence", c->sentence);
    word(w, "element", element_name(c->element));
    w403_jw_key(&w->jw, "blame");
    if (rc->n_blames > 0) {
        blame(w, &rc->blames[0]);
    } else {
        w403_jw_null(&w->jw);
    }
    w403_jw_key(&w->jw, "blames");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < rc->n_blames; i++) {
        blame(w, &rc->blames[i]);
    }
    w403_jw_end_array(&w->jw);
    if (c->layer) {
        word(w, "layer", w403_layer_name(c->layer->kind));
    }
    if (c->gate) {
        text(w, "detail", c->gate->detail);
        text(w, "source", c->gate->source);
    }
    word(w, "page", rc->info ? rc->info->page : NULL);
    w403_jw_end_object(&w->jw);
}

/* ---- layers ---- */

static void match(writer *w, const w403_check *check, const w403_layer *l, const w403_match *m, bool near)
{
    w403_jw_object(&w->jw);
    if (m->statement) {
        statement_members(w, m->statement);
        word(w, "effect", m->deny ? "Deny" : "Allow");
    } else {
        text(w, "grant", w403_answer_match(w->answer, l, m));
    }
    word(w, "matches", tri_word(m->verdict));
    if (near || m->verdict == W403_UNKNOWN) {
        word(w, "element", element_name((w403_element)m->failed));
        text(w, "why", m->statement ? w403_match_why(check, m, w->answer->arena) : (w403_view){NULL, 0});
    }
    w403_jw_end_object(&w->jw);
}

/* The statements of `n` layers, one list. */
static void matches(writer *w, const w403_check *check, const w403_layer *l, uint32_t n)
{
    w403_jw_key(&w->jw, "statements");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t m = 0; m < l[i].n_matches; m++) {
            match(w, check, &l[i], &l[i].matches[m], false);
        }
    }
    w403_jw_end_array(&w->jw);
    if (!w->full) {
        return;
    }
    w403_jw_key(&w->jw, "near");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t m = 0; m < l[i].n_near; m++) {
            match(w, check, &l[i], &l[i].near[m], true);
        }
    }
    w403_jw_end_array(&w->jw);
}

static void level(writer *w, const w403_check *check, const w403_layer *l)
{
    w403_jw_object(&w->jw);
    text(w, "level", l->level);
    word(w, "verdict", w403_layer_verdict_name(l->verdict));
    text(w, "source", l->source);
    if (l->unknown.n > 0) {
        text(w, "unknown", l->unknown);
    }
    matches(w, check, l, 1);
    w403_jw_end_object(&w->jw);
}

static void row(writer *w, const w403_check *check, const w403_row *r)
{
    bool leveled = r->kind == W403_LAYER_SCP || r->kind == W403_LAYER_RCP;
    w403_jw_object(&w->jw);
    word(w, "layer", w403_layer_name(r->kind));
    word(w, "verdict", w403_layer_verdict_name(r->verdict));
    if (!leveled) {
        text(w, "source", r->layers->source);
        if (r->layers->unknown.n > 0) {
            text(w, "unknown", r->layers->unknown);
        }
    }
    matches(w, check, r->layers, r->n_layers);
    if (leveled) {
        w403_jw_key(&w->jw, "levels");
        w403_jw_array(&w->jw);
        for (uint32_t i = 0; i < r->n_layers; i++) {
            level(w, check, &r->layers[i]);
        }
        w403_jw_end_array(&w->jw);
    }
    w403_jw_end_object(&w->jw);
}

static void layers(writer *w, const w403_check *check)
{
    w403_row r;
    w403_jw_key(&w->jw, "layers");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; w403_answer_row(w->answer, check, &i, &r);) {
        row(w, check, &r);
    }
    w403_jw_end_array(&w->jw);
}

/* ---- checks and gates ---- */

static void check(writer *w, const w403_check *c)
{
    static const char *const needs[] = {[W403_NEED_REQUIRED] = "required",
                                        [W403_NEED_DISPUTED] = "disputed",
                                        [W403_NEED_RESPONSE_ONLY] = "response-only",
                                        [W403_NEED_STATUS_ONLY] = "status-only"};
    w403_jw_object(&w->jw);
    text(w, "action", c->action);
    text(w, "resource", c->resource);
    word(w, "decision", w403_verdict_name(c->verdict));
    word(w, "need", c->need < sizeof needs / sizeof *needs ? needs[c->need] : NULL);
    text(w, "reason", c->reason);
    layers(w, c);
    w403_jw_end_object(&w->jw);
}

static void gates(writer *w, const w403_decision *d)
{
    w403_jw_key(&w->jw, "gates");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        w403_jw_object(&w->jw);
        word(w, "cause", g->cause);
        word(w, "closed", tri_word(g->closed));
        number(w, "status", g->status > 0 ? (uint64_t)g->status : 0);
        text(w, "detail", g->detail);
        text(w, "source", g->source);
        w403_jw_end_object(&w->jw);
    }
    w403_jw_end_array(&w->jw);
}

/* ---- the whole ---- */

/* What was asked, as it was understood: an answer alone says what it is an answer to. */
static void asked(writer *w, const w403_request *r)
{
    const struct {
        const char *name;
        w403_view value;
    } texts[] = {{"operation", r->operation}, {"action", r->action}, {"resource", r->resource}, {"principal", r->principal},
                 {"from", r->from}, {"via", r->via}, {"at", r->at}, {"version_id", r->version_id}};
    const struct {
        const char *name;
        const w403_pair *at;
        size_t n;
    } lists[] = {{"headers", r->headers, r->n_headers}, {"query", r->query, r->n_query}};
    static const char *const secrets[] = {"authorization", "x-amz-security-token", "x-amz-signature", "x-amz-credential", "cookie"};
    w403_jw_key(&w->jw, "request");
    w403_jw_object(&w->jw);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i].value.n > 0) {
            text(w, texts[i].name, texts[i].value);
        }
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (lists[i].n == 0) {
            continue;
        }
        w403_jw_key(&w->jw, lists[i].name);
        w403_jw_array(&w->jw);
        for (size_t k = 0; k < lists[i].n; k++) { /* pairs: a name may stand there twice */
            bool secret = w403_view_find(lists[i].at[k].name, W403_LIT("customer-key")) != SIZE_MAX;
            for (size_t s = 0; s < sizeof secrets / sizeof *secrets && !secret; s++) {
                secret = w403_view_ieq(lists[i].at[k].name, w403_view_of(secrets[s]));
            }
            if (secret) {
                continue;
            }
            w403_jw_array(&w->jw);
            w403_jw_str(&w->jw, lists[i].at[k].name);
            w403_jw_str(&w->jw, lists[i].at[k].value);
            w403_jw_end_array(&w->jw);
        }
        w403_jw_end_array(&w->jw);
    }
    w403_jw_end_object(&w->jw);
}

static void reported(writer *w)
{
    const w403_answer *r = w->answer;
    if (r->n_causes > 0) {
        cause_members(w, r->causes[0].cause);
        return;
    }
    word(w, "cause", NULL);
    text(w, "action", r->check ? r->check->action : r->request->action);
    text(w, "resource", r->check ? r->check->resource : r->request->resource);
    statement(w, NULL);
}

static void lists(writer *w, const w403_decision *d)
{
    w403_jw_key(&w->jw, "causes");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < w->answer->n_causes; i++) {
        cause(w, &w->answer->causes[i]);
    }
    w403_jw_end_array(&w->jw);
    layers(w, w->answer->check);
    w403_jw_key(&w->jw, "checks");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < d->n_checks; i++) {
        check(w, &d->checks[i]);
    }
    w403_jw_end_array(&w->jw);
    gates(w, d);
}

w403_status w403_render_json(w403_buf *out, const w403_render_input *in, const w403_render_options *opt,
                             w403_error *err)
{
    w403_answer answer;
    W403_TRY(w403_answer_open(&answer, in, err));
    const w403_decision *d = in->decision;
    writer w = {.answer = &answer, .full = opt->full};
    w403_jw_init(&w.jw, out, false);
    w403_jw_object(&w.jw);
    number(&w, "format", 1);
    asked(&w, answer.request);
    word(&w, "decision", w403_verdict_name(d->verdict));
    w403_jw_key(&w.jw, "status");
    w403_jw_i64(&w.jw, d->status);
    word(&w, "error_code", d->error_code);
    reported(&w);
    lists(&w, d);
    text(&w, "message", answer.message);
    w403_fixes_json(&w.jw, in->fixes);
    strings(&w, "assumptions", d->assumptions, d->n_assumptions);
    strings(&w, "unknown", d->unknown, d->n_unknown);
    strings(&w, "settle", d->settle, d->n_settle);
    strings(&w, "notes", d->notes, d->n_notes);
    w403_evidence_json(&w.jw, in->evidence);
    w403_warnings_json(&w.jw, in->warnings);
    w403_jw_end_object(&w.jw);
    w403_buf_putc(out, '\n');
    w403_answer_close(&answer);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}
