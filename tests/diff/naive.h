/* A second evaluator, for tests only: written straight from the rules, with no index, no early exit and nothing of
 * decide/, policy/match* or policy/expand*. It reads the same loaded snapshot and parsed policies as the engine does.
 * Slow and plain on purpose: where the two disagree, one of them is wrong. */
#ifndef W403_TESTS_DIFF_NAIVE_H
#define W403_TESTS_DIFF_NAIVE_H

#include "snapshot/snapshot.h"

enum { NAIVE_CAUSES = 48 };

typedef struct naive_result {
    w403_verdict verdict;
    const char  *causes[NAIVE_CAUSES]; /* the first one is the reported one */
    unsigned     n_causes;
    bool         set_sure;    /* these are all that must change (design 7) */
    int          status;      /* what the caller sees; 0: not laid down */
    bool         first_sure;  /* the order of the causes is laid down, so the first one can be compared */
    const char  *open;        /* not NULL: it rests on a rule that AWS leaves open; nothing to compare */
    const char  *note;        /* not NULL: one of the places below */
} naive_result;

/* Where evaluators differ for a reason that is known: known.c. */
#define NAIVE_UNREAD_OWNER "unread-owner"
#define NAIVE_UNREAD_CONTROLS "unread-controls"
#define NAIVE_UNKNOWN_CANONICAL "unknown-canonical"
#define NAIVE_COPY_OF_MARKER "copy-of-marker"

/* Session policies are the request's own; everything else is in the snapshot. Results live in `a`. */
void naive_decide(const w403_snapshot *s, const w403_policy *const *session, unsigned n_session,
                  const w403_request *r, w403_arena *a, naive_result *out);

#endif
