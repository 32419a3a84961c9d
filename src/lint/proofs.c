/* What conditions and statements do together, asked of the engines: of the matcher for every class of values that they
 * tell apart, of the symbolic search for all requests. What is not proved is not said. */
#include "lint/proofs.h"
#include "base/buf.h"

#include "symbolic/bits.h"
#include "symbolic/diff_documents.h"
#include "symbolic/document_kind.h"
#include "symbolic/relations.h"

/* ---- the document as the engine reads it ---- */

w403_policy_kind w403_lint_engine_kind(w403_lint_policy policy, w403_lint_resource resource)
{
    switch (policy) {
    case W403_LINT_IDENTITY:
        return W403_POLICY_IDENTITY;
    case W403_LINT_SCP:
        return W403_POLICY_SCP;
    case W403_LINT_RCP:
        return W403_POLICY_RCP;
    case W403_LINT_RESOURCE:
        break;
    }
    return resource & (W403_LINT_ACCESS_POINT | W403_LINT_MRAP | W403_LINT_OBJECT_LAMBDA) ? W403_POLICY_ACCESS_POINT
           : resource == W403_LINT_KEY                                                     ? W403_POLICY_KEY
           : resource == W403_LINT_TRUST                                                   ? W403_POLICY_TRUST
           : resource == W403_LINT_ENDPOINT                                                ? W403_POLICY_VPC_ENDPOINT
                                                                                              : W403_POLICY_RESOURCE;
}

const w403_policy *w403_lint_engine(w403_lint_run *l)
{
    w403_error err;
    if (l->parsed)
        return l->policy;
    l->parsed = true;
    w403_status status =
        w403_policy_from_json(l->arena, w403_lint_engine_kind(l->options->policy, l->options->resource), &l->doc, l->doc.root, NULL, &l->policy, &err);
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

w403_budget *w403_lint_budget(w403_lint_run *l)
{
    w403_budget *b = &l->budget;
    if (!b->max_ms) {
        w403_budget_init(b);
        b->max_ms = W403_LIMIT_LINT_PROOF_MS;
        b->max_nodes = W403_LIMIT_LINT_PROOF_NODES;
        w403_budget_start(b);
    }
    b->spent = false;
    b->limit = NULL;
    b->nodes = 0;
    return b;
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
    if (!second)
        return W403_UNKNOWN;
    use.conditions.at[0] = x;
    use.conditions.at[1] = y;
    w403_elements *e = w403_elements_new(a, w403_key_kind(&use));
    if (!e || !w403_key_languages(e, &use, NULL) || !w403_elements_close(e, w403_lint_budget(l)) ||
        l->budget.spent || e->incomplete)
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

/* The search looks at the actions of services that the document names. */
static bool is_searched(w403_lint_run *l, const w403_json *actions)
{
    W403_LINT_EACH(v, actions) {
        w403_view name = v->text, service = w403_view_cut(&name, ':');
        if (!name.p || w403_lint_service_of(l, service) == W403_REF_NONE)
            return false;
    }
    return w403_lint_first(actions) != NULL;
}

/* Some statements of the document, and all requests, sorted once. */
typedef struct together {
    w403_policy policy;
    w403_relations relations;
    uint64_t *by; /* who may take the first away */
} together;

/* `first` stands in for the first of them unless it is NULL. */
static bool open_together(w403_lint_run *l, w403_arena *a, const w403_statement *first, const uint32_t *which, size_t n,
                          together *t)
{
    w403_statement *list = W403_NEW_N(a, w403_statement, n);
    w403_error err;
    if (!list)
        return false;
    t->policy = *w403_lint_engine(l);
    for (size_t i = 0; i < n; i++)
        list[i] = i == 0 && first ? *first : t->policy.statements[which[i]];
    t->policy.statements = list;
    t->policy.n_statements = (uint32_t)n;
    if (w403_relations_open(&t->relations, a, &t->policy, w403_lint_budget(l), &err) != W403_OK)
        return false;
    t->by = W403_NEW_N(a, uint64_t, w403_relations_words(&t->relations));
    return t->by && !l->budget.spent; /* what was cut off while sorting is missing from every answer */
}

static bool is_covered(w403_lint_run *l, together *t)
{
    w403_tri covered = W403_UNKNOWN;
    w403_error err;
    (void)w403_lint_budget(l);
    return w403_relations_covered(&t->relations, 0, t->by, &covered, &err) == W403_OK && covered == W403_YES;
}

static bool is_alive(w403_lint_run *l, together *t)
{
    w403_tri alive = W403_UNKNOWN;
    w403_error err;
    (void)w403_lint_budget(l);
    return w403_relations_alive(&t->relations, 0, &alive, &err) == W403_OK && alive == W403_YES;
}

/* Leaves out who is not needed, the last ones first. */
static size_t fewest(w403_lint_run *l, together *t, uint32_t *which, size_t n)
{
    size_t kept = n, out = 1;
    for (size_t i = n; i-- > 1 && kept > 2;) {
        t->by[i / 64] &= ~(UINT64_C(1) << i % 64);
        if (is_covered(l, t))
            kept--;
        else
            w403_bit_set(t->by, i);
    }
    for (size_t i = 1; i < n; i++) {
        if (w403_bit(t->by, i))
            which[out++] = which[i];
    }
    return out;
}

/* How many of the others are needed to match whatever the first matches; they are moved to the front. 0: they do not. */
static size_t covering(w403_lint_run *l, const w403_statement *first, uint32_t *which, size_t n)
{
    together t = {.by = NULL};
    w403_arena *a = w403_arena_new(0);
    bool opened = a && open_together(l, a, first, which, n, &t);
    for (size_t i = 1; opened && i < n; i++)
        w403_bit_set(t.by, i);
    n = opened && is_covered(l, &t) && is_alive(l, &t) ? fewest(l, &t, which, n) : 0;
    w403_relations_close(&t.relations);
    w403_arena_free(a);
    return n;
}

size_t w403_lint_taken_away(w403_lint_run *l, uint32_t *which, size_t n)
{
    const w403_lint_statement *st = &l->statements[which[0]];
    if (!is_searched(l, st->action) || !w403_lint_engine_statement(l, st) || l->proofs++ >= W403_LIMIT_LINT_PROOFS)
        return 0;
    return covering(l, NULL, which, n);
}

size_t w403_lint_locked_out(w403_lint_run *l, w403_view bucket, uint32_t *which, size_t n)
{
    static const char before[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
                                 "\"Action\":[\"s3:PutBucketPolicy\",\"s3:DeleteBucketPolicy\"],\"Resource\":";
    const w403_policy *policy = w403_lint_engine(l);
    w403_arena *a = policy && l->proofs++ < W403_LIMIT_LINT_PROOFS ? w403_arena_new(0) : NULL;
    w403_buf text = {0};
    w403_json_doc doc;
    w403_policy *all;
    w403_error err;
    if (!a)
        return 0;
    w403_buf_puts(&text, before);
    w403_buf_json_string(&text, bucket);
    w403_buf_puts(&text, "}]}");
    bool read = w403_buf_ok(&text) &&
                w403_json_parse(a, W403_LIT("everyone"), w403_buf_view(&text), NULL, &doc, NULL, &err) == W403_OK &&
                w403_policy_from_json(a, policy->kind, &doc, doc.root, NULL, &all, &err) == W403_OK;
    n = read ? covering(l, all->statements, which, n) : 0;
    w403_buf_free(&text);
    w403_arena_free(a);
    return n;
}

bool w403_lint_denied(w403_lint_run *l, const char *action)
{
    const w403_policy *policy = w403_lint_engine(l);
    w403_arena *a = policy ? w403_arena_new(0) : NULL;
    const w403_view name = w403_view_of(action);
    w403_document_diff diff = {.documents = {.arena = a, .policy = {NULL, policy}}};
    w403_error err;
    if (!a)
        return false;
    diff.documents.kind = policy->kind;
    diff.documents.partition = w403_document_partition(policy);
    diff.documents.focus = (w403_document_focus){.actions = &name, .n_actions = 1};
    bool denied = w403_diff_documents(&diff, w403_lint_budget(l), &err) == W403_OK &&
                  diff.answers[W403_NEWLY_ALLOWED] == W403_NO;
    w403_arena_free(a);
    return denied;
}
