#include "render/evidence.h"

static void text(w403_json_writer *w, const char *name, w403_view v)
{
    w403_jw_key(w, name);
    if (v.p) {
        w403_jw_str(w, v);
    } else {
        w403_jw_null(w);
    }
}

static void word(w403_json_writer *w, const char *name, const char *s)
{
    text(w, name, w403_view_of(s));
}

static void truth(w403_json_writer *w, const char *name, bool v)
{
    w403_jw_key(w, name);
    w403_jw_bool(w, v);
}

static void facts(w403_json_writer *w, const w403_evidence *e)
{
    w403_jw_key(w, "facts");
    w403_jw_array(w);
    for (size_t i = 0; i < e->n_facts; i++) {
        const w403_evidence_fact *f = &e->facts[i];
        w403_jw_object(w);
        word(w, "name", f->name);
        text(w, "value", f->value);
        truth(w, "inferred", f->inferred);
        text(w, "from", f->from);
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
        word(w, "kind", w403_evidence_kind_name(s->kind));
        facts(w, s);
        w403_jw_key(w, "notes");
        w403_jw_array(w);
        for (size_t k = 0; k < s->n_notes; k++) {
            w403_jw_str(w, s->notes[k]);
        }
        w403_jw_end_array(w);
        text(w, "refused", s->refused);
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
        word(w, "name", e->missing[i].name);
        word(w, "option", e->missing[i].option);
        text(w, "why", e->missing[i].why);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
}

static void readings(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "readings");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_readings; i++) {
        const w403_render_reading *r = &e->readings[i];
        w403_jw_object(w);
        text(w, "operation", r->request->operation);
        text(w, "action", r->request->action);
        text(w, "resource", r->request->resource);
        text(w, "principal", r->request->principal);
        text(w, "why", r->why);
        word(w, "decision", r->decided ? w403_verdict_name(r->verdict) : NULL);
        word(w, "cause", r->cause);
        truth(w, "chosen", r->chosen);
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
    word(w, "form", forms[r->form]);
    w403_jw_key(w, "causes");
    w403_jw_array(w);
    for (unsigned i = 0; i < r->n_causes; i++) {
        w403_jw_cstr(w, r->causes[i]);
    }
    w403_jw_end_array(w);
    truth(w, "certain", r->certain);
    word(w, "layer", r->layer);
    truth(w, "explicit_deny", r->explicit_deny);
    w403_jw_key(w, "status");
    w403_jw_i64(w, r->status);
    text(w, "error_code", r->error_code);
    text(w, "message", r->message);
    text(w, "operation", r->operation);
    text(w, "action", r->action);
    text(w, "resource", r->resource);
    text(w, "principal", r->principal);
    text(w, "policy_arn", r->policy_arn);
    text(w, "request_id", r->request_id);
    text(w, "host_id", r->host_id);
    text(w, "inventory_date", r->inventory_date);
    w403_jw_end_object(w);
}

static void looks(w403_json_writer *w, const w403_render_evidence *e)
{
    w403_jw_key(w, "look");
    w403_jw_array(w);
    for (uint32_t i = 0; i < e->n_looks; i++) {
        w403_jw_object(w);
        word(w, "what", e->looks[i].what);
        text(w, "command", e->looks[i].command);
        word(w, "changed_by", e->looks[i].changes);
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
    truth(w, "judged", e->judged);
    word(w, "agreement", e->agreement);
    text(w, "compared", e->compared);
    looks(w, e);
    w403_jw_end_object(w);
}
