/* The document taken apart: statements, their elements, their conditions. What has the wrong type is left out here. */
#include "lint/check.h"
#include "lint/document.h"

static w403_view lower_prefix(w403_view v, const char *prefix)
{
    w403_view p = w403_view_of(prefix);
    return v.n >= p.n && w403_view_ieq(w403_view_sub(v, 0, p.n), p) ? w403_view_sub(v, p.n, v.n) : (w403_view){NULL, 0};
}

/* A text part of which only a deployment knows: passed over, so that nothing is said of it. */
bool w403_lint_opaque(const w403_json *v)
{
    return v->mark == W403_LINT_OPAQUE_MARK;
}

static bool any_opaque(const w403_json *v) /* as deep as the parser lets a document be */
{
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_lint_opaque(m) || any_opaque(m))
            return true;
    }
    return false;
}

const w403_json *w403_lint_first_scalar(const w403_json *element)
{
    if (!element || element->type == W403_JSON_OBJECT || element->type == W403_JSON_NULL)
        return NULL;
    if (element->type != W403_JSON_ARRAY)
        return w403_lint_opaque(element) ? NULL : element;
    return w403_lint_next_scalar(element, NULL);
}

static bool is_scalar(const w403_json *v)
{
    return v->type == W403_JSON_STRING || v->type == W403_JSON_NUMBER || v->type == W403_JSON_TRUE ||
           v->type == W403_JSON_FALSE;
}

const w403_json *w403_lint_next_scalar(const w403_json *element, const w403_json *value)
{
    if (element->type != W403_JSON_ARRAY)
        return NULL;
    const w403_json *v = value ? value->next : element->first;
    while (v && (!is_scalar(v) || w403_lint_opaque(v)))
        v = v->next;
    return v;
}

const w403_json *w403_lint_first(const w403_json *element)
{
    const w403_json *v = w403_lint_first_scalar(element);
    return v && v->type != W403_JSON_STRING ? w403_lint_next(element, v) : v;
}

const w403_json *w403_lint_next(const w403_json *element, const w403_json *value)
{
    const w403_json *v = value;
    do {
        v = w403_lint_next_scalar(element, v);
    } while (v && v->type != W403_JSON_STRING);
    return v;
}

bool w403_lint_is_key(const w403_lint_condition *c, const char *name)
{
    w403_view n = w403_view_of(name);
    if (n.n && n.p[n.n - 1] == '/')
        return c->key.n >= n.n && w403_view_ieq(w403_view_sub(c->key, 0, n.n), n);
    return w403_view_ieq(c->key, n);
}

const w403_lint_condition *w403_lint_on(const w403_lint_statement *st, const char *name)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        if (w403_lint_is_key(&st->conditions[i], name))
            return &st->conditions[i];
    }
    return NULL;
}

bool w403_lint_guarded(const w403_lint_statement *st, w403_view key)
{
    for (uint32_t i = 0; i < st->n_conditions; i++) {
        const w403_lint_condition *c = &st->conditions[i];
        if (!c->op || c->op->family != W403_OP_NULL || !w403_view_ieq(c->key, key))
            continue;
        W403_LINT_EACH_SCALAR(v, c->node) {
            if (w403_view_ieq(v->text, W403_LIT("false")))
                return true;
        }
    }
    return false;
}

static bool has_star(const w403_json *value)
{
    W403_LINT_EACH(v, value) {
        if (w403_view_eq(v->text, W403_LIT("*")))
            return true;
    }
    return false;
}

bool w403_lint_everyone(const w403_lint_statement *st)
{
    if (!st->principal)
        return false;
    if (st->principal->type == W403_JSON_OBJECT)
        return has_star(w403_json_get(st->principal, "AWS"));
    return has_star(st->principal);
}

/* ---- conditions ---- */

void w403_lint_key_facts(w403_view key, w403_lint_condition *c)
{
    w403_view param;
    *c = (w403_lint_condition){.key = key};
    uint16_t id = w403_key_find(c->key, &param);
    if (id != W403_KEY_NONE) {
        const w403_key *k = w403_key_at(id);
        c->known = !k->param || param.n;
        c->type = (uint8_t)k->type;
        c->multi = k->multi;
        return;
    }
    size_t colon = w403_view_find_char(c->key, ':');
    if (colon == SIZE_MAX)
        return;
    uint32_t service = w403_ref_key_service(w403_view_sub(c->key, 0, colon));
    uint32_t found = service == W403_REF_NONE ? W403_REF_NONE : w403_ref_find_key(service, c->key);
    if (found != W403_REF_NONE) {
        w403_ref_key k = w403_ref_key_at(found);
        c->known = true;
        c->type = (uint8_t)k.type;
        c->multi = k.multi;
    }
}

w403_view w403_lint_operator(w403_view name, w403_lint_condition *c)
{
    w403_view rest = lower_prefix(name, "ForAllValues:");
    if (rest.p) {
        c->set = W403_SET_ALL;
        name = rest;
    } else if ((rest = lower_prefix(name, "ForAnyValue:")).p) {
        c->set = W403_SET_ANY;
        name = rest;
    }
    w403_view suffix = W403_LIT("IfExists");
    if (name.n >= suffix.n && w403_view_ieq(w403_view_sub(name, name.n - suffix.n, name.n), suffix)) {
        c->if_exists = true;
        name.n -= suffix.n;
    }
    c->op = w403_operator_find(name);
    return name;
}

static bool read_conditions(w403_lint_run *l, w403_lint_statement *st)
{
    W403_ARRAY(w403_lint_condition) list = {0};
    if (!w403_json_is(st->condition, W403_JSON_OBJECT))
        return true;
    for (const w403_json *block = st->condition->first; block; block = block->next) {
        if (block->type != W403_JSON_OBJECT)
            continue;
        for (const w403_json *node = block->first; node; node = node->next) {
            w403_lint_condition *c = W403_PUSH(l->arena, &list);
            if (!c)
                return false;
            w403_lint_key_facts(node->key, c);
            c->block = block;
            c->node = node;
            (void)w403_lint_operator(block->key, c);
        }
    }
    st->conditions = list.at;
    st->n_conditions = (uint32_t)list.n;
    return true;
}

/* ---- statements ---- */

static uint32_t count(const w403_json *list)
{
    return !list ? 0 : list->type == W403_JSON_ARRAY ? list->count : 1;
}

static bool read_statement(w403_lint_run *l, const w403_json *node, w403_lint_statement *st)
{
    st->node = node;
    st->partial = any_opaque(node);
    l->partial = l->partial || st->partial;
    st->effect = w403_json_get(node, "Effect");
    st->sid = w403_json_get(node, "Sid");
    st->principal = w403_json_get(node, "Principal");
    st->not_principal = w403_json_get(node, "NotPrincipal");
    st->action = w403_json_get(node, "Action");
    st->not_action = w403_json_get(node, "NotAction");
    st->resource = w403_json_get(node, "Resource");
    st->not_resource = w403_json_get(node, "NotResource");
    st->condition = w403_json_get(node, "Condition");
    if (w403_json_is(st->effect, W403_JSON_STRING)) {
        st->allow = w403_view_eq(st->effect->text, W403_LIT("Allow"));
        st->deny = w403_view_eq(st->effect->text, W403_LIT("Deny"));
    }
    st->action_count = count(st->action);
    st->resource_count = count(st->resource);
    bool read = read_conditions(l, st);
    st->partial = st->partial || st->n_conditions > W403_LIMIT_LINT_CONDITIONS;
    return read;
}

bool w403_lint_model(w403_lint_run *l)
{
    const w403_json *root = l->doc.root;
    W403_ARRAY(w403_lint_statement) list = {0};
    if (!w403_json_is(root, W403_JSON_OBJECT))
        return true;
    l->version = w403_json_get(root, "Version");
    l->statement = w403_json_get(root, "Statement");
    l->version_2012 =
        w403_json_is(l->version, W403_JSON_STRING) && w403_view_eq(l->version->text, W403_LIT("2012-10-17"));
    bool many = w403_json_is(l->statement, W403_JSON_ARRAY);
    for (const w403_json *v = many ? l->statement->first : l->statement; v; v = many ? v->next : NULL) {
        if (v->type != W403_JSON_OBJECT)
            continue;
        w403_lint_statement *st = W403_PUSH(l->arena, &list);
        if (!st || !read_statement(l, v, st))
            return false;
    }
    l->statements = list.at;
    l->n_statements = (uint32_t)list.n;
    return true;
}
