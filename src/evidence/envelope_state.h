/* Of the opener of envelopes: its state, texts (envelope_text.c), tables of rows (envelope_table.c). */
#ifndef W403_EVIDENCE_ENVELOPE_STATE_H
#define W403_EVIDENCE_ENVELOPE_STATE_H

#include "evidence/envelope.h"

enum {
    W403_ENVELOPE_DEPTH = 48, /* objects and arrays, of all texts together */
    W403_ENVELOPE_TEXTS = 6,  /* texts in texts */
    W403_ENVELOPE_COPIES = 16 /* of one record side by side, told apart */
};
#define W403_ENVELOPE_BYTES ((size_t)64 << 20) /* decoded and inflated, of one item */

typedef struct w403_opener {
    w403_arena         *arena;
    const w403_carrier *to;
    w403_opened        *out;
    const w403_json    *root;
    unsigned            depth, texts;
    bool                history; /* inside CloudTrailEvent */
    w403_view           stream;  /* the source of the first record of another service */
    size_t              unpacked;
    uint64_t            seen[W403_ENVELOPE_COPIES]; /* hashes of records found in the element at hand */
    unsigned            n_seen;
} w403_opener;

w403_status w403_open_value(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_error *err);
/* One object whose members a row gave. */
w403_status w403_open_object(w403_opener *o, const w403_json_doc *doc, const w403_json *object, w403_error *err);

/* A string: JSON, access log lines, base64 or gzip of them. */
w403_status w403_open_text(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_view text, w403_error *err);

/* [{field, value}...], [{a: 1}, {b: 2}], {columns, rows}: rows whose cells stand apart from their names. *done: it was one. */
w403_status w403_open_pairs(w403_opener *o, const w403_json_doc *doc, const w403_json *array, bool *done, w403_error *err);
w403_status w403_open_table(w403_opener *o, const w403_json_doc *doc, const w403_json *object, bool *done, w403_error *err);

#endif
