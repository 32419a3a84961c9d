/* inventory/sweep.h: row for row, what the sweep says is what deciding that object alone says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/encode.h"
#include "base/time.h"
#include "inventory/sweep.h"

#define OWN    "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
#define OTHER  "c1daf1b7b5aa85feacc2d8a3a4b0f7f1c2f54b1e7cf0430f33d72579fd1611c9"
#define KEY    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define BUCKET "accounts/111122223333/s3/source/"
#define ROWS   10000 /* of each of the ten questions */

/* Policies that look at keys by prefix, suffix, middle and exactly. The two places: the object ownership, and the
 * bucket's name in a pattern, where a wildcard makes it one over bucket and key. */
static const char world[] =
    "{\"accounts/111122223333/account.json\": {\"CanonicalId\": \"" OWN "\"},"
    "\"accounts/444455556666/account.json\": {\"CanonicalId\": \"" OTHER "\"},"
    "\"" BUCKET "location.json\": {\"LocationConstraint\": null},"
    "\"" BUCKET "ownership-controls.json\": {\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\": \"%s\"}]}},"
    "\"" BUCKET "versioning.json\": {\"Status\": \"Enabled\"},"
    "\"" BUCKET "encryption.json\": {\"ServerSideEncryptionConfiguration\": {\"Rules\": [{"
    "\"ApplyServerSideEncryptionByDefault\": {\"SSEAlgorithm\": \"aws:kms\", \"KMSMasterKeyID\": \"" KEY "\"}}]}},"
    "\"" BUCKET "policy.json\": {\"Policy\": {\"Version\": \"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"444455556666\"}, \"Action\": \"s3:*\", "
    "\"Resource\": \"arn:aws:s3:::source/*\"},"
    "{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": "
    "\"arn:aws:s3:::source/pub*\"},"
    "{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": "
    "[\"arn:aws:s3:::source/secret/*\","
    "\"arn:aws:s3:::source/*.key\", \"arn:aws:s3:::source/logs/*/raw/*\", \"arn:aws:s3:::source/logs/one\","
    "\"arn:aws:s3:::%s/a b%%/*\"]},"
    "{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:DeleteObjectVersion\", "
    "\"Resource\": \"arn:aws:s3:::source/logs/*\"}]}},"
    "\"accounts/111122223333/kms/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab.json\": {\"KeyMetadata\": {\"Arn\": "
    "\"" KEY "\", \"KeyManager\": \"CUSTOMER\", \"KeyState\": \"Enabled\"}, \"Policy\": {\"Version\": "
    "\"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"111122223333\"}, \"Action\": \"kms:*\", \"Resource\": "
    "\"*\"}]}},"
    "\"accounts/111122223333/iam/authorization-details.json\": {\"RoleDetailList\": [{\"RoleName\": \"app\", "
    "\"RoleId\": \"AROAEXAMPLE\", \"Path\": \"/\", \"Arn\": \"arn:aws:iam::111122223333:role/app\", "
    "\"RolePolicyList\": ["
    "{\"PolicyName\": \"p\", \"PolicyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": "
    "\"Allow\", "
    "\"Action\": [\"s3:*\", \"kms:Decrypt\"], \"Resource\": \"*\"}, {\"Effect\": \"Deny\", \"Action\": "
    "\"s3:GetObject*\", "
    "\"Resource\": \"arn:aws:s3:::source/pdf/?\"}]}}]}]},"
    "\"accounts/444455556666/iam/authorization-details.json\": {\"RoleDetailList\": [{\"RoleName\": \"guest\", "
    "\"RoleId\": \"AROAGUEST\", \"Path\": \"/\", \"Arn\": \"arn:aws:iam::444455556666:role/guest\", "
    "\"RolePolicyList\": ["
    "{\"PolicyName\": \"p\", \"PolicyDocument\": {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": "
    "\"Allow\", "
    "\"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::source/*\"}]}}]}]}}";

static const char columns[] = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, EncryptionStatus, ObjectLockMode, "
                              "ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus, BucketKeyStatus, ObjectOwner, "
                              "ObjectAccessControlList";

/* ---- objects, made from a number: as they are, and as a row ---- */

static uint64_t state;

static uint64_t next(void)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

typedef struct sample {
    char key[64], raw[96], version[16];
    w403_object object;
    bool latest;
    int acl, sse, lock;
} sample;

enum { ACLS = 5 };
static w403_grant acl_grants[ACLS][2] = {
    {{.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_FULL, .canonical_id = {OWN, 64}}},
    {{.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_FULL, .canonical_id = {OTHER, 64}}},
    {{.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_FULL, .canonical_id = {OTHER, 64}},
     {.kind = W403_GRANTEE_ALL_USERS, .permissions = W403_ACL_READ}},
    {{.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_READ, .canonical_id = {OWN, 64}},
     {.kind = W403_GRANTEE_CANONICAL, .permissions = W403_ACL_WRITE_ACP, .canonical_id = {OTHER, 64}}},
};
static const char *const acl_json[ACLS] = {
    "{\"version\":\"2022-11-10\",\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"" OWN
    "\",\"type\":\"CanonicalUser\",\"permission\":\"FULL_CONTROL\"}]}",
    "{\"version\":\"2022-11-10\",\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"" OTHER
    "\",\"type\":\"CanonicalUser\",\"permission\":\"FULL_CONTROL\"}]}",
    "{\"version\":\"2022-11-10\",\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"" OTHER
    "\",\"type\":\"CanonicalUser\",\"permission\":\"FULL_CONTROL\"},{\"uri\":\"http://acs.amazonaws.com/groups/"
    "global/"
    "AllUsers\",\"type\":\"Group\",\"permission\":\"READ\"}]}",
    "{\"version\":\"2022-11-10\",\"status\":\"AVAILABLE\",\"grants\":[{\"canonicalId\":\"" OWN
    "\",\"type\":\"CanonicalUser\",\"permission\":\"READ\"},{\"canonicalId\":\"" OTHER
    "\",\"type\":\"CanonicalUser\",\"permission\":\"WRITE_ACP\"}]}",
    "{\"version\":\"2022-11-10\",\"status\":\"UNAVAILABLE\",\"grants\":[]}",
};
static const w403_sse sses[] = {W403_SSE_S3, W403_SSE_KMS, W403_SSE_DSSE, W403_SSE_NONE};
static const char *const sse_names[] = {"SSE-S3", "SSE-KMS", "DSSE-KMS", "NOT-SSE"};

static void make_key(sample *s)
{
    static const struct {
        const char *plain, *raw;
    } folders[] = {{"logs/", "logs/"},
                   {"secret/", "secret/"},
                   {"pub", "pub"},
                   {"pdf/", "pdf/"},
                   {"a b%/", "a+b%25/"},
                   {"", ""},
                   {"logs/x/raw/", "logs/x/raw/"},
                   {"\xc3\xa9/", "%C3%A9/"}};
    static const char *const ends[] = {"", ".key", "one", ".txt", "+"};
    size_t f = next() % 8, e = next() % 5;
    unsigned n = (unsigned)(next() % 200);
    char id[8] = "";
    if (e != 2) {
        snprintf(id, sizeof id, "%u", n);
    }
    snprintf(s->key, sizeof s->key, "%s%s%s", folders[f].plain, id, ends[e]);
    snprintf(s->raw, sizeof s->raw, "%s%s%s", folders[f].raw, id, e == 4 ? "%2B" : ends[e]);
}

static void make(sample *s)
{
    w403_instant until;
    memset(s, 0, sizeof *s);
    make_key(s);
    w403_object *o = &s->object;
    uint64_t r = next();
    s->latest = r % 4 != 0;
    snprintf(s->version, sizeof s->version, "v%u", (unsigned)(r >> 8) % 1000);
    s->acl = (int)((r >> 20) % ACLS);
    s->sse = (int)((r >> 24) % 4);
    s->lock = (int)((r >> 28) % 4); /* 3: none */
    o->key = w403_view_of(s->key);
    o->is_delete_marker = (r >> 32) % 8 == 0;
    o->is_latest = s->latest;
    o->version_id = s->latest ? (w403_view){NULL, 0} : w403_view_of(s->version);
    o->size = UINT64_MAX;
    o->tagged = o->checksum = W403_UNKNOWN;
    o->bucket_key = (r >> 36) % 2 ? W403_YES : W403_NO;
    o->legal_hold = (r >> 40) % 8 == 0;
    o->owner = (r >> 44) % 3 ? w403_view_of(OWN) : w403_view_of(OTHER);
    o->acl = (w403_acl){.fact.state = s->acl == 4 ? W403_FACT_UNKNOWN : W403_FACT_KNOWN,
                        .grants = acl_grants[s->acl],
                        .n_grants = s->acl == 4  ? 0
                                    : s->acl < 2 ? 1
                                                 : 2};
    if (!o->is_delete_marker) {
        o->sse_given = true;
        o->sse = sses[s->sse];
        o->kms_key = s->sse == 1 || s->sse == 2 ? w403_view_of(KEY) : (w403_view){NULL, 0};
    }
    if (s->lock < 3) {
        o->lock_mode = s->lock == 0 ? W403_LOCK_COMPLIANCE : W403_LOCK_GOVERNANCE;
        assert_true(w403_instant_parse(
            s->lock == 2 ? W403_LIT("2020-01-01T00:00:00.000Z") : W403_LIT("2090-01-01T00:00:00.000Z"), &until));
        o->has_retain_until = true;
        o->retain_until = until;
    }
}

static void base64(const char *text, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(uint8_t)text[i] << 16 | (i + 1 < n ? (uint32_t)(uint8_t)text[i + 1] << 8 : 0) |
                     (i + 2 < n ? (uint8_t)text[i + 2] : 0);
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = '\0';
}

static void write_row(FILE *f, const sample *s)
{
    static char acls[ACLS][1024];
    static const char *const modes[] = {"COMPLIANCE", "GOVERNANCE", "GOVERNANCE", ""};
    if (!acls[0][0]) {
        for (int i = 0; i < ACLS; i++) {
            base64(acl_json[i], acls[i]);
        }
    }
    fprintf(f, "\"source\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\",\"%s\"\n", s->raw,
            s->version, s->latest ? "true" : "false", s->object.is_delete_marker ? "true" : "false",
            s->object.is_delete_marker ? "" : sse_names[s->sse], modes[s->lock],
            s->lock == 3   ? ""
            : s->lock == 2 ? "2020-01-01T00:00:00.000Z"
                           : "2090-01-01T00:00:00.000Z",
            s->object.legal_hold ? "ON" : "OFF", s->object.bucket_key == W403_YES ? "ENABLED" : "DISABLED",
            s->object.owner.p, acls[s->acl]);
}

/* ---- one question ---- */

typedef struct told {
    char key[64], version[16];
    w403_verdict verdict;
    int status;
    const char *cause;
    char action[96];
} told;
static told tellings[ROWS];
static size_t n_tellings;

static bool on_listed(void *user, const w403_sweep_row *row, const w403_sweep_group *g)
{
    (void)user;
    told *t = &tellings[n_tellings++];
    snprintf(t->key, sizeof t->key, "%.*s", (int)row->object.key.n, row->object.key.p);
    snprintf(t->version, sizeof t->version, "%.*s", (int)row->version_id.n, row->version_id.p);
    t->verdict = g->verdict;
    t->status = g->status;
    t->cause = g->cause;
    snprintf(t->action, sizeof t->action, "%.*s", (int)g->action.n, g->action.p ? g->action.p : "");
    return true;
}

static void on_problem(void *user, const w403_error *problem)
{
    (void)user;
    fail_msg("%s", problem->message);
}

static w403_snapshot *load(const char *ownership, const char *name)
{
    static char text[8192];
    w403_snapshot *snap = NULL;
    w403_error err = {0};
    snprintf(text, sizeof text, world, ownership, name);
    if (w403_snapshot_parse(W403_LIT("world"), w403_view_of(text), NULL, NULL, &snap, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return snap;
}

/* Goes over the same objects again, each decided alone. */
static void compare(const w403_sweep_shared *shared, const w403_sweep_totals *t, uint64_t seed, bool versions)
{
    w403_arena *a = w403_arena_new(0);
    w403_error err = {0};
    uint64_t count[3] = {0};
    size_t at = 0;
    state = seed;
    for (int i = 0; i < ROWS; i++) {
        sample s;
        char arn[128];
        w403_decision d;
        w403_sweep_group want;
        w403_request r = shared->request;
        make(&s);
        if (!s.latest && !versions) {
            continue;
        }
        w403_arena_reset(a);
        snprintf(arn, sizeof arn, "arn:aws:s3:::source/%s", s.key);
        r.resource = w403_view_of(arn);
        r.version_id = s.latest ? (w403_view){NULL, 0} : w403_view_of(s.version);
        assert_int_equal(w403_sweep_judge(shared->snapshot, NULL, &r, &s.object, false, a, &d, &want, &err), W403_OK);
        assert_int_equal(want.verdict, d.verdict);
        count[want.verdict]++;
        if (want.verdict == W403_ALLOWED) {
            continue;
        }
        assert_true(at < n_tellings);
        const told *got = &tellings[at++];
        char action[96];
        snprintf(action, sizeof action, "%.*s", (int)want.action.n, want.action.p ? want.action.p : "");
        assert_string_equal(got->key, s.key);
        assert_string_equal(got->version, s.version);
        assert_int_equal(got->verdict, want.verdict);
        assert_int_equal(got->status, want.status);
        assert_string_equal(got->cause ? got->cause : "", want.cause ? want.cause : "");
        if (want.verdict == W403_DENIED) {
            assert_string_equal(got->action, action);
        }
    }
    assert_int_equal(at, n_tellings);
    for (int v = 0; v < 3; v++) {
        assert_int_equal(t->objects[v], count[v]);
    }
    w403_arena_free(a);
}

static void ask(const char *operation, const char *principal, const char *ownership, bool versions, uint64_t seed)
{
    char path[] = "/tmp/w403-sweep-XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    w403_inv_schema schema;
    w403_error err = {0};
    assert_non_null(f);
    state = seed;
    for (int i = 0; i < ROWS; i++) {
        sample s;
        make(&s);
        write_row(f, &s);
    }
    fclose(f);
    static const char *const names[] = {"*", "source", "s?ur*", "*rc*/logs", "so*", "*/*e*"};
    w403_snapshot *snap = load(ownership, names[seed % 6]);
    w403_sweep_shared shared = {.snapshot = snap, .listed = on_listed, .problem = on_problem};
    w403_request_init(&shared.request);
    shared.request.operation = w403_view_of(operation);
    shared.request.principal = w403_view_of(principal);
    shared.request.from = W403_LIT("203.0.113.9");
    shared.request.at = W403_LIT("2026-11-21T12:00:00Z");
    assert_int_equal(w403_inv_schema_parse(w403_view_of(columns), &schema, &err), W403_OK);
    w403_sweep *s = w403_sweep_new(&shared, NULL);
    w403_sweep_file file = {path, &schema, {NULL, 0}, NULL, 0};
    n_tellings = 0;
    if (w403_sweep_file_read(s, &file, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    compare(&shared, w403_sweep_found(s), seed, versions);
    w403_sweep_free(s);
    w403_snapshot_free(snap);
    unlink(path);
}

#define APP   "arn:aws:iam::111122223333:role/app"
#define GUEST "arn:aws:iam::444455556666:role/guest"

static void same_account(void **state_)
{
    (void)state_;
    ask("GetObject", APP, "ObjectWriter", true, 1);
    ask("GetObject", APP, "BucketOwnerEnforced", true, 2);
    ask("DeleteObject", APP, "BucketOwnerPreferred", true, 3);
    ask("HeadObject", APP, "ObjectWriter", true, 4);
    ask("PutObject", APP, "ObjectWriter", false, 5);
}

static void other_account(void **state_)
{
    (void)state_;
    ask("GetObject", GUEST, "ObjectWriter", true, 6);
    ask("PutObjectAcl", GUEST, "ObjectWriter", true, 7);
    ask("GetObjectAcl", GUEST, "BucketOwnerPreferred", true, 8);
}

static void anyone(void **state_)
{
    (void)state_;
    ask("GetObject", "anonymous", "ObjectWriter", true, 9);
    ask("DeleteObject", "anonymous", "ObjectWriter", true, 10);
}

/* ---- bounds ---- */

static void groups_are_bounded(void **state_)
{
    (void)state_;
    w403_snapshot *snap = load("ObjectWriter", "source");
    w403_sweep_shared shared = {.snapshot = snap, .problem = on_problem};
    w403_request_init(&shared.request);
    shared.request.operation = W403_LIT("GetObject");
    shared.request.principal = W403_LIT(APP);
    shared.request.from = W403_LIT("203.0.113.9");
    char path[] = "/tmp/w403-sweep-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fputs("Bucket,Key,ObjectOwner\n", f);
    for (int i = 0; i < W403_SWEEP_GROUPS + 1000; i++) { /* more owners than are kept apart, more folders too */
        fprintf(f, "source,f%d/k,%064x\n", i * 17, i + 1);
    }
    fclose(f);
    w403_error err = {0};
    w403_sweep *s = w403_sweep_new(&shared, NULL), *other = w403_sweep_new(&shared, NULL);
    w403_sweep_file file = {path, NULL, {NULL, 0}, NULL, 0};
    assert_int_equal(w403_sweep_file_read(s, &file, &err), W403_OK);
    assert_int_equal(w403_sweep_file_read(other, &file, &err), W403_OK);
    assert_int_equal(w403_sweep_merge(s, other, &err), W403_OK);
    assert_true(w403_sweep_sort(s));
    const w403_sweep_totals *t = w403_sweep_found(s);
    assert_true(t->groups.n <= W403_SWEEP_GROUPS + 8);
    uint64_t all = 0;
    for (size_t i = 0; i < t->groups.n; i++) {
        all += t->groups.at[i].objects;
    }
    assert_int_equal(all, 2 * (W403_SWEEP_GROUPS + 1000));
    assert_int_equal(t->objects[0] + t->objects[1] + t->objects[2], all);
    assert_int_equal(t->files, 2);
    w403_sweep_free(s);
    w403_sweep_free(other);
    w403_snapshot_free(snap);
    unlink(path);
}

/* Rows of generated reports: `owners` owners and folders, from `from` on, in one direction or the other. */
static void write_rows(const char *path, int from, int owners, int step)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("Bucket,Key,ObjectOwner\n", f);
    for (int i = 0; i < owners; i++) {
        int k = step > 0 ? from + i : from + owners - 1 - i;
        fprintf(f, "source,f%06d/k,%064x\n", k, k + 1);
    }
    fclose(f);
}

static void assert_same_totals(const w403_sweep_totals *a, const w403_sweep_totals *b)
{
    assert_int_equal(a->groups.n, b->groups.n);
    for (size_t i = 0; i < a->groups.n; i++) {
        const w403_sweep_group *x = &a->groups.at[i], *y = &b->groups.at[i];
        assert_int_equal(x->objects, y->objects);
        assert_true(w403_view_eq(x->owner, y->owner) && w403_view_eq(x->action, y->action));
        assert_int_equal(x->n_examples, y->n_examples);
        for (uint32_t k = 0; k < x->n_examples; k++) {
            assert_true(w403_view_eq(x->examples[k], y->examples[k]));
        }
    }
    assert_int_equal(a->prefixes.n, b->prefixes.n);
    for (size_t i = 0; i < a->prefixes.n; i++) {
        assert_true(w403_view_eq(a->prefixes.at[i].text, b->prefixes.at[i].text));
        assert_int_equal(a->prefixes.at[i].denied, b->prefixes.at[i].denied);
    }
    assert_int_equal(a->other_denied, b->other_denied);
    assert_int_equal(a->limits.n, b->limits.n);
}

/* Files shared out among any number of threads come to the same, also where there is more than is kept apart; at the
 * limit nothing is joined, one over it is, and is said. */
static void order_of_threads(void **state_)
{
    (void)state_;
    w403_snapshot *snap = load("ObjectWriter", "source");
    w403_sweep_shared shared = {.snapshot = snap};
    w403_request_init(&shared.request);
    shared.request.operation = W403_LIT("GetObject");
    shared.request.principal = W403_LIT(APP);
    shared.request.from = W403_LIT("203.0.113.9");
    char folder[] = "/tmp/w403-sweep-XXXXXX", path[3][64];
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path[i], sizeof path[i], "%s/%zu.csv", folder, i);
    }
    write_rows(path[0], 3000, W403_SWEEP_GROUPS, 1);
    write_rows(path[1], 0, 5000, -1); /* the last ones first: each is to be kept, until a smaller one comes */
    write_rows(path[2], 2500, 9000, 1);
    w403_sweep *by[3][3] = {{NULL}};
    w403_error err = {0};
    for (size_t threads = 1; threads <= 3; threads++) {
        w403_sweep **s = by[threads - 1];
        for (size_t i = 0; i < threads; i++) {
            s[i] = w403_sweep_new(&shared, NULL);
            assert_non_null(s[i]);
        }
        for (size_t i = 0; i < 3; i++) {
            w403_sweep_file file = {path[i], NULL, {NULL, 0}, NULL, i};
            assert_int_equal(w403_sweep_file_read(s[(i + threads) % threads], &file, &err), W403_OK);
        }
        for (size_t i = 1; i < threads; i++) {
            assert_int_equal(w403_sweep_merge(s[0], s[i], &err), W403_OK);
        }
        assert_true(w403_sweep_sort(s[0]));
        assert_same_totals(w403_sweep_found(s[0]), w403_sweep_found(by[0][0]));
    }
    const w403_sweep_totals *t = w403_sweep_found(by[0][0]);
    assert_int_equal(t->groups.n, W403_SWEEP_GROUPS + 1);
    assert_int_equal(t->limits.n, 1);
    for (int over = 0; over <= 1; over++) {
        w403_sweep *s = w403_sweep_new(&shared, NULL);
        w403_sweep_file file = {path[0], NULL, {NULL, 0}, NULL, 0};
        write_rows(path[0], 0, W403_SWEEP_GROUPS + over, 1);
        assert_int_equal(w403_sweep_file_read(s, &file, &err), W403_OK);
        assert_true(w403_sweep_sort(s));
        assert_int_equal(w403_sweep_found(s)->groups.n, W403_SWEEP_GROUPS + over);
        assert_int_equal(w403_sweep_found(s)->limits.n, over);
        w403_sweep_free(s);
    }
    for (size_t i = 0; i < 9; i++) {
        w403_sweep_free(by[i / 3][i % 3]);
    }
    for (size_t i = 0; i < 3; i++) {
        unlink(path[i]);
    }
    rmdir(folder);
    w403_snapshot_free(snap);
}

static unsigned problems;

static void count_problem(void *user, const w403_error *problem)
{
    (void)user;
    (void)problem;
    problems++;
}

/* What cannot be read is told and counted; the rest is judged. */
static void malformed_rows(void **state_)
{
    (void)state_;
    w403_snapshot *snap = load("ObjectWriter", "source");
    w403_sweep_shared shared = {.snapshot = snap, .problem = count_problem};
    w403_request_init(&shared.request);
    shared.request.operation = W403_LIT("GetObject");
    shared.request.principal = W403_LIT(APP);
    shared.request.from = W403_LIT("203.0.113.9");
    char path[] = "/tmp/w403-sweep-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fputs(
        "Bucket,Key,ObjectAccessControlList\nsource,good,\nsource,bad%zz,\nsource,bad%2,\n,nobucket,\nsource,short\n"
        "source,acl,not-base64!\nsource,,\nsource,other,\n",
        f);
    fclose(f);
    w403_error err = {0};
    w403_sweep *s = w403_sweep_new(&shared, NULL);
    w403_sweep_file file = {path, NULL, {NULL, 0}, NULL, 0}, none = {"/tmp/w403-sweep-there-is-none", NULL, {NULL, 0}, NULL, 1};
    problems = 0;
    assert_int_equal(w403_sweep_file_read(s, &file, &err), W403_OK);
    assert_int_equal(w403_sweep_file_read(s, &none, &err), W403_OK);
    const w403_sweep_totals *t = w403_sweep_found(s);
    assert_int_equal(t->malformed, 6);
    assert_int_equal(problems, 7);
    assert_int_equal(t->damaged, 1);
    assert_int_equal(t->objects[0] + t->objects[1] + t->objects[2], 3); /* good, acl, other */
    w403_sweep_free(s);
    w403_snapshot_free(snap);
    unlink(path);
}

/* Whichever allocation fails: an error, or nothing that was lost. */
static void memory_runs_out(void **state_)
{
    (void)state_;
    w403_snapshot *snap = load("ObjectWriter", "source");
    char path[] = "/tmp/w403-sweep-XXXXXX";
    FILE *f = fdopen(mkstemp(path), "w");
    assert_non_null(f);
    fprintf(f, "Bucket,Key,ObjectOwner\nsource,pub/a,%s\nsource,secret/b,%s\nsource,c,%s\n", OWN, OTHER, OTHER);
    fclose(f);
    w403_sweep_shared shared = {.snapshot = snap, .problem = count_problem};
    w403_request_init(&shared.request);
    shared.request.operation = W403_LIT("GetObject");
    shared.request.principal = W403_LIT(APP);
    shared.request.from = W403_LIT("203.0.113.9");
    w403_sweep_file file = {path, NULL, {NULL, 0}, NULL, 0};
    bool whole = false;
    for (uint64_t n = 1; !whole && n < 10000; n++) {
        w403_error err = {0};
        w403_malloc_fail_after(n);
        w403_sweep *s = w403_sweep_new(&shared, NULL);
        w403_status st = s ? w403_sweep_file_read(s, &file, &err) : W403_NOMEM;
        w403_malloc_fail_after(0);
        assert_true(st == W403_OK || st == W403_NOMEM);
        const w403_sweep_totals *t = s ? w403_sweep_found(s) : NULL;
        uint64_t judged = t ? t->objects[0] + t->objects[1] + t->objects[2] : 0;
        assert_true(st == W403_NOMEM || judged == 3 || t->damaged + t->malformed > 0);
        whole = st == W403_OK && judged == 3 && t->damaged == 0;
        w403_sweep_free(s);
    }
    assert_true(whole);
    w403_snapshot_free(snap);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_account),   cmocka_unit_test(other_account),      cmocka_unit_test(anyone),
        cmocka_unit_test(malformed_rows), cmocka_unit_test(groups_are_bounded), cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(order_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
