/* Members of the JSON answer that are written for those who ask for them: what a page shows beside the verdict. */
#include "base/hash.h"
#include "render/json_parts.h"

void w403_json_elements(w403_answer_writer *w, const w403_check *check, const w403_match *m)
{
    const w403_element_result *at;
    uint32_t n = w403_match_elements(check, m, w->answer->arena, &at);
    w403_jw_key(&w->jw, "elements");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        w403_jw_object(&w->jw);
        w403_jw_word_or_null(&w->jw, "element", w403_json_element_name(at[i].element));
        w403_jw_number(&w->jw, "offset", at[i].span.off);
        w403_jw_number(&w->jw, "length", at[i].span.len);
        w403_jw_word_or_null(&w->jw, "matches", w403_json_tri(at[i].matches));
        w403_jw_text_or_null(&w->jw, "label", at[i].label);
        w403_jw_end_object(&w->jw);
    }
    w403_jw_end_array(&w->jw);
}

void w403_json_context(w403_answer_writer *w, const w403_check *check)
{
    const w403_read_key *at;
    uint32_t n = w403_check_keys(check, w->answer->arena, &at);
    w403_jw_key(&w->jw, "context");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < n; i++) {
        const w403_read_key *k = &at[i];
        w403_jw_object(&w->jw);
        w403_jw_text_or_null(&w->jw, "key", k->key);
        w403_jw_word_or_null(&w->jw, "state", k->present == W403_UNKNOWN ? "unknown"
                                              : k->present == W403_NO    ? "absent"
                                              : k->said                  ? "asked"
                                                                         : "derived");
        w403_jw_texts(&w->jw, "values", k->values, k->n_values);
        w403_jw_end_object(&w->jw);
    }
    w403_jw_end_array(&w->jw);
}

/* ---- documents ---- */

w403_view w403_json_document_name(const w403_answer_writer *w, const w403_policy *p)
{
    if (p->embedded || p->pointer.n == 0 || !p->file.p) {
        return p->doc.source;
    }
    return w403_arena_printf(w->answer->arena, "%.*s#%.*s", W403_ARG(p->file), W403_ARG(p->pointer));
}

/* The account that its path in the snapshot names; SCPs and RCPs are the management account's. {NULL,0}: given by hand. */
static w403_view owner_of(const w403_answer_writer *w, const w403_policy *p)
{
    const w403_snapshot *s = w->answer->in->snapshot;
    w403_view rest = p->file.p ? p->file : p->doc.source, top = w403_view_cut(&rest, '/');
    if (w403_view_eq(top, W403_LIT("accounts")) && rest.n > 0) {
        return w403_view_cut(&rest, '/');
    }
    bool org = w403_view_eq(top, W403_LIT("organization")) && rest.n > 0;
    return org && s && s->org.management_account.n ? s->org.management_account : (w403_view){NULL, 0};
}

static void document(w403_answer_writer *w, const w403_layer *l, const w403_policy *p, w403_view name)
{
    w403_view text = p->doc.text;
    bool part = !p->embedded && p->pointer.n > 0; /* of a file that holds more than it */
    if (part) {
        text = w403_view_sub(text, p->file_span.off, (size_t)p->file_span.off + p->file_span.len);
    }
    w403_jw_keyv(&w->jw, name);
    w403_jw_object(&w->jw);
    w403_jw_text_or_null(&w->jw, "text", text);
    w403_jw_number(&w->jw, "offset", part ? p->file_span.off : 0);
    w403_jw_word_or_null(&w->jw, "kind", w403_policy_kind_name(p->kind));
    w403_jw_word_or_null(&w->jw, "layer", w403_layer_name(l->kind));
    w403_jw_text_or_null(&w->jw, "owner", owner_of(w, p));
    w403_jw_text_or_null(&w->jw, "policy", p->doc.source);
    w403_jw_text_or_null(&w->jw, "file", p->file);
    w403_jw_text_or_null(&w->jw, "pointer", p->file.p ? p->pointer : (w403_view){NULL, 0});
    w403_jw_text_unless_empty(&w->jw, "name", p->name);
    w403_jw_text_unless_empty(&w->jw, "arn", p->arn);
    w403_jw_end_object(&w->jw);
}

static void documents_of(w403_answer_writer *w, const w403_layer *l, const w403_match *at, uint32_t n, w403_map *seen)
{
    for (uint32_t i = 0; i < n; i++) {
        const w403_policy *p = at[i].statement ? at[i].statement->policy : NULL;
        w403_view name = p ? w403_json_document_name(w, p) : (w403_view){NULL, 0};
        if (name.p && !w403_map_get(seen, name)) {
            (void)w403_map_put(w->answer->arena, seen, name, w); /* short memory is seen at the end */
            document(w, l, p, name);
        }
    }
}

void w403_json_documents(w403_answer_writer *w)
{
    const w403_decision *d = w->answer->decision;
    w403_map seen = {0};
    w403_jw_key(&w->jw, "documents");
    w403_jw_object(&w->jw);
    for (uint32_t c = 0; c < d->n_checks; c++) {
        for (uint32_t i = 0; i < d->checks[c].n_layers; i++) {
            const w403_layer *l = &d->checks[c].layers[i];
            documents_of(w, l, l->matches, l->n_matches, &seen);
            documents_of(w, l, l->near, l->n_near, &seen);
        }
    }
    w403_jw_end_object(&w->jw);
}

/* ---- branches ---- */

void w403_json_branches(w403_answer_writer *w)
{
    const w403_render_branches *all = &w->answer->in->branches;
    w403_jw_key(&w->jw, "branches");
    w403_jw_array(&w->jw);
    for (uint32_t i = 0; i < all->n; i++) {
        const w403_render_branch *b = &all->at[i];
        w403_jw_object(&w->jw);
        w403_jw_text_or_null(&w->jw, "fact", b->fact);
        w403_jw_text_or_null(&w->jw, "value", b->present ? b->value : (w403_view){NULL, 0});
        if (b->other) {
            w403_jw_flag(&w->jw, "other", true);
        }
        w403_jw_word_or_null(&w->jw, "decision", w403_verdict_name(b->verdict));
        w403_jw_word_or_null(&w->jw, "cause", b->cause);
        w403_jw_end_object(&w->jw);
    }
    w403_jw_end_array(&w->jw);
}
