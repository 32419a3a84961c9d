/* Collects an evidence. Memory trouble sticks and is reported once, by w403_build_finish. */
#ifndef W403_EVIDENCE_BUILD_H
#define W403_EVIDENCE_BUILD_H

#include "base/array.h"
#include "catalog/catalog.h"
#include "evidence/evidence.h"

typedef struct w403_pairs {
    w403_pair *at;
    size_t     n, cap;
} w403_pairs;

typedef struct w403_build {
    w403_arena    *arena;
    w403_evidence *out;
    W403_ARRAY(w403_reading) readings;
    W403_ARRAY(w403_evidence_fact) facts;
    W403_ARRAY(w403_missing) missing;
    W403_ARRAY(w403_view) notes;
    bool failed;
} w403_build;

void w403_build_init(w403_build *b, w403_arena *arena, w403_evidence *out, w403_evidence_kind kind);

/* A fact that stands in the text, or was inferred. An empty value is not recorded, nor the same fact twice. */
void w403_build_said(w403_build *b, const char *name, w403_view value, const char *from);
void w403_build_inferred(w403_build *b, const char *name, w403_view value, const char *from);
void w403_build_missing(w403_build *b, const char *name, const char *option, const char *why);
void w403_build_note(w403_build *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A copy of `r` becomes the next reading. */
void w403_build_reading(w403_build *b, const w403_request *r, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Lists of a request. Names of headers are kept in lower case. */
void w403_build_pair(w403_build *b, w403_pairs *list, w403_view name, w403_view value);
void w403_build_header(w403_build *b, w403_pairs *list, w403_view name, w403_view value);
const w403_pair *w403_pairs_get(const w403_pairs *list, const char *name); /* case ignored; NULL: absent */

/* Context keys of a request: one value, or known to be absent, or known to be unknown. */
typedef struct w403_contexts {
    w403_context_entry *at;
    size_t              n, cap;
} w403_contexts;
void w403_build_context(w403_build *b, w403_contexts *list, const char *key, w403_view value);
void w403_build_context_state(w403_build *b, w403_contexts *list, const char *key, w403_tri present);

/* Adds one of the closed list of cause ids to what AWS's text may stand for. */
void w403_build_claim(w403_build *b, const char *cause);
/* A cause that it is for certain: where no policy ends it, the way out is told too. `note` (may be NULL): what more is known. */
void w403_build_cause(w403_build *b, const w403_cause_info *cause, const char *note);
/* What the error code says by itself: HTTP status and cause, unless something has claimed one. NULL: not in the table. */
const w403_code *w403_build_code(w403_build *b, w403_view code);

w403_status w403_build_finish(w403_build *b, w403_error *err);

/* printf into the arena of the build; memory trouble sticks. */
w403_view w403_build_printf(w403_build *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For `%.*s`: W403_FMT in messages, W403_ALL where nothing may be cut (up to what any ARN or key can have). */
#define W403_FMT(v) (int)((v).n > 400 ? 400 : (v).n), ((v).p ? (v).p : "")
#define W403_ALL(v) (int)((v).n > 16384 ? 16384 : (v).n), ((v).p ? (v).p : "")

#endif
