#include "logs/left_out.h"

#include <stdio.h>
#include <stdlib.h>

static w403_left_out_row *row_of(w403_left_out *l, w403_fate fate, const char *code)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->rows[i].fate == fate && strcmp(l->rows[i].code, code) == 0) {
            return &l->rows[i];
        }
    }
    if (l->n >= W403_LEFT_OUT_REASONS && code[0]) {
        return row_of(l, fate, "");
    }
    w403_left_out_row *row = &l->rows[l->n++];
    *row = (w403_left_out_row){.fate = fate};
    snprintf(row->code, sizeof row->code, "%s", code);
    return row;
}

static void add(w403_left_out *l, w403_fate fate, const char *code, uint64_t count, const w403_sample *sample)
{
    w403_left_out_row *row = row_of(l, fate, code);
    bool               earlier = row->count == 0 || sample->time < row->sample.time ||
                   (sample->time == row->sample.time && strcmp(sample->id, row->sample.id) < 0);
    row->count += count;
    l->count += count;
    if (earlier) {
        row->sample = *sample;
    }
}

void w403_left_out_add(w403_left_out *l, const w403_record *r, w403_fate fate)
{
    char        code[W403_LEFT_OUT_CODE];
    w403_sample sample = {.time = r->time};
    w403_view   text = r->error_code.n ? r->error_code : fate == W403_FATE_NOBODY ? (w403_view){NULL, 0} : r->status_text;
    w403_view   id = r->request_id.n ? r->request_id : r->event_id;
    snprintf(code, sizeof code, "%.*s", (int)(text.n < sizeof code ? text.n : sizeof code - 1), text.p ? text.p : "");
    snprintf(sample.id, sizeof sample.id, "%.*s", (int)(id.n < sizeof sample.id ? id.n : sizeof sample.id - 1), id.p ? id.p : "");
    add(l, fate, code, 1, &sample);
}

void w403_left_out_merge(w403_left_out *into, const w403_left_out *from)
{
    for (size_t i = 0; i < from->n; i++) {
        add(into, from->rows[i].fate, from->rows[i].code, from->rows[i].count, &from->rows[i].sample);
    }
}

static int by_count(const void *a, const void *b)
{
    const w403_left_out_row *x = a, *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return x->fate != y->fate ? (x->fate < y->fate ? -1 : 1) : strcmp(x->code, y->code);
}

void w403_left_out_sort(w403_left_out *l)
{
    qsort(l->rows, l->n, sizeof *l->rows, by_count);
}

w403_view w403_left_out_text(w403_arena *a, const w403_left_out_row *row)
{
    return row->code[0] ? w403_arena_printf(a, "%s (%s)", w403_fate_about(row->fate), row->code)
                        : w403_view_of(w403_fate_about(row->fate));
}
