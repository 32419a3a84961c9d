#include "evidence/request_json.h"

#include "base/array.h"
#include "base/limits.h"
#include "base/nearest.h"
#include "decide/dialect.h"
#include "evidence/target.h"

typedef struct reader {
    w403_arena          *a;
    const w403_json_doc *doc;
    w403_request        *out;
    w403_error          *err;
} reader;

typedef w403_status member_fn(reader *r, const w403_json *v, size_t offset);

/* The view at `offset` of the request. */
static w403_view *view_at(reader *r, size_t offset)
{
    return (w403_view *)(void *)((char *)r->out + offset);
}

static w403_status wrong_type(reader *r, const w403_json *v, const char *wanted)
{
    return w403_json_error(r->doc, v, r->err, "`%.*s` must be %s, not %s", (int)v->key.n, v->key.p, wanted,
                           w403_json_type_name((w403_json_type)v->type));
}

static w403_status read_text(reader *r, const w403_json *v, size_t offset)
{
    if (v->type != W403_JSON_STRING) {
        return wrong_type(r, v, "a string");
    }
    *view_at(r, offset) = v->text;
    return W403_OK;
}

/* A text that may not be empty: `""` would pass for "not given". */
static w403_status read_name(reader *r, const w403_json *v, size_t offset)
{
    W403_TRY(read_text(r, v, offset));
    if (v->text.n == 0) {
        return w403_json_error(r->doc, v, r->err, "`%.*s` is empty", (int)v->key.n, v->key.p);
    }
    return W403_OK;
}

/* Passed through by who asks: nothing here reads it. */
static w403_status read_id(reader *r, const w403_json *v, size_t offset)
{
    (void)r;
    (void)v;
    (void)offset;
    return W403_OK;
}

static w403_status read_resource(reader *r, const w403_json *v, size_t offset)
{
    w403_error said = {0};
    W403_TRY(read_name(r, v, offset));
    w403_view *text = view_at(r, offset), uri = W403_LIT("s3://");
    if (w403_view_starts(*text, uri) && text->n > uri.n) { /* as on the command line */
        *text = w403_arena_printf(r->a, "arn:aws:s3:::%.*s", (int)(text->n - uri.n), text->p + uri.n);
        W403_NEED(text->p, r->err);
    }
    w403_status st = w403_resource_written(r->a, false, view_at(r, offset), &said);
    if (st == W403_OK || st == W403_NOMEM) {
        return st == W403_OK ? st : w403_error_nomem(r->err);
    }
    (void)w403_json_error(r->doc, v, r->err, "%s", said.message);
    w403_error_hint(r->err, "%s", said.hint);
    return st;
}

static w403_status read_time(reader *r, const w403_json *v, size_t offset)
{
    if (v->type == W403_JSON_NUMBER) {
        *view_at(r, offset) = v->text;
        return W403_OK;
    }
    return read_name(r, v, offset);
}

static bool is_unknown_marker(const w403_json *v)
{
    return v->type == W403_JSON_OBJECT && v->count == 1 && w403_json_bool(v, "unknown", false);
}

static w403_status read_tri(reader *r, const w403_json *v, size_t offset)
{
    w403_tri *out = (w403_tri *)(void *)((char *)r->out + offset);
    if (v->type == W403_JSON_TRUE || v->type == W403_JSON_FALSE) {
        *out = v->type == W403_JSON_TRUE ? W403_YES : W403_NO;
        return W403_OK;
    }
    if (is_unknown_marker(v)) {
        *out = W403_UNKNOWN;
        return W403_OK;
    }
    return wrong_type(r, v, "true or false");
}

static w403_status read_seconds(reader *r, const w403_json *v, uint64_t *out)
{
    if (v->type != W403_JSON_NUMBER || !w403_view_u64(v->text, out)) {
        return wrong_type(r, v, "a whole number of seconds");
    }
    return W403_OK;
}

/* ---- a table of members, for the request and for each object inside it ---- */

typedef struct member {
    w403_view   name;
    member_fn  *read;
    size_t      offset;
} member;

enum { MEMBERS_MAX = 24 };
#define NAME(s) {(s), sizeof(s) - 1}

static w403_status read_members(reader *r, const w403_json *object, const char *of, const member *table, size_t n)
{
    if (object->type != W403_JSON_OBJECT) {
        return w403_json_error(r->doc, object, r->err, "%s must be an object, not %s", of,
                               w403_json_type_name((w403_json_type)object->type));
    }
    for (const w403_json *m = object->first; m; m = m->next) {
        size_t i = 0;
        while (i < n && !w403_view_eq(m->key, table[i].name)) {
            i++;
        }
        if (i == n) {
            const char *names[MEMBERS_MAX];
            for (size_t k = 0; k < n; k++) {
                names[k] = table[k].name.p;
            }
            return w403_json_unknown_member(r->doc, m, of, names, n, r->err);
        }
        W403_TRY(table[i].read(r, m, table[i].offset));
    }
    return W403_OK;
}

/* ---- mfa, presigned, upload ---- */

static w403_status read_mfa_age(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    return read_seconds(r, v, &r->out->mfa_age_s);
}

static w403_status read_mfa(reader *r, const w403_json *v, size_t offset)
{
    if (v->type != W403_JSON_OBJECT || is_unknown_marker(v)) {
        return read_tri(r, v, offset);
    }
    static const member table[] = {{NAME("age"), read_mfa_age, 0}};
    r->out->mfa = W403_YES;
    return read_members(r, v, "`mfa`", table, 1);
}

static w403_status read_expires_in(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    return read_seconds(r, v, &r->out->expires_in_s);
}

static w403_status read_presigned(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    static const member table[] = {
        {NAME("signed_at"), read_time, offsetof(w403_request, signed_at)},
        {NAME("expires_in"), read_expires_in, 0},
    };
    if (v->type == W403_JSON_TRUE || v->type == W403_JSON_FALSE) {
        r->out->presigned = v->type == W403_JSON_TRUE;
        return W403_OK;
    }
    r->out->presigned = true;
    return read_members(r, v, "`presigned`", table, sizeof table / sizeof *table);
}

/* null, and "": created without a KMS key, which is not the same as "not said". */
static w403_status read_upload_key(reader *r, const w403_json *v, size_t offset)
{
    if (v->type == W403_JSON_NULL) {
        *view_at(r, offset) = W403_LIT("");
        return W403_OK;
    }
    return read_text(r, v, offset);
}

static w403_status read_upload(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    static const member table[] = {
        {NAME("initiator"), read_name, offsetof(w403_request, upload_initiator)},
        {NAME("kms_key"), read_upload_key, offsetof(w403_request, upload_kms_key)},
        {NAME("checksum"), read_tri, offsetof(w403_request, upload_checksum)},
    };
    return read_members(r, v, "`upload`", table, sizeof table / sizeof *table);
}

/* ---- headers, query ---- */

/* Text of a string, number or boolean; {NULL,0} for anything else. */
static w403_view scalar(const w403_json *v)
{
    bool plain = v->type == W403_JSON_STRING || v->type == W403_JSON_NUMBER || v->type == W403_JSON_TRUE ||
                 v->type == W403_JSON_FALSE;
    return plain ? v->text : (w403_view){0};
}

/* [["x-amz-acl", "private"], ...]: a name may stand there twice. */
static w403_status read_pair_list(reader *r, const w403_json *v, w403_pair *pairs)
{
    size_t i = 0;
    for (const w403_json *m = v->first; m; m = m->next) {
        bool two = m->type == W403_JSON_ARRAY && m->count == 2 && m->first->type == W403_JSON_STRING;
        pairs[i] = (w403_pair){two ? m->first->text : (w403_view){NULL, 0}, two ? scalar(m->first->next) : (w403_view){NULL, 0}};
        if (!pairs[i].value.p) {
            return w403_json_error(r->doc, m, r->err, "each of `%.*s` must be a name and a value", W403_ARG(v->key));
        }
        i++;
    }
    return W403_OK;
}

static w403_status read_pairs(reader *r, const w403_json *v, const w403_pair **out, size_t *n)
{
    if (v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY) {
        return wrong_type(r, v, "an object");
    }
    w403_pair *pairs = W403_NEW_N(r->a, w403_pair, v->count);
    W403_NEED(pairs, r->err);
    *out = pairs;
    *n = v->count;
    if (v->type == W403_JSON_ARRAY) {
        return read_pair_list(r, v, pairs);
    }
    size_t i = 0;
    for (const w403_json *m = v->first; m; m = m->next) {
        pairs[i] = (w403_pair){m->key, scalar(m)};
        if (!pairs[i].value.p) {
            return wrong_type(r, m, "a string");
        }
        i++;
    }
    return W403_OK;
}

static w403_status read_headers(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    return read_pairs(r, v, &r->out->headers, &r->out->n_headers);
}

static w403_status read_query(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    return read_pairs(r, v, &r->out->query, &r->out->n_query);
}

/* ---- body ---- */

typedef W403_ARRAY(w403_pair) pair_array;

/* The JSON text of a value: as it stands in the source, or what a string holds. */
static w403_view json_text(reader *r, const w403_json *v)
{
    return v->type == W403_JSON_STRING ? v->text
                                       : w403_view_sub(r->doc->text, v->span.off, v->span.off + v->span.len);
}

static w403_status read_keys(reader *r, const w403_json *v)
{
    if (v->type != W403_JSON_ARRAY) {
        return wrong_type(r, v, "an array");
    }
    w403_object_id *ids = W403_NEW_N(r->a, w403_object_id, v->count);
    W403_NEED(ids, r->err);
    size_t n = 0;
    for (const w403_json *m = v->first; m; m = m->next) {
        ids[n] = (w403_object_id){m->type == W403_JSON_STRING ? m->text : w403_json_str(m, "Key"),
                                  w403_json_str(m, "VersionId"), w403_json_str(m, "ETag")};
        if (!ids[n].key.p) {
            return w403_json_error(r->doc, m, r->err, "each of `keys` must be a string or an object with `Key`");
        }
        n++;
    }
    r->out->body_keys = ids;
    r->out->n_body_keys = n;
    return W403_OK;
}

/* Every element below `v` under its path; depth is bounded by that of the document. */
static w403_status add_paths(reader *r, const w403_json *v, w403_view path, unsigned depth, pair_array *out)
{
    w403_pair *pair = W403_PUSH(r->a, out);
    W403_NEED(pair, r->err);
    w403_view text = scalar(v);
    *pair = (w403_pair){path, text.p ? text : json_text(r, v)};
    if (v->type != W403_JSON_OBJECT || depth >= W403_LIMIT_JSON_DEPTH) {
        return W403_OK;
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        w403_view below = w403_arena_printf(r->a, "%.*s.%.*s", (int)path.n, path.p, (int)m->key.n, m->key.p);
        W403_NEED(below.p, r->err);
        W403_TRY(add_paths(r, m, below, depth + 1, out));
    }
    return W403_OK;
}

static w403_status read_body(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    if (v->type != W403_JSON_OBJECT) {
        return wrong_type(r, v, "an object");
    }
    pair_array others = {0};
    for (const w403_json *m = v->first; m; m = m->next) {
        if (w403_view_eq(m->key, W403_LIT("policy"))) {
            r->out->body_policy = json_text(r, m);
        } else if (w403_view_eq(m->key, W403_LIT("acl"))) {
            r->out->body_acl = json_text(r, m);
        } else if (w403_view_eq(m->key, W403_LIT("keys"))) {
            W403_TRY(read_keys(r, m));
        } else {
            W403_TRY(add_paths(r, m, m->key, 0, &others));
        }
    }
    r->out->body = others.at;
    r->out->n_body = others.n;
    return W403_OK;
}

/* ---- context ---- */

static w403_status context_values(reader *r, const w403_json *v, w403_context_entry *entry)
{
    bool             list = v->type == W403_JSON_ARRAY;
    const w403_json *first = list ? v->first : v;
    w403_view       *values = W403_NEW_N(r->a, w403_view, list ? v->count : 1);
    W403_NEED(values, r->err);
    for (const w403_json *m = first; m; m = list ? m->next : NULL) {
        values[entry->n_values] = scalar(m);
        if (!values[entry->n_values].p) {
            return w403_json_error(r->doc, m, r->err,
                                   "a value of the context key `%.*s` must be a string, a number, true or false, "
                                   "not %s", (int)v->key.n, v->key.p,
                                   w403_json_type_name((w403_json_type)m->type));
        }
        entry->n_values++;
    }
    entry->values = values;
    entry->present = W403_YES;
    return W403_OK;
}

static w403_status read_context(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    if (v->type != W403_JSON_OBJECT) {
        return wrong_type(r, v, "an object");
    }
    w403_context_entry *entries = W403_NEW_N(r->a, w403_context_entry, v->count);
    W403_NEED(entries, r->err);
    size_t n = 0;
    for (const w403_json *m = v->first; m; m = m->next) {
        w403_context_entry *entry = &entries[n++];
        entry->key = m->key;
        if (m->type == W403_JSON_NULL) {
            entry->present = W403_NO;
        } else if (is_unknown_marker(m)) {
            entry->present = W403_UNKNOWN;
        } else {
            W403_TRY(context_values(r, m, entry));
        }
    }
    r->out->context = entries;
    r->out->n_context = n;
    return W403_OK;
}

/* ---- what evidence leaves open ---- */

static w403_status read_unsaid(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    static const struct {
        w403_view name;
        unsigned bit;
    } kinds[] = {{NAME("headers"), W403_UNSAID_HEADERS}, {NAME("query"), W403_UNSAID_QUERY}, {NAME("policies"), W403_UNSAID_POLICIES}};
    if (v->type != W403_JSON_ARRAY) {
        return wrong_type(r, v, "an array");
    }
    for (const w403_json *m = v->first; m; m = m->next) {
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            bit |= m->type == W403_JSON_STRING && w403_view_eq(m->text, kinds[i].name) ? kinds[i].bit : 0;
        }
        if (!bit) {
            return w403_json_error(r->doc, m, r->err, "each of `unsaid` is `headers`, `query` or `policies`");
        }
        r->out->unsaid |= bit;
    }
    return W403_OK;
}

/* ---- the request ---- */

#define AT(field) offsetof(w403_request, field)

static w403_status read_dialect(reader *r, const w403_json *v, size_t offset)
{
    (void)offset;
    if (v->type != W403_JSON_STRING) {
        return wrong_type(r, v, "a string");
    }
    return w403_dialect_named(v->text, &r->out->dialect)
               ? W403_OK
               : w403_json_error(r->doc, v, r->err, "`dialect` is `aws`, `rgw` or `minio`");
}

static const member members[] = {
    {NAME("id"), read_id, 0},
    {NAME("dialect"), read_dialect, 0},
    {NAME("operation"), read_name, AT(operation)},
    {NAME("action"), read_name, AT(action)},
    {NAME("resource"), read_resource, AT(resource)},
    {NAME("resource_account"), read_name, AT(resource_account)},
    {NAME("principal"), read_name, AT(principal)},
    {NAME("session_name"), read_name, AT(session_name)},
    {NAME("issuer"), read_name, AT(issuer)},
    {NAME("from"), read_name, AT(from)},
    {NAME("via"), read_name, AT(via)},
    {NAME("secure"), read_tri, AT(secure)},
    {NAME("at"), read_time, AT(at)},
    {NAME("mfa"), read_mfa, AT(mfa)},
    {NAME("headers"), read_headers, 0},
    {NAME("query"), read_query, 0},
    {NAME("version_id"), read_text, AT(version_id)},
    {NAME("presigned"), read_presigned, 0},
    {NAME("upload"), read_upload, 0},
    {NAME("body"), read_body, 0},
    {NAME("context"), read_context, 0},
    {NAME("unsaid"), read_unsaid, 0},
};

static w403_status check_complete(reader *r, const w403_json *object)
{
    const w403_request *q = r->out;
    if (q->operation.p && q->action.p) {
        return w403_json_error(r->doc, w403_json_get(object, "action"), r->err,
                               "a request has an `operation` or an `action`, not both");
    }
    const char *missing = !q->operation.p && !q->action.p ? "operation" : !q->resource.p ? "resource"
                          : !q->principal.p               ? "principal" : NULL;
    if (missing) {
        return w403_json_error(r->doc, object, r->err, "the request has no `%s`", missing);
    }
    return W403_OK;
}

w403_status w403_request_from_json(w403_arena *a, const w403_json_doc *doc, const w403_json *object, bool complete,
                                   w403_request *out, w403_error *err)
{
    _Static_assert(sizeof members / sizeof *members <= MEMBERS_MAX, "read_members names them all");
    w403_request_init(out);
    reader r = {a, doc, out, err};
    W403_TRY(read_members(&r, object, "a request", members, sizeof members / sizeof *members));
    return complete ? check_complete(&r, object) : W403_OK;
}

w403_status w403_json_unknown_member(const w403_json_doc *doc, const w403_json *m, const char *of,
                                     const char *const *names, size_t n, w403_error *err)
{
    w403_json key = *m; /* the name is wrong, not the value */
    key.span = m->key_span;
    w403_status status = w403_json_error(doc, &key, err, "%s has no member `%.*s`", of,
                                         (int)(m->key.n > 80 ? 80 : m->key.n), m->key.p);
    const char *nearest = w403_nearest(m->key, names, n);
    if (nearest) {
        w403_error_hint(err, "did you mean `%s`?", nearest);
    }
    return status;
}
