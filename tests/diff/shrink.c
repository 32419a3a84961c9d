#include "shrink.h"

enum { MAX_NODES = 4096, MAX_PASSES = 4, MAX_DEPTH = 24 };

typedef struct nodes {
    const w403_json *at[MAX_NODES];
    unsigned         n;
} nodes;

/* What may be taken out; parents come before what they hold. */
static void collect(const w403_json *v, unsigned depth, nodes *out)
{
    if (depth > MAX_DEPTH || (v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY)) {
        return;
    }
    for (const w403_json *m = v->first; m && out->n < MAX_NODES; m = m->next) {
        if (depth > 0) {
            out->at[out->n++] = m;
        }
        collect(m, depth + 1, out);
    }
}

static bool same(const judge_result *a, const judge_result *b)
{
    if (a->kind != b->kind || a->engine != b->engine || a->naive.verdict != b->naive.verdict) {
        return false;
    }
    const char *mine = a->naive.n_causes ? a->naive.causes[0] : "", *other = b->naive.n_causes ? b->naive.causes[0] : "";
    return strcmp(a->cause, b->cause) == 0 && strcmp(mine, other) == 0 && strcmp(a->text, b->text) == 0;
}

/* One walk over all nodes; true when something went. */
static bool pass(w403_buf *text, const judge_result *as)
{
    static nodes list;
    bool         changed = false;
    for (unsigned i = 0;; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_json_doc doc;
        w403_view     smaller;
        judge_result  now;
        bool          done = true;
        list.n = 0;
        if (w403_json_parse(a, W403_LIT("case"), w403_buf_view(text), NULL, &doc, NULL, NULL) == W403_OK) {
            collect(doc.root, 0, &list);
            done = i >= list.n;
        }
        if (!done && w403_json_edit_remove(a, &doc, list.at[i], &smaller, NULL) == W403_OK) {
            judge_case(smaller, &now);
            if (same(as, &now)) {
                w403_buf_clear(text);
                w403_buf_put(text, smaller);
                changed = true;
                i--;
            }
        }
        w403_arena_free(a);
        if (done) {
            return changed;
        }
    }
}

void shrink(w403_view text, const judge_result *as, w403_buf *out)
{
    w403_buf_clear(out);
    w403_buf_put(out, text);
    for (int i = 0; i < MAX_PASSES && pass(out, as); i++) {
    }
}
