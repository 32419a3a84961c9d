/* Of the reader: its state, and how one record goes from text to the sink (reader_records.c). */
#ifndef W403_LOGS_READER_STATE_H
#define W403_LOGS_READER_STATE_H

#include "logs/reader.h"

enum { W403_READER_FOREIGN = 3 }; /* objects of a file that are no records, told one by one */

typedef struct w403_reader_foreign_at {
    uint64_t offset;
    char     what[304];
} w403_reader_foreign_at;

struct w403_log_reader {
    w403_window          window;
    w403_arena          *arena; /* of one record */
    const w403_log_sink *sink;
    w403_log_stats      *stats;
    w403_view            name;
    const w403_log_helpers *helpers;
    w403_record record; /* of the line at hand, and what is wrong with it: not cleared for every line */
    w403_error  why;
    /* of the file at hand */
    uint64_t               n_foreign, lists; /* objects that are no records; lists and tables, which may be empty */
    w403_reader_foreign_at foreign[W403_READER_FOREIGN];
};

/* Tells the sink about damage; the second form counts one damaged record too (and suits w403_trail_sink). */
void w403_reader_report(w403_log_reader *r, w403_status code, uint64_t offset, uint64_t length,
                        const char *what);
void w403_reader_damage(void *user, uint64_t offset, uint64_t length, const char *what);

/* An object that is no record, told when the file was read. */
void w403_reader_foreign(w403_log_reader *r, uint64_t offset, w403_view what);

/* A parsed access log record: counted, and completed and given when it is wanted. */
w403_status w403_reader_access(w403_log_reader *r, w403_record *record, uint64_t offset, w403_error *err);
/* A JSON item that the scanner found: a CloudTrail event, an access log record, or an envelope of some. */
w403_status w403_reader_item(void *user, const w403_glance *g, bool *broken, w403_error *err);
/* The records that a parsed value carries. */
w403_status w403_reader_open(w403_log_reader *r, const w403_json_doc *doc, uint64_t offset, w403_error *err);
/* Rows of CSV to the end of the input (reader_table.c). */
w403_status w403_reader_table(w403_log_reader *r, w403_error *err);

#endif
