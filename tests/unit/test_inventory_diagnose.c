/* inventory/diagnose.h, inventory/remedy.h: what the cases cannot say: rows of the table, dates, prefixes, memory. */
#include <stdio.h>

#include "arena_test.h"

#include "inventory/diagnose.h"
#include "inventory/remedy.h"

/* A source and a destination; what differs is given as JSON texts. */
typedef struct world {
    const char *config; /* more members of the configuration: `, "Filter": ...` */
    const char *frequency;
    const char *region;
    const char *more; /* more files */
} world;

static w403_snapshot *load(world w)
{
    static char text[8192];
    w403_snapshot *snap = NULL;
    w403_error err = {0};
    snprintf(
        text, sizeof text,
        "{\"accounts/111122223333/account.json\": {\"CanonicalId\": \"aa\"},"
        "\"accounts/111122223333/s3/src/location.json\": {\"LocationConstraint\": null},"
        "\"accounts/111122223333/s3/near/location.json\": {\"LocationConstraint\": null},"
        "\"accounts/111122223333/s3/dst/location.json\": {\"LocationConstraint\": %s},"
        "\"accounts/111122223333/s3/dst/policy.json\": {\"Policy\": {\"Version\": \"2012-10-17\", \"Statement\": ["
        "{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"s3.amazonaws.com\"}, \"Action\": \"s3:PutObject\", "
        "\"Resource\": \"arn:aws:s3:::dst/*\"}]}},"
        "\"accounts/111122223333/s3/src/inventory/id.json\": {\"InventoryConfiguration\": {\"Id\": \"id\", "
        "\"IsEnabled\": true, \"IncludedObjectVersions\": \"All\", \"Schedule\": {\"Frequency\": \"%s\"}, "
        "\"Destination\": {\"S3BucketDestination\": {\"Bucket\": \"arn:aws:s3:::dst\", \"Format\": \"CSV\"}}%s}}%s}",
        w.region ? w.region : "null", w.frequency ? w.frequency : "Daily", w.config ? w.config : "",
        w.more ? w.more : "");
    if (w403_snapshot_parse(W403_LIT("world"), w403_view_of(text), NULL, NULL, &snap, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return snap;
}

static w403_inv_diagnosis *ask(const w403_snapshot *snap, const char *created, const char *at)
{
    w403_inv_diagnosis *d = W403_NEW(arena, w403_inv_diagnosis);
    w403_error err = {0};
    const w403_inv_question q = {.bucket = W403_LIT("src"),
                                 .configuration = W403_LIT("id"),
                                 .at = w403_view_of(at),
                                 .created_at = w403_view_of(created)};
    assert_non_null(d);
    if (w403_inventory_decide(snap, NULL, &q, arena, d, &err) != W403_OK) {
        fail_msg("%s", err.message);
    }
    return d;
}

static const w403_inv_finding *row(const w403_inv_diagnosis *d, const char *topic)
{
    for (size_t i = 0; i < d->findings.n; i++) {
        if (strcmp(d->findings.at[i].topic, topic) == 0) {
            return &d->findings.at[i];
        }
    }
    return NULL;
}

static void waiting(void **state)
{
    (void)state;
    static const struct {
        const char *frequency, *created, *due;
    } rows[] = {
        {"Daily", "2026-11-20T10:30:00Z", "2026-11-22T10:30:00Z"},
        {"Weekly", "2026-11-20T10:30:00Z", "2026-11-24T00:00:00Z"}, /* a Friday */
        {"Weekly", "2026-11-22T00:00:00Z", "2026-11-24T00:00:00Z"}, /* Sunday, the very beginning */
        {"Weekly", "2026-11-22T00:00:01Z", "2026-12-01T00:00:00Z"}, /* Sunday, too late */
        {"Weekly", "2026-12-28T00:00:00Z", "2027-01-05T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        w403_snapshot *snap = load((world){.frequency = rows[i].frequency});
        w403_instant due;
        w403_inv_diagnosis *d = ask(snap, rows[i].created, rows[i].created);
        assert_true(w403_instant_parse(w403_view_of(rows[i].due), &due));
        assert_true(d->due == due);
        assert_int_equal(d->decision.verdict, W403_DENIED);
        assert_string_equal(d->explanation.causes[0].id, "inventory.too-early");
        d = ask(snap, rows[i].created, rows[i].due); /* the instant itself is late enough */
        assert_int_equal(d->decision.verdict, W403_ALLOWED);
        w403_snapshot_free(snap);
    }
}

static void prefixes(void **state)
{
    (void)state;
    w403_snapshot *snap =
        load((world){.config = ", \"Filter\": {\"Prefix\": \"/Reports\"}",
                     .more = ", \"accounts/111122223333/s3/src/objects.json\": {\"complete\": true, \"Objects\": ["
                             "{\"Key\": \"reports/2026/a\"}, {\"Key\": \"Reports/b\"}, {\"Key\": \"logs/c\"}]}"});
    w403_inv_diagnosis *d = ask(snap, "2026-01-01", "2026-11-21");
    assert_string_equal(d->explanation.causes[0].id, "inventory.prefix-unmatched");
    assert_true(d->near_prefixes.n > 0 && d->near_prefixes.n == d->near_why.n);
    assert_true(w403_view_eq(d->near_prefixes.at[0], W403_LIT("Reports")));
    w403_inv_remedies r;
    w403_error err = {0};
    assert_int_equal(w403_inventory_remedies(snap, d, arena, &r, &err), W403_OK);
    assert_true(r.n > 0);
    assert_true(w403_view_find(r.at[0].document, W403_LIT("\"Prefix\": \"Reports\"")) != SIZE_MAX);
    assert_true(w403_view_find(r.at[0].document, W403_LIT("\"IncludedObjectVersions\": \"All\"")) != SIZE_MAX);
    w403_snapshot_free(snap);
}

static void regions(void **state)
{
    (void)state;
    w403_snapshot *snap = load((world){.region = "\"eu-west-1\""});
    w403_inv_diagnosis *d = ask(snap, "2026-01-01", "2026-11-21");
    w403_inv_remedies r;
    w403_error err = {0};
    assert_int_equal(row(d, "Region")->state, W403_INV_BAD);
    assert_int_equal(w403_inventory_remedies(snap, d, arena, &r, &err), W403_OK);
    assert_int_equal(r.n, 1); /* the source itself is not proposed while there is another */
    assert_true(w403_view_find(r.at[0].document, W403_LIT("arn:aws:s3:::near")) != SIZE_MAX);
    w403_snapshot_free(snap);
}

static void evidence_of_deliveries(void **state)
{
    (void)state;
    w403_snapshot *snap = load((world){.more = ", \"accounts/111122223333/s3/dst/objects.json\": ["
                                               "{\"Key\": \"src/id/2026-11-19T01-00Z/manifest.json\"},"
                                               "{\"Key\": \"src/id/2026-11-19T01-00Z/manifest.checksum\"},"
                                               "{\"Key\": \"src/id/2026-11-20T01-00Z/manifest.json\"},"
                                               "{\"Key\": \"src/other/2026-11-21T01-00Z/manifest.json\"},"
                                               "{\"Key\": \"elsewhere/src/id/2026-11-21T01-00Z/manifest.json\"}]"});
    w403_inv_diagnosis *d = ask(snap, "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z");
    w403_instant at;
    assert_true(w403_instant_parse(W403_LIT("2026-11-20T01:00:00Z"), &at));
    assert_non_null(d->last);
    assert_true(d->last->at == at);
    assert_int_equal(d->last->verified, W403_UNKNOWN); /* its checksum is not there yet */
    assert_int_equal(d->decision.verdict, W403_ALLOWED);
    assert_null(row(d, "age"));
    d = ask(snap, "2026-11-01T00:00:00Z", "2026-11-30T00:00:00Z");
    assert_int_equal(row(d, "deliveries")->state, W403_INV_BAD); /* overdue */
    assert_int_equal(d->decision.n_notes, 1);
    w403_snapshot_free(snap);
}

static void names(void **state)
{
    (void)state;
    w403_snapshot *snap = load((world){0});
    w403_inv_diagnosis d;
    w403_error err = {0};
    w403_inv_question q = {.bucket = W403_LIT("srcc"), .configuration = W403_LIT("id")};
    assert_int_equal(w403_inventory_decide(snap, NULL, &q, arena, &d, &err), W403_NOT_FOUND);
    assert_non_null(strstr(err.hint, "`src`"));
    q = (w403_inv_question){.bucket = W403_LIT("src"), .configuration = W403_LIT("it")};
    assert_int_equal(w403_inventory_decide(snap, NULL, &q, arena, &d, &err), W403_NOT_FOUND);
    assert_non_null(strstr(err.hint, "`id`"));
    q = (w403_inv_question){.bucket = W403_LIT("src"), .configuration = W403_LIT("id"), .at = W403_LIT("soon")};
    assert_int_equal(w403_inventory_decide(snap, NULL, &q, arena, &d, &err), W403_SEMANTIC);
    q = (w403_inv_question){
        .bucket = W403_LIT("src"), .configuration = W403_LIT("id"), .created_at = W403_LIT("soon")};
    assert_int_equal(w403_inventory_decide(snap, NULL, &q, arena, &d, &err), W403_SEMANTIC);
    w403_snapshot_free(snap);
}

static void memory_runs_out(void **state)
{
    (void)state;
    w403_snapshot *snap =
        load((world){.config = ", \"Filter\": {\"Prefix\": \"/x\"}",
                     .region = "\"eu-west-1\"",
                     .more = ", \"accounts/111122223333/s3/src/objects.json\": {\"complete\": true, "
                             "\"Objects\": [{\"Key\": \"x/a\"}]}"});
    const w403_inv_question q = {
        .bucket = W403_LIT("src"), .configuration = W403_LIT("id"), .at = W403_LIT("2026-11-21")};
    w403_status st = W403_NOMEM;
    for (size_t limit = 1024; st != W403_OK && limit < 1 << 24; limit += 1024) {
        w403_arena *a = w403_arena_new(limit);
        w403_inv_diagnosis d;
        w403_inv_remedies r;
        w403_error err = {0};
        assert_non_null(a);
        st = w403_inventory_decide(snap, NULL, &q, a, &d, &err);
        st = st == W403_OK ? w403_inventory_remedies(snap, &d, a, &r, &err) : st;
        assert_true(st == W403_OK || st == W403_NOMEM);
        w403_arena_free(a);
    }
    assert_int_equal(st, W403_OK);
    w403_snapshot_free(snap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting), cmocka_unit_test(prefixes),        cmocka_unit_test(regions),
        cmocka_unit_test(names),   cmocka_unit_test(memory_runs_out), cmocka_unit_test(evidence_of_deliveries),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
