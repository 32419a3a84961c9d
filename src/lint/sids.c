/* Sids, statements that are there twice, and the size of the document. */
#include <stdlib.h>

#include "base/hash.h"
#include "lint/check.h"
#include "words/words.h"

/* ---- Sids (G11) ---- */

static bool alphanumeric(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return true;
}

/* IAM and Organizations take letters and digits, each Sid once; a bucket policy's Sids are unique, a key's may be
 * anything. */
static int by_text(const void *x, const void *y)
{
    const w403_json *a = *(const w403_json *const *)x, *b = *(const w403_json *const *)y;
    int order = w403_view_cmp(a->text, b->text);
    return order ? order : a->span.off < b->span.off ? -1 : a->span.off > b->span.off;
}

static void repeated_sids(w403_lint_run *l, const w403_json **sids, size_t n, w403_lint_code code)
{
    qsort(sids, n, sizeof *sids, by_text);
    for (size_t i = 1; i < n; i++) {
        if (w403_view_eq(sids[i - 1]->text, sids[i]->text))
            w403_lint_value(l, code, sids[i], W403_LINT_WORDS({"v", sids[i]->text}));
    }
}

void w403_lint_sids(w403_lint_run *l)
{
    const w403_lint_options *o = l->options;
    bool loose = o->policy == W403_LINT_RESOURCE &&
                 (o->resource == W403_LINT_ANY || o->resource == W403_LINT_KEY || o->resource == W403_LINT_ENDPOINT);
    bool any_text = loose || (o->policy == W403_LINT_RESOURCE && (o->resource & W403_LINT_S3));
    const w403_json **sids = W403_NEW_N(l->arena, const w403_json *, l->n_statements + 1);
    size_t n = 0;
    l->nomem = l->nomem || !sids;
    for (uint32_t i = 0; sids && i < l->n_statements; i++) {
        const w403_json *sid = l->statements[i].sid;
        if (!w403_json_is(sid, W403_JSON_STRING) || w403_lint_opaque(sid))
            continue;
        if (sid->text.n == 0) {
            w403_lint_value(l, W403_L_EMPTY_SID_VALUE, sid, NULL);
            continue;
        }
        sids[n++] = sid;
        if (w403_view_find(sid->text, W403_LIT("${")) != SIZE_MAX)
            w403_lint_value(l, W403_L_VARIABLE_UNSUPPORTED_IN_ELEMENT, sid, NULL);
        else if (!any_text && !alphanumeric(sid->text))
            w403_lint_value(l, W403_L_UNSUPPORTED_SID, sid, NULL);
    }
    if (n)
        repeated_sids(l, sids, n, loose ? W403_L_UNIQUE_SIDS_RECOMMENDED : W403_L_UNIQUE_SIDS_REQUIRED);
}

/* ---- statements that are there twice ---- */

static bool has_value(const w403_json *list, const w403_json *v)
{
    for (const w403_json *x = list->type == W403_JSON_ARRAY ? list->first : list; x;
         x = list->type == W403_JSON_ARRAY ? x->next : NULL) {
        if (w403_lint_same(x, v))
            return true;
    }
    return false;
}

/* Lists longer than this are compared in their order only. */
enum { UNORDERED = 2000 };

static bool same_in_order(const w403_json *a, const w403_json *b)
{
    const w403_json *x = a->first, *y = b->first;
    while (x && y && w403_lint_same(x, y)) {
        x = x->next;
        y = y->next;
    }
    return !x && !y;
}

/* A value and a list of one are the same; the order of a list does not count. */
static bool same_values(const w403_json *a, const w403_json *b)
{
    uint32_t n = a->type == W403_JSON_ARRAY ? a->count : 1;
    if (n != (b->type == W403_JSON_ARRAY ? b->count : 1))
        return false;
    if (n > UNORDERED || (a->type == b->type && same_in_order(a, b)))
        return a->type == b->type && same_in_order(a, b);
    for (const w403_json *x = a->type == W403_JSON_ARRAY ? a->first : a; x; x = a->type == W403_JSON_ARRAY ? x->next : NULL) {
        if (!has_value(b, x))
            return false;
    }
    return true;
}

static bool is_sid(const w403_json *m)
{
    return w403_view_eq(m->key, W403_LIT("Sid"));
}

static uint32_t members(const w403_json *object)
{
    uint32_t n = 0;
    for (const w403_json *m = object->first; m; m = m->next)
        n += !is_sid(m);
    return n;
}

static bool same_object(const w403_json *a, const w403_json *b)
{
    if (members(a) != members(b))
        return false;
    for (const w403_json *m = a->first; m; m = m->next) {
        const w403_json *other = b->first;
        while (other && !w403_view_eq(other->key, m->key))
            other = other->next;
        if (!is_sid(m) && (!other || !w403_lint_same(m, other)))
            return false;
    }
    return true;
}

bool w403_lint_same(const w403_json *a, const w403_json *b) /* as deep as the parser lets a document be */
{
    if (a->type == W403_JSON_ARRAY || b->type == W403_JSON_ARRAY)
        return same_values(a, b);
    if (a->type != b->type)
        return false;
    return a->type == W403_JSON_OBJECT ? same_object(a, b) : w403_view_eq(a->text, b->text);
}

/* Equal statements have equal sums: the order of members and values does not count, nor a list of one. */
static uint64_t sum_of(const w403_json *v)
{
    uint64_t sum = 0;
    if (v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY)
        return w403_hash(v->text.p, v->text.n) ^ v->type;
    for (const w403_json *m = v->first; m; m = m->next) {
        if (v->type == W403_JSON_ARRAY)
            sum += sum_of(m);
        else if (!is_sid(m))
            sum += (w403_hash(m->key.p, m->key.n) | 1) * (sum_of(m) | 1);
    }
    return sum;
}

typedef struct summed {
    uint64_t sum;
    const w403_json *node;
} summed;

static int by_sum(const void *x, const void *y)
{
    const summed *a = x, *b = y;
    if (a->sum != b->sum)
        return a->sum < b->sum ? -1 : 1;
    return a->node->span.off < b->node->span.off ? -1 : a->node->span.off > b->node->span.off;
}

void w403_lint_repeated(w403_lint_run *l)
{
    summed *all = W403_NEW_N(l->arena, summed, l->n_statements + 1);
    l->nomem = l->nomem || !all;
    for (uint32_t i = 0; all && i < l->n_statements; i++)
        all[i] = (summed){sum_of(l->statements[i].node), l->statements[i].node};
    if (all && l->n_statements)
        qsort(all, l->n_statements, sizeof *all, by_sum);
    for (uint32_t i = 1; all && i < l->n_statements; i++) {
        if (all[i - 1].sum != all[i].sum || !w403_lint_same(all[i - 1].node, all[i].node))
            continue;
        w403_lint_place at[] = {w403_lint_at_value(all[i - 1].node), w403_lint_at_value(all[i].node)};
        w403_lint_add(l, W403_L_REDUNDANT_STATEMENT, at, 2, NULL);
    }
}

/* ---- size (lint 3.4) ---- */

static uint64_t characters(w403_view text, bool blanks_count)
{
    uint8_t counted[256]; /* no branch in a loop over each byte */
    uint64_t n = 0;
    for (unsigned c = 0; c < 256; c++)
        counted[c] = (c & 0xC0) != 0x80 && (blanks_count || !memchr(" \t\r\n", (int)c, 4));
    for (size_t i = 0; i < text.n; i++)
        n += counted[(unsigned char)text.p[i]];
    return n;
}

typedef struct size_rule {
    w403_lint_code code;
    w403_lint_policy policy;
    uint8_t resources; /* 0: whatever it is of */
    bool blanks, bytes;
    uint32_t max;
    const char *type;
} size_rule;

static const size_rule sizes[] = {
    {W403_L_POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, W403_LINT_IDENTITY, 0, false, false, 10240, ""},
    {W403_L_POLICY_SIZE_EXCEEDS_SCP_QUOTA, W403_LINT_SCP, 0, true, false, 10240, ""},
    {W403_L_POLICY_SIZE_EXCEEDS_RCP_QUOTA, W403_LINT_RCP, 0, true, false, 5120, ""},
    {W403_L_POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA, W403_LINT_RESOURCE, W403_LINT_TRUST, false, false, 2048, ""},
    {W403_L_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, W403_LINT_RESOURCE, W403_LINT_S3, true, true, 20480, NC_("lint", "bucket")},
    {W403_L_POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, W403_LINT_RESOURCE, W403_LINT_KEY, true, true, 32768, NC_("lint", "key")},
};

void w403_lint_size(w403_lint_run *l)
{
    w403_span root = l->doc.root->span;
    w403_view text = w403_view_sub(l->doc.text, root.off, root.off + root.len);
    if (l->partial || text.n == 0 || text.p[0] != '{')
        return; /* of a template: the document is made when it is deployed */
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_rule *r = &sizes[i];
        if (r->policy != l->options->policy || (r->resources && !(r->resources & l->options->resource)))
            continue;
        uint64_t n = r->bytes || text.n <= r->max ? text.n : characters(text, r->blanks); /* of fewer bytes: it fits */
        if (n > r->max)
            w403_lint_value(l, r->code, l->doc.root,
                            W403_LINT_WORDS({"n", w403_lint_number(l, n)}, {"max", w403_lint_number(l, r->max)},
                                            {"type", w403_lint_said(l, r->type)}));
    }
}
