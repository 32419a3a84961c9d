/* Any bytes as one access log line: the fields lie inside it, and completing it is safe. */
#include <stdlib.h>

#include "logs/access_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_inside(w403_view field, w403_view line)
{
    if (field.n > 0 && (field.p < line.p || field.p + field.n > line.p + line.n)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const w403_view line = {(const char *)data, n};
    w403_arena     *a = w403_arena_new(0);
    w403_record     r;
    w403_log_fields f;
    w403_error      err;

    if (!a) {
        return 0;
    }
    if (w403_access_log_parse(line, &r, &err) != W403_OK) {
        if (err.offset > n) {
            abort();
        }
    } else {
        const w403_view fields[] = {r.bucket_owner, r.bucket,     r.time_text,   r.source_ip,  r.requester,
                                    r.operation,    r.key_raw,    r.request_uri, r.error_code, r.referer,
                                    r.user_agent,   r.version_id, r.host_id,     r.tls,        r.source_region};
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            check_inside(fields[i], line);
        }
        if (w403_access_log_complete(a, &r, &err) != W403_OK || r.n_fields < 17) {
            abort();
        }
        check_inside(r.path, line);
        w403_access_log_fields(&r, &f);
        (void)w403_record_denied(&r);
    }
    w403_arena_free(a);
    return 0;
}
