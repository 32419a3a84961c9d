/* Resource and NotResource: is it an ARN, and one that the service has (R1 to R8)? */
#include "base/glob.h"
#include "lint/arn.h"

/* ---- the parts of an ARN pattern ---- */

unsigned w403_lint_arn_split(w403_view v, w403_view part[6])
{
    unsigned n = 0;
    size_t from = 0;
    bool inside = false; /* ${...} */
    for (size_t i = 0; i < v.n && n < 5; i++) {
        char c = v.p[i];
        if (c == ':' && !inside) {
            part[n++] = w403_view_sub(v, from, i);
            from = i + 1;
        } else if (c >= '{') { /* braces come after all letters */
            inside = c != '}' && (inside || (c == '{' && i && v.p[i - 1] == '$'));
        }
    }
    part[n++] = w403_view_sub(v, from, v.n);
    for (unsigned i = n; i < 6; i++)
        part[i] = (w403_view){NULL, 0};
    return n;
}

bool w403_lint_open(w403_view v)
{
    return w403_has_wildcard(v) || w403_view_find(v, W403_LIT("${")) != SIZE_MAX;
}

/* Variables stand for any text. */
w403_view w403_lint_as_glob(w403_lint_run *l, w403_view v)
{
    char *out = w403_view_find(v, W403_LIT("${")) == SIZE_MAX ? NULL : w403_arena_alloc(l->arena, v.n);
    size_t n = 0;
    if (!out)
        return v;
    for (size_t i = 0; i < v.n; i++) {
        size_t close = v.p[i] == '$' && i + 1 < v.n && v.p[i + 1] == '{'
                           ? w403_view_find_char(w403_view_sub(v, i, v.n), '}')
                           : SIZE_MAX;
        out[n++] = close == SIZE_MAX ? v.p[i] : '*';
        i += close == SIZE_MAX ? 0 : close;
    }
    return (w403_view){out, n};
}

bool w403_lint_digits(w403_view v, size_t n)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    }
    return v.n == n;
}

/* ---- resource types that the ARN may be of ---- */

typedef struct fits {
    unsigned n, with_region, with_account; /* of the types that fit, how many have one */
} fits;

static bool is_wild(char c)
{
    return c == '*' || c == '?';
}

static void try_type(w403_lint_run *l, uint32_t type, w403_view service, w403_view name, fits *out)
{
    w403_ref_format f = w403_ref_type_format(type);
    bool plain = f.resource.n && name.n && !is_wild(f.resource.p[0]) && !is_wild(name.p[0]);
    if (plain && f.resource.p[0] != name.p[0]) /* most types: they begin with their name */
        return;
    if (!w403_view_eq(f.service, service) || w403_lint_overlap(w403_lint_budget(l), f.resource, name, false) == W403_NO)
        return;
    out->n++;
    out->with_region += f.region;
    out->with_account += f.account;
}

/* Types of the service of that name; else of whichever service has such ARNs. */
static fits fitting(w403_lint_run *l, w403_view service, w403_view name, bool *known)
{
    fits out = {0};
    uint32_t id = w403_lint_service_of(l, service), first, end;
    *known = id != W403_REF_NONE;
    for (uint32_t s = *known ? id : 0; s < (*known ? id + 1 : w403_ref_service_count()); s++) {
        w403_ref_types(s, &first, &end);
        for (uint32_t t = first; t < end; t++)
            try_type(l, t, service, name, &out);
    }
    return out;
}

/* ---- fields ---- */

static bool lower_is_service(w403_view v)
{
    bool upper = false;
    for (size_t i = 0; i < v.n; i++)
        upper = upper || v.p[i] != w403_lower(v.p[i]);
    return upper && w403_lint_service_known(v);
}

static void region(w403_lint_run *l, const w403_json *v, const w403_view part[6], fits f)
{
    w403_lint_word service = {"service", part[2]};
    if (w403_lint_open(part[3]) || f.n == 0)
        return;
    if (part[3].n == 0) {
        if (f.with_region == f.n && !w403_lint_listed(W403_LIST_REGION_LESS_ARN_SERVICE, part[2]))
            w403_lint_value(l, W403_L_MISSING_ARN_REGION, v, NULL);
    } else if (f.with_region == 0) {
        w403_lint_value(l, W403_L_ARN_REGION_NOT_ALLOWED, v, W403_LINT_WORDS(service));
    } else if (!w403_ref_region(part[3])) {
        w403_lint_value(l, W403_L_INVALID_ARN_REGION, v, W403_LINT_WORDS({"r", part[3]}));
    }
}

static void account(w403_lint_run *l, const w403_json *v, const w403_view part[6], fits f)
{
    w403_view a = part[4];
    bool owner = w403_view_eq(a, W403_LIT("aws")) || w403_view_eq(a, W403_LIT("cloudfront"));
    if (w403_lint_open(a))
        return;
    if (a.n == 0) {
        if (f.n && f.with_account == f.n && !w403_lint_listed(W403_LIST_ACCOUNT_LESS_ARN_SERVICE, part[2]))
            w403_lint_value(l, W403_L_MISSING_ARN_ACCOUNT, v, NULL);
    } else if (!owner && !w403_lint_digits(a, 12)) {
        w403_lint_value(l, W403_L_INVALID_ARN_ACCOUNT, v, W403_LINT_WORDS({"a", a}));
    } else if (!owner && f.n && f.with_account == 0) {
        w403_lint_value(l, W403_L_ARN_ACCOUNT_NOT_ALLOWED, v, W403_LINT_WORDS({"service", part[2]}));
    }
}

/* `vpc-endpoint:*`, where the format is vpc-endpoint/${Id}: AWS lets a type of the service pass where what follows is open. */
static bool names_type(w403_lint_run *l, w403_view service, w403_view resource)
{
    uint32_t id = w403_lint_service_of(l, service), first, end;
    size_t n = 0;
    while (n < resource.n && resource.p[n] != '/' && resource.p[n] != ':')
        n++;
    w403_view word = w403_view_sub(resource, 0, n);
    if (n == resource.n || w403_lint_open(word) || !w403_lint_open(resource) || id == W403_REF_NONE)
        return false;
    w403_ref_types(id, &first, &end);
    for (uint32_t t = first; t < end; t++) {
        w403_view format = w403_ref_type_format(t).resource;
        if (format.n > n && w403_view_starts(format, word) && (format.p[n] == '/' || format.p[n] == ':'))
            return true;
    }
    return false;
}

static void fields(w403_lint_run *l, const w403_json *v, w403_view part[6])
{
    bool known;
    if (!w403_lint_open(part[1]) && !w403_ref_partition(part[1]))
        w403_lint_value(l, W403_L_INVALID_PARTITION, v, W403_LINT_WORDS({"p", part[1]}));
    if (w403_has_wildcard(part[2])) {
        w403_lint_value(l, W403_L_WILDCARD_IN_SERVICE_NAME, v, NULL);
        return;
    }
    if (w403_lint_open(part[2]))
        return;
    if (lower_is_service(part[2])) {
        w403_lint_value(l, W403_L_INVALID_ARN_SERVICE_CASE, v, NULL);
        return;
    }
    if (w403_lint_service_of(l, part[2]) == W403_REF_NONE && !w403_ref_arn_service(part[2]) &&
        !w403_lint_service_known(part[2])) {
        w403_lint_value(l, W403_L_INVALID_SERVICE, v, W403_LINT_WORDS({"s", part[2]}));
        return;
    }
    if (!part[3].n && !part[4].n && w403_view_eq(part[2], W403_LIT("s3")))
        return; /* a bucket or an object, whatever it is called: most ARNs that are checked */
    fits f = fitting(l, part[2], w403_lint_as_glob(l, part[5]), &known);
    w403_view short_form = w403_arena_printf(l->arena, "%.*s:%.*s", W403_CUT(part[2]), W403_CUT(part[5]));
    if (known && f.n == 0 && w403_lint_listed(W403_LIST_JUDGED_ARN_SERVICE, part[2]) &&
        !w403_list_has(W403_LIST_UNDOCUMENTED_ARN_RESOURCE, short_form) && !names_type(l, part[2], part[5]))
        w403_lint_value(l, W403_L_INVALID_ARN_RESOURCE, v,
                        W403_LINT_WORDS({"service", part[2]}, {"r", part[5]}));
    region(l, v, part, f);
    account(l, v, part, f);
}

static void one(w403_lint_run *l, const w403_json *v)
{
    w403_view part[6];
    w403_lint_variables(l, v);
    if (w403_view_eq(v->text, W403_LIT("*")))
        return;
    if (!w403_view_starts(v->text, W403_LIT("arn:"))) {
        w403_lint_value(l, W403_L_INVALID_ARN_PREFIX, v, NULL);
        return;
    }
    unsigned n = w403_lint_arn_split(v->text, part);
    if (n < 6) {
        if (w403_view_find_char(part[n - 1], '*') == SIZE_MAX)
            w403_lint_value(l, W403_L_MISSING_ARN_FIELD, v, W403_LINT_WORDS({"n", w403_lint_number(l, n)}));
        return;
    }
    fields(l, v, part);
    w403_lint_s3_text(l, v);
}

void w403_lint_resources(w403_lint_run *l, const w403_lint_statement *st)
{
    w403_lint_element(l, st->resource, one, W403_L_EMPTY_ARRAY_RESOURCE, W403_L_REDUNDANT_RESOURCE);
    w403_lint_element(l, st->not_resource, one, W403_L_EMPTY_ARRAY_RESOURCE, W403_L_REDUNDANT_RESOURCE);
}
