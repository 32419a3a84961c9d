#include "cli/input.h"

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "cli/operands.h"
#include "evidence/request_json.h"
#include "policy/policy.h"

typedef W403_ARRAY(w403_pair) pair_array;

typedef struct builder {
    w403_cli     *cli;
    w403_request *out;
    w403_error   *err;
} builder;

static w403_status bad_value(builder *b, w403_option_id id, const char *value, const char *wanted)
{
    return w403_error_set(b->err, W403_SEMANTIC, "`--%s` needs %s, not `%.200s`", w403_option_at(id)->name, wanted,
                          value);
}

static w403_status read_file(builder *b)
{
    const char *path = w403_args_value(&b->cli->args, W403_OPT_REQUEST);
    if (!path) {
        return W403_OK;
    }
    w403_view      text;
    w403_json_doc *doc = W403_NEW(b->cli->arena, w403_json_doc);
    W403_NEED(doc, b->err);
    W403_TRY(w403_cli_read(b->cli, path, &text, b->err));
    W403_TRY(w403_json_parse(b->cli->arena, w403_view_of(path), text, NULL, doc, NULL, b->err));
    return w403_request_from_json(b->cli->arena, doc, doc->root, false, b->out, b->err);
}

/* Options whose value goes into the request as it is. */
static w403_status read_texts(builder *b)
{
    static const struct {
        w403_option_id id;
        size_t         offset;
    } table[] = {
        {W403_OPT_AS, offsetof(w403_request, principal)},
        {W403_OPT_FROM, offsetof(w403_request, from)},
        {W403_OPT_VIA, offsetof(w403_request, via)},
        {W403_OPT_VERSION_ID, offsetof(w403_request, version_id)},
        {W403_OPT_SESSION_NAME, offsetof(w403_request, session_name)},
        {W403_OPT_ISSUER, offsetof(w403_request, issuer)},
        {W403_OPT_AT, offsetof(w403_request, at)},
        {W403_OPT_RESOURCE_ACCOUNT, offsetof(w403_request, resource_account)},
        {W403_OPT_PRESIGNED, offsetof(w403_request, signed_at)},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *value = w403_args_value(&b->cli->args, table[i].id);
        if (value && !*value) {
            return w403_error_set(b->err, W403_SEMANTIC, "`--%s` is empty", w403_option_at(table[i].id)->name);
        }
        if (value) {
            *(w403_view *)(void *)((char *)b->out + table[i].offset) = w403_view_of(value);
        }
    }
    return W403_OK;
}

static w403_status read_switches(builder *b)
{
    const w403_args *args = &b->cli->args;
    w403_request    *r = b->out;
    if (w403_args_has(args, W403_OPT_HTTP)) {
        r->secure = W403_NO;
    }
    if (w403_args_has(args, W403_OPT_PRESIGNED)) {
        r->presigned = true;
    }
    const char *seconds = w403_args_value(args, W403_OPT_EXPIRES_IN);
    if (seconds && !w403_view_u64(w403_view_of(seconds), &r->expires_in_s)) {
        return bad_value(b, W403_OPT_EXPIRES_IN, seconds, "a number of seconds");
    }
    if (!w403_args_has(args, W403_OPT_MFA)) {
        return W403_OK;
    }
    const char *age = w403_args_value(args, W403_OPT_MFA);
    if (age && strcmp(age, "no") == 0) {
        r->mfa = W403_NO;
        return W403_OK;
    }
    r->mfa = W403_YES;
    if (age && !w403_view_u64(w403_view_of(age), &r->mfa_age_s)) {
        return bad_value(b, W403_OPT_MFA, age, "a number of seconds or `no`");
    }
    return W403_OK;
}

static w403_status add_pair(builder *b, pair_array *pairs, w403_view name, w403_view value)
{
    w403_pair *pair = W403_PUSH(b->cli->arena, pairs);
    W403_NEED(pair, b->err);
    *pair = (w403_pair){name, value};
    return W403_OK;
}

/* `NAME: VALUE` or `NAME=VALUE`, each time the option was given. */
static w403_status add_given(builder *b, w403_option_id id, char between, pair_array *pairs)
{
    size_t            at = 0;
    const w403_given *g;
    while ((g = w403_args_each(&b->cli->args, id, &at)) != NULL) {
        w403_view value = w403_view_of(g->value);
        w403_view name = w403_view_trim(w403_view_cut(&value, between));
        if (!value.p || name.n == 0) {
            return bad_value(b, id, g->value, w403_option_at(id)->arg_name);
        }
        W403_TRY(add_pair(b, pairs, name, between == ':' ? w403_view_trim(value) : value));
    }
    return W403_OK;
}

static w403_status read_headers(builder *b)
{
    static const struct {
        w403_option_id id;
        const char    *header, *value; /* value NULL: the option's */
    } table[] = {
        {W403_OPT_EXPECTED_BUCKET_OWNER, "x-amz-expected-bucket-owner", NULL},
        {W403_OPT_EXPECTED_SOURCE_OWNER, "x-amz-source-expected-bucket-owner", NULL},
        {W403_OPT_REQUEST_PAYER, "x-amz-request-payer", "requester"},
    };
    pair_array headers = {0}, query = {0};
    for (size_t i = 0; i < b->out->n_headers; i++) {
        W403_TRY(add_pair(b, &headers, b->out->headers[i].name, b->out->headers[i].value));
    }
    for (size_t i = 0; i < b->out->n_query; i++) {
        W403_TRY(add_pair(b, &query, b->out->query[i].name, b->out->query[i].value));
    }
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (w403_args_has(&b->cli->args, table[i].id)) {
            const char *value = table[i].value ? table[i].value : w403_args_value(&b->cli->args, table[i].id);
            W403_TRY(add_pair(b, &headers, w403_view_of(table[i].header), w403_view_of(value)));
        }
    }
    W403_TRY(add_given(b, W403_OPT_HEADER, ':', &headers));
    W403_TRY(add_given(b, W403_OPT_QUERY, '=', &query));
    b->out->headers = headers.at;
    b->out->n_headers = headers.n;
    b->out->query = query.at;
    b->out->n_query = query.n;
    return W403_OK;
}

typedef struct context_array {
    w403_context_entry *at;
    size_t              n, cap;
} context_array;

static w403_context_entry *context_entry(builder *b, context_array *list, w403_view key)
{
    for (size_t i = 0; i < list->n; i++) {
        if (w403_view_ieq(list->at[i].key, key)) {
            return &list->at[i];
        }
    }
    w403_context_entry *entry = W403_PUSH(b->cli->arena, list);
    if (entry) {
        entry->key = key;
    }
    return entry;
}

/* Several --context of one key make a list; what --request said of that key is replaced by the first. */
static w403_status read_context(builder *b)
{
    context_array     list = {0};
    size_t            from_file = b->out->n_context;
    bool             *fresh = W403_NEW_N(b->cli->arena, bool, from_file);
    W403_NEED(fresh, b->err);
    for (size_t i = 0; i < from_file; i++) {
        w403_context_entry *entry = W403_PUSH(b->cli->arena, &list);
        W403_NEED(entry, b->err);
        *entry = b->out->context[i];
    }
    for (size_t i = 0; i < b->cli->args.given.n; i++) {
        const w403_given *g = &b->cli->args.given.at[i];
        bool              state = g->id == W403_OPT_CONTEXT_ABSENT || g->id == W403_OPT_CONTEXT_UNKNOWN;
        if (g->id != W403_OPT_CONTEXT && !state) {
            continue;
        }
        w403_view value = w403_view_of(g->value);
        w403_view key = state ? value : w403_view_cut(&value, '=');
        if (key.n == 0 || !value.p) {
            return bad_value(b, g->id, g->value, w403_option_at(g->id)->arg_name);
        }
        w403_context_entry *entry = context_entry(b, &list, key);
        W403_NEED(entry, b->err);
        size_t index = (size_t)(entry - list.at);
        bool   replace = state || entry->present != W403_YES || (index < from_file && !fresh[index]);
        if (index < from_file) {
            fresh[index] = true;
        }
        w403_view *values = W403_NEW_N(b->cli->arena, w403_view, replace ? 1 : entry->n_values + 1);
        W403_NEED(values, b->err);
        for (size_t k = 0; !replace && k < entry->n_values; k++) {
            values[k] = entry->values[k];
        }
        entry->n_values = replace ? 0 : entry->n_values;
        entry->values = values;
        entry->present = !state ? W403_YES : g->id == W403_OPT_CONTEXT_ABSENT ? W403_NO : W403_UNKNOWN;
        if (!state) {
            values[entry->n_values++] = value;
        }
    }
    b->out->context = list.at;
    b->out->n_context = list.n;
    return W403_OK;
}

static w403_status check_complete(builder *b)
{
    const w403_request *r = b->out;
    const char         *missing = !r->operation.p && !r->action.p ? "no operation or action given"
                                  : !r->resource.p                ? "no resource given"
                                  : !r->principal.p               ? "no principal given"
                                                                  : NULL;
    if (!missing) {
        return W403_OK;
    }
    w403_status status = w403_error_set(b->err, W403_SEMANTIC, "%s", missing);
    w403_error_hint(b->err, "%s", !r->principal.p && r->resource.p && (r->operation.p || r->action.p)
                                      ? "say who asks: `--as arn:aws:iam::111122223333:user/NAME`, `--as anonymous`"
                                      : "usage: why403 explain GetObject s3://bucket/key --as PRINCIPAL");
    return status;
}

/* A strange name is warned about, not refused: an action is a string to the engine, and an operation that is in no
 * table, perhaps a new one, is undetermined. */
static void check_names(builder *b)
{
    const w403_request *r = b->out;
    if (r->action.p && w403_action_exists(r->action) == W403_NO) {
        char hint[256];
        bool found = w403_action_suggest(r->action, hint, sizeof hint);
        w403_diag_text(b->cli, true, "no AWS service has an action `%.*s`%s%s",
                       (int)(r->action.n > 200 ? 200 : r->action.n), r->action.p, found ? "; " : "", found ? hint : "");
    }
    if (!r->operation.p || w403_operation_find(r->operation)) {
        return;
    }
    const char *names[W403_OPERATION_COUNT];
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        names[i] = w403_operation_at(i)->name;
    }
    const char *nearest = w403_nearest(r->operation, names, W403_OPERATION_COUNT);
    w403_diag_text(b->cli, true, "S3 has no operation `%.*s` that is known here%s%s%s",
                   (int)(r->operation.n > 200 ? 200 : r->operation.n), r->operation.p,
                   nearest ? "; did you mean `" : "", nearest ? nearest : "", nearest ? "`?" : "");
}

static w403_status read_options(builder *b)
{
    W403_TRY(read_texts(b));
    W403_TRY(read_switches(b));
    W403_TRY(read_headers(b));
    return read_context(b);
}

/* One way in and one caller: what an option says rules out what evidence says beside it. */
static void clear_overruled(builder *b)
{
    const w403_args *args = &b->cli->args;
    bool from = w403_args_has(args, W403_OPT_FROM), via = w403_args_has(args, W403_OPT_VIA);
    if (from && !via) {
        b->out->via = (w403_view){NULL, 0};
    } else if (via && !from) {
        b->out->from = (w403_view){NULL, 0};
    }
    if (w403_args_has(args, W403_OPT_AS)) {
        b->out->session_name = b->out->issuer = (w403_view){NULL, 0};
    }
}

w403_status w403_input_request_over(w403_cli *cli, const w403_request *base, w403_view partition, w403_request *out,
                                    w403_error *err)
{
    *out = *base;
    builder b = {.cli = cli, .out = out, .err = err};
    clear_overruled(&b);
    W403_TRY(read_options(&b));
    W403_TRY(w403_input_operands(cli, true, partition, out, err));
    if (cli->args.operands.n > 0) {
        check_names(&b);
    }
    return W403_OK;
}

w403_status w403_input_request(w403_cli *cli, w403_view partition, w403_request *out, w403_error *err)
{
    w403_request_init(out);
    builder b = {.cli = cli, .out = out, .err = err};
    W403_TRY(read_file(&b));
    W403_TRY(read_options(&b));
    W403_TRY(w403_input_operands(cli, false, partition, out, err));
    W403_TRY(check_complete(&b));
    check_names(&b);
    return W403_OK;
}
