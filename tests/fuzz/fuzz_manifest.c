/* manifest.json, and the names of deliveries: no crash, and what is accepted holds together. */
#include <stdlib.h>

#include "inventory/delivered.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    w403_view text = {(const char *)data, n};
    w403_arena *a = w403_arena_new(0);
    w403_problems problems = {.arena = a};
    w403_manifest m;
    w403_delivery d;
    w403_error err = {0};
    if (w403_manifest_parse(a, W403_LIT("manifest.json"), text, &problems, &m, &err) == W403_OK) {
        if (m.format == W403_INV_CSV && (m.schema.n == 0 || m.schema.at[W403_INV_KEY] >= m.schema.n)) {
            abort();
        }
        for (size_t i = 0; i < m.n_files; i++) {
            if (m.files[i].key.n == 0 || m.files[i].path.p) {
                abort();
            }
        }
    } else if (err.code == W403_OK || err.message[0] == '\0') {
        abort();
    }
    if (w403_delivery_of_key(text, &d) && (d.config_id.n == 0 || d.source_bucket.n == 0)) {
        abort();
    }
    w403_arena_free(a);
    return 0;
}
