/* Policy variables: ${key}, ${key, 'default'}, ${*} ${?} ${$} (semantics 1.8). */
#include "catalog/catalog.h"
#include "policy/match.h"
#include "policy/pattern.h"

typedef struct expander {
    w403_arena *arena;
    char *text;
    uint8_t *literal;
    size_t n, cap;
    bool failed;
} expander;

static void emit(expander *e, w403_view v, uint8_t literal)
{
    if (e->n + v.n > e->cap) {
        size_t cap = (e->n + v.n) * 2;
        char *text = w403_arena_alloc(e->arena, cap);
        uint8_t *mask = w403_arena_alloc(e->arena, cap);
        if (!text || !mask) {
            e->failed = true;
            return;
        }
        if (e->n) {
            memcpy(text, e->text, e->n);
            memcpy(mask, e->literal, e->n);
        }
        e->text = text;
        e->literal = mask;
        e->cap = cap;
    }
    if (v.n) {
        memcpy(e->text + e->n, v.p, v.n);
        memset(e->literal + e->n, literal, v.n);
        e->n += v.n;
    }
}

/* The text of one variable. */
static w403_tri emit_variable(expander *e, const w403_variable *v, const w403_context *ctx)
{
    if (v->literal) { /* PV4 */
        emit(e, (w403_view){&v->literal, 1}, 1);
        return W403_YES;
    }
    w403_view      param = {NULL, 0};
    uint16_t       id = w403_key_find(v->key, &param);
    w403_key_value value = {W403_NO, NULL, 0};
    bool           multi = id != 0 && w403_key_at(id)->multi; /* PV3: a multivalued key is no variable */
    if (v->well_formed && !multi) {
        w403_context_get(ctx, id, v->key, param, &value);
    }
    if (value.present == W403_UNKNOWN) {
        emit(e, W403_LIT("*"), 0); /* it may hold anything */
        return W403_UNKNOWN;
    }
    if (value.present == W403_YES && value.n == 1) {
        emit(e, value.values[0], 1); /* PV7: a `*` in a value is no wildcard */
        return W403_YES;
    }
    if (v->has_fallback) { /* PV5 */
        emit(e, v->fallback, 1);
        return W403_YES;
    }
    return W403_NO; /* PV6 */
}

w403_expansion w403_expand(const w403_template *t, size_t from, const w403_context *ctx)
{
    if (!t->has_variable) {
        return (w403_expansion){W403_YES, t->text, NULL};
    }
    expander e = {.arena = ctx->arena};
    w403_tri resolved = W403_YES;
    size_t done = 0;
    for (size_t at = from; at + 1 < t->text.n; at++) {
        w403_variable v;
        if (t->text.p[at] != '$' || !w403_variable_at(t->text, at, &v)) { /* PV8: else it is text */
            continue;
        }
        emit(&e, w403_view_sub(t->text, done, at), 0);
        resolved = w403_and(resolved, emit_variable(&e, &v, ctx));
        done = v.end;
        at = v.end - 1;
    }
    emit(&e, w403_view_sub(t->text, done, t->text.n), 0);
    if (e.failed) { /* memory: undecidable rather than wrong */
        return (w403_expansion){W403_UNKNOWN, t->text, NULL};
    }
    return (w403_expansion){resolved, {e.text, e.n}, e.literal};
}

void w403_template_unknown_keys(const w403_template *t, const w403_context *ctx, w403_unknown_key_fn *fn, void *user)
{
    for (size_t at = 0; t->has_variable && at + 1 < t->text.n; at++) {
        w403_variable v;
        if (t->text.p[at] != '$' || !w403_variable_at(t->text, at, &v)) {
            continue;
        }
        w403_view param = {NULL, 0};
        uint16_t id = w403_key_find(v.key, &param);
        w403_key_value k = {W403_NO, NULL, 0};
        w403_context_get(ctx, id, v.key, param, &k);
        if (!v.literal && v.well_formed && k.present == W403_UNKNOWN) {
            fn(user, v.key);
        }
        at = v.end - 1;
    }
}
