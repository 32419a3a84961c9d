#include "symbolic/diff_documents.h"

#include "symbolic/document_actions.h"

#define SAYS(old, new) (UINT64_C(1) << ((old) * 4 + (new)))

/* The pairs of verdicts that are the change, and those that may be. */
static uint64_t certain(w403_change c)
{
    switch (c) {
    case W403_NEWLY_ALLOWED:
        return SAYS(W403_SAYS_DENY, W403_SAYS_ALLOW) | SAYS(W403_SAYS_NOTHING, W403_SAYS_ALLOW);
    case W403_NO_LONGER_DENIED:
        return SAYS(W403_SAYS_DENY, W403_SAYS_NOTHING);
    case W403_NEWLY_DENIED:
        return SAYS(W403_SAYS_ALLOW, W403_SAYS_DENY) | SAYS(W403_SAYS_NOTHING, W403_SAYS_DENY);
    case W403_NO_LONGER_ALLOWED:
        return SAYS(W403_SAYS_ALLOW, W403_SAYS_NOTHING);
    case W403_CHANGES:
        break;
    }
    return 0;
}

static uint64_t possible(w403_change c)
{
    uint64_t yes = certain(c), out = yes;
    for (int old = 0; old < 3; old++) {
        for (int new = 0; new < 3; new++) {
            if (yes & SAYS(old, new)) {
                out |= SAYS(W403_SAYS_UNKNOWN, new) | SAYS(old, W403_SAYS_UNKNOWN);
            }
        }
    }
    return out | SAYS(W403_SAYS_UNKNOWN, W403_SAYS_UNKNOWN);
}

const char *w403_change_name(w403_change c)
{
    static const char *const names[W403_CHANGES] = {"newly-allowed", "no-longer-denied", "newly-denied",
                                                    "no-longer-allowed"};
    return (unsigned)c < W403_CHANGES ? names[c] : "";
}

/* Every witness goes through the matcher before anybody sees it. */
static w403_status prove(w403_document_diff *out, w403_changed_box *b, w403_error *err)
{
    W403_NEED(w403_documents_request(&out->documents, b->box.witness, &b->request), err);
    w403_say old = w403_documents_ask(&out->documents, 0, &b->request);
    w403_say new = w403_documents_ask(&out->documents, 1, &b->request);
    if (!(certain(b->change) & SAYS(old, new))) {
        return w403_error_set(err, W403_BUG, "the search and the matcher disagree about %s: %.*s on %.*s",
                              w403_change_name(b->change),
                              W403_ARG(w403_action_word(out->documents.arena, b->request.action)),
                              W403_ARG(b->request.resource));
    }
    return W403_OK;
}

static w403_status add_boxes(w403_document_diff *out, w403_change change, w403_error *err)
{
    w403_boxes boxes = {0};
    bool cut = false;
    W403_NEED(w403_boxes_of(&out->diagram, certain(change), &boxes, &cut), err);
    out->cut |= cut;
    for (size_t i = 0; i < boxes.n; i++) {
        w403_changed_box *b = W403_PUSH(out->documents.arena, &out->boxes);
        W403_NEED(b, err);
        b->change = change;
        b->box = boxes.at[i];
        W403_TRY(prove(out, b, err));
    }
    out->answers[change] = w403_bool(boxes.n > 0);
    return W403_OK;
}

/* What was not found may be there all the same. */
static w403_status doubt(w403_document_diff *out, w403_change change, w403_error *err)
{
    w403_boxes boxes = {0};
    bool cut = false;
    if (out->answers[change] == W403_YES) {
        return W403_OK;
    }
    if (!out->diagram.whole || out->documents.incomplete || out->documents.space.budget->spent) {
        out->answers[change] = W403_UNKNOWN;
        return W403_OK;
    }
    uint64_t maybe = possible(change) & ~certain(change);
    if (w403_diagram_labels(&out->diagram) & maybe) {
        W403_NEED(w403_boxes_of(&out->diagram, maybe, &boxes, &cut), err);
        out->answers[change] = boxes.n || cut ? W403_UNKNOWN : W403_NO;
    }
    return W403_OK;
}

/* A `no` that a statement alone stands in the way of: which, and why. */
static void blame(w403_document_diff *out)
{
    w403_documents *d = &out->documents;
    bool open = false;
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        open |= out->answers[c] == W403_UNKNOWN;
    }
    for (size_t i = 0; i < d->n_statements && open && !d->reason && !d->space.budget->spent; i++) {
        const w403_statement *st = w403_documents_statement(d, i);
        if (d->last_dim[i] == UINT32_MAX) { /* it may match what it does not match for certain */
            d->reason = st->not_principal && !st->inert ? "not-principal" : "undocumented";
            d->blamed = st;
        }
    }
}

w403_status w403_diff_documents(w403_document_diff *out, w403_budget *budget, w403_error *err)
{
    W403_TRY(w403_documents_build(&out->documents, budget, err));
    W403_NEED(w403_search(&out->documents.space, &out->diagram), err);
    for (w403_change c = 0; c < W403_CHANGES; c++) {
        W403_TRY(add_boxes(out, c, err));
        W403_TRY(doubt(out, c, err));
    }
    blame(out);
    return W403_OK;
}
