/* Of the shapes: what tells the keys of one kind of request apart. */
#ifndef W403_LOGS_SHAPE_CLASS_H
#define W403_LOGS_SHAPE_CLASS_H

#include "logs/shapes.h"

/* Everything of a request but its key: what tells its keys apart. */
typedef struct w403_parent {
    uint64_t       hash;
    w403_residual *residual[2];
    w403_request  *request[2];  /* where there is no residual: any of them, its key behind `base` to be replaced */
    w403_view      base[2];
    bool           each[2];     /* neither: each record is decided by itself */
    w403_policies *policies[2]; /* with the session's; NULL: those of the rules */
    bool           tried;
    unsigned       prefixes;
} w403_parent;

/* Frees what its residuals need. */
void w403_parent_clear(w403_parent *p);

/* Of one thread. */
typedef struct w403_class_work {
    w403_arena *keep, *once, *work; /* what parents need, what one of them needs, what one key needs */
    size_t      prepared;           /* parents that keep what they need */
} w403_class_work;

typedef struct w403_key_class {
    uint64_t hash;
    uint8_t  verdict[2];
    bool     judged[2];
    bool     many;
} w403_key_class;

/* The class of a record's key under the policies of `rules`; out->hash 0: they tell nothing apart here. Cost: tens of
 * nanoseconds, once the parent is prepared; some microseconds where keys are decided one by one, behind an access point
 * or for the source of a copy; tens of them for parents beyond a limit, which keep nothing. */
w403_status w403_key_class_of(const w403_shape_rules *rules, w403_class_work *w, w403_parent *p, const w403_record *r,
                              w403_key_class *out, w403_error *err);

#endif
