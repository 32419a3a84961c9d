/* The words by which a group is known: who, what, and on which keys. */
#include "explain/explain.h"
#include "logs/survey_state.h"
#include "snapshot/snapshot.h"

bool w403_reads_object(const w403_record *r)
{
    return r->key.n && (w403_view_eq(r->operation, W403_LIT("GetObject")) ||
                        w403_view_eq(r->operation, W403_LIT("HeadObject")));
}

w403_view w403_group_principal(w403_arena *a, const w403_question *q)
{
    const w403_record *r = &q->c.record;
    if (r->who == W403_WHO_ANONYMOUS) {
        return W403_LIT("anonymous");
    }
    if (r->who == W403_WHO_SERVICE) {
        return w403_arena_printf(a, "service:%.*s", W403_CUT(r->requester));
    }
    if (r->who == W403_WHO_ACCOUNT) {
        return w403_arena_printf(a, "account %.*s", W403_CUT(r->requester));
    }
    if (r->who == W403_WHO_CANONICAL && q->c.n_requests) {
        return q->c.requests[0].principal;
    }
    return w403_role_of(r->requester);
}

w403_view w403_group_action(w403_arena *a, const w403_question *q, const w403_hint *h, const char *cause)
{
    const w403_reported *r = &q->c.evidence.reported;
    const w403_judgement *j = &q->judgement;
    if (h->kms && h->action.n) {
        return h->action;
    }
    if (cause && strcmp(cause, "masked-404") == 0 && w403_reads_object(&q->c.record)) {
        return W403_LIT("s3:GetObject");
    }
    if (r->action.n) {
        return r->action;
    }
    if (h->action.n) {
        return h->action;
    }
    if (j->decided && j->explanation.n_causes && j->explanation.causes[0].action.n) {
        return j->explanation.causes[0].action;
    }
    const w403_operation *op = w403_record_operation(&q->c.record, 0);
    if (op && op->n_permissions) {
        return w403_view_of(op->permissions[0].action);
    }
    return w403_arena_printf(a, "%.*s", W403_CUT(q->c.record.operation));
}

w403_view w403_group_statement(w403_arena *a, const w403_judgement *j, const char *cause)
{
    for (uint32_t i = 0; cause && j->decided && i < j->explanation.n_causes; i++) {
        const w403_cause  *c = &j->explanation.causes[i];
        const w403_policy *p = w403_match_policy(c->match);
        if (strcmp(c->id, cause) != 0 || !p || !c->match->deny) {
            continue;
        }
        w403_view sid = c->match->statement->sid;
        w403_view source = p->name.n ? p->name : p->doc.source;
        return sid.n ? w403_arena_printf(a, "%.*s of %.*s", W403_CUT(sid), W403_CUT(source))
                     : w403_arena_printf(a, "statement %u of %.*s", c->match->statement->index + 1, W403_CUT(source));
    }
    return (w403_view){NULL, 0};
}

w403_view w403_group_folder(const w403_shape *shape)
{
    w403_view common = {shape->common, shape->n_common};
    size_t    slash = shape->many_keys ? SIZE_MAX : w403_view_find_char(common, '/');
    return slash == SIZE_MAX ? (w403_view){NULL, 0} : w403_view_sub(common, 0, slash + 1);
}

/* CloudTrail names an access point where a bucket would stand. */
w403_view w403_group_access_point(const w403_record *r)
{
    bool point = w403_view_starts(r->bucket, W403_LIT("arn:")) &&
                 w403_view_find(r->bucket, W403_LIT(":accesspoint/")) != SIZE_MAX;
    return !r->access_point_arn.n && point ? r->bucket : r->access_point_arn;
}

w403_view w403_group_bucket(const w403_snapshot *s, const w403_record *r)
{
    w403_view                arn = r->kms_context_arn, point = w403_group_access_point(r);
    const w403_access_point *ap = s && point.n ? w403_map_get(&s->access_points, point) : NULL;
    if (ap && ap->bucket_name.n) {
        return ap->bucket_name;
    }
    if (r->bucket.n || !arn.n) {
        return r->bucket;
    }
    for (int i = 0; i < 5; i++) {
        w403_view_cut(&arn, ':');
    }
    return w403_view_cut(&arn, '/');
}

/* Of the request, which knows its region; of the snapshot, where there is none. */
static w403_view partition_of(const w403_snapshot *s, const w403_case *c)
{
    w403_view arn = c->n_requests ? c->requests[0].resource : (w403_view){NULL, 0};
    if (w403_view_eq(w403_view_cut(&arn, ':'), W403_LIT("arn"))) {
        return w403_view_cut(&arn, ':');
    }
    return s ? s->partition : W403_LIT("aws");
}

/* arn:aws:s3:::bucket/common*: up to the last slash that all keys share, or the one key. */
w403_view w403_group_resource(w403_arena *a, const w403_snapshot *s, const w403_case *c, const w403_shape *shape)
{
    const w403_record *r = &c->record;
    w403_view          bucket = w403_group_bucket(s, r), point = w403_group_access_point(r);
    w403_view          common = {shape->common, shape->n_common}, partition = partition_of(s, c);
    if (w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com")) && r->kms_key.n) {
        return r->kms_key;
    }
    w403_view arn = point.n ? w403_arena_printf(a, "%.*s/object", W403_CUT(point))
                            : w403_arena_printf(a, "arn:%.*s:s3:::%.*s", W403_CUT(partition), W403_CUT(bucket));
    if (!bucket.n && !point.n) {
        return W403_LIT("*");
    }
    if (!shape->common) {
        return point.n ? point : arn;
    }
    while (!shape->same_key && common.n && common.p[common.n - 1] != '/') {
        common.n--;
    }
    return w403_arena_printf(a, "%.*s/%.*s%s", W403_CUT(arn), W403_CUT(common), shape->same_key ? "" : "*");
}

static bool said(const w403_request *r, w403_view key)
{
    bool found = false;
    for (size_t i = 0; i < r->n_context; i++) {
        found = found || w403_view_ieq(r->context[i].key, key);
    }
    return found;
}

/* What the survey knows of the first request and its record does not say (judge.c). */
w403_view w403_group_context(w403_arena *a, const w403_question *q)
{
    const w403_request *r = q->c.n_requests ? &q->c.requests[0] : NULL;
    w403_view           out = W403_LIT("");
    for (size_t i = 0; r && q->c.evidence.n_readings && i < r->n_context; i++) {
        const w403_context_entry *c = &r->context[i];
        if (c->n_values == 1 && w403_view_find_char(c->values[0], '\n') == SIZE_MAX &&
            !said(&q->c.evidence.readings[0].request, c->key)) {
            out = w403_arena_printf(a, "%.*s%s%.*s=%.*s", W403_ARG(out), out.n ? "\n" : "", W403_ARG(c->key),
                                    W403_ARG(c->values[0]));
        }
    }
    return out;
}
