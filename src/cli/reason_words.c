/* Boxes in sentences, and requests as commands (reason 4). */
#include "base/command.h"
#include "cli/again.h"
#include "cli/input.h"
#include "cli/reason_write.h"

/* Network, TLS, MFA, time, headers, tags, others. */
static int rank(const w403_dim *d)
{
    switch (d->id) {
    case W403_KEY_AWS_SOURCEIP:
    case W403_KEY_AWS_SOURCEVPCE:
    case W403_KEY_AWS_SOURCEVPC:
        return 0;
    case W403_KEY_AWS_SECURETRANSPORT:
    case W403_KEY_S3_TLSVERSION:
        return 1;
    case W403_KEY_AWS_MULTIFACTORAUTHPRESENT:
    case W403_KEY_AWS_MULTIFACTORAUTHAGE:
        return 2;
    case W403_KEY_AWS_CURRENTTIME:
        return 3;
    case W403_KEY_S3_EXISTINGOBJECTTAG:
    case W403_KEY_S3_REQUESTOBJECTTAG:
    case W403_KEY_AWS_PRINCIPALTAG:
        return 5;
    default:
        return w403_view_starts(d->name, W403_LIT("s3:x-amz-")) || w403_view_starts(d->name, W403_LIT("x-amz-")) ? 4 : 6;
    }
}

/* An address from the internet is said by the address alone: that it comes through no endpoint follows. */
static bool follows(const w403_space *s, const w403_box *b, size_t dim, const w403_set *set)
{
    const w403_dim *d = &s->dims.at[dim];
    bool only_absent = set->absent && !set->not_in &&
                       set->in.n + set->like.n + set->intervals.n + set->bools.n + set->keys.n == 0;
    if (rank(d) != 0 || !only_absent) {
        return false;
    }
    for (size_t i = 0; i < s->dims.n; i++) {
        w403_set other;
        bool network = i != dim && s->dims.at[i].kind == W403_DIM_KEY && rank(&s->dims.at[i]) == 0;
        if (network && !w403_box_full(s, b, i) && w403_set_of(s, b, i, &other) && !other.absent) {
            return true;
        }
    }
    return false;
}

w403_view w403_reason_box_words(w403_arena *a, const w403_space *s, const w403_box *b)
{
    w403_view out = {NULL, 0};
    for (int r = 0; r < 7; r++) {
        for (size_t i = 0; i < s->dims.n; i++) {
            const w403_dim *d = &s->dims.at[i];
            w403_set set;
            if (d->kind != W403_DIM_KEY || d->n_parts || rank(d) != r || w403_box_full(s, b, i) ||
                !w403_set_of(s, b, i, &set) || set.any || follows(s, b, i, &set)) {
                continue;
            }
            w403_view words = w403_set_words(a, d->id, d->name, d->param, &set);
            out = out.p ? w403_arena_printf(a, "%.*s, %.*s", W403_ARG(out), W403_ARG(words)) : words;
        }
    }
    return out.p ? out : W403_LIT("always");
}

w403_view w403_reason_statement_words(w403_arena *a, const w403_statement *st)
{
    w403_view of = st->policy->name.n ? st->policy->name : st->policy->arn.n ? st->policy->arn : st->policy->doc.source;
    return st->sid.n ? w403_arena_printf(a, "%.*s of %.*s", W403_ARG(st->sid), W403_ARG(of))
                     : w403_arena_printf(a, "statement %u of %.*s", st->index + 1, W403_ARG(of));
}

/* ---- commands ---- */

static void context_option(w403_command *c, const w403_context_entry *e)
{
    if (e->present != W403_YES) {
        w403_command_option(c, "context-absent", e->key);
        return;
    }
    for (size_t i = 0; i < e->n_values; i++) {
        w403_command_option(c, "context",
                            w403_arena_printf(c->arena, "%.*s=%.*s", W403_ARG(e->key), W403_ARG(e->values[i])));
    }
}

w403_view w403_reason_command(const w403_cli *cli, w403_arena *a, const w403_request *r)
{
    w403_command c = {.arena = a};
    w403_view what = r->operation.p ? r->operation : r->action;
    w403_command_run(&c, "why403", "explain <what> <resource> --as <principal>",
                     W403_VALUES(what, r->resource, r->principal));
    if (r->session_name.p) {
        w403_command_option(&c, "session-name", r->session_name);
    }
    if (r->from.p) {
        w403_command_option(&c, "from", r->from);
    }
    if (r->via.p) {
        w403_command_option(&c, "via", r->via);
    }
    if (r->secure == W403_NO) {
        w403_command_option(&c, "http", (w403_view){NULL, 0});
    }
    if (r->at.p) {
        w403_command_option(&c, "at", r->at);
    }
    for (size_t i = 0; i < r->n_headers; i++) {
        w403_command_option(&c, "header",
                            w403_arena_printf(a, "%.*s: %.*s", W403_ARG(r->headers[i].name), W403_ARG(r->headers[i].value)));
    }
    for (size_t i = 0; i < r->n_query; i++) {
        w403_command_option(&c, "query",
                            w403_arena_printf(a, "%.*s=%.*s", W403_ARG(r->query[i].name), W403_ARG(r->query[i].value)));
    }
    for (size_t i = 0; i < r->n_context; i++) {
        context_option(&c, &r->context[i]);
    }
    if (w403_again_possible(cli)) {
        w403_again_options(cli, W403_FOR_EXPLAIN, W403_AGAIN_POLICIES, &c);
    }
    return w403_command_end(&c);
}

/* ---- options ---- */

bool w403_reason_format_is(const w403_cli *cli, const char *name)
{
    const char *format = w403_args_value(&cli->args, W403_OPT_REASON_FORMAT);
    format = format ? format : w403_args_value(&cli->args, W403_OPT_WHAT_FORMAT);
    format = format ? format : w403_args_value(&cli->args, W403_OPT_DIFF_FORMAT);
    return strcmp(format ? format : "text", name) == 0;
}

/* A value that no request has would make every answer a `no`. */
static w403_status check_value(w403_view key, w403_view value, w403_error *err)
{
    const w403_key *k = w403_key_at(w403_key_find(key, NULL));
    w403_cidr net;
    w403_instant t;
    bool good = true;
    if (!k || !value.p) {
        return W403_OK;
    }
    switch (k->type) {
    case W403_KEY_TYPE_NUMERIC:
        good = w403_decimal_valid(value);
        break;
    case W403_KEY_TYPE_DATE:
        good = w403_instant_parse(value, &t);
        break;
    case W403_KEY_TYPE_IP:
        good = w403_ip_parse(value, &net.base);
        break;
    case W403_KEY_TYPE_BOOL:
        good = w403_view_ieq(value, W403_LIT("true")) || w403_view_ieq(value, W403_LIT("false"));
        break;
    case W403_KEY_TYPE_STRING:
    case W403_KEY_TYPE_ARN:
    case W403_KEY_TYPE_BINARY:
        break;
    }
    return good ? W403_OK
                : w403_error_set(err, W403_SEMANTIC, "`%.*s` is no value of %.*s", W403_ARG(value), W403_ARG(key));
}

enum { REASON_WIDTH = 80 }; /* reason 4 */

w403_status w403_reason_options(w403_cli *cli, w403_budget *budget, const w403_pair **when, size_t *n_when,
                                w403_error *err)
{
    uint64_t ms = W403_BUDGET_MS, states = W403_BUDGET_STATES, boxes = W403_BUDGET_BOXES;
    const w403_given *g;
    size_t at = 0;
    cli->width = cli->width < REASON_WIDTH ? cli->width : REASON_WIDTH;
    w403_budget_init(budget);
    W403_TRY(w403_input_number(cli, W403_OPT_MAX_MS, 3600000, &ms, err));
    W403_TRY(w403_input_number(cli, W403_OPT_MAX_STATES, 1 << 24, &states, err));
    W403_TRY(w403_input_number(cli, W403_OPT_MAX_BOXES, 100000, &boxes, err));
    budget->max_ms = (uint32_t)ms;
    budget->max_states = (uint32_t)states;
    budget->max_boxes = (uint32_t)boxes;
    w403_pair *list = W403_NEW_N(cli->arena, w403_pair, cli->args.given.n + 1);
    W403_NEED(list, err);
    while ((g = w403_args_each(&cli->args, W403_OPT_WHEN, &at)) != NULL) {
        w403_view value = w403_view_of(g->value);
        w403_view key = w403_view_cut(&value, '=');
        if (key.n == 0 || w403_key_find(key, NULL) == W403_KEY_NONE) {
            w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no condition key", W403_ARG(key));
            w403_error_hint(err, "write `--when aws:SecureTransport=true`, or `--when KEY` for a key that is absent");
            return st;
        }
        W403_TRY(check_value(key, value, err));
        list[(*n_when)++] = (w403_pair){key, value};
    }
    *when = list;
    w403_budget_start(budget);
    return W403_OK;
}
