/* YAML as a JSON tree, by libyaml's events. */
#include "base/array.h"
#include "base/limits.h"
#include "lint/document.h"

#ifdef W403_HAVE_YAML
#include <yaml.h>

typedef struct frame {
    w403_json *node, *last;
    bool wants_value; /* of an object: a key was read */
    bool call;        /* {"Fn::X": ...} made of a short tag: it ends with its value */
    w403_json_doc key; /* its name and place, while wants_value */
} frame;

typedef struct anchor {
    w403_view name;
    const w403_json *node;
} anchor;

typedef struct reader {
    w403_arena *a;
    w403_view text;
    w403_error *err;
    w403_view source;
    frame stack[W403_LIMIT_JSON_DEPTH];
    size_t depth;
    w403_view key; /* of the next value */
    w403_span key_span;
    W403_ARRAY(anchor) anchors;
    size_t nodes, aliased; /* nodes made; those that aliases stand for */
    size_t byte, character; /* libyaml counts characters: where we are in both */
    w403_json *root;
} reader;

/* Nodes that aliases may stand for together: a bomb of anchors ends here. */
enum { ALIASED_MAX = W403_LIMIT_LINT_ALIASES };

static uint32_t byte_at(reader *r, size_t character)
{
    if (character < r->character)
        r->byte = r->character = 0;
    while (r->character < character && r->byte < r->text.n) {
        r->byte++;
        while (r->byte < r->text.n && ((unsigned char)r->text.p[r->byte] & 0xC0) == 0x80)
            r->byte++;
        r->character++;
    }
    return (uint32_t)r->byte;
}

static w403_span span_of(reader *r, const yaml_event_t *e)
{
    uint32_t from = byte_at(r, e->start_mark.index), to = byte_at(r, e->end_mark.index);
    while (to > from && (r->text.p[to - 1] == '\n' || r->text.p[to - 1] == ' ' || r->text.p[to - 1] == '\r'))
        to--; /* a block ends where the next one begins */
    return (w403_span){from, to - from};
}

static w403_status fail(reader *r, size_t at, const char *message, const char *hint)
{
    w403_error_set(r->err, W403_SYNTAX, "%s", message);
    w403_error_place(r->err, r->source, r->text, byte_at(r, at), 1);
    if (hint)
        w403_error_hint(r->err, "%s", hint);
    return W403_SYNTAX;
}

/* Hangs a value where it belongs; *taken: it was the name of a member. */
static w403_status attach(reader *r, w403_json *node, const yaml_event_t *e, bool *taken)
{
    frame *top = r->depth ? &r->stack[r->depth - 1] : NULL;
    *taken = false;
    if (!top) {
        r->root = node;
        return W403_OK;
    }
    if (top->node->type == W403_JSON_OBJECT && !top->wants_value) {
        if (node->type == W403_JSON_OBJECT || node->type == W403_JSON_ARRAY)
            return fail(r, e->start_mark.index, "a name of a member is no text", NULL);
        top->key.text = node->text;
        top->key.source = (w403_view){r->text.p + node->span.off, node->span.len};
        top->wants_value = true;
        *taken = true;
        return W403_OK;
    }
    if (top->node->type == W403_JSON_OBJECT) {
        node->key = top->key.text;
        node->key_span = (w403_span){(uint32_t)(top->key.source.p - r->text.p), (uint32_t)top->key.source.n};
        top->wants_value = false;
    }
    *(top->last ? &top->last->next : &top->node->first) = node;
    top->last = node;
    top->node->count++;
    return W403_OK;
}

static w403_json *new_node(reader *r, w403_json_type type, w403_span span)
{
    w403_json *node = W403_NEW(r->a, w403_json);
    if (node) {
        node->type = (uint8_t)type;
        node->span = span;
        r->nodes++;
    }
    return node;
}

static w403_status push(reader *r, w403_json *node, const yaml_event_t *e, bool call)
{
    if (r->depth == W403_LIMIT_JSON_DEPTH) {
        w403_error_set(r->err, W403_LIMIT, "more than %d levels of nesting", W403_LIMIT_JSON_DEPTH);
        w403_error_place(r->err, r->source, r->text, byte_at(r, e->start_mark.index), 1);
        return W403_LIMIT;
    }
    r->stack[r->depth++] = (frame){.node = node, .call = call};
    return W403_OK;
}

/* ---- short tags: !Sub x is {"Fn::Sub": x}, !Ref x is {"Ref": x} ---- */

static w403_view function_of(reader *r, const yaml_char_t *tag)
{
    w403_view name = w403_view_of((const char *)tag);
    if (name.n < 2 || name.p[0] != '!' || name.p[1] == '!')
        return (w403_view){NULL, 0};
    name = w403_view_sub(name, 1, name.n);
    if (w403_view_eq(name, W403_LIT("Ref")) || w403_view_eq(name, W403_LIT("Condition")))
        return w403_arena_copy(r->a, name);
    return w403_arena_printf(r->a, "Fn::%.*s", W403_ARG(name));
}

static w403_status open_call(reader *r, w403_view function, const yaml_event_t *e)
{
    w403_json *object = new_node(r, W403_JSON_OBJECT, span_of(r, e));
    bool taken;
    W403_NEED(object, r->err);
    W403_TRY(attach(r, object, e, &taken));
    W403_TRY(push(r, object, e, true));
    frame *top = &r->stack[r->depth - 1];
    top->key.text = function;
    top->key.source = (w403_view){r->text.p + object->span.off, 0};
    top->wants_value = true;
    return W403_OK;
}

/* A call ends with its one value. */
static void close_calls(reader *r)
{
    while (r->depth && r->stack[r->depth - 1].call && !r->stack[r->depth - 1].wants_value)
        r->depth--;
}

static w403_status keep_anchor(reader *r, const yaml_char_t *name, const w403_json *node)
{
    if (!name)
        return W403_OK;
    anchor *x = W403_PUSH(r->a, &r->anchors);
    W403_NEED(x, r->err);
    x->name = w403_arena_copy(r->a, w403_view_of((const char *)name));
    x->node = node;
    W403_NEED(x->name.p, r->err);
    return W403_OK;
}

/* ---- events ---- */

static w403_json_type type_of(w403_view v, bool plain)
{
    uint64_t n;
    if (!plain)
        return W403_JSON_STRING;
    if (w403_view_eq(v, W403_LIT("true")) || w403_view_eq(v, W403_LIT("True")))
        return W403_JSON_TRUE;
    if (w403_view_eq(v, W403_LIT("false")) || w403_view_eq(v, W403_LIT("False")))
        return W403_JSON_FALSE;
    if (!v.n || w403_view_eq(v, W403_LIT("null")) || w403_view_eq(v, W403_LIT("~")))
        return W403_JSON_NULL;
    return v.n < 12 && w403_view_u64(v, &n) ? W403_JSON_NUMBER : W403_JSON_STRING; /* an account id is a text */
}

static w403_status scalar(reader *r, const yaml_event_t *e)
{
    w403_view value = w403_arena_copy(r->a, (w403_view){(const char *)e->data.scalar.value, e->data.scalar.length});
    w403_view function = e->data.scalar.tag ? function_of(r, e->data.scalar.tag) : (w403_view){NULL, 0};
    bool taken;
    W403_NEED(value.p, r->err);
    if (function.p)
        W403_TRY(open_call(r, function, e));
    bool name = r->depth && r->stack[r->depth - 1].node->type == W403_JSON_OBJECT && !r->stack[r->depth - 1].wants_value;
    bool date = r->depth && w403_view_eq(r->stack[r->depth - 1].key.text, W403_LIT("Version"));
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !name && !date && !function.p;
    w403_json *node = new_node(r, type_of(value, plain), span_of(r, e));
    W403_NEED(node, r->err);
    node->text = value;
    node->escaped = true;
    W403_TRY(keep_anchor(r, e->data.scalar.anchor, node));
    W403_TRY(attach(r, node, e, &taken));
    close_calls(r);
    return W403_OK;
}

static w403_status start(reader *r, const yaml_event_t *e, w403_json_type type, const yaml_char_t *tag,
                         const yaml_char_t *name)
{
    w403_view function = tag ? function_of(r, tag) : (w403_view){NULL, 0};
    bool taken;
    if (function.p)
        W403_TRY(open_call(r, function, e));
    w403_json *node = new_node(r, type, span_of(r, e));
    W403_NEED(node, r->err);
    W403_TRY(attach(r, node, e, &taken));
    W403_TRY(push(r, node, e, false));
    return keep_anchor(r, name, node);
}

static void end(reader *r, const yaml_event_t *e)
{
    w403_json *node = r->stack[--r->depth].node;
    w403_span last = span_of(r, e);
    uint32_t to = last.off + last.len;
    while (to > node->span.off && (r->text.p[to - 1] == '\n' || r->text.p[to - 1] == ' ' || r->text.p[to - 1] == '\r'))
        to--;
    node->span.len = to - node->span.off;
    close_calls(r);
}

static size_t size_of(const w403_json *v)
{
    size_t n = 1;
    for (const w403_json *m = v->first; m; m = m->next)
        n += size_of(m);
    return n;
}

/* The node itself is shared: only what hangs beside it is its own. */
static w403_status alias(reader *r, const yaml_event_t *e)
{
    w403_view name = w403_view_of((const char *)e->data.alias.anchor);
    bool taken;
    for (size_t i = r->anchors.n; i-- > 0;) {
        if (!w403_view_eq(r->anchors.at[i].name, name))
            continue;
        for (size_t d = 0; d < r->depth; d++) {
            if (r->stack[d].node == r->anchors.at[i].node)
                return fail(r, e->start_mark.index, "an alias within its own anchor", NULL);
        }
        r->aliased += size_of(r->anchors.at[i].node);
        if (r->aliased > ALIASED_MAX)
            return fail(r, e->start_mark.index, "the aliases stand for more than 1,048,576 values", NULL);
        w403_json *node = W403_NEW(r->a, w403_json);
        W403_NEED(node, r->err);
        *node = *r->anchors.at[i].node;
        node->next = NULL;
        node->key = (w403_view){NULL, 0};
        W403_TRY(attach(r, node, e, &taken));
        close_calls(r);
        return W403_OK;
    }
    return fail(r, e->start_mark.index, "an alias without its anchor", NULL);
}

static w403_status event(reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT:
        return scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return start(r, e, W403_JSON_ARRAY, e->data.sequence_start.tag, e->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return start(r, e, W403_JSON_OBJECT, e->data.mapping_start.tag, e->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(r, e);
        return W403_OK;
    case YAML_ALIAS_EVENT:
        return alias(r, e);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return W403_OK;
    }
    return W403_OK;
}

bool w403_lint_has_yaml(void)
{
    return true;
}

w403_status w403_lint_yaml(w403_arena *a, w403_view source, w403_view text, w403_json_doc *out, w403_error *err)
{
    yaml_parser_t parser;
    yaml_event_t e;
    reader *r = W403_NEW(a, reader);
    w403_status status = W403_OK;
    bool more = true;
    W403_NEED(r, err);
    *r = (reader){.a = a, .text = text, .err = err, .source = source};
    W403_NEED(yaml_parser_initialize(&parser), err);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    while (more && status == W403_OK) {
        if (!yaml_parser_parse(&parser, &e)) {
            status = fail(r, parser.problem_mark.index, parser.problem ? parser.problem : "no YAML", NULL);
            break;
        }
        more = e.type != YAML_DOCUMENT_END_EVENT && e.type != YAML_STREAM_END_EVENT;
        status = event(r, &e);
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    W403_TRY(status);
    if (!r->root)
        return fail(r, 0, "the file is empty", NULL);
    *out = (w403_json_doc){source, text, r->root};
    return W403_OK;
}

#else

bool w403_lint_has_yaml(void)
{
    return false;
}

w403_status w403_lint_yaml(w403_arena *a, w403_view source, w403_view text, w403_json_doc *out, w403_error *err)
{
    (void)a;
    (void)out;
    w403_error_set(err, W403_SYNTAX, "YAML is not read by this build");
    w403_error_place(err, source, text, 0, 0);
    w403_error_hint(err, "build it with libyaml, or convert the file to JSON");
    return W403_SYNTAX;
}

#endif
