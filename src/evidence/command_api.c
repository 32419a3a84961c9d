/* `aws s3api` and `aws s3control`: one command, one operation of the operations table. */
#include "evidence/command.h"

#include "json/json.h"

enum { BODY_DEPTH = 6, BODY_PAIRS = 400 };

static const w403_operation *find_operation(w403_cli *c)
{
    w403_view cli = w403_build_printf(&c->b, "%s %.*s %.*s", "aws", W403_FMT(c->service), W403_FMT(c->command));
    for (uint16_t i = 0; cli.p && i < W403_OPERATION_COUNT; i++) {
        const w403_operation *op = w403_operation_at(i);
        if (op->cli && w403_view_eq(cli, w403_view_of(op->cli))) {
            return op;
        }
    }
    return NULL;
}

/* A JSON value below `path`: {"A":{"B":1}} gives A and A.B. Depth is bounded. */
static void flatten(w403_cli *c, w403_view path, const w403_json *v, unsigned depth)
{
    if (depth > BODY_DEPTH || c->body.n >= BODY_PAIRS) {
        return;
    }
    if (v->type != W403_JSON_OBJECT && v->type != W403_JSON_ARRAY) {
        w403_build_pair(&c->b, &c->body, path, v->text);
        return;
    }
    w403_build_pair(&c->b, &c->body, path, W403_LIT("")); /* that it is there may be all that is asked */
    for (const w403_json *m = v->first; m; m = m->next) {
        w403_view sub = m->key.p ? w403_build_printf(&c->b, "%.*s.%.*s", W403_FMT(path), W403_FMT(m->key)) : path;
        flatten(c, sub, m, depth + 1);
    }
}

void w403_cli_read_body(w403_cli *c, const char *root, w403_view value)
{
    w403_view path = w403_view_of(root);
    w403_view text = w403_view_trim(value);
    if (text.n && (text.p[0] == '{' || text.p[0] == '[')) {
        w403_json_doc doc;
        if (w403_json_parse(c->b.arena, path, text, NULL, &doc, NULL, NULL) == W403_OK) {
            flatten(c, path, doc.root, 0);
            return;
        }
    }
    if (w403_view_starts(text, W403_LIT("file://"))) {
        w403_build_missing(&c->b, "body", "--context", "the command takes part of the request from a file");
        return;
    }
    /* shorthand: A=x,B=y; nested braces are not read */
    if (w403_view_find_char(text, '=') >= text.n) {
        w403_build_pair(&c->b, &c->body, path, text);
        return;
    }
    w403_build_pair(&c->b, &c->body, path, W403_LIT(""));
    while (text.p && c->body.n < BODY_PAIRS) {
        w403_view item = w403_view_cut(&text, ',');
        w403_view v = item;
        w403_view name = w403_view_cut(&v, '=');
        if (v.p) {
            w403_build_pair(&c->b, &c->body, w403_build_printf(&c->b, "%s.%.*s", root, W403_FMT(name)), v);
        }
    }
}

static void add_key(w403_cli *c, w403_view key, w403_view version, w403_view etag)
{
    w403_object_id *id = key.n ? W403_PUSH(c->b.arena, &c->keys) : NULL;
    if (id) {
        *id = (w403_object_id){.key = key, .version_id = version, .etag = etag};
    } else if (key.n) {
        c->b.failed = true;
    }
}

/* {Key=a,VersionId=v},{Key=b} inside Objects=[...]. */
static void shorthand_keys(w403_cli *c, w403_view text)
{
    for (;;) {
        size_t at = w403_view_find(text, W403_LIT("Key="));
        if (at == SIZE_MAX) {
            return;
        }
        text = w403_view_sub(text, at + 4, text.n);
        size_t end = 0;
        while (end < text.n && text.p[end] != '}' && text.p[end] != ']') {
            end++;
        }
        w403_view item = w403_view_sub(text, 0, end);
        w403_view rest = item, version = {NULL, 0};
        w403_view key = w403_view_cut(&rest, ',');
        if (rest.p && w403_view_starts(rest, W403_LIT("VersionId="))) {
            version = w403_view_sub(rest, 10, rest.n);
            size_t comma = w403_view_find_char(version, ',');
            version.n = comma < version.n ? comma : version.n;
        }
        add_key(c, key, version, (w403_view){NULL, 0});
        text = w403_view_sub(text, end, text.n);
    }
}

void w403_cli_read_keys(w403_cli *c, w403_view value)
{
    w403_view text = w403_view_trim(value);
    if (w403_view_starts(text, W403_LIT("file://"))) {
        w403_build_missing(&c->b, "keys", "--delete", "the command takes the keys from a file");
        return;
    }
    w403_json_doc doc;
    if (text.n && text.p[0] == '{' &&
        w403_json_parse(c->b.arena, W403_LIT("--delete"), text, NULL, &doc, NULL, NULL) == W403_OK) {
        const w403_json *objects = w403_json_get(doc.root, "Objects");
        for (const w403_json *o = objects ? objects->first : NULL; o; o = o->next) {
            add_key(c, w403_json_str(o, "Key"), w403_json_str(o, "VersionId"), w403_json_str(o, "ETag"));
        }
        return;
    }
    shorthand_keys(c, text);
}

static w403_status missing_option(const w403_cli *c, const char *option, w403_error *err)
{
    w403_error_set(err, W403_SYNTAX, "`aws %.*s %.*s` needs %s", W403_FMT(c->service), W403_FMT(c->command), option);
    w403_error_hint(err, "paste the whole command line, in quotes");
    return W403_SYNTAX;
}

/* --copy-source may begin with a slash; --tagging is a header where an object is written, else the body. */
static void finish_headers(w403_cli *c, const w403_operation *op, w403_pairs *headers)
{
    for (size_t i = 0; i < c->headers.n; i++) {
        w403_view v = c->headers.at[i].value;
        if (w403_view_eq(c->headers.at[i].name, W403_LIT("x-amz-copy-source")) && w403_view_starts(v, W403_LIT("/"))) {
            v = w403_view_sub(v, 1, v.n);
        }
        if (w403_view_eq(c->headers.at[i].name, W403_LIT("x-amz-tagging")) &&
            w403_view_ends(w403_view_of(op->name), W403_LIT("Tagging"))) {
            w403_cli_read_body(c, "Tagging", v);
            continue;
        }
        w403_build_header(&c->b, headers, c->headers.at[i].name, v);
    }
    if (strcmp(op->name, "CopyObject") == 0 || strcmp(op->name, "UploadPartCopy") == 0) {
        if (!w403_pairs_get(headers, "x-amz-copy-source")) {
            w403_build_missing(&c->b, "copy source", "--header 'x-amz-copy-source: b/k'",
                               "the command names no --copy-source");
        }
    }
}

static w403_status api_resource(w403_cli *c, const w403_operation *op, w403_view *out, w403_error *err)
{
    if (strcmp(op->resource_kind, "service") == 0 || strcmp(op->resource_kind, "account") == 0) {
        *out = W403_LIT("*");
        return W403_OK;
    }
    if (w403_view_eq(c->service, W403_LIT("s3control"))) {
        if (!c->name.p && !c->where.bucket.p) {
            *out = W403_LIT("*");
        } else if (c->name.p && strcmp(op->resource_kind, "accesspoint") == 0) {
            *out = w403_bucket_is_arn(c->name)
                       ? c->name
                       : w403_build_printf(&c->b, "arn:%s:s3:%.*s:%.*s:accesspoint/%.*s",
                                           w403_partition_of_region(c->where.region), W403_FMT(c->where.region),
                                           W403_FMT(c->account), W403_FMT(c->name));
        } else {
            *out = c->where.bucket.p ? w403_target_arn(&c->b, &c->where) : W403_LIT("*");
        }
        return W403_OK;
    }
    if (!c->where.bucket.p) {
        return missing_option(c, "--bucket", err);
    }
    bool object = strcmp(op->resource_kind, "object") == 0;
    if (object && c->where.key.n == 0) {
        return missing_option(c, "--key", err);
    }
    w403_target t = c->where;
    if (!object) {
        t.key = (w403_view){NULL, 0};
    }
    w403_target from_uri = t;
    if (w403_view_starts(t.bucket, W403_LIT("s3://")) || w403_view_starts(t.bucket, W403_LIT("arn:aws:s3:::"))) {
        if (w403_target_from_uri(t.bucket, &from_uri)) {
            w403_build_note(&c->b, "`--bucket %.*s`: the CLI wants the bare name `%.*s` there", W403_FMT(t.bucket),
                            W403_FMT(from_uri.bucket));
            t.bucket = from_uri.bucket;
        }
    }
    *out = w403_target_arn(&c->b, &t);
    return W403_OK;
}

w403_status w403_cli_read_api(w403_cli *c, w403_error *err)
{
    const w403_operation *op = find_operation(c);
    if (!op) {
        w403_error_set(err, W403_SYNTAX, "`aws %.*s %.*s` is no command of Amazon S3", W403_FMT(c->service),
                       W403_FMT(c->command));
        w403_error_hint(err, "commands are written in kebab case, as in `aws s3api get-object`");
        return W403_SYNTAX;
    }
    w403_request r = c->base;
    w403_pairs   headers = {0};
    W403_TRY(api_resource(c, op, &r.resource, err));
    finish_headers(c, op, &headers);
    r.operation = w403_view_of(op->name);
    r.resource_account = c->account;
    r.headers = headers.at;
    r.n_headers = headers.n;
    r.query = c->query.at;
    r.n_query = c->query.n;
    r.body = c->body.at;
    r.n_body = c->body.n;
    r.body_keys = c->keys.at;
    r.n_body_keys = c->keys.n;
    w403_build_said(&c->b, "operation", r.operation, "the command");
    w403_build_said(&c->b, "bucket", c->where.bucket, "--bucket");
    w403_build_said(&c->b, "key", c->where.key, "--key");
    w403_build_said(&c->b, "version", r.version_id, "--version-id");
    w403_build_reading(&c->b, &r, "%s %.*s %.*s sends %s", "aws", W403_FMT(c->service), W403_FMT(c->command), op->name);
    return W403_OK;
}
