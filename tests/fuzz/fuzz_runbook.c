/* Parameters of AWS's runbooks, in shorthand and JSON, wrong quotes included; and executions of them. */
#include "evidence/automation.h"
#include "evidence/runbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    w403_arena *a = w403_arena_new((size_t)256 << 20);
    const w403_view text = {(const char *)data, size};
    w403_error err;
    for (unsigned i = 0; i < W403_RUNBOOKS; i++) {
        w403_runbook_input in;
        w403_runbook_id id = (w403_runbook_id)i;
        w403_status status = w403_runbook_read(a, id, W403_LIT("fuzz"), text, &in, &err);
        if (status == W403_OK && (in.request.resource.n == 0 || in.request.principal.n == 0)) {
            __builtin_trap();
        }
        if (status != W403_OK && !err.message[0]) {
            __builtin_trap();
        }
        w403_arena_reset(a);
    }
    w403_evidence e;
    if (w403_is_automation(text) &&
        w403_evidence_automation(a, W403_LIT("fuzz"), text, &e, &err) == W403_OK && e.n_readings != 1) {
        __builtin_trap();
    }
    w403_arena_free(a);
    return 0;
}
