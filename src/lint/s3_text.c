/* What people get wrong in the text of an ARN: blanks, %20, slashes, placeholders (004-22, 004-23). */
#include "base/glob.h"
#include "base/utf8.h"
#include "lint/arn.h"

static bool may_be_empty(w403_view field) /* `*` matches nothing too */
{
    for (size_t i = 0; i < field.n; i++) {
        if (field.p[i] != '*')
            return false;
    }
    return true;
}

unsigned w403_lint_halves(w403_view v)
{
    w403_view part[6];
    if (w403_view_eq(v, W403_LIT("*")))
        return W403_LINT_IS_BUCKET | W403_LINT_IS_OBJECT;
    bool s3 = w403_lint_arn_split(v, part) == 6 && w403_view_eq(part[2], W403_LIT("s3"));
    if (!s3 || !may_be_empty(part[3]) || !may_be_empty(part[4]))
        return 0;
    if (w403_view_find_char(part[5], '/') != SIZE_MAX)
        return W403_LINT_IS_OBJECT;
    return w403_lint_open(part[5]) ? W403_LINT_IS_BUCKET | W403_LINT_IS_OBJECT : W403_LINT_IS_BUCKET;
}

/* Offset of a blank that makes the ARN another name than the one meant; SIZE_MAX for none. A blank inside an object's
 * key is a name like any other; at its ends it is a mistake. */
static size_t blank_in(w403_view v, size_t key)
{
    for (size_t i = 0; i < v.n;) {
        size_t at = i;
        if (v.p[i] > ' ' && v.p[i] < 0x7F) {
            i++;
            continue;
        }
        uint32_t cp = w403_utf8_next(v, &i);
        bool blank = cp == ' ' || (cp >= '\t' && cp <= '\r') || w403_utf8_blank_name(cp) != NULL;
        if (blank && (at < key || at == key || i == v.n))
            return at;
    }
    return SIZE_MAX;
}

static bool percent_encoded(w403_view v)
{
    for (size_t i = 0; i + 2 < v.n; i++) {
        if (v.p[i] == '%' && w403_view_is_hex(w403_view_sub(v, i + 1, i + 3)))
            return true;
    }
    return false;
}

static bool has_placeholder(w403_lint_run *l, w403_view v)
{
    w403_view plain = w403_lint_as_glob(l, v);
    size_t open = w403_view_find_char(plain, '<');
    if (open != SIZE_MAX && w403_view_find_char(w403_view_sub(plain, open, plain.n), '>') != SIZE_MAX)
        return true;
    w403_view word;
    for (size_t at = 0; (word = w403_list_next(W403_LIST_PLACEHOLDER, &at)).p;) {
        if (w403_view_find(plain, word) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool is_bucket_name(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'))
            return false;
    }
    return v.n >= 3 && v.n <= 255;
}

/* Before any wildcard: what follows is no part of a name (arn:aws:s3:::bucket:*). */
static bool has_colon(w403_view v)
{
    size_t colon = w403_view_find_char(v, ':');
    return v.n && colon != SIZE_MAX && !w403_lint_open(w403_view_sub(v, 0, colon));
}

static void bucket_or_object(w403_lint_run *l, const w403_json *v, w403_view name)
{
    size_t slash = w403_view_find_char(name, '/');
    w403_view bucket = w403_view_sub(name, 0, slash == SIZE_MAX ? name.n : slash);
    bool leading = slash != SIZE_MAX && (slash == 0 || (slash + 1 < name.n && name.p[slash + 1] == '/'));
    bool unnamed = has_colon(bucket) || (!w403_lint_open(bucket) && !is_bucket_name(bucket));
    if (percent_encoded(name))
        w403_lint_value(l, W403_L_OWN_ARN_PERCENT_ENCODED, v, NULL);
    else if (leading)
        w403_lint_value(l, W403_L_OWN_ARN_LEADING_SLASH, v, NULL);
    else if ((unnamed || w403_lint_wants(l, W403_L_OWN_PLACEHOLDER)) && has_placeholder(l, name))
        w403_lint_value(l, W403_L_OWN_PLACEHOLDER, v, NULL);
    else if (unnamed)
        w403_lint_value(l, W403_L_OWN_BUCKET_NAME_INVALID, v, W403_LINT_WORDS({"b", bucket}));
    if (l->options->bucket.p && !w403_glob(w403_lint_as_glob(l, bucket), l->options->bucket))
        w403_lint_value(l, W403_L_OWN_OTHER_BUCKET, v, NULL);
    /* `name*` without a slash also matches the objects of every bucket whose name begins so (R6). */
    size_t star = w403_view_find_char(name, '*');
    if (slash == SIZE_MAX && star != SIZE_MAX && star + 1 == name.n && star >= 3 && !w403_lint_open(w403_view_sub(name, 0, star)))
        w403_lint_value(l, W403_L_OWN_BUCKET_GLOB_BLEEDS, v, NULL);
}

/* accesspoint/NAME/object/KEY */
static void access_point(w403_lint_run *l, const w403_json *v, w403_view name)
{
    w403_view rest = name, kind = w403_view_cut(&rest, '/');
    if (!w403_view_eq(kind, W403_LIT("accesspoint")) || !rest.p)
        return;
    (void)w403_view_cut(&rest, '/');
    if (rest.n && !w403_view_starts(rest, W403_LIT("object/")) && rest.p[0] != '*' && rest.p[0] != '$')
        w403_lint_value(l, W403_L_OWN_AP_OBJECT_SEGMENT, v, NULL);
}

void w403_lint_s3_text(w403_lint_run *l, const w403_json *v)
{
    w403_view part[6];
    bool s3 = w403_lint_arn_split(v->text, part) == 6 && w403_view_eq(part[2], W403_LIT("s3"));
    bool plain = s3 && part[3].n == 0 && part[4].n == 0;
    size_t slash = plain ? w403_view_find_char(part[5], '/') : SIZE_MAX;
    size_t key = slash == SIZE_MAX ? v->text.n : (size_t)(part[5].p - v->text.p) + slash + 1;
    size_t blank = blank_in(v->text, key);
    if (blank != SIZE_MAX)
        w403_lint_value(l, W403_L_OWN_ARN_BLANK, v, W403_LINT_WORDS({"n", w403_lint_number(l, blank + 1)}));
    if (s3 && !plain)
        access_point(l, v, part[5]);
    else if (plain && blank == SIZE_MAX)
        bucket_or_object(l, v, part[5]);
}
