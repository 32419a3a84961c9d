/* A case of `why403 lint`: the findings of one policy, compared with those that are expected. */
#include "base/array.h"
#include "cli/case_run.h"
#include "lint/lint.h"

typedef struct found {
    w403_view code, type, path;
    w403_view paths; /* all of them, blank-separated */
    bool taken;
} found;

static w403_status options_of(const w403_case *c, w403_lint_options *o, w403_error *err)
{
    const w403_json *options = w403_json_get(c->lint, "options");
    w403_view resource = w403_json_str(c->lint, "resource_type");
    if (!w403_lint_policy_find(w403_json_str(c->lint, "policy_type"), &o->policy))
        return w403_json_error(c->doc, w403_json_get(c->lint, "policy_type"), err, "no such policy type");
    if (resource.p && !w403_lint_resource_find(resource, &o->resource))
        return w403_json_error(c->doc, w403_json_get(c->lint, "resource_type"), err, "no such resource type");
    o->pedantic = w403_json_bool(options, "pedantic", false);
    o->bucket = w403_json_str(options, "bucket");
    return W403_OK;
}

static w403_status all_paths(w403_arena *a, const w403_lint_report *r, const w403_finding *f, found *out, w403_error *err)
{
    out->code = w403_view_of(f->check->code);
    out->type = w403_view_of(w403_lint_level_name(f->check->level));
    for (uint32_t i = 0; i < f->n_at; i++) {
        w403_view p = w403_lint_pointer(a, &r->doc, &f->at[i]);
        out->path = i ? out->path : p;
        out->paths = i ? w403_arena_printf(a, "%.*s %.*s", W403_ARG(out->paths), W403_ARG(p)) : p;
        W403_NEED(out->paths.p, err);
    }
    return W403_OK;
}

static w403_view wanted_paths(w403_arena *a, const w403_json *paths)
{
    w403_view all = {NULL, 0};
    for (const w403_json *p = paths ? paths->first : NULL; p; p = p->next)
        all = all.p ? w403_arena_printf(a, "%.*s %.*s", W403_ARG(all), W403_ARG(p->text)) : p->text;
    return all;
}

static bool take(w403_arena *a, const w403_json *expected, found *at, size_t n)
{
    w403_view paths = wanted_paths(a, w403_json_get(expected, "paths"));
    for (size_t i = 0; i < n; i++) {
        if (!at[i].taken && w403_view_eq(at[i].code, w403_json_str(expected, "code")) &&
            w403_view_eq(at[i].type, w403_json_str(expected, "type")) &&
            w403_view_eq(at[i].path, w403_json_str(expected, "path")) && (!paths.p || w403_view_eq(paths, at[i].paths))) {
            at[i].taken = true;
            return true;
        }
    }
    return false;
}

w403_status w403_case_lint(w403_arena *a, const w403_case *c, w403_case_result *out, w403_error *err)
{
    w403_lint_options o = {.policy = W403_LINT_IDENTITY};
    w403_lint_report r;
    const w403_json *policy = w403_json_get(c->lint, "policy"), *text = w403_json_get(c->lint, "text");
    w403_view document = text ? text->text
                              : w403_view_sub(c->doc->text, policy->span.off, policy->span.off + policy->span.len);
    W403_TRY(options_of(c, &o, err));
    W403_TRY(w403_lint(a, c->doc->source, document, &o, &r, err));
    found *at = W403_NEW_N(a, found, r.n + 1);
    W403_NEED(at, err);
    for (size_t i = 0; i < r.n; i++)
        W403_TRY(all_paths(a, &r, &r.at[i], &at[i], err));
    out->passed = true;
    for (const w403_json *e = w403_json_get(c->lint, "expect")->first; e; e = e->next) {
        if (take(a, e, at, r.n))
            continue;
        out->passed = false;
        w403_view paths = wanted_paths(a, w403_json_get(e, "paths"));
        w403_buf_printf(&out->report, "#   missing %.*s %.*s\n", W403_CUT(w403_json_str(e, "code")),
                        W403_CUT(paths.p ? paths : w403_json_str(e, "path")));
    }
    for (size_t i = 0; i < r.n; i++) {
        if (at[i].taken)
            continue;
        out->passed = false;
        w403_buf_printf(&out->report, "#   extra %.*s %.*s\n", W403_CUT(at[i].code), W403_CUT(at[i].paths));
    }
    return W403_OK;
}
