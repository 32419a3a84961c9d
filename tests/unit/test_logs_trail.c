/* CloudTrail: an event's fields, the shapes files come in, damage, limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "logs/reader.h"
#include "logs/trail_block.h"

#define IDENTITY                                                                                                     \
    "{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLEID:s\",\"arn\":\"arn:aws:sts::111122223333:assumed-"     \
    "role/"                                                                                                          \
    "A/s\",\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLE\",\"sessionContext\":{\"sessionIssuer\":{"   \
    "\"type\":\"Role\",\"principalId\":\"AROAEXAMPLEID\",\"arn\":\"arn:aws:iam::111122223333:role/p/A\","            \
    "\"accountId\":\"111122223333\",\"userName\":\"A\"},\"attributes\":{\"creationDate\":\"2026-11-20T10:00:00Z\","  \
    "\"mfaAuthenticated\":\"false\"},\"sourceIdentity\":\"John\"}}"
#define EVENT                                                                                                        \
    "{\"eventVersion\":\"1.11\",\"userIdentity\":" IDENTITY ",\"eventTime\":\"2026-11-20T10:05:00Z\","               \
    "\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"awsRegion\":\"us-west-2\","                  \
    "\"sourceIPAddress\":\"10.0.0.5\",\"userAgent\":\"[aws-cli/2.15 ...]\",\"errorCode\":\"AccessDenied\","          \
    "\"errorMessage\":\"User: x is not authorized to perform: s3:GetObject on resource: "                            \
    "\\\"arn:aws:s3:::b/a.txt\\\""                                                                                   \
    " because {no} session policy allows it\",\"requestParameters\":{\"bucketName\":\"b\",\"Host\":"                 \
    "[\"b.s3.us-west-2.amazonaws.com\"],\"key\":\"a b%20.txt\"},\"responseElements\":null,\"additionalEventData\":{" \
    "\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_AES\",\"bytesTransferredIn\":0,\"AuthenticationMethod\":"  \
    "\"AuthHeader\",\"x-amz-id-2\":\"h/+=\",\"aclRequired\":\"Yes\"},\"requestID\":\"N4\",\"eventID\":\"e-1\","      \
    "\"readOnly\":true,\"resources\":[{\"type\":\"AWS::S3::Object\",\"ARN\":\"arn:aws:s3:::b/a\"},{\"accountId\":"   \
    "\"111122223333\",\"type\":\"AWS::S3::Bucket\",\"ARN\":\"arn:aws:s3:::b\"}],\"eventType\":\"AwsApiCall\","       \
    "\"managementEvent\":false,\"recipientAccountId\":\"111122223333\",\"vpcEndpointId\":\"vpce-01\","               \
    "\"sharedEventID\":\"sh\",\"eventCategory\":\"Data\",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\","                \
    "\"cipherSuite\":\"TLS_AES\",\"clientProvidedHostHeader\":\"b.s3.us-west-2.amazonaws.com\"}}"
/* small ones for shapes: name and error code of choice */
#define SMALL(name, more)                                                                                            \
    "{\"eventVersion\":\"1.09\",\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventSource\":\"s3.amazonaws.com\","        \
    "\"eventName\":\"" name "\",\"x\":{\"y\":[{\"eventName\":\"no\"},\"}]\\\\\"]}" more "}"
#define DENIED ",\"errorCode\":\"AccessDenied\""

static w403_log_reader *reader;

typedef struct seen {
    w403_log_stats stats;
    unsigned records, denied, damage, asked;
    char names[4096];
    char first_damage[1100];
    uint64_t damage_offset;
    bool only_denied;
    void (*check)(const w403_record *r);
} seen;

static bool want(void *user, const w403_glance *g)
{
    seen *s = user;
    s->asked++;
    return !s->only_denied || g->error_code.p || g->status == 403;
}

static w403_status on_record(void *user, const w403_record *r, w403_error *err)
{
    seen *s = user;
    size_t n = strlen(s->names);

    (void)err;
    s->records++;
    s->denied += w403_record_denied(r);
    if (n + r->operation.n + 2 < sizeof s->names) {
        snprintf(s->names + n, sizeof s->names - n, "%.*s ", (int)r->operation.n, r->operation.p);
    }
    if (s->check) {
        s->check(r);
    }
    return W403_OK;
}

static void on_damage(void *user, const w403_error *what)
{
    seen *s = user;
    if (s->damage++ == 0) {
        snprintf(s->first_damage, sizeof s->first_damage, "%s: %s", what->source, what->message);
        s->damage_offset = what->offset;
    }
}

static void read_view(seen *s, w403_view text)
{
    const w403_log_sink sink = {.user = s, .want = want, .record = on_record, .damage = on_damage};
    w403_error err;

    assert_int_equal(w403_log_read_text(reader, W403_LIT("t.json"), text, &sink, &s->stats, &err), W403_OK);
}

static seen read_text(const char *text)
{
    seen s;
    memset(&s, 0, sizeof s);
    read_view(&s, w403_view_of(text));
    return s;
}

static void expect_names(const char *text, const char *names, unsigned damage)
{
    seen s = read_text(text);
    if (strcmp(s.names, names) != 0 || s.damage != damage) {
        fail_msg("%.300s\n  gave `%s` and %u damage (%s), not `%s` and %u", text, s.names, s.damage, s.first_damage,
                 names, damage);
    }
    assert_int_equal(s.damage, s.stats.damaged);
}

static int setup(void **state)
{
    (void)state;
    reader = w403_log_reader_new(NULL, NULL);
    return reader ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    w403_log_reader_free(reader);
    return 0;
}

static void expect(w403_view v, const char *want_text)
{
    if (v.n != strlen(want_text) || memcmp(v.p ? v.p : "", want_text, v.n) != 0) {
        fail_msg("`%.*s` is not `%s`", (int)v.n, v.p ? v.p : "", want_text);
    }
}

static void check_event(const w403_record *r)
{
    w403_instant t;

    assert_int_equal(r->form, W403_LOG_TRAIL);
    expect(r->file, "t.json");
    assert_int_equal(r->offset, strlen("{\"Records\":["));
    expect(r->raw, EVENT);
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T10:05:00Z"), &t) && r->time == t);
    assert_int_equal(r->who, W403_WHO_ARN);
    expect(r->requester, "arn:aws:sts::111122223333:assumed-role/A/s");
    expect(r->operation, "GetObject");
    expect(r->event_source, "s3.amazonaws.com");
    assert_string_equal(w403_record_operation(r, 0)->name, "GetObject");
    expect(r->bucket, "b");
    expect(r->bucket_owner, "111122223333");
    expect(r->key, "a b%20.txt");
    expect(r->error_code, "AccessDenied");
    assert_true(r->error_message.n > 0 && memchr(r->error_message.p, '"', r->error_message.n));
    assert_true(w403_record_denied(r));
    expect(r->request_id, "N4");
    expect(r->host_id, "h/+=");
    expect(r->source_ip, "10.0.0.5");
    expect(r->vpc_endpoint, "vpce-01");
    expect(r->user_agent, "aws-cli/2.15 ...");
    expect(r->signature, "SigV4");
    expect(r->auth_type, "AuthHeader");
    expect(r->tls, "TLSv1.3");
    expect(r->host_header, "b.s3.us-west-2.amazonaws.com");
    assert_int_equal(r->acl_required, W403_YES);
    expect(r->event_id, "e-1");
    expect(r->shared_event_id, "sh");
    expect(r->region, "us-west-2");
    expect(r->recipient_account, "111122223333");
    assert_int_equal(r->read_only, W403_YES);
    assert_int_equal(r->management, W403_NO);
    expect(r->identity.type, "AssumedRole");
    expect(r->identity.principal_id, "AROAEXAMPLEID:s");
    expect(r->identity.access_key_id, "ASIAEXAMPLE");
    expect(r->identity.issuer_arn, "arn:aws:iam::111122223333:role/p/A");
    expect(r->identity.issuer_name, "A");
    expect(r->identity.created_text, "2026-11-20T10:00:00Z");
    expect(r->identity.source_identity, "John");
    assert_int_equal(r->identity.mfa, W403_NO);
    assert_int_equal(r->marks, 0);
    assert_non_null(r->request);
    assert_null(r->response);
}

static void test_event(void **state)
{
    seen s;

    (void)state;
    memset(&s, 0, sizeof s);
    s.check = check_event;
    read_view(&s, W403_LIT("{\"Records\":[" EVENT "]}"));
    assert_int_equal(s.records, 1);
    assert_int_equal(s.stats.events, 1);
    assert_int_equal(s.stats.damaged, 0);
}

static void check_kms(const w403_record *r)
{
    expect(r->kms_key, "arn:aws:kms:us-west-2:111122223333:key/k");
    expect(r->kms_context_arn, "arn:aws:s3:::b/k");
    expect(r->identity.invoked_by, "s3.amazonaws.com");
    expect(r->requester, "arn:aws:iam::111122223333:user/u");
    expect(r->source_ip, "AWS Internal");
}

static void check_anonymous(const w403_record *r)
{
    assert_int_equal(r->who, W403_WHO_ANONYMOUS);
    assert_null(r->requester.p);
}

static void check_service(const w403_record *r)
{
    assert_int_equal(r->who, W403_WHO_SERVICE);
    expect(r->requester, "s3.amazonaws.com");
    expect(r->bucket, "b");
    expect(r->key, "x/y.csv");
}

static void check_endpoint(const w403_record *r)
{
    assert_true(w403_record_denied(r));
    expect(r->event_type, "AwsVpceEvent");
    expect(r->vpc_endpoint_account, "111122223333");
}

static void test_identities(void **state)
{
    static const struct {
        const char *more;
        void (*check)(const w403_record *r);
    } cases[] = {
        {"\"eventSource\":\"kms.amazonaws.com\",\"eventName\":\"Decrypt\",\"userIdentity\":{\"type\":\"IAMUser\","
         "\"arn\":\"arn:aws:iam::111122223333:user/u\",\"invokedBy\":\"s3.amazonaws.com\"},\"sourceIPAddress\":"
         "\"AWS Internal\",\"requestParameters\":{\"keyId\":\"alias/a\",\"encryptionContext\":{\"aws:s3:arn\":"
         "\"arn:aws:s3:::b/k\"}},\"resources\":[{\"type\":\"AWS::KMS::Key\",\"ARN\":"
         "\"arn:aws:kms:us-west-2:111122223333:key/k\"}]",
         check_kms},
        {"\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"userIdentity\":{\"type\":\"AWSAccount\","
         "\"principalId\":\"\",\"accountId\":\"anonymous\"}",
         check_anonymous},
        {"\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"PutObject\",\"userIdentity\":{\"type\":\"AWSService\","
         "\"invokedBy\":\"s3.amazonaws.com\"},\"resources\":[{\"type\":\"AWS::S3::Object\",\"ARN\":"
         "\"arn:aws:s3:::b/x/y.csv\"}]",
         check_service},
        {"\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"GetObject\",\"errorCode\":\"VpceAccessDenied\","
         "\"eventType\":\"AwsVpceEvent\",\"vpcEndpointAccountId\":\"111122223333\"",
         check_endpoint},
    };
    char text[2048];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s;
        memset(&s, 0, sizeof s);
        s.check = cases[i].check;
        snprintf(text, sizeof text, "{\"eventTime\":\"2026-11-20T10:05:00Z\",%s}", cases[i].more);
        read_view(&s, w403_view_of(text));
        assert_int_equal(s.records, 1);
    }
}

static void test_shapes(void **state)
{
    (void)state;
    expect_names("{\"Records\":[" SMALL("A", "") "," SMALL("B", DENIED) "]}", "A B ", 0);
    expect_names("{\"Records\":[]}", "", 0);
    expect_names("\xEF\xBB\xBF { \"Records\" : [\r\n " SMALL("A", "") " ,\n" SMALL("B", "") " \n] , \"z\": 1 }\n",
                 "A B ", 0);
    expect_names(SMALL("A", "") "\n" SMALL("B", "") "\r\n\n" SMALL("C", ""), "A B C ", 0);
    expect_names("[" SMALL("A", "") "," SMALL("B", "") "]", "A B ", 0);
    /* two members of a gzip, two files in one pipe, all shapes after one another */
    expect_names("{\"Records\":[" SMALL("A", "") "]}{\"Records\":[" SMALL("B", "") "]}\n" SMALL("C", "") "[" SMALL(
                     "D", "") "]",
                 "A B C D ", 0);
    expect_names("{\"NextToken\":\"x\",\"Events\":[{\"EventId\":\"1\",\"EventName\":\"A\",\"CloudTrailEvent\":"
                 "\"{\\\"eventName\\\":\\\"A\\\",\\\"eventTime\\\":\\\"2026-11-20T10:05:00Z\\\",\\\"k\\\":"
                 "\\\"\\\\\\\"}\\\"}\"}]}",
                 "A ", 0);
    expect_names("{\"EventId\":\"1\",\"CloudTrailEvent\":\"{\\\"eventName\\\":\\\"A\\\",\\\"eventTime\\\":"
                 "\\\"2026-11-20T10:05:00Z\\\"}\"}",
                 "A ", 0);
    expect_names("{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":" SMALL("A", "") "}",
                 "A ", 0);
    expect_names(
        "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":\"{\\\"eventName\\\":\\\"A\\\","
        "\\\"eventTime\\\":\\\"2026-11-20T10:05:00Z\\\"}\"}]}",
        "A ", 0);
    /* escaped and repeated names are for the parser */
    expect_names("{\"eventTime\":\"2026-11-20T10:05:00Z\",\"\\u0065ventName\":\"A\"}", "A ", 0);
    expect_names(SMALL("A", ",\"eventName\":\"B\"") "\n" SMALL("C", ""), "C ", 1);
}

static void test_left_out(void **state)
{
    (void)state;
    seen s = read_text("{\"Records\":[" SMALL("A", ",\"eventType\":\"AwsCloudTrailInsight\"") "," SMALL(
        "B", ",\"eventCategory\":\"Insight\"") "," SMALL("C", "") "]}");
    assert_string_equal(s.names, "C ");
    assert_int_equal(s.stats.insights, 2);
    s = read_text("{\"awsAccountId\":\"1\",\"digestStartTime\":\"x\",\"logFiles\":[{\"s3Object\":\"o\"}]}");
    assert_int_equal(s.stats.files_skipped, 1);
    assert_int_equal(s.stats.files_foreign, 0);
    s = read_text("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\"}]}");
    assert_int_equal(s.stats.foreign, 1);
    assert_int_equal(s.stats.files_foreign, 1);
    assert_int_equal(s.stats.damaged, 0);
    s = read_text("");
    assert_int_equal(s.stats.files_foreign, 0);
    s = read_text("just\nsome text\n");
    assert_int_equal(s.stats.files_foreign, 1);
    assert_string_equal(s.first_damage, "t.json: not a log: neither access log lines nor CloudTrail JSON");
}

/* Only what is asked for is parsed; the rest is counted. */
static void test_want(void **state)
{
    seen s;

    (void)state;
    memset(&s, 0, sizeof s);
    s.only_denied = true;
    read_view(&s, W403_LIT("{\"Records\":[" SMALL("A", "") "," SMALL("B", DENIED) "," SMALL(
                      "C", ",\"errorCode\":null") "," SMALL("D", ",\"m\":\"\\\"errorCode\\\":\\\"x\\\"\"") "]}"));
    assert_string_equal(s.names, "B ");
    assert_int_equal(s.stats.events, 4);
    assert_int_equal(s.stats.wanted, 1);
    assert_int_equal(s.asked, 5); /* the wanted one twice: by its glance, and as it was parsed */
}

static void test_damage(void **state)
{
    (void)state;
    /* one event, one count; its neighbours are there */
    expect_names("{\"Records\":[" SMALL("A", "") "," SMALL("B", ",\"u\":tru") "," SMALL("C", "") "]}", "A C ", 1);
    expect_names("{\"Records\":[" SMALL("A", "") "," SMALL("B", "}") "," SMALL("C", "") "]}", "A B C ", 1);
    expect_names("{\"Records\":[" SMALL("A", "") "," SMALL("B", ",\"q\":{") "," SMALL("C", "") "]}", "A C ", 1);
    expect_names(
        "{\"Records\":[" SMALL("A", "") "," SMALL("B", ",\"q\":\"x") "," SMALL("C", "") "," SMALL("D", "") "]}",
        "A C D ", 1);
    expect_names(
        "{\"Records\":[" SMALL("A", "") "," SMALL("B", ",\"q\":x\"") "," SMALL("C", "") "," SMALL("D", "") "]}",
        "A C D ", 1);
    expect_names("{\"Records\":[" SMALL("A", "") SMALL("B", "") "," SMALL("C", "") "]}", "A B C ", 1);
    expect_names("{\"Records\":[" SMALL("A", "") "," SMALL("B", "") ",,]}", "A B ", 1);
    /* truncated */
    expect_names("{\"Records\":[" SMALL("A", "") ",{\"eventVersion\":\"1.0\",\"eventName\":\"B", "A ", 1);
    expect_names("{\"Records\":[" SMALL("A", ""), "A ", 1);
    expect_names("{\"Records\":[" SMALL("A", "") ",{\"eventVersion\":\"1.0\""
                                                 "{\"Records\":[" SMALL("C", "") "]}",
                 "A C ", 1);
    /* lines */
    expect_names(SMALL("A", "") "\n{\"eventVersion\":\"x\n" SMALL("C", "") "\n", "A C ", 1);
    expect_names(SMALL("A", "") "\n{\"eventVersion\":\"x\"\n" SMALL("C", "") "\n", "A C ", 1);
    expect_names(SMALL("A", "") "\n" SMALL("B", "") "}}\n" SMALL("C", "") "\n", "A B C ", 1);
    expect_names(SMALL("A", "") "\ngarbage\n" SMALL("C", "") "\nNov 22 host trail: " SMALL("D", "") "\n", "A C D ",
                 1);
    expect_names("}\n" SMALL("A", "") "\n", "A ", 1);
    expect_names("{\"eventTime\":\"no time\",\"eventName\":\"A\"}\n" SMALL("B", "") "\n", "B ", 1);
    /* invalid UTF-8 */
    expect_names(SMALL("A", ",\"u\":\"\xff\"") "\n" SMALL("B", "") "\n", "B ", 1);
}

static void test_damage_is_placed(void **state)
{
    (void)state;
    seen s = read_text(SMALL("A", "") "\n"
                                      "{\"eventName\":\"A\",}\n");
    assert_int_equal(s.damage, 1);
    assert_true(memcmp(s.first_damage, "t.json: ", 8) == 0);
    assert_int_equal(s.damage_offset, strlen(SMALL("A", "")) + 1 + strlen("{\"eventName\":\"A\",") - 1);
}

/* At the limit and one beyond; what follows is read either way. */
static void test_limit(void **state)
{
    const char *head =
        "{\"eventVersion\":\"1\",\"eventTime\":\"2026-11-20T10:05:00Z\",\"eventName\":\"A\",\"pad\":\"";
    const char *tail = "\"}\n" SMALL("B", "") "\n";

    (void)state;
    for (unsigned over = 0; over < 2; over++) {
        w403_buf b = {0};
        w403_buf_puts(&b, head);
        while (b.n < W403_LIMIT_LOG_EVENT + over - 2) {
            w403_buf_putc(&b, 'x');
        }
        w403_buf_puts(&b, tail);
        assert_true(w403_buf_ok(&b));
        seen s;
        memset(&s, 0, sizeof s);
        read_view(&s, w403_buf_view(&b));
        assert_string_equal(s.names, over ? "B " : "A B ");
        assert_int_equal(s.damage, over);
        w403_buf_free(&b);
    }
}

static void test_long_lines(void **state)
{
    const char *line =
        "o b [06/Feb/2019:00:00:38 +0000] - - R REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 1 1 1 \"-\" \"";

    (void)state;
    for (unsigned over = 0; over < 2; over++) {
        w403_buf b = {0};
        w403_buf_puts(&b, line);
        while (b.n < W403_LIMIT_LOG_LINE + over - 5) {
            w403_buf_putc(&b, 'x');
        }
        w403_buf_puts(&b, "\" - h\r\n");
        w403_buf_puts(&b, line);
        w403_buf_puts(&b, "\" - h"); /* no line end */
        seen s;
        memset(&s, 0, sizeof s);
        read_view(&s, w403_buf_view(&b));
        assert_int_equal(s.records, over ? 1 : 2);
        assert_int_equal(s.damage, over);
        w403_buf_free(&b);
    }
}

/* Lines and JSON in one stream. */
static void test_mixed(void **state)
{
#define LINE(op) "o b [06/Feb/2019:00:00:38 +0000] - - R " op " k \"GET /k HTTP/1.1\" 403 - 1 1 1 1 \"-\" \"-\" - h\n"
    (void)state;
    expect_names(LINE("L1")
                     SMALL("A", "") "\n" LINE("L2") "\n" LINE("L3") "{\"Records\":[" SMALL("B", "") "]}\n" LINE("L4"),
                 "L1 A L2 L3 B L4 ", 0);
    expect_names(LINE("L1") "bad line\n" LINE("L2"), "L1 L2 ", 1);
    expect_names(
        "{\"bucket_name\":\"b\",\"request_time\":\"2026-11-20T10:05:00.123Z\",\"operation\":\"J1\"}\n" LINE("L1"),
        "J1 L1 ", 0);
}

/* The blocks read byte by byte: what every kernel must find. */
static void read_slowly(const char *p, size_t n, bool *in_string, bool *escape, bool *closed, w403_block *out)
{
    for (size_t k = 0; k < n; k++) {
        out[k] = (w403_block){0};
        for (unsigned i = 0; i < 64; i++) {
            char     c = p[64 * k + i], next = i < 63 ? p[64 * k + i + 1] : 'e';
            uint64_t bit = (uint64_t)1 << i;
            bool     quote = c == '"' && !*escape, inside = quote ? !*in_string : *in_string;
            out[k].broken |= (*closed && c == 'e') || (c == '\n' && inside) ? bit : 0;
            out[k].names |= quote && inside && next == 'e' ? bit : 0;
            out[k].open |= (c == '{' || c == '[') && !inside ? bit : 0;
            out[k].close |= (c == '}' || c == ']') && !inside ? bit : 0;
            out[k].n_open = (uint8_t)__builtin_popcountll(out[k].open);
            out[k].n_close = (uint8_t)__builtin_popcountll(out[k].close);
            out[k].backslash |= c == '\\';
            *closed = quote && !inside;
            *escape = c == '\\' && !*escape;
            *in_string = inside;
        }
    }
}

/* All kernels see the same, whatever went before, in one go or in several. */
static void test_block(void **state)
{
    enum { BLOCKS = 5 };
    const char alphabet[] = "\"\"\\\n{}[]e:, \xdb\xfb\x5b\x3b";
    const char calm[] = "\"e{}[]:, abc";
    char       p[64 * BLOCKS];
    uint32_t   seed = 7;

    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        const char *from = round % 2 ? calm : alphabet;
        for (size_t i = 0; i < sizeof p; i++) {
            seed = seed * 1664525u + 1013904223u;
            p[i] = from[(seed >> 16) % strlen(from)];
        }
        bool       in_string = round & 1, escape = round & 2, closed = !in_string && (round & 4);
        w403_block slow[BLOCKS], fast[BLOCKS];
        w403_block_state begin = {.in_string = (uint64_t)0 - in_string, .escape = escape, .closed = closed};
        read_slowly(p, BLOCKS, &in_string, &escape, &closed, slow);
        for (w403_block_kernel k = W403_BLOCK_PLAIN; k <= W403_BLOCK_AVX512; k++) {
            w403_block_state s = begin;
            memset(fast, 0, sizeof fast);
            s.kernel = k;
            w403_blocks_read(&s, p, 2, fast);
            w403_blocks_read(&s, p + 128, BLOCKS - 2, fast + 2);
            for (int i = 0; i < BLOCKS; i++) {
                assert_true(fast[i].open == slow[i].open && fast[i].close == slow[i].close);
                assert_true(fast[i].names == slow[i].names && fast[i].broken == slow[i].broken);
                assert_int_equal(fast[i].n_open, slow[i].n_open);
                assert_int_equal(fast[i].n_close, slow[i].n_close);
                assert_int_equal(fast[i].backslash, slow[i].backslash);
            }
            assert_true(s.in_string == (uint64_t)0 - in_string && s.escape == escape && s.closed == closed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_want),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_damage_is_placed),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_block),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
