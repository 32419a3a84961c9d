/* The generator of tests/bench/world.h. */
#include "world.h"

#include "measure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERS      64
#define PER_POLICY 50

typedef struct text {
    char *p;
    size_t n, cap;
    bool failed;
} text;

static void put(text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(text *t, const char *fmt, ...)
{
    va_list ap;
    for (int tries = 0; tries < 2 && !t->failed; tries++) {
        va_start(ap, fmt);
        int n = vsnprintf(t->p + t->n, t->cap - t->n, fmt, ap);
        va_end(ap);
        if (n >= 0 && t->n + (size_t)n < t->cap) {
            t->n += (size_t)n;
            return;
        }
        size_t cap = t->cap * 2 + (n > 0 ? (size_t)n : 0) + 1024;
        char *p = realloc(t->p, cap);
        t->failed = p == NULL;
        t->p = p ? p : t->p;
        t->cap = p ? cap : t->cap;
    }
}

static unsigned pick(uint64_t *seed, unsigned n)
{
    return (unsigned)(next(seed) % n);
}

static const char *const actions[] = {"s3:GetObject",    "s3:PutObject",     "s3:DeleteObject",
                                      "s3:GetObjectAcl", "s3:PutObjectAcl",  "s3:GetObjectTagging",
                                      "s3:Get*",         "s3:Put*",          "s3:GetObjectVersion",
                                      "s3:*Object",      "s3:RestoreObject", "s3:AbortMultipartUpload"};
#define ASKED 6 /* the first of them are what requests ask for */

static void resource(text *t, uint64_t *seed, unsigned i)
{
    unsigned kind = pick(seed, 100);
    unsigned team = i % 40, part = i;
    if (kind < 65) {
        put(t, "arn:aws:s3:::bench-bucket/team-%u/part-%u/*", team, part);
    } else if (kind < 80) {
        put(t, "arn:aws:s3:::bench-bucket/team-%u/part-%u/file-%u.csv", team, part, pick(seed, 50));
    } else if (kind < 93) {
        put(t, "arn:aws:s3:::bench-bucket/team-%u/*/2026/*.parquet", team);
    } else {
        put(t, "arn:aws:s3:::bench-bucket/*/private-%u/*", pick(seed, 100));
    }
}

static void condition(text *t, uint64_t *seed)
{
    switch (pick(seed, 10)) {
    case 0:
        put(t, ",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":\"true\"}}");
        break;
    case 1:
        put(t, ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"203.0.%u.0/24\"}}", pick(seed, 200));
        break;
    case 2:
        put(t, ",\"Condition\":{\"StringLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::111122223333:user/u%u*\"}}",
            pick(seed, 7));
        break;
    case 3:
        put(t, ",\"Condition\":{\"StringEquals\":{\"aws:PrincipalTag/team\":\"t%u\"}}", pick(seed, 8));
        break;
    default:
        break;
    }
}

static void statement(text *t, uint64_t *seed, unsigned i, bool deny, const char *principal)
{
    put(t, "{\"Sid\":\"s%u\",\"Effect\":\"%s\",%s\"Action\":[\"%s\",\"%s\"],\"Resource\":\"", i,
        deny ? "Deny" : "Allow", principal, actions[pick(seed, 12)], actions[pick(seed, 12)]);
    resource(t, seed, i);
    put(t, "\"");
    condition(t, seed);
    put(t, "}");
}

static void document(text *t, uint64_t *seed, unsigned from, unsigned to, const char *principal)
{
    put(t, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (unsigned i = from; i < to; i++) {
        put(t, "%s", i > from ? "," : "");
        statement(t, seed, i, pick(seed, 20) == 0, principal);
    }
    put(t, "]}");
}

static void user(text *t, unsigned u, unsigned policies)
{
    put(t,
        "%s{\"Path\":\"/"
        "\",\"UserName\":\"u%u\",\"UserId\":\"AIDAEXAMPLE%u\",\"Arn\":\"arn:aws:iam::111122223333:user/u%u\","
        "\"Tags\":[{\"Key\":\"team\",\"Value\":\"t%u\"}],\"UserPolicyList\":[],\"GroupList\":[],"
        "\"AttachedManagedPolicies\":[",
        u ? "," : "", u, u, u, u % 8);
    for (unsigned p = 0; p < policies; p++) {
        put(t, "%s{\"PolicyName\":\"p%u\",\"PolicyArn\":\"arn:aws:iam::111122223333:policy/p%u\"}", p ? "," : "", p,
            p);
    }
    put(t, "]}");
}

static void snapshot(text *t, unsigned statements, uint64_t *seed)
{
    unsigned in_bucket = statements / 5, in_identity = statements - in_bucket;
    unsigned policies = (in_identity + PER_POLICY - 1) / PER_POLICY;
    put(t, "{\"accounts/111122223333/account.json\":{\"CanonicalId\":\"%064d\"},", 1);
    put(t, "\"accounts/111122223333/iam/authorization-details.json\":{\"UserDetailList\":[");
    for (unsigned u = 0; u < USERS; u++) {
        user(t, u, policies);
    }
    put(t, "],\"GroupDetailList\":[],\"RoleDetailList\":[],\"Policies\":[");
    for (unsigned p = 0; p < policies; p++) {
        unsigned from = p * PER_POLICY, to = from + PER_POLICY < in_identity ? from + PER_POLICY : in_identity;
        put(t,
            "%s{\"PolicyName\":\"p%u\",\"Arn\":\"arn:aws:iam::111122223333:policy/p%u\",\"DefaultVersionId\":\"v1\","
            "\"PolicyVersionList\":[{\"VersionId\":\"v1\",\"IsDefaultVersion\":true,\"Document\":",
            p ? "," : "", p, p);
        document(t, seed, from, to, "");
        put(t, "}]}");
    }
    put(t, "]},\"accounts/111122223333/s3/bench-bucket/location.json\":{\"LocationConstraint\":null},"
           "\"accounts/111122223333/s3/bench-bucket/ownership-controls.json\":{\"OwnershipControls\":{\"Rules\":[{"
           "\"ObjectOwnership\":\"BucketOwnerEnforced\"}]}},\"accounts/111122223333/s3/bench-bucket/policy.json\":");
    if (in_bucket) {
        document(t, seed, in_identity, statements, "\"Principal\":\"*\",");
    } else {
        put(t, "{\"error\":{\"code\":\"NoSuchBucketPolicy\"}}");
    }
    put(t, "}");
}

#define SLOT 256

static w403_view slot(char *pool, size_t *used, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static w403_view slot(char *pool, size_t *used, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(pool + *used, SLOT, fmt, ap);
    va_end(ap);
    w403_view v = {pool + *used, n > 0 ? (size_t)n : 0};
    *used += SLOT;
    return v;
}

static void request(w403_request *r, char *pool, size_t *used, unsigned statements, uint64_t *seed)
{
    w403_request_init(r);
    unsigned part = pick(seed, statements);
    r->action = slot(pool, used, "%s", actions[pick(seed, ASKED)]);
    r->principal = slot(pool, used, "arn:aws:iam::111122223333:user/u%u", pick(seed, USERS));
    r->resource = slot(pool, used, "arn:aws:s3:::bench-bucket/team-%u/part-%u/file-%u.%s", part % 40, part,
                       pick(seed, 50), pick(seed, 3) ? "csv" : "parquet");
    r->from = slot(pool, used, "203.0.%u.9", pick(seed, 200));
    r->at = (w403_view){"2026-11-21T10:00:00Z", 20};
}

bool bench_world_make(bench_world *w, unsigned statements, unsigned requests, uint64_t seed)
{
    text t = {0};
    size_t used = 0;
    *w = (bench_world){0};
    snapshot(&t, statements, &seed);
    w->requests = calloc(requests, sizeof *w->requests);
    w->pool = calloc(requests, (size_t)SLOT * 4);
    w->text = t.p;
    w->n_text = t.n;
    if (t.failed || !w->requests || !w->pool) {
        bench_world_free(w);
        return false;
    }
    for (unsigned i = 0; i < requests; i++) {
        request(&w->requests[i], w->pool, &used, statements, &seed);
    }
    w->n_requests = requests;
    return true;
}

void bench_world_free(bench_world *w)
{
    free(w->text);
    free(w->requests);
    free(w->pool);
    *w = (bench_world){0};
}
