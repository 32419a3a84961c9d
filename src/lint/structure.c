/* Elements: are they there, of the right type, spelled as AWS spells them, and not twice? */
#include <stdlib.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "lint/check.h"
#include "words/words.h"

static const char *const document_members[] = {"Version", "Id", "Statement"};
static const char *const statement_members[] = {"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                                "NotAction", "Resource", "NotResource", "Condition"};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- types ---- */

static const char *const type_names[] = {
    [W403_JSON_NULL] = NC_("lint", "null"),
    [W403_JSON_FALSE] = NC_("lint", "a boolean"),
    [W403_JSON_TRUE] = NC_("lint", "a boolean"),
    [W403_JSON_NUMBER] = NC_("lint", "a number"),
    [W403_JSON_STRING] = NC_("lint", "a string"),
    [W403_JSON_ARRAY] = NC_("lint", "an array"),
    [W403_JSON_OBJECT] = NC_("lint", "an object"),
};

static void wrong_type(w403_lint_run *l, const w403_json *v, const char *element, const char *wanted)
{
    w403_lint_value(l, W403_L_DATA_TYPE_MISMATCH, v,
                    W403_LINT_WORDS({"element", w403_lint_said(l, element)}, {"type", w403_lint_said(l, wanted)},
                                    {"found", w403_lint_said(l, type_names[v->type])}));
}

static void want_string(w403_lint_run *l, const w403_json *v, const char *element)
{
    if (v && v->type != W403_JSON_STRING)
        wrong_type(l, v, element, NC_("lint", "a string"));
}

/* A string, or an array of them. */
static void want_strings(w403_lint_run *l, const w403_json *v, const char *element)
{
    if (!v || v->type == W403_JSON_STRING)
        return;
    if (v->type != W403_JSON_ARRAY) {
        wrong_type(l, v, element, NC_("lint", "a string or an array of strings"));
        return;
    }
    for (const w403_json *item = v->first; item; item = item->next)
        want_string(l, item, element);
}

static void want_principal(w403_lint_run *l, const w403_json *v, const char *element)
{
    if (!v || v->type == W403_JSON_STRING || v->type == W403_JSON_ARRAY)
        return;
    if (v->type != W403_JSON_OBJECT) {
        wrong_type(l, v, element, NC_("lint", "\"*\" or an object"));
        return;
    }
    for (const w403_json *kind = v->first; kind; kind = kind->next)
        want_strings(l, kind, NC_("lint", "a principal"));
}

static void want_values(w403_lint_run *l, const w403_json *v)
{
    bool list = v->type == W403_JSON_ARRAY;
    for (const w403_json *item = list ? v->first : v; item; item = list ? item->next : NULL) {
        if (item->type == W403_JSON_NULL || item->type == W403_JSON_OBJECT || item->type == W403_JSON_ARRAY)
            wrong_type(l, item, NC_("lint", "a condition value"), NC_("lint", "a string, a number or a boolean"));
    }
}

static void want_condition(w403_lint_run *l, const w403_json *v)
{
    if (!v)
        return;
    if (v->type != W403_JSON_OBJECT) {
        wrong_type(l, v, "Condition", NC_("lint", "an object"));
        return;
    }
    for (const w403_json *block = v->first; block; block = block->next) {
        if (block->type != W403_JSON_OBJECT) {
            wrong_type(l, block, NC_("lint", "an operator"), NC_("lint", "an object of keys"));
            continue;
        }
        for (const w403_json *key = block->first; key; key = key->next)
            want_values(l, key);
    }
}

/* ---- names ---- */

static void unknown_members(w403_lint_run *l, const w403_json *object, const char *const *names, size_t n)
{
    for (const w403_json *m = object->first; m; m = m->next) {
        bool known = false;
        for (size_t i = 0; i < n; i++)
            known = known || w403_view_eq(m->key, w403_view_of(names[i]));
        if (!known)
            w403_lint_key(l, W403_L_INVALID_POLICY_ELEMENT, m,
                          W403_LINT_WORDS({"name", m->key}, {"X", w403_view_of(w403_nearest(m->key, names, n))}));
    }
}

static int by_name(const void *x, const void *y)
{
    const w403_json *a = *(const w403_json *const *)x, *b = *(const w403_json *const *)y;
    int order = w403_view_cmp(a->key, b->key);
    return order ? order : a->key_span.off < b->key_span.off ? -1 : a->key_span.off > b->key_span.off;
}

enum { FEW = 16 }; /* members: as most objects have */

/* Is no name there twice? Of few members, without sorting. */
static bool all_differ(const w403_json *object)
{
    for (const w403_json *a = object->first; a; a = a->next) {
        for (const w403_json *b = a->next; b; b = b->next) {
            if (a->key.n == b->key.n && w403_view_eq(a->key, b->key))
                return false;
        }
    }
    return true;
}

static void duplicates_of(w403_lint_run *l, const w403_json *object)
{
    if (object->count <= FEW && all_differ(object))
        return;
    const w403_json **at = object->count ? w403_malloc(object->count * sizeof *at) : NULL;
    size_t n = 0;
    if (!at) {
        l->nomem = l->nomem || object->count;
        return;
    }
    for (const w403_json *m = object->first; m; m = m->next)
        at[n++] = m;
    qsort(at, n, sizeof *at, by_name);
    for (size_t i = 1; i < n; i++) {
        if (w403_view_eq(at[i - 1]->key, at[i]->key))
            w403_lint_key(l, W403_L_OWN_DUPLICATE_KEY, at[i], W403_LINT_WORDS({"k", at[i]->key}));
    }
    w403_free(at);
}

/* G6: a member that is there twice, anywhere. As deep as the parser lets a document be (W403_LIMIT_JSON_DEPTH). */
static void duplicates(w403_lint_run *l, const w403_json *v)
{
    for (; v; v = v->next) {
        if (v->type == W403_JSON_OBJECT)
            duplicates_of(l, v);
        if (v->first)
            duplicates(l, v->first);
    }
}

/* G15: IAM stores tab, line ends and U+0020 to U+00FF. */
static void charset(w403_lint_run *l)
{
    w403_span root = l->doc.root->span; /* of a template: what stands around it is not stored */
    w403_view text = w403_view_sub(l->doc.text, 0, (size_t)root.off + root.len);
    bool applies = l->options->policy != W403_LINT_RESOURCE || l->options->resource == W403_LINT_TRUST;
    if (!applies || text.n <= root.off || text.p[root.off] != '{')
        return;
    for (size_t i = root.off; i < text.n;) {
        size_t at = i;
        uint64_t eight = UINT64_MAX; /* bytes, most of them ASCII */
        if (text.n - i >= sizeof eight)
            memcpy(&eight, text.p + i, sizeof eight);
        if (!(eight & UINT64_C(0x8080808080808080))) {
            i += sizeof eight;
            continue;
        }
        if ((unsigned char)text.p[i] < 0x80) {
            i++;
            continue;
        }
        uint32_t cp = w403_utf8_next(text, &i);
        if (cp <= 0xFF)
            continue;
        w403_lint_place place = {NULL, false, {(uint32_t)at, (uint32_t)(i - at)}};
        w403_lint_add(l, W403_L_OWN_CHARSET, &place, 1,
                      W403_LINT_WORDS({"c", w403_view_sub(text, at, i)}));
        return; /* one is enough: the whole text is refused */
    }
}

/* ---- statements ---- */

static void pair(w403_lint_run *l, const w403_json *a, const w403_json *b)
{
    if (!a || !b)
        return;
    w403_lint_place at[] = {w403_lint_at_key(a), w403_lint_at_key(b)};
    w403_lint_add(l, W403_L_UNSUPPORTED_ELEMENT_COMBINATION, at, 2, W403_LINT_WORDS({"a", a->key}, {"b", b->key}));
}

static void statement(w403_lint_run *l, const w403_lint_statement *st)
{
    unknown_members(l, st->node, statement_members, COUNT(statement_members));
    want_string(l, st->effect, "Effect");
    want_string(l, st->sid, "Sid");
    want_strings(l, st->action, "Action");
    want_strings(l, st->not_action, "NotAction");
    want_strings(l, st->resource, "Resource");
    want_strings(l, st->not_resource, "NotResource");
    want_principal(l, st->principal, "Principal");
    want_principal(l, st->not_principal, "NotPrincipal");
    want_condition(l, st->condition);
    pair(l, st->action, st->not_action);
    pair(l, st->resource, st->not_resource);
    pair(l, st->principal, st->not_principal);
    if (!st->effect)
        w403_lint_value(l, W403_L_MISSING_EFFECT, st->node, NULL);
    else if (st->effect->type == W403_JSON_STRING && !st->allow && !st->deny && !w403_lint_opaque(st->effect))
        w403_lint_value(l, W403_L_INVALID_EFFECT, st->effect, W403_LINT_WORDS({"v", st->effect->text}));
    if (!st->action && !st->not_action)
        w403_lint_value(l, W403_L_MISSING_ACTION, st->node, NULL);
    if (!st->resource && !st->not_resource && l->options->resource != W403_LINT_TRUST)
        w403_lint_value(l, W403_L_MISSING_RESOURCE, st->node, NULL);
    if (!st->principal && !st->not_principal)
        w403_lint_value(l, W403_L_MISSING_PRINCIPAL, st->node, NULL);
    if (st->principal || st->not_principal)
        w403_lint_key(l, W403_L_UNSUPPORTED_PRINCIPAL, st->principal ? st->principal : st->not_principal, NULL);
}

/* ---- the document ---- */

static void version(w403_lint_run *l, const w403_json *root)
{
    w403_view old = W403_LIT("2008-10-17");
    want_string(l, l->version, "Version");
    if (!l->version) {
        w403_lint_value(l, W403_L_MISSING_VERSION, root, NULL);
        w403_lint_value(l, W403_L_OWN_ORG_VERSION, root, NULL);
    } else if (l->version->type == W403_JSON_STRING && !l->version_2012 && !w403_lint_opaque(l->version)) {
        bool is_old = w403_view_eq(l->version->text, old);
        if (!is_old)
            w403_lint_value(l, W403_L_INVALID_VERSION, l->version, W403_LINT_WORDS({"v", l->version->text}));
        else
            w403_lint_value(l, W403_L_OWN_OLD_VERSION, l->version, NULL);
        w403_lint_value(l, W403_L_OWN_ORG_VERSION, l->version, NULL);
    }
}

void w403_lint_structure(w403_lint_run *l)
{
    const w403_json *root = l->doc.root;
    charset(l);
    duplicates(l, root);
    if (root->type != W403_JSON_OBJECT) {
        wrong_type(l, root, NC_("lint", "a policy"), NC_("lint", "an object"));
        return;
    }
    unknown_members(l, root, document_members, COUNT(document_members));
    want_string(l, w403_json_get(root, "Id"), "Id");
    version(l, root);
    if (!l->statement) {
        w403_lint_value(l, W403_L_MISSING_STATEMENT, root, NULL);
    } else if (l->statement->type == W403_JSON_ARRAY) {
        if (!l->statement->first)
            w403_lint_value(l, W403_L_MISSING_STATEMENT, l->statement, NULL);
        for (const w403_json *v = l->statement->first; v; v = v->next) {
            if (v->type != W403_JSON_OBJECT)
                wrong_type(l, v, NC_("lint", "a statement"), NC_("lint", "an object"));
        }
    } else if (l->statement->type != W403_JSON_OBJECT) {
        wrong_type(l, l->statement, "Statement", NC_("lint", "an object or an array of objects"));
    }
    for (uint32_t i = 0; i < l->n_statements; i++)
        statement(l, &l->statements[i]);
}
