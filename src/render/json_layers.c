/* Layers and statements of the JSON answer. */
#include "render/json_parts.h"

const char *w403_json_tri(unsigned t)
{
    return t == W403_YES ? "yes" : t == W403_NO ? "no" : "unknown";
}

const char *w403_json_element_name(w403_element e)
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

/* ---- places ---- */

void w403_json_place(w403_answer_writer *w, const w403_policy *p, w403_span span)
{
    w403_place at = w403_answer_place(p->doc.text, span);
    w403_jw_number(&w->jw, "offset", span.off);
    w403_jw_number(&w->jw, "length", span.len);
    w403_jw_number(&w->jw, "line", at.line);
    w403_jw_number(&w->jw, "column", at.column);
}

/* Positions of a document that was a JSON string in a file are those of the decoded document. */
void w403_json_statement(w403_answer_writer *w, const w403_statement *s)
{
    const w403_policy *p = s->policy;
    w403_jw_text_or_null(&w->jw, "policy", p->doc.source);
    w403_jw_text_or_null(&w->jw, "sid", s->sid);
    w403_jw_number(&w->jw, "index", s->index);
    w403_json_place(w, p, s->span);
    if (p->name.n > 0) {
        w403_jw_text_or_null(&w->jw, "name", p->name);
    }
    if (p->arn.n > 0) {
        w403_jw_text_or_null(&w->jw, "arn", p->arn);
    }
    if (p->embedded) {
        w403_jw_flag(&w->jw, "embedded", true);
        w403_jw_text_or_null(&w->jw, "file", p->file);
    }
}

/* ---- layers ---- */

static void match(w403_answer_writer *w, const w403_check *check, const w403_layer *l, const w403_match *m, bool near)
{
    w403_jw_object(&w->jw);
    if (m->statement) {
        w403_json_statement(w, m->statement);
        w403_jw_word_or_null(&w->jw, "effect", m->deny ? "Deny" : "Allow");
        if (w->with & W403_WITH_DOCUMENTS) {
            w403_jw_text_or_null(&w->jw, "document", w403_json_document_name(w, m->statement->policy));
        }
    } else {
        w403_jw_text_or_null(&w->jw, "grant", w403_answer_match(w->answer, l, m));
    }
    w403_jw_word_or_null(&w->jw, "matches", w403_json_tri(m->verdict));
    if (near || m->verdict == W403_UNKNOWN) {
        w403_jw_word_or_null(&w->jw, "element", w403_json_element_name((w403_element)m->failed));
        w403_jw_text_or_null(&w->jw, "why", m->statement ? w403_match_why(check, m, w->answer->arena) : (w403_view){NULL, 0});
    }
    if (w->with & W403_WITH_ELEMENTS && m->statement) {
        w403_json_elements(w, check, m);
    }
    w403_jw_end_object(&w->jw);
}

/* The statements of `n` layers, one list. */
static void matches(w403_answer_writer *w, const w403_check *check, const w403_layer *l, uint32_t n)
{
    w403_jw_key(&w->jw, "statements");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t m = 0; m < l[i].n_matches; m++) {
            match(w, check, &l[i], &l[i].matches[m], false);
        }
    }
    w403_jw_end_array(&w->jw);
    if (!(w->with & W403_WITH_NEAR)) {
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

static void level(w403_answer_writer *w, const w403_check *check, const w403_layer *l)
{
    w403_jw_object(&w->jw);
    w403_jw_text_or_null(&w->jw, "level", l->level);
    w403_jw_word_or_null(&w->jw, "verdict", w403_layer_verdict_name(l->verdict));
    w403_jw_text_or_null(&w->jw, "said", w403_answer_said(w->answer, check, l));
    w403_jw_text_or_null(&w->jw, "source", l->source);
    if (l->unknown.n > 0) {
        w403_jw_text_or_null(&w->jw, "unknown", l->unknown);
    }
    matches(w, check, l, 1);
    w403_jw_end_object(&w->jw);
}

/* What the level that the verdict is of said. */
static w403_view row_said(const w403_answer_writer *w, const w403_check *check, const w403_row *r)
{
    uint32_t at = 0;
    if (r->verdict == W403_LAYER_NOT_APPLICABLE) {
        return w403_layer_absence(check, r->kind, w->answer->arena);
    }
    while (at + 1 < r->n_layers && r->layers[at].verdict != r->verdict) {
        at++;
    }
    return w403_answer_said(w->answer, check, &r->layers[at]);
}

static void row(w403_answer_writer *w, const w403_check *check, const w403_row *r)
{
    bool leveled = r->kind == W403_LAYER_SCP || r->kind == W403_LAYER_RCP;
    w403_jw_object(&w->jw);
    w403_jw_word_or_null(&w->jw, "layer", w403_layer_name(r->kind));
    w403_jw_word_or_null(&w->jw, "verdict", w403_layer_verdict_name(r->verdict));
    w403_jw_text_or_null(&w->jw, "said", row_said(w, check, r));
    if (!leveled) {
        w403_jw_text_or_null(&w->jw, "source", r->layers->source);
        if (r->layers->unknown.n > 0) {
            w403_jw_text_or_null(&w->jw, "unknown", r->layers->unknown);
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

/* A kind of layer that has no say in this permission. */
static void not_in_play(w403_answer_writer *w, const w403_check *check, w403_layer_kind kind)
{
    w403_jw_object(&w->jw);
    w403_jw_word_or_null(&w->jw, "layer", w403_layer_name(kind));
    w403_jw_word_or_null(&w->jw, "verdict", w403_layer_verdict_name(W403_LAYER_NOT_APPLICABLE));
    w403_jw_text_or_null(&w->jw, "said", w403_layer_absence(check, kind, w->answer->arena));
    w403_jw_text_or_null(&w->jw, "source", (w403_view){NULL, 0});
    w403_jw_texts(&w->jw, "statements", NULL, 0);
    w403_jw_end_object(&w->jw);
}

void w403_json_layers(w403_answer_writer *w, const w403_check *check)
{
    w403_row r;
    unsigned next = 0; /* the layers of a check stand in the order of their kinds, or nearly so */
    bool met[W403_LAYERS] = {false}, all = check && w->with & W403_WITH_ALL_LAYERS;
    for (uint32_t i = 0; check && i < check->n_layers; i++) {
        met[check->layers[i].kind] = true;
    }
    w403_jw_key(&w->jw, "layers");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; w403_answer_row(w->answer, check, &i, &r);) {
        for (; all && next < r.kind; next++) {
            if (!met[next]) {
                not_in_play(w, check, (w403_layer_kind)next);
            }
        }
        row(w, check, &r);
    }
    for (; all && next < W403_LAYERS; next++) {
        if (!met[next]) {
            not_in_play(w, check, (w403_layer_kind)next);
        }
    }
    w403_jw_end_array(&w->jw);
}
