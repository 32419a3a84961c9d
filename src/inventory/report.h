/* The rows of an inventory report: CSV, plain or gzip, in constant memory.
 *
 *     w403_report *r;
 *     W403_TRY(w403_report_open(path, NULL, &r, err));
 *     w403_report_select(r, schema.n, (const uint16_t[]){schema.at[W403_INV_KEY]}, 1);
 *     const w403_report_row *row;
 *     while ((st = w403_report_next(r, &row, err)) == W403_OK && row) { ... row->at[0] is the key, URL-encoded ... }
 *
 * Threads: none shared; each thread reads its own file with its own report. */
#ifndef W403_INVENTORY_REPORT_H
#define W403_INVENTORY_REPORT_H

#include "base/text_set.h"

typedef struct w403_report w403_report;

enum {
    W403_REPORT_COLUMNS = 64,           /* most fields of a row */
    W403_REPORT_ROW_BYTES = 128 * 1024, /* longest row: a key and a full ACL take about 20 KiB */
};

typedef struct w403_report_options {
    size_t max_row;           /* 0 = W403_REPORT_ROW_BYTES */
    size_t window;            /* bytes held at once; 0 = a good one, never less than max_row needs */
    w403_problem_fn *problem; /* called for each malformed row, in order; nullable: they are counted all the same */
    void *user;
    const w403_text_set *texts;  /* that stand for files; nullable */
} w403_report_options;

/* Views point into the report's window (or the text in memory) and live until the next w403_report_next.
 * Fields are raw: without their quotes, doubled quotes made single, still URL-encoded or base64. */
typedef struct w403_report_row {
    const w403_view *at; /* the columns asked for, in that order; without a choice all of them */
    size_t n;
    uint64_t number; /* from 1, malformed rows counted too */
    uint64_t offset; /* of its first byte in the decompressed text */
} w403_report_row;

typedef struct w403_report_stats {
    uint64_t rows, malformed; /* rows: good ones */
    uint64_t bytes;           /* decompressed text behind the last row given */
    uint64_t consumed, size;  /* of the file as it lies on disk; size 0: unknown (a pipe) */
} w403_report_stats;

/* `path` as for w403_stream_open. opt may be NULL. */
w403_status w403_report_open(const char *path, const w403_report_options *opt, w403_report **out, w403_error *err);
/* Text in memory, not copied; `name` stands in messages, and both must outlive the report. */
w403_status w403_report_of(w403_view name, w403_view text, const w403_report_options *opt, w403_report **out,
                           w403_error *err);

/* From the next row on: every row must have n_columns fields (0: any number), of which the `n_wanted` columns are
 * given (NULL: all); one that a row lacks is {NULL,0}. W403_SEMANTIC: a column that is not there, or too many. */
w403_status w403_report_select(w403_report *r, size_t n_columns, const uint16_t *wanted, size_t n_wanted,
                               w403_error *err);

/* The next good row, *row == NULL at the end. A malformed one (wrong number of columns, a quote that is not closed
 * or stands where it may not, too long) is passed to options.problem, counted and skipped: err->line is its number,
 * err->offset and err->length its bytes. After a row with broken quotes reading goes on at the next newline.
 * Errors: the stream's (W403_IO, or W403_SYNTAX for damaged gzip), after all whole rows before the damage were
 * given; the row that is cut off is counted as malformed. */
w403_status w403_report_next(w403_report *r, const w403_report_row **row, w403_error *err);

w403_report_stats w403_report_progress(const w403_report *r);
void w403_report_close(w403_report *r); /* NULL is fine */

#endif
