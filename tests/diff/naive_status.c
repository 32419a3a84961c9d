/* What the caller sees: semantics 4.0, 4.7, KM8, design 7. */
#include "naive_impl.h"

int n_gate_status(const char *cause, bool *before)
{
    static const struct {
        const char *cause;
        int         status;
        bool        before; /* the policies are not looked at */
    } rows[] = {
        {"expected-bucket-owner", 403, true}, {"requester-pays", 403, true},       {"access-point-vpc-only", 403, true},
        {"presigned-expired", 403, true},     {"acl-disabled", 400, false},        {"method-not-allowed", 405, false},
        {"kms.anonymous", 400, false},        {"kms.key-disabled", 400, false},    {"kms.key-pending-deletion", 400, false},
        {"kms.key-not-found", 400, false},    {"kms.wrong-region", 400, false},    {"kms.origin-access-identity", 400, false},
    };
    *before = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].cause, cause) == 0) {
            *before = rows[i].before;
            return rows[i].status;
        }
    }
    return 403;
}

static int denied(const n_run *run, const n_sum *sum)
{
    if (n_eq(run->r->operation, "DeleteObjects") && !sum->before) {
        return 200; /* trap 46: key by key */
    }
    bool policy = n_eq(run->r->operation, "PutBucketPolicy") || n_eq(run->r->operation, "GetBucketPolicy") ||
                  n_eq(run->r->operation, "DeleteBucketPolicy");
    if (policy && (run->who.kind == N_ANONYMOUS || run->who.kind == N_ORIGIN) && sum->before) {
        return run->out->n_causes && strcmp(run->out->causes[0], "expected-bucket-owner") != 0 &&
                       strcmp(run->out->causes[0], "requester-pays") != 0
                   ? 405
                   : 0;
    }
    if (sum->before || sum->policies == W403_NO) {
        return 403;
    }
    return sum->policies == W403_UNKNOWN || sum->gate < 0 ? 0 : sum->gate;
}

static int allowed(const n_run *run, const n_sum *sum)
{
    const w403_operation *op = w403_operation_find(run->r->operation);
    const n_target       *t = &run->target;
    if (t->bucket && (t->bucket->missing || (run->source.bucket && run->source.bucket->missing))) {
        return 404;
    }
    if (!op) {
        return 0;
    }
    bool reads = n_ieq(w403_view_of(op->method), "GET") || n_ieq(w403_view_of(op->method), "HEAD");
    if (reads && t->key.n && t->delete_marker && t->version.p) {
        return 405;
    }
    if (run->source.delete_marker && run->source.version.p) { /* API_UploadPartCopy */
        run->out->note = NAIVE_COPY_OF_MARKER;
        return 400;
    }
    bool parts = n_eq(run->r->operation, "ListParts"); /* of an upload, whose key need not be there */
    if (sum->missing || (reads && !parts && t->key.n && t->exists == W403_NO)) {
        return 404;
    }
    if (n_ieq(w403_view_of(op->method), "DELETE")) {
        return 204;
    }
    bool writes = n_eq(run->r->operation, "PutObject") || n_eq(run->r->operation, "CopyObject") || parts;
    return !t->key.n || t->exists == W403_YES || writes ? 200 : 0;
}

int n_status(const n_run *run, const n_sum *sum)
{
    switch (sum->allow) {
    case W403_YES: return allowed(run, sum);
    case W403_NO: return denied(run, sum);
    default: return 0;
    }
}
