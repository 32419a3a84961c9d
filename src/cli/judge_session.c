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

w403_status w403_judge_unresolved(w403_cli *cli, w403_view unresolved, w403_judged *out, w403_error *err)
{
    const w403_explanation *x = &out->explanation;
    bool turned = out->decision.verdict == W403_ALLOWED ||
                  (x->n_causes == 1 && strcmp(x->causes[0].id, "no-allow.session") == 0);
    if (!unresolved.p || !turned) {
        return W403_OK;
    }
    out->decision.verdict = W403_UNDETERMINED;
    return w403_judged_view(cli, &out->decision.unknown, &out->decision.n_unknown,
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
        W403_TRY(w403_judged_note(cli, out,
                          w403_arena_printf(cli->arena, "there is a key `%.*s`: %.*s", (int)near[i].key.n,
                                            near[i].key.p, (int)near[i].why.n, near[i].why.n ? near[i].why.p : ""),
                          err));
    }
    return W403_OK;
}

/* ---- a bucket that looks misspelt ---- */

void w403_judge_near_bucket(w403_cli *cli, const w403_snapshot *snapshot, const w403_request *r)
{
    w403_view name = w403_arn_part(r->resource, 5), near[3];
    bool s3 = w403_view_eq(w403_arn_part(r->resource, 2), W403_LIT("s3")) && w403_arn_part(r->resource, 4).n == 0;
    w403_view bucket = name.p ? w403_view_cut(&name, '/') : name;
    bool creates = w403_view_ieq(r->operation, W403_LIT("CreateBucket")) || w403_view_ieq(r->action, W403_LIT("s3:CreateBucket"));
    if (!snapshot || !s3 || bucket.n == 0 || creates || w403_snapshot_bucket(snapshot, bucket)) {
        return;
    }
    size_t n = w403_nearest_names(&snapshot->buckets, bucket, near, sizeof near / sizeof *near);
    w403_view list = n > 0 ? near[0] : (w403_view){NULL, 0};
    for (size_t i = 1; i < n && list.p; i++) {
        list = w403_arena_printf(cli->arena, "%.*s`, `%.*s", (int)list.n, list.p, (int)near[i].n, near[i].p);
    }
    if (list.p) {
        w403_diag_text(cli, true, "the snapshot has no bucket `%.*s`; did you mean `%.*s`?", (int)bucket.n, bucket.p,
                       (int)list.n, list.p);
    }
}
