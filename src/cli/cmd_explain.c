/* why403 explain: decide one request and say why. */
#include "base/file.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/judge.h"
#include "cli/judge_branches.h"
#include "cli/judge_fixes.h"
#include "cli/live_narrow.h"
#include "cli/with.h"
#include "cli/write_fixes.h"
#include "decide/call.h"
#include "evidence/look.h"
#include "snapshot/snapshot.h"

static int exit_status(w403_verdict v)
{
    return v == W403_ALLOWED ? W403_EXIT_GOOD : v == W403_DENIED ? W403_EXIT_FOUND : W403_EXIT_UNKNOWN;
}

typedef w403_status render_fn(w403_buf *, const w403_render_input *, const w403_render_options *, w403_error *);

static render_fn *renderer(const char *format)
{
    static const struct {
        const char *name;
        render_fn  *render;
    } formats[] = {{"json", w403_render_json}, {"sarif", w403_render_sarif}, {"html", w403_render_html}};
    for (size_t i = 0; format && i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(format, formats[i].name) == 0) {
            return formats[i].render;
        }
    }
    return w403_render_text;
}

static w403_status answer(w403_cli *cli, const w403_snapshot *snapshot, const w403_policies *policies,
                          w403_judged *j, w403_error *err)
{
    w403_fix_list fixes = {.n = 0};
    w403_cli_with with;
    w403_render_branches branches = {.n = 0};
    W403_TRY(w403_cli_with_read(cli, &with, err));
    if (w403_args_has(&cli->args, W403_OPT_NO_FIXES)) {
        with.answer |= W403_WITHOUT_FIXES;
    }
    if (!(with.answer & W403_WITHOUT_FIXES)) {
        W403_TRY(w403_judge_fixes(cli, snapshot, policies, j, &fixes, err));
    }
    if (with.answer & W403_WITH_BRANCHES) {
        W403_TRY(w403_judge_branches(cli, snapshot, policies, j, &branches, err));
    }
    w403_render_input in = {.language = cli->language,
                            .snapshot = snapshot,
                            .snapshot_folder = cli->source_root && snapshot && snapshot->directory
                                                   ? w403_view_of(cli->source_root)
                                                   : (w403_view){NULL, 0},
                            .policies = policies,
                            .request = &j->request,
                            .decision = &j->decision,
                            .explanation = &j->explanation,
                            .branches = branches,
                            .evidence = j->evidence,
                            .warnings = cli->warnings};
    w403_render_options opt = w403_cli_look(cli);
    opt.with = with.answer;
    if (j->decision.n_checks > 0 && !(with.answer & W403_WITHOUT_FIXES)) { /* else nothing was decided */
        in.fixes = &fixes;
    }
    if (in.fixes && j->decision.verdict == W403_DENIED && w403_args_has(&cli->args, W403_OPT_WRITE_FIXES)) {
        W403_TRY(w403_write_fixes(cli, "", in.fixes, err));
    }
    return renderer(w403_args_value(&cli->args, W403_OPT_FORMAT))(&cli->out, &in, &opt, err);
}

static bool holds(const w403_match *at, uint32_t n, const w403_policy *p)
{
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].statement && at[i].statement->policy == p) {
            return true;
        }
    }
    return false;
}

/* Given as the policy of another resource, and yet only about who takes a role: nothing else is read without Resource. */
static bool is_trust(const w403_given_policy *given)
{
    const w403_policy *p = given->policy;
    bool trust = given->kind == W403_POLICY_RESOURCE && p->n_statements > 0;
    for (uint32_t i = 0; i < p->n_statements && trust; i++) {
        trust = !p->statements[i].n_resources && !p->statements[i].inert;
    }
    return trust;
}

/* Was it looked at? Decided in full, each of its statements matched or came near. */
static bool is_met(const w403_decision *d, const w403_policy *p)
{
    for (uint32_t k = 0; k < d->n_checks; k++) {
        for (uint32_t i = 0; i < d->checks[k].n_layers; i++) {
            const w403_layer *l = &d->checks[k].layers[i];
            if (holds(l->matches, l->n_matches, p) || holds(l->near, l->n_near, p)) {
                return true;
            }
        }
    }
    return p->n_statements == 0;
}

/* A policy that was given and that the request never meets: its Deny would be missed. */
static void say_no_part(w403_cli *cli, const w403_policies *policies, const w403_decision *d)
{
    static const char *const why[W403_POLICY_KINDS] = {
        [W403_POLICY_IDENTITY] = "the caller is no user or role",
        [W403_POLICY_BOUNDARY] = "the caller is no user or role",
        [W403_POLICY_SESSION] = "the caller is no session",
        [W403_POLICY_SCP] = "it binds principals of the organization's accounts",
        [W403_POLICY_RCP] = "it binds resources of the services that AWS lists",
        [W403_POLICY_VPC_ENDPOINT] = "it goes through no VPC endpoint (`--via VPCE-ID`)",
        [W403_POLICY_RESOURCE] = "what it asks for has no such policy",
        [W403_POLICY_ACCESS_POINT] = "it is made on no access point",
        [W403_POLICY_KEY] = "it needs no KMS key",
    };
    size_t n = 0;
    const w403_given_policy *at = w403_policies_list(policies, &n);
    for (size_t i = 0; i < n && d->n_checks; i++) {
        if (is_trust(&at[i]) && !w403_view_ieq(w403_view_sub(d->checks[0].action, 0, 4), W403_LIT("sts:"))) {
            w403_diag_text(cli, true,
                           "`%.*s` is a role's trust policy, which `--trust-policy` takes: it takes no part in this request",
                           W403_CUT(at[i].policy->file));
        } else if (!is_met(d, at[i].policy)) {
            w403_diag_text(cli, true, "`%.*s` (%s) takes no part in this request: %s", W403_CUT(at[i].policy->file),
                           w403_policy_kind_name(at[i].kind), why[at[i].kind] ? why[at[i].kind] : "it is not asked");
        }
    }
}

/* A bucket policy that names another bucket cannot be stored with this one. */
static void say_not_its_own(w403_cli *cli, const w403_policies *policies, w403_view bucket)
{
    size_t n = 0;
    const w403_given_policy *at = w403_policies_list(policies, &n);
    for (size_t i = 0; i < n; i++) {
        w403_view other = at[i].kind == W403_POLICY_RESOURCE ? w403_policy_other_bucket(at[i].policy, bucket)
                                                             : (w403_view){NULL, 0};
        if (other.p) {
            w403_diag_text(cli, true, "`%.*s` names bucket `%.*s`: S3 would not have stored it as the policy of `%.*s`",
                           W403_CUT(at[i].policy->file), W403_CUT(other), W403_CUT(bucket));
        }
    }
}

/* Before all else: no policy that was given can have a say. */
static void say_other_bucket(w403_cli *cli, const w403_policies *policies, const w403_judged *j)
{
    const w403_call *c = j->decision.detail;
    w403_view bucket = c ? c->target.bucket_name : (w403_view){NULL, 0}, named;
    if (bucket.n && !c->has_source && w403_policies_miss_bucket(policies, bucket, &named)) {
        w403_diag_text(cli, true, "every policy that was given is about another bucket, `%.*s`: the request is about `%.*s`",
                       W403_CUT(named), W403_CUT(bucket));
    } else if (bucket.n && !c->has_source &&
               (c->target.kind == W403_TARGET_BUCKET || c->target.kind == W403_TARGET_OBJECT)) {
        say_not_its_own(cli, policies, bucket);
    }
}

/* The calls of this request. The bucket's owner is known where the snapshot has the bucket. */
static w403_status script(w403_cli *cli, const w403_snapshot *snapshot, const w403_judged *j, w403_error *err)
{
    w403_request r = j->request;
    w403_arn arn = w403_arn_split(r.resource);
    w403_view text, rest = arn.n == 6 ? arn.part[5] : (w403_view){NULL, 0};
    const w403_bucket *b = snapshot && rest.p ? w403_snapshot_bucket(snapshot, w403_view_cut(&rest, '/')) : NULL;
    if (r.resource_account.n == 0 && b && b->account) {
        r.resource_account = b->account->id;
    }
    W403_TRY(w403_look_script(cli->arena, &r, &text, err));
    w403_buf_put(&cli->out, text);
    return W403_OK;
}

static int explain(w403_cli *cli, const w403_snapshot *snapshot, w403_policies **policies, w403_cli_narrow *live)
{
    w403_error err;
    w403_judged judged;
    w403_status status = w403_judge(cli, snapshot, policies, live ? live->narrow : NULL, &judged, &err);
    snapshot = live ? w403_narrow_snapshot(live->narrow) : snapshot;
    bool calls = w403_args_has(&cli->args, W403_OPT_SETTLE_SCRIPT);
    const w403_error *fault = !calls && status == W403_OK && judged.decision.verdict == W403_UNDETERMINED
                                  ? w403_snapshot_fault(snapshot, judged.decision.unknown, judged.decision.n_unknown)
                                  : NULL;
    if (fault) { /* the answer hangs on a file that must be mended first */
        return w403_diag_exit(cli, fault);
    }
    if (status == W403_OK && calls) {
        status = script(cli, snapshot, &judged, &err);
    } else if (status == W403_OK) {
        say_other_bucket(cli, *policies, &judged);
        say_no_part(cli, *policies, &judged.decision);
        status = answer(cli, snapshot, *policies, &judged, &err);
    }
    if (status != W403_OK) {
        w403_buf_clear(&cli->out); /* no partial verdict */
        return w403_diag_exit(cli, &err);
    }
    if (live) {
        w403_cli_narrow_report(cli, live, judged.decision.verdict == W403_UNDETERMINED);
    }
    return exit_status(judged.decision.verdict);
}

/* The one whose credentials are used asks, unless somebody else is named. */
static w403_status own_caller(w403_cli *cli, const w403_narrow *n, w403_error *err)
{
    static const w403_option_id said[] = {W403_OPT_AS,       W403_OPT_REQUEST, W403_OPT_ERROR,           W403_OPT_EVENT,
                                          W403_OPT_LOG_LINE, W403_OPT_CURL,    W403_OPT_CALLER_IDENTITY, W403_OPT_SESSION_EVENTS,
                                          W403_OPT_COMMAND};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        if (w403_args_has(&cli->args, said[i])) {
            return W403_OK;
        }
    }
    w403_view caller = w403_arena_printf(cli->arena, "%.*s", W403_ARG(w403_narrow_caller(n)));
    W403_NEED(caller.p, err);
    return w403_args_give(cli->arena, cli->command, W403_OPT_AS, caller.p, &cli->args, err);
}

static int explain_live(w403_cli *cli, w403_policies **policies)
{
    w403_cli_narrow live;
    w403_error err;
    const char *dir = w403_args_value(&cli->args, W403_OPT_SAVE);
    w403_status st = w403_cli_narrow_open(cli, &live, &err);
    st = st == W403_OK ? own_caller(cli, live.narrow, &err) : st;
    int status = st == W403_OK ? explain(cli, w403_narrow_snapshot(live.narrow), policies, &live) : w403_diag_exit(cli, &err);
    if (st == W403_OK && status != W403_EXIT_USAGE && w403_cli_narrow_save(&live, dir, &err) != W403_OK) {
        status = w403_diag_exit(cli, &err);
    }
    w403_cli_narrow_close(&live);
    return status;
}

int w403_cmd_explain(w403_cli *cli)
{
    w403_input in;
    int        status = W403_EXIT_USAGE;
    if (w403_input_open(cli, &in)) {
        bool live = w403_args_has(&cli->args, W403_OPT_LIVE);
        status = live ? explain_live(cli, &in.policies) : explain(cli, in.snapshot, &in.policies, NULL);
    }
    w403_input_close(&in);
    return status;
}
