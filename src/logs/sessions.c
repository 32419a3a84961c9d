#include "logs/sessions.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/hash.h"
#include "evidence/evidence.h"
#include "snapshot/places.h"

/* CloudTrail's creationDate and the time of the call that made the session are of the same clock (formats 4.6). */
enum { SECOND = 1000000, NEAR_S = 5, LONGEST_S = 36 * 3600 };

struct w403_sessions {
    pthread_mutex_t lock;
    w403_arena     *arena, *work;
    w403_map        by_key;
    W403_ARRAY(const w403_log_session *) by_arn; /* and time, once they are settled */
    w403_map        narrowed_roles, tagged_roles; /* that such a session is of -> itself */
    w403_map        documents; /* snapshot (as bytes), ARN -> w403_view * */
    W403_ARRAY(const w403_log_session *) narrowed;
    size_t          n_tagged, n, limit;
    uint64_t        dropped;
};

w403_sessions *w403_sessions_new(size_t limit)
{
    w403_sessions *s = w403_malloc(sizeof *s);
    if (!s) {
        return NULL;
    }
    *s = (w403_sessions){.arena = w403_arena_new(0), .work = w403_arena_new(0), .limit = limit};
    if (!s->arena || !s->work || pthread_mutex_init(&s->lock, NULL) != 0) {
        w403_arena_free(s->arena);
        w403_arena_free(s->work);
        w403_free(s);
        return NULL;
    }
    return s;
}

void w403_sessions_free(w403_sessions *s)
{
    if (s) {
        (void)pthread_mutex_destroy(&s->lock);
        w403_arena_free(s->arena);
        w403_arena_free(s->work);
        w403_free(s);
    }
}

bool w403_sessions_wants(w403_view event_source, w403_view event_name)
{
    return w403_view_eq(event_source, W403_LIT("sts.amazonaws.com")) &&
           (w403_view_starts(event_name, W403_LIT("AssumeRole")) ||
            w403_view_eq(event_name, W403_LIT("GetFederationToken")));
}

static bool copy_view(w403_arena *a, w403_view from, w403_view *to)
{
    *to = from.p ? w403_arena_copy(a, from) : from;
    return !from.p || to->p;
}

static bool copy_session(w403_sessions *s, const w403_record *r, const w403_session *from, w403_log_session *to)
{
    w403_view        *arns = W403_NEW_N(s->arena, w403_view, from->n_policy_arns);
    w403_pair        *tags = W403_NEW_N(s->arena, w403_pair, from->n_tags);
    to->at = r->time;
    to->tags = tags;
    to->n_tags = from->n_tags;
    for (size_t i = 0; tags && i < from->n_tags; i++) {
        if (!copy_view(s->arena, from->tags[i].name, &tags[i].name) ||
            !copy_view(s->arena, from->tags[i].value, &tags[i].value)) {
            return false;
        }
    }
    to->policy_arns = arns;
    to->n_policy_arns = from->n_policy_arns;
    for (size_t i = 0; arns && i < from->n_policy_arns; i++) {
        if (!copy_view(s->arena, from->policy_arns[i], &arns[i])) {
            return false;
        }
    }
    w403_view maker = r->requester.p ? r->requester : r->identity.principal_id;
    return arns && tags && copy_view(s->arena, from->source_identity, &to->source_identity) &&
           copy_view(s->arena, from->access_key, &to->access_key) && copy_view(s->arena, from->arn, &to->arn) &&
           copy_view(s->arena, from->policy, &to->policy) && copy_view(s->arena, maker, &to->maker) &&
           copy_view(s->arena, r->operation, &to->event);
}

static uint64_t mix(uint64_t h, w403_view v)
{
    return (h << 23 | h >> 41) * 0xFF51AFD7ED558CCDu + (v.n ? w403_hash(v.p, v.n) : 0);
}

static uint64_t hash_policies(const w403_log_session *s)
{
    uint64_t h = mix(0, s->policy);
    for (size_t i = 0; i < s->n_policy_arns; i++) {
        h = mix(h, s->policy_arns[i]);
    }
    return s->policy.n || s->n_policy_arns ? h | 1 : 0;
}

static uint64_t hash_tags(const w403_log_session *s)
{
    uint64_t h = mix(0, s->source_identity);
    for (size_t i = 0; i < s->n_tags; i++) {
        h = mix(mix(h, s->tags[i].name), s->tags[i].value);
    }
    return s->source_identity.n || s->n_tags ? h | 1 : 0;
}

static w403_status note_role(w403_sessions *s, w403_map *roles, const w403_log_session *session, w403_error *err)
{
    w403_view role = w403_role_of(session->arn);
    if (role.n && !w403_map_get(roles, role)) {
        W403_NEED(w403_map_put(s->arena, roles, role, (void *)(uintptr_t)session), err);
    }
    return W403_OK;
}

static w403_status note_class(w403_sessions *s, w403_log_session *session, w403_error *err)
{
    session->narrowed = hash_policies(session);
    session->tagged = hash_tags(session);
    if (session->narrowed) {
        const w403_log_session **slot = W403_PUSH(s->arena, &s->narrowed);
        W403_NEED(slot, err);
        *slot = session;
        W403_TRY(note_role(s, &s->narrowed_roles, session, err));
    }
    s->n_tagged += session->tagged != 0;
    return session->tagged ? note_role(s, &s->tagged_roles, session, err) : W403_OK;
}

static w403_status add(w403_sessions *s, const w403_record *r, w403_error *err)
{
    w403_evidence ev;
    w403_arena_reset(s->work);
    w403_view none = {NULL, 0};
    w403_status status = w403_evidence_session(s->work, r->file, r->raw, none, none, &ev, err);
    if (status != W403_OK) {
        return status == W403_NOMEM ? status : W403_OK; /* a call that made none */
    }
    if (s->n >= s->limit) {
        s->dropped++;
        return W403_OK;
    }
    w403_log_session *e = W403_NEW(s->arena, w403_log_session);
    W403_NEED(e && copy_session(s, r, &ev.session, e), err);
    if (e->access_key.n) {
        W403_NEED(w403_map_put(s->arena, &s->by_key, e->access_key, e), err);
    }
    if (e->arn.n) {
        const w403_log_session **slot = W403_PUSH(s->arena, &s->by_arn);
        W403_NEED(slot, err);
        *slot = e;
    }
    s->n++;
    return note_class(s, e, err);
}

w403_status w403_sessions_add(w403_sessions *s, const w403_record *r, w403_error *err)
{
    if (r->form != W403_LOG_TRAIL || r->error_code.n || !w403_sessions_wants(r->event_source, r->operation)) {
        return W403_OK;
    }
    (void)pthread_mutex_lock(&s->lock);
    w403_status status = add(s, r, err);
    (void)pthread_mutex_unlock(&s->lock);
    return status;
}

static int by_arn(const void *x, const void *y)
{
    const w403_log_session *a = *(const w403_log_session *const *)x, *b = *(const w403_log_session *const *)y;
    int                     order = w403_view_cmp(a->arn, b->arn);
    if (order || a->at != b->at) {
        return order ? order : a->at < b->at ? -1 : 1;
    }
    return w403_view_cmp(a->access_key, b->access_key);
}

void w403_sessions_settle(w403_sessions *s)
{
    if (s->by_arn.n) {
        qsort(s->by_arn.at, s->by_arn.n, sizeof *s->by_arn.at, by_arn);
    }
}

/* The last of an ARN that was made at `latest` or before. */
static const w403_log_session *last_of(const w403_sessions *s, w403_view arn, w403_instant latest)
{
    size_t low = 0, high = s->by_arn.n;
    while (low < high) {
        size_t                  middle = low + (high - low) / 2;
        const w403_log_session *e = s->by_arn.at[middle];
        int                     order = w403_view_cmp(e->arn, arn);
        if (order < 0 || (order == 0 && e->at <= latest)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const w403_log_session *e = low ? s->by_arn.at[low - 1] : NULL;
    return e && w403_view_eq(e->arn, arn) ? e : NULL;
}

const w403_log_session *w403_sessions_find(const w403_sessions *s, w403_view access_key, w403_view arn,
                                           w403_instant created, w403_instant at)
{
    const w403_log_session *e = access_key.n ? w403_map_get(&s->by_key, access_key) : NULL;
    if (e || !arn.n) {
        return e;
    }
    const w403_instant near = (w403_instant)NEAR_S * SECOND, longest = (w403_instant)LONGEST_S * SECOND;
    e = last_of(s, arn, created ? created + near : at);
    return e && e->at >= (created ? created - near : at - longest) ? e : NULL;
}

const w403_log_session *w403_sessions_of(const w403_sessions *s, const w403_record *r)
{
    return w403_sessions_find(s, r->identity.access_key_id, r->requester, r->identity.created, r->time);
}

uint64_t w403_sessions_class(const w403_sessions *s, const w403_relevant *rel, const w403_record *r)
{
    const w403_log_session *session = w403_sessions_of(s, r);
    return !session ? 0 : rel->session_tags ? session->narrowed * 31 ^ session->tagged : session->narrowed;
}

/* ---- once more ---- */

bool w403_sessions_repeatable(const w403_paths *files)
{
    for (size_t i = 0; i < files->n; i++) {
        struct stat st = {0};
        bool known = stat(files->at[i].p, &st) == 0; /* else reading it says what is wrong */
        if (w403_view_eq(files->at[i], W403_LIT("-")) || (known && !S_ISREG(st.st_mode))) {
            return false;
        }
    }
    return true;
}

bool w403_sessions_differ(const w403_sessions *s, const w403_relevant *rel)
{
    return s->narrowed.n > 0 || (rel->session_tags && s->n_tagged > 0);
}

bool w403_sessions_of_role_differ(const w403_sessions *s, const w403_relevant *rel, w403_view role)
{
    return w403_map_get(&s->narrowed_roles, role) || (rel->session_tags && w403_map_get(&s->tagged_roles, role));
}

w403_status w403_sessions_rule(w403_sessions *s, w403_arena *a, w403_shape_rules *rules, w403_error *err)
{
    for (size_t i = 0; i < s->narrowed.n; i++) { /* managed policies are among the snapshot's texts */
        W403_TRY(w403_relevant_text(a, &rules->relevant, s->narrowed.at[i]->policy, err));
    }
    rules->sessions = s;
    return W403_OK;
}

w403_view w403_sessions_document(w403_sessions *s, const w403_snapshot *snapshot, w403_view arn)
{
    (void)pthread_mutex_lock(&s->lock);
    w403_arena_reset(s->work);
    w403_view  key = w403_arena_printf(s->work, "%p %.*s", (const void *)snapshot, (int)arn.n, arn.n ? arn.p : "");
    w403_view *known = key.p ? w403_map_get(&s->documents, key) : NULL;
    if (!known && key.p) {
        w403_view kept = w403_arena_copy(s->arena, key);
        w403_view text = w403_managed_document(s->work, snapshot, arn);
        known = W403_NEW(s->arena, w403_view);
        if (known && copy_view(s->arena, text, known) && kept.p) {
            (void)w403_map_put(s->arena, &s->documents, kept, known);
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    return known ? *known : (w403_view){NULL, 0};
}

size_t w403_sessions_count(const w403_sessions *s)
{
    return s->n;
}

uint64_t w403_sessions_dropped(const w403_sessions *s)
{
    return s->dropped;
}
