/* What the files of checks share: the document taken apart, and how a finding is made. Private to the room. */
#ifndef W403_LINT_CHECK_H
#define W403_LINT_CHECK_H

#include "base/array.h"
#include "base/limits.h"
#include "catalog/reference.h"
#include "lint/lint.h"
#include "policy/policy.h"
#include "symbolic/budget.h"

/* One operator on one key. Only well-typed parts are in the model: what is not is a finding of structure.c. */
typedef struct w403_lint_condition {
    const w403_json *block; /* the member of Condition: its key is the operator */
    const w403_json *node;  /* the member of the block: its key is the condition key, its value the values */
    const w403_operator *op; /* NULL: no such operator */
    w403_set_qualifier set;
    bool if_exists;
    w403_view key;
    bool known;    /* the key's type is known */
    uint8_t type;  /* w403_key_type */
    bool multi;
} w403_lint_condition;

typedef struct w403_lint_statement {
    const w403_json *node;
    bool allow, deny; /* neither: no Effect, or none that exists */
    bool partial;     /* it holds a value that only a deployment knows (document.h) */
    const w403_json *effect, *sid, *principal, *not_principal, *action, *not_action, *resource, *not_resource, *condition;
    const w403_lint_condition *conditions;
    uint32_t n_conditions;
    uint32_t action_count, resource_count; /* values of Action and Resource */
} w403_lint_statement;

typedef struct w403_lint_run {
    w403_arena *arena;
    const w403_lint_options *options;
    w403_json_doc doc;
    const w403_lint_statement *statements;
    uint32_t n_statements;
    const w403_json *version, *statement; /* members of the document; NULL when absent */
    bool version_2012;
    bool partial; /* a statement is */
    W403_ARRAY(w403_finding) found;
    size_t dropped;
    w403_policy *policy; /* as the engine reads it; NULL: not asked yet, or it does not */
    bool parsed, nomem;
    w403_budget budget; /* of all proofs (proofs.c) */
    uint32_t proofs;    /* searches so far */
    w403_view last_prefix; /* lists name one service in a row */
    uint32_t last_service;
} w403_lint_run;

/* ---- model.c ---- */
bool w403_lint_model(w403_lint_run *l);
bool w403_lint_opaque(const w403_json *v);
/* Values of an element: the string itself, or each string of an array; other types are passed over. */
const w403_json *w403_lint_first(const w403_json *element);
const w403_json *w403_lint_next(const w403_json *element, const w403_json *value);
#define W403_LINT_EACH(v, element) \
    for (const w403_json *v = w403_lint_first(element); v; v = w403_lint_next(element, v))
/* The same for any scalar (numbers and booleans as they are written). */
const w403_json *w403_lint_first_scalar(const w403_json *element);
const w403_json *w403_lint_next_scalar(const w403_json *element, const w403_json *value);
#define W403_LINT_EACH_SCALAR(v, element) \
    for (const w403_json *v = w403_lint_first_scalar(element); v; v = w403_lint_next_scalar(element, v))
/* What is known of a condition key: fills key, known, type, multi. */
void w403_lint_key_facts(w403_view key, w403_lint_condition *c);
/* ForAllValues:StringLikeIfExists in parts: fills op, set, if_exists; gives the bare name. */
w403_view w403_lint_operator(w403_view name, w403_lint_condition *c);
bool w403_lint_is_key(const w403_lint_condition *c, const char *name); /* case ignored; `name/` is a prefix */
/* A condition of the statement on that key. */
const w403_lint_condition *w403_lint_on(const w403_lint_statement *st, const char *name);
/* `Null: false` on the key: it must be there. */
bool w403_lint_guarded(const w403_lint_statement *st, w403_view key);
static inline bool w403_lint_positive(const w403_lint_condition *c) /* and no Null */
{
    return c->op && !c->op->negated && c->op->family != W403_OP_NULL;
}
/* "*" or {"AWS": "*"} among the principals. */
bool w403_lint_everyone(const w403_lint_statement *st);

/* ---- run.c ---- */
/* Our own words in a message, in the reader's language: marked by NC_("lint", ...) where they stand. */
w403_view w403_lint_said(const w403_lint_run *l, const char *text);
#define W403_LINT_WORDS(...) ((const w403_lint_word[]){__VA_ARGS__, {NULL, {NULL, 0}}})
/* Adds a finding, unless its row is not for this kind of policy or is switched off. `words` may be NULL. */
void w403_lint_add(w403_lint_run *l, w403_lint_code code, const w403_lint_place *at, uint32_t n,
                   const w403_lint_word *words);
/* One place: a value, or a member's name. */
void w403_lint_value(w403_lint_run *l, w403_lint_code code, const w403_json *node, const w403_lint_word *words);
void w403_lint_key(w403_lint_run *l, w403_lint_code code, const w403_json *member, const w403_lint_word *words);
static inline w403_lint_place w403_lint_at_value(const w403_json *node)
{
    return (w403_lint_place){node, false, node->span};
}
static inline w403_lint_place w403_lint_at_key(const w403_json *member)
{
    return (w403_lint_place){member, true, member->key_span};
}
/* Would a finding of that row be kept? What is costly to find out need not be found otherwise. */
bool w403_lint_wants(const w403_lint_run *l, w403_lint_code code);
bool w403_lint_wants_any(const w403_lint_run *l, const w403_lint_code *codes, size_t n);
/* As many as are kept: what a further one would suggest need not be found. */
static inline bool w403_lint_full(const w403_lint_run *l)
{
    return l->found.n >= W403_LIMIT_LINT_FINDINGS;
}
w403_view w403_lint_number(w403_lint_run *l, uint64_t n); /* 10,240 */

/* The checks that find what the rows of notes say, and no more. */
void w403_lint_noted(w403_lint_run *l);

/* ---- lists.c ---- */
/* Is it in the closed list (W403_LIST_*)? Without case; a value of the list that ends in `/` is a prefix. */
bool w403_lint_listed(unsigned list, w403_view v);

/* ---- proofs.c ---- */
/* For a question more: the time is that of all of the document, what else it may cost its own. */
w403_budget *w403_lint_budget(w403_lint_run *l);

/* ---- inclusion.c ---- */
/* Does every text that `inner` matches also match `outer`? False once the budget is spent. */
bool w403_lint_includes(w403_budget *budget, w403_view outer, w403_view inner, bool ignore_case);
/* Does any text match both? UNKNOWN once the budget is spent. */
w403_tri w403_lint_overlap(w403_budget *budget, w403_view a, w403_view b, bool ignore_case);
/* Values of a list that overlap (REDUNDANT_ACTION, REDUNDANT_RESOURCE): a finding a group. */
void w403_lint_redundant(w403_lint_run *l, w403_lint_code code, const w403_json *list, bool ignore_case);
/* An element of values, Action or Resource: each by itself, then the list as such. NULL: the statement has none. */
void w403_lint_element(w403_lint_run *l, const w403_json *list, void (*one)(w403_lint_run *l, const w403_json *value),
                       w403_lint_code empty, w403_lint_code redundant);

/* ---- the checks, a file a topic ---- */
void w403_lint_structure(w403_lint_run *l);
void w403_lint_sids(w403_lint_run *l);
void w403_lint_size(w403_lint_run *l);
void w403_lint_actions(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_resources(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_s3_text(w403_lint_run *l, const w403_json *value);
void w403_lint_variables(w403_lint_run *l, const w403_json *value);
void w403_lint_principals(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_services(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_conditions(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_values(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c);
void w403_lint_addresses(w403_lint_run *l, const w403_lint_condition *c);
void w403_lint_formats(w403_lint_run *l, const w403_lint_condition *c);
void w403_lint_keys(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_tags(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_pass_role(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_trust(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_organization(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_typed(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_fit(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_contradictions(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_effects(w403_lint_run *l, const w403_lint_statement *st);
void w403_lint_deliveries(w403_lint_run *l);
void w403_lint_lockouts(w403_lint_run *l);
void w403_lint_shadows(w403_lint_run *l);
void w403_lint_repeated(w403_lint_run *l);
/* The same value, Sids, the order of members and values, and lists of one aside. */
bool w403_lint_same(const w403_json *a, const w403_json *b);
/* The named actions of a statement that never carry the key of a condition: places, ended by one without a node; room
 * for one more behind them, and the key's own place before them. NULL: none, or memory short. */
w403_lint_place *w403_lint_unfit_actions(w403_lint_run *l, const w403_lint_statement *st, const w403_lint_condition *c);
/* "a, b and 3 more". */
w403_view w403_lint_texts(w403_lint_run *l, const w403_lint_place *at, uint32_t n);
/* w403_ref_service, quick where the same prefix is asked for again. */
uint32_t w403_lint_service_of(w403_lint_run *l, w403_view prefix);
/* A service prefix the catalog knows, retired ones and aliases of condition keys too. */
bool w403_lint_service_known(w403_view prefix);
/* A service name as a principal: labels of lower-case letters, a suffix of AWS's. */
bool w403_lint_service_name(w403_view v);
bool w403_lint_is_service_principal(w403_view v); /* ends in an AWS suffix */
/* Does the value (or the wildcard in it) match the action? Case ignored. */
bool w403_lint_action_is(const w403_json *value, const char *action);

#endif
