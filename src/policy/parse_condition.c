/* Condition: operators, keys and values (semantics 2.1, 2.2). */
#include <stdio.h>

#include "base/encode.h"
#include "base/glob.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "policy/parse.h"

/* ---- operators ---- */

static bool cut_prefix(w403_view *v, w403_view prefix)
{
    if (v->n < prefix.n || !w403_view_ieq(w403_view_sub(*v, 0, prefix.n), prefix)) {
        return false;
    }
    *v = w403_view_sub(*v, prefix.n, v->n);
    return true;
}

static bool cut_suffix(w403_view *v, w403_view suffix)
{
    if (v->n < suffix.n || !w403_view_ieq(w403_view_sub(*v, v->n - suffix.n, v->n), suffix)) {
        return false;
    }
    v->n -= suffix.n;
    return true;
}

/* ForAllValues:StringLikeIfExists in parts; op stays NULL when it is no operator. Case is ignored (2.1). Gives the
 * name without what stands around it. */
static w403_view parse_operator(w403_view name, w403_condition *c)
{
    if (cut_prefix(&name, W403_LIT("ForAllValues:"))) {
        c->set = W403_SET_ALL;
    } else if (cut_prefix(&name, W403_LIT("ForAnyValue:"))) {
        c->set = W403_SET_ANY;
    }
    c->if_exists = cut_suffix(&name, W403_LIT("IfExists"));
    c->op = w403_operator_find(name);
    if (c->op && c->if_exists && !c->op->if_exists_ok) {
        c->op = NULL;
    }
    return name;
}

/* ---- values ---- */

static bool takes_variables(const w403_operator *op)
{
    return op->family == W403_OP_STRING || op->family == W403_OP_ARN || op->family == W403_OP_BOOL; /* PV1, PV2 */
}

/* Arn1: six parts, or a lone `*` (Arn2). Colons inside variables do not count. */
static bool is_arn_pattern(w403_view text)
{
    size_t colons = 0;
    w403_variable var;
    for (size_t i = 0; i < text.n;) {
        if (w403_variable_at(text, i, &var)) {
            i = var.end;
            continue;
        }
        colons += text.p[i++] == ':';
    }
    return colons >= 5 || w403_view_eq(text, W403_LIT("*"));
}

static bool parse_bool(w403_view text, bool *out)
{
    *out = w403_view_ieq(text, W403_LIT("true"));
    return *out || w403_view_ieq(text, W403_LIT("false"));
}

/* 2026-11-21T10:00:00: W3C's format wants a zone after a time of day. */
static bool without_zone(w403_view text, w403_instant *out)
{
    char with[64];
    if (text.n + 1 > sizeof with || text.n == 0 || w403_view_find_char(text, 'T') == SIZE_MAX) {
        return false;
    }
    memcpy(with, text.p, text.n);
    with[text.n] = 'Z';
    return w403_instant_parse((w403_view){with, text.n + 1}, out);
}

/* Reads the text once, so that deciding need not. Dt1, Ip1, Num1, Arn1: what is none matches nothing. */
static w403_status parse_value(w403_parser *p, const w403_operator *op, w403_condition_value *v)
{
    w403_view text = v->text.text;
    switch (op->family) {
    case W403_OP_NUMERIC:
        v->valid = w403_decimal_valid(text);
        break;
    case W403_OP_DATE:
        v->valid = w403_instant_parse(text, &v->u.instant);
        v->zoneless = !v->valid && without_zone(text, &v->u.instant);
        break;
    case W403_OP_IP:
        v->valid = w403_cidr_parse(text, &v->u.cidr);
        break;
    case W403_OP_BOOL:
    case W403_OP_NULL:
        v->valid = parse_bool(text, &v->u.boolean);
        break;
    case W403_OP_ARN:
        v->valid = v->text.has_variable || is_arn_pattern(text);
        break;
    case W403_OP_BINARY:
        v->u.binary = w403_base64_decode(p->arena, text);
        v->valid = v->u.binary.p != NULL;
        if (!v->valid) { /* malformed, or was it the memory? */
            W403_NEED(w403_arena_alloc(p->arena, text.n), p->err);
        }
        break;
    case W403_OP_STRING:
    case W403_OP_NONE:
        v->valid = true;
        break;
    }
    return W403_OK;
}

static const char *const wanted[] = {
    [W403_OP_NUMERIC] = "a number",
    [W403_OP_DATE] = "a date (2026-11-21T10:00:00Z, or epoch seconds)",
    [W403_OP_BOOL] = "`true` or `false`",
    [W403_OP_BINARY] = "base64",
    [W403_OP_IP] = "an IP address or CIDR range",
    [W403_OP_ARN] = "an ARN of six parts",
    [W403_OP_NULL] = "`true` or `false`",
};

static void check_value(w403_parser *p, w403_statement *st, const w403_json *at, const w403_condition *c,
                        const w403_condition_value *v)
{
    w403_view text = v->text.text;
    if (v->zoneless) {
        w403_parse_warn(p, at->span, "write the zone: `...Z` for UTC",
                        "`%.*s` has no time zone, and AWS does not say what it takes it for: where the answer hangs on it, it is "
                        "undetermined", W403_SHOW(text));
    } else if (!v->valid && !v->text.has_variable) {
        w403_parse_doubt(p, st, at->span, NULL, "`%.*s` is not %s, which `%s` needs", W403_SHOW(text),
                         wanted[c->op->family], c->op->name);
    }
    if (c->op->family == W403_OP_STRING && c->op->compare != W403_CMP_LIKE &&
        w403_view_find_char(text, '*') != SIZE_MAX && !v->text.has_variable) {
        w403_parse_warn(p, at->span, c->op->negated ? "use StringNotLike" : "use StringLike",
                        "`*` is no wildcard under `%s`: the value is compared as it stands", c->op->name);
    }
    if (v->valid && text.n > 2 && text.p[0] == '<' && text.p[text.n - 1] == '>') {
        w403_parse_warn(p, at->span, "write the value that is meant", "`%.*s` is a placeholder, compared as it stands",
                        W403_SHOW(text));
    }
    if (c->op->family == W403_OP_ARN || c->op->family == W403_OP_IP) {
        w403_parse_blanks(p, at, text, SIZE_MAX);
    }
}

static w403_status parse_values(w403_parser *p, w403_statement *st, w403_condition *c, const w403_json *v)
{
    w403_list list;
    W403_TRY(w403_parse_list(p, v, "Condition", W403_TYPES_SCALAR, &list)); /* G5 */
    w403_condition_value *values = W403_NEW_N(p->arena, w403_condition_value, list.n);
    W403_NEED(values, p->err);
    c->values = values;
    c->n_values = list.n;
    for (uint32_t i = 0; i < list.n; i++, list.first = list.first->next) {
        w403_view text;
        bool variables = p->policy->version_2012 && takes_variables(c->op);
        W403_TRY(w403_parse_keep(p, list.first->text, &text));
        values[i].text = w403_template_scan(text, variables ? 0 : SIZE_MAX, NULL);
        values[i].text.has_wildcard &= c->op->compare == W403_CMP_LIKE;
        values[i].span = list.first->span;
        W403_TRY(parse_value(p, c->op, &values[i]));
        check_value(p, st, list.first, c, &values[i]);
    }
    return W403_OK;
}

/* ---- keys ---- */

/* AWS refuses keys of these services that it does not know; others it stores unseen. */
static bool is_listed_service(w403_view key)
{
    w403_view service;
    for (size_t at = 0; (service = w403_list_next(W403_LIST_CHECKED_KEY_SERVICE, &at)).p;) {
        w403_view v = key;
        if (cut_prefix(&v, service)) {
            return true;
        }
    }
    return false;
}

/* G7: twice the same key but for its case. */
static void refuse_repeated(w403_parser *p, w403_statement *st, const w403_json *key)
{
    w403_parse_refuse(p, st, W403_ELEMENT_CONDITION, key->key_span, "join their values in one list",
                      "the condition key `%.*s` is there twice, and case does not tell keys apart: AWS would not have stored it",
                      W403_SHOW(key->key));
}

static bool comes_before(const w403_json *block, const w403_json *key)
{
    for (const w403_json *m = block->first; m != key; m = m->next) {
        if (w403_view_ieq(m->key, key->key)) {
            return true;
        }
    }
    return false;
}

/* Of a block with more than a few: each is not compared with each. */
static w403_status check_repeated_of_many(w403_parser *p, w403_statement *st, const w403_json *block)
{
    w403_arena *a = w403_arena_new(0);
    w403_map seen = {0};
    bool good = a != NULL;
    for (const w403_json *m = block->first; m && good; m = m->next) {
        w403_view lower = w403_arena_lower(a, m->key);
        if (lower.p && w403_map_get(&seen, lower)) {
            refuse_repeated(p, st, m);
        } else {
            good = lower.p && w403_map_put(a, &seen, lower, (void *)(uintptr_t)m);
        }
    }
    w403_arena_free(a);
    W403_NEED(good, p->err);
    return W403_OK;
}

static w403_status parse_key(w403_parser *p, w403_statement *st, w403_condition *c, const w403_json *v)
{
    c->key_span = v->key_span;
    c->values_span = v->span;
    W403_TRY(w403_parse_keep(p, v->key, &c->key));
    c->key_id = w403_key_find(c->key, &c->key_param);
    if (!c->key_id) {
        c->key_param = (w403_view){NULL, 0};
        if (is_listed_service(c->key)) {
            w403_parse_warn(p, v->key_span, NULL, "no condition key `%.*s` is known", W403_SHOW(c->key));
        }
    }
    return parse_values(p, st, c, v);
}

/* ---- the element ---- */

static w403_status parse_block(w403_parser *p, w403_statement *st, const w403_json *block, w403_condition *out,
                               uint32_t *n)
{
    w403_condition head = {.op_span = block->key_span, .of_deny = st->effect == W403_EFFECT_DENY};
    w403_view name = parse_operator(block->key, &head);
    if (!head.op) {
        char hint[128];
        const char *near = w403_parse_warns(p) ? w403_operator_nearest(name) : NULL;
        (void)snprintf(hint, sizeof hint, "did you mean `%s`?", near ? near : "");
        w403_parse_refuse(p, st, W403_ELEMENT_CONDITION, block->key_span, near ? hint : NULL,
                          "`%.*s` is no condition operator: AWS would not have stored it", W403_SHOW(block->key));
        return W403_OK;
    }
    enum { FEW = 32 };
    bool few = block->count <= FEW;
    W403_TRY(few ? W403_OK : check_repeated_of_many(p, st, block));
    for (const w403_json *m = block->first; m; m = m->next) {
        if (few && comes_before(block, m)) {
            refuse_repeated(p, st, m);
        }
        out[*n] = head;
        W403_TRY(parse_key(p, st, &out[(*n)++], m));
    }
    return W403_OK;
}

w403_status w403_parse_conditions(w403_parser *p, w403_statement *st, const w403_json *v)
{
    size_t n = 0;
    if (!v) {
        return W403_OK;
    }
    if (v->type != W403_JSON_OBJECT) {
        return w403_json_error(p->doc, v, p->err, "`Condition` must be an object, not %s",
                               w403_json_type_name(v->type));
    }
    for (const w403_json *block = v->first; block; block = block->next) {
        if (block->type != W403_JSON_OBJECT) {
            return w403_json_error(p->doc, block, p->err,
                                   "a condition operator takes an object of keys and values, not %s",
                                   w403_json_type_name(block->type));
        }
        n += block->count;
    }
    w403_condition *c = W403_NEW_N(p->arena, w403_condition, n);
    W403_NEED(c, p->err);
    st->conditions = c;
    st->condition_span = v->span;
    for (const w403_json *block = v->first; block; block = block->next) {
        W403_TRY(parse_block(p, st, block, c, &st->n_conditions));
    }
    return W403_OK;
}
