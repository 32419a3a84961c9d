/* Small services of a call: what the request says, and what is said beside the verdict. */
#include "decide/call.h"

#include "base/command.h"

#include <stdarg.h>
#include <stdio.h>

static w403_view pair_find(const w403_pair *at, size_t n, w403_view name)
{
    for (size_t i = 0; i < n; i++) {
        if (w403_view_ieq(at[i].name, name)) {
            return at[i].value.p ? at[i].value : W403_LIT("");
        }
    }
    return (w403_view){NULL, 0};
}

w403_view w403_call_header(const w403_call *c, w403_view name)
{
    return pair_find(c->req->headers, c->req->n_headers, name);
}

w403_view w403_call_query(const w403_call *c, w403_view name)
{
    return pair_find(c->req->query, c->req->n_query, name);
}

unsigned w403_call_given_levels(const w403_call *c, w403_policy_kind kind)
{
    size_t n = 0;
    const w403_given_policy *given = w403_policies_list(c->extra, &n);
    unsigned levels = 0;
    for (size_t i = 0; i < n; i++) {
        if (given[i].kind == kind && given[i].level + 1 > levels) {
            levels = given[i].level + 1;
        }
    }
    return levels;
}

bool w403_call_unsaid(const w403_call *c, w403_policy_kind kind)
{
    return !c->snap && (c->req->unsaid & W403_UNSAID_POLICIES) && !w403_call_given(c, kind);
}

bool w403_call_fully_said(const w403_call *c)
{
    return c->snap == NULL;
}

w403_tri w403_same_account(const w403_call *c, w403_view owner)
{
    if (!owner.p || !c->caller.account.p) {
        return W403_UNKNOWN;
    }
    return w403_bool(w403_view_eq(owner, c->caller.account));
}

static void say(w403_call *c, w403_view_list *arr, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

static void say(w403_call *c, w403_view_list *arr, const char *fmt, va_list ap)
{
    if (c->detail == W403_DETAIL_VERDICT) {
        return;
    }
    char text[1024];
    bool fixed = strchr(fmt, '%') == NULL; /* said as it stands: nothing to print or to copy */
    w403_view v = w403_view_of(fmt);
    if (!fixed) {
        int n = vsnprintf(text, sizeof text, fmt, ap);
        v = (w403_view){text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1};
    }
    for (size_t i = 0; i < arr->n; i++) {
        if (w403_view_eq(arr->at[i], v)) {
            return;
        }
    }
    w403_view copy = fixed ? v : w403_arena_copy(c->arena, v);
    w403_view *slot = W403_PUSH(c->arena, arr);
    if (!copy.p || !slot) {
        c->nomem = true;
        return;
    }
    *slot = copy;
}

#define SAY(list)                                                                                                    \
    do {                                                                                                             \
        va_list ap;                                                                                                  \
        va_start(ap, fmt);                                                                                           \
        say(c, &(list), fmt, ap);                                                                                    \
        va_end(ap);                                                                                                  \
    } while (0)

void w403_assume(w403_call *c, const char *fmt, ...)
{
    SAY(c->assumptions);
}

void w403_note(w403_call *c, const char *fmt, ...)
{
    SAY(c->notes);
}

static void say_plain(w403_call *c, w403_view_list *list, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say_plain(w403_call *c, w403_view_list *list, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(c, list, fmt, ap);
    va_end(ap);
}

void w403_unknown(w403_call *c, w403_view what)
{
    c->unmodelled = true;
    say_plain(c, &c->unknown, "%.*s", W403_ARG(what));
}

w403_gate *w403_gate_add(w403_call *c, unsigned cause, w403_tri closed, int status, uint8_t phase, const char *fmt,
                         ...)
{
    w403_gate *g = W403_PUSH(c->arena, &c->gates);
    if (!g) {
        c->nomem = true;
        return NULL;
    }
    *g = (w403_gate){
        .cause = w403_cause_info_at(cause)->id, .closed = closed, .status = status, .check = -1, .phase = phase};
    if (c->detail != W403_DETAIL_VERDICT) {
        char text[1024];
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        size_t len = n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
        g->detail = w403_arena_copy(c->arena, (w403_view){text, len});
        c->nomem |= g->detail.p == NULL;
    }
    return g;
}

/* The call that writes each file of a snapshot. Of the path accounts/<account>/AREA/<part>/<file>.json: what comes
 * third (NULL: anything), how it ends, and the words of the command, where <region> and <bucket> are the part as well. */
static const struct settle_row {
    const char *area, *tail, *command;
} settle_rows[] = {
    {"s3", "/policy.json", "s3api get-bucket-policy --bucket <bucket>"},
    {"s3", "/acl.json", "s3api get-bucket-acl --bucket <bucket>"},
    {"s3", "/public-access-block.json", "s3api get-public-access-block --bucket <bucket>"},
    {"s3", "/ownership-controls.json", "s3api get-bucket-ownership-controls --bucket <bucket>"},
    {"s3", "/encryption.json", "s3api get-bucket-encryption --bucket <bucket>"},
    {"s3", "/request-payment.json", "s3api get-bucket-request-payment --bucket <bucket>"},
    {"s3", "/location.json", "s3api get-bucket-location --bucket <bucket>"},
    {"s3", "/versioning.json", "s3api get-bucket-versioning --bucket <bucket>"},
    {"s3", "/object-lock-configuration.json", "s3api get-object-lock-configuration --bucket <bucket>"},
    {"s3", "/abac.json", "s3api get-bucket-abac --bucket <bucket>"},
    {"s3", "/tagging.json", "s3api get-bucket-tagging --bucket <bucket>"},
    {"s3", "/objects.json", "s3api list-object-versions --bucket <bucket>"},
    {"kms", "", "kms get-key-policy --key-id <file> --policy-name default --region <region>"},
    {"iam", "", "iam get-account-authorization-details"},
    {"ec2", "", "ec2 describe-vpc-endpoints --region <region>"},
    {"s3control", "/public-access-block.json", "s3control get-public-access-block --account-id <account>"},
    {"s3control", "", "s3control get-access-point-policy --account-id <account> --name <name>"},
    {"", "/roots.json", "organizations list-roots"},
    {NULL, "/S3_POLICY.json", "organizations describe-effective-policy --policy-type S3_POLICY --target-id <target>"},
};

static w403_view path_part(w403_view path, int index)
{
    w403_view part = {NULL, 0};
    for (int i = 0; i <= index; i++) {
        part = w403_view_cut(&path, '/');
    }
    return part;
}

/* What a name of a row's command stands for. */
static w403_view path_value(void *user, w403_view name)
{
    static const struct {
        const char *name;
        int part;
    } parts[] = {{"account", 1}, {"target", 2}, {"bucket", 3}, {"region", 3}, {"file", 4}, {"name", 5}};
    const w403_view *path_and_partition = user;
    w403_view path = path_and_partition[0];
    if (w403_view_eq(name, W403_LIT("partition"))) {
        return path_and_partition[1];
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (w403_view_eq(name, w403_view_of(parts[i].name))) {
            w403_view part = path_part(path, parts[i].part);
            size_t json = sizeof ".json" - 1;
            part.n -= parts[i].part > 3 && w403_view_ends(part, W403_LIT(".json")) ? json : 0;
            return part.n ? part : (w403_view){NULL, 0};
        }
    }
    return (w403_view){NULL, 0};
}

static const struct settle_row *settle_row_of(w403_view path)
{
    w403_view area = path_part(path, 2);
    for (size_t i = 0; i < sizeof settle_rows / sizeof *settle_rows; i++) {
        const char *third = settle_rows[i].area;
        if ((!third || w403_view_eq(area, w403_view_of(third))) &&
            w403_view_ends(path, w403_view_of(settle_rows[i].tail))) {
            return &settle_rows[i];
        }
    }
    return NULL;
}

static void settle_by(w403_call *c, w403_view path, const struct settle_row *row)
{
    if (c->detail == W403_DETAIL_VERDICT || !path.n) {
        return;
    }
    w403_command line = {.arena = c->arena};
    if (row) {
        w403_view names[] = {path, c->snap ? c->snap->partition : W403_LIT("aws")};
        w403_command_fill(&line, "aws", row->command, path_value, names);
        if (row->area && strcmp(row->area, "iam") == 0) {
            w403_command_remark(&line, "as an identity of <account>", W403_VALUES(path_part(path, 1)));
        }
    } else if (w403_view_starts(path, W403_LIT("organization/"))) {
        w403_command_run(&line, "aws", "organizations list-policies-for-target --target-id <target-id> --filter <filter>",
                         NULL, 0);
        w403_command_remark(&line, "and describe-policy, for <path>", W403_VALUES(path));
    } else {
        w403_command_remark(&line, "<path>", W403_VALUES(path));
    }
    w403_view text = w403_command_end(&line);
    c->nomem |= text.p == NULL;
    say_plain(c, &c->settle, "%.*s", W403_ARG(text));
}

void w403_settle_fact(w403_call *c, const w403_fact *fact)
{
    settle_by(c, fact->path, settle_row_of(fact->path));
}

void w403_settle_tags(w403_call *c, const w403_fact *fact)
{
    static const struct settle_row rows[] = {
        {"kms", "", "kms list-resource-tags --key-id <file> --region <region>"},
        {"s3control", "",
         "s3control list-tags-for-resource --account-id <account> --resource-arn "
         "arn:<partition>:s3:<file>:<account>:accesspoint/<name>"},
    };
    w403_view area = path_part(fact->path, 2);
    const struct settle_row *row = settle_row_of(fact->path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        row = w403_view_eq(area, w403_view_of(rows[i].area)) ? &rows[i] : row;
    }
    settle_by(c, fact->path, row);
}
