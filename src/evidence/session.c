/* The call that made a session, out of CloudTrail (004-30..32, formats 4.6): its inline policy and policy ARNs. */
#include "base/time.h"
#include "evidence/envelope.h"
#include "evidence/event.h"
#include "evidence/repair.h"

typedef struct search {
    w403_build       b;
    w403_view        source, who;
    w403_instant     at;
    bool             has_at;
    const w403_json *best;      /* the event */
    w403_json_doc    best_doc;  /* which document it stands in */
    w403_instant     best_time;
    size_t           calls, matches;
} search;

static bool makes_session(w403_view name)
{
    static const char *const names[] = {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity",
                                        "GetFederationToken", "AssumeRoot"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (w403_view_eq(name, w403_view_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* arn:P:sts::ACCOUNT:assumed-role/NAME/SESSION of a call whose response is not there. */
static w403_view session_arn(w403_build *b, const w403_json *ev)
{
    const w403_json *user = w403_json_path(ev, "responseElements", "assumedRoleUser", NULL);
    const w403_json *fed = w403_json_path(ev, "responseElements", "federatedUser", NULL);
    w403_view        arn = user ? w403_json_str(user, "arn") : fed ? w403_json_str(fed, "arn") : (w403_view){NULL, 0};
    if (arn.p) {
        return arn;
    }
    const w403_json *p = w403_json_get(ev, "requestParameters");
    w403_view role = p ? w403_json_str(p, "roleArn") : arn, name = p ? w403_json_str(p, "roleSessionName") : arn;
    w403_view rest = w403_arn_part(role, 5);
    size_t    i = rest.n;
    while (i > 0 && rest.p[i - 1] != '/') {
        i--;
    }
    if (!role.n || !name.n || i == 0) {
        return (w403_view){NULL, 0};
    }
    w403_view part = w403_arn_part(role, 1), account = w403_arn_part(role, 4);
    return w403_build_printf(b, "arn:%.*s:sts::%.*s:assumed-role/%.*s/%.*s", W403_FMT(part), W403_FMT(account),
                             W403_FMT(w403_view_sub(rest, i, rest.n)), W403_FMT(name));
}

static w403_view access_key(const w403_json *ev)
{
    const w403_json *c = w403_json_path(ev, "responseElements", "credentials", NULL);
    return c ? w403_json_str(c, "accessKeyId") : (w403_view){NULL, 0};
}

static bool made_it(search *s, const w403_json *ev)
{
    if (!s->who.n) {
        return true;
    }
    const w403_json *user = w403_json_path(ev, "responseElements", "assumedRoleUser", NULL);
    const w403_json *p = w403_json_get(ev, "requestParameters");
    return w403_view_eq(s->who, access_key(ev)) || w403_view_eq(s->who, session_arn(&s->b, ev)) ||
           (user && w403_view_eq(s->who, w403_json_str(user, "assumedRoleId"))) ||
           (p && w403_view_eq(s->who, w403_json_str(p, "roleArn")));
}

static void consider(search *s, const w403_json_doc *doc, const w403_json *ev)
{
    w403_view name = w403_json_str(ev, "eventName");
    bool      fragment = !name.p && w403_json_path(ev, "requestParameters", "roleArn", NULL);
    if ((!makes_session(name) && !fragment) || w403_json_str(ev, "errorCode").n) {
        return;
    }
    s->calls++;
    if (!made_it(s, ev)) {
        return;
    }
    w403_instant t = 0;
    bool         timed = w403_instant_read(w403_json_str(ev, "eventTime"), &t);
    if (timed && s->has_at && t > s->at) {
        return;
    }
    s->matches++;
    if (!s->best || t >= s->best_time) {
        s->best = ev;
        s->best_doc = *doc;
        s->best_time = t;
    }
}

static w403_status on_found(void *user, const w403_carried *c, w403_error *err)
{
    (void)err;
    if (c->kind == W403_CARRIED_EVENT) {
        consider(user, &c->doc, c->object);
    }
    return W403_OK;
}

/* A fragment of an event may be what the call asked for. */
static void on_no_record(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what)
{
    (void)what;
    consider(user, doc, at);
}

static void on_damaged(void *user, const w403_json_doc *doc, const w403_json *at, const char *why)
{
    (void)user;
    (void)doc;
    (void)at;
    (void)why;
}

/* An event, or whatever carries events. */
static w403_status walk(search *s, const w403_json_doc *doc, w403_error *err)
{
    const w403_carrier to = {.user = s, .found = on_found, .no_record = on_no_record, .damaged = on_damaged};
    w403_opened        opened;
    return w403_envelope_open(s->b.arena, doc, doc->root, &to, &opened, err);
}

/* One document, one event a line, or a damaged fragment. */
static w403_status read_text(search *s, w403_view text, w403_error *err)
{
    w403_json_options opt = {.allow_trailing = true};
    w403_view         rest = w403_view_trim(text);
    while (rest.n && rest.p[0] != '"') {
        w403_json_doc doc;
        size_t        end = 0;
        if (w403_json_parse(s->b.arena, s->source, rest, &opt, &doc, &end, NULL) != W403_OK || end == 0) {
            break;
        }
        W403_TRY(walk(s, &doc, err));
        rest = w403_view_trim(w403_view_sub(rest, end, rest.n));
    }
    if (rest.n == 0 && text.n) {
        return W403_OK;
    }
    /* from the damaged place on, or, when that is all of it, with the places of the text as given */
    bool          whole = rest.n == w403_view_trim(text).n;
    w403_json_doc doc;
    W403_TRY(w403_repair_json(&s->b, s->source, "the text", whole ? text : rest, &doc, err));
    return walk(s, &doc, err);
}

/* ---- what the call says ---- */

static w403_status read_policy(search *s, const w403_json *p, w403_error *err)
{
    w403_session    *out = &s->b.out->session;
    const w403_json *policy = p ? w403_json_get(p, "policy") : NULL;
    if (!policy || policy->type == W403_JSON_NULL) {
        return W403_OK;
    }
    if (policy->type == W403_JSON_OBJECT) {
        out->policy = w403_view_sub(s->best_doc.text, policy->span.off, (size_t)policy->span.off + policy->span.len);
        return W403_OK;
    }
    if (policy->type != W403_JSON_STRING) {
        return w403_json_error(&s->best_doc, policy, err, "a session policy is a JSON document in a string, not %s",
                               w403_json_type_name((w403_json_type)policy->type));
    }
    w403_json_doc doc;
    w403_view     name = w403_build_printf(&s->b, "session policy in %.*s", W403_FMT(s->source));
    W403_TRY(w403_repair_json(&s->b, name, "the session policy", policy->text, &doc, err));
    out->policy = doc.text;
    return W403_OK;
}

static void read_lists(search *s, const w403_json *p)
{
    w403_session    *out = &s->b.out->session;
    const w403_json *arns = p ? w403_json_get(p, "policyArns") : NULL, *tags = p ? w403_json_get(p, "tags") : NULL;
    W403_ARRAY(w403_view) list = {0};
    w403_pairs pairs = {0};
    for (const w403_json *a = w403_json_is(arns, W403_JSON_ARRAY) ? arns->first : NULL; a; a = a->next) {
        w403_view arn = a->type == W403_JSON_STRING ? a->text : w403_json_str(a, "arn");
        w403_view *v = arn.n ? W403_PUSH(s->b.arena, &list) : NULL;
        if (v) {
            *v = arn;
            w403_build_said(&s->b, "session policy", arn, "requestParameters.policyArns");
        }
    }
    for (const w403_json *t = w403_json_is(tags, W403_JSON_ARRAY) ? tags->first : NULL; t; t = t->next) {
        w403_build_pair(&s->b, &pairs, w403_json_str(t, "key"), w403_json_str(t, "value"));
    }
    out->policy_arns = list.at;
    out->n_policy_arns = list.n;
    out->tags = pairs.at;
    out->n_tags = pairs.n;
}

static w403_status read_call(search *s, w403_error *err)
{
    const w403_json *ev = s->best, *p = w403_json_get(ev, "requestParameters");
    w403_session    *out = &s->b.out->session;
    out->event_name = w403_json_str(ev, "eventName");
    out->at = w403_json_str(ev, "eventTime");
    out->arn = session_arn(&s->b, ev);
    out->access_key = access_key(ev);
    out->mfa = W403_NO;
    if (p) {
        out->role_arn = w403_json_str(p, "roleArn");
        out->session_name = w403_json_str(p, out->role_arn.p ? "roleSessionName" : "name");
        out->source_identity = w403_json_str(p, "sourceIdentity");
        out->mfa = w403_json_str(p, "serialNumber").n ? W403_YES : W403_NO;
    }
    W403_TRY(read_policy(s, p, err));
    read_lists(s, p);
    if (!out->event_name.p) {
        w403_build_note(&s->b, "the text does not say which call it is: its parameters are those of AssumeRole");
    }
    if (!out->policy.p && !out->n_policy_arns) {
        w403_build_note(&s->b, "the call passed no session policy: the session can do what its %s can",
                        out->role_arn.p ? "role" : "user's session policy, which is nothing,");
    }
    if (out->n_policy_arns) {
        w403_build_missing(&s->b, "managed session policies", "--session-policy FILE",
                           "the event names them by ARN only: aws iam get-policy-version");
    }
    if (w403_json_is(w403_json_get(ev, "responseElements"), W403_JSON_OBJECT)) {
        w403_build_said(&s->b, "session", out->arn, "responseElements");
    } else {
        w403_build_inferred(&s->b, "session", out->arn, "the role and the session's name");
    }
    w403_build_said(&s->b, "role", out->role_arn, "requestParameters.roleArn");
    w403_build_said(&s->b, "session name", out->session_name, "requestParameters.roleSessionName");
    w403_build_said(&s->b, "time", out->at, "eventTime");
    if (s->matches > 1) {
        w403_build_note(&s->b, "%zu calls made such a session: the latest is read%s", s->matches,
                        s->has_at ? "" : "; the time of the denial would tell which it was");
    }
    return W403_OK;
}

static w403_status not_found(const search *s, w403_error *err)
{
    if (!s->calls) {
        w403_error_set(err, W403_NOT_FOUND, "no event in `%.*s` made a session", W403_FMT(s->source));
        w403_error_hint(err, "expected CloudTrail events such as AssumeRole, of the time just before the denial");
    } else {
        w403_error_set(err, W403_NOT_FOUND, "none of the %zu sessions in `%.*s` is `%.*s`", s->calls,
                       W403_FMT(s->source), W403_FMT(s->who));
        w403_error_hint(err, "give the session's ARN or its access key id (ASIA...) as the denied event has it");
    }
    return W403_NOT_FOUND;
}

w403_status w403_evidence_session(w403_arena *arena, w403_view source, w403_view text, w403_view who, w403_view at,
                                  w403_evidence *out, w403_error *err)
{
    search *s = W403_NEW(arena, search);
    W403_NEED(s, err);
    w403_build_init(&s->b, arena, out, W403_EVIDENCE_SESSION);
    s->source = source;
    s->who = who;
    if (at.n) {
        s->has_at = w403_instant_parse(at, &s->at);
        if (!s->has_at) {
            w403_error_set(err, W403_SEMANTIC, "`%.*s` is no time", W403_FMT(at));
            w403_error_hint(err, "write it as 2026-11-21T10:00:00Z");
            return W403_SEMANTIC;
        }
    }
    W403_TRY(read_text(s, text, err));
    W403_NEED(!s->b.failed, err);
    if (!s->best) {
        return not_found(s, err);
    }
    if (!who.n && s->matches > 1) {
        w403_error_set(err, W403_SEMANTIC, "`%.*s` holds %zu calls that made sessions", W403_FMT(source), s->matches);
        w403_error_hint(err, "say which: the session's ARN or its access key id");
        return W403_SEMANTIC;
    }
    W403_TRY(read_call(s, err));
    return w403_build_finish(&s->b, err);
}
