/* AWSSupport-TroubleshootS3AccessSameAccount: its sixteen steps (formats 1.1), decided by the engine. */
#include "cli/runbook.h"
#include "evidence/target.h"
#include "fix/world.h"
#include "policy/policies.h"
#include "snapshot/snapshot.h"

#define SCRIPT "aws:executeScript"
#define BRANCH "aws:branch"

typedef struct access {
    w403_runbook_run *run;
    const w403_runbook_input *in;
    const w403_entity *who;    /* NULL: not in the snapshot */
    const w403_bucket *bucket; /* the same */
    w403_view name, key;       /* of bucket and object */
    const w403_decision *d;
} access;

/* ---- what was read ---- */

static void put_policies(access *a, w403_runbook_step *s, const char *output, w403_policy_kind kind,
                         const w403_policy_set *set)
{
    w403_arena *arena = a->run->cli->arena;
    W403_ARRAY(w403_view) list = {0};
    for (uint32_t i = 0; set && i < set->n; i++) {
        w403_view *v = W403_PUSH(arena, &list);
        if (v) {
            *v = w403_policy_text(set->at[i]);
        }
    }
    size_t n = 0;
    const w403_given_policy *given = a->run->policies ? w403_policies_list(a->run->policies, &n) : NULL;
    for (size_t i = 0; i < n; i++) {
        w403_view *v = given[i].kind == kind ? W403_PUSH(arena, &list) : NULL;
        if (v) {
            *v = w403_policy_text(given[i].policy);
        }
    }
    w403_runbook_put_list(a->run, s, output, list.at, list.n);
    w403_runbook_say(a->run, s, list.n == 1 ? "%zu policy" : "%zu policies", list.n);
}

static w403_view arn_name(w403_view arn)
{
    w403_view rest = w403_arn_part(arn, 5);
    for (size_t i = rest.n; i > 0; i--) {
        if (rest.p[i - 1] == '/') {
            return w403_view_sub(rest, i, rest.n);
        }
    }
    return rest;
}

static void identity_steps(access *a)
{
    w403_runbook_run *run = a->run;
    w403_view arn = a->in->request.principal, account = w403_arn_account(arn), name = arn_name(arn);
    w403_view session = a->in->request.session_name;
    bool role = w403_view_find(arn, W403_LIT(":role/")) != SIZE_MAX;
    w403_runbook_step *s = w403_runbook_step_add(run, "IAMCheckTypeset", SCRIPT);
    w403_runbook_put(run, s, "user_name", name);
    w403_runbook_put(run, s, "account_number", account);
    w403_runbook_put(run, s, "iam_type", role ? W403_LIT("role") : W403_LIT("user"));
    if (role && session.n > 0) {
        w403_view assumed = w403_arena_printf(run->cli->arena, "arn:%.*s:sts::%.*s:assumed-role/%.*s/%.*s",
                                              W403_RUNBOOK_FMT(w403_arn_part(arn, 1)), W403_RUNBOOK_FMT(account),
                                              W403_RUNBOOK_FMT(name), W403_RUNBOOK_FMT(session));
        w403_runbook_put(run, s, "iam_assumed_arn", assumed);
    }
    if (a->who) {
        w403_runbook_put(run, s, "iam_id", a->who->unique_id);
    }
    w403_runbook_say(run, s, "%.*s%s", W403_RUNBOOK_FMT(name), a->who ? "" : ", of whom the snapshot knows nothing");
}

static void resource_steps(access *a)
{
    w403_runbook_run *run = a->run;
    w403_view region = a->bucket ? a->bucket->region : (w403_view){NULL, 0};
    w403_runbook_step *s = w403_runbook_step_add(run, "ResourceTypeCheck", SCRIPT);
    w403_runbook_put(run, s, "bucket_name", a->name);
    w403_runbook_put(run, s, "key_prefix", a->key.p ? a->key : W403_LIT(""));
    w403_runbook_put(run, s, "resource_type", a->key.n > 0 ? W403_LIT("object") : W403_LIT("bucket"));
    w403_runbook_put(run, s, "bucket_location", region.p ? region : W403_LIT(""));
    w403_runbook_say(run, s, "%s%s", a->key.n > 0 ? "an object" : "a bucket",
                     a->bucket ? "" : ", of which the snapshot knows nothing");

    w403_view owner = a->bucket && a->bucket->account ? a->bucket->account->id : (w403_view){NULL, 0};
    w403_view asks = w403_arn_account(a->in->request.principal);
    bool foreign = owner.n > 0 && asks.n > 0 && !w403_view_eq(owner, asks);
    s = w403_runbook_step_add(run, "UaBoOoAccountCheck", SCRIPT);
    w403_runbook_put(run, s, "requestor_canonical_id",
                     a->who && a->who->account ? a->who->account->canonical_id : (w403_view){"", 0});
    w403_runbook_say(run, s, "%s", foreign ? "another account's bucket" : "one account");
    if (foreign) {
        w403_runbook_note(run,
                          "AWS's runbook stops at a bucket of another account (%.*s); both sides are judged here",
                          W403_RUNBOOK_FMT(owner));
    }
}

static bool is_kms(const w403_check *c)
{
    return w403_view_starts(c->action, W403_LIT("kms:"));
}

static void permission_step(access *a)
{
    w403_runbook_run *run = a->run;
    W403_ARRAY(w403_view) s3 = {0};
    w403_view key = W403_LIT("NONE");
    for (uint32_t i = 0; i < a->d->n_checks; i++) {
        if (is_kms(&a->d->checks[i])) {
            key = a->d->checks[i].resource;
            continue;
        }
        w403_view *v = W403_PUSH(run->cli->arena, &s3);
        if (v) {
            *v = a->d->checks[i].action;
        }
    }
    w403_runbook_step *s = w403_runbook_step_add(run, "KeyDetailsChecker", SCRIPT);
    w403_runbook_put_list(run, s, "perm_required", s3.at, s3.n);
    w403_runbook_put(run, s, "kms", key);
    w403_runbook_put(run, s, "acl_allow_check", W403_LIT("1"));
    w403_runbook_say(run, s, "%zu permission%s of S3, key %.*s", s3.n, s3.n == 1 ? "" : "s", W403_RUNBOOK_FMT(key));
}

static const w403_layer *layer_of(const access *a, w403_layer_kind kind)
{
    for (uint32_t i = 0; i < a->d->n_checks; i++) {
        for (uint32_t k = 0; k < a->d->checks[i].n_layers; k++) {
            if (a->d->checks[i].layers[k].kind == kind) {
                return &a->d->checks[i].layers[k];
            }
        }
    }
    return NULL;
}

static void acl_and_context_steps(access *a)
{
    w403_runbook_run *run = a->run;
    const w403_layer *acl = layer_of(a, W403_LAYER_BUCKET_ACL);
    bool allows = acl && acl->verdict == W403_LAYER_ALLOW;
    w403_runbook_step *s = w403_runbook_step_add(run, "ACLBucketCheck", SCRIPT);
    w403_runbook_put(run, s, "bucket_allow_acl_check", allows ? W403_LIT("1") : W403_LIT("0"));
    w403_runbook_say(run, s, "the bucket ACL %s", allows ? "allows it" : "does not allow it");
    s = w403_runbook_step_add(run, "ConditionSetter", SCRIPT);
    size_t n = a->in->request.n_context;
    w403_view *names = W403_NEW_N(run->cli->arena, w403_view, n + 1);
    for (size_t i = 0; names && i < n; i++) {
        names[i] = a->in->request.context[i].key;
    }
    w403_runbook_put_list(run, s, "condition_list", names, names ? n : 0);
    w403_runbook_say(run, s, "%zu given; the others are derived", n);
}

static void policy_steps(access *a)
{
    w403_runbook_run *run = a->run;
    const w403_vpc_endpoint *endpoint =
        run->snapshot && a->in->request.via.n ? w403_map_get(&run->snapshot->endpoints, a->in->request.via) : NULL;
    bool kms = false;
    for (uint32_t i = 0; i < a->d->n_checks; i++) {
        kms |= is_kms(&a->d->checks[i]);
    }
    w403_runbook_step *s = w403_runbook_step_add(run, "FetchIAMPolicy", SCRIPT);
    w403_policy_set boundary = {.at = a->who ? &a->who->boundary : NULL, .n = a->who && a->who->boundary};
    put_policies(a, s, "perm_boundary_policy", W403_POLICY_BOUNDARY, &boundary);
    put_policies(a, s, "iam_policy", W403_POLICY_IDENTITY, a->who ? &a->who->identity : NULL);
    (void)w403_runbook_step_add(run, "branchOnACLCheck", BRANCH);
    s = w403_runbook_step_add(run, "FetchBucketPolicy", SCRIPT);
    put_policies(a, s, "bucket_policy_str", W403_POLICY_RESOURCE, a->bucket ? &a->bucket->policy_set : NULL);
    (void)w403_runbook_step_add(run, "branchOnKMSCheck", BRANCH);
    s = w403_runbook_step_add(run, "FetchKMSPolicy", SCRIPT);
    if (kms) {
        const w403_layer *l = layer_of(a, W403_LAYER_KEY);
        const w403_match *m = l && l->n_matches ? &l->matches[0] : l && l->n_near ? &l->near[0] : NULL;
        const w403_policy *p = m && m->statement ? m->statement->policy : NULL;
        w403_policy_set one = {.at = &p, .n = p != NULL};
        put_policies(a, s, "kms_policy", W403_POLICY_KEY, &one);
    } else {
        s->status = "Pending";
    }
    (void)w403_runbook_step_add(run, "branchOnVPCeCheck", BRANCH);
    s = w403_runbook_step_add(run, "FetchVPCePolicy", SCRIPT);
    if (a->in->request.via.n > 0) {
        put_policies(a, s, "vpce_policy", W403_POLICY_VPC_ENDPOINT, endpoint ? &endpoint->policy_set : NULL);
    } else {
        s->status = "Pending";
    }
    s = w403_runbook_step_add(run, "FetchSCPPolicy", SCRIPT);
    put_policies(a, s, "scp_policy", W403_POLICY_SCP, NULL);
    s = w403_runbook_step_add(run, "PolicyModifier", SCRIPT);
    w403_runbook_say(run, s, "not needed: roles and NotPrincipal are judged as they are");
}

/* ---- EvaluatePolicy ---- */

static void put_statement(access *a, w403_json_writer *w, const w403_layer *l, const w403_match *m)
{
    w403_arena *arena = a->run->cli->arena;
    const w403_policy *p = m->statement->policy;
    w403_span span = m->statement->span;
    w403_view text = w403_view_sub(p->doc.text, span.off, (size_t)span.off + span.len);
    w403_json_doc doc;
    uint32_t line = 0, column = 0;
    w403_line_column(p->doc.text, span.off, &line, &column);
    w403_jw_object(w);
    w403_jw_key(w, "SourcePolicyId");
    w403_jw_str(w, p->name.n ? p->name : p->doc.source);
    w403_jw_key(w, "Layer");
    w403_jw_cstr(w, w403_layer_name(l->kind));
    w403_jw_key(w, "StartPosition");
    w403_jw_object(w);
    w403_jw_key(w, "Line");
    w403_jw_u64(w, line);
    w403_jw_key(w, "Column");
    w403_jw_u64(w, column);
    w403_jw_end_object(w);
    if (w403_json_parse(arena, p->doc.source, text, NULL, &doc, NULL, NULL) == W403_OK) {
        w403_jw_key(w, "Statement");
        w403_jw_value(w, doc.root);
    }
    w403_jw_end_object(w);
}

static w403_view statements(access *a, bool deny)
{
    w403_buf out = {0};
    w403_json_writer w;
    w403_jw_init(&w, &out, false);
    w403_jw_array(&w);
    for (uint32_t i = 0; i < a->d->n_checks; i++) {
        for (uint32_t k = 0; k < a->d->checks[i].n_layers; k++) {
            const w403_layer *l = &a->d->checks[i].layers[k];
            for (uint32_t m = 0; m < l->n_matches; m++) {
                if (l->matches[m].statement && l->matches[m].verdict == W403_YES && l->matches[m].deny == deny) {
                    put_statement(a, &w, l, &l->matches[m]);
                }
            }
        }
    }
    w403_jw_end_array(&w);
    w403_view text = w403_buf_take(&out, a->run->cli->arena);
    a->run->nomem |= !text.p;
    return text;
}

static const char *aws_word(w403_verdict v, const w403_explanation *x)
{
    bool deny = false;
    for (uint32_t i = 0; i < x->n_causes; i++) {
        deny |= strncmp(x->causes[i].id, "deny.", 5) == 0;
    }
    return v == W403_ALLOWED ? "allowed" : deny ? "explicitDeny" : "implicitDeny";
}

/* AWS's simulation takes a key that it is not given as absent; so does the decision in AWS's words. */
static w403_status as_simulated(access *a, const char **word, w403_error *err)
{
    w403_runbook_run *run = a->run;
    w403_request q = run->judged.request;
    w403_decision d;
    w403_explanation x;
    size_t n = q.n_context + a->d->n_unknown;
    w403_context_entry *list = W403_NEW_N(run->cli->arena, w403_context_entry, n + 1);
    W403_NEED(list, err);
    for (size_t i = 0; i < n; i++) {
        list[i] = i < q.n_context ? q.context[i] : (w403_context_entry){.key = a->d->unknown[i - q.n_context]};
    }
    q.context = list;
    q.n_context = n;
    W403_TRY(w403_decide(run->snapshot, run->policies, &q, W403_DETAIL_CAUSES, run->cli->arena, &d, err));
    W403_TRY(w403_explain(&q, &d, run->cli->arena, &x, err));
    *word = aws_word(d.verdict, &x);
    w403_runbook_note(run,
                      "it is undetermined: `%s` is what AWS's simulation says, which takes what it is not told as "
                      "absent",
                      *word);
    return W403_OK;
}

static w403_status evaluate_step(access *a, w403_error *err)
{
    w403_runbook_run *run = a->run;
    const char *word = aws_word(run->verdict, &run->judged.explanation);
    if (run->verdict == W403_UNDETERMINED) {
        W403_TRY(as_simulated(a, &word, err));
    }
    w403_runbook_step *s = w403_runbook_step_add(run, "EvaluatePolicy", SCRIPT);
    w403_runbook_put(run, s, "final_decision", w403_view_of(word));
    w403_runbook_put(run, s, "allowed_statements_array", statements(a, false));
    w403_runbook_put(run, s, "denied_statements_array", statements(a, true));
    w403_runbook_say(run, s, "%s", word);
    return W403_OK;
}

/* ---- deciding ---- */

static w403_status decide(access *a, w403_judged *out, w403_error *err)
{
    w403_cli *cli = a->run->cli;
    W403_TRY(w403_decide(a->run->snapshot, a->run->policies, &out->request, W403_DETAIL_FULL, cli->arena,
                         &out->decision, err));
    W403_TRY(w403_explain(&out->request, &out->decision, cli->arena, &out->explanation, err));
    return W403_OK;
}

static bool asks_kms(const w403_decision *d)
{
    for (uint32_t i = 0; i < d->n_checks; i++) {
        if (is_kms(&d->checks[i])) {
            return true;
        }
    }
    return false;
}

/* KmsKeyArn of an object of which the snapshot does not say how it is encrypted: reading it needs kms:Decrypt. */
static w403_status decide_key(access *a, w403_error *err)
{
    w403_judged *j = &a->run->judged, key = {.request = a->in->request};
    bool reads = w403_view_eq(j->request.operation, W403_LIT("GetObject")) ||
                 w403_view_eq(j->request.operation, W403_LIT("HeadObject"));
    if (!a->in->kms_key.p || !reads || asks_kms(&j->decision)) {
        return W403_OK;
    }
    key.request.operation = (w403_view){NULL, 0};
    key.request.action = W403_LIT("kms:Decrypt");
    key.request.resource = a->in->kms_key;
    key.request.version_id = (w403_view){NULL, 0};
    W403_TRY(decide(a, &key, err));
    w403_runbook_note(a->run, "kms:Decrypt on the key given is %s", w403_verdict_name(key.decision.verdict));
    if (j->decision.verdict == W403_ALLOWED && key.decision.verdict != W403_ALLOWED) {
        *j = key; /* that is what refuses it */
    }
    return W403_OK;
}

w403_status w403_runbook_access(w403_runbook_run *run, w403_error *err)
{
    access a = {.run = run, .in = run->input};
    a.key = w403_arn_part(run->input->request.resource, 5);
    a.name = w403_view_cut(&a.key, '/');
    a.who = run->snapshot ? w403_snapshot_entity(run->snapshot, run->input->request.principal) : NULL;
    a.bucket = w403_snapshot_bucket(run->snapshot, a.name);
    run->judged.request = run->input->request;
    if (run->input->kms_key.p && w403_view_eq(run->judged.request.operation, W403_LIT("UploadPart"))) {
        run->judged.request.upload_kms_key = run->input->kms_key;
    }
    W403_TRY(decide(&a, &run->judged, err));
    W403_TRY(decide_key(&a, err));
    run->judged.explanation.decision = a.d = &run->judged.decision;
    run->verdict = a.d->verdict;
    W403_TRY(w403_fix_find(run->snapshot, run->policies, &run->judged.request, a.d, &run->judged.explanation, NULL,
                           run->cli->arena, &run->fixes, err));
    run->end = "EvaluatePolicy";
    identity_steps(&a);
    resource_steps(&a);
    permission_step(&a);
    acl_and_context_steps(&a);
    policy_steps(&a);
    W403_TRY(evaluate_step(&a, err));
    W403_NEED(!run->nomem, err);
    return W403_OK;
}
