/* What conditions and statements do together, asked of the engines: of the matcher for every class of values that they
 * tell apart, of the symbolic search for all requests. What is not proved is not said. */
#include "lint/proofs.h"

#include "symbolic/diff_documents.h"
#include "symbolic/document_kind.h"

/* ---- the document as the engine reads it ---- */

static w403_policy_kind engine_kind(const w403_lint_options *o)
{
    switch (o->policy) {
    case W403_LINT_IDENTITY:
        return W403_POLICY_IDENTITY;
    case W403_LINT_SCP:
        return W403_POLICY_SCP;
    case W403_LINT_RCP:
        return W403_POLICY_RCP;
    case W403_LINT_RESOURCE:
        break;
    }
    return o->resource & (W403_LINT_ACCESS_POINT | W403_LINT_MRAP | W403_LINT_OBJECT_LAMBDA) ? W403_POLICY_ACCESS_POINT
           : o->resource == W403_LINT_KEY                                                     ? W403_POLICY_KEY
           : o->resource == W403_LINT_TRUST                                                   ? W403_POLICY_TRUST
           : o->resource == W403_LINT_ENDPOINT                                                ? W403_POLICY_VPC_ENDPOINT
                                                                                              : W403_POLICY_RESOURCE;
}

const w403_policy *w403_lint_engine(w403_lint_run *l)
{
    w403_error err;
    if (l->parsed)
        return l->policy;
    l->parsed = true;
    w403_budget_init(&l->budget);
    l->budget.max_ms = W403_LIMIT_LINT_PROOF_MS;
    l->budget.max_nodes = W403_LIMIT_LINT_PROOF_NODES;
    w403_budget_start(&l->budget);
    w403_status status =
        w403_policy_from_json(l->arena, engine_kind(l->options), &l->doc, l->doc.root, NULL, &l->policy, &err);
    if (status != W403_OK || l->policy->n_statements != l->n_statements)
        l->policy = NULL;
    l->nomem = l->nomem || status == W403_NOMEM;
    return l->policy;
}

const w403_statement *w403_lint_engine_statement(w403_lint_run *l, const w403_lint_statement *st)
{
    const w403_policy *p = w403_lint_engine(l);
    const w403_statement *s = p ? &p->statements[st - l->statements] : NULL;
    return s && s->span.off == st->node->span.off ? s : NULL;
}

/* A question more: the time is that of all, what else it may cost its own. */
static bool again(w403_lint_run *l)
{
    w403_budget *b = &l->budget;
    if (!w403_budget_time(b))
        return false;
    b->spent = false;
    b->limit = NULL;
    b->nodes = 0;
    return true;
}

/* ---- two conditions on one key ---- */

typedef struct one_key {
    const w403_condition *condition; /* that names it */
    w403_tri present;
    w403_view value;
} one_key;

static void get(const w403_context *c, uint16_t id, w403_view name, w403_view param, w403_key_value *out)
{
    const one_key *k = c->user;
    bool it = id == k->condition->key_id && (id ? w403_view_ieq(param, k->condition->key_param)
                                                : w403_view_ieq(name, k->condition->key));
    *out = (w403_key_value){it ? k->present : W403_UNKNOWN, &k->value, it && k->present == W403_YES};
}

static bool both_may(const w403_condition *a, const w403_condition *b, w403_context *ctx)
{
    return w403_match_condition(a, ctx) != W403_NO && w403_match_condition(b, ctx) != W403_NO;
}

/* Every class of values that the two tell apart has one in the list; and the key may be absent. */
static w403_tri find_value(w403_lint_run *l, w403_arena *a, const w403_condition *x, const w403_condition *y)
{
    w403_key_use use = {.id = x->key_id, .name = x->key, .param = x->key_param};
    const w403_condition **first = W403_PUSH(a, &use.conditions), **second = first ? W403_PUSH(a, &use.conditions) : NULL;
    if (!second || !again(l))
        return W403_UNKNOWN;
    use.conditions.at[0] = x;
    use.conditions.at[1] = y;
    w403_elements *e = w403_elements_new(a, w403_key_kind(&use));
    if (!e || !w403_key_languages(e, &use, NULL) || !w403_elements_close(e, &l->budget) || l->budget.spent ||
        e->incomplete)
        return W403_UNKNOWN;
    one_key key = {.condition = x, .present = W403_NO};
    w403_context ctx = {.get = get, .user = &key, .arena = a};
    if (both_may(x, y, &ctx))
        return W403_YES;
    key.present = W403_YES;
    for (size_t i = 0; i < e->list.n; i++) {
        key.value = e->list.at[i].value;
        if (both_may(x, y, &ctx))
            return W403_YES;
    }
    return W403_NO;
}

static const w403_condition *engine_condition(w403_lint_run *l, const w403_lint_statement *st,
                                              const w403_lint_condition *c)
{
    const w403_statement *s = w403_lint_engine_statement(l, st);
    size_t i = (size_t)(c - st->conditions);
    return s && s->n_conditions == st->n_conditions && s->conditions[i].op && s->conditions[i].op->family == c->op->family
               ? &s->conditions[i]
               : NULL;
}

bool w403_lint_exclude(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *a,
                       const w403_lint_condition *b)
{
    const w403_condition *x = engine_condition(l, st, a), *y = x ? engine_condition(l, st, b) : NULL;
    w403_arena *scratch = y ? w403_arena_new(0) : NULL;
    bool never = scratch && find_value(l, scratch, x, y) == W403_NO;
    w403_arena_free(scratch);
    return never;
}

/* ---- statements together ---- */

/* Do they allow anything, and nothing unless it is proved? */
static w403_tri allow_anything(w403_lint_run *l, w403_arena *a, const uint32_t *which, size_t n)
{
    w403_policy some = *w403_lint_engine(l);
    w403_statement *list = W403_NEW_N(a, w403_statement, n);
    w403_document_diff diff = {.documents = {.arena = a, .kind = some.kind, .policy = {NULL, &some}}};
    w403_error err;
    if (!list)
        return W403_UNKNOWN;
    for (size_t i = 0; i < n; i++)
        list[i] = some.statements[which[i]];
    diff.documents.partition = w403_document_partition(&some);
    some.statements = list;
    some.n_statements = (uint32_t)n;
    if (w403_diff_documents(&diff, &l->budget, &err) != W403_OK)
        return W403_UNKNOWN;
    return diff.answers[W403_NEWLY_ALLOWED];
}

static w403_tri ask(w403_lint_run *l, const uint32_t *which, size_t n)
{
    if (l->proofs >= W403_LIMIT_LINT_PROOFS || !again(l))
        return W403_UNKNOWN;
    l->proofs++;
    w403_arena *scratch = w403_arena_new(0);
    w403_tri out = scratch ? allow_anything(l, scratch, which, n) : W403_UNKNOWN;
    w403_arena_free(scratch);
    return out;
}

/* The search looks at all actions of S3 and KMS, and only at those. */
static bool is_searched(const w403_json *actions)
{
    W403_LINT_EACH(v, actions) {
        w403_view name = v->text, service = w403_view_cut(&name, ':');
        if (!w403_view_ieq(service, W403_LIT("s3")) && !w403_view_ieq(service, W403_LIT("kms")))
            return false;
    }
    return w403_lint_first(actions) != NULL;
}

bool w403_lint_takes_all(w403_lint_run *l, uint32_t *which, size_t n)
{
    const w403_lint_statement *allow = &l->statements[which[0]];
    return is_searched(allow->action) && w403_lint_engine_statement(l, allow) && ask(l, which, n) == W403_NO &&
           ask(l, which, 1) == W403_YES;
}
