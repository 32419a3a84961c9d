/* AWS's tables, compiled in from data/<name>.tsv by tools/gen_catalog.py. All constant; any thread. */
#ifndef W403_CATALOG_CATALOG_H
#define W403_CATALOG_CATALOG_H

#include "base/view.h"
#include "catalog/catalog_ids.h" /* generated: W403_KEY_*, W403_CAUSE_*, counts */

/* ---- actions of S3, S3 Object Lambda, KMS and the services around them: a dense universe for bit sets ---- */
typedef struct w403_action {
    const char *name;           /* s3:GetObject, spelled as the reference does */
    size_t name_n;              /* its length */
    const char *access_level;   /* Read, Write, List, Tagging, "Permissions management" */
    const char *resource_types; /* "object accesspointobject", `*` after a required one, "" = none */
    const uint16_t *keys;       /* service condition keys of the action (ids), 0-terminated */
} w403_action;
#define W403_ACTION_NONE UINT16_MAX
/* Id of an action (case ignored), W403_ACTION_NONE when it is in no table. O(1). */
uint16_t           w403_action_find(w403_view name);
const w403_action *w403_action_at(uint16_t id);
/* May this key be present when this action is asked for? The keys of its row and of its resource types; a key that
 * only the global table lists (aws:SourceIp) belongs to every action. O(1). */
bool               w403_action_has_key(uint16_t action, uint16_t key);
/* Is `service:Name` an action of any AWS service (data/reference-actions.tsv)? YES/NO, UNKNOWN for a service prefix
 * that is not listed. A pattern with wildcards: does it match any? Not O(1): for checks of policies, not for decisions. */
w403_tri w403_action_exists(w403_view pattern);

/* ---- condition keys ---- */
typedef enum w403_key_type {
    W403_KEY_TYPE_STRING, W403_KEY_TYPE_ARN, W403_KEY_TYPE_NUMERIC, W403_KEY_TYPE_DATE, W403_KEY_TYPE_BOOL,
    W403_KEY_TYPE_IP, W403_KEY_TYPE_BINARY
} w403_key_type;
typedef struct w403_key {
    const char   *name;  /* aws:PrincipalTag/${TagKey} */
    w403_key_type type;
    bool          multi;     /* multivalued: needs ForAnyValue / ForAllValues */
    bool          param;     /* the name ends in a free part */
} w403_key;
/* Id (1..W403_KEY_COUNT-1) of a key name, case ignored; 0 when unknown. *param (nullable) is the free part,
 * {NULL,0} where there is none. O(1). */
uint16_t        w403_key_find(w403_view name, w403_view *param);
const w403_key *w403_key_at(uint16_t id); /* NULL for W403_KEY_NONE and beyond */

/* ---- S3 operations ---- */
typedef struct w403_permission {
    const char    *action;     /* s3:GetObject */
    uint16_t       action_id;  /* W403_ACTION_NONE: of a service beyond the universe (s3tables:CreateTable) */
    uint8_t        on;         /* w403_on */
    uint8_t        bucket_type; /* w403_bucket_type */
    uint8_t        need;       /* w403_need */
    bool           inferred;
    const uint16_t *when;      /* postfix program, see w403_when_*; NULL = always */
    const char    *when_text;  /* as in the table */
    const char    *note, *source;
} w403_permission;
typedef enum w403_bucket_type { W403_BT_GENERAL, W403_BT_DIRECTORY, W403_BT_OLAP, W403_BT_OUTPOSTS, W403_BT_ACCOUNT } w403_bucket_type;
typedef struct w403_operation {
    const char *name;          /* GetObject */
    const char *model;         /* s3, s3control, s3-js, rest */
    const char *method, *uri, *identified_by, *resource_kind;
    /* "" = none, "?" = nobody knows the name */
    const char *cloudtrail_event, *cloudtrail_class, *log_operation, *cli;
    const w403_permission *permissions;
    uint16_t n_permissions;
    uint16_t id;
} w403_operation;
/* By API name, case ignored; s3 wins over s3control where both have one. NULL when unknown. */
const w403_operation *w403_operation_find(w403_view name);
const w403_operation *w403_operation_at(uint16_t id); /* 0..W403_OPERATION_COUNT-1 */
/* The one of that model: (s3control, GetBucketPolicy). */
const w403_operation *w403_operation_of(w403_view model, w403_view name);
/* The next one of a list as the tables below write it: `s3:PutBucketAcl s3:PutObjectAcl`, with or without model;
 * (remarks) and calls of other services are passed over. NULL at the end. */
const w403_operation *w403_operation_next(w403_view *list);

/* `on` tokens of the table (data/on-tokens.tsv). The enum w403_on is generated: W403_ON_OBJECT, W403_ON_BUCKET ... */

/* ---- when: predicates as a postfix program ----
 * Words: W403_WHEN_PRED + predicate id, or W403_WHEN_AND / _OR / _NOT; ends with W403_WHEN_END. */
enum { W403_WHEN_END = 0, W403_WHEN_AND = 1, W403_WHEN_OR = 2, W403_WHEN_NOT = 3, W403_WHEN_PRED = 16 };
typedef enum w403_pred_kind { W403_PRED_HEADER, W403_PRED_QUERY, W403_PRED_BODY, W403_PRED_EACH, W403_PRED_FORM,
                              W403_PRED_STATE } w403_pred_kind;
typedef struct w403_predicate {
    uint8_t     kind;  /* w403_pred_kind */
    uint8_t     state; /* of W403_PRED_STATE: generated enum W403_STATE_OBJ_SSE_KMS ... */
    const char *name;  /* header (lower case, may end in `*`), query parameter, body path */
    const char *value; /* NULL: present is enough. A `*` at the end stands for any rest (DIRECTORY_*), but a
                        * lone `*` is itself: If-Match: * */
} w403_predicate;
const w403_predicate *w403_predicate_at(uint16_t id);
typedef w403_tri w403_when_fn(void *user, const w403_predicate *p);
/* Three-valued; NULL program is YES. */
w403_tri w403_when_eval(const uint16_t *program, w403_when_fn *fn, void *user);

/* ---- names in logs ---- */
typedef struct w403_log_name { const char *name; const char *operations; const char *basis, *note; } w403_log_name;
const w403_log_name *w403_access_log_operation(w403_view operation_field); /* REST.GET.OBJECT; NULL when unknown */
typedef struct w403_event_name { const char *name, *source, *cls, *resource_types, *operations, *basis; } w403_event_name;
/* An empty source: the first of that name. class is data, management or data+management. */
const w403_event_name *w403_cloudtrail_event(w403_view source, w403_view name);

/* ---- causes (data/causes.tsv) ---- */
/* When a request is refused: by policies and settings, before they are asked, after they allowed it, or where they have
 * nothing to say. UNKNOWN: a code that occurs before as well as after. */
typedef enum w403_stage {
    W403_STAGE_POLICY, W403_STAGE_BEFORE, W403_STAGE_AFTER, W403_STAGE_ELSEWHERE, W403_STAGE_UNKNOWN
} w403_stage;
typedef struct w403_cause_info {
    const char *id;       /* deny.bucket-policy */
    const char *title;    /* short, lower case */
    const char *sentence; /* template with {policy} {action} {resource} {principal} {sid} {detail} */
    const char *check;    /* row of the articles' checks it answers, e.g. 004-20 */
    const char *page;     /* AWS page */
    const char *way_out;  /* what ends it where no policy does; empty: the fixes say it */
    uint8_t     stage;    /* w403_stage */
} w403_cause_info;
const w403_cause_info *w403_cause_info_at(unsigned cause);       /* W403_CAUSE_*; NULL beyond */
const w403_cause_info *w403_cause_info_find(w403_view id);

/* ---- error codes (data/error-codes.tsv) ---- */
typedef struct w403_code {
    const char *code;
    uint16_t    status; /* 0: a client's own code, no answer of AWS's */
    uint8_t     stage;  /* w403_stage */
    uint16_t    cause;  /* W403_CAUSE_*; W403_CAUSE_COUNT: the code alone is none */
    const char *note;   /* what the cause's row does not say; empty */
} w403_code;
const w403_code *w403_code_find(w403_view code); /* case ignored; NULL: not in the table */
const w403_code *w403_code_at(uint32_t i);       /* NULL beyond */

/* ---- error codes of a snapshot that mean "not configured" (data/not-configured.tsv) ---- */
typedef enum w403_error_meaning { W403_ERROR_UNKNOWN, W403_ERROR_NOT_CONFIGURED, W403_ERROR_NO_SUCH_BUCKET, W403_ERROR_NO_SUCH_KEY } w403_error_meaning;
w403_error_meaning w403_error_code_meaning(w403_view code);

/* ---- where to look (data/looks.tsv); "" where a row says nothing ---- */
typedef struct w403_look_row { const char *causes, *what, *command, *file, *who, *usual, *changes; } w403_look_row;
const w403_look_row *w403_look_rows(size_t *n);

/* ---- `aws s3` commands (data/aws-s3-highlevel.tsv), and runbook actions ---- */
typedef struct w403_s3_command { const char *command, *when, *operations; } w403_s3_command;
const w403_s3_command *w403_s3_commands(size_t *n);

/* ---- questions that AWS leaves open (data/open-questions.tsv): W403_OPEN_*, at most 32 ---- */
typedef struct w403_open_question {
    const char *id;
    const char *assumption; /* one sentence with {answer}: what the other reading comes to */
    const char *page;
} w403_open_question;
const w403_open_question *w403_open_question_at(unsigned question);

/* ---- short lists of AWS's (data/lists.tsv, data/rcp-services.tsv): W403_LIST_* ---- */
bool      w403_list_has(unsigned list, w403_view value); /* case ignored; O(1) */
w403_view w403_list_next(unsigned list, size_t *at);     /* one after the other, *at starts as 0; {NULL,0} at the end */

#endif
