/* A filter is a plain prefix of keys: a leading slash, a blank or another case matches nothing, and S3 says nothing
 * (formats 2.3). */
#include "base/limits.h"
#include "inventory/diagnosis.h"

#include "catalog/catalog.h"
#include "evidence/evidence.h"

enum { CANDIDATES = W403_LIMIT_INVENTORY_KEYS, PROPOSED = 3, PREFIX_DEPTH = 16 };

typedef struct prefixes {
    w403_map seen;
    W403_ARRAY(w403_view) list;
    bool nomem;
} prefixes;

static void add_prefix(w403_arena *a, prefixes *ps, w403_view prefix)
{
    if (prefix.n == 0 || ps->list.n >= CANDIDATES || w403_map_get(&ps->seen, prefix)) {
        return;
    }
    w403_view *slot = W403_PUSH(a, &ps->list);
    if (slot && w403_map_put(a, &ps->seen, prefix, (void *)(uintptr_t)prefix.p)) {
        *slot = prefix;
    } else {
        ps->nomem = true;
    }
}

/* The folders of a key; and, for a filter that names no folder, as much of the key as the filter is long. */
static void add_key(w403_arena *a, prefixes *ps, w403_view key, w403_view filter)
{
    bool folder = filter.n && filter.p[filter.n - 1] == '/';
    size_t depth = 0;
    for (size_t i = 0; i < key.n && depth < PREFIX_DEPTH; i++) {
        if (key.p[i] == '/') {
            add_prefix(a, ps, w403_view_sub(key, 0, folder ? i + 1 : i));
            depth++;
        }
    }
    if (!folder) {
        add_prefix(a, ps, w403_view_sub(key, 0, filter.n < key.n ? filter.n : key.n));
    }
}

static w403_status propose(w403_inv_work *w, w403_view filter, w403_error *err)
{
    const w403_bucket *b = w->d->source;
    const w403_near_key *near = NULL;
    size_t n = 0;
    prefixes ps = {0};
    for (uint32_t i = 0; i < b->n_objects && !ps.nomem; i++) {
        add_key(w->a, &ps, b->object_list[i]->key, filter);
    }
    W403_NEED(!ps.nomem, err);
    W403_TRY(w403_nearest_keys(w->a, filter, ps.list.at, ps.list.n, PROPOSED, &near, &n, err));
    for (size_t i = 0; i < n; i++) {
        w403_view *prefix = W403_PUSH(w->a, &w->d->near_prefixes), *why = W403_PUSH(w->a, &w->d->near_why);
        W403_NEED(prefix && why, err);
        *prefix = near[i].key;
        *why = near[i].why;
    }
    return W403_OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What is odd about the filter itself, NULL: nothing. */
static const char *oddity(w403_view f)
{
    if (f.p[0] == '/') {
        return N_("it begins with a slash, which keys seldom do");
    }
    if (is_blank(f.p[0]) || is_blank(f.p[f.n - 1])) {
        return N_("it begins or ends with a blank");
    }
    if (w403_view_find_char(f, '*') != SIZE_MAX || w403_view_find_char(f, '?') != SIZE_MAX) {
        return N_("it has no wildcards: `*` and `?` stand for themselves");
    }
    if (w403_view_starts(f, W403_LIT("s3://"))) {
        return N_("it is a prefix of keys, not a URL");
    }
    return NULL;
}

static uint32_t matching(const w403_bucket *b, w403_view filter)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < b->n_objects; i++) {
        n += w403_view_starts(b->object_list[i]->key, filter);
    }
    return n;
}

/* What is said, what is odd about the filter, and the prefix that may have been meant. */
static w403_view with_hints(w403_inv_work *w, w403_view said, const char *text, const char *odd, w403_view near)
{
    if (odd) {
        said = w403_say(w->a, text, W403_P("said", said), W403_S("oddity", w403_word(w->a, odd)));
    }
    return near.p ? w403_say(w->a, "{said}; did you mean `{prefix}`?", W403_P("said", said), W403_P("prefix", near)) : said;
}

w403_status w403_inv_judge_prefix(w403_inv_work *w, w403_error *err)
{
    static const char *const topic = NC_("topic", "prefix filter");
    const w403_bucket *b = w->d->source;
    w403_view f = w->d->config->filter_prefix;
    if (f.n == 0) {
        w403_inv_say(w, topic, W403_INV_GOOD, "none: every key is reported");
        return W403_OK;
    }
    const char *odd = oddity(f);
    uint32_t n = matching(b, f);
    if (n > 0) {
        w403_inv_say(w, topic, W403_INV_GOOD, "`{prefix}` matches {n} of {all} listed keys", W403_P("prefix", f), W403_N("n", n), W403_N("all", b->n_objects));
        return W403_OK;
    }
    W403_TRY(propose(w, f, err));
    w403_view near = w->d->near_prefixes.n ? w->d->near_prefixes.at[0] : (w403_view){NULL, 0};
    w403_view said;
    bool whole = b->objects_fact.state == W403_FACT_KNOWN && b->objects_complete;
    if (!whole) {
        said = b->n_objects ? w403_say(w->a, "`{prefix}` matches none of the listed keys, but the listing is not complete", W403_P("prefix", f))
                            : w403_say(w->a, "`{prefix}` could not be compared: the source's keys are not in the snapshot", W403_P("prefix", f));
        w403_inv_say_of(w, topic, W403_INV_NOTE, with_hints(w, said, odd ? N_("{said}; {oddity}") : NULL, odd, near));
        return W403_OK;
    }
    said = w403_say(w->a, "`{prefix}` matches none of {n} keys", W403_P("prefix", f), W403_N("n", b->n_objects));
    w403_inv_say_of(w, topic, W403_INV_BAD, with_hints(w, said, odd ? N_("{said}: {oddity}") : NULL, odd, near));
    w403_inv_blame(w, W403_CAUSE_INVENTORY_PREFIX_UNMATCHED, "`{prefix}`", W403_P("prefix", f));
    return W403_OK;
}
