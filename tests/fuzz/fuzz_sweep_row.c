/* Rows of a report as objects: nothing is read beyond them, and keys are decoded as everywhere else. */
#include <stdlib.h>

#include "inventory/sweep_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void one_row(w403_sweep_reader *r, const w403_sweep_columns *c, const w403_report_row *row,
                    w403_sweep_row *out)
{
    w403_arena *a = w403_arena_new(0);
    w403_status st = w403_sweep_row_read(r, c, row, W403_LIT("alias/key"), out, NULL);
    w403_view raw = row->at[c->at[W403_INV_KEY]];
    w403_view want = a ? w403_inv_key_decode(a, raw) : (w403_view){NULL, 0};
    if (a && raw.n <= W403_SWEEP_KEY_BYTES) {
        bool good = want.p && want.n > 0;
        if (good != (out->object.key.p != NULL) || (good && !w403_view_eq(want, out->object.key)) ||
            (!good && st == W403_OK)) {
            abort();
        }
    }
    if (out->object.key.p && out->object.acl.fact.state == W403_FACT_KNOWN) {
        for (uint32_t i = 0; i < out->object.acl.n_grants; i++) {
            const w403_grant *g = &out->object.acl.grants[i];
            if (g->permissions > W403_ACL_FULL) {
                abort();
            }
        }
    }
    w403_arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char columns[] = "Key, ObjectAccessControlList, ObjectOwner, IsLatest, VersionId, IsDeleteMarker, "
                                  "EncryptionStatus, ObjectLockMode, ObjectLockRetainUntilDate, "
                                  "ObjectLockLegalHoldStatus, BucketKeyStatus, Bucket";
    w403_inv_schema schema;
    w403_sweep_columns c;
    w403_report *report = NULL;
    const w403_report_row *row = NULL;
    w403_sweep_reader *r = w403_sweep_reader_new();
    w403_sweep_row out = {0};
    if (!r || w403_inv_schema_parse(W403_LIT(columns), &schema, NULL) != W403_OK) {
        abort();
    }
    w403_sweep_columns_choose(&schema, true, true, &c);
    if (w403_report_of(W403_LIT("rows"), (w403_view){(const char *)data, n}, NULL, &report, NULL) == W403_OK &&
        w403_report_select(report, schema.n, c.wanted, c.n, NULL) == W403_OK) {
        while (w403_report_next(report, &row, NULL) == W403_OK && row) {
            one_row(r, &c, row, &out);
        }
    }
    w403_report_close(report);
    w403_sweep_reader_free(r);
    return 0;
}
