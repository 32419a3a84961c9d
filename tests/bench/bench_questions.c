/* Questions about pairs of policies: bench_questions FILE, a JSON object with `old` and `new` a line (gen_pairs.py).
 * Parsing and the whole diff, the best of five passes each. Prints one JSON object. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "measure.h"
#include "symbolic/diff_documents.h"
#include "symbolic/document_kind.h"

enum { PASSES = 5 };

static w403_tri one(w403_arena *a, const w403_json_doc *doc, w403_error *err)
{
    w403_document_diff d = {.cut = false};
    w403_document_text at[2] = {{doc, w403_json_get(doc->root, "old")}, {doc, w403_json_get(doc->root, "new")}};
    w403_budget budget;
    w403_budget_init(&budget);
    d.documents.arena = a;
    if (w403_document_kind_guess(a, at, 2, &d.documents.kind, err) != W403_OK ||
        w403_document_read(a, d.documents.kind, &at[0], NULL, &d.documents.policy[0], err) != W403_OK ||
        w403_document_read(a, d.documents.kind, &at[1], NULL, &d.documents.policy[1], err) != W403_OK) {
        return W403_UNKNOWN;
    }
    d.documents.partition = w403_document_partition(d.documents.policy[0]);
    if (w403_diff_documents(&d, &budget, err) != W403_OK) {
        fprintf(stderr, "%s\n", err->message);
        exit(1);
    }
    w403_tri all = W403_NO;
    for (int i = 0; i < W403_CHANGES; i++) {
        all = d.answers[i] == W403_UNKNOWN ? W403_UNKNOWN : all;
    }
    return all;
}

static double best(w403_arena *a, const w403_json_doc *doc, size_t *unknown)
{
    double least = 1e9;
    for (int pass = 0; pass < PASSES; pass++) {
        w403_error err;
        w403_arena_reset(a);
        double begin = now_s();
        bool open = one(a, doc, &err) == W403_UNKNOWN;
        double taken = now_s() - begin;
        least = taken < least ? taken : least;
        *unknown += pass == 0 && open;
    }
    return least * 1e3;
}

int main(int argc, char **argv)
{
    w403_arena *texts = w403_arena_new(0), *a = w403_arena_new(0);
    w403_error err;
    w403_view text;
    size_t n = 0, cap = 0, unknown = 0;
    double *ms = NULL;
    if (argc != 2 || !texts || !a || w403_file_read(texts, argv[1], &text, &err) != W403_OK) {
        fprintf(stderr, "usage: bench_questions FILE\n");
        return 2;
    }
    while (text.n) {
        w403_view line = w403_view_cut(&text, '\n');
        w403_json_doc doc;
        if (w403_json_parse(texts, W403_LIT("pair"), line, NULL, &doc, NULL, &err) != W403_OK) {
            fprintf(stderr, "%s\n", err.message);
            return 2;
        }
        if (n == cap) {
            cap = cap ? cap * 2 : 256;
            ms = realloc(ms, cap * sizeof *ms);
        }
        if (!ms) {
            return 2;
        }
        ms[n++] = best(a, &doc, &unknown);
    }
    if (n == 0) {
        return 2;
    }
    qsort(ms, n, sizeof *ms, by_value);
    printf("{\"pairs\": %zu, \"unknown\": %zu, \"median_ms\": %.3f, \"p95_ms\": %.3f, \"max_ms\": %.3f}\n", n, unknown,
           ms[n / 2], ms[n * 95 / 100], ms[n - 1]);
    free(ms);
    w403_arena_free(a);
    w403_arena_free(texts);
    return 0;
}
