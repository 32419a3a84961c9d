#include "render/evidence.h"

static void facts(w403_json_writer *w, const w403_evidence *e)
{
    w403_jw_key(w, "facts");
    w403_jw_array(w);
    for (size_t i = 0; i < e->n_facts; i++) {
        const w403_evidence_fact *f = &e->facts[i];
        w403_jw_object(w);
        w403_jw_word_or_null(w, "name", f->name);
        w403_jw_text_or_null(w, "value", f->value);
        w403_jw_flag(w, "inferred", f->inferred);
        w403_jw_text_or_null(w, "from", f->from);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void sources(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "sources");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_sources; i++) {
        const w403_evidence *s = e->sources[i];
        w403_jw_object(w);
        w403_jw_word_or_null(w, "kind", w403_evidence_kind_name(s->kind));
        facts(w, s);
        w403_jw_key(w, "notes");
        w403_jw_array(w);
        for (size_t k = 0; k < s->n_notes; k++) {
            w403_jw_str(w, s->notes[k]);
        }
        w403_jw_end_array(w);
        w403_jw_text_or_null(w, "refused", s->refused);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void missing(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "missing");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_missing; i++) {
        w403_jw_object(w);
        w403_jw_word_or_null(w, "name", e->missing[i].name);
        w403_jw_word_or_null(w, "option", e->missing[i].option);
        w403_jw_text_or_null(w, "why", e->missing[i].why);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

/* The first of each name: a member stands once. */
static void query(w403_json_writer *w, const w403_request *r)
{
    w403_jw_key(w, "query");
    w403_jw_object(w);
    for (size_t i = 0; i < r->n_query; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again |= w403_view_eq(r->query[k].name, r->query[i].name);
        }
        if (!again) {
            w403_jw_keyv(w, r->query[i].name);
            w403_jw_str(w, r->query[i].value);
        }
    }
    w403_jw_end_object(w);
}

static void readings(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "readings");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_readings; i++) {
        const w403_render_reading *r = &e->readings[i];
        w403_jw_object(w);
        w403_jw_text_or_null(w, "operation", r->request->operation);
        w403_jw_text_or_null(w, "action", r->request->action);
        w403_jw_text_or_null(w, "resource", r->request->resource);
        w403_jw_text_or_null(w, "principal", r->request->principal);
        query(w, r->request);
        w403_jw_text_or_null(w, "why", r->why);
        w403_jw_word_or_null(w, "decision", r->decided ? w403_verdict_name(r->verdict) : NULL);
        w403_jw_word_or_null(w, "cause", r->cause);
        w403_jw_flag(w, "chosen", r->chosen);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void reported(w403_json_writer *w, const w403_reported *r)
{
    static const char *const forms[] = {
        [W403_FORM_NONE] = "none", [W403_FORM_BARE] = "bare", [W403_FORM_ENHANCED] = "enhanced"};
    w403_jw_key(w, "reported");
    if (!r) {
        w403_jw_null(w);
        return;
    }
    w403_jw_object(w);
    w403_jw_word_or_null(w, "form", forms[r->form]);
    w403_jw_key(w, "causes");
    w403_jw_array(w);
    for (unsigned i = 0; i < r->n_causes; i++) {
        w403_jw_cstr(w, r->causes[i]);
    }
    w403_jw_end_array(w);
    w403_jw_flag(w, "certain", r->certain);
    w403_jw_word_or_null(w, "layer", r->layer);
    w403_jw_flag(w, "explicit_deny", r->explicit_deny);
    w403_jw_key(w, "status");
    w403_jw_i64(w, r->status);
    w403_jw_text_or_null(w, "error_code", r->error_code);
    w403_jw_text_or_null(w, "message", r->message);
    w403_jw_text_or_null(w, "operation", r->operation);
    w403_jw_text_or_null(w, "action", r->action);
    w403_jw_text_or_null(w, "resource", r->resource);
    w403_jw_text_or_null(w, "principal", r->principal);
    w403_jw_text_or_null(w, "policy_arn", r->policy_arn);
    w403_jw_text_or_null(w, "request_id", r->request_id);
    w403_jw_text_or_null(w, "host_id", r->host_id);
    w403_jw_text_or_null(w, "inventory_date", r->inventory_date);
    w403_jw_end_object(w);
}

static void looks(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "look");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_looks; i++) {
        w403_jw_object(w);
        w403_jw_word_or_null(w, "what", e->looks[i].what);
        w403_jw_text_or_null(w, "command", e->looks[i].command);
        w403_jw_word_or_null(w, "changed_by", e->looks[i].changes);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

void w403_evidence_json(w403_json_writer *w, const w403_render_evidence *e)
{
    if (!e) {
        return;
    }
    w403_jw_key(w, "evidence");
    w403_jw_object(w);
    sources(w, e);
    missing(w, e);
    readings(w, e);
    reported(w, e->reported);
    w403_jw_flag(w, "judged", e->judged);
    w403_jw_word_or_null(w, "agreement", e->agreement);
    w403_jw_text_or_null(w, "compared", e->compared);
    looks(w, e);
    w403_jw_end_object(w);
}
