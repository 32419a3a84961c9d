#include "evidence/evidence.h"

#include "base/view.h"

static bool claims(const w403_reported *r, const char *cause)
{
    for (unsigned i = 0; i < r->n_causes; i++) {
        if (strcmp(r->causes[i], cause) == 0) {
            return true;
        }
    }
    return false;
}

w403_agreement w403_evidence_agrees(const w403_reported *r, w403_verdict verdict, const char *const *causes,
                                    size_t n_causes, w403_view action)
{
    if (verdict == W403_ALLOWED) {
        /* an event that was not denied, or a 404 or 405, is in agreement with an allowed request */
        bool other = r->form == W403_FORM_NONE && r->status == 0;
        bool missing = r->n_causes && n_causes && claims(r, causes[0]);
        return other || missing ? W403_AGREES : W403_NOT_DENIED;
    }
    if (verdict == W403_UNDETERMINED) {
        return W403_UNSURE;
    }
    if (r->n_causes == 0) {
        return W403_AGREES;
    }
    if (r->action.p && action.p && !w403_view_ieq(r->action, action)) {
        return W403_SAME_REQUEST;
    }
    for (size_t i = 0; i < n_causes; i++) {
        if (claims(r, causes[i])) {
            return W403_AGREES;
        }
    }
    return W403_SAME_REQUEST;
}

const char *w403_agreement_text(w403_agreement a)
{
    static const char *const texts[] = {
        [W403_AGREES] = NULL,
        [W403_SAME_REQUEST] =
            "the snapshot denies this request for another reason than AWS's text names: the snapshot differs from the time "
            "of the event, or a policy that denied it then is not in it",
        [W403_NOT_DENIED] =
            "the snapshot would allow what was denied: a policy, a setting, the network path or the caller's session was "
            "another at the time of the event",
        [W403_UNSURE] = "the snapshot does not hold enough to compare with AWS's text",
    };
    return texts[a];
}
