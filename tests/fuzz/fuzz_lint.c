/* Policies, templates and plans into lint: every place lies in its text, findings are in order, a repaired text is read
 * again. The first byte picks the kind, the second the container. */
#include <stdlib.h>

#include "base/limits.h"
#include "lint/document.h"
#include "lint/repair.h"

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check_report(w403_arena *a, const w403_lint_report *r, w403_lint_proving *p)
{
    for (size_t i = 0; i < r->n; i++) {
        const w403_finding *f = &r->at[i];
        need(f->n_at >= 1 && f->message.n > 0);
        need(i == 0 || r->at[i - 1].at[0].span.off <= f->at[0].span.off);
        for (uint32_t k = 0; k < f->n_at; k++) {
            need(f->at[k].span.off <= r->doc.text.n && f->at[k].span.len <= r->doc.text.n - f->at[k].span.off);
            need(w403_lint_pointer(a, &r->doc, &f->at[k]).p != NULL);
        }
        w403_lint_fix fix;
        w403_error err;
        if (!r->doc.root || i > 64)
            continue;
        p = p && r->doc.text.n < 4096 && r->doc.text.p == p->text.p ? p : NULL; /* else not proved */
        need(w403_lint_fix_of(a, p, r, f, &fix, &err) == W403_OK || err.code == W403_NOMEM);
        for (size_t k = 0; k < fix.n; k++)
            need(fix.edits[k].at.off <= r->doc.text.n && fix.edits[k].at.len <= r->doc.text.n - fix.edits[k].at.off);
    }
}

static void check_document(w403_arena *a, const w403_lint_document *d, w403_view text, const w403_lint_reading *how)
{
    const w403_lint_options options = {.pedantic = true, .bucket = W403_LIT("amzn-s3-demo-bucket")};
    w403_lint_report report;
    w403_error err;
    if (w403_lint_check_document(a, d, &options, &report, &err) != W403_OK)
        return;
    w403_lint_work work = {0, W403_LIMIT_LINT_PROOF_MS * 1000 - 500000}; /* half a second is left */
    check_report(a, &report, &(w403_lint_proving){.source = W403_LIT("fuzz"), .text = text, .pointer = d->pointer, .how = how,
                                                  .options = &options, .work = &work});
    (void)w403_lint_store(&report, d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const kinds[] = {"identity", "bucket", "access-point", "trust", "key", "endpoint", "scp", "rcp"};
    if (n < 2 || n > 1 << 16)
        return 0;
    w403_arena *a = w403_arena_new(256u << 20);
    w403_view text = {(const char *)data + 2, n - 2}, parameter = W403_LIT("Name=x"), mended;
    w403_lint_reading how = {.yaml = data[1] & 1, .parameters = &parameter, .n_parameters = 1};
    w403_lint_documents docs = {0};
    const w403_lint_options options = {.pedantic = true};
    w403_error err;
    size_t made;
    need(a != NULL);
    if (data[0] & 8)
        need(w403_lint_kind_find(w403_view_of(kinds[data[0] & 7]), &how.kind));
    if (w403_lint_read(a, W403_LIT("fuzz"), text, &how, &docs, &err) == W403_OK) {
        for (size_t i = 0; i < docs.n && i < 64; i++)
            check_document(a, &docs.at[i], text, &how);
    }
    if (n < 4096 && w403_lint_repair(a, W403_LIT("fuzz"), text, &how, &options, NULL, &mended, &made, &err) == W403_OK)
        need(made > 0 || mended.p == text.p);
    w403_arena_free(a);
    return 0;
}
