/* Parts of the answers of who-can, what-can, public, diff and check: sets, boxes, requests and statements as JSON, and
 * in words. */
#ifndef W403_CLI_REASON_WRITE_H
#define W403_CLI_REASON_WRITE_H

#include "cli/cli.h"
#include "json/json.h"
#include "symbolic/diff_documents.h"
#include "symbolic/public.h"
#include "symbolic/sets.h"

void w403_reason_set_json(w403_json_writer *w, const w403_set *set);
/* A request object as `decide` takes it. */
void w403_reason_request_json(w403_json_writer *w, const w403_request *r);
void w403_reason_statement_json(w403_json_writer *w, const w403_statement *st);
/* What the budget, or a statement (may be NULL), kept from being decided. */
void w403_reason_unknown_json(w403_json_writer *w, const w403_budget *b, const char *reason, const w403_statement *st);
void w403_reason_unknown_what(w403_json_writer *w, const w403_budget *b, const char *reason, w403_view words,
                              const w403_statement *st);
w403_view w403_reason_unknown_words(w403_arena *a, const w403_budget *b, const char *reason, const w403_statement *st);

/* `why403 explain ...` of a request, with the snapshot and policies of this run. */
w403_view w403_reason_command(const w403_cli *cli, w403_arena *a, const w403_request *r);
/* "ReadReports of read-reports, statement 2 of bucket-policy.json" */
w403_view w403_reason_statement_words(w403_arena *a, const w403_statement *st);
/* The conditions of a box in a sentence, in the order of section 4; "always" for none. */
w403_view w403_reason_box_words(w403_arena *a, const w403_space *s, const w403_box *b);
/* The members of a box of one caller and one class of resources: `action`, `resource` (a set as JSON), `caller`, and `members`, the
 * box's others as they were written. */
void w403_reason_class_json(w403_json_writer *w, const w403_texts *actions, w403_view resource, w403_view caller, w403_view members);
/* The members of a box that restrict it: action, resource, caller, network, keys. */
void w403_reason_box_json(w403_json_writer *w, const w403_space *s, const w403_box *b);

/* reason_same.c: the member `same`, and its sentence ("" for none). */
void w403_reason_same_json(w403_arena *a, w403_json_writer *w, const w403_documents *d, const w403_box *b);
w403_view w403_reason_same_words(w403_arena *a, const w403_documents *d, const w403_box *b);

/* reason_condition.c: the Condition blocks of a policy that a box comes to, as JSON, added to `out`; an empty text is none
 * at all. False: it cannot be said, or not enough memory. */
bool w403_reason_box_condition(w403_arena *a, const w403_space *s, const w403_box *b, w403_texts *out);

/* --when, --max-ms, --max-states, --max-boxes; lines of at most 80 columns. Errors: W403_SEMANTIC. */
w403_status w403_reason_options(w403_cli *cli, w403_budget *budget, const w403_pair **when, size_t *n_when,
                                w403_error *err);
bool w403_reason_format_is(const w403_cli *cli, const char *name);

#endif
