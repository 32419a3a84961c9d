/* A set of values of one dimension, as people and programs read it (reason 3, 4). */
#ifndef W403_SYMBOLIC_SETS_H
#define W403_SYMBOLIC_SETS_H

#include "symbolic/space.h"

typedef struct w403_interval {
    w403_view from, to; /* {NULL,0}: no bound */
    bool from_open, to_open;
} w403_interval;

/* What a set is made of. `any`: every value and absent. Without any list: no value at all, but perhaps `absent`. */
typedef struct w403_set {
    bool any, absent, not_in, net, ignore_case;
    w403_texts in;            /* texts; with not_in: all but these */
    w403_texts like, unlike;  /* patterns, or networks (`net`) */
    W403_ARRAY(w403_interval) intervals;
    w403_texts bools;
    W403_ARRAY(w403_texts) keys; /* value sets of a multivalued key */
    bool whole;               /* false: it could not be written exactly; the lists hold a part of it */
} w403_set;

/* One dimension of a box, neither joined nor of callers or actions. False: memory. */
bool w403_set_of(const w403_space *s, const w403_box *b, size_t dim, w403_set *out);
/* Elements alone: those that are in the set, those that are not; the others are of no account. */
bool w403_set_of_elements(w403_arena *a, const w403_elements *e, bool *in, bool *out_of, w403_set *out);
/* Catalog actions as the shortest list of globs over the known ones. `allowed`: those that a glob may match besides. */
bool w403_action_names(w403_arena *a, const uint64_t actions[8], const uint64_t allowed[8], w403_texts *out);
/* The actions of a box. */
bool w403_box_action_names(const w403_space *s, const w403_box *b, size_t dim, w403_texts *out);

/* ---- set_words.c ---- */
/* "from 203.0.113.0/24", "without the header x-amz-acl"; {NULL,0}: memory. */
w403_view w403_set_words(w403_arena *a, uint16_t key, w403_view name, w403_view param, const w403_set *set);
/* "a, b or c" */
w403_view w403_texts_words(w403_arena *a, const w403_texts *list, const char *last);

#endif
