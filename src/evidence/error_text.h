/* Inside the evidence room: what AWS's error sentences and the texts around them look like. */
#ifndef W403_EVIDENCE_ERROR_TEXT_H
#define W403_EVIDENCE_ERROR_TEXT_H

#include "evidence/target.h"

/* Why AWS says it denied: one sentence template of semantics 6. */
typedef struct w403_reason {
    const char *phrase;
    const char *layer;  /* what it names: "identity-based policy"; NULL */
    bool        deny;   /* an explicit deny */
    bool        likely; /* older, vaguer texts: the causes are likely ones, not all there are */
    const char *causes[W403_CLAIMS_MAX];     /* cause ids it stands for */
    const char *kms_causes[W403_CLAIMS_MAX]; /* where the action is KMS's; empty: the same */
} w403_reason;

/* The reason that begins first in `text`, NULL: none. *at, *end: its span. */
const w403_reason *w403_reason_find(w403_view text, size_t *at, size_t *end);

/* A whole message that stands alone, without `is not authorized to perform`. */
typedef struct w403_phrase {
    const char *phrase;
    const char *action; /* what it is about, NULL */
    const char *causes[W403_CLAIMS_MAX];
} w403_phrase;
const w403_phrase *w403_phrase_find(w403_view text);

/* A copy in which line breaks are blanks, entities and escaped quotes are characters, and curly quotes straight. */
w403_view w403_error_clean(w403_build *b, w403_view text);

/* Error code, operation, status and ids out of CLI, SDK, XML and debug texts, into *r; the resource that the text
 * around the message names, into the targets (bucket {NULL,0}: none). */
typedef struct w403_surroundings {
    w403_target from, to;
    bool        has_from, has_to;
    bool        presigned_url;
    w403_view   headers_not_signed, expired_at, server_time;
} w403_surroundings;
void w403_error_surroundings(w403_build *b, w403_view text, w403_reported *r, w403_surroundings *s);

/* One error text while it is read. */
typedef struct w403_error_reader {
    w403_build        b;
    w403_view         text; /* cleaned */
    w403_reported    *r;
    w403_surroundings around;
    bool              sentence;
} w403_error_reader;
void w403_error_readings(w403_error_reader *d);

/* What the action that AWS names says about the operation: a masked 404, or two errors joined. */
void w403_error_compare(w403_build *b, w403_reported *r, const w403_operation *op);

/* The console's text on a failed inventory export, in any of its languages: the date of the export as YYYY-MM-DD;
 * {NULL,0}: it is not such a text. *unsure: day and month could be the other way round. */
w403_view w403_error_inventory(w403_build *b, w403_view text, bool *unsure);
/* Is a date with this around it in `text` that of an inventory export? */
bool w403_error_says_inventory(w403_view text, w403_view around);

#endif
