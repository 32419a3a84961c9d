/* Which records a user asks for: by time, caller and bucket. */
#include "logs/survey_state.h"

/* arn:aws:iam::111122223333:role/path/NAME and arn:aws:sts::111122223333:assumed-role/NAME are one role: an access log
 * has only the second. */
static bool same_role(w403_view role, w403_view session)
{
    w403_view mark = W403_LIT(":role/"), assumed = W403_LIT(":assumed-role/");
    size_t    at = w403_view_find(role, mark), other = w403_view_find(session, assumed);
    if (at == SIZE_MAX || other == SIZE_MAX || at < 12 || other < 12 ||
        !w403_view_eq(w403_view_sub(role, at - 12, at), w403_view_sub(session, other - 12, other))) {
        return false;
    }
    w403_view rest = w403_view_sub(role, at + mark.n, role.n), name = rest;
    while (rest.p) {
        name = w403_view_cut(&rest, '/');
    }
    return w403_view_eq(name, w403_view_sub(w403_role_of(session), other + assumed.n, w403_role_of(session).n));
}

static bool is_caller(w403_view wanted, const w403_record *r)
{
    w403_view service = W403_LIT("service:");
    if (r->who == W403_WHO_ANONYMOUS) {
        return w403_view_eq(wanted, W403_LIT("anonymous"));
    }
    if (r->who == W403_WHO_SERVICE && w403_view_starts(wanted, service)) {
        return w403_view_eq(w403_view_sub(wanted, service.n, wanted.n), r->requester);
    }
    return w403_view_eq(wanted, r->requester) || w403_view_eq(wanted, w403_role_of(r->requester)) ||
           (r->identity.issuer_arn.n ? w403_view_eq(wanted, r->identity.issuer_arn) : same_role(wanted, r->requester));
}

bool w403_survey_selects(const w403_survey_options *o, const w403_record *r)
{
    bool when = (!o->since || r->time >= o->since) && (!o->until || r->time < o->until);
    bool what = !o->bucket.n || w403_view_eq(o->bucket, r->bucket) ||
                w403_view_find(r->kms_context_arn, o->bucket) != SIZE_MAX;
    return when && what && (!o->principal.n || is_caller(o->principal, r));
}
