/* Of the shapes: what tells the keys of one kind of request apart. */
#ifndef W403_LOGS_SHAPE_CLASS_H
#define W403_LOGS_SHAPE_CLASS_H

#include <pthread.h>

#include "logs/kinds.h"
#include "logs/shapes.h"

/* Everything of a request but its key: what tells its keys apart. */
struct w403_kind {
    uint64_t        hash; /* first: id_table.h */
    pthread_mutex_t lock; /* of what follows */
    w403_arena     *arena;
    w403_residual  *residual[2];
    w403_request   *request[2];  /* where there is no residual: any of them, its key behind `base` to be replaced */
    w403_view       base[2];
    bool            each[2];     /* neither: each record is decided by itself */
    w403_policies  *policies[2]; /* with the session's; NULL: those of the rules */
    bool            asked;       /* whether it may keep what it needs */
    bool            kept;        /* it does */
};

/* Frees what it needs. */
void w403_kind_clear(w403_kind *k);

typedef struct w403_key_class {
    uint64_t hash;
    uint8_t  verdict[2];
    bool     judged[2];
    bool     many;
} w403_key_class;

/* The class of a record's key under the policies of `rules`; out->hash 0: they tell nothing apart here. Cost: tens of
 * nanoseconds, once the kind is prepared; some microseconds where keys are decided one by one, behind an access point
 * or for the source of a copy; tens of them for kinds beyond the limit, which keep nothing. Any number of threads, each
 * with a `work` of its own. */
w403_status w403_key_class_of(const w403_shape_rules *rules, w403_arena *work, w403_kind *k, const w403_record *r,
                              w403_key_class *out, w403_error *err);

#endif
