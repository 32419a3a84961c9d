/* A text with edits, and what is proved of it: is the finding mended, is every request decided as before? */
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
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

bool w403_lint_keeps_meaning(const char *fix)
{
    return w403_lint_fix_named("drop-covered,drop-statement,drop-element,cidr-mask,merge-keys", fix);
}

/* ---- edits ---- */

static int by_place(const void *x, const void *y)
{
    const w403_lint_edit *a = x, *b = y;
    return a->at.off == b->at.off ? 0 : a->at.off < b->at.off ? -1 : 1;
}

w403_view w403_lint_patched(w403_arena *a, w403_view text, w403_lint_edit *edits, size_t *n)
{
    w403_buf out = {0};
    size_t from = 0, kept = 0;
    if (*n)
        qsort(edits, *n, sizeof *edits, by_place);
    for (size_t i = 0; i < *n; i++) {
        const w403_lint_edit e = edits[i];
        if (e.at.off < from) /* another edit's place: in the next round */
            continue;
        w403_buf_put(&out, w403_view_sub(text, from, e.at.off));
        w403_buf_put(&out, e.text);
        from = (size_t)e.at.off + e.at.len;
        edits[kept++] = e;
    }
    *n = kept;
    w403_buf_put(&out, w403_view_sub(text, from, text.n));
    w403_view v = w403_buf_ok(&out) ? w403_arena_copy(a, w403_buf_view(&out)) : (w403_view){NULL, 0};
    w403_buf_free(&out);
    return v;
}

/* ---- one finding ---- */

/* Places of the finding's code, and findings that are errors. */
typedef struct tally {
    size_t places, errors;
} tally;

static tally tally_of(const w403_lint_report *r, const w403_lint_check *check)
{
    tally t = {0, r->dropped};
    for (size_t i = 0; i < r->n; i++) {
        t.places += r->at[i].check == check ? r->at[i].n_at : 0;
        t.errors += r->at[i].check->level == W403_LINT_ERROR;
    }
    return t;
}

/* The same document of the file's new text; NULL: it is no policy any more. */
static const w403_lint_document *find_document(const w403_lint_documents *docs, w403_view pointer)
{
    for (size_t i = 0; i < docs->n; i++) {
        if (w403_view_eq(docs->at[i].pointer, pointer))
            return &docs->at[i];
    }
    return NULL;
}

static bool is_better(w403_arena *a, const w403_lint_proving *p, const w403_lint_report *old, const w403_finding *f,
                      w403_view text)
{
    w403_lint_documents docs = {0};
    w403_lint_report new;
    w403_error err;
    const w403_lint_document *d =
        w403_lint_read(a, p->source, text, p->how, &docs, &err) == W403_OK ? find_document(&docs, p->pointer) : NULL;
    if (!d || w403_lint_check_document(a, d, p->options, &new, &err) != W403_OK)
        return false;
    if (!old->doc.root) /* no JSON: it is now, or is so further on */
        return new.doc.root || (new.n && new.at[0].at[0].span.off > f->at[0].span.off);
    const tally before = tally_of(old, f->check), after = tally_of(&new, f->check);
    return new.doc.root && after.places < before.places && after.errors <= before.errors;
}

static uint64_t now_micros(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000 : 0;
}

/* Within what is left of the time of all such proofs. */
static bool is_same(w403_lint_proving *p, w403_view text)
{
    const uint64_t all = (uint64_t)W403_LIMIT_LINT_PROOF_MS * 1000, began = now_micros();
    w403_budget budget;
    if (p->work->micros >= all)
        return false;
    w403_budget_init(&budget);
    budget.max_ms = (uint32_t)((all - p->work->micros) / 1000) + 1;
    w403_budget_start(&budget);
    bool same = w403_lint_same_meaning(&budget, p->source, p->text, text, p->how) && !budget.spent;
    p->work->micros += now_micros() - began;
    return same;
}

bool w403_lint_mends(w403_lint_proving *p, const w403_lint_report *report, const w403_finding *f, w403_lint_edit *edits,
                     size_t *n)
{
    w403_arena *a = p->work->bytes < W403_LIMIT_LINT_MENDING ? w403_arena_new(0) : NULL;
    w403_view text = a ? w403_lint_patched(a, p->text, edits, n) : (w403_view){NULL, 0};
    p->work->bytes += text.n;
    bool good = text.p && is_better(a, p, report, f, text) && (!w403_lint_keeps_meaning(edits[0].fix) || is_same(p, text));
    w403_arena_free(a);
    return good;
}
