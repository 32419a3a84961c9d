/* Conditions in a person's words (reason 4). Every phrase is one template. */
#include "catalog/catalog.h"
#include "symbolic/sets.h"

w403_view w403_texts_words(w403_arena *a, const w403_texts *list, const char *last)
{
    enum { SHOWN = 6 };
    w403_view out = W403_LIT("");
    for (size_t i = 0; i < list->n; i++) {
        if (i == SHOWN && list->n > SHOWN + 1) {
            return w403_arena_printf(a, "%.*s %s %zu more", W403_ARG(out), last, list->n - i);
        }
        w403_view v = list->at[i].n ? list->at[i] : W403_LIT("\"\"");
        out = i == 0             ? v
              : i + 1 == list->n ? w403_arena_printf(a, "%.*s %s %.*s", W403_ARG(out), last, W403_ARG(v))
                                 : w403_arena_printf(a, "%.*s, %.*s", W403_ARG(out), W403_ARG(v));
    }
    return out;
}

/* How a key is spoken of: what its values, others than these, all but these (no value too), no value, and any value are
 * called. */
typedef struct phrase {
    uint16_t key;
    const char *is, *other, *is_not, *absent, *present; /* other: there is one, and it is not */
} phrase;

static const phrase phrases[] = {
    {W403_KEY_AWS_SOURCEIP, "from %.*s", "not from %.*s", "not from %.*s", "not over the internet", "over the internet"},
    {W403_KEY_AWS_SOURCEVPCE, "through %.*s", "through an endpoint other than %.*s", "not through %.*s", "not through a VPC endpoint",
     "through a VPC endpoint"},
    {W403_KEY_AWS_SOURCEVPC, "from %.*s", "from a VPC other than %.*s", "not from %.*s", "from no VPC", "from a VPC"},
    {W403_KEY_AWS_CURRENTTIME, "at %.*s", "not at %.*s", "not at %.*s", "at no time", "at any time"},
    {W403_KEY_AWS_PRINCIPALORGID, "when the caller is of %.*s", "when the caller is of an organization other than %.*s",
     "when the caller is not of %.*s",
     "when the caller's account is in no organization", "when the caller's account is in an organization"},
    {W403_KEY_S3_PREFIX, "with the prefix %.*s", "with a prefix other than %.*s", "without the prefix %.*s", "without a prefix", "with a prefix"},
    {W403_KEY_AWS_REFERER, "with the referer %.*s", "with a referer other than %.*s", "without the referer %.*s", "without a referer",
     "with a referer"},
    {W403_KEY_AWS_USERAGENT, "with the user agent %.*s", "with a user agent other than %.*s", "without the user agent %.*s", "without a user agent",
     "with a user agent"},
    {W403_KEY_AWS_USERID, "when aws:userid is %.*s", "when aws:userid is not %.*s", "when aws:userid is not %.*s", "without aws:userid",
     "with aws:userid"},
};

/* The same of keys with a free part, which comes first. */
static const phrase tag_phrases[] = {
    {W403_KEY_S3_EXISTINGOBJECTTAG, "when the object has the tag %.*s=%.*s",
     "when the object's tag %.*s is not %.*s", "when the object lacks the tag %.*s=%.*s", "when the object has no tag %.*s", "when the object has a tag %.*s"},
    {W403_KEY_S3_REQUESTOBJECTTAG, "with the tag %.*s=%.*s", "with a tag %.*s other than %.*s", "without the tag %.*s=%.*s", "without the tag %.*s",
     "with a tag %.*s"},
    {W403_KEY_AWS_PRINCIPALTAG, "when the caller has the tag %.*s=%.*s", "when the caller's tag %.*s is not %.*s", "when the caller lacks the tag %.*s=%.*s",
     "when the caller has no tag %.*s", "when the caller has a tag %.*s"},
};

static const phrase header_phrase = {0, "with the header %.*s: %.*s", "with a header %.*s other than %.*s", "without the header %.*s: %.*s",
                                     "without the header %.*s", "with the header %.*s"};
static const phrase plain_phrase = {0, "when %.*s is %.*s", "when %.*s is not %.*s", "when %.*s is not %.*s", "when %.*s is absent",
                                    "when %.*s is present"};

/* Two texts, or one, into a template of the tables above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static w403_view fill(w403_arena *a, const char *template, w403_view first, w403_view second, bool named)
{
    return named ? w403_arena_printf(a, template, W403_ARG(first), W403_ARG(second))
                 : w403_arena_printf(a, template, W403_ARG(second));
}
#pragma GCC diagnostic pop

static w403_view interval_words(w403_arena *a, const w403_interval *i, bool time)
{
    if (!i->from.p && !i->to.p) {
        return time ? W403_LIT("at any time") : W403_LIT("any number");
    }
    if (i->from.p && i->to.p && w403_view_eq(i->from, i->to)) {
        return i->from;
    }
    if (!i->from.p) {
        return w403_arena_printf(a, "%s %.*s", time ? (i->to_open ? "before" : "until") : (i->to_open ? "less than" : "at most"),
                                 W403_ARG(i->to));
    }
    if (!i->to.p) {
        return w403_arena_printf(a, "%s %.*s",
                                 time ? (i->from_open ? "after" : "from") : (i->from_open ? "more than" : "at least"),
                                 W403_ARG(i->from));
    }
    return w403_arena_printf(a, "between %.*s and %.*s", W403_ARG(i->from), W403_ARG(i->to));
}

static w403_view values_words(w403_arena *a, const w403_set *s, bool time)
{
    w403_texts list = {0};
    for (size_t i = 0; i < s->intervals.n; i++) {
        w403_view *slot = W403_PUSH(a, &list);
        if (!slot) {
            return (w403_view){NULL, 0};
        }
        *slot = interval_words(a, &s->intervals.at[i], time);
    }
    for (size_t i = 0; i < s->keys.n; i++) {
        w403_view *slot = W403_PUSH(a, &list);
        if (!slot) {
            return (w403_view){NULL, 0};
        }
        *slot = w403_texts_words(a, &s->keys.at[i], "and");
    }
    const w403_texts *from = list.n       ? &list
                             : s->bools.n ? &s->bools
                             : s->in.n    ? &s->in
                                          : &s->like;
    w403_view out = w403_texts_words(a, from, "or");
    if (s->unlike.n) {
        bool all = s->like.n > 0 && (w403_view_eq(s->like.at[0], W403_LIT("*")) ||
                                     w403_view_eq(s->like.at[0], W403_LIT("0.0.0.0/0")));
        w403_view less = w403_texts_words(a, &s->unlike, "or");
        return all ? less : w403_arena_printf(a, "%.*s but not %.*s", W403_ARG(out), W403_ARG(less));
    }
    return out;
}

static bool negative(const w403_set *s)
{
    bool all = s->like.n > 0 &&
               (w403_view_eq(s->like.at[0], W403_LIT("*")) || w403_view_eq(s->like.at[0], W403_LIT("0.0.0.0/0")));
    return s->not_in || (s->unlike.n > 0 && all);
}

static bool empty(const w403_set *s)
{
    return !s->not_in && s->in.n + s->like.n + s->intervals.n + s->bools.n + s->keys.n == 0;
}

static w403_view truth_words(w403_arena *a, uint16_t key, const w403_set *s)
{
    bool yes = s->bools.n == 1 && w403_view_eq(s->bools.at[0], W403_LIT("true"));
    bool no = s->bools.n == 1 && !yes;
    if (key == W403_KEY_AWS_SECURETRANSPORT && s->bools.n == 1) {
        return yes ? W403_LIT("over TLS") : W403_LIT("without TLS");
    }
    if (key == W403_KEY_AWS_MULTIFACTORAUTHPRESENT) {
        if (yes && !s->absent) {
            return W403_LIT("with MFA");
        }
        return no || (s->absent && !s->bools.n) ? W403_LIT("without MFA")
               : yes                            ? W403_LIT("with MFA, or with long-term keys")
                                                : W403_LIT("with temporary credentials");
    }
    (void)a;
    return (w403_view){NULL, 0};
}

static const phrase *phrase_of(uint16_t key, w403_view *name, w403_view param, bool *named)
{
    *named = false;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].key == key && key) {
            return &phrases[i];
        }
    }
    *named = true;
    for (size_t i = 0; i < sizeof tag_phrases / sizeof *tag_phrases; i++) {
        if (tag_phrases[i].key == key && key) {
            *name = param;
            return &tag_phrases[i];
        }
    }
    w403_view bare = *name;
    w403_view_cut(&bare, ':');
    bool header = w403_view_starts(*name, W403_LIT("x-amz-")) ||
                  (w403_view_starts(*name, W403_LIT("s3:")) && w403_view_starts(bare, W403_LIT("x-amz-")));
    if (header) {
        *name = bare.p ? bare : *name;
        return &header_phrase;
    }
    return &plain_phrase;
}

w403_view w403_set_words(w403_arena *a, uint16_t key, w403_view name, w403_view param, const w403_set *set)
{
    bool named, time = key == W403_KEY_AWS_CURRENTTIME;
    w403_view truth = truth_words(a, key, set);
    const phrase *p = phrase_of(key, &name, param, &named);
    if (truth.p) {
        return truth;
    }
    if (set->any) {
        return W403_LIT("always");
    }
    if (empty(set)) {
        return fill(a, p->absent, name, name, named);
    }
    w403_view values = values_words(a, set, time);
    if (time) {
        return values;
    }
    bool everything = !set->not_in && set->unlike.n == 0 && set->like.n > 0 &&
                      (w403_view_eq(set->like.at[0], W403_LIT("*")) ||
                       w403_view_eq(set->like.at[0], W403_LIT("0.0.0.0/0")));
    if ((everything || (set->not_in && set->in.n == 0)) && !set->absent) {
        return fill(a, p->present, name, name, named);
    }
    w403_view out = fill(a, !negative(set) ? p->is : set->absent ? p->is_not : p->other, name, values, named);
    if (!set->absent || negative(set)) {
        return out;
    }
    w403_view none = fill(a, p->absent, name, name, named);
    return w403_arena_printf(a, "%.*s, or %.*s", W403_ARG(out), W403_ARG(none));
}
