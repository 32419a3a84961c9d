#include "evidence/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "words/words.h"

const char *w403_evidence_kind_name(w403_evidence_kind k)
{
    static const char *const names[W403_EVIDENCE_KINDS] = {
        [W403_EVIDENCE_ERROR] = "error text",      [W403_EVIDENCE_EVENT] = "CloudTrail event",
        [W403_EVIDENCE_LOG_LINE] = "access log line", [W403_EVIDENCE_COMMAND] = "command",
        [W403_EVIDENCE_CURL] = "HTTP request",     [W403_EVIDENCE_CREDENTIALS] = "credentials",
        [W403_EVIDENCE_SESSION] = "session",
        [W403_EVIDENCE_AUTOMATION] = "runbook execution",
    };
    return (unsigned)k < W403_EVIDENCE_KINDS ? names[k] : "evidence";
}

const char *w403_evidence_kind_title(w403_evidence_kind k)
{
    static const char *const titles[W403_EVIDENCE_KINDS] = {
        [W403_EVIDENCE_ERROR] = N_("From the error text"),
        [W403_EVIDENCE_EVENT] = N_("From the CloudTrail event"),
        [W403_EVIDENCE_LOG_LINE] = N_("From the access log line"),
        [W403_EVIDENCE_COMMAND] = N_("From the command"),
        [W403_EVIDENCE_CURL] = N_("From the HTTP request"),
        [W403_EVIDENCE_CREDENTIALS] = N_("From the credentials"),
        [W403_EVIDENCE_SESSION] = N_("From the session"),
        [W403_EVIDENCE_AUTOMATION] = N_("From the runbook execution"),
    };
    return (unsigned)k < W403_EVIDENCE_KINDS ? titles[k] : "";
}

void w403_build_init(w403_build *b, w403_arena *arena, w403_evidence *out, w403_evidence_kind kind)
{
    memset(b, 0, sizeof *b);
    memset(out, 0, sizeof *out);
    b->arena = arena;
    b->out = out;
    out->kind = kind;
    out->identity.as_expected = W403_UNKNOWN;
    out->session.mfa = W403_UNKNOWN;
}

static w403_view vprintf_in(w403_build *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

static w403_view vprintf_in(w403_build *b, const char *fmt, va_list ap)
{
    w403_view v = w403_arena_vprintf(b->arena, fmt, ap);
    b->failed |= v.p == NULL;
    return v;
}

w403_view w403_build_printf(w403_build *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    w403_view v = vprintf_in(b, fmt, ap);
    va_end(ap);
    return v;
}

static void add_fact(w403_build *b, const char *name, w403_view value, const char *from, bool inferred)
{
    if (value.n == 0) {
        return;
    }
    for (size_t i = 0; i < b->facts.n; i++) {
        if (strcmp(b->facts.at[i].name, name) == 0 && w403_view_eq(b->facts.at[i].value, value)) {
            return;
        }
    }
    w403_evidence_fact *f = W403_PUSH(b->arena, &b->facts);
    if (!f) {
        b->failed = true;
        return;
    }
    *f = (w403_evidence_fact){.name = name, .value = value, .inferred = inferred, .from = w403_view_of(from)};
}

void w403_build_said(w403_build *b, const char *name, w403_view value, const char *from)
{
    add_fact(b, name, value, from, false);
}

void w403_build_inferred(w403_build *b, const char *name, w403_view value, const char *from)
{
    add_fact(b, name, value, from, true);
}

void w403_build_missing(w403_build *b, const char *name, const char *option, const char *why)
{
    for (size_t i = 0; i < b->missing.n; i++) {
        if (strcmp(b->missing.at[i].name, name) == 0) {
            return;
        }
    }
    w403_missing *m = W403_PUSH(b->arena, &b->missing);
    if (!m) {
        b->failed = true;
        return;
    }
    *m = (w403_missing){.name = name, .option = option, .why = w403_view_of(why)};
}

void w403_build_note(w403_build *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    w403_view text = vprintf_in(b, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < b->notes.n; i++) {
        if (w403_view_eq(b->notes.at[i], text)) {
            return;
        }
    }
    w403_view *v = W403_PUSH(b->arena, &b->notes);
    if (!v) {
        b->failed = true;
        return;
    }
    *v = text;
}

void w403_build_reading(w403_build *b, const w403_request *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    w403_view why = vprintf_in(b, fmt, ap);
    va_end(ap);
    w403_reading *reading = W403_PUSH(b->arena, &b->readings);
    if (!reading) {
        b->failed = true;
        return;
    }
    *reading = (w403_reading){.request = *r, .why = why};
}

void w403_build_pair(w403_build *b, w403_pairs *list, w403_view name, w403_view value)
{
    w403_pair *p = W403_PUSH(b->arena, list);
    if (!p) {
        b->failed = true;
        return;
    }
    *p = (w403_pair){.name = name, .value = value.p ? value : W403_LIT("")};
}

void w403_build_header(w403_build *b, w403_pairs *list, w403_view name, w403_view value)
{
    char *low = w403_arena_alloc(b->arena, name.n ? name.n : 1);
    if (!low) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < name.n; i++) {
        low[i] = w403_lower(name.p[i]);
    }
    w403_build_pair(b, list, (w403_view){low, name.n}, value);
}

const w403_pair *w403_pairs_get(const w403_pairs *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_ieq(list->at[i].name, w403_view_of(name))) {
            return &list->at[i];
        }
    }
    return NULL;
}

static w403_context_entry *add_context(w403_build *b, w403_contexts *list, const char *key)
{
    w403_context_entry *e = NULL;
    for (size_t i = 0; i < list->n && !e; i++) {
        if (w403_view_ieq(list->at[i].key, w403_view_of(key))) {
            e = &list->at[i]; /* what is said later is said better */
        }
    }
    e = e ? e : W403_PUSH(b->arena, list);
    if (!e) {
        b->failed = true;
        return NULL;
    }
    *e = (w403_context_entry){0};
    e->key = w403_view_of(key);
    return e;
}

void w403_build_context(w403_build *b, w403_contexts *list, const char *key, w403_view value)
{
    if (!value.p) {
        return;
    }
    w403_view *values = W403_NEW(b->arena, w403_view);
    if (!values) {
        b->failed = true;
        return;
    }
    *values = value;
    w403_context_entry *e = add_context(b, list, key);
    if (e) {
        e->present = W403_YES;
        e->values = values;
        e->n_values = 1;
    }
}

void w403_build_context_state(w403_build *b, w403_contexts *list, const char *key, w403_tri present)
{
    w403_context_entry *e = add_context(b, list, key);
    if (e) {
        e->present = present;
    }
}

void w403_build_claim(w403_build *b, const char *cause)
{
    w403_reported *r = &b->out->reported;
    for (unsigned i = 0; i < r->n_causes; i++) {
        if (strcmp(r->causes[i], cause) == 0) {
            return;
        }
    }
    if (r->n_causes < W403_CLAIMS_MAX) {
        r->causes[r->n_causes++] = cause;
    }
}

void w403_build_cause(w403_build *b, const w403_cause_info *info, const char *note)
{
    w403_build_claim(b, info->id);
    b->out->reported.certain = true;
    if (info->way_out[0]) {
        b->out->refused = note && note[0] ? w403_build_printf(b, "%s (%s): %s", info->title, note, info->way_out)
                                          : w403_build_printf(b, "%s: %s", info->title, info->way_out);
    }
}

const w403_code *w403_build_code(w403_build *b, w403_view code)
{
    w403_reported   *r = &b->out->reported;
    const w403_code *c = w403_code_find(code);
    if (!c) {
        return NULL;
    }
    if (!r->status) {
        r->status = c->status;
    }
    if (r->n_causes == 0 && c->cause < W403_CAUSE_COUNT) {
        w403_build_cause(b, w403_cause_info_at(c->cause), c->note);
    }
    return c;
}

w403_status w403_build_finish(w403_build *b, w403_error *err)
{
    W403_NEED(!b->failed, err);
    w403_evidence *e = b->out;
    e->readings = b->readings.at;
    e->n_readings = b->readings.n;
    e->facts = b->facts.at;
    e->n_facts = b->facts.n;
    e->missing = b->missing.at;
    e->n_missing = b->missing.n;
    e->notes = b->notes.at;
    e->n_notes = b->notes.n;
    return W403_OK;
}
