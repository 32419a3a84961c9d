/* An excerpt of a document that stands on one line: its places moved to the layout of several. */
#include "render/excerpt.h"

static void move(const w403_layout *l, uint64_t *offset, uint64_t *length)
{
    w403_span span = w403_layout_span(l, (w403_span){(uint32_t)*offset, (uint32_t)*length});
    *offset = span.off;
    *length = span.len;
}

bool w403_excerpt_lay_out(w403_arena *a, const w403_excerpt *e, w403_excerpt *out, w403_excerpt_mark *also)
{
    w403_layout own;
    const w403_layout *l = e->layout;
    bool inside = e->offset < e->text.n && e->length <= e->text.n - e->offset;
    if (!inside || (!l && (!a || !w403_layout_document(a, e->text, &own)))) {
        return false;
    }
    l = l ? l : &own;
    *out = *e;
    out->text = l->text;
    out->line = out->column = 0;
    out->also = also;
    out->n_also = 0;
    move(l, &out->offset, &out->length);
    for (uint32_t i = 0; i < e->n_also && out->n_also < W403_EXCERPT_MARKS; i++) {
        bool good = e->also[i].offset < e->text.n && e->also[i].length <= e->text.n - e->also[i].offset;
        also[out->n_also] = e->also[i];
        if (good) {
            move(l, &also[out->n_also].offset, &also[out->n_also].length);
            out->n_also++;
        }
    }
    return true;
}
