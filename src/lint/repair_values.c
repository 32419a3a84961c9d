/* New texts for values and names. */
#include "base/encode.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "lint/arn.h"
#include "lint/repair.h"

static const w403_view none = {NULL, 0};

/* A name that is one slip away, or differs in case alone. */
static w403_view near(w403_view have, w403_view meant)
{
    return meant.p && w403_edit_distance(have, meant, 1) <= 1 ? meant : none;
}

w403_view w403_lint_word_of(const w403_finding *f, const char *name)
{
    for (uint32_t i = 0; i < f->n_words; i++) {
        if (strcmp(f->words[i].name, name) == 0)
            return f->words[i].text;
    }
    return none;
}

static w403_view without(w403_arena *a, w403_view v, size_t from, size_t to)
{
    return w403_arena_printf(a, "%.*s%.*s", (int)from, v.p, W403_ARG(w403_view_sub(v, to, v.n)));
}

static w403_view effect(w403_view v)
{
    return w403_view_ieq(v, W403_LIT("allow")) ? W403_LIT("Allow") : w403_view_ieq(v, W403_LIT("deny")) ? W403_LIT("Deny") : none;
}

/* A blank at an end, behind a colon, or one that cannot be seen: nobody meant it. */
static w403_view trim_arn(w403_arena *a, w403_view v)
{
    for (size_t i = 0; i < v.n;) {
        size_t at = i;
        uint32_t cp = w403_utf8_next(v, &i);
        bool plain = cp == ' ' || (cp >= '\t' && cp <= '\r');
        bool edge = at == 0 || i == v.n || v.p[at - 1] == ':' || (i < v.n && v.p[i] == ':');
        if ((plain && edge) || (!plain && w403_utf8_blank_name(cp)))
            return without(a, v, at, i);
    }
    return none;
}

/* No blank in the names of variables. */
static w403_view trim_variable(w403_arena *a, w403_view v)
{
    char *out = w403_arena_alloc(a, v.n + 1);
    size_t n = 0, found = 0;
    bool inside = false;
    for (size_t i = 0; out && i < v.n; i++) {
        inside = i > 1 && v.p[i - 2] == '$' && v.p[i - 1] == '{' ? true : inside && v.p[i] != '}' && v.p[i] != ',';
        bool blank = inside && (v.p[i] == ' ' || (v.p[i] >= '\t' && v.p[i] <= '\r'));
        found += blank;
        if (!blank)
            out[n++] = v.p[i];
    }
    return out && found ? (w403_view){out, n} : none;
}

static w403_view drop_slash(w403_arena *a, w403_view v)
{
    w403_view part[6];
    if (w403_lint_arn_split(v, part) < 6)
        return none;
    size_t slash = w403_view_find_char(part[5], '/'), at = (size_t)(part[5].p - v.p) + slash;
    if (slash == SIZE_MAX)
        return none;
    return slash == 0 ? without(a, v, at, at + 1) : without(a, v, at + 1, at + 2);
}

static w403_view lower_service(w403_arena *a, w403_view v)
{
    w403_view part[6];
    char *copy = w403_arena_alloc(a, v.n);
    if (!copy || w403_lint_arn_split(v, part) < 6)
        return none;
    memcpy(copy, v.p, v.n);
    for (size_t i = 0; i < part[2].n; i++)
        copy[(size_t)(part[2].p - v.p) + i] = w403_lower(part[2].p[i]);
    return (w403_view){copy, v.n};
}

/* arn:aws:s3::bucket, arn:aws:s3:us-east-1:111122223333:bucket: Region and account of a bucket are empty. */
static w403_view s3_colons(w403_arena *a, w403_view v)
{
    w403_view part[6];
    unsigned n = w403_lint_arn_split(v, part);
    if (n < 5 || !w403_view_eq(part[2], W403_LIT("s3")) || !part[n - 1].n)
        return none;
    return w403_arena_printf(a, "%.*s:%.*s:s3:::%.*s", W403_ARG(part[0]), W403_ARG(part[1]), W403_ARG(part[n - 1]));
}

static w403_view arn_prefix(w403_arena *a, w403_view v)
{
    bool s3 = w403_view_starts(v, W403_LIT("s3:::"));
    bool rest = w403_view_starts(v, W403_LIT("aws:s3:::"));
    return s3 ? w403_arena_printf(a, "arn:aws:%.*s", W403_ARG(v)) : rest ? w403_arena_printf(a, "arn:%.*s", W403_ARG(v)) : none;
}

/* accesspoint/NAME/key becomes accesspoint/NAME/object/key */
static w403_view access_point_object(w403_arena *a, w403_view v)
{
    size_t at = w403_view_find(v, W403_LIT(":accesspoint/"));
    if (at == SIZE_MAX)
        return none;
    size_t name = at + strlen(":accesspoint/"), slash = w403_view_find_char(w403_view_sub(v, name, v.n), '/');
    return slash == SIZE_MAX ? none
                             : w403_arena_printf(a, "%.*s/object%.*s", (int)(name + slash), v.p,
                                                 W403_ARG(w403_view_sub(v, name + slash, v.n)));
}

static w403_view plain_sid(w403_arena *a, w403_view v)
{
    char *out = w403_arena_alloc(a, v.n + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = v.p[i];
    }
    return out && n ? (w403_view){out, n} : none;
}

w403_view w403_lint_repaired_value(w403_arena *a, const w403_finding *f, const char *fix)
{
    w403_view v = f->at[0].node->text, x = f->suggestion;
    static const struct {
        const char *fix;
        w403_view (*make)(w403_arena *a, w403_view v);
    } makers[] = {
        {"arn-trim", trim_arn},       {"trim-variable", trim_variable}, {"drop-slash", drop_slash},
        {"lower-service", lower_service}, {"s3-colons", s3_colons},     {"arn-prefix", arn_prefix},
        {"ap-object", access_point_object}, {"sid-chars", plain_sid},
    };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (strcmp(fix, makers[i].fix) == 0)
            return makers[i].make(a, v);
    }
    if (strcmp(fix, "effect-case") == 0)
        return effect(v);
    if (strcmp(fix, "action-near") == 0 || strcmp(fix, "value-case") == 0)
        return near(v, x);
    if (strcmp(fix, "cidr-mask") == 0)
        return x;
    if (strcmp(fix, "trim-value") == 0)
        return w403_view_trim(v);
    if (strcmp(fix, "percent-decode") == 0)
        return w403_percent_decode(a, v, false);
    return none;
}

w403_view w403_lint_repaired_name(const w403_finding *f, const char *fix)
{
    w403_view v = f->at[0].node->key, suffix = W403_LIT("IfExists");
    bool ends = v.n > suffix.n && w403_view_ieq(w403_view_sub(v, v.n - suffix.n, v.n), suffix);
    if (strcmp(fix, "operator-near") == 0 || strcmp(fix, "key-near") == 0)
        return near(v, f->suggestion);
    if (strcmp(fix, "element-case") == 0)
        return f->suggestion.p && w403_view_ieq(v, f->suggestion) ? f->suggestion : none;
    if (strcmp(fix, "drop-ifexists") == 0)
        return ends ? w403_view_sub(v, 0, v.n - suffix.n) : none;
    return none;
}
