/* Whatever carries CloudTrail events and access log records: notifications, queues, streams, search results, query
 * results, as objects or as text in a member, base64 and gzip inside. The one place that opens them, for every command.
 *
 * An object is told by what it is, not by where it stands: an event in AWS's own words first, then a member that is known
 * to carry the original, then rows of other names (row.h), then whatever its members hold. Depth, size and the number of
 * texts in texts are bounded. */
#ifndef W403_EVIDENCE_ENVELOPE_H
#define W403_EVIDENCE_ENVELOPE_H

#include "json/json.h"

typedef enum w403_carried_kind {
    W403_CARRIED_EVENT,  /* a CloudTrail event */
    W403_CARRIED_ACCESS, /* an access log record in CloudWatch's JSON */
    W403_CARRIED_LINE    /* the text of access log lines */
} w403_carried_kind;

typedef struct w403_carried {
    w403_carried_kind kind;
    bool              bare;   /* the item itself, in AWS's own words */
    bool              history; /* out of CloudTrail's event history: an item of lookup-events */
    w403_json_doc     doc;    /* EVENT, ACCESS: of `object` */
    const w403_json  *object;
    w403_view         line;
} w403_carried;

typedef struct w403_carrier {
    void *user;
    bool (*is_line)(w403_view line); /* an access log line? NULL: nobody asks for lines */
    w403_status (*found)(void *user, const w403_carried *c, w403_error *err);
    /* An object that holds no record, in a few words ("an object with `a` and `b`"); lives as long as the arena. */
    void (*no_record)(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what);
    /* A text that should hold an event, and is damaged. */
    void (*damaged)(void *user, const w403_json_doc *doc, const w403_json *at, const char *why);
} w403_carrier;

typedef struct w403_opened {
    uint64_t found;     /* records given */
    uint64_t no_record; /* objects named */
    uint64_t damaged;
    bool     digest;    /* a CloudTrail digest file */
    bool     empty;     /* an answer of the right form without records */
} w403_opened;

/* Opens the value. Errors: those of `found`, and W403_NOMEM. */
W403_NODISCARD w403_status w403_envelope_open(w403_arena *a, const w403_json_doc *doc, const w403_json *value,
                                              const w403_carrier *to, w403_opened *out, w403_error *err);

/* Is the object a CloudTrail event in AWS's own words? */
bool w403_envelope_is_event(const w403_json *object);
/* An access log record in CloudWatch's JSON? */
bool w403_envelope_is_access(const w403_json *object);

/* CloudTrail's JSON after it went through a chat or an issue: host names that became links ([s3.amazonaws.com](http://...),
 * <http://...|s3.amazonaws.com>, s3.amazonaws.com<http://...>). *out: the text without them, in the arena; JSON stays JSON. Errors: W403_NOMEM. */
W403_NODISCARD w403_status w403_envelope_unlink(w403_arena *a, w403_view text, w403_view *out, w403_error *err);
/* Is the name of an eventSource one of these? */
bool w403_envelope_is_link(w403_view source);

#endif
