/* w403_decide: request and snapshot in, decision out (semantics 3.1). */
#include "decide/plan.h"
#include "decide/residual.h"

/* ---- what the caller sees (4.7): the checks and gates joined ---- */

static w403_tri check_holds(const w403_check_work *w)
{
    return w403_or(w403_not(w->needed), w->allowed);
}

static const w403_check_work *work_of(const w403_check *k)
{
    return k->detail;
}

/* All permissions that AWS certainly asks for. */
static w403_tri required(const w403_call *c)
{
    w403_tri all = W403_YES;
    for (size_t i = 0; i < c->checks.n; i++) {
        if (c->checks.at[i].need == W403_NEED_REQUIRED) {
            all = w403_and(all, check_holds(work_of(&c->checks.at[i])));
        }
    }
    return all;
}

static w403_tri gates_open(const w403_call *c)
{
    w403_tri closed = W403_NO;
    for (size_t i = 0; i < c->gates.n; i++) {
        bool refusal = c->gates.at[i].status != 404;
        closed = refusal ? w403_or(closed, c->gates.at[i].closed) : closed;
    }
    return w403_not(closed);
}

/* May the caller know that the key is not there? NO_MASK when nothing is missing. */
typedef struct mask_state {
    bool asked;
    w403_tri missing, may_know;
} mask_state;

static mask_state masking(const w403_call *c)
{
    mask_state m = {false, W403_NO, W403_YES};
    for (size_t i = 0; i < c->checks.n; i++) {
        const w403_check_work *w = work_of(&c->checks.at[i]);
        if (c->checks.at[i].need == W403_NEED_STATUS_ONLY) {
            m.asked = true;
            m.missing = w403_or(m.missing, w->needed);
            m.may_know = w403_and(m.may_know, w->allowed);
        }
    }
    return m;
}

/* 4.7: whether reading must be allowed before S3 tells that the key is missing is not settled. Every permission that
 * is lacking, by no Deny, is one on the missing object itself. */
static bool lacks_only_reading(const w403_call *c, const mask_state *m)
{
    if (!m->asked || m->missing != W403_YES || m->may_know != W403_YES) {
        return false;
    }
    for (size_t i = 0; i < c->checks.n; i++) {
        const w403_check_work *w = work_of(&c->checks.at[i]);
        bool missing = w->target->key.p && w->target->exists == W403_NO && !w->target->being_written;
        if (c->checks.at[i].need == W403_NEED_REQUIRED && check_holds(w) == W403_NO && (!missing || w->deny != W403_NO)) {
            return false;
        }
    }
    return true;
}

static void disputed(w403_call *c)
{
    for (size_t i = 0; i < c->checks.n; i++) {
        const w403_check *k = &c->checks.at[i];
        if (k->need == W403_NEED_RESPONSE_ONLY && k->verdict == W403_DENIED) {
            w403_note(c, k->reason.n ? N_("without {action} on {resource} the response only leaves something out: {why}")
                                 : N_("without {action} on {resource} the response only leaves something out"),
                  W403_P("action", k->action), W403_P("resource", k->resource), W403_P("why", k->reason));
        }
        if (k->need == W403_NEED_DISPUTED && k->verdict != W403_ALLOWED) {
            w403_assume(c, k->reason.n ? N_("{action} on {resource} is not needed: AWS's pages disagree, {why}")
                                   : N_("{action} on {resource} is not needed: AWS's pages disagree"),
                    W403_P("action", k->action), W403_P("resource", k->resource), W403_P("why", k->reason));
        }
    }
}

static bool is_marker_version(const w403_target *t)
{
    return t->version_id.p && t->object && t->object->is_delete_marker;
}

static bool reads_object(const w403_call *c)
{
    bool get = c->op && (w403_view_ieq(w403_view_of(c->op->method), W403_LIT("GET")) ||
                         w403_view_ieq(w403_view_of(c->op->method), W403_LIT("HEAD")));
    return get && c->target.key.p;
}

/* Not all that is said of a key: parts are listed, and uploads are completed, before there is an object. */
static bool needs_object(const w403_call *c)
{
    return c->op && c->target.key.p && w403_list_has(W403_LIST_OBJECT_NEEDED_OPERATION, w403_view_of(c->op->name));
}

static bool archived(const w403_object *o)
{
    bool restored = o && w403_view_find(o->restore, W403_LIT("ongoing-request=\"false\"")) != SIZE_MAX;
    return o && !restored && w403_list_has(W403_LIST_ARCHIVED_STORAGE_CLASS, o->storage_class);
}

static void answer(w403_decision *out, int status, const char *code)
{
    out->status = status;
    out->error_code = code;
}

/* `text` has the place {name}. */
static void add_not_found(w403_call *c, unsigned cause, int status, const char *text, w403_view name)
{
    w403_gate_add(c, cause, W403_YES, status, 3, text, W403_P("name", name));
}

/* An authorized request still meets what is there, or not (4.7, 4.0). */
static void allowed_status(w403_call *c, w403_decision *out)
{
    const w403_target *t = &c->target;
    answer(out, c->op && w403_view_ieq(w403_view_of(c->op->method), W403_LIT("DELETE")) ? 204 : 200, NULL);
    mask_state m = masking(c);
    if (m.asked && m.missing == W403_YES) {
        bool source = c->has_source && c->source.exists == W403_NO;
        const w403_target *gone = source ? &c->source : t;
        if (gone->version_missing) {
            answer(out, 404, "NoSuchVersion");
            add_not_found(c, W403_CAUSE_NOT_FOUND_VERSION, 404, N_("there is no version {name}"), gone->version_id);
        } else {
            answer(out, 404, "NoSuchKey");
            add_not_found(c, W403_CAUSE_NOT_FOUND_KEY, 404, N_("there is no key {name}"), gone->key);
        }
    } else if (c->has_source && is_marker_version(&c->source)) { /* API_CopyObject, API_UploadPartCopy */
        answer(out, 400, "InvalidRequest");
        add_not_found(c, W403_CAUSE_METHOD_NOT_ALLOWED, 400, N_("the version is a delete marker: {name}"), c->source.version_id);
    } else if (reads_object(c) && is_marker_version(t)) {
        answer(out, 405, "MethodNotAllowed");
        add_not_found(c, W403_CAUSE_METHOD_NOT_ALLOWED, 405, N_("the version is a delete marker: {name}"), t->version_id);
    } else if (needs_object(c) && (t->exists == W403_NO || (t->object && t->object->is_delete_marker))) {
        answer(out, 404, "NoSuchKey");
        add_not_found(c, W403_CAUSE_NOT_FOUND_KEY, 404, N_("there is no key {name}"), t->key);
    } else if (w403_call_is(c, W403_OPERATION_GETOBJECT) && archived(t->object)) {
        answer(out, 403, "InvalidObjectState");
        w403_note(c, "the object is archived ({class}) and not restored: S3 answers 403 InvalidObjectState, which is no matter of permissions", W403_P("class", t->object->storage_class));
    }
}

static const w403_gate *first_closed(const w403_call *c)
{
    for (size_t i = 0; i < c->gates.n; i++) {
        if (c->gates.at[i].closed == W403_YES && c->gates.at[i].phase == 0) {
            return &c->gates.at[i];
        }
    }
    return NULL;
}

/* The code beside the status of a gate that refuses: that of its cause; of KMS's the one that S3 hands on. */
static const char *refusal_code(const w403_gate *g)
{
    const char *found = NULL;
    const w403_code *row;
    if (g->status == 403) {
        return "AccessDenied";
    }
    if (strcmp(g->cause, "kms.anonymous") == 0) {
        return "InvalidArgument"; /* X7: "... require AWS Signature Version 4." */
    }
    for (uint32_t i = 0; (row = w403_code_at(i)); i++) {
        bool better = !found || w403_view_starts(w403_view_of(row->code), W403_LIT("KMS."));
        const w403_cause_info *cause = w403_cause_info_at(row->cause);
        if (cause && cause->id == g->cause && row->status == g->status && better) {
            found = row->code;
        }
    }
    return found ? found : "InvalidRequest";
}

static void denied_status(const w403_call *c, w403_decision *out, w403_tri permissions)
{
    const w403_gate *g = first_closed(c);
    answer(out, 403, "AccessDenied");
    if (g) {
        answer(out, g->status, refusal_code(g));
        return;
    }
    if (w403_call_is(c, W403_OPERATION_DELETEOBJECTS)) {
        out->status = 200; /* trap 46: the refusals stand inside, one for each key */
        return;
    }
    if (permissions == W403_NO) {
        return;
    }
    for (size_t i = 0; i < c->gates.n; i++) {
        if (c->gates.at[i].closed == W403_YES) {
            answer(out, c->gates.at[i].status, refusal_code(&c->gates.at[i]));
            return;
        }
    }
}

static void not_found_bucket(w403_call *c, w403_decision *out)
{
    for (size_t i = 0; i < c->gates.n; i++) {
        if (c->gates.at[i].phase == 0 && c->gates.at[i].status == 404) {
            out->verdict = W403_ALLOWED;
            answer(out, 404, "NoSuchBucket");
            return;
        }
    }
}

static void conclude(w403_call *c, w403_decision *out)
{
    w403_tri permissions = required(c);
    mask_state m = masking(c);
    if (permissions == W403_NO && lacks_only_reading(c, &m) && w403_other_answer(c, W403_OPEN_MASKED_WITHOUT_GET)) {
        permissions = W403_YES;
    }
    w403_tri visible = w403_or(w403_not(m.missing), m.may_know);
    w403_tri all = w403_and(permissions, w403_and(visible, gates_open(c)));
    if (all != W403_NO) {
        w403_note_not_given(c);
    }
    if (c->checks.n == 0 && c->gates.n == 0) {
        all = W403_UNKNOWN; /* nothing was modelled: never allowed for that */
    }
    if (c->unmodelled && all == W403_YES) {
        all = W403_UNKNOWN;
    }
    disputed(c);
    out->verdict = all == W403_YES ? W403_ALLOWED : all == W403_NO ? W403_DENIED : W403_UNDETERMINED;
    if (out->verdict == W403_ALLOWED) {
        allowed_status(c, out);
    } else if (out->verdict == W403_DENIED) {
        denied_status(c, out, w403_and(permissions, visible));
    }
    if (out->verdict == W403_UNDETERMINED) {
        if (m.asked && m.missing == W403_UNKNOWN && m.may_know != W403_YES) {
            w403_unknown(c, w403_arena_printf(c->arena, "whether %.*s exists", W403_ARG(c->target.arn)));
        }
        w403_note_unknowns(c);
    }
    not_found_bucket(c, out);
}

/* ---- the request ---- */

static w403_status read_time(w403_call *c, w403_error *err)
{
    w403_view at = c->req->at;
    for (size_t i = 0; i < c->req->n_context && !at.p; i++) {
        const w403_context_entry *e = &c->req->context[i];
        if (w403_view_ieq(e->key, W403_LIT("aws:CurrentTime")) && e->present == W403_YES && e->n_values == 1) {
            at = e->values[0];
        }
    }
    if (!at.p) {
        c->now = w403_instant_now();
    } else if (!w403_instant_parse(at, &c->now)) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no time", W403_ARG(at));
        w403_error_hint(err, "write 2026-11-21T10:00:00Z, or seconds since 1970");
        return st;
    }
    return W403_OK;
}

static w403_status read_network(w403_call *c, w403_error *err)
{
    w403_ip ip;
    if (c->req->from.p && c->req->via.p) {
        return w403_error_set(err, W403_SEMANTIC,
                              "a request comes from the internet (`from`) or through a VPC endpoint "
                              "(`via`), not both");
    }
    if (c->req->from.p && !w403_ip_parse(c->req->from, &ip)) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no IP address", W403_ARG(c->req->from));
        w403_error_hint(err, "write one address, such as 203.0.113.9 or 2001:db8::1");
        return st;
    }
    if (c->req->via.p && c->snap) {
        c->endpoint = w403_map_get(&c->snap->endpoints, c->req->via);
    }
    return W403_OK;
}

/* An operation by its name, `s3control:PutPublicAccessBlock` by that of its API; a name that both APIs have is the
 * account's where the request is about no bucket. */
static const w403_operation *find_operation(const w403_request *r, w403_view name)
{
    w403_view rest = name, model = w403_view_cut(&rest, ':');
    if (rest.p) {
        return w403_operation_of(model, rest);
    }
    bool nothing = !r->resource.p || w403_view_eq(r->resource, W403_LIT("*"));
    const w403_operation *op = w403_operation_find(name);
    bool of_bucket = op && strcmp(op->model, "s3") == 0 && strcmp(op->resource_kind, "bucket") == 0;
    const w403_operation *of_account = nothing && of_bucket ? w403_operation_of(W403_LIT("s3control"), name) : NULL;
    return of_account ? of_account : op;
}

static w403_status read_what(w403_call *c, w403_error *err)
{
    const w403_request *r = c->req;
    if (!r->operation.p == !r->action.p) {
        return w403_error_set(err, W403_SEMANTIC, "a request names one operation or one action");
    }
    bool account_call = w403_view_starts(r->action, W403_LIT("s3control:")); /* no prefix of IAM's, but of the aws CLI */
    if (r->operation.p || account_call) {
        c->op = find_operation(r, r->operation.p ? r->operation : r->action);
    } else if (w403_view_find_char(r->action, ':') == SIZE_MAX) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is no IAM action", W403_ARG(r->action));
        w403_error_hint(err, "an action is service:Name, such as s3:GetObject");
        return st;
    }
    if (c->caller.kind == W403_CALLER_PROVIDER && !w403_is_trust_action(r->action)) {
        w403_status st = w403_error_set(err, W403_SEMANTIC, "`%.*s` is an identity provider: who comes from it takes a role "
                                        "first", W403_ARG(r->principal));
        w403_error_hint(err, "ask for sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML, or say the role's session");
        return st;
    }
    w403_view version = r->version_id.p ? r->version_id : w403_call_query(c, W403_LIT("versionId"));
    return w403_target_resolve(c, r->resource, version, &c->target, err);
}

static void org_assumption(w403_call *c)
{
    bool iam = w403_caller_has_account(&c->caller);
    if (c->snap && c->snap->org.fact.state == W403_FACT_ABSENT && iam && c->account &&
        !w403_call_given(c, W403_POLICY_SCP)) {
        w403_assume(c, "no organization policies: organization/ is not in the snapshot");
    }
}

static void publish(w403_call *c, w403_decision *out)
{
    out->checks = c->checks.at;
    out->n_checks = (uint32_t)c->checks.n;
    out->gates = c->gates.at;
    out->n_gates = (uint32_t)c->gates.n;
    out->assumptions = c->assumptions.at;
    out->n_assumptions = (uint32_t)c->assumptions.n;
    out->notes = c->notes.at;
    out->n_notes = (uint32_t)c->notes.n;
    if (out->verdict == W403_UNDETERMINED) { /* what would settle it is of interest only then */
        if (c->detail != W403_DETAIL_VERDICT) {
            w403_settle_unknowns(c);
        }
        out->unknown = c->unknown.at;
        out->n_unknown = (uint32_t)c->unknown.n;
        out->settle = c->settle.at;
        out->n_settle = (uint32_t)c->settle.n;
    }
    out->detail = c;
}

static w403_status decide_call(w403_call *c, w403_decision *out, w403_error *err)
{
    W403_TRY(read_time(c, err));
    W403_TRY(w403_call_caller(c, err));
    W403_TRY(read_network(c, err));
    W403_TRY(read_what(c, err));
    W403_TRY(w403_request_check(c, err));
    org_assumption(c);
    W403_TRY(w403_plan_run(c, err));
    conclude(c, out);
    return c->nomem ? w403_error_nomem(err) : W403_OK;
}

w403_status w403_decide_object(const w403_snapshot *snapshot, const w403_policies *policies,
                               const w403_request *request, const w403_object *object, w403_detail detail,
                               w403_arena *arena, w403_decision *out, w403_error *err)
{
    *out = (w403_decision){.verdict = W403_UNDETERMINED};
    w403_call *c = W403_NEW(arena, w403_call);
    W403_NEED(c, err);
    c->snap = snapshot;
    c->extra = policies;
    c->req = request;
    c->arena = arena;
    c->detail = detail;
    c->object = object;
    c->err = err;
    c->routed = true;
    W403_TRY(decide_call(c, out, err));
    if (c->n_routes > 1) {
        W403_TRY(w403_routes_compare(c, out, decide_call, err));
    }
    if (c->asked && detail != W403_DETAIL_VERDICT) { /* an assumption changes no verdict */
        W403_TRY(w403_open_questions_compare(c, out, decide_call, err));
    }
    publish(c, out);
    return c->nomem || !w403_arena_ok(arena) ? w403_error_nomem(err) : W403_OK;
}

w403_status w403_decide(const w403_snapshot *snapshot, const w403_policies *policies, const w403_request *request,
                        w403_detail detail, w403_arena *arena, w403_decision *out, w403_error *err)
{
    return w403_decide_object(snapshot, policies, request, NULL, detail, arena, out, err);
}

/* ---- names ---- */

void w403_request_init(w403_request *r)
{
    *r = (w403_request){.secure = W403_YES,
                        .mfa = W403_UNKNOWN,
                        .mfa_age_s = UINT64_MAX,
                        .expires_in_s = UINT64_MAX,
                        .upload_checksum = W403_UNKNOWN};
}

const char *w403_verdict_name(w403_verdict v)
{
    static const char *const names[] = {"allowed", "denied", "undetermined"};
    return (unsigned)v < 3 ? names[v] : "undetermined";
}

const char *w403_layer_name(w403_layer_kind k)
{
    static const char *const names[] = {"scp",        "rcp",       "vpc-endpoint", "identity",
                                        "session",    "boundary",  "access-point", "bucket-policy",
                                        "key-policy", "key-grant", "bucket-acl",   "object-acl",
                                         "trust-policy"};
    return (unsigned)k < W403_LAYERS ? names[k] : "";
}

const char *w403_layer_verdict_name(w403_layer_verdict v)
{
    static const char *const names[] = {"not-applicable", "allow", "no-allow", "deny", "unknown"};
    return (unsigned)v < 5 ? names[v] : "";
}
