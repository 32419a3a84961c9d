/* Helpers of the tests of surveys and replays: logs written to a folder of their own, events and lines with the fields
 * that count. */
#ifndef W403_TEST_LOGS_SURVEY_H
#define W403_TEST_LOGS_SURVEY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "logs/replay.h"
#include "logs/survey.h"

#define ACCOUNT "111122223333"
#define OWNER   "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

typedef struct logs {
    char        root[32];
    unsigned    files;
    w403_arena *a;
} logs;

static inline void logs_open(logs *l)
{
    snprintf(l->root, sizeof l->root, "/tmp/w403-survey-XXXXXX");
    assert_non_null(mkdtemp(l->root));
    l->files = 0;
    l->a = w403_arena_new(0);
    assert_non_null(l->a);
}

static inline void logs_close(logs *l)
{
    for (unsigned i = 0; i < l->files; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%u", l->root, i);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(l->root), 0);
    w403_arena_free(l->a);
}

static inline void logs_put(logs *l, w403_view text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%u", l->root, l->files++);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    assert_int_equal(fclose(f), 0);
}

/* One event; `identity` and `more` are JSON, `more` with a leading comma. */
static inline void put_event(w403_buf *b, const char *time, const char *source, const char *name,
                             const char *identity, const char *request, const char *more)
{
    static unsigned n;
    n++;
    w403_buf_printf(b, "%s{\"eventVersion\":\"1.11\",\"userIdentity\":%s,\"eventTime\":\"%s\",\"eventSource\":\"%s\","
                       "\"eventName\":\"%s\",\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"203.0.113.9\","
                       "\"requestParameters\":%s,\"responseElements\":null,\"requestID\":\"R%u\",\"eventID\":\"e-%u\","
                       "\"eventType\":\"AwsApiCall\",\"recipientAccountId\":\"" ACCOUNT "\",\"eventCategory\":\"Data\"%s}",
                    b->n ? ",\n" : "", identity, time, source, name, request, n, n, more);
}

/* The events of a buffer, as a file. */
static inline void logs_put_events(logs *l, w403_buf *b)
{
    w403_buf all = {0};
    w403_buf_puts(&all, "{\"Records\":[");
    w403_buf_put(&all, w403_buf_view(b));
    w403_buf_puts(&all, "]}\n");
    assert_true(w403_buf_ok(&all));
    logs_put(l, w403_buf_view(&all));
    w403_buf_free(&all);
    w403_buf_free(b);
}

#define USER(name)                                                                                                   \
    "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::" ACCOUNT ":user/" name "\",\"accountId\":\"" ACCOUNT              \
    "\",\"accessKeyId\":\"AKIA" name "\",\"userName\":\"" name "\"}"
#define OBJECT(bucket, key) "{\"bucketName\":\"" bucket "\",\"key\":\"" key "\"}"
#define DENIED(who, action, arn, why)                                                                                \
    ",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User: " who " is not authorized to perform: " action         \
    " on resource: \\\"" arn "\\\" " why "\""
#define ALICE "arn:aws:iam::" ACCOUNT ":user/alice"

/* An access log line. */
static inline void put_line(w403_buf *b, const char *time, const char *ip, const char *who, const char *id,
                            const char *operation, const char *key, const char *uri, int status, const char *code)
{
    w403_buf_printf(b, OWNER " data [%s +0000] %s %s %s %s %s \"%s HTTP/1.1\" %d %s 243 - 9 - \"-\" \"curl/8\" - HOST= "
                       "SigV4 TLS_AES_128_GCM_SHA256 %s data.s3.us-east-1.amazonaws.com TLSv1.3 - - us-east-1\n",
                    time, ip, who, id, operation, key, uri, status, code,
                    strstr(uri, "X-Amz-") ? "QueryString" : strcmp(who, "-") == 0 ? "-" : "AuthHeader");
}

static inline void survey_run(logs *l, const w403_survey_options *o, w403_survey *s)
{
    w403_paths          files = {0};
    w403_error          err = {0};
    const char         *root = l->root;
    w403_survey_options options = *o;
    options.threads = options.threads ? options.threads : 1;
    assert_int_equal(w403_log_find(l->a, NULL, &root, 1, &files, &err), W403_OK);
    w403_status status = w403_survey_run(&files, &options, s, &err);
    if (status != W403_OK) {
        print_error("%s\n", err.message);
    }
    assert_int_equal(status, W403_OK);
}

/* The group of a cause ("" for none) on an action; NULL: there is none. */
static inline const w403_cause_group *find_group(const w403_survey *s, const char *cause, const char *action)
{
    for (size_t i = 0; i < s->n_groups; i++) {
        const w403_cause_group *g = &s->groups[i];
        if (strcmp(g->cause ? g->cause : "", cause) == 0 && w403_view_eq(g->action, w403_view_of(action))) {
            return g;
        }
    }
    return NULL;
}

#define assert_view(view, text) assert_true(w403_view_eq((view), w403_view_of(text)))

/* A snapshot of one account with users alice (may read data) and bob (may not), and the given policy of bucket data. */
static inline w403_snapshot *make_snapshot(const char *bucket_policy)
{
    w403_buf       b = {0};
    w403_error     err = {0};
    w403_snapshot *s = NULL;
    w403_buf_printf(&b,
                    "{\"snapshot.json\":{\"format\":1,\"partition\":\"aws\"},"
                    "\"accounts/" ACCOUNT "/account.json\":{\"CanonicalId\":\"" OWNER "\"},"
                    "\"accounts/" ACCOUNT "/iam/authorization-details.json\":{\"UserDetailList\":["
                    "{\"UserName\":\"alice\",\"UserId\":\"AIDAALICE\",\"Path\":\"/\",\"Arn\":\"" ALICE "\",\"GroupList\":[],"
                    "\"AttachedManagedPolicies\":[],\"UserPolicyList\":[{\"PolicyName\":\"p\",\"PolicyDocument\":{\"Version\":"
                    "\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],"
                    "\"Resource\":\"arn:aws:s3:::data/*\"}]}}]},"
                    "{\"UserName\":\"bob\",\"UserId\":\"AIDABOB\",\"Path\":\"/\",\"Arn\":\"arn:aws:iam::" ACCOUNT ":user/bob\","
                    "\"GroupList\":[],\"AttachedManagedPolicies\":[],\"UserPolicyList\":[]}],"
                    "\"GroupDetailList\":[],\"RoleDetailList\":[],\"Policies\":[]},"
                    "\"accounts/" ACCOUNT "/s3/data/location.json\":{\"LocationConstraint\":null},"
                    "\"accounts/" ACCOUNT "/s3/data/policy.json\":%s}", bucket_policy);
    assert_true(w403_buf_ok(&b));
    w403_status status = w403_snapshot_parse(W403_LIT("snapshot"), w403_buf_view(&b), NULL, NULL, &s, &err);
    if (status != W403_OK) {
        print_error("%s\n", err.message);
    }
    assert_int_equal(status, W403_OK);
    w403_buf_free(&b);
    return s;
}

#define NO_POLICY "{\"error\":{\"code\":\"NoSuchBucketPolicy\"}}"
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":[" statements "]}"
#define DENY_SECRET                                                                                                  \
    "{\"Sid\":\"NoSecrets\",\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":"        \
    "\"arn:aws:s3:::data/secret/*\"}"
#define ALLOW_BOB                                                                                                    \
    "{\"Sid\":\"BobReads\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::" ACCOUNT                       \
    ":user/bob\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::data/*\"}"

#endif
