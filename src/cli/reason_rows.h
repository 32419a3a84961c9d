/* Callers, what they ask for, and what comes out: the answers of who-can and what-can. */
#ifndef W403_CLI_REASON_ROWS_H
#define W403_CLI_REASON_ROWS_H

#include "cli/input.h"
#include "cli/reason_write.h"

/* One way in which a request is allowed (or, of an undetermined one, may be). */
typedef struct w403_row_box {
    w403_view words, json, command; /* json: the box's members */
} w403_row_box;

/* The requests of one verdict as Condition blocks of a policy, each JSON; one that is empty: all of them. */
typedef struct w403_row_conditions {
    w403_texts list;
    bool exact; /* together they are all such requests */
} w403_row_conditions;

typedef struct w403_row {
    const w403_asker *asker;
    w403_access state;
    W403_ARRAY(w403_row_box) boxes;
    size_t left_out;
    const w403_statement *granted_by;           /* NULL: an ACL, the account, or nothing */
    W403_ARRAY(const w403_statement *) limited_by;
    w403_view cause, cause_words;               /* of somebody who cannot: id, and a sentence */
    const w403_statement *nearest;
    const char *reason;                         /* of an unknown */
    w403_row_conditions allowed, refused;       /* as_policy, of a conditional one */
    w403_view hangs_on;                         /* what would settle it */
} w403_row;

typedef struct w403_row_what {
    w403_view name;
    bool action;
} w403_row_what;

typedef struct w403_row_resource {
    w403_view arn;
    bool one;
    const w403_elements *of; /* the classes that it stands for; NULL: itself */
    uint32_t element;
    w403_view via; /* the access point it goes through; {NULL,0}: none */
    size_t place;  /* in w403_rows.resources */
} w403_row_resource;

/* One block: the rows that some operations on some resources share. */
typedef struct w403_row_block {
    W403_ARRAY(w403_row_what) whats;
    W403_ARRAY(w403_row_resource) resources;
    W403_ARRAY(w403_row) rows;
    W403_ARRAY(w403_view) checks;
    w403_view signature;
} w403_row_block;

typedef struct w403_rows {
    w403_cli *cli;
    w403_input in;
    w403_realm realm;
    w403_budget budget;
    w403_arena *scratch; /* of one question */
    w403_arena *trial;   /* of the answers of one block, until it is known whether they are new */
    W403_ARRAY(w403_arena *) kept;
    size_t kept_bytes;
    bool as_policy;      /* Condition blocks are wanted too */
    bool apart;          /* rows of one access level, granted by one statement, refused for one cause */
    bool can_only;       /* what certainly nobody may do is passed over */
    w403_asker_list askers;
    W403_ARRAY(w403_row_what) whats;
    W403_ARRAY(w403_row_resource) resources;
    W403_ARRAY(w403_row_block) blocks;
    bool told; /* an error has been said already */
} w403_rows;

/* One question from its options to its exit status: `run` asks it, prints to cli->out and sets the status. What it
 * printed before an error is dropped. */
typedef w403_status w403_rows_run(w403_rows *r, int *status, w403_error *err);
int w403_rows_answer(w403_cli *cli, w403_rows_run *run);
bool w403_rows_what(w403_rows *r, w403_view name, bool action);
bool w403_rows_resource(w403_rows *r, w403_view arn, bool one);
bool w403_rows_resources(w403_rows *r, const w403_resource_classes *classes);
/* Adds the policies of all known callers to a list, for the classes of keys that they tell apart. False: memory. */
bool w403_rows_identities(w403_rows *r, w403_policy_list *list);
/* Every asker for every operation on every resource; equal answers share a block. */
w403_status w403_rows_ask(w403_rows *r, w403_error *err);
/* The resources that an action is asked of. */
bool w403_rows_goes_with(const w403_rows *r, const w403_row_what *what, w403_view resource);
/* Why some rows of a block are not certain; *reason NULL: all are. */
w403_view w403_rows_unknown(const w403_rows *r, const w403_row_block *b, const char **reason);
/* 0 somebody can, 3 nobody certain and somebody undetermined, 1 nobody. */
int w403_rows_exit(const w403_rows *r);

/* reason_rows_output.c, reason_rows_json.c */
extern const char w403_rows_strangers[]; /* an assumption */
w403_status w403_rows_text(w403_rows *r, w403_error *err);
w403_status w403_rows_json(w403_rows *r, bool lines, w403_error *err);
w403_view w403_rows_when(const w403_rows *r, const w403_row *row);    /* "always", "over TLS; or ..." */
w403_view w403_rows_granted(const w403_rows *r, const w403_row *row); /* the statement that grants it, in words */
/* The members boxes, truncated and granted_by of a row. */
void w403_rows_boxes_json(w403_json_writer *w, const w403_row *row);
/* reason_rows_html.c */
void w403_rows_html(w403_rows *r);
typedef struct w403_what_row { /* of what-can, in words */
    w403_view level, actions, resources, when, by;
} w403_what_row;
void w403_rows_what_text(w403_rows *r, const w403_what_row *rows, size_t n, bool not); /* what_can_text.c */
void w403_rows_what_html(w403_rows *r, const w403_what_row *rows, size_t n, bool not);
/* what_can_policy.c: one document that allows what the caller may do. */
W403_NODISCARD w403_status w403_rows_what_policy(w403_rows *r, int *status, w403_error *err);
/* The resources of a block as sets, one for each bucket. False: memory. */
typedef W403_ARRAY(w403_set) w403_row_sets;
bool w403_rows_sets(w403_rows *r, const w403_row_block *b, w403_row_sets *out);
/* One class of a bucket's resources, in words and as a set. False: memory. */
bool w403_rows_class(w403_rows *r, const w403_resource_class *on, const w403_elements *of, w403_view *words, w403_view *json);
void w403_rows_sets_json(w403_json_writer *w, const w403_row_sets *sets); /* one set, or {"of":[...]} */
void w403_rows_assumptions_json(w403_json_writer *w, const w403_rows *r);
w403_view w403_rows_sets_words(w403_arena *a, const w403_row_sets *sets, size_t from);
/* A caller as text shows it: user/x of the bucket's account, the full name of others. */
w403_view w403_rows_caller(const w403_rows *r, const w403_asker *a, w403_view account);

#endif
