#include "evidence/case_file.h"

#include "base/array.h"

typedef struct reader {
    w403_arena          *a;
    const w403_json_doc *doc;
    w403_error          *err;
} reader;

#define COUNT(table) (sizeof(table) / sizeof *(table))

static w403_status wrong_type(const reader *r, const w403_json *v, const char *wanted)
{
    return w403_json_error(r->doc, v, r->err, "`%.*s` must be %s, not %s", (int)v->key.n, v->key.p, wanted,
                           w403_json_type_name((w403_json_type)v->type));
}

/* Every member of `object` must be one of `names`. */
static w403_status only(const reader *r, const w403_json *object, const char *of, const char *const *names, size_t n)
{
    if (object->type != W403_JSON_OBJECT) {
        return w403_json_error(r->doc, object, r->err, "%s must be an object, not %s", of,
                               w403_json_type_name((w403_json_type)object->type));
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        size_t i = 0;
        while (i < n && !w403_view_eq(m->key, w403_view_of(names[i]))) {
            i++;
        }
        if (i == n) {
            return w403_json_unknown_member(r->doc, m, of, names, n, r->err);
        }
    }
    return W403_OK;
}

/* A text member; absent leaves {NULL,0}. */
static w403_status text(const reader *r, const w403_json *object, const char *name, w403_view *out)
{
    const w403_json *v = w403_json_get(object, name);
    if (v && v->type != W403_JSON_STRING) {
        return wrong_type(r, v, "a string");
    }
    *out = v ? v->text : (w403_view){0};
    return W403_OK;
}

/* ---- policies ---- */

typedef struct policy_list {
    w403_case_policy *at;
    size_t            n, cap;
} policy_list;

static w403_status add_policy(const reader *r, const w403_json *v, w403_policy_kind kind, unsigned level,
                              w403_view name, policy_list *out)
{
    if (v->type != W403_JSON_OBJECT && v->type != W403_JSON_STRING) {
        return w403_json_error(r->doc, v, r->err, "`%.*s` must be a policy document or the path of one, not %s",
                               (int)name.n, name.p, w403_json_type_name((w403_json_type)v->type));
    }
    w403_case_policy *p = W403_PUSH(r->a, out);
    W403_NEED(p && name.p, r->err);
    bool document = v->type == W403_JSON_OBJECT;
    *p = (w403_case_policy){
        .kind = kind,
        .level = level,
        .name = name,
        .text = document ? w403_view_sub(r->doc->text, v->span.off, v->span.off + v->span.len) : (w403_view){0},
        .path = document ? (w403_view){0} : v->text,
        .span = v->span,
    };
    return W403_OK;
}

/* One document, or a list of them. */
static w403_status add_documents(const reader *r, const w403_json *v, w403_policy_kind kind, unsigned level,
                                 w403_view name, policy_list *out)
{
    if (v->type != W403_JSON_ARRAY) {
        return add_policy(r, v, kind, level, name, out);
    }
    unsigned i = 0;
    for (const w403_json *m = v->first; m; m = m->next, i++) {
        w403_view item = w403_arena_printf(r->a, "%.*s[%u]", (int)name.n, name.p, i);
        W403_TRY(add_policy(r, m, kind, level, item, out));
    }
    return W403_OK;
}

/* SCPs and RCPs: a list of levels, the root's first, each a list of documents. */
static w403_status add_levels(const reader *r, const w403_json *v, w403_policy_kind kind, w403_view name,
                              policy_list *out)
{
    if (v->type != W403_JSON_ARRAY) {
        return wrong_type(r, v, "a list of levels, each a list of policies");
    }
    unsigned level = 0;
    for (const w403_json *m = v->first; m; m = m->next, level++) {
        if (m->type != W403_JSON_ARRAY) {
            w403_status status = w403_json_error(r->doc, m, r->err, "a level of `%.*s` must be a list of policies, "
                                                 "not %s", (int)v->key.n, v->key.p,
                                                 w403_json_type_name((w403_json_type)m->type));
            w403_error_hint(r->err, "write [[root's], [OU's], [account's]], each a list of documents");
            return status;
        }
        w403_view item = w403_arena_printf(r->a, "%.*s[%u]", (int)name.n, name.p, level);
        W403_NEED(item.p, r->err);
        W403_TRY(add_documents(r, m, kind, level, item, out));
    }
    return W403_OK;
}

static w403_status read_policies(const reader *r, const w403_json *object, w403_case *out)
{
    static const char *const names[] = {"identity", "boundary", "session", "scp", "rcp", "vpc_endpoint", "resource",
                                        "access_point", "key", "trust"};
    static const w403_policy_kind kinds[] = {W403_POLICY_IDENTITY, W403_POLICY_BOUNDARY, W403_POLICY_SESSION,
                                             W403_POLICY_SCP, W403_POLICY_RCP, W403_POLICY_VPC_ENDPOINT,
                                             W403_POLICY_RESOURCE, W403_POLICY_ACCESS_POINT, W403_POLICY_KEY, W403_POLICY_TRUST};
    if (!object) {
        return W403_OK;
    }
    W403_TRY(only(r, object, "`policies`", names, COUNT(names)));
    policy_list list = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        const w403_json *v = w403_json_get(object, names[i]);
        if (!v) {
            continue;
        }
        w403_view name = w403_arena_printf(r->a, "policies.%s", names[i]);
        W403_NEED(name.p, r->err);
        bool levels = kinds[i] == W403_POLICY_SCP || kinds[i] == W403_POLICY_RCP;
        W403_TRY(levels ? add_levels(r, v, kinds[i], name, &list) : add_documents(r, v, kinds[i], 0, name, &list));
    }
    out->policies = list.at;
    out->n_policies = list.n;
    return W403_OK;
}

/* ---- expect ---- */

static w403_status read_decision(const reader *r, const w403_json *expect, w403_verdict *out)
{
    const w403_json *v = w403_json_get(expect, "decision");
    if (!v) {
        return w403_json_error(r->doc, expect, r->err, "`expect` has no `decision`");
    }
    for (w403_verdict verdict = W403_ALLOWED; verdict <= W403_UNDETERMINED; verdict++) {
        if (v->type == W403_JSON_STRING && w403_view_eq(v->text, w403_view_of(w403_verdict_name(verdict)))) {
            *out = verdict;
            return W403_OK;
        }
    }
    return w403_json_error(r->doc, v, r->err, "`decision` is one of \"allowed\", \"denied\" and \"undetermined\"");
}

static w403_status read_causes(const reader *r, const w403_json *v, w403_expect *out)
{
    if (v->type != W403_JSON_ARRAY) {
        return wrong_type(r, v, "a list of cause ids");
    }
    w403_view *causes = W403_NEW_N(r->a, w403_view, v->count);
    W403_NEED(causes, r->err);
    size_t n = 0;
    for (const w403_json *m = v->first; m; m = m->next) {
        if (m->type != W403_JSON_STRING) {
            return w403_json_error(r->doc, m, r->err, "a cause is a string, not %s",
                                   w403_json_type_name((w403_json_type)m->type));
        }
        causes[n++] = m->text;
    }
    out->has_causes = true;
    out->causes = causes;
    out->n_causes = n;
    return W403_OK;
}

static w403_status read_expect(const reader *r, const w403_json *v, w403_expect *out)
{
    static const char *const names[] = {"decision", "status", "cause", "action", "sid", "causes", "message",
                                        "allowed_after_fix"};
    W403_TRY(only(r, v, "`expect`", names, COUNT(names)));
    W403_TRY(read_decision(r, v, &out->decision));
    W403_TRY(text(r, v, "cause", &out->cause));
    W403_TRY(text(r, v, "action", &out->action));
    W403_TRY(text(r, v, "sid", &out->sid));
    W403_TRY(text(r, v, "message", &out->message));
    const w403_json *status = w403_json_get(v, "status");
    uint64_t         number = 0;
    if (status) {
        if (status->type != W403_JSON_NUMBER || !w403_view_u64(status->text, &number) || number < 100 ||
            number > 599) {
            return wrong_type(r, status, "an HTTP status");
        }
        out->status = (int)number;
    }
    out->allowed_after_fix = W403_UNKNOWN;
    const w403_json *fix = w403_json_get(v, "allowed_after_fix");
    if (fix) {
        if (fix->type != W403_JSON_TRUE && fix->type != W403_JSON_FALSE) {
            return wrong_type(r, fix, "true or false");
        }
        out->allowed_after_fix = fix->type == W403_JSON_TRUE ? W403_YES : W403_NO;
    }
    const w403_json *causes = w403_json_get(v, "causes");
    return causes ? read_causes(r, causes, out) : W403_OK;
}

/* ---- the case ---- */

static w403_status read_inventory(const reader *r, const w403_json *v, w403_case *out)
{
    static const char *const names[] = {"bucket", "configuration", "at", "created_at"};
    W403_TRY(only(r, v, "`inventory`", names, COUNT(names)));
    W403_TRY(text(r, v, "bucket", &out->inventory.bucket));
    W403_TRY(text(r, v, "configuration", &out->inventory.configuration));
    W403_TRY(text(r, v, "at", &out->inventory.at));
    W403_TRY(text(r, v, "created_at", &out->inventory.created_at));
    if (!out->inventory.bucket.p || !out->inventory.configuration.p) {
        return w403_json_error(r->doc, v, r->err, "`inventory` needs `bucket` and `configuration`");
    }
    out->is_inventory = true;
    return W403_OK;
}

static w403_status read_snapshot(const reader *r, const w403_json *v, w403_case *out)
{
    if (!v) {
        return W403_OK;
    }
    if (v->type == W403_JSON_OBJECT) {
        out->snapshot = v;
    } else if (v->type == W403_JSON_STRING && v->text.n > 0) {
        out->snapshot_dir = v->text;
    } else {
        return wrong_type(r, v, "an object that maps paths to contents, or the path of a snapshot");
    }
    return W403_OK;
}

/* What a question and its answer hold is read by who asks it. */
static w403_status only_objects(const reader *r, const w403_json *question, const w403_json *expect)
{
    const w403_json *bad = question->type != W403_JSON_OBJECT ? question
                           : expect->type != W403_JSON_OBJECT ? expect
                                                              : NULL;
    return bad ? wrong_type(r, bad, "an object") : W403_OK;
}

/* A case of `why403 lint` (cases.md): a policy and its findings. What it expects is read where it is run. */
static w403_status read_lint(const reader *r, const w403_json *v, w403_case *out)
{
    static const char *const names[] = {"name", "about", "source", "policy_type", "resource_type", "options", "policy",
                                        "text", "expect", "not"};
    W403_TRY(only(r, v, "a case of a policy", names, COUNT(names)));
    W403_TRY(text(r, v, "name", &out->name));
    if (!out->name.n) {
        return w403_json_error(r->doc, v, r->err, "the case has no `name`");
    }
    if (!w403_json_get(v, "policy") == !w403_json_get(v, "text")) {
        return w403_json_error(r->doc, v, r->err, "a case has a `policy` or a `text`, one of the two");
    }
    if (!w403_json_is(w403_json_get(v, "expect"), W403_JSON_ARRAY)) {
        return w403_json_error(r->doc, v, r->err, "the case has no list `expect`");
    }
    out->lint = v;
    return W403_OK;
}

static w403_status read_case(const reader *r, const w403_json *v, w403_case *out)
{
    static const char *const names[] = {"name",      "about",    "source", "snapshot", "policies",       "request",
                                        "inventory", "question", "expect", "note",     "by_construction"};
    uint32_t column;
    out->doc = r->doc;
    out->span = v->span;
    w403_line_column(r->doc->text, v->span.off, &out->line, &column);
    if (w403_json_get(v, "policy_type")) {
        return read_lint(r, v, out);
    }
    W403_TRY(only(r, v, "a case", names, COUNT(names)));
    W403_TRY(text(r, v, "name", &out->name));
    W403_TRY(text(r, v, "about", &out->about));
    W403_TRY(text(r, v, "source", &out->source));
    W403_TRY(read_snapshot(r, w403_json_get(v, "snapshot"), out));
    W403_TRY(read_policies(r, w403_json_get(v, "policies"), out));
    const w403_json *request = w403_json_get(v, "request");
    const w403_json *inventory = w403_json_get(v, "inventory");
    const w403_json *expect = w403_json_get(v, "expect");
    out->question = w403_json_get(v, "question");
    if (!out->name.n) {
        return w403_json_error(r->doc, v, r->err, "the case has no `name`");
    }
    if ((request != NULL) + (inventory != NULL) + (out->question != NULL) != 1) {
        return w403_json_error(r->doc, request && inventory ? inventory : v, r->err,
                               "a case has a `request`, an `inventory` or a `question`, one of the three");
    }
    if (!expect) {
        return w403_json_error(r->doc, v, r->err, "the case has no `expect`");
    }
    out->expected = expect;
    if (out->question) {
        return only_objects(r, out->question, expect);
    }
    W403_TRY(request ? w403_request_from_json(r->a, r->doc, request, true, &out->request, r->err)
                     : read_inventory(r, inventory, out));
    return read_expect(r, expect, &out->expect);
}

w403_status w403_case_file_parse(w403_arena *a, w403_view source, w403_view source_text, w403_cases *out,
                                 w403_error *err)
{
    w403_json_doc *doc = W403_NEW(a, w403_json_doc);
    W403_NEED(doc, err);
    W403_TRY(w403_json_parse(a, source, source_text, NULL, doc, NULL, err));
    reader           r = {a, doc, err};
    bool             array = doc->root->type == W403_JSON_ARRAY;
    const w403_json *first = array ? doc->root->first : doc->root;
    for (const w403_json *v = first; v; v = array ? v->next : NULL) {
        w403_case *c = W403_PUSH(a, out);
        W403_NEED(c, err);
        w403_status status = read_case(&r, v, c);
        if (status != W403_OK) {
            out->n--;
            return status;
        }
    }
    return W403_OK;
}
