#include "evidence/automation.h"

#include <stdio.h>

#include "base/time.h"
#include "evidence/build.h"
#include "evidence/event.h"
#include "evidence/runbook.h"
#include "evidence/target.h"

typedef struct reader {
    w403_build b;
    w403_json_doc doc;
    const w403_json *execution;
    w403_runbook_input input;
} reader;

/* An output: at the top as `Step.Name`, or in its step; its one string, or the lone string. */
static w403_view output(const reader *r, const char *step, const char *name)
{
    w403_view none = {NULL, 0};
    char full[128];
    (void)snprintf(full, sizeof full, "%s.%s", step, name);
    const w403_json *top = w403_json_get(r->execution, "Outputs");
    w403_view v = top ? w403_event_text(top, full) : none;
    const w403_json *steps = w403_json_get(r->execution, "StepExecutions");
    const w403_json *s = w403_json_is(steps, W403_JSON_ARRAY) && !v.p ? steps->first : NULL;
    for (; s; s = s->next) {
        const w403_json *outputs = w403_json_get(s, "Outputs");
        if (w403_view_eq(w403_json_str(s, "StepName"), w403_view_of(step)) && outputs) {
            v = w403_event_text(outputs, name);
        }
    }
    return v;
}

static void claim_all(reader *r, const char *ids)
{
    w403_view list = w403_view_of(ids);
    while (list.p) {
        w403_view id = w403_view_cut(&list, ' ');
        const w403_cause_info *info = w403_cause_info_find(id);
        if (info) {
            w403_build_claim(&r->b, info->id);
        }
    }
}

/* ---- the same-account runbook ---- */

static void read_decision(reader *r)
{
    w403_reported *out = &r->b.out->reported;
    w403_view d = output(r, "EvaluatePolicy", "final_decision");
    w403_build_said(&r->b, "decision", d, "EvaluatePolicy.final_decision");
    out->operation = r->input.request.operation;
    out->principal = r->input.request.principal;
    if (w403_view_ieq(d, W403_LIT("explicitDeny"))) {
        out->form = W403_FORM_ENHANCED;
        out->explicit_deny = true;
        out->status = 403;
        claim_all(r, "deny.identity deny.bucket-policy deny.scp deny.boundary deny.vpc-endpoint deny.key-policy");
    } else if (w403_view_ieq(d, W403_LIT("implicitDeny"))) {
        out->form = W403_FORM_ENHANCED;
        out->status = 403;
        claim_all(r, "no-allow.identity no-allow.boundary no-allow.scp no-allow.vpc-endpoint no-allow.key-policy "
                     "no-allow.object-acl");
    } else if (w403_view_ieq(d, W403_LIT("allowed"))) {
        w403_build_note(&r->b, "AWS's runbook found it allowed; it does not look at session policies, access points, "
                               "Block Public Access, RCPs, more than one SCP and callers of other accounts");
    } else {
        w403_build_note(&r->b, "the execution has no final decision");
    }
    if (r->input.n_scps > 0) {
        w403_build_missing(&r->b, "scp", "--scp FILE", "the SCP of the execution's parameters is not taken over");
    }
    if (r->input.kms_key.p) {
        w403_build_note(&r->b, "the execution was given the key %.*s", W403_FMT(r->input.kms_key));
    }
}

static void read_same_account(reader *r)
{
    const w403_request *q = &r->input.request;
    w403_build_said(&r->b, "operation", q->operation.n ? q->operation : q->action, "Parameters.S3Action");
    w403_build_said(&r->b, "resource", q->resource, "Parameters.S3ResourceArn");
    w403_build_said(&r->b, "principal", q->principal, "Parameters.RequesterArn");
    w403_build_said(&r->b, "session name", q->session_name, "Parameters.RequesterRoleSessionName");
    w403_build_said(&r->b, "version", q->version_id, "Parameters.S3ObjectVersionId");
    w403_build_said(&r->b, "vpc endpoint", q->via, "Parameters.VpcEndpointId");
    if (!q->via.p) {
        w403_build_missing(&r->b, "network", "--from IP or --via vpce-ID", "the execution was given no VPC endpoint");
    }
    read_decision(r);
    w403_build_reading(&r->b, q, "the parameters of the runbook");
}

/* ---- the public-read runbook ---- */

/* Its codes of errors (formats 1.2), and what each stands for. */
static const struct {
    const char *code, *causes;
} codes[] = {
    {"E01", "bpa.restrict-public-buckets bpa.ignore-public-acls"},
    {"E02", "bpa.ignore-public-acls no-allow.object-acl"},
    {"E03", "no-allow.object-acl"},
    {"E04", "bpa.restrict-public-buckets"},
    {"E05", "deny.bucket-policy"},
    {"E06", "no-allow.bucket-policy"},
    {"E07", "no-allow.bucket-policy bpa.ignore-public-acls"},
    {"E09", "kms.anonymous"},
    {"E18", "no-allow.bucket-policy"},
};

static bool read_code(reader *r, w403_view line)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        size_t at = w403_view_find(line, w403_view_of(codes[i].code));
        if (at != SIZE_MAX && at > 0 && line.p[at - 1] == '[') {
            claim_all(r, codes[i].causes);
            return true;
        }
    }
    return false;
}

/* `key`, then its lines `[ERROR] [E05] message`: the first key with an error is the request. */
static w403_view read_lines(reader *r, w403_view text)
{
    w403_view key = {NULL, 0}, denied = {NULL, 0};
    while (text.p) {
        w403_view line = w403_view_trim(w403_view_cut(&text, '\n'));
        if (line.n == 0) {
            continue;
        }
        if (line.p[0] != '[') {
            key = line;
        } else if (!denied.p && read_code(r, line)) {
            denied = key;
        }
    }
    return denied;
}

static void read_public(reader *r)
{
    w403_reported *out = &r->b.out->reported;
    w403_request q = r->input.request;
    w403_build_said(&r->b, "bucket", r->input.bucket, "Parameters.S3BucketName");
    w403_build_said(&r->b, "principal", q.principal, "the runbook asks as anybody");
    (void)read_lines(r, output(r, "AnalyzeObjects", "bucket"));
    w403_view key = read_lines(r, output(r, "AnalyzeObjects", "objects"));
    out->operation = q.operation;
    out->principal = q.principal;
    if (r->b.out->reported.n_causes > 0) {
        out->form = W403_FORM_ENHANCED;
        out->status = 403;
    }
    if (key.p) {
        w403_build_said(&r->b, "key", key, "AnalyzeObjects.objects");
        q.resource = w403_build_printf(&r->b, "%.*s/%.*s", W403_ALL(q.resource), W403_ALL(key));
    } else {
        q.resource = (w403_view){NULL, 0};
        w403_build_missing(&r->b, "resource", "RESOURCE", "the execution shows no object that is refused");
    }
    w403_build_missing(&r->b, "network", "--from IP or --via vpce-ID",
                       "the runbook does not say where it asked from");
    w403_build_reading(&r->b, &q, "what the runbook tried");
}

/* ---- the execution ---- */

static w403_status read_execution(reader *r, w403_error *err)
{
    w403_view name = w403_json_str(r->execution, "DocumentName");
    const w403_json *parameters = w403_json_get(r->execution, "Parameters");
    w403_runbook_id id;
    if (!name.p || !parameters) {
        (void)w403_json_error(&r->doc, r->execution, err, "the execution has no %s",
                              name.p ? "Parameters" : "DocumentName");
        w403_error_hint(err, "expected what `aws ssm get-automation-execution` prints");
        return W403_SEMANTIC;
    }
    W403_TRY(w403_runbook_find(name, &id, err));
    W403_TRY(w403_runbook_read_json(r->b.arena, id, &r->doc, parameters, &r->input, err));
    w403_build_said(&r->b, "runbook", w403_view_of(w403_runbook_at(id)->name), "DocumentName");
    w403_build_said(&r->b, "execution", w403_json_str(r->execution, "AutomationExecutionId"),
                    "AutomationExecutionId");
    w403_build_said(&r->b, "status", w403_json_str(r->execution, "AutomationExecutionStatus"),
                    "AutomationExecutionStatus");
    w403_view failure = w403_json_str(r->execution, "FailureMessage");
    if (failure.n > 0) {
        w403_build_note(&r->b, "the execution failed: %.*s", W403_FMT(failure));
    }
    w403_view at = w403_json_str(r->execution, "ExecutionStartTime");
    w403_instant when;
    if (w403_instant_parse(at, &when)) {
        r->input.request.at = at;
    }
    w403_build_said(&r->b, "time", r->input.request.at, "ExecutionStartTime");
    for (size_t i = 0; i < r->input.n_notes; i++) {
        w403_build_note(&r->b, "%.*s", W403_FMT(r->input.notes[i]));
    }
    if (id == W403_RUNBOOK_SAME_ACCOUNT) {
        read_same_account(r);
    } else {
        read_public(r);
    }
    return W403_OK;
}

w403_status w403_evidence_automation(w403_arena *arena, w403_view source, w403_view text, w403_evidence *out,
                                     w403_error *err)
{
    reader *r = W403_NEW(arena, reader);
    W403_NEED(r, err);
    w403_build_init(&r->b, arena, out, W403_EVIDENCE_AUTOMATION);
    W403_TRY(w403_json_parse(arena, source, text, NULL, &r->doc, NULL, err));
    r->execution = w403_json_get(r->doc.root, "AutomationExecution");
    if (!w403_json_is(r->execution, W403_JSON_OBJECT)) {
        (void)w403_json_error(&r->doc, r->doc.root, err, "this is no automation execution");
        w403_error_hint(err, "expected {\"AutomationExecution\": {...}}");
        return W403_SEMANTIC;
    }
    W403_TRY(read_execution(r, err));
    return w403_build_finish(&r->b, err);
}
