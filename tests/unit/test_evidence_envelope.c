/* evidence/envelope.h and row.h: whatever carries a record is opened, and says nothing that it does not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "evidence/envelope.h"
#include "evidence/row.h"
#include "evidence/row_text.h"

#define EVENT(n)                                                                                                      \
    "{\"eventVersion\":\"1.11\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"E" n                               \
    "\",\"eventTime\":\"2026-11-20T10:01:00Z\"}"
#define ESCAPED(n)                                                                                                    \
    "{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eventSource\\\":\\\"s3.amazonaws.com\\\",\\\"eventName\\\":\\\"E" n          \
    "\\\",\\\"eventTime\\\":\\\"2026-11-20T10:01:00Z\\\"}"
#define LINE                                                                                                          \
    "79a5 b [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - R REST.GET.OBJECT k \\\"GET /k HTTP/1.1\\\" 403 - 1 1 1 1 "          \
    "\\\"-\\\" \\\"a\\\" - h"

typedef struct tally {
    w403_arena *arena;
    char        events[200]; /* names in order */
    char        last[2000];  /* the last one as JSON */
    unsigned    access, lines, history, bare;
    char        what[300]; /* of the last that is no record */
} tally;

static w403_status on_found(void *user, const w403_carried *c, w403_error *err)
{
    tally *t = user;
    (void)err;
    t->lines += c->kind == W403_CARRIED_LINE;
    t->access += c->kind == W403_CARRIED_ACCESS;
    t->history += c->history;
    t->bare += c->bare;
    if (c->kind != W403_CARRIED_LINE) {
        w403_view name = w403_json_str(c->object, "eventName");
        size_t    n = strlen(t->events);
        snprintf(t->events + n, sizeof t->events - n, "%.*s ", W403_ARG(name));
        snprintf(t->last, sizeof t->last, "%.*s", (int)c->object->span.len, c->doc.text.p + c->object->span.off);
    }
    return W403_OK;
}

static void on_no_record(void *user, const w403_json_doc *doc, const w403_json *at, w403_view what)
{
    tally *t = user;
    (void)doc;
    (void)at;
    snprintf(t->what, sizeof t->what, "%.*s", W403_ARG(what));
}

static void on_damaged(void *user, const w403_json_doc *doc, const w403_json *at, const char *why)
{
    tally *t = user;
    (void)doc;
    (void)at;
    snprintf(t->what, sizeof t->what, "damaged: %s", why);
}

static bool is_line(w403_view line)
{
    return w403_view_starts(line, W403_LIT("79a5 "));
}

static w403_status open_text(w403_arena *a, const char *text, tally *t, w403_opened *opened)
{
    const w403_carrier to = {.user = t, .is_line = is_line, .found = on_found, .no_record = on_no_record, .damaged = on_damaged};
    w403_json_doc      doc;
    w403_error         err;
    *t = (tally){.arena = a};
    w403_status status = w403_json_parse(a, W403_LIT("t"), w403_view_of(text), NULL, &doc, NULL, &err);
    return status == W403_OK ? w403_envelope_open(a, &doc, doc.root, &to, opened, &err) : status;
}

static tally open_all(const char *text, w403_opened *opened)
{
    w403_arena *a = w403_arena_new(0);
    tally       t;
    w403_opened ignored;
    assert_non_null(a);
    if (open_text(a, text, &t, opened ? opened : &ignored) != W403_OK) {
        print_message("not opened: %s\n", text);
        fail();
    }
    w403_arena_free(a);
    return t;
}

static void expect_events(const char *text, const char *events)
{
    tally t = open_all(text, NULL);
    if (strcmp(t.events, events) != 0) {
        print_message("%s\nwant %s\ngot  %s (%s)\n", text, events, t.events, t.what);
        fail();
    }
}

static void test_envelopes(void **state)
{
    (void)state;
    expect_events(EVENT("1"), "E1 ");
    expect_events("{\"Records\":[" EVENT("1") "," EVENT("2") "]}", "E1 E2 ");
    expect_events("{\"detail-type\":\"x\",\"detail\":" EVENT("1") "}", "E1 ");
    expect_events("{\"Type\":\"Notification\",\"Message\":\"" ESCAPED("1") "\"}", "E1 ");
    expect_events("{\"Messages\":[{\"Body\":\"" ESCAPED("1") "\"},{\"Body\":\"" ESCAPED("2") "\"}]}", "E1 E2 ");
    expect_events("{\"Records\":[{\"Sns\":{\"Message\":\"" ESCAPED("1") "\"},\"EventSource\":\"aws:sns\"}]}", "E1 ");
    expect_events("{\"result\":{\"_raw\":\"" ESCAPED("1") "\",\"eventName\":\"Other\",\"eventSource\":\"s3.amazonaws.com\"}}", "E1 ");
    expect_events("{\"hits\":{\"hits\":[{\"_source\":{\"event\":{\"original\":\"" ESCAPED("1") "\"}}}]}}", "E1 ");
    expect_events("[{\"field\":\"@ptr\",\"value\":\"x\"},{\"field\":\"@message\",\"value\":\"" ESCAPED("1") "\"}]", "E1 ");
    expect_events("{\"Payload\":\"{\\\"detail\\\":" ESCAPED("1") "}\"}", "E1 ");
    expect_events("{\"log\":\"Nov 20 host app: " ESCAPED("1") "\"}", "E1 ");
    /* side by side it is one, in a list it is several */
    expect_events("{\"message\":\"" ESCAPED("1") "\",\"event\":{\"original\":\"" ESCAPED("1") "\"}}", "E1 ");
    expect_events("{\"a\":\"" ESCAPED("1") "\",\"b\":\"" ESCAPED("1") "\",\"c\":\"" ESCAPED("2") "\"}", "E1 E2 ");
    expect_events("[{\"a\":\"" ESCAPED("1") "\"},{\"a\":\"" ESCAPED("1") "\"}]", "E1 E1 ");
    tally t = open_all("{\"logEvents\":[{\"message\":\"" LINE "\"},{\"message\":\"" LINE "\\n" LINE "\"}]}", NULL);
    assert_int_equal(t.lines, 3);
    t = open_all("{\"EventId\":\"1\",\"CloudTrailEvent\":\"" ESCAPED("1") "\"}", NULL);
    assert_int_equal(t.history, 1);
    assert_int_equal(t.bare, 0);
    t = open_all(EVENT("1"), NULL);
    assert_int_equal(t.bare, 1);
    assert_int_equal(t.history, 0);
}

/* base64, gzip inside, and the same once more. */
static void base64_of(const uint8_t *p, size_t n, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0u);
        *out++ = letters[v >> 18 & 63];
        *out++ = letters[v >> 12 & 63];
        *out++ = i + 1 < n ? letters[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? letters[v & 63] : '=';
    }
    *out = '\0';
}

static size_t gzip_of(const char *text, uint8_t *out, size_t room)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static void test_packed(void **state)
{
    static const char event[] = EVENT("1"), many[] = "{\"logEvents\":[{\"message\":\"" ESCAPED("1") "\"}]}";
    char    coded[2000], text[3000];
    uint8_t packed[1000];
    (void)state;
    base64_of((const uint8_t *)event, sizeof event - 1, coded);
    snprintf(text, sizeof text, "{\"Records\":[{\"kinesis\":{\"data\":\"%s\"}}]}", coded);
    expect_events(text, "E1 ");
    size_t n = gzip_of(many, packed, sizeof packed);
    base64_of(packed, n, coded);
    snprintf(text, sizeof text, "{\"awslogs\":{\"data\":\"%s\"}}", coded);
    expect_events(text, "E1 ");
    base64_of(packed, n - 6, coded);
    snprintf(text, sizeof text, "{\"awslogs\":{\"data\":\"%s\"}}", coded);
    assert_string_equal(open_all(text, NULL).what, "damaged: gzip data is cut off");
}

/* What is no record is named, once; an empty answer is none. */
static void test_no_record(void **state)
{
    static const struct {
        const char *text, *what;
    } texts[] = {
        {"{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\"}]}", "a record of `aws:s3`"},
        {"{\"eventSource\":\"aws:dynamodb\",\"eventName\":\"INSERT\"}", "a record of `aws:dynamodb`"},
        {"{\"a\":1,\"b\":{\"c\":2}}", "an object with `a`, `b`"},
        {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", "an object with `a`, `b`, `c` and more"},
        {"{}", "an empty object"},
        {"{\"Version\":\"2012-10-17\",\"Statement\":[]}", "a policy document"},
        {"{\"class_uid\":3002,\"category_uid\":3}", "an OCSF event of another class than API Activity; Amazon Security Lake keeps "
                                                   "CloudTrail as class 6003, API Activity"},
        {"{\"message\":\"{\\\"eventVersion\\\":\\\"1.11\\\",\\\"eventName\\\":\\\"X\"}", "damaged: "},
        {"[" EVENT("1") ",{\"x\":1}," EVENT("2") "]", "an object with `x`"},
    };
    static const char *const empty[] = {"[]", "{\"Events\":[]}", "{\"Records\":[]}", "{\"results\":[],\"status\":\"Complete\"}",
                                        "{\"hits\":{\"total\":0,\"hits\":[]}}",
                                        "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"eventname\"}]}]}}"};
    w403_opened opened;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tally t = open_all(texts[i].text, &opened);
        if (strncmp(t.what, texts[i].what, strlen(texts[i].what)) != 0) {
            print_message("%s\nwant %s\ngot  %s\n", texts[i].text, texts[i].what, t.what);
            fail();
        }
        assert_int_equal(opened.no_record + opened.damaged, 1);
        assert_false(opened.empty);
    }
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        (void)open_all(empty[i], &opened);
        assert_true(opened.empty);
        assert_int_equal(opened.no_record + opened.found, 0);
    }
}

static void expect_row(const char *text, const char *json)
{
    tally t = open_all(text, NULL);
    if (strcmp(t.last, json) != 0) {
        print_message("%s\nwant %s\ngot  %s (%s)\n", text, json, t.last, t.what);
        fail();
    }
}

static void test_rows(void **state)
{
    (void)state;
    /* Athena */
    expect_row("{\"eventname\":\"GetObject\",\"eventsource\":\"s3.amazonaws.com\",\"eventtime\":\"2026-11-20 10:01:00.000 UTC\","
               "\"useridentity\":\"{type=IAMUser, arn=arn:aws:iam::111122223333:user/a, sessioncontext={attributes={mfaauthenticated=false}, "
               "sessionissuer=null}}\",\"requestparameters\":\"{\\\"bucketName\\\":\\\"b\\\",\\\"key\\\":\\\"k\\\",\\\"x-amz-acl\\\":\\\"private\\\"}\","
               "\"resources\":\"[{arn=arn:aws:s3:::b/k, accountid=111122223333, type=AWS::S3::Object}, {arn=arn:aws:s3:::b, accountid=1, "
               "type=AWS::S3::Bucket}]\",\"errorcode\":\"\",\"readonly\":\"true\"}",
               "{\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\",\"eventTime\":\"2026-11-20T10:01:00Z\",\"userIdentity\":"
               "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/a\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":"
               "\"false\"}}},\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"k\",\"x-amz-acl\":\"private\"},\"resources\":[{\"ARN\":"
               "\"arn:aws:s3:::b/k\",\"accountId\":\"111122223333\",\"type\":\"AWS::S3::Object\"},{\"ARN\":\"arn:aws:s3:::b\",\"accountId\":\"1\","
               "\"type\":\"AWS::S3::Bucket\"}],\"readOnly\":true}");
    /* CloudTrail Lake, and names with dots */
    expect_row("[{\"eventName\":\"GetObject\"},{\"eventSource\":\"s3.amazonaws.com\"},{\"requestParameters\":\"{bucketName=b, key=a, b=c}\"}]",
               "{\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\",\"requestParameters\":{\"bucketName\":\"b\",\"key\":\"a\",\"b\":\"c\"}}");
    expect_row("{\"eventName\":\"GetObject\",\"eventTime\":\"1795168860000\",\"userIdentity.arn\":\"arn:aws:iam::1:user/a\","
               "\"requestParameters.bucketName\":\"b\",\"requestParameters.x-amz-acl\":\"private\",\"resources.0.ARN\":\"arn:aws:s3:::b\"}",
               "{\"eventName\":\"GetObject\",\"eventTime\":\"2026-11-20T10:01:00Z\",\"userIdentity\":{\"arn\":\"arn:aws:iam::1:user/a\"},"
               "\"requestParameters\":{\"bucketName\":\"b\",\"x-amz-acl\":\"private\"},\"resources\":[{\"ARN\":\"arn:aws:s3:::b\"}],"
               "\"eventSource\":\"s3.amazonaws.com\"}");
    /* the console's event history */
    expect_row("{\"User name\":\"alice\",\"Event name\":\"PutBucketPolicy\",\"Event time\":\"November 20, 2026, 10:01:00 (UTC+01:00)\","
               "\"Resource type\":\"AWS::S3::Bucket\",\"Resource name\":\"b\"}",
               "{\"userIdentity\":{\"userName\":\"alice\"},\"eventName\":\"PutBucketPolicy\",\"eventTime\":\"2026-11-20T09:01:00Z\",\"resources\":"
               "[{\"type\":\"AWS::S3::Bucket\",\"name\":\"b\",\"ARN\":\"arn:aws:s3:::b\"}],\"eventSource\":\"s3.amazonaws.com\"}");
    /* Athena's JSON */
    expect_row("{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"eventname\"},{\"VarCharValue\":\"errorcode\"}]},"
               "{\"Data\":[{\"VarCharValue\":\"GetObject\"},{}]}]}}",
               "{\"eventName\":\"GetObject\"}");
    /* access logs */
    expect_row("{\"bucket_name\":\"b\",\"requestdatetime\":\"06/Feb/2024:00:00:38 +0000\",\"operation\":\"REST.GET.OBJECT\",\"key\":\"a%2520b\","
               "\"request_uri\":\"\\\"GET /k HTTP/1.1\\\"\",\"httpstatus\":\"403\",\"errorcode\":\"-\"}",
               "{\"bucket_name\":\"b\",\"request_time\":\"06/Feb/2024:00:00:38 +0000\",\"operation\":\"REST.GET.OBJECT\",\"key_name\":\"a%2520b\","
               "\"request_uri\":\"GET /k HTTP/1.1\",\"http_status\":\"403\",\"error_code\":\"-\"}");
    /* OCSF */
    expect_row("{\"class_uid\":6003,\"time\":1795168860000,\"api\":{\"operation\":\"GetObject\",\"service\":{\"name\":\"s3.amazonaws.com\"}},"
               "\"actor\":{\"user\":{\"uid\":\"AIDAX\",\"type\":\"IAMUser\"}},\"unmapped\":{\"recipientAccountId\":\"111122223333\"}}",
               "{\"eventTime\":\"2026-11-20T10:01:00Z\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\",\"userIdentity\":"
               "{\"type\":\"IAMUser\",\"principalId\":\"AIDAX\"},\"recipientAccountId\":\"111122223333\"}");
    /* host names that became links */
    expect_row("{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"[s3.amazonaws.com](http://s3.amazonaws.com/)\","
               "\"key\":\"[not](a link)\"}",
               "{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\",\"key\":\"[not](a link)\"}");
    expect_row("{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com<http://s3.amazonaws.com/>\"}",
               "{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\"}");
    expect_row("{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"<http://s3.amazonaws.com|s3.amazonaws.com>\"}",
               "{\"eventVersion\":\"1.11\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\"}");
}

static void test_struct(void **state)
{
    static const char *const texts[][2] = {
        {"{a=b, c={d=e, f=[x, y]}}", "{\"a\":\"b\",\"c\":{\"d\":\"e\",\"f\":[\"x\",\"y\"]}}"},
        {"{a=null, b=, c=x}", "{\"b\":\"\",\"c\":\"x\"}"},
        {"{k=a, b}", "{\"k\":\"a, b\"}"},
        {"{k=a}b}", "{\"k\":\"a}b\"}"},
        {"{p={\"Version\":\"x\"}, q=1}", "{\"p\":{\"Version\":\"x\"},\"q\":\"1\"}"},
        {"{\"a\":1}", "{\"a\":1}"},
        {"[{a=b}, {a=c}]", "[{\"a\":\"b\"},{\"a\":\"c\"}]"},
        {"{}", "{}"},
        {"{x}", NULL},
        {"{a=b", NULL},
        {"plain", NULL},
        {"{a=1, a=2}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_arena   *a = w403_arena_new(0);
        w403_json_doc doc;
        assert_int_equal(w403_row_struct(a, W403_LIT("t"), w403_view_of(texts[i][0]), &doc, NULL), W403_OK);
        if (texts[i][1] ? !doc.root || !w403_view_eq(doc.text, w403_view_of(texts[i][1])) : doc.root != NULL) {
            print_message("%s\nwant %s\ngot  %.*s\n", texts[i][0], texts[i][1] ? texts[i][1] : "nothing", W403_CUT(doc.text));
            fail();
        }
        w403_arena_free(a);
    }
}

/* Texts in texts, brackets without end: bounded. */
static void test_bounds(void **state)
{
    enum { N = 120 };
    char   deep[3 * N + 1];
    size_t n = 0;
    (void)state;
    for (int i = 0; i < N; i++) {
        deep[n++] = '[';
    }
    for (int i = 0; i < N; i++) {
        deep[n++] = ']';
    }
    deep[n] = '\0';
    (void)open_all(deep, NULL);
    n = 0;
    for (int i = 0; i < N; i++) {
        deep[n++] = i % 2 ? '{' : '[';
    }
    deep[n] = '\0';
    w403_arena   *a = w403_arena_new(0);
    w403_json_doc doc;
    assert_int_equal(w403_row_struct(a, W403_LIT("t"), w403_view_of(deep), &doc, NULL), W403_OK);
    w403_arena_free(a);
}

/* Whichever allocation fails: W403_NOMEM, and never a record that is lost in silence. */
static void test_memory(void **state)
{
    static const char *const texts[] = {
        "{\"Messages\":[{\"Body\":\"" ESCAPED("1") "\"},{\"x\":1}]}",
        "{\"eventname\":\"GetObject\",\"eventsource\":\"s3.amazonaws.com\",\"useridentity\":\"{type=IAMUser, arn=x}\"}",
        "[{\"field\":\"@message\",\"value\":\"" ESCAPED("1") "\"},{\"field\":\"@ptr\",\"value\":\"x\"}]",
        "{\"eventVersion\":\"1.11\",\"eventName\":\"G\",\"eventSource\":\"[s3.amazonaws.com](http://s3.amazonaws.com/)\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        w403_status status = W403_NOMEM;
        for (uint64_t n = 1; status == W403_NOMEM && n < 2000; n++) {
            tally       t;
            w403_opened opened = {0};
            w403_malloc_fail_after(n);
            w403_arena *a = w403_arena_new(0);
            status = a ? open_text(a, texts[i], &t, &opened) : W403_NOMEM;
            w403_malloc_fail_after(0);
            w403_arena_free(a);
            assert_true(status == W403_NOMEM || opened.found == 1);
        }
        assert_int_equal(status, W403_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_envelopes), cmocka_unit_test(test_packed), cmocka_unit_test(test_no_record),
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_struct), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
