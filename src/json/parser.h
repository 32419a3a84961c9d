/* The parser's state, shared by parse.c (structure), scan.c (strings, numbers) and diagnose.c (what is wrong). */
#ifndef W403_JSON_PARSER_H
#define W403_JSON_PARSER_H

#include "base/limits.h"
#include "json/json.h"

typedef struct w403_json_frame {
    w403_json *node, *last; /* an open array or object and its last child so far */
} w403_json_frame;

typedef struct w403_json_parser {
    w403_arena     *arena; /* of the next node: `kept`, or `below` inside a child of the root */
    w403_arena     *kept, *below; /* below: NULL when everything is kept */
    w403_view       source, text;
    const char     *p, *end; /* INVARIANT: text.p <= p <= end */
    w403_error     *err;
    uint32_t        depth, max_depth;
    bool            keep_duplicates;
    w403_json_frame stack[W403_LIMIT_JSON_DEPTH]; /* [0, depth) are open */
} w403_json_parser;

typedef struct w403_json_lexeme {
    w403_view text; /* decoded */
    w403_span span;
    bool      escaped;
} w403_json_lexeme;

static inline w403_span w403_json_span(const w403_json_parser *ps, const char *from, const char *to)
{
    return (w403_span){(uint32_t)(from - ps->text.p), (uint32_t)(to - from)};
}

/* ---- scan.c: one lexeme at ps->p, which moves behind it ---- */
w403_status w403_json_scan_string(w403_json_parser *ps, w403_json_lexeme *out);
w403_status w403_json_scan_number(w403_json_parser *ps, w403_json_lexeme *out);

/* ---- diagnose.c: every one fails, with the message that helps most ---- */
typedef enum w403_json_expect {
    W403_EXPECT_VALUE,
    W403_EXPECT_KEY,
    W403_EXPECT_COLON,
    W403_EXPECT_COMMA, /* or the closing bracket */
    W403_EXPECT_END
} w403_json_expect;

/* What stands at ps->p is not what may stand there. */
w403_status w403_json_unexpected(w403_json_parser *ps, w403_json_expect expected);
w403_status w403_json_bad_number(w403_json_parser *ps, const char *start);
/* The string that opens at `start`: `at` is the control character, broken byte or end of text found in it. */
w403_status w403_json_bad_string(w403_json_parser *ps, const char *start, const char *at);
/* A backslash at `at` that begins no escape, or half a surrogate pair. */
w403_status w403_json_bad_escape(w403_json_parser *ps, const char *at);
w403_status w403_json_too_deep(w403_json_parser *ps);
w403_status w403_json_duplicate(w403_json_parser *ps, const w403_json *first, const w403_json *second);

/* ---- foreign.c ---- */
/* What a text is that is no JSON; `byte` is the telling one, or -1. */
typedef struct w403_json_foreign {
    size_t      at, length;
    int         byte;
    const char *message, *hint; /* hint: nullable */
} w403_json_foreign;
/* Asked only of a text that could not be parsed: by its first bytes; false when they say nothing. */
bool w403_json_is_foreign(w403_view text, w403_json_foreign *out);

#endif
