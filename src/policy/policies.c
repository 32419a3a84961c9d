#include "policy/policies.h"

#include "base/array.h"
#include "base/glob.h"
#include "base/limits.h"
#include "policy/forms.h"

enum { MOST_BYTES = 4 * W403_LIMIT_POLICY_BYTES }; /* a document of the limit, escaped and wrapped */

struct w403_policies {
    w403_arena *arena;
    w403_problems warnings;
    W403_ARRAY(w403_given_policy) list;
};

W403_API w403_policies *w403_policies_new(void)
{
    w403_arena *a = w403_arena_new(0);
    w403_policies *ps = a ? W403_NEW(a, w403_policies) : NULL;
    if (!ps) {
        w403_arena_free(a);
        return NULL;
    }
    ps->arena = a;
    ps->warnings.arena = a;
    return ps;
}

/* Of what `describe-vpc-endpoints --vpc-endpoint-ids ID` prints, the one endpoint; else all of it. */
static const w403_json *only_endpoint(const w403_json *root)
{
    const w403_json *list = w403_json_get(root, "VpcEndpoints");
    bool one = w403_json_is(list, W403_JSON_ARRAY) && list->first && !list->first->next;
    return one ? list->first : root;
}

static const w403_json *document_of(const w403_json *root)
{
    const w403_json *found = w403_policy_document(only_endpoint(root));
    return found ? found : root;
}

static const char wrapped[] = "{\"Version\": \"2012-10-17\", \"Statement\": ";

/* Places in the text that was made around the statements, as those of the text that was given. */
static void unwrap(w403_error *err, w403_view source, w403_view text)
{
    size_t skip = sizeof wrapped - 1;
    if (err && err->line > 0 && w403_view_eq(w403_view_of(err->source), source)) {
        size_t offset = (size_t)err->offset;
        w403_error_place(err, source, text, offset < skip ? 0 : offset - skip, (size_t)err->length);
    }
}

/* One statement, or a list of them, becomes the policy that it was cut out of. */
static w403_status parse_statements(w403_policies *ps, w403_policy_kind kind, w403_view source, w403_view text,
                                    bool list, w403_policy **out, w403_error *err)
{
    w403_view whole = w403_arena_printf(ps->arena, "%s%.*s}", wrapped, (int)text.n, text.p);
    size_t told = ps->warnings.n;
    w403_error note = {0};
    W403_NEED(whole.p, err);
    (void)w403_error_set(&note, W403_SEMANTIC, "%s without a policy around: read as one of Version 2012-10-17",
                         list ? "a list of statements" : "a statement");
    w403_error_place(&note, source, text, 0, text.n ? 1 : 0);
    w403_error_hint(&note, "AWS takes {\"Version\": \"2012-10-17\", \"Statement\": [...]} only");
    w403_problems_add(&ps->warnings, true, &note);
    w403_status s = w403_policy_parse(ps->arena, kind, source, whole, &ps->warnings, out, err);
    for (size_t i = told + 1; i < ps->warnings.n; i++) {
        unwrap(&ps->warnings.at[i].error, source, text);
    }
    if (s != W403_OK) {
        unwrap(err, source, text);
    }
    return s;
}

static w403_status parse(w403_policies *ps, w403_policy_kind kind, w403_view source, w403_view text,
                         w403_policy **out, w403_error *err)
{
    w403_json_doc doc;
    w403_arena *nodes = w403_arena_new(0);
    W403_NEED(nodes, err);
    w403_status s = w403_json_parse(nodes, source, text, NULL, &doc, NULL, err);
    if (s == W403_OK && w403_form_is_statements(doc.root)) {
        s = parse_statements(ps, kind, source, text, w403_json_is(doc.root, W403_JSON_ARRAY), out, err);
    } else if (s == W403_OK && !w403_json_is(doc.root, W403_JSON_ARRAY)) {
        s = w403_policy_from_value(ps->arena, kind, &doc, document_of(doc.root), &ps->warnings, out, err);
    } else if (s == W403_OK) {
        s = w403_policy_from_json(ps->arena, kind, &doc, doc.root, &ps->warnings, out, err);
    }
    w403_arena_free(nodes);
    if (err && (s == W403_SYNTAX || s == W403_SEMANTIC)) {
        w403_form_explain(text, err);
    }
    return s;
}

W403_API w403_status w403_policies_add(w403_policies *ps, w403_policy_kind kind, unsigned level, w403_view source,
                                       w403_view text, w403_error *err)
{
    w403_policy *policy;
    if ((unsigned)kind >= W403_POLICY_KINDS) {
        return w403_error_set(err, W403_SEMANTIC, "%u is no kind of policy", (unsigned)kind);
    }
    if (text.n > MOST_BYTES) {
        w403_error_set(err, W403_LIMIT, "a policy file of %zu bytes: more than the %d that are read", text.n,
                       MOST_BYTES);
        w403_error_place(err, source, text, 0, 1);
        return W403_LIMIT;
    }
    w403_view decoded = w403_policy_decode(ps->arena, text);
    text = decoded.p ? decoded : w403_arena_copy(ps->arena, text);
    source = w403_arena_copy(ps->arena, source);
    W403_NEED(text.p && source.p, err);
    W403_TRY(parse(ps, kind, source, text, &policy, err));
    w403_given_policy *given = W403_PUSH(ps->arena, &ps->list);
    W403_NEED(given, err);
    *given = (w403_given_policy){kind, level, policy};
    return W403_OK;
}

W403_API void w403_policies_free(w403_policies *ps)
{
    if (ps) {
        w403_arena_free(ps->arena);
    }
}

const w403_given_policy *w403_policies_list(const w403_policies *ps, size_t *n)
{
    *n = ps ? ps->list.n : 0;
    return ps ? ps->list.at : NULL;
}

bool w403_policy_only_denies(const w403_policy *p)
{
    for (uint32_t i = 0; i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        if (st->effect == W403_EFFECT_ALLOW || (st->unread & W403_UNREAD(W403_ELEMENT_STATEMENT))) {
            return false;
        }
    }
    return p->n_statements > 0;
}

/* Which bucket a Resource speaks of. */
typedef enum about { ABOUT_NO_BUCKET, ABOUT_THIS, ABOUT_OTHER } about;

static about resource_about(const w403_resource_pattern *r, w403_view bucket, w403_view *other)
{
    bool s3 = r->n_parts == 6 && w403_view_eq(r->part[2], W403_LIT("s3")) && !r->part[3].n && !r->part[4].n;
    w403_view rest = s3 ? r->part[5] : (w403_view){NULL, 0}, name = w403_view_cut(&rest, '/');
    if (r->is_star || (s3 && w403_view_find(name, W403_LIT("${")) != SIZE_MAX)) {
        return ABOUT_THIS; /* it may be */
    }
    if (!s3) {
        return ABOUT_NO_BUCKET;
    }
    if (w403_glob(name, bucket)) {
        return ABOUT_THIS;
    }
    *other = name;
    return ABOUT_OTHER;
}

w403_view w403_policy_other_bucket(const w403_policy *p, w403_view bucket)
{
    w403_view other = {NULL, 0};
    for (uint32_t i = 0; i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        for (uint32_t k = 0; k < st->n_resources; k++) {
            if (resource_about(&st->resources[k], bucket, &other) == ABOUT_OTHER) {
                return other;
            }
        }
    }
    return other;
}

static bool misses(const w403_policy *p, w403_view bucket, w403_view *other)
{
    bool named = false;
    for (uint32_t i = 0; i < p->n_statements; i++) {
        const w403_statement *st = &p->statements[i];
        if (st->not_resource || st->inert) {
            return false;
        }
        for (uint32_t k = 0; k < st->n_resources; k++) {
            about a = resource_about(&st->resources[k], bucket, other);
            if (a == ABOUT_THIS) {
                return false;
            }
            named |= a == ABOUT_OTHER;
        }
    }
    return named;
}

bool w403_policies_miss_bucket(const w403_policies *ps, w403_view bucket, w403_view *named)
{
    for (size_t i = 0; ps && i < ps->list.n; i++) {
        if (!misses(ps->list.at[i].policy, bucket, named)) {
            return false;
        }
    }
    return ps && ps->list.n > 0;
}

const w403_problems *w403_policies_warnings(const w403_policies *ps)
{
    return &ps->warnings;
}

w403_status w403_policies_add_all(w403_policies *ps, const w403_policies *from, w403_error *err)
{
    size_t n = 0;
    const w403_given_policy *at = w403_policies_list(from, &n);
    for (size_t i = 0; i < n; i++) {
        const w403_json_doc *doc = &at[i].policy->doc;
        W403_TRY(w403_policies_add(ps, at[i].kind, at[i].level, doc->source, doc->text, err));
    }
    return W403_OK;
}
