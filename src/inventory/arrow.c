#include "inventory/arrow.h"

#include <stdio.h>

/* ---- types ---- */

typedef enum kind { TEXT, LARGE_TEXT, TEXT_VIEW, FLAG, NUMBER, TIME, NOTHING, FOREIGN } kind;

static const struct {
    const char *format;
    uint8_t     bytes; /* of a number */
    bool        is_signed;
} numbers[] = {{"c", 1, true},  {"C", 1, false}, {"s", 2, true},  {"S", 2, false},
               {"i", 4, true},  {"I", 4, false}, {"l", 8, true},  {"L", 8, false}};

static size_t number_of(const char *format)
{
    size_t i = 0;
    while (i < sizeof numbers / sizeof *numbers && strcmp(format, numbers[i].format) != 0) {
        i++;
    }
    return i;
}

/* tsm:UTC: milliseconds. Ticks in a second; 0: it is no time. */
static int64_t ticks_of(const char *format)
{
    static const struct {
        char    unit;
        int64_t ticks;
    } units[] = {{'s', 1}, {'m', 1000}, {'u', 1000000}, {'n', 1000000000}};
    for (size_t i = 0; format[0] == 't' && format[1] == 's' && i < sizeof units / sizeof *units; i++) {
        if (format[2] == units[i].unit && format[3] == ':') {
            return units[i].ticks;
        }
    }
    return 0;
}

static kind kind_of(const char *format)
{
    if (strcmp(format, "u") == 0 || strcmp(format, "z") == 0) {
        return TEXT;
    }
    if (strcmp(format, "U") == 0 || strcmp(format, "Z") == 0) {
        return LARGE_TEXT;
    }
    if (strcmp(format, "vu") == 0 || strcmp(format, "vz") == 0) {
        return TEXT_VIEW;
    }
    if (strcmp(format, "b") == 0) {
        return FLAG;
    }
    if (strcmp(format, "n") == 0) {
        return NOTHING;
    }
    return ticks_of(format) ? TIME : number_of(format) < sizeof numbers / sizeof *numbers ? NUMBER : FOREIGN;
}

/* ---- columns ---- */

static bool is_wanted(const w403_inv_schema *s, uint16_t at)
{
    for (int c = 0; c < W403_INV_COLUMNS; c++) {
        if (s->at[c] == at) {
            return true;
        }
    }
    return false;
}

w403_status w403_arrow_columns_find(const struct ArrowSchema *schema, w403_arrow_columns *out, w403_error *err)
{
    w403_view names[W403_REPORT_COLUMNS];
    *out = (w403_arrow_columns){.of = schema};
    if (strcmp(schema->format, "+s") != 0 || schema->n_children < 1 || schema->n_children > W403_REPORT_COLUMNS) {
        return w403_error_set(err, W403_SEMANTIC, "the table must have 1 to %d columns", W403_REPORT_COLUMNS);
    }
    size_t n = (size_t)schema->n_children;
    for (size_t i = 0; i < n; i++) {
        names[i] = w403_view_of(schema->children[i]->name ? schema->children[i]->name : "");
    }
    const char *foreign = w403_inv_foreign_table(names, n);
    if (foreign) {
        return w403_error_set(err, W403_SEMANTIC, "the table is %s", foreign);
    }
    w403_inv_schema *s = &out->schema;
    if (!w403_inv_schema_of_header(names, n, s) || s->at[W403_INV_BUCKET] == W403_INV_NO_COLUMN) {
        (void)w403_error_set(err, W403_SEMANTIC, "the table must have the columns `bucket` and `key`");
        w403_error_hint(err, "as S3 Inventory writes them in Parquet and ORC: bucket, key, version_id, is_latest ...");
        return W403_SEMANTIC;
    }
    for (size_t i = 0; i < n; i++) {
        const struct ArrowSchema *column = schema->children[i];
        const struct ArrowSchema *values = column->dictionary ? column->dictionary : column;
        if (is_wanted(s, (uint16_t)i) && kind_of(values->format) == FOREIGN) {
            (void)w403_error_set(err, W403_SEMANTIC, "column `%.100s` has a type (%.40s) that is not read", column->name, values->format);
            w403_error_hint(err, "cast it to a string, as `table.cast`");
            return W403_SEMANTIC;
        }
    }
    return W403_OK;
}

/* ---- cells ---- */

static bool bit(const void *bits, uint64_t i)
{
    return ((const uint8_t *)bits)[i / 8] >> (i % 8) & 1;
}

static int64_t integer(const void *buffer, size_t type, uint64_t i)
{
    const char *at = (const char *)buffer + i * numbers[type].bytes;
    int64_t     value = 0;
    switch (numbers[type].bytes) {
    case 1: value = numbers[type].is_signed ? *(const int8_t *)at : *(const uint8_t *)at; break;
    case 2: {
        int16_t v;
        memcpy(&v, at, sizeof v);
        value = numbers[type].is_signed ? v : (uint16_t)v;
        break;
    }
    case 4: {
        int32_t v;
        memcpy(&v, at, sizeof v);
        value = numbers[type].is_signed ? v : (int64_t)(uint32_t)v;
        break;
    }
    case 8: memcpy(&value, at, sizeof value); break;
    }
    return value;
}

static w403_view text_at(const struct ArrowArray *a, bool large, uint64_t i)
{
    int64_t from, to;
    if (large) {
        const int64_t *offsets = a->buffers[1];
        from = offsets[i];
        to = offsets[i + 1];
    } else {
        const int32_t *offsets = a->buffers[1];
        from = offsets[i];
        to = offsets[i + 1];
    }
    return (w403_view){to > from ? (const char *)a->buffers[2] + from : "", (size_t)(to - from)};
}

/* Sixteen bytes a text: its length, and the text itself, or where it stands in which of the buffers. */
static w403_view view_at(const struct ArrowArray *a, uint64_t i)
{
    enum { BYTES = 16, INLINE = 12 };
    const char *at = (const char *)a->buffers[1] + i * BYTES;
    int32_t     n, buffer, offset;
    memcpy(&n, at, sizeof n);
    if (n <= INLINE) {
        return (w403_view){at + sizeof n, n > 0 ? (size_t)n : 0};
    }
    memcpy(&buffer, at + 8, sizeof buffer);
    memcpy(&offset, at + INLINE, sizeof offset);
    return (w403_view){(const char *)a->buffers[2 + buffer] + offset, (size_t)n};
}

/* Microseconds since 1970: readers tell them by their length (w403_instant_read). */
static w403_view time_at(int64_t ticks, int64_t in_second, char *room)
{
    int64_t us = in_second > 1000000 ? ticks / (in_second / 1000000) : ticks * (1000000 / in_second);
    int     n = snprintf(room, W403_ARROW_CELL, "%lld", (long long)us);
    return (w403_view){room, n > 0 ? (size_t)n : 0};
}

static w403_view cell(const struct ArrowSchema *s, const struct ArrowArray *a, uint64_t row, char *room)
{
    uint64_t i = row + (uint64_t)a->offset;
    if (a->null_count != 0 && a->n_buffers > 0 && a->buffers[0] && !bit(a->buffers[0], i)) {
        return (w403_view){"", 0};
    }
    if (s->dictionary) {
        int64_t at = integer(a->buffers[1], number_of(s->format), i);
        return cell(s->dictionary, a->dictionary, (uint64_t)at, room);
    }
    switch (kind_of(s->format)) {
    case TEXT: return text_at(a, false, i);
    case LARGE_TEXT: return text_at(a, true, i);
    case TEXT_VIEW: return view_at(a, i);
    case FLAG: return bit(a->buffers[1], i) ? W403_LIT("true") : W403_LIT("false");
    case TIME: {
        int64_t ticks;
        memcpy(&ticks, (const char *)a->buffers[1] + i * sizeof ticks, sizeof ticks);
        return time_at(ticks, ticks_of(s->format), room);
    }
    case NUMBER: {
        int64_t value = integer(a->buffers[1], number_of(s->format), i);
        int n = snprintf(room, W403_ARROW_CELL, "%lld", (long long)value);
        return (w403_view){room, n > 0 ? (size_t)n : 0};
    }
    case NOTHING:
    case FOREIGN: break;
    }
    return (w403_view){"", 0};
}

void w403_arrow_row(const w403_arrow_columns *c, const struct ArrowArray *batch, uint64_t i, const uint16_t *wanted, size_t n,
                    char (*room)[W403_ARROW_CELL], w403_view *cells)
{
    for (size_t k = 0; k < n; k++) {
        uint16_t at = wanted[k];
        cells[k] = cell(c->of->children[at], batch->children[at], i + (uint64_t)batch->offset, room[k]);
    }
}
