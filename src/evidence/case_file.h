/* A case file: one JSON object, or an array of them, each a request (or an inventory) and what is expected of it
 * (design.md 7). Reading only: nothing is decided and no other file is opened here. */
#ifndef W403_EVIDENCE_CASE_FILE_H
#define W403_EVIDENCE_CASE_FILE_H

#include "evidence/request_json.h"

/* One policy of `policies`. Either `text` is the document (a piece of the case file), or `path` names a file,
 * relative to the case file's folder. */
typedef struct w403_case_policy {
    w403_policy_kind kind;
    unsigned         level; /* of an SCP or RCP: 0 = root */
    w403_view        name;  /* where it stands, for messages: policies.identity[0] */
    w403_view        text, path;
    w403_span        span;  /* in the case file */
} w403_case_policy;

/* "inventory": would this report be delivered? */
typedef struct w403_case_inventory {
    w403_view bucket, configuration;
    w403_view at, created_at; /* {NULL,0}: not given */
} w403_case_inventory;

/* What a case expects. A view with p == NULL, a status of 0: not given, so not compared. */
typedef struct w403_expect {
    w403_verdict     decision;
    int              status;
    w403_view        cause, action, sid, message;
    bool             has_causes;
    const w403_view *causes; /* a set: the order is of no account */
    size_t           n_causes;
    w403_tri         allowed_after_fix; /* UNKNOWN: not given */
} w403_expect;

typedef struct w403_case {
    w403_view               name, about, source;
    uint32_t                line; /* in the case file */
    w403_span               span;
    const w403_json_doc    *doc;
    const w403_json        *snapshot;     /* an object that maps paths to contents; NULL: none here */
    w403_view               snapshot_dir; /* relative to the case file's folder; {NULL,0}: none */
    const w403_case_policy *policies;
    size_t                  n_policies;
    const w403_json        *lint; /* a case of `why403 lint`, whole; NULL: it is none, and what follows counts */
    bool                    is_inventory; /* then `inventory` counts, else `request` */
    w403_case_inventory     inventory;
    w403_request            request;
    w403_expect             expect;
    const w403_json        *question; /* then it counts: reason 15 */
    const w403_json        *expected; /* `expect` as it stands */
} w403_case;

typedef struct w403_cases {
    w403_case *at;
    size_t     n, cap;
} w403_cases;

/* Appends the cases of one file. `source` names it in messages; `text` and `a` must outlive the cases.
 * Errors: W403_SYNTAX, W403_LIMIT of the JSON; W403_SEMANTIC with the place: an unknown or missing member, a wrong
 * type. The first error ends it; `out` then holds the cases before it. Cost: O(text). */
w403_status w403_case_file_parse(w403_arena *a, w403_view source, w403_view text, w403_cases *out, w403_error *err);

#endif
