/* JSON values into facts, texts and policies; problems into the list of the load. */
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "catalog/catalog.h"
#include "policy/index.h"
#include "snapshot/loader.h"

/* The name of what holds it all before the source, cut at the front where it does not fit: the end tells files
 * apart. */
static void place_below(w403_view root, const char *between, w403_error *err)
{
    char   path[sizeof err->source * 2];
    size_t room = sizeof path - sizeof err->source - 4;
    root = root.n > room ? w403_view_sub(root, root.n - room, root.n) : root;
    int    n = snprintf(path, sizeof path, "%.*s%s%s", W403_ARG(root), between, err->source);
    size_t skip = n >= (int)sizeof err->source ? (size_t)n - sizeof err->source + 1 : 0;
    memcpy(err->source, path + skip, (size_t)n - skip + 1);
}

w403_status w403_source_entry(const w403_source *src, const char *list, uint32_t index, const w403_json *entry,
                              w403_json_doc *doc, w403_source *out, w403_error *err)
{
    *doc = *src->doc;
    doc->root = (w403_json *)(uintptr_t)entry; /* read only, like every document here */
    *out = *src;
    out->doc = doc;
    out->pointer = w403_arena_printf(src->ld->a, "/%s/%u", list, index);
    W403_NEED(out->pointer.p, err);
    return W403_OK;
}

/* `path#pointer` with the pointer from the top of the file instead of from doc->root. */
static void place_in_entry(const w403_source *src, w403_error *err)
{
    w403_view name = w403_view_of(err->source), path = src->doc->source;
    if (!src->pointer.n || name.n <= path.n || name.p[path.n] != '#' ||
        name.n + src->pointer.n >= sizeof err->source) {
        return;
    }
    char *tail = err->source + path.n + 1;
    memmove(tail + src->pointer.n, tail, name.n - path.n);
    memcpy(tail, src->pointer.p, src->pointer.n);
}

/* `path...` becomes `as...`. */
static void place_as(w403_view path, w403_view as, w403_error *err)
{
    w403_error was = *err;
    size_t     skip = w403_view_starts(w403_view_of(was.source), path) ? path.n : 0;
    (void)snprintf(err->source, sizeof err->source, "%.*s%s", W403_SHORT(as), was.source + skip);
}

/* Problems stand in the file that the user gave: below the directory, or in the one file that holds all. A document
 * inside a string has positions of its decoded text, and a name that says where it is: `path#pointer`. */
void w403_report(const w403_source *src, bool warning, w403_error *err)
{
    w403_loader *ld = src->ld;
    w403_view    path = src->doc->source;
    bool         placed = w403_view_eq(w403_view_of(err->source), path);
    if (ld->again && warning && !src->as.p) {
        return;
    }
    bool fault = !warning && ld->fault;
    warning |= fault;
    if (!w403_problems_take(ld->problems, warning)) {
        /* it is only counted, and finding its line would cost a look at all the text before it */
    } else if (src->as.p) {
        place_in_entry(src, err);
        place_as(path, src->as, err);
    } else if (ld->directory) {
        place_in_entry(src, err);
        place_below(ld->s->root, "/", err);
    } else if (!placed) {
        place_in_entry(src, err);
        place_below(ld->s->root, ": ", err);
    } else if (ld->whole.text.p) {
        w403_error inner = *err;
        (void)w403_error_set(err, inner.code, "`%.*s`: %s", W403_SHORT(path), inner.message);
        w403_error_hint(err, "%s", inner.hint);
        w403_error_place(err, ld->whole.source, ld->whole.text, src->base + (size_t)inner.offset, (size_t)inner.length);
    }
    if (fault && !ld->fault->path.p) {
        ld->fault->path = path;
        ld->fault->error = *err;
    }
    if (!fault || !ld->again || src->as.p) {
        w403_problems_add(ld->problems, warning, err);
    }
}

void w403_problem_at(const w403_source *src, bool warning, const w403_json *at, const char *fmt, ...)
{
    char       text[400];
    w403_error err = {0};
    va_list    args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (at) {
        (void)w403_json_error(src->doc, at, &err, "%s", text);
    } else {
        (void)w403_error_set(&err, W403_SEMANTIC, "%s", text);
        w403_error_place(&err, src->doc->source, src->doc->text, 0, 0);
    }
    w403_report(src, warning, &err);
}

bool w403_expect(const w403_source *src, const w403_json *v, w403_json_type t, const char *what)
{
    if (w403_json_is(v, t)) {
        return true;
    }
    w403_problem_at(src, false, v, "`%s` must be %s, found %s", what, w403_json_type_name(t),
                    v ? w403_json_type_name((w403_json_type)v->type) : "nothing");
    return false;
}

const w403_json *w403_read(const w403_source *src, const w403_json *obj, const char *name, w403_json_type t)
{
    const w403_json *v = w403_json_get(obj, name);
    if (!v || v->type == W403_JSON_NULL || !w403_expect(src, v, t, name)) {
        return NULL;
    }
    return v;
}

const w403_json *w403_read_needed(const w403_source *src, const w403_json *obj, const char *name,
                                  w403_json_type t)
{
    const w403_json *v = w403_json_get(obj, name);
    if (!v || v->type == W403_JSON_NULL) {
        w403_problem_at(src, false, obj, "`%s` is missing", name);
        return NULL;
    }
    return w403_expect(src, v, t, name) ? v : NULL;
}

w403_view w403_keep(const w403_source *src, w403_view v)
{
    w403_view text = src->doc->text;
    if (!v.p || ((uintptr_t)v.p >= (uintptr_t)text.p && (uintptr_t)v.p <= (uintptr_t)text.p + text.n)) {
        return v;
    }
    w403_view copy = w403_arena_copy(src->ld->a, v);
    if (!copy.p) {
        src->ld->nomem = true;
    }
    return copy;
}

w403_view w403_read_str(const w403_source *src, const w403_json *obj, const char *name)
{
    const w403_json *v = w403_read(src, obj, name, W403_JSON_STRING);
    return v ? w403_keep(src, v->text) : (w403_view){NULL, 0};
}

bool w403_read_bool(const w403_source *src, const w403_json *obj, const char *name, bool fallback)
{
    const w403_json *v = w403_json_get(obj, name);
    if (!v || v->type == W403_JSON_NULL) {
        return fallback;
    }
    if (v->type != W403_JSON_TRUE && v->type != W403_JSON_FALSE) {
        w403_problem_at(src, false, v, "`%s` must be true or false, found %s", name,
                        w403_json_type_name((w403_json_type)v->type));
        return fallback;
    }
    return v->type == W403_JSON_TRUE;
}

int w403_read_word(const w403_source *src, const w403_json *obj, const char *name, const w403_value_word *words,
                   size_t n_words, int fallback)
{
    const w403_json *v = w403_read(src, obj, name, W403_JSON_STRING);
    char             list[200] = "";
    size_t           n = 0;
    if (!v) {
        return fallback;
    }
    for (size_t i = 0; i < n_words; i++) {
        if (w403_view_eq(v->text, w403_view_of(words[i].text))) {
            return words[i].value;
        }
        int more = snprintf(list + n, sizeof list - n, "%s`%s`", i == 0 ? "" : i + 1 == n_words ? " or " : ", ",
                            words[i].text);
        n += more > 0 && (size_t)more < sizeof list - n ? (size_t)more : 0;
    }
    w403_problem_at(src, false, v, "`%s` is `%.*s`, expected %s", name, W403_SHORT(v->text), list);
    return fallback;
}

w403_status w403_read_tags(const w403_source *src, const w403_json *list, const w403_tag **out, uint32_t *n,
                           w403_error *err)
{
    *n = 0;
    if (!list || list->count == 0) {
        return W403_OK;
    }
    w403_tag *tags = W403_NEW_N(src->ld->a, w403_tag, list->count);
    W403_NEED(tags, err);
    for (const w403_json *v = list->first; v; v = v->next) {
        bool kms = w403_json_get(v, "TagKey") != NULL;
        const w403_json *key = w403_expect(src, v, W403_JSON_OBJECT, "tag")
                                   ? w403_read_needed(src, v, kms ? "TagKey" : "Key", W403_JSON_STRING)
                                   : NULL;
        if (key) {
            w403_view value = w403_read_str(src, v, kms ? "TagValue" : "Value");
            tags[(*n)++] = (w403_tag){w403_keep(src, key->text), value.p ? value : W403_LIT("")};
        }
    }
    *out = tags;
    return W403_OK;
}

w403_status w403_read_tag_member(const w403_source *src, const w403_json *v, w403_tags *out, w403_error *err)
{
    w403_read_fact(src, v, &out->fact);
    if (out->fact.state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    static const char *const around[] = {"Tags", "TagSet"};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        const w403_json *inner = w403_json_is(v, W403_JSON_OBJECT) ? w403_json_get(v, around[i]) : NULL;
        v = inner ? inner : v;
    }
    bool nothing = w403_json_is(v, W403_JSON_OBJECT) && !v->first; /* what the CLI prints where there are none */
    if (nothing || !w403_expect(src, v, W403_JSON_ARRAY, "Tags")) {
        return W403_OK;
    }
    return w403_read_tags(src, v, &out->at, &out->n, err);
}

void w403_read_fact(const w403_source *src, const w403_json *v, w403_fact *fact)
{
    const w403_json *error = w403_json_get(v, "error");
    fact->state = !v || v->type == W403_JSON_NULL ? W403_FACT_ABSENT : W403_FACT_KNOWN;
    if (!error || !w403_expect(src, error, W403_JSON_OBJECT, "error")) {
        return;
    }
    const w403_json *code = w403_read_needed(src, error, "code", W403_JSON_STRING);
    fact->state = W403_FACT_UNKNOWN;
    if (code) {
        fact->code = w403_keep(src, code->text);
        fact->call = w403_read_str(src, error, "call");
        if (w403_error_code_meaning(code->text) == W403_ERROR_NOT_CONFIGURED) {
            fact->state = W403_FACT_NONE;
        }
    }
}

/* What the policy room found from doc->root on, from the top of the file. */
static w403_status place_policy(const w403_source *src, w403_policy *policy, w403_error *err)
{
    if (!src->pointer.n) {
        return W403_OK;
    }
    w403_arena *a = src->ld->a;
    policy->pointer = w403_arena_join(a, src->pointer, "", policy->pointer);
    W403_NEED(policy->pointer.p, err);
    if (policy->embedded) {
        policy->doc.source = w403_arena_printf(a, "%.*s#%.*s", (int)src->doc->source.n, src->doc->source.p,
                                               (int)policy->pointer.n, policy->pointer.p);
        W403_NEED(policy->doc.source.p, err);
    }
    return W403_OK;
}

w403_status w403_read_policy(const w403_source *src, w403_policy_kind kind, const w403_json *v,
                             w403_policy **out, w403_error *err)
{
    w403_loader     *ld = src->ld;
    const w403_json *inner = w403_json_get(v, "Policy");
    bool             told = ld->again && !src->as.p; /* by the first reading */
    w403_problems    warnings = {.arena = ld->scratch, .full = !w403_problems_take(ld->problems, true)};
    w403_policy     *policy = NULL;
    w403_error       problem = {0};
    *out = NULL;
    w403_status st = w403_policy_from_value(ld->a, kind, src->doc, inner ? inner : v, told ? NULL : &warnings, &policy, &problem);
    for (size_t i = 0; i < warnings.n; i++) {
        w403_report(src, warnings.at[i].warning, &warnings.at[i].error);
    }
    ld->problems->dropped += warnings.dropped;
    if (st == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (st != W403_OK) {
        w403_report(src, false, &problem);
        return W403_OK;
    }
    *out = policy;
    return place_policy(src, policy, err);
}

w403_policy_set w403_policy_set_of(w403_loader *ld, const w403_policy *const *at, uint32_t n)
{
    return (w403_policy_set){at, n, n ? w403_index_build(ld->a, at, n) : NULL};
}

w403_status w403_read_resource_policy(const w403_source *src, w403_policy_kind kind, const w403_json *v,
                                      w403_fact *fact, const w403_policy **policy, w403_policy_set *set,
                                      w403_error *err)
{
    w403_read_fact(src, v, fact);
    if (fact->state != W403_FACT_KNOWN) {
        return W403_OK;
    }
    w403_policy *read;
    W403_TRY(w403_read_policy(src, kind, v, &read, err));
    *policy = read;
    if (read) {
        const w403_policy **at = w403_arena_alloc(src->ld->a, sizeof *at);
        W403_NEED(at, err);
        *at = read;
        *set = w403_policy_set_of(src->ld, at, 1);
    }
    return W403_OK;
}

void w403_read_bpa(const w403_source *src, const w403_json *v, w403_bpa *out)
{
    const w403_json *bits = w403_json_get(v, "PublicAccessBlockConfiguration");
    bits = bits ? bits : v;
    if (w403_expect(src, bits, W403_JSON_OBJECT, "PublicAccessBlockConfiguration")) {
        out->block_public_acls = w403_read_bool(src, bits, "BlockPublicAcls", false);
        out->ignore_public_acls = w403_read_bool(src, bits, "IgnorePublicAcls", false);
        out->block_public_policy = w403_read_bool(src, bits, "BlockPublicPolicy", false);
        out->restrict_public_buckets = w403_read_bool(src, bits, "RestrictPublicBuckets", false);
    }
}

bool w403_is_account_id(w403_view v)
{
    uint64_t number;
    return v.n == 12 && w403_view_u64(v, &number);
}

w403_status w403_account_of(w403_loader *ld, w403_view id, w403_account **out, w403_error *err)
{
    *out = w403_map_get(&ld->s->accounts, id);
    if (*out) {
        return W403_OK;
    }
    w403_account *account = W403_NEW(ld->a, w403_account);
    W403_NEED(account, err);
    account->id = id;
    account->iam.path = w403_arena_printf(ld->a, "accounts/%.*s/iam/authorization-details.json", W403_ARG(id));
    account->bpa.fact.path =
        w403_arena_printf(ld->a, "accounts/%.*s/s3control/public-access-block.json", W403_ARG(id));
    account->org_bpa.fact.path = W403_LIT("organization/attachments.json");
    W403_NEED(account->iam.path.p && account->bpa.fact.path.p, err);
    W403_NEED(w403_map_put(ld->a, &ld->s->accounts, id, account), err);
    *out = account;
    return W403_OK;
}
