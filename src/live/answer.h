/* What came over the wire, as the JSON that `aws ... --output json` prints, or as the error that it says. Nothing here opens
 * a connection. An answer that is not of the call that was made is an error of ours, never an empty configuration. */
#ifndef W403_LIVE_ANSWER_H
#define W403_LIVE_ANSWER_H

#include "base/buf.h"
#include "base/error.h"
#include "json/json.h"
#include "live/shapes.h"
#include "live/sign.h" /* w403_header */
#include "live/xml.h"

typedef struct w403_wire_reply {
    unsigned           row;
    int                status;
    const w403_header *headers; /* of the last response */
    size_t             n_headers;
    w403_xml_state     xml; /* where the body was read as XML */
    w403_xml_node     *root;
    w403_view          body; /* else */
} w403_wire_reply;

enum { W403_TOKENS = 2 };

typedef struct w403_reading {
    w403_view code;    /* empty: it is good, and the JSON written */
    w403_view message;
    w403_view region;  /* of S3's errors: where the bucket is */
    bool      broken;  /* no answer of a working server: worth another try */
    w403_view next[W403_TOKENS]; /* tokens of the next page; the first one empty: this is the last page */
    unsigned  newer;         /* members that no table has */
    unsigned  odd_documents; /* policy documents that are no JSON: kept as text */
} w403_reading;

/* Texts of `out` live in the arena; `json` is appended to. W403_NOMEM is the only error. */
W403_NODISCARD w403_status w403_answer_read(w403_arena *arena, const w403_wire_reply *reply, w403_buf *json, w403_reading *out,
                                           w403_error *err);

/* A header, its name in any case; {NULL,0}: not there. */
w403_view w403_header_find(const w403_header *headers, size_t n, const char *name);

/* ---- parts of it ---- */

typedef struct w403_answer_writer {
    w403_arena        *arena;   /* of the texts that last */
    w403_arena        *scratch; /* of one value */
    w403_json_writer   json;
    const w403_wire_reply  *reply;
    w403_reading      *reading;
    bool               keys_encoded; /* EncodingType is url */
    bool               wrong;        /* it is no answer of this call; nothing more is written */
} w403_answer_writer;

void w403_answer_xml(w403_answer_writer *w, w403_xml_node *root);
void w403_answer_json(w403_answer_writer *w, const w403_json *root);
void w403_answer_headers(w403_answer_writer *w); /* members that stand in headers */
void w403_answer_scalar(w403_answer_writer *w, const w403_shape_member *m, w403_view text);
/* Members of an answer that only page it are left out: true for those. What they say is kept in the reading. */
bool w403_answer_pages(w403_answer_writer *w, const char *name, w403_view text);
void w403_answer_error(w403_arena *arena, const w403_wire_reply *reply, w403_reading *out); /* of a status over 299 */
/* Is it one of the kinds that AWS's times come in? Then microseconds since 1970. */
bool w403_answer_time(w403_view text, unsigned format, w403_instant *out);

#endif
