/* Finding policies in files. */
#include "base/encode.h"
#include "lint/check.h"
#include "lint/document.h"

typedef struct finder {
    w403_arena *a;
    const w403_json_doc *doc;
    const w403_lint_reading *how;
    w403_lint_documents *out;
    const w403_json *template; /* of CloudFormation: parameters stand there */
    const w403_json *resource; /* of it, whose policies are read */
    const char *format;
    w403_lint_kind kind; /* said, or told by the place */
    w403_view bucket;
    w403_buf path; /* pointer of the value at hand */
    w403_error *err;
} finder;

/* ---- kinds ---- */

bool w403_lint_kind_find(w403_view name, w403_lint_kind *out)
{
    static const struct {
        const char *name;
        w403_lint_policy policy;
        w403_lint_resource resource;
    } short_names[] = {
        {"identity", W403_LINT_IDENTITY, W403_LINT_ANY},      {"bucket", W403_LINT_RESOURCE, W403_LINT_BUCKET},
        {"access-point", W403_LINT_RESOURCE, W403_LINT_ACCESS_POINT}, {"mrap", W403_LINT_RESOURCE, W403_LINT_MRAP},
        {"object-lambda", W403_LINT_RESOURCE, W403_LINT_OBJECT_LAMBDA}, {"trust", W403_LINT_RESOURCE, W403_LINT_TRUST},
        {"key", W403_LINT_RESOURCE, W403_LINT_KEY},           {"endpoint", W403_LINT_RESOURCE, W403_LINT_ENDPOINT},
        {"table", W403_LINT_RESOURCE, W403_LINT_TABLE},       {"resource", W403_LINT_RESOURCE, W403_LINT_ANY},
        {"scp", W403_LINT_SCP, W403_LINT_ANY},                {"rcp", W403_LINT_RCP, W403_LINT_ANY},
    };
    *out = (w403_lint_kind){.given = true};
    for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++) {
        if (w403_view_ieq(name, w403_view_of(short_names[i].name))) {
            out->policy = short_names[i].policy;
            out->resource = short_names[i].resource;
            return true;
        }
    }
    out->policy = W403_LINT_RESOURCE;
    return w403_lint_resource_find(name, &out->resource) || w403_lint_policy_find(name, &out->policy);
}

/* ---- guessing by content (lint 6) ---- */

typedef struct traits {
    bool principal, resource, trust_only, kms_only, s3, access_point;
} traits;

static void look_at(const w403_json *st, traits *t)
{
    const w403_json *action = w403_json_get(st, "Action"), *resource = w403_json_get(st, "Resource");
    t->principal = t->principal || w403_json_get(st, "Principal") || w403_json_get(st, "NotPrincipal");
    t->resource = t->resource || resource || w403_json_get(st, "NotResource");
    t->trust_only = t->trust_only && w403_lint_first(action);
    t->kms_only = t->kms_only && w403_lint_first(action);
    W403_LINT_EACH(v, action) {
        w403_view rest = v->text, prefix = w403_view_cut(&rest, ':');
        t->trust_only = t->trust_only && w403_view_ieq(prefix, W403_LIT("sts"));
        t->kms_only = t->kms_only && w403_view_ieq(prefix, W403_LIT("kms"));
        t->s3 = t->s3 || w403_view_ieq(prefix, W403_LIT("s3"));
    }
    W403_LINT_EACH(v, resource) {
        t->s3 = t->s3 || w403_view_find(v->text, W403_LIT(":s3:")) != SIZE_MAX;
        t->access_point = t->access_point || w403_view_find(v->text, W403_LIT(":accesspoint/")) != SIZE_MAX;
    }
}

void w403_lint_guess(const w403_json *policy, w403_lint_policy *kind, w403_lint_resource *resource)
{
    traits t = {.trust_only = true, .kms_only = true};
    const w403_json *list = w403_json_get(policy, "Statement");
    bool many = w403_json_is(list, W403_JSON_ARRAY);
    for (const w403_json *st = many ? list->first : list; st; st = many ? st->next : NULL)
        look_at(st, &t);
    *kind = t.principal ? W403_LINT_RESOURCE : W403_LINT_IDENTITY;
    *resource = !t.principal                  ? W403_LINT_ANY
                : t.trust_only && !t.resource ? W403_LINT_TRUST
                : t.kms_only && !t.s3         ? W403_LINT_KEY
                : t.access_point              ? W403_LINT_ACCESS_POINT
                : t.s3                        ? W403_LINT_BUCKET
                                              : W403_LINT_ANY;
}

/* ---- kinds by place: the paths of a snapshot (design 4) ---- */

static bool has(w403_view path, const char *part)
{
    return w403_view_find(path, w403_view_of(part)) != SIZE_MAX;
}

bool w403_lint_kind_of_path(w403_view path, w403_lint_kind *kind, w403_view *bucket)
{
    size_t s3 = w403_view_find(path, W403_LIT("/s3/"));
    *bucket = (w403_view){NULL, 0};
    *kind = (w403_lint_kind){.given = true, .policy = W403_LINT_RESOURCE};
    if (!has(path, "accounts/"))
        return false;
    if (s3 != SIZE_MAX && w403_view_ends(path, W403_LIT("/policy.json"))) {
        w403_view rest = w403_view_sub(path, s3 + 4, path.n);
        *bucket = w403_view_cut(&rest, '/');
        kind->resource = W403_LINT_BUCKET;
    } else if (has(path, "/access-points/")) {
        kind->resource = W403_LINT_ACCESS_POINT;
    } else if (has(path, "/kms/")) {
        kind->resource = W403_LINT_KEY;
    } else if (w403_view_ends(path, W403_LIT("vpc-endpoints.json"))) {
        kind->resource = W403_LINT_ENDPOINT;
    } else {
        return false;
    }
    return true;
}

/* ---- one document ---- */

static void set_kind(finder *f, const w403_policy_holder *row, w403_view by_type, w403_lint_document *d)
{
    d->policy = f->kind.policy;
    d->resource = f->kind.resource;
    d->bucket = f->bucket;
    if (f->kind.given)
        return;
    if (!row || strcmp(row->policy, "guess") == 0) {
        d->guessed = d->doc.root != NULL;
        d->policy = W403_LINT_IDENTITY;
        if (d->doc.root)
            w403_lint_guess(d->doc.root, &d->policy, &d->resource);
        return;
    }
    d->policy = W403_LINT_SCP;
    if (strcmp(row->policy, "by-type") == 0)
        (void)w403_lint_policy_find(by_type, &d->policy);
    else
        (void)w403_lint_policy_find(w403_view_of(row->policy), &d->policy);
    (void)w403_lint_resource_find(w403_view_of(row->resource), &d->resource);
}

static bool looks_like_json(w403_view v)
{
    w403_view t = w403_view_trim(v);
    return t.n && (t.p[0] == '{' || t.p[0] == '[');
}

/* A policy as text in a member: JSON, or percent-encoded JSON as IAM's answers carry it. */
static w403_status text_document(finder *f, const w403_json *v, w403_view pointer, w403_lint_document *d)
{
    w403_view text = v->text;
    if (text.n > 2 && text.p[0] == '%') {
        w403_view plain = w403_percent_decode(f->a, text, false);
        text = plain.p ? plain : text;
    }
    d->doc.text = text;
    d->doc.source = w403_arena_printf(f->a, "%.*s#%.*s", W403_ARG(f->doc->source), W403_ARG(pointer));
    W403_NEED(d->doc.source.p, f->err);
    w403_status status =
        w403_json_parse(f->a, d->doc.source, text, &(w403_json_options){.keep_duplicates = true}, &d->doc, NULL, f->err);
    if (status == W403_SYNTAX) {
        d->doc.root = NULL;
        d->broken = text;
        return W403_OK;
    }
    return status;
}

/* Metadata: {why403: {lint: {ignore: [CODE]}}} of a template or of a resource in it. */
static const w403_json *accepted(const w403_json *holder)
{
    const w403_json *list = w403_json_path(holder, "Metadata", "why403", "lint", "ignore", NULL);
    return w403_json_is(list, W403_JSON_ARRAY) || w403_json_is(list, W403_JSON_STRING) ? list : NULL;
}

static w403_status add(finder *f, const w403_json *v, const w403_policy_holder *row, w403_view by_type)
{
    w403_lint_document *d = W403_PUSH(f->a, f->out);
    W403_NEED(d, f->err);
    d->doc = *f->doc;
    d->pointer = w403_buf_ok(&f->path) ? w403_arena_copy(f->a, w403_buf_view(&f->path)) : (w403_view){NULL, 0};
    W403_NEED(d->pointer.p, f->err);
    if (v->type == W403_JSON_STRING) {
        W403_TRY(text_document(f, v, d->pointer, d));
    } else {
        d->doc.root = f->template ? (w403_json *)(uintptr_t)w403_lint_resolve(f->a, f->template, v, f->how)
                                  : (w403_json *)(uintptr_t)v;
        W403_NEED(d->doc.root, f->err);
    }
    d->accepted[0] = accepted(f->resource);
    d->accepted[1] = accepted(f->template);
    set_kind(f, row, by_type, d);
    return W403_OK;
}

/* A step down; gives what the path is to be cut back to. */
static size_t enter(finder *f, const w403_json *holder, const w403_json *member, size_t index)
{
    size_t before = f->path.n;
    w403_json_pointer_add(&f->path, holder, member, index);
    return before;
}

/* ---- members that hold policies ---- */

static bool is_policy(const w403_json *v)
{
    return v->type == W403_JSON_OBJECT && w403_json_get(v, "Statement");
}

static bool holds_policy(const w403_json *v)
{
    return is_policy(v) || (v->type == W403_JSON_STRING && (looks_like_json(v->text) || (v->text.n && v->text.p[0] == '%')));
}

static const w403_policy_holder *row_of(const finder *f, w403_view type, w403_view member)
{
    for (const w403_policy_holder *row = w403_policy_holders; row->format; row++) {
        if (strcmp(row->format, f->format) == 0 && w403_view_eq(member, w403_view_of(row->member)) &&
            (strcmp(row->type, "-") == 0 || w403_view_eq(type, w403_view_of(row->type))))
            return row;
    }
    return NULL;
}

/* What an object says of the kind of policy beside its content. */
static w403_view type_beside(const w403_json *object)
{
    w403_view type = w403_json_str(object, "Type");
    if (!type.p)
        type = w403_json_str(object, "type");
    return type.p ? type : w403_json_str(w403_json_get(object, "PolicySummary"), "Type");
}

static w403_status walk(finder *f, w403_view type, const w403_json *v);

/* A member of that row: the policy itself, or those in a list (SAM's Policies). */
static w403_status member(finder *f, w403_view type, const w403_json *object, const w403_json *m,
                          const w403_policy_holder *row, bool *taken)
{
    *taken = holds_policy(m);
    if (*taken)
        return add(f, m, row, type_beside(object));
    if (m->type != W403_JSON_ARRAY)
        return W403_OK;
    size_t index = 0;
    for (const w403_json *item = m->first; item; item = item->next, index++) {
        size_t before = enter(f, m, item, index);
        if (is_policy(item))
            W403_TRY(add(f, item, row, (w403_view){NULL, 0}));
        else if (item->type == W403_JSON_OBJECT)
            W403_TRY(walk(f, type, item));
        f->path.n = before;
    }
    *taken = true;
    return W403_OK;
}

static bool old_version(const w403_json *v) /* of a managed policy: what counts is the default one */
{
    const w403_json *flag = w403_json_get(v, "IsDefaultVersion");
    return flag && flag->type == W403_JSON_FALSE;
}

/* As deep as the parser lets a document be. */
static w403_status walk(finder *f, w403_view type, const w403_json *v)
{
    if ((v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY) || old_version(v))
        return W403_OK;
    size_t index = 0;
    for (const w403_json *m = v->first; m; m = m->next, index++) {
        const w403_policy_holder *row = m->key.p ? row_of(f, type, m->key) : NULL;
        size_t before = enter(f, v, m, index);
        bool taken = false;
        if (row)
            W403_TRY(member(f, type, v, m, row, &taken));
        if (!taken)
            W403_TRY(walk(f, type, m));
        f->path.n = before;
    }
    return W403_OK;
}

/* ---- templates and plans ---- */

static bool is_template(const w403_json *root)
{
    const w403_json *resources = w403_json_get(root, "Resources");
    for (const w403_json *r = w403_json_is(resources, W403_JSON_OBJECT) ? resources->first : NULL; r; r = r->next) {
        if (w403_view_find(w403_json_str(r, "Type"), W403_LIT("::")) != SIZE_MAX)
            return true;
    }
    return false;
}

static w403_status read_template(finder *f)
{
    f->format = "cloudformation";
    f->template = f->doc->root;
    f->out->policies = true;
    const w403_json *resources = w403_json_get(f->doc->root, "Resources");
    (void)enter(f, f->doc->root, resources, 0);
    for (const w403_json *r = resources->first; r; r = r->next) {
        const w403_json *properties = w403_json_get(r, "Properties");
        size_t before = f->path.n;
        f->resource = r;
        if (!properties)
            continue;
        (void)enter(f, resources, r, 0);
        (void)enter(f, r, properties, 0);
        W403_TRY(walk(f, w403_json_str(r, "Type"), properties));
        f->path.n = before;
    }
    return W403_OK;
}

/* A module of a plan: its resources, then its child modules. */
static w403_status read_module(finder *f, const w403_json *module)
{
    const w403_json *resources = w403_json_get(module, "resources"), *children = w403_json_get(module, "child_modules");
    size_t index = 0, here = f->path.n;
    for (const w403_json *r = w403_json_is(resources, W403_JSON_ARRAY) ? resources->first : NULL; r; r = r->next, index++) {
        const w403_json *values = w403_json_get(r, "values");
        w403_view type = w403_json_str(r, "type");
        if (!values || !type.p)
            continue;
        size_t before = f->out->n;
        (void)enter(f, module, resources, 0);
        (void)enter(f, resources, r, index);
        (void)enter(f, r, values, 0);
        W403_TRY(walk(f, type, values));
        f->path.n = here;
        for (const w403_policy_holder *row = w403_policy_holders; row->format; row++) {
            bool named = strcmp(row->format, "terraform") == 0 && w403_view_eq(type, w403_view_of(row->type));
            f->out->unknown += named && f->out->n == before && !w403_json_get(values, row->member);
        }
    }
    index = 0;
    for (const w403_json *c = w403_json_is(children, W403_JSON_ARRAY) ? children->first : NULL; c; c = c->next, index++) {
        (void)enter(f, module, children, 0);
        (void)enter(f, children, c, index);
        W403_TRY(read_module(f, c));
        f->path.n = here;
    }
    return W403_OK;
}

static void set_place(finder *f, w403_view path)
{
    f->kind = f->how->kind;
    f->bucket = (w403_view){NULL, 0};
    if (!f->kind.given && !w403_lint_kind_of_path(path, &f->kind, &f->bucket))
        f->kind.given = false;
}

/* A snapshot in one file: paths and what stands there. */
static bool is_snapshot(const w403_json *root)
{
    for (const w403_json *m = root->type == W403_JSON_OBJECT ? root->first : NULL; m; m = m->next) {
        if (w403_view_starts(m->key, W403_LIT("accounts/")) || w403_view_starts(m->key, W403_LIT("organization/")))
            return true;
    }
    return false;
}

static w403_status read_snapshot(finder *f)
{
    f->out->policies = true;
    for (const w403_json *m = f->doc->root->first; m; m = m->next) {
        set_place(f, m->key);
        f->path.n = 0;
        (void)enter(f, f->doc->root, m, 0);
        if (is_policy(m))
            W403_TRY(add(f, m, NULL, (w403_view){NULL, 0}));
        else
            W403_TRY(walk(f, (w403_view){NULL, 0}, m));
    }
    return W403_OK;
}

static w403_status read_any(finder *f)
{
    const w403_json *root = f->doc->root, *plan = w403_json_get(root, "planned_values");
    f->format = "aws";
    set_place(f, f->doc->source);
    if (is_snapshot(root))
        return read_snapshot(f);
    if (is_policy(root)) {
        f->out->policies = true;
        return add(f, root, NULL, (w403_view){NULL, 0});
    }
    if (is_template(root))
        return read_template(f);
    if (plan) {
        f->format = "terraform";
        f->out->policies = true;
        const w403_json *module = w403_json_get(plan, "root_module");
        if (!module)
            return W403_OK;
        (void)enter(f, root, plan, 0);
        (void)enter(f, plan, module, 0);
        return read_module(f, module);
    }
    size_t before = f->out->n;
    W403_TRY(walk(f, (w403_view){NULL, 0}, root));
    if (f->out->n == before && f->kind.given && f->how->kind.given)
        return add(f, root, NULL, (w403_view){NULL, 0});
    return W403_OK;
}

w403_status w403_lint_read(w403_arena *a, w403_view source, w403_view text, const w403_lint_reading *how,
                           w403_lint_documents *out, w403_error *err)
{
    w403_json_doc *doc = W403_NEW(a, w403_json_doc);
    finder f = {.a = a, .doc = doc, .how = how, .out = out, .err = err};
    W403_NEED(doc, err);
    w403_status status = W403_SYNTAX;
    if (!how->yaml || looks_like_json(text))
        status = w403_json_parse(a, source, text, &(w403_json_options){.keep_duplicates = true}, doc, NULL, err);
    if (status == W403_SYNTAX && how->yaml)
        status = w403_lint_yaml(a, source, text, doc, err);
    if (status == W403_SYNTAX && how->kind.given && !how->yaml) {
        w403_lint_document *d = W403_PUSH(a, out);
        W403_NEED(d, err);
        *d = (w403_lint_document){.doc = {source, text, NULL}, .broken = text, .pointer = W403_LIT(""),
                                  .policy = how->kind.policy, .resource = how->kind.resource};
        d->broken.p = d->broken.p ? d->broken.p : "";
        return W403_OK;
    }
    W403_TRY(status);
    status = read_any(&f);
    w403_buf_free(&f.path);
    return status;
}

w403_status w403_lint_check_document(w403_arena *a, const w403_lint_document *d, const w403_lint_options *options,
                                     w403_lint_report *out, w403_error *err)
{
    w403_lint_options o = *options;
    o.policy = d->policy;
    o.resource = d->resource;
    if (!o.bucket.p)
        o.bucket = d->bucket;
    if (d->broken.p)
        return w403_lint(a, d->doc.source, d->doc.text, &o, out, err);
    return w403_lint_tree(a, &d->doc, &o, out, err);
}
