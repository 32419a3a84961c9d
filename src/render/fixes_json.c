#include "render/fixes.h"

static void list(w403_json_writer *w, const w403_view *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        w403_jw_str(w, at[i]);
    }
}

static void strings(w403_json_writer *w, const char *name, const w403_view *at, uint32_t n)
{
    w403_jw_key(w, name);
    w403_jw_array(w);
    list(w, at, n);
    w403_jw_end_array(w);
}

static void patch(w403_json_writer *w, const w403_fix_step *s)
{
    w403_jw_key(w, "patch");
    size_t from = w->out->n;
    w403_jw_raw(w, s && s->patch.n > 0 ? s->patch : W403_LIT("[]"));
    for (size_t i = from; i < w->out->n; i++) { /* values are laid out as in the document: here all is one line */
        w->out->p[i] = w->out->p[i] == '\n' || w->out->p[i] == '\r' ? ' ' : w->out->p[i];
    }
}

static void step(w403_json_writer *w, const w403_fix_step *s, bool changed)
{
    static const char *const kinds[] = {
        [W403_FIX_POLICY] = "policy", [W403_FIX_REQUEST] = "request", [W403_FIX_SETTING] = "setting"};
    w403_jw_object(w);
    w403_jw_text_or_null(w, "kind", w403_view_of(kinds[s->kind]));
    w403_jw_text_or_null(w, "id", w403_view_of(s->id));
    w403_jw_text_or_null(w, "title", s->title);
    w403_jw_text_or_null(w, "owner", s->owner);
    w403_jw_text_or_null(w, "policy", s->policy);
    w403_jw_text_or_null(w, "diff", s->diff);
    if (changed) {
        w403_jw_text_or_null(w, "document", s->after);
        w403_jw_text_or_null(w, "file", s->source_file); /* where it goes: `file#pointer` of an overlay */
        w403_jw_text_or_null(w, "pointer", s->source_file.p ? s->source_pointer : (w403_view){NULL, 0});
    }
    patch(w, s);
    strings(w, "commands", s->commands, s->n_commands);
    strings(w, "rollback", s->rollback, s->n_rollback);
    strings(w, "side_effects", s->side_effects, s->n_side_effects);
    strings(w, "removes", s->removes, s->n_removes);
    w403_jw_end_object(w);
}

/* `policy` and `patch` are those of the one step that changes a document; with several, `steps` says which is which.
 */
static void fix(w403_json_writer *w, const w403_fix *f, bool changed)
{
    const w403_fix_step *document = NULL;
    uint32_t documents = 0;
    for (uint32_t i = 0; i < f->n_steps; i++) {
        if (f->steps[i].kind == W403_FIX_POLICY) {
            document = &f->steps[i];
            documents++;
        }
    }
    document = documents == 1 ? document : NULL;
    w403_jw_object(w);
    w403_jw_text_or_null(w, "id", f->id);
    w403_jw_text_or_null(w, "title", f->title);
    w403_jw_text_or_null(w, "owner", f->owner);
    w403_jw_text_or_null(w, "policy", document ? document->policy : (w403_view){NULL, 0});
    patch(w, document);
    w403_jw_key(w, "commands");
    w403_jw_array(w);
    for (uint32_t i = 0; i < f->n_steps; i++) {
        list(w, f->steps[i].commands, f->steps[i].n_commands);
    }
    w403_jw_end_array(w);
    w403_jw_key(w, "steps");
    w403_jw_array(w);
    for (uint32_t i = 0; i < f->n_steps; i++) {
        step(w, &f->steps[i], changed);
    }
    w403_jw_end_array(w);
    w403_jw_key(w, "proof");
    w403_jw_object(w);
    w403_jw_text_or_null(w, "decision", w403_view_of(w403_verdict_name(f->proof)));
    w403_jw_key(w, "status");
    w403_jw_i64(w, f->status);
    strings(w, "also_allows", f->also_allows, f->n_also_allows);
    strings(w, "also_covers", f->also_covers, f->n_also_covers);
    w403_jw_flag(w, "also_capped", f->also_capped);
    w403_jw_flag(w, "public", f->is_public);
    w403_jw_end_object(w);
    w403_jw_end_object(w);
}

void w403_fixes_json(w403_json_writer *w, const w403_fix_list *fixes, bool changed)
{
    w403_jw_key(w, "fixes");
    w403_jw_array(w);
    for (uint32_t i = 0; fixes && i < fixes->n; i++) {
        fix(w, &fixes->at[i], changed);
    }
    w403_jw_end_array(w);
    if (!fixes) {
        return;
    }
    w403_jw_key(w, "not_proposed");
    w403_jw_array(w);
    for (uint32_t i = 0; i < fixes->n_refused; i++) {
        w403_jw_object(w);
        w403_jw_text_or_null(w, "title", fixes->refused[i].title);
        w403_jw_text_or_null(w, "why", fixes->refused[i].why);
        w403_jw_end_object(w);
    }
    w403_jw_end_array(w);
    w403_jw_text_or_null(w, "no_fix", fixes->n == 0 ? fixes->none : (w403_view){NULL, 0});
}
