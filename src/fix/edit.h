/* Edits of one policy document, remembered as an RFC 6902 patch. Nothing else in the text changes. */
#ifndef W403_FIX_EDIT_H
#define W403_FIX_EDIT_H

#include "base/array.h"
#include "policy/policy.h"

typedef struct w403_edit {
    w403_arena *arena;
    w403_json_doc doc; /* as edited so far */
    w403_view was;     /* the document as the file has it, indented as deep as it stands there */
    uint32_t base;     /* where it begins in the policy's text: spans count from there */
    uint32_t depth;    /* blanks that each of its lines lost */
    uint32_t edits;
    W403_ARRAY(w403_view) ops; /* JSON objects */
    bool failed;               /* no such place, or memory short: what follows does nothing */
} w403_edit;

/* A policy's document as one of its own: moved to the left margin where it stands inside a larger file. */
w403_view w403_policy_plain(w403_arena *arena, const w403_policy *policy);

/* A document of the left margin, indented as deep as another stood in its file. */
w403_view w403_to_depth(w403_arena *arena, w403_view text, w403_view stood);

/* Of a policy's document, or of a text. */
bool w403_edit_policy(w403_edit *e, w403_arena *arena, const w403_policy *policy);
bool w403_edit_text(w403_edit *e, w403_arena *arena, w403_view source, w403_view text);

/* ---- places; NULL: there is none. Spans of the policy are good before the first edit only ---- */
const w403_json *w403_edit_statement(const w403_edit *e, uint32_t index);
const w403_json *w403_edit_statements(const w403_edit *e); /* the Statement member */
const w403_json *w403_edit_at(const w403_edit *e, w403_span span);

/* ---- edits; false and e->failed when they could not be made ---- */
bool w403_edit_replace(w403_edit *e, const w403_json *at, w403_view json);
bool w403_edit_insert(w403_edit *e, const w403_json *object, const char *name, w403_view json);
bool w403_edit_append(w403_edit *e, const w403_json *array, w403_view json);
/* One value more where one or a list may stand. */
bool w403_edit_add(w403_edit *e, const w403_json *value, w403_view json);
bool w403_edit_remove(w403_edit *e, const w403_json *at);
/* Condition: {op: {key: value}} of a statement; joins what is there, the value if op and key are. */
bool w403_edit_condition(w403_edit *e, uint32_t statement, const char *op, w403_view key, w403_view value);
/* The same in each of these statements, ascending: one after the other, but the document is read again only once. */
bool w403_edit_conditions(w403_edit *e, const uint32_t *statements, size_t n, const char *op, w403_view key, w403_view value);

w403_view w403_edit_patch(const w403_edit *e); /* a JSON array */

struct w403_fix_step;
/* Where a step's document stands in its file, and what to write there. False: the step has none, or the file no longer
 * holds it, or holds it URL-encoded. */
bool w403_fix_in_file(w403_arena *a, const struct w403_fix_step *s, w403_view file, w403_span *at, w403_view *text);

#endif
