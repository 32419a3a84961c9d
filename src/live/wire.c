#include "live/wire.h"

#include "base/encode.h"
#include "base/time.h"
#include "live/wire_body.h"

/* The row of an argument; of `Filters.1.Name` it is that of Filters. */
const w403_call_argument *w403_wire_row_of(unsigned row, w403_view member)
{
    w403_view rest = member, name = w403_view_cut(&rest, '.');
    for (unsigned i = 0; i < w403_calls[row].n_arguments; i++) {
        const w403_call_argument *a = &w403_calls[row].arguments[i];
        if (w403_view_eq(w403_view_of(a->member), name)) {
            return (a->kind == W403_ARGUMENT_STRUCTURES) == (rest.p != NULL) ? a : NULL;
        }
    }
    return NULL;
}

w403_view w403_wire_argument(const w403_wire_input *in, const char *member)
{
    for (size_t i = 0; i < in->n_arguments; i++) {
        if (w403_view_eq(in->arguments[i].name, w403_view_of(member))) {
            return in->arguments[i].value;
        }
    }
    return (w403_view){NULL, 0};
}

bool w403_wire_sized(const w403_wire_input *in)
{
    for (size_t i = 0; i < in->n_arguments; i++) {
        const w403_call_argument *a = w403_wire_row_of(in->row, in->arguments[i].name);
        if (a && a->kind == W403_ARGUMENT_SIZE) {
            return true;
        }
    }
    return false;
}

static bool is_account(w403_view v)
{
    uint64_t number;
    return v.n == 12 && w403_view_u64(v, &number);
}

/* What would change the request into another one: an empty label, one that means a folder, a line end in a header. */
static bool is_safe(const w403_call_argument *a, w403_view v)
{
    if (a->place == W403_ARGUMENT_IN_PATH) {
        return v.n > 0 && v.n <= 1024 && !w403_view_eq(v, W403_LIT(".")) && !w403_view_eq(v, W403_LIT("..")) &&
               !memchr(v.p, '\0', v.n);
    }
    for (size_t i = 0; a->place == W403_ARGUMENT_IN_HEADER && i < v.n; i++) {
        if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f) {
            return false;
        }
    }
    uint64_t     number;
    w403_instant time;
    switch ((w403_argument_kind)a->kind) {
    case W403_ARGUMENT_NUMBER:
    case W403_ARGUMENT_SIZE:
        return w403_view_u64(v, &number);
    case W403_ARGUMENT_BOOLEAN:
        return w403_view_eq(v, W403_LIT("true")) || w403_view_eq(v, W403_LIT("false"));
    case W403_ARGUMENT_TIME:
        return w403_instant_parse(v, &time);
    case W403_ARGUMENT_TOKEN:
        return false;
    case W403_ARGUMENT_STRING:
    case W403_ARGUMENT_LIST:
    case W403_ARGUMENT_STRUCTURES:
        break;
    }
    return true;
}

w403_status w403_wire_check(const w403_wire_input *in, w403_error *err)
{
    if (in->row >= W403_CALL_COUNT) {
        return w403_error_set(err, W403_SEMANTIC, "there is no call %u", in->row);
    }
    const w403_call_row *row = &w403_calls[in->row];
    for (size_t i = 0; i < in->n_arguments; i++) {
        const w403_live_argument *given = &in->arguments[i];
        const w403_call_argument *a = w403_wire_row_of(in->row, given->name);
        if (!a) {
            return w403_error_set(err, W403_SEMANTIC, "%s has no argument `%.*s`", row->operation, W403_CUT(given->name));
        }
        if (!is_safe(a, given->value)) {
            return w403_error_set(err, W403_SEMANTIC, "`%.*s` cannot be the %s of %s", W403_CUT(given->value), a->member,
                                  row->operation);
        }
    }
    for (unsigned i = 0; i < row->n_arguments; i++) {
        const w403_call_argument *a = &row->arguments[i];
        if (a->place == W403_ARGUMENT_IN_PATH && w403_wire_argument(in, a->member).n == 0) {
            return w403_error_set(err, W403_SEMANTIC, "%s needs the argument %s", row->operation, a->member);
        }
    }
    w403_view account = w403_wire_argument(in, "AccountId");
    if (row->service_id == W403_SERVICE_S3CONTROL && !is_account(account.n > 0 ? account : in->account)) {
        return w403_error_set(err, W403_SEMANTIC, "%s needs an account of 12 digits", row->operation);
    }
    return W403_OK;
}

/* A label: {Bucket}, or {Key+}, which keeps its slashes. */
static void put_label(w403_arena *a, w403_buf *out, const w403_wire_input *in, w403_view label)
{
    bool                 slashes = w403_view_ends(label, W403_LIT("+"));
    const w403_call_row *row = &w403_calls[in->row];
    label.n -= slashes;
    for (unsigned i = 0; i < row->n_arguments; i++) {
        if (row->arguments[i].place == W403_ARGUMENT_IN_PATH &&
            w403_view_eq(w403_view_of(row->arguments[i].wire), label)) {
            w403_view value = w403_wire_argument(in, row->arguments[i].member);
            w403_buf_put(out, w403_percent_encode(a, value, slashes ? "/" : ""));
        }
    }
}

static w403_view build_path(w403_arena *a, const w403_wire_input *in)
{
    w403_buf  out = {0};
    w403_view rest = w403_view_of(w403_calls[in->row].path), bucket = W403_LIT("/{Bucket}");
    w403_buf_put(&out, in->prefix);
    if (in->bucket_elsewhere && w403_view_starts(rest, bucket)) {
        rest = w403_view_sub(rest, bucket.n, rest.n);
    }
    while (rest.n > 0) {
        w403_buf_put(&out, w403_view_cut(&rest, '{'));
        if (rest.p) {
            put_label(a, &out, in, w403_view_cut(&rest, '}'));
        }
    }
    if (out.n == 0) {
        w403_buf_putc(&out, '/');
    }
    return w403_buf_take(&out, a);
}

static void put_query(w403_arena *a, w403_buf *out, const char *name, w403_view value)
{
    if (out->n > 0) {
        w403_buf_putc(out, '&');
    }
    w403_buf_puts(out, name);
    w403_buf_putc(out, '=');
    w403_buf_put(out, w403_percent_encode(a, value, ""));
}

static w403_view build_query(w403_arena *a, const w403_wire_input *in)
{
    const w403_call_row *row = &w403_calls[in->row];
    w403_buf             out = {0};
    w403_buf_puts(&out, row->query);
    for (size_t i = 0; i < in->n_arguments; i++) {
        const w403_call_argument *at = w403_wire_row_of(in->row, in->arguments[i].name);
        if (at && at->place == W403_ARGUMENT_IN_QUERY) {
            put_query(a, &out, at->wire, in->arguments[i].value);
        }
    }
    for (unsigned i = 0; i < row->n_arguments && row->protocol == W403_PROTOCOL_REST; i++) {
        if (row->arguments[i].kind == W403_ARGUMENT_SIZE && row->page_size > 0 && !w403_wire_sized(in)) {
            put_query(a, &out, row->arguments[i].wire, w403_arena_printf(a, "%u", row->page_size));
        }
    }
    for (unsigned i = 0; row->page_in[i] && row->protocol == W403_PROTOCOL_REST; i++) {
        if (in->tokens[i].n > 0) {
            put_query(a, &out, row->page_in[i], in->tokens[i]);
        }
    }
    return w403_buf_take(&out, a);
}

static void put_header(w403_wire *out, const char *name, w403_view value)
{
    if (out->n_headers < sizeof out->headers / sizeof *out->headers) {
        out->headers[out->n_headers++] = (w403_header){w403_view_of(name), value};
    }
}

static void build_headers(const w403_wire_input *in, w403_wire *out)
{
    const w403_call_row *row = &w403_calls[in->row];
    switch ((w403_protocol)row->protocol) {
    case W403_PROTOCOL_QUERY:
    case W403_PROTOCOL_EC2:
        put_header(out, "content-type", W403_LIT("application/x-www-form-urlencoded; charset=utf-8"));
        return;
    case W403_PROTOCOL_JSON:
        put_header(out, "content-type", W403_LIT("application/x-amz-json-1.1"));
        put_header(out, "x-amz-target", w403_view_of(row->target));
        return;
    case W403_PROTOCOL_REST:
        break;
    }
    for (unsigned i = 0; i < row->n_arguments; i++) {
        const w403_call_argument *a = &row->arguments[i];
        w403_view                 value = w403_wire_argument(in, a->member);
        if (strcmp(a->member, "AccountId") == 0 && value.n == 0) {
            value = in->account;
        }
        if (a->place == W403_ARGUMENT_IN_HEADER && value.n > 0) {
            put_header(out, a->wire, value);
        }
    }
}

w403_status w403_wire_build(w403_arena *a, const w403_wire_input *in, w403_wire *out, w403_error *err)
{
    static const char *const methods[] = {"GET", "HEAD", "POST"};
    *out = (w403_wire){.method = w403_view_of(methods[w403_calls[in->row].method])};
    out->path = build_path(a, in);
    out->query = build_query(a, in);
    build_headers(in, out);
    out->body = w403_wire_body(a, in);
    W403_NEED(w403_arena_ok(a), err);
    return W403_OK;
}
