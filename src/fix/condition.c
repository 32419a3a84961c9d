/* A condition that should hold and does not, or the other way round: send the request otherwise, or change the list
 * of values. Whether it helps is for the proof to say; here are the ways. */
#include "fix/change.h"

/* What decides a key's value. Tags and the VPC are no part of what is sent: they are changed where they live (facts.c). */
typedef enum key_source {
    BY_HEADER,
    BY_QUERY,
    BY_TLS,
    BY_MFA,
    BY_ENDPOINT,
    BY_VPC,
    BY_ADDRESS,
    BY_SIGNING,
    BY_PRINCIPAL_TAG,
    BY_OBJECT_TAG,
    BY_RESOURCE_TAG,
    BY_REQUEST_TAG,
    BY_SESSION,
    BY_CLIENT,
    BY_NOBODY
} key_source;

static const struct key_row {
    const char *key; /* a `*` at the end stands for any rest */
    key_source source;
    const char *name; /* of the header or parameter; NULL: the key without its prefix */
} rows[] = {
    {"s3:x-amz-copy-source", BY_NOBODY, NULL}, /* another source is another request */
    {"s3:x-amz-content-sha256", BY_CLIENT, NULL},
    {"s3:x-amz-*", BY_HEADER, NULL},
    {"s3:object-lock-mode", BY_HEADER, "x-amz-object-lock-mode"},
    {"s3:object-lock-retain-until-date", BY_HEADER, "x-amz-object-lock-retain-until-date"},
    {"s3:object-lock-legal-hold", BY_HEADER, "x-amz-object-lock-legal-hold"},
    {"aws:Referer", BY_HEADER, "Referer"},
    {"aws:UserAgent", BY_HEADER, "User-Agent"},
    {"s3:prefix", BY_QUERY, "prefix"},
    {"s3:delimiter", BY_QUERY, "delimiter"},
    {"s3:max-keys", BY_QUERY, "max-keys"},
    {"aws:SecureTransport", BY_TLS, NULL},
    {"aws:MultiFactorAuthPresent", BY_MFA, NULL},
    {"aws:MultiFactorAuthAge", BY_MFA, NULL},
    {"aws:TokenIssueTime", BY_SESSION, NULL},
    {"aws:SourceVpce", BY_ENDPOINT, NULL},
    {"aws:SourceVpc", BY_VPC, NULL},
    {"aws:SourceIp", BY_ADDRESS, NULL},
    {"s3:signatureAge", BY_SIGNING, NULL},
    {"s3:authType", BY_CLIENT, NULL},
    {"s3:signatureversion", BY_CLIENT, NULL},
    {"s3:TlsVersion", BY_CLIENT, NULL},
    {"aws:PrincipalTag/*", BY_PRINCIPAL_TAG, NULL},
    {"s3:ExistingObjectTag/*", BY_OBJECT_TAG, NULL},
    {"s3:RequestObjectTag/*", BY_REQUEST_TAG, NULL},
    {"aws:ResourceTag/*", BY_RESOURCE_TAG, NULL},
    {"s3:BucketTag/*", BY_RESOURCE_TAG, NULL},
};

static const struct key_row *row_of(w403_view key)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_view name = w403_view_of(rows[i].key);
        bool prefix = name.p[name.n - 1] == '*';
        size_t n = name.n - prefix;
        if (key.n >= n && w403_view_ieq(w403_view_sub(key, 0, n), w403_view_sub(name, 0, n)) &&
            (prefix || key.n == n)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* ---- values to try ---- */

enum { VALUES = W403_WANTED_VALUES };

/* What a value of the list asks for, as it would be sent: `home/` where the pattern is that and a star. */
static bool sendable(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '*' || v.p[i] == '?' || v.p[i] == '$') {
            return false;
        }
    }
    return true;
}

static size_t common_prefix(w403_view a, w403_view b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n]) {
        n++;
    }
    return n;
}

/* How far a value is from the one that the request has: `reports/` is nearer to `reports` than `home/` is. */
static size_t distance(w403_view value, w403_view now)
{
    size_t longer = value.n > now.n ? value.n : now.n;
    return now.p ? longer - common_prefix(value, now) : 0;
}

/* The nearest first, of equals in their order; how many. */
static uint32_t insert_value(w403_view *out, uint32_t n, w403_view v, w403_view now)
{
    uint32_t at = n;
    while (at > 0 && distance(out[at - 1], now) > distance(v, now)) {
        at--;
    }
    if (at >= VALUES) {
        return n;
    }
    n = n < VALUES ? n + 1 : VALUES;
    for (uint32_t i = n - 1; i > at; i--) {
        out[i] = out[i - 1];
    }
    out[at] = v;
    return n;
}

uint32_t w403_wanted_values(const w403_fixer *f, const w403_condition *c, w403_view *out)
{
    uint32_t n = 0;
    w403_key_value have = {W403_NO, NULL, 0};
    if (c->op->family == W403_OP_BOOL) {
        out[n++] = W403_LIT("true");
        out[n++] = W403_LIT("false");
        return n;
    }
    w403_context_get(&f->w->context, c->key_id, c->key, c->key_param, &have);
    w403_view now = have.present == W403_YES && have.n > 0 ? have.values[0] : (w403_view){NULL, 0};
    for (uint32_t i = 0; i < c->n_values; i++) {
        w403_view v = c->values[i].text.text;
        while (v.n && v.p[v.n - 1] == '*') {
            v.n--;
        }
        if (sendable(v) && (v.n || c->values[i].text.text.n == 0)) {
            n = insert_value(out, n, v, now);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        out[i] = w403_arena_copy(f->arena, out[i]); /* a policy on trial goes before the request that it asks for */
    }
    return n;
}

/* `Null: true` in a Deny asks for the key, whatever its value: the common ones. */
static w403_view usual_value(w403_view header)
{
    static const struct {
        const char *header, *value;
    } usual[] = {{"x-amz-server-side-encryption", "aws:kms"},
                 {"x-amz-acl", "bucket-owner-full-control"},
                 {"x-amz-storage-class", "STANDARD"},
                 {"x-amz-object-lock-legal-hold", "ON"}};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (w403_view_ieq(header, w403_view_of(usual[i].header))) {
            return w403_view_of(usual[i].value);
        }
    }
    return (w403_view){NULL, 0};
}

/* ---- the sender's side ---- */

static void by_header(w403_fixer *f, const w403_condition *c, const struct key_row *row)
{
    w403_view name = row->name ? w403_view_of(row->name) : w403_view_sub(c->key, 3, c->key.n);
    w403_view values[VALUES];
    uint32_t n = c->op->family == W403_OP_NULL ? 0 : w403_wanted_values(f, c, values);
    w403_view usual = usual_value(name);
    if (n < VALUES && usual.p && n == 0) {
        values[n++] = usual;
    }
    for (uint32_t i = 0; i < n; i++) {
        w403_fix_header(f, name, values[i], "send-header", W403_RANK_HEADER,
                        W403_FIX_SAY(f, "send the header {header}: {value}", W403_P("header", name), W403_P("value", values[i])));
    }
    if (w403_request_header(&f->world->request, name).p) {
        w403_fix_header(f, name, (w403_view){NULL, 0}, "drop-header", W403_RANK_HEADER + 1,
                        W403_FIX_SAY(f, "do not send the header {header}", W403_P("header", name)));
    }
}

static void by_query(w403_fixer *f, const w403_condition *c, const struct key_row *row)
{
    w403_view values[VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    for (uint32_t i = 0; i < n; i++) {
        w403_request r = f->world->request;
        w403_pair *q = W403_NEW_N(f->arena, w403_pair, r.n_query + 1);
        if (!q) {
            f->nomem = true;
            return;
        }
        size_t k = 0;
        for (size_t j = 0; j < r.n_query; j++) {
            if (!w403_view_ieq(r.query[j].name, w403_view_of(row->name))) {
                q[k++] = r.query[j];
            }
        }
        q[k++] = (w403_pair){w403_view_of(row->name), values[i]};
        r.query = q;
        r.n_query = k;
        w403_fix_request(f, &r, "send-parameter", W403_RANK_HEADER + 2,
                         W403_FIX_SAY(f, "send {parameter}={value} with the request", W403_S("parameter", row->name), W403_P("value", values[i])),
                         W403_FIX_REMARK(f, "add --<option> <value> to the command", w403_view_of(row->name),
                                         values[i]));
    }
}

bool w403_with_context(w403_fixer *f, w403_request *r, w403_view key, w403_view value)
{
    w403_context_entry *list = W403_NEW_N(f->arena, w403_context_entry, r->n_context + 1);
    w403_view *one = W403_NEW(f->arena, w403_view);
    size_t n = 0;
    if (!list || !one) {
        f->nomem = true;
        return false;
    }
    for (size_t i = 0; i < r->n_context; i++) {
        if (!w403_view_ieq(r->context[i].key, key)) {
            list[n++] = r->context[i];
        }
    }
    *one = w403_arena_copy(f->arena, value);
    list[n++] = (w403_context_entry){w403_arena_copy(f->arena, key), value.p ? W403_YES : W403_NO, one, value.p != NULL};
    r->context = list;
    r->n_context = n;
    return true;
}

bool w403_set_by_hand(const w403_fixer *f, w403_view key)
{
    const w403_request *r = &f->world->request;
    for (size_t i = 0; i < r->n_context; i++) {
        if (w403_view_ieq(r->context[i].key, key)) {
            return true;
        }
    }
    return false;
}

/* A key that the case, or the user, set by hand wins over what the request says: set it again. */
static void by_context(w403_fixer *f, const w403_condition *c, bool mfa, unsigned rank)
{
    w403_view values[VALUES + 1];
    uint32_t n = w403_wanted_values(f, c, values);
    values[n] = (w403_view){NULL, 0};
    for (uint32_t k = 0; k <= n && w403_set_by_hand(f, c->key); k++) {
        w403_request r = f->world->request;
        w403_view v = values[k];
        if (!w403_with_context(f, &r, c->key, v)) {
            return;
        }
        w403_fix_request(f, &r, "send-context", rank,
                         mfa && v.p && !w403_view_eq(v, W403_LIT("false"))
                             ? W403_FIX_WORD(f, "use a session that was begun with MFA")
                         : v.p ? W403_FIX_SAY(f, "send the request with {key} = {value}", W403_P("key", c->key), W403_P("value", v))
                               : W403_FIX_SAY(f, "send the request without {key}", W403_P("key", c->key)),
                         (w403_view){NULL, 0});
    }
}

static void by_client(w403_fixer *f, const w403_condition *c)
{
    w403_view values[VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    for (uint32_t i = 0; i < n; i++) {
        w403_request r = f->world->request;
        if (w403_with_context(f, &r, c->key, values[i])) {
            w403_fix_request(f, &r, "use-client", W403_RANK_HEADER + 3,
                             W403_FIX_SAY(f, "use a client that sends {key} = {value}", W403_P("key", c->key), W403_P("value", values[i])),
                             (w403_view){NULL, 0});
        }
    }
}

/* Credentials of a session that begins now. */
static void by_session(w403_fixer *f)
{
    w403_request r = f->world->request;
    const w403_caller *who = &f->w->call->caller;
    w403_view now = w403_instant_format(f->arena, f->w->call->now);
    if (!w403_with_context(f, &r, W403_LIT("aws:TokenIssueTime"), now)) {
        return;
    }
    w403_fix_request(
        f, &r, "new-session", W403_RANK_HEADER + 5, W403_FIX_WORD(f, "begin a new session: this one's is too old"),
        W403_FIX_AWS(f, "sts assume-role --role-arn <role> --role-session-name <session>", who->principal_arn,
                     who->session));
}

static void by_tls(w403_fixer *f)
{
    w403_request r = f->world->request;
    if (r.secure == W403_YES) {
        return;
    }
    r.secure = W403_YES;
    w403_fix_request(f, &r, "use-https", W403_RANK_HEADER, W403_FIX_WORD(f, "send the request over HTTPS"),
                     W403_FIX_HINT(f, "use an endpoint that begins with https://, and no --endpoint-url with http://"));
}

static void by_network(w403_fixer *f, const w403_condition *c, bool endpoint)
{
    for (uint32_t i = 0; i < c->n_values && i < VALUES; i++) {
        w403_fix_network(f, endpoint, c->values[i].text.text);
    }
}

static void by_request_tag(w403_fixer *f, const w403_condition *c)
{
    w403_view values[VALUES];
    uint32_t n = w403_wanted_values(f, c, values);
    for (uint32_t i = 0; i < n; i++) {
        w403_fix_header(f, W403_LIT("x-amz-tagging"),
                        w403_sayf(f, "%.*s=%.*s", W403_ARG(c->key_param), W403_ARG(values[i])), "send-header",
                        W403_RANK_HEADER,
                        W403_FIX_SAY(f, "upload with the tag {tag} = {value}", W403_P("tag", c->key_param), W403_P("value", values[i])));
    }
}

static void by_sender(w403_fixer *f, const w403_condition *c)
{
    const struct key_row *row = row_of(c->key);
    if (!row) {
        return;
    }
    switch (row->source) {
    case BY_HEADER:
        by_header(f, c, row);
        break;
    case BY_QUERY:
        by_query(f, c, row);
        break;
    case BY_TLS:
        by_tls(f);
        break;
    case BY_MFA:
        w403_fix_mfa(f);
        break;
    case BY_ENDPOINT:
        by_network(f, c, true);
        break;
    case BY_ADDRESS:
        by_network(f, c, false);
        break;
    case BY_SIGNING:
        w403_fix_presign(f);
        break;
    case BY_VPC:
        by_network(f, c, true);
        w403_fix_vpc(f, c);
        return;
    case BY_PRINCIPAL_TAG:
        w403_fix_principal_tag(f, c);
        return;
    case BY_OBJECT_TAG:
        w403_fix_object_tag(f, c);
        return;
    case BY_RESOURCE_TAG:
        w403_fix_resource_tag(f, c);
        return;
    case BY_REQUEST_TAG:
        by_request_tag(f, c);
        break;
    case BY_SESSION:
        by_session(f);
        break;
    case BY_CLIENT:
        by_client(f, c);
        return; /* nobody sends how its client connects and signs */
    case BY_NOBODY:
        break;
    }
    by_context(f, c, row->source == BY_MFA,
               row->source == BY_ENDPOINT || row->source == BY_ADDRESS ? W403_RANK_ROUTE : W403_RANK_HEADER + 4);
}

/* ---- the policy's side ---- */

/* The value that the request has, in the list. */
static void add_value(w403_fixer *f, const w403_place *p, const w403_statement *st, const w403_condition *c,
                      w403_view value)
{
    w403_edit e;
    const char *suffix = "";
    if (c->op->family == W403_OP_IP) {
        suffix = w403_view_find_char(value, ':') == SIZE_MAX ? "/32" : "/128";
    }
    bool listable = c->op->family == W403_OP_STRING || c->op->family == W403_OP_ARN || c->op->family == W403_OP_IP;
    if (!listable || !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    w403_view text = w403_sayf(f, "%.*s%s", W403_ARG(value), suffix);
    (void)w403_edit_add(&e, w403_edit_at(&e, c->values_span), w403_json_quote(f->arena, text));
    w403_candidate_edit(f, "add-value", W403_RANK_EXTEND,
                        W403_FIX_SAY(f, "add {value} to the values of {key} in {statement} of {place}", W403_P("value", text), W403_P("key", c->key), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                        p, &e, NULL);
}

/* The value that the request has, out of the list. */
static void remove_value(w403_fixer *f, const w403_place *p, const w403_statement *st, const w403_condition *c,
                         w403_view value)
{
    w403_edit e;
    for (uint32_t i = 0; c->n_values > 1 && i < c->n_values; i++) {
        if (!w403_view_eq(c->values[i].text.text, value) || !w403_edit_policy(&e, f->arena, st->policy)) {
            continue;
        }
        (void)w403_edit_remove(&e, w403_edit_at(&e, c->values[i].span));
        w403_candidate_edit(f, "remove-value", W403_RANK_EXTEND + 8,
                            W403_FIX_SAY(f, "take {value} out of the values of {key} in {statement} of {place}", W403_P("value", value), W403_P("key", c->key), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                            p, &e, NULL);
    }
}

/* A key that this action's requests never carry makes a positive condition of an Allow useless there. */
static void drop_condition(w403_fixer *f, const w403_place *p, const w403_statement *st, const w403_condition *c)
{
    w403_edit e;
    if (st->effect != W403_EFFECT_ALLOW || !w403_edit_policy(&e, f->arena, st->policy)) {
        return;
    }
    const w403_json *values = w403_edit_at(&e, c->values_span), *keys = w403_json_parent(&e.doc, values);
    const w403_json *block = keys ? w403_json_parent(&e.doc, keys) : NULL;
    const w403_json *out = !block ? NULL : keys->count > 1 ? values : block->count > 1 ? keys : block;
    (void)w403_edit_remove(&e, out);
    w403_candidate_edit(f, "drop-condition", W403_RANK_LOOSE,
                        W403_FIX_SAY(f, "drop the condition on {key} from {statement} of {place}", W403_P("key", c->key), W403_P("statement", w403_statement_title(f, st)), W403_P("place", p->name)),
                        p, &e, N_("the statement then allows more than before"));
}

void w403_fix_condition(w403_fixer *f, const w403_place *p, const w403_statement *st, const w403_condition *c,
                        bool wanted)
{
    w403_key_value v = {W403_NO, NULL, 0};
    by_sender(f, c);
    w403_context_get(&f->w->context, c->key_id, c->key, c->key_param, &v);
    if (f->wide) {
        return;
    }
    if (v.present == W403_YES && v.n > 0 && !w403_policy_is_aws(st->policy)) {
        bool more = c->op->negated != wanted; /* more values make a positive operator match, and a negated one not */
        if (more) {
            add_value(f, p, st, c, v.values[0]);
        } else {
            remove_value(f, p, st, c, v.values[0]);
        }
    }
    if (wanted && !w403_policy_is_aws(st->policy)) {
        drop_condition(f, p, st, c);
    }
}
