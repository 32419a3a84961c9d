/* What makes two requests alike: every field that a decision, or AWS's own words, can hang on. */
#include "base/hash.h"
#include "logs/judge.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
    return h * 0xFF51AFD7ED558CCDu;
}

static uint64_t mix_view(uint64_t h, w403_view v)
{
    return mix(h, v.n ? w403_hash(v.p, v.n) : 0);
}

w403_view w403_role_of(w403_view principal)
{
    w403_view mark = W403_LIT(":assumed-role/");
    size_t    at = w403_view_find(principal, mark);
    if (at == SIZE_MAX) {
        return principal;
    }
    size_t slash = w403_view_find_char(w403_view_sub(principal, at + mark.n, principal.n), '/');
    return slash == SIZE_MAX ? principal : w403_view_sub(principal, 0, at + mark.n + slash);
}

/* AWS's reason without the names in it: what stands from `because` or `with an explicit deny` on. */
static w403_view reason_of(w403_view message)
{
    static const char *const STARTS[] = {" because ", " with an explicit deny"};
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++) {
        size_t at = w403_view_find(message, w403_view_of(STARTS[i]));
        if (at != SIZE_MAX) {
            return w403_view_sub(message, at, message.n);
        }
    }
    return w403_view_sub(message, 0, message.n < 32 ? message.n : 32);
}

/* The action that AWS's words name: s3:ListBucket for a key that is not there. */
static w403_view action_of(w403_view message)
{
    w403_view mark = W403_LIT("not authorized to perform: ");
    size_t    at = w403_view_find(message, mark);
    w403_view rest = at == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(message, at + mark.n, message.n);
    return rest.n ? w403_view_cut(&rest, ' ') : rest;
}

/* Headers that CloudTrail keeps among the parameters. */
static uint64_t header_hash(const w403_json *request)
{
    static const char *const UNIQUE[] = {"x-amz-copy-source", "x-amz-date",      "x-amz-content-sha256",
                                         "x-amz-expires",     "x-amz-signature", "x-amz-credential",
                                         "x-amz-security-token"};
    uint64_t h = 0;
    for (const w403_json *m = w403_json_is(request, W403_JSON_OBJECT) ? request->first : NULL; m; m = m->next) {
        bool header = m->key.n > 6 && w403_view_ieq(w403_view_sub(m->key, 0, 6), W403_LIT("x-amz-"));
        for (size_t i = 0; i < sizeof UNIQUE / sizeof *UNIQUE; i++) {
            w403_view u = w403_view_of(UNIQUE[i]);
            header = header && !(m->key.n >= u.n && w403_view_ieq(w403_view_sub(m->key, 0, u.n), u));
        }
        if (header) {
            h += mix_view(mix_view(1, m->key), m->text); /* in any order */
        }
    }
    return h;
}

/* The value of a query parameter as it stands in a Request-URI. */
static w403_view query_value(w403_view query, const char *name)
{
    w403_view wanted = w403_view_of(name);
    while (query.n) {
        w403_view pair = w403_view_cut(&query, '&');
        w403_view key = w403_view_cut(&pair, '=');
        if (w403_view_ieq(key, wanted)) {
            return pair.p ? pair : W403_LIT("");
        }
    }
    return (w403_view){NULL, 0};
}

/* 20261120T100000Z */
static bool amz_date(w403_view v, w403_instant *out)
{
    char iso[21];
    if (v.n != 16 || v.p[8] != 'T') {
        return false;
    }
    const char *p = v.p;
    for (size_t i = 0, at = 0; i < 16; i++) {
        if (i == 4 || i == 6) {
            iso[at++] = '-';
        } else if (i == 11 || i == 13) {
            iso[at++] = ':';
        }
        iso[at++] = p[i];
        iso[at] = 0;
    }
    return w403_instant_parse((w403_view){iso, 20}, out);
}

bool w403_shape_expired(const w403_record *r)
{
    uint64_t     seconds = 0;
    w403_instant signed_at = 0;
    if (!(r->marks & W403_MARK_PRESIGNED) || r->time == 0) {
        return false;
    }
    if (r->form == W403_LOG_TRAIL) { /* the parameters of the signature are among the request's */
        w403_view date = r->request ? w403_json_str(r->request, "X-Amz-Date") : (w403_view){NULL, 0};
        w403_view lasts = r->request ? w403_json_str(r->request, "X-Amz-Expires") : (w403_view){NULL, 0};
        return amz_date(date, &signed_at) && w403_view_u64(lasts, &seconds) && seconds < 1u << 30 &&
               signed_at + (w403_instant)seconds * 1000000 < r->time;
    }
    if (w403_view_u64(query_value(r->query, "X-Amz-Expires"), &seconds) && seconds < 1u << 30) {
        return amz_date(query_value(r->query, "X-Amz-Date"), &signed_at) &&
               signed_at + (w403_instant)seconds * 1000000 < r->time;
    }
    /* Signature Version 2 says when it ends */
    return w403_view_u64(query_value(r->query, "Expires"), &seconds) && seconds < (uint64_t)1 << 40 &&
           (w403_instant)seconds * 1000000 < r->time;
}

/* A session's own policy may be the reason, unless AWS names another. */
static bool session_matters(const w403_record *r)
{
    return r->form == W403_LOG_TRAIL && w403_view_starts(r->identity.access_key_id, W403_LIT("ASIA")) &&
           (w403_view_find(r->error_message, W403_LIT("session policy")) != SIZE_MAX ||
            !action_of(r->error_message).n);
}

/* Of a listing. */
static uint64_t mix_parameter(uint64_t h, bool relevant, const w403_record *r, const char *name)
{
    return relevant ? mix_view(h, r->request ? w403_json_str(r->request, name) : query_value(r->query, name)) : h;
}

uint64_t w403_shape_parent(const w403_shape_rules *rules, const w403_record *r)
{
    const w403_relevant *rel = &rules->relevant;
    uint32_t kept = W403_MARK_NO_TLS | W403_MARK_PRESIGNED | W403_MARK_SIGV2;
    bool     judged = rules->snapshot[0] || rules->policies[0];
    uint64_t h = mix(403, (uint64_t)r->form << 32 | (uint64_t)r->who << 24 | (r->marks & kept));
    h = mix_view(h, rel->session ? r->requester : w403_role_of(r->requester));
    h = mix_view(h, r->operation);
    h = mix_view(h, r->event_source);
    h = mix_view(h, r->bucket);
    h = mix_view(h, r->access_point_arn);
    h = mix_view(h, r->error_code);
    h = mix_view(mix_view(h, reason_of(r->error_message)), action_of(r->error_message));
    h = mix(h, (uint64_t)w403_record_denied(r) | (uint64_t)w403_shape_expired(r) << 1 | (uint64_t)(r->key.n > 0) << 2 |
                   (uint64_t)(r->version_id.n > 0) << 3 | (uint64_t)r->acl_required << 4 |
                   (uint64_t)r->identity.mfa << 6);
    h = mix_view(h, r->vpc_endpoint);
    h = mix_view(h, r->kms_key);
    h = mix(h, judged ? w403_relevant_network(rel, r->source_ip) : 0);
    h = mix_view(h, rel->user_agent ? r->user_agent : (w403_view){NULL, 0});
    h = mix_view(h, rel->referer ? r->referer : (w403_view){NULL, 0});
    h = mix_view(h, rel->tls ? r->tls : (w403_view){NULL, 0});
    h = mix_parameter(h, rel->prefix, r, "prefix");
    h = mix_parameter(h, rel->max_keys, r, "max-keys");
    h = mix_parameter(h, rel->delimiter, r, "delimiter");
    h = mix_view(h, rel->version_id ? r->version_id : (w403_view){NULL, 0});
    h = mix(h, rel->time ? w403_relevant_period(rel, r->time) : 0);
    h = mix(h, rel->token_time ? w403_relevant_period(rel, r->identity.created) : 0);
    h = mix_view(h, rel->session_tags ? r->identity.source_identity : (w403_view){NULL, 0});
    h = mix_view(h, r->identity.invoked_by);
    for (unsigned side = 0; side < 2 && r->who == W403_WHO_SERVICE; side++) {
        h = mix_view(h, w403_case_source(rules->snapshot[side], r));
    }
    h = mix(h, judged ? header_hash(r->request) : 0);
    if (rules->sessions) {
        return mix(h, w403_sessions_class(rules->sessions, rel, r));
    }
    return mix_view(h, rules->keys_apart && session_matters(r) ? r->identity.access_key_id : (w403_view){NULL, 0});
}
