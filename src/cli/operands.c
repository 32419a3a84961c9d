#include "cli/operands.h"

#include "base/array.h"
#include "catalog/catalog.h"
#include "cli/input.h"
#include "evidence/target.h"

#define SHOWN(v) (int)((v).n > 200 ? 200 : (v).n), ((v).p ? (v).p : "")

typedef struct reader {
    w403_cli     *cli;
    w403_request *out;
    w403_view     partition;
    w403_error   *err;
} reader;

/* ---- the operation ---- */

bool w403_looks_like_resource(w403_view v)
{
    bool uri = w403_view_find(v, W403_LIT("://")) != SIZE_MAX || w403_view_starts(v, W403_LIT("arn:"));
    bool path = w403_view_find_char(v, '/') != SIZE_MAX && w403_view_find_char(v, ':') == SIZE_MAX;
    return uri || path || w403_view_ends(v, W403_LIT("-s3alias")) || w403_view_eq(v, W403_LIT("*"));
}

/* `get-object`, `s3api get-object`, `aws s3control create-job`: the words of the operation's command. */
static const w403_operation *by_command(w403_view words)
{
    w403_view aws = W403_LIT("aws "), service = words;
    words = w403_view_starts(words, aws) ? w403_view_sub(words, aws.n, words.n) : words;
    service = w403_view_cut(&words, ' ');
    for (uint16_t i = 0; i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        w403_view cli = w403_view_of(op->cli);
        (void)w403_view_cut(&cli, ' ');
        w403_view own = w403_view_cut(&cli, ' ');
        bool service_fits = !words.p || w403_view_eq(service, own);
        if (cli.n && service_fits && w403_view_eq(words.p ? w403_view_trim(words) : service, cli)) {
            return op; /* s3 stands before s3control */
        }
    }
    return NULL;
}

/* `s3 ls`, `rm`: the operation that a command with one path calls. *known: there is such a command. */
static const w403_operation *by_high_level(w403_view words, bool *known)
{
    size_t n;
    const w403_s3_command *rows = w403_s3_commands(&n);
    w403_view aws = W403_LIT("aws "), s3 = W403_LIT("s3 ");
    words = w403_view_starts(words, aws) ? w403_view_sub(words, aws.n, words.n) : words;
    words = w403_view_starts(words, s3) ? w403_view_sub(words, s3.n, words.n) : words;
    *known = false;
    for (size_t i = 0; i < n; i++) {
        w403_view rest = w403_view_of(rows[i].command);
        (void)w403_view_cut(&rest, ' ');
        (void)w403_view_cut(&rest, ' ');
        if (!w403_view_eq(w403_view_cut(&rest, ' '), words)) {
            continue;
        }
        *known = true;
        const w403_operation *op = w403_operation_find(w403_view_of(rows[i].operations));
        if (op && w403_view_starts(rest, W403_LIT("s3://")) && w403_view_find_char(rest, ' ') == SIZE_MAX) {
            return op;
        }
    }
    return NULL;
}

/* The same operation by another name: of the CLI, of boto3 (get_object), of access logs (REST.GET.OBJECT). */
static const w403_operation *by_other_name(w403_arena *a, w403_view name)
{
    const w403_log_name *log = w403_access_log_operation(name);
    char *dashed = w403_arena_alloc(a, name.n);
    for (size_t i = 0; dashed && i < name.n; i++) {
        dashed[i] = name.p[i] == '_' ? '-' : name.p[i];
    }
    const w403_operation *op = dashed ? by_command((w403_view){dashed, name.n}) : NULL;
    if (!op && log && strncmp(log->operations, "s3:", 3) == 0) {
        op = w403_operation_find(w403_view_of(log->operations + 3));
    }
    return op;
}

static bool is_s3_action(w403_arena *a, w403_view name)
{
    w403_view action = w403_arena_printf(a, "s3:%.*s", (int)name.n, name.p);
    return action.p && w403_action_exists(action) == W403_YES && w403_view_find_char(name, '*') == SIZE_MAX;
}

/* The operation that a permission's name most likely stands for: what asks for nothing else. ListBucket is that of
 * listings, ListAllMyBuckets that of ListBuckets. NULL: there is none, or several. */
static const w403_operation *of_permission(w403_arena *a, w403_view name)
{
    const w403_operation *found = NULL;
    w403_view action = w403_arena_printf(a, "s3:%.*s", (int)name.n, name.p);
    for (uint16_t i = 0; i < W403_OPERATION_COUNT && action.p; i++) {
        const w403_operation *op = w403_operation_at(i);
        const w403_permission *p = op->n_permissions ? &op->permissions[0] : NULL;
        bool reads = strcmp(op->model, "s3") == 0 && strcmp(op->method, "GET") == 0;
        if (p && reads && !p->when && w403_view_ieq(w403_view_of(p->action), action)) {
            found = op; /* of ListObjects and ListObjectsV2 the later: today's */
        }
    }
    return found;
}

static w403_status read_action(reader *d, w403_view name)
{
    w403_view rest = name;
    w403_view service = w403_view_cut(&rest, ':');
    bool api = w403_view_ieq(service, W403_LIT("s3api")), s3 = api || w403_view_ieq(service, W403_LIT("s3"));
    const w403_operation *op = s3 ? w403_operation_find(rest) : NULL;
    op = s3 && !op ? by_other_name(d->cli->arena, rest) : op;
    d->out->action = name;
    d->out->operation = (w403_view){NULL, 0};
    if (op && (api || w403_action_exists(name) == W403_NO)) {
        w403_diag_text(d->cli, true, "`%.*s` is no action of IAM: the operation %s is asked about", SHOWN(name), op->name);
        d->out->action = (w403_view){NULL, 0};
        d->out->operation = w403_view_of(op->name);
    }
    return W403_OK;
}

static w403_status read_name(reader *d, w403_view name)
{
    if (name.n == 0) {
        return w403_error_set(d->err, W403_SEMANTIC, "the operation is empty");
    }
    if (w403_view_find_char(name, ':') != SIZE_MAX) { /* s3:GetObject */
        return read_action(d, name);
    }
    d->out->action = (w403_view){NULL, 0};
    d->out->operation = name;
    const w403_operation *op = w403_operation_find(name);
    if (op) {
        return W403_OK;
    }
    op = by_other_name(d->cli->arena, w403_view_trim(name));
    if (op) {
        d->out->operation = w403_view_of(op->name);
        return W403_OK;
    }
    bool command;
    op = by_high_level(w403_view_trim(name), &command);
    if (op) {
        w403_diag_text(d->cli, true, "`%.*s` is a command: the operation %s, which it calls, is asked about", SHOWN(name),
                       op->name);
        d->out->operation = w403_view_of(op->name);
        return W403_OK;
    }
    if (command) {
        w403_error_set(d->err, W403_SEMANTIC, "`%.*s` is a command that calls more than one operation", SHOWN(name));
        w403_error_hint(d->err, "give the whole of it (why403 aws s3 cp SOURCE DESTINATION), or name one operation: GetObject, "
                                "PutObject ...");
        return W403_SEMANTIC;
    }
    if (!is_s3_action(d->cli->arena, name)) {
        return W403_OK; /* an operation that is in no table: undetermined, and warned about */
    }
    op = of_permission(d->cli->arena, name);
    if (op) {
        w403_diag_text(d->cli, true, "`%.*s` is a permission: the operation %s, which needs it, is asked about", SHOWN(name),
                       op->name);
        d->out->operation = w403_view_of(op->name);
        return W403_OK;
    }
    d->out->operation = (w403_view){NULL, 0};
    d->out->action = w403_arena_printf(d->cli->arena, "s3:%.*s", (int)name.n, name.p);
    W403_NEED(d->out->action.p, d->err);
    w403_diag_text(d->cli, true, "`%.*s` is a permission and no operation: the action %.*s is asked about", SHOWN(name),
                   SHOWN(d->out->action));
    return W403_OK;
}

/* ---- the resource ---- */

static w403_status add_query(reader *d, w403_view name, w403_view value)
{
    w403_pair *list = W403_NEW_N(d->cli->arena, w403_pair, d->out->n_query + 1);
    W403_NEED(list, d->err);
    for (size_t i = 0; i < d->out->n_query; i++) {
        list[i] = d->out->query[i];
    }
    list[d->out->n_query++] = (w403_pair){name, value};
    d->out->query = list;
    return W403_OK;
}

/* What a URL of S3 says beside bucket and key: the endpoint in its host, a version, a prefix. */
static w403_status read_url(reader *d, w403_view url)
{
    w403_evidence unused;
    w403_build b;
    w403_pairs query = {0};
    w403_target t = {0};
    bool https = true;
    w403_build_init(&b, d->cli->arena, &unused, W403_EVIDENCE_CURL);
    if (!w403_target_from_url(&b, url, &t, &query, &https) || t.bucket.n == 0) {
        w403_status status = w403_error_set(d->err, W403_SEMANTIC, "`%.*s` is no URL of S3", SHOWN(url));
        w403_error_hint(d->err, "write `s3://bucket/key`; `--curl` takes the URL of a whole request");
        return status;
    }
    t.partition = t.partition ? t.partition : d->partition.n ? w403_arena_copy(d->cli->arena, d->partition).p : NULL;
    d->out->resource = w403_target_arn(&b, &t);
    d->out->secure = https ? d->out->secure : W403_NO;
    if (t.via.p && !d->out->via.p && !d->out->from.p) {
        d->out->via = t.via;
    }
    for (size_t i = 0; i < query.n; i++) {
        w403_pair q = query.at[i];
        bool signature = q.name.n > 6 && w403_view_ieq(w403_view_sub(q.name, 0, 6), W403_LIT("x-amz-"));
        if (w403_view_eq(q.name, W403_LIT("versionId"))) {
            d->out->version_id = q.value;
        } else if (!signature) {
            W403_TRY(add_query(d, q.name, q.value));
        }
    }
    W403_NEED(!b.failed && d->out->resource.p, d->err);
    return W403_OK;
}

static bool is_url(w403_view text)
{
    return w403_view_starts(text, W403_LIT("https://")) || w403_view_starts(text, W403_LIT("http://"));
}

static w403_status read_resource(reader *d, w403_view text)
{
    if (is_url(text)) {
        return read_url(d, text);
    }
    W403_TRY(w403_input_resource(d->cli->arena, text, d->partition, &d->out->resource, d->err));
    return w403_resource_written(d->cli->arena, true, &d->out->resource, d->err);
}

/* ---- a key where a bucket is asked for ---- */

/* The key behind the bucket or the access point of an S3 ARN; *bucket: what stands before it. {NULL,0}: none. */
static w403_view key_of(w403_view arn, w403_view *bucket)
{
    w403_view rest = w403_arn_part(arn, 5), object = W403_LIT("/object/");
    bool point = w403_view_starts(rest, W403_LIT("accesspoint/"));
    size_t at = point ? w403_view_find(rest, object) : w403_view_find_char(rest, '/');
    if (!rest.p || at >= rest.n || !w403_view_eq(w403_arn_part(arn, 2), W403_LIT("s3"))) {
        return (w403_view){NULL, 0};
    }
    *bucket = w403_view_sub(arn, 0, (size_t)(rest.p - arn.p) + at);
    return w403_view_sub(rest, at + (point ? object.n : 1), rest.n);
}

/* Is only a bucket asked for, and does the request have a prefix? */
static bool asks_bucket(const w403_request *r, bool *prefix)
{
    const w403_operation *op = r->operation.p ? w403_operation_find(r->operation) : NULL;
    uint16_t action = r->action.p ? w403_action_find(r->action) : W403_ACTION_NONE;
    if (op) {
        uint16_t first = op->n_permissions ? op->permissions[0].action_id : W403_ACTION_NONE;
        bool lists = first != W403_ACTION_NONE && w403_action_has_key(first, W403_KEY_S3_PREFIX) &&
                     strcmp(op->method, "GET") == 0;
        *prefix = lists || op->id == W403_OPERATION_LISTMULTIPARTUPLOADS;
        return strcmp(op->model, "s3") == 0 && strcmp(op->resource_kind, "bucket") == 0;
    }
    if (action == W403_ACTION_NONE) {
        return false;
    }
    w403_view types = w403_view_of(w403_action_at(action)->resource_types);
    bool bucket = false, object = false;
    while (types.p && types.n) { /* "accesspoint bucket*": a required one has a star */
        w403_view type = w403_view_cut(&types, ' ');
        type.n -= type.n && type.p[type.n - 1] == '*';
        bucket |= w403_view_eq(type, W403_LIT("bucket"));
        object |= w403_view_ends(type, W403_LIT("object"));
    }
    *prefix = w403_action_has_key(action, W403_KEY_S3_PREFIX);
    return bucket && !object;
}

static w403_status key_as_prefix(reader *d)
{
    w403_request *r = d->out;
    w403_view bucket = {NULL, 0}, key = key_of(r->resource, &bucket);
    w403_view name = r->operation.p ? r->operation : r->action;
    bool prefix = false;
    if (!key.p || !asks_bucket(r, &prefix)) {
        return W403_OK;
    }
    if (!prefix) {
        w403_status status = w403_error_set(d->err, W403_SEMANTIC, "%.*s is asked of a bucket, and `%.*s` names a key",
                                            SHOWN(name), SHOWN(r->resource));
        w403_error_hint(d->err, "leave the key out: `%.*s`", SHOWN(bucket));
        return status;
    }
    r->resource = bucket;
    for (size_t i = 0; i < r->n_query; i++) {
        if (w403_view_eq(r->query[i].name, W403_LIT("prefix"))) {
            return w403_view_eq(r->query[i].value, key)
                       ? W403_OK
                       : w403_error_set(d->err, W403_SEMANTIC, "two prefixes: `%.*s` and `%.*s`", SHOWN(key),
                                        SHOWN(r->query[i].value));
        }
    }
    return add_query(d, W403_LIT("prefix"), key);
}

/* ---- both ---- */

static bool names_operation(w403_arena *a, w403_view v)
{
    bool action = w403_view_find_char(v, ':') != SIZE_MAX && w403_action_exists(v) == W403_YES;
    return action || w403_operation_find(v) || by_command(w403_view_trim(v)) || is_s3_action(a, v);
}

void w403_input_order(w403_cli *cli, w403_view *first, w403_view *second)
{
    if (w403_looks_like_resource(*first) && names_operation(cli->arena, *second)) {
        const w403_view swapped = *first;
        *first = *second;
        *second = swapped;
    }
}

w403_status w403_input_name(w403_cli *cli, w403_view name, w403_request *out, w403_error *err)
{
    reader d = {cli, out, {NULL, 0}, err};
    return read_name(&d, name);
}

w403_status w403_input_place(w403_cli *cli, w403_view text, w403_view partition, w403_request *out, w403_error *err)
{
    reader d = {cli, out, partition, err};
    return is_url(text) ? read_url(&d, text) : w403_input_resource(cli->arena, text, partition, &out->resource, err);
}

w403_status w403_input_operands(w403_cli *cli, bool alone, w403_view partition, w403_request *out, w403_error *err)
{
    const w403_args *args = &cli->args;
    reader d = {cli, out, partition, err};
    size_t n = args->operands.n;
    if (n > 2) {
        w403_status status = w403_error_set(err, W403_SEMANTIC, "one argument too many: `%.200s`", args->operands.at[2]);
        w403_error_hint(err, "a request has one operation or action and one resource");
        return status;
    }
    if (n == 0) {
        return W403_OK;
    }
    w403_view first = w403_view_of(args->operands.at[0]), second = n > 1 ? w403_view_of(args->operands.at[1]) : first;
    if (n > 1) {
        w403_input_order(cli, &first, &second);
    }
    if (n == 1 && w403_looks_like_resource(first) && (alone || !names_operation(cli->arena, first))) {
        W403_TRY(read_resource(&d, first));
        return key_as_prefix(&d);
    }
    W403_TRY(read_name(&d, first));
    if (n > 1) {
        W403_TRY(read_resource(&d, second));
    }
    return key_as_prefix(&d);
}
