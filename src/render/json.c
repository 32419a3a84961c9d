/* The result for programs: one object on one line (docs/json.md). Names are only ever added. Single values are null where
 * there is nothing to say, lists are empty. */
#include "render/evidence.h"
#include "render/fixes.h"
#include "render/json_parts.h"
#include "render/warnings.h"

/* ---- places ---- */

static void statement(w403_answer_writer *w, const w403_match *m)
{
    w403_jw_key(&w->jw, "statement");
    if (!m || !m->statement) {
        w403_jw_null(&w->jw);
        return;
    }
    w403_jw_object(&w->jw);
    w403_json_statement(w, m->statement);
    w403_jw_end_object(&w->jw);
}

static void blame(w403_answer_writer *w, const w403_blame *b)
{
    w403_jw_object(&w->jw);
    w403_jw_text_or_null(&w->jw, "policy", b->policy->doc.source);
    w403_json_place(w, b->policy, b->span);
    w403_jw_text_or_null(&w->jw, "label", b->label);
    w403_jw_end_object(&w->jw);
}

/* ---- causes ---- */

static void cause_members(w403_answer_writer *w, const w403_cause *c)
{
    w403_jw_word_or_null(&w->jw, "cause", c->id);
    w403_jw_text_or_null(&w->jw, "action", c->action);
    w403_jw_text_or_null(&w->jw, "resource", c->resource);
    statement(w, c->match);
}

static void cause(w403_answer_writer *w, const w403_answer_cause *rc)
{
    const w403_cause *c = rc->cause;
    w403_jw_object(&w->jw);
    cause_members(w, c);
    w403_jw_text_or_null(&w->jw, "sentence", c->sentence);
    w403_jw_word_or_null(&w->jw, "element", w403_json_element_name(c->element));
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
        w403_jw_word_or_null(&w->jw, "layer", w403_layer_name(c->layer->kind));
    }
    if (c->gate) {
        w403_jw_text_or_null(&w->jw, "detail", c->gate->detail);
        w403_jw_text_or_null(&w->jw, "source", c->gate->source);
    }
    w403_jw_word_or_null(&w->jw, "page", rc->info ? rc->info->page : NULL);
    w403_jw_end_object(&w->jw);
}

/* ---- checks and gates ---- */

static void check(w403_answer_writer *w, const w403_check *c)
{
    static const char *const needs[] = {[W403_NEED_REQUIRED] = "required",
                                        [W403_NEED_DISPUTED] = "disputed",
                                        [W403_NEED_RESPONSE_ONLY] = "response-only",
                                        [W403_NEED_STATUS_ONLY] = "status-only"};
    w403_jw_object(&w->jw);
    w403_jw_text_or_null(&w->jw, "action", c->action);
    w403_jw_text_or_null(&w->jw, "resource", c->resource);
    w403_jw_word_or_null(&w->jw, "decision", w403_verdict_name(c->verdict));
    w403_jw_word_or_null(&w->jw, "need", c->need < sizeof needs / sizeof *needs ? needs[c->need] : NULL);
    w403_jw_text_or_null(&w->jw, "reason", c->reason);
    w403_json_layers(w, c);
    if (w->with & W403_WITH_CONTEXT) {
        w403_json_context(w, c);
    }
    w403_jw_end_object(&w->jw);
}

static void gates(w403_answer_writer *w, const w403_decision *d)
{
    w403_jw_key(&w->jw, "gates");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < d->n_gates; i++) {
        const w403_gate *g = &d->gates[i];
        w403_jw_object(&w->jw);
        w403_jw_word_or_null(&w->jw, "cause", g->cause);
        w403_jw_word_or_null(&w->jw, "closed", w403_json_tri(g->closed));
        w403_jw_number(&w->jw, "status", g->status > 0 ? (uint64_t)g->status : 0);
        w403_jw_text_or_null(&w->jw, "detail", g->detail);
        w403_jw_text_or_null(&w->jw, "source", g->source);
        w403_jw_end_object(&w->jw);
    }
    w403_jw_end_array(&w->jw);
}

/* ---- the whole ---- */

static void reported(w403_answer_writer *w)
{
    const w403_answer *r = w->answer;
    if (r->n_causes > 0) {
        cause_members(w, r->causes[0].cause);
        return;
    }
    w403_jw_word_or_null(&w->jw, "cause", NULL);
    w403_jw_text_or_null(&w->jw, "action", r->check ? r->check->action : r->request->action);
    w403_jw_text_or_null(&w->jw, "resource", r->check ? r->check->resource : r->request->resource);
    statement(w, NULL);
}

static void lists(w403_answer_writer *w, const w403_decision *d)
{
    w403_jw_key(&w->jw, "causes");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < w->answer->n_causes; i++) {
        cause(w, &w->answer->causes[i]);
    }
    w403_jw_end_array(&w->jw);
    if (!(w->with & W403_WITHOUT_LAYERS)) {
        w403_json_layers(w, w->answer->check); /* the reported ones once more */
    }
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
    w403_answer_writer w = {.answer = &answer, .with = opt->with | (opt->full ? W403_WITH_NEAR : 0)};
    w403_jw_init(&w.jw, out, false);
    w403_jw_object(&w.jw);
    w403_jw_number(&w.jw, "format", 1);
    w403_json_request(&w, answer.request);
    w403_jw_word_or_null(&w.jw, "decision", w403_verdict_name(d->verdict));
    w403_jw_key(&w.jw, "status");
    w403_jw_i64(&w.jw, d->status);
    w403_jw_word_or_null(&w.jw, "error_code", d->error_code);
    reported(&w);
    lists(&w, d);
    w403_jw_text_or_null(&w.jw, "message", answer.message);
    w403_fixes_json(&w.jw, in->fixes, w.with & W403_WITH_CHANGED);
    w403_jw_texts(&w.jw, "assumptions", d->assumptions, d->n_assumptions);
    w403_jw_texts(&w.jw, "unknown", d->unknown, d->n_unknown);
    w403_jw_texts(&w.jw, "settle", d->settle, d->n_settle);
    w403_jw_texts(&w.jw, "notes", d->notes, d->n_notes);
    if (w.with & W403_WITH_BRANCHES) {
        w403_json_branches(&w);
    }
    if (w.with & W403_WITH_DOCUMENTS) {
        w403_json_documents(&w);
    }
    w403_evidence_json(&w.jw, in->evidence);
    w403_warnings_json(&w.jw, in->warnings);
    w403_jw_end_object(&w.jw);
    w403_buf_putc(out, '\n');
    w403_answer_close(&answer);
    W403_NEED(w403_buf_ok(out), err);
    return W403_OK;
}
