/* A run of `why403 collect`, inside. Calls are asked as soon as what they need is known, from inside the answers;
 * what waits to be asked is kept as names in lanes, a few bytes each, so that an account of any size is collected in
 * the same memory. */
#ifndef W403_COLLECT_STATE_H
#define W403_COLLECT_STATE_H

#include "base/hash.h"
#include "collect/answer.h"
#include "collect/collect.h"
#include "collect/compose.h"
#include "collect/folder.h"
#include "collect/join.h"
#include "collect/names.h"
#include "collect/places.h"

enum {
    W403_RUN_AT_ONCE = 2048, /* calls that the module has at one time */
    W403_RUN_PATH = 512,
    W403_RUN_PARTS = 5,
    W403_RUN_POLICY_TYPES = 3,
    W403_RUN_KEPT_BYTES = 8 << 20, /* a file of a run before that is larger is a value */
};

typedef struct w403_run         w403_run;
typedef struct w403_run_account w403_run_account;
typedef struct w403_run_region  w403_run_region;
typedef struct w403_run_request w403_run_request;
typedef struct w403_run_lane    w403_run_lane;

/* Gets every page of a call, and its error. */
typedef w403_status w403_run_answer_fn(w403_run *r, w403_run_request *q, const w403_live_answer *a, w403_error *err);

/* One call that was asked. */
struct w403_run_request {
    w403_run_answer_fn *on;
    w403_run_account   *account; /* NULL: of the organization, with the caller's own credentials */
    void               *subject; /* what it belongs to: a region, a bucket, a unit, a lane */
    w403_view           region, name;
    w403_live_argument  arguments[W403_PLACE_ARGUMENTS]; /* texts that live as long as the run */
    size_t              n_arguments;
    w403_join          *join;
    w403_run_request   *next, *older; /* older: of all that were made */
    uint16_t            row;
    uint8_t             part; /* of a unit */
    bool                again, stays; /* asked a second time; not to be freed after this answer */
    bool                paged, anew;  /* a page has come; the list begins anew, because its token had expired */
    size_t              n_path;
    char                path[W403_RUN_PATH]; /* of the file that the answer becomes; empty: none */
};

/* ---- lanes: names that something is to be asked of, so many of them at once ---- */
typedef struct w403_run_item {
    w403_view name, extra;
} w403_run_item;

typedef w403_status w403_run_start_fn(w403_run *r, w403_run_lane *lane, const w403_run_item *item, w403_error *err);

struct w403_run_lane {
    w403_run_start_fn *start;
    w403_run_account  *account;
    w403_run_region   *region;
    unsigned           cost; /* calls that an item is likely to be */
    unsigned           width, running;
    bool               held, queued;
    W403_ARRAY(w403_run_item) items;
    w403_map           seen; /* of a list that began anew: names that are in it already */
    size_t             head;
    w403_run_lane     *after;
};

/* ---- one file of several answers ---- */
typedef struct w403_run_unit {
    w403_run_lane        *lane; /* told when it is whole */
    w403_view             name;
    unsigned              n, waiting;
    bool                  gone, refused; /* there is no such thing; what the others belong to could not be read */
    struct {
        w403_view name;
        w403_buf  value;
        bool      list; /* pages: elements so far, without brackets */
    } part[W403_RUN_PARTS];
    size_t                n_path;
    struct w403_run_unit *next, *older;
    char                  path[W403_RUN_PATH];
} w403_run_unit;

/* A call that was not answered, until it is known what else was not. */
typedef struct w403_run_failure {
    unsigned  row;
    w403_view code, message, said, path, name; /* said: to people; message: in the file */
} w403_run_failure;

struct w403_run_region {
    w403_view         name;
    w403_run_account *account;
    w403_run_lane     keys, points, lambdas, express_points, express_buckets;
    w403_map          aliases; /* key id -> w403_buf of elements */
    w403_buf          aliases_error;
    unsigned          asked, waiting;
    w403_run_failure failures[16];
    unsigned         n_failures;
    w403_run_region *next;
};

struct w403_run_account {
    w403_view         id, name, canonical; /* name: of the organization, or an alias */
    w403_view         as; /* whose credentials: what goes into w403_live_call.account */
    w403_view         error_code, error_message; /* of ListBuckets, or of entering: its account.json says so */
    const char       *error_call;
    bool              entered, counted, alias_asked;
    size_t            open; /* requests and names that wait */
    size_t            asked[W403_CALL_COUNT];
    w403_run_region  *regions;
    w403_run_lane     buckets, worldwide;
    w403_run_account *next;
};



typedef struct w403_run_child {
    w403_view child, parent;
} w403_run_child;

typedef struct w403_run_attached {
    w403_view target, policy;
    uint32_t  order; /* in which they are written: by type, then as AWS lists them */
} w403_run_attached;

typedef struct w403_run_org {
    bool wanted, none, incomplete; /* none: the account is in no organization; incomplete: attachments are unknown */
    bool          names_done, roots_done, tree_broken;
    struct {
        bool on, listed;
        W403_ARRAY(w403_view) policies;
    } types[W403_RUN_POLICY_TYPES];
    unsigned      lists_waiting, tree_waiting;
    enum { W403_ORG_UNDECIDED, W403_ORG_BY_TARGET, W403_ORG_BY_POLICY } way;
    w403_map      policies; /* those that are attached somewhere: id -> id */
    W403_ARRAY(w403_run_child) tree;
    W403_ARRAY(w403_view) targets;
    w403_map      is_target;
    W403_ARRAY(w403_run_attached) attached;
    w403_map      broken_targets; /* whose policies could not be read */
    W403_ARRAY(w403_run_failure) failures;
    w403_run_lane parents, lookups, describe;
} w403_run_org;

struct w403_run {
    const w403_collect_options *opt;
    const w403_live            *live;
    w403_live_session          *session;
    w403_arena                 *arena, *scratch, *page; /* page: the answer at hand, parsed */
    w403_folder                *folder; /* NULL: nothing is written */
    w403_collect_report        *report;
    w403_map                    groups; /* of the report */
    w403_status                 status;
    w403_error                  error;
    bool                        store; /* not AWS: there is S3, and nothing else */
    w403_view                   caller_code, caller_message; /* why nobody knows who asks */
    w403_view                   at; /* the start, in words: of errors in files */
    size_t                      outstanding, waiting_cost;
    double                      began;
    w403_run_lane              *ready, **ready_end;
    w403_run_request           *requests, *free_requests, *later, **later_end;
    w403_run_unit              *units, *free_units;
    struct w403_run_bucket     *free_buckets;
    w403_instant                later_due;
    w403_run_account           *accounts;
    uint16_t                    bucket_rows[24];
    unsigned                    n_bucket_rows;
    w403_run_org                org;
    w403_run_lane               enter;
    size_t                      n_accounts, n_done;
};

/* ---- run.c: requests, lanes ---- */
/* NULL: memory is short. */
w403_run_request *w403_run_request_new(w403_run *r, w403_run_account *account, unsigned row, w403_run_answer_fn *on,
                                       void *subject);
void w403_run_request_free(w403_run *r, w403_run_request *q); /* one that is not asked after all, too */
void w403_run_argument(w403_run_request *q, const char *name, w403_view value);
/* The file that the answer becomes: the table's pattern with these names. */
W403_NODISCARD w403_status w403_run_path(w403_run *r, w403_run_request *q, w403_view name, w403_error *err);
W403_NODISCARD w403_status w403_run_ask(w403_run *r, w403_run_request *q, w403_error *err);
/* A second after now. */
void w403_run_ask_later(w403_run *r, w403_run_request *q);
/* Until nothing is left to ask, or somebody wants it to end. */
W403_NODISCARD w403_status w403_run_drain(w403_run *r, w403_error *err);
/* What is not in an arena, of calls that were never answered too. */
void w403_run_release(w403_run *r);
bool w403_run_wants(const w403_run *r, unsigned row); /* --only */
W403_NODISCARD w403_status w403_run_push(w403_run *r, w403_run_lane *lane, w403_view name, w403_view extra,
                                         w403_error *err);
/* The list that the lane is filled from begins anew: what is in it is not put in again. */
W403_NODISCARD w403_status w403_run_lane_anew(w403_run *r, w403_run_lane *lane, w403_error *err);
void w403_run_lane_go(w403_run *r, w403_run_lane *lane); /* it was held */
void w403_run_lane_done(w403_run *r, w403_run_lane *lane); /* one of its items is */
void w403_run_note(w403_run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An answer's page, parsed; until the next one is. */
W403_NODISCARD w403_status w403_run_parse(w403_run *r, const w403_live_answer *a, w403_json_doc *out,
                                          w403_error *err);

/* ---- write.c: answers become files ---- */
W403_NODISCARD w403_status w403_run_write(w403_run *r, w403_view path, const w403_buf *text, w403_error *err);
W403_NODISCARD w403_status w403_run_write_failure(w403_run *r, w403_view path, unsigned row, w403_view code,
                                                  w403_view message, w403_error *err);
/* The answer, or the error, is the file of the request. Counts it, and what is unknown goes into the report. */
w403_run_answer_fn w403_run_on_file;
/* The same, but for what an error comes to. Done: *whole. */
W403_NODISCARD w403_status w403_run_take_page(w403_run *r, w403_run_request *q, const w403_live_answer *a,
                                              bool *whole, w403_error *err);
/* A unit whose file stands at `path`; NULL: memory is short. */
w403_run_unit *w403_run_unit_new(w403_run *r, w403_run_lane *lane, w403_view name, w403_view path);
/* A part that a call gives, and one that is there already. */
W403_NODISCARD w403_status w403_run_unit_ask(w403_run *r, w403_run_unit *u, w403_run_request *q, w403_error *err);
W403_NODISCARD w403_status w403_run_unit_part(w403_run *r, w403_run_unit *u, const char *name, w403_view json,
                                              w403_error *err);
w403_run_answer_fn w403_run_on_part;

/* ---- keep.c: what a run before has left ---- */
typedef enum w403_kept { W403_KEPT_NOT, W403_KEPT_VALUE, W403_KEPT_NOT_CONFIGURED, W403_KEPT_UNKNOWN } w403_kept;
/* Is the file there, and need not be asked for again? Counts it. *text (nullable) is its text, in the scratch arena;
 * a refusal goes into the report, or into *failed (nullable). */
W403_NODISCARD w403_status w403_run_keeps(w403_run *r, w403_run_account *account, unsigned row, w403_view path,
                                          w403_view name, w403_kept *out, w403_view *text, w403_run_failure *failed,
                                          w403_error *err);
/* Is there a file at all? */
W403_NODISCARD w403_status w403_run_has(w403_run *r, w403_view path, bool *there, w403_error *err);

/* ---- report.c ---- */
W403_NODISCARD w403_status w403_run_unknown(w403_run *r, w403_unknown_kind kind, unsigned row,
                                            const w403_run_account *account, w403_view code, w403_view message,
                                            w403_view name, w403_error *err);
w403_view w403_run_said(const w403_live_answer *a);
W403_NODISCARD w403_status w403_run_fail(w403_run *r, w403_run_failure *f, const w403_run_request *q,
                                         const w403_live_answer *a, w403_view name, w403_error *err);
/* False: the name was refused, and is in the report. */
W403_NODISCARD w403_status w403_run_name(w403_run *r, const w403_run_account *account, w403_name_kind kind,
                                         w403_view name, bool *sound, w403_error *err);
void w403_run_progress(w403_run *r, const w403_run_account *account);

/* ---- accounts.c, buckets.c, regions.c, organization.c ---- */
W403_NODISCARD w403_status w403_run_identify(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_accounts(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_account_add(w403_run *r, w403_view id, w403_view name, w403_run_account **out,
                                                w403_error *err);
w403_run_account *w403_run_account_find(const w403_run *r, w403_view id);
W403_NODISCARD w403_status w403_run_aliases(w403_run *r, w403_run_account *account, w403_error *err);
W403_NODISCARD w403_status w403_run_accounts_finish(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_region_of(w403_run *r, w403_run_account *account, w403_view name,
                                              w403_error *err);
void w403_run_aliases_free(w403_run_region *region);
void w403_run_buckets_init(w403_run *r, w403_run_account *account);
W403_NODISCARD w403_status w403_run_bucket_rows(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_org_start(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_org_finish(w403_run *r, w403_error *err);

/* ---- start.c: the folder and its snapshot.json ---- */
W403_NODISCARD w403_status w403_run_check_folder(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_open_folder(w403_run *r, w403_error *err);
W403_NODISCARD w403_status w403_run_meta(w403_run *r, bool finished, w403_error *err);
W403_NODISCARD w403_status w403_run_close_folder(w403_run *r, w403_error *err);

#endif
