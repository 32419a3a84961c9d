#include "logs/sessions.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/hash.h"
#include "evidence/evidence.h"

/* CloudTrail's creationDate and the time of the call that made the session are of the same clock (formats 4.6). */
enum { SECOND = 1000000, NEAR_S = 5, LONGEST_S = 36 * 3600 };

typedef struct entry {
    w403_log_session session;
    struct entry    *same_arn; /* the one before with the same ARN */
} entry;

struct w403_sessions {
    pthread_mutex_t lock;
    w403_arena     *arena, *work;
    w403_map        by_key, by_arn;
    size_t          n, limit;
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

static bool copy_session(w403_sessions *s, const w403_record *r, const w403_session *from, entry *e)
{
    w403_log_session *to = &e->session;
    w403_view        *arns = W403_NEW_N(s->arena, w403_view, from->n_policy_arns);
    to->at = r->time;
    to->policy_arns = arns;
    to->n_policy_arns = from->n_policy_arns;
    for (size_t i = 0; arns && i < from->n_policy_arns; i++) {
        if (!copy_view(s->arena, from->policy_arns[i], &arns[i])) {
            return false;
        }
    }
    w403_view maker = r->requester.p ? r->requester : r->identity.principal_id;
    return arns && copy_view(s->arena, from->access_key, &to->access_key) && copy_view(s->arena, from->arn, &to->arn) &&
           copy_view(s->arena, from->policy, &to->policy) && copy_view(s->arena, maker, &to->maker) &&
           copy_view(s->arena, r->operation, &to->event);
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
    entry *e = W403_NEW(s->arena, entry);
    W403_NEED(e && copy_session(s, r, &ev.session, e), err);
    if (e->session.access_key.n) {
        W403_NEED(w403_map_put(s->arena, &s->by_key, e->session.access_key, e), err);
    }
    if (e->session.arn.n) {
        e->same_arn = w403_map_get(&s->by_arn, e->session.arn);
        W403_NEED(w403_map_put(s->arena, &s->by_arn, e->session.arn, e), err);
    }
    s->n++;
    return W403_OK;
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

const w403_log_session *w403_sessions_find(const w403_sessions *s, w403_view access_key, w403_view arn,
                                           w403_instant created, w403_instant at)
{
    const entry *e = access_key.n ? w403_map_get(&s->by_key, access_key) : NULL;
    if (e) {
        return &e->session;
    }
    const entry *best = NULL;
    for (e = arn.n ? w403_map_get(&s->by_arn, arn) : NULL; e; e = e->same_arn) {
        w403_instant t = e->session.at;
        bool         fits = created ? llabs(t - created) <= (int64_t)NEAR_S * SECOND
                                    : t <= at && at - t <= (int64_t)LONGEST_S * SECOND;
        if (fits && (!best || t > best->session.at)) {
            best = e;
        }
    }
    return best ? &best->session : NULL;
}

size_t w403_sessions_count(const w403_sessions *s)
{
    return s->n;
}

uint64_t w403_sessions_dropped(const w403_sessions *s)
{
    return s->dropped;
}
