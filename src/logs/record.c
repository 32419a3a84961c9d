#include "logs/record.h"

void w403_record_init(w403_record *r)
{
    memset(r, 0, sizeof *r);
    r->bytes_sent = r->object_size = r->total_ms = r->turnaround_ms = -1;
    r->acl_required = W403_UNKNOWN;
    r->secure = W403_UNKNOWN;
    r->read_only = W403_UNKNOWN;
    r->management = W403_UNKNOWN;
    r->identity.mfa = W403_UNKNOWN;
}

bool w403_record_denied(const w403_record *r)
{
    if (r->status != 0) {
        return r->status == 403;
    }
    /* CloudTrail writes no HTTP status; expired credentials are 400 in S3's answer and 403 in that of the others. */
    const w403_code *code = r->error_code.n ? w403_code_find(r->error_code) : NULL;
    return code && (code->status == 403 || code->cause == W403_CAUSE_CREDENTIALS_EXPIRED);
}

/* "s3:GetBucketAcl s3:GetObjectAcl", "s3:CopyObject (source side)": words that hold a colon are operations. */
static const w403_operation *nth_listed(const char *list, size_t nth, const w403_operation *but)
{
    w403_view rest = w403_view_of(list);

    while (rest.n > 0) {
        w403_view word = w403_view_cut(&rest, ' ');
        size_t    colon = w403_view_find_char(word, ':');
        if (colon == SIZE_MAX) {
            continue;
        }
        while (word.n > 0 && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ';')) {
            word.n--;
        }
        const w403_operation *op = w403_operation_find(w403_view_sub(word, colon + 1, word.n));
        if (op && op != but && nth-- == 0) {
            return op;
        }
    }
    return NULL;
}

/* Several operations share an event's name (a website's GET is a GetObject): the one so called comes first. */
const w403_operation *w403_record_operation(const w403_record *r, size_t nth)
{
    if (r->access_name) {
        return nth_listed(r->access_name->operations, nth, NULL);
    }
    if (!r->event_name) {
        return NULL;
    }
    const w403_operation *same = w403_operation_find(r->operation);
    if (same) {
        return nth == 0 ? same : nth_listed(r->event_name->operations, nth - 1, same);
    }
    return nth_listed(r->event_name->operations, nth, NULL);
}

static const struct {
    const char *name, *about;
} MARKS[W403_MARKS] = {
    {"quotes", "a quoted field holds unescaped quotes"},
    {"ambiguous", "the line can be read in several ways; a client can inject quotes through its headers"},
    {"extra-fields", "the line has more fields than are documented"},
    {"verb-mismatch", "operation and request URI contradict each other: a suspicious or edited line"},
    {"key-mismatch", "key and request URI contradict each other: a suspicious or edited line"},
    {"sigv2", "signed with Signature Version 2, which newer Regions refuse"},
    {"old-tls", "a TLS version below 1.2, which S3 no longer accepts"},
    {"no-tls", "plain HTTP: aws:SecureTransport was false"},
    {"presigned", "signed in the query string: a presigned URL"},
    {"unknown-operation", "an operation name that is in no table"},
    {"key-undecoded", "the key is no valid percent encoding and was kept as it stands"},
    {"invalid-utf8", "not valid UTF-8"},
};

const char *w403_mark_name(unsigned bit)
{
    return bit < W403_MARKS ? MARKS[bit].name : "";
}

const char *w403_mark_about(unsigned bit)
{
    return bit < W403_MARKS ? MARKS[bit].about : "";
}

bool w403_mark_is_odd(unsigned bit)
{
    return bit < W403_MARKS && 1u << bit != W403_MARK_PRESIGNED;
}
