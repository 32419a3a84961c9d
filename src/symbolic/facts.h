/* What a class of requests says of its condition keys, as the matcher asks for it; and which keys statements ask about. */
#ifndef W403_SYMBOLIC_FACTS_H
#define W403_SYMBOLIC_FACTS_H

#include "symbolic/space.h"

/* The classes that are chosen so far, one of each dimension (NULL: not yet). */
typedef struct w403_assignment {
    const w403_class *const *classes;
    size_t n;
} w403_assignment;

/* A key that no class speaks of is absent. The assignment must outlive the context. */
void w403_assignment_context(const w403_assignment *as, w403_arena *a, w403_context *out);
const w403_key_fact *w403_assignment_fact(const w403_assignment *as, uint16_t id, w403_view name, w403_view param);

/* A condition key, and every condition on it. */
typedef struct w403_key_use {
    uint16_t id;
    w403_view name, param; /* as the first policy writes it */
    W403_ARRAY(const w403_condition *) conditions;
} w403_key_use;
typedef W403_ARRAY(w403_key_use) w403_key_uses;

/* The keys of a statement's conditions, and of the variables in them and in its resources. False: memory. */
bool w403_key_uses_add(w403_arena *a, w403_key_uses *uses, const w403_statement *st);
/* Found, or added without a condition; NULL: memory. */
w403_key_use *w403_key_use_of(w403_arena *a, w403_key_uses *uses, uint16_t id, w403_view name, w403_view param);
void w403_key_uses_sort(w403_key_uses *uses); /* by name, case ignored */
bool w403_same_key(uint16_t id, w403_view name, w403_view param, const w403_key_use *u);

/* Calls fn for each key that a template has as a variable. False: fn failed. */
typedef bool w403_variable_fn(void *user, uint16_t id, w403_view name, w403_view param);
bool w403_template_keys(const w403_template *t, w403_variable_fn *fn, void *user);

/* ---- key_dims.c ---- */
typedef struct w403_key_rules {
    w403_view partition;
    const w403_pair *when; /* --when: fixed keys; a value with p == NULL: absent */
    size_t n_when;
    bool *incomplete;      /* set where classes may be missing */
} w403_key_rules;

/* The kind of values that the key has, as the reference and the operators on it say. */
w403_elements_kind w403_key_kind(const w403_key_use *u);
/* All values of a key that its conditions tell apart, variables replaced through `ctx` (NULL: they must not occur).
 * Forms and samples are in it; not closed yet. */
w403_elements *w403_key_elements(w403_space *s, const w403_key_use *u, const w403_key_rules *rules,
                                 const w403_context *ctx);
bool w403_key_languages(w403_elements *e, const w403_key_use *u, const w403_context *ctx);
/* A dimension from elements that are closed: absent (unless it is always there), each element, and of a multivalued
 * key their sets. */
w403_dim *w403_key_dim(w403_space *s, const w403_key_use *u, const w403_elements *e, const w403_key_rules *rules);

#endif
