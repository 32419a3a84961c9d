/* The list of fixes: which are the same, their order, and a copy that outlives the search. */
#include "fix/change.h"

static bool same_step(const w403_fix_step *x, const w403_fix_step *y)
{
    bool document =
        x->kind == W403_FIX_POLICY && w403_view_eq(x->after, y->after) && w403_view_eq(x->policy, y->policy);
    return x->kind == y->kind && (x->kind == W403_FIX_POLICY ? document : w403_view_eq(x->title, y->title));
}

/* Two ways to the same documents are one, in whatever order. */
static bool same_fix(const w403_fix *a, const w403_fix *b)
{
    bool all = a->n_steps == b->n_steps;
    for (uint32_t i = 0; all && i < a->n_steps; i++) {
        bool there = false;
        for (uint32_t k = 0; k < b->n_steps && !there; k++) {
            there = same_step(&a->steps[i], &b->steps[k]);
        }
        all = there;
    }
    return all;
}

bool w403_fixes_hold(const w403_fixes *list, const w403_fix *fix)
{
    for (size_t i = 0; i < list->n; i++) {
        if (same_fix(&list->at[i], fix)) {
            return true;
        }
    }
    return false;
}

static unsigned owners(const w403_fix *fix)
{
    unsigned n = 0;
    for (uint32_t i = 0; i < fix->n_steps; i++) {
        bool seen = !fix->steps[i].owner.p;
        for (uint32_t k = 0; k < i && !seen; k++) {
            seen = fix->steps[k].owner.p && w403_view_eq(fix->steps[k].owner, fix->steps[i].owner);
        }
        n += !seen;
    }
    return n;
}

/* Ways come in the order of their first candidate's rank; fewer steps and fewer accounts go before. */
void w403_fixes_sort(w403_fixes *list)
{
    for (size_t i = 1; i < list->n; i++) {
        w403_fix f = list->at[i];
        size_t j = i;
        while (j > 0 &&
               (list->at[j - 1].n_steps > f.n_steps ||
                (list->at[j - 1].n_steps == f.n_steps && owners(&list->at[j - 1]) > owners(&f) && owners(&f) > 0))) {
            list->at[j] = list->at[j - 1];
            j--;
        }
        list->at[j] = f;
    }
}

/* ---- a copy that outlives the search ---- */

typedef struct copier {
    w403_arena *a;
    bool        nomem;
} copier;

static w403_view text(copier *k, w403_view v)
{
    w403_view out = v.p ? w403_arena_copy(k->a, v) : v;
    k->nomem |= v.p && !out.p;
    return out;
}

static const w403_view *texts(copier *k, const w403_view *at, uint32_t n)
{
    w403_view *out = W403_NEW_N(k->a, w403_view, n);
    k->nomem |= !out;
    for (uint32_t i = 0; out && i < n; i++) {
        out[i] = text(k, at[i]);
    }
    return out;
}

static w403_fix_step copy_step(copier *k, const w403_fix_step *from)
{
    w403_fix_step s = *from;
    s.id = text(k, w403_view_of(from->id)).p;
    s.title = text(k, from->title);
    s.owner = text(k, from->owner);
    s.policy = text(k, from->policy);
    s.before = text(k, from->before);
    s.after = text(k, from->after);
    s.file = text(k, from->file);
    s.source_file = text(k, from->source_file);
    s.source_pointer = text(k, from->source_pointer);
    s.diff = text(k, from->diff);
    s.patch = text(k, from->patch);
    s.commands = texts(k, from->commands, from->n_commands);
    s.rollback = texts(k, from->rollback, from->n_rollback);
    s.side_effects = texts(k, from->side_effects, from->n_side_effects);
    s.removes = texts(k, from->removes, from->n_removes);
    return s;
}

static w403_fix copy_fix(copier *k, const w403_fix *from)
{
    w403_fix       f = *from;
    w403_fix_step *steps = W403_NEW_N(k->a, w403_fix_step, from->n_steps);
    k->nomem |= !steps;
    for (uint32_t i = 0; steps && i < from->n_steps; i++) {
        steps[i] = copy_step(k, &from->steps[i]);
    }
    f.id = text(k, from->id);
    f.title = text(k, from->title);
    f.owner = text(k, from->owner);
    f.steps = steps;
    f.also_allows = texts(k, from->also_allows, from->n_also_allows);
    f.also_covers = texts(k, from->also_covers, from->n_also_covers);
    return f;
}

w403_status w403_fix_copy(w403_arena *a, const w403_fix *from, w403_fix *out, w403_error *err)
{
    copier k = {.a = a};
    *out = copy_fix(&k, from);
    W403_NEED(!k.nomem, err);
    return W403_OK;
}

w403_status w403_fix_list_copy(w403_arena *a, const w403_fix_list *from, w403_fix_list *out, w403_error *err)
{
    copier k = {.a = a};
    w403_fix *at = W403_NEW_N(a, w403_fix, from->n);
    w403_fix_refusal *refused = W403_NEW_N(a, w403_fix_refusal, from->n_refused);
    W403_NEED(at && refused, err);
    for (uint32_t i = 0; i < from->n; i++) {
        at[i] = copy_fix(&k, &from->at[i]);
    }
    for (uint32_t i = 0; i < from->n_refused; i++) {
        refused[i] = (w403_fix_refusal){text(&k, from->refused[i].title), text(&k, from->refused[i].why)};
    }
    *out = (w403_fix_list){at, from->n, refused, from->n_refused, text(&k, from->none)};
    W403_NEED(!k.nomem, err);
    return W403_OK;
}

w403_status w403_fix_proves(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                            const w403_decision *decision, const w403_explanation *explanation, w403_arena *arena,
                            bool *proven, w403_view *why, w403_error *err)
{
    w403_fix_list list;
    const w403_fix_options one = {.max = 1};
    W403_TRY(w403_fix_find(snapshot, policies, request, decision, explanation, &one, arena, &list, err));
    *proven = list.n > 0;
    if (why) {
        *why = list.none;
    }
    return W403_OK;
}
