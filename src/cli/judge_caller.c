/* Who asked, and who should have: credentials that are not valid, and those of another identity. */
#include "cli/judge_session.h"

#include "evidence/target.h"

/* ---- additions to a decision ---- */

w403_status w403_judged_view(w403_cli *cli, const w403_view **at, uint32_t *n, w403_view more, w403_error *err)
{
    w403_view *list = W403_NEW_N(cli->arena, w403_view, *n + 1);
    W403_NEED(list && more.p, err);
    for (uint32_t i = 0; i < *n; i++) {
        list[i] = (*at)[i];
    }
    list[(*n)++] = more;
    *at = list;
    return W403_OK;
}

w403_status w403_judged_note(w403_cli *cli, w403_judged *out, w403_view note, w403_error *err)
{
    return w403_judged_view(cli, &out->decision.notes, &out->decision.n_notes, note, err);
}

/* A cause of no layer, in front of the others. */
static w403_status add_cause(w403_cli *cli, w403_judged *out, const char *id, w403_view sentence, w403_error *err)
{
    w403_explanation *x = &out->explanation;
    w403_cause *list = W403_NEW_N(cli->arena, w403_cause, x->n_causes + 1);
    W403_NEED(list && sentence.p, err);
    for (uint32_t i = 0; i < x->n_causes; i++) {
        list[i + 1] = x->causes[i];
    }
    list[0] = (w403_cause){
        .id = id, .sentence = sentence, .action = out->request.action, .resource = out->request.resource};
    x->causes = list;
    x->n_causes++;
    return W403_OK;
}

/* ---- credentials ---- */

/* The one cause that the evidence says, where it is of those that are found before any policy is asked. */
static const w403_cause_info *refused_before(const w403_evidence *e)
{
    const w403_reported *r = e ? &e->reported : NULL;
    const w403_cause_info *info = r && r->n_causes == 1 ? w403_cause_info_find(w403_view_of(r->causes[0])) : NULL;
    return info && info->stage == W403_STAGE_BEFORE ? info : NULL;
}

/* Nothing that policies say changes it: the verdict stands without them. */
static w403_status refuse(w403_cli *cli, const w403_evidence *said, const w403_cause_info *info, w403_judged *out,
                          w403_error *err)
{
    const w403_reported *r = &said->reported;
    bool noted = said->kind == W403_EVIDENCE_CREDENTIALS && said->n_notes > 0;
    enum { SHORT = 100 };
    bool by_message = r->message.n > 0 && r->message.n <= SHORT;
    w403_view detail = noted                ? said->notes[said->n_notes - 1]
                       : r->error_code.n > 0 ? r->error_code
                       : by_message          ? r->message
                                             : W403_LIT("so the text says");
    const char *code = NULL;
    if (r->error_code.n > 0) {
        w403_view copy = w403_arena_copy(cli->arena, r->error_code);
        W403_NEED(copy.p, err);
        code = copy.p;
    }
    out->decision =
        (w403_decision){.verdict = W403_DENIED, .status = r->status ? r->status : 403, .error_code = code};
    out->explanation = (w403_explanation){.decision = &out->decision, .message = r->message};
    if (said->refused.n == 0) {
        W403_TRY(w403_judged_note(cli, out, w403_view_of(info->way_out), err));
    }
    return add_cause(cli, out, info->id, w403_say(cli->arena, info->sentence, W403_P("detail", detail)) /* no request was decided that could fill the other places */, err);
}

/* ---- another identity than the one that was meant ---- */

/* arn:aws:iam::1:role/path/NAME and arn:aws:sts::1:assumed-role/NAME/session -> NAME; {NULL,0}: no role. */
static w403_view role_name(w403_view arn)
{
    w403_view rest = w403_arn_part(arn, 5), name = {NULL, 0};
    w403_view type = rest.p ? w403_view_cut(&rest, '/') : rest;
    if (w403_view_eq(type, W403_LIT("assumed-role"))) {
        return w403_view_cut(&rest, '/');
    }
    while (w403_view_eq(type, W403_LIT("role")) && rest.p) {
        name = w403_view_cut(&rest, '/');
    }
    return name;
}

bool w403_same_identity(w403_view a, w403_view b)
{
    w403_view x = role_name(a), y = role_name(b);
    bool role = x.n > 0 && w403_view_eq(x, y) && w403_view_eq(w403_arn_account(a), w403_arn_account(b));
    return role || w403_view_eq(a, b);
}

/* EC2 names the sessions of an instance's role after the instance. */
static bool is_instance_session(w403_view arn)
{
    w403_view rest = w403_arn_part(arn, 5);
    if (!w403_view_eq(w403_view_cut(&rest, '/'), W403_LIT("assumed-role"))) {
        return false;
    }
    (void)w403_view_cut(&rest, '/');
    return w403_view_starts(rest, W403_LIT("i-"));
}

/* What the identity that was meant would have got. */
static w403_status compare_expected(w403_cli *cli, const w403_testimony *t, const w403_snapshot *snapshot,
                                    const w403_policies *policies, w403_judged *out, w403_error *err)
{
    w403_request meant = out->request;
    w403_decision d;
    w403_error ignored;
    meant.principal = t->expected;
    meant.session_name = meant.issuer = (w403_view){NULL, 0};
    meant.unsaid &= ~(unsigned)W403_UNSAID_POLICIES; /* AWS said nothing of this one */
    if (w403_decide(snapshot, policies, &meant, W403_DETAIL_CAUSES, cli->arena, &d, &ignored) != W403_OK) {
        return W403_OK;
    }
    return w403_judged_note(cli, out,
                            w403_arena_printf(cli->arena,
                                              "for %.*s, the identity that was meant, the same request is %s",
                                              (int)t->expected.n, t->expected.p, w403_verdict_name(d.verdict)),
                            err);
}

static w403_status wrong_identity(w403_cli *cli, const w403_testimony *t, w403_view who, w403_judged *out,
                                  w403_error *err)
{
    W403_TRY(add_cause(cli, out, "credentials.wrong-principal",
                       w403_arena_printf(cli->arena,
                                         "The request was made by %.*s, not by the identity that was meant (%.*s).",
                                         (int)who.n, who.p, (int)t->expected.n, t->expected.p),
                       err));
    if (!is_instance_session(who)) {
        return W403_OK;
    }
    return w403_judged_note(cli, out,
                            W403_LIT("the session is named after an EC2 instance: the program used the instance's role; the "
                                     "credentials that were meant for it (IRSA, EKS Pod Identity, a profile, environment "
                                     "variables) did not reach it"),
                            err);
}

w403_status w403_judge_credentials(w403_cli *cli, const w403_testimony *t, const w403_snapshot *snapshot,
                                   const w403_policies *policies, w403_view told, w403_judged *out, w403_error *err)
{
    const w403_evidence *sources[] = {t->credentials, t->error, t->request};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const w403_cause_info *info = refused_before(sources[i]);
        if (info) {
            return refuse(cli, sources[i], info, out, err);
        }
    }
    bool other = t->credentials && t->credentials->identity.as_expected == W403_NO;
    if (told.p) { /* AWS denied it, to another: whatever the one that was meant may do */
        const w403_reported *said = w403_testimony_reported(t);
        bool denied = said && said->form != W403_FORM_NONE;
        out->request.principal = told;
        if (denied && out->decision.verdict != W403_DENIED) {
            out->decision.verdict = W403_DENIED;
            out->decision.status = 403;
            out->decision.error_code = "AccessDenied";
            out->explanation.n_causes = 0;
            out->explanation.message = said->message;
        }
        W403_TRY(out->decision.verdict == W403_DENIED ? wrong_identity(cli, t, told, out, err) : W403_OK);
        return compare_expected(cli, t, snapshot, policies, out, err);
    }
    if (!other || out->decision.n_checks == 0) {
        return W403_OK;
    }
    if (out->decision.verdict == W403_DENIED) {
        W403_TRY(wrong_identity(cli, t, t->credentials->identity.arn, out, err));
    }
    return compare_expected(cli, t, snapshot, policies, out, err);
}
