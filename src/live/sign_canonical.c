#include "live/sign_canonical.h"

#include "base/array.h"
#include "base/encode.h"

typedef struct pair {
    w403_view name, value;
    bool      secret;
} pair;

typedef struct pairs {
    pair  *at;
    size_t n, cap;
} pairs;

static bool push(w403_arena *a, pairs *list, w403_view name, w403_view value, bool secret)
{
    pair *p = W403_PUSH(a, list);
    if (p) {
        *p = (pair){name, value, secret};
    }
    return p != NULL;
}

static int by_name(const pair *a, const pair *b)
{
    return w403_view_cmp(a->name, b->name);
}

static int by_name_and_value(const pair *a, const pair *b)
{
    int order = by_name(a, b);
    return order ? order : w403_view_cmp(a->value, b->value);
}

/* Few, and mostly in order; equals stay in theirs. */
static void sort(pairs *list, int (*compare)(const pair *, const pair *))
{
    for (size_t i = 1; i < list->n; i++) {
        pair   moved = list->at[i];
        size_t k = i;
        for (; k > 0 && compare(&list->at[k - 1], &moved) > 0; k--) {
            list->at[k] = list->at[k - 1];
        }
        list->at[k] = moved;
    }
}

/* ---- the path ---- */

/* RFC 3986 5.2.4, and empty segments too. A slash at the end stays. */
static w403_view normalized(w403_arena *a, w403_view path)
{
    char *out = w403_arena_alloc(a, path.n + 2);
    if (!out) {
        return (w403_view){NULL, 0};
    }
    size_t    n = 0;
    w403_view rest = path;
    while (rest.n) {
        w403_view segment = w403_view_cut(&rest, '/');
        if (w403_view_eq(segment, W403_LIT(".."))) {
            while (n > 0 && out[--n] != '/') {
            }
        } else if (segment.n && !w403_view_eq(segment, W403_LIT("."))) {
            out[n++] = '/';
            memcpy(out + n, segment.p, segment.n);
            n += segment.n;
        }
    }
    if (n == 0 || path.p[path.n - 1] == '/') {
        out[n++] = '/';
    }
    return (w403_view){out, n};
}

/* As S3 reads it: decoded, and encoded by the one rule that both sides share. */
static w403_view encoded_once(w403_arena *a, w403_view text, const char *keep)
{
    w403_view decoded = w403_percent_decode(a, text, false);
    return w403_percent_encode(a, decoded.p ? decoded : text, keep);
}

static w403_view canonical_path(w403_arena *a, const w403_sign_input *in)
{
    w403_view path = in->path.n ? in->path : W403_LIT("/");
    if (in->rules & W403_SIGN_NORMALIZE) {
        path = normalized(a, path);
    }
    return in->rules & W403_SIGN_PATH_ONCE ? encoded_once(a, path, "/") : w403_percent_encode(a, path, "/");
}

/* ---- the query ---- */

static bool put_query(w403_arena *a, w403_view query, w403_piece_fn *put, void *user)
{
    pairs list = {0};
    while (query.n) {
        w403_view value = w403_view_cut(&query, '&');
        w403_view name = w403_view_cut(&value, '=');
        if (name.n || value.n) {
            name = encoded_once(a, name, NULL);
            value = encoded_once(a, value, NULL);
            if (!name.p || !value.p || !push(a, &list, name, value, false)) {
                return false;
            }
        }
    }
    sort(&list, by_name_and_value);
    for (size_t i = 0; i < list.n; i++) {
        if (i) {
            put(user, W403_LIT("&"), false);
        }
        put(user, list.at[i].name, false);
        put(user, W403_LIT("="), false);
        put(user, list.at[i].value, false);
    }
    put(user, W403_LIT("\n"), false);
    return true;
}

/* ---- the headers ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without blanks around it, and one for each run of them within. */
static void put_value(const pair *p, w403_piece_fn *put, void *user)
{
    w403_view rest = w403_view_trim(p->value);
    while (rest.n) {
        size_t n = 0;
        while (n < rest.n && !is_blank(rest.p[n])) {
            n++;
        }
        put(user, w403_view_sub(rest, 0, n), p->secret);
        rest = w403_view_trim(w403_view_sub(rest, n, rest.n));
        if (rest.n) {
            put(user, W403_LIT(" "), false);
        }
    }
}

static bool headers_of(w403_arena *a, const w403_canonical *c, pairs *list)
{
    bool good = push(a, list, W403_LIT("host"), c->in->host, false) &&
                push(a, list, W403_LIT("x-amz-date"), c->date, false);
    if (c->in->rules & W403_SIGN_BODY_HEADER) {
        good = good && push(a, list, W403_LIT("x-amz-content-sha256"), c->body_hash, false);
    }
    if (c->token.n) {
        good = good && push(a, list, W403_LIT("x-amz-security-token"), c->token, true);
    }
    for (size_t i = 0; good && i < c->in->n_headers; i++) {
        w403_view name = w403_arena_lower(a, c->in->headers[i].name);
        good = name.p && push(a, list, name, c->in->headers[i].value, false);
    }
    sort(list, by_name);
    return good;
}

static bool same_as_before(const pairs *list, size_t i)
{
    return i > 0 && w403_view_eq(list->at[i].name, list->at[i - 1].name);
}

static bool join_names(w403_arena *a, const pairs *list, w403_view *out)
{
    size_t n = 0, size = 0;
    for (size_t i = 0; i < list->n; i++) {
        size += list->at[i].name.n + 1;
    }
    char *text = w403_arena_alloc(a, size);
    for (size_t i = 0; text && i < list->n; i++) {
        if (!same_as_before(list, i)) {
            if (n) {
                text[n++] = ';';
            }
            memcpy(text + n, list->at[i].name.p, list->at[i].name.n);
            n += list->at[i].name.n;
        }
    }
    *out = (w403_view){text, n};
    return text != NULL;
}

static void put_headers(const pairs *list, w403_piece_fn *put, void *user)
{
    for (size_t i = 0; i < list->n; i++) {
        if (same_as_before(list, i)) {
            put(user, W403_LIT(","), false);
        } else {
            put(user, list->at[i].name, false);
            put(user, W403_LIT(":"), false);
        }
        put_value(&list->at[i], put, user);
        if (i + 1 == list->n || !same_as_before(list, i + 1)) {
            put(user, W403_LIT("\n"), false);
        }
    }
}

bool w403_canonical_request(w403_arena *a, w403_canonical *c, w403_piece_fn *put, void *user)
{
    w403_view path = canonical_path(a, c->in);
    pairs     list = {0};
    if (!path.p || !headers_of(a, c, &list) || !join_names(a, &list, &c->signed_names)) {
        return false;
    }
    put(user, c->in->method, false);
    put(user, W403_LIT("\n"), false);
    put(user, path, false);
    put(user, W403_LIT("\n"), false);
    if (!put_query(a, c->in->query, put, user)) {
        return false;
    }
    put_headers(&list, put, user);
    put(user, W403_LIT("\n"), false);
    put(user, c->signed_names, false);
    put(user, W403_LIT("\n"), false);
    put(user, c->body_hash, false);
    return true;
}
