/* Fixes of a judgement. Beside evidence, what was not given is taken as no obstacle: AWS blames what was, and that is what a
 * fix can change. */
#include "cli/judge_fixes.h"

#include "policy/match.h"
#include "policy/policies.h"

#define TAKEN                                                                                                        \
    "for the fixes: policies that were not given let the request pass, and nothing was sent with it that the evidence does " \
    "not show"

static bool given(const w403_policies *ps, w403_policy_kind kind)
{
    size_t n = 0;
    const w403_given_policy *at = w403_policies_list(ps, &n);
    bool found = false;
    for (size_t i = 0; i < n && !found; i++) {
        found = at[i].kind == kind;
    }
    return found;
}

/* Across accounts both sides must allow: the bucket's side allows the caller's account. */
static w403_status allow_account(w403_cli *cli, const w403_request *r, w403_policies *ps, w403_error *err)
{
    w403_arn who = w403_arn_split(r->principal);
    bool foreign = r->resource_account.n > 0 && who.n == 6 && !w403_view_eq(r->resource_account, who.part[4]);
    if (!foreign || given(ps, W403_POLICY_RESOURCE)) {
        return W403_OK;
    }
    w403_view text = w403_arena_printf(cli->arena,
                                       "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                                       "{\"AWS\":\"%.*s\"},\"Action\":\"*\",\"Resource\":\"*\"}]}",
                                       (int)who.part[4].n, who.part[4].p);
    W403_NEED(text.p, err);
    return w403_policies_add(ps, W403_POLICY_RESOURCE, 0, W403_LIT("a bucket policy that was not given"), text, err);
}

static w403_status complete(w403_cli *cli, const w403_request *r, const w403_policies *policies, w403_policies *all,
                            w403_error *err)
{
    static const char allow[] = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
                                "\"Resource\":\"*\"}]}";
    W403_TRY(w403_policies_add_all(all, policies, err));
    if (!given(all, W403_POLICY_IDENTITY)) {
        W403_TRY(w403_policies_add(all, W403_POLICY_IDENTITY, 0, W403_LIT("an identity policy that was not given"),
                                   W403_LIT(allow), err));
    }
    return allow_account(cli, r, all, err);
}

static w403_status find_beside(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies,
                               const w403_fix_options *how, w403_judged *j, w403_fix_list *out, w403_error *err)
{
    w403_request *r = W403_NEW(cli->arena, w403_request);
    w403_decision d;
    w403_explanation x;
    W403_NEED(r, err);
    *r = j->request;
    r->unsaid = 0;
    W403_TRY(w403_decide(snapshot, policies, r, W403_DETAIL_FULL, cli->arena, &d, err));
    W403_TRY(w403_explain(r, &d, cli->arena, &x, err));
    *out = (w403_fix_list){.n = 0};
    if (d.verdict != W403_DENIED) {
        return W403_OK;
    }
    W403_TRY(w403_fix_find(snapshot, policies, r, &d, &x, how, cli->arena, out, err));
    if (out->n == 0) {
        return W403_OK;
    }
    return w403_judged_view(cli, &j->decision.assumptions, &j->decision.n_assumptions, W403_LIT(TAKEN), err);
}

w403_status w403_judge_fixes(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies, w403_judged *j,
                             w403_fix_list *out, w403_error *err)
{
    const w403_fix_options how = {.allow_public = w403_args_has(&cli->args, W403_OPT_ALLOW_PUBLIC), .aws_s3 = j->aws_s3};
    W403_TRY(w403_fix_find(snapshot, policies, &j->request, &j->decision, &j->explanation, &how, cli->arena, out, err));
    bool open = j->request.unsaid && j->decision.verdict == W403_DENIED && j->decision.n_checks > 0;
    if (out->n > 0 || !open || !j->explanation.n_causes || !j->explanation.causes[0].check) {
        return W403_OK;
    }
    w403_policies *all = w403_policies_new();
    w403_fix_list found;
    W403_NEED(all, err);
    w403_status status = W403_OK;
    if (j->request.unsaid & W403_UNSAID_POLICIES) {
        status = complete(cli, &j->request, policies, all, err);
    } else {
        status = w403_policies_add_all(all, policies, err);
    }
    if (status == W403_OK) {
        status = find_beside(cli, snapshot, all, &how, j, &found, err);
    }
    w403_policies_free(all);
    if (status == W403_OK && found.n > 0) {
        *out = found;
    }
    return status;
}
