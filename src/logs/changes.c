#include "logs/changes.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/hash.h"

enum { OBJECTS = 4 }; /* the part of the room that changes of objects may take */

struct w403_changes {
    pthread_mutex_t lock;
    w403_arena     *arena;
    W403_ARRAY(w403_log_change *) list;
    size_t          limit, objects; /* how many are of objects */
    uint64_t        dropped;
};

w403_changes *w403_changes_new(size_t limit)
{
    w403_changes *c = w403_malloc(sizeof *c);
    w403_arena   *a = w403_arena_new(0);
    if (!c || !a || pthread_mutex_init(&c->lock, NULL) != 0) {
        w403_free(c);
        w403_arena_free(a);
        return NULL;
    }
    *c = (w403_changes){.lock = c->lock, .arena = a, .limit = limit};
    return c;
}

void w403_changes_free(w403_changes *c)
{
    if (c) {
        (void)pthread_mutex_destroy(&c->lock);
        w403_arena_free(c->arena);
        w403_free(c);
    }
}

/* ---- what an event says ---- */

static w403_view copy(w403_changes *c, w403_view v, bool *fine)
{
    w403_view out = v.p ? w403_arena_copy(c->arena, v) : v;
    *fine = *fine && (!v.p || out.p);
    return out;
}

static w403_view text_of(const w403_json_doc *doc, const w403_json *v)
{
    return v ? w403_view_sub(doc->text, v->span.off, (size_t)v->span.off + v->span.len) : (w403_view){NULL, 0};
}

/* `a.b` of the parameters. */
static const w403_json *member(const w403_json *from, w403_view path)
{
    char name[64];
    while (from && path.n) {
        w403_view part = w403_view_cut(&path, '.');
        if (part.n >= sizeof name) {
            return NULL;
        }
        memcpy(name, part.p, part.n);
        name[part.n] = 0;
        from = w403_json_get(from, name);
    }
    return from;
}

/* A document as an object, or as a string that holds one. S3 also writes `"policy": ""`, which is the subresource. */
static w403_view document_of(const w403_record *r, const w403_change_kind *kind)
{
    w403_view names = w403_view_of(kind->document);
    while (r->request && names.n) {
        const w403_json *v = member(r->request, w403_view_cut(&names, ' '));
        if (w403_json_is(v, W403_JSON_OBJECT)) {
            return text_of(r->doc, v);
        }
        if (w403_json_is(v, W403_JSON_STRING) && w403_view_starts(w403_view_trim(v->text), W403_LIT("{"))) {
            return v->text;
        }
    }
    return (w403_view){NULL, 0};
}

/* Members that name what is changed, in the order in which they count. */
static const char *const NAMES[] = {
    [W403_TARGET_BUCKET] = "bucketName",
    [W403_TARGET_OBJECT] = "bucketName",
    [W403_TARGET_ACCOUNT_S3] = "accountId",
    [W403_TARGET_ACCESS_POINT] = "name accessPointName accessPoint",
    [W403_TARGET_KEY] = "keyId",
    [W403_TARGET_ENTITY] = "userName roleName groupName",
    [W403_TARGET_MANAGED] = "policyArn",
    [W403_TARGET_ORGANIZATION] = "targetId accountId policyId",
    [W403_TARGET_ENDPOINT] = "ModifyVpcEndpointRequest.VpcEndpointId vpcEndpointId DeleteVpcEndpointsRequest.VpcEndpointId.content",
};

static w403_view named(const w403_record *r, const char *list)
{
    w403_view names = w403_view_of(list);
    while (r->request && names.n) {
        const w403_json *v = member(r->request, w403_view_cut(&names, ' '));
        if (w403_json_is(v, W403_JSON_STRING) && v->text.n) {
            return v->text;
        }
    }
    return (w403_view){NULL, 0};
}

/* What is put into the place or taken from it; the id of a new grant is in the answer. */
static w403_view element_of(const w403_record *r, const w403_change_kind *kind)
{
    if (kind->target == W403_TARGET_OBJECT) {
        return r->key;
    }
    w403_view given = named(r, "policyName policyArn policyId permissionsBoundary grantId groupName");
    return given.n || kind->place != W403_PLACE_GRANT ? given : w403_json_str(r->response, "grantId");
}

static w403_status keep(w403_changes *c, const w403_record *r, const w403_change_kind *kind, w403_error *err)
{
    bool              fine = true;
    w403_log_change **slot = W403_PUSH(c->arena, &c->list);
    w403_log_change  *e = W403_NEW(c->arena, w403_log_change);
    W403_NEED(slot && e, err);
    *slot = e;
    w403_view target = r->form == W403_LOG_TRAIL ? named(r, NAMES[kind->target]) : r->bucket;
    if (kind->target == W403_TARGET_KEY && r->kms_key.n) {
        target = r->kms_key;
    } else if (kind->target == W403_TARGET_BUCKET && !target.n) {
        target = r->bucket;
    }
    e->kind = kind;
    e->time = r->time;
    e->actor = copy(c, r->requester.p ? r->requester : r->identity.principal_id, &fine);
    e->from = copy(c, r->source_ip, &fine);
    e->target = copy(c, target, &fine);
    e->account = copy(c, r->recipient_account, &fine);
    e->policy = copy(c, element_of(r, kind), &fine);
    e->document = kind->document ? copy(c, document_of(r, kind), &fine) : (w403_view){NULL, 0};
    e->parameters = r->request ? copy(c, text_of(r->doc, r->request), &fine) : (w403_view){NULL, 0};
    e->request_id = copy(c, r->request_id, &fine);
    e->event_id = copy(c, r->event_id, &fine);
    e->file = copy(c, r->file, &fine);
    e->offset = r->offset;
    e->key = w403_seen_key(r);
    W403_NEED(fine, err);
    return W403_OK;
}

/* Was it made? Access logs have a status, CloudTrail an error code where it failed. */
static bool was_made(const w403_record *r)
{
    return r->form == W403_LOG_TRAIL ? r->error_code.n == 0 : r->status >= 200 && r->status < 300;
}

/* A new version of a policy counts for nothing until it is the default. */
static bool in_force(const w403_record *r, const w403_change_kind *kind)
{
    bool version = kind->place == W403_PLACE_VERSION && kind->document;
    return !version || w403_json_bool(r->request, "setAsDefault", false);
}

w403_status w403_changes_add(w403_changes *c, const w403_record *r, w403_error *err)
{
    bool                    trail = r->form == W403_LOG_TRAIL;
    const w403_change_kind *kind =
        w403_change_kind_of(trail ? r->event_source : (w403_view){NULL, 0}, r->operation);
    /* formats 3.4: the ACL of an object is no change of the bucket; a GET is no PUT, whatever the operation says */
    bool object = !trail && (r->key.n || (r->method.n && w403_view_ieq(r->method, W403_LIT("GET"))));
    if (!kind || !was_made(r) || object || !in_force(r, kind)) {
        return W403_OK;
    }
    w403_status status = W403_OK;
    (void)pthread_mutex_lock(&c->lock);
    bool of_object = kind->target == W403_TARGET_OBJECT; /* data events, of which there may be millions */
    if (c->list.n >= c->limit || (of_object && c->objects >= c->limit / OBJECTS)) {
        c->dropped++;
    } else {
        c->objects += of_object;
        status = keep(c, r, kind, err);
    }
    (void)pthread_mutex_unlock(&c->lock);
    return status;
}

/* ---- the list ---- */

static int by_time(const void *a, const void *b)
{
    const w403_log_change *x = *(w403_log_change *const *)a, *y = *(w403_log_change *const *)b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    int order = w403_view_cmp(x->request_id, y->request_id);
    if (order == 0) { /* CloudTrail's first: it has the document */
        order = (y->parameters.p != NULL) - (x->parameters.p != NULL);
    }
    return order ? order : w403_view_cmp(x->file, y->file);
}

w403_status w403_changes_list(w403_changes *c, const w403_seen *seen, const w403_log_change *const **out, size_t *n,
                              w403_error *err)
{
    w403_map by_request = {0};
    size_t   kept = 0;
    if (c->list.n) {
        qsort(c->list.at, c->list.n, sizeof *c->list.at, by_time);
    }
    for (size_t i = 0; i < c->list.n; i++) { /* CloudTrail's and the access log's record may be a second apart */
        w403_log_change *e = c->list.at[i];
        (void)w403_seen_place(seen, e->key, &e->file, &e->offset);
        w403_log_change *same = e->request_id.n ? w403_map_get(&by_request, e->request_id) : NULL;
        if (same && same->kind->target == e->kind->target) {
            if (!same->parameters.p && e->parameters.p) {
                *same = *e;
            }
            continue;
        }
        if (e->request_id.n) {
            W403_NEED(w403_map_put(c->arena, &by_request, e->request_id, e), err);
        }
        c->list.at[kept++] = e;
    }
    c->list.n = kept;
    for (size_t i = 0; i < kept; i++) {
        c->list.at[i]->order = i;
    }
    *out = (const w403_log_change *const *)c->list.at;
    *n = kept;
    return W403_OK;
}

uint64_t w403_changes_dropped(const w403_changes *c)
{
    return c->dropped;
}

/* ---- of a change ---- */

static w403_view last_part(w403_view v, char at)
{
    size_t i = v.n;
    while (i > 0 && v.p[i - 1] != at) {
        i--;
    }
    return w403_view_sub(v, i, v.n);
}

bool w403_change_same_place(const w403_log_change *a, const w403_log_change *b)
{
    w403_change_place place = a->kind->place;
    bool              key = a->kind->target == W403_TARGET_KEY; /* by ARN or by id */
    bool              account = !a->account.n || !b->account.n || w403_view_eq(a->account, b->account);
    bool one_of_many = (place == W403_PLACE_POLICY && a->kind->target == W403_TARGET_ENTITY) ||
                       place == W403_PLACE_ATTACHED || place == W403_PLACE_GROUP ||
                       place == W403_PLACE_ORG_ATTACHED || place == W403_PLACE_GRANT ||
                       a->kind->target == W403_TARGET_OBJECT;
    if (place == W403_PLACE_NONE || b->kind->place != place || a->kind->target != b->kind->target ||
        (one_of_many && !w403_view_eq(a->policy, b->policy))) {
        return false;
    }
    if (a->kind->target == W403_TARGET_ENTITY || a->kind->target == W403_TARGET_ACCOUNT_S3) {
        bool alike = strcmp(w403_change_entity(a->kind), w403_change_entity(b->kind)) == 0;
        return alike && account && w403_view_eq(a->target, b->target);
    }
    return key ? w403_view_eq(last_part(a->target, '/'), last_part(b->target, '/')) : w403_view_eq(a->target, b->target);
}

w403_view w403_change_parameter(w403_arena *a, const w403_log_change *c, w403_view path)
{
    w403_json_doc    doc;
    const w403_json *v = NULL;
    if (c && c->parameters.p && w403_json_parse(a, W403_LIT("event"), c->parameters, NULL, &doc, NULL, NULL) == W403_OK) {
        v = member(doc.root, path);
    }
    if (!v || v->type == W403_JSON_NULL) {
        return (w403_view){NULL, 0};
    }
    return v->type == W403_JSON_STRING ? v->text : text_of(&doc, v);
}
