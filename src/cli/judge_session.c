#include "cli/judge_session.h"

#include "cli/input.h"
#include "evidence/target.h"
#include "policy/policies.h"
#include "snapshot/places.h"

/* ---- session policies ---- */

static w403_status add_policy(w403_policies **policies, w403_view source, w403_view text, w403_error *err)
{
    if (!*policies) {
        *policies = w403_policies_new();
        W403_NEED(*policies, err);
    }
    return w403_policies_add(*policies, W403_POLICY_SESSION, 0, source, text, err);
}

w403_status w403_judge_session_policies(w403_cli *cli, const w403_snapshot *snapshot, const w403_testimony *t,
                                        w403_policies **policies, w403_view *unresolved, w403_error *err)
{
    const w403_session *s = t->session ? &t->session->session : NULL;
    *unresolved = (w403_view){NULL, 0};
    if (!s) {
        return W403_OK;
    }
    size_t told = *policies ? w403_policies_warnings(*policies)->n : 0;
    if (s->policy.p) {
        w403_view name =
            w403_arena_printf(cli->arena, "%.*s of %.*s", (int)s->event_name.n,
                              s->event_name.n ? s->event_name.p : "", (int)s->at.n, s->at.n ? s->at.p : "");
        bool named = s->event_name.n > 0 && s->at.n > 0;
        W403_TRY(add_policy(policies, named ? name : W403_LIT("of AssumeRole"), s->policy, err));
    }
    for (size_t i = 0; i < s->n_policy_arns; i++) {
        w403_view arn = s->policy_arns[i], text = w403_managed_document(cli->arena, snapshot, arn);
        if (text.p) {
            W403_TRY(add_policy(policies, arn, text, err));
        } else if (!w403_args_has(&cli->args, W403_OPT_SESSION_POLICY)) {
            *unresolved = unresolved->p ? w403_arena_printf(cli->arena, "%.*s, %.*s", (int)unresolved->n,
                                                            unresolved->p, (int)arn.n, arn.p)
                                        : arn;
        }
    }
    (void)w403_input_warn(cli, *policies, told);
    return W403_OK;
}

/* ---- additions to a decision ---- */

static w403_status add_view(w403_cli *cli, const w403_view **at, uint32_t *n, w403_view more, w403_error *err)
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

static w403_status add_note(w403_cli *cli, w403_judged *out, w403_view note, w403_error *err)
{
    return add_view(cli, &out->decision.notes, &out->decision.n_notes, note, err);
}

w403_status w403_judge_unresolved(w403_cli *cli, w403_view unresolved, w403_judged *out, w403_error *err)
{
    const w403_explanation *x = &out->explanation;
    bool turned = out->decision.verdict == W403_ALLOWED ||
                  (x->n_causes == 1 && strcmp(x->causes[0].id, "no-allow.session") == 0);
    if (!unresolved.p || !turned) {
        return W403_OK;
    }
    out->decision.verdict = W403_UNDETERMINED;
    return add_view(cli, &out->decision.unknown, &out->decision.n_unknown,
                    w403_arena_printf(cli->arena, "session policy %.*s: `--session-policy FILE` says it",
                                      (int)unresolved.n, unresolved.p),
                    err);
}

/* ---- context ---- */

static bool has_context(const w403_request *r, w403_view key)
{
    for (size_t i = 0; i < r->n_context; i++) {
        if (w403_view_ieq(r->context[i].key, key)) {
            return true;
        }
    }
    return false;
}

static w403_status add_context(w403_cli *cli, w403_request *r, w403_view key, w403_view value, w403_error *err)
{
    if (value.n == 0 || has_context(r, key)) {
        return W403_OK;
    }
    w403_context_entry *list = W403_NEW_N(cli->arena, w403_context_entry, r->n_context + 1);
    w403_view *one = W403_NEW(cli->arena, w403_view);
    W403_NEED(list && one && key.p, err);
    for (size_t i = 0; i < r->n_context; i++) {
        list[i] = r->context[i];
    }
    *one = value;
    list[r->n_context++] = (w403_context_entry){.key = key, .present = W403_YES, .values = one, .n_values = 1};
    r->context = list;
    return W403_OK;
}

w403_status w403_judge_session_context(w403_cli *cli, const w403_testimony *t, w403_request *r, w403_error *err)
{
    const w403_session *s = t->session ? &t->session->session : NULL;
    if (!s) {
        return W403_OK;
    }
    W403_TRY(add_context(cli, r, W403_LIT("aws:SourceIdentity"), s->source_identity, err));
    for (size_t i = 0; i < s->n_tags; i++) {
        w403_view key = w403_arena_printf(cli->arena, "aws:PrincipalTag/%.*s", (int)s->tags[i].name.n,
                                          s->tags[i].name.n ? s->tags[i].name.p : "");
        W403_TRY(add_context(cli, r, key, s->tags[i].value, err));
    }
    if (r->mfa == W403_UNKNOWN && s->event_name.n > 0) {
        r->mfa = s->mfa;
    }
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

/* The cause's own sentence, {detail} filled in: no request was decided that could fill the other places. */
static w403_view refusal_sentence(w403_cli *cli, const w403_cause_info *info, w403_view detail)
{
    const w403_view place = W403_LIT("{detail}"), sentence = w403_view_of(info->sentence);
    size_t at = w403_view_find(sentence, place);
    if (at == SIZE_MAX) {
        return sentence;
    }
    return w403_arena_printf(cli->arena, "%.*s%.*s%s", (int)at, sentence.p, (int)detail.n, detail.p,
                             sentence.p + at + place.n);
}

/* Nothing that policies say changes it: the verdict stands without them. */
static w403_status refuse(w403_cli *cli, const w403_evidence *said, const w403_cause_info *info, w403_judged *out,
                          w403_error *err)
{
    const w403_reported *r = &said->reported;
    bool noted = said->kind == W403_EVIDENCE_CREDENTIALS && said->n_notes > 0;
    w403_view detail = noted                ? said->notes[said->n_notes - 1]
                       : r->error_code.n > 0 ? r->error_code
                                             : W403_LIT("so AWS says");
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
        W403_TRY(add_note(cli, out, w403_view_of(info->way_out), err));
    }
    return add_cause(cli, out, info->id, refusal_sentence(cli, info, detail), err);
}

/* What the identity that was meant would have got. */
static w403_status compare_expected(w403_cli *cli, const w403_testimony *t, const w403_snapshot *snapshot,
                                    const w403_policies *policies, w403_judged *out, w403_error *err)
{
    w403_request meant = out->request;
    w403_decision d;
    w403_error ignored;
    meant.principal = t->expected;
    if (w403_decide(snapshot, policies, &meant, W403_DETAIL_CAUSES, cli->arena, &d, &ignored) != W403_OK) {
        return W403_OK;
    }
    return add_note(cli, out,
                    w403_arena_printf(cli->arena, "for %.*s, the identity that was meant, the same request is %s",
                                      (int)t->expected.n, t->expected.p, w403_verdict_name(d.verdict)),
                    err);
}

w403_status w403_judge_credentials(w403_cli *cli, const w403_testimony *t, const w403_snapshot *snapshot,
                                   const w403_policies *policies, w403_judged *out, w403_error *err)
{
    const w403_evidence *sources[] = {t->credentials, t->error, t->request};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const w403_cause_info *info = refused_before(sources[i]);
        if (info) {
            return refuse(cli, sources[i], info, out, err);
        }
    }
    if (!t->credentials || t->credentials->identity.as_expected != W403_NO || out->decision.n_checks == 0) {
        return W403_OK;
    }
    w403_view who = t->credentials->identity.arn;
    if (out->decision.verdict == W403_DENIED) {
        W403_TRY(add_cause(cli, out, "credentials.wrong-principal",
                           w403_arena_printf(cli->arena,
                                             "The request was made by %.*s, not by the identity that was "
                                             "meant (%.*s).",
                                             (int)who.n, who.p, (int)t->expected.n, t->expected.p),
                           err));
    }
    return compare_expected(cli, t, snapshot, policies, out, err);
}

/* ---- keys that look missing ---- */

static bool about_missing_key(const w403_explanation *x)
{
    for (uint32_t i = 0; i < x->n_causes; i++) {
        if (strcmp(x->causes[i].id, "masked-404") == 0 || strcmp(x->causes[i].id, "not-found.key") == 0) {
            return true;
        }
    }
    return false;
}

w403_status w403_judge_near_keys(w403_cli *cli, const w403_snapshot *snapshot, w403_judged *out, w403_error *err)
{
    enum { SHOWN = 3 };
    w403_view key = w403_arn_part(out->request.resource, 5);
    if (!snapshot || !key.p || !about_missing_key(&out->explanation)) {
        return W403_OK;
    }
    const w403_bucket *bucket = w403_snapshot_bucket(snapshot, w403_view_cut(&key, '/'));
    if (!bucket || bucket->n_objects == 0 || !key.p) {
        return W403_OK;
    }
    w403_view *keys = W403_NEW_N(cli->arena, w403_view, bucket->n_objects);
    W403_NEED(keys, err);
    for (uint32_t i = 0; i < bucket->n_objects; i++) {
        keys[i] = bucket->object_list[i]->key;
    }
    const w403_near_key *near = NULL;
    size_t n = 0;
    W403_TRY(w403_nearest_keys(cli->arena, key, keys, bucket->n_objects, SHOWN, &near, &n, err));
    for (size_t i = 0; i < n; i++) {
        W403_TRY(add_note(cli, out,
                          w403_arena_printf(cli->arena, "there is a key `%.*s`: %.*s", (int)near[i].key.n,
                                            near[i].key.p, (int)near[i].why.n, near[i].why.n ? near[i].why.p : ""),
                          err));
    }
    return W403_OK;
}
