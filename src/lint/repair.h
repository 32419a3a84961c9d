/* Mechanical repairs of findings: edits of bytes, everything else stays as it is. */
#ifndef W403_LINT_REPAIR_H
#define W403_LINT_REPAIR_H

#include "lint/document.h"
#include "symbolic/budget.h"

/* Mends the findings of one document that stands in `text` as it is (no text in a string, no template function). Only
 * what restores a plain intent or keeps the meaning (proved by a search over all requests) is done; `wanted` (ids of repairs, comma-separated; NULL: none) adds
 * those that change what is meant, and leaves out all others. Repairs are repeated until nothing is left to do.
 * *out is the new text, *n how many were made (0: *out is `text`). Errors: W403_NOMEM. Cost: O(text) a round. */
W403_NODISCARD w403_status w403_lint_repair(w403_arena *a, w403_view source, w403_view text,
                                            const w403_lint_reading *how, const w403_lint_options *options,
                                            const char *wanted, w403_view *out, size_t *n, w403_error *err);

typedef struct w403_lint_edit {
    w403_span at;
    w403_view text; /* what stands there then */
    const char *fix;
    size_t code; /* of the finding: its row */
} w403_lint_edit;

typedef struct w403_lint_edits {
    w403_lint_edit *at;
    size_t n, cap;
} w403_lint_edits;

/* What would mend one finding. */
typedef struct w403_lint_fix {
    const char *id; /* NULL: nothing that a program can do */
    bool unasked;   /* `--fix` does it; else it changes what is meant, and is done by name only */
    const w403_lint_edit *edits;
    size_t n;
} w403_lint_fix;
/* The file that the document stands in, how it was read and judged; what proofs have cost so far, of all files together. */
typedef struct w403_lint_work {
    size_t bytes;     /* read again */
    uint64_t micros;  /* of searches over all requests */
} w403_lint_work;
typedef struct w403_lint_proving {
    w403_view source, text, pointer; /* pointer: of the document in the file */
    const w403_lint_reading *how;
    const w403_lint_options *options;
    w403_lint_work *work;
} w403_lint_proving;
/* The first of its repairs that there are edits for, of a document that stands in its text as it is; and, unless `proving`
 * is NULL, of which it is proved that the file with these edits alone is read, has the finding no more, no other error in
 * its place, and, where the repair claims to keep the meaning, decides no request in another way. What proofs would cost
 * beyond W403_LIMIT_LINT_MENDING and W403_LIMIT_LINT_PROOF_MS is not looked at: then there is none. */
W403_NODISCARD w403_status w403_lint_fix_of(w403_arena *a, w403_lint_proving *proving, const w403_lint_report *report,
                                            const w403_finding *f, w403_lint_fix *out, w403_error *err);

/* ---- for repair.c ---- */

/* No request is decided in another way by a document of the new text: so far as the search gets within the budget. */
bool w403_lint_same_meaning(w403_budget *budget, w403_view source, w403_view old, w403_view new,
                            const w403_lint_reading *how);
/* What is covered, repeated or empty goes: nothing may be decided in another way for it. */
bool w403_lint_keeps_meaning(const char *fix);
/* Is it one of a list with commas? */
bool w403_lint_fix_named(const char *list, const char *fix);
/* The text with the edits, which are sorted; one in the place of another is left out, and not counted in *n any more.
 * {NULL,0}: memory is short. */
w403_view w403_lint_patched(w403_arena *a, w403_view text, w403_lint_edit *edits, size_t *n);
/* Is it proved that these edits mend the finding? */
bool w403_lint_mends(w403_lint_proving *p, const w403_lint_report *report, const w403_finding *f, w403_lint_edit *edits,
                     size_t *n);

/* Appends the edits that move, add or take away members (repair_members.c). False: memory is short. */
bool w403_lint_rebuild(w403_arena *a, const w403_lint_report *report, const w403_finding *f, const char *fix,
                       w403_lint_edits *out);
/* Edits of a text at a point where no value stands (repair_syntax.c): how many; those have no `fix` yet. */
size_t w403_lint_repaired_text(const w403_lint_report *report, const w403_finding *f, const char *fix, w403_lint_edit out[2]);
/* What stands in a named place of its message; {NULL,0}: it has no such place. */
w403_view w403_lint_word_of(const w403_finding *f, const char *name);
/* The new text of a value with this finding; {NULL,0}: there is no plain one. `fix` is one of the finding's ids. */
w403_view w403_lint_repaired_value(w403_arena *a, const w403_finding *f, const char *fix);
/* The new name of a member with this finding; {NULL,0} likewise. */
w403_view w403_lint_repaired_name(const w403_finding *f, const char *fix);

#endif
