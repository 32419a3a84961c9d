/* What a sweep costs beyond reading, in one run:
 *
 *     bench_sweep MANIFEST [PASSES]        (see gen_inventory; --acl for the column of ACLs)
 *
 * Gzip: against decompression alone with the same decoder. Plain files: against a newline walk with memchr over the
 * text in memory, and over the file as it is read (the sweep reads it too). The two alternate, pass by pass, in
 * processor time, and each figure is the best of its passes (default 5): the machine's noise meets both alike. The
 * last line is the most memory that was resident. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "base/stream.h"
#include "inventory/manifest.h"
#include "inventory/sweep.h"

#define OWNER  "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
#define KEY    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
#define BUCKET "accounts/111122223333/s3/amzn-s3-demo-source/"

/* The source bucket of gen_inventory, with policies that look at keys. */
static const char world[] =
    "{\"accounts/111122223333/account.json\": {\"CanonicalId\": \"" OWNER "\"},"
    "\"" BUCKET "location.json\": {\"LocationConstraint\": null},"
    "\"" BUCKET
    "ownership-controls.json\": {\"OwnershipControls\": {\"Rules\": [{\"ObjectOwnership\": \"ObjectWriter\"}]}},"
    "\"" BUCKET "encryption.json\": {\"ServerSideEncryptionConfiguration\": {\"Rules\": [{"
    "\"ApplyServerSideEncryptionByDefault\": {\"SSEAlgorithm\": \"aws:kms\", \"KMSMasterKeyID\": \"" KEY "\"}}]}},"
    "\"" BUCKET "policy.json\": {\"Policy\": {\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", "
    "\"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": "
    "\"arn:aws:s3:::amzn-s3-demo-source/exports/*\"}]}},"
    "\"accounts/111122223333/kms/us-east-1/1234abcd-12ab-34cd-56ef-1234567890ab.json\": {\"KeyMetadata\": {\"Arn\": "
    "\"" KEY "\", \"KeyManager\": \"CUSTOMER\", \"KeyState\": \"Enabled\"}, \"Policy\": {\"Version\": "
    "\"2012-10-17\", \"Statement\": ["
    "{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"111122223333\"}, \"Action\": \"kms:*\", \"Resource\": "
    "\"*\"}]}},"
    "\"accounts/111122223333/iam/authorization-details.json\": {\"UserDetailList\": [], \"GroupDetailList\": [], "
    "\"Policies\": [], \"RoleDetailList\": [{\"RoleName\": \"app\", \"RoleId\": \"AROAEXAMPLE\", \"Path\": \"/\", "
    "\"Arn\": \"arn:aws:iam::111122223333:role/app\", \"RolePolicyList\": [{\"PolicyName\": \"p\", "
    "\"PolicyDocument\": "
    "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\"s3:GetObject\", "
    "\"kms:Decrypt\"], "
    "\"Resource\": \"*\"}, {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": "
    "\"arn:aws:s3:::amzn-s3-demo-source/*.pdf\"}]}}]}]}}";

static volatile uint64_t sink;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* one thread: others on the machine do not count */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const w403_error *err)
{
    fprintf(stderr, "bench_sweep: %s\n", err->message);
    exit(2);
}

/* Through the same stream as the sweep; `walk` also looks for line ends. */
static void read_files(const w403_manifest *m, bool walk)
{
    static char buf[256 * 1024];
    w403_error err = {0};
    for (size_t i = 0; i < m->n_files; i++) {
        w403_stream *s;
        size_t got = 1;
        if (w403_stream_open(m->files[i].path.p, &s, &err) != W403_OK) {
            die(&err);
        }
        while (got > 0) {
            if (w403_stream_read(s, buf, sizeof buf, &got, &err) != W403_OK) {
                die(&err);
            }
            sink += got;
            const char *p = buf, *end = buf + got;
            while (walk && p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
                sink++;
                p++;
            }
        }
        w403_stream_close(s);
    }
}

static void newlines(const w403_manifest *m, const w403_view *texts)
{
    for (size_t i = 0; i < m->n_files; i++) {
        const char *p = texts[i].p, *end = p + texts[i].n;
        while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
            sink++;
            p++;
        }
    }
}

static void on_problem(void *user, const w403_error *problem)
{
    (void)user;
    die(problem);
}

static uint64_t sweep(const w403_manifest *m, w403_sweep_shared *shared, bool say)
{
    w403_error err = {0};
    w403_sweep *s = w403_sweep_new(shared, NULL);
    for (size_t i = 0; s && i < m->n_files; i++) {
        w403_sweep_file f = {m->files[i].path.p, &m->schema, m->source_bucket, NULL, i};
        if (w403_sweep_file_read(s, &f, &err) != W403_OK) {
            die(&err);
        }
    }
    const w403_sweep_totals *t = w403_sweep_found(s);
    uint64_t rows = t->objects[0] + t->objects[1] + t->objects[2];
    if (say) {
        printf("%llu objects: %llu allowed, %llu denied, %llu undetermined\n", (unsigned long long)rows,
               (unsigned long long)t->objects[0], (unsigned long long)t->objects[1],
               (unsigned long long)t->objects[2]);
    }
    w403_sweep_free(s);
    return rows;
}

static double timed(const w403_manifest *m, const w403_view *texts)
{
    double t = seconds();
    if (texts) {
        newlines(m, texts);
    } else {
        read_files(m, false);
    }
    return seconds() - t;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static void measure(const w403_manifest *m, const w403_view *texts, w403_sweep_shared *shared, int passes)
{
    double base = 1e9, walked = 1e9, swept = 1e9;
    uint64_t rows = 0;
    for (int i = 0; i < passes; i++) {
        base = least(base, timed(m, texts));
        double t = seconds();
        if (texts) {
            read_files(m, true);
        }
        double middle = seconds();
        rows = sweep(m, shared, i == 0);
        swept = least(swept, seconds() - middle);
        walked = least(walked, middle - t);
    }
    printf("%-34s %8.3f s\n", texts ? "memchr newline walk, in memory" : "decompress alone", base);
    if (texts) {
        printf("%-34s %8.3f s%33sx %.2f\n", "read the file, memchr newline walk", walked, "", walked / base);
    }
    printf("%-34s %8.3f s %7.1f ns/row %6.2f Mrow/s  x %.2f\n", "sweep", swept, swept * 1e9 / (double)rows,
           (double)rows / swept * 1e-6, swept / base);
}

int main(int argc, char **argv)
{
    w403_error err = {0};
    w403_arena *a = w403_arena_new(0);
    w403_problems problems = {.arena = a};
    w403_manifest m;
    w403_snapshot *snapshot = NULL;
    int passes = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    if (argc < 2 || passes < 1 || !a) {
        fputs("usage: bench_sweep MANIFEST [PASSES]\n", stderr);
        return 2;
    }
    if (w403_manifest_load(a, argv[1], &problems, &m, &err) != W403_OK ||
        w403_manifest_require_csv(&m, &err) != W403_OK ||
        w403_snapshot_parse(W403_LIT("world"), W403_LIT(world), NULL, NULL, &snapshot, &err) != W403_OK) {
        die(&err);
    }
    w403_sweep_shared shared = {.snapshot = snapshot, .problem = on_problem};
    w403_request_init(&shared.request);
    shared.request.operation = W403_LIT("GetObject");
    shared.request.principal = W403_LIT("arn:aws:iam::111122223333:role/app");
    shared.request.from = W403_LIT("203.0.113.9");
    bool plain = m.n_files && w403_view_ends(m.files[0].key, W403_LIT(".csv"));
    w403_view *texts = plain ? calloc(m.n_files, sizeof *texts) : NULL;
    for (size_t i = 0; texts && i < m.n_files; i++) {
        if (w403_file_read(a, m.files[i].path.p, &texts[i], &err) != W403_OK) {
            die(&err);
        }
    }
    measure(&m, texts, &shared, passes);
    struct rusage use;
    if (!plain && getrusage(RUSAGE_SELF, &use) == 0) {
        printf("%-34s %8.1f MB\n", "most memory resident", (double)use.ru_maxrss / 1024);
    }
    free(texts);
    w403_snapshot_free(snapshot);
    w403_arena_free(a);
    return 0;
}
