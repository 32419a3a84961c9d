#include "live/cred.h"

enum {
    LEFT_SECONDS = 5 * 60, /* keys with less are renewed */
    LONGEST_ID = 256,
    LONGEST_SECRET = 1024,
    LONGEST_TOKEN = 32 << 10, /* AWS's own have 4 KiB at most */
};

bool w403_is_token(w403_view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] <= ' ' || v.p[i] > '~') {
            return false;
        }
    }
    return v.n > 0;
}

bool w403_keys_fresh(const w403_keys *keys, w403_instant now)
{
    return keys->serial && keys->expires != 0 && now < keys->renew;
}

/* Five minutes before they expire; halfway where they last less than ten. What is expired when it comes (this machine's clock
 * is off) is used until AWS says so: asking again would give no better. */
static w403_instant renewal(w403_instant expires, w403_instant now)
{
    const w403_instant left = LEFT_SECONDS * (w403_instant)1000000;
    if (expires == INT64_MAX || expires <= now) {
        return INT64_MAX;
    }
    return expires - ((expires - now) / 2 < left ? (expires - now) / 2 : left);
}

w403_status w403_keys_set(w403_credentials *c, w403_keys *keys, w403_view id, w403_view secret, w403_view token,
                          w403_instant expires, w403_error *err)
{
    const char *wrong = !w403_is_token(id) || id.n > LONGEST_ID                        ? "access key id"
                        : !w403_is_token(secret) || secret.n > LONGEST_SECRET          ? "secret access key"
                        : token.n && (!w403_is_token(token) || token.n > LONGEST_TOKEN) ? "session token"
                                                                                        : NULL;
    if (wrong) {
        return w403_error_set(err, W403_SEMANTIC, "the %s is none: it is empty, too long or has characters that none has",
                              wrong);
    }
    w403_secrets *s = c->parts->secrets;
    w403_keys     fresh = {.id = w403_secrets_copy(s, id), .secret = w403_secrets_copy(s, secret),
                           .token = token.n ? w403_secrets_copy(s, token) : (w403_view){NULL, 0},
                           .expires = expires, .renew = renewal(expires, w403_instant_now()), .serial = ++c->serial};
    bool          there = fresh.id.p && fresh.secret.p && (!token.n || fresh.token.p);
    w403_keys     old = there ? *keys : fresh;
    w403_secrets_drop(s, &old.id);
    w403_secrets_drop(s, &old.secret);
    w403_secrets_drop(s, &old.token);
    W403_NEED(there, err);
    *keys = fresh;
    return W403_OK;
}

void w403_json_wipe(const w403_json *root)
{
    /* documents of credentials are flat; what is nested deeper is none of theirs */
    for (const w403_json *v = root ? root->first : NULL; v; v = v->next) {
        for (const w403_json *i = v; i; i = i == v ? v->first : i->next) {
            if (i->type == W403_JSON_STRING && i->escaped && i->text.n) {
                explicit_bzero((char *)(uintptr_t)i->text.p, i->text.n);
            }
        }
    }
}

/* ISO 8601, or a number of milliseconds. */
static bool read_expiry(const w403_json *v, bool milliseconds, w403_instant *out)
{
    uint64_t number;
    if (!milliseconds) {
        return w403_json_is(v, W403_JSON_STRING) && w403_instant_read(v->text, out);
    }
    bool good = w403_json_is(v, W403_JSON_NUMBER) && w403_view_u64(v->text, &number) && number < INT64_MAX / 1000;
    *out = good ? (w403_instant)number * 1000 : 0;
    return good;
}

static w403_status take_members(w403_credentials *c, w403_keys *keys, const w403_json *root, const w403_key_names *names,
                                w403_view about, w403_error *err)
{
    const w403_json *in = names->inside ? w403_json_get(root, names->inside) : root;
    const w403_json *version = w403_json_get(root, "Version"), *expires = w403_json_get(in, names->expires);
    w403_instant     until = INT64_MAX;
    if (names->version && !(w403_json_is(version, W403_JSON_NUMBER) && w403_view_eq(version->text, W403_LIT("1")))) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: what it prints has no `Version` of 1", W403_CUT(about));
    }
    if (!w403_json_is(in, W403_JSON_OBJECT) || !w403_json_str(in, names->id).n || !w403_json_str(in, names->secret).n) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: the answer has no %s or no %s", W403_CUT(about), names->id,
                              names->secret);
    }
    if (expires && !w403_json_is(expires, W403_JSON_NULL) && !read_expiry(expires, names->milliseconds, &until)) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: `%s` of the answer is no time", W403_CUT(about), names->expires);
    }
    return w403_keys_set(c, keys, w403_json_str(in, names->id), w403_json_str(in, names->secret),
                         w403_json_str(in, names->token), until, err);
}

w403_status w403_keys_read_json(w403_credentials *c, w403_keys *keys, w403_view text, const w403_key_names *names,
                                w403_view about, w403_error *err)
{
    w403_json_doc     doc = {0};
    w403_error        parse;
    w403_json_options options = {.max_depth = 8};
    w403_status       status = w403_json_parse(c->scratch, about, text, &options, &doc, NULL, &parse);
    if (status == W403_NOMEM) {
        return w403_error_nomem(err);
    }
    if (status != W403_OK) { /* the parser's own words could repeat a secret */
        return w403_error_set(err, W403_SYNTAX, "%.*s: the answer is no JSON (line %u, column %u)", W403_CUT(about),
                              parse.line, parse.column);
    }
    status = take_members(c, keys, doc.root, names, about, err);
    w403_json_wipe(doc.root);
    return status;
}

/* The text between an element's tags, as it stands: STS's have no attributes, and keys no entities. */
static w403_view element(w403_view body, const char *open, const char *close)
{
    size_t from = w403_view_find(body, w403_view_of(open));
    if (from == SIZE_MAX) {
        return (w403_view){NULL, 0};
    }
    w403_view rest = w403_view_sub(body, from + strlen(open), body.n);
    size_t    to = w403_view_find(rest, w403_view_of(close));
    return to == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_trim(w403_view_sub(rest, 0, to));
}

w403_status w403_keys_read_sts(w403_credentials *c, w403_keys *keys, w403_view body, w403_view about, w403_error *err)
{
    w403_view    in = element(body, "<Credentials>", "</Credentials>");
    w403_view    expires = element(in, "<Expiration>", "</Expiration>");
    w403_view    id = element(in, "<AccessKeyId>", "</AccessKeyId>");
    w403_view    secret = element(in, "<SecretAccessKey>", "</SecretAccessKey>");
    w403_view    token = element(in, "<SessionToken>", "</SessionToken>");
    w403_instant until;
    if (!id.n || !secret.n || !token.n || !w403_instant_parse(expires, &until)) {
        return w403_error_set(err, W403_SEMANTIC, "%.*s: STS answers, but not with credentials", W403_CUT(about));
    }
    return w403_keys_set(c, keys, id, secret, token, until, err);
}
