/* The request that a combination of classes stands for, as decide takes it. */
#include "symbolic/realm.h"

typedef W403_ARRAY(w403_pair) pair_list;

typedef struct writer {
    const w403_realm_reply *x;
    w403_arena *a;
    w403_request *r;
    pair_list headers, query, tags;
    W403_ARRAY(w403_context_entry) context;
    bool failed;
} writer;

static void pair(writer *w, pair_list *list, w403_view name, w403_view value)
{
    w403_pair *slot = W403_PUSH(w->a, list);
    if (slot && name.p && value.p) {
        *slot = (w403_pair){name, value};
    } else {
        w->failed = true;
    }
}

static void context(writer *w, const w403_key_fact *f)
{
    w403_context_entry *slot = W403_PUSH(w->a, &w->context);
    const w403_key *k = w403_key_at(f->id);
    if (!slot) {
        w->failed = true;
        return;
    }
    w403_view name = k && !f->param.p ? w403_view_of(k->name) : f->name;
    *slot = (w403_context_entry){name, f->present, f->values, f->n};
}

/* The header of a key: its name after the colon, or another one. */
static w403_view header_name(const writer *w, const w403_key_fact *f)
{
    w403_view name = w403_view_of(w403_key_at(f->id)->name);
    w403_view bare = w403_view_sub(name, w403_view_find_char(name, ':') + 1, name.n);
    if (f->id == W403_KEY_AWS_USERAGENT) {
        return W403_LIT("user-agent");
    }
    if (w403_view_starts(bare, W403_LIT("object-lock-"))) {
        return w403_arena_printf(w->a, "x-amz-%.*s", W403_ARG(bare));
    }
    return bare;
}

static void session(writer *w, w403_view userid)
{
    w403_view_cut(&userid, ':');
    w->r->session_name = userid.p ? userid : W403_LIT("session");
}

static bool sent_already(const writer *w, w403_view name)
{
    for (size_t i = 0; i < w->tags.n; i++) {
        if (w403_view_ieq(w->tags.at[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void put(writer *w, const w403_key_fact *f, w403_way way)
{
    bool present = f->present == W403_YES;
    w403_view v = present && f->n ? f->values[0] : (w403_view){NULL, 0};
    switch (way) {
    case W403_WAY_DERIVED:
        break;
    case W403_WAY_CONTEXT:
        context(w, f);
        break;
    case W403_WAY_HEADER:
        if (present) {
            pair(w, &w->headers, header_name(w, f), v);
        }
        break;
    case W403_WAY_QUERY:
        if (present) {
            w403_view name = w403_view_of(w403_key_at(f->id)->name);
            pair(w, &w->query, w403_view_sub(name, 3, name.n), v);
        }
        break;
    case W403_WAY_FROM:
        w->r->from = v;
        break;
    case W403_WAY_VIA:
        w->r->via = v;
        break;
    case W403_WAY_SECURE:
        w->r->secure = w403_bool(!present || w403_view_eq(v, W403_LIT("true")));
        break;
    case W403_WAY_TIME:
        w->r->at = v;
        break;
    case W403_WAY_SESSION:
        session(w, v);
        break;
    case W403_WAY_TAG:
        if (present && !sent_already(w, f->param)) {
            pair(w, &w->tags, f->param, v);
        }
        break;
    case W403_WAY_TAG_KEYS:
        for (uint32_t i = 0; present && i < f->n; i++) {
            if (!sent_already(w, f->values[i])) {
                pair(w, &w->tags, f->values[i], W403_LIT("1"));
            }
        }
        break;
    }
}

/* Letters, digits and a few marks stand for themselves. */
static w403_view encoded(w403_arena *a, w403_view v)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = w403_arena_alloc(a, v.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; out && i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '_' || c == '.';
        if (plain) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = digits[c >> 4];
            out[n++] = digits[c & 15];
        }
    }
    return (w403_view){out, n};
}

static void tagging(writer *w)
{
    w403_view all = W403_LIT("");
    for (size_t i = 0; i < w->tags.n; i++) {
        all = w403_arena_printf(w->a, "%.*s%s%.*s=%.*s", W403_ARG(all), i ? "&" : "",
                                W403_ARG(encoded(w->a, w->tags.at[i].name)), W403_ARG(encoded(w->a, w->tags.at[i].value)));
    }
    if (w->tags.n) {
        pair(w, &w->headers, W403_LIT("x-amz-tagging"), all);
    }
}

static void put_class(writer *w, size_t dim, const w403_class *c)
{
    if (dim == w->x->caller_dim) {
        w->r->principal = w403_asker_is_set(w->x->asker) ? c->caller->name : w->r->principal;
        return;
    }
    if (dim == w->x->payer_dim) {
        if (c->facts[0].present == W403_YES) {
            pair(w, &w->headers, W403_LIT("x-amz-request-payer"), W403_LIT("requester"));
        }
        return;
    }
    for (size_t i = 0; i < w->x->uses.n; i++) {
        if (w->x->home[i] == dim) {
            put(w, &c->facts[0], w->x->ways[i]);
        }
    }
}

w403_status w403_realm_request(const w403_realm_reply *x, const uint32_t *slots, w403_request *out, w403_error *err)
{
    *out = x->base;
    writer w = {.x = x, .a = x->work ? x->work : x->arena, .r = out};
    bool network = false;
    for (size_t i = 0; i < x->base.n_headers; i++) {
        pair(&w, &w.headers, x->base.headers[i].name, x->base.headers[i].value);
    }
    for (size_t i = 0; i < x->uses.n; i++) {
        network |= x->ways[i] == W403_WAY_FROM || x->ways[i] == W403_WAY_VIA;
    }
    if (network) {
        out->from = (w403_view){NULL, 0};
    }
    for (size_t dim = 0; dim < x->space.dims.n; dim++) {
        const w403_dim *d = &x->space.dims.at[dim];
        put_class(&w, dim, &d->classes.at[d->slot_class[slots[dim]]]);
    }
    if (network && !out->from.p && !out->via.p) { /* an endpoint that no condition names */
        out->via = W403_LIT("vpce-0a1b2c3d4e5f67890");
    }
    tagging(&w);
    out->headers = w.headers.at;
    out->n_headers = w.headers.n;
    out->query = w.query.at;
    out->n_query = w.query.n;
    out->context = w.context.at;
    out->n_context = w.context.n;
    return w.failed ? w403_error_nomem(err) : W403_OK;
}
