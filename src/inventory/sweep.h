/* One request over every object of inventory reports. A w403_sweep belongs to one thread; what several found is
 * merged at the end. Memory is bounded whatever the number of rows. */
#ifndef W403_INVENTORY_SWEEP_H
#define W403_INVENTORY_SWEEP_H

#include <signal.h>
#include <stdatomic.h>

#include "base/array.h"
#include "base/limits.h"
#include "base/text_set.h"
#include "inventory/manifest.h"
#include "inventory/sweep_row.h"

enum {
    W403_SWEEP_EXAMPLES = 3,
    W403_SWEEP_GROUPS = W403_LIMIT_SWEEP_GROUPS,
    W403_SWEEP_PREFIXES = W403_LIMIT_SWEEP_PREFIXES,
    W403_SWEEP_REMARKS = W403_LIMIT_SWEEP_REMARKS,
};

/* Where something was met first. Whatever the number of threads, and whichever of them reads a file: the first ones
 * are those of the first files. */
typedef struct w403_sweep_at {
    uint64_t file, row;
} w403_sweep_at;

/* Objects with one answer. */
typedef struct w403_sweep_group {
    w403_verdict verdict;
    int status;
    const char *cause; /* NULL: allowed or undetermined */
    w403_view action;  /* the permission that is missing; undetermined: what is not known */
    w403_view bucket;
    w403_view owner; /* canonical id, of causes that only the object's owner can remove; else {NULL,0} */
    bool older;      /* versions that are not the latest */
    uint64_t objects;
    w403_view examples[W403_SWEEP_EXAMPLES]; /* the first ones */
    w403_sweep_at example_at[W403_SWEEP_EXAMPLES];
    uint32_t n_examples;
} w403_sweep_group;

typedef struct w403_sweep_prefix { /* the first folder of a key, "" for keys without one */
    w403_view text;
    uint64_t denied, undetermined;
} w403_sweep_prefix;

/* Sentences, each once, those that were met first. */
typedef struct w403_sweep_remarks {
    w403_view *at;
    size_t n, cap;
    w403_sweep_at met[W403_SWEEP_REMARKS];
    bool more; /* there were further ones */
} w403_sweep_remarks;

typedef struct w403_sweep_totals {
    uint64_t objects[3];     /* by w403_verdict */
    uint64_t older;          /* of them, versions that are not the latest */
    uint64_t not_asked;      /* older versions, where the operation takes no version id */
    uint64_t malformed;      /* rows that could not be judged, or only without their ACL */
    uint64_t files, damaged; /* damaged: or missing */
    W403_ARRAY(w403_sweep_group) groups;
    W403_ARRAY(w403_sweep_prefix) prefixes;
    uint64_t other_denied, other_undetermined; /* of further prefixes */
    w403_sweep_remarks assumptions, unknown;
    bool folded_groups, folded_prefixes; /* there were more of them than are kept apart */
    W403_ARRAY(w403_view) limits;        /* what was met of that: sentences, once it is sorted */
} w403_sweep_totals;

/* What all threads share. */
typedef struct w403_sweep_shared {
    const w403_snapshot *snapshot;
    const w403_policies *policies;
    const w403_text_set *texts;           /* that stand for files; nullable */
    w403_request request;              /* its resource is not looked at */
    const volatile sig_atomic_t *stop; /* nullable: looked at every few thousand rows */
    _Atomic uint64_t rows, bytes;      /* done so far, of all threads */
    /* One object that is not allowed. False: stop. NULL: none are listed. */
    bool (*listed)(void *user, const w403_sweep_row *row, const w403_sweep_group *group);
    /* A malformed row (a line is given) or a damaged file; may be called from several threads at once. */
    void (*problem)(void *user, const w403_error *problem);
} w403_sweep_shared;

typedef struct w403_sweep_file {
    const char *path;              /* as for w403_stream_open */
    const w403_inv_schema *schema; /* NULL: the first row is a header */
    w403_view bucket;              /* {NULL,0}: the Bucket column says; else it must agree */
    const w403_inv_file *stated;   /* what a manifest says of it; NULL: none does */
    size_t number;                 /* of the file among all: a thread reads its files in ascending order */
} w403_sweep_file;

typedef struct w403_sweep w403_sweep;
/* `shared` must outlive it; `user` is given to its functions. NULL: memory is short. */
w403_sweep *w403_sweep_new(w403_sweep_shared *shared, void *user);
void w403_sweep_free(w403_sweep *s); /* NULL is fine */

/* Reads one file to its end. Damage is told to `problem` and counted; what stands before it counts.
 * Errors end the sweep: those of w403_decide, W403_NOMEM. */
w403_status w403_sweep_file_read(w403_sweep *s, const w403_sweep_file *file, w403_error *err);

/* One row that stands in no file. *out: its group, valid until the next call; NULL: it is not asked (an older version where the operation
 * takes none), or *bad says what is wrong with it (bad->code, else W403_OK). Errors as of w403_sweep_file_read. */
w403_status w403_sweep_one(w403_sweep *s, const w403_sweep_columns *c, const w403_report_row *row, const w403_sweep_group **out,
                           w403_error *bad, w403_error *err);

/* One object, judged without any class: what a row of its state must come to. `key_unknown`: nothing says which key
 * an object under SSE-KMS has, so that it can be denied but never allowed. *out has no bucket, examples and count. */
w403_status w403_sweep_judge(const w403_snapshot *snapshot, const w403_policies *policies,
                             const w403_request *request, const w403_object *object, bool key_unknown, w403_arena *a,
                             w403_decision *d, w403_sweep_group *out, w403_error *err);

/* What was found; it belongs to the sweep. */
const w403_sweep_totals *w403_sweep_found(const w403_sweep *s);
/* Adds what `from` found. */
w403_status w403_sweep_merge(w403_sweep *into, const w403_sweep *from, w403_error *err);
/* Puts groups and prefixes in order, the largest first, and says which limits were met. Nothing may be read
 * afterwards. False: memory is short. */
bool w403_sweep_sort(w403_sweep *s);

#endif
