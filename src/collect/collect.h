/* A whole account, or an organization, into the folder of a snapshot. */
#ifndef W403_COLLECT_COLLECT_H
#define W403_COLLECT_COLLECT_H

#include <signal.h>

#include "base/array.h"
#include "base/error.h"
#include "base/time.h"
#include "live/calls.h"
#include "live/live.h"

enum { /* w403_collect_options.with */
    W403_WITH_ACCESS_GRANTS = 1,
    W403_WITH_OBJECT_LAMBDA = 2,
    W403_WITH_DIRECTORY_BUCKETS = 4,
    W403_WITH_EVENTS = 8,
    W403_WITH_TAGS = 16,
};

typedef struct w403_collect_progress {
    size_t    accounts, accounts_done;
    w403_view account; /* of the last answer */
    size_t    calls, calls_done; /* calls: as far as it is known by now */
    size_t    unknown;
    double    seconds; /* since the start */
} w403_collect_progress;

typedef struct w403_collect_options {
    const char      *path; /* the folder; NULL: nothing is written */
    bool             organization; /* every active account of it, by `role` */
    const w403_view *accounts;     /* these, by `role`; none: the caller's own */
    size_t           n_accounts;
    w403_view        role; /* as in w403_live_options; empty: none is assumed */
    const w403_view *regions; /* beside those of the buckets */
    size_t           n_regions;
    bool             all_regions;
    bool             store;  /* an endpoint that is not AWS's, perhaps one without identities */
    uint32_t         only;   /* 1 << W403_SERVICE_*; 0: all */
    uint32_t         with;   /* W403_WITH_* */
    w403_view        bucket; /* pattern; empty: all */
    bool             resume, refresh, force;
    w403_instant     max_age;   /* microseconds; an interrupted run that is older is not gone on with */
    bool             dry, probe; /* nothing is written: what would be asked; probe: the lists are */
    volatile sig_atomic_t *stop; /* set by who wants it to end */
    void (*progress)(void *user, const w403_collect_progress *p);
    void (*note)(void *user, w403_view text);
    void *user;
} w403_collect_options;

typedef enum w403_unknown_kind {
    W403_UNKNOWN_CALL,    /* one kind of call */
    W403_UNKNOWN_BUCKET,  /* every call of a bucket: it shuts out even who administers it */
    W403_UNKNOWN_REGION,  /* every call of a Region */
    W403_UNKNOWN_ACCOUNT, /* a member that could not be entered */
    W403_UNKNOWN_NAME,    /* a name that cannot become part of a path */
} w403_unknown_kind;

enum { W403_UNKNOWN_NAMES = 3 };

/* What is unknown, grouped: equal code, call and account. */
typedef struct w403_collect_unknown {
    w403_unknown_kind kind;
    unsigned          row; /* of w403_calls; of W403_UNKNOWN_CALL */
    w403_view         code, account, message; /* message: of the first one */
    size_t            n, asked; /* so many failed, of so many that were asked of this account; 0: not counted */
    w403_view         names[W403_UNKNOWN_NAMES]; /* the first ones: buckets, keys, Regions */
    size_t            n_names;
} w403_collect_unknown;

/* What a run of that kind asks: one row a kind of call. */
typedef struct w403_collect_estimate {
    size_t    calls[W403_CALL_COUNT];
    size_t    busiest[W403_CALL_COUNT]; /* of one account and Region: what a documented rate is for */
} w403_collect_estimate;

typedef struct w403_collect_report {
    w403_view    caller, account, partition, folder;
    w403_instant started, finished;
    size_t       accounts, buckets, regions;
    size_t       known, not_configured, unknown, gone, kept; /* facts; kept: of a run before */
    size_t       calls;
    unsigned long newer_members;
    bool         interrupted;
    W403_ARRAY(w403_collect_unknown) unknowns;
    W403_ARRAY(w403_view) regions_off; /* skipped: not enabled */
    w403_collect_estimate estimate;    /* of a dry run */
} w403_collect_report;

/* Texts of the report live in the arena. Errors: credentials that AWS does not take, a folder that cannot be written
 * or is somebody else's, memory. What AWS refuses of single calls is no error: it is in the report. */
W403_NODISCARD w403_status w403_collect(w403_arena *a, const w403_live *live, w403_live_session *session,
                                        const w403_collect_options *options, w403_collect_report *out,
                                        w403_error *err);

#endif
