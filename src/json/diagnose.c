/* What is wrong with a text that is no JSON. Cold: runs once, when parsing has failed. */
#include "base/utf8.h"
#include "json/parser.h"

enum { SHOWN = 60 }; /* bytes of the user's text in a message */

static w403_status fail(w403_json_parser *ps, const char *at, size_t length, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static w403_status fail(w403_json_parser *ps, const char *at, size_t length, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_error_setv(ps->err, W403_SYNTAX, fmt, args);
    va_end(args);
    w403_error_place(ps->err, ps->source, ps->text, (size_t)(at - ps->text.p), length);
    return W403_SYNTAX;
}

static uint32_t line_of(const w403_json_parser *ps, const char *at)
{
    uint32_t line, column;
    w403_line_column(ps->text, (size_t)(at - ps->text.p), &line, &column);
    return line;
}

/* At most SHOWN bytes, cut between characters and at a line's end. */
static w403_view clip(w403_view v)
{
    size_t end = 0;
    while (end < v.n && (unsigned char)v.p[end] >= 0x20) {
        size_t next = end;
        (void)w403_utf8_next(v, &next);
        if (next > SHOWN) {
            break;
        }
        end = next;
    }
    return (w403_view){v.p, end};
}

static bool is_word(char c)
{
    char l = w403_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/* The word, quoted string or single character at `at`, for a message and as a span. */
static w403_view token_at(const w403_json_parser *ps, const char *at)
{
    w403_view rest = {at, (size_t)(ps->end - at)};
    size_t    n = 0;
    if (rest.n && at[0] == '"') {
        n = 1;
        while (n < rest.n && at[n] != '"' && (unsigned char)at[n] >= 0x20) {
            n += at[n] == '\\' && n + 1 < rest.n ? 2 : 1;
        }
        n += n < rest.n && at[n] == '"';
    } else {
        while (n < rest.n && (is_word(at[n]) || (n && strchr("-.+:", at[n]) && at[n]))) {
            n++;
        }
        if (n == 0 && rest.n) {
            (void)w403_utf8_next(rest, &n);
        }
    }
    return w403_view_sub(rest, 0, n);
}

/* The end of what stands before `at`, blanks aside. */
static const char *previous_end(const w403_json_parser *ps, const char *at)
{
    while (at > ps->text.p && strchr(" \t\r\n", at[-1]) && at[-1]) {
        at--;
    }
    return at;
}

static char bracket_of(const w403_json *node)
{
    return node->type == W403_JSON_OBJECT ? '{' : '[';
}

static uint32_t open_line(const w403_json_parser *ps, uint32_t level)
{
    return line_of(ps, ps->text.p + ps->stack[level].node->span.off);
}

/* ---- the text ends too early ---- */

static w403_status fail_end(w403_json_parser *ps)
{
    const char *at = previous_end(ps, ps->end);
    if (at == ps->text.p) {
        fail(ps, at, 0, "the text is empty");
        w403_error_hint(ps->err, "Give a JSON value, such as an object in `{}`.");
        return W403_SYNTAX;
    }
    if (ps->depth == 0) {
        return fail(ps, at, 0, "the text ends where a value must stand");
    }
    char   missing[17];
    size_t n = 0;
    for (uint32_t level = ps->depth; level > 0 && n + 1 < sizeof missing; level--) {
        missing[n++] = bracket_of(ps->stack[level - 1].node) == '{' ? '}' : ']';
    }
    missing[n] = '\0';
    fail(ps, at, 0, "the text ends, but `%c` of line %u is still open", bracket_of(ps->stack[ps->depth - 1].node),
         open_line(ps, ps->depth - 1));
    if (n == ps->depth) {
        w403_error_hint(ps->err, "Add `%s` at the end, or see whether the text was cut off.", missing);
    } else {
        w403_error_hint(ps->err, "See whether the text was cut off: %u brackets are open.", ps->depth);
    }
    return W403_SYNTAX;
}

/* ---- not JSON at all ---- */

/* A broken text whose first bytes say what it is; false when they do not. */
static bool fail_foreign(w403_json_parser *ps)
{
    w403_json_foreign what;
    if (!w403_json_is_foreign(ps->text, &what)) {
        return false;
    }
    if (what.byte >= 0) {
        fail(ps, ps->text.p + what.at, what.length, "%s: byte 0x%02X", what.message, (unsigned)what.byte);
    } else {
        fail(ps, ps->text.p + what.at, what.length, "%s", what.message);
    }
    if (what.hint) {
        w403_error_hint(ps->err, "%s", what.hint);
    }
    return true;
}

/* ---- a character that may not stand there ---- */

/* Names a character that is wrong wherever it stands outside a string; false when it is none of those. */
static bool fail_character(w403_json_parser *ps)
{
    w403_view   rest = {ps->p, (size_t)(ps->end - ps->p)};
    size_t      n = 0;
    uint32_t    cp = w403_utf8_next(rest, &n);
    const char *blank = w403_utf8_blank_name(cp);
    if (cp == 0xFFFD && n == 1) {
        fail(ps, ps->p, 1, "invalid UTF-8: byte 0x%02X", (unsigned char)*ps->p);
        w403_error_hint(ps->err, "Save the file as UTF-8.");
    } else if (blank) {
        fail(ps, ps->p, n, "%s outside a string", blank);
        w403_error_hint(ps->err, "Replace it by a plain space, or delete it.");
    } else if (cp == 0x2018 || cp == 0x2019 || (cp >= 0x201C && cp <= 0x201F) || cp == 0xAB || cp == 0xBB) {
        fail(ps, ps->p, n, "typographic quote `%.*s` (U+%04X)", (int)n, ps->p, cp);
        w403_error_hint(ps->err, "Use the plain double quote: `\"`.");
    } else if (cp < 0x20 || cp == 0x7F) {
        fail(ps, ps->p, 1, "control character U+%04X", cp);
        w403_error_hint(ps->err, "Delete it.");
    } else if (cp == '\'') {
        fail(ps, ps->p, 1, "single quote: JSON strings take double quotes");
        w403_error_hint(ps->err, "Use the plain double quote: `\"`.");
    } else if (cp == '#' || (cp == '/' && rest.n > 1 && (rest.p[1] == '/' || rest.p[1] == '*'))) {
        fail(ps, ps->p, cp == '#' ? 1 : 2, "comment: JSON has none");
        w403_error_hint(ps->err, "Delete the comment.");
    } else {
        return false;
    }
    return true;
}

static w403_status fail_closer(w403_json_parser *ps, w403_json_expect expected)
{
    const char *before = previous_end(ps, ps->p);
    char        closer = *ps->p;
    if (ps->depth == 0) {
        return fail(ps, ps->p, 1, "`%c` closes nothing", closer);
    }
    const w403_json *open = ps->stack[ps->depth - 1].node;
    if ((closer == '}') != (open->type == W403_JSON_OBJECT)) {
        fail(ps, ps->p, 1, "`%c` cannot close `%c` of line %u", closer, bracket_of(open),
             open_line(ps, ps->depth - 1));
        w403_error_hint(ps->err, "Close it with `%c`.", bracket_of(open) == '{' ? '}' : ']');
    } else if (before > ps->text.p && before[-1] == ',') {
        fail(ps, before - 1, 1, "trailing comma before `%c`", closer);
        w403_error_hint(ps->err, "Delete the comma.");
    } else {
        fail(ps, ps->p, 1, expected == W403_EXPECT_COLON ? "`:` and a value are missing before `%c`"
                                                         : "a value is missing before `%c`", closer);
    }
    return W403_SYNTAX;
}

/* A bare word where a value or a name must stand. */
static w403_status fail_word(w403_json_parser *ps, w403_json_expect expected)
{
    static const char *const meant[][2] = {
        {"true", "true"}, {"yes", "true"}, {"false", "false"}, {"no", "false"},
        {"null", "null"}, {"none", "null"}, {"nil", "null"}, {"undefined", "null"},
    };
    w403_view word = token_at(ps, ps->p), shown = clip(word);
    if (expected == W403_EXPECT_KEY) {
        fail(ps, ps->p, word.n, "the member name `%.*s` has no quotes", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Put it in double quotes.");
        return W403_SYNTAX;
    }
    if (w403_view_ieq(word, W403_LIT("NaN")) || w403_view_ieq(word, W403_LIT("Infinity"))) {
        fail(ps, ps->p, word.n, "`%.*s` is no JSON number", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Write digits, or `null`.");
        return W403_SYNTAX;
    }
    if (ps->depth == 0 && word.p[word.n - 1] == ':') {
        fail(ps, ps->p, word.n, "`%.*s` begins no JSON value: this looks like YAML", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Convert it to JSON, or print it with `--output json`.");
        return W403_SYNTAX;
    }
    fail(ps, ps->p, word.n, "`%.*s` is no JSON value", (int)shown.n, shown.p);
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++) {
        if (w403_view_ieq(word, w403_view_of(meant[i][0]))) {
            w403_error_hint(ps->err, "Write `%s`.", meant[i][1]);
            return W403_SYNTAX;
        }
    }
    w403_error_hint(ps->err, "Put text in double quotes.");
    return W403_SYNTAX;
}

static bool begins_value(char c)
{
    return c == '"' || c == '{' || c == '[' || c == '-' || is_word(c);
}

static w403_status fail_comma_expected(w403_json_parser *ps)
{
    w403_view   token = token_at(ps, ps->p), shown = clip(token);
    const char *before = previous_end(ps, ps->p);
    bool        after_string = before > ps->text.p && before[-1] == '"';
    if (after_string && is_word(*ps->p)) {
        fail(ps, ps->p, token.n, "`%.*s` after a closed string", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Write a quote inside a string as `\\\"`, or add the missing comma.");
    } else if (begins_value(*ps->p)) {
        fail(ps, ps->p, token.n, "missing comma before `%.*s`", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Add `,` at the end of line %u.", line_of(ps, before));
        if (line_of(ps, before) == line_of(ps, ps->p)) {
            w403_error_hint(ps->err, "Add `,` between the two values.");
        }
    } else {
        fail(ps, ps->p, token.n, "`%.*s` where a comma or `%c` must stand", (int)shown.n, shown.p,
             bracket_of(ps->stack[ps->depth - 1].node) == '{' ? '}' : ']');
    }
    return W403_SYNTAX;
}

static w403_status fail_colon_expected(w403_json_parser *ps)
{
    w403_view   token = token_at(ps, ps->p);
    const char *name_end = previous_end(ps, ps->p), *name = name_end - 1; /* its closing quote */
    while (name > ps->text.p && (name[-1] != '"' || (name - 1 > ps->text.p && name[-2] == '\\'))) {
        name--;
    }
    w403_view shown = clip((w403_view){name, (size_t)(name_end - 1 - name)});
    fail(ps, ps->p, token.n, "missing `:` after the member name `%.*s`", (int)shown.n, shown.p);
    if (memchr(name, ':', (size_t)(name_end - 1 - name))) {
        w403_error_hint(ps->err, "Close the name's quote before its colon.");
    } else if (*ps->p == '=') {
        w403_error_hint(ps->err, "Write `:` in place of `=`.");
    } else {
        w403_error_hint(ps->err, "Write `\"name\": value`.");
    }
    return W403_SYNTAX;
}

w403_status w403_json_unexpected(w403_json_parser *ps, w403_json_expect expected)
{
    const char *before = previous_end(ps, ps->p);
    bool        odd = ps->p < ps->end && ((unsigned char)*ps->p < 0x20 || (unsigned char)*ps->p >= 0x80);
    if ((before == ps->text.p || odd) && ps->text.n && fail_foreign(ps)) {
        return W403_SYNTAX;
    }
    if (ps->p == ps->end) {
        return fail_end(ps);
    }
    if (fail_character(ps)) {
        return W403_SYNTAX;
    }
    w403_view token = token_at(ps, ps->p), shown = clip(token);
    if (*ps->p == '}' || *ps->p == ']') {
        return fail_closer(ps, expected);
    }
    switch (expected) {
    case W403_EXPECT_COMMA: return fail_comma_expected(ps);
    case W403_EXPECT_COLON: return fail_colon_expected(ps);
    case W403_EXPECT_END:
        fail(ps, ps->p, token.n, "`%.*s` after the end of the value", (int)shown.n, shown.p);
        w403_error_hint(ps->err, "Delete what follows, or put several values into an array.");
        return W403_SYNTAX;
    case W403_EXPECT_KEY:
    case W403_EXPECT_VALUE:
    default: break;
    }
    if (*ps->p == ',') {
        bool twice = before > ps->text.p && before[-1] == ',';
        fail(ps, ps->p, 1, twice ? "two commas in a row" : "a value is missing before `,`");
        if (twice) {
            w403_error_hint(ps->err, "Delete one.");
        }
        return W403_SYNTAX;
    }
    if (*ps->p == '+' || *ps->p == '.') {
        return w403_json_bad_number(ps, ps->p);
    }
    if (is_word(*ps->p) && (expected == W403_EXPECT_VALUE || !(*ps->p >= '0' && *ps->p <= '9'))) {
        return fail_word(ps, expected);
    }
    fail(ps, ps->p, token.n, "`%.*s` where a %s must stand", (int)shown.n, shown.p,
         expected == W403_EXPECT_KEY ? "member name" : "value");
    if (expected == W403_EXPECT_KEY) {
        w403_error_hint(ps->err, "Write `\"name\": value`.");
    }
    return W403_SYNTAX;
}

/* ---- strings and numbers ---- */

w403_status w403_json_bad_string(w403_json_parser *ps, const char *start, const char *at)
{
    if (at == ps->end || *at == '\n' || *at == '\r') {
        fail(ps, start, (size_t)(at - start), "the string has no closing quote");
        w403_error_hint(ps->err, at == ps->end ? "Add `\"` at its end, or see whether the text was cut off."
                                               : "Add `\"` at its end; write a line break inside a string as `\\n`.");
        return W403_SYNTAX;
    }
    unsigned char c = (unsigned char)*at;
    if (c >= 0x80) {
        fail(ps, at, 1, "invalid UTF-8 in a string: byte 0x%02X", c);
        w403_error_hint(ps->err, "Save the file as UTF-8.");
    } else if (c == '\t') {
        fail(ps, at, 1, "tab in a string");
        w403_error_hint(ps->err, "Write it as `\\t`.");
    } else {
        fail(ps, at, 1, "control character U+%04X in a string", c);
        w403_error_hint(ps->err, "Delete it, or write it as `\\u%04X`.", c);
    }
    return W403_SYNTAX;
}

w403_status w403_json_bad_escape(w403_json_parser *ps, const char *at)
{
    size_t    left = (size_t)(ps->end - at);
    w403_view escape = {at, left < 2 ? left : 2}, tail = {at + 1, left ? left - 1 : 0};
    if (left > 1 && at[1] == 'u') {
        while (escape.n < 6 && escape.n < left && is_word(at[escape.n])) {
            escape.n++;
        }
        char third = escape.n == 6 ? w403_lower(at[2]) : '\0', fourth = escape.n == 6 ? w403_lower(at[3]) : '\0';
        if (third == 'd' && (fourth == '8' || fourth == '9' || (fourth >= 'a' && fourth <= 'f'))) {
            fail(ps, at, escape.n, "lone surrogate `%.*s`: half a character", (int)escape.n, escape.p);
            w403_error_hint(ps->err, "Write both halves (`\\ud83d\\ude00`), or the character itself.");
        } else {
            fail(ps, at, escape.n, "bad escape `%.*s`", (int)escape.n, escape.p);
            w403_error_hint(ps->err, "Give `\\u` four hexadecimal digits.");
        }
        return W403_SYNTAX;
    }
    if (tail.n && (unsigned char)tail.p[0] >= 0x80) {
        size_t n = 0;
        (void)w403_utf8_next(tail, &n);
        escape.n = 1 + n;
    }
    if (left > 1 && (unsigned char)at[1] < 0x20) {
        fail(ps, at, 1, "backslash at the end of a line");
    } else {
        fail(ps, at, escape.n, "bad escape `%.*s`", (int)escape.n, escape.p);
    }
    w403_error_hint(ps->err, "Write a backslash as `\\\\`.");
    return W403_SYNTAX;
}

w403_status w403_json_bad_number(w403_json_parser *ps, const char *start)
{
    if (ps->depth == 0 && fail_foreign(ps)) { /* `---` */
        return W403_SYNTAX;
    }
    w403_view token = token_at(ps, start);
    size_t    n = token.n; /* a word does not begin with a sign or a point: take what follows too */
    while (start + n < ps->end && (is_word(start[n]) || (strchr("+-.", start[n]) && start[n]))) {
        n++;
    }
    w403_view   shown = clip((w403_view){start, n});
    const char *digits = start + (*start == '-' || *start == '+');
    const char *hint = NULL;
    if (*start == '+') {
        hint = "Delete the `+`.";
    } else if (digits + 1 < start + n && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
        hint = "Delete the leading zeros, or put it in double quotes: account ids are text.";
    } else if (digits + 1 < start + n && digits[0] == '0' && w403_lower(digits[1]) == 'x') {
        hint = "Write the number in decimal.";
    } else if (digits < start + n && *digits == '.') {
        hint = "Write a digit before the point.";
    } else {
        hint = "Put text in double quotes.";
    }
    fail(ps, start, n, "`%.*s` is no JSON number", (int)shown.n, shown.p);
    w403_error_hint(ps->err, "%s", hint);
    return W403_SYNTAX;
}

/* ---- depth, duplicates ---- */

w403_status w403_json_too_deep(w403_json_parser *ps)
{
    fail(ps, ps->p, 1, "nested deeper than %u levels", ps->max_depth);
    if (ps->err) {
        ps->err->code = W403_LIMIT;
    }
    return W403_LIMIT;
}

w403_status w403_json_duplicate(w403_json_parser *ps, const w403_json *first, const w403_json *second)
{
    w403_view shown = clip(second->key);
    fail(ps, ps->text.p + second->key_span.off, second->key_span.len, "duplicate name `%.*s`: the first is on line %u",
         (int)shown.n, shown.p, line_of(ps, ps->text.p + first->key_span.off));
    w403_error_hint(ps->err, "Delete one of the two, or merge them.");
    return W403_SYNTAX;
}
