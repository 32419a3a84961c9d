/* The statements that a change comes from: between two documents, and between two states of an account. */
#ifndef W403_CLI_DIFF_BY_H
#define W403_CLI_DIFF_BY_H

#include "base/array.h"
#include "cli/reason_write.h"
#include "symbolic/realm.h"
#include "symbolic/targets.h"

typedef struct w403_diff_by {
    const w403_statement *statement;
    const char *side, *edit; /* "old", "new"; "added", "removed", "changed" */
} w403_diff_by;
typedef W403_ARRAY(w403_diff_by) w403_diff_bys;

/* Of another document: NULL where it has the very same statement. */
const char *w403_diff_edit(const w403_policy *other, const w403_statement *st, bool old);

/* The statements behind a box of two documents. False: memory. */
bool w403_diff_behind(const w403_document_diff *d, const w403_changed_box *b, w403_diff_bys *out);

/* Behind a request that two snapshots decide differently; `policies` are those of each that could speak of it. What no
 * statement says (Block Public Access, an ACL) leaves the list empty. */
typedef struct w403_diff_between {
    const w403_realm_reply *reply;
    const w403_request *request;
    w403_verdict from, to;
    const w403_policy_list *policies; /* [2] */
    w403_arena *scratch;
} w403_diff_between;
W403_NODISCARD w403_status w403_diff_behind_states(w403_arena *a, const w403_diff_between *x, w403_diff_bys *out, w403_error *err);

/* Lines of text below a change; the member `by`; "A of p (removed), B of q (added)", four at most. */
void w403_diff_bys_text(w403_cli *cli, const w403_diff_bys *bys);
void w403_diff_bys_json(w403_json_writer *w, const w403_diff_bys *bys);
w403_view w403_diff_bys_words(w403_arena *a, const w403_diff_bys *bys);

#endif
