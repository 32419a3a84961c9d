/* Changes that are in force become the steps of a fix: several edits of one document are one step. */
#include "fix/change.h"

/* Does `b` edit what `a` made? A policy of the snapshot is the one that `a` put there; those given by hand are parsed
 * anew with every change. */
static bool edits(const w403_applied *b, const w403_applied *a)
{
    const w403_place *p = &a->change.place, *q = &b->change.place;
    if (a->change.kind != W403_FIX_POLICY || b->change.kind != W403_FIX_POLICY || p->given != q->given) {
        return false;
    }
    return p->given != SIZE_MAX || q->policy == a->made;
}

/* The first change of the document that change `i` is of. */
static size_t first_of(const w403_applied *at, size_t i)
{
    for (size_t k = i; k-- > 0;) {
        i = edits(&at[i], &at[k]) ? k : i;
    }
    return i;
}

/* `[a,b]` and `[c]` in one. */
static w403_view join_patches(w403_fixer *f, w403_view a, w403_view b)
{
    if (!a.p || a.n < 3) {
        return b;
    }
    return b.n < 3 ? a : w403_sayf(f, "%.*s,%.*s", (int)a.n - 1, a.p, (int)b.n - 1, b.p + 1);
}

static const w403_view *copy_texts(w403_fixer *f, const w403_fix_texts *t)
{
    w403_view *out = W403_NEW_N(f->arena, w403_view, t->n);
    if (!out) {
        f->nomem = true;
        return NULL;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        out[i] = t->at[i];
    }
    return out;
}

static void fill_policy(w403_fixer *f, w403_fix_step *s, const w403_applied *first, w403_fix_texts *commands,
                        w403_fix_texts *rollback)
{
    s->policy = w403_arena_copy(f->arena, first->change.place.source);
    s->before = first->before;
    s->source_file = first->file;
    s->source_pointer = first->pointer;
    s->diff = w403_document_diff(f->arena, s->policy, s->before, s->after);
    s->file = w403_policy_commands(f, &first->change.place, s->before, s->after, commands, rollback);
    f->nomem |= s->diff.p == NULL;
}

static uint32_t all_removed(const w403_applied *at, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += at[i].n_removes;
    }
    return sum;
}

static void fill_step(w403_fixer *f, const w403_applied *at, size_t n, size_t first, w403_fix_step *s)
{
    const w403_change *c = &at[first].change;
    w403_view *removes = W403_NEW_N(f->arena, w403_view, all_removed(at, n));
    w403_fix_texts commands = c->commands, rollback = c->rollback, effects = {.n = 0};
    *s = (w403_fix_step){.kind = c->kind, .id = c->id, .title = c->title, .removes = removes};
    s->owner = c->owner.p ? w403_arena_copy(f->arena, c->owner) : c->owner;
    for (size_t i = first; i < n && removes; i++) {
        if (first_of(at, i) != first) {
            continue;
        }
        const w403_change *more = &at[i].change;
        s->title = i == first ? s->title : W403_FIX_SAY(f, "{first}; {second}", W403_P("first", s->title), W403_P("second", more->title));
        s->after = more->kind == W403_FIX_POLICY ? more->after : s->after;
        s->patch = more->kind == W403_FIX_POLICY ? join_patches(f, s->patch, more->patch) : s->patch;
        for (uint32_t k = 0; k < more->side_effects.n; k++) {
            w403_text_add(&effects, more->side_effects.at[k]);
        }
        for (uint32_t k = 0; k < at[i].n_removes; k++) {
            removes[s->n_removes++] = at[i].removes[k];
        }
    }
    if (c->kind == W403_FIX_POLICY) {
        fill_policy(f, s, &at[first], &commands, &rollback);
    }
    s->commands = copy_texts(f, &commands);
    s->n_commands = commands.n;
    s->rollback = copy_texts(f, &rollback);
    s->n_rollback = rollback.n;
    s->side_effects = copy_texts(f, &effects);
    s->n_side_effects = effects.n;
}

w403_status w403_publish(w403_fixer *f, const w403_applied *at, size_t n, w403_fix *out, w403_error *err)
{
    w403_fix_step *steps = W403_NEW_N(f->arena, w403_fix_step, n);
    W403_NEED(steps, err);
    w403_view *covers = W403_NEW_N(f->arena, w403_view, n);
    W403_NEED(covers, err);
    *out = (w403_fix){.steps = steps, .also_covers = covers};
    for (size_t i = 0; i < n; i++) {
        if (at[i].change.covers.p) {
            covers[out->n_also_covers++] = at[i].change.covers;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (first_of(at, i) != i) {
            continue;
        }
        w403_fix_step *s = &steps[out->n_steps++];
        fill_step(f, at, n, i, s);
        out->owner = out->owner.p ? out->owner : s->owner;
        bool first = out->n_steps == 1;
        out->id = first ? w403_view_of(s->id) : w403_sayf(f, "%.*s+%s", W403_ARG(out->id), s->id);
        out->title = first ? s->title : W403_FIX_SAY(f, "{first}; then {second}", W403_P("first", out->title), W403_P("second", s->title));
    }
    W403_NEED(!f->nomem, err);
    return W403_OK;
}
