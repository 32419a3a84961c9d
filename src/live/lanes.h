/* Calls that wait, and which of them is sent next. A lane holds the calls of one operation for one account, region and host;
 * lanes take turns, and each waits for its own limits only. */
#ifndef W403_LIVE_LANES_H
#define W403_LIVE_LANES_H

#include "base/hash.h"
#include "live/live.h"
#include "live/pages.h"
#include "live/rate.h"
#include "live/retry.h"
#include "live/wire.h"

enum { W403_HOST_FAILURES = 20 /* in a row: nobody is there */ };

typedef struct w403_live_account {
    w403_view        id; /* empty: the caller's own */
    w403_retry_quota quotas[W403_SERVICE_COUNT];
    w403_pace        paces[W403_SERVICE_COUNT];
    w403_rate        told[W403_SERVICE_COUNT]; /* --rate */
    w403_view        good;                     /* a region where a call was answered well */
    struct w403_off {
        w403_view        region;
        w403_view        code, message;
        struct w403_off *next;
    } *off;       /* regions that are not enabled */
    bool entering; /* its role is being assumed: everything waits */
    w403_view refused;  /* the code with which that was refused; empty: it was not */
    w403_view refused_message;
} w403_live_account;

typedef struct w403_live_host {
    w403_view name;
    unsigned  in_flight, most;
    unsigned  failures; /* in a row */
} w403_live_host;

typedef struct w403_job {
    struct w403_job   *next;
    struct w403_lane  *lane;
    uint16_t           row;
    uint8_t            attempts; /* of this page */
    unsigned           page;
    unsigned           cost; /* of the last retry of this page */
    bool               renewed, clocked, moved, restarted;
    uint32_t           clock;      /* the engine's, when it was signed */
    int64_t            sent;
    int64_t            not_before; /* 0: at once */
    void              *tag;
    w403_view          tokens[2]; /* of this page, in a block of their own */
    w403_pages         pages;
    w403_live_account *account;
    w403_view          region; /* as asked for, or where AWS says it is */
    bool               enters; /* no call of the planner's: it assumes the account's role */
    size_t             n_arguments;
    w403_live_argument arguments[];
} w403_job;

typedef struct w403_lane {
    struct w403_lane  *previous, *next; /* of those with calls that wait */
    w403_live_account *account;
    w403_live_host    *host;
    w403_view          region;
    uint16_t           row;
    unsigned           in_flight, most; /* most 0: as many as may */
    w403_rate          rate;
    w403_job          *first, *last;
} w403_lane;

typedef struct w403_lanes {
    w403_arena             *arena;
    w403_map                accounts, hosts, lanes;
    w403_lane              *turn; /* whose turn it is; NULL: nothing waits */
    w403_job              **later; /* a heap by not_before */
    size_t                  n_later, cap_later;
    size_t                  waiting;
    unsigned                details; /* authorization details on their way: they are large */
    const w403_live_options *options;
} w403_lanes;

w403_live_account *w403_lanes_account(w403_lanes *l, w403_view id);          /* NULL: no memory */
w403_live_host    *w403_lanes_host(w403_lanes *l, w403_view name, bool of_one_bucket, unsigned service);

/* Everything is copied but the tag. NULL: no memory. */
w403_job *w403_job_new(w403_lanes *l, const w403_live_call *call);
void      w403_job_free(w403_job *job);
/* The block of both tokens is the job's from now on. False: no memory. */
bool w403_job_set_tokens(w403_job *job, w403_view first, w403_view second);

/* Puts it behind the others of its lane, before them (`first`), or away until its time has come. False: no memory. */
bool w403_lanes_put(w403_lanes *l, w403_job *job, w403_live_host *host, bool first);
bool w403_lanes_put_later(w403_lanes *l, w403_job *job);

/* The next call that may be sent now, taken out of its lane and counted as on its way; NULL: none, and `*wake` is when to ask
 * again (INT64_MAX: when something comes back). */
w403_job *w403_lanes_take(w403_lanes *l, int64_t now, int64_t *wake);
void      w403_lanes_came_back(w403_lanes *l, w403_job *job);

/* Is this call not to be sent, because its host or region is known to be of no use? */
const struct w403_off *w403_account_off(const w403_live_account *account, w403_view region);

void w403_lanes_free(w403_lanes *l);

#endif
