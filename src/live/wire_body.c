#include "live/wire_body.h"

#include "base/encode.h"
#include "base/time.h"
#include "json/json.h"

static void put_pair(w403_arena *a, w403_buf *out, w403_view name, w403_view value)
{
    if (out->n > 0) {
        w403_buf_putc(out, '&');
    }
    w403_buf_put(out, w403_percent_encode(a, name, ""));
    w403_buf_putc(out, '=');
    w403_buf_put(out, w403_percent_encode(a, value, ""));
}

/* How often this name was given before the i-th argument: elements of a list are counted from 1. */
static unsigned number_of(const w403_wire_input *in, size_t i)
{
    unsigned number = 1;
    for (size_t k = 0; k < i; k++) {
        number += w403_view_eq(in->arguments[k].name, in->arguments[i].name);
    }
    return number;
}

/* Filters.1.Values.2 is Filter.1.Value.2 on the wire of EC2. */
static w403_view structure_name(w403_arena *a, const w403_call_argument *row, w403_view member)
{
    w403_buf  out = {0};
    w403_view rest = member;
    (void)w403_view_cut(&rest, '.');
    w403_buf_puts(&out, row->wire);
    while (rest.p) {
        w403_view part = w403_view_cut(&rest, '.');
        w403_buf_putc(&out, '.');
        w403_buf_put(&out, w403_view_eq(part, W403_LIT("Values")) ? W403_LIT("Value") : part);
    }
    return w403_buf_take(&out, a);
}

static w403_view form_name(w403_arena *a, const w403_wire_input *in, size_t i, const w403_call_argument *row)
{
    bool ec2 = w403_calls[in->row].protocol == W403_PROTOCOL_EC2;
    switch ((w403_argument_kind)row->kind) {
    case W403_ARGUMENT_LIST:
        return w403_arena_printf(a, "%s%s.%u", row->wire, ec2 ? "" : ".member", number_of(in, i));
    case W403_ARGUMENT_STRUCTURES:
        return structure_name(a, row, in->arguments[i].name);
    case W403_ARGUMENT_STRING:
    case W403_ARGUMENT_NUMBER:
    case W403_ARGUMENT_BOOLEAN:
    case W403_ARGUMENT_TIME:
    case W403_ARGUMENT_SIZE:
    case W403_ARGUMENT_TOKEN:
        break;
    }
    return w403_view_of(row->wire);
}

/* What pages a listing: its size unless the caller gave one, and the token. */
typedef void put_fn(w403_arena *a, w403_buf *out, w403_view name, w403_view value);

static void put_paging(w403_arena *a, w403_buf *out, const w403_wire_input *in, put_fn *number, put_fn *text)
{
    const w403_call_row *row = &w403_calls[in->row];
    for (unsigned i = 0; i < row->n_arguments && row->page_size > 0 && !w403_wire_sized(in); i++) {
        if (row->arguments[i].kind == W403_ARGUMENT_SIZE) {
            number(a, out, w403_view_of(row->arguments[i].wire), w403_arena_printf(a, "%u", row->page_size));
        }
    }
    for (unsigned i = 0; row->page_in[i]; i++) {
        if (in->tokens[i].n > 0) {
            text(a, out, w403_view_of(row->page_in[i]), in->tokens[i]);
        }
    }
}

static void build_form(w403_arena *a, w403_buf *out, const w403_wire_input *in)
{
    const w403_call_row *row = &w403_calls[in->row];
    put_pair(a, out, W403_LIT("Action"), w403_view_of(row->operation));
    put_pair(a, out, W403_LIT("Version"), w403_view_of(row->version));
    for (size_t i = 0; i < in->n_arguments; i++) {
        const w403_call_argument *at = w403_wire_row_of(in->row, in->arguments[i].name);
        if (at) {
            put_pair(a, out, form_name(a, in, i, at), in->arguments[i].value);
        }
    }
    put_paging(a, out, in, put_pair, put_pair);
}

static void put_name(w403_buf *out, w403_view name)
{
    w403_buf_put(out, out->n > 1 && out->p[out->n - 1] != '{' ? W403_LIT(",") : W403_LIT(""));
    w403_buf_json_string(out, name);
    w403_buf_putc(out, ':');
}

static void put_text(w403_arena *a, w403_buf *out, w403_view name, w403_view value)
{
    (void)a;
    put_name(out, name);
    w403_buf_json_string(out, value);
}

static void put_lexeme(w403_arena *a, w403_buf *out, w403_view name, w403_view value)
{
    (void)a;
    put_name(out, name);
    w403_buf_put(out, value);
}

static void put_list(w403_buf *out, const w403_wire_input *in, size_t i)
{
    for (size_t k = i; k < in->n_arguments; k++) {
        if (w403_view_eq(in->arguments[k].name, in->arguments[i].name)) {
            w403_buf_put(out, k > i ? W403_LIT(",") : W403_LIT("["));
            w403_buf_json_string(out, in->arguments[k].value);
        }
    }
    w403_buf_putc(out, ']');
}

/* LookupAttributes.1.AttributeKey and its like, in the order of their numbers: [{"AttributeKey": ..}, ..] */
static void put_structures(w403_arena *a, w403_buf *out, const w403_wire_input *in, const w403_call_argument *row)
{
    w403_buf_putc(out, '[');
    for (unsigned number = 1;; number++) {
        w403_view prefix = w403_arena_printf(a, "%s.%u.", row->member, number);
        bool      any = false;
        for (size_t k = 0; k < in->n_arguments; k++) {
            w403_view name = in->arguments[k].name;
            if (w403_view_starts(name, prefix)) {
                w403_buf_puts(out, any ? "" : number > 1 ? ",{" : "{");
                put_text(a, out, w403_view_sub(name, prefix.n, name.n), in->arguments[k].value);
                any = true;
            }
        }
        if (!any) {
            break;
        }
        w403_buf_putc(out, '}');
    }
    w403_buf_putc(out, ']');
}

static void put_json(w403_arena *a, w403_buf *out, const w403_wire_input *in, size_t i)
{
    const w403_call_argument *row = w403_wire_row_of(in->row, in->arguments[i].name);
    w403_view                 name = w403_view_of(row ? row->wire : ""), value = in->arguments[i].value;
    w403_instant              time = 0;
    switch (row ? (w403_argument_kind)row->kind : W403_ARGUMENT_TOKEN) {
    case W403_ARGUMENT_NUMBER:
    case W403_ARGUMENT_SIZE:
    case W403_ARGUMENT_BOOLEAN:
        put_lexeme(a, out, name, value);
        return;
    case W403_ARGUMENT_TIME: /* seconds */
        (void)w403_instant_parse(value, &time);
        put_lexeme(a, out, name, w403_arena_printf(a, "%lld", (long long)(time / 1000000)));
        return;
    case W403_ARGUMENT_LIST:
        if (number_of(in, i) == 1) {
            put_name(out, name);
            put_list(out, in, i);
        }
        return;
    case W403_ARGUMENT_STRUCTURES:
        for (size_t k = 0; k < i; k++) {
            if (w403_wire_row_of(in->row, in->arguments[k].name) == row) {
                return; /* all of them were written with the first */
            }
        }
        put_name(out, name);
        put_structures(a, out, in, row);
        return;
    case W403_ARGUMENT_STRING:
        put_text(a, out, name, value);
        return;
    case W403_ARGUMENT_TOKEN:
        return;
    }
}

w403_view w403_wire_body(w403_arena *a, const w403_wire_input *in)
{
    w403_buf out = {0};
    switch ((w403_protocol)w403_calls[in->row].protocol) {
    case W403_PROTOCOL_REST:
        return (w403_view){NULL, 0};
    case W403_PROTOCOL_QUERY:
    case W403_PROTOCOL_EC2:
        build_form(a, &out, in);
        break;
    case W403_PROTOCOL_JSON:
        w403_buf_putc(&out, '{');
        for (size_t i = 0; i < in->n_arguments; i++) {
            put_json(a, &out, in, i);
        }
        put_paging(a, &out, in, put_lexeme, put_text);
        w403_buf_putc(&out, '}');
        break;
    }
    return w403_buf_take(&out, a);
}
