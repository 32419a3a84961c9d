/* Policy variables: ${key}, ${key, 'default'}, ${*} ${?} ${$} (semantics 1.8). */
#include "catalog/catalog.h"
#include "policy/match.h"

typedef struct expander {
    w403_arena *arena;
    char       *text;
    uint8_t    *literal;
    size_t      n, cap;
    bool        failed;
} expander;

static void emit(expander *e, w403_view v, uint8_t literal)
{
    if (e->n + v.n > e->cap) {
        size_t   cap = (e->n + v.n) * 2;
        char    *text = w403_arena_alloc(e->arena, cap);
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

/* The value of one variable body (what stands between `${` and `}`). */
static w403_tri emit_variable(expander *e, w403_view body, const w403_context *ctx)
{
    if (body.n == 1 && (body.p[0] == '*' || body.p[0] == '?' || body.p[0] == '$')) { /* PV4 */
        emit(e, body, 1);
        return W403_YES;
    }
    w403_view rest = body;
    w403_view name = w403_view_trim(w403_view_cut(&rest, ','));
    w403_view fallback = {NULL, 0};
    rest = w403_view_trim(rest);
    if (rest.n >= 2 && rest.p[0] == '\'' && rest.p[rest.n - 1] == '\'') { /* PV5 */
        fallback = w403_view_sub(rest, 1, rest.n - 1);
    }
    w403_view      param = {NULL, 0};
    uint16_t       id = w403_key_find(name, &param);
    w403_key_value value = {W403_NO, NULL, 0};
    w403_context_get(ctx, id, name, param, &value);
    if (value.present == W403_UNKNOWN) {
        return W403_UNKNOWN;
    }
    /* PV3: a multivalued key is no variable. */
    bool multi = id != 0 && w403_key_at(id)->multi;
    if (value.present == W403_YES && value.n == 1 && !multi) {
        emit(e, value.values[0], 1); /* PV7: a `*` in a value is no wildcard */
        return W403_YES;
    }
    if (fallback.p) {
        emit(e, fallback, 1);
        return W403_YES;
    }
    return W403_NO; /* PV6 */
}

w403_expansion w403_expand(const w403_template *t, const w403_context *ctx)
{
    if (!t->has_variable) {
        return (w403_expansion){W403_YES, t->text, NULL};
    }
    expander  e = {.arena = ctx->arena};
    w403_view rest = t->text;
    w403_tri  resolved = W403_YES;
    while (rest.n) {
        size_t at = w403_view_find(rest, W403_LIT("${"));
        size_t end = at == SIZE_MAX ? SIZE_MAX : w403_view_find_char(w403_view_sub(rest, at, rest.n), '}');
        if (at == SIZE_MAX || end == SIZE_MAX) { /* PV8: an unterminated `${` is text */
            emit(&e, rest, 0);
            break;
        }
        emit(&e, w403_view_sub(rest, 0, at), 0);
        w403_tri one = emit_variable(&e, w403_view_sub(rest, at + 2, at + end), ctx);
        resolved = w403_and(resolved, one);
        rest = w403_view_sub(rest, at + end + 1, rest.n);
    }
    if (e.failed) { /* memory: undecidable rather than wrong */
        return (w403_expansion){W403_UNKNOWN, t->text, NULL};
    }
    return (w403_expansion){resolved, {e.text, e.n}, e.literal};
}
