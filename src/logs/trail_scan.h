/* Finds the events in JSON text without parsing it: a string-aware brace scanner over 64-byte blocks that keeps one
 * event in memory, and a glance at the few members that tell whether an event is worth the strict parser.
 *
 * Shapes: {"Records":[event,...]} (trail files), one object after another (NDJSON, pretty or not), [event,...], and
 * lists whose items carry the event (lookup-events, CloudWatch Logs, queues, rows of queries). Which one is found from
 * the text; they may follow each other.
 *
 * Damage costs the event that has it: the scanner resumes at the next place that can only be the start of an event.
 * What the scanner accepts between events is checked strictly; inside an event that nobody asks for only strings and
 * nesting are. A glance that could differ from what the strict parser would read says so (`doubt`). */
#ifndef W403_LOGS_TRAIL_SCAN_H
#define W403_LOGS_TRAIL_SCAN_H

#include "logs/record.h"
#include "logs/window.h"

/* What is seen of a record before it is parsed in full: enough to say whether it is wanted. */
typedef struct w403_glance {
    w403_log_form form;    /* W403_LOG_NONE: an item of JSON that nothing is known about yet */
    bool      doubt;       /* the views below may not be what the parser would read: parse before you judge */
    w403_view raw;         /* the whole item */
    uint64_t  offset;      /* of raw in the stream */
    w403_view operation;   /* eventName; {NULL,0}: none, no string, or null */
    w403_view event_source, error_code, time_text, event_type, event_category;
    int       status;      /* of an access log */
} w403_glance;

typedef struct w403_trail_sink {
    void *user;
    /* One item. Set *broken when the strict parser refuses it (and report that yourself): the scanner then looks
     * whether it swallowed the beginning of another event. Any other status than W403_OK ends the scan. */
    w403_status (*item)(void *user, const w403_glance *g, bool *broken, w403_error *err);
    /* Bytes that are no event or no whole one; counted as one damaged record. */
    void (*damage)(void *user, uint64_t offset, uint64_t length, const char *what);
    /* A list of items begins, which may be empty. May be NULL. */
    void (*list)(void *user);
} w403_trail_sink;

/* Scans from w->begin, where a document begins, to the end of the input or to a place between documents where no JSON
 * stands: that is left in the window for whoever reads lines. Cost: O(n), 4 to 6 GB/s. Memory: one event.
 * Errors: those of the sink and W403_NOMEM. */
W403_NODISCARD w403_status w403_trail_scan(w403_window *w, const w403_trail_sink *sink, w403_error *err);

/* Offset of the first place in `text` where a CloudTrail document or event seems to begin (`{"Records"`,
 * `{"eventVersion"`, or `{"EventId"` of lookup-events; blanks allowed), SIZE_MAX when there is none. */
size_t w403_trail_find_start(w403_view text);

#endif
