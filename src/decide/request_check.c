/* What no request to AWS can hold: patterns where one name belongs, lists, account ids of another length, times and
 * addresses that are none. Decided all the same they would give an answer that looks right. */
#include "base/glob.h"
#include "decide/call.h"

__attribute__((format(printf, 3, 4))) static w403_status refuse(w403_error *err, const char *hint, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    w403_status st = w403_error_setv(err, W403_SEMANTIC, fmt, args);
    va_end(args);
    w403_error_hint(err, "%s", hint);
    return st;
}

/* ---- what is asked ---- */

static bool is_list(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == ',' || v.p[i] == '[' || (unsigned char)v.p[i] <= ' ') {
            return true;
        }
    }
    return false;
}

/* IAM's own simulator takes no pattern either: a Deny that is about some of the actions would be passed over. */
static w403_status check_action(const w403_request *r, w403_error *err)
{
    w403_view name = r->operation.p ? r->operation : r->action;
    if (is_list(name)) {
        return refuse(err, "ask for each by itself; `why403 decide` takes one request a line",
                      "`%.*s`: a request has one operation or action", W403_ARG(name));
    }
    if (w403_has_wildcard(name)) {
        return refuse(err, "name one operation or action, such as GetObject or s3:GetObject",
                      "`%.*s`: a request has no wildcard in its operation or action", W403_ARG(name));
    }
    w403_view rest = r->action;
    w403_view service = w403_view_cut(&rest, ':');
    if (r->action.p && (service.n == 0 || rest.n == 0)) {
        return refuse(err, "an action is service:Name, such as s3:GetObject", "`%.*s` is no IAM action",
                      W403_ARG(r->action));
    }
    return W403_OK;
}

static bool is_account_or_none(w403_view v)
{
    static const char *const owners[] = {"aws", "cloudfront"}; /* of managed policies, of origin access identities */
    bool known = v.n == 0 || w403_is_account_id(v);
    for (size_t i = 0; i < sizeof owners / sizeof *owners && !known; i++) {
        known = w403_view_eq(v, w403_view_of(owners[i]));
    }
    return known;
}

static w403_status check_account(w403_view v, const char *what, w403_error *err)
{
    return refuse(err, "an account id has 12 digits, such as 111122223333", "%s is `%.*s`, which is no account id", what,
                  W403_ARG(v));
}

static w403_status check_resource(const w403_call *c, w403_error *err)
{
    const w403_arn *arn = &c->target.split;
    if (c->req->resource_account.p && !w403_is_account_id(c->req->resource_account)) {
        return check_account(c->req->resource_account, "the resource's account", err);
    }
    if (arn->n != 6) {
        return W403_OK;
    }
    if (!is_account_or_none(arn->part[4])) {
        return check_account(arn->part[4], "the account in the resource", err);
    }
    w403_view rest = arn->part[5];
    w403_view name = w403_view_cut(&rest, '/');
    name = w403_view_eq(name, W403_LIT("accesspoint")) ? w403_view_cut(&rest, '/') : name;
    bool s3 = w403_view_eq(arn->part[2], W403_LIT("s3"));
    for (int i = 1; i < 4; i++) {
        name = w403_has_wildcard(arn->part[i]) ? arn->part[i] : name;
    }
    if (w403_has_wildcard(s3 ? name : arn->part[5]) || w403_has_wildcard(name)) {
        return refuse(err, "name one bucket, object or key: a pattern belongs into a policy",
                      "`%.*s`: a request has no wildcard in its resource", W403_ARG(c->req->resource));
    }
    return W403_OK;
}

/* Is every resource of the action an object? DeleteObjects and its like are asked of a bucket: those have operations. */
static bool of_objects(const w403_call *c)
{
    if (c->op) {
        return strcmp(c->op->model, "s3") == 0 && strcmp(c->op->resource_kind, "object") == 0;
    }
    uint16_t id = w403_action_find(c->req->action);
    const w403_action *a = id == W403_ACTION_NONE ? NULL : w403_action_at(id);
    w403_view types = w403_view_of(a ? a->resource_types : "");
    bool all = types.n > 0;
    while (types.p && types.n && all) { /* "accesspointobject object*": a required one has a star */
        w403_view type = w403_view_cut(&types, ' ');
        type.n -= type.n && type.p[type.n - 1] == '*';
        all = w403_view_ends(type, W403_LIT("object"));
    }
    return all;
}

/* An operation on an object without its key would be decided as if it were about the bucket. */
static w403_status check_key(const w403_call *c, w403_error *err)
{
    bool bucket = c->target.kind == W403_TARGET_BUCKET || c->target.kind == W403_TARGET_NONE;
    if (!bucket || !of_objects(c)) {
        return W403_OK;
    }
    return refuse(err, "add the key: s3://bucket/key, arn:aws:s3:::bucket/key", "%.*s is asked of an object, and `%.*s` has no key",
                  W403_ARG(c->op ? c->req->operation : c->req->action), W403_ARG(c->req->resource));
}

/* ---- who asks, and from where ---- */

static w403_status check_caller(const w403_request *r, w403_error *err)
{
    const w403_view names[] = {r->principal, r->session_name, r->issuer};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].n && w403_has_wildcard(names[i])) {
            return refuse(err, "one caller asks: for any session of a role, give the role's ARN",
                          "`%.*s`: a request has no wildcard in its principal", W403_ARG(names[i]));
        }
    }
    if (r->via.p && !w403_view_starts(r->via, W403_LIT("vpce-"))) {
        return refuse(err, "it begins with vpce-: `aws ec2 describe-vpc-endpoints` lists them",
                      "`%.*s` is no id of a VPC endpoint", W403_ARG(r->via));
    }
    return W403_OK;
}

static w403_status check_headers(const w403_request *r, w403_error *err)
{
    static const char *const owners[] = {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"};
    for (size_t i = 0; i < r->n_headers; i++) {
        for (size_t k = 0; k < sizeof owners / sizeof *owners; k++) {
            if (w403_view_ieq(r->headers[i].name, w403_view_of(owners[k])) && !w403_is_account_id(r->headers[i].value)) {
                return check_account(r->headers[i].value, owners[k], err);
            }
        }
    }
    return W403_OK;
}

/* ---- values ---- */

static w403_status check_time(w403_view v, w403_error *err)
{
    w403_instant t;
    if (!v.p || (w403_instant_parse(v, &t) && t >= 0)) {
        return W403_OK;
    }
    return refuse(err, "write 2026-11-21T10:00:00Z, or seconds since 1970", "`%.*s` is no time", W403_ARG(v));
}

static bool digits_only(w403_view v)
{
    uint64_t n;
    return w403_view_u64(v, &n);
}

/* Could AWS have such a value of the key? */
static bool is_value(const w403_key *key, w403_view v)
{
    w403_instant t;
    w403_ip ip;
    switch (key->type) {
    case W403_KEY_TYPE_DATE:
        return w403_instant_parse(v, &t);
    case W403_KEY_TYPE_IP:
        return w403_ip_parse(v, &ip);
    case W403_KEY_TYPE_NUMERIC:
        return w403_decimal_valid(v);
    case W403_KEY_TYPE_BOOL:
        return w403_view_ieq(v, W403_LIT("true")) || w403_view_ieq(v, W403_LIT("false"));
    case W403_KEY_TYPE_STRING:
        return !w403_view_ends(w403_view_of(key->name), W403_LIT("Account")) || !digits_only(v) || w403_is_account_id(v);
    case W403_KEY_TYPE_ARN:
    case W403_KEY_TYPE_BINARY:
        break;
    }
    return true;
}

static w403_status check_context(const w403_request *r, w403_error *err)
{
    static const char *const wanted[] = {
        [W403_KEY_TYPE_DATE] = "a time, such as 2026-11-21T10:00:00Z", [W403_KEY_TYPE_IP] = "one IP address",
        [W403_KEY_TYPE_NUMERIC] = "a number",                        [W403_KEY_TYPE_BOOL] = "`true` or `false`",
        [W403_KEY_TYPE_STRING] = "an account id of 12 digits",       [W403_KEY_TYPE_ARN] = "",
        [W403_KEY_TYPE_BINARY] = ""};
    for (size_t i = 0; i < r->n_context; i++) {
        const w403_context_entry *e = &r->context[i];
        const w403_key *key = w403_key_at(w403_key_find(e->key, NULL));
        for (size_t k = 0; key && e->present == W403_YES && k < e->n_values; k++) {
            if (!is_value(key, e->values[k])) {
                w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` cannot be the value of %s",
                                                W403_ARG(e->values[k]), key->name);
                w403_error_hint(err, "give %s", wanted[key->type]);
                return st;
            }
        }
    }
    return W403_OK;
}

w403_status w403_request_check(const w403_call *c, w403_error *err)
{
    const w403_request *r = c->req;
    W403_TRY(check_action(r, err));
    W403_TRY(check_resource(c, err));
    W403_TRY(check_key(c, err));
    W403_TRY(check_caller(r, err));
    W403_TRY(check_headers(r, err));
    W403_TRY(check_time(r->at, err));
    W403_TRY(r->presigned ? check_time(r->signed_at, err) : W403_OK);
    return check_context(r, err);
}
