/* The least Allow that a permission needs, in the words of each kind of policy. */
#include "evidence/evidence.h"
#include "fix/change.h"

w403_view w403_context_value(const w403_check_work *w, const char *key)
{
    w403_view param = {NULL, 0}, name = w403_view_of(key);
    uint16_t id = w403_key_find(name, &param);
    w403_key_value v = {W403_NO, NULL, 0};
    w403_context_get(&w->context, id, name, param, &v);
    return v.present == W403_YES && v.n > 0 ? v.values[0] : (w403_view){NULL, 0};
}

/* PV4: `${*}`, `${?}` and `${$}` stand for themselves. */
w403_view w403_pattern_escape(w403_fixer *f, w403_view arn)
{
    w403_buf b = {0};
    bool star = w403_view_eq(arn, W403_LIT("*"));
    for (size_t i = 0; i < arn.n; i++) {
        char c = arn.p[i];
        bool special = !star && (c == '*' || c == '?' || (c == '$' && i + 1 < arn.n && arn.p[i + 1] == '{'));
        if (special) {
            w403_buf_printf(&b, "${%c}", c);
        } else {
            w403_buf_putc(&b, c);
        }
    }
    w403_view out = w403_buf_take(&b, f->arena);
    f->nomem |= out.p == NULL;
    return out;
}

static w403_view caller_arn(const w403_check_work *w)
{
    const w403_caller *who = &w->call->caller;
    return who->kind == W403_CALLER_FEDERATED ? who->arn : who->principal_arn;
}

w403_view w403_principal_for(w403_fixer *f, const w403_check_work *w)
{
    const w403_caller *who = &w->call->caller;
    if (who->kind == W403_CALLER_ANONYMOUS) {
        return (w403_view){NULL, 0};
    }
    if (who->kind == W403_CALLER_SERVICE) {
        return w403_sayf(f, "{\"Service\": %.*s}", W403_ARG(w403_json_quote(f->arena, who->name)));
    }
    if (who->kind == W403_CALLER_PROVIDER) {
        return w403_sayf(f, "{\"Federated\": %.*s}", W403_ARG(w403_json_quote(f->arena, who->name)));
    }
    if (!caller_arn(w).p) { /* an origin access identity by its canonical id */
        return w403_sayf(f, "{\"CanonicalUser\": %.*s}", W403_ARG(w403_json_quote(f->arena, who->canonical_id)));
    }
    return w403_sayf(f, "{\"AWS\": %.*s}", W403_ARG(w403_json_quote(f->arena, caller_arn(w))));
}

/* ---- Sid ---- */

static bool sid_taken(const w403_policy *p, w403_view sid)
{
    for (uint32_t i = 0; p && i < p->n_statements; i++) {
        if (w403_view_eq(p->statements[i].sid, sid)) {
            return true;
        }
    }
    return false;
}

/* G11: letters and digits, once a document. */
static w403_view sid_for(w403_fixer *f, const w403_check_work *w, const w403_policy *in)
{
    w403_view name = w->action;
    w403_view_cut(&name, ':');
    char plain[64];
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < sizeof plain; i++) {
        char c = w403_lower(name.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            plain[n++] = name.p[i];
        }
    }
    w403_view sid = w403_sayf(f, "Allow%.*s", (int)n, plain);
    for (unsigned k = 2; k < 100 && sid_taken(in, sid); k++) {
        sid = w403_sayf(f, "Allow%.*s%u", (int)n, plain, k);
    }
    return sid;
}

/* ---- conditions that belong to the caller ---- */

static bool is_kms(const w403_check_work *w)
{
    return w->action.n > 4 && w403_view_ieq(w403_view_sub(w->action, 0, 4), W403_LIT("kms:"));
}

/* A delivery by a service is admitted for its source alone (4.10; the article's example). */
static w403_view service_condition(w403_fixer *f, const w403_check_work *w)
{
    w403_view account = w403_context_value(w, "aws:SourceAccount"), arn = w403_context_value(w, "aws:SourceArn");
    w403_view acl = is_kms(w) ? (w403_view){NULL, 0} : w403_context_value(w, "s3:x-amz-acl");
    w403_view like = {"", 0}, equals = {"", 0};
    if (arn.p) {
        like = w403_sayf(f, "\"ArnLike\": {\"aws:SourceArn\": %.*s}", W403_ARG(w403_json_quote(f->arena, arn)));
    }
    if (account.p) {
        equals = w403_sayf(f, "\"aws:SourceAccount\": %.*s", W403_ARG(w403_json_quote(f->arena, account)));
    }
    if (acl.p) {
        equals = w403_sayf(f, "%.*s%s\"s3:x-amz-acl\": %.*s", W403_ARG(equals), equals.n ? ", " : "",
                           W403_ARG(w403_json_quote(f->arena, acl)));
    }
    if (!like.n && !equals.n) {
        return (w403_view){"", 0};
    }
    return w403_sayf(f, ", \"Condition\": {%.*s%s%s%.*s%s}", W403_ARG(like), like.n && equals.n ? ", " : "",
                     equals.n ? "\"StringEquals\": {" : "", W403_ARG(equals), equals.n ? "}" : "");
}

/* An unsigned request can be told apart only by the way it comes (4.4: then the policy is not public). */
static w403_view anonymous_condition(w403_fixer *f, const w403_check_work *w, bool *opens)
{
    w403_view vpce = w403_context_value(w, "aws:SourceVpce"), ip = w403_context_value(w, "aws:SourceIp");
    if (vpce.p) {
        return w403_sayf(f, ", \"Condition\": {\"StringEquals\": {\"aws:SourceVpce\": %.*s}}",
                         W403_ARG(w403_json_quote(f->arena, vpce)));
    }
    if (ip.p) {
        const char *prefix = w403_view_find_char(ip, ':') == SIZE_MAX ? "32" : "128";
        return w403_sayf(f, ", \"Condition\": {\"IpAddress\": {\"aws:SourceIp\": \"%.*s/%s\"}}", W403_ARG(ip),
                         prefix);
    }
    *opens = true;
    return (w403_view){"", 0};
}

/* ---- the statement ---- */

/* The prefix under which the service delivers, where the snapshot says it; else every key (000-11). */
static w403_view delivery_prefix(w403_fixer *f, const w403_check_work *w)
{
    const w403_caller *who = &w->call->caller;
    const w403_target *t = w->target;
    const w403_bucket *b = w403_delivery_source(w->call->snap, who->name, t->bucket_name, t->key);
    w403_view prefix = b && w403_view_eq(b->logging_target, t->bucket_name) ? b->logging_prefix : W403_LIT("");
    return w403_view_starts(t->key, prefix) ? w403_pattern_escape(f, prefix) : W403_LIT("");
}

w403_view w403_resource_for(w403_fixer *f, const w403_check_work *w, w403_policy_kind kind)
{
    bool service = w->call->caller.kind == W403_CALLER_SERVICE;
    if (kind == W403_POLICY_SCP || kind == W403_POLICY_KEY) { /* R11, R12 */
        return W403_LIT("*");
    }
    if (service && w->target->bucket_name.p && w->target->key.p && !w->target->access_point) {
        w403_arn arn = w403_arn_split(w->target->arn);
        return w403_sayf(f, "arn:%.*s:s3:::%.*s/%.*s*", W403_ARG(arn.part[1]), W403_ARG(w->target->bucket_name),
                         W403_ARG(delivery_prefix(f, w)));
    }
    return w403_pattern_escape(f, w->target->arn);
}

static bool has_principal(w403_policy_kind kind)
{
    return kind == W403_POLICY_RESOURCE || kind == W403_POLICY_ACCESS_POINT || kind == W403_POLICY_KEY ||
           kind == W403_POLICY_TRUST ||
           kind == W403_POLICY_VPC_ENDPOINT;
}

w403_view w403_statement_for(w403_fixer *f, const w403_check_work *w, w403_policy_kind kind, const w403_policy *in,
                             bool *opens)
{
    w403_view principal = W403_LIT(""), condition = W403_LIT("");
    *opens = false;
    if (has_principal(kind)) {
        bool everyone = kind == W403_POLICY_VPC_ENDPOINT; /* 3.7: a gateway takes `*` alone; it never grants */
        w403_view who = everyone ? (w403_view){NULL, 0} : w403_principal_for(f, w);
        if (!who.p && !everyone) {
            condition = anonymous_condition(f, w, opens);
        }
        principal = w403_sayf(f, "\"Principal\": %.*s, ", W403_ARG(who.p ? who : W403_LIT("\"*\"")));
        if (w->call->caller.kind == W403_CALLER_SERVICE && !everyone) {
            condition = service_condition(f, w);
        }
    }
    w403_view resource = w403_json_quote(f->arena, w403_resource_for(f, w, kind));
    w403_view sid = sid_for(f, w, in);
    if (kind == W403_POLICY_TRUST) { /* N-8: it has no Resource */
        return w403_sayf(f, "{\"Sid\": \"%.*s\", \"Effect\": \"Allow\", %.*s\"Action\": \"%.*s\"%.*s}", W403_ARG(sid),
                         W403_ARG(principal), W403_ARG(w->action), W403_ARG(condition));
    }
    return w403_sayf(
        f, "{\"Sid\": \"%.*s\", \"Effect\": \"Allow\", %.*s\"Action\": \"%.*s\", \"Resource\": %.*s%.*s}",
        W403_ARG(sid), W403_ARG(principal), W403_ARG(w->action), W403_ARG(resource), W403_ARG(condition));
}

/* ---- a statement more ---- */

static w403_view pretty(w403_fixer *f, w403_view json)
{
    w403_json_doc doc;
    w403_buf b = {0};
    w403_json_writer w;
    w403_view out = {NULL, 0};
    if (json.p && w403_json_parse(f->arena, W403_LIT(""), json, NULL, &doc, NULL, NULL) == W403_OK) {
        w403_jw_init(&w, &b, true);
        w403_jw_value(&w, doc.root);
        out = w403_buf_ok(&b) ? w403_arena_copy(f->arena, w403_view_trim(w403_buf_view(&b))) : out;
    }
    w403_buf_free(&b);
    f->nomem |= out.p == NULL;
    return out;
}

static w403_view add_title(w403_fixer *f, const w403_check_work *w, const w403_place *place)
{
    const w403_caller *who = &w->call->caller;
    w403_view name = who->principal_arn.p && who->kind != W403_CALLER_FEDERATED ? who->principal_arn : who->arn;
    bool named = place->kind == W403_POLICY_RESOURCE || place->kind == W403_POLICY_ACCESS_POINT ||
                 place->kind == W403_POLICY_KEY || place->kind == W403_POLICY_TRUST;
    return named ? W403_FIX_SAY(f, "allow {action} on {resource} for {principal} in {place}", W403_P("action", w->action),
                                W403_P("resource", w->target->arn), W403_P("principal", name), W403_P("place", place->name))
                 : W403_FIX_SAY(f, "allow {action} on {resource} in {place}", W403_P("action", w->action),
                                W403_P("resource", w->target->arn), W403_P("place", place->name));
}

static void new_policy(w403_fixer *f, const w403_check_work *w, const w403_place *place, unsigned rank)
{
    bool opens;
    w403_view statement = w403_statement_for(f, w, place->kind, NULL, &opens);
    w403_view text =
        pretty(f, w403_sayf(f, "{\"Version\": \"2012-10-17\", \"Statement\": [%.*s]}", W403_ARG(statement)));
    w403_change *c = w403_candidate(f, W403_FIX_POLICY, "add-policy", rank + W403_RANK_POLICY - W403_RANK_STATEMENT,
                                    add_title(f, w, place), place->owner);
    c->place = *place;
    c->after = text;
    c->patch = w403_sayf(f, "[{\"op\":\"add\",\"path\":\"\",\"value\":%.*s}]", W403_ARG(text));
    c->opens = opens;
}

void w403_add_statement(w403_fixer *f, const w403_check_work *w, const w403_place *place, unsigned rank)
{
    w403_edit e;
    bool opens;
    if (!place->policy) {
        new_policy(f, w, place, rank);
        return;
    }
    if (w403_policy_is_aws(place->policy) || !w403_edit_policy(&e, f->arena, place->policy)) {
        return;
    }
    w403_view statement = w403_statement_for(f, w, place->kind, place->policy, &opens);
    const w403_json *list = w403_edit_statements(&e);
    size_t before = f->found.n;
    (void)w403_edit_add(&e, list, statement);
    w403_candidate_edit(f, "add-allow", rank, add_title(f, w, place), place, &e, NULL);
    if (f->found.n > before) {
        f->found.at[f->found.n - 1].opens = opens;
    }
}
