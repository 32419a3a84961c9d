/* One narrow collection on its way. Private to narrow*.c. */
#ifndef W403_COLLECT_NARROW_STATE_H
#define W403_COLLECT_NARROW_STATE_H

#include "base/array.h"
#include "base/hash.h"
#include "collect/compose.h"
#include "collect/join.h"
#include "collect/narrow.h"
#include "collect/places.h"
#include "decide/call.h"

typedef struct w403_inquiry w403_inquiry;

/* A page of an answer, or what AWS said instead. */
typedef struct w403_page {
    const w403_live_answer *answer;
    w403_json_doc           doc;
    const w403_json        *root; /* NULL: an error */
    w403_view               code; /* of the error */
} w403_page;

typedef w403_status w403_answered_fn(w403_narrow *n, w403_inquiry *ask, const w403_page *page, w403_error *err);

/* A call that was sent. */
struct w403_inquiry {
    w403_answered_fn *answered;
    uint16_t          row;
    bool              quiet; /* a refusal of it says nothing that is missed */
    w403_view         about; /* what it is asked of */
    w403_view         word;  /* a name or a type that the answer does not repeat */
    void             *into;
};

typedef W403_ARRAY(w403_view) w403_text_list;

typedef struct w403_narrow_object {
    w403_view key, version;
    bool      latest, marker;
    w403_view members; /* without its braces; of the listing, or of its headers and the listing */
    w403_view acl, tags; /* `"Grants": ...` and `"TagSet": ...`, or {NULL,0} */
} w403_narrow_object;

typedef struct w403_narrow_bucket {
    w403_view name, owner, region;
    w403_view policy;  /* the file's text */
    w403_view objects_error; /* text of objects.json where the listing failed */
    bool      missing, located, placed;
    unsigned  open; /* answers to come before it can be placed */
    w403_text_list absent;
    W403_ARRAY(w403_narrow_object) objects;
} w403_narrow_bucket;

typedef struct w403_narrow_level { /* a root, an OU or an account of the organization */
    w403_view      id;
    bool           asked;
    w403_text_list policies; /* JSON values: ids, and errors in their place */
} w403_narrow_level;

typedef struct w403_narrow_parent {
    w403_view child, parent; /* parent "": it is of no organization of ours */
} w403_narrow_parent;

typedef struct w403_narrow_org {
    bool asked, works, rooted, changed;
    w403_text_list waiting; /* accounts that came before the organization was known */
    w403_view error;        /* text of attachments.json and parents.json, where the tree could not be read */
    w403_text_list types;   /* of policies, that are on */
    W403_ARRAY(w403_narrow_parent) parents;
    W403_ARRAY(w403_narrow_level) levels;
} w403_narrow_org;

typedef struct w403_narrow_document {
    w403_view name, json; /* a policy's name, and its document or the error in its place */
} w403_narrow_document;

typedef enum w403_narrow_kind { W403_NARROW_USER, W403_NARROW_ROLE, W403_NARROW_GROUP } w403_narrow_kind;

typedef struct w403_narrow_entity { /* a user, role or group */
    w403_narrow_kind kind;
    w403_view name, members;   /* what GetRole says, without its braces */
    w403_view refused;         /* the error in place of all of it */
    w403_view inline_error, attached_error, groups_error;
    W403_ARRAY(w403_narrow_document) documents; /* inline */
    w403_text_list attached, groups;             /* JSON values */
} w403_narrow_entity;

typedef struct w403_narrow_managed {
    w403_view arn, members, version; /* the last as JSON, or the error in its place */
} w403_narrow_managed;

typedef struct w403_narrow_iam { /* of one account */
    w403_view account;
    bool changed;
    W403_ARRAY(w403_narrow_entity *) entities;
    W403_ARRAY(w403_narrow_managed *) managed;
} w403_narrow_iam;

struct w403_narrow {
    w403_arena         *a;
    w403_narrow_options o;
    w403_view           caller, account, partition, began;
    W403_ARRAY(w403_file_text) files;
    w403_map            file_at; /* path -> its number in files, plus one */
    w403_map            asked;   /* what was asked for once */
    W403_ARRAY(w403_narrow_bucket *) buckets;
    W403_ARRAY(w403_narrow_iam *) iam;
    w403_narrow_org     org;
    W403_ARRAY(w403_narrow_refusal) refusals;
    w403_narrow_counts  counts;
    bool                head_wanted; /* of an object whose headers may not be asked for */
    size_t              queued; /* calls that wait for `run` */
    w403_snapshot      *base, *now;
    W403_ARRAY(w403_snapshot *) earlier; /* decisions that were made by them may still be shown */
    w403_status         failed; /* while answers were taken in */
    w403_error          error;
};

/* ---- narrow_calls.c ---- */
/* True the first time. `what` is copied. */
bool w403_narrow_once(w403_narrow *n, const char *kind, w403_view what);
bool w403_narrow_asked(const w403_narrow *n, const char *kind, w403_view what);
/* Queues a call with credentials of `account`; *sent is false where those cannot be had: then it is recorded so. */
W403_NODISCARD w403_status w403_narrow_send(w403_narrow *n, w403_inquiry ask, w403_view account, w403_view region,
                                            const w403_live_argument *arguments, size_t n_arguments, w403_error *err);
/* A file of the snapshot, or another text for it. */
W403_NODISCARD w403_status w403_narrow_put(w403_narrow *n, w403_view path, w403_view text, w403_error *err);
/* Flat JSON laid out as a file. */
W403_NODISCARD w403_status w403_narrow_put_json(w403_narrow *n, w403_view path, w403_buf *flat, w403_error *err);
/* {"error": ...} of a page as a value on one line; {NULL,0}: memory is short. */
w403_view w403_narrow_error(w403_narrow *n, const w403_inquiry *ask, const w403_page *page);
bool w403_narrow_not_configured(const w403_inquiry *ask, const w403_page *page);
/* The bytes of a value, in the arena; of what stands between its braces. */
w403_view w403_narrow_raw(const w403_page *page, const w403_json *v);
w403_view w403_narrow_members(const w403_page *page, const w403_json *v);
/* The file that calls of the table make, whichever they are; `PATH#tags`: its member "Tags", added to what it says.
 * Once. */
W403_NODISCARD w403_status w403_narrow_make(w403_narrow *n, w403_view path, w403_view region, w403_error *err);
void w403_narrow_deliver(void *user, const w403_live_answer *answer);
/* ---- narrow_wanted.c ---- */
/* Asks for what a decision wanted; memory of the decision's. */
W403_NODISCARD w403_status w403_narrow_want(w403_narrow *n, const w403_decision *d, w403_arena *a, w403_error *err);
/* ---- narrow_bucket.c ---- */
W403_NODISCARD w403_status w403_narrow_bucket_ask(w403_narrow *n, w403_view name, w403_view owner, w403_error *err);
/* Its Region, where an answer has not said it. */
W403_NODISCARD w403_status w403_narrow_location_ask(w403_narrow *n, w403_narrow_bucket *b, w403_error *err);
w403_narrow_bucket *w403_narrow_bucket_find(const w403_narrow *n, w403_view name);
/* The canonical id of an account. */
W403_NODISCARD w403_status w403_narrow_canonical_ask(w403_narrow *n, w403_view account, w403_error *err);
/* The region of a bucket; {NULL,0}: not known, or not yet. */
w403_view w403_narrow_region(const w403_narrow *n, w403_view bucket);

/* ---- narrow_object.c: one key of a bucket ---- */
/* `part` is "", "acl", "tags" or "head". */
W403_NODISCARD w403_status w403_narrow_object_ask(w403_narrow *n, w403_narrow_bucket *b, w403_view key,
                                                  w403_view version, w403_view part, w403_error *err);

/* ---- narrow_iam.c ---- */
/* The user or role of an ARN; sessions are their role's. */
W403_NODISCARD w403_status w403_narrow_principal_ask(w403_narrow *n, w403_view arn, w403_error *err);
/* narrow_iam_file.c: authorization-details.json of every account that something new came for */
W403_NODISCARD w403_status w403_narrow_iam_write(w403_narrow *n, w403_error *err);

/* ---- narrow_organization.c ---- */
W403_NODISCARD w403_status w403_narrow_org_ask(w403_narrow *n, w403_view account, w403_error *err);
W403_NODISCARD w403_status w403_narrow_org_write(w403_narrow *n, w403_error *err);

/* ---- narrow_resources.c ---- */
W403_NODISCARD w403_status w403_narrow_access_point_ask(w403_narrow *n, const w403_arn *arn, w403_error *err);
W403_NODISCARD w403_status w403_narrow_access_point_alias(w403_narrow *n, w403_view alias, w403_error *err);
W403_NODISCARD w403_status w403_narrow_alias_ask(w403_narrow *n, w403_view path, w403_error *err);
/* In which accounts it may be, the likeliest first; the collector's own is asked last. Of others only with a role. */
enum { W403_NARROW_OWNERS = 3 };
W403_NODISCARD w403_status w403_narrow_endpoint_ask(w403_narrow *n, w403_view id, w403_view region,
                                                    const w403_view owners[W403_NARROW_OWNERS - 1], w403_error *err);

#endif
