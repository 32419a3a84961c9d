/* Inside the evidence room: what AWS's error sentences and the texts around them look like. */
#ifndef W403_EVIDENCE_ERROR_TEXT_H
#define W403_EVIDENCE_ERROR_TEXT_H

#include "evidence/forms.h"

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

/* A copy without colours, boxes and quoting, in which line ends are blanks, and entities and escapes the characters they
 * stand for. text {NULL,0}: out of memory. */
w403_clean w403_error_clean(w403_build *b, w403_view text);

/* What the forms say beside AWS's own sentence: code, operation, status and ids go into *r. */
typedef struct w403_surroundings {
    w403_target from, to;
    bool        has_from, has_to;
    w403_pairs  query;   /* of the URL, without the signature */
    bool        query_whole; /* the text shows the URL as it was sent: nothing else was asked for */
    w403_view   version; /* versionId of the URL */
    w403_pairs  headers; /* of the request that the text shows, in small letters */
    w403_view   method;
    unsigned    method_rank;
    bool        presigned_url;
    bool        denied;  /* a form says so */
    bool        several; /* calls of more than one error */
    bool        torn;    /* lines may be cut: what is missing may only be unreadable */
    bool        code_inferred;
    const char *operation_from; /* what it was inferred from; NULL: the text says it */
    const char *causes;  /* ids, separated by commas; NULL: none */
    w403_view   caused_by; /* AWS's words for them */
    w403_view   action, principal;
    w403_view   headers_not_signed, expired_at;
} w403_surroundings;
void w403_error_surroundings(w403_build *b, const w403_clean *c, w403_reported *r, w403_surroundings *s);

/* The one error code, the one operation of S3 that the text names; {NULL,0}: none, or several. */
w403_view w403_error_lone_code(const w403_clean *c);
w403_view w403_error_lone_operation(const w403_clean *c);

/* One error text while it is read. */
typedef struct w403_error_reader {
    w403_build        b;
    w403_view         text; /* cleaned */
    const uint8_t    *marks;
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

#endif
