/* Multi-Region Access Points (MR1): the policy of the access point, the caller's and that of the bucket that the request is routed
 * to must all allow. Which of its buckets that is depends on where the caller is and on how they are reached at the time: an
 * answer is certain where all of them give it. */
#include "decide/call.h"

static w403_status by_route(w403_call *c, uint32_t route, w403_decide_fn *decide, w403_decision *out, w403_view *bucket,
                            w403_error *err)
{
    w403_call *again = w403_call_again(c);
    W403_NEED(again, err);
    again->routed = true;
    again->route = route;
    *out = (w403_decision){.verdict = W403_UNDETERMINED};
    W403_TRY(decide(again, out, err));
    *bucket = again->target.bucket_name;
    for (size_t i = 0; i < again->wanted.n; i++) {
        w403_want(c, again->wanted.at[i]);
    }
    return W403_OK;
}

w403_status w403_routes_compare(w403_call *c, w403_decision *out, w403_decide_fn *decide, w403_error *err)
{
    w403_decision differs = {.verdict = W403_UNDETERMINED};
    w403_view where = {NULL, 0};
    for (uint32_t i = 1; i < c->n_routes; i++) { /* all of them, for what each would want to know */
        w403_decision other;
        w403_view bucket = {NULL, 0};
        W403_TRY(by_route(c, i, decide, &other, &bucket, err));
        if (!where.p && (other.verdict != out->verdict || other.status != out->status)) {
            differs = other;
            where = bucket;
        }
    }
    if (where.p) {
        w403_unknown(c, w403_arena_printf(c->arena, "to which of its buckets %.*s sends the request: %.*s answers %s, %.*s %s",
                                          W403_ARG(c->target.arn), W403_ARG(c->target.bucket_name),
                                          w403_verdict_name(out->verdict), W403_ARG(where),
                                          w403_verdict_name(differs.verdict)));
        *out = (w403_decision){.verdict = W403_UNDETERMINED};
    } else {
        w403_note(c, "whichever of its {n} buckets the Multi-Region Access Point sends the request to, the answer is the same", W403_N("n", c->n_routes));
    }
    return W403_OK;
}
