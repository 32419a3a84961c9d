/* How each element of a statement fared, and which keys its conditions read: what a page ticks off beside the text. */
#include "explain/causes.h"
#include "words/words.h"

static bool unread(const w403_statement *st, w403_element element)
{
    return st->unread & W403_UNREAD(element);
}

/* An element that matches, in words; one that does not, or may, as it is blamed. */
static w403_view principal_label(const w403_check_work *w, const w403_statement *st, w403_tri t, w403_arena *a)
{
    if (t != W403_YES && !st->not_principal) {
        return w403_label_principal(st, w, a);
    }
    if (t != W403_YES) {
        return w403_say(a, t == W403_UNKNOWN ? N_("may exempt {principal}") : N_("exempts {principal}"),
                        W403_P("principal", w->call->caller.arn));
    }
    const char *text = st->not_principal ? N_("does not exempt {principal}") : N_("names {principal}");
    return w403_say(a, text, W403_P("principal", w->call->caller.arn));
}

static w403_view action_label(const w403_check_work *w, const w403_statement *st, w403_tri t, w403_arena *a)
{
    if (t != W403_YES) {
        return w403_label_action(st, w, a);
    }
    return w403_say(a, st->not_action ? N_("does not exempt {action}") : N_("lists {action}"), W403_P("action", w->action));
}

static w403_view resource_label(const w403_check_work *w, const w403_statement *st, w403_tri t, w403_arena *a)
{
    if (t != W403_YES) {
        return w403_label_resource(st, w, a);
    }
    const char *text = st->not_resource ? N_("does not exempt {resource}") : N_("matches {resource}");
    return w403_say(a, text, W403_P("resource", w->ask.resource->whole));
}

static w403_tri principal_of(const w403_check_work *w, const w403_statement *st)
{
    uint16_t classes, maybe;
    if (unread(st, W403_ELEMENT_PRINCIPAL)) {
        return W403_UNKNOWN;
    }
    w403_match_principal(st, &w->ask, &classes, &maybe);
    return classes ? W403_YES : maybe ? W403_UNKNOWN : W403_NO;
}

static void put(w403_element_result *out, uint32_t *n, w403_element element, w403_span span, w403_tri t, w403_view label)
{
    if (span.len) {
        out[(*n)++] = (w403_element_result){element, span, t, label};
    }
}

uint32_t w403_match_elements(const w403_check *check, const w403_match *match, w403_arena *arena,
                             const w403_element_result **out)
{
    const w403_check_work *w = w403_work(check);
    const w403_statement *st = match->statement;
    uint32_t n = 0;
    w403_element_result *at = W403_NEW_N(arena, w403_element_result, st ? st->n_conditions + 3 : 1);
    *out = at;
    if (!at || !st) {
        return 0;
    }
    w403_tri action = w403_match_action(st, &w->ask), resource = w403_match_resource(st, &w->ask);
    put(at, &n, W403_ELEMENT_ACTION, st->action_span, action, action_label(w, st, action, arena));
    if (st->resource_span.len == 0 && resource != W403_YES) { /* only policies of some kinds may leave it out */
        put(at, &n, W403_ELEMENT_RESOURCE, st->span, resource, w403_view_of(w403_word(arena, N_("has no Resource"))));
    }
    put(at, &n, W403_ELEMENT_RESOURCE, st->resource_span, resource, resource_label(w, st, resource, arena));
    if (st->has_principal) {
        w403_tri principal = principal_of(w, st);
        put(at, &n, W403_ELEMENT_PRINCIPAL, st->principal_span, principal, principal_label(w, st, principal, arena));
    }
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_condition *c = &st->conditions[i];
        w403_tri t = w403_match_condition(c, &w->context);
        put(at, &n, W403_ELEMENT_CONDITION, c->values_span, t, w403_label_condition(w, c, t, arena));
    }
    return n;
}

/* ---- keys ---- */

typedef struct key_list {
    w403_arena *arena;
    const w403_check_work *work;
    W403_ARRAY(w403_read_key) keys;
} key_list;

static bool listed(const key_list *l, w403_view key)
{
    for (size_t i = 0; i < l->keys.n; i++) {
        if (w403_view_ieq(l->keys.at[i].key, key)) {
            return true;
        }
    }
    return false;
}

static bool said(const w403_request *r, w403_view key)
{
    for (size_t i = 0; i < r->n_context; i++) {
        if (w403_view_ieq(r->context[i].key, key)) {
            return true;
        }
    }
    return false;
}

static void add_keys(key_list *l, const w403_match *at, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const w403_statement *st = at[i].statement;
        for (uint32_t k = 0; st && k < st->n_conditions; k++) {
            const w403_condition *c = &st->conditions[k];
            w403_read_key *slot = listed(l, c->key) ? NULL : W403_PUSH(l->arena, &l->keys);
            if (slot) {
                w403_key_value v = {W403_NO, NULL, 0};
                w403_context_get(&l->work->context, c->key_id, c->key, c->key_param, &v);
                *slot = (w403_read_key){c->key, said(l->work->call->req, c->key), v.present, v.values, v.n};
            }
        }
    }
}

uint32_t w403_check_keys(const w403_check *check, w403_arena *arena, const w403_read_key **out)
{
    key_list l = {.arena = arena, .work = w403_work(check)};
    for (uint32_t i = 0; i < check->n_layers; i++) {
        add_keys(&l, check->layers[i].matches, check->layers[i].n_matches);
        add_keys(&l, check->layers[i].near, check->layers[i].n_near);
    }
    *out = l.keys.at;
    return (uint32_t)l.keys.n;
}
