/* One log, whatever its format, into records: lines, JSON, gzip, envelopes, mixtures. The format is found from the
 * content, never from the name. */
#ifndef W403_LOGS_READER_H
#define W403_LOGS_READER_H

#include "base/text_set.h"
#include "logs/feed.h"
#include "logs/trail_scan.h"

typedef struct w403_log_sink {
    void *user;
    /* Is this record wanted? Asked before the costly part of the work. NULL: every record. */
    bool (*want)(void *user, const w403_glance *g);
    /* A wanted record; dies when the call returns. Any other status than W403_OK ends the reading with it. */
    w403_status (*record)(void *user, const w403_record *r, w403_error *err);
    /* Something that cannot be read: err->source names the file, err->offset the place in it (decompressed; of a
     * damaged gzip member: compressed). It was counted and the rest goes on. NULL: only counted. */
    void (*damage)(void *user, const w403_error *what);
    const w403_text_set *texts; /* that stand for files; may be NULL */
} w403_log_sink;

typedef struct w403_log_stats {
    uint64_t files;         /* opened */
    uint64_t files_foreign; /* hold nothing that is a log */
    uint64_t files_skipped; /* CloudTrail digests */
    uint64_t files_damaged; /* cannot be opened, or end in damage (truncated gzip) */
    uint64_t bytes;         /* decompressed */
    uint64_t lines;         /* access log lines read whole */
    uint64_t events;        /* CloudTrail events read whole */
    uint64_t insights;      /* CloudTrail Insights events, left out */
    uint64_t foreign;       /* JSON objects that are no record */
    uint64_t strange;       /* those of them that stand among records */
    uint64_t wanted;        /* records given to the sink */
    uint64_t damaged;       /* lines, events and stretches that cannot be read */
    uint64_t reports;       /* what the sink was told of as damage */
} w403_log_stats;

void w403_log_stats_add(w403_log_stats *sum, const w403_log_stats *more);

/* How a reader lets others help with a long log of lines. open: the log may be shared from now on; close returns when
 * nobody works on it any more. */
typedef struct w403_log_helpers {
    void *user;
    void (*open)(void *user, w403_log_feed *f);
    void (*close)(void *user, w403_log_feed *f);
} w403_log_helpers;

/* Buffers for one file after the other. One thread at a time. `helpers` and `meter` may be NULL and must outlive it.
 * NULL when memory is short. */
typedef struct w403_log_reader w403_log_reader;
w403_log_reader *w403_log_reader_new(const w403_log_helpers *helpers, const w403_window_meter *meter);
void             w403_log_reader_free(w403_log_reader *r);

/* Reads `path` (`-`: standard input), adds to *stats. Cost: one pass; memory: one window and one event.
 * Errors: those of sink->record, and W403_NOMEM. A file that cannot be opened is damage, not an error. */
W403_NODISCARD w403_status w403_log_read(w403_log_reader *r, const char *path, const w403_log_sink *sink,
                                         w403_log_stats *stats, w403_error *err);
/* Reads pieces of another reader's log until none is left. Errors: as above. */
W403_NODISCARD w403_status w403_log_help(w403_log_reader *r, w403_log_feed *f, const w403_log_sink *sink,
                                         w403_log_stats *stats, w403_error *err);
/* A log in memory; `name` is what records and damage say. */
W403_NODISCARD w403_status w403_log_read_text(w403_log_reader *r, w403_view name, w403_view text,
                                              const w403_log_sink *sink, w403_log_stats *stats, w403_error *err);

typedef enum w403_log_kind { W403_LOG_IS_NONE, W403_LOG_IS_LINES, W403_LOG_IS_JSON } w403_log_kind;
/* What the first bytes of a file make it. */
w403_log_kind w403_log_sniff(w403_view head);

#endif
