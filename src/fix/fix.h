/* Changes that make a denied request work, each proven by deciding again. Reads decisions and explanations; decides
 * only through w403_decide, on a private copy in which the change is made. */
#ifndef W403_FIX_FIX_H
#define W403_FIX_FIX_H

#include "base/error.h"

typedef enum w403_fix_kind {
    W403_FIX_POLICY,  /* a policy document gets another text, or there is a new one */
    W403_FIX_REQUEST, /* the request is sent otherwise: a header, an option, other credentials */
    W403_FIX_SETTING  /* a setting, an ACL, a key, an object */
} w403_fix_kind;

/* One change in one place. (list.c copies it: a new view has its line there.) */
typedef struct w403_fix_step {
    w403_fix_kind kind;
    const char *id;            /* of the kind of change: "add-allow", "narrow-deny", "send-header" ... */
    w403_view title;           /* imperative, one line */
    w403_view owner;           /* account that must apply it; {NULL,0}: whoever sends the request */
    w403_view policy;          /* POLICY: path in the snapshot, or the name that it was given by */
    w403_view before;          /* the document; {NULL,0}: there was none */
    w403_view after;           /* POLICY: the document, every other byte as before; else {NULL,0} */
    w403_view file;            /* POLICY: of the working directory; the first command writes `after` there */
    w403_view source_file;     /* POLICY: that holds the document: below the snapshot, or as it was named */
    w403_view source_pointer;  /* and where in it, RFC 6901 */
    w403_view diff;            /* unified diff of the two */
    w403_view patch;           /* RFC 6902, of the document; JSON text */
    const w403_view *commands; /* may be several lines each (a here-document) */
    uint32_t n_commands;
    const w403_view *rollback;
    uint32_t n_rollback;
    const w403_view *side_effects; /* sentences */
    uint32_t n_side_effects;
    const w403_view *removes; /* the causes that are gone with it: "deny.bucket-policy: s3:GetObject on ARN" */
    uint32_t n_removes;
} w403_fix_step;

/* Steps that together make the request allowed. */
typedef struct w403_fix {
    w403_view id;    /* the steps' ids, joined with `+` */
    w403_view title; /* of one step, or of all joined */
    w403_view owner; /* the account of the first step that has one; {NULL,0}: the sender alone */
    const w403_fix_step *steps;
    uint32_t n_steps;
    w403_verdict proof;           /* W403_ALLOWED: nothing else is proposed */
    int status;                   /* what the caller then sees: 200, 204, 404 */
    const w403_view *also_allows; /* who else gains: principals that newly get the same, and whoever gains by another
                                   * request for it, in words */
    uint32_t n_also_allows;
    const w403_view *also_covers; /* what else the caller newly gets: "s3:GetObjectTagging on arn:aws:s3:::b" */
    uint32_t n_also_covers;
    bool also_capped; /* of still others it is not settled: more than were asked, or an answer that hangs on the unknown */
    bool is_public;   /* with allow_public only */
} w403_fix;

/* A change that would work and is not proposed. */
typedef struct w403_fix_refusal {
    w403_view title, why;
} w403_fix_refusal;

typedef struct w403_fix_list {
    const w403_fix *at; /* smallest first */
    uint32_t n;
    const w403_fix_refusal *refused;
    uint32_t n_refused;
    w403_view none; /* n == 0: why, a sentence */
} w403_fix_list;

typedef struct w403_fix_options {
    bool allow_public; /* also what makes something public, or removes the last administrator */
    uint32_t max;      /* how many fixes; 0 = 3 */
    bool aws_s3;       /* the request was sent by `aws s3`, whose options are other than those of `aws s3api` */
} w403_fix_options;

/* Looks for fixes of a denied request. Of an allowed or undetermined one the list is empty and `none` says so.
 * `snapshot`, `policies` and `options` may be NULL. Results live in `arena`; nothing of the snapshot is changed.
 * Errors: W403_NOMEM. Cost: some dozen decisions, plus a search over all requests of each
 * principal of the snapshot and each class of others (200, and 20,000 classes of requests, at most). A fix has at most
 * W403_LIMIT_FIX_STEPS steps and a search at most W403_LIMIT_FIX_TRIALS trials: `none` says when that was too few. */
w403_status w403_fix_find(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                          const w403_decision *decision, const w403_explanation *explanation,
                          const w403_fix_options *options, w403_arena *arena, w403_fix_list *out, w403_error *err);

/* Copies of all that they point to. */
W403_NODISCARD w403_status w403_fix_copy(w403_arena *a, const w403_fix *from, w403_fix *out, w403_error *err);
W403_NODISCARD w403_status w403_fix_list_copy(w403_arena *a, const w403_fix_list *from, w403_fix_list *out,
                                              w403_error *err);

/* Is there a proven fix? For cases (`allowed_after_fix`). *why (nullable): the reason when there is none. */
w403_status w403_fix_proves(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                            const w403_decision *decision, const w403_explanation *explanation, w403_arena *arena,
                            bool *proven, w403_view *why, w403_error *err);

#endif
