#include "fix/edit.h"

#include "fix/fix.h"

static bool fail(w403_edit *e)
{
    e->failed = true;
    return false;
}

/* A status that says no memory is not one that says no such place: the arena tells them apart. */
static bool done(w403_edit *e, w403_status status)
{
    if (status == W403_NOMEM) {
        w403_arena_fail(e->arena);
    }
    return status == W403_OK || fail(e);
}

static bool parsed(w403_edit *e, w403_view source, w403_view text)
{
    return done(e, w403_json_parse(e->arena, source, text, NULL, &e->doc, NULL, NULL));
}

/* ---- opening ---- */

bool w403_edit_text(w403_edit *e, w403_arena *arena, w403_view source, w403_view text)
{
    *e = (w403_edit){.arena = arena};
    return parsed(e, source, text);
}

/* ---- the left margin ---- */

static w403_view document(const w403_policy *p)
{
    return p->embedded ? p->doc.text
                       : w403_view_sub(p->doc.text, p->file_span.off, (size_t)p->file_span.off + p->file_span.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* How deep the closing brace stands: so deep stands the document. */
static uint32_t depth_of(w403_view text)
{
    size_t line = text.n;
    while (line > 0 && text.p[line - 1] != '\n') {
        line--;
    }
    uint32_t n = 0;
    while (line > 0 && line + n < text.n && is_blank(text.p[line + n])) {
        n++;
    }
    return n;
}

/* Blanks that go from the line that begins at `at`. */
static size_t margin(w403_view text, size_t at, uint32_t depth)
{
    size_t n = 0;
    while (n < depth && at + n < text.n && is_blank(text.p[at + n])) {
        n++;
    }
    return n;
}

static w403_view to_margin(w403_arena *a, w403_view text, uint32_t depth)
{
    char *p = depth ? w403_arena_alloc(a, text.n + 1) : NULL;
    if (!p) {
        return depth ? (w403_view){NULL, 0} : text;
    }
    size_t n = 0;
    for (size_t i = 0; i < text.n;) {
        char c = text.p[i++];
        p[n++] = c;
        i += c == '\n' ? margin(text, i, depth) : 0;
    }
    p[n] = '\0';
    return (w403_view){p, n};
}

w403_view w403_to_depth(w403_arena *a, w403_view text, w403_view stood)
{
    uint32_t depth = depth_of(stood);
    w403_buf b = {0};
    while (text.p && text.n > 0) {
        w403_buf_put(&b, w403_view_cut(&text, '\n'));
        w403_buf_puts(&b, text.p ? "\n" : "");
        for (uint32_t i = 0; text.p && i < depth; i++) {
            w403_buf_putc(&b, ' ');
        }
    }
    w403_view out = w403_buf_ok(&b) ? w403_arena_copy(a, w403_buf_view(&b)) : (w403_view){NULL, 0};
    w403_buf_free(&b);
    return out;
}

/* Where an offset of the document is once it stands at the margin. */
static uint32_t moved(const w403_edit *e, uint32_t off)
{
    uint32_t gone = 0;
    for (size_t i = 0; e->depth && i < off && i < e->was.n; i++) {
        gone += e->was.p[i] == '\n' ? (uint32_t)margin(e->was, i + 1, e->depth) : 0;
    }
    return off - gone;
}

w403_view w403_policy_plain(w403_arena *arena, const w403_policy *policy)
{
    w403_view text = document(policy);
    return to_margin(arena, text, depth_of(text));
}

bool w403_edit_policy(w403_edit *e, w403_arena *arena, const w403_policy *policy)
{
    w403_view was = document(policy);
    uint32_t depth = depth_of(was);
    w403_view text = to_margin(arena, was, depth);
    if (!text.p) {
        *e = (w403_edit){.arena = arena};
        return fail(e);
    }
    bool ok = w403_edit_text(e, arena, policy->doc.source, text);
    e->base = policy->embedded ? 0 : policy->file_span.off;
    e->was = was;
    e->depth = depth;
    return ok;
}

/* ---- places ---- */

const w403_json *w403_edit_statements(const w403_edit *e)
{
    return e->failed ? NULL : w403_json_get(e->doc.root, "Statement");
}

const w403_json *w403_edit_statement(const w403_edit *e, uint32_t index)
{
    const w403_json *list = w403_edit_statements(e);
    if (!w403_json_is(list, W403_JSON_ARRAY)) {
        return index == 0 ? list : NULL; /* G2: one bare object */
    }
    const w403_json *v = list->first;
    for (uint32_t i = 0; v && i < index; i++) {
        v = v->next;
    }
    return v;
}

/* Policies nest Statement / Condition / operator / key / value. */
enum { POLICY_DEPTH = 8 };

static const w403_json *find_span(const w403_json *v, w403_span span, int depth)
{
    if (v->span.off == span.off && v->span.len == span.len) {
        return v;
    }
    for (const w403_json *c = v->first; c && depth > 0; c = c->next) {
        if (c->span.off <= span.off && (size_t)c->span.off + c->span.len >= (size_t)span.off + span.len) {
            return find_span(c, span, depth - 1);
        }
    }
    return NULL;
}

const w403_json *w403_edit_at(const w403_edit *e, w403_span span)
{
    if (e->failed || span.len == 0 || span.off < e->base) {
        return NULL;
    }
    uint32_t from = moved(e, span.off - e->base), to = moved(e, span.off - e->base + span.len);
    return find_span(e->doc.root, (w403_span){from, to - from}, POLICY_DEPTH);
}

/* ---- the patch ---- */

/* RFC 6901: `~` and `/` of a member's name. */
static void put_name(w403_buf *b, const char *name)
{
    w403_buf_putc(b, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/') {
            w403_buf_puts(b, *name == '~' ? "~0" : "~1");
        } else {
            w403_buf_putc(b, *name);
        }
    }
}

static bool note(w403_edit *e, const char *op, w403_view path, w403_view value)
{
    w403_buf b = {0};
    if (!path.p) {
        return fail(e);
    }
    w403_buf_printf(&b, "{\"op\":\"%s\",\"path\":", op);
    w403_buf_json_string(&b, path);
    if (value.p) {
        w403_buf_puts(&b, ",\"value\":");
        w403_buf_put(&b, value);
    }
    w403_buf_putc(&b, '}');
    w403_view *slot = W403_PUSH(e->arena, &e->ops);
    w403_view op_text = w403_buf_take(&b, e->arena);
    if (slot) {
        *slot = op_text;
    }
    return slot && slot->p ? true : fail(e);
}

w403_view w403_edit_patch(const w403_edit *e)
{
    w403_buf all = {0};
    w403_buf_putc(&all, '[');
    for (size_t i = 0; i < e->ops.n; i++) {
        w403_buf_puts(&all, i ? "," : "");
        w403_buf_put(&all, e->ops.at[i]);
    }
    w403_buf_putc(&all, ']');
    return w403_buf_take(&all, e->arena);
}

/* ---- edits ---- */

/* The new text takes the old one's place: read again, so that the next edit finds its way. */
static bool settle(w403_edit *e, w403_status made, w403_view text)
{
    w403_view source = e->doc.source;
    e->edits++;
    return done(e, made) && parsed(e, source, text);
}

/* Where `at` is, with `tail` behind it. */
static w403_view path_of(w403_edit *e, const w403_json *at, const char *tail)
{
    w403_view p = at == e->doc.root ? W403_LIT("") : w403_json_pointer(e->arena, &e->doc, at);
    return p.p ? w403_arena_printf(e->arena, "%.*s%s", (int)p.n, p.p, tail) : p;
}

bool w403_edit_replace(w403_edit *e, const w403_json *at, w403_view json)
{
    w403_view text;
    if (e->failed || !at || !json.p || !note(e, "replace", path_of(e, at, ""), json)) {
        return fail(e);
    }
    return settle(e, w403_json_edit_replace(e->arena, &e->doc, at, json, &text, NULL), text);
}

bool w403_edit_insert(w403_edit *e, const w403_json *object, const char *name, w403_view json)
{
    w403_view text;
    w403_buf tail = {0};
    if (e->failed || !w403_json_is(object, W403_JSON_OBJECT) || !json.p) {
        return fail(e);
    }
    put_name(&tail, name);
    w403_buf_putc(&tail, '\0');
    w403_view name_text = w403_buf_take(&tail, e->arena);
    bool noted = name_text.p && note(e, "add", path_of(e, object, name_text.p), json);
    return noted &&
           settle(e, w403_json_edit_insert_member(e->arena, &e->doc, object, w403_view_of(name), json, &text, NULL),
                  text);
}

bool w403_edit_append(w403_edit *e, const w403_json *array, w403_view json)
{
    w403_view text;
    if (e->failed || !w403_json_is(array, W403_JSON_ARRAY) || !json.p ||
        !note(e, "add", path_of(e, array, "/-"), json)) {
        return fail(e);
    }
    return settle(e, w403_json_edit_append_element(e->arena, &e->doc, array, json, &text, NULL), text);
}

bool w403_edit_add(w403_edit *e, const w403_json *value, w403_view json)
{
    w403_view text;
    if (e->failed || !value || !json.p) {
        return fail(e);
    }
    if (value->type == W403_JSON_ARRAY) {
        return w403_edit_append(e, value, json);
    }
    w403_view old = w403_view_sub(e->doc.text, value->span.off, (size_t)value->span.off + value->span.len);
    w403_view list = w403_arena_printf(e->arena, "[%.*s,%.*s]", (int)old.n, old.p, (int)json.n, json.p);
    return note(e, "replace", path_of(e, value, ""), list) &&
           settle(e, w403_json_edit_add_value(e->arena, &e->doc, value, json, &text, NULL), text);
}

bool w403_edit_remove(w403_edit *e, const w403_json *at)
{
    w403_view text;
    if (e->failed || !at || !note(e, "remove", path_of(e, at, ""), (w403_view){NULL, 0})) {
        return fail(e);
    }
    return settle(e, w403_json_edit_remove(e->arena, &e->doc, at, &text, NULL), text);
}

/* A member by a name whose letters' case is of no account: operators and keys (2.1). */
static const w403_json *member_icase(const w403_json *object, w403_view name)
{
    const w403_json *v = w403_json_is(object, W403_JSON_OBJECT) ? object->first : NULL;
    while (v && !w403_view_ieq(v->key, name)) {
        v = v->next;
    }
    return v;
}

bool w403_edit_condition(w403_edit *e, uint32_t statement, const char *op, w403_view key, w403_view value)
{
    w403_arena *a = e->arena;
    const w403_json *st = w403_edit_statement(e, statement);
    const w403_json *block = w403_json_get(st, "Condition");
    const w403_json *keys = member_icase(block, w403_view_of(op));
    const w403_json *values = member_icase(keys, key);
    w403_view quoted = w403_json_quote(a, value), name = w403_json_quote(a, key);
    if (!st || !quoted.p || !name.p) {
        return fail(e);
    }
    if (values) {
        return w403_edit_add(e, values, quoted);
    }
    if (keys) {
        w403_view plain = w403_arena_copy(a, key); /* ends in NUL */
        return plain.p ? w403_edit_insert(e, keys, plain.p, quoted) : fail(e);
    }
    w403_view pair = w403_arena_printf(a, "{%.*s: %.*s}", (int)name.n, name.p, (int)quoted.n, quoted.p);
    if (block) {
        return w403_edit_insert(e, block, op, pair);
    }
    w403_view whole = w403_arena_printf(a, "{\"%s\": %.*s}", op, (int)pair.n, pair.p);
    return w403_edit_insert(e, st, "Condition", whole);
}

/* The ops of a statement that was edited as the only one, in the document that it stands in. */
static bool move_ops(w403_edit *e, const w403_edit *alone, uint32_t statement)
{
    static const w403_view path = {"\"path\":\"/Statement/", sizeof "\"path\":\"/Statement/" - 1};
    for (size_t i = 0; i < alone->ops.n; i++) {
        w403_view op = alone->ops.at[i];
        size_t at = w403_view_find(op, path);
        w403_view *slot = at == SIZE_MAX ? NULL : W403_PUSH(e->arena, &e->ops);
        if (!slot) {
            return fail(e);
        }
        at += path.n; /* there is a 0 */
        *slot = w403_arena_printf(e->arena, "%.*s%u%.*s", (int)at, op.p, statement, (int)(op.n - at - 1), op.p + at + 1);
        if (!slot->p) {
            return fail(e);
        }
    }
    return true;
}

static w403_view text_of(const w403_edit *e, const w403_json *v)
{
    return w403_view_sub(e->doc.text, v->span.off, (size_t)v->span.off + v->span.len);
}

/* What is around all statements: with one of them between, what is new in it is laid out as the document is. */
typedef struct frame {
    w403_view head, tail;
} frame;

static frame frame_of(const w403_edit *e, const w403_json *list)
{
    const w403_json *last = list->first;
    while (last->next) {
        last = last->next;
    }
    return (frame){w403_view_sub(e->doc.text, 0, list->first->span.off),
                   w403_view_sub(e->doc.text, (size_t)last->span.off + last->span.len, e->doc.text.n)};
}

/* `scratch` is of this statement alone. */
static bool condition_alone(w403_edit *e, w403_arena *scratch, const frame *around, const w403_json *st, uint32_t statement,
                            const char *op, w403_view key, w403_view value, w403_buf *out)
{
    w403_edit alone;
    w403_view whole = w403_arena_printf(scratch, "%.*s%.*s%.*s", W403_ARG(around->head), W403_ARG(text_of(e, st)),
                                        W403_ARG(around->tail));
    bool made = whole.p && w403_edit_text(&alone, scratch, e->doc.source, whole) &&
                w403_edit_condition(&alone, 0, op, key, value);
    const w403_json *list = made ? w403_edit_statements(&alone) : NULL, *now = list ? list->first : NULL;
    if (!now) {
        return fail(e);
    }
    w403_buf_put(out, text_of(&alone, now));
    return move_ops(e, &alone, statement);
}

bool w403_edit_conditions(w403_edit *e, const uint32_t *statements, size_t n, const char *op, w403_view key, w403_view value)
{
    const w403_json *list = w403_edit_statements(e), *st = w403_json_is(list, W403_JSON_ARRAY) ? list->first : NULL;
    w403_arena *scratch = st ? w403_arena_new(0) : NULL;
    w403_buf out = {0};
    size_t from = 0, next = 0;
    if (!scratch) {
        return n == 1 && list && !st ? w403_edit_condition(e, statements[0], op, key, value) : fail(e);
    }
    const frame around = frame_of(e, list);
    for (uint32_t i = 0; st && next < n && !e->failed; st = st->next, i++) {
        if (i == statements[next]) {
            w403_buf_put(&out, w403_view_sub(e->doc.text, from, st->span.off));
            w403_arena_reset(scratch);
            (void)condition_alone(e, scratch, &around, st, i, op, key, value, &out);
            from = (size_t)st->span.off + st->span.len;
            next++;
        }
    }
    w403_arena_free(scratch);
    w403_buf_put(&out, w403_view_sub(e->doc.text, from, e->doc.text.n));
    w403_view text = w403_buf_take(&out, e->arena);
    return next == n && !e->failed && text.p ? settle(e, W403_OK, text) : fail(e);
}

bool w403_fix_in_file(w403_arena *a, const w403_fix_step *s, w403_view file, w403_span *at, w403_view *text)
{
    w403_json_doc doc;
    if (!s->before.p || !s->after.p || w403_json_parse(a, s->source_file, file, NULL, &doc, NULL, NULL) != W403_OK) {
        return false;
    }
    const w403_json *value = w403_json_at(&doc, s->source_pointer);
    if (!value) {
        return false;
    }
    *at = value->span;
    if (w403_json_is(value, W403_JSON_STRING)) {
        bool plain = w403_view_starts(w403_view_trim(value->text), W403_LIT("{")); /* else it is URL-encoded */
        *text = plain ? w403_json_quote(a, s->after) : (w403_view){NULL, 0};
    } else {
        *text = w403_to_depth(a, s->after, w403_view_sub(file, at->off, (size_t)at->off + at->len));
    }
    return text->p != NULL;
}
