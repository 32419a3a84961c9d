/* Texts inside members: JSON, access log lines, and what is packed around them. */
#include "base/encode.h"
#include "base/inflate.h"
#include "evidence/envelope_state.h"

/* ---- links ---- */

/* [X](http://X/) and <http://X|X>, with X of a host's letters: what stands at `i`, and its end. */
static bool link_at(w403_view t, size_t i, w403_view *host, size_t *end)
{
    w403_view rest = w403_view_sub(t, i + 1, t.n);
    if (t.p[i] == '[') {
        *host = w403_view_cut(&rest, ']');
        if (!rest.p || !w403_view_starts(rest, W403_LIT("(http"))) {
            return false;
        }
        w403_view url = w403_view_cut(&rest, ')');
        *end = i + 1 + host->n + 1 + url.n + 1;
        return rest.p && w403_view_find(url, *host) != SIZE_MAX && host->n > 0 && *end <= t.n;
    }
    if (!w403_view_starts(rest, W403_LIT("http"))) {
        return false;
    }
    w403_view whole = w403_view_cut(&rest, '>');
    size_t    bar = w403_view_find_char(whole, '|');
    *host = bar == SIZE_MAX ? whole : w403_view_sub(whole, bar + 1, whole.n);
    size_t scheme = w403_view_find(*host, W403_LIT("://"));
    if (scheme != SIZE_MAX) {
        *host = w403_view_sub(*host, scheme + 3, host->n);
    }
    host->n -= host->n && host->p[host->n - 1] == '/';
    *end = i + 1 + whole.n + 1;
    return rest.p && host->n > 0 && *end <= t.n;
}

static bool is_host(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        char c = w403_lower(v.p[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-') {
            return false;
        }
    }
    return v.n > 0;
}

w403_status w403_envelope_unlink(w403_arena *a, w403_view text, w403_view *out, w403_error *err)
{
    char  *p = w403_arena_alloc(a, text.n + 1);
    size_t n = 0;
    W403_NEED(p, err);
    for (size_t i = 0; i < text.n;) {
        w403_view host;
        size_t    end;
        if ((text.p[i] == '[' || text.p[i] == '<') && link_at(text, i, &host, &end) && is_host(host)) {
            bool there = text.p[i] == '<' && w403_view_ends((w403_view){p, n}, host); /* s3.amazonaws.com<http://...> */
            memcpy(p + n, host.p, there ? 0 : host.n);
            n += there ? 0 : host.n;
            i = end;
        } else {
            p[n++] = text.p[i++];
        }
    }
    *out = (w403_view){p, n};
    return W403_OK;
}

/* ---- texts ---- */

static bool is_open(char c)
{
    return c == '{' || c == '[';
}

/* JSON, one document after another. *bad: from where it is none. */
static w403_status open_documents(w403_opener *o, w403_view source, w403_view text, w403_error *why, w403_error *err)
{
    const w403_json_options opt = {.allow_trailing = true};
    w403_view               rest = text;
    why->code = W403_OK;
    while (rest.n > 0) {
        w403_json_doc doc;
        size_t        end = 0;
        w403_status   status = w403_json_parse(o->arena, source, rest, &opt, &doc, &end, why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status != W403_OK || end == 0) {
            why->code = W403_SYNTAX;
            return W403_OK;
        }
        W403_TRY(w403_open_value(o, &doc, doc.root, err));
        rest = w403_view_trim(w403_view_sub(rest, end, rest.n));
    }
    return W403_OK;
}

static w403_status open_json(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_view text, w403_error *err)
{
    w403_error why;
    uint64_t   before = o->out->found;
    o->texts++;
    w403_status status = open_documents(o, doc->source, text, &why, err);
    o->texts--;
    bool event = w403_view_find(text, W403_LIT("\"eventVersion\"")) != SIZE_MAX ||
                 w403_view_find(text, W403_LIT("\"eventName\"")) != SIZE_MAX;
    if (status == W403_OK && why.code != W403_OK && event && o->out->found == before) {
        o->out->damaged++;
        o->to->damaged(o->to->user, doc, v, why.message);
    }
    return status;
}

static w403_status open_lines(w403_opener *o, w403_view text, w403_error *err)
{
    while (text.n) {
        w403_carried c = {.kind = W403_CARRIED_LINE, .line = w403_view_trim(w403_view_cut(&text, '\n'))};
        if (c.line.n > 0) {
            o->out->found++;
            W403_TRY(o->to->found(o->to->user, &c, err));
        }
    }
    return W403_OK;
}

/* Could this be base64 of JSON, of gzip, or of an access log line? Told by its first bytes. */
static bool seems_base64(const w403_opener *o, w403_view text)
{
    char      bytes[8];
    w403_view head = {NULL, 0};
    if (text.n >= 16 && text.n % 4 == 0) {
        head = w403_base64_head(text, bytes);
    }
    if (head.n < 4) {
        return false;
    }
    bool hex = true;
    for (size_t i = 0; i < head.n; i++) {
        char c = head.p[i];
        hex &= (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return is_open(w403_view_trim(head).n ? w403_view_trim(head).p[0] : '\0') || w403_is_gzip(head) || (hex && o->to->is_line);
}

static w403_status open_packed(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_view bytes, w403_error *err)
{
    w403_view inner = bytes;
    if (w403_is_gzip(bytes)) {
        w403_error  why;
        w403_status status = w403_gunzip(o->arena, bytes, W403_ENVELOPE_BYTES - o->unpacked, &inner, &why);
        if (status == W403_NOMEM) {
            return w403_error_nomem(err);
        }
        if (status != W403_OK) {
            o->out->damaged++;
            o->to->damaged(o->to->user, doc, v, why.message);
            return W403_OK;
        }
    }
    o->unpacked += inner.n;
    o->texts++;
    w403_status status = w403_open_text(o, doc, v, inner, err);
    o->texts--;
    return status;
}

/* Behind a syslog head or a prefix of a log shipper. */
static size_t find_event(w403_view text)
{
    static const char *const NAMES[] = {"{\"eventVersion\"", "{\"Records\"", "{ \"eventVersion\""};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        size_t at = w403_view_find(text, w403_view_of(NAMES[i]));
        best = at < best ? at : best;
    }
    return best;
}

w403_status w403_open_text(w403_opener *o, const w403_json_doc *doc, const w403_json *v, w403_view text, w403_error *err)
{
    text = w403_view_trim(text);
    if (text.n < 2 || o->texts >= W403_ENVELOPE_TEXTS) {
        return W403_OK;
    }
    bool quoted = text.p[0] == '"' && text.p[text.n - 1] == '"';
    if (is_open(text.p[0]) || quoted) {
        return open_json(o, doc, v, text, err);
    }
    w403_view rest = text;
    if (o->to->is_line && o->to->is_line(w403_view_trim(w403_view_cut(&rest, '\n')))) {
        return open_lines(o, text, err);
    }
    if (seems_base64(o, text) && text.n <= W403_ENVELOPE_BYTES - o->unpacked) {
        w403_view bytes = w403_base64_decode(o->arena, text);
        if (!bytes.p) { /* for its text, not for want of memory */
            W403_NEED(w403_arena_alloc(o->arena, text.n), err);
        }
        return bytes.n ? open_packed(o, doc, v, bytes, err) : W403_OK;
    }
    size_t at = find_event(text);
    return at == SIZE_MAX ? W403_OK : open_json(o, doc, v, w403_view_sub(text, at, text.n), err);
}
