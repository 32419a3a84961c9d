/* A document on one line, as AWS stores and prints policies, laid out for people: a member or element a line. */
#ifndef W403_JSON_LAYOUT_H
#define W403_JSON_LAYOUT_H

#include "base/array.h"
#include "json/json.h"

/* Where a token of the text begins, there and in the text as laid out. */
typedef struct w403_layout_token {
    size_t was, is;
} w403_layout_token;

typedef struct w403_layout {
    w403_view text;
    W403_ARRAY(w403_layout_token) tokens; /* rising */
} w403_layout;

enum { W403_LAYOUT_BYTES = 1 << 16 }; /* of a document that is laid out: a policy has no more */
/* Is it all on one line, and longer than a line of text should be? */
bool w403_layout_needed(w403_view text);
/* Lays out a document that was parsed before: only blanks between its tokens change. False: memory is short. O(n). */
bool w403_layout_make(w403_arena *a, w403_view text, w403_layout *out);
/* The same where it is needed and the text is one document, of a policy's size; false: show it as it is. */
bool w403_layout_document(w403_arena *a, w403_view text, w403_layout *out);
/* A place of the text, in the text as laid out. O(log n). */
size_t w403_layout_place(const w403_layout *l, size_t offset);
/* The same of a span: its end belongs to the byte before it. */
w403_span w403_layout_span(const w403_layout *l, w403_span span);

#endif
