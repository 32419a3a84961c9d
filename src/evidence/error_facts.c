/* What the forms found in a text, sorted out: of several that say the same thing the surest counts, then the first. */
#include "base/limits.h"
#include "evidence/forms.h"
#include "evidence/error_text.h"

typedef struct place {
    w403_target target;
    w403_pairs  query;
    w403_view   method;
    const w403_hit *hit; /* NULL: none */
} place;

typedef struct finder {
    w403_build       *b;
    const w403_clean *c;
    W403_ARRAY(w403_hit) hits;
    bool several; /* two errors: what stands elsewhere may be the other's */
} finder;

enum { HITS_MAX = W403_LIMIT_ERROR_FACTS, NEVER = 1000 };

/* More hits than any one error has: the rest is of others. */
static bool keep(void *user, const w403_hit *hit)
{
    finder   *f = user;
    w403_hit *h = W403_PUSH(f->b->arena, &f->hits);
    if (h) {
        *h = *hit;
    }
    f->b->failed |= !h;
    return h && f->hits.n < HITS_MAX;
}

/* Lower is surer. What stands in the text is surer than what its form stands for. */
static unsigned rank_of(const w403_hit *h, bool said)
{
    return 2U * h->form->rank + (said ? 0 : 1);
}

/* ---- single facts ---- */

typedef struct fact {
    w403_view       value;
    unsigned        rank;
    const w403_hit *hit;
} fact;

static void better(fact *best, const w403_hit *h, w403_view value, bool said)
{
    unsigned rank = rank_of(h, said);
    if (value.n && (!best->hit || rank < best->rank)) {
        *best = (fact){value, rank, h};
    }
}

static fact part_of(const finder *f, w403_part part)
{
    fact best = {.rank = NEVER};
    for (size_t i = 0; i < f->hits.n; i++) {
        better(&best, &f->hits.at[i], f->hits.at[i].at[part], true);
    }
    return best;
}

static w403_view code_in(const w403_hit *h, w403_part part)
{
    w403_view v = h->at[part];
    bool      spelled = v.n && h->code && !w403_view_ieq(v, w403_view_of(h->code->code));
    return spelled ? w403_view_of(h->code->code) : v;
}

static fact code_of(const finder *f)
{
    fact best = {.rank = NEVER};
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        better(&best, h, code_in(h, W403_PART_CODE), true);
        better(&best, h, code_in(h, W403_PART_KNOWN_CODE), true);
        better(&best, h, w403_view_of(h->form->code), false);
    }
    return best;
}

static fact operation_of(const finder *f)
{
    fact best = {.rank = NEVER};
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        better(&best, h, h->at[W403_PART_CALL], true);
        better(&best, h, w403_view_of(h->operation ? h->operation->name : NULL), true);
        if (!f->c->torn) { /* else the operation's own name may be what was torn */
            better(&best, h, w403_view_of(h->form->operation), false);
        }
    }
    return best;
}

static int status_of(const finder *f)
{
    uint64_t first = 0, status;
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        w403_view       v = h->at[W403_PART_STATUS].n ? h->at[W403_PART_STATUS] : w403_view_of(h->form->status);
        if (v.n && w403_view_u64(v, &status)) {
            if (status == 403) {
                return 403; /* what came before and after it is not what is asked about */
            }
            first = first ? first : status;
        }
    }
    return (int)first;
}

/* ---- places ---- */

static bool same_line(const finder *f, const w403_hit *a, const w403_hit *b)
{
    size_t from = a->from < b->from ? a->to : b->to, to = a->from < b->from ? b->from : a->from;
    for (size_t i = from; i < to; i++) {
        if (f->c->marks[i] & W403_MARK_BREAK) {
            return false;
        }
    }
    return true;
}

static bool url_place(finder *f, const w403_hit *h, w403_view url, place *out)
{
    bool https;
    memset(out, 0, sizeof *out);
    if (!url.n || !w403_target_from_url(f->b, url, &out->target, &out->query, &https) || !out->target.bucket.n) {
        return false;
    }
    out->method = h->at[W403_PART_METHOD].n ? h->at[W403_PART_METHOD] : w403_view_of(h->form->method);
    return true;
}

/* What a hit says of where the request went, without what stands elsewhere. */
static bool place_of(finder *f, const w403_hit *h, place *out)
{
    memset(out, 0, sizeof *out);
    if (h->at[W403_PART_PATH].n) {
        return w403_target_from_uri(h->at[W403_PART_PATH], &out->target);
    }
    if (h->at[W403_PART_BUCKET].n) {
        bool ok = w403_target_from_uri(h->at[W403_PART_BUCKET], &out->target);
        if (h->at[W403_PART_KEY].n) {
            out->target.key = h->at[W403_PART_KEY];
        }
        return ok;
    }
    if (h->at[W403_PART_HOST].n && h->at[W403_PART_KEY].n) {
        if (!w403_target_from_host(f->b, h->at[W403_PART_HOST], &out->target)) {
            return false;
        }
        out->method = h->at[W403_PART_METHOD];
        if (out->target.path_style) {
            return w403_target_from_uri(h->at[W403_PART_KEY], &out->target);
        }
        out->target.key = h->at[W403_PART_KEY];
        return out->target.bucket.n > 0;
    }
    if (h->at[W403_PART_HOST].n && h->at[W403_PART_URI].n) {
        return url_place(f, h, w403_build_printf(f->b, "%.*s%.*s", W403_ALL(h->at[W403_PART_HOST]),
                                                 W403_ALL(h->at[W403_PART_URI])), out);
    }
    return url_place(f, h, h->at[W403_PART_URL], out);
}

/* The surest place; one with a key where another names the same bucket alone. */
static place best_place(finder *f, const w403_hit *operation)
{
    place    best = {0}, p;
    unsigned rank = NEVER;
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        if ((f->several && operation && !same_line(f, h, operation)) || !place_of(f, h, &p)) {
            continue;
        }
        bool fuller = best.hit && !best.target.key.n && p.target.key.n && w403_view_eq(p.target.bucket, best.target.bucket);
        bool surer = rank_of(h, true) < rank && !(best.hit && best.target.key.n && !p.target.key.n &&
                                                   w403_view_eq(p.target.bucket, best.target.bucket));
        if (surer || fuller) {
            rank = surer ? rank_of(h, true) : rank;
            best = p;
            best.hit = h;
        }
    }
    return best;
}

/* `GET /path HTTP/1.1`: the last before the first refusal. */
static const w403_hit *request_line(const finder *f)
{
    const w403_hit *last = NULL;
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        bool refused = w403_view_eq(h->at[W403_PART_STATUS], W403_LIT("403"));
        if (last && refused && h != last) {
            break;
        }
        last = h->at[W403_PART_URI].n && !h->at[W403_PART_HOST].n ? h : last;
    }
    return last;
}

/* A request line beside a Host header, or beside the bucket's name. */
static void add_request_line(finder *f, place *best)
{
    const w403_hit *line = request_line(f);
    if (!line || (best->hit && best->method.n && best->hit->form->rank <= line->form->rank)) {
        return;
    }
    place     p = {0};
    w403_view uri = line->at[W403_PART_URI];
    fact      host = part_of(f, W403_PART_HOST);
    if (host.hit && url_place(f, line, w403_build_printf(f->b, "%.*s%.*s", W403_ALL(host.value), W403_ALL(uri)), &p)) {
        *best = p;
    } else if (best->hit) {
        w403_view bucket = best->target.bucket;
        w403_view path = w403_build_printf(f->b, "/%.*s", W403_ALL(bucket));
        bool      in_path = w403_view_starts(uri, path) && (uri.n == path.n || strchr("/?", uri.p[path.n]));
        w403_view url = w403_build_printf(f->b, in_path ? "s3.amazonaws.com%.*s" : "x.s3.amazonaws.com%.*s", W403_ALL(uri));
        if (w403_bucket_is_arn(bucket) || !url_place(f, line, url, &p)) {
            return;
        }
        p.target.bucket = bucket;
        *best = p;
    } else {
        return;
    }
    best->hit = line;
}

/* A key that stands alone, where there is but one. */
static w403_view lone_key(const finder *f)
{
    w403_view key = {NULL, 0};
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        if (!h->at[W403_PART_KEY].n || h->at[W403_PART_BUCKET].n) {
            continue;
        }
        if (key.n && !w403_view_eq(key, h->at[W403_PART_KEY])) {
            return (w403_view){NULL, 0};
        }
        key = h->at[W403_PART_KEY];
    }
    return key;
}

/* ---- the whole ---- */

/* Two calls that AWS or the client accounts for: two errors. */
static bool has_several(const finder *f, fact first)
{
    for (size_t i = 0; first.hit && i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        w403_view       v = h->at[W403_PART_CALL].n ? h->at[W403_PART_CALL]
                                                    : w403_view_of(h->operation ? h->operation->name : NULL);
        if (v.n && rank_of(h, true) == first.rank && !w403_view_ieq(v, first.value)) {
            return true;
        }
    }
    return false;
}

static void take_query(finder *f, const place *p, w403_surroundings *s)
{
    static const char *const not_asked[] = {"AWSAccessKeyId", "Expires", "Signature", "x-id"};
    for (size_t i = 0; i < p->query.n; i++) {
        w403_pair q = p->query.at[i];
        bool      skip = q.name.n > 6 && w403_view_ieq(w403_view_sub(q.name, 0, 6), W403_LIT("x-amz-"));
        for (size_t k = 0; k < sizeof not_asked / sizeof *not_asked; k++) {
            skip |= w403_view_ieq(q.name, w403_view_of(not_asked[k]));
        }
        s->presigned_url |= w403_view_ieq(q.name, W403_LIT("X-Amz-Signature")) || w403_view_eq(q.name, W403_LIT("Signature"));
        if (w403_view_eq(q.name, W403_LIT("versionId"))) {
            s->version = q.value;
        } else if (!skip) {
            w403_build_pair(f->b, &s->query, q.name, q.value);
        }
    }
}

/* Headers between a request line and the answer to it: those of the request. */
static void take_headers(finder *f, const w403_hit *line, w403_surroundings *s)
{
    size_t end = f->c->text.n;
    for (size_t i = 0; line->at[W403_PART_URI].n && i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        if (h->from <= line->from) {
            continue;
        }
        if (h->at[W403_PART_STATUS].n || h->at[W403_PART_URI].n) {
            end = h->from < end ? h->from : end;
        }
        if (h->form->header && h->from < end && !w403_pairs_get(&s->headers, h->form->header)) {
            w403_build_pair(f->b, &s->headers, w403_view_of(h->form->header), h->at[W403_PART_VALUE]);
        }
    }
}

static void take_place(finder *f, fact operation, w403_surroundings *s)
{
    place p = best_place(f, operation.hit);
    add_request_line(f, &p);
    if (!p.hit) {
        return;
    }
    s->to = p.target;
    s->has_to = true;
    s->method = p.method;
    s->method_rank = rank_of(p.hit, false);
    s->query_whole = p.query.n > 0 || p.method.n > 0;
    if (!s->to.key.n) {
        s->to.key = lone_key(f);
    }
    take_query(f, &p, s);
    take_headers(f, p.hit, s);
    w403_view prefix = part_of(f, W403_PART_PREFIX).value;
    if (prefix.n && !w403_pairs_get(&s->query, "prefix")) {
        w403_build_pair(f->b, &s->query, W403_LIT("prefix"), prefix);
    }
    fact source = part_of(f, W403_PART_SOURCE);
    s->has_from = source.hit == p.hit && source.value.n && w403_target_from_uri(source.value, &s->from);
}

static void take_cause(const finder *f, w403_surroundings *s)
{
    unsigned rank = NEVER;
    for (size_t i = 0; i < f->hits.n; i++) {
        const w403_hit *h = &f->hits.at[i];
        s->denied |= h->form->denied;
        if (h->form->cause && rank_of(h, true) < rank) {
            rank = rank_of(h, true);
            s->causes = h->form->cause;
            s->caused_by = w403_view_sub(f->c->text, h->from, h->to);
        }
        if (h->form->action && !s->action.n) {
            s->action = w403_view_of(h->form->action);
        }
        if (h->form->principal && !s->principal.n) {
            s->principal = w403_view_of(h->form->principal);
        }
    }
    s->action = s->action.n ? s->action : part_of(f, W403_PART_ACTION).value;
}

void w403_error_surroundings(w403_build *b, const w403_clean *c, w403_reported *r, w403_surroundings *s)
{
    finder f = {.b = b, .c = c};
    w403_forms_find(c, keep, &f);
    fact operation = operation_of(&f), code = code_of(&f);
    f.several = has_several(&f, operation);
    s->several = f.several;
    s->torn = c->torn;
    take_place(&f, operation, s);
    take_cause(&f, s);
    r->error_code = code.hit && code.rank < 8 ? code.value : (w403_view){NULL, 0};
    if (!r->error_code.n) {
        r->error_code = w403_error_lone_code(c);
        r->error_code = r->error_code.n ? r->error_code : code.value;
    }
    s->code_inferred = r->error_code.n && code.hit && r->error_code.p == code.value.p && (code.rank & 1);
    r->operation = operation.value;
    if (operation.hit && operation.rank & 1) {
        s->operation_from = w403_build_printf(b, "the wording of %s", operation.hit->form->client).p;
    }
    if (s->has_to && s->method.n && (!operation.hit || s->method_rank < operation.rank)) {
        const w403_operation *op = w403_operation_of_http(s->method, &s->to, &s->query, NULL);
        r->operation = op ? w403_view_of(op->name) : r->operation;
        s->operation_from = op ? "method and URL of the request" : s->operation_from;
    }
    if (!r->operation.n) {
        r->operation = w403_error_lone_operation(c);
        s->operation_from = r->operation.n ? "the only operation that the text names" : NULL;
    }
    r->request_id = part_of(&f, W403_PART_REQUEST_ID).value;
    r->host_id = part_of(&f, W403_PART_HOST_ID).value;
    r->authorization_id = part_of(&f, W403_PART_ID).value;
    r->status = status_of(&f);
    s->headers_not_signed = part_of(&f, W403_PART_HEADERS).value;
    s->expired_at = part_of(&f, W403_PART_TIME).value;
}
