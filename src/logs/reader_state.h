/* Of the reader: its state, and how one record goes from text to the sink (reader_records.c). */
#ifndef W403_LOGS_READER_STATE_H
#define W403_LOGS_READER_STATE_H

#include "logs/reader.h"

struct w403_log_reader {
    w403_window          window;
    w403_arena          *arena; /* of one record */
    const w403_log_sink *sink;
    w403_log_stats      *stats;
    w403_view            name;
    const w403_log_helpers *helpers;
};

/* Tells the sink about damage; the second form counts one damaged record too (and suits w403_trail_sink). */
void w403_reader_report(const w403_log_reader *r, w403_status code, uint64_t offset, uint64_t length,
                        const char *what);
void w403_reader_damage(void *user, uint64_t offset, uint64_t length, const char *what);

/* A parsed access log record: counted, and completed and given when it is wanted. */
w403_status w403_reader_access(w403_log_reader *r, w403_record *record, uint64_t offset, w403_error *err);
/* A JSON item that the scanner found: a CloudTrail event, an access log record, or an envelope of one. */
w403_status w403_reader_item(void *user, const w403_glance *g, bool *broken, w403_error *err);

#endif
