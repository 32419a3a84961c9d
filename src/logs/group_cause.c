/* What a denial comes from: AWS's own words and the policies', and what sort of denial that is. */
#include "explain/explain.h"
#include "logs/survey_state.h"

const char *w403_denial_name(w403_denial d)
{
    static const char *const names[W403_DENIALS] = {
        [W403_DENIAL_PLAIN] = "policy",
        [W403_DENIAL_MASKED_404] = "masked-404",
        [W403_DENIAL_PRESIGNED_EXPIRED] = "presigned-expired",
        [W403_DENIAL_REQUESTER_PAYS] = "requester-pays",
        [W403_DENIAL_ANONYMOUS] = "anonymous",
        [W403_DENIAL_KMS] = "kms",
        [W403_DENIAL_SERVICE] = "service",
        [W403_DENIAL_CREDENTIALS] = "credentials",
        [W403_DENIAL_VPC_ENDPOINT] = "vpc-endpoint",
    };
    return d < W403_DENIALS ? names[d] : "";
}

const char *w403_group_claimed(const w403_reported *r)
{
    return r->n_causes && (r->form == W403_FORM_ENHANCED || r->certain) ? r->causes[0] : NULL;
}

static bool among(const char *id, const w403_reported *r)
{
    for (unsigned i = 0; id && i < r->n_causes; i++) {
        if (strcmp(id, r->causes[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void compare(const w403_question *q, w403_cause_group *out)
{
    const w403_judgement *j = &q->judgement;
    const char           *ids[16] = {NULL};
    size_t                n = 0;
    w403_view             action = {NULL, 0};
    if (!j->decided) {
        out->why_not = j->why_not;
        return;
    }
    for (uint32_t i = 0; i < j->explanation.n_causes && n < 16; i++) {
        ids[n++] = j->explanation.causes[i].id;
        action = i == 0 ? j->explanation.causes[i].action : action;
    }
    out->judged = true;
    out->verdict = j->decision.verdict;
    out->agreement = w403_evidence_agrees(&q->c.evidence.reported, out->verdict, ids, n, action);
    out->decided = n && out->verdict != W403_ALLOWED ? ids[0] : NULL;
}

/* AWS's own words come first: they are of the time of the request. What they leave open the policies say. */
static const char *cause_of(const w403_question *q, const w403_shape *shape, const w403_hint *h, const w403_cause_group *g)
{
    const w403_reported *r = &q->c.evidence.reported;
    if (shape->expired) {
        return "presigned-expired";
    }
    if (w403_reads_object(&q->c.record) && w403_view_ieq(r->action, W403_LIT("s3:ListBucket"))) {
        return "masked-404"; /* semantics 4.7: asked because the key is not there */
    }
    if (h->cause && !w403_group_claimed(r)) {
        return h->cause;
    }
    if (w403_group_claimed(r)) {
        return among(g->decided, r) ? g->decided : r->causes[0];
    }
    return g->decided;
}

/* No snapshot holds what these hang on: objects that are gone, the time and the signature of a URL. */
static bool beyond_policies(const char *cause)
{
    const w403_cause_info *info = w403_cause_info_find(w403_view_of(cause));
    return strcmp(cause, "masked-404") == 0 || (info && info->stage != W403_STAGE_POLICY);
}

void w403_group_cause(const w403_question *q, bool asked, const w403_shape *shape, const w403_hint *h,
                      w403_cause_group *out)
{
    compare(q, out);
    out->cause = asked ? cause_of(q, shape, h, out) : NULL;
    if (out->cause && out->verdict == W403_ALLOWED && beyond_policies(out->cause)) {
        out->agreement = W403_AGREES;
    }
}

w403_denial w403_group_denial(const w403_question *q, const char *cause, w403_view action, bool kms)
{
    static const struct {
        const char *cause;
        w403_denial denial;
    } table[] = {
        {"masked-404", W403_DENIAL_MASKED_404},         {"presigned-expired", W403_DENIAL_PRESIGNED_EXPIRED},
        {"requester-pays", W403_DENIAL_REQUESTER_PAYS},
        {"deny.vpc-endpoint", W403_DENIAL_VPC_ENDPOINT}, {"no-allow.vpc-endpoint", W403_DENIAL_VPC_ENDPOINT},
        {"deny.key-policy", W403_DENIAL_KMS},           {"no-allow.key-policy", W403_DENIAL_KMS},
    };
    const w403_record *r = &q->c.record;
    for (size_t i = 0; cause && i < sizeof table / sizeof *table; i++) {
        if (strcmp(cause, table[i].cause) == 0) {
            return table[i].denial;
        }
    }
    if (cause && (strncmp(cause, "credentials.", 12) == 0 || strncmp(cause, "signature.", 10) == 0)) {
        return W403_DENIAL_CREDENTIALS;
    }
    bool key = w403_view_eq(r->event_source, W403_LIT("kms.amazonaws.com")) ||
               (cause && strncmp(cause, "kms.", 4) == 0) ||
               w403_view_starts(action, W403_LIT("kms:"));
    return kms || key                        ? W403_DENIAL_KMS
           : r->who == W403_WHO_ANONYMOUS ? W403_DENIAL_ANONYMOUS
           : r->who == W403_WHO_SERVICE   ? W403_DENIAL_SERVICE
                                          : W403_DENIAL_PLAIN;
}
