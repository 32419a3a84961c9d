#include "cli/judge.h"

#include "cli/input.h"
#include "cli/judge_session.h"
#include "evidence/look.h"
#include "snapshot/snapshot.h"

#define NOTHING_TO_JUDGE_BY                                                                                          \
    "there is nothing to judge the request by: name a snapshot with `--snapshot DIR`, or policies, as "              \
    "`--bucket-policy FILE`"

/* One reading, with the options over it. */
typedef struct attempt {
    const w403_reading *reading; /* NULL: the options alone */
    w403_request request;
    w403_answered answer;
} attempt;

typedef struct judge {
    w403_cli *cli;
    const w403_snapshot *snapshot;
    w403_policies **policies;
    w403_narrow *live; /* NULL: AWS is not asked */
    w403_testimony t;
    w403_view unresolved; /* managed session policies whose document is nowhere */
    attempt *attempts;
    size_t n, chosen;
    w403_view told; /* who asked, as the evidence says, where --as names another; else {NULL,0} */
    w403_render_evidence *shown;
    w403_error *err;
} judge;

static w403_view partition_of(const judge *j)
{
    return j->snapshot ? j->snapshot->partition : (w403_view){NULL, 0};
}

static bool can_decide(const judge *j)
{
    return j->snapshot || *j->policies;
}

static w403_status nothing_to_judge_by(w403_error *err)
{
    (void)w403_error_set(err, W403_SEMANTIC, "nothing to judge the request by: no snapshot and no policies");
    w403_error_hint(err, "name a snapshot with `--snapshot DIR`, or policies, as `--bucket-policy FILE`");
    return W403_SEMANTIC;
}

static w403_status decide(judge *j, w403_judged *out)
{
    W403_TRY(w403_decide(j->snapshot, *j->policies, &out->request, W403_DETAIL_FULL, j->cli->arena, &out->decision,
                         j->err));
    return w403_explain(&out->request, &out->decision, j->cli->arena, &out->explanation, j->err);
}

/* What AWS says of this request is the snapshot from here on. */
static w403_status ask_aws(judge *j, const w403_request *r)
{
    if (j->live) {
        W403_TRY(w403_narrow_ask(j->live, *j->policies, r, j->err));
        j->snapshot = w403_narrow_snapshot(j->live);
    }
    return W403_OK;
}

/* ---- one attempt ---- */

static bool complete(const w403_request *r)
{
    return (r->operation.n > 0 || r->action.n > 0) && r->resource.n > 0 && r->principal.n > 0;
}

/* What the error text beside it, the credentials and the session say of who asked. */
static void add_principal(const judge *j, w403_request *r)
{
    const w403_evidence *c = j->t.credentials, *s = j->t.session;
    if (r->principal.n == 0) {
        r->principal = j->t.expected;
    }
    if (c && c->identity.arn.n > 0 && (r->principal.n == 0 || c->identity.as_expected == W403_NO)) {
        r->principal = c->identity.arn; /* who really asks */
    }
    bool role = w403_view_find(r->principal, W403_LIT(":role/")) != SIZE_MAX;
    if (s && s->session.arn.n > 0 && (r->principal.n == 0 || role)) {
        r->principal = s->session.arn;
    }
    if (j->live && r->principal.n == 0) {
        r->principal = w403_narrow_caller(j->live);
        w403_diag_note(j->cli, "who asked is not said: it is judged for the credentials' own caller, %.*s",
                       (int)r->principal.n, r->principal.p);
    }
}

/* What a reading is judged by. A log's record that was not refused tells of a request that succeeded. */
static w403_judging judging(const judge *j)
{
    const w403_evidence *e = j->t.request;
    const w403_reported *said = w403_testimony_reported(&j->t);
    bool record = e && (e->kind == W403_EVIDENCE_EVENT || e->kind == W403_EVIDENCE_LOG_LINE);
    bool success = record && said && said->form == W403_FORM_NONE;
    return (w403_judging){.snapshot = j->snapshot,
                          .policies = *j->policies,
                          .said = said,
                          .denied = !success,
                          .detail = W403_DETAIL_FULL,
                          .arena = j->cli->arena};
}

/* Policies given by hand are those of the one that --as names. */
static bool has_own_policies(const judge *j)
{
    return w403_args_has(&j->cli->args, W403_OPT_IDENTITY_POLICY) || w403_args_has(&j->cli->args, W403_OPT_BOUNDARY);
}

/* AWS, or the log, says who asked. --as may leave out a role's session; another identity is another matter: then it is
 * decided for whom it was denied, where that can be known. */
static void compare_callers(judge *j, w403_request *r, w403_view told)
{
    const w403_evidence *e = j->t.request;
    bool own_words = e && (e->kind == W403_EVIDENCE_COMMAND || e->kind == W403_EVIDENCE_CURL);
    if (own_words && !j->t.error) {
        return; /* nobody else has said who asked */
    }
    if (told.n == 0 || !w403_args_has(&j->cli->args, W403_OPT_AS) || w403_view_eq(told, r->principal)) {
        return;
    }
    bool session = w403_view_find(told, W403_LIT(":assumed-role/")) != SIZE_MAX;
    bool role = w403_view_find(r->principal, W403_LIT(":role/")) != SIZE_MAX;
    if (w403_same_identity(told, r->principal)) {
        r->principal = session && role ? told : r->principal;
        return;
    }
    j->told = told;
    r->principal = has_own_policies(j) ? r->principal : told;
}

static w403_status answer_reading(judge *j, const w403_judging *by, attempt *a)
{
    w403_status status = w403_answer_reading(by, &a->request, &a->answer, j->err);
    if (status == W403_NOT_FOUND && j->told.p && w403_view_eq(a->request.principal, j->told)) {
        a->request.principal = j->t.expected; /* a stranger to the snapshot */
        status = w403_answer_reading(by, &a->request, &a->answer, j->err);
    }
    return status;
}

/* A URL that has expired is refused whoever signed it and whatever policies say: that can be decided without any. */
static w403_status gates_alone(judge *j, attempt *a)
{
    const w403_judging by = judging(j);
    w403_request r = a->request;
    w403_answered answer;
    if (!r.presigned || r.resource.n == 0 || (r.operation.n == 0 && r.action.n == 0)) {
        return W403_OK;
    }
    r.principal = r.principal.n ? r.principal : W403_LIT("anonymous");
    W403_TRY(w403_answer_reading(&by, &r, &answer, j->err));
    const w403_cause *first = answer.explanation.n_causes ? &answer.explanation.causes[0] : NULL;
    if (!first || !first->gate || first->gate->phase != 0 || answer.decision.verdict != W403_DENIED) {
        return W403_OK;
    }
    w403_cause *alone = W403_NEW(j->cli->arena, w403_cause);
    W403_NEED(alone, j->err);
    *alone = *first;
    alone->check = NULL; /* no policy was asked */
    answer.explanation.causes = alone;
    answer.explanation.n_causes = 1;
    answer.decision.n_checks = 0;
    answer.decision.n_assumptions = 0;
    a->answer = answer;
    return W403_OK;
}

static w403_status attempt_one(judge *j, attempt *a)
{
    const w403_reported *said = w403_testimony_reported(&j->t);
    w403_request base;
    w403_request_init(&base);
    if (a->reading) {
        base = a->reading->request;
    }
    W403_TRY(w403_input_request_over(j->cli, &base, partition_of(j), &a->request, j->err));
    add_principal(j, &a->request);
    compare_callers(j, &a->request, base.principal.n ? base.principal : said ? said->principal : (w403_view){NULL, 0});
    W403_TRY(w403_judge_session_context(j->cli, &j->t, &a->request, j->err));
    W403_TRY(w403_delivery_context(j->cli->arena, j->snapshot, &a->request, j->err));
    if (!can_decide(j)) {
        return gates_alone(j, a);
    }
    if (!complete(&a->request)) {
        return W403_OK;
    }
    W403_TRY(ask_aws(j, &a->request));
    const w403_judging by = judging(j);
    W403_TRY(answer_reading(j, &by, a));
    a->request = *a->answer.request;
    return W403_OK;
}

static w403_status attempt_all(judge *j)
{
    const w403_evidence *e = j->t.request;
    const w403_judging by = judging(j);
    size_t readings = e ? e->n_readings : 0;
    w403_status first = W403_OK;
    w403_error kept;
    bool good = false;
    j->n = readings > 0 ? readings : 1;
    j->attempts = W403_NEW_N(j->cli->arena, attempt, j->n);
    W403_NEED(j->attempts, j->err);
    for (size_t i = 0; i < j->n; i++) {
        attempt *a = &j->attempts[i];
        a->reading = readings > 0 ? &e->readings[i] : NULL;
        w403_status status = attempt_one(j, a);
        if (status != W403_OK && first == W403_OK) {
            first = status; /* another reading may make sense */
            kept = *j->err;
        }
        good |= status == W403_OK;
        if (w403_answer_rank(&by, &a->answer) < w403_answer_rank(&by, &j->attempts[j->chosen].answer)) {
            j->chosen = i;
        }
    }
    if (!good) {
        *j->err = kept;
        return first;
    }
    return w403_answer_optional(&by, &j->attempts[j->chosen].answer, j->err);
}

/* ---- what the evidence section says ---- */

static const char *agreement_name(w403_agreement a)
{
    static const char *const names[] = {[W403_AGREES] = "agrees",
                                        [W403_SAME_REQUEST] = "same-request",
                                        [W403_NOT_DENIED] = "not-denied",
                                        [W403_UNSURE] = "unsure"};
    return names[a];
}

static bool has_source(const w403_request *r)
{
    for (size_t i = 0; i < r->n_context; i++) {
        if (w403_view_ieq(r->context[i].key, W403_LIT("aws:SourceArn"))) {
            return true;
        }
    }
    return false;
}

static bool still_missing(const judge *j, const char *name)
{
    const w403_request *r = &j->attempts[j->chosen].request;
    const struct {
        const char *name;
        bool known;
    } table[] = {
        {"principal", r->principal.n > 0},
        {"resource", r->resource.n > 0},
        {"operation", r->operation.n > 0 || r->action.n > 0},
        {"network", r->from.n > 0 || r->via.n > 0},
        {"source", has_source(r)},
        {"managed session policies", !j->unresolved.p},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return !table[i].known;
        }
    }
    return true;
}

/* AWS blames a session policy, and nobody has said what it is. */
static bool session_is_missing(const judge *j)
{
    const w403_reported *said = w403_testimony_reported(&j->t);
    bool named = said && said->layer && strcmp(said->layer, "session policy") == 0;
    return named && !j->t.session && !w403_args_has(&j->cli->args, W403_OPT_SESSION_POLICY);
}

static w403_status show_missing(judge *j, const w403_evidence *const *sources, size_t n)
{
    W403_ARRAY(w403_missing) list = {0};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sources[i]->n_missing; k++) {
            if (!still_missing(j, sources[i]->missing[k].name)) {
                continue;
            }
            w403_missing *m = W403_PUSH(j->cli->arena, &list);
            W403_NEED(m, j->err);
            *m = sources[i]->missing[k];
        }
    }
    if (session_is_missing(j)) {
        w403_missing *m = W403_PUSH(j->cli->arena, &list);
        W403_NEED(m, j->err);
        *m = (w403_missing){"session policy", "--session-events FILE", W403_LIT("AWS's text blames it")};
    }
    j->shown->missing = list.at;
    j->shown->n_missing = (uint32_t)list.n;
    return W403_OK;
}

static w403_status show_sources(judge *j)
{
    const w403_evidence *all[] = {j->t.request, j->t.error, j->t.credentials, j->t.session};
    const w403_evidence **list = W403_NEW_N(j->cli->arena, const w403_evidence *, 4);
    W403_NEED(list, j->err);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i]) {
            list[j->shown->n_sources++] = all[i];
        }
    }
    j->shown->sources = list;
    return show_missing(j, list, j->shown->n_sources);
}

static w403_status show_readings(judge *j)
{
    w403_render_reading *list = W403_NEW_N(j->cli->arena, w403_render_reading, j->n);
    W403_NEED(list, j->err);
    for (size_t i = 0; i < j->n; i++) {
        const attempt *a = &j->attempts[i];
        const w403_explanation *x = &a->answer.explanation;
        list[i] = (w403_render_reading){
            .request = &a->request, .decided = a->answer.decided, .chosen = i == j->chosen && a->answer.decided};
        list[i].why = a->reading ? a->reading->why : W403_LIT("said in so many words");
        list[i].verdict = a->answer.decision.verdict;
        list[i].cause = a->answer.decided && x->n_causes > 0 ? x->causes[0].id : NULL;
    }
    j->shown->readings = list;
    j->shown->n_readings = (uint32_t)j->n;
    return W403_OK;
}

/* When the event was, and when the snapshot: the difference lies between. */
static w403_view times(const judge *j)
{
    w403_view at = j->attempts[j->chosen].request.at;
    if (!j->snapshot || !j->snapshot->has_collected_at || at.n == 0) {
        return (w403_view){"", 0};
    }
    w403_view collected = w403_instant_format(j->cli->arena, j->snapshot->collected_at);
    return w403_arena_printf(j->cli->arena, "; the request is of %.*s, the snapshot of %.*s", (int)at.n, at.p,
                             (int)collected.n, collected.p);
}

/* The bucket that evidence names beside a request whose object it does not name. */
static w403_view bucket_of(const judge *j)
{
    for (uint32_t i = 0; i < j->shown->n_sources; i++) {
        const w403_evidence *e = j->shown->sources[i];
        for (size_t k = 0; k < e->n_facts; k++) {
            if (strcmp(e->facts[k].name, "bucket") == 0) {
                return e->facts[k].value;
            }
        }
    }
    return (w403_view){NULL, 0};
}

static w403_status show_looks(judge *j, const w403_reported *said, bool claims)
{
    const w403_look *looks = NULL;
    size_t n = 0;
    w403_request about = j->attempts[j->chosen].request;
    w403_view bucket = about.resource.n == 0 ? bucket_of(j) : (w403_view){NULL, 0};
    if (bucket.n > 0 && !w403_view_starts(bucket, W403_LIT("arn:"))) {
        w403_view partition = partition_of(j);
        about.resource = w403_arena_printf(j->cli->arena, "arn:%.*s:s3:::%.*s", (int)partition.n,
                                           partition.n ? partition.p : "", (int)bucket.n, bucket.p);
        W403_NEED(about.resource.p, j->err);
    }
    W403_TRY(w403_evidence_looks(j->cli->arena, &about, said->causes, claims ? said->n_causes : 0, &looks, &n, j->err));
    j->shown->looks = looks;
    j->shown->n_looks = (uint32_t)n;
    return W403_OK;
}

static w403_status show_comparison(judge *j)
{
    const attempt *a = &j->attempts[j->chosen];
    const w403_reported *said = w403_testimony_reported(&j->t);
    j->shown->judged = a->answer.decided;
    j->shown->reported = said;
    if (!said) {
        return W403_OK;
    }
    if (!a->answer.decided) {
        bool spoke = said->form != W403_FORM_NONE || said->n_causes > 0;
        return spoke ? show_looks(j, said, true) : W403_OK;
    }
    if (said->form == W403_FORM_NONE && said->status == 0) {
        return W403_OK; /* a command: nothing to compare with */
    }
    j->shown->agreement = agreement_name(a->answer.agreement);
    const char *text = w403_agreement_text(a->answer.agreement);
    if (!text || a->answer.agreement == W403_UNSURE) {
        return W403_OK;
    }
    w403_view when = times(j);
    j->shown->compared = w403_arena_printf(j->cli->arena, "%s%.*s", text, (int)when.n, when.n ? when.p : "");
    W403_NEED(j->shown->compared.p, j->err);
    return show_looks(j, said, said->certain);
}

static w403_status show(judge *j, w403_judged *out)
{
    j->shown = W403_NEW(j->cli->arena, w403_render_evidence);
    W403_NEED(j->shown, j->err);
    W403_TRY(show_sources(j));
    W403_TRY(show_readings(j));
    W403_TRY(show_comparison(j));
    attempt *a = &j->attempts[j->chosen];
    *out = (w403_judged){
        .request = a->request, .decision = a->answer.decision, .explanation = a->answer.explanation};
    if (!a->answer.decided) {
        static const w403_view by_what = {NOTHING_TO_JUDGE_BY, sizeof NOTHING_TO_JUDGE_BY - 1};
        out->decision = (w403_decision){.verdict = W403_UNDETERMINED, .notes = &by_what, .n_notes = !can_decide(j)};
        out->explanation = (w403_explanation){0};
    }
    out->explanation.decision = &out->decision;
    out->evidence = j->shown;
    out->aws_s3 = (j->t.request && j->t.request->aws_s3) || (j->t.error && j->t.error->aws_s3);
    return W403_OK;
}

static w403_status plain(judge *j, w403_judged *out)
{
    W403_TRY(w403_input_request(j->cli, partition_of(j), &out->request, j->err));
    W403_TRY(w403_delivery_context(j->cli->arena, j->snapshot, &out->request, j->err));
    if (!can_decide(j)) {
        out->decision.verdict = W403_UNDETERMINED;
        return w403_args_has(&j->cli->args, W403_OPT_SETTLE_SCRIPT) ? W403_OK : nothing_to_judge_by(j->err);
    }
    W403_TRY(ask_aws(j, &out->request));
    w403_judge_near_bucket(j->cli, j->snapshot, &out->request);
    W403_TRY(decide(j, out));
    out->explanation.decision = &out->decision;
    return w403_judge_near_keys(j->cli, j->snapshot, out, j->err);
}

w403_status w403_judge(w403_cli *cli, const w403_snapshot *snapshot, w403_policies **policies, w403_narrow *live,
                       w403_judged *out, w403_error *err)
{
    judge *j = W403_NEW(cli->arena, judge);
    W403_NEED(j, err);
    *j = (judge){.cli = cli, .snapshot = snapshot, .policies = policies, .live = live, .err = err};
    *out = (w403_judged){0};
    W403_TRY(w403_input_testimony(cli, &j->t, err));
    if (!w403_testimony_given(&j->t)) {
        return plain(j, out);
    }
    if (w403_args_has(&cli->args, W403_OPT_REQUEST)) {
        return w403_error_set(err, W403_SEMANTIC, "`--request` is a whole request: it does not go with evidence");
    }
    W403_TRY(w403_judge_session_policies(cli, snapshot, &j->t, policies, &j->unresolved, err));
    W403_TRY(attempt_all(j));
    snapshot = j->snapshot;
    W403_TRY(show(j, out));
    w403_judge_near_bucket(cli, snapshot, &out->request);
    W403_TRY(w403_judge_unresolved(cli, j->unresolved, out, err));
    W403_TRY(w403_judge_credentials(cli, &j->t, snapshot, *policies, j->told, out, err));
    return w403_judge_near_keys(cli, snapshot, out, err);
}
