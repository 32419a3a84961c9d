/* Policies alone: what one, or one against another, says to every request (reason 8). */
#ifndef W403_SYMBOLIC_DOCUMENT_H
#define W403_SYMBOLIC_DOCUMENT_H

#include "symbolic/links.h"
#include "symbolic/locate.h"

typedef enum w403_say { W403_SAYS_DENY, W403_SAYS_NOTHING, W403_SAYS_ALLOW, W403_SAYS_UNKNOWN } w403_say;
static inline uint8_t w403_says(w403_say old, w403_say new)
{
    return (uint8_t)(old * 4 + new);
}

/* Its Effect is Deny, or cannot be told. */
static inline bool w403_statement_may_deny(const w403_statement *st)
{
    return st->effect == W403_EFFECT_DENY || (st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT));
}

/* Which actions and resources are looked at; nothing given: all of them. */
typedef struct w403_document_focus {
    const w403_view *actions, *resources; /* patterns */
    size_t n_actions, n_resources;
} w403_document_focus;

/* Two documents and all requests. Everything is built by w403_documents_build. */
typedef struct w403_documents {
    w403_arena *arena;
    const w403_policy *policy[2]; /* old, new; either may be NULL */
    w403_policy_kind kind;
    w403_view partition;
    w403_document_focus focus;
    const w403_pair *when;
    size_t n_when;

    w403_space space;
    w403_key_uses uses;
    size_t *home;       /* dimension of each key use */
    size_t first[2];    /* bit of the first statement of each */
    size_t n_statements;
    size_t settled;     /* first of four bits: old denied, old allowed, new denied, new allowed */
    size_t caller_dim, action_dim, resource_dim;
    uint32_t *last_dim; /* of each statement bit: the last dimension that can still take it away */
    bool incomplete;    /* classes may be missing: a `no` is not certain */
    const char *reason; /* of it: "word-equation", "multi-valued" ... */
    const w403_statement *blamed; /* of it; may be NULL */
} w403_documents;

w403_status w403_documents_build(w403_documents *d, w403_budget *budget, w403_error *err);
const w403_statement *w403_documents_statement(const w403_documents *d, size_t bit);

/* ---- the parts of a build ---- */
bool w403_documents_callers(w403_documents *d);   /* document_callers.c: the dimension of callers */
bool w403_documents_actions(w403_documents *d);   /* document_targets.c: actions, and then */
bool w403_documents_resources(w403_documents *d); /* ... the resources of their types */
bool w403_documents_join(w403_documents *d);      /* document_join.c: dimensions that a variable ties together */
bool w403_documents_judge(w403_documents *d);     /* document_judge.c: what each class says to each statement */
/* Adds the languages of a template with variables to elements, for every class of the variables' dimensions. */
bool w403_documents_instances(w403_documents *d, const w403_template *t, w403_elements *e,
                              bool (*add)(w403_documents *d, const w403_context *ctx, w403_elements *e, void *user),
                              void *user);
/* What stands where a variable would, in other patterns with the same beginning: values worth a class. */
bool w403_documents_seeds(w403_documents *d, uint16_t id, w403_view name, w403_view param,
                          bool (*add)(w403_documents *d, const w403_language *l, void *user), void *user);
void w403_documents_incomplete(w403_documents *d, const char *reason, const w403_statement *st);
/* Which part of a statement no request can match: "resource", "action", "caller", or the name of a key; {NULL,0}: each
 * part alone can be matched. */
w403_view w403_documents_dead(const w403_documents *d, size_t bit);
w403_key_rules w403_documents_rules(w403_documents *d);
/* Is it a key of the caller's class, not of a dimension of its own? */
bool w403_caller_key(uint16_t id);
/* Facts of a caller's class; false: memory. */
bool w403_caller_facts(w403_arena *a, const w403_caller *who, w403_class *c);

/* A slot for each dimension of a request that somebody else made. False: some value is in no class, or not known. */
bool w403_documents_locate(w403_documents *d, const w403_request_place *at, uint32_t *slots);

/* The request that a choice of slots stands for, as the matcher sees it. */
typedef struct w403_document_request {
    const w403_class **classes;
    w403_assignment assignment;
    w403_context context;
    const w403_caller_class *caller;
    uint16_t action;
    w403_view resource;
} w403_document_request;
bool w403_documents_request(const w403_documents *d, const uint32_t *slots, w403_document_request *out);
/* What the matcher says to it, statement by statement: the proof of a witness. */
w403_say w403_documents_ask(const w403_documents *d, int side, const w403_document_request *r);

#endif
