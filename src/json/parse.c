#include <stdlib.h>

#include "json/parser.h"

/* Objects up to this size are searched for duplicates pair by pair, larger ones by sorting. */
enum { PAIRWISE = 12 };

static inline void skip_blanks(w403_json_parser *ps)
{
    const char *p = ps->p;
    while (p < ps->end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) {
        p++;
    }
    ps->p = p;
}

static int compare_names(const void *x, const void *y)
{
    const w403_json *a = *(w403_json *const *)x, *b = *(w403_json *const *)y;
    if (a->key.n != b->key.n) {
        return a->key.n < b->key.n ? -1 : 1;
    }
    int c = a->key.n ? memcmp(a->key.p, b->key.p, a->key.n) : 0;
    return c ? c : (a->key_span.off > b->key_span.off) - (a->key_span.off < b->key_span.off);
}

/* The first repeated name of a large object, by sorting its members. */
static w403_status check_many(w403_json_parser *ps, const w403_json *object)
{
    const w403_json **at = w403_malloc(object->count * sizeof *at), *first = NULL, *second = NULL;
    size_t            n = 0;
    W403_NEED(at, ps->err);
    for (const w403_json *m = object->first; m; m = m->next) {
        at[n++] = m;
    }
    qsort(at, n, sizeof *at, compare_names);
    for (size_t i = 1; i < n; i++) {
        if (w403_view_eq(at[i - 1]->key, at[i]->key) && (!second || at[i]->key_span.off < second->key_span.off)) {
            first = at[i - 1];
            second = at[i];
        }
    }
    w403_free(at);
    return second ? w403_json_duplicate(ps, first, second) : W403_OK;
}

static w403_status check_names(w403_json_parser *ps, const w403_json *object)
{
    if (object->count > PAIRWISE) {
        return check_many(ps, object);
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        for (const w403_json *earlier = object->first; earlier != m; earlier = earlier->next) {
            if (w403_view_eq(earlier->key, m->key)) {
                return w403_json_duplicate(ps, earlier, m);
            }
        }
    }
    return W403_OK;
}

/* A fresh node behind the last child of the innermost open value, if any; NULL when memory is short. */
static w403_json *add_node(w403_json_parser *ps, w403_json_type type, const w403_json_lexeme *key)
{
    w403_json *node = w403_arena_alloc(ps->arena, sizeof *node);
    if (!node) {
        return NULL;
    }
    *node = (w403_json){.type = (uint8_t)type, .key = key->text, .key_span = key->span};
    if (ps->depth) {
        w403_json_frame *top = &ps->stack[ps->depth - 1];
        *(top->last ? &top->last->next : &top->node->first) = node;
        top->last = node;
        top->node->count++;
    }
    return node;
}

static w403_status scan_word(w403_json_parser *ps, w403_json_lexeme *out, w403_json_type *type)
{
    static const struct {
        w403_view      word;
        w403_json_type type;
    } words[] = {{{"true", 4}, W403_JSON_TRUE}, {{"false", 5}, W403_JSON_FALSE}, {{"null", 4}, W403_JSON_NULL}};
    const char *p = ps->p;
    while (p < ps->end && ((w403_lower(*p) >= 'a' && w403_lower(*p) <= 'z') || (*p >= '0' && *p <= '9') || *p == '_')) {
        p++;
    }
    *out = (w403_json_lexeme){{ps->p, (size_t)(p - ps->p)}, w403_json_span(ps, ps->p, p), false};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (w403_view_eq(out->text, words[i].word)) {
            *type = words[i].type;
            ps->p = p;
            return W403_OK;
        }
    }
    return w403_json_unexpected(ps, W403_EXPECT_VALUE);
}

static w403_status parse_scalar(w403_json_parser *ps, const w403_json_lexeme *key, w403_json **out)
{
    w403_json_lexeme lexeme;
    w403_json_type   type = W403_JSON_STRING;
    if (*ps->p == '"') {
        W403_TRY(w403_json_scan_string(ps, &lexeme));
    } else if (*ps->p == '-' || (*ps->p >= '0' && *ps->p <= '9')) {
        type = W403_JSON_NUMBER;
        W403_TRY(w403_json_scan_number(ps, &lexeme));
    } else {
        W403_TRY(scan_word(ps, &lexeme, &type));
    }
    w403_json *node = add_node(ps, type, key);
    W403_NEED(node, ps->err);
    node->text = lexeme.text;
    node->span = lexeme.span;
    node->escaped = lexeme.escaped;
    *out = node;
    return W403_OK;
}

static w403_status open_bracket(w403_json_parser *ps, const w403_json_lexeme *key, w403_json **out)
{
    if (ps->depth == ps->max_depth) {
        return w403_json_too_deep(ps);
    }
    w403_json *node = add_node(ps, *ps->p == '{' ? W403_JSON_OBJECT : W403_JSON_ARRAY, key);
    W403_NEED(node, ps->err);
    node->span.off = (uint32_t)(ps->p - ps->text.p);
    ps->stack[ps->depth++] = (w403_json_frame){node, NULL};
    if (ps->depth == 2 && ps->below) {
        ps->arena = ps->below;
    }
    ps->p++;
    *out = node;
    return W403_OK;
}

/* At ps->p, after blanks: the closing bracket of the innermost open value? Then it is closed. */
static w403_status close_bracket(w403_json_parser *ps, bool *closed)
{
    w403_json *node = ps->stack[ps->depth - 1].node;
    *closed = ps->p < ps->end && *ps->p == (node->type == W403_JSON_OBJECT ? '}' : ']');
    if (*closed) {
        ps->p++;
        node->span.len = (uint32_t)(ps->p - ps->text.p) - node->span.off;
        ps->depth--;
        W403_TRY(node->type == W403_JSON_OBJECT && !ps->keep_duplicates ? check_names(ps, node) : W403_OK);
        if (ps->depth == 1 && ps->below) {
            node->first = NULL;
            w403_arena_reset(ps->below);
            ps->arena = ps->kept;
        }
    }
    return W403_OK;
}

/* "name" : */
static w403_status parse_key(w403_json_parser *ps, w403_json_lexeme *key)
{
    if (ps->p == ps->end || *ps->p != '"') {
        return w403_json_unexpected(ps, W403_EXPECT_KEY);
    }
    W403_TRY(w403_json_scan_string(ps, key));
    skip_blanks(ps);
    if (ps->p == ps->end || *ps->p != ':') {
        return w403_json_unexpected(ps, W403_EXPECT_COLON);
    }
    ps->p++;
    skip_blanks(ps);
    return W403_OK;
}

/* Closes what closes after a value; then, unless the root is done, steps over the comma before the next one. */
static w403_status after_value(w403_json_parser *ps)
{
    bool closed = true;
    while (closed && ps->depth) {
        skip_blanks(ps);
        W403_TRY(close_bracket(ps, &closed));
    }
    if (ps->depth) {
        if (ps->p == ps->end || *ps->p != ',') {
            return w403_json_unexpected(ps, W403_EXPECT_COMMA);
        }
        ps->p++;
        skip_blanks(ps);
    }
    return W403_OK;
}

static w403_status parse_value(w403_json_parser *ps, w403_json **root)
{
    skip_blanks(ps);
    do {
        w403_json_lexeme key = {0};
        w403_json       *node = NULL;
        bool             closed = false;
        if (ps->depth && ps->stack[ps->depth - 1].node->type == W403_JSON_OBJECT) {
            W403_TRY(parse_key(ps, &key));
        }
        if (ps->p == ps->end) {
            return w403_json_unexpected(ps, W403_EXPECT_VALUE);
        }
        bool bracket = *ps->p == '{' || *ps->p == '[';
        W403_TRY(bracket ? open_bracket(ps, &key, &node) : parse_scalar(ps, &key, &node));
        *root = *root ? *root : node;
        if (bracket) {
            skip_blanks(ps);
            W403_TRY(close_bracket(ps, &closed));
            if (!closed) {
                continue; /* with its first child */
            }
        }
        W403_TRY(after_value(ps));
    } while (ps->depth);
    return W403_OK;
}

w403_status w403_json_parse(w403_arena *a, w403_view source, w403_view text, const w403_json_options *opt,
                            w403_json_doc *out, size_t *end, w403_error *err)
{
    static const w403_json_options plain = {0};
    w403_json_parser               ps;
    w403_json                     *root = NULL;
    opt = opt ? opt : &plain;
    text.p = text.p ? text.p : "";
    ps.arena = ps.kept = a;
    ps.below = opt->below;
    ps.source = source;
    ps.text = text;
    ps.p = text.p;
    ps.end = text.p + text.n;
    ps.err = err;
    ps.depth = 0;
    ps.keep_duplicates = opt->keep_duplicates;
    ps.max_depth = opt->max_depth && opt->max_depth < W403_LIMIT_JSON_DEPTH ? opt->max_depth : W403_LIMIT_JSON_DEPTH;
    if (text.n > W403_LIMIT_FILE_BYTES) {
        w403_error_set(err, W403_LIMIT, "the text is larger than %zu MiB", W403_LIMIT_FILE_BYTES >> 20);
        w403_error_place(err, source, text, 0, 0);
        return W403_LIMIT;
    }
    w403_status status = parse_value(&ps, &root);
    if (status == W403_NOMEM) {
        w403_arena_fail(a); /* for who takes a text that cannot be parsed for none at all */
    }
    W403_TRY(status);
    if (end) {
        *end = (size_t)(ps.p - text.p);
    }
    if (!opt->allow_trailing) {
        skip_blanks(&ps);
        if (ps.p < ps.end) {
            return w403_json_unexpected(&ps, W403_EXPECT_END);
        }
    }
    *out = (w403_json_doc){source, text, root};
    return W403_OK;
}
