/* JSON text with a byte span on every value. Strict RFC 8259; duplicate keys, depth and size are checked.
 * Positions are bytes into the text that was parsed. */
#ifndef W403_JSON_JSON_H
#define W403_JSON_JSON_H

#include "base/buf.h"
#include "base/error.h"

typedef enum w403_json_type {
    W403_JSON_NULL,
    W403_JSON_FALSE,
    W403_JSON_TRUE,
    W403_JSON_NUMBER,
    W403_JSON_STRING,
    W403_JSON_ARRAY,
    W403_JSON_OBJECT,
} w403_json_type;

typedef struct w403_span {
    uint32_t off, len;
} w403_span;

/* One value. Children of an array or object hang in a list: first, then next. */
typedef struct w403_json {
    w403_span          span; /* of the value; a string's includes its quotes */
    uint8_t            type; /* w403_json_type */
    uint8_t            escaped; /* a string whose text differs from its bytes in the source */
    uint8_t            mark;    /* 0; free for whoever makes a tree of his own from another */
    uint32_t           count;   /* children */
    w403_view          text; /* string: decoded text. number, true, false, null: the exact lexeme */
    w403_view          key;  /* as a member of an object: decoded name; else {NULL,0} */
    w403_span          key_span;
    struct w403_json  *first, *next;
} w403_json;

typedef struct w403_json_doc {
    w403_view   source; /* name for messages: a path as the user knows it */
    w403_view   text;   /* what spans point into; borrowed, must outlive the document */
    w403_json  *root;
} w403_json_doc;

typedef struct w403_json_options {
    uint32_t max_depth;       /* 0 = W403_LIMIT_JSON_DEPTH */
    bool     allow_trailing;  /* stop after the first value (NDJSON); *end says where */
    bool     keep_duplicates; /* a name that is there twice is no error: both members are in the list */
    w403_arena *below; /* where what the root's children hold is built, to be checked and forgotten: a child that is
                        * done has its count, but no `first`. NULL: everything is kept */
} w403_json_options;

/* Parses `text`. On error: W403_SYNTAX / W403_LIMIT with place, message (a trailing comma, a missing quote, an
 * invisible blank, a single quote, a comment, a duplicate key named as such) and a hint where there is one.
 * Cost O(n); duplicate keys are found in O(n log n). Strings without escapes point into `text`. */
w403_status w403_json_parse(w403_arena *a, w403_view source, w403_view text, const w403_json_options *opt,
                            w403_json_doc *out, size_t *end, w403_error *err);

/* The member `name` of an object, NULL when absent or no object. */
const w403_json *w403_json_get(const w403_json *obj, const char *name);
/* A path of member names, NULL-terminated list: w403_json_path(v, "a", "b", NULL). */
const w403_json *w403_json_path(const w403_json *v, ...) __attribute__((sentinel));
bool             w403_json_is(const w403_json *v, w403_json_type t); /* NULL-safe */
/* Text of a string member, {NULL,0} when it is absent or no string. */
w403_view w403_json_str(const w403_json *obj, const char *name);
/* A boolean member; `fallback` when absent or no boolean. */
bool        w403_json_bool(const w403_json *obj, const char *name, bool fallback);
const char *w403_json_type_name(w403_json_type t); /* "a string", "an object", ... */

/* W403_SEMANTIC at a value: fills place from doc and the value's span. */
w403_status w403_json_error(const w403_json_doc *doc, const w403_json *at, w403_error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Where byte `i` of a string's decoded text stands in the source. O(length). */
size_t w403_json_source_offset(const w403_json_doc *doc, const w403_json *str, size_t i);

/* ---- patch.c: edits that leave every other byte as it is ---- */
/* A step more of a pointer: a member of an object by its name, of an array by its index. */
void w403_json_pointer_add(w403_buf *b, const w403_json *holder, const w403_json *member, size_t index);
/* RFC 6901 pointer of a value inside doc, built in the arena. O(its siblings and its ancestors' siblings). */
w403_view w403_json_pointer(w403_arena *a, const w403_json_doc *doc, const w403_json *at);
const w403_json *w403_json_at(const w403_json_doc *doc, w403_view pointer); /* NULL when there is none */
/* The array or object that holds `at`; NULL for the root. */
const w403_json *w403_json_parent(const w403_json_doc *doc, const w403_json *at);

/* ---- edit.c ---- */
/* Each gives the whole new text, built in the arena, with every other byte unchanged; to edit on, parse it again.
 * The value given as text (JSON in any layout) is laid out as its neighbours are: their indent, line ends, blanks
 * after `:` and `,`, and one line or several. Names and scalars keep the bytes they are given with. `value`,
 * `object` and `array` are of `doc`.
 * Errors: W403_SYNTAX / W403_LIMIT (the given text is no JSON), W403_NOMEM, W403_BUG (the wrong type of place).
 * Cost: O(document). */
w403_status w403_json_edit_replace(w403_arena *a, const w403_json_doc *doc, const w403_json *value, w403_view new_text,
                                   w403_view *out, w403_error *err);
/* Behind the last member or element. The caller has seen that the name is new. */
w403_status w403_json_edit_insert_member(w403_arena *a, const w403_json_doc *doc, const w403_json *object,
                                         w403_view name, w403_view value_text, w403_view *out, w403_error *err);
w403_status w403_json_edit_append_element(w403_arena *a, const w403_json_doc *doc, const w403_json *array,
                                          w403_view value_text, w403_view *out, w403_error *err);
/* One value more where policies take one or a list: appends to an array, turns `"x"` into `["x", "y"]`. */
w403_status w403_json_edit_add_value(w403_arena *a, const w403_json_doc *doc, const w403_json *value,
                                     w403_view value_text, w403_view *out, w403_error *err);
/* Takes a member or element out, with the comma that goes with it. */
w403_status w403_json_edit_remove(w403_arena *a, const w403_json_doc *doc, const w403_json *value, w403_view *out,
                                  w403_error *err);

/* ---- writer.c ---- */
typedef struct w403_json_writer {
    w403_buf *out;
    uint32_t  depth;
    bool      comma;  /* a value was written at this level */
    bool      named;  /* a name was written, its value not yet */
    bool      pretty; /* two blanks of indent */
} w403_json_writer;

void w403_jw_init(w403_json_writer *w, w403_buf *out, bool pretty);
/* A string as JSON has it, with its quotes; {NULL,0} when memory is short. */
w403_view w403_json_quote(w403_arena *a, w403_view text);
void w403_jw_object(w403_json_writer *w); /* { */
void w403_jw_end_object(w403_json_writer *w);
void w403_jw_array(w403_json_writer *w);
void w403_jw_end_array(w403_json_writer *w);
void w403_jw_keyv(w403_json_writer *w, w403_view name); /* any name */
void w403_jw_name(w403_json_writer *w, w403_view name); /* one of ours: written as it stands */
static inline void w403_jw_key(w403_json_writer *w, const char *name)
{
    w403_jw_name(w, w403_view_of(name));
}
void w403_jw_str(w403_json_writer *w, w403_view v);
void w403_jw_cstr(w403_json_writer *w, const char *s);
void w403_jw_u64(w403_json_writer *w, uint64_t v);
void w403_jw_i64(w403_json_writer *w, int64_t v);
void w403_jw_bool(w403_json_writer *w, bool v);
void w403_jw_null(w403_json_writer *w);
void w403_jw_raw(w403_json_writer *w, w403_view v);              /* already JSON */
void w403_jw_value(w403_json_writer *w, const w403_json *v);     /* a parsed value, rewritten */

/* Members, name and value in one: a text that is absent (NULL) is left out, or null. */
void w403_jw_text(w403_json_writer *w, const char *name, w403_view v);
void w403_jw_text_unless_empty(w403_json_writer *w, const char *name, w403_view v);
void w403_jw_text_or_null(w403_json_writer *w, const char *name, w403_view v);
void w403_jw_word(w403_json_writer *w, const char *name, const char *s);
void w403_jw_word_or_null(w403_json_writer *w, const char *name, const char *s);
void w403_jw_number(w403_json_writer *w, const char *name, uint64_t v);
void w403_jw_flag(w403_json_writer *w, const char *name, bool v);
void w403_jw_texts(w403_json_writer *w, const char *name, const w403_view *at, size_t n);

#endif
