/* Repairs that move, add or take away members: operators of conditions, halves of S3, statements. Each is proved before
 * it is offered or made (repair_proof.c); all but merge-keys change what is meant, and are made by name only. */
#include "base/buf.h"
#include "base/glob.h"
#include "lint/check.h"
#include "lint/repair.h"

typedef struct maker {
    w403_arena *a;
    const w403_json_doc *doc;
    const w403_finding *f;
    const char *fix;
    w403_lint_edits *out;
    bool nomem;
} maker;

/* ---- edits ---- */

static void edit(maker *m, w403_span at, w403_view text)
{
    w403_lint_edit *e = text.p ? W403_PUSH(m->a, m->out) : NULL;
    m->nomem = m->nomem || !e;
    if (e)
        *e = (w403_lint_edit){.at = at, .text = text, .fix = m->fix};
}

/* What an edit of the whole text has changed, as one edit. */
static void edited(maker *m, w403_status status, w403_view text)
{
    const w403_view old = m->doc->text;
    size_t head = 0, tail = 0, least = old.n < text.n ? old.n : text.n;
    m->nomem = m->nomem || status == W403_NOMEM;
    if (status != W403_OK)
        return;
    while (head < least && old.p[head] == text.p[head])
        head++;
    while (tail < least - head && old.p[old.n - 1 - tail] == text.p[text.n - 1 - tail])
        tail++;
    edit(m, (w403_span){(uint32_t)head, (uint32_t)(old.n - tail - head)}, w403_view_sub(text, head, text.n - tail));
}

static void remove_node(maker *m, const w403_json *node)
{
    w403_view text = {NULL, 0};
    w403_error err;
    w403_status status = w403_json_edit_remove(m->a, m->doc, node, &text, &err);
    edited(m, status, text);
}

static void insert(maker *m, const w403_json *object, w403_view name, w403_view value)
{
    w403_view text = {NULL, 0};
    w403_error err;
    w403_status status = value.p ? w403_json_edit_insert_member(m->a, m->doc, object, name, value, &text, &err) : W403_NOMEM;
    edited(m, status, text);
}

static void add_value(maker *m, const w403_json *list, w403_view value)
{
    w403_view text = {NULL, 0};
    w403_error err;
    w403_status status = value.p ? w403_json_edit_add_value(m->a, m->doc, list, value, &text, &err) : W403_NOMEM;
    edited(m, status, text);
}

static w403_view quoted(maker *m, w403_view v)
{
    w403_view out = w403_json_quote(m->a, v);
    m->nomem = m->nomem || !out.p;
    return out.p ? out : W403_LIT("\"\"");
}

static w403_view bytes_of(const maker *m, const w403_json *v)
{
    return w403_view_sub(m->doc->text, v->span.off, (size_t)v->span.off + v->span.len);
}

/* ---- places ---- */

/* The member of a block of Condition that holds the node. */
static const w403_json *condition_of(const maker *m, const w403_json *node)
{
    for (const w403_json *p = node; p; p = w403_json_parent(m->doc, p)) {
        const w403_json *block = w403_json_parent(m->doc, p), *all = block ? w403_json_parent(m->doc, block) : NULL;
        if (all && w403_view_eq(all->key, W403_LIT("Condition")))
            return p;
    }
    return NULL;
}

static const w403_json *statement_of(const maker *m, const w403_json *node)
{
    for (const w403_json *p = node; p; p = w403_json_parent(m->doc, p)) {
        const w403_json *list = w403_json_parent(m->doc, p);
        const w403_json *named = list && list->type == W403_JSON_ARRAY ? list : p;
        if (w403_view_eq(named->key, W403_LIT("Statement")) && p->type == W403_JSON_OBJECT)
            return p;
    }
    return NULL;
}

static const w403_json *member_of(const w403_json *object, w403_view name)
{
    const w403_json *found = object->first;
    while (found && !w403_view_ieq(found->key, name))
        found = found->next;
    return found;
}

/* ---- conditions ---- */

/* The key under another operator, with another value unless that is NULL. */
static void put_under(maker *m, const w403_json *member, w403_view operator, w403_view value)
{
    const w403_json *block = w403_json_parent(m->doc, member), *all = w403_json_parent(m->doc, block);
    const w403_json *there = member_of(all, operator);
    w403_view text = value.p ? value : bytes_of(m, member);
    if (there && (there->type != W403_JSON_OBJECT || member_of(there, member->key)))
        return;
    if (there)
        insert(m, there, member->key, text);
    else
        insert(m, all, operator, w403_arena_printf(m->a, "{%.*s: %.*s}", W403_ARG(quoted(m, member->key)), W403_ARG(text)));
}

static void move_to(maker *m, const w403_json *member, w403_view operator, w403_view value)
{
    const w403_json *block = w403_json_parent(m->doc, member), *all = w403_json_parent(m->doc, block);
    size_t before = m->out->n;
    if (block->count == 1 && !member_of(all, operator)) {
        edit(m, block->key_span, quoted(m, operator));
        if (value.p)
            edit(m, member->span, value);
        return;
    }
    put_under(m, member, operator, value);
    if (m->out->n > before)
        remove_node(m, block->count == 1 ? block : member);
}

/* ForAnyValue:StringEqualsIfExists in three parts; the middle one is the operator. */
typedef struct operator_parts {
    w403_view qualifier, base, if_exists;
} operator_parts;

static operator_parts parts_of(w403_view name)
{
    const w403_view suffix = W403_LIT("IfExists");
    size_t colon = w403_view_find_char(name, ':'), from = colon == SIZE_MAX ? 0 : colon + 1;
    bool ends = name.n >= from + suffix.n && w403_view_ieq(w403_view_sub(name, name.n - suffix.n, name.n), suffix);
    size_t to = name.n - (ends ? suffix.n : 0);
    return (operator_parts){w403_view_sub(name, 0, from), w403_view_sub(name, from, to), w403_view_sub(name, to, name.n)};
}

/* arn-operator, like-operator: another operator with the same qualifier; {NULL,0}: none. */
static w403_view exchanged(maker *m, w403_view name)
{
    static const struct {
        const char *fix, *from, *to;
    } pairs[] = {
        {"arn-operator", "StringLike", "ArnLike"},        {"arn-operator", "StringNotLike", "ArnNotLike"},
        {"like-operator", "StringEquals", "StringLike"},  {"like-operator", "StringNotEquals", "StringNotLike"},
    };
    operator_parts p = parts_of(name);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(m->fix, pairs[i].fix) == 0 && w403_view_ieq(p.base, w403_view_of(pairs[i].from)))
            return w403_arena_printf(m->a, "%.*s%s%.*s", W403_ARG(p.qualifier), pairs[i].to, W403_ARG(p.if_exists));
    }
    return (w403_view){NULL, 0};
}

static void operators(maker *m)
{
    const w403_json *member = condition_of(m, m->f->at[0].node);
    if (!member)
        return;
    w403_view name = w403_json_parent(m->doc, member)->key;
    operator_parts p = parts_of(name);
    bool absent = strcmp(m->f->check->code, "EQUIVALENT_TO_NULL_TRUE") == 0;
    if (strcmp(m->fix, "drop-qualifier") == 0 && p.qualifier.n)
        move_to(m, member, w403_view_sub(name, p.qualifier.n, name.n), (w403_view){NULL, 0});
    else if (strcmp(m->fix, "ifexists") == 0 && !p.if_exists.n)
        move_to(m, member, w403_arena_printf(m->a, "%.*sIfExists", W403_ARG(name)), (w403_view){NULL, 0});
    else if (strcmp(m->fix, "null-operator") == 0)
        move_to(m, member, W403_LIT("Null"), absent ? W403_LIT("\"true\"") : W403_LIT("\"false\""));
    else if (strcmp(m->fix, "add-null") == 0)
        put_under(m, member, W403_LIT("Null"), W403_LIT("\"false\""));
    else if (exchanged(m, name).p)
        move_to(m, member, exchanged(m, name), (w403_view){NULL, 0});
}

/* AWS's own services are let through the Deny. */
static void exempt_service(maker *m)
{
    static const char key[] = "aws:PrincipalIsAWSService";
    const w403_json *st = statement_of(m, m->f->at[0].node), *all = st ? w403_json_get(st, "Condition") : NULL;
    const w403_json *block = all ? w403_json_get(all, "BoolIfExists") : NULL;
    w403_view inner = w403_arena_printf(m->a, "{\"%s\": \"false\"}", key);
    if (block)
        insert(m, block, w403_view_of(key), W403_LIT("\"false\""));
    else if (all)
        insert(m, all, W403_LIT("BoolIfExists"), inner);
    else if (st)
        insert(m, st, W403_LIT("Condition"), w403_arena_printf(m->a, "{\"BoolIfExists\": %.*s}", W403_ARG(inner)));
}

/* The second of two equal members goes; of two that differ nobody knows which was meant. */
static void merge_keys(maker *m)
{
    const w403_json *second = m->f->at[0].node, *object = second ? w403_json_parent(m->doc, second) : NULL;
    for (const w403_json *first = object ? object->first : NULL; first && first != second; first = first->next) {
        if (w403_view_ieq(first->key, second->key) && w403_lint_same(first, second)) {
            remove_node(m, second);
            return;
        }
    }
}

/* ---- halves of S3 ---- */

/* The bucket of objects, the objects of a bucket; {NULL,0} of neither. */
static w403_view other_half(maker *m, w403_view arn)
{
    size_t slash = w403_view_find_char(arn, '/');
    if (!w403_view_starts(arn, W403_LIT("arn:")) || w403_view_find(arn, W403_LIT(":s3:::")) == SIZE_MAX)
        return (w403_view){NULL, 0};
    return slash == SIZE_MAX ? w403_arena_printf(m->a, "%.*s/*", W403_ARG(arn)) : w403_view_sub(arn, 0, slash);
}

static bool is_listed(const w403_json *list, w403_view value)
{
    W403_LINT_EACH(v, list) {
        if (w403_view_eq(v->text, value))
            return true;
    }
    return false;
}

static void add_half(maker *m)
{
    const w403_json *st = statement_of(m, m->f->at[0].node), *list = st ? w403_json_get(st, "Resource") : NULL;
    w403_view arn = w403_lint_word_of(m->f, "arn");
    if (list && arn.n)
        add_value(m, list, quoted(m, arn));
}

/* The other half of its first resource too; the half alone where there is but one action. */
static void split_resource(maker *m)
{
    const w403_json *st = statement_of(m, m->f->at[0].node), *list = st ? w403_json_get(st, "Resource") : NULL;
    const w403_json *first = list ? w403_lint_first(list) : NULL, *action = st ? w403_json_get(st, "Action") : NULL;
    w403_view half = first ? other_half(m, first->text) : (w403_view){NULL, 0};
    bool one = action && (action->type == W403_JSON_STRING || action->count == 1);
    if (!half.n || is_listed(list, half))
        return;
    if (one && (list->type == W403_JSON_STRING || list->count == 1))
        edit(m, first->span, quoted(m, half));
    else
        add_value(m, list, quoted(m, half));
}

/* ---- actions and statements ---- */

static void add_actions(maker *m)
{
    const w403_json *action = m->f->at[0].node;
    w403_view rest = w403_lint_word_of(m->f, "missing"), list = {"", 0};
    while (rest.p && rest.n) {
        w403_view name = w403_view_trim(w403_view_cut(&rest, ','));
        list = w403_arena_printf(m->a, "%.*s%s\"%.*s\"", W403_ARG(list), list.n ? ", " : "", W403_ARG(name));
    }
    W403_LINT_EACH(v, action)
        list = w403_arena_printf(m->a, "%.*s, %.*s", W403_ARG(bytes_of(m, v)), W403_ARG(list));
    edit(m, action->span, w403_arena_printf(m->a, "[%.*s]", W403_ARG(list)));
}

/* One statement more, behind the last one. */
static void add_statement(maker *m, const w403_json *st, w403_view text)
{
    const w403_json *list = w403_json_parent(m->doc, st);
    add_value(m, list && list->type == W403_JSON_ARRAY ? list : st, text);
}

static void add_list_bucket(maker *m)
{
    const w403_json *st = statement_of(m, m->f->at[0].node), *list = st ? w403_json_get(st, "Resource") : NULL;
    const w403_json *who = st ? w403_json_get(st, "Principal") : NULL, *condition = st ? w403_json_get(st, "Condition") : NULL;
    W403_LINT_EACH(v, list) {
        w403_view bucket = other_half(m, v->text);
        if (!bucket.n || w403_view_find_char(v->text, '/') == SIZE_MAX || w403_has_wildcard(bucket) || condition)
            continue;
        w403_view principal = who ? w403_arena_printf(m->a, "\"Principal\": %.*s, ", W403_ARG(bytes_of(m, who))) : W403_LIT("");
        add_statement(m, st, w403_arena_printf(m->a, "{\"Effect\": \"Allow\", %.*s\"Action\": \"s3:ListBucket\", \"Resource\": %.*s}",
                                               W403_ARG(principal), W403_ARG(quoted(m, bucket))));
        return;
    }
}

static bool is_unfit(const maker *m, const w403_json *v)
{
    for (uint32_t i = 1; i < m->f->n_at; i++) {
        if (m->f->at[i].node == v)
            return true;
    }
    return false;
}

/* The values of Action that carry the key of the condition, or the others, as a list. */
static w403_view actions_where(maker *m, const w403_json *action, bool unfit)
{
    w403_view list = {"", 0};
    W403_LINT_EACH(v, action) {
        if (is_unfit(m, v) == unfit)
            list = w403_arena_printf(m->a, "%.*s%s%.*s", W403_ARG(list), list.n ? ", " : "", W403_ARG(bytes_of(m, v)));
    }
    return list;
}

/* The statement without its Sid, with these actions, and without the key of the condition. */
static w403_view without_key(maker *m, const w403_json *st, w403_view actions)
{
    const w403_json *key = m->f->at[0].node, *block = w403_json_parent(m->doc, key);
    w403_view out = {"", 0};
    for (const w403_json *x = st->first; x; x = x->next) {
        w403_view value = bytes_of(m, x);
        if (w403_view_eq(x->key, W403_LIT("Sid")))
            continue;
        if (w403_view_eq(x->key, W403_LIT("Action")))
            value = w403_arena_printf(m->a, "[%.*s]", W403_ARG(actions));
        if (w403_view_eq(x->key, W403_LIT("Condition"))) {
            w403_error err;
            const w403_json *gone = block->count > 1 ? key : block;
            w403_view text = {NULL, 0};
            if (x->count == 1 && block->count == 1)
                continue;
            if (w403_json_edit_remove(m->a, m->doc, gone, &text, &err) != W403_OK)
                return (w403_view){NULL, 0};
            value = w403_view_sub(text, x->span.off, text.n - (m->doc->text.n - x->span.off - x->span.len));
        }
        out = w403_arena_printf(m->a, "%.*s%s%.*s: %.*s", W403_ARG(out), out.n ? ", " : "", W403_ARG(quoted(m, x->key)),
                                W403_ARG(value));
    }
    return w403_arena_printf(m->a, "{%.*s}", W403_ARG(out));
}

/* Actions without the key of the condition get a statement of their own, without it. */
static void split_statement(maker *m)
{
    const w403_json *st = statement_of(m, m->f->at[0].node), *action = st ? w403_json_get(st, "Action") : NULL;
    w403_view fit = action ? actions_where(m, action, false) : (w403_view){NULL, 0};
    if (!fit.n || !m->f->at[0].key)
        return;
    w403_view text = without_key(m, st, actions_where(m, action, true));
    m->nomem = m->nomem || !text.p;
    edit(m, action->span, w403_arena_printf(m->a, "[%.*s]", W403_ARG(fit)));
    if (text.p)
        add_statement(m, st, text);
}

bool w403_lint_rebuild(w403_arena *a, const w403_lint_report *report, const w403_finding *f, const char *fix,
                       w403_lint_edits *out)
{
    static const struct {
        const char *fix;
        void (*make)(maker *m);
    } makers[] = {
        {"drop-qualifier", operators}, {"ifexists", operators},       {"arn-operator", operators},
        {"like-operator", operators},  {"null-operator", operators},  {"add-null", operators},
        {"merge-keys", merge_keys},    {"exempt-service", exempt_service}, {"add-half", add_half},
        {"split-resource", split_resource}, {"split-statement", split_statement}, {"add-action", add_actions},
        {"add-list-bucket", add_list_bucket},
    };
    maker m = {.a = a, .doc = &report->doc, .f = f, .fix = fix, .out = out};
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (strcmp(fix, makers[i].fix) == 0)
            makers[i].make(&m);
    }
    return !m.nomem;
}
