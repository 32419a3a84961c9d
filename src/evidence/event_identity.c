/* userIdentity of a CloudTrail event (formats 4.2): who it was, as a principal that policies can name. */
#include "evidence/event.h"

typedef void identity_fn(w403_event *e, const w403_json *id);

static void by_arn(w403_event *e, const w403_json *id)
{
    w403_view arn = w403_json_str(id, "arn");
    e->base.principal = arn;
    w403_build_said(&e->b, "principal", arn, "userIdentity.arn");
}

static void issued(w403_event *e, const w403_json *id)
{
    by_arn(e, id);
    const w403_json *issuer = w403_json_path(id, "sessionContext", "sessionIssuer", NULL);
    w403_view        arn = issuer ? w403_json_str(issuer, "arn") : (w403_view){NULL, 0};
    /* the session ARN drops the role's path (PM7); the issuer's ARN has it */
    w403_build_said(&e->b, "issuer", arn, "userIdentity.sessionContext.sessionIssuer.arn");
    if (w403_view_find(e->base.principal, W403_LIT(":federated-user/")) != SIZE_MAX) {
        e->base.issuer = arn;
    }
}

/* Anonymous callers, and callers of another account as the owner of the resource sees them. */
static void foreign(w403_event *e, const w403_json *id)
{
    w403_view account = w403_json_str(id, "accountId");
    w403_view unique = w403_json_str(id, "principalId");
    static const w403_view anonymous = {"anonymous", 9}; /* also ANONYMOUS_PRINCIPAL */
    if (account.n >= 9 && w403_view_ieq(w403_view_sub(account, 0, 9), anonymous)) {
        e->base.principal = W403_LIT("anonymous");
        w403_build_said(&e->b, "principal", e->base.principal, "userIdentity.accountId");
        return;
    }
    w403_build_said(&e->b, "account", account, "userIdentity.accountId");
    w403_build_said(&e->b, "unique id", unique, "userIdentity.principalId");
    w403_build_note(&e->b,
                    "the caller is of account %.*s, and CloudTrail shows its ARN only to that account: its own trail has "
                    "an event with the same sharedEventID",
                    W403_FMT(account));
}

static void service(w403_event *e, const w403_json *id)
{
    w403_view by = w403_json_str(id, "invokedBy");
    if (by.n) {
        e->base.principal = w403_build_printf(&e->b, "service:%.*s", W403_FMT(by));
        w403_build_said(&e->b, "principal", e->base.principal, "userIdentity.invokedBy");
    }
    const w403_json *scope = w403_json_get(id, "inScopeOf");
    w403_view        arn = scope ? w403_json_str(scope, "sourceArn") : (w403_view){NULL, 0};
    w403_view        account = scope ? w403_json_str(scope, "sourceAccount") : (w403_view){NULL, 0};
    w403_build_context(&e->b, &e->context, "aws:SourceArn", arn);
    w403_build_context(&e->b, &e->context, "aws:SourceAccount", account);
    if (!arn.p) {
        w403_build_missing(&e->b, "source", "--context aws:SourceArn=ARN --context aws:SourceAccount=ID",
                           "the event does not say for which resource the service acted");
    }
}

/* Calls to STS that bring their identity along, and IAM Identity Center users. */
static void outside(w403_event *e, const w403_json *id)
{
    w403_build_said(&e->b, "unique id", w403_json_str(id, "principalId"), "userIdentity.principalId");
    w403_build_said(&e->b, "user name", w403_json_str(id, "userName"), "userIdentity.userName");
    w403_build_note(&e->b, "the caller had no IAM identity yet: policies name the role or session it took afterwards");
}

static const struct {
    const char  *type;
    identity_fn *read;
} kinds[] = {
    {"IAMUser", by_arn},         {"Root", by_arn},          {"AssumedRole", issued}, {"FederatedUser", issued},
    {"Role", by_arn},            {"AWSAccount", foreign},   {"AWSService", service}, {"SAMLUser", outside},
    {"WebIdentityUser", outside}, {"IdentityCenterUser", outside},
};

/* MFA and session keys: present in temporary credentials only (semantics 2.3). */
static void session_keys(w403_event *e, const w403_json *id)
{
    const w403_json *session = w403_json_get(id, "sessionContext");
    const w403_json *attributes = session ? w403_json_get(session, "attributes") : NULL;
    w403_view        key = w403_json_str(id, "accessKeyId");
    w403_build_said(&e->b, "access key", key, "userIdentity.accessKeyId");
    if (attributes) {
        w403_view mfa = w403_event_text(attributes, "mfaAuthenticated");
        if (mfa.p) {
            e->base.mfa = w403_view_ieq(mfa, W403_LIT("true")) ? W403_YES : W403_NO;
            w403_build_context(&e->b, &e->context, "aws:MultiFactorAuthPresent", mfa);
            w403_build_said(&e->b, "mfa", mfa, "sessionContext.attributes.mfaAuthenticated");
        }
        w403_build_context(&e->b, &e->context, "aws:TokenIssueTime", w403_json_str(attributes, "creationDate"));
        w403_build_said(&e->b, "session since", w403_json_str(attributes, "creationDate"),
                        "sessionContext.attributes.creationDate");
    } else if (w403_view_starts(key, W403_LIT("AKIA"))) {
        e->base.mfa = W403_NO;
        w403_build_context_state(&e->b, &e->context, "aws:MultiFactorAuthPresent", W403_NO);
        w403_build_inferred(&e->b, "credentials", W403_LIT("long-term"), "the access key id begins with AKIA");
    }
    if (session) {
        w403_build_context(&e->b, &e->context, "aws:SourceIdentity", w403_json_str(session, "sourceIdentity"));
        if (w403_view_ieq(w403_event_text(session, "assumedRoot"), W403_LIT("true"))) {
            w403_build_note(&e->b, "a privileged root session (sts:AssumeRoot)");
        }
    }
}

void w403_event_identity(w403_event *e)
{
    const w403_json *id = w403_json_get(e->ev, "userIdentity");
    if (!w403_json_is(id, W403_JSON_OBJECT)) {
        return;
    }
    w403_view type = w403_json_str(id, "type");
    bool      known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !known; i++) {
        if (w403_view_eq(type, w403_view_of(kinds[i].type))) {
            kinds[i].read(e, id);
            known = true;
        }
    }
    if (!known) {
        by_arn(e, id); /* a newer kind: its ARN, if it has one, is who it was */
    }
    session_keys(e, id);
    w403_view unique = w403_json_str(id, "principalId");
    bool      anonymous = w403_view_eq(e->base.principal, W403_LIT("anonymous"));
    if (unique.n && e->base.principal.p && !anonymous && !w403_view_eq(type, W403_LIT("AWSService"))) {
        w403_build_context(&e->b, &e->context, "aws:userid", unique);
    }
    w403_view by = w403_json_str(id, "invokedBy");
    if (by.n && !w403_view_eq(type, W403_LIT("AWSService"))) {
        w403_build_context(&e->b, &e->context, "aws:ViaAWSService", W403_LIT("true"));
        w403_build_said(&e->b, "called by", by, "userIdentity.invokedBy");
    }
}
