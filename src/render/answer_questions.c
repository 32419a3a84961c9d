/* What stays open in an undetermined answer, as sentences, with the bytes that it hangs on. */
#include <string.h>

#include "evidence/evidence.h"
#include "policy/policies.h"
#include "render/answer.h"

/* ---- the policy that AWS's text blames ---- */

static bool is_given(const w403_answer *r, const char *layer)
{
    size_t n = 0;
    const w403_given_policy *at = w403_policies_list(r->in->policies, &n);
    bool of_resource = strcmp(layer, "resource-based policy") == 0; /* AWS's word for all of them */
    for (size_t i = 0; i < n; i++) {
        w403_policy_kind k = at[i].kind;
        if (of_resource ? k == W403_POLICY_RESOURCE || k == W403_POLICY_ACCESS_POINT || k == W403_POLICY_KEY
                        : strcmp(w403_policy_kind_name(k), layer) == 0) {
            return true;
        }
    }
    return r->in->snapshot && strcmp(layer, "session policy") != 0;
}

/* First of all: what AWS blames is not there to be judged. */
static void blamed_question(w403_answer *r)
{
    const w403_render_evidence *e = r->in->evidence;
    const w403_reported *said = e ? e->reported : NULL;
    if (r->decision->verdict != W403_UNDETERMINED || !said || !said->layer || is_given(r, said->layer)) {
        return;
    }
    r->questions[r->n_questions++].sentence =
        said->explicit_deny
            ? strchr("aeiou", said->layer[0])
                  ? w403_say(r->arena, "AWS's text names an explicit deny in an {layer}, and none was given.",
                             W403_S("layer", said->layer))
                  : w403_say(r->arena, "AWS's text names an explicit deny in a {layer}, and none was given.",
                             W403_S("layer", said->layer))
            : w403_say(r->arena, "AWS's text says that no {layer} allows it, and none was given.",
                       W403_S("layer", said->layer));
}

/* ---- what could not be judged ---- */

static bool is_unknown_key(const w403_decision *d, w403_view key)
{
    for (uint32_t i = 0; i < d->n_unknown; i++) {
        if (w403_view_ieq(d->unknown[i], key)) {
            return true;
        }
    }
    return false;
}

/* The condition on a key that is not known; else the element that could not be judged. */
static w403_span open_span(const w403_answer *r, const w403_match *m)
{
    for (uint32_t i = 0; i < m->statement->n_conditions; i++) {
        const w403_condition *c = &m->statement->conditions[i];
        if (is_unknown_key(r->decision, c->key) && c->values_span.len) {
            return c->values_span;
        }
    }
    return w403_answer_element(m->statement, (w403_element)m->failed);
}

static void open_question(w403_answer *r, const w403_check *check, const w403_layer *l, const w403_match *m)
{
    w403_answer_question *q = &r->questions[r->n_questions++];
    const char *layer = w403_answer_layer_name(r, check, l->kind);
    if (!m) {
        w403_view said = w403_answer_said(r, check, l);
        q->sentence = w403_say(r->arena, "{layer}: {said}.", W403_S("layer", layer), W403_P("said", said));
        return;
    }
    w403_view name = w403_answer_match(r, l, m);
    q->blame = (w403_blame){m->statement->policy, open_span(r, m), w403_match_why(check, m, r->arena)};
    const char *text = m->deny ? N_("{layer}: {statement} may deny it, and nothing said so far settles whether it does.")
                               : N_("{layer}: {statement} may allow it, and nothing said so far settles whether it does.");
    q->sentence = w403_say(r->arena, text, W403_S("layer", layer), W403_P("statement", name));
}

void w403_answer_questions(w403_answer *r)
{
    const w403_decision *d = r->decision;
    blamed_question(r);
    for (uint32_t i = 0; d->verdict == W403_UNDETERMINED && i < d->n_checks; i++) {
        const w403_check *check = &d->checks[i];
        for (uint32_t k = 0; check->verdict == W403_UNDETERMINED && k < check->n_layers; k++) {
            const w403_layer *l = &check->layers[k];
            const w403_match *m = NULL;
            for (uint32_t j = 0; j < l->n_matches && !m; j++) {
                m = l->matches[j].verdict == W403_UNKNOWN && l->matches[j].statement ? &l->matches[j] : NULL;
            }
            if (l->verdict == W403_LAYER_UNKNOWN && r->n_questions < W403_ANSWER_QUESTIONS) {
                open_question(r, check, l, l->unknown.n ? NULL : m);
            }
        }
    }
}
