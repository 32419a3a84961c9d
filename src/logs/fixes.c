/* What makes the first request of a group work: the change that began it undone, where that is proved, then what the
 * fix room finds. Each was decided again. */
#include "explain/explain.h"
#include "fix/fix.h"
#include "fix/text.h"
#include "logs/survey_state.h"

enum { FIXES = 2 }; /* the smallest, and another way: a search costs dozens of decisions */

/* ---- undoing the change ---- */

static w403_view commands_of(const w403_began *b, uint32_t i)
{
    w403_view rest = b->undo, one = {NULL, 0};
    for (uint32_t n = 0; n <= i; n++) {
        one = w403_view_cut(&rest, '\n');
    }
    return one;
}

static uint32_t lines_of(w403_view v)
{
    uint32_t n = v.n > 0;
    for (size_t i = 0; i < v.n; i++) {
        n += v.p[i] == '\n';
    }
    return n;
}

/* Documents that were written to the same place afterwards are lost when an older one is put back. */
static bool written_since(const w403_survey *s, const w403_log_change *c)
{
    for (size_t i = c->order + 1; i < s->n_changes; i++) {
        if (w403_change_same_place(s->change_list[i], c)) {
            return true;
        }
    }
    return false;
}

static bool fill_undo(const w403_survey *s, const w403_began *b, w403_fix *f, w403_fix_step *step)
{
    w403_arena            *a = s->arena;
    const w403_log_change *c = b->change;
    bool                   document = c->document.n && b->was.n;
    w403_view              time = w403_instant_format(a, c->time);
    w403_view             *effects = W403_NEW_N(a, w403_view, 1);
    w403_view             *commands = W403_NEW_N(a, w403_view, lines_of(b->undo));
    *step = (w403_fix_step){.kind = document ? W403_FIX_POLICY : W403_FIX_SETTING, .id = "undo-change",
                            .owner = c->account, .commands = commands, .side_effects = effects};
    step->title =
        w403_arena_printf(a, "undo %s of %.*s: put back what was there before", c->kind->event, W403_CUT(time));
    if (document) {
        step->policy =
            w403_arena_printf(a, "%s%s%.*s", c->kind->event, c->target.n ? " on " : "", W403_CUT(c->target));
        step->before = c->document;
        step->after = b->was;
        step->patch = w403_arena_printf(a, "[{\"op\":\"replace\",\"path\":\"\",\"value\":%.*s}]", (int)b->was.n, b->was.p);
        step->diff = w403_document_diff(a, step->policy, c->document, b->was);
    }
    for (uint32_t i = 0; commands && i < lines_of(b->undo); i++) {
        commands[step->n_commands++] = commands_of(b, i);
    }
    if (effects && written_since(s, c)) {
        effects[step->n_side_effects++] = W403_LIT("What was written there since is undone with it.");
    }
    *f = (w403_fix){.id = W403_LIT("undo-change"), .title = step->title, .owner = step->owner, .steps = step, .n_steps = 1,
                    .proof = W403_ALLOWED, .status = b->status, .also_capped = true};
    return effects && commands && step->title.p && (!document || (step->diff.p && step->patch.p));
}

/* ---- a group ---- */

static w403_status look(w403_arena *work, const w403_survey_options *o, const w403_question *q, w403_fix_list *out,
                        w403_error *err)
{
    const w403_policies   *policies = q->policies ? q->policies : o->policies;
    const w403_request    *r = q->judgement.request;
    const w403_fix_options options = {.max = FIXES};
    w403_decision          d;
    w403_explanation       x;
    W403_TRY(w403_decide(o->snapshot, policies, r, W403_DETAIL_FULL, work, &d, err));
    W403_TRY(w403_explain(r, &d, work, &x, err));
    W403_TRY(w403_fix_find(o->snapshot, policies, r, &d, &x, &options, work, out, err));
    if (out->n > 0 || !r->unsaid) {
        return W403_OK;
    }
    /* proven as if nothing was sent that the log does not show */
    w403_request *plain = W403_NEW(work, w403_request);
    W403_NEED(plain, err);
    *plain = *r;
    plain->unsaid = 0;
    W403_TRY(w403_decide(o->snapshot, policies, plain, W403_DETAIL_FULL, work, &d, err));
    W403_TRY(w403_explain(plain, &d, work, &x, err));
    return d.verdict == W403_DENIED
               ? w403_fix_find(o->snapshot, policies, plain, &d, &x, &options, work, out, err)
               : W403_OK;
}

static w403_status keep(w403_survey *s, const w403_cause_group *g, const w403_fix_list *found, w403_fix_list *out,
                        w403_error *err)
{
    w403_fix_list  copy;
    w403_fix      *at = W403_NEW_N(s->arena, w403_fix, found->n + 1);
    w403_fix_step *step = W403_NEW(s->arena, w403_fix_step);
    w403_fix_refusal *refused = W403_NEW_N(s->arena, w403_fix_refusal, found->n_refused + 1);
    W403_NEED(at && step && refused, err);
    W403_TRY(w403_fix_list_copy(s->arena, found, &copy, err));
    *out = (w403_fix_list){.at = at, .refused = refused, .none = copy.none};
    if (g->began.proof == W403_PROOF_FULL && g->began.before == W403_ALLOWED && g->began.undo.n) {
        W403_NEED(fill_undo(s, &g->began, &at[0], step), err);
        out->n = !g->began.opens;
        if (g->began.opens) {
            refused[out->n_refused++] =
                (w403_fix_refusal){at[0].title, W403_LIT("it would make something public again")};
        }
    }
    for (uint32_t i = 0; i < copy.n; i++) {
        at[out->n++] = copy.at[i];
    }
    for (uint32_t i = 0; i < copy.n_refused; i++) {
        refused[out->n_refused++] = copy.refused[i];
    }
    return W403_OK;
}

static w403_status one_group(w403_survey *s, const w403_survey_options *o, w403_arena *work, w403_cause_group *g,
                             w403_error *err)
{
    w403_question  q;
    w403_error     why;
    bool           asked = false;
    w403_fix_list  found = {0};
    w403_fix_list *list = W403_NEW(s->arena, w403_fix_list);
    W403_NEED(list, err);
    w403_status status = w403_question_open(work, s, o, g->lead, &q, &asked, err);
    if (status == W403_OK && asked && q.judgement.decided && q.judgement.decision.verdict == W403_DENIED) {
        status = look(work, o, &q, &found, &why);
        if (status == W403_NOMEM) {
            *err = why;
        } else if (status == W403_OK) {
            status = keep(s, g, &found, list, err);
            g->fixes = status == W403_OK ? list : NULL;
        } else {
            status = W403_OK; /* nothing is claimed of what could not be looked for */
        }
    }
    w403_question_close(&q);
    W403_TRY(status);
    W403_NEED(w403_arena_ok(work) && w403_arena_ok(s->arena), err);
    return W403_OK;
}

w403_status w403_survey_fixes(w403_survey *s, const w403_survey_options *o, w403_error *err)
{
    w403_arena *work = w403_arena_new(0);
    w403_status status = work ? W403_OK : w403_error_nomem(err);
    for (size_t i = 0; status == W403_OK && o->snapshot && i < s->n_groups && i < W403_SURVEY_FIXES; i++) {
        w403_arena_reset(work);
        status = one_group(s, o, work, &s->groups[i], err);
    }
    w403_arena_free(work);
    return status;
}
