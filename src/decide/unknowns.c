/* What an undetermined answer hangs on, by name: condition keys, facts, statements, readings. */
#include "decide/plan.h"

static void note_key(void *user, w403_view key)
{
    w403_unknown(user, key);
}

/* A statement that AWS would not have stored is named: to mend it settles the answer. */
static void note_doubt(w403_call *c, const w403_statement *st)
{
    if (st->doubt.p && w403_doubt_counts(st)) {
        w403_view file = st->policy->file.n ? st->policy->file : st->policy->doc.source;
        w403_unknown(c, w403_arena_printf(c->arena, "statement %u%s%.*s%s of %.*s: %.*s", st->index + 1,
                                          st->sid.n ? " (" : "", W403_ARG(st->sid), st->sid.n ? ")" : "",
                                          W403_ARG(file), W403_ARG(st->doubt)));
    }
}

/* A1: `*:GetObject` */
static void note_open_actions(w403_call *c, const w403_statement *st)
{
    for (uint32_t i = 0; i < st->n_actions && st->open_actions; i++) {
        if (st->actions[i].open) {
            w403_unknown(c, w403_arena_printf(c->arena, "what the wildcard in the service of `%.*s` matches",
                                              W403_ARG(st->actions[i].text)));
        }
    }
}

void w403_note_unknowns(w403_call *c)
{
    for (size_t i = 0; i < c->checks.n; i++) {
        const w403_check_work *w = c->checks.at[i].detail;
        if (w->allowed != W403_UNKNOWN || w->need == W403_NEED_RESPONSE_ONLY || w->need == W403_NEED_DISPUTED) {
            continue;
        }
        for (size_t l = 0; l < w->layers.n; l++) {
            const w403_layer *layer = &w->layers.at[l];
            if (layer->unknown.p) {
                w403_unknown(c, w403_arena_printf(c->arena, "%s (%.*s%s%.*s)", w403_layer_name(layer->kind),
                                                  W403_ARG(layer->source), layer->source.n ? ": " : "",
                                                  W403_ARG(layer->unknown)));
            }
            for (uint32_t m = 0; m < layer->n_matches; m++) {
                if (layer->matches[m].verdict == W403_UNKNOWN && layer->matches[m].statement) {
                    note_doubt(c, layer->matches[m].statement);
                    note_open_actions(c, layer->matches[m].statement);
                    w403_statement_unknown_keys(layer->matches[m].statement, &w->context, note_key, c);
                }
            }
        }
        if (w->same_account == W403_UNKNOWN && w->target->owner.p == NULL &&
            w403_caller_has_account(&c->caller)) {
            w403_unknown(c, w403_arena_printf(c->arena, "the account that owns %.*s", W403_ARG(w->target->arn)));
        }
    }
}

/* AWS denied what all that was given allows: by a policy that was not given. */
void w403_note_not_given(w403_call *c)
{
    static const struct {
        w403_policy_kind kind;
        const char *name;
    } kinds[] = {{W403_POLICY_SCP, "service control policies"},
                 {W403_POLICY_RCP, "resource control policies"},
                 {W403_POLICY_SESSION, "session policies"},
                 {W403_POLICY_BOUNDARY, "a permissions boundary"},
                 {W403_POLICY_VPC_ENDPOINT, "the policy of a VPC endpoint"}};
    bool outsider = c->caller.kind == W403_CALLER_ANONYMOUS || c->caller.kind == W403_CALLER_SERVICE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool bound = kinds[i].kind == W403_POLICY_RCP || !outsider;
        if (bound && w403_call_unsaid(c, kinds[i].kind)) {
            w403_unknown(c, w403_arena_printf(c->arena, "%s: not given", kinds[i].name));
        }
    }
}
