/* Requests that are alike in all that can matter, counted together: what is left of a log of any length. */
#ifndef W403_LOGS_SHAPES_H
#define W403_LOGS_SHAPES_H

#include "base/limits.h"
#include "logs/bins.h"
#include "logs/kinds.h"
#include "logs/record.h"
#include "logs/relevant.h"

enum { W403_SHAPE_SAMPLES = 3, W403_SHAPE_LIMIT = W403_LIMIT_LOG_SHAPES, W403_SHAPE_PREFIXES = 32 };

typedef struct w403_sample {
    w403_instant time;
    char         id[80]; /* request id, else event id */
} w403_sample;

/* The requests of one kind. The first of them is kept as it was logged: whatever else is asked is read from it. */
typedef struct w403_shape {
    uint64_t      id;       /* the same in every thread and run; first: id_table.h */
    w403_log_form form;
    bool          denied;
    bool          expired;  /* presigned, and used after its time */
    bool          many_keys; /* keys of several kinds that were not told apart */
    uint32_t      marks;    /* of all of them */
    uint64_t      count;
    w403_instant  first, last;
    w403_bins     bins;
    w403_sample   samples[W403_SHAPE_SAMPLES]; /* the earliest; time 0: none */
    uint8_t       verdict[2]; /* w403_verdict under each snapshot, as far as `judged` says so */
    bool          judged[2];
    char         *raw;      /* of the first request; on the heap */
    bool          carried;  /* it does not stand so in its file */
    size_t        n_raw;
    char         *file;     /* where it stands */
    uint64_t      offset;
    char         *common;   /* what their keys begin with; NULL: no keys */
    size_t        n_common;
    bool          same_key; /* all of them had the same key */
} w403_shape;

typedef struct w403_shape_rules {
    const w403_snapshot *snapshot[2]; /* keys are told apart as these policies do; NULL: by their first folder */
    const w403_policies *policies[2];
    w403_relevant        relevant;
    size_t               limit;    /* shapes at most; 0: W403_SHAPE_LIMIT */
    w403_kinds          *kinds;    /* shared by all shapes with these rules; may be NULL where nothing is judged */
    struct w403_sessions *sessions;  /* told apart by their policies; NULL: not known yet (sessions.h) */
    bool                 keys_apart; /* as long as they are not: each access key whose session may matter by itself */
} w403_shape_rules;

/* One thread at a time; `rules` is only read and must outlive it. NULL when memory is short. */
typedef struct w403_shapes w403_shapes;
w403_shapes *w403_shapes_new(const w403_shape_rules *rules);
void         w403_shapes_free(w403_shapes *s); /* NULL is fine */

/* The shape of a record; NULL (with W403_OK) when there are too many: the record was counted as spilled. Cost: about a
 * microsecond, once the shape is known. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_shapes_find(w403_shapes *s, const w403_record *r, w403_shape **out, w403_error *err);
/* Adds the record to it. */
W403_NODISCARD w403_status w403_shape_add(w403_shape *shape, const w403_record *r, w403_error *err);

/* Adds a sample to the W403_SHAPE_SAMPLES earliest ones. */
void w403_sample_keep(w403_sample *samples, const w403_sample *one);

/* Moves everything of `from` into `into`. */
W403_NODISCARD w403_status w403_shapes_merge(w403_shapes *into, w403_shapes *from, w403_error *err);
/* By first time, then id. Valid until the next change. */
w403_shape *const *w403_shapes_list(w403_shapes *s, size_t *n);
w403_shape        *w403_shapes_by_id(const w403_shapes *s, uint64_t id); /* NULL: none */
/* Requests that no shape took in, because there were too many shapes. */
uint64_t w403_shapes_spilled(const w403_shapes *s);

/* shape_key.c: everything that matters but the object's key. */
uint64_t w403_shape_parent(const w403_shape_rules *rules, const w403_record *r);
/* Is it a presigned request after its time? */
bool w403_shape_expired(const w403_record *r);
/* An assumed-role ARN without the session's name; any other as it is. */
w403_view w403_role_of(w403_view principal);

#endif
