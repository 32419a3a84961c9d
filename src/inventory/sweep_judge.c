/* One object, decided by itself: what every class of objects stands for. */
#include "decide/residual.h"
#include "inventory/sweep.h"

static bool is_kms(w403_sse sse)
{
    return sse == W403_SSE_KMS || sse == W403_SSE_DSSE;
}

static bool needs_kms(const w403_decision *d)
{
    for (uint32_t i = 0; i < d->n_checks; i++) {
        if (w403_view_starts(d->checks[i].action, W403_LIT("kms:"))) {
            return true;
        }
    }
    for (uint32_t i = 0; i < d->n_gates; i++) {
        if (strncmp(d->gates[i].cause, "kms.", 4) == 0) {
            return true;
        }
    }
    return false;
}

w403_status w403_sweep_judge(const w403_snapshot *snapshot, const w403_policies *policies,
                             const w403_request *request, const w403_object *object, bool key_unknown, w403_arena *a,
                             w403_decision *d, w403_sweep_group *out, w403_error *err)
{
    w403_explanation e;
    w403_object plain = *object;
    bool kms = object->sse_given && is_kms(object->sse) && key_unknown;
    W403_TRY(w403_decide_object(snapshot, policies, request, object, W403_DETAIL_CAUSES, a, d, err));
    kms = kms && needs_kms(d);
    if (kms) { /* under a key that nothing names: what holds without one is needed, and the key's consent too */
        plain.sse = W403_SSE_NONE;
        W403_TRY(w403_decide_object(snapshot, policies, request, &plain, W403_DETAIL_CAUSES, a, d, err));
        kms = d->verdict == W403_ALLOWED;
    }
    *out = (w403_sweep_group){.verdict = kms ? W403_UNDETERMINED : d->verdict, .status = d->status};
    if (kms) {
        out->action = W403_LIT("the KMS key of the object: a report names none");
    } else if (d->verdict == W403_UNDETERMINED) {
        out->action = d->n_unknown ? d->unknown[0] : (w403_view){NULL, 0};
    }
    out->status = out->verdict == W403_UNDETERMINED ? 0 : out->status;
    if (out->verdict != W403_DENIED) {
        return W403_OK;
    }
    W403_TRY(w403_explain(request, d, a, &e, err));
    if (e.n_causes) {
        out->cause = e.causes[0].id;
        out->action = e.causes[0].action;
    }
    if (out->cause && strcmp(out->cause, "no-allow.object-acl") == 0) {
        out->owner = object->owner;
    }
    return W403_OK;
}
