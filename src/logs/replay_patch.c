/* The old state with one changed bucket policy. */
#include "logs/replay.h"
#include "snapshot/snapshot.h"

#define FMT(v) (int)((v).n > 2048 ? 2048 : (v).n), ((v).p ? (v).p : "")

static bool put_policy(w403_world *w, w403_bucket *b, const w403_policy *policy)
{
    const w403_policy **one = W403_NEW(w->arena, const w403_policy *);
    w403_fact           fact = b->policy_fact;
    w403_policy_set     set = {.at = one, .n = 1};
    if (!one) {
        return false;
    }
    *one = policy;
    fact.state = W403_FACT_KNOWN;
    w403_world_write(w, &b->policy, &policy, sizeof policy);
    w403_world_write(w, &b->policy_set, &set, sizeof set);
    w403_world_write(w, &b->policy_fact, &fact, sizeof fact);
    return !w->nomem;
}

/* Does a Resource of the document name the bucket, not only by a wildcard? */
static bool names_bucket(w403_view text, w403_view bucket)
{
    w403_view mark = W403_LIT(":s3:::");
    for (size_t at = 0;;) {
        w403_view rest = w403_view_sub(text, at, text.n);
        size_t    next = w403_view_find(rest, mark);
        if (next == SIZE_MAX) {
            return false;
        }
        at += next + mark.n;
        rest = w403_view_sub(text, at, text.n);
        char end = rest.n > bucket.n ? rest.p[bucket.n] : 0;
        if (w403_view_starts(rest, bucket) && (end == '/' || end == '"')) {
            return true;
        }
    }
}

w403_status w403_replay_patch(w403_arena *arena, const w403_snapshot *old, w403_view bucket, w403_view source,
                              w403_view policy, w403_world *world, w403_error *err)
{
    w403_policy  *parsed = NULL;
    w403_request *any = W403_NEW(arena, w403_request);
    size_t        n = 0;
    *world = (w403_world){0};
    W403_NEED(any, err);
    w403_request_init(any);
    W403_TRY(w403_policy_parse(arena, W403_POLICY_RESOURCE, source, policy, NULL, &parsed, err));
    W403_TRY(w403_world_open(world, old, NULL, any, arena, err));
    for (size_t i = 0; i < world->snapshot->buckets.cap; i++) {
        w403_bucket *b = world->snapshot->buckets.slots[i].value;
        if (b && (bucket.n ? w403_view_eq(b->name, bucket) : names_bucket(policy, b->name))) {
            W403_NEED(put_policy(world, b, parsed), err);
            n++;
        }
    }
    if (n == 0) {
        w403_status status = bucket.n ? w403_error_set(err, W403_NOT_FOUND, "the snapshot has no bucket `%.*s`", FMT(bucket))
                                      : w403_error_set(err, W403_NOT_FOUND, "the policy names no bucket of the snapshot");
        w403_error_hint(err, "say whose policy it is with `--bucket NAME`");
        return status;
    }
    return W403_OK;
}
