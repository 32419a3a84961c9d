/* The values of one condition key, or of the resource, sorted by which patterns match them: classes of texts, or
 * intervals of numbers, instants and addresses. */
#ifndef W403_SYMBOLIC_ELEMENTS_H
#define W403_SYMBOLIC_ELEMENTS_H

#include "symbolic/automaton.h"

typedef enum w403_elements_kind {
    W403_ELEMENTS_TEXT,
    W403_ELEMENTS_NUMBER,
    W403_ELEMENTS_DATE,
    W403_ELEMENTS_NET,
    W403_ELEMENTS_BOOL
} w403_elements_kind;

typedef struct w403_value_class {
    w403_view value;          /* one of the class */
    const uint64_t *bits;     /* TEXT: patterns that match */
    w403_view lo, hi;         /* NUMBER, DATE: bounds; {NULL,0}: none */
    bool lo_open, hi_open;
    w403_instant instant;     /* DATE: of `value` */
    w403_ip first, last;      /* NET */
    bool nice;                /* `value` is one that a person would write */
    bool literal;             /* TEXT: the class is this one text */
} w403_value_class;

typedef W403_ARRAY(w403_view) w403_texts;

typedef struct w403_elements {
    w403_arena *arena;
    w403_elements_kind kind;
    W403_ARRAY(w403_language) patterns;
    w403_texts forms;      /* of the domain; none: every text */
    w403_texts favourites; /* values to take as witnesses where they fit, best first */
    W403_ARRAY(w403_value_class) list;
    const w403_automaton *automaton;  /* TEXT */
    bool private_ips;                 /* NET: addresses of private networks too */
    bool incomplete;                  /* a pattern does not fit the kind: classes may be missing */
} w403_elements;

w403_elements *w403_elements_new(w403_arena *a, w403_elements_kind kind);
/* Patterns that are there already are not added again. False: memory. */
bool w403_elements_add(w403_elements *e, const w403_language *l);
bool w403_elements_form(w403_elements *e, w403_view form);
bool w403_elements_favour(w403_elements *e, w403_view value);
/* Fills `list`. False: memory, or the budget (then it is spent, and `list` holds what was found). */
bool w403_elements_close(w403_elements *e, w403_budget *budget);

/* ordered.c: the kinds that are no texts */
bool w403_elements_numbers(w403_elements *e);
bool w403_elements_dates(w403_elements *e);
bool w403_elements_nets(w403_elements *e);

#endif
