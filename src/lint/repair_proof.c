/* Does a mended text decide every request as the old one did? */
#include "lint/proofs.h"
#include "lint/repair.h"
#include "symbolic/diff_documents.h"
#include "symbolic/document_kind.h"

/* False where some request is decided in another way. What the search does not know, the finding itself has proved. */
static bool same_answers(w403_budget *budget, w403_arena *a, const w403_lint_document *old,
                         const w403_lint_document *new)
{
    w403_policy_kind kind = w403_lint_engine_kind(old->policy, old->resource);
    w403_policy *before, *after;
    w403_error err;
    if (!old->doc.root || !new->doc.root ||
        w403_policy_from_json(a, kind, &old->doc, old->doc.root, NULL, &before, &err) != W403_OK)
        return true; /* the engine does not read it at all: AWS would not store it */
    if (w403_policy_from_json(a, kind, &new->doc, new->doc.root, NULL, &after, &err) != W403_OK)
        return false;
    w403_document_diff diff = {.documents = {.arena = a, .kind = kind, .policy = {before, after}}};
    diff.documents.partition = w403_document_partition(before);
    budget->spent = false;
    budget->limit = NULL;
    budget->nodes = 0;
    if (w403_diff_documents(&diff, budget, &err) != W403_OK)
        return false;
    for (int i = 0; i < W403_CHANGES; i++) {
        if (diff.answers[i] == W403_YES)
            return false;
    }
    return true;
}

bool w403_lint_same_meaning(w403_budget *budget, w403_view source, w403_view old, w403_view new,
                            const w403_lint_reading *how)
{
    w403_arena *a = w403_arena_new(0);
    w403_lint_documents before = {0}, after = {0};
    w403_error err;
    bool good = a && w403_lint_read(a, source, old, how, &before, &err) == W403_OK &&
                w403_lint_read(a, source, new, how, &after, &err) == W403_OK && before.n == after.n;
    for (size_t i = 0; good && i < before.n; i++)
        good = before.at[i].doc.text.p != old.p || same_answers(budget, a, &before.at[i], &after.at[i]);
    w403_arena_free(a);
    return good;
}
